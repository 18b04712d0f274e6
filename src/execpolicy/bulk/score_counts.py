"""Counts how the calls of a log agree with a version of an API, by the kind of disagreement (LOG-9)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from execpolicy.bulk.replay_counts import TimesOfCalls, example_of, joined
from execpolicy.bulk.replay_example import MOST_EXAMPLES, ReplayExample
from execpolicy.bulk.replay_score import Disagreement, Score
from execpolicy.bulk.scored_case import case_of
from execpolicy.bulk.unknown_cause import UnknownCause

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.logged_verdict import NotComparable
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.bulk.scored_call import CallScorer
    from execpolicy.call import Call


class _CountedKind:
    """The disagreements of one kind so far.

    Args:
        text: both answers.
        could_explain: what could explain the difference.
        case: the first of the calls as a case.
    """

    def __init__(self, text: str, could_explain: tuple[str, ...], case: str) -> None:
        self._text = text
        self._could_explain = could_explain
        self._case = case
        self.calls = 0
        self.period: TimesOfCalls = (None, None)
        self.examples: list[ReplayExample] = []

    def result(self) -> Disagreement:
        return Disagreement(self._text, self.calls, self._could_explain, self._case, *self.period, tuple(self.examples))


class ScoreCounts:
    """Counts calls.

    Args:
        api: the version that AWS had.
        scorer: compares its answers.
        raw_values: whether paths, sessions and addresses are shown as the log has them.
    """

    def __init__(self, api: Api, scorer: CallScorer, *, raw_values: bool) -> None:
        self._api = api
        self._scorer = scorer
        self._raw = raw_values
        self._counts: Counter[bool | None] = Counter()
        self._causes: Counter[UnknownCause] = Counter()
        self._not_comparable: Counter[NotComparable] = Counter()
        self._kinds: dict[str, _CountedKind] = {}

    def add(self, line: LogLine, call: Call, _: ReplayedCall) -> None:
        """Count a call; its change says nothing of the agreement."""
        found = self._scorer.score(call)
        if found.not_comparable is not None:
            self._not_comparable[found.not_comparable] += 1
            return
        self._counts[found.agrees] += 1
        self._causes.update(found.causes)
        if found.compared is None:
            return
        kind = self._kinds.get(found.compared.text)
        if kind is None:
            case = case_of(self._api, call, found, raw_values=self._raw)
            kind = self._kinds[found.compared.text] = _CountedKind(
                found.compared.text, found.compared.could_explain, case
            )
        kind.calls += 1
        kind.period = joined(kind.period, (call.time, call.time))
        if len(kind.examples) < MOST_EXAMPLES:
            kind.examples.append(example_of(line, call, raw_values=self._raw))

    def result(self) -> Score:
        """The result."""
        kinds = [each.result() for each in self._kinds.values()]
        return Score(
            agreeing=self._counts[True],
            unknown=self._counts[None],
            causes=self._causes,
            not_comparable=self._not_comparable,
            disagreements=sorted(kinds, key=lambda each: (-each.calls, each.text)),
        )
