"""Each suggestion is applied as text, read again and decided by the engine, for every request of a small alphabet.

The call passes; what is newly allowed is what the suggestion says; nothing is newly denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, ChangeKind, Decision, Policy, Request, RequestError, Suggestion, Target, authorize
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledStatement, compile_statement
from execpolicy.engine.layers import Outcome
from execpolicy.suggestions.suggest import MAX_SUGGESTIONS, suggested_changes
from tests.analysis.alphabet import CALLERS, OUTSIDE, enumerated, small_world
from tests.analysis.brute_force import deciding
from tests.analysis.caller_pairs import layers
from tests.analysis.policy_pairs import words
from tests.suggestions.asked_policies import applies, of, parsed, read_again, replaced

RANDOMS = st.randoms(use_true_random=False)
BRUTE = settings(
    max_examples=max(12, settings().max_examples // 8),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example],
)
DENIED = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)


def decided(requests: Iterable[Request], target: Target) -> Iterator[Decision]:
    """The decisions on requests; those that cannot be decided are passed over."""
    for each in requests:
        try:
            yield authorize(each, target)
        except RequestError:  # CND-15: the outcome depends on a value that cannot be read
            continue


def check(suggestion: Suggestion, denied: Decision, caller: Caller, target: Target, requests: list[Request]) -> None:
    """One suggestion does what it says, and nothing else."""
    changed = read_again(suggestion)
    other, changed_target = replaced(caller, target, changed)
    assert authorize(of(other, denied.request), changed_target).allowed
    for before in decided(requests, target):
        after = next(decided([of(other, before.request)], changed_target), None)
        if after is None:
            continue
        if before.allowed:
            assert after.allowed
        elif after.allowed and before.outcome in DENIED:
            assert any(applies(each.statement, before.request) for each in suggestion.changes)
    for change in suggestion.changes:
        check_that_it_is_all_opened(change.kind, change.number, changed[change.policy], change.statement, requests)


def check_that_it_is_all_opened(
    kind: ChangeKind, number: int | None, after: Policy, described: CompiledStatement, requests: list[Request]
) -> None:
    """The policy lets in all that the change says, unless one of its Denies refuses it."""
    decide = deciding(after)
    of_number = [each for each in after.statements if each.number == number]
    for request in requests:
        if not applies(described, request):
            continue
        if kind is ChangeKind.EXCLUDED_REQUEST:
            (deny,) = of_number
            assert not applies(compile_statement(after, deny, ClauseTable()), request)
        else:
            assert decide(request) in (Outcome.ALLOW, Outcome.EXPLICIT_DENY)


@BRUTE
@given(RANDOMS)
def test_suggestions_let_in_what_they_say_and_nothing_else(random: Random) -> None:
    who = random.choice((*CALLERS, *OUTSIDE)).principal
    shared = words(random, rare=True)
    caller, target = parsed(random, who, layers(random, who, shared))
    requests = list(enumerated(small_world(random, shared.keys, shared.resources, callers=[caller])))
    denied = [each for each in decided(requests, target) if each.outcome in DENIED]
    assume(denied)
    refused = random.choice(denied)
    found = suggested_changes(refused)
    assert len(found.suggestions) <= MAX_SUGGESTIONS
    assert found.suggestions or found.instead, "where nothing helps, it is said why"
    for suggestion in found.suggestions:
        check(suggestion, refused, caller, target, requests)


@BRUTE
@given(RANDOMS)
def test_another_caller_is_let_in_only_by_what_a_suggestion_says(random: Random) -> None:
    """The policies on the resource's side decide about every caller: these have policies that allow everything."""
    who, *others = random.sample(CALLERS, 4)
    shared = words(random, rare=True)
    given_layers = layers(random, who.principal, shared)._replace(boundary=(), session=(), scps=())
    caller, target = parsed(random, who.principal, given_layers)
    world = small_world(random, shared.keys, shared.resources, callers=[caller, *others, *OUTSIDE])
    requests = list(enumerated(world))
    own = [each for each in requests if each.caller is caller]
    denied = [each for each in decided(own, target) if each.outcome in DENIED]
    assume(denied)
    for suggestion in suggested_changes(random.choice(denied)).suggestions:
        _, changed_target = replaced(caller, target, read_again(suggestion))
        for before in decided((each for each in requests if each.caller is not caller), target):
            after = next(decided([before.request], changed_target), None)
            if after is not None and after.allowed and before.outcome in DENIED:
                assert any(applies(each.statement, before.request) for each in suggestion.changes)
