"""Explanations are what they are when they are made statement by statement, whatever is shared between requests."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import event, given

from benchmarks.counted import calls_of
from benchmarks.workload import ACTION, prepared, workload
from execpolicy import Caller, Decision, Policy, Request, RequestError, authorize
from execpolicy.engine.explain.nearest import nearest_allows
from execpolicy.literals import PolicyKindName
from tests.examples import of_quick
from tests.model.evaluator import Document, World
from tests.properties import plain_explanations
from tests.properties.worlds import request_of, worlds


def of_text(document: Document, kind: PolicyKindName, name: str) -> Policy:
    """A policy that was read from text: its statements and clauses have lines and columns."""
    return Policy.parse(json.dumps(document, indent=1), kind=kind, name=name)


def text_of(decision: Decision) -> str:
    return str(decision.explain())


def read(decision: Decision) -> tuple[object, ...]:
    explanation = decision.explain()
    found = decision.missing_keys, decision.assumed, decision.unknown_values, decision.possible, decision.blocked_by
    return str(explanation), str(explanation.full()), json.dumps(decision.to_dict()), found


def decided_alone(world: World, resource: str) -> Decision:
    """The decision of a request that shares nothing with other requests."""
    request, target = request_of(world._replace(resource=resource), of_text)
    return authorize(request, target)


@of_quick(300)
@given(worlds(), worlds())
def test_an_explanation_says_what_its_traces_say(world: World, other: World) -> None:
    request, target = request_of(world, of_text)
    # The second request shares with the first what does not depend on the resource.
    for resource in (world.resource, other.resource, world.resource.replace("GET", "get"), f"{world.resource}/more"):
        try:
            again = Request(caller=request.caller, action=request.action, resource=resource, context=request.context)
            decision = authorize(again, target)
        except RequestError:
            continue
        event(decision.outcome.value)
        assert read(decision) == read(decided_alone(world, resource))
        expected = plain_explanations.as_data(decision)
        found = decision.to_dict()
        assert json.dumps(found["layers"]) == json.dumps(expected["layers"])
        for evaluated in decision.evaluation.layers.values():
            assert nearest_allows(evaluated) == plain_explanations.nearest_allows(evaluated)
            assert evaluated.outcome() == plain_explanations.layer_outcome(evaluated)


PREFIX = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
#: Its first Deny has a variable before the fifth colon, and its second a wildcard that may cross colons.
DENIES = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": f"${{aws:username}}{PREFIX.removeprefix('arn')}/GET/*"},
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:execute-api:eu-west-1:*:b"},
    ],
}


@pytest.mark.rule("EVL-11", "POL-14", "RES-7")
def test_the_assumed_rules_of_one_request_are_not_those_of_another() -> None:
    """In all of these requests the same clauses hold, and in some a rule decides that."""
    paths = ("get/a", "PUT/a", "get/b", "PUT/a:b", "PUT/b:a", "GET/a")
    ann = "arn:aws:iam::111122223333:user/ann"
    found: dict[str, frozenset[str]] = {}
    for first in paths:
        caller = Caller(ann, identity=Policy.parse(DENIES, kind="identity"))
        for path in (first, *paths):
            decision = authorize(Request(caller=caller, action=ACTION, resource=f"{PREFIX}/{path}", context={}))
            assert found.setdefault(path, decision.assumed) == decision.assumed
    assert found["get/a"] == found["get/b"] == {"RES-7"}
    assert (found["PUT/a"], found["GET/a"]) == (frozenset(), frozenset({"POL-14"}))


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_statements_of_a_large_policy_are_explained_alike(size: int) -> None:
    work = prepared(workload(size, requests=60))
    for number in range(60):
        decision = authorize(work.request(number), work.target)
        assert json.dumps(decision.to_dict()["layers"]) == json.dumps(plain_explanations.as_data(decision)["layers"])
        for evaluated in decision.evaluation.layers.values():
            assert nearest_allows(evaluated) == plain_explanations.nearest_allows(evaluated)


def test_a_text_takes_few_calls_more_for_a_hundred_statements_than_for_five() -> None:
    """The statements that are not shown are counted, not traced."""
    calls = {}
    for size in (5, 100):
        made = prepared(workload(size, requests=120))
        decisions = [authorize(made.request(number), made.target) for number in range(120)]
        for decision in decisions[:60]:
            str(decision.explain())
        calls[size] = calls_of([partial(text_of, decision) for decision in decisions[60:]])
    assert calls[5] < 700
    assert calls[100] < 1_400


def test_plain_data_takes_a_few_calls_for_each_clause() -> None:
    made = prepared(workload(100, requests=120))
    decisions = [authorize(made.request(number), made.target) for number in range(120)]
    for decision in decisions[:60]:
        decision.to_dict()
    assert ACTION in str(decisions[0].to_dict()["message"])
    calls = calls_of([decision.to_dict for decision in decisions[60:]])
    assert calls < 52 * 100
