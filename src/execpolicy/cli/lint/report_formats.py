"""The formats of the findings of ``execpolicy lint`` that are not the text for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from execpolicy.cli.repository import repository_root

if TYPE_CHECKING:
    from execpolicy.linter.report import LintReport


def _as_json(report: LintReport) -> str:
    from execpolicy.render.findings import findings_data
    from execpolicy.render.json import data_to_json

    return data_to_json(findings_data(report))


def _as_sarif(report: LintReport) -> str:
    from execpolicy import __version__
    from execpolicy.render.json import data_to_json
    from execpolicy.render.sarif import findings_to_sarif

    return data_to_json(findings_to_sarif(report, root=repository_root(), version=__version__))


def _as_markdown(report: LintReport) -> str:
    from execpolicy.render.lint_markdown import findings_to_markdown

    return findings_to_markdown(report)


def as_annotations(report: LintReport) -> str:
    """The annotations of GitHub, which follow the text."""
    from execpolicy.render.lint_github import findings_to_github

    return findings_to_github(report, repository_root())


#: The formats, by the value of the option ``--format``.
LINT_FORMATS: dict[str, Callable[[LintReport], str]] = {
    "json": _as_json,
    "sarif": _as_sarif,
    "markdown": _as_markdown,
}
