"""execpolicy why with the API that was called."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import ANN, PETS, Execute, Run

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "why-1.json"
MASKED = PETS.replace("111122223333", "********3333")
DENIED = (
    f"User: {ANN} is not authorized to perform: execute-api:Invoke on resource: {MASKED} because no identity-based "
    "policy allows the execute-api:Invoke action"
)
LINE = json.dumps({"httpMethod": "GET", "path": "/prod/pets", "userArn": ANN, "status": "403", "message": "Forbidden"})


@pytest.fixture
def api(folder: Path) -> str:
    text = (
        "schema: execpolicy/api/1\nid: a1b2c3\ntype: REST\nregion: eu-west-1\naccount: '111122223333'\n"
        "stages: [prod, test]\nstage: prod\nroutes: {GET /pets: {auth: AWS_IAM}}\n"
    )
    (folder / "pets.api.yaml").write_text(text, "utf-8")
    return "pets.api.yaml"


@pytest.mark.rule("MSG-3", "AUT-6")
def test_causes_are_left_out_and_the_command_is_shown(execute: Execute, api: str) -> None:
    run = execute("why", "--api", api, LINE)
    assert (run.code, run.err) == (0, "")
    assert "  left out: API key, the route GET /pets does not require one\n" in run.out
    command = f"execpolicy check GET /pets --api {api} --stage prod --as {ANN} --identity FILE"
    assert f"\nto simulate the call\n  {command}\n  FILE stands for a file of yours" in run.out
    typed = shlex.split(command.replace("FILE", "allows.json"))
    assert execute(*typed[1:]).code == 0
    value = json.loads(execute("why", "--api", api, LINE, "--format", "json").out)
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(value)) == []
    assert shlex.join(value["reproduce"]) == command


@pytest.mark.rule("MSG-2")
def test_the_account_is_that_of_the_api(execute: Execute, api: str) -> None:
    run = execute("why", DENIED, "--api", api, "--identity", "allows.json", "--format", "json")
    value = json.loads(run.out)
    assert value["resource"] == value["policies"]["decision"]["request"]["resource"] == PETS
    assert "taken from the caller" not in value["policies"]["text"]


@pytest.mark.rule("MSG-2", "EVL-5")
@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        (DENIED, True),
        (DENIED.replace(" because no identity-based", " because no resource-based"), False),
        (DENIED.replace("iam::111122223333", "iam::444455556666"), False),
        (DENIED.replace("********3333", "************"), False),
        (DENIED.replace(f"User: {ANN}", "User: anonymous"), False),
        (DENIED.partition(" because")[0] + " with an explicit deny", True),
    ],
)
def test_the_account_is_that_of_the_caller_if_the_digits_agree(
    execute: Execute, folder: Path, text: str, is_taken: bool
) -> None:
    run = execute("why", text, "--identity", "allows.json", "--format", "json")
    if not is_taken:
        assert run.err.startswith("execpolicy why: error: the message masks the account of the API: ****")
        return
    policies = json.loads(run.out)["policies"]
    assert policies["decision"]["request"]["resource"] == PETS
    assert policies["text"].endswith("; the account of the API is taken from the caller's account")
    given = execute("why", text, "--identity", "allows.json", "--resource-account", "111122223333")
    assert "taken from the caller" not in given.out
    assert "taken from the caller" not in execute("why", text, "--identity", "allows.json", "--on", PETS).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stage", "prod"], "execpolicy why: error: found --stage without --api\n  give the file of the API too"),
        (["--domain", "a.b"], "execpolicy why: error: found --domain without --api\n  give the file of the API too"),
        (["--api", "none.yaml"], 'execpolicy why: error: --api: cannot read "none.yaml"'),
        (["--api", "pets.api.yaml", "--stage", "beta"], "execpolicy why: error: "),
        (["--api", "pets.api.yaml", "--file", "x"], "execpolicy why: error: found both TEXT and --file"),
    ],
)
def test_mistakes(execute: Execute, api: str, arguments: list[str], message: str) -> None:
    run = execute("why", "Forbidden", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)


@pytest.mark.rule("MSG-2")
def test_a_response_about_another_api(execute: Execute, api: str) -> None:
    run = execute("why", DENIED.replace("a1b2c3", "z9y8x7"), "--api", api)
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "execpolicy why: error: the response is about the API z9y8x7, the API file describes a1b2c3\n"
        "  give the file of the API that was called\n"
    )


def test_the_command_is_not_broken(execute: Execute, api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    run = execute("why", "--api", api, LINE)
    assert f"\n  execpolicy check GET /pets --api {api} --stage prod --as {ANN} --identity FILE\n" in run.out
    assert execute("why", "--api", api, LINE, "--color", "always").out.count("\x1b[36m") > 1


def test_the_stage_is_given(execute: Execute, api: str) -> None:
    assert execute("why", "Forbidden", "--api", api, "--stage", "test").code == 0


TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {Office: {Type: String}}
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {ResourcePolicy: {IpRangeWhitelist: [!Ref Office]}}
  Pets:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Shop, Path: /pets, Method: GET}}
"""


