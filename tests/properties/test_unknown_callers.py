"""A name of a caller that is not known decides by brute force: the outcome for many values in its place (SRC-10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from execpolicy import Decision, ExecPolicyError, Outcome, Policy, Request, Target, Template, authorize
from tests.examples import of_quick
from tests.properties.test_unknown_values import check_that_all_ways_agree

pytestmark = pytest.mark.rule("SRC-8", "SRC-10")
#: An example decides for some 40 callers, each of which the template may have: 80 000 in the long profile.
FEWER = of_quick(150, long=2_000)

ACCOUNT, OTHER = "111122223333", "444455556666"
RESOURCE = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:a1b2c3/prod/GET/orders"
TRUST = {"Version": "2012-10-17", "Statement": []}
#: Names and paths of callers, as texts of Fn::Sub.
CALLER_NAMES = ("${A}", "${A}-partner", "shop-${A}", "${A}-${B}", "shop-partner", "${A}${A}")
CALLER_PATHS = ("/", "/shop/", "${P}", "/${P}/", "/shop/${P}/")
#: What policies name.
WORDS = ("shop", "shop-partner", "shop-partner", "Shop-partner", "shop-Partner", "shop-x-partner", "shopshop", "other")
PATTERNS = ("*", "shop-*", "*-partner", "sho*tner", "shop-partner*", "*p*")
FOLDERS = ("/", "/shop/", "/eu/")
#: Names and paths from which the values of unknown parts are taken: those of policies, and others.
SAMPLE_NAMES = (*dict.fromkeys(WORDS), "shop-", "shop-z", "z-partner", "shoztner", "shop-partnerz", "z", "y-q")
SAMPLE_PATHS = (
    *(*FOLDERS, "/shop/eu/", "/eu/shop/", "/z/"),
    *(f"{folder}{name}/" for folder in FOLDERS for name in ("shop-partner", "shop-q", "sho")),
)
GET_ATT = {"Fn::GetAtt": ["Caller", "Arn"]}


def sub(text: str) -> object:
    return {"Fn::Sub": text} if any(f"${{{name}}}" in text for name in ("A", "B", "P", "AWS::AccountId")) else text


@st.composite
def arns(draw: st.DrawFn, kind: str, *, patterns: bool) -> object:
    """The ARN of a user or role, or a pattern of such ARNs; some are written as that of the caller."""
    if draw(st.integers(0, 4)) == 0:
        return GET_ATT
    name = draw(st.sampled_from((*WORDS, *CALLER_NAMES)))
    path = draw(st.sampled_from((*FOLDERS, *CALLER_PATHS)))
    account = draw(st.sampled_from((ACCOUNT, ACCOUNT, "${AWS::AccountId}", OTHER)))
    kind = draw(st.sampled_from((kind, kind, kind, "user", "role")))
    if patterns and draw(st.booleans()):
        name = draw(st.sampled_from((*PATTERNS, "sh?p-*", "?*")))
        path = draw(st.sampled_from((path, "/*/", "/shop/*")))
        account = draw(st.sampled_from((account, "*")))
    return sub(f"arn:aws:iam::{account}:{kind}{path}{name}")


@st.composite
def principals(draw: st.DrawFn, kind: str) -> object:
    entry = arns(kind, patterns=False) | st.sampled_from(
        ["*", ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-partner/ann", "AROAEXAMPLEID12345678"]
    )
    return draw(st.just("*") | st.builds(lambda found: {"AWS": found}, st.lists(entry, min_size=1, max_size=3)))


@st.composite
def conditions(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Up to two operators over the keys that the name of the caller decides."""
    found: dict[str, Any] = {}
    for _ in range(draw(st.integers(0, 2))):
        suffix = draw(st.sampled_from(("", "", "IfExists")))
        prefix = draw(st.sampled_from(("", "", "ForAnyValue:", "ForAllValues:")))
        if draw(st.integers(0, 2)):
            key, base = "aws:PrincipalArn", draw(st.sampled_from(("Arn", "String")))
            base += draw(st.sampled_from(("Equals", "Like", "NotEquals", "NotLike")))
            values = st.lists(arns(kind, patterns=True) | st.just("*"), min_size=1, max_size=2)
        else:
            key = "aws:username"
            base = draw(
                st.sampled_from(
                    ("StringEquals", "StringNotLike", "StringEqualsIgnoreCase", "StringLike", "Null", "NumericEquals")
                )
            )
            texts = st.sampled_from((*WORDS, *map(sub, CALLER_NAMES), "sh*", "*r", "${aws:username}", "?hop"))
            values = st.lists(st.sampled_from(("true", "false")) if base == "Null" else texts, min_size=1, max_size=2)
            prefix = "" if base == "Null" else prefix
            suffix = "" if base == "Null" else suffix
        found[f"{prefix}{base}{suffix}"] = {key: draw(values)}
    return found


