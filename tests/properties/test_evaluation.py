"""An evaluation is what the clauses say, each evaluated by itself; so are the keys that the outcome depends on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Layer, Outcome, Request, RequestError, Target
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.layered_request import LayeredRequest, layered_request
from execpolicy.engine.view import View
from tests.examples import of_quick
from tests.model.evaluator import World
from tests.properties import definitions
from tests.properties.worlds import decided, request_of, worlds


def by_itself(request: Request, target: Target) -> LayeredRequest:
    """The request in a view of its own, which shares nothing with other requests."""
    return layered_request(
        request, target, View(request.key_values(), has_boundary=request.caller.boundary is not None)
    )


def expected(statement: CompiledStatement, view: View) -> tuple[Any, ...]:
    truths = [occurrence.clause.test(view) for occurrence in statement.occurrences]
    applies = definitions.all_of(truths)
    grant, possible = statement.grant(view)
    failed = None if applies else truths.index(applies)
    return applies, grant if applies else 0, failed, 0 if applies is False else possible, truths


@of_quick(200)
@given(worlds(), worlds())
def test_an_evaluation_is_what_the_clauses_say(world: World, other: World) -> None:
    try:
        request, target = request_of(world)
    except RequestError:
        return
    caller, context = request.caller, request.context
    elsewhere = []
    for resource in (other.resource, world.resource.replace("prod", "dev")):
        try:
            elsewhere.append(Request(caller=caller, action=request.action, resource=resource, context=context))
        except RequestError:
            continue
    # Requests of one client share what they have in common.
    for one in (request, *elsewhere, request):
        given = by_itself(one, target)
        evaluation = Evaluation(one, target)
        assert list(evaluation.layers) == list(given.layers)
        for layer, evaluated in evaluation.layers.items():
            policies, view = given.layers[layer]
            found = [
                (*each, [evaluated.truths[number] for number in row.clause_numbers])
                for row, each in zip(evaluated.table.rows, evaluated.results, strict=True)
            ]
            assert found == [expected(statement, view) for statement in policies.statements()]
            assert evaluated.may_apply == [at for at, each in enumerate(found) if each[0] is not False]
        assert evaluation.verdicts.layers == definitions.layer_outcomes(given)
        assert evaluation.outcome is definitions.outcome_of(given)


@of_quick(400)
@given(worlds(), st.booleans())
def test_what_an_outcome_depends_on_is_what_changes_it(world: World, partial: bool) -> None:
    if partial:
        world = world._replace(complete=False)
    request, target = request_of(world)
    decision = decided(world)
    given = by_itself(request, target)
    outcome = definitions.outcome_of(given)
    event(outcome.value)
    assert (decision is None) is definitions.is_refused(given)
    if decision is not None:
        assert decision.outcome is outcome
        assert decision.missing_keys == definitions.missing_keys(given)
        assert decision.assumed == definitions.assumed(given)


@pytest.mark.rule("MSG-1")
@of_quick(300)
@given(worlds(), st.booleans())
def test_a_message_names_the_type_that_every_possible_answer_names(world: World, partial: bool) -> None:
    if partial:
        world = world._replace(complete=False)
    decision = decided(world)
    if decision is None or decision.outcome not in (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY):
        return
    named = definitions.named_layers(by_itself(*request_of(world)))
    event(f"{len(named)} layers")
    assert decision.has_known_message is (len(named) == 1)
    types = {layer.policy_type for layer in Layer if f" {layer.policy_type}" in decision.message}
    assert types == ({layer.policy_type for layer in named} if len(named) == 1 else set())
