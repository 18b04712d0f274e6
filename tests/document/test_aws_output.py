"""Policies in the output of AWS commands: JSON, YAML and boto3's dictionaries, with places in what was given."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from execpolicy import Policy, PolicySyntaxError
from execpolicy.document.policy_file import load_policy

DOCUMENT: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Größe", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:é*"}],
}
TEXT = json.dumps(DOCUMENT, ensure_ascii=False)
ESCAPED = json.dumps(TEXT)[1:-1].replace("/", "\\/")
#: The output of commands, by name; the document is an object or a text.
OUTPUTS: dict[str, dict[str, Any]] = {
    "get-policy-version": {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1", "IsDefaultVersion": True}},
    "get-policy-version of the API": {"PolicyVersion": {"Document": quote(TEXT, safe=""), "VersionId": "v1"}},
    "get-policy-version --query PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1"},
    "get-role-policy": {"RoleName": "Clerk", "PolicyName": "reads", "PolicyDocument": DOCUMENT},
    "get-user-policy of the API": {"UserName": "Ann", "PolicyName": "reads", "PolicyDocument": quote(TEXT)},
    "get-rest-api": {"id": "a1b2c3", "name": "orders", "policy": ESCAPED},
    "get-rest-apis": {"items": [{"id": "f6g7h8", "name": "other"}, {"id": "a1b2c3", "policy": ESCAPED}]},
    "get-domain-name": {"domainName": "shop.example", "policy": ESCAPED},
    "describe-vpc-endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "PolicyDocument": TEXT}]},
    "organizations describe-policy": {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": TEXT}},
    "organizations describe-policy --query Policy": {"PolicySummary": {"Id": "p-1"}, "Content": TEXT},
}

pytestmark = pytest.mark.rule("POL-12")


def shown(policy: Policy) -> list[str]:
    """The text at the place of the statement's elements."""
    assert policy.source is not None
    (statement,) = policy.statements
    places = []
    for part in (statement.sid, statement.action.values[0], statement.resource.values[0]):
        assert part is not None
        span = policy.span(part)
        assert span is not None
        places.append(policy.source.line(span.line)[span.column - 1 : span.end_column - 1])
    return places


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_document_is_found(name: str, indent: int | None) -> None:
    text = json.dumps(OUTPUTS[name], indent=indent, ensure_ascii=False)
    policy = Policy.parse(text, kind="identity", name="output.json")
    assert policy.to_document() == DOCUMENT
    assert policy.source is not None
    assert policy.source.text == text
    assert pickle.loads(pickle.dumps(policy)) == policy
    again = pickle.loads(pickle.dumps(policy))
    assert shown(again) == shown(policy)
    sid, action, resource = shown(policy)
    assert "Gr" in sid
    assert "Invoke" in action
    assert "arn" in resource


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_place_of_a_part_is_in_the_output(name: str) -> None:
    text = json.dumps(OUTPUTS[name], ensure_ascii=False)
    policy = Policy.parse(text, kind="identity")
    action = policy.statements[0].action.values[0]
    span = policy.span(action, len("execute-api:"), len("execute-api:Invoke"))
    assert span is not None
    assert text[span.column - 1 : span.end_column - 1] == "Invoke"


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_output_as_a_dictionary(name: str) -> None:
    policy = Policy.parse(OUTPUTS[name], kind="identity")
    assert policy.to_document() == DOCUMENT
    assert policy.source is None


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_output_as_yaml(name: str, tmp_path: Path) -> None:
    path = tmp_path / "output.yaml"
    path.write_text(yaml.safe_dump(OUTPUTS[name], allow_unicode=True, sort_keys=False, width=60), "utf-8")
    for policy in (Policy.load(path, kind="identity"), load_policy(str(path), "identity")):
        assert policy.to_document() == DOCUMENT
        assert shown(pickle.loads(pickle.dumps(policy))) == shown(policy)


def test_a_string_of_yaml_is_the_place_of_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "output.yaml"
    path.write_text("id: a1b2c3\npolicy: '{\"Statement\": 5}'\n", "utf-8")
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.load(path, kind="resource")
    assert raised.value.span is not None
    assert (raised.value.span.line, raised.value.span.column) == (2, 9)
    path.write_text("id: a1b2c3\npolicy: '{\"Statement\": '\n", "utf-8")
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.load(path, kind="resource")
    assert raised.value.span is not None
    assert (raised.value.span.line, raised.value.span.column) == (2, 9)


