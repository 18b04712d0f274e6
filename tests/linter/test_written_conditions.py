"""The rules about how a condition is written, about its values, and about keys that say nothing where they stand."""

from __future__ import annotations

import json

import pytest

from execpolicy import Policy
from execpolicy.linter.finding import Finding
from execpolicy.linter.rule import FixSafety
from execpolicy.linter.run import lint
from tests.linter.test_conditions import UNKNOWN, marked, policy_of, unknown_policy_of

PATHS = "o-a1b2c3d4e5/r-ab12/*"
ROLE = "arn:aws:iam::111122223333:role/app"
SERVICE = {"Service": "states.amazonaws.com"}
#: Rules of the same values about something else.
OTHERS = {"003", "004", "005", "021", "025", "040", "048", "049", "050", "051", "052"}


def found_in(policy: Policy) -> list[tuple[str, str]]:
    return [(rule, text) for rule, text in marked(lint(policy)) if rule not in OTHERS]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"SourceVpce": "vpce-1a2b3c4d"}}, [("060", "SourceVpce")]),
        ({"StringEquals": {"aws:": "a"}}, [("001", "aws:"), ("060", "aws:")]),
        ({"StringEquals": {"s3:prefix": "a"}}, []),
        ({"StringEquals": {"accounts.google.com:aud": "a"}}, []),
        ({"StringEquals": {"AWS:PrincipalTag/": "a"}}, [("061", "AWS:PrincipalTag/")]),
        ({"StringEquals": {"aws:PrincipalTag/a": "a"}}, []),
        ({"ArnEquals": {"aws:arn": ROLE}}, [("062", "aws:arn")]),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, []),
        ({"StringLike": {"aws:PrincipalOrgPaths": PATHS}}, [("063", "StringLike")]),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": PATHS}}, []),
        ({"Null": {"aws:PrincipalOrgPaths": "false"}}, []),
        ({"ForAnyValue:Null": {"aws:PrincipalOrgPaths": "true"}}, [("064", "ForAnyValue:")]),
        ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, [("065", "false")]),
        ({"Null": {"aws:PrincipalArn": ["true", "true"]}}, [("065", "true")]),
        ({"Bool": {"aws:SecureTransport": ["true"]}}, []),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": ["1", 2, 3]}}, [("066", "2")]),
        ({"StringEquals": {"aws:PrincipalTag/a": ["true", True]}}, [("066", "true")]),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": [1, 2]}}, []),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/a}"}}, [("067", "${aws:PrincipalTag/a}")]),
        ({"IpAddress": {"aws:SourceIp": "10.${aws:PrincipalTag/a}"}}, [("067", "${aws:PrincipalTag/a}")]),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:PrincipalTag/a}"}}, []),
        ({"Bool": {"aws:SecureTransport": "${broken"}}, []),
    ],
)
def test_how_a_condition_is_written(condition: object, expected: list[tuple[str, str]]) -> None:
    assert found_in(policy_of(condition)) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"BinaryEquals": {"aws:PrincipalTag/a": "QmluYXJ5Cg"}}, [("080", "QmluYXJ5Cg")]),
        ({"BinaryEquals": {"aws:PrincipalTag/a": "QmluYXJ5"}}, []),
        ({"DateLessThan": {"aws:CurrentTime": 1798761600}}, [("081", "1798761600")]),
        ({"DateLessThan": {"aws:CurrentTime": "2027"}}, []),
        ({"DateLessThan": {"aws:EpochTime": "1798761600"}}, []),
        ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west"]}}, [("082", "eu-west")]),
        ({"StringLike": {"aws:RequestedRegion": "eu-*"}}, []),
        ({"StringLike": {"aws:RequestedRegion": "eu"}}, [("082", "eu")]),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.7/24"}}, [("083", "198.51.100.7/24")]),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::7/32"}}, [("083", "2001:db8::7/32")]),
        ({"IpAddress": {"aws:SourceIp": ["198.51.100.7", "198.51.100.7/32", "198.51.100.0/24"]}}, []),
        ({"StringLike": {"aws:PrincipalOrgID": "o-a1b2*"}}, [("084", "*")]),
        ({"StringLike": {"aws:PrincipalAccount": "11112222333?"}}, [("084", "?")]),
        ({"StringLike": {"aws:userid": "*:ann"}}, [("084", "*")]),
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, []),
        ({"StringNotLike": {"aws:PrincipalOrgID": "o-a1b2*"}}, []),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/a}"}}, [("085", "${aws:PrincipalTag/a}")]),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, []),
        ({"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}, []),
        ({"ForAnyValue:StringEquals": {"aws:CalledVia": "Athena.amazonaws.com"}}, [("086", "Athena.amazonaws.com")]),
        ({"StringLike": {"aws:PrincipalServiceName": "*.amazonaws.com"}}, []),
        (
            {"ArnLike": {"aws:PrincipalArn": [ROLE, "arn:aws:sts::1:assumed-role/a/b"]}},
            [("087", "arn:aws:sts::1:assumed-role/a/b")],
        ),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/assumed-role"}}, []),
        ({"ArnLike": {"aws:PrincipalArn": ROLE.replace("::", ":eu-west-1:")}}, [("088", "eu-west-1")]),
        ({"ArnLike": {"aws:PrincipalArn": ROLE.replace("::", ":*:")}}, []),
        ({"StringEquals": {"aws:ResourceAccount": "111122223333"}}, [("092", "aws:ResourceAccount")]),
        ({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, []),
    ],
)
def test_the_values_of_a_condition(condition: object, expected: list[tuple[str, str]]) -> None:
    assert found_in(policy_of(condition)) == expected


def test_a_deny_may_have_wide_values() -> None:
    condition = {"StringLike": {"aws:PrincipalOrgID": "o-*"}}
    assert found_in(policy_of(condition, effect="Deny")) == []
    negated = {"StringNotLike": condition["StringLike"]}
    assert found_in(policy_of(negated, effect="Deny")) == [("084", "*")]


def test_documents_of_the_old_version_have_no_variables() -> None:
    text = json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
                       "Condition": {"Bool": {"aws:SecureTransport": "${aws:PrincipalTag/a}"},
                                     "StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/a}"}}}}
    )  # fmt: skip
    assert found_in(Policy.parse(text, kind="resource", name="policy.json")) == []


