"""Counts how the calls of a log agree with a version of an API, by the kind of disagreement (LOG-9)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from execpolicy.bulk.counted_calls import CallCounter, CountedCalls
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
    from execpolicy.bulk.scored_call import CallScorer, ScoredCall
    from execpolicy.call import Call
    from execpolicy.loaders.compared_answer import ComparedAnswer


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

    @property
    def needs_examples(self) -> bool:
        """Whether more calls are shown."""
        return len(self.examples) < MOST_EXAMPLES

    def result(self) -> Disagreement:
        return Disagreement(self._text, self.calls, self._could_explain, self._case, *self.period, tuple(self.examples))


class _ScoredCalls(CountedCalls):
    """Calls of which all have the same answers.

    Args:
        counts: the counts.
        found: how their answers compare.
        kind: the kind of disagreement; None if their answers do not disagree.
    """

    def __init__(self, counts: ScoreCounts, found: ScoredCall, kind: _CountedKind | None) -> None:
        self._counts = counts
        self._found = found
        self._kind = kind

    @property
    def needs_call(self) -> bool:
        """Whether the next of these calls is shown."""
        return self._kind is not None and self._kind.needs_examples

    def add_more(self, number: int, times: TimesOfCalls) -> None:
        """Count more of these calls, none of which is shown."""
        self._counts.add_more(self._found, self._kind, number, times)


class ScoreCounts(CallCounter):
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

    def add(self, line: LogLine, call: Call, _found: ReplayedCall) -> CountedCalls:
        """Count a call by itself; its change says nothing of the agreement.

        Returns:
            What counts more calls with the same answers.
        """
        found = self._scorer.score(call)
        kind = None if found.compared is None else self._kind(call, found, found.compared)
        if kind is not None and kind.needs_examples:
            kind.examples.append(example_of(line, call, raw_values=self._raw))
        self.add_more(found, kind, 1, (call.time, call.time))
        return _ScoredCalls(self, found, kind)

    def _kind(self, call: Call, found: ScoredCall, compared: ComparedAnswer) -> _CountedKind:
        kind = self._kinds.get(compared.text)
        if kind is None:
            case = case_of(self._api, call, found, raw_values=self._raw)
            kind = self._kinds[compared.text] = _CountedKind(compared.text, compared.could_explain, case)
        return kind

    def add_more(self, found: ScoredCall, kind: _CountedKind | None, number: int, times: TimesOfCalls) -> None:
        """Count calls of which none is shown.

        Args:
            found: how their answers compare.
            kind: the kind of disagreement; None if their answers do not disagree.
            number: how many calls.
            times: the times of the first and the last of them.
        """
        if found.not_comparable is not None:
            self._not_comparable[found.not_comparable] += number
            return
        self._counts[found.agrees] += number
        for cause in found.causes:
            self._causes[cause] += number
        if kind is not None:
            kind.calls += number
            kind.period = joined(kind.period, times)

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
