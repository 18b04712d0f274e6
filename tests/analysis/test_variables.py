"""Policies with variables: every request of a small alphabet is decided by the engine, and compare agrees with that.

The alphabet has what is easily mistaken: values that are empty, absent, of another case, with wildcard characters, and
texts of resources that a variable, its default or a wildcard may stand for.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Context, Policy, Principal, Request, RequestError, Target
from execpolicy.analysis.compare import compare
from execpolicy.literals import PolicyKindName
from tests.analysis.brute_force import deciding, deciding_pair, differences, of_caller, of_policies
from tests.analysis.test_brute_force import check
from tests.examples import of_quick

ACCOUNT = "111122223333"
API = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3"
GETS = f"{API}/prod/GET/"
SIGNERS = tuple(
    Caller(Principal.parse(arn, unique_id=unique_id))
    for arn, unique_id in (
        (f"arn:aws:iam::{ACCOUNT}:user/Ann", "AIDAEXAMPLEAIDAEXAMPL"),
        (f"arn:aws:iam::{ACCOUNT}:user/curl", "AIDAEXAMPLEAIDAEXAMPM"),
        ("arn:aws:iam::444455556666:user/Ann", "AIDAEXAMPLEAIDAEXAMPN"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann", "AROAEXAMPLEROLEEXAMPL"),
    )
)
CALLERS = (*SIGNERS, Caller(Principal.anonymous()))
PATHS = ("", "Ann", "ann", "curl", "cur*", "red", "redred", "red/curl", "Ann/GET/curl", "Ann/x", "x/Ann", "Ann/x/Ann")
TEXTS = ((), ("",), ("red",), ("Red",), ("curl",), ("cur*",), ("red/curl",))
ACCOUNTS = ((), (ACCOUNT,), ("444455556666",))
KEYS = ("aws:PrincipalTag/team", "aws:UserAgent", "aws:Referer", "aws:SourceAccount", "app:name")

NAMES = ("aws:username", "aws:USERNAME", "aws:PrincipalTag/team", "aws:UserAgent", "app:name", "aws:TagKeys")
VARIABLES = (
    *(f"${{{name}}}" for name in NAMES),
    *("${aws:username, 'curl'}", "${aws:PrincipalTag/team, ''}", "${aws:UserAgent, 'cur*'}", "${aws:PrincipalAccount}"),
)
VARIABLE = re.compile(r"\$\{([^},]+)(?:, '[^']*')?\}")
AROUND = (
    "{0}",
    "{0}",
    "{0}",
    "{0}/*",
    "{0}*",
    "*{0}",
    "*/{0}",
    "x/{0}",
    "{0}/x",
    "{0}{1}",
    "{0}/{1}",
    "?{0}",
    "{0}/GET/{1}",
)
FIXED = ("*", "Ann", "Ann/*", "curl", "red", "", "red*", "?ed", "cur?")
OPERATORS = ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase", "ArnLike")

BRUTE = settings(of_quick(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
FEWER = settings(of_quick(50), suppress_health_check=BRUTE.suppress_health_check)


def text(random: Random) -> str:
    """A text with variables, or without."""
    if random.randrange(3) == 0:
        return random.choice(FIXED)
    return random.choice(AROUND).format(random.choice(VARIABLES), random.choice(VARIABLES))


def resource(random: Random, kind: str) -> str:
    head = random.choice((GETS, GETS, GETS, f"arn:aws:execute-api:*:{ACCOUNT}:*/prod/GET/", f"{API}/*/"))
    if kind == "resource" and random.randrange(4) == 0:
        head = random.choice(("execute-api:/prod/GET/", "execute-api:/*/", "execute-api:/*/GET/"))
    return head + text(random)


def statement(random: Random, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": random.choice(("Allow", "Allow", "Deny")), "Action": "execute-api:Invoke"}
    if kind == "resource":
        made["Principal"] = random.choice(("*", "*", {"AWS": ACCOUNT}))
    element = "NotResource" if random.randrange(5) == 0 else "Resource"
    made[element] = [resource(random, kind) for _ in range(random.choice((1, 1, 2)))]
    if random.randrange(2):
        made["Condition"] = dict(condition(random) for _ in range(random.choice((1, 1, 2))))
    return made


def condition(random: Random) -> tuple[str, dict[str, list[str]]]:
    key = random.choice((*KEYS[:4], "aws:username", "aws:PrincipalTag/team", "app:name"))
    if random.randrange(8) == 0:
        return "Null", {key: [random.choice(("true", "false"))]}
    operator = random.choice(OPERATORS)
    if key == "app:name" and random.randrange(2):
        operator = random.choice(("ForAnyValue:", "ForAllValues:")) + operator
    if random.randrange(5) == 0:
        operator += "IfExists"
    values = [text(random) for _ in range(random.choice((1, 1, 2)))]
    return operator, {key: values or ["Ann"]}


def document(random: Random, kind: str) -> dict[str, Any]:
    statements = [statement(random, kind) for _ in range(random.choice((1, 2, 2, 3)))]
    if all(each["Effect"] == "Deny" for each in statements):
        named = {"Principal": "*"} if kind == "resource" else {}
        statements.append({"Effect": "Allow", **named, "Action": "*", "Resource": "*"})
    return {"Version": "2012-10-17", "Statement": statements}


def related(random: Random, given: dict[str, Any]) -> dict[str, Any]:
    """A statement with one value in the place of the variables of another one, for some values of their keys."""
    value = random.choice(("Ann", "curl", "red", "", "cur*"))
    made = json.loads(VARIABLE.sub(value, json.dumps(given)))
    keys = [each for each in VARIABLE.findall(json.dumps(given)) if each != "aws:TagKeys"] or ["aws:username"]
    key = random.choice(keys)
    tests = ({"StringEquals": {key: value}}, {"StringNotEquals": {key: value}}, {"StringLike": {key: f"{value}*"}})
    absent = ({"Null": {key: "true"}}, {"Null": {key: "false"}}, {"StringEquals": {key: ""}})
    condition = random.choice((*tests, *tests, *absent))
    others = made.get("Condition", {})
    if random.randrange(3) == 0 and key.lower() not in json.dumps(others).lower():
        condition = {**others, **{name: {**others.get(name, {}), **each} for name, each in condition.items()}}
    return {**made, "Effect": random.choice(("Allow", "Deny")), "Condition": condition}


def pair(random: Random, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A policy and a similar one."""
    before = document(random, kind)
    statements = list(before["Statement"])
    number = random.randrange(len(statements))
    match random.randrange(9):
        case 5 | 6 | 7 | 8:
            statements = statements[: random.randint(1, 2)]
            before = {**before, "Statement": statements}
            statements = [*statements, related(random, random.choice(statements))]
        case 0:
            statements.append(statement(random, kind))
        case 1 if len(statements) > 1:
            del statements[number]
        case 2:
            statements[number] = {**statement(random, kind), "Effect": statements[number]["Effect"]}
        case 3:
            known = {"StringEquals": {random.choice(("aws:username", "aws:UserAgent")): ["Ann", "curl"]}}
            statements[number] = {**statements[number], "Condition": known}
        case _:
            changed = {name: value for name, value in statements[number].items() if not name.endswith("Resource")}
            statements[number] = {**changed, "Resource": [resource(random, kind)]}
    after = {**before, "Statement": statements}
    return (before, after) if random.randrange(2) else (after, before)


