"""The page on case files: every file and every entry on it loads and passes, every run says what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from execpolicy.cli.main import main
from execpolicy.testing import load_cases, parse_cases, run_item

PAGE = (Path(__file__).parents[2] / "docs" / "case-files.md").read_text("utf-8")
BLOCKS: dict[str, list[str]] = {"yaml": [], "console": [], "python": []}
for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
    BLOCKS[language].append(text)
FIRST = BLOCKS["yaml"][0]
NAME = "orders.execpolicy.yaml"
ENTRIES = [text for text in BLOCKS["yaml"] if text.startswith("- ")]
DOCUMENTS = [text for text in BLOCKS["yaml"] if text.startswith("documents:")]
(INVARIANTS,) = (text for text in BLOCKS["yaml"] if text.startswith("invariants:"))
#: So that the API of the first example is called, whatever an entry is about.
CALL = "  - {name: a call, call: GET /orders/7, expect: 403}\n"


def failures(text: str) -> list[str]:
    results = [run_item(item) for item in parse_cases(text, name=NAME).items]
    assert results
    return [str(result) for result in results if not result.passed]


def test_the_page_has_what_is_tested_here() -> None:
    assert (len(ENTRIES), len(DOCUMENTS), len(BLOCKS["yaml"])) == (7, 1, 14)
    assert (len(BLOCKS["console"]), len(BLOCKS["python"])) == (3, 1)


@pytest.mark.parametrize("changed", [False, True], ids=["green", "red"])
def test_the_first_example_and_its_run(
    changed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = "ann: [allow, implicit_deny]", "ann: [allow, allow]"
    assert FIRST.count(old) == 1
    assert new in PAGE
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    Path(NAME).write_text(FIRST.replace(old, new) if changed else FIRST, "utf-8")
    assert_shown(BLOCKS["console"][changed], int(changed), capsys)


def assert_shown(shown: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Run the command of a block, which says what the block shows."""
    command, _, expected = shown.partition("\n")
    program, *arguments = command.removeprefix("$ ").split()
    assert program == "execpolicy"
    assert main(arguments) == code
    told = re.sub(r"in [0-9.]+ s", "in 0.02 s", capsys.readouterr().out)
    assert told == expected


def test_the_invariants_and_the_counterexample_which_can_be_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    Path(NAME).write_text(FIRST + INVARIANTS, "utf-8")
    shown = BLOCKS["console"][2]
    assert_shown(shown, 1, capsys)
    entry = shown[shown.index("  - name:") : shown.index("\n1 failed")]
    Path(NAME).write_text(FIRST + entry, "utf-8")
    assert main(["test", NAME, "-k", "counterexample"]) == 0


PARTNER = """\
Resources:
  PartnerRole:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
"""


def test_the_callers_that_are_all_that_there_are(tmp_path: Path) -> None:
    (example,) = (text for text in BLOCKS["yaml"] if text.startswith("only_callers:"))
    (tmp_path / "partner.yaml").write_text(PARTNER, "utf-8")
    (tmp_path / NAME).write_text(FIRST + example, "utf-8")
    file = load_cases(tmp_path / NAME)
    assert [run_item(each).passed for each in file.invariants] == [True, True]
    (tmp_path / NAME).write_text(FIRST + example.replace("DELETE", "GET"), "utf-8")
    assert [run_item(each).passed for each in load_cases(tmp_path / NAME).invariants] == [False, True]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_passes(entry: str) -> None:
    frame, _, _ = FIRST.partition("cases:\n")
    assert failures(f"{frame}cases:\n{CALL}" + re.sub("^", "  ", entry, flags=re.MULTILINE).rstrip(" ")) == []


@pytest.mark.parametrize("documents", DOCUMENTS)
def test_every_document_passes(documents: str) -> None:
    assert failures(f"schema: execpolicy/cases/1\ntitle: Documents\n{documents}") == []


