"""Where the resources of many statements and the ARN of one request begin to differ, without trying each by itself.

Most patterns begin with text that differs from the ARN inside one of its words. All patterns that differ in one word
share the part that agrees, so that only the rest is found by pattern.
"""

from __future__ import annotations

import re

from execpolicy.engine.explain.resource_reason import pattern_of, place_note, shortened
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View


class ResourceNotes:
    """The notes on the resource clauses that do not match one request.

    Args:
        view: the View of the request.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._resource = view.resource
        #: The beginnings of the ARN that end with a slash or a colon, in order, each with the word after it; found when
        #: the first clause needs them.
        self._begun: list[tuple[str, str]] | None = None
        #: The part that agrees, as notes write it, and the rest of the ARN, by the end of the part.
        self._agreed: dict[int, tuple[str, str]] = {}

    def difference(self, clause: ResourceClause) -> str:
        """The note of ``resource_reason`` for a clause with one plain pattern; empty where it is not found here."""
        if clause.negated or len(clause.entries) != 1:
            return ""
        entry = clause.entries[0]
        if entry.short or not entry.fixed:
            return ""
        pattern, resource = pattern_of(clause, entry, self._view), self._resource
        if pattern is None or resource.startswith(pattern.head):
            return ""  # it differs after its beginning
        begun = self._begun
        if begun is None:
            self._begun = begun = _begun(resource)
        head, first, end = pattern.head, 0, len(begun)
        while first < end:
            middle = (first + end) // 2
            if head.startswith(begun[middle][0]):
                first = middle + 1
            else:
                end = middle
        if not first:
            return ""  # nothing of it agrees
        beginning, word = begun[first - 1]
        start = len(beginning)
        if head.startswith(word, start):
            return ""  # it differs at the end of the word
        agreed = self._agreed.get(start)
        if agreed is None:
            agreed = self._agreed[start] = shortened(beginning), resource[start:]
        return pattern.mistake or place_note(head[start:] + pattern.tail, *agreed, beginning[-1])


def _begun(resource: str) -> list[tuple[str, str]]:
    """The beginnings of an ARN that end with a slash or a colon, each with the word after it.

    A star in the ARN itself would end a word, too: then there are none.
    """
    if "*" in resource:
        return []
    starts = [found.end() for found in re.finditer("[/:]", resource)]
    ends = [start - 1 for start in starts[1:]] + [len(resource)]
    return [(resource[:start], resource[start:end]) for start, end in zip(starts, ends, strict=True)]
