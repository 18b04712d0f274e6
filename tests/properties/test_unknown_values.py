"""What is not known in a policy decides by brute force: the outcome for many values, each put in its place (SRC-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import event, given

from execpolicy import Decision, Outcome, Policy, PolicySyntaxError, Request, RequestError, Target, authorize
from execpolicy.engine.fast.fast_outcome import fast_outcome, fast_outcome_of_layers
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.layered_request import layered_request
from execpolicy.literals import PolicyKindName
from tests.examples import of_quick
from tests.model.evaluator import Document, decide
from tests.model.unknown_values import PartlyKnown
from tests.properties.unknown_parts import Hidden, filled_in, with_unknown_parts
from tests.properties.worlds import outcome, request_of, worlds
from tests.unknown_policies import parameter, policy_with_unknown

pytestmark = pytest.mark.rule("SRC-10")
FEWER = of_quick(75)


def parse(document: Document, kind: PolicyKindName, name: str) -> Policy:
    return policy_with_unknown(document, kind)


def decided(request: Request, target: Target) -> Decision | None:
    """The decision; None where a value of the context is refused that cannot be compared (CND-15)."""
    try:
        return authorize(request, target)
    except RequestError as error:
        if error.rule != "CND-15":
            raise
        return None


def outcomes(hidden: Hidden) -> Iterator[tuple[tuple[int, ...], str]]:
    """The outcome for values of the unknown parts, by the numbers of the values."""
    numbers = [range(len(part.values)) for part in hidden.parts]
    for chosen in product(*numbers):
        values = {part.name: part.values[number] for part, number in zip(hidden.parts, chosen, strict=True)}
        world = filled_in(hidden, values)
        if world is None:
            continue
        try:
            yield chosen, outcome(world)
        except PolicySyntaxError:
            continue  # with this value AWS does not take the document


@FEWER
@given(with_unknown_parts(worlds()))
def test_an_outcome_is_that_of_every_value(hidden: Hidden) -> None:
    request, target = request_of(hidden.world, parse)
    decision = decided(request, target)
    check_that_all_ways_agree(request, target, decision)
    expected = decide(PartlyKnown(*hidden.world))
    assert (Outcome.INDETERMINATE if decision is None else decision.outcome).value == expected
    if decision is None:
        return
    event(decision.outcome.value)
    found = dict(outcomes(hidden))
    if decision.outcome is not Outcome.INDETERMINATE:
        assert {*found.values()} <= {decision.outcome.value}, str(decision.explain())
        assert decision.unknown_values == ()
        return
    assert decision.unknown_values or decision.missing_keys, str(decision.explain())
    for at, part in enumerate(hidden.parts):
        if changes_outcome(at, found):
            event("a value decides")
            assert parameter(part.name) in decision.unknown_values, str(decision.explain())


def changes_outcome(at: int, found: Mapping[tuple[int, ...], str]) -> bool:
    """Whether the value of one part changes the outcome while those of the others stay."""
    by_others: dict[tuple[int, ...], set[str]] = {}
    for chosen, each in found.items():
        by_others.setdefault(chosen[:at] + chosen[at + 1 :], set()).add(each)
    return any(len(each) > 1 for each in by_others.values())


def check_that_all_ways_agree(request: Request, target: Target, decision: Decision | None) -> None:
    """The fast outcome, the full evaluation, the decision and its explanation say the same."""
    full = Evaluation(request, target)
    assert fast_outcome(request, target) in (None, full.outcome)
    assert fast_outcome_of_layers(layered_request(request, target)) in (None, full.outcome)
    if decision is None:
        assert full.outcome is Outcome.INDETERMINATE
        return
    assert decision.outcome is full.outcome
    assert len(decision.possible) == (2 if full.outcome is Outcome.INDETERMINATE else 1)
    assert decision.explain().outcome is full.outcome
