"""Every call of a small alphabet is simulated, and who agrees with that, and prove where all callers are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from execpolicy import Api, Caller, GatewayResponse, Principal, who
from execpolicy.analysis.access import Access, AccessGroup
from execpolicy.analysis.invariants.call_pattern import CallPattern
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.analysis.witness import Witness, deciding_statements
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.flow.step import CallOutcome
from tests.analysis.api_pairs import Call, api_parts, api_words, calls
from tests.analysis.claims import claim
from tests.analysis.given_callers import ASKED, calls_of, given_callers
from tests.examples import of_quick

RANDOMS = st.randoms(use_true_random=False)
#: Each example simulates hundreds of calls: 2 000 of them simulate far more than 20 000.
BRUTE = settings(of_quick(40, long=2_000), suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


def response_to(api: Api, call: Call, callers: Sequence[Caller]) -> GatewayResponse | None:
    """What the API answers; None if the call cannot be made, or its outcome is not known."""
    caller = next((each for each in callers if each.principal == call.who), None)
    found = call.response(api, caller)
    return None if found is None or found.outcome is CallOutcome.INDETERMINATE else found


def check_example(witness: Witness, api: Api, callers: Sequence[Caller], *, allowed: bool) -> None:
    """The simulation of a call that is shown has the outcome that it shows, and its caller is one that there is."""
    call = witness.call
    assert call is not None
    caller = next((each for each in callers if each.principal == call.principal), None)
    assert not callers or caller is not None or call.principal == Principal.anonymous()
    context = {key: list(values) for key, values in call.context.items()}
    response = api.invoke(
        call.method, call.path, caller=caller or permitted(call.principal), context=context, **call.arguments
    )
    assert response.allowed is allowed


def is_in(group: AccessGroup, api: Api, call: Call, response: GatewayResponse) -> bool:
    """Whether a call that gets through may be one of a group: by its route, and by the statements that allow it."""
    match = find_route(api, call.method, call.path)
    assert match is not None
    allowing = {(each.policy, each.index) for each in deciding_statements(response)}
    statements = {(each.policy.name, each.statement.number) for each in group.statements}
    return match.route.key in group.routes and (not statements or not statements.isdisjoint(allowing))


def check_access(found: Access, asked: CallPattern, api: Api, callers: Sequence[Caller], some: Iterable[Call]) -> None:
    for group in found.groups:
        check_example(group.example, api, callers, allowed=True)
    event(f"{len(found.groups)} groups, anonymous callers {found.anonymous}")
    for call in some:
        response = response_to(api, call, callers)
        if response is None or not response.allowed or not asked.matches(call.method, call.path):
            continue
        assert found.unknown or found.others or any(is_in(each, api, call, response) for each in found.groups), call
        if call.who == Principal.anonymous():
            assert found.anonymous is not False, call


@pytest.mark.rule("ANA-6")
@BRUTE
@given(RANDOMS)
def test_who_has_every_call_that_gets_through(random: Random) -> None:
    api = api_parts(random, api_words(random)).api()
    method, path = random.choice(ASKED)
    check_access(who(api, method, path), CallPattern(path, methods=method), api, (), calls(random))


@pytest.mark.rule("ANA-3")
@BRUTE
@given(RANDOMS)
def test_who_of_given_callers(random: Random) -> None:
    of = api_words(random)
    api, callers = api_parts(random, of).api(), given_callers(random, of)
    method, path = random.choice(ASKED)
    found = who(api, method, path, callers=callers)
    check_access(found, CallPattern(path, methods=method), api, callers, calls_of(random, callers))


@pytest.mark.rule("ANA-3")
@BRUTE
@given(RANDOMS)
def test_invariants_of_given_callers(random: Random) -> None:
    of = api_words(random)
    api, callers, claimed = api_parts(random, of).api(), given_callers(random, of), claim(random)
    proof = prove(claimed.text, api, callers=callers)
    event(proof.verdict.value)
    if proof.witness is not None:
        check_example(proof.witness, api, callers, allowed=not claimed.all_get_through)
    for call in calls_of(random, callers):
        response = response_to(api, call, callers)
        if response is not None and claimed.is_contradicted(call, allowed=response.allowed):
            assert proof.verdict is not ProofVerdict.PROVEN, (claimed.text, call)
            return
