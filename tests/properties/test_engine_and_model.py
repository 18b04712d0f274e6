"""The engine and the naive model agree on every case: two readings of the same rules."""

from __future__ import annotations

import json

import pytest
from hypothesis import event, given

from execpolicy import Outcome
from tests.examples import of_quick
from tests.model.evaluator import World, decide
from tests.properties.worlds import decided, worlds


@pytest.mark.rule("EVL-1", "EVL-4", "EVL-5", "KEY-4", "CND-1", "RES-1", "PRN-1")
@given(worlds())
def test_engine_and_model_agree(world: World) -> None:
    decision = decided(world)
    expected = decide(world)
    found = Outcome.INDETERMINATE.value if decision is None else decision.outcome.value
    event(found)
    assert found == expected, "" if decision is None else str(decision.explain())


#: The two laws below need fewer cases than the agreement in each run of the suite.
FEWER = of_quick(75)


@pytest.mark.rule("EVL-11")
@FEWER
@given(worlds())
def test_explanation_and_decision_agree(world: World) -> None:
    decision = decided(world)
    if decision is None:
        return
    explanation = decision.explain()
    assert explanation.outcome is decision.outcome
    applying = {
        (layer, policy.name, statement.number)
        for layer, policy, statement in explanation.statements()
        if statement.determining
    }
    assert applying == {(one.layer, one.policy, one.index) for one in decision.determining_statements}
    for _, _, statement in explanation.statements():
        # A statement is what its clauses are: all hold, one fails, or else it is not known.
        holds = [clause.holds for clause in statement.clauses]
        assert statement.applies is (False if False in holds else None if None in holds else True)
        assert (statement.failed is None) is (statement.applies is True)
    assert json.loads(json.dumps(decision.to_dict()))["outcome"] == decision.outcome.value
    assert str(explanation)


@pytest.mark.rule("KEY-5")
@FEWER
@given(worlds())
def test_an_indeterminate_outcome_names_what_it_depends_on(world: World) -> None:
    decision = decided(world)
    if decision is not None and decision.outcome is Outcome.INDETERMINATE:
        assert decision.missing_keys, str(decision.explain())
        assert len(decision.possible) == 2
