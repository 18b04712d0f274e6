"""The result of a replay, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo
from itertools import groupby
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.bulk.replay_result import CHANGE_STYLES, CallChange, NotReplayed, Replay, ReplayGroup, SideAnswer
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.render.outline import wrapped
from execpolicy.render.replay_examples import example_data, example_words, period_of, time_data
from execpolicy.render.replay_score import CASE_STYLE, score_data, score_lines
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import statement_data, statement_with_place

SCHEMA_VERSION: Final = 1
#: The most groups of each kind that are shown, unless all are wanted.
MOST_GROUPS: Final = 10
_NO_ROUTE: Final = "no route"
_BY_LOG: Final = "as the log says"


def replay_lines_of(
    replay: Replay, width: int | None, *, zone: tzinfo = UTC, verbose: bool = False
) -> Iterator[StyledLine]:
    """The counts, then the groups, then what was left out.

    Args:
        replay: the result.
        width: the number of columns, or None for lines of any length.
        zone: the zone of the times.
        verbose: whether to show all groups, with all their examples.
    """
    yield styled_line(("heading", summary_of(replay, zone)))
    parts: list[tuple[str, str]] = []
    for change, number in replay.counts.items():
        style = CHANGE_STYLES[change] if number else ""
        parts += [("", ", " if parts else "  "), (style, f"{number} {change}")]
    yield styled_line(*parts)
    for change, found in groupby(replay.groups, key=lambda group: group.change):
        groups = list(found)
        shown = groups if verbose else groups[:MOST_GROUPS]
        yield styled_line()
        yield styled_line((CHANGE_STYLES[change], change.value))
        for group in shown:
            yield from _group_lines(group, width, zone, verbose=verbose)
        if len(shown) < len(groups):
            more = groups[len(shown) :]
            number = sum(group.calls for group in more)
            yield styled_line(("note", f"  and {counted(number, 'call')} in {counted(len(more), 'other group')}"))
    if replay.score is not None:
        yield styled_line()
        for line in score_lines(replay.score, zone, verbose=verbose):
            yield from wrapped(line, None if line.style == CASE_STYLE else width)
    below = list(lines_below(replay, zone))
    if below:
        yield styled_line()
    for line in below:
        yield from wrapped(line, width)


def summary_of(replay: Replay, zone: tzinfo) -> str:
    """The number of calls, and the period."""
    period = period_of(replay.first, replay.last, zone)
    estimated = f"estimated from {replay.sample} of the lines: " if replay.sample else ""
    return estimated + counted(replay.calls, "call") + (f", {period}" if period else "")


def _group_lines(group: ReplayGroup, width: int | None, zone: tzinfo, *, verbose: bool) -> Iterator[StyledLine]:
    yield from wrapped(OutlineLine(1, "label", printable(group_title(group))), width)
    for text in group_details(group, zone):
        yield from wrapped(OutlineLine(3, "", printable(text)), width)
    for example in group.examples if verbose else group.examples[:1]:
        yield from wrapped(OutlineLine(3, "note", printable(f"for example {example_words(example, zone)}")), width)


def group_title(group: ReplayGroup) -> str:
    """How many calls, to which route, by whom."""
    return f"{counted(group.calls, 'call')} to {group.route or _NO_ROUTE} by {group.caller}"


def group_details(group: ReplayGroup, zone: tzinfo) -> Iterator[str]:
    """The answers of both versions, or why they are not known, and the period."""
    if group.change is CallChange.UNKNOWN:
        for cause in group.causes:
            yield f"{cause}{f': {group.detail}' if group.detail and cause is group.causes[-1] else ''}"
    else:
        yield f"before: {side_words(group.before)}"
        yield f"after: {side_words(group.after)}"
    if group.inferred:
        yield f"{group.inferred} of them known only by AWS's logged answer"
    period = period_of(group.first, group.last, zone)
    if period:
        yield period


def side_words(side: SideAnswer | None) -> str:
    """The answer of a version, with the statements that decide."""
    if side is None or side.outcome is CallOutcome.INDETERMINATE:
        return _BY_LOG
    words = "gets through" if side.outcome is CallOutcome.ALLOWED else f"refused with {listed(map(str, side.statuses))}"
    at = f" at the gate {side.gate}" if side.gate else ""
    by = ", ".join(statement_with_place(each) for each in side.statements)
    return f"{words}{at}{f', by {by}' if by else ''}"


def lines_below(replay: Replay, zone: tzinfo) -> Iterator[OutlineLine]:
    """What stands below the groups: unused statements, what was left out, and notes."""
    period = period_of(replay.first, replay.last, zone)
    if replay.unused:
        within = f"in the period {period}" if period else "of this log"
        yield OutlineLine(0, "heading", f"statements that decided no call {within}:")
        for each in replay.unused:
            yield OutlineLine(1, "", printable(f"{each.effect} {each.place} {each.sid or f'Statement[{each.number}]'}"))
    for reason, number in replay.left_out.items():
        where = f": {', '.join(replay.rejects)}{', …' * (number > len(replay.rejects))}"
        places = where if reason is NotReplayed.BROKEN else ""
        yield OutlineLine(0, "missing", printable(f"left out: {number} ({reason}{places})"))
    if replay.contradicted:
        calls = counted(replay.contradicted, "call")
        yield OutlineLine(0, "missing", f"note: the old version answers {calls} differently from AWS")
    if replay.inferred:
        calls = counted(replay.inferred, "call")
        yield OutlineLine(0, "note", f"note: known only by AWS's logged answer: {calls}")
    yield from (OutlineLine(0, "note", f"note: {each}") for each in replay.notes)


def replay_data(replay: Replay) -> dict[str, Any]:
    """The result as plain data, by the schema ``docs/schemas/replay-1.json``. Times are in UTC."""
    return {
        "schema_version": SCHEMA_VERSION,
        "lines": replay.lines,
        "calls": replay.calls,
        "counts": {change.value: number for change, number in replay.counts.items()},
        "inferred": replay.inferred,
        "contradicted": replay.contradicted,
        "causes": {cause.value: number for cause, number in replay.causes.items()},
        "left_out": {reason.value: number for reason, number in replay.left_out.items()},
        "rejects": [printable(each) for each in replay.rejects],
        "first": time_data(replay.first),
        "last": time_data(replay.last),
        "raw_values": replay.raw_values,
        "sample": replay.sample or None,
        "score": None if replay.score is None else score_data(replay.score),
        "groups": [_group_data(each) for each in replay.groups],
        "unused": [
            {"policy": each.policy, "index": each.number, "sid": each.sid, "effect": each.effect, "place": each.place}
            for each in replay.unused
        ],
        "notes": list(replay.notes),
    }


def _group_data(group: ReplayGroup) -> dict[str, Any]:
    return {
        "change": group.change.value,
        "route": group.route or None,
        "caller": group.caller,
        "before": _side_data(group.before),
        "after": _side_data(group.after),
        "causes": [each.value for each in group.causes],
        "detail": group.detail or None,
        "calls": group.calls,
        "inferred": group.inferred,
        "first": time_data(group.first),
        "last": time_data(group.last),
        "examples": [example_data(each) for each in group.examples],
    }


def _side_data(side: SideAnswer | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "outcome": side.outcome.value,
        "statuses": list(side.statuses),
        "gate": side.gate or None,
        "statements": [statement_data(each) for each in side.statements],
    }