@pytest.mark.parametrize(
    ("output", "marked", "message", "advice"),
    [
        (
            {"VpcEndpoints": [{"VpcEndpointId": f"vpce-{n}", "PolicyDocument": "{}"} for n in (1, 2)]},
            '"VpcEndpoints"',
            'found 2 policies in "VpcEndpoints", expected one: those of vpce-1 and vpce-2',
            "give the output for one of them: --vpc-endpoint-ids vpce-1",
        ),
        (
            {"VpcEndpoints": []},
            '"VpcEndpoints"',
            'found "VpcEndpoints" without a policy',
            "give the output of the command for one that has a policy",
        ),
        (
            {"items": [{"policy": "{}"}, {"id": "b", "policy": "{}"}]},
            '"items"',
            'found 2 policies in "items", expected one: those of b',
            "give the output for one of them: aws apigateway get-rest-api --rest-api-id b",
        ),
        (
            {"items": [{"policy": "{}"}, {"policy": "{}"}]},
            '"items"',
            'found 2 policies in "items", expected one',
            "give the output for one of them: aws apigateway get-rest-api --rest-api-id ID",
        ),
        ({"items": 5}, '"items"', 'found "items" without a policy', "give the output of the command for one"),
        (
            {"Policy": {"Arn": "arn:aws:iam::aws:policy/A", "DefaultVersionId": "v1"}},
            '"Policy"',
            'found "Policy" without "Content"',
            "get-policy does not write the document: use aws iam get-policy-version",
        ),
        (
            {"PolicyVersion": {"VersionId": "v1"}},
            '"PolicyVersion"',
            'found "PolicyVersion" without "Document"',
            "give the whole output of the command, without --query",
        ),
        (
            {"id": "a1b2c3", "policy": None},
            '"policy"',
            'found null as "policy": there is no policy',
            "leave the option out",
        ),
        (
            {"PolicyDocument": [DOCUMENT]},
            '"PolicyDocument"',
            'found a list as "PolicyDocument", expected a policy document',
            "is this the right file?",
        ),
        (
            {"id": "a1b2c3", "policy": json.dumps(DOCUMENT), "PolicyDocument": {"Statement": []}},
            '"PolicyDocument"',
            'found policies in "policy" and "PolicyDocument", expected one',
            "give the output of one command",
        ),
        (
            {"PolicyVersion": {"Document": DOCUMENT}, "VersionId": "v1", "Document": {"Statement": []}},
            '"Document": {"Statement": []}',
            'found policies in "PolicyVersion" and "Document", expected one',
            "give the output of one command",
        ),
        (
            {"Version": "2012-10-17", "PolicyDocument": {"Statement": []}},
            '"Version"',
            'found "Version" beside "PolicyDocument", expected it inside of the document',
            "give the output of the command as it is written",
        ),
        (
            {"VpcEndpoints": [{"PolicyDocument": "{}"}], "Version": "2012-10-17"},
            '"Version"',
            'found "Version" beside "VpcEndpoints", expected it inside of the document',
            "give the output of the command as it is written",
        ),
        ({"id": "a", "policy": "%7b%ff"}, "%ff", "found %ff, which is not UTF-8", "give the document as JSON"),
        ({"id": "a", "policy": "%7b%"}, "%", 'found "%", expected a name in double quotes', ""),
        ({"id": "a", "policy": "none"}, "none", 'found "none", expected a value', ""),
        (
            {"PolicyDocument": json.dumps(json.dumps(json.dumps(json.dumps(json.dumps("{}")))))},
            None,
            "found a document that is escaped more than 3 times",
            "decode it with a JSON parser first",
        ),
    ],
)
def test_output_without_one_policy(output: dict[str, Any], marked: str | None, message: str, advice: str) -> None:
    text = json.dumps(output)
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.parse(text, kind="identity")
    error = raised.value.errors[0]
    assert error.message.startswith(message)
    assert error.advice.startswith(advice)
    assert error.span is not None
    if marked is not None:
        assert text[error.span.column - 1 :].startswith(marked)
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.parse(output, kind="identity")
    assert raised.value.errors[0].message.startswith(message)


@pytest.mark.rule("AUT-2")
def test_what_an_authorizer_returns_is_not_unwrapped(tmp_path: Path) -> None:
    output = OUTPUTS["get-role-policy"]
    path = tmp_path / "output.yaml"
    path.write_text(yaml.safe_dump(output), "utf-8")
    reads: list[Callable[[], Policy]] = [
        lambda: Policy.parse(json.dumps(output), kind="authorizer"),
        lambda: Policy.parse(output, kind="authorizer"),
        lambda: Policy.load(path, kind="authorizer"),
    ]
    for read in reads:
        with pytest.raises(PolicySyntaxError) as raised:
            read()
        assert 'found "PolicyDocument", expected a policy document with Statement' in str(raised.value)


def test_several_policies_in_yaml(tmp_path: Path) -> None:
    path = tmp_path / "output.yaml"
    entries = [{"VpcEndpointId": f"vpce-{n}", "PolicyDocument": "{}"} for n in (1, 2)]
    path.write_text(yaml.safe_dump({"Key": 1, "VpcEndpoints": entries}, sort_keys=False), "utf-8")
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.load(path, kind="vpc_endpoint")
    assert 'output.yaml:2:1: found 2 policies in "VpcEndpoints"' in str(raised.value)
