"""One layer of policies, prepared for fast decisions.

1. The statements whose resource matches a request are its *match set*. There are few of them, however many resources.
2. For each match set, action, and set of principal clauses that hold, the checks that are left of the statements are
   found once: Denies first, then Allows from the strongest, up to the first that needs no condition.
3. A decision looks these checks up and evaluates their conditions.

The code of a layer is what the full evaluation finds, or None where something is not known: then the full evaluation
decides. Tables are bounded; a table that is full is replaced by an empty one. To read a table takes no lock: an entry
is complete before it is stored, and never changed after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.fast.prepared_statement import Naming, PreparedStatement, checks_left, naming_of
from execpolicy.engine.fast.remaining_checks import DENY, Checks, RemainingChecks, remaining_checks, weakest_level
from execpolicy.engine.fast.statement_index import StatementIndex
from execpolicy.engine.view import SharedCache
from execpolicy.language.arn import API_PREFIX, index_after_api
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from execpolicy.engine.view import RequestOrView

#: The size of a table, and what each pattern adds to it: memory grows with the policies, not with the requests.
MAX_ENTRIES = 1024
ENTRIES_PER_PATTERN = 4
#: The largest number of remaining checks that a match set keeps.
MAX_CHECKS_PER_MATCH_SET = 256


class MatchSet:
    """The statements whose resource matches, each with the check of a resource that has variables, or none."""

    __slots__ = ("remaining", "statements")

    def __init__(self, statements: Sequence[tuple[PreparedStatement, Checks]]) -> None:
        self.statements = statements
        #: By action, and principal result where principals are named.
        self.remaining: dict[object, RemainingChecks] = {}


class PrincipalResult:
    """The results of the principal clauses of a layer for a caller: truth, sure and possible grant of each."""

    __slots__ = ("results",)

    def __init__(self, results: tuple[Naming, ...]) -> None:
        self.results = results


class PreparedLayer:
    """A layer's policies, ready for fast decisions.

    Args:
        levels: the policies of each level.
        table: where equal clauses are one object.
        evaluates_everybody: whether ``*`` is evaluated for the caller, as it must be for services (PRN-1) and federated
            users (EVL-9).
    """

    __slots__ = (
        *("_distinct_principal_results", "_index", "_match_sets", "_only_match_sets"),
        *("_principal_results", "_principals"),
        *("by_text", "has_everybody", "levels", "limit", "short", "whole"),
    )

    def __init__(
        self, levels: Sequence[Sequence[Policy]], table: ClauseTable, *, evaluates_everybody: bool = False
    ) -> None:
        self.levels = len(levels)
        index = StatementIndex(levels, table, evaluates_everybody=evaluates_everybody)
        self._index = index
        #: Whether a statement names everybody, and is taken to name each caller directly.
        self.has_everybody = index.has_everybody
        self._principals = index.principals
        self.whole, self.short = index.whole.resource_index(), index.short.resource_index()
        self.limit = MAX_ENTRIES + ENTRIES_PER_PATTERN * (len(index.whole) + len(index.short))
        self._match_sets: dict[object, MatchSet] = {}
        #: The match sets of resources; empty where resources are distinguished by no more than whether they are paths.
        self.by_text: dict[str, MatchSet] = {}
        #: The match sets without and with a path after the API, where the policies distinguish resources by that alone.
        self._only_match_sets: tuple[MatchSet, MatchSet] | None = None
        if index.whole.matches_everything and index.short.matches_everything:
            self._only_match_sets = (
                self.find_match_set("arn:aws:execute-api:::"),
                self.find_match_set("arn:aws:execute-api:::/"),
            )
        self._principal_results: dict[int, tuple[object, PrincipalResult]] = {}
        self._distinct_principal_results: dict[object, PrincipalResult] = {}

    @property
    def distinguishes_paths(self) -> bool:
        """Whether the policies distinguish resources by more than whether they are paths of an API."""
        return self._only_match_sets is None

    def match_set(self, text: str) -> MatchSet:
        """The statements whose resource matches."""
        only = self._only_match_sets
        if only is None:
            return self.by_text.get(text) or self.find_match_set(text)
        return only["/" in text and (text.startswith(API_PREFIX) or index_after_api(text) >= 0)]

    def code(self, text: str, cache: SharedCache, subject: RequestOrView) -> int | None:
        """DENY where a Deny applies, else the Grant of the strongest Allow; None where that is not known."""
        only = self._only_match_sets
        if only is None:
            match_set = self.by_text.get(text) or self.find_match_set(text)
        else:
            match_set = only["/" in text and (text.startswith(API_PREFIX) or index_after_api(text) >= 0)]
        code: int | None = cache.results.get(match_set)
        return self._code_of(match_set, cache, subject) if code is None else code

    def _code_of(self, match_set: MatchSet, cache: SharedCache, subject: RequestOrView) -> int | None:
        """The code of a match set; stored in the cache where it is the same for any resource."""
        key: object = cache.action
        if self._principals:
            key = (key, self._principal_result(cache, subject))
        remaining = match_set.remaining.get(key)
        if remaining is None:
            remaining = self._remaining_checks(match_set, key, cache, subject)
        code = remaining.fixed_code
        if code is None:
            code = remaining.evaluate(cache, subject)
            if code is None or not remaining.is_constant:
                return code
        cache.store(match_set, code)
        return code

    def answer(self, text: str, cache: SharedCache, subject: RequestOrView) -> tuple[bool, Grant] | None:
        """Whether a Deny applies, and the strongest Allow whether or not one does; None where that is not known."""
        code = self.code(text, cache, subject)
        if code is None:
            return None
        if code != DENY:
            return False, _GRANTS[code]
        match_set = self.find_match_set(text)
        key = (cache.action, self._principal_result(cache, subject)) if self._principals else cache.action
        remaining = match_set.remaining.get(key) or self._remaining_checks(match_set, key, cache, subject)
        grant = weakest_level(remaining.levels, cache, subject)
        return None if grant is None else (True, Grant(grant))

    def sizes(self) -> tuple[int, ...]:
        """The number of entries of each table: resources, match sets, callers, distinct principal results."""
        by_text, match_sets = len(self.by_text), len(self._match_sets)
        return by_text, match_sets, len(self._principal_results), len(self._distinct_principal_results)

    def find_match_set(self, text: str) -> MatchSet:
        """Find the statements whose resource matches, and keep them: what ``match_set`` does not know yet."""
        key: object
        key = whole = self.whole.found(text) if self.whole is not None else ()
        short: int | tuple[int, ...] = ()
        if self.short is not None:
            slash = index_after_api(text)
            if slash >= 0:
                short = self.short.found(text[slash:])
            key = (whole, short)
        match_set = self._match_sets.get(key)
        if match_set is None:
            match_set = MatchSet(
                self._matching_statements(
                    () if self.whole is None else self.whole.numbers(whole),
                    () if self.short is None else self.short.numbers(short),
                )
            )
            if len(self._match_sets) >= self.limit:
                self._match_sets = {}
            self._match_sets[key] = match_set
        if len(self.by_text) >= self.limit:
            self.by_text = {}
        self.by_text[text] = match_set
        return match_set

    def _matching_statements(
        self, whole: Iterable[int], short: Iterable[int]
    ) -> list[tuple[PreparedStatement, Checks]]:
        """The statements whose resource matches, or may match once variables have values."""
        index = self._index
        plain: dict[int, None] = {}
        widest: dict[int, None] = {}
        for pattern_ids, numbers in ((index.whole, whole), (index.short, short)):
            for number in numbers:
                plain.update(dict.fromkeys(pattern_ids.with_pattern(number)))
                widest.update(dict.fromkeys(pattern_ids.widest.get(number, ())))
        matching = [(resource, ()) for resource in plain if resource not in index.negated]
        to_check = {**widest, **index.negated}
        checked = [
            (resource, index.resource_checks.get(resource, ())) for resource in to_check if resource not in plain
        ]
        return [
            (statement, checks)
            for resource, checks in (*matching, *checked)
            for statement in index.with_resource(resource)
        ]

    def _principal_result(self, cache: SharedCache, subject: RequestOrView) -> PrincipalResult:
        """The results of the principal clauses for the caller: one object for all callers with equal results."""
        number = id(cache.principal) * 2 + cache.has_boundary
        entry = self._principal_results.get(number)
        if entry is not None and entry[0] is cache.principal:
            return entry[1]
        view = subject.view()
        results = tuple(naming_of(clause, view) for clause in self._principals)
        if len(self._distinct_principal_results) >= self.limit:
            self._distinct_principal_results = {}
        found = self._distinct_principal_results.setdefault(results, PrincipalResult(results))
        if len(self._principal_results) >= self.limit:
            self._principal_results = {}
        self._principal_results[number] = (cache.principal, found)
        return found

    def _remaining_checks(
        self, match_set: MatchSet, key: object, cache: SharedCache, subject: RequestOrView
    ) -> RemainingChecks:
        namings = {}
        if self._principals:
            found = self._principal_result(cache, subject)
            namings = dict(zip(map(id, self._principals), found.results, strict=True))
        view = subject.view()
        left = checks_left(match_set.statements, self.levels, lambda clause: namings[id(clause)], view)
        remaining = remaining_checks(*left)
        if len(match_set.remaining) >= MAX_CHECKS_PER_MATCH_SET:
            match_set.remaining = {}
        match_set.remaining[key] = remaining
        return remaining


#: The grants by their codes: to call an enumeration takes longer.
_GRANTS = tuple(Grant)