@st.composite
def statements(draw: st.DrawFn, kind: str, *, of_resource: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        "Action": "execute-api:Invoke",
        "Resource": draw(st.sampled_from(("*", "*", "arn:aws:execute-api:*:*:a1b2c3/prod/GET/${aws:username}"))),
    }
    if of_resource:
        negated = found["Effect"] == "Deny" and draw(st.booleans())
        found["NotPrincipal" if negated else "Principal"] = draw(principals(kind))
    conditioned = draw(conditions(kind))
    if conditioned:
        found["Condition"] = conditioned
    return found


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """A template with a caller, its policy, and a policy that may name it."""
    kind = draw(st.sampled_from(("role", "role", "user")))
    name, path = draw(st.sampled_from(CALLER_NAMES)), draw(st.sampled_from(CALLER_PATHS))
    own = {"Version": "2012-10-17", "Statement": draw(st.lists(statements(kind, of_resource=False), max_size=2))}
    theirs = draw(st.lists(statements(kind, of_resource=True), min_size=1, max_size=3))
    return template(kind, sub(name), sub(path), own, theirs)


def template(kind: str, name: object, path: object, own: object, theirs: list[dict[str, Any]]) -> dict[str, Any]:
    caller = {
        f"{kind.title()}Name": name,
        "Path": path,
        **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}),
    }
    attached = {"PolicyName": "own", "PolicyDocument": own, f"{kind.title()}s": [{"Ref": "Caller"}]}
    endpoint = {
        "ServiceName": "com.amazonaws.us-east-1.execute-api",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": theirs},
    }
    return {
        "Parameters": {name: {"Type": "String"} for name in "ABP"},
        "Resources": {
            "Caller": {"Type": f"AWS::IAM::{kind.title()}", "Properties": caller},
            "Own": {"Type": "AWS::IAM::Policy", "Properties": attached},
            # The policy of an endpoint is read as a policy that names callers.
            "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": endpoint},
        },
    }


def decision(document: Mapping[str, Any], account: str, **parameters: str) -> Decision:
    """The decision with the policy of the endpoint as that of the resource."""
    read = Template.parse(document, account=ACCOUNT, region="us-east-1", parameters=parameters)
    request = Request(
        caller=read.callers["Caller"], action="execute-api:Invoke", resource=RESOURCE.replace(ACCOUNT, account)
    )
    theirs = read.vpc_endpoints["Endpoint"]
    assert theirs.source is not None
    resource = Policy.from_node(theirs.root, kind="resource", name="theirs", source=theirs.source)
    found = authorize(request, Target(resource=resource))
    check_that_all_ways_agree(request, Target(resource=resource), found)
    return found


def assignments(text: str, samples: Iterable[str], value: str) -> list[dict[str, str]]:
    """The values of parameters with which a text of Fn::Sub is one of several; ``value`` matches one value."""
    expression, seen = "", set()
    for part in re.split(r"(\$\{\w\})", text):
        if not part.startswith("${"):
            expression += re.escape(part)
            continue
        name = part[2]
        expression += f"(?P={name})" if name in seen else f"(?P<{name}>{value})"
        seen.add(name)
    found = [
        re.fullmatch(expression.replace(value, each), sample) for sample in samples for each in (value, f"{value}?")
    ]
    values = [match.groupdict() for match in found if match is not None]
    return [dict(items) for items in dict.fromkeys(tuple(each.items()) for each in values)]


