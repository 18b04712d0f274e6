"""Fixes of documents that do not load: where there is one answer, and where it can be written."""

from __future__ import annotations

import json

import pytest

from execpolicy.linter.run import lint_text
from tests.linter.fixes import fixed

JSON = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, '
    '"Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/${aws:username}", '
    '"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}]}'
)
YAML = """Version: 2012-10-17
Statement:
  - Effect: Allow
    Principal:
      AWS: '111122223333'
    Action: execute-api:Invoke
    Resource: execute-api:/prod/GET/${aws:username}
    Condition:
      StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Allow", "allow"),
        ("Effect", "Efect"),
        ("Statement", "statement"),
        ("2012-10-17", "2012-17-10"),
        ("AWS", "Aws"),
        ("execute-api:Invoke", "Invoke"),
        ("execute-api:Invoke", "execute-*:Invoke"),
        ("StringEquals", "StringEqual"),
        ("StringEquals", "stringequals"),
        ("StringEquals", "ForAnyValue:stringEquals"),
        ("${aws:username}", "${aws:user name}"),
        ("${aws:username}", "${aws:username"),
    ],
)
@pytest.mark.parametrize(("text", "name"), [(JSON, "policy.json"), (YAML, "policy.yaml")])
def test_what_is_meant_is_written(text: str, name: str, right: str, wrong: str) -> None:
    expected = text.replace(right, f"ForAnyValue:{right}") if wrong.startswith("ForAnyValue") else text
    result = fixed(text.replace(right, wrong), name, kind="resource")
    assert result.text == expected
    assert result.left_out == ()
    assert fixed(text.replace(right, wrong), name, kind="resource", unsafe=False).text == text.replace(right, wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Allow", "Permit"),
        ("Effect", "Impact"),
        ("execute-api:Invoke", "execute-*:GetObject"),
        ("execute-api:Invoke", "s3 GetObject"),
        ("StringEquals", "Equal"),
        ("${aws:username}", "${}"),
        ("${aws:username}", "${aws:username, ${aws:userid}}"),
        ('"Effect": "Allow"', '"Effect": "Allow", "effect": "Allow"'),
        ('{"AWS"', '{"aws": "444455556666", "AWS"'),
        ('{"StringEquals"', '{"stringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}, "StringEquals"'),
        ('"111122223333"', '"11112222333"'),
    ],
)
def test_what_has_no_answer_or_several_stays(right: str, wrong: str) -> None:
    text = JSON.replace(right, wrong)
    result = fixed(text, "policy.json", kind="resource")
    assert result.text == text
    assert result.left_out == ()
    assert result.findings


def test_a_service_is_written_in_lower_case() -> None:
    text = JSON.replace('"AWS": "111122223333"', '"Service": "States.AmazonAWS.com"')
    expected = text.replace("States.AmazonAWS.com", "states.amazonaws.com")
    assert fixed(text, "policy.json", kind="resource").text == expected


def test_an_action_is_written_without_spaces() -> None:
    text = JSON.replace("execute-api:Invoke", "execute-api : Invoke")
    assert fixed(text, "policy.json", kind="resource").text == JSON


def test_the_quotes_of_a_default_are_closed() -> None:
    text = JSON.replace("${aws:username}", "${aws:username, nobody}")
    expected = text.replace(", nobody}", ", 'nobody'}")
    assert fixed(text, "policy.json", kind="resource").text == expected
    # In YAML the text may be in single quotes.
    yaml = YAML.replace("execute-api:/prod/GET/${aws:username}", "'execute-api:/${aws:username, nobody}'")
    assert fixed(yaml, "policy.yaml", kind="resource").text == yaml


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ('"AWS": 111122223333', '"AWS": "111122223333"'),
        ('"AWS": [111122223333, 444455556666]', '"AWS": ["111122223333", "444455556666"]'),
        ('"AWS": true', '"AWS": true'),
    ],
)
def test_numbers_are_written_in_quotes(wrong: str, expected: str) -> None:
    text = JSON.replace('"AWS": "111122223333"', wrong)
    assert fixed(text, "policy.json", kind="resource").text == text.replace(wrong, expected)
    # In a string the quotes would end it.
    assert fixed(json.dumps(text), "policy.json", kind="resource").text == json.dumps(text)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("'111122223333'", "{\"AWS\": '111122223333'}"),
        ('"states.amazonaws.com"', '{"Service": "states.amazonaws.com"}'),
        ("everybody", "everybody"),
    ],
)
def test_a_principal_gets_its_type(wrong: str, expected: str) -> None:
    text = YAML.replace("\n      AWS: '111122223333'", f" {wrong}")
    assert fixed(text, "policy.yaml", kind="resource", rules=["EP-DOC-020"]).text == text.replace(wrong, expected)


def test_commas_before_brackets_are_removed_one_after_the_other() -> None:
    text = JSON.replace('"}}}]}', '",},\n},},]}')
    result = fixed(text, "policy.json", kind="resource")
    assert result.text == JSON.replace('"}}}]}', '"}\n}}]}')
    assert len(result.fixed) == 4
    assert result.findings == ()


def test_a_word_that_yaml_reads_as_null_is_not_written_without_quotes() -> None:
    for written, expected in (("NullIfExists", "NullIfExists"), ('"NullIfExists"', '"Null"')):
        text = YAML.replace("StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}", "§: {aws:PrincipalOrgID: 'true'}")
        result = fixed(text.replace("§", written), "policy.yaml", kind="resource")
        assert result.text == text.replace("§", expected)


def test_what_a_function_of_a_template_makes_is_not_changed() -> None:
    template = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Effect: {Type: String, Default: allow}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      Policy:
        Version: "2012-10-17"
        Statement:
          - Effect: !Ref Effect
            Principal: "*"
            Action: execute-api:Invoke
            Resource: execute-api:/*
          - Effect: deny
            Principal: "*"
            Action: execute-api:Invoke
            Resource: execute-api:/*
"""
    result = fixed(template, "template.yaml")
    assert result.text == template.replace("deny", "Deny")
    assert [(each.rule.id, each.fix) for each in result.findings] == [("EP-DOC-006", None)]


def test_a_place_that_an_alias_uses_too_is_not_changed() -> None:
    text = YAML.replace("Allow", "&effect allow") + (
        "  - Effect: *effect\n    Principal: '*'\n    Action: execute-api:Invoke\n    Resource: execute-api:/*\n"
    )
    assert fixed(text, "policy.yaml", kind="resource").text == text
    # What stands several times cannot be told of a text that cannot be read.
    unread = text.replace("Statement:", "Id: *other\nStatement:")
    assert [each.fix for each in lint_text(unread, "policy.yaml", kind="resource")] == [None]


def test_fields_of_api_files_are_corrected() -> None:
    right = (
        "schema: execpolicy/api/1\nid: a1b2c3d4e5\ntype: REST\nregion: eu-west-1\naccount: '111122223333'\n"
        "stages: [prod]\nroutes:\n  GET /orders: {auth: AWS_IAM, api_key_required: true}\n"
    )
    wrong = right.replace("stages", "stagess").replace("AWS_IAM", "aws_iam").replace("key_required", "key_requird")
    result = fixed(wrong, "api.yaml")
    assert (result.text, result.findings, result.left_out) == (right, (), ())


def test_a_document_in_a_string_is_corrected_inside_of_its_quotes() -> None:
    text = json.dumps(JSON.replace("Invoke", "Invoke ").replace("execute-api:Invoke ", "Invoke"))
    assert fixed(text, "policy.json", kind="resource").text == text
