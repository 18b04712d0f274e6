"""Work that is done once, or not at all: each test fails where a saving is lost."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.counted import calls_of
from benchmarks.workload import prepared, workload
from execpolicy import Caller, Context, Decision, Outcome, Policy, Request, Target, authorize, authorize_many
from execpolicy.engine.compiled_policies import MAX_SETS, REQUESTS_WITHOUT_INDEX
from execpolicy.engine.explain import as_data, resource_reason
from execpolicy.engine.explain.trace import ClauseTrace
from execpolicy.engine.fast import prepared_layer, shared_layers
from execpolicy.engine.fast.fast_outcome import DECIDED_BEFORE_SHARED
from execpolicy.engine.fast.prepared_layer import PreparedLayer
from execpolicy.engine.fast.statement_index import StatementIndex
from execpolicy.engine.layers import Layer
from execpolicy.language.condition import ConditionTest
from execpolicy.language.glob import ANY, ONE, Tokens, matcher, normalised
from tests.engine.counting import Counter
from tests.language.conditions import condition

ANN = "arn:aws:iam::111122223333:user/Ann"
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


def reader(resource: str) -> Caller:
    policy = {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}}
    return Caller(ANN, identity=Policy.parse(json.dumps(policy), kind="identity"))


def test_as_many_resources_are_kept_as_a_table_holds() -> None:
    caller = reader(f"{API}/prod/GET/pets/*")
    (policies,) = caller.compiled().values()
    for number in range(prepared_layer.MAX_ENTRIES // 2):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/pets/{number}")
        assert authorize(request).allowed
    assert policies.prepared.sizes()[0] == prepared_layer.MAX_ENTRIES // 2 - REQUESTS_WITHOUT_INDEX


def test_the_first_requests_are_decided_without_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(StatementIndex, "__init__", counter.around(StatementIndex.__init__))
    caller = reader(f"{API}/prod/GET/pets/*")
    (policies,) = caller.compiled().values()
    for number in range(1, REQUESTS_WITHOUT_INDEX * 2):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/pets/{number}")
        assert authorize(request).allowed
        assert (counter.count, policies.is_indexed) == (
            number > REQUESTS_WITHOUT_INDEX,
            number >= REQUESTS_WITHOUT_INDEX,
        )


def test_without_an_index_only_statements_are_prepared_whose_resource_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(ConditionTest, "__init__", counter.around(ConditionTest.__init__))
    statements = [
        {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": f"{API}/prod/GET/{number}/*",
            "Condition": {"StringEquals": {"aws:UserAgent": f"agent {number}"}},
        }
        for number in range(20)
    ]
    caller = Caller(ANN, identity=Policy.parse({"Statement": statements}, kind="identity"))
    request = Request(
        caller=caller,
        action="execute-api:Invoke",
        resource=f"{API}/prod/GET/7/pets",
        context={"aws:UserAgent": "agent 7"},
    )
    assert authorize(request).allowed
    assert counter.count == 1


def test_callers_share_what_is_compiled_of_their_policies() -> None:
    policy = Policy.parse({"Statement": []}, kind="identity")
    other = Policy.parse({"Statement": []}, kind="identity")
    first, second = (Caller(f"{ANN}{number}", identity=policy) for number in range(2))
    assert first.compiled()[Layer.IDENTITY] is second.compiled()[Layer.IDENTITY]
    both = Caller(ANN, identity=[policy, other])
    assert both.compiled()[Layer.IDENTITY] is Caller(ANN, identity=(policy, other)).compiled()[Layer.IDENTITY]
    assert both.compiled()[Layer.IDENTITY] is not first.compiled()[Layer.IDENTITY]
    assert Caller(ANN, identity=[other, policy]).compiled()[Layer.IDENTITY].policies == ((other, policy),)


def test_a_policy_keeps_few_sets_of_policies() -> None:
    policy = Policy.parse({"Statement": []}, kind="identity")
    for _ in range(MAX_SETS + 1):
        Caller(ANN, identity=[policy, Policy.parse({"Statement": []}, kind="identity")])
    assert len(policy.compiled_sets) == 1


def test_the_pattern_of_a_resource_is_prepared_for_explanations_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(resource_reason, "normalised", counter.around(normalised))
    caller = reader(f"{API}/prod/GET/pets")
    for path in ("dogs", "cats", "pet"):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/{path}")
        assert path in str(authorize(request, Target()).explain().full())
    assert counter.count == 1


def test_data_of_an_explanation_compares_no_clauses(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = reader(f"{API}/prod/GET/pets")
    request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/cats")
    explanation = authorize(request).explain()
    monkeypatch.setattr(ClauseTrace, "__eq__", None)
    (statement,) = explanation.to_dict()["layers"][0]["policies"][0]["statements"]
    assert statement["clauses"][statement["failed"]]["element"] == "Resource"


def test_the_constant_part_of_the_data_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(as_data, "_span_record", counter.around(as_data._span_record))
    caller = reader(f"{API}/prod/GET/pets")
    for path in ("dogs", "cats", "pets"):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/{path}")
        assert authorize(request).to_dict()["allowed"] is (path == "pets")
    assert counter.count == 3, "the spans of the statement, its action and its resource"


def test_what_is_changed_in_the_data_of_an_explanation_changes_no_other() -> None:
    caller = reader(f"{API}/prod/GET/pets")
    request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/cats")
    expected = json.dumps(authorize(request).to_dict())

    def change(value: Any) -> None:
        for key, each in [*(value.items() if isinstance(value, dict) else enumerate(value))]:
            if isinstance(each, (dict, list)):
                change(each)
            value[key] = "changed"

    for _ in range(2):
        change(authorize(request).to_dict())
        assert json.dumps(authorize(request).to_dict()) == expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
def test_assumptions_of_a_condition_without_any_are_not_tried(operator: str) -> None:
    lookups = []

    def lookup(key: str) -> tuple[str, ...]:
        lookups.append(key)
        return ("curl",)

    assert condition(operator, "aws:UserAgent", "curl").assumptions(lookup) == ()
    assert lookups == ["aws:useragent"]


def test_a_long_literal_between_stars_is_searched_for() -> None:
    """Only a part with a question mark is matched state by state."""
    pattern: Tokens = ("a", ONE, ANY, "b" * 80, ANY, "c")
    match = matcher(pattern)
    text = "ax" + "b" * 400 + "c"
    assert match(text)
    assert calls_of([lambda: match(text)]) < 40


@pytest.mark.parametrize("decide", [authorize_many, lambda requests, target: [authorize(r, target) for r in requests]])
def test_requests_share_the_layers_that_say_nothing_of_paths(
    decide: Callable[[list[Request], Target], list[Decision]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = prepared(workload(5, requests=600))
    requests = [work.request(number) for number in range(600)]
    expected = [authorize(copy.copy(request), work.target).outcome for request in requests]
    counter = Counter()
    monkeypatch.setattr(PreparedLayer, "code", counter.around(PreparedLayer.code))
    fresh = work._replace(contexts=tuple(Context(dict(each.values)) for each in work.contexts))
    again = [fresh.request(number) for number in range(600)]
    assert [decision.outcome for decision in decide(again, work.target)] == expected
    # Both layers for the first requests of each context, and for each context the match sets that none had before.
    assert counter.count <= 2 * len(work.contexts) * (DECIDED_BEFORE_SHARED + 1 + 4)


def test_a_context_that_is_used_once_shares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(shared_layers, "share_outcomes", counter.around(shared_layers.share_outcomes))
    work = prepared(workload(5, requests=DECIDED_BEFORE_SHARED * 2))
    for number in range(DECIDED_BEFORE_SHARED * 2):
        plain = work._replace(contexts=tuple(Context(dict(each.values)) for each in work.contexts))
        authorize(plain.request(number), work.target)
    assert counter.count == 0


def test_what_is_shared_is_not_that_of_a_resource_without_a_path() -> None:
    """The Deny of a short form applies to paths, and to no request for an API as a whole."""
    allowing = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": [f"{API}/prod/GET/*", f"{API}*"]}]}
    everything = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*"}
    target = Target(resource=Policy.parse({"Statement": everything}, kind="resource"))
    caller = Caller(ANN, identity=Policy.parse(allowing, kind="identity"))
    context = Context({})

    def requests(*resources: str) -> list[Request]:
        return [
            Request(caller=caller, action="execute-api:Invoke", resource=each, context=context) for each in resources
        ]

    whole = [API] * (REQUESTS_WITHOUT_INDEX + DECIDED_BEFORE_SHARED * 2)
    paths = [f"{API}/prod/GET/{number}" for number in range(DECIDED_BEFORE_SHARED * 2)]
    found = [decision.outcome for decision in authorize_many(requests(*whole, *paths, API), target)]
    denied = [Outcome.EXPLICIT_DENY] * len(paths)
    assert found == [Outcome.ALLOW] * len(whole) + denied + [Outcome.ALLOW]
