"""``execpolicy test``: --coverage and --mutate, their thresholds, and where they are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.case_files import READS, SELLS, save, timeless
from tests.cli.conftest import ANN, API, Execute, document
from tests.cli.test.test_verb import PETS_JSON, lines
from tests.cli.test_output import on_terminal
from tests.testing.report.test_as_json import validated

#: What Ann may do, with three points: the statement, its Resource and its Condition.
GUARDED: dict[str, Any] = {
    "policies": {"reads": document(Resource=f"{API}/prod/GET/*", Condition={"Bool": {"aws:SecureTransport": "true"}})}
}
#: The first case covers the statement, the second the Resource.
READS_SAFELY = {**READS, "context": {"aws:SecureTransport": "true"}}
SELLS_NOT = {**READS_SAFELY, **SELLS, "expect": "implicit_deny"}
#: With this nothing is left.
IN_THE_OPEN = {
    **READS,
    "name": "Ann reads in the open",
    "context": {"aws:SecureTransport": "false"},
    "expect": "implicit_deny",
}


def test_coverage_follows_the_failures(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "--coverage", PETS_JSON)
    assert (run.code, run.err) == (0, "")
    blocks = run.out.split("\n\n")
    assert blocks[:2] == [f"{PETS_JSON}: 1 passed", "Statement coverage of 1 case: 50.0% (1 of 2 points)"]
    assert timeless(blocks[-1]) == "1 passed in 0.00 s (1 file)\n"


def test_quiet_coverage_is_a_line(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS_SAFELY, SELLS_NOT, **GUARDED)
    assert timeless(execute("test", "-q", "--coverage").out) == lines(
        "Statement coverage of 2 cases: 66.6% (2 of 3 points)", "2 passed in 0.00 s (1 file)"
    )


def test_coverage_in_a_file(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    for form in ("text", "json", "html"):
        run = execute("test", f"--coverage={form}", "--coverage-output", "coverage")
        assert (run.code, run.err) == (0, "")
        assert timeless(run.out) == lines(
            f"{PETS_JSON}: 1 passed",
            "",
            "Statement coverage of 1 case: 50.0% (1 of 2 points); written to coverage",
            "",
            "1 passed in 0.00 s (1 file)",
        )
        text = (folder / "coverage").read_text("utf-8")
        assert text.startswith({"text": "Statement coverage of 1 case: ", "json": "{\n", "html": "<!"}[form])
        if form == "json":
            assert json.loads(text)["percent"] == 50.0


def test_coverage_in_json(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    for option in ("--coverage", "--coverage=json"):
        run = execute("test", "--format", "json", option)
        value = validated(run.out)
        assert (run.code, value["verdict"]) == (0, "passed")
        assert (value["coverage"]["fail_under"], value["coverage"]["met"]) == (None, None)
        assert value["coverage"]["report"]["percent"] == 50.0
        assert "mutation" not in value


def test_coverage_beside_junit(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "--format", "junit", "--coverage=html", "--coverage-output", "c.html")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("<?xml ")
    assert run.out.endswith("</testsuites>\n")
    assert (folder / "c.html").exists()
    run = execute("test", "--format", "junit", "--output", "r.xml", "--coverage")
    assert "Statement coverage of 1 case: 50.0% " in run.out


@pytest.mark.parametrize(
    ("least", "code", "message"),
    [
        ("66.6", 0, ""),
        ("66.67", 1, "execpolicy test: coverage is 66.6%, --coverage-fail-under requires 66.67%\n"),
        ("80", 1, "execpolicy test: coverage is 66.6%, --coverage-fail-under requires 80%\n"),
        ("0", 0, ""),
    ],
)
def test_the_threshold_of_coverage(execute: Execute, folder: Path, least: str, code: int, message: str) -> None:
    save(folder / PETS_JSON, READS_SAFELY, SELLS_NOT, **GUARDED)
    run = execute("test", "--coverage", "--coverage-fail-under", least)
    assert (run.code, run.err) == (code, message)
    run = execute("test", "--coverage", "--coverage-fail-under", least, "--format", "json")
    value = validated(run.out)
    assert (run.code, run.err, value["verdict"]) == (code, message, "failed" if code else "passed")
    assert (value["coverage"]["fail_under"], value["coverage"]["met"]) == (float(least), not code)


def test_full_coverage(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS_SAFELY, SELLS_NOT, IN_THE_OPEN, **GUARDED)
    run = execute("test", "-q", "--coverage", "--coverage-fail-under", "100")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("Statement coverage of 3 cases: 100.0% (3 of 3 points)\n")


def test_a_file_that_cannot_be_used_outweighs_a_threshold(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "none.json", PETS_JSON, "--coverage", "--coverage-fail-under", "100")
    assert run.code == 2
    assert 'cannot read "none.json"' in run.err
    assert run.err.endswith("coverage is 50.0%, --coverage-fail-under requires 100%\n")


def test_a_coverage_file_that_cannot_be_written(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    assert execute("test", "--coverage", "--coverage-output", f"{PETS_JSON}/c.txt") == (
        2,
        "",
        lines(
            f"execpolicy test: error: --coverage-output: cannot write '{PETS_JSON}/c.txt': '{PETS_JSON}' is not a "
            "directory",
            "  name another file",
        ),
    )


@pytest.mark.parametrize(
    ("options", "file", "beginning"),
    [
        (["--coverage=html"], "execpolicy-coverage.html", "<!DOCTYPE html>"),
        (["--coverage=json"], "execpolicy-coverage.json", "{"),
        (["--coverage=html", "--format", "json"], "execpolicy-coverage.html", "<!DOCTYPE html>"),
        (["--coverage=html", "--format", "junit"], "execpolicy-coverage.html", "<!DOCTYPE html>"),
        (["--coverage=html", "--coverage-output", "new/deeper/c.html"], "new/deeper/c.html", "<!DOCTYPE html>"),
    ],
)
def test_the_file_of_a_coverage_report(
    execute: Execute, folder: Path, options: list[str], file: str, beginning: str
) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", *options)
    assert (run.code, run.err) == (0, "")
    assert (folder / file).read_text("utf-8").lstrip().lower().startswith(beginning.lower())
    assert (f"; written to {file}\n" in run.out) is ("--format" not in options)


def test_coverage_in_the_json_report_has_no_file(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    execute("test", "--format", "json", "--coverage=json")
    assert not (folder / "execpolicy-coverage.json").exists()


#: A policy of one statement that allows everything: what could be changed is few.
OPEN: dict[str, Any] = {
    "policies": {"open": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}},
    "callers": {"ann": {"principal": ANN, "identity": ["open"]}},
}


def test_mutation_follows_coverage(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, **OPEN)
    run = execute("test", "--mutate", "--mutation-fail-under", "100")
    assert (run.code, run.err) == (0, "")
    blocks = run.out.split("\n\n")
    assert blocks[1].startswith("Mutation score: 100.0% (2 of 2 killed, 0 survived")
    assert timeless(blocks[-1]) == "1 passed in 0.00 s (1 file)\n"


def test_the_threshold_of_mutation(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "--mutate", "--mutation-fail-under", "100", "--format", "json")
    value = validated(run.out)
    assert (run.code, value["verdict"]) == (1, "failed")
    mutation = value["mutation"]
    assert (mutation["fail_under"], mutation["met"]) == (100, False)
    percent = mutation["report"]["percent"]
    assert 0 < percent < 100
    message = f"the mutation score is {percent:.1f}%, --mutation-fail-under requires 100%"
    assert run.err == f"execpolicy test: {message}\n"
    run = execute("test", "-q", "--mutate", "--mutation-fail-under", str(percent))
    assert (run.code, run.err) == (0, "")
    first, last = run.out.splitlines()
    assert first.startswith(f"Mutation score: {percent:.1f}% (")
    assert last.startswith("1 passed in ")


@pytest.mark.parametrize(
    ("cases", "why"),
    [([READS, SELLS], "1 case fails"), ([SELLS, {**READS, "expect": "deny"}], "2 cases fail")],
)
def test_policies_are_not_changed_while_cases_fail(
    execute: Execute, folder: Path, cases: list[dict[str, Any]], why: str
) -> None:
    save(folder / PETS_JSON, *cases)
    run = execute("test", "--mutate", "--mutation-fail-under", "50")
    assert run.code == 1
    assert f"\n\nMutation: not run: {why}; fix that first\n\n" in run.out
    assert run.err == "execpolicy test: the mutation score is not known, --mutation-fail-under requires 50%\n"
    value = validated(execute("test", "--mutate", "--format", "json").out)
    assert value["mutation"] == {"fail_under": None, "met": None, "report": None}


def test_policies_are_not_changed_where_nothing_was_run(execute: Execute, folder: Path) -> None:
    (folder / PETS_JSON).write_text("[]", "utf-8")
    run = execute("test", "--mutate", "--coverage")
    assert run.code == 2
    assert run.out.endswith("\n\nMutation: not run: no case was run\n")


def test_a_terminal_shows_how_far_the_changes_are(folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    code, text = on_terminal("test", "--mutate", environment={"NO_COLOR": "1"})
    assert code == 0
    assert "\rchanges of policies: 1/" in text
    assert " \r\nMutation score: " in text
