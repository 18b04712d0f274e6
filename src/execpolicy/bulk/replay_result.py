"""What a replay of logs found: the calls that change, those that are not known, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.bulk.replay_example import ReplayExample
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.document.syntax.wording import counted
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.bulk.replay_score import Score
    from execpolicy.engine.decision import DeterminingStatement
    from execpolicy.gateway.flow.step import CallOutcome

#: The attributes of a replay that are mappings.
_COUNTED: Final = ("counts", "causes", "left_out")


class CallChange(StrEnum):
    """What a new version does to a call that was made.

    >>> CallChange("newly refused") is CallChange.NEWLY_REFUSED
    True
    """

    NEWLY_REFUSED = "newly refused"
    NEWLY_ADMITTED = "newly admitted"
    #: It depends on what the log does not hold.
    UNKNOWN = "unknown"
    UNCHANGED = "unchanged"


class NotReplayed(StrEnum):
    """Why a line is not replayed.

    >>> NotReplayed.OTHER_API.value
    'a call to another API'
    """

    BROKEN = "cannot be read"
    EMPTY = "empty"
    OTHER_API = "a call to another API"
    OTHER_STAGE = "a call to a stage that the API does not have"
    DUPLICATE = "a call that the logs have already"


class SideAnswer(NamedTuple):
    """The answer of one version to a call.

    Attributes:
        outcome: whether the call gets through.
        statuses: the possible statuses.
        gate: the gate that refuses the call; empty if none does, or if it is not known.
        statements: the statements that decide.
    """

    outcome: CallOutcome
    statuses: tuple[int, ...]
    gate: str = ""
    statements: tuple[DeterminingStatement, ...] = ()


class ReplayGroup(NamedTuple):
    """Calls of one route and one caller that have the same answers, for the same reasons.

    Attributes:
        change: how their answer changes.
        route: the key of their route; empty if the new version has none.
        caller: who makes them: the ARN of a role without the session, unless raw values are shown.
        before: the answer of the old version; None if that is what the log says, or if it is not known.
        after: the answer of the new version; None if it is not known.
        causes: why the change is not known.
        detail: what is missing, such as the name of a condition key.
        calls: the number of calls.
        inferred: how many of them are known only by AWS's logged answer.
        first, last: the times of the first and the last call, in UTC.
        examples: some of them.

    >>> ReplayGroup._fields[:3]
    ('change', 'route', 'caller')
    """

    change: CallChange
    route: str
    caller: str
    before: SideAnswer | None
    after: SideAnswer | None
    causes: tuple[UnknownCause, ...]
    detail: str
    calls: int
    inferred: int
    first: datetime | None
    last: datetime | None
    examples: tuple[ReplayExample, ...]


class UnusedInLog(NamedTuple):
    """A statement of the new version that decided no call of the log."""

    policy: str
    number: int
    sid: str | None
    effect: str
    place: str


#: The style in which each change is shown.
CHANGE_STYLES: Final = {
    CallChange.NEWLY_REFUSED: "explicit_deny",
    CallChange.NEWLY_ADMITTED: "allow",
    CallChange.UNKNOWN: "indeterminate",
    CallChange.UNCHANGED: "",
}
#: How many groups a notebook shows.
_MOST_GROUPS: Final = 100


def _shown_group(group: ReplayGroup) -> Sequence[tuple[str, str]]:
    """The styles and the words of a group in a notebook."""
    before = "by the log, or not known" if group.before is None else _shown_side(group.before)
    after = "not known" if group.after is None else _shown_side(group.after)
    words = (f"{group.calls:,}", group.route or "no route", group.caller, before, after)
    return ((CHANGE_STYLES[group.change], group.change.value), *(("", each) for each in words))


def _shown_side(side: SideAnswer) -> str:
    return f"{side.outcome.value} at {side.gate}" if side.gate else side.outcome.value


class Replay(Frozen):
    """The result of replaying the calls of logs, as ``replay`` returns it.

    Attributes:
        groups: the calls that change, or whose change is not known: the largest group of each kind first.
        counts: how many calls there are of each kind.
        inferred: how many calls are known only by AWS's logged answer.
        contradicted: how many calls the old version answers differently from AWS.
        causes: how many calls are not known for each cause. A call can have several causes.
        left_out: how many lines are not replayed, for each reason.
        lines: the number of lines.
        rejects: the places of the first lines that cannot be read.
        first, last: the times of the first and the last call, in UTC.
        unused: the statements of the new version that decided no call.
        notes: what is taken for granted.
        raw_values: whether paths, sessions and addresses are shown as the log has them.
        sample: the part of the lines that all numbers are about, such as ``1/100``; empty for all lines.
        score: how often the old version answers as AWS did; None without ``score=True``.

    >>> from execpolicy import Api, Route, replay
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders"])
    >>> import tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp()) / "access.log"
    >>> _ = log.write_text('{"httpMethod": "GET", "path": "/prod/orders", "ip": "203.0.113.7", "userArn": "-"}')
    >>> closed = Api.from_definition(api).each(lambda each: each)
    >>> replay(log, before=api, after=closed).counts[CallChange.UNCHANGED]
    1
    """

    __slots__ = (
        *("causes", "contradicted", "counts", "first", "groups", "inferred", "last", "left_out", "lines", "notes"),
        *("raw_values", "rejects", "sample", "score", "unused"),
    )
    groups: tuple[ReplayGroup, ...]
    counts: Mapping[CallChange, int]
    inferred: int
    contradicted: int
    causes: Mapping[UnknownCause, int]
    left_out: Mapping[NotReplayed, int]
    lines: int
    rejects: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    unused: tuple[UnusedInLog, ...]
    notes: tuple[str, ...]
    raw_values: bool
    sample: str
    score: Score | None

    def __init__(
        self,
        *,
        groups: Iterable[ReplayGroup],
        counts: Mapping[CallChange, int],
        inferred: int,
        contradicted: int,
        causes: Mapping[UnknownCause, int],
        left_out: Mapping[NotReplayed, int],
        lines: int,
        rejects: Iterable[str],
        period: tuple[datetime | None, datetime | None],
        unused: Iterable[UnusedInLog],
        notes: Iterable[str],
        raw_values: bool,
        sample: str = "",
        score: Score | None = None,
    ) -> None:
        self._set(
            groups=tuple(groups),
            counts=MappingProxyType({each: counts.get(each, 0) for each in CallChange}),
            inferred=inferred,
            contradicted=contradicted,
            causes=MappingProxyType({each: number for each in UnknownCause if (number := causes.get(each, 0))}),
            left_out=MappingProxyType({each: number for each in NotReplayed if (number := left_out.get(each, 0))}),
            lines=lines,
            rejects=tuple(rejects),
            first=period[0],
            last=period[1],
            unused=tuple(unused),
            notes=tuple(notes),
            raw_values=raw_values,
            sample=sample,
            score=score,
        )

    @property
    def calls(self) -> int:
        """The number of calls that were replayed."""
        return sum(self.counts.values())

    @property
    def is_uncertain(self) -> bool:
        """Whether something of the log is not known: a call, or a line that cannot be read."""
        return bool(self.counts[CallChange.UNKNOWN] or self.left_out.get(NotReplayed.BROKEN))

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return state | {name: dict(state[name]) for name in _COUNTED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        frozen = {name: MappingProxyType(state[name]) for name in _COUNTED}
        self._set(**state | frozen)

    def _identity(self) -> tuple[object, ...]:
        return tuple(
            tuple(getattr(self, name).items()) if name in _COUNTED else getattr(self, name) for name in self._fields()
        )

    def _shown(self) -> str:
        return f"<Replay of {self.calls} calls: {self._counted()}>"

    def _counted(self) -> str:
        return ", ".join(f"{number} {change}" for change, number in self.counts.items() if number)

    def _repr_html_(self) -> str:
        from execpolicy._base.notebook_html import table_of  # only notebooks need it

        left_out = len(self.groups) - _MOST_GROUPS
        more = f"; {counted(left_out, 'other group')} not shown" if left_out > 0 else ""
        estimated = f"estimated from {self.sample} of the lines: " if self.sample else ""
        return table_of(
            f"{estimated}{counted(self.calls, 'call')}: {self._counted()}{more}",
            ("change", "calls", "route", "caller", "before", "after"),
            map(_shown_group, self.groups[:_MOST_GROUPS]),
        )

    def __bool__(self) -> bool:
        raise UsageError("a Replay is neither true nor false", advice="read .counts or .groups")
