"""A run as JSON: what is in it, and that it is as its schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from execpolicy.errors import Diagnostic, Source
from execpolicy.testing import load_cases, parse_cases, run_item
from execpolicy.testing.coverage import StatementCoverage
from execpolicy.testing.report.as_json import SCHEMA_VERSION, report_to_json
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult
from tests.cli.case_files import READS, SELLS, case_file

ROOT = Path(__file__).parents[3]


def schema(name: str) -> dict[str, Any]:
    text: dict[str, Any] = json.loads((ROOT / "docs" / "schemas" / f"{name}-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(text)
    return text


_OTHERS = [schema(name) for name in ("decision", "response", "coverage", "mutation")]
_REGISTRY: Registry[Any] = Registry().with_resources(
    [(other["$id"], Resource.from_contents(other)) for other in _OTHERS]
)
TEST = Draft202012Validator(schema("test"), registry=_REGISTRY)


def validated(text: str) -> dict[str, Any]:
    """The report, which is as its schema says."""
    value: dict[str, Any] = json.loads(text)
    assert [error.message for error in TEST.iter_errors(value)] == []
    return value


def run_of(*cases: dict[str, Any], **fields: Any) -> FileReport:
    file = parse_cases(json.dumps(case_file(*cases, **fields), indent=1), name="pets.json")
    return FileReport("pets.json", file.title, [TimedResult(run_item(item), 0.25) for item in file.items])


def test_a_run() -> None:
    report = RunReport([run_of({**READS, "why": "she may", "rule": "EVL-4"}, SELLS)], 1.5, deselected=3, not_run=4)
    value = validated(report_to_json(report, verdict="failed"))
    assert list(value) == ["schema_version", "verdict", "summary", "errors", "cases"]
    assert value["schema_version"] == SCHEMA_VERSION == 1
    assert value["summary"] == {
        "passed": 1,
        "failed": 1,
        "not_run": 4,
        "deselected": 3,
        "files": 1,
        "unusable_files": 0,
        "seconds": 1.5,
    }
    passed, failed = value["cases"]
    assert passed == {
        "file": "pets.json",
        "line": 24,
        "column": 3,
        "name": "Ann reads pets",
        "sort": "decision",
        "rules": ["EVL-4"],
        "why": "she may",
        "outcome": "passed",
        "expected": ["allow"],
        "found": ["allow"],
        "seconds": 0.25,
    }
    assert (failed["line"], failed["outcome"], failed["expected"], failed["found"]) == (
        32,
        "failed",
        ["allow"],
        ["implicit_deny"],
    )
    assert failed["decision"]["outcome"] == "implicit_deny"


def test_why_is_told_of_what_passed_too_on_demand() -> None:
    value = validated(report_to_json(RunReport([run_of(READS)], 1), verdict="passed", every=True))
    assert value["cases"][0]["decision"]["outcome"] == "allow"


def test_files_that_cannot_be_used() -> None:
    source = Source("other.json", '{"a": 1}')
    faults = [Diagnostic("found 1", source, source.span(6, 7), advice="write a text"), Diagnostic("no such file")]
    value = validated(report_to_json(RunReport([FileReport("bad.json", faults=faults)], 1), verdict="unusable"))
    assert value["errors"] == [
        {"file": "other.json", "line": 1, "column": 7, "message": "found 1", "advice": "write a text"},
        {"file": "bad.json", "line": None, "column": None, "message": "no such file", "advice": ""},
    ]
    assert (value["summary"]["files"], value["summary"]["unusable_files"]) == (1, 1)


def test_sections_follow_the_cases() -> None:
    section = {"fail_under": 80.0, "met": False, "report": StatementCoverage().report().to_dict()}
    value = validated(report_to_json(RunReport([], 1), verdict="failed", coverage=section))
    assert list(value)[-1] == "coverage"
    assert value["coverage"] == section


def test_all_is_ascii() -> None:
    text = report_to_json(RunReport([run_of({**READS, "name": "Katze \U0001f408\x1b"})], 1), verdict="passed")
    assert text.isascii()
    assert text.endswith("}\n")
    assert "\x1b" not in text


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "conformance").glob("*.json")), ids=lambda path: path.stem)
def test_every_sort_of_case_is_as_the_schema_says(path: Path, every: bool) -> None:
    items = load_cases(path).items[::20][:5]
    report = RunReport([FileReport(str(path), "", [TimedResult(run_item(item), 0) for item in items])], 1)
    value = validated(report_to_json(report, verdict="passed", every=every))
    assert {case["sort"] for case in value["cases"]} <= {"decision", "call", "sequence", "document"}
    keys = {"decision", "response", "error", "calls"}
    assert all(bool(keys & case.keys()) is every or case["expected"] == ["loads"] for case in value["cases"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value.update(extra=1),
        lambda value: value["cases"][0].update(extra=1),
        lambda value: value["cases"][0].pop("seconds"),
        lambda value: value["cases"][0].update(sort="request"),
        lambda value: value["summary"].pop("files"),
        lambda value: value.update(coverage={"met": True}),
    ],
)
def test_the_schema_refuses_what_is_not_in_it(spoil: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(report_to_json(RunReport([run_of(READS)], 1), verdict="passed"))
    spoil(value)
    assert list(TEST.iter_errors(value)) != []
