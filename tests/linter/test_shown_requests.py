"""What findings say happens is replayed: the command of each is run, and answers what the finding says."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execpolicy import Policy, Template, lint
from execpolicy.cli.main import main
from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.catalogue import CHECKS
from execpolicy.linter.check import Check
from execpolicy.linter.finding import Finding
from execpolicy.linter.rule import RuleExample
from execpolicy.linter.run import lint_file, lint_text
from execpolicy.linter.subject import MAX_REQUESTS
from execpolicy.loaders.contents import ReadOptions
from execpolicy.testing import strategies
from tests.linter.test_apis import api_text
from tests.linter.test_sound_documents import FILES, NO_DOCUMENTS

SHOWING = [check for check in CHECKS if check.show is not None]
#: What a message says of calls, and not of the document only.
SAYS = (
    *("never applies", "applies to", "limits nothing", "gets in", "pass", "is denied", "can call", "are allowed"),
    "equals no value",
)

Replay = Callable[[str], dict[str, Any]]


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Replay:
    """Runs a command of a finding with --format json, and gives what it prints."""

    def run(command: str) -> dict[str, Any]:
        *before, words = _parts(shlex.split(command))
        if before:
            (echo,) = before
            assert echo[0] == "echo"
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(" ".join(echo[1:]).encode()), "utf-8"))
        assert words[0] == "execpolicy"
        capsys.readouterr()
        code = main([*words[1:], "--format", "json"])
        output = capsys.readouterr()
        assert code in (0, 1, 3), output.err
        found: dict[str, Any] = json.loads(output.out)
        return found

    return run


def _parts(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def statements(answer: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The statements of an answer, by their number, and whether each applies."""
    decisions = [each["decision"] for each in answer.get("steps", []) if each["decision"]] or [answer]
    for decision in decisions:
        for layer in decision.get("layers", []):
            for policy in layer["policies"]:
                yield from ((each["index"], each["applies"]) for each in policy["statements"])


def check_claim(finding: Finding, replay: Replay) -> None:
    shown = finding.shown
    assert shown is not None
    assert finding.request == finding.to_dict()["request"] == shown.command
    answer = replay(shown.command)
    assert shown.answer == str(answer["status"] if "status" in answer else answer["outcome"])
    if shown.statement is not None:
        assert (shown.statement, "yes" if shown.applies else "no") in {*statements(answer)}
    else:
        assert shown.applies is None


def in_file(example: RuleExample, folder: Path) -> str:
    name = "example.json" if example.text.lstrip().startswith("{") else "example.yaml"
    (folder / name).write_text(example.text, "utf-8")
    return name


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not (tmp_path / "examples").exists():
        (tmp_path / "examples").symlink_to(Path("examples").resolve())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("check", SHOWING, ids=lambda check: check.rule.id)
def test_the_example_of_a_rule_that_says_what_happens(check: Check, folder: Path, replay: Replay) -> None:
    rule = check.rule
    found = [each for each in lint_file(in_file(rule.bad, folder), kind=rule.bad.kind or None) if each.rule == rule]
    assert any(finding.shown for finding in found)
    for finding in found:
        if finding.shown is not None:
            check_claim(finding, replay)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.id)
def test_every_message_that_says_what_happens_has_a_request(check: Check, folder: Path) -> None:
    rule = check.rule
    for finding in lint_file(in_file(rule.bad, folder), kind=rule.bad.kind or None):
        if any(text in finding.message for text in SAYS):
            assert finding.request, finding


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_findings_of_the_examples(path: Path, replay: Replay) -> None:
    if path.name not in NO_DOCUMENTS:
        for finding in lint_file(path):
            if finding.shown is not None:
                check_claim(finding, replay)


OPTIONS = {
    PolicyKind.IDENTITY: "--identity",
    PolicyKind.BOUNDARY: "--boundary",
    PolicyKind.SESSION: "--session",
    PolicyKind.SCP: "--scp",
    PolicyKind.RESOURCE: "--resource",
    PolicyKind.VPC_ENDPOINT: "--vpc-endpoint",
}


@pytest.mark.parametrize("kind", PolicyKind)
def test_a_policy_of_each_kind_is_given_by_its_option(kind: PolicyKind, folder: Path, replay: Replay) -> None:
    named = kind in (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT, PolicyKind.DOMAIN_NAME, PolicyKind.RCP)
    who = '"Principal": "*", ' if named else ""
    where = '"Resource": "arn:aws:execute-api:*:*:*/*/get/*"'
    statement = f'{{"Effect": "Deny", {who}"Action": "execute-api:Invoke", {where}}}'
    (folder / "a policy.json").write_text(f'\n{{"Version": "2012-10-17", "Statement": [{statement}]}}', "utf-8")
    found = [each for each in lint_file("a policy.json", kind=kind) if each.rule.id == "EP-ARN-003"]
    if kind not in OPTIONS:
        assert [each.request for each in found] == [""] * len(found)
        return
    (finding,) = found
    assert f" {OPTIONS[kind]} 'a policy.json' " in finding.request
    check_claim(finding, replay)


