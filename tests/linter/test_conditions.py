"""The rules of conditions: what is found, with what is underlined, and near misses that are not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from execpolicy import Api, ExecPolicyError, Policy, Route
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_file
from execpolicy.linter.severity import Severity
from execpolicy.literals import AuthTypeName, PolicyKindName
from tests.untyped import untyped

ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
VPCE = "vpce-0a1b2c3d4e5f60718"
EXAMPLES = Path(__file__).parents[2] / "examples"
RESOURCE: Final = "resource"
#: Stands for a value that is not known.
UNKNOWN = "the unknown value"


def policy_of(
    condition: object, *, effect: str = "Allow", kind: PolicyKindName = RESOURCE, action: str = "execute-api:Invoke"
) -> Policy:
    statement = {
        "Effect": effect,
        "Principal": "*",
        "Action": action,
        "Resource": "*",
        "Condition": condition,
    }
    if kind not in (RESOURCE, "domain_name", "vpc_endpoint"):
        del statement["Principal"]
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return Policy.parse(text, kind=kind, name="policy.json")


def api_of(policy: Policy, *, auth: AuthTypeName = "AWS_IAM", **parts: object) -> Api:
    given: dict[str, object] = {
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": [Route("GET", "/orders", auth=auth)],
        "resource_policy": policy,
    }
    return Api(**{**given, **parts})  # type: ignore[arg-type]  # parts of an API by name


def marked(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    found = []
    for finding in findings:
        source, span = finding.source, finding.span
        if finding.rule.family != "CND":
            continue
        assert source is not None
        assert span is not None
        text = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
        found.append((finding.rule.id.removeprefix("EP-CND-"), text.strip('"')))
    return found


CASES_OF_ALLOW: list[tuple[object, list[tuple[str, str]]]] = [
    ({"StringEquals": {"aws:PrincipalOrg": "o-1"}}, [("001", "aws:PrincipalOrg")]),
    ({"StringEquals": {"aws:PrincipalTag": "o-1"}}, [("061", "aws:PrincipalTag")]),
    ({"StringEquals": {"s3:Prefix": "o-1"}}, []),
    ({"Null": {"aws:SourceVpcs": "true"}}, [("001", "aws:SourceVpcs")]),
    ({"ArnLike": {"execute-api:domain": "arn:aws:a:b:c:d"}}, [("002", "execute-api:domain")]),
    ({"StringEquals": {"aws:VpceAccount": "111122223333"}}, [("003", "aws:VpceAccount")]),
    ({"StringEqualsIfExists": {"aws:VpceAccount": "111122223333"}}, []),
    ({"Null": {"aws:VpceAccount": "true"}}, []),
    ({"StringEquals": {"AWS:requesttag/a": "b"}}, [("003", "AWS:requesttag/a")]),
    ({"StringEquals": {"aws:ResourceTag/a": "b"}}, [("005", "aws:ResourceTag/a")]),
    ({"ForAllValues:StringEquals": ORG["StringEquals"]}, [("020", "ForAllValues:")]),
    ({"ForAllValues:StringEquals": ORG["StringEquals"], "Null": {"aws:PrincipalOrgID": "false"}}, []),
    ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}, []),
    ({"ForAnyValue:StringEquals": ORG["StringEquals"]}, []),
    ({"StringNotEquals": ORG["StringEquals"]}, [("021", "StringNotEquals")]),
    ({"StringEqualsIfExists": ORG["StringEquals"]}, [("021", "StringEqualsIfExists")]),
    ({"StringNotEquals": ORG["StringEquals"], "Null": {"aws:PrincipalOrgID": "false"}}, []),
    ({"StringNotEquals": {"aws:PrincipalOrgID": UNKNOWN}}, [("021", "StringNotEquals")]),
    ({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}, [("021", "StringNotEquals")]),
    ({"Bool": {"aws:SecureTransport": "true"}}, []),
    ({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, []),
    ({"StringNotEquals": {"aws:SourceVpce": VPCE}}, []),
    ({"StringEquals": {"aws:userAgent": "app"}}, [("022", "aws:userAgent")]),
    ({"StringNotLike": {"aws:Referer": "bad"}}, [("022", "aws:Referer")]),
    ({"Null": {"aws:Referer": "false"}}, []),
    ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, [("023", "aws:VpcSourceIp")]),
    ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpce": VPCE}}, []),
    ({"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, []),
    ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, []),
    ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, [("025", "StringLike")]),
    ({"StringLike": {"aws:PrincipalArn": "*"}}, []),
    ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}, []),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, []),
    ({"StringLike": {"aws:PrincipalTag/a": "a*"}}, []),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": VPCE}}, [("026", "aws:SourceVpce")]),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}, "StringLike": {"aws:SourceVpce": VPCE}}, []),
    ({"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": VPCE}}, []),
    ({"StringEquals": {"aws:PrincipalTag/a": ["b", "c*"]}}, [("040", "*")]),
    ({"StringEqualsIgnoreCase": {"aws:PrincipalTag/a": "c*"}}, [("040", "*")]),
    ({"StringEquals": {"aws:PrincipalTag/a": "${*}"}}, []),
    ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, []),
    ({"StringEquals": {"aws:SourceVpc": "vpc-12345"}}, [("041", "vpc-12345")]),
    ({"StringEquals": {"aws:SourceVpc": "VPC-1a2b3c4d"}}, [("041", "VPC-1a2b3c4d")]),
    ({"StringEqualsIgnoreCase": {"aws:SourceVpc": "VPC-1a2b3c4d"}}, []),
    ({"StringLike": {"aws:SourceVpc": "vpc-1*"}}, []),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1*"}}, [("042", "vpce-1*")]),
    ({"StringEquals": {"aws:SourceVpce": [VPCE, "${aws:PrincipalTag/e}", UNKNOWN]}}, []),
    ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.7"]}}, [("043", "10.0.0.0/8"), ("043", "192.168.1.7")]),
    ({"IpAddress": {"aws:SourceIp": "fd00::/8"}}, [("043", "fd00::/8")]),
    ({"IpAddress": {"aws:SourceIp": ["100.64.0.1", "::1"]}}, [("043", "100.64.0.1"), ("043", "::1")]),
    ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, []),
    ({"IpAddress": {"aws:SourceIp": "172.0.0.0/8"}}, []),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, []),
    ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, [("044", "10.0.0.0/8")]),
    ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "8.8.8.8"]}}, [("045", "10.0.0.0/8")]),
    ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", UNKNOWN]}}, [("045", "10.0.0.0/8")]),
    ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "8.8.8.8"]}}, [("046", "10.0.0.0/8")]),
    ({"StringEquals": {"aws:SourceIp": "8.8.8.8"}}, [("048", "StringEquals")]),
    ({"StringEquals": {"aws:SecureTransport": "true"}}, [("048", "StringEquals")]),
    ({"StringEquals": {"aws:Ec2InstanceSourcePrivateIPv4": "${aws:VpcSourceIp}"}}, []),
    (
        {"StringEquals": {"aws:Ec2InstanceSourcePrivateIPv4": ["${aws:VpcSourceIp}", "10.0.0.7"]}},
        [("048", "StringEquals")],
    ),
    (
        {"NumericEquals": {"aws:Ec2InstanceSourcePrivateIPv4": "${aws:VpcSourceIp}"}},
        [("048", "NumericEquals"), ("067", "${aws:VpcSourceIp}")],
    ),
    ({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}, []),
    ({"NumericGreaterThan": {"aws:EpochTime": "1"}}, []),
    ({"Bool": {"aws:SecureTransport": "1"}}, [("049", "1")]),
    ({"DateLessThan": {"aws:CurrentTime": "tomorrow"}}, [("050", "tomorrow")]),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": ["1", "x"]}}, [("051", "x")]),
    ({"IpAddress": {"aws:SourceIp": ["8.8.8.8", "1.2.3.4/33"]}}, [("052", "1.2.3.4/33")]),
    ({"IpAddress": {"aws:SourceIp": UNKNOWN}}, []),
]


@pytest.mark.parametrize(("condition", "expected"), CASES_OF_ALLOW)
def test_a_condition_of_an_allow(condition: object, expected: list[tuple[str, str]]) -> None:
    policy = policy_of(condition)
    assert policy.source is not None
    root, _ = read_json(policy.source.text)
    assert root is not None
    known = Policy.from_node(with_unknown(root), kind=RESOURCE, name="policy.json", source=policy.source)
    assert marked(lint(known)) == expected


def with_unknown(node: Node) -> Node:
    """The nodes with an unknown value in place of each UNKNOWN, as loaders make them."""
    if isinstance(node, JsonArray):
        return node._replace(items=[with_unknown(item) for item in node.items])
    if isinstance(node, JsonObject):
        members = node.members.items()
        return node._replace(members={name: (start, end, with_unknown(value)) for name, (start, end, value) in members})
    return (
        node._replace(value=node.value.replace(UNKNOWN, unknown_text("the parameter")))
        if isinstance(node, Text)
        else node
    )


def unknown_policy_of(condition: object) -> Policy:
    """The policy with an unknown value in place of each UNKNOWN."""
    policy = policy_of(condition)
    assert policy.source is not None
    return Policy.from_node(with_unknown(policy.root), kind=RESOURCE, name="policy.json", source=policy.source)


def test_a_condition_of_an_unknown_value_on_an_unknown_key() -> None:
    (finding,) = lint(unknown_policy_of({"Null": {"aws:Nowhere": UNKNOWN}}))
    assert (finding.rule.id, finding.message.rpartition(", ")[2]) == (
        "EP-CND-001",
        "so the condition cannot do what it says",
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:ResourceTag/a": "b"}}, [("004", "aws:ResourceTag/a")]),
        ({"StringNotEqualsIfExists": {"aws:VpceAccount": "1"}}, [("003", "aws:VpceAccount")]),
        ({"StringLike": {"aws:UserAgent": "bot*"}}, []),
        ({"StringNotLike": {"aws:UserAgent": "app*"}}, [("022", "aws:UserAgent")]),
        ({"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, [("023", "aws:VpcSourceIp")]),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, []),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, [("024", "Bool")]),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, []),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, []),
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}}, [("024", "NumericGreaterThan")]),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}, []),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": VPCE}}, [("026", "aws:SourceVpce")]),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": VPCE}}, []),
        ({"StringNotEquals": ORG["StringEquals"]}, []),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}, []),
    ],
)
def test_a_condition_of_a_deny(condition: object, expected: list[tuple[str, str]]) -> None:
    assert marked(lint(policy_of(condition, effect="Deny"))) == expected


@pytest.mark.parametrize(
    ("condition", "kind", "expected"),
    [
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}, "identity", [("009", "NotIpAddress")]),
        ({"NotIpAddressIfExists": {"aws:SourceIp": "8.8.8.8"}}, "scp", [("009", "NotIpAddressIfExists")]),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}, "Null": {"aws:SourceIp": "false"}}, "scp", []),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}, "StringNotEquals": {"aws:SourceVpce": VPCE}}, "scp", []),
        ({"IpAddress": {"aws:SourceIp": "8.8.8.8"}}, "identity", []),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}, "vpc_endpoint", [("008", "aws:SourceIp")]),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}, "domain_name", [("008", "aws:SourceIp")]),
    ],
)
def test_a_deny_of_another_kind(condition: object, kind: PolicyKindName, expected: list[tuple[str, str]]) -> None:
    assert marked(lint(policy_of(condition, effect="Deny", kind=kind))) == expected


def test_statements_about_other_services_may_use_their_keys() -> None:
    condition = {"StringEquals": {"aws:VpceAccount": "1"}, "NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}
    assert lint(policy_of(condition, effect="Deny", kind="identity", action="*")) == ()


def test_callers_of_an_identity_policy_are_signed() -> None:
    condition = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}
    assert marked(lint(policy_of(condition))) == [("021", "ArnNotLike")]
    assert marked(lint(policy_of(condition, kind="identity"))) == []
    assert marked(lint(api_of(policy_of(condition)))) == []


@pytest.mark.parametrize(
    ("condition", "effect", "parts", "expected"),
    [
        (ORG, "Allow", {"auth": "NONE"}, [("006", "so this Allow never applies")]),
        ({"StringNotEquals": ORG["StringEquals"]}, "Deny", {"auth": "NONE"}, [("006", "applies to every call")]),
        ({"StringNotEquals": ORG["StringEquals"]}, "Allow", {"auth": "NONE"}, [("006", "limits nothing")]),
        ({"StringEqualsIfExists": ORG["StringEquals"]}, "Allow", {"auth": "NONE"}, []),
        (ORG, "Allow", {}, []),
        ({"Null": {"aws:PrincipalArn": "true"}}, "Allow", {"auth": "NONE"}, []),
        ({"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Deny", {}, [("007", "applies to every call")]),
        ({"StringEquals": {"aws:SourceVpce": VPCE}}, "Deny", {}, [("007", "so this Deny never applies")]),
        ({"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Deny", {"endpoint": "PRIVATE"}, []),
        (
            {"StringNotEquals": {"aws:SourceVpce": VPCE}, "Null": {"aws:SourceVpce": "false"}},
            "Deny",
            {},
            [("007", "so this Deny never applies")],
        ),
        (
            {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
            "Deny",
            {"endpoint": "PRIVATE"},
            [("008", "applies to every call")],
        ),
        ({"NotIpAddress": {"aws:SourceIp": "8.8.8.8"}}, "Deny", {}, []),
        (
            {"IpAddress": {"aws:SourceIp": ["8.8.8.8", "1.1.1.1"]}},
            "Allow",
            {"ip_address_type": "dualstack"},
            [("047", "refuses callers with IPv6")],
        ),
        (
            {"IpAddress": {"aws:SourceIp": "8.8.8.8"}},
            "Deny",
            {"ip_address_type": "dualstack"},
            [("047", "lets pass callers with IPv6")],
        ),
        ({"IpAddress": {"aws:SourceIp": ["8.8.8.8", "2001:db8::/32"]}}, "Allow", {"ip_address_type": "dualstack"}, []),
        ({"IpAddress": {"aws:SourceIp": "8.8.8.8"}}, "Allow", {"ip_address_type": "ipv4"}, []),
    ],
)
def test_a_condition_of_a_policy_whose_api_is_known(
    condition: object, effect: str, parts: Mapping[str, str], expected: list[tuple[str, str]]
) -> None:
    auth = parts.get("auth", "AWS_IAM")
    api = api_of(policy_of(condition, effect=effect), **untyped({**parts, "auth": auth}))
    found = [each for each in lint(api) if each.rule.family == "CND"]
    assert [each.rule.id.removeprefix("EP-CND-") for each in found] == [rule for rule, _ in expected]
    for finding, (_, end) in zip(found, expected, strict=True):
        assert end in finding.message


@pytest.mark.parametrize(
    ("condition", "effect", "parts", "allowed"),
    [
        (ORG, "Allow", {"auth": "NONE"}, False),
        ({"StringEqualsIfExists": ORG["StringEquals"]}, "Allow", {"auth": "NONE"}, True),
        ({"StringNotEquals": ORG["StringEquals"]}, "Allow", {"auth": "NONE"}, True),
        ({"StringEquals": {"aws:SourceVpce": VPCE}}, "Allow", {"auth": "NONE"}, False),
        ({"StringNotEquals": {"aws:SourceVpce": VPCE}}, "Allow", {"auth": "NONE"}, True),
        ({"StringEquals": {"aws:VpceAccount": "111122223333"}}, "Allow", {"auth": "NONE"}, False),
        ({"StringEquals": {"aws:ResourceTag/a": "b"}}, "Allow", {"auth": "NONE"}, False),
        ({"ForAllValues:StringEquals": ORG["StringEquals"]}, "Allow", {"auth": "NONE"}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "Allow", {"auth": "NONE"}, False),
    ],
)
def test_what_findings_say_happens(condition: object, effect: str, parts: Mapping[str, str], allowed: bool) -> None:
    """An Allow that never applies refuses a call, and one whose condition limits nothing lets it pass."""
    api = api_of(policy_of(condition, effect=effect), **untyped(parts))
    assert api.invoke("GET", "/orders", context={"aws:SourceIp": "198.51.100.7"}).allowed is allowed


def test_fixes_change_operators_that_compare_one_key() -> None:
    (finding,) = lint(policy_of({"ForAllValues:StringEquals": ORG["StringEquals"]}))
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == [""]
    two = {"ForAllValues:StringEquals": {**ORG["StringEquals"], "aws:PrincipalAccount": "111122223333"}}
    assert [each.fix for each in lint(policy_of(two))] == [None, None]


@pytest.mark.parametrize(
    ("condition", "effect", "text"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "Deny", "BoolIfExists"),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/a"}}, "Deny", "ArnNotLike"),
        ({"StringNotEquals": {"aws:PrincipalTag/a": "b*"}}, "Deny", "StringNotLike"),
        ({"StringEquals": {"aws:PrincipleArn": "b"}}, "Deny", "aws:PrincipalArn"),
    ],
)
def test_the_text_of_a_fix(condition: object, effect: str, text: str) -> None:
    fixes = [each.fix for each in lint(policy_of(condition, effect=effect)) if each.fix is not None]
    assert [edit.text.strip('"') for fix in fixes for edit in fix.edits] == [text]


def test_conditions_of_examples() -> None:
    """examples/foundation/identity.json has the fault: it allows by an address inside of a VPC, and names no VPC."""
    found = []
    for path in sorted([*EXAMPLES.rglob("*.json"), *EXAMPLES.rglob("*.yaml")]):
        with contextlib.suppress(ExecPolicyError):  # a file of another kind
            found += [(path.name, each.rule) for each in lint_file(path) if each.rule.family == "CND"]
    assert [(name, rule.id) for name, rule in found if rule.severity is not Severity.SUGGESTION] == [
        ("identity.json", "EP-CND-023")
    ]
