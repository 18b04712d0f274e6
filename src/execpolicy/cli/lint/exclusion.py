"""What the setting ``exclude`` leaves out of the folders that are searched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from execpolicy.document.syntax.file_names import relative_name

_ANY_FOLDERS: Final = "**"
_ABOVE: Final = ".."


#: What to write in place of another pattern.
PATTERN_ADVICE: Final = "write names with slashes between them, such as infra/generated"


def is_pattern(text: str) -> bool:
    """Whether a text is a path from a folder, with or without wildcards.

    >>> is_pattern("infra/**/old-*.yaml"), is_pattern("../infra"), is_pattern("/infra")
    (True, False, False)
    """
    parts = text.rstrip("/").split("/")
    return not os.path.isabs(text) and "\\" not in text and not {"", ".", ".."} & {*parts}


class Exclusion:
    """Patterns of files and folders. What is in an excluded folder is excluded.

    A pattern without a slash is the name of a file or folder anywhere. Any other one begins at the folder; ``*`` stands
    for characters of one name, and ``**`` for any number of folders.

    Args:
        patterns: the patterns.
        folder: the folder of the settings, or the current one for an option.

    >>> excluded = Exclusion(["generated", "infra/**/old-*.yaml"], ".")
    >>> [excluded.has(path) for path in ("a/generated/b.json", "infra/a/b/old-2.yaml", "old-1.yaml")]
    [True, True, False]
    """

    def __init__(self, patterns: Iterable[str] = (), folder: str = "") -> None:
        split = [pattern.strip("/").split("/") for pattern in patterns]
        self._names = [parts[0] for parts in split if len(parts) == 1]
        self._paths = [parts for parts in split if len(parts) > 1]
        self._folder = folder

    def has(self, path: str) -> bool:
        """Whether a file or folder is excluded."""
        if not self._names and not self._paths:
            return False
        parts = relative_name(path, self._folder).split("/")
        if parts[0] in ("", _ABOVE):
            return False
        if any(fnmatchcase(part, name) for part in parts for name in self._names):
            return True
        return any(_matches_beginning(parts, pattern) for pattern in self._paths)


def _matches_beginning(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern matches a path, or a folder on its way."""
    last = len(pattern) - 1
    # How many parts of the pattern may match what was read of the path.
    states = _with_no_folders(pattern, {0})
    for part in parts:
        following = set()
        for state in states:
            is_any = pattern[state] == _ANY_FOLDERS
            if is_any or fnmatchcase(part, pattern[state]):
                if state == last:
                    return True
                following.add(state if is_any else state + 1)
        states = _with_no_folders(pattern, following)
    return False


def _with_no_folders(pattern: Sequence[str], states: set[int]) -> set[int]:
    """The states, and those behind a ``**`` that stands for no folder."""
    found = set(states)
    for state in range(len(pattern) - 1):
        if state in found and pattern[state] == _ANY_FOLDERS:
            found.add(state + 1)
    return found