def test_a_policy_without_a_file_of_its_own_has_no_request(folder: Path) -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "execute-api:Invok", "Resource": "*"}}'
    assert [each.request for each in lint(Policy.parse(text, kind="identity"))] == [""]
    resource = f'{{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {text}}}}}'
    template = f'{{"Resources": {{"Reads": {resource}}}}}'
    (finding,) = lint_text(template, "template.json")
    assert (finding.rule.id, finding.request) == ("EP-DOC-050", "")
    (folder / "template.json").write_text(template, "utf-8")
    (read,) = Template.load("template.json").policies.values()
    assert [each.request for each in lint(read)] == [""]


def test_the_output_of_the_aws_cli_can_be_given(folder: Path, replay: Replay) -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "execute-api:Invok", "Resource": "*"}}'
    (folder / "output.json").write_text(f'{{"PolicyName": "a", "PolicyDocument": {text}}}', "utf-8")
    (finding,) = lint_file("output.json", kind="identity")
    check_claim(finding, replay)


def test_what_another_entry_allows_is_no_example() -> None:
    """The engine does not confirm that the Deny never applies: another entry of it matches the call."""
    entries = '["execute-api:/prod/GET/orders/{id}", "execute-api:/prod/GET/orders/*"]'
    statement = f'{{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": {entries}}}'
    (finding,) = lint_text(f'{{"Version": "2012-10-17", "Statement": {statement}}}', "a.json")
    assert (finding.rule.id, finding.shown) == ("EP-ARN-001", None)


def test_an_entry_with_a_variable_has_no_example_and_lends_none() -> None:
    entries = '["execute-api:/prod/GET/${aws:username}/{id}", "execute-api:/prod/get/orders"]'
    statement = f'{{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": {entries}}}'
    found = lint_text(f'{{"Version": "2012-10-17", "Statement": {statement}}}', "a.json")
    assert [(each.rule.id, each.shown is not None) for each in found] == [("EP-ARN-001", False), ("EP-ARN-003", True)]


@pytest.mark.parametrize(("method", "other"), [("GET", "DELETE"), ("DELETE", "PUT")])
def test_the_request_has_the_method_that_the_message_names(method: str, other: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    text = json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Resource": f"execute-api:/*/{method}/a"}})
    (finding,) = lint_text(text, "a.json")
    assert f"{other} …/{method}/a" in finding.message
    assert f"/{other}/x/{method}/a" in finding.request


def test_the_first_findings_of_a_policy_have_requests() -> None:
    entries = [f"execute-api:/prod/get/{number}" for number in range(2 * MAX_REQUESTS)]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": entries}
    found = lint_text(json.dumps({"Version": "2012-10-17", "Statement": statement}), "a.json")
    assert len(found) == 2 * MAX_REQUESTS
    assert [bool(each.request) for each in found] == [True] * MAX_REQUESTS + [False] * MAX_REQUESTS


def test_the_first_findings_of_an_api_have_requests(folder: Path) -> None:
    routes = "".join(f"  GET /{number}: {{auth: NONE}}\n" for number in range(2 * MAX_REQUESTS))
    text = api_text(f"{routes}  GET /signed: {{auth: AWS_IAM}}\n")
    found = [each for each in lint_text(text, "api.yaml") if each.rule.id == "EP-API-012"]
    assert len(found) == 2 * MAX_REQUESTS
    assert sum(bool(each.request) for each in found) == MAX_REQUESTS


TWO_APIS = """Parameters: {Auth: {Type: String}}
Resources:
""" + "".join(
    f"""  {name}:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Name: {name}}}
  {name}Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref {name}
      ResourceId: !GetAtt {name}.RootResourceId
      HttpMethod: GET
      AuthorizationType: !Ref Auth
      Integration: {{Type: MOCK}}
  {name}Deployment5f3a9c21d0:
    Type: AWS::ApiGateway::Deployment
    Properties: {{RestApiId: !Ref {name}, StageName: prod}}
"""
    for name in ("One", "Two")
)


def test_the_command_gives_what_the_file_was_read_with(folder: Path, replay: Replay) -> None:
    (folder / "template.yaml").write_text(TWO_APIS, "utf-8")
    options = ReadOptions(parameters={"Auth": "NONE"}, account="111122223333", region="eu-west-1")
    one, two = lint_file("template.yaml", options=options)
    for finding, name in ((one, "One"), (two, "Two")):
        given = f"--api template.yaml --api-name {name} --account 111122223333 --region eu-west-1 --parameter Auth=NONE"
        assert finding.request == f"execpolicy check GET / {given}"
        check_claim(finding, replay)


def test_the_request_is_shown_with_verbose(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = next(check for check in CHECKS if check.rule.id == "EP-ARN-001").rule.bad
    name = in_file(example, folder)
    assert main(["lint", name]) == 1
    assert "execpolicy check" not in capsys.readouterr().out
    assert main(["lint", "--verbose", name]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert f"execpolicy check --resource {name} --as anonymous --on arn:aws:execute-api:" in shown


@given(data=st.data(), kind=st.sampled_from([*OPTIONS]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_findings_of_generated_policies(
    data: st.DataObject, kind: PolicyKind, folder: Path, replay: Replay
) -> None:
    document = data.draw(strategies.documents(kind))
    (folder / "drawn.json").write_text(json.dumps(document), "utf-8")
    for finding in lint_file("drawn.json", kind=kind):
        if finding.shown is not None:
            check_claim(finding, replay)
