"""Strategies for clauses that test the caller, and for callers near their texts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from execpolicy import Principal, Request
from execpolicy.analysis.dimensions.dimension import ValueExample, changed_view
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.view import View
from tests.unknown_policies import policy_with_unknown

ACCOUNTS = ("111122223333", "444455556666", "111122223334")
USER_IDS = ("AIDAEXAMPLEAIDAEXAMPL", "AIDAEXAMPLEAIDAEXAMPM")
ROLE_IDS = ("AROAEXAMPLEROLEEXAMPL", "AROAEXAMPLEROLEEXAMP1")
PARTITIONS = ("aws", "aws", "aws", "aws-cn")
PATHS = ("/", "/staff/", "/staff/a/", "/a:b/", "/aws-service-role/x.amazonaws.com/")
NAMES = ("Ann", "Clerk", "clerk", "Clerks", "A", "1", "true", "role", "staff")
SESSIONS = ("ann", "bob", "Ann", "an")
SERVICES = ("states.amazonaws.com", "events.amazonaws.com", "a.b.amazonaws.com.cn")
CANONICAL = ("a" * 64, "0" * 64)

#: What takes the place of a part of a text: wildcards, letters with the lower case of another letter, unknown values.
EDITS = ("*", "*", "?", "", "x", ":", "/", "<<any>>", "\N{KELVIN SIGN}", "\N{LATIN SMALL LETTER LONG S}", "é")
RESOURCE = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
KEYS = (
    *("aws:PrincipalArn", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid"),
    *("aws:username", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName"),
)
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike"),
    *("StringNotLike", "ArnLike", "ArnNotEquals", "Null", "Bool", "NumericEquals", "NumericNotEquals", "IpAddress"),
)


@st.composite
def callers(draw: st.DrawFn) -> Principal:
    """Any caller whose details are known."""
    kind = draw(st.sampled_from(["anonymous", "service", "session", "session", "user", "user", "root", "federated"]))
    if kind == "anonymous":
        return Principal.anonymous()
    if kind == "service":
        return Principal.service(draw(st.sampled_from(SERVICES)))
    partition, account = draw(st.sampled_from(PARTITIONS)), draw(st.sampled_from(ACCOUNTS))
    name, path = draw(st.sampled_from(NAMES)), draw(st.sampled_from(PATHS))
    iam, sts = f"arn:{partition}:iam::{account}", f"arn:{partition}:sts::{account}"
    creator = draw(st.sampled_from([f"{iam}:user{path}{name}", f"{iam}:root"]))
    canonical = draw(st.sampled_from(CANONICAL))
    if kind == "root":
        return Principal.parse(f"{iam}:root", canonical_user=canonical)
    if kind == "session":
        arn = f"{sts}:assumed-role/{name}/{draw(st.sampled_from(SESSIONS))}"
        unique_id = draw(st.sampled_from(ROLE_IDS))
        return Principal.parse(arn, role_path=path, unique_id=unique_id, canonical_user=canonical)
    user_id = draw(st.sampled_from(USER_IDS))
    if kind == "user":
        return Principal.parse(f"{iam}:user{path}{name}", unique_id=user_id, canonical_user=canonical)
    return Principal.parse(
        f"{sts}:federated-user/{draw(st.sampled_from(NAMES))}",
        federated_by=creator,
        unique_id=None if creator.endswith(":root") else user_id,
        canonical_user=canonical,
    )


def _texts() -> list[str]:
    """The values of the keys of some callers."""
    arns = [f"arn:aws:iam::{ACCOUNTS[0]}:root", f"arn:aws-cn:iam::{ACCOUNTS[1]}:user/staff/Ann"]
    arns += [f"arn:aws:iam::{account}:role{path}Clerk" for account in ACCOUNTS[1:] for path in PATHS[:4]]
    arns += [f"arn:aws:iam::{ACCOUNTS[0]}:user{path}{name}" for path in PATHS[:2] for name in NAMES[:4]]
    arns += [f"arn:aws:sts::{ACCOUNTS[0]}:{what}" for what in ("federated-user/Ann", "assumed-role/Clerk/ann")]
    ids = [f"{unique_id}:{session}" for unique_id in ROLE_IDS for session in SESSIONS[:3]]
    ids += [*USER_IDS, f"{ACCOUNTS[0]}:Ann", "anonymous"]
    return [*arns, *ids, *ACCOUNTS, *NAMES, *SERVICES, "AssumedRole", "User", "Account", "true", "false"]


@st.composite
def texts_of_caller(draw: st.DrawFn) -> str:
    """A text that a policy may compare with a key of a caller: that of some caller, with a few changes."""
    text = draw(st.sampled_from(_texts()))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 9)))
        text = text[:start] + draw(st.sampled_from(EDITS)) + text[end:]
    return draw(st.sampled_from([text, text, text.lower(), text.upper()]))


@st.composite
def names_of_caller(draw: st.DrawFn) -> tuple[str, str]:
    """A key of Principal, and a name of some caller."""
    caller = draw(callers())
    if caller.kind == "service":
        return "Service", caller.name
    if caller.kind == "anonymous":
        return "AWS", "*"
    account = caller.account
    names = [account, f"arn:{caller.partition}:iam::{account}:root", caller.arn]
    if caller.kind == "session":
        names += [caller.role_arn, f"arn:{caller.partition}:iam::{account}:role/{caller.name}"]
        names += [str(caller.unique_id), f"{caller.unique_id}:{caller.session_name}"]
    elif caller.unique_id is not None:
        names += [caller.unique_id]
    if draw(st.integers(0, 6)) == 0:
        return "CanonicalUser", draw(st.sampled_from(CANONICAL))
    return "AWS", draw(st.sampled_from(names))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    key, operator = draw(st.sampled_from(KEYS)), draw(st.sampled_from(OPERATORS))
    if operator == "Null":
        return {operator: {key: draw(st.sampled_from(["true", "false"]))}}
    operator = draw(st.sampled_from(["", "", "", "ForAnyValue:", "ForAllValues:"])) + operator
    operator += draw(st.sampled_from(["", "", "IfExists"]))
    values = st.lists(texts_of_caller() | st.sampled_from(["true", "User", "AssumedRole", "111122223333"]), max_size=3)
    return {operator: {key: draw(values)}}


@st.composite
def caller_clauses(draw: st.DrawFn) -> list[Clause]:
    """Clauses of a compiled policy that test the caller."""
    statements = []
    for _ in range(draw(st.integers(1, 3))):
        effect = draw(st.sampled_from(["Allow", "Deny"]))
        element = "NotPrincipal" if effect == "Deny" and draw(st.booleans()) else "Principal"
        named: dict[str, list[str]] = {}
        for type_, name in draw(st.lists(names_of_caller(), min_size=1, max_size=4)):
            named.setdefault(type_, []).append(name)
        statement = {"Effect": effect, element: named, "Action": "execute-api:Invoke", "Resource": "*"}
        statements.append({**statement, "Condition": draw(conditions())})
    policy = policy_with_unknown({"Version": "2012-10-17", "Statement": statements})
    compiled = compile_policy(policy, ClauseTable())
    found = [each.clause for statement in compiled.statements for each in statement.occurrences]
    return [clause for clause in found if clause.element in ("Principal", "NotPrincipal", "Condition")]


@st.composite
def examples_of_callers(draw: st.DrawFn) -> ValueExample:
    """Any caller; a service with values for the keys that do not follow from it."""
    caller = draw(callers())
    if caller.kind != "service":
        return ValueExample(principal=caller)
    other = draw(callers())
    arn = other.role_arn if other.kind == "session" else "arn:aws:iam::111122223333:role/Ann"
    keys = {
        "aws:principalarn": (arn,),
        "aws:principalaccount": (arn.split(":")[4],),
        "aws:principaltype": (draw(st.sampled_from(["AssumedRole", "User", "x"])),),
        "aws:userid": (draw(st.sampled_from([*USER_IDS, f"{ROLE_IDS[0]}:ann", "true"])),),
    }
    return ValueExample(principal=caller, keys=keys)


_BASE = Request(caller=Principal.anonymous(), action="s3:GetObject", resource=RESOURCE).view()


def results(clause: Clause, example: ValueExample) -> tuple[object, ...]:
    """What a clause says of a caller: whether it holds, without and with a boundary, and how strongly it names it."""
    view = changed_view(_BASE, example)
    found = [clause.test(View(view.key_values, has_boundary=boundary)) for boundary in (False, True)]
    if isinstance(clause, PrincipalClause) and not clause.negated:
        return (*found, clause.grant(view))
    return tuple(found)
