"""Groups of a replay as data of a checkpoint, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from execpolicy.bulk.replay_example import ReplayExample
from execpolicy.bulk.replay_result import CallChange, SideAnswer
from execpolicy.bulk.replayed_call import ReplayedCall
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.engine.decision import DeterminingStatement
from execpolicy.engine.layers import Layer
from execpolicy.errors import Span
from execpolicy.gateway.flow.step import CallOutcome


def time_as_data(time: datetime | None) -> str | None:
    """A time as text; None for none."""
    return None if time is None else time.isoformat()


def time_of_data(text: str | None) -> datetime | None:
    """The time of a text that ``time_as_data`` made."""
    return None if text is None else datetime.fromisoformat(text)


def change_as_data(found: ReplayedCall) -> dict[str, Any]:
    """The change of the calls of a group, without what is counted apart from groups."""
    return {
        "change": found.change.value,
        "route": found.route,
        "before": _side_as_data(found.before),
        "after": _side_as_data(found.after),
        "causes": [cause.value for cause in found.causes],
        "detail": found.detail,
    }


def change_of_data(data: dict[str, Any]) -> ReplayedCall:
    """The change of data that ``change_as_data`` made."""
    return ReplayedCall(
        CallChange(data["change"]),
        data["route"],
        _side_of_data(data["before"]),
        _side_of_data(data["after"]),
        tuple(map(UnknownCause, data["causes"])),
        data["detail"],
    )


def example_as_data(example: ReplayExample) -> list[Any]:
    """A call that is shown."""
    return [example.place, time_as_data(example.time), *example[2:]]


def example_of_data(data: list[Any]) -> ReplayExample:
    """The call of data that ``example_as_data`` made."""
    place, time, *more = data
    return ReplayExample(place, time_of_data(time), *more)


def _side_as_data(side: SideAnswer | None) -> list[Any] | None:
    if side is None:
        return None
    statements = [
        [each.layer.value, each.policy, each.index, each.sid, each.span, each.place] for each in side.statements
    ]
    return [side.outcome.value, side.statuses, side.gate, statements]


def _side_of_data(data: list[Any] | None) -> SideAnswer | None:
    if data is None:
        return None
    outcome, statuses, gate, statements = data
    found = tuple(
        DeterminingStatement(Layer(layer), policy, index, sid, None if span is None else Span(*span), place=place)
        for layer, policy, index, sid, span, place in statements
    )
    return SideAnswer(CallOutcome(outcome), tuple(statuses), gate, found)
