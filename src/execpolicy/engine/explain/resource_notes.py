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
        #: Where the words of the ARN begin, in order; found when the first clause needs them.
        self._starts: list[int] | None = None
        #: The part that agrees, as notes write it, by its end.
        self._agreed: dict[int, str] = {}

    def difference(self, clause: ResourceClause) -> str:
        """The note of ``resource_reason`` for a clause with one plain pattern; empty where it is not found here."""
        if clause.negated or len(clause.entries) != 1:
            return ""
        entry = clause.entries[0]
        if entry.short or not entry.fixed:
            return ""
        pattern, resource = pattern_of(clause, entry, self._view), self._view.resource
        if pattern is None or resource.startswith(pattern.head):
            return ""  # it differs after its beginning
        starts = self._starts
        if starts is None:
            self._starts = starts = _starts(resource)
        head, first, end = pattern.head, 0, len(starts)
        while first < end:
            middle = (first + end) // 2
            if head.startswith(resource[: starts[middle]]):
                first = middle + 1
            else:
                end = middle
        if not first:
            return ""  # nothing of it agrees
        start = starts[first - 1]
        word = resource[start : starts[first] - 1] if first < len(starts) else resource[start:]
        if head.startswith(word, start):
            return ""  # it differs at the end of the word
        agreed = self._agreed.get(start)
        if agreed is None:
            agreed = self._agreed[start] = shortened(resource[:start])
        return pattern.mistake or place_note(pattern.rest(start), agreed, resource[start:], resource[start - 1])


def _starts(resource: str) -> list[int]:
    """Where the words of an ARN begin, behind a slash or a colon. A star in the ARN itself would end a word, too."""
    return [] if "*" in resource else [found.end() for found in re.finditer("[/:]", resource)]
