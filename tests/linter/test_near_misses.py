"""Documents that differ by one condition of a check from what the check is about: each condition is needed.

Those that differ by one edit from the example of a rule are in ``near_misses_of_rules.yaml``.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from execpolicy import PolicyKind
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.conditions.tested import api_condition_example
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint_text

#: Documents with all that the rules of a module find in them: each needs a condition of this module.
DOCUMENTS = json.loads(Path(__file__).with_name("near_misses.json").read_text("utf-8"))
ARN = "arn:aws:execute-api:eu-west-1:111122223333:"
VPCE = "vpce-0a1b2c3d4e5f60718"
BOTH = {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": "vpce-1a2b3c4d"}


class Case(NamedTuple):
    """A statement, and what a rule underlines in it.

    Attributes:
        rule: the rule.
        found: the texts that it underlines; none for a near miss.
        of: what is special: the Resource, or the Condition.
        effect, action: of the statement.
        kind: of the policy.
        words: what the message of the finding ends with.
        more: the effect and the condition of a second statement.
        principal, not_principal: of the statement of a resource policy.
    """

    rule: str
    found: list[str]
    of: object
    effect: str = "Allow"
    action: object = "execute-api:Invoke"
    kind: str = "resource"
    words: str = ""
    more: tuple[str, object] | None = None
    principal: object = "*"
    not_principal: bool = False


ENTRIES = [
    Case("EP-ARN-003", [], "x:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/get/a"),
    # The ARN of a private custom domain.
    Case("EP-ARN-003", [], f"{ARN}/domainnames/get/a", kind="identity"),
    Case("EP-ARN-006", [], "execute-api:/prod//orders"),
    Case("EP-ARN-006", [], "execute-api:/prod?"),
    Case("EP-ARN-006", [], "execute-api:/${aws:PrincipalTag/stage}"),
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
    Case("EP-ARN-014", [], "execute-api:/prod/GET/"),
    Case("EP-ARN-014", [], f"{ARN}a1b2c3/"),
    Case("EP-ARN-013", ["*/GET"], "execute-api:/*/GET/a", words="DELETE …/GET/a, because * matches slashes"),
    # Both the service and the name are nearly those of execute-api, or the service is one that is often written.
    Case("EP-DOC-051", ["exekute-api"], "*", action="exekute-api:Invoke", kind="identity"),
    Case("EP-DOC-051", [], "*", action="exekute-api:Describe", kind="identity"),
    Case("EP-DOC-051", ["executeapi"], "*", action="executeapi:Describe", kind="identity"),
]
CONDITIONS = [
    # Both hold without the key, so that neither requires it.
    Case(
        "EP-CND-021",
        ["StringNotEquals", "StringNotLike"],
        {"StringNotEquals": {"aws:PrincipalTag/a": "b"}, "StringNotLike": {"aws:PrincipalTag/a": "c*"}},
    ),
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
    Case("EP-CND-008", [], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, action="*", kind="vpc_endpoint"),
    Case("EP-CND-008", [], {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}, kind="vpc_endpoint"),
    Case("EP-CND-008", ["aws:SourceIp"], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, kind="vpc_endpoint"),
    Case("EP-CND-009", [], {"StringNotEquals": {"aws:PrincipalTag/a": "b"}}, effect="Deny", kind="identity"),
    Case(
        "EP-CND-023",
        ["aws:VpcSourceIp"],
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
        more=("Deny", {"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}),
    ),
    Case(
        "EP-CND-023",
        [],
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
        more=("Deny", {"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}),
    ),
    Case("EP-CND-026", ["aws:SourceVpce"], {"StringNotEquals": BOTH}, effect="Deny", words="is enough to pass it"),
    Case("EP-CND-026", ["aws:SourceVpce"], {"StringEquals": BOTH}, words="are both among the values"),
    Case("EP-CND-047", [], {"IpAddress": {"aws:SourceIp": []}}),
    Case("EP-CND-082", ["eu-*"], {"StringEquals": {"aws:RequestedRegion": "eu-*"}}),
    Case("EP-CND-085", ["${aws:PrincipalTag/o}"], {"StringEquals": {"aws:PrincipalOrgID": "o-${aws:PrincipalTag/o}"}}),
    Case("EP-CND-088", [], {"ArnLike": {"aws:PrincipalArn": "arn:aws:sts:eu-west-1:111122223333:a/b"}}),
    # A policy of callers is about the APIs of many accounts.
    Case("EP-CND-092", [], {"StringEquals": {"aws:ResourceAccount": "111122223333"}}, kind="identity"),
    Case("EP-CND-060", [":a"], {"StringEquals": {":a": "b"}}, words="never applies"),
    Case("EP-CND-060", ["SourceIp"], {"IpAddress": {"SourceIp": "203.0.113.7"}}, words="did you mean aws:SourceIp?"),
    Case(
        "EP-CND-090",
        [],
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}},
        effect="Deny",
        principal={"Service": "states.amazonaws.com"},
        not_principal=True,
    ),
    Case("EP-CND-090", [], {"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}, effect="Deny", principal={}),
    Case(
        "EP-DOC-063",
        ["states.amazonaws.com"],
        {"Bool": {"aws:SecureTransport": "true"}},
        principal={"Service": "states.amazonaws.com"},
    ),
    Case(
        "EP-DOC-063",
        [],
        {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        principal={"Service": "states.amazonaws.com"},
    ),
    Case("EP-CND-064", ["ForAllValues:"], {"ForAllValues:Null": {"aws:PrincipalOrgID": "true"}}, words="always holds"),
    Case("EP-CND-064", ["ForAnyValue:"], {"ForAnyValue:Null": {"aws:PrincipalOrgID": "true"}}, words="never holds"),
]


def text_of(case: Case, element: str) -> str:
    statement = {"Effect": case.effect, "Action": case.action, "Resource": "*"}
    if case.kind in ("resource", "vpc_endpoint"):
        statement["NotPrincipal" if case.not_principal else "Principal"] = case.principal
    statements = [{**statement, element: case.of}]
    if case.more is not None:
        statements.append({**statement, "Effect": case.more[0], "Condition": case.more[1]})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize("case", ENTRIES, ids=str)
def test_entries_of_resource(case: Case) -> None:
    check(case, text_of(case, "Resource"))


@pytest.mark.parametrize("case", CONDITIONS, ids=str)
def test_conditions(case: Case) -> None:
    check(case, text_of(case, "Condition"))


def check(case: Case, text: str) -> None:
    findings = lint_text(text, "policy.json", rules=[case.rule], kind=PolicyKind(case.kind))
    assert [underlined(finding).strip('"') for finding in findings] == case.found
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


@pytest.mark.parametrize(
    ("condition", "routes", "found"),
    [
        ("StringNotEquals: {aws:SourceAccount: '111122223333'}", "GET /orders: {auth: NONE}", ["StringNotEquals"]),
        ("StringNotEquals: {aws:PrincipalAccount: '111122223333'}", "GET /orders: {auth: NONE}", []),
        ("StringNotEquals: {aws:PrincipalAccount: '111122223333'}", "GET /orders: {auth: AWS_IAM}", []),
        (
            "StringNotEquals: {aws:PrincipalAccount: '111122223333'}",
            "GET /orders: {auth: AWS_IAM}\n  GET /open: {auth: NONE}",
            ["StringNotEquals"],
        ),
    ],
)
def test_keys_that_some_calls_of_an_api_lack(condition: str, routes: str, found: list[str]) -> None:
    text = api_condition_example(condition).text.replace("GET /orders: {auth: AWS_IAM}", routes)
    assert [underlined(each) for each in lint_text(text, "a.api.yaml", rules=["EP-CND-021"])] == found


@pytest.mark.parametrize(
    ("resource", "found"),
    [(f"{ARN}a1b2c3d4e5/test/GET/a", ["test"]), (f"{ARN}z9y8x7w6v5/test/GET/a", []), (f"{ARN}*/test/GET/a", [])],
)
def test_stages_of_the_api_and_of_others(resource: str, found: list[str]) -> None:
    text = api_condition_example("Bool: {aws:SecureTransport: 'true'}").text.replace("execute-api:/*", resource)
    assert [underlined(each) for each in lint_text(text, "a.api.yaml", rules=["EP-ARN-042"])] == found


@pytest.mark.parametrize(
    ("element", "resource", "words"),
    [
        ("Resource", f"{ARN}a1b2c3/*/get/a", "so this Deny applies only to calls with it in the path"),
        ("Resource", f"{ARN}a1b2c3/prod/get/a", "so this Deny never applies to it"),
        # A short form is not completed in a policy of a caller, so that no call matches it.
        ("Resource", "execute-api:/*/get/a", "so this Deny never applies to it"),
        ("NotResource", f"{ARN}a1b2c3/*/get/a", "so it excludes only calls with it in the path"),
        ("NotResource", f"{ARN}a1b2c3/prod/get/a", "so it excludes nothing"),
    ],
)
def test_what_follows_if_no_call_has_a_method(element: str, resource: str, words: str) -> None:
    statement = {"Effect": "Deny", "Action": "execute-api:Invoke", element: resource}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    (finding,) = lint_text(text, "policy.json", rules=["EP-ARN-003"], kind="identity")
    assert finding.message.endswith(words)


@pytest.mark.parametrize(("condition", "words"), [({}, "Condition is"), ({"Bool": {}}, "Bool is")])
def test_an_empty_object_is_named(condition: object, words: str) -> None:
    (finding,) = lint_text(text_of(Case("EP-DOC-074", [], condition), "Condition"), "a.json", rules=["EP-DOC-074"])
    assert finding.message == f"{words} an empty object"


@pytest.mark.parametrize(("stages", "found"), [("[prod]", ["GET"]), ("[GET]", [])])
def test_a_stage_may_be_named_like_a_method(stages: str, found: list[str]) -> None:
    text = api_condition_example("Bool: {aws:SecureTransport: 'true'}").text.replace(
        "stages: [prod]", f"stages: {stages}"
    )
    text = text.replace("execute-api:/*", "execute-api:/GET/orders")
    assert [underlined(each) for each in lint_text(text, "a.api.yaml", rules=["EP-ARN-015"])] == found


@pytest.mark.parametrize(("place", "name"), [("eu-central-1:111122223333", "region"), ("eu-west-1:1", "account")])
def test_the_other_place_is_that_of_the_api(place: str, name: str) -> None:
    text = api_condition_example("Bool: {aws:SecureTransport: 'true'}").text
    text = text.replace("execute-api:/*", f"arn:aws:execute-api:{place}:a1b2c3d4e5/*")
    (finding,) = lint_text(text, "a.api.yaml", rules=["EP-ARN-040"])
    assert [each.label for each in finding.related] == [f"the {name} of the API"]


def underlined(finding: Finding) -> str:
    source, span = finding.source, finding.span
    assert source is not None
    assert span is not None
    return source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]


def as_written(finding: Finding) -> dict[str, Any]:
    """A finding as ``near_misses.json`` has it."""
    fix = {} if finding.fix is None else {"fix": [edit.text for edit in finding.fix.edits]}
    return {"rule": finding.rule.id, "underlined": underlined(finding), "message": finding.message, **fix}


@pytest.mark.parametrize("entry", DOCUMENTS, ids=lambda entry: entry["module"])
def test_documents(entry: dict[str, Any]) -> None:
    document, kind = entry["document"], entry["kind"]
    text = json.dumps(document, ensure_ascii=False) if kind else "\n".join(document) + "\n"
    found = lint_text(text, "a.json" if kind else "a.api.yaml", kind=kind, rules=rules_of(entry["module"]))
    assert [as_written(finding) for finding in found] == entry["found"]


def rules_of(module: str) -> list[str]:
    """The rules of a module; of one without rules, those of its family."""
    checks = getattr(import_module(f"execpolicy.linter.{module}"), "CHECKS", None)
    if checks is not None:
        return [check.rule.id for check in checks]
    family = {"arns": "ARN", "apis": "API", "conditions": "CND"}[module.partition(".")[0]]
    return [rule.id for rule in RULES.values() if rule.family == family]


@pytest.mark.parametrize(
    "case",
    [
        Case("EP-ARN-010", [], f"{ARN}https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod"),
        Case("EP-ARN-010", [], f"{ARN}a1b2c3.execute-api.eu-west-1.amazonaws.com/prod"),
    ],
    ids=str,
)
def test_no_fix_makes_an_entry_that_ends_too_early(case: Case) -> None:
    (finding,) = lint_text(text_of(case, "Resource"), "policy.json", rules=[case.rule], kind=PolicyKind(case.kind))
    assert finding.fix is None


def test_no_fix_removes_every_value() -> None:
    case = Case("EP-CND-043", [], {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}})
    findings = lint_text(text_of(case, "Condition"), "policy.json", rules=[case.rule], kind=PolicyKind(case.kind))
    assert [finding.fix for finding in findings] == [None, None]
