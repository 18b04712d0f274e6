"""What is left to ask of a request once resource, action and caller are known, and how it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from execpolicy.engine.clauses import Clause, ResourceClause
from execpolicy.engine.view import Setting, View
from execpolicy.language.condition import Truth
from execpolicy.language.facts import OF_THE_RESOURCE
from execpolicy.language.grant import Grant

#: The code of a layer in which a Deny applies; any other code is a Grant.
DENY = -1
#: As many results of conditions as a setting keeps.
RESULTS = 1024


class Subject(Protocol):
    """A request, or a view of one."""

    def view(self) -> View:
        """The request as the layer sees it."""


class Check:
    """A clause that is left to be asked of each request."""

    __slots__ = ("clause", "lasting")

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        #: Its result is the same for every resource.
        self.lasting = not isinstance(clause, ResourceClause) and OF_THE_RESOURCE.isdisjoint(clause.keys())

    def find(self, setting: Setting, subject: Subject) -> Truth:
        """The result for a request; kept in its setting where it lasts."""
        truth = self.clause.test(subject.view())
        if self.lasting and truth is not None:
            keep(setting, self, truth)
        return truth


class KnownKeys(Check):
    """Whether the values of all variables in resources are known."""

    __slots__ = ("names",)

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.lasting = names.isdisjoint(OF_THE_RESOURCE)

    def find(self, setting: Setting, subject: Subject) -> Truth:
        values = subject.view().facts.values
        if any(values(name) is None for name in self.names):
            return None
        if self.lasting:
            keep(setting, self, truth=True)
        return True


class _NotKnown(Check):
    """Stands for what is not known of the caller."""

    __slots__ = ()

    def __init__(self) -> None:
        self.lasting = False

    def find(self, setting: Setting, subject: Subject) -> Truth:
        return None


NOT_KNOWN = _NotKnown()


def keep(setting: Setting, check: Check, truth: bool) -> None:
    """Remember a result for the requests to come."""
    if len(setting.truths) >= RESULTS:
        setting.truths.clear()
        setting.known.clear()
    setting.truths[check] = truth


Checks = tuple[Check, ...]


class Chain(NamedTuple):
    """What is left of a layer for one hit, action and caller. ``sure`` is the code where nothing is left to ask."""

    sure: int | None
    denies: tuple[Checks, ...]
    levels: tuple[tuple[tuple[int, Checks], ...], ...]


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
