"""Nothing that is assumed decides an outcome without being named in it."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Outcome
from tests.model.evaluator import World, decide
from tests.properties.worlds import decided, worlds

#: The rules of status A of which the model has the other reading too.
OTHER_READINGS = ("EVL-8", "EVL-9", "PRN-1", "PRN-4", "PRN-5", "PRN-7", "VAR-4")


@pytest.mark.rule("EVL-8", "EVL-9", "PRN-1", "PRN-4", "PRN-5", "PRN-7", "VAR-4", "EVL-11")
@given(worlds(), st.sampled_from(OTHER_READINGS))
def test_an_outcome_that_another_reading_changes_names_the_assumption(world: World, rule: str) -> None:
    decision = decided(world)
    if decision is None or decision.outcome is Outcome.INDETERMINATE:
        return
    if decide(world._replace(otherwise=rule)) != decision.outcome.value:
        event(f"{rule} decides")
        assert rule in decision.assumed, str(decision.explain())