@cache
def request(caller: Caller, path: str, values: tuple[tuple[str, ...], ...]) -> Request | None:
    given = {key: list(each) for key, each in zip(KEYS, values, strict=True) if each}
    try:
        context = Context({**given, "aws:SourceIp": "203.0.113.9"}, allow_unknown=("app:name",))
        return Request(caller=caller, action="execute-api:Invoke", resource=GETS + path, context=context)
    except RequestError:
        return None


def requests(random: Random, *callers: Caller) -> list[Request]:
    contexts = [
        (random.choice(TEXTS), random.choice(TEXTS), random.choice(TEXTS), random.choice(ACCOUNTS), names)
        for names in (*random.sample(TEXTS, 4), ("red", "curl"))
        for _ in range(2)
    ]
    made = (request(*each) for each in product(callers or CALLERS, PATHS, contexts))
    return [each for each in made if each is not None]


@pytest.mark.rule("VAR-1", "VAR-2", "VAR-3", "VAR-4", "VAR-5")
@BRUTE
@given(st.randoms(use_true_random=False), st.sampled_from(("resource", "resource", "identity", "scp")))
def test_policies_with_variables(random: Random, kind: PolicyKindName) -> None:
    before, after = (Policy.parse(each, kind=kind, name="p") for each in pair(random, kind))
    found = of_policies(before, after, requests(random))
    check(compare(before, after), found, deciding(before), deciding(after))


