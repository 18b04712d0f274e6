"""A run as annotations of GitHub: a workflow command for each failure and for each error of a case file."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.file_names import relative_name
from execpolicy.errors import Diagnostic
from execpolicy.render.github import annotation
from execpolicy.testing.report.as_text import failure_text
from execpolicy.testing.report.model import RunReport
from execpolicy.testing.run.result import CaseResult


def report_to_github(report: RunReport, root: str) -> str:
    """The annotations of a run, one on each line.

    Args:
        report: the run.
        root: the folder of the repository: GitHub takes paths from there.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{command}\n" for command in _commands(report, root))


def _commands(report: RunReport, root: str) -> Iterator[str]:
    for file in report.files:
        yield from (_of_fault(fault, file.name, root) for fault in file.faults)
        yield from (_of_failure(ran.result, root) for ran in file.ran if not ran.result.passed)


def _of_failure(result: CaseResult, root: str) -> str:
    case = result.case
    text = failure_text(result).rstrip("\n")
    return annotation(
        text,
        title=f"{case.name}: failed",
        file=relative_name(case.source.name, root),
        line=case.span.line,
        column=case.span.column,
    )


def _of_fault(fault: Diagnostic, file: str, root: str) -> str:
    message = f"{fault.message}\n{fault.advice}" if fault.advice else fault.message
    title, source, span = "unusable case file", fault.source, fault.span
    if source is None or span is None:
        return annotation(message, title=title, file=relative_name(file, root) if source is not None else "")
    return annotation(message, title=title, file=relative_name(source.name, root), line=span.line, column=span.column)
