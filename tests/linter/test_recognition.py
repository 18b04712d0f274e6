"""Which files of a folder are checked, by their content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.linter.file_text import FileText
from execpolicy.linter.recognition import Recognition, looks_known, recognize
from execpolicy.linter.run import lint_text
from execpolicy.loaders.kinds import kind_named

STATEMENT = '{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}'
NAMED = '"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}'
GATEWAY = "openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-cors: {}\n"
#: By a description: the name of a file, its content, and the kind whose options it uses.
CHECKED = {
    "policy": ("a.json", f'{{"Version": "2012-10-17", "Statement": {STATEMENT}}}', ""),
    "policy without version": ("a.json", f'{{"Statement": [{STATEMENT}]}}', ""),
    "policy without statements": ("a.json", '{"Version": "2012-10-17", "Statement": []}', ""),
    "policy in YAML": ("a.yaml", "Version: '2012-10-17'\nStatement:\n- Effect: Allow\n", ""),
    "policy with escapes": ("a.json", '{"Version": "2012-10-17", "\\u0053tatement": []}', ""),
    "policy in a project": ("amplify/backend/a.json", '{"Version": "2012-10-17", "Statement": []}', ""),
    "misspelled service": ("a.json", f'{{"Statement": {{{NAMED}, "Action": "executeapi:Invoke"}}}}', ""),
    "service that manages APIs": ("a.json", f'{{"Statement": {{{NAMED}, "Action": "apigateway:GET"}}}}', ""),
    "wildcard for a service": ("a.json", f'{{"Statement": {{{NAMED}, "Action": "s*:GetObject"}}}}', ""),
    "every action": ("a.json", f'{{"Statement": {{{NAMED}, "Action": ["s3:GetObject", "*"]}}}}', ""),
    "two services": ("a.json", f'{{"Statement": {{{NAMED}, "Action": ["s3:GetObject", "sts:AssumeRole"]}}}}', ""),
    "no principal": ("a.json", '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject"}}', ""),
    "excluded actions": ("a.json", f'{{"Statement": {{{NAMED}, "NotAction": "s3:GetObject"}}}}', ""),
    "API file": ("a.json", '{"schema": "execpolicy/api/1"}', "execpolicy"),
    "API file of another version": ("a.yml", "schema: execpolicy/api/9\n", "execpolicy"),
    "template": ("t.template", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n", "cloudformation"),
    "template without format": ("t.json", '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}', "cloudformation"),
    "SAM template": ("t.yaml", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n", "cloudformation"),
    "OpenAPI": ("o.yaml", GATEWAY, "openapi"),
    "Swagger": ("o.json", '{"swagger": "2.0", "x-amazon-apigateway-policy": {}}', "openapi"),
    "broken policy": ("a.json", f'\ufeff {{"Version": "2012-10-17", "Statement": {STATEMENT}', ""),
    "broken policy in YAML": ("a.yaml", "Version: '2012-10-17'\nStatement: [\n", ""),
    "broken policy with a comment above it": ("a.json", f'// who may call\n{{\n "Statement": {STATEMENT}', ""),
    "broken policy with a block of comments": ("a.json", f'/* who\nmay */ {{"Statement": {STATEMENT}', ""),
    "broken policy in braces of YAML": ("a.yaml", f"{{Version: '2012-10-17', Statement: [{STATEMENT}}}", ""),
    "broken policy after a mark": ("a.yaml", f"--- {{Statement: [{STATEMENT}}}", ""),
    "broken policy on the line of a mark": ("a.yaml", "--- Statement:\n\t- Effect: Allow\n", ""),
    "broken policy with indentation": ("a.yaml", "# who\n\n  Version: '2012-10-17'\n  Statement:\n\t- a\n", ""),
    "broken policy with line ends of old": ("a.yaml", "Version: '2012-10-17'\rStatement:\r\t- a\r", ""),
    "broken policy with a question mark": ("a.yaml", "Version: '2012-10-17'\n? Statement\n: [\n", ""),
    "broken policy that a tool fills in": ("a.json", '{{ head }}\n{"Statement": [\n', ""),
    "policy with its Statement misspelled": ("a.json", f'{{"Version": "2012-10-17", "Statment": [{STATEMENT}]}}', ""),
    "policy in lower case": ("a.json", f'{{"version": "2008-10-17", "statement": [{STATEMENT}]}}', ""),
    "broken policy in UTF-16 without a mark": ("a.json", "\0".join(f'{{"Statement": [{STATEMENT}]}}'), ""),
    "two documents": ("a.yaml", "Version: '2012-10-17'\nStatement: []\n---\nStatement: []\n", ""),
    "broken API file": ("a.json", '{"schema": "execpolicy/api/1"', ""),
    "broken template": ("t.yaml", "Resources:\n  A: {Type: AWS::SQS::Queue\n", ""),
    "broken OpenAPI": ("o.yaml", f"{GATEWAY}a: [\n", ""),
}
NOT_CHECKED = {
    "package": ("package.json", '{"name": "orders", "version": "1.0"}', ""),
    "list": ("a.json", "[1, 2]", ""),
    "bank statement": ("a.json", '{"Statement": {"Amount": 5}}', ""),
    "statement of another tool": ("a.json", '{"Statement": "paid"}', ""),
    "resources of another tool": ("a.json", '{"Resources": {"A": {"Type": "text"}}}', ""),
    "manifests of Kubernetes": ("a.yaml", "kind: Service\n---\nkind: Pod\nswagger: 1\n", ""),
    "broken file of another tool": ("a.yaml", "a: [Resources\n", ""),
    "version of another tool": ("a.json", '{"Version": "2012-10-18", "Statements": []}', ""),
    "broken file with a statement deep in it": ("a.yaml", "spec:\n  Statement:\n\t- a\n", ""),
    "broken file of a template language": ("a.yaml", "{{- if .a }}\nspec:\n  Statement: [\n", ""),
    "OpenAPI of another server": ("o.yaml", "openapi: 3.0.1\npaths: {}\n", "an OpenAPI file that does not mention"),
    "trust policy": (
        "t.json",
        f'{{"Statement": [{{{NAMED}, "Action": "sts:AssumeRole"}}]}}',
        "a trust policy of a role, w",
    ),
    "bucket policy": (
        "b.json",
        f'{{"Version": "2012-10-17", "Statement": {{{NAMED}, "Action": ["s3:Get*", "S3:PutObject"]}}}}',
        "a policy of a resource of s3, which decides no call of an API",
    ),
    "project": ("infra/serverless.yml", "service: orders\n", "a project of the Serverless Framework"),
    "project that does not load": ("serverless.yml", "Resources: [\n", "a project of the Serverless Framework"),
    "case file": ("a.execpolicy.json", '{"schema": "execpolicy/cases/1"}', "a case file"),
    "file of ignores": ("i.json", '{"schema": "execpolicy/ignores/1", "ignores": []}', "a file of ignores"),
    "baseline": ("b.json", '{"schema": "execpolicy/baseline/1", "findings": []}', "a baseline"),
    "parameters": ("p.json", '[{"ParameterKey": "Transform", "ParameterValue": "a"}]', "a file of parameters for a"),
    "output of a command": (
        "a.json",
        f'{{"RoleName": "A", "PolicyDocument": {{"Statement": {STATEMENT}}}}}',
        "the out",
    ),
}


@pytest.mark.parametrize("case", CHECKED)
def test_a_file_that_is_checked(case: str) -> None:
    name, text, kind = CHECKED[case]
    found = recognize(FileText(text, name))
    assert (found.is_checked, found.purpose) == (True, "")
    assert found.uses == (kind_named(kind).uses if kind else ())


@pytest.mark.parametrize("case", CHECKED)
def test_a_file_that_is_checked_is_never_unknown_to_lint(case: str) -> None:
    name, text, _ = CHECKED[case]
    is_sound = case.startswith(("policy", "template", "SAM")) and "without statements" not in case
    assert lint_text(text.removeprefix("\ufeff"), name) or is_sound


@pytest.mark.parametrize("case", NOT_CHECKED)
def test_a_file_that_is_passed_over(case: str) -> None:
    name, text, purpose = NOT_CHECKED[case]
    found = recognize(FileText(text, name))
    assert not found.is_checked
    assert found.purpose.startswith(purpose) if purpose else found == Recognition(is_checked=False)


def test_advice_is_given_for_what_may_have_an_api() -> None:
    advised = {case: recognize(FileText(NOT_CHECKED[case][1], NOT_CHECKED[case][0])).advice for case in NOT_CHECKED}
    assert {case for case, advice in advised.items() if advice} == {
        "OpenAPI of another server",
        "project",
        "project that does not load",
        "output of a command",
        "file of ignores",
    }
    assert "serverless package" in advised["project"]
    assert "--type" in advised["OpenAPI of another server"]


def test_openapi_files_are_for_api_gateway_if_their_type_is_given() -> None:
    assert recognize(FileText("openapi: 3.0.1\npaths: {}\n", "o.yaml"), is_api_gateway=True).is_checked


PIECES = st.sampled_from(
    [
        *(
            '"Version": "2012-10-17"',
            '"Statement": [',
            '{"Effect": "Allow"}',
            "{",
            "}",
            "]",
            ", ",
            "\n",
            "---\n",
            "  ",
            "- ",
        ),
        *(
            "Statement:",
            "Resources:",
            "Type: AWS::SQS::Queue",
            "AWSTemplateFormatVersion: 1",
            "Transform: a",
            "openapi: 3.0.1",
        ),
        *(
            '"swagger": "2.0"',
            "x-amazon-apigateway-cors: {}",
            "schema: execpolicy/api/1",
            "&a",
            "*a",
            "\\u0053",
            ": ",
            "'",
            '"',
        ),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["a.json", "a.yaml", "a.template"]))
def test_what_is_checked_is_of_a_known_kind_to_lint(text: str, name: str) -> None:
    if recognize(FileText(text, name)).is_checked:
        lint_text(text, name)


def test_a_text_without_its_zero_bytes_is_legible() -> None:
    text = '{"Version": "2012-10-17", "Statement": []}'
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert looks_known(text.encode(encoding).decode("utf-8", "ignore").replace("\0", ""))
