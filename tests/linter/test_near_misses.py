"""Documents that differ by one condition of a check from what the check is about: each condition is needed."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from execpolicy.linter.condition_tests import api_condition_example
from execpolicy.linter.run import lint_text

ARN = "arn:aws:execute-api:eu-west-1:111122223333:"
VPCE = "vpce-0a1b2c3d4e5f60718"


class Case(NamedTuple):
    """A statement, and what a rule underlines in it.

    Attributes:
        rule: the rule.
        found: the texts that it underlines; none for a near miss.
        of: what is special: the Resource, or the Condition.
        effect, action, not_action: of the statement.
        kind: of the policy.
        words: what the message of the finding ends with, or has no part of if a minus stands before.
    """

    rule: str
    found: list[str]
    of: object
    effect: str = "Allow"
    action: object = "execute-api:Invoke"
    not_action: bool = False
    kind: str = "resource"
    words: str = ""


ENTRIES = [
    # The route key of a WebSocket API is no method.
    Case("EP-ARN-004", [], "execute-api:/prod/sendmessage"),
    Case("EP-ARN-004", [], f"{ARN}a1b2c3/live/$connect/x"),
    Case("EP-ARN-004", [], "execute-api:/prod//orders"),
    Case("EP-ARN-006", [], "execute-api:/prod//orders"),
    Case("EP-ARN-006", [], f"{ARN}*/prod"),
    Case("EP-ARN-006", [], "execute-api:/prod?"),
    Case("EP-ARN-006", [], "execute-api:/${aws:PrincipalTag/stage}"),
    Case("EP-ARN-007", [], "execute-api:/prod/GET/orders//"),
    Case("EP-ARN-010", [], f"{ARN}*.execute-api.eu-west-1.amazonaws.com/prod/GET/a"),
    Case("EP-ARN-012", [], f"{ARN}prod/prod"),
    Case("EP-ARN-013", [], "execute-api:/*/GET"),
    Case("EP-ARN-013", ["*/DELETE"], "execute-api:/*/DELETE/a", words="PUT …/DELETE/a, because * matches slashes"),
    Case(
        "EP-ARN-014",
        ["//"],
        "execute-api://GET/a",
        words="the stage between the two slashes is empty, so this Allow never applies to it",
    ),
    Case(
        "EP-ARN-014",
        ["//"],
        "execute-api:/prod//a",
        words="the method between the two slashes is empty, so this Allow never applies to it",
    ),
    Case("EP-ARN-014", ["//"], f"{ARN}a1b2c3//GET/a"),
    Case("EP-ARN-014", [], "execute-api:/prod/"),
    Case("EP-ARN-014", [], "execute-api:/prod/GET/"),
    Case("EP-ARN-014", [], f"{ARN}a1b2c3/"),
    Case("EP-ARN-013", ["*/GET"], "execute-api:/*/GET/a", words="DELETE …/GET/a, because * matches slashes"),
]
CONDITIONS = [
    Case("EP-CND-001", ["aws:PrincipalTags"], {"StringEquals": {"aws:PrincipalTags": "a"}}, words="never applies"),
    Case("EP-CND-001", ["aws:SourceVpcs"], {"StringEquals": {"aws:SourceVpcs": "a"}}, words='mean "aws:SourceVpc"?'),
    Case("EP-CND-001", ["aws:Nowhere"], {"StringEquals": {"aws:Nowhere": "a"}}, words="never applies"),
    Case(
        "EP-CND-005",
        [],
        {"StringEquals": {"aws:ResourceTag/a": "b"}},
        action=["execute-api:Invoke", "s3:Get*"],
        kind="identity",
    ),
    Case("EP-CND-004", [], {"StringEquals": {"aws:ResourceTag/a": "b"}}, effect="Deny", not_action=True),
    Case("EP-CND-008", [], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, action="*", kind="vpc_endpoint"),
    Case("EP-CND-008", [], {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}, kind="vpc_endpoint"),
    Case("EP-CND-008", ["aws:SourceIp"], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, kind="vpc_endpoint"),
    Case("EP-CND-009", [], {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, kind="identity"),
    Case("EP-CND-009", [], {"StringNotEquals": {"aws:PrincipalTag/a": "b"}}, effect="Deny", kind="identity"),
]


def text_of(case: Case, element: str) -> str:
    statement = {"Effect": case.effect, "NotAction" if case.not_action else "Action": case.action, "Resource": "*"}
    if case.kind in ("resource", "vpc_endpoint"):
        statement["Principal"] = "*"
    return json.dumps({"Version": "2012-10-17", "Statement": {**statement, element: case.of}})


@pytest.mark.parametrize("case", ENTRIES, ids=str)
def test_entries_of_resource(case: Case) -> None:
    check(case, text_of(case, "Resource"))


@pytest.mark.parametrize("case", CONDITIONS, ids=str)
def test_conditions(case: Case) -> None:
    check(case, text_of(case, "Condition"))


def check(case: Case, text: str) -> None:
    findings = lint_text(text, "policy.json", rules=[case.rule], kind=case.kind)
    found = []
    for finding in findings:
        source, span = finding.source, finding.span
        assert source is not None
        assert span is not None
        part = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
        found.append(part.strip('"'))
    assert found == case.found
    assert all(finding.message.endswith(case.words) for finding in findings), findings


@pytest.mark.parametrize(
    ("rule", "condition", "api", "effect"),
    [
        ("EP-CND-007", f"StringEqualsIfExists: {{aws:SourceVpce: {VPCE}}}", "", "Allow"),
        (
            "EP-CND-007",
            f'StringNotEqualsIfExists: {{aws:SourceVpce: {VPCE}}}, "Null": {{aws:SourceVpce: "false"}}',
            "",
            "Deny",
        ),
        ("EP-CND-008", "IpAddressIfExists: {aws:SourceIp: 203.0.113.0/24}", "endpoint: PRIVATE", "Allow"),
    ],
)
def test_conditions_in_the_policy_of_an_api(rule: str, condition: str, api: str, effect: str) -> None:
    text = api_condition_example(condition, api=api, effect=effect).text
    assert lint_text(text, "a.api.yaml", rules=[rule]) == ()
