"""Every request of a small alphabet is decided by the engine on both sides, and compare agrees with that.

The engine cannot show that no other request differs; where it finds a difference, compare must have found one too.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Policy, Principal, Request, RequestError, Target, authorize
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.unused import unused_statements
from execpolicy.analysis.witness import Witness
from execpolicy.engine.layers import Outcome
from execpolicy.literals import PolicyKindName
from tests.analysis.alphabet import CALLERS, OUTSIDE, enumerated, small_world
from tests.analysis.brute_force import (
    Decide,
    Differences,
    deciding,
    deciding_pair,
    differences,
    is_left_to_others,
    may_ask,
    may_be_named,
    of_caller,
    of_policies,
)
from tests.analysis.caller_pairs import changed_layers, layers, parsed
from tests.analysis.policy_pairs import document, pair, words
from tests.examples import of_quick
from tests.model.evaluator import Document, World
from tests.properties.worlds import Scene, documents, request_of, worlds

KINDS = ("resource", "resource", "resource", "identity", "vpc_endpoint", "scp", "boundary", "session")
RANDOMS = st.randoms(use_true_random=False)
BRUTE = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example]
)
#: For tests that differ from the first in what they compare.
FEWER = settings(of_quick(50), suppress_health_check=BRUTE.suppress_health_check)
#: The keys of times: a request may have a year alone, which is a number, too. AWS writes times in full (ANA-1).
YEARS = ("aws:currenttime", "aws:tokenissuetime")
#: The changes that a difference in one direction does not contradict.
ALLOWS_MORE = (ComparisonVerdict.LAXER, ComparisonVerdict.BOTH, ComparisonVerdict.UNKNOWN)
DENIES_MORE = (ComparisonVerdict.STRICTER, ComparisonVerdict.BOTH, ComparisonVerdict.UNKNOWN)


def check(compared: Comparison, found: Differences, before: Decide, after: Decide) -> None:
    """Compare misses no difference that was found, and each of its witnesses is one."""
    assert not found.newly_allowed or compared.verdict in ALLOWS_MORE, shown(found.newly_allowed[0])
    assert not found.newly_denied or compared.verdict in DENIES_MORE, shown(found.newly_denied[0])
    for witness in compared.newly_allowed:
        check_witness(witness, before, after, allowed_after=True)
    for witness in compared.newly_denied:
        check_witness(witness, before, after, allowed_after=False)
    check_verdict(compared)
    if compared.explicit_denies is None:
        assert not found.no_longer_refused
        assert not found.newly_refused
    else:
        check_denies(compared.explicit_denies, found, before, after)


def check_verdict(compared: Comparison) -> None:
    """The verdict is that of the witnesses."""
    if compared.verdict is ComparisonVerdict.UNKNOWN:
        assert compared.unknown
    else:
        assert bool(compared.newly_allowed) is (compared.verdict in (ComparisonVerdict.LAXER, ComparisonVerdict.BOTH))
        assert bool(compared.newly_denied) is (compared.verdict in (ComparisonVerdict.STRICTER, ComparisonVerdict.BOTH))


def check_denies(compared: Comparison, found: Differences, before: Decide, after: Decide) -> None:
    """The same for what a Deny refuses, and nothing allows."""
    assert not found.no_longer_refused or compared.verdict in ALLOWS_MORE, shown(found.no_longer_refused[0])
    assert not found.newly_refused or compared.verdict in DENIES_MORE, shown(found.newly_refused[0])
    refusals = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
    for witnesses, expected in ((compared.newly_allowed, refusals), (compared.newly_denied, refusals[::-1])):
        for each in witnesses:
            assert each.request is not None
            assert (before(each.request), after(each.request)) == expected
    check_verdict(compared)


def check_witness(witness: Witness, before: Decide, after: Decide, *, allowed_after: bool) -> None:
    """The engine decides the request of a witness as the witness says."""
    assert witness.request is not None
    assert witness.before is not None
    outcomes = before(witness.request), after(witness.request)
    assert outcomes == (witness.before.outcome, witness.after.outcome)
    assert Outcome.INDETERMINATE not in outcomes
    assert (outcomes[0] is Outcome.ALLOW, outcomes[1] is Outcome.ALLOW) == (not allowed_after, allowed_after)


def shown(request: Request) -> str:
    """A request, for a message."""
    context = {name: list(values) for name, values in request.context.values.items()}
    return f"{request.caller.principal.arn} {request.action} {request.resource} {context}"


@BRUTE
@given(RANDOMS, st.sampled_from(KINDS))
def test_policies(random: Random, kind: PolicyKindName) -> None:
    shared = words(random, kind)
    before, after = (Policy.parse(each, kind=kind, name="p") for each in pair(random, shared))
    found = of_policies(before, after, enumerated(small_world(random, shared.keys, shared.resources)))
    check(compare(before, after), found, deciding(before), deciding(after))


@FEWER
@given(RANDOMS)
def test_policies_with_variables_and_rare_principals(random: Random) -> None:
    shared = words(random, rare=True)
    before, after = (Policy.parse(each, kind="resource", name="p") for each in pair(random, shared))
    found = of_policies(before, after, enumerated(small_world(random, shared.keys, shared.resources)))
    check(compare(before, after), found, deciding(before), deciding(after))


@FEWER
@given(RANDOMS, st.sampled_from(KINDS))
def test_unused_statements(random: Random, kind: PolicyKindName) -> None:
    shared = words(random, kind)
    made = document(random, shared, least=2, most=6)
    policy = Policy.parse(made, kind=kind, name="p")
    requests = list(enumerated(small_world(random, shared.keys, shared.resources)))
    for found in unused_statements(policy):
        statements = [each for number, each in enumerate(made["Statement"]) if number != found.statement.number]
        without = deciding(Policy.parse({**made, "Statement": statements}, kind=kind, name="p"))
        check_equal(policy, without, requests)


def check_equal(policy: Policy, after: Decide, requests: Iterable[Request]) -> None:
    """Without an unused statement every outcome is the same, or a refusal where no other policy allows."""
    before = deciding(policy)
    for request in requests:
        if not may_ask(policy, request):
            continue
        try:
            outcomes = before(request), after(request)
        except RequestError:  # CND-15
            continue
        if Outcome.INDETERMINATE in outcomes:
            continue
        is_refused = Outcome.ALLOW not in outcomes and not is_left_to_others(policy.kind, request)
        assert outcomes[0] is outcomes[1] or is_refused, shown(request)


@FEWER
@given(RANDOMS, st.sampled_from((*CALLERS, *OUTSIDE)))
def test_callers_with_targets(random: Random, who: Caller) -> None:
    shared = words(random)
    old = layers(random, who.principal, shared)
    new = changed_layers(random, old, shared)
    before, after = parsed(who.principal, old), parsed(who.principal, new)
    requests = enumerated(small_world(random, shared.keys, shared.resources, [before[0]]))
    check_pairs(before, after, differences_of_pairs(before, after, list(requests)))


def differences_of_pairs(
    before: tuple[Caller, Target], after: tuple[Caller, Target], requests: list[Request]
) -> Differences:
    """The differences for requests of the caller before the change."""
    asked = of_caller(after[0], requests)
    old, new = deciding_pair(before[1]), deciding_pair(after[1])

    has_policy = any(target.resource is not None for _, target in (before, after))

    def is_left(request: Request) -> bool:
        if has_policy or request.account != request.caller.principal.account:
            return False
        return may_be_named((after if request.caller is after[0] else before)[1], request)

    return differences(asked, old, new, is_left)


def check_pairs(before: tuple[Caller, Target], after: tuple[Caller, Target], found: Differences) -> None:
    """The same as ``check``: each side decides for the caller with its policies of that side."""
    check(compare(before, after), found, _decide_as(*before), _decide_as(*after))


@FEWER
@pytest.mark.rule("ANA-5")
@given(RANDOMS, st.sampled_from((*CALLERS, *OUTSIDE)))
def test_callers_by_their_own_policies(random: Random, who: Caller) -> None:
    """APIs of the caller's account have no policy, and those of others allow what names the caller."""
    shared = words(random)
    old = layers(random, who.principal, shared)
    (before, _), (after, _) = (parsed(who.principal, each) for each in (old, changed_layers(random, old, shared)))

    def decided(request: Request) -> Outcome:
        principal = request.caller.principal
        has_none = not principal.is_iam or request.account == principal.account
        return authorize(request, Target() if has_none else naming(principal)).outcome

    def as_(caller: Caller) -> Decide:
        return lambda request: decided(next(of_caller(caller, [request]))[1])

    def is_left(request: Request) -> bool:
        return request.account == who.principal.account and may_be_named(Target(), request)

    requests = list(enumerated(small_world(random, shared.keys, shared.resources, [before])))
    found = differences(of_caller(after, requests), decided, decided, is_left)
    check(compare(before, after), found, as_(before), as_(after))


