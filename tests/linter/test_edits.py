"""Edits of texts: where a value is written as it reads, and nowhere else."""

from __future__ import annotations

import json

import pytest

from execpolicy.linter.run import lint_text
from tests.linter.fixes import fixed

STATEMENT = """Version: "2012-10-17"
Statement:
  - Effect: Deny
    Principal: "*"
    Action: execute-api:Invoke
    Resource: {}
"""
TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Arn: {{Type: String, Default: "execute-api:/prod/GET/{{id}}"}}
Conditions: {{IsTest: !Equals [!Ref Arn, a]}}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      Policy:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: execute-api:Invoke
            Resource: {}
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("execute-api:/prod/GET/{id}  # the order", "execute-api:/prod/GET/*  # the order"),
        ('"execute-api:/prod/GET/{id}"', '"execute-api:/prod/GET/*"'),
        ("'execute-api:/prod/GET/{id}'", "'execute-api:/prod/GET/*'"),
        ('["execute-api:/prod/GET/{id}"]', '["execute-api:/prod/GET/*"]'),
        ("[execute-api:/prod/get/a, execute-api:/prod/put/a]", "[execute-api:/prod/GET/a, execute-api:/prod/PUT/a]"),
        ("\n    - execute-api:/prod/GET/{id}/{part}", "\n    - execute-api:/prod/GET/*/*"),
        ("&one execute-api:/prod/GET/{id}", "&one execute-api:/prod/GET/*"),
    ],
)
def test_a_value_of_yaml_is_changed_where_it_stands(written: str, expected: str) -> None:
    result = fixed(STATEMENT.format(written), "policy.yaml")
    assert result.text == STATEMENT.format(expected)
    assert (result.findings, result.left_out) == ((), ())


@pytest.mark.parametrize(
    "written",
    [
        ">-\n      execute-api:/prod/GET/{id}",
        "|-\n      execute-api:/prod/GET/{id}",
        '"execute-api:/prod/GET/\\x7bid}"',
        "'execute-api:/prod/GET/it''s/{id}'",
    ],
)
def test_a_value_that_is_written_in_another_way_has_no_fix(written: str) -> None:
    text = STATEMENT.format(written)
    result = fixed(text, "policy.yaml")
    assert result.text == text
    assert [(each.rule.id, each.fix) for each in result.findings] == [("EP-ARN-001", None)]


def test_a_value_that_an_alias_uses_too_has_no_fix() -> None:
    text = STATEMENT.format("&one execute-api:/prod/GET/{id}") + (
        "  - Effect: Allow\n    Principal: '*'\n    Action: execute-api:Invoke\n"
        "    Resource: [*one, execute-api:/a/get/b]\n"
    )
    result = fixed(text, "policy.yaml")
    assert result.text == text.replace("/get/", "/GET/")
    assert {(each.rule.id, each.fix) for each in result.findings} == {("EP-ARN-001", None)}


@pytest.mark.parametrize(
    "written",
    [
        "!Ref Arn",
        "!Sub '${Arn}'",
        "!Join ['/', ['execute-api:', prod, GET, '{id}']]",
        "[!Ref Arn]",
    ],
)
def test_a_value_that_a_function_makes_has_no_fix(written: str) -> None:
    text = TEMPLATE.format(written)
    result = fixed(text, "template.yaml", rules=["EP-ARN-001"])
    assert result.text == text
    assert [each.fix for each in result.findings] == [None]