def service_policy(principal: object, condition: object, effect: str = "Allow") -> Policy:
    statement = {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Condition": condition}})
    return Policy.parse(text, kind="resource", name="policy.json")


@pytest.mark.parametrize(
    ("principal", "condition", "effect", "expected"),
    [
        (SERVICE, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "Allow", [("090", "aws:PrincipalOrgID")]),
        (SERVICE, {"ArnLike": {"aws:PrincipalArn": ROLE}}, "Allow", []),
        ({**SERVICE, "AWS": ROLE}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "Allow", []),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "Allow", []),
        (SERVICE, {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, "Allow", [("091", "aws:SourceIp")]),
        (SERVICE, {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, "Deny", []),
        (
            SERVICE,
            {"StringEquals": {"aws:UserAgent": "a", "aws:SourceAccount": "111122223333"}},
            "Allow",
            [("022", "aws:UserAgent")],
        ),
    ],
)
def test_keys_in_statements_for_services(
    principal: object, condition: object, effect: str, expected: list[tuple[str, str]]
) -> None:
    assert found_in(service_policy(principal, condition, effect)) == expected


@pytest.mark.parametrize(
    ("effect", "not_action", "expected"),
    [
        ("Deny", "iam:*", ["EP-CND-093"]),
        ("Allow", ["iam:*", "execute-api:Invoke"], ["EP-CND-094"]),
        ("Deny", "execute-api:*", []),
        ("Deny", "*", []),
    ],
)
def test_tags_of_what_not_action_covers(effect: str, not_action: object, expected: list[str]) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/a": "b"}}
    statement = {"Effect": effect, "NotAction": not_action, "Resource": "*", "Condition": condition}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="identity")
    assert [each.rule.id for each in lint(policy)] == expected


def edits(findings: tuple[Finding, ...]) -> list[tuple[FixSafety, str]]:
    return [(each.fix.safety, edit.text) for each in findings if each.fix is not None for edit in each.fix.edits]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "1798761600"}}, [(FixSafety.SAFE, "2027-01-01T00:00:00Z")]),
        ({"DateLessThan": {"aws:CurrentTime": 1798761600}}, [(FixSafety.SAFE, '"2027-01-01T00:00:00Z"')]),
        ({"DateLessThan": {"aws:CurrentTime": "999999999999999"}}, []),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.7/24"}}, [(FixSafety.SAFE, "198.51.100.0/24")]),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::7/32"}}, [(FixSafety.SAFE, "2001:db8::/32")]),
        # Only the numbers are written anew: the texts of the list stay.
        ({"StringEquals": {"aws:PrincipalTag/a": ["true", True]}}, [(FixSafety.SAFE, '"true"')]),
        # No range has five parts, and what another operator cannot read is not meant for it.
        ({"IpAddress": {"aws:SourceIp": "198.51.100.*.*"}}, []),
        ({"StringEquals": {"aws:SecureTransport": "perhaps"}}, []),
        ({"StringEquals": {"aws:SourceIp": ["198.51.100.0/24", "${aws:PrincipalTag/a}"]}}, []),
    ],
)
def test_what_a_fix_writes(condition: object, expected: list[tuple[FixSafety, str]]) -> None:
    assert edits(lint(policy_of(condition))) == expected


def test_nearly_execute_api_is_another_fault_than_another_service() -> None:
    for service, rule in (("executeapi", "EP-ARN-030"), ("apigateway", "EP-ARN-029")):
        arn = f"arn:aws:{service}:eu-west-1:111122223333:a1b2c3/*"
        statement = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": arn}
        (finding,) = lint(Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}), kind="identity"))
        assert finding.rule.id == rule
        assert f"service {service}, so this Deny never applies to it" in finding.message


def test_values_of_a_policy_without_a_text_have_no_types() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/a": ["true", True]}}
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", "Condition": condition}
    assert lint(Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="identity")) == ()


def test_variables_of_names_that_are_not_known_are_not_read() -> None:
    for address, count in ((f"${{aws:PrincipalTag/{UNKNOWN}}}", 0), (f"${{aws:PrincipalTag/a}}{UNKNOWN}", 1)):
        findings = lint(unknown_policy_of({"IpAddress": {"aws:SourceIp": address}}))
        assert len([each for each in findings if each.rule.id == "EP-CND-067"]) == count
