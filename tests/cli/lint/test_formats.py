"""The formats of execpolicy lint, and where they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Execute

BRACES = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
  "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/orders/{id}"}}
"""
FORMATS = ("text", "github", "json", "sarif", "markdown")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "braces.json").write_text(BRACES, "utf-8")
    (folder / "sound.json").write_text(BRACES.replace("{id}", "*"), "utf-8")


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_does_not_depend_on_the_format(execute: Execute, form: str) -> None:
    given = ("--format", form)
    assert execute("lint", "sound.json", *given).code == 0
    assert execute("lint", "braces.json", *given).code == 1
    assert execute("lint", "braces.json", "--exit-zero", *given).code == 0
    assert execute("lint", "braces.json", "--ignore", "EP-ARN", *given).code == 0
    run = execute("lint", "braces.json", "missing.json", "--exit-zero", *given)
    assert run.code == 2
    assert "EP-ARN-001" in run.out
    assert "missing.json" in run.err


def test_sarif_says_that_a_file_was_not_read(execute: Execute) -> None:
    (run,) = json.loads(execute("lint", "braces.json", "missing.json", "--format", "sarif").out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["EP-ARN-001"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_annotations_follow_the_text(execute: Execute) -> None:
    text, github = execute("lint", "braces.json"), execute("lint", "braces.json", "--format", "github")
    annotation = github.out.removeprefix(text.out)
    assert annotation != github.out
    assert annotation.startswith("::error file=braces.json,line=2,endLine=2,col=77,endColumn=81,title=EP-ARN-001 ")
    assert execute("lint", "braces.json", "-q", "--format", "github").out == annotation


@pytest.mark.parametrize("form", ["json", "sarif", "markdown"])
def test_a_report_goes_to_a_file_and_the_text_to_standard_output(execute: Execute, folder: Path, form: str) -> None:
    report = execute("lint", "braces.json", "--format", form).out
    run = execute("lint", "braces.json", "--format", form, "--output", "out/lint.txt")
    assert (run.code, run.out) == (1, execute("lint", "braces.json").out)
    assert (folder / "out" / "lint.txt").read_text("utf-8") == report
    run = execute("lint", "braces.json", "--format", form, "--output", "out/lint.txt", "-q")
    assert (run.code, run.out) == (1, "")


def test_quiet_writes_no_text(execute: Execute) -> None:
    run = execute("lint", "-q", "braces.json")
    assert (run.code, run.out, run.err) == (1, "", "")
    assert "missing.json" in execute("lint", "-q", "missing.json").err
    report = execute("lint", "--format", "json", "braces.json").out
    assert execute("lint", "-q", "--format", "json", "braces.json").out == report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "a.json"], "--output requires --format json, sarif or markdown"),
        (["--output", "a.txt", "--format", "github"], "--output requires --format json, sarif or markdown"),
        (["--output", "-", "--format", "json"], "--output takes the name of a file: omit it for standard output"),
        (["-q", "-v"], "not allowed with argument"),
    ],
)
def test_options_that_do_not_go_together(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("lint", "braces.json", *arguments)
    assert (run.code, run.out) == (2, "")
    assert message in run.err


def test_a_file_that_cannot_be_written_is_reported_before_the_run(execute: Execute) -> None:
    run = execute("lint", "braces.json", "--format", "sarif", "--output", "braces.json/a.sarif")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("execpolicy lint: error: --output: cannot write 'braces.json/a.sarif'")


def test_paths_of_reports_begin_at_the_repository(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".git").mkdir()
    (folder / "infra").mkdir()
    (folder / "infra" / "braces.json").write_text(BRACES, "utf-8")
    monkeypatch.chdir(folder / "infra")
    (run,) = json.loads(execute("lint", "braces.json", "--format", "sarif").out)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/braces.json"
    assert "::error file=infra/braces.json," in execute("lint", "braces.json", "--format", "github").out
