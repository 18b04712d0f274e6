"""``execpolicy test``: --format json and junit, and --output."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.case_files import READS, SELLS, save, timeless
from tests.cli.conftest import Execute
from tests.cli.test.test_verb import PETS_JSON, failure, lines
from tests.cli.test_output import process
from tests.testing.report.test_as_json import validated


def test_json(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    run = execute("test", "--format", "json")
    assert (run.code, run.err) == (1, "")
    value = validated(run.out)
    assert value["verdict"] == "failed"
    assert [case["outcome"] for case in value["cases"]] == ["passed", "failed"]
    assert ["decision" in case for case in value["cases"]] == [False, True]


def test_verbose_json_tells_why_of_every_case(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    value = validated(execute("test", "-v", "--format", "json").out)
    assert value["verdict"] == "passed"
    assert value["cases"][0]["decision"]["allowed"] is True


def test_json_has_no_colours_and_no_text(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    for options in (["-q"], ["-v"], ["--color", "always"]):
        run = execute("test", "--format", "json", *options)
        assert json.loads(run.out)["verdict"] == "passed"
        assert run.err == ""


def test_json_of_files_that_cannot_be_used(execute: Execute, folder: Path) -> None:
    (folder / "bad.execpolicy.json").write_text("[]", "utf-8")
    run = execute("test", "none.json", ".", "--format", "json")
    assert run.code == 2
    assert 'execpolicy test: error: PATH: cannot read "none.json": ' in run.err
    assert "bad.execpolicy.json:1:1: " in run.err
    value = validated(run.out)
    assert value["verdict"] == "unusable"
    assert [(error["file"], error["line"]) for error in value["errors"]] == [
        ("none.json", None),
        ("bad.execpolicy.json", 1),
    ]


def test_json_where_nothing_is_selected(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "-k", "cats", "--format", "json")
    value = validated(run.out)
    assert (run.code, value["verdict"], value["cases"]) == (2, "unusable", [])
    assert [error["file"] for error in value["errors"]] == ["-k"]
    assert value["summary"]["deselected"] == 1


def test_junit(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    save(folder / "more.execpolicy.json", READS)
    (folder / "bad.execpolicy.json").write_text("[]", "utf-8")
    run = execute("test", "--format", "junit")
    assert run.code == 2
    root = ET.fromstring(run.out)
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
    }
    assert [suite.get("name") for suite in root] == ["bad.execpolicy.json", "more.execpolicy.json", PETS_JSON]
    assert [case.get("name") for case in root[2]] == ["Ann reads pets", "Ann sells pets"]


@pytest.mark.parametrize("form", ["json", "junit"])
def test_a_report_in_a_file_leaves_the_text_as_it_is(execute: Execute, folder: Path, form: str) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    (folder / "reports").mkdir()
    run = execute("test", "--format", form, "--output", "reports/report")
    assert (run.code, run.err) == (1, "")
    assert timeless(run.out) == lines(f"{PETS_JSON}: 1 failed, 1 passed", "") + failure() + lines(
        "", "1 failed, 1 passed in 0.00 s (1 file)"
    )
    text = (folder / "reports" / "report").read_text("utf-8")
    if form == "json":
        assert validated(text)["summary"]["failed"] == 1
    else:
        assert ET.fromstring(text).get("failures") == "1"


def test_a_report_replaces_an_older_one(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    (folder / "report.json").write_text("x" * 100_000, "utf-8")
    assert execute("test", "--format", "json", "--output", "report.json").code == 0
    assert validated((folder / "report.json").read_text("utf-8"))["verdict"] == "passed"


def test_folders_of_a_report_are_created(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    assert execute("test", "--format", "json", "--output", "new/deeper/report.json").code == 0
    assert validated((folder / "new" / "deeper" / "report.json").read_text("utf-8"))["verdict"] == "passed"


@pytest.mark.parametrize(
    ("path", "message", "advice"),
    [
        (".", "it is not the name of a file", "name a file"),
        ("", "it is not the name of a file", "name a file"),
        (f"{PETS_JSON}/report.json", f"'{PETS_JSON}' is not a directory", "name another file"),
        (f"{PETS_JSON}/new/report.json", f"'{PETS_JSON}' is not a directory", "name another file"),
    ],
)
def test_a_report_that_cannot_be_written_is_told_before_anything_runs(
    execute: Execute, folder: Path, *, path: str, message: str, advice: str
) -> None:
    save(folder / PETS_JSON, SELLS)
    assert execute("test", "--format", "json", "--output", path) == (
        2,
        "",
        lines(f"execpolicy test: error: --output: cannot write {path!r}: {message}", f"  {advice}"),
    )


def test_a_report_that_may_not_be_written(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(folder / PETS_JSON, READS)
    asked = []

    def refuse(path: str, mode: int) -> bool:
        asked.append((path, mode))
        return False

    monkeypatch.setattr(os, "access", refuse)  # nothing is forbidden to root, who may run the tests
    run = execute("test", "--format", "json", "--output", "report.json")
    assert run == (
        2,
        "",
        lines(
            "execpolicy test: error: --output: cannot write 'report.json': permission denied",
            "  name another file",
        ),
    )
    assert asked == [(".", os.W_OK)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_report_on_a_full_disk(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "--format", "json", "--output", "/dev/full")
    assert run.code == 4
    assert run.err == "execpolicy: error: cannot write '/dev/full': No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_an_answer_on_a_full_disk(folder: Path, form: str) -> None:
    save(folder / PETS_JSON, READS)
    command, variables = process("test", "--format", form)
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=variables, timeout=30, check=False)
    assert run.returncode == 4
    assert run.stderr.decode() == "execpolicy: error: cannot write the output: No space left on device\n"
