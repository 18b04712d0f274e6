"""The checks of a request that remain when its resource, action and caller are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import SharedCache
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from execpolicy.engine.view import RequestOrView
    from execpolicy.language.condition import ConditionTest

#: Gives the code of a layer for a resource.
LayerCode = Callable[[str, SharedCache, "RequestOrView"], int | None]
#: The code of a layer in which a Deny applies; any other code is a Grant.
DENY = -1
#: The code of the endpoint's policy where it does not allow.
SILENT = -2


class ClauseCheck:
    """A clause that is evaluated for each request."""

    __slots__ = ("clause", "condition", "is_constant")

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        #: The condition, where it reads only values, so that no view of the request is needed.
        self.condition: ConditionTest | None = None
        if isinstance(clause, ConditionClause) and not clause.condition.is_null:
            self.condition = clause.condition
        #: Whether the result is the same for any resource.
        self.is_constant = not isinstance(clause, ResourceClause) and RESOURCE_KEYS.isdisjoint(clause.keys())

    def evaluate(self, cache: SharedCache, subject: RequestOrView) -> Truth:
        """The result for a request; stored in the cache where it is the same for any resource."""
        condition = self.condition
        truth = self.clause.test(subject.view()) if condition is None else condition.test(subject.values)
        if self.is_constant and truth is not None:
            cache.store(self, truth)
        return truth


class _UnknownCheck(ClauseCheck):
    """A placeholder for a detail of the caller that is not known."""

    __slots__ = ()

    def __init__(self) -> None:
        self.is_constant = False

    def evaluate(self, cache: SharedCache, subject: RequestOrView) -> Truth:
        return None


UNKNOWN_CHECK = _UnknownCheck()

#: The checks of one statement, all of which must hold.
Checks = tuple[ClauseCheck, ...]
#: For each level the Allows, each with its grant.
AllowsOfLevels = tuple[tuple[tuple[int, Checks], ...], ...]


class RemainingChecks:
    """The checks left of a layer for one set of matching statements, one action and one caller.

    ``fixed_code`` is the code of the layer where nothing is left to check; ``is_constant`` says that the code is the
    same for any resource.
    """

    __slots__ = ("denies", "fixed_code", "is_constant", "levels")

    def __init__(self, fixed_code: int | None, denies: tuple[Checks, ...], levels: AllowsOfLevels) -> None:
        self.fixed_code = fixed_code
        self.denies = denies
        self.levels = levels
        left = (*denies, *(checks for allows in levels for _, checks in allows))
        self.is_constant = all(check.is_constant for checks in left for check in checks)

    def evaluate(self, cache: SharedCache, subject: RequestOrView) -> int | None:
        """The code for a request; None where it is not known."""
        if self.denies:
            denies = any_deny_applies(self.denies, cache, subject)
            if denies is not False:
                return None if denies is None else DENY
        return weakest_level(self.levels, cache, subject)


def remaining_checks(denies: tuple[Checks, ...], levels: Iterable[Iterable[tuple[int, Checks]]]) -> RemainingChecks:
    """The checks without those that cannot change the code."""
    if () in denies:
        denies = ((),)
    kept = tuple(strongest_first(allows) for allows in levels)
    fixed_code: int | None = None
    if denies == ((),):
        fixed_code = DENY
    elif not denies and all(not allows or not allows[0][1] for allows in kept):
        fixed_code = min((allows[0][0] if allows else Grant.NONE for allows in kept), default=Grant.NONE)
    return RemainingChecks(fixed_code, denies, kept)


def strongest_first(allows: Iterable[tuple[int, Checks]]) -> tuple[tuple[int, Checks], ...]:
    """The Allows from the strongest, up to the first that has nothing to check."""
    allows = tuple(allows)
    if len(allows) < 2:
        return allows
    ordered = sorted(dict.fromkeys(allows), key=lambda allow: (-allow[0], len(allow[1])))
    kept = []
    for grant, checks in ordered:
        kept.append((grant, checks))
        if not checks:
            break
    return tuple(kept)


def any_deny_applies(denies: Iterable[Checks], cache: SharedCache, subject: RequestOrView) -> Truth:
    """Whether all checks of one of the Denies hold; None as soon as that is not known."""
    results = cache.results
    for checks in denies:
        for check in checks:
            truth = results.get(check)
            if truth is None:
                truth = check.evaluate(cache, subject)
                if truth is None:
                    return None
            if not truth:
                break
        else:
            return True
    return False


def weakest_level(
    levels: Iterable[Iterable[tuple[int, Checks]]], cache: SharedCache, subject: RequestOrView
) -> int | None:
    """The weakest, over the levels, of the strongest Allow that applies; None as soon as that is not known."""
    results = cache.results
    weakest: int | None = None
    for allows in levels:
        strongest = 0
        for grant, checks in allows:
            for check in checks:
                truth = results.get(check)
                if truth is None:
                    truth = check.evaluate(cache, subject)
                    if truth is None:
                        return None
                if not truth:
                    break
            else:
                strongest = grant
                break
        if weakest is None or strongest < weakest:
            weakest = strongest
    return weakest or 0