@pytest.mark.parametrize(
    ("written", "part", "new"),
    [
        ("!Sub 'arn:aws:execute-api:${AWS::Region}:*:*/prod/GET/{id}'", "{id}", "*"),
        ('!Sub "arn:aws:execute-api:*:${AWS::AccountId}:*/prod/GET/{id}"', "{id}", "*"),
        ("!Sub arn:aws:execute-api:*:${AWS::AccountId}:*/prod/GET/{id}", "{id}", "*"),
        ("!Sub 'execute-api:/prod/GET/{id}/${AWS::Region}'", "{id}", "*"),
        ("!Sub 'execute-api:/prod/GET/{id}'", "{id}", "*"),
        ("{'Fn::Sub': 'execute-api:/prod/GET/{id}'}", None, ""),
        ("\n              Fn::Sub: execute-api:/prod/GET/{id}", "{id}", "*"),
        ("!Sub 'execute-api:/prod/GET/${AWS::Region}/{id}/${AWS::Region}'", None, ""),
        ("!Sub ['execute-api:/prod/GET/{id}/${A}', {A: b}]", None, ""),
        ('!Sub "execute-api:/prod/GET/\\x7bid}"', None, ""),
        ("!Sub >-\n              execute-api:/prod/GET/{id}", None, ""),
    ],
)
def test_the_text_of_sub_is_changed_beside_its_variables(written: str, part: str | None, new: str) -> None:
    text = TEMPLATE.format(written)
    result = fixed(text, "template.yaml", rules=["EP-ARN-001"])
    assert result.text == (text if part is None else text.replace(written, written.replace(part, new)))
    assert len(result.findings) == (part is None)
    (finding,) = [each for each in lint_text(text, "template.yaml") if each.rule.id == "EP-ARN-001"]
    source, span = finding.source, finding.span
    assert source is not None
    assert span is not None
    marked = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
    assert marked == (part or marked)


def test_the_text_of_sub_in_json_is_changed_too() -> None:
    sub = {"Fn::Sub": "arn:aws:execute-api:*:${AWS::AccountId}:*/prod/get/orders"}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": [sub]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "orders", "Policy": policy}}
    for indent in (None, 1):
        text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Api": api}}, indent=indent)
        result = fixed(text, "template.json", rules=["EP-ARN-003"])
        assert result.text == text.replace("/get/", "/GET/")
        assert result.findings == ()


def test_a_value_that_a_function_only_chooses_is_changed() -> None:
    written = "!If [IsTest, 'execute-api:/prod/GET/{id}', 'execute-api:/prod/GET/{name}']"
    result = fixed(TEMPLATE.format(written), "template.yaml", rules=["EP-ARN-001"])
    assert result.text == TEMPLATE.format(written).replace("{name}", "*")


def test_a_policy_in_a_json_string_is_changed_inside_of_it() -> None:
    document = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/a/GET/{b}",
    }
    escaped = json.dumps(json.dumps({"Version": "2012-10-17", "Statement": document}))
    for text in (escaped, json.dumps(escaped)):
        result = fixed(text, "policy.json", kind="resource")
        assert result.text == text.replace("{b}", "*")
        assert (result.findings, result.left_out) == ((), ())


def test_the_ends_of_lines_stay() -> None:
    text = STATEMENT.format("execute-api:/prod/get/{id}").replace("\n", "\r\n")
    assert fixed(text, "policy.yaml").text == text.replace("get/{id}", "GET/*")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{Bool: {aws:MultiFactorAuthPresent: false}}", "{BoolIfExists: {aws:MultiFactorAuthPresent: false}}"),
        ("{Bool: {aws:MultiFactorAuthPresent: false, aws:SecureTransport: true}}", None),
        ("{Bool: {aws:MultiFactorAuthPresent: false}, BoolIfExists: {aws:SecureTransport: true}}", None),
        ("{Bool: {aws:MultiFactorAuthPresent: false}, BoolIfExists: {}}", None),
    ],
)
def test_an_operator_is_changed_if_it_compares_one_key_and_is_new(written: str, expected: str | None) -> None:
    text = STATEMENT.replace('    Principal: "*"\n', "").format(f"'*'\n    Condition: {written}")
    result = fixed(text, "policy.yaml", rules=["EP-CND-024"])
    assert result.text == (text if expected is None else text.replace(written, expected))
    assert len(result.findings) == (expected is None)
