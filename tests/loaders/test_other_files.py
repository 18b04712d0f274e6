"""Files that are not read: the error says what they are, and which command writes a file that is read."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from execpolicy import Api, ExecPolicyError
from execpolicy.loaders.kinds import parse_api
from execpolicy.loaders.other_files import other_text
from tests.refused import refused

BY_NAME = {
    "serverless.yml": ("a project of the Serverless Framework", "serverless package"),
    "serverless.prod.yaml": ("a project of the Serverless Framework", "osls package"),
    "serverless.ts": ("a project of the Serverless Framework", "serverless package"),
    "cdk.json": ("a project of AWS CDK", "cdk synth"),
    "main.tf": ("a file of Terraform before it is planned", "terraform show -json"),
    "main.tf.json": ("a file of Terraform before it is planned", "terraform show -json"),
    "Pulumi.yaml": ("a project of Pulumi", "get-export"),
    "Pulumi.dev.yaml": ("a project of Pulumi", "get-export"),
    "sst.config.ts": ("a project of SST", "get-export"),
    "amplify/team-provider-info.json": ("a project of AWS Amplify", "get-template"),
    "amplify.yml": ("a project of AWS Amplify", "get-template"),
    ".chalice/config.json": ("the configuration of a Chalice project", "chalice package"),
    "zappa_settings.json": ("the settings of a Zappa project", "get-export"),
    "app.py": ("a program", "cdk synth"),
    "samconfig.toml": ("the configuration of the SAM CLI", "give the template"),
}
BY_CONTENT = {
    "serverless": (
        "service: a\nprovider:\n  name: aws\n  stage: ${opt:stage}\n",
        "a project of the Serverless",
        "osls",
    ),
    "serverless with tags": (
        "provider:\n  runtime: x\n  name: aws\nresources: !Sub a\n",
        "a project of the Se",
        "osls",
    ),
    "cdk": ('{"app": "npx ts-node bin/app.ts"}', "a project of AWS CDK", "cdk synth"),
    "terraform": ('resource "aws_api_gateway_rest_api" "orders" {\n}\n', "a file of Terraform", "terraform plan"),
    "pulumi": ("name: a\nruntime: nodejs\n", "a project of Pulumi", "get-export"),
    "chalice": ('{"version": "2.0", "app_name": "a", "stages": {}}', "the configuration of a Chalice", "chalice"),
    "zappa": ('{"dev": {"app_function": "a.app"}}', "the settings of a Zappa project", "get-export"),
    "cases": ('{"schema": "execpolicy/cases/1", "title": "a"}', "a case file", "execpolicy test"),
    "parameters": ('[{"ParameterKey": "a", "ParameterValue": "b"}]', "a file of parameters", "--parameters"),
    "parameters of a pipeline": ('{"Parameters": {"Stage": "prod"}}', "a file of parameters", "--parameters"),
    "get-template": (
        '{"TemplateBody": "x", "StagesAvailable": []}',
        "the output of aws cloudformation",
        "get-template",
    ),
    "get-rest-api": ('{"id": "a", "rootResourceId": "b"}', "the output of a command about an API", "get-export"),
    "get-api": ('{"ApiId": "a", "ApiEndpoint": "b"}', "the output of a command about an API", "export-api"),
    "stacks": ('{"StackResources": []}', "the output of a command about stacks", "get-template"),
    "policy": ('{"Version": "2012-10-17", "Statement": []}', "a policy", "--identity"),
    "policy of yaml": ("Statement: []\n", "a policy", "--resource"),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_project_is_recognised_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("anything: [", "utf-8")
    what, command = BY_NAME[name]
    said = refused(ExecPolicyError, lambda: Api.load(path))
    assert said.message == f"{path} is {what}: it is not read as an API"
    assert command in said.advice


@pytest.mark.parametrize("case", BY_CONTENT)
def test_a_file_is_recognised_by_content(case: str) -> None:
    text, what, command = BY_CONTENT[case]
    said = refused(ExecPolicyError, lambda: parse_api(text, name="any"))
    assert said.message.startswith(f"any is {what}")
    assert said.message.endswith(": it is not read as an API")
    assert command in said.advice


def test_what_is_read_is_never_refused_by_its_content() -> None:
    text = '{"schema": "execpolicy/api/1", "title": "\\"TemplateBody\\": Statement: ParameterKey:", "id": "a"'
    rest = ', "type": "HTTP", "region": "eu-west-1", "account": "111122223333", "routes": {}}'
    assert parse_api(text + rest, name="any.json").id == "a"


def test_the_kind_that_is_named_decides() -> None:
    said = refused(ExecPolicyError, lambda: Api.parse("Statement: []"))
    assert said.message.startswith("<api> is a policy")
    with pytest.raises(ExecPolicyError) as caught:
        Api.parse("Statement: []", kind="execpolicy")
    assert 'found an API file without "schema"' in str(caught.value)


def test_a_text_is_recognised_in_linear_time() -> None:
    for piece in (" ", "\n", "provider:\n ", "a ", "resource ", "\n \n", '"app_name" ', "Statement "):
        began = process_time()
        other_text("any", piece * (20_000 // len(piece)))
        assert process_time() - began < 1