@pytest.mark.rule("VAR-2", "VAR-3")
@FEWER
@given(st.randoms(use_true_random=False), st.sampled_from(SIGNERS))
def test_a_given_caller_with_variables(random: Random, who: Caller) -> None:
    before, after = (
        Caller(who.principal, identity=Policy.parse(each, kind="identity", name="p"))
        for each in pair(random, "identity")
    )
    target = Target()
    asked = of_caller(after, requests(random, before))
    found = differences(asked, deciding_pair(target), deciding_pair(target))
    compared = compare((before, target), (after, target))
    if found.newly_allowed:
        assert compared.newly_allowed or compared.unknown, found.newly_allowed[0]
    if found.newly_denied:
        assert compared.newly_denied or compared.unknown, found.newly_denied[0]


def policy(*statements: dict[str, Any], kind: PolicyKindName = "resource") -> Policy:
    """A policy: each statement allows all GETs to everybody, but for what it says."""
    named = {"Principal": "*"} if kind == "resource" else {}
    whole = {"Effect": "Allow", **named, "Action": "execute-api:Invoke", "Resource": f"{GETS}*"}
    made = [{**whole, **each} for each in statements]
    return Policy.parse({"Version": "2012-10-17", "Statement": made}, kind=kind, name="p")


OWN = {"Resource": f"{GETS}${{aws:username}}"}
BELOW_OWN = {"Resource": f"{GETS}${{aws:username}}/*"}
TEAM = "${aws:PrincipalTag/team}"
AGENT = "${aws:UserAgent}"
CURL = f"{GETS}curl"
BY_WILDCARD = {"Condition": {"StringEquals": {"aws:UserAgent": "cur*"}}}
WITHOUT_TEAM = {"StringEquals": {"aws:PrincipalTag/team": ""}}
OF_ANN = {"StringEquals": {"aws:username": "Ann"}}


