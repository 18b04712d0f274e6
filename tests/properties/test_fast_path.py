"""The fast outcome is that of the full evaluation and of the naive model, or none."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from benchmarks.workload import ACTION, Prepared, prepared, workload
from execpolicy import (
    Caller,
    Context,
    Decision,
    Outcome,
    Policy,
    Principal,
    Request,
    RequestError,
    Target,
    authorize,
    authorize_many,
)
from execpolicy._base import bounded_cache as cache
from execpolicy.engine import compiled_policies
from execpolicy.engine import view as view_module
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.fast import fast_outcome as fast_outcome_module
from execpolicy.engine.fast import prepared_layer, residual
from execpolicy.engine.fast import resource_index as index
from execpolicy.engine.fast.fast_outcome import fast_outcome, fast_outcome_of_layers
from execpolicy.engine.fast.prepared_layer import PreparedLayer
from execpolicy.engine.fast.resource_index import ResourceIndex
from execpolicy.engine.fast.unindexed_layer import UnindexedLayer
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.layered_request import layered_request
from execpolicy.engine.view import View
from execpolicy.language.glob import matcher, normalised, tokens_of
from execpolicy.language.key_values import KeyValues
from tests.examples import LONG, of_quick
from tests.model.evaluator import World, decide
from tests.properties.worlds import ACTIONS, OF_THE_APP, contexts, direct, request_of, resources, worlds

FEWER = of_quick(150)


@contextmanager
def tiny_tables() -> Iterator[None]:
    """Every table full after one entry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared_layer, "MAX_ENTRIES", 1)
        patch.setattr(prepared_layer, "ENTRIES_PER_PATTERN", 0)
        patch.setattr(prepared_layer, "MAX_CHECKS_PER_MATCH_SET", 1)
        patch.setattr(view_module, "MAX_RESULTS", 1)
        patch.setattr(cache, "MAX_ENTRIES", 1)
        yield


def agree(expected: str, found: Request, target: Target) -> None:
    """All ways to decide a request say what the model does."""
    slow = Evaluation(found, target).outcome
    fast = fast_outcome(found, target)
    event("no answer" if fast is None else fast.value)
    assert fast in (None, slow)
    assert fast_outcome_of_layers(layered_request(found, target)) in (None, slow)
    assert slow.value == expected
    decision = decided(found, target)
    assert decision.outcome is slow if decision is not None else slow is Outcome.INDETERMINATE


def decided(found: Request, target: Target) -> Decision | None:
    """The engine's decision; None where it refuses a value of the context that it cannot compare (CND-15)."""
    try:
        return authorize(found, target)
    except RequestError as error:
        if error.rule != "CND-15":
            raise
        return None


#: Requests before a layer has an index: none, as many as usual, all.
WITHOUT_INDEX = st.sampled_from([0, compiled_policies.REQUESTS_WITHOUT_INDEX, 1_000_000])


