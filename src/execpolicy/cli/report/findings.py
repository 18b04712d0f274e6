"""The findings of lint on the files of a report, as ``execpolicy lint`` finds them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.lint.checking import Checking
from execpolicy.cli.lint.exclusion import Exclusion
from execpolicy.cli.lint.ignore_files import IgnoreFiles
from execpolicy.cli.lint.settings import find_settings
from execpolicy.linter.catalogue import DEFAULT
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores.apply import judge, names_of, today
from execpolicy.loaders.contents import ReadOptions
from execpolicy.render.excerpt import excerpt
from execpolicy.render.report.model import ReportFinding

#: The longest line of an excerpt.
_WIDTH = 110


def report_findings(
    inputs: Inputs, paths: Sequence[str], options: ReadOptions
) -> tuple[tuple[ReportFinding, ...], int] | None:
    """The findings, and how many are ignored; None if an error was reported."""
    settings = inputs.attempt(lambda: find_settings(os.curdir))
    if settings is None:
        return None
    rules = (settings.select or DEFAULT) - settings.ignore
    checking = Checking(
        inputs, rules, options, None, defaults=settings.options, skips_unknown=False, exclusion=Exclusion()
    )
    checking.check(paths)
    entries = IgnoreFiles(inputs).entries(names_of(checking.texts))
    judged = judge(checking.texts, entries, chosen=rules, day=today())
    if inputs.faults:
        return None
    return tuple(map(_shown, judged.shown)), len(judged.suppressed)


def _shown(finding: Finding) -> ReportFinding:
    lines: tuple[str, ...] = ()
    if finding.source is not None and finding.span is not None:
        found = excerpt(finding.source, finding.span, width=_WIDTH, brief=True, marked=[finding.span])
        lines = tuple(line.text for line in found)
    severity, rule = str(finding.severity), f"{finding.rule.id} {finding.rule.name}"
    return ReportFinding(finding.place, severity, rule, finding.message, finding.help, lines)
