"""Nothing that is assumed decides an outcome without being named in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Outcome
from execpolicy.engine.assumptions import ASSUMPTIONS
from tests.model.evaluator import Document, World, decide, possible_outcomes
from tests.model.evaluator import Principal as ModelPrincipal
from tests.properties.worlds import HERE, ROLE_ID, THERE, decided, worlds

#: The other readings that the model has of each rule of status A: the rule's id if there is one of them.
OTHER_READINGS = (
    *("CND-6", "CND-7", "CND-8 digits only", "CND-8 leading zeros", "CND-9 mapped", "CND-9 one address", "CND-9 /32"),
    *("CND-10", "CND-13 any", "CND-13 all", "CND-13 never", "CND-14", "CND-15", "CND-17 first instant"),
    *(
        "CND-17 all of it",
        "CND-18 ASCII",
        "CND-18 Unicode",
        "EVL-4",
        "EVL-8",
        "EVL-9",
        "GW-22 anonymous",
        "GW-22 list",
        "KEY-1",
        "KEY-6",
    ),
    *("KEY-7 absent", "KEY-7 false", "KEY-9", "POL-9", "POL-13", "POL-14", "PRN-1", "PRN-4", "PRN-5", "PRN-6", "PRN-7"),
    *("RES-1", "RES-2 written", "RES-2 completed", "RES-2 wide", "RES-7", "VAR-1", "VAR-2"),
    *("VAR-3 none", "VAR-3 value", "VAR-4", "VAR-5"),
)
#: The rules of which the model has no other reading, with the reason.
NOT_IN_THE_MODEL = {"PRN-2": "the model knows the canonical user id of no caller"}

ANN = ModelPrincipal("user", account=HERE, name="Ann", path="/")
CLERK = ModelPrincipal("role_session", account=HERE, name="Clerk", path="/", session="ann")
FAY = ModelPrincipal("federated_user", account=HERE, name="Fay")
SERVICE = ModelPrincipal("service", None, service="states.amazonaws.com")
ANONYMOUS = ModelPrincipal("anonymous", None)

API = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3"
PETS = f"{API}/prod/GET/pets"


def stated(effect: str = "Allow", /, **elements: Any) -> Document:
    actions = {} if "NotAction" in elements else {"Action": "*"}
    resources = {} if "NotResource" in elements else {"Resource": "*"}
    return {"Effect": effect, **actions, **resources, **elements}


def policy(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def world(*statements: Document, who: ModelPrincipal = ANN, resource: str = PETS, **rest: Any) -> World:
    """A request that the caller's identity policy decides, or, without statements, other policies."""
    identity = [policy(*statements)] if statements else []
    return World(who, "execute-api:Invoke", resource, identity=identity, **rest)


def when(effect: str = "Allow", /, **operators: Any) -> Document:
    return stated(effect, Condition={name.replace("_", ":"): keys for name, keys in operators.items()})


def for_everybody(effect: str = "Allow", /, **elements: Any) -> Document:
    """A resource policy of one statement."""
    named = {} if "NotPrincipal" in elements else {"Principal": "*"}
    return policy(stated(effect, **{**named, **elements}))


def at_time(value: str, **operators: Any) -> World:
    return world(when(**operators), context={"aws:CurrentTime": value})


def on_object(**elements: Any) -> World:
    """A request for an object, to which an RCP of one Deny applies."""
    arn = f"arn:aws:s3:eu-west-1:{HERE}:b/Ann"
    rcp = policy({**stated("Deny", **elements), "Principal": "*", "Action": "s3:*"})
    return World(ANN, "s3:GetObject", arn, identity=[policy(stated())], rcps=[[rcp]])