def concrete(document: Mapping[str, Any], account: str) -> dict[str, str]:
    """The outcome for each caller that the template may have, by its parameters."""
    properties = document["Resources"]["Caller"]["Properties"]
    name, path = (properties.get("RoleName") or properties["UserName"]), properties["Path"]
    names = assignments(name["Fn::Sub"] if isinstance(name, dict) else name, SAMPLE_NAMES, "[^/]*")
    paths = assignments(path["Fn::Sub"] if isinstance(path, dict) else path, SAMPLE_PATHS, ".*")
    found, text = dict[str, str](), json.dumps(document)
    for of_name, of_path in product(names, paths):
        others = {name for name in "ABP" if name not in {*of_name, *of_path} and f"${{{name}}}" in text}
        for other in ("shop", "q") if others else ("",):
            values = {**dict.fromkeys("ABP", other), **of_name, **of_path}
            try:
                found[json.dumps(values)] = decision(document, account, **values).outcome.value
            except ExecPolicyError:
                continue  # with these values AWS does not take the template
    return found


@FEWER
@given(templates(), st.sampled_from((ACCOUNT, ACCOUNT, OTHER)))
def test_an_outcome_is_that_of_every_name(document: dict[str, Any], account: str) -> None:
    found = decision(document, account)
    event(found.outcome.value)
    outcomes = {*concrete(document, account).values()}
    assume(outcomes)  # AWS takes the template with some values
    if found.outcome.value != "indeterminate":
        assert outcomes <= {found.outcome.value}, (concrete(document, account), str(found.explain()))
        return
    assert found.unknown_values or found.missing_keys, str(found.explain())
    if len(outcomes) > 1:
        event("a value decides")
    allowed = {each is Outcome.ALLOW for each in found.possible}
    assert {each == "allow" for each in outcomes - {"indeterminate"}} <= allowed


@st.composite
def clauses(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A statement with one element that reads the name, which has known names and patterns without ``?``."""
    effect = draw(st.sampled_from(("Allow", "Deny")))
    found: dict[str, Any] = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}
    name, path = draw(st.sampled_from(WORDS)), draw(st.sampled_from(FOLDERS))
    account = draw(st.sampled_from((ACCOUNT, ACCOUNT, OTHER)))
    if draw(st.booleans()):
        entry = draw(st.sampled_from((GET_ATT, f"arn:aws:iam::{account}:{kind}{path}{name}")))
        negated = effect == "Deny" and draw(st.booleans())
        listed = [entry, ACCOUNT, *([f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/ann"] if kind == "role" else [])]
        return {**found, **({"NotPrincipal": {"AWS": listed}} if negated else {"Principal": {"AWS": [entry]}})}
    base = draw(st.sampled_from(("Equals", "Like", "NotEquals", "NotLike")))
    if draw(st.booleans()):
        name = draw(st.sampled_from((name, *PATTERNS)))
    if kind == "user" and draw(st.booleans()):
        condition: dict[str, Any] = {
            f"String{base}": {"aws:username": draw(st.sampled_from((name, {"Ref": "Caller"})))}
        }
    else:
        family = draw(st.sampled_from(("Arn", "String")))
        value = draw(st.sampled_from((GET_ATT, f"arn:aws:iam::{account}:{kind}{path}{name}")))
        condition = {f"{family}{base}": {"aws:PrincipalArn": value}}
    return {**found, "Principal": "*", "Condition": condition}


EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


@FEWER
@given(st.data(), st.sampled_from(("role", "user")), st.sampled_from(CALLER_NAMES[:-1]), st.sampled_from(CALLER_PATHS))
def test_one_clause_is_unknown_only_if_a_name_decides(data: st.DataObject, kind: str, name: str, path: str) -> None:
    clause = data.draw(clauses(kind))
    # SRC-10: a value in a path is any text, also one without the slash that a path begins with.
    compared = [each.get("aws:PrincipalArn") for each in clause.get("Condition", {}).values()]
    assume(path != "${P}" or f"arn:aws:iam::{ACCOUNT}:{kind}/*" not in compared)
    theirs = [clause] if clause["Effect"] == "Allow" else [EVERYTHING, clause]
    document = template(kind, sub(name), sub(path), {"Version": "2012-10-17", "Statement": []}, theirs)
    found, outcomes = decision(document, ACCOUNT), {*concrete(document, ACCOUNT).values()}
    event(f"{found.outcome.value} of {len(outcomes)}")
    if found.outcome.value != "indeterminate":
        assert outcomes == {found.outcome.value}
    elif "indeterminate" not in outcomes:
        assert len(outcomes) > 1, (outcomes, str(found.explain()))
        assert {*found.unknown_values} <= {f"the parameter {each}" for each in "ABP"}
        assert found.missing_keys == frozenset()