AUTH = """
def handler(event, context):
    if event["authorizationToken"] != "letmein":
        raise Exception("Unauthorized")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


def test_the_example_of_a_function(tmp_path: Path) -> None:
    (example,) = (text for text in BLOCKS["yaml"] if text.startswith("authorizer:"))
    (sequence,) = (yaml.safe_load(text)[0] for text in ENTRIES if "sequence:" in text)
    (tmp_path / "auth.py").write_text(AUTH, "utf-8")
    api = yaml.safe_dump({"schema": "execpolicy/cases/1", "title": "Lists", "api": sequence["api"]})
    (tmp_path / NAME).write_text(api + example, "utf-8")
    results = [run_item(item) for item in load_cases(tmp_path / NAME, run_authorizers=True).items]
    assert [str(result) for result in results if not result.passed] == []
    assert len(results) == 3


def test_the_example_of_files_beside_it(tmp_path: Path) -> None:
    first: dict[str, Any] = yaml.safe_load(FIRST)
    (example,) = (text for text in BLOCKS["yaml"][1:] if text.startswith("schema:"))
    for folder in ("tests", "policies"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "orders.api.yaml").write_text(yaml.safe_dump({"schema": "execpolicy/api/1", **first["api"]}), "utf-8")
    (tmp_path / "policies" / "clerk.json").write_text(json.dumps(first["policies"]["clerk"]), "utf-8")
    (tmp_path / "tests" / NAME).write_text(example, "utf-8")
    (item,) = load_cases(tmp_path / "tests" / NAME).items
    result = run_item(item)
    assert result.passed, str(result)
    assert "clerk.json:1:" in str(result)


#: A private API that partners call through its VPC endpoint, from the stage and the account that the page gives.
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String}
Resources:
  OrdersApi:
    Type: AWS::ApiGateway::RestApi
    Properties:
      EndpointConfiguration: {Types: [PRIVATE]}
      Policy:
        Version: "2012-10-17"
        Statement:
        - Effect: Deny
          Principal: "*"
          Action: execute-api:Invoke
          Resource: execute-api:/*
          Condition: {StringNotEquals: {"aws:SourceVpce": !Ref Endpoint}}
      Body:
        openapi: 3.0.1
        paths:
          "/orders/{id}":
            get: {security: [{sigv4: []}], x-amazon-apigateway-integration: {type: mock}}
        components:
          securitySchemes:
            sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref OrdersApi, StageName: !Ref Stage}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {ServiceName: !Sub "com.amazonaws.${AWS::Region}.execute-api"}
  PartnerRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
      - PolicyName: read
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Action: execute-api:Invoke
            Resource: arn:aws:execute-api:*:111122223333:*/prod/*
"""


def test_the_example_of_a_template(tmp_path: Path) -> None:
    (example,) = (text for text in BLOCKS["yaml"] if "\ntemplate: " in text)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tests").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    path = tmp_path / "tests" / NAME
    head = "schema: execpolicy/cases/1\ntitle: Orders\n"
    path.write_text(head + example, "utf-8")
    (item,) = load_cases(path).items
    result = run_item(item)
    assert result.passed, str(result)
    # Every part of the example decides: the stage, the account, and the endpoint.
    for old, new in (("Stage: prod", "Stage: test"), ('account: "111122223333"', 'account: "444455556666"')):
        assert example.count(old) == 1
        path.write_text(head + example.replace(old, new), "utf-8")
        assert not run_item(load_cases(path).items[0]).passed
    path.write_text(head + re.sub(" +vpc_endpoint: .*\n", "", example), "utf-8")
    assert not run_item(load_cases(path).items[0]).passed


def test_the_lines_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    Path(NAME).write_text(FIRST, "utf-8")
    exec(compile(BLOCKS["python"][0], "case-files.md", "exec"), {})
    Path(NAME).write_text(FIRST.replace("bob: deny", "bob: allow"), "utf-8")
    with pytest.raises(AssertionError, match=f"{NAME}:26:16"):
        exec(compile(BLOCKS["python"][0], "case-files.md", "exec"), {})