def naming(who: Principal) -> Target:
    """A target whose resource policy names a caller."""
    names = {"Effect": "Allow", "Principal": {"AWS": who.arn}, "Action": "*", "Resource": "*"}
    return Target(resource=Policy.parse({"Version": "2012-10-17", "Statement": names}, kind="resource"))


def _decide_as(caller: Caller, target: Target) -> Decide:
    decide = deciding_pair(target)

    def decided(request: Request) -> Outcome:
        ((_, asked),) = of_caller(caller, [request])
        return decide(asked)

    return decided


@FEWER
@given(worlds(), st.data())
def test_worlds_of_the_engine(world: World, data: st.DataObject) -> None:
    assume(world.action.startswith("execute-api:"))
    assume(not any(key.lower() in YEARS and value == "2026" for key, value in world.context.items()))
    # KEY-4: a service is in no organization, although a request that says otherwise is not refused.
    assume(world.principal.service is None or not any("principalorg" in key.lower() for key in world.context))
    try:
        request, before = request_of(world)
    except RequestError:
        assume(condition=False)
    other, after = request_of(changed_world(world, data))
    old, new = (request.caller, before), (other.caller, after)
    check_pairs(old, new, differences_of_pairs(old, new, [request]))


def changed_world(world: World, data: st.DataObject) -> World:
    """The same case with other statements in one policy."""
    scene = Scene(world.principal, world.action, world.resource, [*world.context, "aws:SourceIp"])

    def drawn(kind: str) -> Document:
        return data.draw(documents(kind, scene))

    present = [kind for kind in ("identity", "session", "scps") if getattr(world, kind)]
    kind = data.draw(st.sampled_from(["resource_policy", *present]))
    if kind == "identity":
        return world._replace(identity=[drawn(kind), *world.identity[1:]])
    if kind == "session":
        return world._replace(session=[drawn(kind), *world.session[1:]])
    if kind == "scps":
        return world._replace(scps=[[drawn("scp")] for _ in world.scps])
    return world._replace(resource_policy=drawn("resource"))
