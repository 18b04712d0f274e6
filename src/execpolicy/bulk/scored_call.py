"""Compares the answer of a version to a logged call with AWS's answer, for each possible caller (LOG-9)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.logged_verdict import NotComparable, comparable_verdict
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.bulk.version_answer import (
    VersionAnswer,
    answer_of_version,
    callers_of_call,
    may_be_signed,
    route_in,
)
from execpolicy.loaders.compared_answer import Agreement, ComparedAnswer, compare_answer

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.possible_callers import AnyCaller
    from execpolicy.call import Call

#: The most classes of calls whose responses are kept.
_MOST_CLASSES: Final = 10_000


class PossibleAnswer(NamedTuple):
    """The answer of a version to a call, if it is made by this caller."""

    who: AnyCaller | str | None
    answer: VersionAnswer


class ScoredCall(NamedTuple):
    """How the answer of a version compares with AWS's.

    Attributes:
        agrees: whether they agree, whoever made the call; None if that is not known.
        not_comparable: why AWS's answer says nothing about policies; None if it does.
        causes: why it is not known whether they agree.
        compared: both answers, where they differ.
        simulated: the answer of the version, where they differ.
    """

    agrees: bool | None = None
    not_comparable: NotComparable | None = None
    causes: tuple[UnknownCause, ...] = ()
    compared: ComparedAnswer | None = None
    simulated: PossibleAnswer | None = None


class CallScorer:
    """Compares the answers of a version with those of a log.

    Args:
        api: the version that AWS had.
        callers: the callers whose policies are given.
        class_of: the class of a call: calls of one class have the same responses (LOG-8). None for a call by itself.
    """

    def __init__(self, api: Api, callers: LogCallers, class_of: Callable[[Call], Hashable | None]) -> None:
        self._api = api
        self._callers = callers
        self._class_of = class_of
        self._known: dict[Hashable, tuple[PossibleAnswer, ...]] = {}

    def score(self, call: Call) -> ScoredCall:
        """Compare the answers to a call."""
        verdict = comparable_verdict(call)
        if isinstance(verdict, NotComparable):
            return ScoredCall(not_comparable=verdict)
        possible = self._answers(call)
        compared = [_compared(call, each.answer) for each in possible]
        agreements = {_agrees(each.answer, both) for each, both in zip(possible, compared, strict=True)}
        if agreements == {False}:
            return ScoredCall(agrees=False, compared=compared[0], simulated=possible[0])
        if agreements == {True}:
            return ScoredCall(agrees=True)
        causes = dict.fromkeys(cause for each in possible for cause in each.answer.causes)
        if {True, False} <= agreements or not causes:
            causes[UnknownCause.CALLER_POLICIES] = None
        return ScoredCall(causes=tuple(sorted(causes)))

    def _answers(self, call: Call) -> tuple[PossibleAnswer, ...]:
        """The answers to a call for each caller that may have made it."""
        of_class = self._class_of(call)
        known = None if of_class is None else self._known.get(of_class)
        if known is not None:
            return known
        signs = may_be_signed(self._api, route_in(call, self._api))
        found = tuple(
            PossibleAnswer(who, answer_of_version(self._api, call, who))
            for who in callers_of_call(call, self._callers, signs=signs)
        )
        if of_class is not None:
            if len(self._known) >= _MOST_CLASSES:
                self._known.clear()
            self._known[of_class] = found
        return found


def _compared(call: Call, found: VersionAnswer) -> ComparedAnswer | None:
    if found.response is None or call.answer is None:
        return None
    return compare_answer(call.answer, found.response, names_options=False)


def _agrees(found: VersionAnswer, compared: ComparedAnswer | None) -> bool | None:
    """Whether two answers agree. Two refusals agree unless the log shows that their reasons differ."""
    if compared is None or found.admits is None:
        return None
    return compared.verdict is not Agreement.DIFFERS
