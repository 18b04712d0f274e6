"""The evidence of an explanation is what the clauses say, each asked by itself; so is what an outcome hangs on."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from execpolicy import Outcome, Request, RequestError, Target
from execpolicy.engine.clauses import spelled
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.full.evaluation import Inquiry
from execpolicy.engine.layered_request import Case, case_of
from execpolicy.engine.view import View
from execpolicy.language.condition import Truth
from execpolicy.language.grant import Grant
from tests.model.evaluator import World
from tests.properties.worlds import decided, request_of, worlds


def by_itself(request: Request, target: Target) -> Case:
    """The case in a view of its own, which shares nothing with other requests."""
    return case_of(request, target, View(request.facts(), has_boundary=request.caller.boundary is not None))


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


def outcome_if(case: Case, occurrences: Any) -> Outcome:
    """The outcome if the results of some occurrences were others."""

    def judge(statement: CompiledStatement, view: View) -> Truth:
        truths = [occurrences(each, view) for each in statement.occurrences]
        return False if False in truths else None if None in truths else True

    return case.decide(judge).outcome


def star_names_the_session(statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
    """How strongly a statement names a caller if ``*`` may name a federated user's session (EVL-9)."""
    sure, possible = statement.grant(view)
    stars = statement.principal is not None and "*" in statement.principal.values
    return sure, Grant.DIRECT if stars and view.principal.kind == "federated-user" else possible


@settings(max_examples=200)
@given(worlds())
def test_what_an_outcome_hangs_on_is_what_changes_it(world: World) -> None:
    try:
        decision = decided(world)
    except RequestError:
        return
    if decision is None or decision.outcome is Outcome.INDETERMINATE:
        return
    case = by_itself(decision.request, decision.target)
    places = [
        (each, part.view)
        for part in case.parts.values()
        for statement in part.policies.statements()
        for each in statement.occurrences
    ]

    def forgetting(key: str) -> Any:
        return lambda each, view: each.clause.test(view.forgetting(key))

    def doubting(rule: str) -> Any:
        def told(each: Occurrence, view: View) -> Truth:
            return None if rule in each.clause.assumptions(view) else each.clause.test(view)

        return told

    asked = {(key, view) for each, view in places for key in sorted(each.clause.keys())}
    absent = {key for key, view in asked if view.facts.values(key) == ()}
    rules = {rule for each, view in places for rule in each.clause.assumptions(view)}
    unsure = Outcome.INDETERMINATE
    assert decision.missing_keys == {spelled(key) for key in absent if outcome_if(case, forgetting(key)) is unsure}
    resting = {rule for rule in rules - {"EVL-9"} if outcome_if(case, doubting(rule)) is unsure}
    if "EVL-9" in rules and case.decide(naming=star_names_the_session).outcome is unsure:
        resting.add("EVL-9")
    assert decision.assumed == resting
