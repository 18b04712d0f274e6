"""What is left to ask of a request once resource, action and caller are known, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.clauses import Clause, ConditionClause, ResourceClause
from execpolicy.engine.view import Setting, View
from execpolicy.language.condition import Truth
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from typing import Protocol

    from execpolicy.language.condition import ConditionTest
    from execpolicy.language.variables import ValueLookup

    class Subject(Protocol):
        """A request, or a view of one."""

        @property
        def values(self) -> ValueLookup:
            """The values of a key by its lower-case name."""

        def view(self) -> View:
            """The request as the layer sees it."""


#: The code of a layer in which a Deny applies; any other code is a Grant.
DENY = -1
#: As many results of conditions as a setting keeps.
RESULTS = 1024


class Check:
    """A clause that is left to be asked of each request."""

    __slots__ = ("clause", "condition", "lasting")

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        #: The condition where it is one that asks for nothing but values, so that no view of the request is needed.
        self.condition: ConditionTest | None = None
        if isinstance(clause, ConditionClause) and not clause.condition.is_null:
            self.condition = clause.condition
        #: Its result is the same for every resource.
        self.lasting = not isinstance(clause, ResourceClause) and RESOURCE_KEYS.isdisjoint(clause.keys())

    def find(self, setting: Setting, subject: Subject) -> Truth:
        """The result for a request; kept in its setting where it lasts."""
        condition = self.condition
        truth = self.clause.test(subject.view()) if condition is None else condition.test(subject.values)
        if self.lasting and truth is not None:
            keep(setting, self, truth)
        return truth


class _NotKnown(Check):
    """Stands for what is not known of the caller."""

    __slots__ = ()

    def __init__(self) -> None:
        self.lasting = False

    def find(self, setting: Setting, subject: Subject) -> Truth:
        return None


NOT_KNOWN = _NotKnown()


def keep(setting: Setting, asked: Check | Chain, result: int) -> None:
    """Remember a result for the requests to come: a truth, or a code."""
    if len(setting.truths) >= RESULTS:
        setting.truths.clear()
        setting.known.clear()
    setting.truths[asked] = result


Checks = tuple[Check, ...]


Levels = tuple[tuple[tuple[int, Checks], ...], ...]


class Chain:
    """What is left of a layer for one hit, action and caller. ``sure`` is the code where nothing is left to ask.

    ``lasting`` says that the code is the same for every resource.
    """

    __slots__ = ("denies", "lasting", "levels", "sure")

    def __init__(self, sure: int | None, denies: tuple[Checks, ...], levels: Levels) -> None:
        self.sure = sure
        self.denies = denies
        self.levels = levels
        left = (*denies, *(checks for allows in levels for _, checks in allows))
        self.lasting = all(check.lasting for checks in left for check in checks)

    def find(self, setting: Setting, subject: Subject) -> int | None:
        """The code for a request; None where it is not known."""
        if self.denies:
            denial = denied(self.denies, setting, subject)
            if denial is not False:
                return None if denial is None else DENY
        return granted(self.levels, setting, subject)


def chain_of(denies: tuple[Checks, ...], levels: Iterable[Iterable[tuple[int, Checks]]]) -> Chain:
    """The chain without what can change nothing."""
    if () in denies:
        denies = ((),)
    kept = tuple(_strongest_first(allows) for allows in levels)
    sure: int | None = None
    if denies == ((),):
        sure = DENY
    elif not denies and all(not allows or not allows[0][1] for allows in kept):
        sure = min((allows[0][0] if allows else Grant.NONE for allows in kept), default=Grant.NONE)
    return Chain(sure, denies, kept)


def _strongest_first(allows: Iterable[tuple[int, Checks]]) -> tuple[tuple[int, Checks], ...]:
    ordered = sorted(dict.fromkeys(allows), key=lambda allow: (-allow[0], len(allow[1])))
    kept = []
    for grant, checks in ordered:
        kept.append((grant, checks))
        if not checks:
            break
    return tuple(kept)


def denied(denies: Iterable[Checks], setting: Setting, subject: Subject) -> Truth:
    """Whether all checks of one of the Denies hold; None as soon as that cannot be known."""
    truths = setting.truths
    for checks in denies:
        for check in checks:
            truth = truths.get(check)
            if truth is None:
                truth = check.find(setting, subject)
                if truth is None:
                    return None
            if not truth:
                break
        else:
            return True
    return False


def granted(levels: Iterable[Iterable[tuple[int, Checks]]], setting: Setting, subject: Subject) -> int | None:
    """The weakest, over the levels, of the strongest Allow that applies; None as soon as that cannot be known."""
    truths = setting.truths
    weakest: int | None = None
    for allows in levels:
        strongest = 0
        for grant, checks in allows:
            for check in checks:
                truth = truths.get(check)
                if truth is None:
                    truth = check.find(setting, subject)
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
