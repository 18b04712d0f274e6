"""A run as text: failures in several lines, failures in one, and the line that counts them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy.errors import Diagnostic
from execpolicy.render.styled_line import StyledLine
from execpolicy.testing import CaseResult, parse_cases, run_item
from execpolicy.testing.report.as_text import brief, failure_lines, failure_text, headline, summary
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult
from tests.cli.case_files import READS, case_file

FAULT = Diagnostic("found 1, expected a text")


def result_of(**fields: Any) -> CaseResult:
    """What becomes of the case that passes, with other fields."""
    case = {**READS, "rule": ["EVL-4"], "sid": "ReadPets", **fields}
    told = {name: value for name, value in case.items() if value is not None}
    text = json.dumps(case_file(told), indent=1)
    return run_item(parse_cases(text, name="cases.json").items[0])


PASSED = result_of()
FAILED = result_of(expect="implicit_deny")


def report(*results: CaseResult, seconds: float = 1.234, faults: int = 0, **counts: int) -> RunReport:
    files = [FileReport("cases.json", "Cases", [TimedResult(result, 0.5) for result in results])]
    files += [FileReport(f"bad{number}.json", faults=[FAULT]) for number in range(faults)]
    return RunReport(files, seconds, **counts)


def text_of(line: StyledLine) -> str:
    return line.text


def styles_of(line: StyledLine) -> list[tuple[str, str]]:
    return [(part.style, part.text) for part in line.parts if part.style]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (report(PASSED), "1 passed in 1.23 s (1 file)"),
        (report(PASSED, FAILED, PASSED), "1 failed, 2 passed in 1.23 s (1 file)"),
        (report(FAILED, seconds=0.004), "1 failed, 0 passed in 0.00 s (1 file)"),
        (report(PASSED, faults=1), "1 passed, 1 file unusable in 1.23 s (1 file)"),
        (report(PASSED, faults=2), "1 passed, 2 files unusable in 1.23 s (1 file)"),
        (
            report(FAILED, deselected=5, not_run=7),
            "1 failed, 0 passed, 7 not run, 5 not selected in 1.23 s (1 file)",
        ),
        (report(PASSED, seconds=59.99), "1 passed in 59.99 s (1 file)"),
        (report(PASSED, seconds=59.999), "1 passed in 1 min 0 s (1 file)"),
        (report(PASSED, seconds=125.4), "1 passed in 2 min 5 s (1 file)"),
        (report(), "0 passed in 1.23 s (0 files)"),
    ],
)
def test_the_summary(run: RunReport, expected: str) -> None:
    assert summary(run).text == expected


def test_the_summary_s_colours() -> None:
    assert styles_of(summary(report(PASSED))) == [("allow", "1 passed")]
    assert styles_of(summary(report(PASSED, FAILED))) == [("explicit_deny", "1 failed")]
    assert styles_of(summary(report(PASSED, faults=1)))[-1] == ("explicit_deny", "1 file unusable")


def test_counts() -> None:
    run = report(PASSED, FAILED, PASSED, faults=1)
    assert (run.ran, run.passed, run.failed, run.unusable) == (3, 2, 1, 1)
    assert [result.passed for result in run.results()] == [True, False, True]
    assert (run.files[0].failed, run.files[0].seconds) == (1, 1.5)


def test_a_headline() -> None:
    assert headline(PASSED).text == f"{PASSED.case.place}: {PASSED.case.name} [EVL-4]: passed"
    assert styles_of(headline(PASSED)) == [("heading", headline(PASSED).text[:-6]), ("allow", "passed")]
    assert styles_of(headline(FAILED))[-1] == ("explicit_deny", "failed")


def test_a_failure_says_the_same_as_its_str() -> None:
    lines = [line.text for line in failure_lines(FAILED)]
    told = [line for line in lines if line and not line.lstrip()[:1].isdigit() and "^" not in line]
    # A report has no way to show every statement.
    assert told == [line.partition(" (explain()")[0] for line in str(FAILED).splitlines() if line.strip()]


def test_a_failure_shows_the_policy_s_own_lines() -> None:
    lines = [line.text for line in failure_lines(FAILED)]
    assert any(line.lstrip().startswith('10 | "Resource": "arn:aws:execute-api:') for line in lines)
    assert lines[1:5] == [
        "  expected: implicit_deny",
        "            sid: ReadPets",
        "  found:    allow",
        "            sid: ReadPets",
    ]
    assert failure_text(FAILED) == "".join(f"{line[2:]}\n" for line in lines[1:])


@pytest.mark.parametrize("width", [60, 72, 100])
def test_a_failure_keeps_to_the_width(width: int) -> None:
    long = {line.text for line in failure_lines(FAILED, width=width) if len(line.text) > width}
    # An ARN is left whole, and so are the lines of expectation and outcome.
    assert all("arn:" in line for line in long)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"expect": "implicit_deny"}, "expected implicit_deny, found allow"),
        ({"sid": "Writes"}, "expected sid: Writes, found sid: ReadPets"),
        (
            {"sid": "Writes", "layer": "scp"},
            "expected sid: Writes; layer: scp, found sid: ReadPets; layer: none",
        ),
    ],
)
def test_a_failure_in_a_line_tells_what_differs(fields: dict[str, Any], expected: str) -> None:
    assert brief(result_of(**fields)) == expected


def test_lists_of_other_lengths_are_told_in_full() -> None:
    case = PASSED.case
    odd = CaseResult(case, expected=["loads"], found=["1:1: found\x1b[2J", "2:2: this"], passed=False)
    assert brief(odd) == r"expected loads, found 1:1: found\x1b[2J; 2:2: this"
    none = CaseResult(case, expected=[], found=["loads"], passed=False)
    assert brief(none) == "expected nothing, found loads"


def test_an_error_is_shown_with_its_place() -> None:
    result = result_of(expect="error", error="another\x1b[2J", action="Invoke", sid=None)
    lines = failure_text(result).splitlines()
    assert lines[0] == r'expected: error: "another\x1b[2J"'
    assert lines[2] == ""
    assert lines[3].startswith("<action>:1:1: ")
    assert lines[5].endswith("| ^^^^^^")


def test_a_text_for_a_report_has_no_escapes() -> None:
    assert "\x1b" not in failure_text(result_of(expect="deny", why="red\x1b[31m\nsecond line"))
