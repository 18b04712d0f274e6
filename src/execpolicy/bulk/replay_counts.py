"""Counts the calls of a log by change, route, caller and answers, with times and examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from execpolicy.bulk.logged_networks import network_of
from execpolicy.bulk.replay_example import MOST_EXAMPLES, ReplayExample
from execpolicy.bulk.replay_result import CallChange, NotReplayed, Replay, ReplayGroup, UnusedInLog
from execpolicy.bulk.replayed_call import caller_label
from execpolicy.bulk.saved_groups import (
    change_as_data,
    change_of_data,
    example_as_data,
    example_of_data,
    time_as_data,
    time_of_data,
)
from execpolicy.bulk.unknown_cause import UnknownCause

if TYPE_CHECKING:
    from datetime import datetime

    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replay_score import Score
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.bulk.version_answer import StatementKey
    from execpolicy.call import Call

#: The most lines that cannot be read whose places are in the result.
_MOST_REJECTS: Final = 10
_ORDER: Final = (CallChange.NEWLY_REFUSED, CallChange.NEWLY_ADMITTED, CallChange.UNKNOWN)


#: The times of the first and the last call.
TimesOfCalls = tuple["datetime | None", "datetime | None"]


class CountedGroup:
    """The calls of one group so far.

    Args:
        found: the change of its first call; the others have the same change, for the same reasons.
        caller: who makes them.
    """

    def __init__(self, found: ReplayedCall, caller: str) -> None:
        self._found = found
        self._caller = caller
        self.calls = 0
        self.inferred = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.examples: list[ReplayExample] = []

    def add(self, number: int, times: TimesOfCalls, *, inferred: int) -> None:
        """Count calls, with the times of the first and the last of them."""
        self.calls += number
        self.inferred += inferred
        self.first, self.last = joined((self.first, self.last), times)

    @property
    def needs_examples(self) -> bool:
        """Whether more calls are shown."""
        return len(self.examples) < MOST_EXAMPLES

    @property
    def key(self) -> tuple[object, ...]:
        """What the calls of the group share."""
        found = self._found
        return found.change, found.route, self._caller, found.before, found.after, found.causes, found.detail

    def state(self) -> dict[str, Any]:
        """The group as data."""
        return {
            **change_as_data(self._found),
            "caller": self._caller,
            "calls": self.calls,
            "inferred": self.inferred,
            "period": [time_as_data(self.first), time_as_data(self.last)],
            "examples": [example_as_data(each) for each in self.examples],
        }

    @classmethod
    def of_state(cls, state: dict[str, Any]) -> CountedGroup:
        """The group of data that ``state`` made."""
        made = cls(change_of_data(state), state["caller"])
        made.calls, made.inferred = state["calls"], state["inferred"]
        made.first, made.last = map(time_of_data, state["period"])
        made.examples = [example_of_data(each) for each in state["examples"]]
        return made

    def result(self) -> ReplayGroup:
        """The group."""
        found = self._found
        return ReplayGroup(
            change=found.change,
            route=found.route,
            caller=self._caller,
            before=found.before,
            after=found.after,
            causes=found.causes,
            detail=found.detail,
            calls=self.calls,
            inferred=self.inferred,
            first=self.first,
            last=self.last,
            examples=tuple(self.examples),
        )


def joined(one: TimesOfCalls, other: TimesOfCalls) -> TimesOfCalls:
    """The period from the first to the last time of two."""
    firsts, lasts = ([each for each in pair if each is not None] for pair in zip(one, other, strict=True))
    return min(firsts, default=None), max(lasts, default=None)


def example_of(line: LogLine, call: Call, *, raw_values: bool) -> ReplayExample:
    """A call as it is shown.

    Args:
        line: its line of the log.
        call: the call.
        raw_values: whether its path and its address are shown.
    """
    source = call.source_ip or ""
    path = (call.path or "") if raw_values else ""
    return ReplayExample(line.place, call.time, call.method or "", path, source if raw_values else network_of(source))


class ReplayCounts:
    """Counts calls and lines.

    Args:
        raw_values: whether paths, sessions and addresses are shown as the log has them.
    """

    def __init__(self, *, raw_values: bool) -> None:
        self._raw = raw_values
        self._groups: dict[tuple[object, ...], CountedGroup] = {}
        self._counts: Counter[CallChange] = Counter()
        self._causes: Counter[UnknownCause] = Counter()
        self._left_out: Counter[NotReplayed] = Counter()
        self._used: set[StatementKey] = set()
        self._rejects: list[str] = []
        self._inferred = self._contradicted = 0
        self._period: TimesOfCalls = (None, None)
        self.lines = 0

    @property
    def calls(self) -> int:
        """The number of calls so far."""
        return self._counts.total()

    def leave_out(self, line: LogLine, reason: NotReplayed) -> None:
        """Count a line, or a call of it, that is not replayed."""
        self._left_out[reason] += 1
        if reason is NotReplayed.BROKEN and len(self._rejects) < _MOST_REJECTS:
            self._rejects.append(line.place)

    def add(self, line: LogLine, call: Call, found: ReplayedCall) -> CountedGroup | None:
        """Count a call with its change, and show it if its group has few examples.

        Returns:
            The group of the call; None if nothing changes.
        """
        group = None
        if found.change is not CallChange.UNCHANGED:
            caller = caller_label(call, raw_values=self._raw)
            new = CountedGroup(found, caller)
            group = self._groups.setdefault(new.key, new)
            if group.needs_examples:
                group.examples.append(example_of(line, call, raw_values=self._raw))
        self.add_more(found, group, 1, (call.time, call.time))
        return group

    def add_more(self, found: ReplayedCall, group: CountedGroup | None, number: int, times: TimesOfCalls) -> None:
        """Count calls of one group that change in one way, none of which is shown.

        Args:
            found: their change.
            group: their group; None if nothing changes.
            number: how many calls.
            times: the times of the first and the last of them.
        """
        self._counts[found.change] += number
        self._inferred += number * found.inferred
        self._contradicted += number * found.contradicts
        for cause in found.causes:
            self._causes[cause] += number
        self._used |= found.used
        self._period = joined(self._period, times)
        if group is not None:
            group.add(number, times, inferred=number * found.inferred)

    def state(self) -> dict[str, Any]:
        """The counts as data, from which ``restore`` makes them again."""
        return {
            "lines": self.lines,
            "counts": {each.value: number for each, number in self._counts.items()},
            "causes": {each.value: number for each, number in self._causes.items()},
            "left_out": {each.value: number for each, number in self._left_out.items()},
            "used": sorted(self._used),
            "rejects": self._rejects,
            "inferred": self._inferred,
            "contradicted": self._contradicted,
            "period": [time_as_data(each) for each in self._period],
            "groups": [each.state() for each in self._groups.values()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Give empty counts what other ones had.

        Args:
            state: what ``state`` made of the others.
        """
        self.lines = state["lines"]
        self._counts = Counter({CallChange(each): number for each, number in state["counts"].items()})
        self._causes = Counter({UnknownCause(each): number for each, number in state["causes"].items()})
        self._left_out = Counter({NotReplayed(each): number for each, number in state["left_out"].items()})
        self._used = {(policy, number) for policy, number in state["used"]}
        self._rejects = list(state["rejects"])
        self._inferred, self._contradicted = state["inferred"], state["contradicted"]
        first, last = map(time_of_data, state["period"])
        self._period = (first, last)
        groups = map(CountedGroup.of_state, state["groups"])
        self._groups = {each.key: each for each in groups}

    def result(
        self,
        statements: Iterable[UnusedInLog],
        notes: Iterable[str],
        *,
        sample: str = "",
        score: Score | None = None,
    ) -> Replay:
        """The result.

        Args:
            statements: the statements of the new version.
            notes: what is taken for granted.
            sample: the part of the lines that was replayed.
            score: the agreement of the old version with AWS's answers.
        """
        return Replay(
            groups=sorted((each.result() for each in self._groups.values()), key=_rank),
            counts=self._counts,
            inferred=self._inferred,
            contradicted=self._contradicted,
            causes=self._causes,
            left_out=self._left_out,
            lines=self.lines,
            rejects=self._rejects,
            period=self._period,
            unused=[each for each in statements if (each.policy, each.number) not in self._used] if self.calls else (),
            notes=notes,
            raw_values=self._raw,
            sample=sample,
            score=score,
        )


def _rank(group: ReplayGroup) -> tuple[int, int, str, str, str]:
    """What orders groups: by the change, then the largest first."""
    return _ORDER.index(group.change), -group.calls, group.route, group.caller, group.detail
