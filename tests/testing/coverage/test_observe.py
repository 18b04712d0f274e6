"""What is seen of a decision is what its explanation tells, whatever the policies are."""

from __future__ import annotations

from hypothesis import given, settings

from execpolicy import Decision
from execpolicy.engine.explain.explanation import Explanation
from execpolicy.testing.coverage.observe import APPLIED, DECIDED, observations
from tests.model.evaluator import World
from tests.properties.worlds import decided, worlds

Seen = list[tuple[str, list[tuple[int, int]]]]


def told(explanation: Explanation) -> Seen:
    """The same, from the account of every statement and clause."""
    found: Seen = []
    for layer in explanation.layers:
        for policy in layer.policies:
            shown = []
            for statement in policy.statements:
                failing = [number for number, clause in enumerate(statement.clauses) if clause.holds is not True]
                if not failing:
                    shown.append((statement.number, APPLIED))
                elif len(failing) == 1 and statement.clauses[failing[0]].holds is False:
                    shown.append((statement.number, failing[0]))
                if statement.determining:
                    shown.append((statement.number, DECIDED))
            found.append((policy.name, shown))
    return found


def seen(decision: Decision) -> Seen:
    return [(policy.name, shown) for policy, shown in observations(decision)]


@settings(max_examples=settings().max_examples // 2)
@given(worlds())
def test_what_is_seen_is_what_the_explanation_tells(world: World) -> None:
    decision = decided(world)
    if decision is not None:
        found = seen(decision)
        assert found == told(decision.explain())
        deciding = [number for _, shown in found for number, what in shown if what == DECIDED]
        assert deciding == [statement.index for statement in decision.determining_statements]