#: For each reading a request whose outcome it changes.
CHANGED: dict[str, World] = {
    "CND-6": world(when(ArnLike={"app:names": "*"}), context={"app:names": "red"}),
    "CND-7": at_time("2026-06-30T12:00:00Z", DateLessThan={"aws:CurrentTime": "2027"}),
    "CND-8 digits only": world(when(NumericEquals={"app:level": "-5"}), context={"app:level": "-5"}),
    "CND-8 leading zeros": world(when(NumericEquals={"app:level": "05"}), context={"app:level": "5"}),
    "CND-9 mapped": world(
        when(IpAddress={"aws:SourceIp": "203.0.113.0/24"}), context={"aws:SourceIp": "::ffff:203.0.113.9"}
    ),
    "CND-9 one address": world(
        stated(), when("Deny", IpAddress={"aws:SourceIp": "2001:db8::1"}), context={"aws:SourceIp": "2001:db8:1::9"}
    ),
    "CND-9 /32": world(when(IpAddress={"aws:SourceIp": "2001:db8::1"}), context={"aws:SourceIp": "2001:db8:1::9"}),
    "CND-10": world(when(Bool={"aws:SecureTransport": "True"})),
    "CND-13 any": world(when(StringEquals={"app:names": "red"}), context={"app:names": ["red", "blue"]}),
    "CND-13 all": world(when(StringEquals={"app:names": ["red", "blue"]}), context={"app:names": ["red", "blue"]}),
    "CND-13 never": world(
        stated(), when("Deny", StringEquals={"app:names": "red"}), context={"app:names": ["red", "blue"]}
    ),
    "CND-14": world(when(StringNotEquals={"app:names": []}), context={"app:names": "red"}),
    "CND-15": world(when(NumericEquals={"app:level": "high"}), context={"app:level": "5"}),
    "CND-17 first instant": world(
        stated(),
        when("Deny", DateEquals={"aws:CurrentTime": "2026-06-30"}),
        context={"aws:CurrentTime": "2026-06-30T12:00:00Z"},
    ),
    "CND-17 all of it": at_time("2026-06-30T12:00:00Z", DateEquals={"aws:CurrentTime": "2026-06-30"}),
    "CND-18 ASCII": world(
        stated(), when("Deny", StringEqualsIgnoreCase={"app:unit": "k"}), context={"app:unit": "\N{KELVIN SIGN}"}
    ),
    "CND-18 Unicode": world(when(StringEqualsIgnoreCase={"app:unit": "É"}), context={"app:unit": "é"}),
    "EVL-4": world(
        who=CLERK,
        resource_policy=policy(
            stated(
                Principal={"AWS": HERE},
                Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{HERE}:role/Clerk"}},
            )
        ),
    ),
    "EVL-8": world(who=ModelPrincipal("root", account=THERE), resource_policy=policy(stated(Principal={"AWS": THERE}))),
    "EVL-9": world(who=FAY, resource_policy=for_everybody()),
    "GW-22 anonymous": world(
        who=ANONYMOUS,
        resource_policy=for_everybody(Condition={"StringNotEquals": {"aws:PrincipalType": "Anonymous"}}),
    ),
    "GW-22 list": world(resource_policy=for_everybody(Condition={"StringEquals": {"aws:ResourceAccount": HERE}})),
    "KEY-1": world(
        when(ArnLike={"aws:SourceArn": "arn:aws:events:*:*:rule/*"}),
        context={"aws:SourceArn": f"arn:aws:events:eu-west-1:{HERE}:rule/x"},
    ),
    "KEY-6": world(stated(), when("Deny", StringEquals={"aws:UserAgent": "curl"})),
    "KEY-7 absent": world(stated(), when("Deny", Bool={"aws:ViaAWSMCPService": "false"})),
    "KEY-7 false": world(when(Bool={"aws:ViaAWSMCPService": "false"})),
    "KEY-9": world(when(Bool={"aws:ViaAWSService": "false"}), complete=False),
    "POL-9": world(when(StringEquals={"app:level": 5.0}), context={"app:level": "5.0"}),
    "POL-13": world(stated(NotAction=[])),
    "POL-14": world(stated(Resource="arn:aws:execute-api:eu-west-1:${aws:PrincipalAccount}:a1b2c3/*")),
    "PRN-1": world(who=SERVICE, resource_policy=for_everybody()),
    "PRN-4": world(who=CLERK, resource_policy=for_everybody(Principal={"AWS": f"arn:aws:iam::{HERE}:role/clerk"})),
    "PRN-5": world(
        who=CLERK._replace(unique_id=ROLE_ID), resource_policy=for_everybody(Principal={"AWS": f"{ROLE_ID}:ann"})
    ),
    "PRN-6": world(stated(), resource_policy=for_everybody("Deny", NotPrincipal={"AWS": HERE})),
    "PRN-7": world(
        when(ArnEquals={"aws:PrincipalArn": f"arn:aws:iam::{HERE}:role/Clerk"}), who=CLERK._replace(path=None)
    ),
    "RES-1": world(stated(Resource=f"{API}/prod/*/c"), resource=f"{API}/prod/GET/a:b/c"),
    "RES-2 written": world(
        stated(),
        boundary=policy(stated(Resource="arn:aws:execute-api")),
    ),
    "RES-2 completed": world(resource_policy=for_everybody(Resource="arn:aws:execute-api")),
    "RES-2 wide": world(stated(Resource="arn:aws:exe*a1b2c3/*")),
    "RES-7": world(stated(Resource=f"{API}/prod/get/pets")),
    "VAR-1": on_object(Resource="arn:aws:s3:*:*:b/${aws:username}"),
    "VAR-2": world(stated(Resource=f"{API}/prod/GET/${{aws:PrincipalTag/team,'pets'}}"), who=ANN._replace(tags={})),
    "VAR-3 none": world(
        stated(),
        stated("Deny", Resource=f"{API}/prod/GET/${{aws:PrincipalTag/team}}*"),
        who=ANN._replace(tags={"team": ""}),
    ),
    "VAR-3 value": world(
        stated(Resource=f"{API}/prod/GET/${{aws:PrincipalTag/team}}*"), who=ANN._replace(tags={"team": ""})
    ),
    "VAR-4": world(
        stated(Resource=f"{API}/prod/GET/${{aws:PrincipalTag/team}}"), who=ANN._replace(tags={"team": "p*"})
    ),
    "VAR-5": world(stated(NotResource=f"{API}/prod/GET/${{aws:PrincipalTag/team}}"), who=ANN._replace(tags={})),
}


