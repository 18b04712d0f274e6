"""Reads the case files of a run and selects their cases."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from execpolicy.cli.inputs import Inputs, name_of
from execpolicy.cli.test.case_paths import find_case_files
from execpolicy.cli.test.keywords import NameFilter
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.encoding import decode
from execpolicy.document.syntax.wording import counted
from execpolicy.errors import Diagnostic, Source
from execpolicy.testing.case_file.load import parse_cases
from execpolicy.testing.case_file.model import CaseFile, Item


class CollectedFile(NamedTuple):
    """A case file with the items to run, or with its errors if it cannot be used."""

    name: str
    title: str = ""
    items: Sequence[Item] = ()
    faults: Sequence[Diagnostic] = ()
    deselected: int = 0


def collect(
    inputs: Inputs,
    paths: Sequence[str],
    selects: NameFilter | None,
    *,
    allow_outside: bool = False,
    run_authorizers: bool = False,
) -> list[CollectedFile]:
    """Read the case files of the given paths. Their errors are added to ``inputs`` as well.

    The files that they name must be inside their projects unless others are allowed. ``run_authorizers``: whether
    they may name functions, which their cases run.
    """
    found = []
    for path, faults in find_case_files(inputs, paths).items():
        if faults:
            found.append(CollectedFile(path, faults=faults))
            continue
        before = len(inputs.faults)
        with reading_within(_folder_of(path, paths), allow_outside=allow_outside):
            file = _read(inputs, path, run_authorizers=run_authorizers)
        if file is None:
            found.append(CollectedFile(name_of(path), faults=inputs.faults[before:]))
        else:
            found.append(_selected(file, name_of(path), selects))
    return found


def _folder_of(path: str, paths: Sequence[str]) -> str:
    """The given directory that contains a case file, or the directory of a given file."""
    if path in paths:
        return os.path.dirname(path)
    above = (each for each in paths if os.path.commonpath(map(os.path.abspath, (each, path))) == os.path.abspath(each))
    return next(above, os.curdir)


def _read(inputs: Inputs, path: str, *, run_authorizers: bool) -> CaseFile | None:
    content = inputs.content(path, "PATH")
    name = name_of(path)
    if content is None:
        return None
    return inputs.attempt(lambda: parse_cases(decode(content, name), name=name, run_authorizers=run_authorizers))


def _selected(file: CaseFile, name: str, selects: NameFilter | None) -> CollectedFile:
    if selects is None:
        return CollectedFile(name, file.title, file.items)
    base = os.path.basename(name).lower()
    items = [item for item in file.items if selects((item.name.lower(), base))]
    return CollectedFile(name, file.title, items, deselected=len(file.items) - len(items))


def report_nothing_selected(inputs: Inputs, expression: str, files: Sequence[CollectedFile]) -> CollectedFile:
    """Report an expression that selects no case."""
    cases = sum(file.deselected for file in files)
    source = Source("-k", expression)
    message = f"the expression selects none of {counted(cases, 'case')}"
    fault = Diagnostic(
        message, source, source.span(0, len(expression)), advice="run with -v and without -k to see the names"
    )
    inputs.faults.append(fault)
    return CollectedFile("-k", faults=[fault])
