"""A narrowed policy with the statements that are kept and left out, as text, as plain data, and as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.bulk.narrowed import Narrowed, NarrowedStatement
from execpolicy.bulk.replay_result import CallChange
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.render.outline import wrapped
from execpolicy.render.replay_examples import period_of, time_data
from execpolicy.render.styled_line import StyledLine, styled_line

SCHEMA_VERSION: Final = 1


def policy_text(narrowed: Narrowed) -> str:
    """The narrowed policy as JSON, or as YAML if the policy before is written in YAML."""
    document = narrowed.to_document()
    source = narrowed.before.source
    if source is not None and not source.text.lstrip("\ufeff \t\r\n").startswith("{"):
        from execpolicy.render.yaml import data_to_yaml

        return data_to_yaml(document)
    return json.dumps(document, indent=2) + "\n"


def narrowed_lines(narrowed: Narrowed, width: int | None, *, zone: tzinfo = UTC) -> Iterator[StyledLine]:
    """What becomes of each statement, then what the result depends on.

    Args:
        narrowed: the result.
        width: the number of columns, or None for lines of any length.
        zone: the zone of the times.
    """
    for line in _lines(narrowed, zone):
        yield from wrapped(line, width) if line is not None else (styled_line(),)


def _lines(narrowed: Narrowed, zone: tzinfo) -> Iterator[OutlineLine | None]:
    replay = narrowed.replay
    period = period_of(narrowed.first, narrowed.last, zone)
    kept = sum(each.is_kept for each in narrowed.statements)
    yield OutlineLine(0, "heading", f"{counted(replay.calls, 'call')}{f', {period}' if period else ''}")
    yield OutlineLine(1, "", f"{kept} of {counted(len(narrowed.statements), 'Allow statement')} kept")
    yield OutlineLine(1, "", f"compared with the policy before: {narrowed.comparison.verdict}")
    refused, unknown = replay.counts[CallChange.NEWLY_REFUSED], replay.counts[CallChange.UNKNOWN]
    yield OutlineLine(1, "", f"replayed: {refused} newly refused, {unknown} unknown")
    for each in narrowed.statements:
        yield None
        yield from _statement_lines(each, period)
    yield None
    for caller, calls in narrowed.unknown_callers:
        text = f"a caller whose policies are not given: {caller} ({counted(calls, 'call')})"
        yield OutlineLine(0, "missing", printable(text))
    yield from (OutlineLine(0, "note", f"note: {each}") for each in narrowed.notes)


def _statement_lines(statement: NarrowedStatement, period: str) -> Iterator[OutlineLine]:
    name = printable(f"{statement.place} {statement.sid or f'Statement[{statement.number}]'}")
    if not statement.is_kept:
        within = f"of the period {period}" if period else "of the log"
        yield OutlineLine(0, "explicit_deny", f"left out: {name}: no admitted call {within} needs it")
        return
    yield OutlineLine(0, "allow", f"kept: {name}: for {counted(statement.calls, 'call')}")
    yield from (OutlineLine(2, "", printable(each)) for each in statement.resources)
    if statement.sources:
        yield OutlineLine(2, "", f"from {', '.join(statement.sources)}")
    for pattern, routes in statement.covering:
        yield OutlineLine(2, "missing", printable(f"{pattern} also covers {listed(routes, 'and')}"))
    if statement.note:
        yield OutlineLine(2, "note", statement.note)


def narrowed_data(narrowed: Narrowed) -> dict[str, Any]:
    """The result as plain data, by the schema ``docs/schemas/narrow-1.json``. Times are in UTC."""
    return {
        "schema_version": SCHEMA_VERSION,
        "policy": narrowed.to_document(),
        "statements": [
            {
                "index": each.number,
                "sid": each.sid,
                "place": printable(each.place),
                "kept": each.is_kept,
                "resources": list(each.resources),
                "sources": list(each.sources),
                "calls": each.calls,
                "note": each.note or None,
                "covering": [{"pattern": pattern, "routes": list(routes)} for pattern, routes in each.covering],
            }
            for each in narrowed.statements
        ],
        "comparison": narrowed.comparison.verdict.value,
        "calls": narrowed.replay.calls,
        "counts": {change.value: number for change, number in narrowed.replay.counts.items()},
        "left_out": {reason.value: number for reason, number in narrowed.replay.left_out.items()},
        "first": time_data(narrowed.first),
        "last": time_data(narrowed.last),
        "unknown_callers": [{"caller": caller, "calls": calls} for caller, calls in narrowed.unknown_callers],
        "notes": list(narrowed.notes),
    }
