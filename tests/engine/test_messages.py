"""The messages of decisions against the forms that AWS's page on denied access prints."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from execpolicy import Caller, Layer, Outcome, Policy, Request, Target, authorize

ANN = "arn:aws:iam::111122223333:user/Ann"
CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders"
ABOUT = f"to perform: execute-api:Invoke on resource: {ORDERS}"

#: The types of policies as the page prints them, in the order in which one of several is named.
TYPES = [
    (Layer.VPC_ENDPOINT, "a", "VPC endpoint policy"),
    (Layer.RCP, "a", "resource control policy"),
    (Layer.SCP, "a", "service control policy"),
    (Layer.RESOURCE, "a", "resource-based policy"),
    (Layer.IDENTITY, "an", "identity-based policy"),
    (Layer.BOUNDARY, "a", "permissions boundary"),
    (Layer.SESSION, "a", "session policy"),
]
WITH_PRINCIPAL = {Layer.RCP, Layer.VPC_ENDPOINT, Layer.RESOURCE}


def policy(layer: Layer, effect: str, **other: Any) -> Policy:
    principal = {"Principal": "*"} if layer in WITH_PRINCIPAL else {}
    statement = {"Effect": effect, **principal, "Action": "execute-api:*", "Resource": "*", **other}
    return Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=layer.value)


def message(policies: dict[Layer, Policy], principal: str = CLERK, outcome: Outcome | None = None) -> str:
    """The message to a caller whom those policies and no others bind."""
    alone = {layer: [found] for layer, found in policies.items()}
    caller = Caller(
        principal,
        identity=alone.get(Layer.IDENTITY, []),
        boundary=policies.get(Layer.BOUNDARY),
        session=alone.get(Layer.SESSION, []),
        scps=[alone[Layer.SCP]] if Layer.SCP in alone else [],
    )
    target = Target(
        resource=policies.get(Layer.RESOURCE),
        vpc_endpoint=policies.get(Layer.VPC_ENDPOINT),
        rcps=[alone[Layer.RCP]] if Layer.RCP in alone else [],
        rcps_cover_execute_api=True,
    )
    decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=ORDERS), target)
    assert outcome in (None, decision.outcome)
    return decision.message


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(("layer", "article", "type_"), TYPES)
def test_an_explicit_deny_names_the_type_of_policy(layer: Layer, article: str, type_: str) -> None:
    found = message({layer: policy(layer, "Deny")}, outcome=Outcome.EXPLICIT_DENY)
    assert found == f"User: {CLERK} is not authorized {ABOUT} with an explicit deny in {article} {type_}"


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(("layer", "type_"), [(layer, type_) for layer, _, type_ in TYPES if layer is not Layer.RCP])
def test_an_implicit_deny_names_the_type_that_does_not_allow(layer: Layer, type_: str) -> None:
    allowing = {other: policy(other, "Allow") for other in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)}
    silent = policy(layer, "Allow", Action="execute-api:ManageConnections")
    # In one account an identity-based Allow suffices; across accounts the resource policy has to allow as well.
    caller = CLERK.replace("111122223333", "444455556666") if layer is Layer.RESOURCE else CLERK
    found = message({**allowing, layer: silent}, caller, outcome=Outcome.IMPLICIT_DENY)
    assert found == (
        f"User: {caller} is not authorized {ABOUT} because no {type_} allows the execute-api:Invoke action"
    )


@pytest.mark.rule("MSG-1", "EVL-3")
def test_the_silence_of_an_rcp_is_never_named() -> None:
    silent = policy(Layer.RCP, "Deny", Action="execute-api:ManageConnections")
    assert message({Layer.RCP: silent}, ANN) == (
        f"User: {ANN} is not authorized {ABOUT} because no identity-based policy allows the execute-api:Invoke action"
    )


@pytest.mark.rule("MSG-1", "EVL-1")
@pytest.mark.parametrize(("first", "second"), list(pairwise(TYPES)))
def test_of_two_denying_types_the_first_is_named(first: tuple[Layer, str, str], second: tuple[Layer, str, str]) -> None:
    denying = {layer: policy(layer, "Deny") for layer, _, _ in (second, first)}
    assert message(denying).endswith(f" with an explicit deny in {first[1]} {first[2]}")


@pytest.mark.rule("MSG-1", "EVL-1")
def test_a_deny_is_named_before_the_silence_of_an_earlier_type() -> None:
    policies = {
        Layer.SCP: policy(Layer.SCP, "Allow", Action="s3:*"),
        Layer.SESSION: policy(Layer.SESSION, "Deny"),
    }
    assert message(policies).endswith(" with an explicit deny in a session policy")


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize("caller", ["anonymous", "states.amazonaws.com"])
def test_a_caller_without_arn_is_named_as_aws_names_it(caller: str) -> None:
    found = message({}, caller, outcome=Outcome.IMPLICIT_DENY)
    ending = "because no resource-based policy allows the execute-api:Invoke action"
    assert found == f"User: {caller} is not authorized {ABOUT} {ending}"


@pytest.mark.rule("MSG-1")
def test_other_outcomes_have_messages_of_the_same_form() -> None:
    allow = policy(Layer.IDENTITY, "Allow")
    assert message({Layer.IDENTITY: allow}, ANN, Outcome.ALLOW) == f"User: {ANN} is authorized {ABOUT}"
    timed = policy(Layer.IDENTITY, "Allow", Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01"}})
    assert message({Layer.IDENTITY: timed}, ANN, Outcome.INDETERMINATE) == (
        f"Whether {ANN} is authorized {ABOUT} depends on aws:CurrentTime"
    )
