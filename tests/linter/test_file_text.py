"""Each text is read once, however many steps need its document, and the policy in it is the one that is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import yaml

from execpolicy import Policy, PolicySyntaxError
from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.file_text import FileText
from execpolicy.linter.recognition import recognize
from execpolicy.linter.run import check_file
from tests.linter.reading import texts_read

STATEMENT = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:a1b2c3/prod/get/a"}
POLICY = {"Version": "2012-10-17", "Statement": STATEMENT}
OPENAPI = {"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {}, "x-amazon-apigateway-policy": {}}
TEMPLATE = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}

FILES = {
    "policy": ("a.json", json.dumps(POLICY)),
    "policy with a variable": ("a.json", json.dumps(POLICY).replace("/a", "/${aws:username}")),
    "policy without places in its text": ("a.json", json.dumps(POLICY).replace("Invoke", "\\u0049nvoke")),
    "policy in YAML": ("a.yaml", yaml.safe_dump(POLICY)),
    "policy that does not load": ("a.json", json.dumps({"Statement": {**STATEMENT, "Resourced": []}})),
    "policy without an extension": ("a", json.dumps(POLICY)),
    "API file": ("a.yaml", 'schema: execpolicy/api/1\nid: a\ntype: HTTP\nregion: eu-west-1\naccount: "111122223333"\n'),
    "OpenAPI file": ("a.json", json.dumps(OPENAPI)),
    "template": ("a.json", json.dumps(TEMPLATE)),
    "template in YAML": ("a.yaml", yaml.safe_dump(TEMPLATE)),
    "no JSON": ("a.json", '{"Version": "2012-10-17", "Statement": ['),
}
#: Texts that are policies only if their kind is given.
OTHERS = {
    "policy in a string": ("a.json", json.dumps(json.dumps(POLICY))),
    "policy in a string of YAML": ("a.yaml", json.dumps({"RoleName": "a", "PolicyDocument": json.dumps(POLICY)})),
    "output of a command": ("a.json", json.dumps({"RoleName": "a", "PolicyDocument": POLICY})),
    "list": ("a.json", json.dumps([POLICY])),
}


@pytest.mark.parametrize("case", FILES)
def test_the_text_of_a_file_is_read_once(case: str) -> None:
    name, text = FILES[case]

    def lint_found_file() -> None:
        file = FileText(text, name)
        assert recognize(file).is_checked
        check_file(file)

    assert texts_read(lint_found_file) == [text]


def test_a_text_without_a_word_of_a_known_kind_is_not_read() -> None:
    assert texts_read(lambda: recognize(FileText('{"name": "orders"}', "package.json"))) == []


def test_the_output_of_a_command_is_read_once_and_so_is_the_document_in_it() -> None:
    document = json.dumps(POLICY)
    output = f'{{"RoleName": "a", "PolicyDocument": {document}}}'
    assert texts_read(lambda: check_file(FileText(output, "a.json"), kind="identity")) == [output, document]


def test_a_policy_with_a_line_as_templates_have_is_read_again_by_the_rules_of_policies() -> None:
    statement = """Statement:
    Sid: yes
    Effect: Allow
    Action: "*"
    Resource: "a
Transform: b"
"""
    file = FileText(statement, "a.yaml")
    assert texts_read(lambda: check_file(file)) == [statement, statement]
    with pytest.raises(PolicySyntaxError, match='found "yes" without quotes'):
        file.policy("identity")


def outcome_of(policy: Callable[[], Policy]) -> tuple[object, ...]:
    """The policy with its nodes and the text that has their offsets; or the errors."""
    try:
        found = policy()
    except PolicySyntaxError as error:
        return (error.errors,)
    return found, found.statements, found.root, found.decoded_text


@pytest.mark.parametrize("kind", PolicyKind)
@pytest.mark.parametrize("case", [*FILES, *OTHERS])
def test_the_policy_of_a_text_is_the_one_that_is_loaded(case: str, kind: PolicyKind) -> None:
    name, text = {**FILES, **OTHERS}[case]
    expected = outcome_of(lambda: Policy.from_file_text(text, kind=kind, name=name))
    assert outcome_of(lambda: FileText(text, name).policy(kind)) == expected
