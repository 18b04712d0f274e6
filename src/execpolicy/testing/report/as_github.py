"""A run as annotations of GitHub: a workflow command for each failure and for each error of a case file."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.errors import Diagnostic
from execpolicy.testing.report.as_text import failure_text
from execpolicy.testing.report.model import RunReport
from execpolicy.testing.run.result import CaseResult

#: GitHub shows the beginning of longer messages only.
_LONGEST = 4000


def report_to_github(report: RunReport) -> str:
    """The annotations of a run, one on each line.

    Args:
        report: the run.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{command}\n" for command in _commands(report))


def annotation(message: str, *, title: str, file: str = "", line: int = 0, column: int = 0) -> str:
    r"""An ``error`` command. Line and column count from 1; 0 stands for none.

    >>> annotation("found: 50%\nof it", title="a, b", file="c:d.yaml", line=3, column=5)
    '::error file=c%3Ad.yaml,line=3,col=5,title=a%2C b::found: 50%25%0Aof it'
    """
    properties = {"file": file, "line": str(line or ""), "col": str(column or ""), "title": title}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::error {given}::{_data(message)}"


def _commands(report: RunReport) -> Iterator[str]:
    for file in report.files:
        yield from (_of_fault(fault, file.name) for fault in file.faults)
        yield from (_of_failure(ran.result) for ran in file.ran if not ran.result.passed)


def _of_failure(result: CaseResult) -> str:
    case = result.case
    text = failure_text(result).rstrip("\n")
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return annotation(
        shown, title=f"{case.name}: failed", file=case.source.name, line=case.span.line, column=case.span.column
    )


def _of_fault(fault: Diagnostic, file: str) -> str:
    message = f"{fault.message}\n{fault.advice}" if fault.advice else fault.message
    title = "unusable case file"
    if fault.source is None or fault.span is None:
        return annotation(message, title=title, file=file if fault.source is not None else "")
    return annotation(message, title=title, file=fault.source.name, line=fault.span.line, column=fault.span.column)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