@contextmanager
def indexed_after(requests: int) -> Iterator[None]:
    """Layers that get an index after this number of requests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled_policies, "REQUESTS_WITHOUT_INDEX", requests)
        yield


@pytest.mark.rule("EVL-1", "EVL-4", "EVL-12", "KEY-4")
@given(
    worlds(),
    st.lists(st.tuples(st.sampled_from(ACTIONS), resources(), contexts(), st.booleans()), max_size=4),
    WITHOUT_INDEX,
)
def test_fast_and_slow_and_model_agree_on_any_requests_of_one_caller(
    world: World, others: list[tuple[str, str, dict[str, str | list[str]], bool]], without_index: int
) -> None:
    with indexed_after(without_index), pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_outcome_module, "DECIDED_BEFORE_SHARED", 1)
        _agree_on_requests(world, others)


@pytest.mark.rule("EVL-1", "EVL-4")
@FEWER
@given(worlds(), st.lists(resources(), min_size=1, max_size=4))
def test_many_patterns_are_found_as_a_handful_is(world: World, others: list[str]) -> None:
    """The patterns of a generated policy are few, so that they are tried one after the other; here they are not."""
    with indexed_after(0), pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "HANDFUL", -1)
        _agree_on_requests(
            world, [(world.action, resource, dict(world.context), world.complete) for resource in others]
        )


@pytest.mark.rule("EVL-1", "EVL-4")
@FEWER
@given(worlds(), st.lists(st.tuples(st.sampled_from(ACTIONS), resources()), max_size=6), WITHOUT_INDEX, st.booleans())
def test_many_requests_are_decided_as_one_by_one(
    world: World, others: list[tuple[str, str]], without_index: int, whole_first: bool
) -> None:
    """Also where they share outcomes from the first on, and where the first ones are for an API without a path."""
    with indexed_after(without_index), pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_outcome_module, "DECIDED_BEFORE_SHARED", 1)
        first, target = request_of(world)
        found = [first]
        if whole_first and world.resource.startswith("arn:"):
            others = [(first.action, world.resource.partition("/")[0])] * 2 + others
        for action, resource in [*others, (first.action, world.resource), *others, *others]:
            with suppress(RequestError):  # a key of the context may not be one of this action (GW-23)
                found.append(Request(caller=first.caller, action=action, resource=resource, context=first.context))
        one_by_one = [decided(each, target) for each in found]
        # A request that is refused would end the list.
        answered = [each for each, decision in zip(found, one_by_one, strict=True) if decision is not None]
        together = authorize_many(answered, target)
        assert [each.outcome for each in together] == [each.outcome for each in one_by_one if each is not None]
        assert [each.request for each in together] == answered
        assert [each.outcome for each in together] == [Evaluation(each, target).outcome for each in answered]
        fresh, there = request_of(world)
        again = [
            Request(caller=fresh.caller, action=each.action, resource=each.resource, context=fresh.context)
            for each in answered
        ]
        assert [each.outcome for each in authorize_many(again, there)] == [each.outcome for each in together]


def _agree_on_requests(world: World, others: list[tuple[str, str, dict[str, str | list[str]], bool]]) -> None:
    if world.principal.kind in ("anonymous", "service"):
        others = [(a, r, direct(c), b) for a, r, c, b in others]  # no service makes a call for them
    cases = [world, *(world._replace(action=a, resource=r, context=c, complete=b) for a, r, c, b in others)]
    first, target = request_of(world)
    context_of_first = first.context
    expected = [decide(one) for one in cases]
    for one, outcome in [*zip(cases, expected, strict=True), *zip(reversed(cases), reversed(expected), strict=True)]:
        context = Context(one.context, complete=one.complete, allow_unknown=OF_THE_APP)
        if context == context_of_first:
            context = context_of_first
        found = Request(caller=first.caller, action=one.action, resource=one.resource, context=context)
        agree(outcome, found, target)


def as_text(policy: Policy) -> Policy:
    """The same policy, read from text."""
    return Policy.parse(json.dumps(policy.to_document(), ensure_ascii=False), kind=policy.kind, name=policy.name)


@pytest.mark.rule("EVL-1")
@FEWER
@given(worlds(), WITHOUT_INDEX)
def test_policies_read_from_text_decide_as_those_given_as_objects(world: World, without_index: int) -> None:
    """Text is read without places (document/fast_parse.py); what is decided of it is filed from that."""
    found, target = request_of(world)
    who = found.caller
    caller = Caller(
        who.principal,
        identity=[as_text(policy) for policy in who.identity],
        boundary=as_text(who.boundary) if who.boundary is not None else None,
        session=[as_text(policy) for policy in who.session],
        scps=[[as_text(policy) for policy in level] for level in who.scps],
    )
    there = Target(
        resource=as_text(target.resource) if target.resource is not None else None,
        rcps=[[as_text(policy) for policy in level] for level in target.rcps],
        vpc_endpoint=as_text(target.vpc_endpoint) if target.vpc_endpoint is not None else None,
        management_account=target.management_account,
        rcps_cover_execute_api=target.rcps_cover_execute_api,
    )
    again = Request(
        caller=caller,
        action=found.action,
        resource=found.resource,
        context=found.context,
        resource_account=found.account or None,
    )
    with indexed_after(without_index):
        agree(decide(world), again, there)


@FEWER
@given(worlds(), st.lists(resources(), min_size=1, max_size=4))
def test_full_tables_change_nothing(world: World, others: list[str]) -> None:
    with tiny_tables():
        first, target = request_of(world)
        for resource in [world.resource, *others, *others, world.resource]:
            one = world._replace(resource=resource)
            found = Request(caller=first.caller, action=one.action, resource=resource, context=first.context)
            agree(decide(one), found, target)


@pytest.mark.rule("GW-19", "GW-22")
@FEWER
@given(worlds(), st.booleans(), st.sampled_from([None, True, False]), st.booleans())
def test_fast_and_slow_agree_on_any_view(
    world: World, authenticated: bool, private: bool | None, has_boundary: bool
) -> None:
    found, target = request_of(world)
    key_values = KeyValues(
        found.caller.principal,
        found.action,
        found.arn,
        found.account,
        found.context,
        authenticated=authenticated,
        private=private,
    )
    given = layered_request(found, target, View(key_values, has_boundary=has_boundary))
    slow = Evaluation(found, target, given).verdicts
    assert fast_outcome_of_layers(given) in (None, slow.outcome)
    for layer, (policies, view) in given.layers.items():
        forms: list[UnindexedLayer | PreparedLayer] = [
            UnindexedLayer(policies.policies, ClauseTable()),
            *[policies.prepared_for(view.principal)] * 2,
        ]
        for form in forms:
            answer = form.answer(view.arn.text, view.cache(), view)
            assert answer is None or answer == slow.layers[layer][:2]
            assert answer is None or slow.layers[layer].grant is slow.layers[layer].possible_grant


WORDS = st.sampled_from(["a", "b", "a/", "/b", "/", "*", "?", "ab", "/a/b/", ":", ""])
TEXTS = st.lists(WORDS, max_size=7).map("".join)


@pytest.mark.rule("RES-1")
@pytest.mark.parametrize("handful", [index.HANDFUL, -1])
@pytest.mark.parametrize("few", [residual.FEW, 0])
@given(st.lists(TEXTS, max_size=12), st.lists(TEXTS, min_size=1, max_size=6))
def test_the_index_finds_what_matches_and_nothing_else(
    few: int, handful: int, written: list[str], texts: list[str]
) -> None:
    patterns = list(dict.fromkeys(normalised(tokens_of(text)) for text in written))
    with pytest.MonkeyPatch.context() as patch:
        # Patterns are filed by pieces of text however few they are, and the pieces are short.
        patch.setattr(residual, "FEW", few)
        patch.setattr(index, "FEW", few)
        patch.setattr(index, "HANDFUL", handful)
        patch.setattr(residual, "GRAM", residual.GRAM if few else 2)
        found_by = ResourceIndex(patterns)
        for text in [*texts, *(text.replace("*", "/a/").replace("?", "b") for text in written)]:
            found = found_by.matching(text)
            assert len(found) == len(set(found))
            assert set(found) == {number for number, pattern in enumerate(patterns) if matcher(pattern)(text)}


@pytest.fixture(scope="module")
def work() -> Prepared:
    return prepared(workload(200, requests=2_000))


def outcomes(work: Prepared, numbers: list[int]) -> list[Outcome]:
    return [authorize(work.request(number), work.target).outcome for number in numbers]


def test_the_whole_workload_is_decided_fast(work: Prepared) -> None:
    for number in range(0, 2_000, 7):
        found = work.request(number)
        assert fast_outcome(found, work.target) is Evaluation(found, work.target).outcome


@pytest.mark.parametrize("full", [False, True])
def test_eight_threads_decide_as_one(full: bool) -> None:
    numbers = list(range(600))
    expected = outcomes(prepared(workload(100, requests=600)), numbers)

    def shuffled(seed: int) -> bool:
        mine = Random(seed).sample(numbers, len(numbers))
        return outcomes(shared, mine) == [expected[number] for number in mine]

    with pytest.MonkeyPatch.context() as patch:
        if full:
            patch.setattr(prepared_layer, "MAX_ENTRIES", 3)
            patch.setattr(prepared_layer, "ENTRIES_PER_PATTERN", 0)
            patch.setattr(view_module, "MAX_RESULTS", 2)
        shared = prepared(workload(100, requests=600))
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(shuffled, range(16)))


def test_a_hundred_thousand_resources_leave_the_tables_as_they_are(work: Prepared) -> None:
    layers = [each.prepared for side in (work.caller, work.target) for each in side.compiled().values()]
    seen = 5_000 if settings().max_examples < LONG else 100_000
    for number in range(seen):
        authorize(
            Request(caller=work.caller, action=ACTION, resource=f"{work.requests[0].resource}/{number}"), work.target
        )
        if number % 1_000 == 0:
            assert all(size <= layer.limit for layer in layers for size in layer.sizes())


def test_a_thousand_callers_with_one_policy_and_a_target_are_two_compilations(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    compiled = CompiledPolicies.__init__

    def counted(self: CompiledPolicies, *args: Any) -> None:
        made.append(self)
        compiled(self, *args)

    monkeypatch.setattr(CompiledPolicies, "__init__", counted)
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity"
    )
    callers = [
        Caller(Principal.parse(f"arn:aws:iam::111122223333:user/u{number}"), identity=policy) for number in range(1_000)
    ]
    target = Target(resource=Policy.parse(workload(1, requests=1).resource, kind="resource"))
    resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
    for caller in (*callers, *callers):
        authorize(Request(caller=caller, action=ACTION, resource=resource), target)
    assert len(made) == 2


def test_what_was_used_can_be_pickled(work: Prepared) -> None:
    found = work.request(3)
    decision = authorize(found, work.target)
    for thing in (work.caller, work.target, found, found.context, decision, found.view()):
        again = pickle.loads(pickle.dumps(thing))
        assert isinstance(thing, View) or again == thing
    again = pickle.loads(pickle.dumps(decision))
    assert isinstance(again, Decision)
    assert str(again.explain()) == str(decision.explain())
    assert authorize(pickle.loads(pickle.dumps(found)), pickle.loads(pickle.dumps(work.target))) == decision
