"""execpolicy lint with folders: what is checked, what is passed over, and what it says of it."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Execute

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "lint-1.json").read_text("utf-8"))
BRACES = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
  "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/orders/{id}"}}
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.json", "a.json", "sub/c.json", "cdk.out/Shop.template.json"):
        save(tmp_path / name, BRACES)
    return tmp_path


def save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def files_in(out: str) -> list[str]:
    return [line.partition(":")[0] for line in found_in(out)]


def found_in(out: str) -> list[str]:
    """The lines of findings: after them are their numbers, and how many can be fixed."""
    return [line for line in out.splitlines() if " EP-" in line]


def test_the_files_of_a_folder_are_checked_in_the_order_of_their_names(execute: Execute, tree: Path) -> None:
    run = execute("lint", ".")
    assert (run.code, run.err) == (1, "")
    assert files_in(run.out) == ["a.json", "b.json", "cdk.out/Shop.template.json", "sub/c.json"]
    assert run.out.endswith("4 findings: 4 errors\n4 can be fixed with --fix=unsafe\n")
    assert files_in(execute("lint", "sub", "a.json").out) == ["sub/c.json", "a.json"]
    assert files_in(execute("lint", str(tree / "sub")).out) == [str(tree / "sub" / "c.json")]


def test_a_file_is_checked_once(execute: Execute, tree: Path) -> None:
    (tree / "same.json").symlink_to("a.json")
    (tree / "sub" / "up").symlink_to("..")
    run = execute("lint", "b.json", ".", "a.json", "sub/../a.json")
    assert files_in(run.out) == ["b.json", "a.json", "cdk.out/Shop.template.json", "sub/c.json"]
    assert run.err == ""


def test_what_is_passed_over_is_counted(execute: Execute, tree: Path) -> None:
    for name in ("package.json", ".eslintrc.json", "values.yaml"):
        save(tree / name, '{"name": "orders"}')
    for name in (".git/a.json", "node_modules/x/a.json", "sub/build/a.json", "env/pyvenv.cfg", "env/a.json"):
        save(tree / name, BRACES)
    save(tree / "README.md", "Statement")
    run = execute("lint", ".")
    assert files_in(run.out) == ["a.json", "b.json", "cdk.out/Shop.template.json", "sub/c.json"]
    assert run.err == "execpolicy lint: 3 files passed over: 3 of no known kind; 4 folders not searched\n"
    assert execute("lint", "-v", ".").err.splitlines()[1:] == [
        "  .git: not searched",
        "  env: not searched",
        "  node_modules: not searched",
        "  .eslintrc.json: of no known kind",
        "  package.json: of no known kind",
        "  values.yaml: of no known kind",
        "  sub/build: not searched",
    ]
    assert execute("lint", "-q", ".").err == ""
    assert execute("lint", "--format", "json", ".").err == run.err


def test_a_link_to_a_folder_that_is_not_searched_is_counted(execute: Execute, tree: Path) -> None:
    save(tree / "build" / "policies" / "d.json", BRACES)
    (tree / "policies").symlink_to("build/policies")
    (tree / "sub" / "again").symlink_to("../cdk.out")
    (tree / "sub" / "all").symlink_to("..")
    run = execute("lint", "-v", ".")
    assert run.err.splitlines() == [
        "execpolicy lint: 2 folders not searched",
        "  build: not searched",
        "  policies: not searched",
    ]


def test_the_case_of_an_ending_does_not_matter(execute: Execute, tree: Path) -> None:
    save(tree / "D.JSON", BRACES)
    save(tree / "E.Yaml", "name: orders\n")
    run = execute("lint", ".")
    assert files_in(run.out)[0] == "D.JSON"
    assert run.err == "execpolicy lint: 1 file passed over: 1 of no known kind\n"


def test_a_folder_that_is_named_is_searched_whatever_its_name(execute: Execute, tree: Path) -> None:
    save(tree / "build" / "d.json", BRACES)
    assert files_in(execute("lint", "build").out) == ["build/d.json"]


def test_projects_are_passed_over_with_advice(execute: Execute, tree: Path) -> None:
    save(tree / "infra" / "main.tf", "")
    save(tree / "infra" / "vars.tf", "")
    save(tree / "serverless.yml", "service: orders\n")
    save(tree / "handler.py", "")
    run = execute("lint", ".")
    first, *others = run.err.splitlines()
    assert first == "execpolicy lint: 3 files passed over: 3 of another tool or purpose"
    assert others[0] == "  serverless.yml: a project of the Serverless Framework"
    assert "serverless package" in others[1]
    assert others[2] == "  infra/main.tf and 1 other: a file of Terraform before it is planned"
    assert others[3] == (
        "    run terraform plan -out=plan and terraform show -json plan > plan.json, and give plan.json"
    )
    assert "  infra/main.tf, infra/vars.tf: a file of Terraform" in execute("lint", "-v", ".").err


def test_a_file_that_looks_like_one_to_check_but_does_not_load_is_a_finding(execute: Execute, tree: Path) -> None:
    save(tree / "a.json", BRACES[:-3])
    (tree / "b.json").write_bytes(BRACES.encode("utf-16"))
    run = execute("lint", "a.json", "sub", ".")
    assert [line.split(" ")[2] for line in found_in(run.out)] == [
        "EP-DOC-002",
        "EP-ARN-001",
        "EP-DOC-001",
        "EP-ARN-001",
    ]
    assert "b.json:1:1: error EP-DOC-001 found the byte 0xff at offset 0, which is not UTF-8" in run.out
    (tree / "b.json").write_bytes(b"\xff\xfe\x00binary")
    assert execute("lint", ".").err == "execpolicy lint: 1 file passed over: 1 of no known kind\n"


def test_links_out_of_the_folder_are_not_followed(execute: Execute, tree: Path) -> None:
    (tree / "sub" / "out.json").symlink_to(tree / "a.json")
    (tree / "sub" / "gone.json").symlink_to("nowhere.json")
    (tree / "sub" / "self.json").symlink_to("self.json")
    (tree / "sub" / "folder").symlink_to(tree / "cdk.out")
    run = execute("lint", "sub")
    assert files_in(run.out) == ["sub/c.json"]
    assert run.err == (
        "execpolicy lint: 4 files passed over: 4 behind a link that leads out of the folder or nowhere\n"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_large_files_and_pipes_are_not_read(execute: Execute, tree: Path) -> None:
    os.mkfifo(tree / "pipe.json")
    with open(tree / "large.json", "wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    run = execute("lint", ".")
    assert run.code == 1
    assert run.err == "execpolicy lint: 2 files passed over: 1 of more than 16 MiB, 1 that are pipes or devices\n"


def test_a_folder_that_cannot_be_read_is_exit_2(execute: Execute, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # nothing is forbidden to root, who may run the tests
    run = execute("lint", ".")
    assert run.code == 2
    assert files_in(run.out) == ["a.json", "b.json", "cdk.out/Shop.template.json"]
    assert run.err == "execpolicy lint: error: cannot read './sub': Permission denied\n  check its permissions\n"


def test_a_file_that_cannot_be_read_is_exit_2(execute: Execute, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refuse(path: str, *more: int) -> int:
        if path == "a.json":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, *more)

    monkeypatch.setattr(os, "open", refuse)
    run = execute("lint", ".")
    assert run.code == 2
    assert files_in(run.out) == ["b.json", "cdk.out/Shop.template.json", "sub/c.json"]
    assert 'cannot read "a.json": Permission denied' in run.err


def test_a_folder_without_a_file_to_check_is_exit_2(execute: Execute, tree: Path) -> None:
    save(tree / "docs" / "package.json", "{}")
    run = execute("lint", "docs", "a.json")
    assert run.code == 2
    assert files_in(run.out) == ["a.json"]
    assert "error: no file to check in 'docs': none is a policy, an API file, a template or an OpenAPI file" in run.err
    assert execute("lint", "--skip-unknown", "docs", "a.json").code == 1


def test_files_that_are_named_are_passed_over_on_demand(execute: Execute, tree: Path) -> None:
    save(tree / "package.json", "{}")
    run = execute("lint", "package.json", "sub/c.json")
    assert run.code == 2
    assert "package.json is of no known kind" in run.err
    run = execute("lint", "--skip-unknown", "package.json", "sub/c.json")
    assert run.code == 1
    assert run.err == "execpolicy lint: 1 file passed over: 1 of no known kind\n"
    assert execute("lint", "--skip-unknown", "package.json").code == 0
    assert execute("lint", "--skip-unknown", "missing.json").code == 2


def test_options_have_an_effect_where_they_are_used(execute: Execute, tree: Path) -> None:
    template = "Parameters: {Id: {Type: String}}\nResources: {A: {Type: AWS::ApiGateway::RestApi}}\n"
    save(tree / "t.yaml", template)
    assert execute("lint", ".", "--parameter", "Id=a").code == 1
    save(tree / "o.yaml", "openapi: 3.0.1\ninfo: {title: Pets, version: '1'}\npaths: {}\n")
    assert "o.yaml" not in execute("lint", ".").out
    assert "o.yaml" in execute("lint", ".", "--type", "REST").out


def test_every_format_says_what_was_passed_over(execute: Execute, tree: Path) -> None:
    save(tree / "package.json", "{}")
    save(tree / "main.tf", "")
    data = json.loads(execute("lint", "--format", "json", ".").out)
    jsonschema.validate(data, SCHEMA)
    terraform, package = data["passed_over"]
    assert (terraform["file"], terraform["reason"]) == ("main.tf", "other-purpose")
    assert package == {"file": "package.json", "reason": "no-kind", "purpose": "", "advice": ""}
    summary = "2 files passed over: 1 of no known kind, 1 of another tool or purpose"
    assert f"\n{summary}.\n" in execute("lint", "--format", "markdown", ".").out
    (run,) = json.loads(execute("lint", "--format", "sarif", ".").out)["runs"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification == {"level": "note", "message": {"text": summary}}
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_name_is_never_a_command_of_a_log(execute: Execute, tree: Path) -> None:
    for name in ("::error::a.json", " ::error::b.json", "##[error]/c.json", "sub/::error::d.json"):
        save(tree / name, BRACES)
    for form in ("text", "github"):
        lines = execute("lint", "--format", form, ".").out.splitlines()
        commands = [line for line in lines if line.lstrip().startswith(("::", "##["))]
        assert len(commands) == (0 if form == "text" else 8)
        assert all(line.startswith("::error file=") for line in commands)
    assert files_in(execute("lint", "##[error]").out) == ["./##\\x5berror]/c.json"]


def test_yaml_that_cannot_be_read_without_pyyaml_is_exit_2(
    execute: Execute, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tree / "t.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    save(tree / "values.yaml", "name: orders\n")
    monkeypatch.setitem(sys.modules, "yaml", None)
    run = execute("lint", ".")
    assert run.code == 2
    assert "4 findings: 4 errors\n" in run.out
    assert run.err.count("PyYAML") == 1
    assert "t.yaml" in run.err
