"""Where the resources of many statements and the ARN of one request begin to differ, without trying each by itself.

Most patterns begin with text that differs from the ARN inside one of its words. All patterns that differ in one word
share the part that agrees, so that only the rest is found by pattern.
"""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.engine.explain.resource_reason import pattern_of, place_note, shortened
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View


class _Word(NamedTuple):
    """A word of an ARN: what stands before it, the word, and what the ARN has from there on.

    ``agreed`` is the text before it as notes write it.
    """

    before: str
    word: str
    left: str
    agreed: str


def _words(resource: str) -> list[_Word]:
    """The words of an ARN behind a slash or a colon, in order."""
    words, starts = [], [at for at, letter in enumerate(resource, 1) if letter in "/:"]
    for start, end in zip(starts, [*(at - 1 for at in starts[1:]), len(resource)], strict=True):
        before = resource[:start]
        words.append(_Word(before, resource[start:end], resource[start:], shortened(before)))
    return words


class ResourceNotes:
    """The notes on the resource clauses that do not match one request.

    Args:
        view: the View of the request.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        # A star in the ARN itself ends a word, too: such a request is explained clause by clause.
        self._words = _words(view.resource) if "*" not in view.resource else []

    def difference(self, clause: ResourceClause) -> str:
        """The note of ``resource_reason`` for a clause with one plain pattern; empty where it is not found here."""
        if clause.negated or len(clause.entries) != 1:
            return ""
        entry = clause.entries[0]
        if entry.short or not entry.fixed:
            return ""
        pattern = pattern_of(clause, entry, self._view)
        if pattern is None or self._view.resource.startswith(pattern.head):
            return ""  # it differs after its beginning
        head, words = pattern.head, self._words
        first, end = 0, len(words)
        while first < end:
            middle = (first + end) // 2
            if head.startswith(words[middle].before):
                first = middle + 1
            else:
                end = middle
        if not first:
            return ""  # nothing of it agrees
        before, word, left, agreed = words[first - 1]
        if head.startswith(word, len(before)):
            return ""  # it differs at the end of the word
        return pattern.mistake or place_note(pattern.rest(len(before)), agreed, left, before[-1:])
