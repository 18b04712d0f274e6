"""execpolicy show: what a file describes, as text and as an API file, and what is said of unusable input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from execpolicy.loaders import kinds
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import load_api, parse_api
from tests.cli.conftest import Execute, write
from tests.gateway.apis import PUBLIC, SOUND
from tests.loaders.api_file.generated import comparable
from tests.loaders.stub_kind import STUB, STUB_KIND

ROOT = Path(__file__).parents[3]
#: An API whose routes depend on the parameter Stage.
TWO = {"type": "REST", "stages": ["prod"], "routes": {"GET /a": {}}, "other_routes": {"GET /b": {}}}
THREE = ROOT / "tests/loaders/three_apis"


@pytest.fixture
def stub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file template.json, with two APIs, callers and a VPC endpoint."""
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, STUB_KIND))
    write(folder / "template.json", STUB)


@pytest.mark.usefixtures("stub", "folder")
def test_a_file_with_all_parts(execute: Execute) -> None:
    run = execute("show", "template.json")
    assert (run.code, run.err) == (0, "")
    assert (
        run.out
        == """\
OrdersApi: REST API ordersapi, regional
  account 123456789012 · region us-east-1 · stages prod, beta
  the account, the region and the id are placeholders: --account, --region and --api-id give what AWS assigns

routes
  GET /orders/{id}  AWS_IAM
  GET /health       NONE: no authorization

ShopApi: HTTP API shopapi, regional
  account 123456789012 · region us-east-1 · stage $default
  the account, the region and the id are placeholders: --account, --region and --api-id give what AWS assigns

routes
  GET /shop     NONE: no authorization

callers
  PartnerRole   arn:aws:sts::123456789012:assumed-role/PartnerRole/session
    identity: 1 statement at template.json:30:11
  NobodyRole    arn:aws:sts::123456789012:assumed-role/NobodyRole/session
    no identity-based policies

VPC endpoints
  Endpoint      1 statement at template.json:47:9

not read: 2 parts of the file without bearing on authorization (--verbose)
"""
    )


@pytest.mark.usefixtures("stub", "folder")
def test_verbose_lists_what_was_not_read(execute: Execute) -> None:
    out = execute("show", "template.json", "--verbose").out
    assert out.endswith("not read\n  template.json:58:12  the function Pay\n  template.json:59:13  the function Ship\n")


@pytest.mark.usefixtures("stub", "folder")
def test_one_of_several_apis(execute: Execute) -> None:
    out = execute("show", "template.json", "--api-name", "ShopApi", "--region", "eu-west-1").out
    assert out.startswith("ShopApi: HTTP API shopapi, regional\n  account 123456789012 · region eu-west-1")
    assert "the account and the id are placeholders: --account and --api-id give" in out
    assert "OrdersApi" not in out


@pytest.mark.usefixtures("stub")
def test_what_depends_on_an_unknown_value(execute: Execute, folder: Path) -> None:
    write(folder / "two.json", {"Stub": 1, "Apis": {"Orders": TWO}, "Unknown": True})
    run = execute("show", "two.json")
    assert run.code == 0
    assert "Orders, which depends on the parameter Stage (1 of 2): REST API orders, regional\n" in run.out
    assert "Orders, which depends on the parameter Stage (2 of 2): REST API orders, regional\n" in run.out
    assert run.out.endswith(
        "not known\n  two.json:1:1  the parameter Stage: it has no value: give --parameter Stage=VALUE\n"
    )
    run = execute("show", "two.json", "--format", "json")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "execpolicy show: error: the API depends on the parameter Stage, which is not known\n"
        "  give its value with --parameter NAME=VALUE\n"
    )
    run = execute("show", "two.json", "--format", "json", "--parameter", "Stage=prod")
    assert json.loads(run.out)["routes"] == {"GET /a": {}}


