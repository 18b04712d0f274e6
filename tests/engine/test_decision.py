"""What a decision holds: determining statements, blocking layers, and that it has no truth value."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Layer, Outcome, Policy, Span, UsageError
from tests.engine.making import (
    ANN,
    INVOKE,
    PETS,
    SESSION,
    STRANGER,
    a_request,
    allowing,
    decided,
    denying,
    policy,
    stated,
)
from tests.refused import Refusal, refused

TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Allow",
     "Action": "*", "Resource": "*"}
  ]
}
"""


def determining(**layers: Any) -> list[tuple[Layer, str, int, str | None]]:
    return [(one.layer, one.policy, one.index, one.sid) for one in decided(**layers).determining_statements]


@pytest.mark.rule("EVL-11")
def test_all_statements_of_the_deciding_effect_determine() -> None:
    identity = policy(
        stated(Sid="a"), stated("Deny", Action="s3:*"), stated(Action="s3:*"), stated(Sid="b"), name="i.json"
    )
    resource = policy(
        stated(Principal={"AWS": ANN}), stated(Principal={"AWS": STRANGER}), kind="resource", name="r.json"
    )
    boundary = allowing("boundary")
    assert determining(identity=identity, boundary=boundary, resource_policy=resource) == [
        (Layer.RESOURCE, "r.json", 0, None),
        (Layer.IDENTITY, "i.json", 0, "a"),
        (Layer.IDENTITY, "i.json", 3, "b"),
        (Layer.BOUNDARY, "boundary", 0, None),
    ]


@pytest.mark.rule("EVL-11")
def test_of_an_explicit_deny_only_denies_determine() -> None:
    scps = [[policy(stated(), stated("Deny", Sid="No"), kind="scp")], [denying("scp")]]
    assert determining(identity=[allowing(), denying()], scps=scps) == [
        (Layer.SCP, "scp", 1, "No"),
        (Layer.SCP, "scp", 0, None),
        (Layer.IDENTITY, "identity", 0, None),
    ]


@pytest.mark.rule("EVL-11", "KEY-4")
def test_of_no_allow_and_of_the_unknown_nothing_determines() -> None:
    assert determining(identity=allowing(Action="s3:*"), resource_policy=denying("resource", Action="s3:*")) == []
    assert determining(identity=allowing(Condition={"StringEquals": {"aws:userid": "x"}})) == []


@pytest.mark.rule("EVL-11")
def test_a_determining_statement_has_its_place() -> None:
    identity = Policy.parse(TEXT, kind="identity", name="reads.json")
    found = decided(identity=identity).determining_statements
    assert [one.span for one in found] == [Span(4, 5, 4, 89), Span(6, 5, 7, 37)]
    assert decided(identity=allowing()).determining_statements[0].span is None


@pytest.mark.rule("EVL-1", "KEY-4")
@pytest.mark.parametrize(
    ("layers", "outcome", "possible", "blocked"),
    [
        ({"identity": allowing()}, Outcome.ALLOW, {Outcome.ALLOW}, set()),
        ({}, Outcome.IMPLICIT_DENY, {Outcome.IMPLICIT_DENY}, {Layer.IDENTITY}),
        ({"identity": denying()}, Outcome.EXPLICIT_DENY, {Outcome.EXPLICIT_DENY}, {Layer.IDENTITY}),
        (
            {"identity": policy(stated(), stated("Deny", Condition={"Null": {"custom:x": "true"}})), "complete": False},
            Outcome.INDETERMINATE,
            {Outcome.ALLOW, Outcome.EXPLICIT_DENY},
            {Layer.IDENTITY},
        ),
        (
            {"identity": allowing(Condition={"Null": {"custom:x": "true"}}), "complete": False},
            Outcome.INDETERMINATE,
            {Outcome.ALLOW, Outcome.IMPLICIT_DENY},
            {Layer.IDENTITY},
        ),
        (
            {"resource_policy": denying("resource", Condition={"Null": {"custom:x": "true"}}), "complete": False},
            Outcome.INDETERMINATE,
            {Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY},
            {Layer.RESOURCE},
        ),
    ],
    ids=lambda value: "+".join(sorted(map(str, value))) if isinstance(value, set) else str(value),
)
def test_outcomes(layers: dict[str, Any], outcome: Outcome, possible: set[Outcome], blocked: set[Layer]) -> None:
    from execpolicy import Context

    context = Context(complete=layers.pop("complete", True))
    decision = decided(**layers, context=context)
    assert decision.outcome is outcome
    assert decision.allowed is (outcome is Outcome.ALLOW)
    assert decision.possible == possible
    assert decision.blocked_by == blocked


@pytest.mark.rule("EVL-10")
def test_a_decision_is_neither_true_nor_false() -> None:
    decision = decided()
    expected = Refusal(
        "a Decision is neither true nor false",
        advice="use decision.allowed: a decision that is a denial would count as true",
    )
    assert refused(UsageError, lambda: bool(decision)) == expected
    assert refused(UsageError, lambda: not decision) == expected
    assert refused(UsageError, lambda: 1 if decision else 0) == expected


def test_a_decision_knows_what_it_was_about() -> None:
    decision = decided(identity=allowing(), resource_policy=allowing("resource"))
    assert decision.request.caller.identity == (allowing(),)
    assert decision.target.resource == allowing("resource")
    assert repr(decision) == f"<Decision allow: User: {ANN} is authorized to perform: {INVOKE} on resource: {PETS}>"


def test_decisions_are_equal_by_outcome_request_and_target() -> None:
    first, second = decided(identity=allowing()), decided(identity=allowing())
    assert first == second
    assert hash(first) == hash(second)
    assert first != decided(identity=allowing(), resource_policy=allowing("resource"))
    assert first != decided(caller=SESSION, identity=allowing())
    assert first != a_request()
    assert len({first, second, decided()}) == 2


@pytest.mark.rule("EVL-12")
def test_the_order_of_policies_changes_nothing_but_the_order_of_what_determines() -> None:
    policies = [allowing(), policy(stated(Sid="b"), name="b")]
    one, other = decided(identity=policies), decided(identity=policies[::-1])
    assert one.outcome is other.outcome
    assert set(one.determining_statements) == set(other.determining_statements)
