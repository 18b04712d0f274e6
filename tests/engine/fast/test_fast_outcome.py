"""What is particular to the fast decision: tables, variables, and what it leaves to the full evaluation."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Context, Outcome, Principal, Request, Target, authorize
from execpolicy._base import bounded_cache as cache
from execpolicy.engine import view as view_module
from execpolicy.engine.fast import prepared_layer
from execpolicy.engine.fast.fast_outcome import fast_outcome, fast_outcome_of_layers
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.layered_request import layered_request
from tests.engine.making import ACCOUNT, ANN, API, INVOKE, PETS, SESSION, STRANGER, allowing, denying, policy, stated


def a_request(caller: Caller, resource: str = PETS, action: str = INVOKE, context: Any = None) -> Request:
    return Request(caller=caller, action=action, resource=resource, context=context)


def both(found: Request, target: Target) -> Outcome | None:
    """The fast outcome, which is that of the full evaluation wherever there is one."""
    fast, slow = fast_outcome(found, target), Evaluation(found, target).outcome
    assert fast in (None, slow)
    assert authorize(found, target).outcome is slow
    return fast


@pytest.mark.rule("VAR-3", "RES-2")
@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (f"{API}/prod/*/${{aws:username}}", Outcome.ALLOW),
        (f"{API}/prod/GET/${{aws:username}}/*", Outcome.IMPLICIT_DENY),
        ("arn:aws:execute-api:*:*:*/${aws:RequestedRegion}/Ann", Outcome.ALLOW),
        ("arn:aws:execute-api:*:*:*/${aws:RequestedRegion}/*/Ann", Outcome.IMPLICIT_DENY),
        ("arn:aws:execute-api:*:*:${aws:username}*", Outcome.IMPLICIT_DENY),
    ],
)
def test_variables_in_resources(resource: str, expected: Outcome) -> None:
    caller = Caller(ANN, identity=policy(stated(Resource=resource)))
    for _ in range(2):
        assert both(a_request(caller, f"{API}/prod/GET/eu-west-1/Ann"), Target()) is expected


@pytest.mark.rule("PRN-6")
@pytest.mark.parametrize("bounded_first", [False, True])
def test_two_callers_of_one_principal_of_which_one_has_a_boundary(bounded_first: bool) -> None:
    """The result of NotPrincipal is kept by principal; a caller with a boundary is never exempted."""
    who = Principal.parse(ANN)
    free = Caller(who, identity=allowing())
    bounded = Caller(who, identity=allowing(), boundary=allowing("boundary"))
    target = Target(resource=denying("resource", NotPrincipal={"AWS": [ANN, ACCOUNT]}))
    expected = [(free, Outcome.ALLOW), (bounded, Outcome.EXPLICIT_DENY)]
    for caller, outcome in expected[::-1] if bounded_first else expected:
        for _ in range(2):
            assert both(a_request(caller), target) is outcome


@pytest.mark.rule("KEY-4")
def test_a_variable_that_is_not_known_is_left_to_the_full_evaluation() -> None:
    caller = Caller(ANN, identity=policy(stated(Resource=f"{API}/prod/GET/${{aws:PrincipalTag/team}}")))
    found = a_request(caller, context=Context({}, complete=False))
    assert both(found, Target()) is None
    assert authorize(found).outcome is Outcome.INDETERMINATE


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize(("element", "effect"), [("Resource", "Deny"), ("NotResource", "Allow")])
def test_a_variable_that_no_value_makes_match_is_decided_fast(element: str, effect: str) -> None:
    homes = {element: f"{API}/prod/GET/home/${{aws:userid}}"}
    caller = Caller(ANN, identity=policy(stated(), stated(effect, **homes)))
    assert both(a_request(caller), Target()) is Outcome.ALLOW
    elsewhere = a_request(caller, f"{API}/prod/GET/home/reed")
    assert both(elsewhere, Target()) is (None if effect == "Deny" else Outcome.ALLOW)


@pytest.mark.rule("KEY-4")
def test_a_deny_that_applies_needs_no_other_layer_unless_a_table_reads_it() -> None:
    unknown = {"StringEquals": {"aws:UserAgent": "curl"}}
    caller = Caller(ANN, identity=policy(stated("Deny"), stated(Condition=unknown)))
    found = a_request(caller, context=Context({}, complete=False))
    assert both(found, Target()) is Outcome.EXPLICIT_DENY
    assert fast_outcome_of_layers(layered_request(found, Target(), found.view())) is None
    denies_some = Caller(
        ANN, identity=policy(stated("Deny", Condition={"Bool": {"app:b": "true"}}), stated(Condition=unknown))
    )
    found = a_request(denies_some, context=Context({"app:b": True}, complete=False))
    assert both(found, Target()) is Outcome.EXPLICIT_DENY
    assert fast_outcome_of_layers(layered_request(found, Target())) is None


@pytest.mark.rule("KEY-3")
def test_a_context_with_a_key_of_the_resource_is_checked_with_each_request() -> None:
    caller = Caller(ANN, identity=policy(stated()))
    context = Context({"aws:RequestedRegion": "eu-west-1"})
    assert both(a_request(caller, context=context), Target()) is Outcome.ALLOW
    assert context.latest is None


def test_tables_that_are_full_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_layer, "MAX_ENTRIES", 1)
    monkeypatch.setattr(prepared_layer, "ENTRIES_PER_PATTERN", 0)
    monkeypatch.setattr(prepared_layer, "MAX_CHECKS_PER_MATCH_SET", 1)
    monkeypatch.setattr(view_module, "MAX_RESULTS", 1)
    monkeypatch.setattr(cache, "MAX_ENTRIES", 1)
    named = policy(stated(Principal={"AWS": [ANN, STRANGER]}, Resource=f"{API}/*"), kind="resource")
    callers = [Caller(text, identity=policy(stated())) for text in (ANN, SESSION, STRANGER)]
    target = Target(resource=named)
    expected = [Outcome.ALLOW, Outcome.ALLOW, Outcome.ALLOW]
    for _ in range(2):
        assert [both(a_request(caller), target) for caller in callers] == expected
        for resource in (PETS, f"{API}9/x", f"{API}/x"):
            assert both(a_request(callers[0], resource, "s3:GetObject"), target) is Outcome.ALLOW
    assert max(target.compiled()[next(iter(target.compiled()))].prepared.sizes()) == 1
    for text in (ANN, STRANGER, ANN):
        assert Request(caller=text, action=INVOKE, resource=PETS).caller.principal.arn == text
