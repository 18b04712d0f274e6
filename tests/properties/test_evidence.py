"""The evidence of an explanation is what the clauses say, each asked by itself; so is what an outcome hangs on."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from execpolicy import Outcome, Request, RequestError, Target
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.evaluation import Inquiry
from execpolicy.engine.layered_request import Case, case_of
from execpolicy.engine.view import View
from tests.model.evaluator import World
from tests.properties import definitions
from tests.properties.worlds import decided, request_of, worlds


def by_itself(request: Request, target: Target) -> Case:
    """The case in a view of its own, which shares nothing with other requests."""
    return case_of(request, target, View(request.key_values(), has_boundary=request.caller.boundary is not None))


def expected(statement: CompiledStatement, view: View) -> tuple[Any, ...]:
    applies = statement.test(view)
    truths = [occurrence.clause.test(view) for occurrence in statement.occurrences]
    grant = statement.grant(view)[0] if applies else 0
    return applies, grant, None if applies else truths.index(applies), truths


@settings(max_examples=200)
@given(worlds(), worlds())
def test_evidence_is_what_the_clauses_say(world: World, other: World) -> None:
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
        case = by_itself(one, target)
        inquiry = Inquiry(one, target)
        assert list(inquiry.evidence) == list(case.parts)
        for layer, evidence in inquiry.evidence.items():
            policies, view = case.parts[layer]
            found = [
                (*each, [evidence.truths[number] for number in line[2]])
                for line, each in zip(evidence.sheet.lines, evidence.founds, strict=True)
            ]
            assert found == [expected(statement, view) for statement in policies.statements()]
        assert inquiry.decide() == case.decide()


@settings(max_examples=400)
@given(worlds(), st.booleans())
def test_what_an_outcome_depends_on_is_what_changes_it(world: World, partial: bool) -> None:
    if partial:
        world = world._replace(complete=False)
    request, target = request_of(world)
    decision = decided(world)
    case = by_itself(request, target)
    outcome = definitions.outcome_of(case)
    event(outcome.value)
    unreadable = outcome is Outcome.INDETERMINATE and definitions.decides(case, definitions.is_unreadable)
    assert (decision is None) is unreadable
    if decision is not None:
        assert decision.outcome is outcome
        assert decision.missing_keys == definitions.missing_keys(case)
        assert decision.assumed == definitions.assumed(case)
