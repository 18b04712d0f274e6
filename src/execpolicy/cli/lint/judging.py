"""Takes findings that are ignored, and those of a baseline, out of what was found."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.lint.checking import Checking
from execpolicy.cli.lint.ignore_files import IgnoreFiles
from execpolicy.cli.report_files import write_report
from execpolicy.cli.repository import repository_root
from execpolicy.document.syntax.file_names import relative_name
from execpolicy.linter.baseline import KnownFinding, baseline_text, compare, marks_of, parse_baseline
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.ignores.apply import LintedText, judge, names_of, today
from execpolicy.linter.ignores.ignore import NEVER_IGNORED
from execpolicy.linter.report import LintReport


def report_of(
    inputs: Inputs,
    checking: Checking,
    *,
    ignore_files: IgnoreFiles,
    rules: Collection[str],
    baseline: Sequence[KnownFinding] | None,
    write_baseline: str | None,
    report_unused: bool,
) -> LintReport:
    """The report of what was checked. Wrong files of ignores are errors, and ignore nothing.

    Args:
        inputs: collects the errors.
        checking: what was checked.
        ignore_files: reads the files of ignores.
        rules: the ids of the rules that were checked.
        baseline: the findings of the baseline; None without one.
        write_baseline: the file to write a baseline to.
        report_unused: whether to report ignores that ignored nothing.

    Raises:
        OutputError: the baseline cannot be written.
    """
    texts = checking.texts
    entries = ignore_files.entries(names_of(texts))
    judged = judge(texts, entries, chosen=rules, day=today(), report_unused=report_unused)
    report = LintReport(judged.shown, (), tuple(checking.passed_over), judged.suppressed)
    root = repository_root()
    marks = marks_of(report.every_finding, root)
    if write_baseline is not None:
        baseline = _write(inputs, write_baseline, baseline_text(judged.shown, marks=marks, root=root))
    if baseline is not None:
        rules = {*rules, *(each.rule for each in baseline if each.rule not in RULES)}
        files = _checked(texts, baseline, root)
        compared = compare(judged.shown, baseline, marks=marks, files=files, rules=rules)
        report = report._replace(findings=compared.new, baseline=compared)
    return report._replace(faults=tuple(inputs.faults))


def _write(inputs: Inputs, path: str, text: str) -> Sequence[KnownFinding] | None:
    """Write a baseline, unless something was not checked; what it has."""
    if inputs.faults:
        advice = "correct the other errors first: their findings are not known"
        inputs.report(f"--write-baseline: {path!r} is not written", advice=advice)
        return None
    write_report(path, text)
    return parse_baseline(text, path)


def _checked(texts: Sequence[LintedText], baseline: Sequence[KnownFinding], root: str) -> set[str]:
    """The files that were checked, from the root, and those of the baseline that do not exist."""
    loaded = [text for text in texts if not any(each.rule.id in NEVER_IGNORED for each in text.findings)]
    checked = {relative_name(name, root) for name in names_of(loaded)}
    return checked | {each.file for each in baseline if not os.path.lexists(os.path.join(root, each.file))}
