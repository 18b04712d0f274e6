"""A run as JUnit XML, with the elements and attributes that GitHub Actions, GitLab and Jenkins read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as ET

from execpolicy.document.syntax.wording import printable
from execpolicy.testing.report.as_text import brief, failure_text
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult

_ENDINGS = (".execpolicy.yaml", ".execpolicy.yml", ".execpolicy.json", ".yaml", ".yml", ".json")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def report_to_junit(report: RunReport, *, started: datetime) -> str:
    """A run as XML in ASCII: a test suite for each file, an error for each file that cannot be used.

    Args:
        report: the run.
        started: the start time, with its time zone.
    """
    root = ET.Element(
        "testsuites",
        name="execpolicy",
        tests=str(report.ran + report.unusable),
        failures=str(report.failed),
        errors=str(report.unusable),
        time=_seconds(report.seconds),
    )
    for number, file in enumerate(file for file in report.files if file.ran or file.faults):
        root.append(_suite(file, number, started))
    ET.indent(root)
    # Other characters are written as references, so that any encoding of a terminal or pipe works.
    text: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=False)
    return _DECLARATION + text.decode("ascii") + "\n"


def _suite(file: FileReport, number: int, started: datetime) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        id=str(number),
        name=legal(file.name),
        tests=str(len(file.ran) + bool(file.faults)),
        failures=str(file.failed),
        errors=str(int(bool(file.faults))),
        skipped="0",
        time=_seconds(file.seconds),
        timestamp=started.isoformat(timespec="seconds"),
    )
    if file.faults:
        suite.append(_unusable(file))
    suite.extend(_case(file, ran) for ran in file.ran)
    return suite


def _case(file: FileReport, ran: TimedResult) -> ET.Element:
    result, item = ran.result, ran.result.case
    case = _testcase(file, item.name, item.span.line, ran.seconds)
    if not result.passed:
        place = legal(f"{item.place}: {item.name}")
        failure = ET.SubElement(case, "failure", message=legal(brief(result)), type="failed")
        failure.text = f"{place}\n{legal(failure_text(result))}"
    return case


def _unusable(file: FileReport) -> ET.Element:
    first = file.faults[0]
    case = _testcase(file, "the file can be used", first.span.line if first.span is not None else 1, 0)
    error = ET.SubElement(case, "error", message=legal(first.message), type="unusable")
    error.text = legal("\n".join(str(fault) for fault in file.faults) + "\n")
    return case


def _testcase(file: FileReport, name: str, line: int, seconds: float) -> ET.Element:
    return ET.Element(
        "testcase",
        classname=class_of(file.name),
        name=legal(name),
        file=legal(file.name),
        line=str(line),
        time=_seconds(seconds),
    )


def class_of(path: str) -> str:
    """The class name of a file: its path as a dotted name, by which reports group tests.

    >>> class_of("tests/shop/orders.execpolicy.yaml")
    'tests.shop.orders'
    """
    stem = next((path.removesuffix(ending) for ending in _ENDINGS if path.endswith(ending)), path)
    parts: Iterable[str] = stem.replace(os.sep, "/").split("/")
    return legal(".".join(part for part in parts if part not in ("", ".", ".."))) or "execpolicy"


def legal(text: str) -> str:
    r"""A text with the characters escaped that XML does not allow and those that control terminals.

    >>> legal("a\x1b[2J b")
    'a\\x1b[2J b'
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\t\n" else printable(char) for char in text)


def _seconds(seconds: float) -> str:
    return f"{seconds:.6f}"