def rule_of(reading: str) -> str:
    return reading.partition(" ")[0]


RULES = tuple(dict.fromkeys(map(rule_of, OTHER_READINGS)))


def test_the_model_has_another_reading_of_every_rule_or_the_reason_is_given() -> None:
    assert sorted({*RULES, *NOT_IN_THE_MODEL}) == sorted(ASSUMPTIONS)
    assert set(CHANGED) == set(OTHER_READINGS)


@pytest.mark.rule(*RULES, "EVL-11")
@pytest.mark.parametrize("reading", OTHER_READINGS)
def test_each_reading_changes_an_outcome_that_names_its_rule_alone(reading: str) -> None:
    changed = CHANGED[reading]
    decision = decided(changed)
    assert decision is not None
    assert decide(changed) == decision.outcome.value
    assert decide(changed._replace(otherwise=reading)) != decision.outcome.value
    expected = {rule_of(reading)}
    if reading == "CND-8 leading zeros":
        expected.add("CND-15")  # as it is read, such a text is no number
    assert decision.assumed == expected


@pytest.mark.rule(*RULES, "EVL-11")
@given(worlds(), st.lists(st.sampled_from(OTHER_READINGS), min_size=8, max_size=8, unique=True))
def test_an_outcome_that_another_reading_changes_names_the_assumption(world: World, readings: Sequence[str]) -> None:
    decision = decided(world)
    if decision is None or Outcome.ALLOW in decision.possible - {decision.outcome}:
        return
    possible = {each.value for each in decision.possible}
    for reading in readings:
        if not possible_outcomes(world._replace(otherwise=reading)) <= possible:
            event(f"{reading} decides")
            assert rule_of(reading) in decision.assumed, f"{reading}\n{decision.explain()}"
