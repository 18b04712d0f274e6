"""A policy that is narrowed to what the calls of a log need, as a value (LOG-10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from execpolicy.analysis.comparison import Comparison
    from execpolicy.bulk.replay_result import Replay
    from execpolicy.document.policy import Policy


class CoveringPattern(NamedTuple):
    """A pattern of a narrowed statement that covers routes which the calls of the log do not need it for.

    Attributes:
        pattern: the pattern.
        routes: the keys of these routes.
    """

    pattern: str
    routes: tuple[str, ...]


class NarrowedStatement(NamedTuple):
    """What becomes of an Allow statement.

    Attributes:
        number: its number in the policy before, from 0.
        sid: its Sid; None without one.
        place: its place in the policy before.
        is_kept: whether the calls need it.
        resources: its resources in the narrowed policy.
        sources: the networks of the condition that is added to it.
        calls: the number of calls that need it.
        note: why it stays as it is, or what of it is not narrowed; empty for nothing.
        covering: its patterns that cover other routes.

    >>> NarrowedStatement._fields[:3]
    ('number', 'sid', 'place')
    """

    number: int
    sid: str | None
    place: str
    is_kept: bool
    resources: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    calls: int = 0
    note: str = ""
    covering: tuple[CoveringPattern, ...] = ()


class Narrowed(Frozen):
    """A policy with what the admitted calls of a log need, as ``narrow`` returns it.

    Attributes:
        before: the policy before.
        policy: the narrowed policy.
        statements: the Allow statements, each as it is kept or left out. Denies stay.
        comparison: how the narrowed policy compares with the one before: EQUAL or STRICTER.
        replay: the replay of the same log, in which no call is newly refused.
        unknown_callers: the callers whose policies are not given, each with the number of its calls; they may have any.
        notes: what is taken for granted.

    >>> Narrowed.__slots__[:2]
    ('before', 'comparison')
    """

    __slots__ = ("before", "comparison", "notes", "policy", "replay", "statements", "unknown_callers")
    before: Policy
    policy: Policy
    statements: tuple[NarrowedStatement, ...]
    comparison: Comparison
    replay: Replay
    unknown_callers: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]

    def __init__(
        self,
        before: Policy,
        policy: Policy,
        statements: Iterable[NarrowedStatement],
        *,
        comparison: Comparison,
        replay: Replay,
        unknown_callers: Iterable[tuple[str, int]],
        notes: Iterable[str],
    ) -> None:
        self._set(
            before=before,
            policy=policy,
            statements=tuple(statements),
            comparison=comparison,
            replay=replay,
            unknown_callers=tuple(unknown_callers),
            notes=tuple(notes),
        )

    @property
    def first(self) -> datetime | None:
        """The time of the first call of the log, in UTC."""
        return self.replay.first

    @property
    def last(self) -> datetime | None:
        """The time of the last call of the log, in UTC."""
        return self.replay.last

    def _shown(self) -> str:
        kept = sum(each.is_kept for each in self.statements)
        return f"<Narrowed: {kept} of {len(self.statements)} Allow statements, {self.comparison.verdict}>"

    def __bool__(self) -> bool:
        raise UsageError("a Narrowed is neither true nor false", advice="read .policy")

    def to_document(self) -> dict[str, Any]:
        """The narrowed policy as Python objects."""
        return self.policy.to_document()
