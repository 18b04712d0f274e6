"""Places in files as SARIF writes them: URIs from the root of the repository, and columns in UTF-16 code units."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from execpolicy.document.syntax.file_names import relative_name
from execpolicy.errors import Source, Span

#: The name of the root of the repository, which GitHub and viewers know.
ROOT_NAME: Final = "%SRCROOT%"
#: Characters that UTF-16 writes as two code units.
_LONG: Final = re.compile("[\U00010000-\U0010ffff]")


class SarifPlaces:
    """Writes the places of findings.

    Args:
        root: the folder of the repository, an absolute path.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        # By the identity of the text, which the source beside it keeps.
        self._long: dict[int, tuple[Source, Sequence[int]]] = {}
        self._artifacts: dict[str, dict[str, Any]] = {}

    def artifact(self, source: Source) -> dict[str, Any]:
        """The file, as ``artifactLocation``."""
        if source.name not in self._artifacts:
            self._artifacts[source.name] = self._artifact(source.name)
        return self._artifacts[source.name]

    def _artifact(self, name: str) -> dict[str, Any]:
        path = relative_name(name, self._root)
        if path.startswith("../") or os.path.isabs(path):
            return {"uri": PurePath(os.path.abspath(name)).as_uri()}
        return {"uri": quote(os.fsencode(path)), "uriBaseId": ROOT_NAME}

    def location(self, source: Source, span: Span | None) -> dict[str, Any]:
        """A part of a file, or the whole file, as ``physicalLocation``."""
        place: dict[str, Any] = {"artifactLocation": self.artifact(source)}
        if span is not None:
            place["region"] = self.region(source, span)
        return place

    def region(self, source: Source, span: Span) -> dict[str, int]:
        """A part of a file, as ``region``; its end is exclusive, as ours."""
        return {
            "startLine": span.line,
            "startColumn": self._column(source, span.line, span.column),
            "endLine": span.end_line,
            "endColumn": self._column(source, span.end_line, span.end_column),
        }

    def _column(self, source: Source, line: int, column: int) -> int:
        long = self._long_characters(source)
        if not long:
            return column
        start = source.offset(line, 1)
        return column + bisect_left(long, start + column - 1) - bisect_left(long, start)

    def _long_characters(self, source: Source) -> Sequence[int]:
        """The offsets of the characters of a text that have two code units."""
        found = self._long.get(id(source.text))
        if found is None:
            long = () if source.text.isascii() else [match.start() for match in _LONG.finditer(source.text)]
            found = self._long[id(source.text)] = (source, long)
        return found[1]
