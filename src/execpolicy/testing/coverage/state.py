"""A coverage as plain JSON data, for another process of the same version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from execpolicy.errors import Span, UsageError
from execpolicy.testing.coverage.case_count import CaseCounter, Example
from execpolicy.testing.coverage.outline import ClauseOutline, PolicyOutline, StatementOutline
from execpolicy.testing.coverage.policy_counts import PolicyCounts

STATE_VERSION: Final = 1


def state_of(policies: Iterable[PolicyCounts], texts: Mapping[str, str], cases: int) -> dict[str, Any]:
    """All counts."""
    return {
        "state_version": STATE_VERSION,
        "cases": cases,
        "texts": dict(texts),
        "policies": [_policy_state(counts) for counts in policies],
    }


def _policy_state(counts: PolicyCounts) -> dict[str, Any]:
    outline = counts.outline
    return {
        "names": sorted(counts.names),
        "kinds": sorted(counts.kinds),
        "attached": counts.attached,
        "source": outline.source,
        "digest": outline.digest,
        "statements": [
            [each.number, each.sid, each.effect, each.place, [*each.span], [[*clause] for clause in each.clauses]]
            for each in outline.statements
        ],
        "sides": [[*sides] for sides in counts.can_fail],
        "counts": [[*sighting, count.cases, *count.first] for sighting, count in counts.counts.items()],
    }


def policies_of_state(state: Mapping[str, Any]) -> Iterator[PolicyCounts]:
    """The policies of a state, with their counts."""
    if state.get("state_version") != STATE_VERSION:
        found = state.get("state_version")
        raise UsageError(
            f"found a coverage state of version {found!r}, expected {STATE_VERSION}",
            advice="every process of a test run must use the same version of execpolicy",
        )
    for policy in state["policies"]:
        counts = PolicyCounts(
            PolicyOutline(policy["source"], policy["digest"], tuple(map(_statement, policy["statements"]))),
            tuple(map(tuple, policy["sides"])),
            names=policy["names"],
            kinds=policy["kinds"],
            attached=policy["attached"],
        )
        counts.counts = {
            (number, what): CaseCounter(Example(place, name), cases)
            for number, what, cases, place, name in policy["counts"]
        }
        yield counts


def _statement(values: list[Any]) -> StatementOutline:
    number, sid, effect, place, span, clauses = values
    return StatementOutline(number, sid, effect, place, Span(*span), tuple(map(_clause, clauses)))


def _clause(values: list[Any]) -> ClauseOutline:
    element, operator, key, place, span = values
    return ClauseOutline(element, operator, key, place, Span(*span))
