"""A coverage as plain JSON data, on its way from one process to another that runs the same version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from execpolicy.errors import Span, UsageError
from execpolicy.testing.coverage.entry import Entry
from execpolicy.testing.coverage.outline import ClauseOutline, PolicyOutline, StatementOutline
from execpolicy.testing.coverage.tally import Count, Example

STATE_VERSION: Final = 1


def state_of(entries: Iterable[Entry], texts: Mapping[str, str], cases: int) -> dict[str, Any]:
    """Everything that was counted."""
    return {
        "state_version": STATE_VERSION,
        "cases": cases,
        "texts": dict(texts),
        "policies": [_entry_state(entry) for entry in entries],
    }


def _entry_state(entry: Entry) -> dict[str, Any]:
    outline = entry.outline
    return {
        "names": sorted(entry.names),
        "kinds": sorted(entry.kinds),
        "bound": entry.bound,
        "source": outline.source,
        "digest": outline.digest,
        "statements": [
            [each.number, each.sid, each.effect, each.place, [*each.span], [[*clause] for clause in each.clauses]]
            for each in outline.statements
        ],
        "sides": [[*sides] for sides in entry.sides],
        "counts": [[*sighting, count.cases, *count.first] for sighting, count in entry.counts.items()],
    }


def entries_of(state: Mapping[str, Any]) -> Iterator[Entry]:
    """The policies of a state, with what was counted of them."""
    if state.get("state_version") != STATE_VERSION:
        found = state.get("state_version")
        raise UsageError(
            f"found a coverage state of version {found!r}, expected {STATE_VERSION}",
            advice="every process of a test run must use the same version of execpolicy",
        )
    for policy in state["policies"]:
        entry = Entry(
            PolicyOutline(policy["source"], policy["digest"], tuple(map(_statement, policy["statements"]))),
            tuple(map(tuple, policy["sides"])),
            names=policy["names"],
            kinds=policy["kinds"],
            bound=policy["bound"],
        )
        entry.counts = {
            (number, what): Count(Example(place, name), cases) for number, what, cases, place, name in policy["counts"]
        }
        yield entry


def _statement(values: list[Any]) -> StatementOutline:
    number, sid, effect, place, span, clauses = values
    return StatementOutline(number, sid, effect, place, Span(*span), tuple(map(_clause, clauses)))


def _clause(values: list[Any]) -> ClauseOutline:
    element, operator, key, place, span = values
    return ClauseOutline(element, operator, key, place, Span(*span))
