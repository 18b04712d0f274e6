"""Finds the case files of a run: files of any name, and the case files in directories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from execpolicy.cli.found_path import found_path
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs
from execpolicy.errors import Diagnostic
from execpolicy.testing.case_file.endings import ENDINGS

#: Directories that are not searched, like hidden ones.
_LEFT_OUT = ("node_modules",)

_HERE = os.curdir


def find_case_files(inputs: Inputs, paths: Sequence[str]) -> dict[str, Sequence[Diagnostic]]:
    """The case files of the given paths, each once, in the order given; those of a directory in the order of names.

    Args:
        inputs: collects the errors, such as a directory without case files.
        paths: files, directories, ``-`` for standard input; empty for the current directory.

    Returns:
        The names of the files, and those of directories without case files, with their errors.
    """
    found: dict[str, Sequence[Diagnostic]] = {}
    seen: set[str] = set()
    for path in paths or [_HERE]:
        before = len(inputs.faults)
        for name in _expand(inputs, path):
            real = name if name == STANDARD_INPUT else os.path.realpath(name)
            if real not in seen:
                seen.add(real)
                found[name] = ()
        if faults := inputs.faults[before:]:
            found[path] = faults
    return found


def _expand(inputs: Inputs, path: str) -> Iterable[str]:
    if path == STANDARD_INPUT or not os.path.isdir(path):
        return [path]
    before = len(inputs.faults)
    names = list(_walk(inputs, path))
    if not names and len(inputs.faults) == before:
        where = "the current directory" if path == _HERE else repr(path)
        message = f"no case files in {where}: none has a name that ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        inputs.report(message, advice="name the files, which may have any name; docs/case-files.md shows one")
    return names


def _walk(inputs: Inputs, top: str) -> Iterator[str]:
    """The case files below a directory. Links to directories are not followed: they can lead anywhere."""

    def refused(error: OSError) -> None:
        inputs.report(f"cannot read {error.filename!r}: {error.strerror}", advice="check its permissions")

    for folder, folders, names in os.walk(top, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        for name in sorted(names):
            if name.endswith(ENDINGS):
                yield found_path(folder, name)
