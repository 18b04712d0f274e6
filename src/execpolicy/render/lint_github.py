"""Findings as annotations of GitHub: a workflow command for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from execpolicy.document.syntax.file_names import relative_name
from execpolicy.errors import Diagnostic
from execpolicy.linter.finding import Finding
from execpolicy.linter.report import LintReport
from execpolicy.linter.severity import Severity
from execpolicy.render.github import AnnotationLevel, annotation

#: What fails by default is an error.
_LEVELS: Final[Mapping[Severity, AnnotationLevel]] = {
    Severity.ERROR: AnnotationLevel.ERROR,
    Severity.SECURITY_WARNING: AnnotationLevel.ERROR,
    Severity.WARNING: AnnotationLevel.WARNING,
    Severity.SUGGESTION: AnnotationLevel.NOTICE,
}


def findings_to_github(report: LintReport, root: str) -> str:
    """The annotations of a run of the linter, one on each line: of findings, and of files that cannot be read.

    Args:
        report: the run.
        root: the folder of the repository: GitHub takes paths from there.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{command}\n" for command in _commands(report, root))


def _commands(report: LintReport, root: str) -> Iterator[str]:
    found: tuple[Finding | Diagnostic, ...] = (*report.findings, *report.faults)
    names = {each.source.name for each in found if each.source is not None}
    files = {name: relative_name(name, root) for name in names}
    yield from (_of_finding(finding, files) for finding in report.findings)
    yield from (_of_fault(fault, files) for fault in report.faults)


def _of_finding(finding: Finding, files: Mapping[str, str]) -> str:
    title = f"{finding.rule.id} {finding.rule.name}"
    return _at(finding, files, f"{finding.message}\n{finding.help}", title, _LEVELS[finding.severity])


def _of_fault(fault: Diagnostic, files: Mapping[str, str]) -> str:
    message = f"{fault.message}\n{fault.advice}" if fault.advice else fault.message
    return _at(fault, files, message, "not checked", AnnotationLevel.ERROR)


def _at(found: Finding | Diagnostic, files: Mapping[str, str], message: str, title: str, level: AnnotationLevel) -> str:
    """The annotation at the place of what was found."""
    file = "" if found.source is None else files[found.source.name]
    span = found.span
    if not file or span is None:
        return annotation(message, title=title, file=file, level=level)
    is_one_line = span.line == span.end_line
    return annotation(
        message,
        title=title,
        file=file,
        line=span.line,
        column=span.column if is_one_line else 0,
        end_line=span.end_line,
        end_column=span.end_column if is_one_line else 0,
        level=level,
    )
