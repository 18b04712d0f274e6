"""What changed in the files of a report since a revision, as ``execpolicy diff`` finds it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from execpolicy.cli.diff.parts import compared_parts
from execpolicy.cli.diff.versions import contents_of, read_versions
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.working_line import WorkingLine
from execpolicy.render.comparison import ComparedPart, comparison_lines
from execpolicy.render.report.model import ReportChange


def report_changes(
    inputs: Inputs, arguments: argparse.Namespace, paths: Sequence[str], line: WorkingLine
) -> tuple[ReportChange, ...]:
    """What changed of each part; nothing if an error was reported.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options, with ``--git``.
        paths: the files.
        line: shows what is worked on.
    """
    found = []
    for path in paths:
        of_diff = argparse.Namespace(
            **{**vars(arguments), "files": [path], "kind": None, "planned": False, "within": None},
            terraform_source_before=None,
        )
        versions = read_versions(inputs, of_diff)
        contents = None if versions is None else contents_of(inputs, of_diff, versions)
        if versions is not None and contents is not None:
            found += [_shown(part) for part in compared_parts(inputs, of_diff, versions, contents, line)]
    return tuple(found)


def _shown(part: ComparedPart) -> ReportChange:
    first, *others = (line.text for line in comparison_lines([part], None, verbose=False))
    return ReportChange(first, tuple(others))
