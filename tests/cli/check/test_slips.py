"""Arguments that cannot be meant, and what a refused call lacks: the message says what to give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.check.test_api_call import API
from tests.cli.conftest import Execute, document, write

ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize("rest", ["GET/orders/17", "POST/@connections/x", "DELETE/"])
def test_a_method_where_the_stage_belongs(check: Execute, folder: Path, rest: str) -> None:
    run = check("--identity", "allows.json", on=f"{ARN}/{rest}")
    method = rest.partition("/")[0]
    assert (run.code, run.out) == (2, "")
    first, line, under, advice = run.err.splitlines()
    assert first == f"--on:1:{len(ARN) + 2}: found the method {method} where the stage is expected"
    assert line[under.index("^") :].startswith(f"{method}/")
    assert advice == "  write the stage before it: API-ID/STAGE/METHOD/PATH"


@pytest.mark.parametrize("rest", ["GET/GET/orders", "prod/GET/GET", "GET/$connect", "GET/*", "PROD/GET/x"])
def test_a_stage_that_is_named_like_a_method(check: Execute, folder: Path, rest: str) -> None:
    assert check("--identity", "allows.json", on=f"{ARN}/{rest}").code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (API, "NAME is an API file: execpolicy check METHOD PATH --api NAME"),
        ({"schema": "execpolicy/cases/1"}, "NAME is a case file: execpolicy test NAME"),
        (document(), "NAME is a policy document: give it to --identity, --resource or another option for policies"),
        ({"PolicyDocument": {}}, "NAME is the output of the AWS CLI with a policy: give it to --identity, --resource"),
        ({"principalId": "a", "policyDocument": {}}, "NAME is the output of a Lambda authorizer: give it to"),
        ({"aws:SourceIp": "203.0.113.9"}, "NAME is a file of condition keys: --context NAME"),
        ({"openapi": "3.0.1"}, "NAME is an OpenAPI document: execpolicy check METHOD PATH --api NAME"),
        ({"Resources": {}}, "NAME is a template: execpolicy check METHOD PATH --api NAME"),
        ({"a": 1}, "NAME is a file of an unknown kind"),
        ([], "NAME is a file of an unknown kind"),
    ],
)
def test_a_file_as_method(execute: Execute, folder: Path, content: Any, message: str) -> None:
    name = write(folder / "given.json", content)
    for more in ([], ["--api", "x.json"]):
        run = execute("check", name, *more)
        assert (run.code, run.out) == (2, "")
        expected = f"execpolicy check: error: found a file as METHOD: {message.replace('NAME', name)}"
        assert run.err.splitlines()[-1].startswith(expected)


def test_more_arguments_than_a_method_and_a_path(execute: Execute, folder: Path) -> None:
    (folder / "template.yaml").write_text("Resources: {A: {Type: !Ref B}}", "utf-8")
    for arguments, message in (
        (("template.yaml", "GET", "/a"), "/a: found a file as METHOD: template.yaml is a template: execpolicy check "),
        (("--parameter", "Stage", "prod", "GET", "/a"), "/a: --parameter takes NAME=VALUE: --parameter Stage=VALUE\n"),
        (("GET", "/a", "b"), "b: give one METHOD and one PATH, or one URL\n"),
    ):
        run = execute("check", *arguments)
        assert (run.code, run.out) == (2, "")
        assert f"execpolicy check: error: unrecognized arguments: {message}" in run.err
    assert execute("show", "a", "b").err.endswith("execpolicy show: error: unrecognized arguments: b\n")
    assert execute("check", "--template", "a").err.endswith("--template: did you mean --api FILE?\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--verison"], "execpolicy: error: unrecognized arguments: --verison: did you mean --version?"),
        (["-q"], "execpolicy: error: unrecognized arguments: -q: its options are in --help"),
        (["lint", "--selct=x"], "execpolicy lint: error: unrecognized arguments: --selct=x: did you mean --select?"),
        (["show", "-x"], "execpolicy show: error: unrecognized arguments: -x: its options are in --help"),
        (["show", "--format=json"], "execpolicy show: error: the following arguments are required: FILE"),
        (["lint", "--", "--selct"], 'execpolicy lint: error: FILE: cannot read "--selct": No such file or directory'),
    ],
)
def test_an_option_that_does_not_exist_is_reported_first(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute(*arguments)
    assert (run.code, run.out) == (2, "")
    assert message in run.err.splitlines()


def test_a_file_of_no_known_format(execute: Execute, folder: Path) -> None:
    (folder / "given.json").write_text("{", "utf-8")
    assert execute("check", "given.json").err.endswith("given.json is a file, and neither JSON nor YAML\n")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["/tokens"], "the authorizer reads Authorization, which the call does not have: give --header 'Authorization"),
        (["/asks"], "the authorizer reads shop, which the call does not have: give --query 'shop=VALUE'"),
        (["/pool", "-H", "Authorization: x"], "to send a valid token, give its claims with --claims FILE"),
        (["/iam"], "to sign the call, give --as ARN"),
        (["/none"], ""),
        (["/keys"], ""),
    ],
)
def test_what_a_refused_call_lacks(execute: Execute, folder: Path, arguments: list[str], hint: str) -> None:
    write(folder / "shop.api.json", API)
    run = execute("check", "GET", *arguments, "--api", "shop.api.json")
    assert run.code == 1
    assert f"\nnext          {hint}" in run.out if hint else "\nnext " not in run.out
    everything = execute("check", "GET", *arguments, "--api", "shop.api.json", "--all").out.splitlines()[-1]
    assert everything.startswith(hint) if hint else not everything.startswith(("to s", "the authorizer reads"))


def test_errors_are_in_colours(check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich", reason="the extra cli is not installed")
    run = check("--context", "SourceIp=1", "--color", "always")
    assert run.code == 2
    assert run.err.startswith("\x1b[1;31m--context:1:1: found")
    assert "SourceIp=1\n" in run.err
    assert "\x1b[1;35m^^^^^^^^\x1b[0m\n" in run.err
    plain = check("--context", "SourceIp=1", "--color", "never").err
    assert "\x1b" not in plain
    assert check("--context", "SourceIp=1").err == plain
    monkeypatch.setattr("execpolicy.cli.terminal._has_rich", lambda: False)
    assert "--color always needs rich" in check("--context", "SourceIp=1", "--color", "always").err