@pytest.mark.parametrize(
    "document",
    [
        {"Stage": "prod"},
        {"Parameters": {"Stage": "prod"}},
        [{"ParameterKey": "Stage", "ParameterValue": "prod"}],
    ],
)
@pytest.mark.usefixtures("stub")
def test_a_file_of_parameters(execute: Execute, folder: Path, document: object) -> None:
    write(folder / "two.json", {"Stub": 1, "Apis": {"Orders": TWO}})
    write(folder / "prod.json", document)
    run = execute("show", "two.json", "--format", "json", "--parameters", "prod.json")
    assert json.loads(run.out)["routes"] == {"GET /a": {}}
    run = execute("show", "two.json", "--parameters", "prod.json", "--parameter", "Stage=test")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("execpolicy show: error: --parameter gives Stage, and --parameters gives it too\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["--parameter", "Stage=test"],
            '--parameter:1:7: the parameter Stage has the value "test", expected "prod" or "beta"\n'
            "  1 | Stage=test\n"
            "    |       ^^^^\n"
            "  correct it\n",
        ),
        (
            ["--parameter", "Stag=test"],
            '--parameter:1:1: the template has no parameter "Stag"\n'
            "  1 | Stag=test\n"
            "    | ^^^^\n"
            '  did you mean "Stage"?\n',
        ),
        (
            ["--parameters", "given.json"],
            'given.json:1:11: the parameter Stage has the value "test", expected "prod" or "beta"\n'
            '  1 | {"Stage": "test"}\n'
            "    |           ^^^^^^\n"
            "  correct it\n",
        ),
        (
            ["--parameters", "named.json"],
            'named.json:1:19: the template has no parameter "Stag"\n'
            '  1 | [{"ParameterKey": "Stag", "ParameterValue": "test"}]\n',
        ),
    ],
)
def test_a_wrong_parameter_is_shown_where_it_is_given(
    execute: Execute, folder: Path, given: list[str], message: str
) -> None:
    stage = {"Type": "String", "AllowedValues": ["prod", "beta"]}
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", "Target": "arn:aws:lambda:x"}}
    write(
        folder / "http.json",
        {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"Stage": stage}, "Resources": {"Api": api}},
    )
    (folder / "given.json").write_text('{"Stage": "test"}', "utf-8")
    (folder / "named.json").write_text('[{"ParameterKey": "Stag", "ParameterValue": "test"}]', "utf-8")
    run = execute("show", "http.json", *given)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "prod.json:1:1: the object opened here is never closed\n"),
        ("[]7", "prod.json:1:3: "),
        ('"a"', "prod.json:1:1: found no object of parameters\n"),
        ('{"Stage": null}', 'prod.json:1:11: found no text as the value of "Stage"\n'),
    ],
)
def test_a_file_of_parameters_that_is_wrong(execute: Execute, folder: Path, text: str, message: str) -> None:
    (folder / "prod.json").write_text(text, "utf-8")
    run = execute("show", "template.json", "--parameters", "prod.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)
    assert execute("show", "template.json", "--parameters", "none.json").code == 2


@pytest.mark.parametrize(("form", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
@pytest.mark.usefixtures("stub", "folder")
def test_an_api_is_written_as_an_api_file(execute: Execute, form: str, read: Any) -> None:
    run = execute("show", "template.json", "--api-name", "OrdersApi", "--format", form, "--account", "111122223333")
    assert (run.code, run.err) == (0, "")
    document = read(run.out)
    assert list(document)[:2] == ["schema", "id"]
    assert document == {
        "schema": "execpolicy/api/1",
        "id": "ordersapi",
        "type": "REST",
        "region": "us-east-1",
        "account": "111122223333",
        "stages": ["prod", "beta"],
        "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "GET /health": {}},
    }


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("path", sorted(THREE.glob("*.api.yaml")), ids=lambda path: path.name)
def test_what_is_written_is_read_as_the_same_api(execute: Execute, path: Path, form: str) -> None:
    written = execute("show", str(path), "--format", form).out
    assert comparable(parse_api(written, name=f"written.{form}")) == comparable(load_api(path).values[0])


def test_a_stage_that_is_selected_is_written(execute: Execute) -> None:
    run = execute("show", "-", "--format", "json", "--stage", "test", stdin=SOUND.encode())
    assert json.loads(run.out)["stage"] == "test"
    assert parse_api(run.out, name="a.json") == parse_api(run.out, ReadOptions(stage="test"), name="a.json")


def test_standard_input(execute: Execute) -> None:
    run = execute("show", "-", stdin=PUBLIC.encode())
    assert run.code == 0
    assert run.out.startswith("REST API d4e5f6, regional\n  account 111122223333 · region eu-west-1 · stage prod\n")
    assert "  ruled.example   public · rule 10 → beta of z9 · rule 20 → prod · ROUTING_RULE_ONLY\n" in run.out
    assert "  UNAUTHORIZED  status 403 · Show your ticket\n" in run.out


def test_secrets_are_not_shown(execute: Execute) -> None:
    run = execute("show", "-", stdin=SOUND.encode())
    assert "secret" not in run.out
    assert "API keys\n  key 1         for prod and test · disabled\n" in run.out


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("colour", ["always", "never"])
@pytest.mark.usefixtures("stub", "folder")
def test_lines_fit_the_width(execute: Execute, columns: int, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    run = execute("show", "template.json", "--color", colour)
    assert ("\x1b[" in run.out) is (colour == "always")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", run.out)
    # An ARN is not broken, so that it can be copied.
    assert all(len(line) <= columns or "arn:" in line for line in plain.splitlines())
    assert re.sub(r"\s+", " ", plain).startswith("OrdersApi: REST API ordersapi, regional account 123456789012")


@pytest.mark.usefixtures("stub", "folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["template.json", "--format", "yaml"],
            "execpolicy show: error: the file describes 2 APIs: OrdersApi and ShopApi\n"
            "  give --api-name with one of them\n",
        ),
        (
            ["template.json", "--api-name", "Shop"],
            'execpolicy show: error: found the API "Shop", which the file does not have\n  did you mean "ShopApi"?\n',
        ),
        (
            ["template.json", "--parameter", "Stage"],
            "--parameter:1:1: found 'Stage', expected NAME=VALUE\n"
            "  1 | Stage\n    | ^^^^^\n  such as --parameter Stage=prod; an empty value is NAME=\n",
        ),
        (
            ["template.json", "--parameter", "Stage=a", "--parameter", "Stage=b"],
            "execpolicy show: error: --parameter gives Stage, and --parameter gives it too\n"
            "  give each parameter one value\n",
        ),
        (
            ["template.json", "--account", "12"],
            'execpolicy show: error: --account is wrong: an account has 12 digits, found "12"\n',
        ),
        (
            ["template.json", "--region", "Europe"],
            'execpolicy show: error: --region is wrong: a region is such as eu-west-1, found "Europe"\n',
        ),
        (
            ["template.json", "--api-id", "a-b"],
            'execpolicy show: error: --api-id is wrong: an API id is letters and digits, found "a-b"\n',
        ),
        (
            ["template.json", "--type", "SOAP"],
            'execpolicy show: error: --type is REST or HTTP, found "SOAP"\n',
        ),
        (
            ["template.json", "--kind", "stubb"],
            'execpolicy show: error: found "stubb" as --kind, which is no kind of file\n  did you mean "stub"?\n',
        ),
        (
            ["template.json", "--format", "json", "--api-name", "OrdersApi", "--stage", "dev"],
            "execpolicy show: error: which stage is called? The API has prod, beta; there is no 'dev'\n"
            "  use prod or beta\n",
        ),
        (
            ["no.json"],
            'execpolicy show: error: FILE: cannot read "no.json": No such file or directory\n  check the path\n',
        ),
    ],
)
def test_unusable_input(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("show", *arguments)
    assert (run.code, run.out, run.err) == (2, "", message)


def test_a_file_that_is_wrong_is_shown_with_all_places(execute: Execute, folder: Path) -> None:
    write(folder / "a.json", {"schema": "execpolicy/api/1", "id": "a1", "type": "SOAP", "routes": []})
    run = execute("show", "a.json")
    assert (run.code, run.out) == (2, "")
    assert 'a.json:4:11: found "SOAP" as type' in run.err
    assert 'a.json:1:1: found an API file without "region"' in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "the following arguments are required: FILE"), (["a.json", "--format", "xml"], "invalid choice: 'xml'")],
)
def test_wrong_usage(execute: Execute, arguments: list[str], said: str) -> None:
    run = execute("show", *arguments)
    assert run.code == 2
    assert said in run.err


@pytest.mark.parametrize("verb", [["check", "GET", "/a", "--api"], ["show"]])
def test_the_command_says_so_without_a_traceback(execute: Execute, folder: Path, verb: list[str]) -> None:
    (folder / "serverless.yml").write_text("service: orders\n", "utf-8")
    run = execute(*verb, "serverless.yml")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        f"execpolicy {verb[0]}: error: serverless.yml is a project of the Serverless Framework: it is not read as an "
        "API\n  run serverless package (or osls package), and give "
        ".serverless/cloudformation-template-update-stack.json\n"
    )
