"""``execpolicy test`` proves the invariants of case files: each is an item of the run, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Execute
from tests.testing.report.test_as_json import validated
from tests.testing.test_invariant_cases import HEAD, PROVEN, REFUTED, sentences

NAME = "orders.execpolicy.yaml"
CASE = "cases:\n  - {name: health, call: GET /health, stage: prod, expect: 200}\n"


def save(folder: Path, *texts: str, more: str = "") -> None:
    (folder / NAME).write_text(sentences(HEAD, *texts, more=more) + CASE, "utf-8")


def test_proven_ones_pass(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, "nobody may call POST /**")
    run = execute("test", NAME)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"{NAME}: 3 passed\n")


def test_a_refuted_one_fails_with_its_counterexample(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, REFUTED)
    run = execute("test", NAME)
    assert run.code == 1
    headline = f"\n{NAME}:23:5: {REFUTED}: failed\n"
    assert f"{headline}  expected: proven\n  found:    refuted by GET /orders on prod by arn:aws:sts::" in run.out
    assert f'\n  - name: "counterexample: {REFUTED}"\n    caller:\n      principal: "arn:aws:sts::' in run.out
    brief = execute("test", NAME, "-q").out
    assert brief.startswith(f"{headline[1:-1]}: expected proven, found refuted by GET /orders on prod by arn:aws:sts::")


def test_an_unknown_one_fails_too(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, more="budget: 1")
    run = execute("test", NAME, "--format", "json")
    assert run.code == 1
    (failed,) = [case for case in validated(run.out)["cases"] if case["outcome"] == "failed"]
    assert failed["proof"]["verdict"] == "unknown"
    assert failed["proof"]["reason"].startswith("the budget of 1 step")
    assert failed["proof"]["counterexample"] is None


def test_the_report_in_json(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, REFUTED)
    run = execute("test", NAME, "--format", "json", "-v")
    assert run.code == 1
    report = validated(run.out)
    assert [case["sort"] for case in report["cases"]] == ["call", "invariant", "invariant"]
    assert [case["name"] for case in report["cases"]] == ["health", PROVEN, REFUTED]
    proven, refuted = (case["proof"] for case in report["cases"][1:])
    assert (proven["verdict"], refuted["verdict"]) == ("proven", "refuted")
    assert refuted["invariant"] == REFUTED
    assert refuted["assumptions"]
    assert refuted["counterexample"]["expect"] == "allow"


def test_the_other_reports(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, REFUTED)
    run = execute("test", NAME, "--format", "junit")
    assert run.code == 1
    failure = ET.fromstring(run.out).find(".//failure")
    assert failure is not None
    assert "counterexample: " in (failure.text or "")
    annotation = execute("test", NAME, "--format", "github").out.splitlines()[-1]
    assert annotation.startswith(f"::error file={NAME},line=23,col=5,title={REFUTED}%3A failed::")
    assert "%0A- name: " in annotation


def test_they_are_listed_and_selected_by_their_sentences(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, REFUTED)
    assert execute("test", NAME, "--list").out.splitlines()[1:3] == [
        f"{NAME}:22:5: {PROVEN}",
        f"{NAME}:23:5: {REFUTED}",
    ]
    run = execute("test", NAME, "-k", "'nobody may' and delete")
    assert run.code == 0
    assert "1 passed, 2 not selected" in run.out


@pytest.mark.parametrize("format_", ["text", "json"])
def test_coverage_and_mutation_leave_them_out(execute: Execute, folder: Path, format_: str) -> None:
    reports = []
    for text in (sentences(HEAD + CASE, PROVEN), HEAD + CASE):
        (folder / NAME).write_text(text, "utf-8")
        run = execute("test", NAME, "--coverage", "--mutate", "--format", format_)
        if format_ == "json":
            report = json.loads(run.out)
            reports.append((report["coverage"]["report"], report["mutation"]["report"]))
        else:
            reports.append((run.out.split("\n\n")[1:-1], None))
    assert reports[0] == reports[1]


def test_a_file_of_invariants_alone_has_no_mutants(execute: Execute, folder: Path) -> None:
    (folder / NAME).write_text(sentences(HEAD, PROVEN), "utf-8")
    run = execute("test", NAME, "--coverage", "--mutate")
    assert run.code == 0, run.out + run.err
    assert "1 passed" in run.out


def test_a_wrong_sentence_is_an_error_of_the_file(execute: Execute, folder: Path) -> None:
    save(folder, PROVEN, "nobody may cal DELETE /**")
    run = execute("test", NAME)
    assert run.code == 2
    assert run.err == (
        f'{NAME}:23:29: found "cal", expected call\n'
        '  23 |   - {invariant: "nobody may cal DELETE /**"}\n'
        "     |                             ^^^\n"
        '  did you mean "call"?\n'
    )
