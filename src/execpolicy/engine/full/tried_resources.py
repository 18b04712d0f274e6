"""Which plain resource clauses of a layer hold for the ARN of a request.

A resource that is one whole ARN is looked up. Of the other patterns those are tried that begin with the first segment
of the ARN, and those that begin with no whole segment.
"""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.arn import index_after_api
from execpolicy.language.glob import normalised

if TYPE_CHECKING:
    from execpolicy.language.glob import Matcher


class TriedResources:
    """The resource clauses of a table that read nothing of a request but the text of its resource, by their numbers.

    Args:
        clauses: the clauses.
        first: the number of the first of them.
    """

    __slots__ = ("by_segment", "exact", "others", "short_forms")

    def __init__(self, clauses: Sequence[ResourceClause], first: int) -> None:
        #: Those that are one whole ARN, by its text.
        self.exact: dict[str, list[int]] = {}
        #: Those whose patterns have one first segment, by that segment, with their matchers.
        self.by_segment: dict[str, list[tuple[int, Matcher]]] = {}
        #: Those of one short form, with the matchers of what follows the API in an ARN.
        self.short_forms: list[tuple[int, Matcher]] = []
        #: All others, with their matchers.
        self.others: list[tuple[int, Matcher]] = []
        for number, clause in enumerate(clauses, first):
            exact = clause.exact_text
            of_short_form = _matcher_of_short_form(clause)
            segment = _first_segment(clause)
            if exact is not None:
                self.exact.setdefault(exact, []).append(number)
            elif of_short_form is not None:
                self.short_forms.append((number, of_short_form))
            elif segment is not None:
                self.by_segment.setdefault(segment, []).append((number, _matcher(clause)))
            else:
                self.others.append((number, _matcher(clause)))

    def matched(self, resource: str) -> list[int]:
        """The numbers of the clauses that hold for the ARN of a request."""
        matched = [number for number, match in self.others if match(resource)]
        if self.short_forms:
            slash = index_after_api(resource)
            if slash >= 0:
                path = resource[slash:]
                matched += [number for number, match in self.short_forms if match(path)]
        tried = self.by_segment.get(resource.partition("/")[0])
        if tried is not None:
            matched += [number for number, match in tried if match(resource)]
        exact = self.exact.get(resource)
        return matched if exact is None else matched + exact


def _matcher_of_short_form(clause: ResourceClause) -> Matcher | None:
    """The test of a clause of one short form with one reading, of what follows the API in an ARN."""
    if clause.negated or len(clause.entries) != 1 or not clause.entries[0].short:
        return None
    match clause.entries[0].fixed:
        case ((_, matches),):
            return matches
    return None


def _first_segment(clause: ResourceClause) -> str | None:
    """The text before the first slash of every text that a plain resource clause matches; None if there are several."""
    patterns = [normalised(tokens) for entry in clause.entries for tokens, _ in entry.fixed or ()]
    firsts = {pattern[0] if pattern and isinstance(pattern[0], str) else "" for pattern in patterns}
    segments = {first.partition("/")[0] if "/" in first else None for first in firsts}
    if clause.negated or any(entry.short for entry in clause.entries) or len(segments) != 1:
        return None
    return segments.pop()


def _matcher(clause: ResourceClause) -> Matcher:
    """The test of a plain resource clause."""
    short = [match for entry in clause.entries if entry.short for _, match in entry.fixed or ()]
    whole = [match for entry in clause.entries if not entry.short for _, match in entry.fixed or ()]
    negated = clause.negated
    if len(whole) == 1 and not short and not negated:
        return whole[0]

    def match(text: str) -> bool:
        if short:
            slash = index_after_api(text)
            if slash >= 0:
                path = text[slash:]
                for matches in short:
                    if matches(path):
                        return not negated
        for matches in whole:
            if matches(text):
                return not negated
        return negated

    return match
