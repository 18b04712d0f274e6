"""Compares what a case expects of a decision with what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.engine.decision import Decision
from execpolicy.errors import ExecPolicyError
from execpolicy.testing.case_file.calls import CallExpectation
from execpolicy.testing.case_file.item import ERROR
from execpolicy.testing.case_file.model import Expectation

#: One line of a comparison: what is expected, what is found, and whether it is met.
ComparedLine = tuple[str, str, bool]


def compare_error(expected: Expectation | CallExpectation, wanted: str, error: ExecPolicyError) -> ComparedLine:
    """The line for an error that was raised; ``wanted`` is the expectation in words."""
    met = expected.outcome == ERROR and expected.error in error.message
    return wanted, f'error: "{error.message}"', met


class DecisionFacts(NamedTuple):
    """The facts of decisions: determining statements, blocking layers, missing keys, and assumed rules."""

    sids: frozenset[str] = frozenset()
    layers: frozenset[str] = frozenset()
    missing_keys: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> DecisionFacts:
        """The facts of several decisions together; empty without a decision."""
        found = list(decisions)
        return cls(
            frozenset(one.sid for decision in found for one in decision.determining_statements if one.sid),
            frozenset(layer.value for decision in found for layer in decision.blocked_by),
            frozenset(key.lower() for decision in found for key in decision.missing_keys),
            frozenset(rule for decision in found for rule in decision.assumed),
        )


def compare_sets(expected: Expectation | CallExpectation, found: DecisionFacts) -> Iterable[ComparedLine]:
    """A line for each set that the case expects."""
    if expected.sids is not None:
        yield _compared("sid", expected.sids, found.sids)
    if expected.layers is not None:
        yield _compared("layer", {layer.value for layer in expected.layers}, found.layers)
    if expected.missing_keys is not None:
        yield _compared("missing_keys", expected.missing_keys, found.missing_keys)
    if expected.assumed is not None:
        yield _compared("assumed", expected.assumed, found.assumed)


def _compared(name: str, expected: Iterable[str], found: Iterable[str]) -> ComparedLine:
    wanted, there = sorted(expected), sorted(found)
    return f"{name}: {', '.join(wanted) or 'none'}", f"{name}: {', '.join(there) or 'none'}", wanted == there
