"""Which plain resource clauses may have a result that depends on an assumed rule.

Nearly all patterns depend on no rule but two: RES-1 for a resource with more than five colons, and RES-7 where only the
case of letters keeps the pattern from matching.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.resource_entry import ResourceEntry
from execpolicy.language.arn import index_after_api
from execpolicy.language.glob import without_case
from execpolicy.language.truth import Truth
from execpolicy.language.variables import COLONS_BEFORE_RESOURCE

if TYPE_CHECKING:
    from execpolicy.language.glob import Matcher

_BY_TEXT = frozenset({"RES-1", "RES-7"})


class DoubtfulResources:
    """The plain resource clauses of a table, by how it is found whether a request's resource makes them doubtful.

    Args:
        clauses: the plain resource clauses of a table.
        first: the number of the first of them.
    """

    __slots__ = ("_all", "_always", "_exact", "_short", "_whole")

    def __init__(self, clauses: Sequence[ResourceClause], first: int) -> None:
        self._all = range(first, first + len(clauses))
        #: Those that depend on other rules, too, or whose entries are read otherwise without regard to case.
        self._always: list[int] = []
        #: Those of one whole ARN, by its text without regard to case.
        self._exact: dict[str, list[int]] = {}
        #: Those that match without regard to case where one of their matchers does: of short forms, and of whole ARNs.
        self._short: list[tuple[int, Matcher]] = []
        self._whole: list[tuple[int, Matcher]] = []
        for number, clause in zip(self._all, clauses, strict=True):
            rules = clause.doubtful_rules
            if not _BY_TEXT.issuperset(rules) or clause.negated or any(map(_has_no_text, clause.entries)):
                self._always.append(number)
            elif "RES-7" in rules:
                exact = clause.exact_text
                # Without regard to case an ARN cut short may be completed: `ARN:aws` is not, and `arn:aws` is (RES-2).
                if exact is not None and exact.count(":") >= COLONS_BEFORE_RESOURCE:
                    self._exact.setdefault(without_case(exact), []).append(number)
                    continue
                for entry in clause.entries:
                    kept = self._short if entry.short else self._whole
                    kept += [(number, match) for match in entry.matchers_without_case()]

    def are_settled(self, resource: str) -> bool:
        """Whether the results of the ``numbers`` surely depend on an assumed rule, and always on the same one."""
        return not self._always and resource.count(":") == COLONS_BEFORE_RESOURCE

    def numbers(self, resource: str, truths: Sequence[Truth]) -> Iterable[int]:
        """The numbers of the clauses whose result may depend on an assumed rule.

        Args:
            resource: the ARN of the request.
            truths: the results of the clauses of the table.
        """
        if resource.count(":") != COLONS_BEFORE_RESOURCE:
            return self._all
        text = without_case(resource)
        # What matches does so without regard to case, too.
        found = [number for number, match in self._whole if match(text) and not truths[number]]
        found += [number for number in self._exact.get(text, ()) if not truths[number]]
        slash = index_after_api(resource) if self._short else -1
        if slash >= 0:
            path = text[slash:]
            found += [number for number, match in self._short if match(path) and not truths[number]]
        return {*self._always, *found}


def _has_no_text(entry: ResourceEntry) -> bool:
    """Whether the text of an entry is not known, or is a short form only without regard to case (RES-7)."""
    return entry.template.tokens is None or entry.short is not entry.short_without_case