@pytest.mark.rule("VAR-1")
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        # The value is pinned.
        ([{**OWN, "Condition": OF_ANN}], [{"Resource": f"{GETS}Ann", "Condition": OF_ANN}], "equal"),
        ([{**OWN, "Condition": OF_ANN}], [{"Resource": f"{GETS}ann", "Condition": OF_ANN}], "both"),
        ([OWN], [OWN, {"Resource": f"{GETS}Ann", "Condition": OF_ANN}], "equal"),
        ([OWN], [OWN, {"Resource": f"{GETS}Ann"}], "laxer"),
        # A prefix.
        ([BELOW_OWN], [{}], "laxer"),
        ([{}], [{}, BELOW_OWN], "equal"),
        ([BELOW_OWN], [BELOW_OWN, {"Effect": "Deny", "Resource": f"{GETS}Bob/*", "Condition": OF_ANN}], "equal"),
        (
            [BELOW_OWN],
            [
                BELOW_OWN,
                {
                    "Effect": "Deny",
                    "Resource": f"{GETS}Bob/*",
                    "Condition": {"StringNotEquals": {"aws:username": "Bob"}},
                },
            ],
            "equal",
        ),
        (
            [{"Resource": f"{GETS}{TEAM}/*"}],
            [
                {"Resource": f"{GETS}{TEAM}/*"},
                {
                    "Effect": "Deny",
                    "Resource": f"{GETS}red/*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
                },
            ],
            # A tag may be red/blue: it begins with the same segment.
            "unknown",
        ),
        # Equality of two keys.
        (
            [{"Condition": {"StringEquals": {"aws:UserAgent": TEAM}}}],
            [
                {"Condition": {"StringEquals": {"aws:UserAgent": TEAM}}},
                {
                    "Effect": "Deny",
                    "Condition": {
                        "StringEquals": {"aws:UserAgent": "red"},
                        "StringNotEquals": {"aws:PrincipalTag/team": "red"},
                    },
                },
            ],
            "equal",
        ),
        # A default counts where the key is absent, and where it is empty as one of two readings.
        ([{"Resource": f"{GETS}${{aws:username, 'none'}}"}], [OWN], "stricter"),
        (
            [{"Resource": f"{GETS}${{aws:username, 'none'}}"}],
            [OWN, {"Resource": f"{GETS}none", "Condition": {"Null": {"aws:username": "true"}}}],
            "equal",
        ),
        # The empty text is a value and none: what denies covers everything, and what allows nothing.
        (
            [{}, {"Effect": "Deny", "Resource": f"{GETS}{TEAM}*"}],
            [{}, {"Effect": "Deny", "Resource": f"{GETS}{TEAM}*"}, {"Effect": "Deny", "Condition": WITHOUT_TEAM}],
            "equal",
        ),
        (
            [{"Resource": f"{GETS}{TEAM}*"}],
            [{"Resource": f"{GETS}{TEAM}*"}, {"Effect": "Deny", "Condition": WITHOUT_TEAM}],
            "equal",
        ),
        # A value that is not empty does not end before its segment.
        (
            [OWN, {"Effect": "Deny", "Resource": GETS, "Condition": {"StringNotEquals": {"aws:username": ""}}}],
            [OWN],
            "equal",
        ),
        (
            [BELOW_OWN],
            [BELOW_OWN, {"Effect": "Deny", "Resource": f"{GETS}/*", "Condition": {"Null": {"aws:username": "false"}}}],
            "equal",
        ),
        # Wildcards in the value of a variable: characters in what allows; in what denies it is not known.
        (
            [{"Resource": f"{GETS}{AGENT}"}],
            [{"Resource": f"{GETS}{AGENT}"}, {"Resource": CURL, **BY_WILDCARD}],
            "laxer",
        ),
        (
            [{}, {"Effect": "Deny", "Resource": f"{GETS}{AGENT}"}],
            [
                {},
                {"Effect": "Deny", "Resource": f"{GETS}{AGENT}"},
                {"Effect": "Deny", "Resource": CURL, **BY_WILDCARD},
            ],
            "unknown",
        ),
        # Where case is ignored, other values of the tag are equal too.
        (
            [{"Condition": {"StringEqualsIgnoreCase": {"aws:UserAgent": TEAM}}}],
            [
                {"Condition": {"StringEqualsIgnoreCase": {"aws:UserAgent": TEAM}}},
                {
                    "Effect": "Deny",
                    "Condition": {
                        "StringEquals": {"aws:UserAgent": "RED"},
                        "StringNotEquals": {"aws:PrincipalTag/team": "RED"},
                    },
                },
            ],
            "unknown",
        ),
        # A key of several values never has one: only the default counts.
        ([{"Resource": f"{GETS}${{aws:TagKeys}}"}], [{"Resource": "arn:aws:s3:::pets"}], "equal"),
        ([{"Resource": f"{GETS}${{aws:TagKeys, 'red'}}"}], [{"Resource": f"{GETS}red"}], "equal"),
    ],
)
def test_what_is_exact(before: list[dict[str, Any]], after: list[dict[str, Any]], verdict: str) -> None:
    assert compare(policy(*before), policy(*after)).verdict.value == verdict


def test_what_is_not_known_has_its_place() -> None:
    text = """{"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
      {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "%s*${aws:UserAgent}*${aws:Referer}*x"}]}"""
    after = Policy.parse(text % GETS, kind="resource", name="p.json")
    before = Policy.parse(text.replace("*x", "*xx") % GETS, kind="resource", name="q.json")
    reason = next(each for each in compare(before, after).unknown if "*xx" in each)
    assert reason.startswith(f"Resource {GETS}*${{aws:UserAgent}}*${{aws:Referer}}*xx: Resource has ")
    assert reason.endswith("${aws:UserAgent}, ${aws:referer}, at q.json:3:7")