@pytest.fixture
def template(folder: Path) -> str:
    (folder / "template.yaml").write_text(TEMPLATE, "utf-8")
    return "template.yaml"


def command_of(run: Run) -> str:
    """The command that the output shows."""
    return run.out.partition("to simulate the call\n  ")[2].partition("\n")[0]


@pytest.mark.rule("SRC-7", "MSG-2")
def test_the_response_says_what_a_template_does_not_say(execute: Execute, template: str) -> None:
    denied = (
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
        "arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/pets with an explicit deny"
    )
    run = execute("why", denied, "--api", template)
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "execpolicy why: error: the response is about an API of the account ********3333, and the file does not say "
        "its account\n  give --account with all 12 digits\n"
    )
    given = ("--account", "111122223333", "--parameter", "Office=203.0.113.0/24")
    run = execute("why", denied, "--api", template, *given)
    assert (run.code, run.err) == (0, "")
    assert f"\n  resource: {PETS}\n" in run.out
    assert command_of(run) == (
        f"execpolicy check GET /pets --api {template} --stage prod --account 111122223333 --region eu-west-1 "
        "--api-id a1b2c3 --parameter Office=203.0.113.0/24"
    )
    answer = execute(*shlex.split(command_of(run))[1:], "--context", "aws:SourceIp=198.51.100.7")
    assert f"{denied} in a resource-based policy" in answer.out
    run = execute("why", denied, "--api", template, "--account", "111122224444")
    assert (run.code, run.out) == (2, "")
    assert "the response is about the account ********3333, the API file describes 111122224444\n" in run.err
    run = execute("why", denied, "--api", template, "--account", "111122223333", "--api-id", "z9")
    assert (run.code, run.out) == (2, "")
    assert "the response is about the API a1b2c3, the API file describes z9\n" in run.err


@pytest.mark.rule("SRC-7", "MSG-2")
def test_the_host_and_a_whole_account_in_the_response(execute: Execute, template: str) -> None:
    host = "Host: a1b2c3.execute-api.eu-west-1.amazonaws.com\n"
    run = execute("why", f'{host}HTTP/1.1 403 Forbidden\n\n{{"message":"Forbidden"}}', "--api", template)
    assert (run.code, run.err) == (0, "")
    whole = f"User: {ANN} is not authorized to perform: execute-api:Invoke on resource: {PETS} with an explicit deny"
    run = execute("why", whole, "--api", template)
    assert (run.code, run.err) == (0, "")
    assert "--account 111122223333 --region eu-west-1 --api-id a1b2c3" in command_of(run)


@pytest.mark.rule("MSG-3", "GW-6")
def test_no_stage_is_asked_for(execute: Execute, template: str) -> None:
    # SAM makes the stage Stage besides prod.
    run = execute("why", '{"message":"Forbidden"}', "--api", template)
    assert (run.code, run.err) == (0, "")
    run = execute("why", '{"message":"Forbidden"}', "--api", template, "--stage", "test")
    assert run.code == 2
    assert "test" in run.err
