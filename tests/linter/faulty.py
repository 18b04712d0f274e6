"""Documents with faults that rules have fixes for, drawn by Hypothesis, as JSON and as YAML."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind

_HEAD = "arn:aws:execute-api:eu-west-1:111122223333:"
KINDS = (PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT)

_PARTS = st.builds(
    "/".join,
    st.tuples(
        st.sampled_from(("prod", "*", "a1b2c3")),
        st.sampled_from(("GET", "get", "ANY", "*", "FETCH")),
        st.sampled_from(("orders", "/orders", "{id}", "orders/{id}/", "//a/{b}/{c}", "orders?a=b", "*", "", "it's")),
    ),
)
_PATHS = _PARTS | st.sampled_from(("prod", "prod/GET", "prod/", "*"))
#: Patterns near which there are resources that a request can have.
_CALLED = (
    _PATHS.map(lambda path: f"{_HEAD}a1b2c3/{path}")
    | _PATHS.map(lambda path: f"execute-api:/{path}")
    | st.sampled_from(("*", f"{_HEAD}a1b2c3/prod/GET/${{aws:username}}"))
)
_RESOURCES = _CALLED | st.sampled_from(
    (
        "execute-api:*",
        "execute-api:prod/GET/a",
        f"{_HEAD}https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/*",
        "arn:aws:execute-api::1111-2222-3333:a1b2c3/*",
        "arn:x:Execute-API:us-gov-west-1::a1b2c3/prod/GET/${aws:username}",
        "arn:aws:exec*:eu-west-1:111122223333:a1b2c3/*",
    )
)
_ACTIONS = st.sampled_from(
    (
        "execute-api:Invoke",
        "execute-api:invok",
        "executeapi:Invoke",
        "execute-api:*",
        "apigateway:GET",
        "apigateway:Invoke",
        "s3:GetObject",
    )
)
_PRINCIPALS = st.sampled_from(
    (
        "*",
        {"AWS": ["111122223333", "AIDAIOSFODNN7EXAMPLE1", "AROAIOSFODNN7EXAMPLE1"]},
        {"AWS": "arn:aws:iam::111122223333:role/Clerk"},
    )
)
_VALUES: dict[str, tuple[Any, ...]] = {
    "aws:SourceIp": ("10.0.0.0/8", "198.51.100.7/24", "198.51.100.*", "203.0.113.9"),
    "aws:SourceVpce": ("vpce-1a2b3c4d", "vpce-*", "vpc-1a2b3c4d"),
    "aws:SourceVpc": ("vpce-1a2b3c4d", "vpc-1a2b3c4d"),
    "aws:SourceVpces": ("vpce-1a2b3c4d",),
    "aws:PrincipalTag/team": ("web-*", "${aws:username}", "red"),
    "aws:PrincipalOrgPaths": ("o-a1b2c3d4e5/r-ab12/*",),
    "aws:PrincipalArn": ("arn:aws:iam::*:role/app", "arn:aws:iam:eu-west-1:111122223333:role/app"),
    "aws:MultiFactorAuthPresent": ("false", "yes", True),
    "aws:CurrentTime": ("1798761600", 1798761600, "2027-01-01T00:00:00Z"),
    "SourceIp": ("203.0.113.0/24",),
    "aws:ARN": ("arn:aws:iam::111122223333:role/app",),
}
_OPERATORS = st.sampled_from(
    (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "ForAllValues:Null",
        "ArnLike",
        "IpAddress",
        "NotIpAddress",
        "Bool",
        "BoolIfExists",
        "DateLessThan",
        "Null",
    )
)


def _one_or_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3, unique_by=repr)


@st.composite
def _keys(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(sorted(_VALUES)), min_size=1, max_size=2, unique=True))
    return {key: draw(_one_or_many(st.sampled_from(_VALUES[key]))) for key in keys}


@st.composite
def _statements(draw: st.DrawFn, kind: PolicyKind, resources: st.SearchStrategy[str]) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    sid = draw(st.none() | st.sampled_from(("", "Orders", "Orders2", "or-ders", "ord ers", "-")))
    if sid is not None:
        statement["Sid"] = sid
    statement["Effect"] = draw(st.sampled_from(("Allow", "Deny")))
    if ELEMENT_RULES[kind].principal:
        statement["Principal"] = draw(_PRINCIPALS)
    statement["Action"] = draw(_one_or_many(_ACTIONS))
    statement["Resource"] = draw(_one_or_many(resources))
    if draw(st.booleans()):
        statement["Condition"] = draw(st.dictionaries(_OPERATORS, _keys(), min_size=1, max_size=2))
    return statement


class Faulty(NamedTuple):
    """A text, the name of its file, and the kind of its policy."""

    text: str
    name: str
    kind: PolicyKind


@st.composite
def faulty_texts(draw: st.DrawFn, *, called: bool = False) -> Faulty:
    """The text of a policy with faults; ``called`` leaves out entries that no resource of a request is near."""
    kind = draw(st.sampled_from(KINDS))
    version = draw(st.sampled_from((None, "2008-10-17", "2012-10-17")))
    statements = draw(st.lists(_statements(kind, _CALLED if called else _RESOURCES), min_size=1, max_size=3))
    document: dict[str, Any] = {"Version": version} if version is not None else {}
    document["Statement"] = statements if len(statements) > 1 or draw(st.booleans()) else statements[0]
    return draw(st.sampled_from((_json, _indented, _in_json, _block, _flow, _commented, _crlf)))(document, kind)


def _json(document: object, kind: PolicyKind) -> Faulty:
    return Faulty(json.dumps(document), "policy.json", kind)


def _indented(document: object, kind: PolicyKind) -> Faulty:
    return Faulty(json.dumps(document, indent=2), "policy.json", kind)


def _in_json(document: object, kind: PolicyKind) -> Faulty:
    """As API Gateway returns it."""
    return Faulty(json.dumps(json.dumps(document)), "policy.json", kind)


def _block(document: object, kind: PolicyKind) -> Faulty:
    return Faulty(yaml.safe_dump(document, sort_keys=False, width=40), "policy.yaml", kind)


def _flow(document: object, kind: PolicyKind) -> Faulty:
    return Faulty(yaml.safe_dump(document, sort_keys=False, default_flow_style=True, width=60), "policy.yaml", kind)


def _commented(document: object, kind: PolicyKind) -> Faulty:
    lines = _block(document, kind).text.splitlines()
    return Faulty("".join(f"# {number}\n{line}\n" for number, line in enumerate(lines)), "policy.yaml", kind)


def _crlf(document: object, kind: PolicyKind) -> Faulty:
    return Faulty(_block(document, kind).text.replace("\n", "\r\n"), "policy.yaml", kind)
