"""A row about calls of a log in a table: how their answer changes, by whom and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.replay_result import NotReplayed
from execpolicy.bulk.replayed_call import caller_label

if TYPE_CHECKING:
    from execpolicy.bulk.replay_result import SideAnswer
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call


class CallRow(NamedTuple):
    """What a table says of a call. What does not apply is None.

    Attributes:
        change: how its answer changes.
        not_replayed: why it is not replayed.
        route: the key of its route; empty for no route.
        caller: who makes it: a session by its role, unless raw values are shown.
        before, before_statuses, before_gate, before_statements: the answer of the old version, its possible statuses,
            the gate that refuses the call, and the statements that decide.
        after, after_statuses, after_gate, after_statements: the same of the new version.
        causes, detail: why the change is not known.
        inferred: whether it is known only by AWS's logged answer.
    """

    change: str | None = None
    not_replayed: str | None = None
    route: str | None = None
    caller: str | None = None
    before: str | None = None
    before_statuses: tuple[int, ...] | None = None
    before_gate: str | None = None
    before_statements: tuple[str, ...] | None = None
    after: str | None = None
    after_statuses: tuple[int, ...] | None = None
    after_gate: str | None = None
    after_statements: tuple[str, ...] | None = None
    causes: tuple[str, ...] | None = None
    detail: str | None = None
    inferred: bool | None = None


#: The columns whose values are lists of numbers, and of texts, and the one of truth values; the others have texts.
LISTS_OF_NUMBERS: Final = frozenset({"before_statuses", "after_statuses"})
LISTS_OF_TEXTS: Final = frozenset({"before_statements", "after_statements", "causes"})
TRUTH_VALUES: Final = frozenset({"inferred"})

#: The parts of the answer of a version.
_SideParts = tuple[str | None, tuple[int, ...] | None, str | None, tuple[str, ...] | None]


def row_of(call: Call | NotReplayed, found: ReplayedCall | NotReplayed, *, raw_values: bool) -> CallRow:
    """The row of a call.

    Args:
        call: the call; why its line has none, if it has none.
        found: its change, or why it is not replayed.
        raw_values: whether the row has the session of the caller.
    """
    if isinstance(call, NotReplayed) or isinstance(found, NotReplayed):
        return CallRow(not_replayed=str(found))
    return CallRow(
        found.change.value,
        None,
        found.route,
        caller_label(call, raw_values=raw_values),
        *_side(found.before),
        *_side(found.after),
        tuple(each.value for each in found.causes),
        found.detail,
        found.inferred,
    )


def _side(side: SideAnswer | None) -> _SideParts:
    if side is None:
        return None, None, None, None
    statements = tuple(f"{each.place} {each.sid}" if each.sid and each.span else each.place for each in side.statements)
    return side.outcome.value, side.statuses, side.gate, statements
