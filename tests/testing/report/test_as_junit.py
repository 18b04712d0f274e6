"""A run as JUnit XML: what GitHub's actions, GitLab and Jenkins read of it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from execpolicy.errors import Diagnostic, Source
from execpolicy.testing import parse_cases, run_item
from execpolicy.testing.report.as_junit import class_of, legal, report_to_junit
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult
from tests.cli.case_files import READS, SELLS, case_file

STARTED = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)

#: The attributes of the schema that Jenkins publishes (junit-10.xsd): those that must be there, and the others.
ATTRIBUTES = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time", "disabled"}),
    "testsuite": (
        {"name", "tests"},
        {"failures", "errors", "time", "skipped", "timestamp", "id", "package", "hostname", "file", "disabled"},
    ),
    "testcase": ({"name"}, {"classname", "file", "line", "time", "assertions", "status", "class"}),
    "failure": (set(), {"message", "type"}),
    "error": (set(), {"message", "type"}),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error"},
    "failure": set(),
    "error": set(),
}


def file_report(*cases: dict[str, Any], name: str = "cases/pets.execpolicy.json") -> FileReport:
    file = parse_cases(json.dumps(case_file(*cases), indent=1), name=name)
    return FileReport(name, file.title, [TimedResult(run_item(item), 0.25) for item in file.items])


def unusable(name: str = "bad.json") -> FileReport:
    source = Source(name, '{"a":\n 1')
    fault = Diagnostic("found the end\x00", source, source.span(7, 8), advice="close it")
    return FileReport(name, faults=[fault, Diagnostic("second")])


def parsed(*files: FileReport) -> ET.Element:
    text = report_to_junit(RunReport(files, 1.5), started=STARTED)
    root = ET.fromstring(text)
    for element in root.iter():
        needed, possible = ATTRIBUTES[element.tag]
        assert needed <= set(element.keys()) <= needed | possible, element.tag
        assert {child.tag for child in element} <= CHILDREN[element.tag]
    return root


def test_a_run() -> None:
    root = parsed(file_report(READS, SELLS))
    assert root.attrib == {"name": "execpolicy", "tests": "2", "failures": "1", "errors": "0", "time": "1.500000"}
    suite = root[0]
    assert suite.attrib == {
        "id": "0",
        "name": "cases/pets.execpolicy.json",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0.500000",
        "timestamp": "2026-02-03T04:05:06+00:00",
    }
    assert suite[0].attrib == {
        "classname": "cases.pets",
        "name": "Ann reads pets",
        "file": "cases/pets.execpolicy.json",
        "line": "24",
        "time": "0.250000",
    }
    assert len(suite[0]) == 0


def test_a_failure() -> None:
    (failure,) = parsed(file_report(READS, SELLS))[0][1]
    assert failure.attrib == {"message": "expected allow, found implicit_deny", "type": "failed"}
    assert failure.text is not None
    lines = failure.text.splitlines()
    assert lines[:5] == [
        "cases/pets.execpolicy.json:30:3: Ann sells pets",
        "expected: allow",
        "found:    implicit_deny",
        "",
        "DENY (implicit): no identity-based policy allows execute-api:Invoke",
    ]


def test_a_file_that_cannot_be_used_is_an_error() -> None:
    root = parsed(file_report(READS), unusable())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "0", "1")
    suite = root[1]
    assert (suite.get("id"), suite.get("tests"), suite.get("errors")) == ("1", "1", "1")
    (case,) = suite
    assert (case.get("classname"), case.get("name"), case.get("line")) == ("bad", "the file can be used", "2")
    (error,) = case
    assert error.attrib == {"message": r"found the end\x00", "type": "unusable"}
    assert error.text == "bad.json:2:2: found the end\\x00\n  2 |  1\n    |  ^\n  close it\nsecond\n"


def test_a_file_of_which_nothing_was_run_is_left_out() -> None:
    assert [suite.get("name") for suite in parsed(FileReport("none.json"), file_report(READS, name="a.json"))] == [
        "a.json"
    ]


@pytest.mark.parametrize("name", ["<&>\"'", "a\x1b[2J", "tab\tand\nline", "\ufffe\uffff\x01\x7f", "Katze \U0001f408 é"])
def test_any_name_can_be_told(name: str) -> None:
    told = {**SELLS, "name": name, "why": name}
    text = report_to_junit(RunReport([file_report(told)], 1), started=STARTED)
    assert text.isascii()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    case = ET.fromstring(text)[0][0]
    assert case.get("name") == legal(name)
    assert case[0].text is not None


def test_what_is_legal_stays() -> None:
    assert legal("Katze \U0001f408\té\n") == "Katze \U0001f408\té\n"
    assert legal("\ud800\r\x0b") == r"\ud800\r\x0b"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pets.execpolicy.yaml", "pets"),
        ("./a/b/pets.execpolicy.yml", "a.b.pets"),
        ("../pets.json", "pets"),
        ("/srv/cases/pets.yaml", "srv.cases.pets"),
        ("pets", "pets"),
        ("<stdin>", "<stdin>"),
        ("..", "execpolicy"),
    ],
)
def test_what_stands_for_a_class(path: str, expected: str) -> None:
    assert class_of(path) == expected
