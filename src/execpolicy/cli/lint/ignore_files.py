"""The files of ignores of a run: each is read once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from execpolicy.cli.inputs import Inputs
from execpolicy.linter.ignores.ignore import Ignore
from execpolicy.linter.ignores.ignore_file import ignore_files_for, load_ignore_file


class IgnoreFiles:
    """Reads files of ignores. A wrong one is an error, and ignores nothing."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._read: dict[str, tuple[Ignore, ...] | None] = {}

    def entries(self, names: Iterable[str]) -> list[Ignore]:
        """The ignores of the files that are about files with these names."""
        return [ignore for read in self._of(names) for ignore in read or ()]

    def are_right(self, names: Iterable[str]) -> bool:
        """Whether there is no wrong file among those that are about files with these names."""
        return None not in self._of(names)

    def _of(self, names: Iterable[str]) -> list[tuple[Ignore, ...] | None]:
        paths = ignore_files_for(names)
        for path in paths:
            if path not in self._read:
                self._read[path] = self._inputs.attempt(partial(load_ignore_file, path))
        return [self._read[path] for path in paths]
