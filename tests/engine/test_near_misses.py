"""Decisions that differ in one detail from those of other tests: each fails where that detail is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Caller, Context, Outcome, Policy, Principal, Request, RequestError, Target, authorize
from execpolicy.engine.full.evaluation import Evaluation

HERE, THERE = "111122223333", "444455556666"
INVOKE = "execute-api:Invoke"
PETS = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/GET/pets"


def user(name: str, account: str = HERE, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{account}:user/{name}"


def outcome(caller: Caller | Principal | str, target: Target, **facts: Any) -> Outcome:
    return authorize(Request(**{"caller": caller, "action": INVOKE, "resource": PETS, **facts}), target).outcome


def identity(**statement: Any) -> Policy:
    return Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", **statement}}, kind="identity")


@pytest.mark.rule("PRN-3", "EVL-4")
@pytest.mark.parametrize(
    ("effect", "element"), [("Allow", "Principal"), ("Deny", "Principal"), ("Deny", "NotPrincipal")]
)
def test_statements_that_differ_in_their_principal_alone_are_two(effect: str, element: str) -> None:
    """They are read from text: there, equal elements of a policy are one object."""
    names = [user("Ann"), user("Bob")]
    statements: list[dict[str, Any]] = [
        {"Effect": effect, element: {"AWS": name}, "Action": INVOKE, "Resource": PETS} for name in names
    ]
    if element == "NotPrincipal":
        statements = [{**each, element: {"AWS": [each[element]["AWS"], HERE]}} for each in statements]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    target = Target(resource=Policy.parse(text, kind="resource"))
    callers = {name: Caller(user(name), identity=identity(Resource="*")) for name in ("Ann", "Bob", "Eve")}
    found = {name: outcome(caller, target).value for name, caller in callers.items()}
    denied = {"Allow": set(), "Deny": {"Ann", "Bob"}}[effect] if element == "Principal" else {"Ann", "Bob", "Eve"}
    assert {name for name, value in found.items() if value == "explicit_deny"} == denied


@pytest.mark.rule("PRN-3")
def test_an_allow_of_another_user_beside_it_is_read() -> None:
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": user(name)}, "Action": INVOKE, "Resource": PETS}
        for name in ("Ann", "Bob")
    ]
    target = Target(resource=Policy.parse(json.dumps({"Statement": statements}), kind="resource"))
    found = {name: outcome(user(name), target) for name in ("Ann", "Bob", "Eve")}
    assert found == {"Ann": Outcome.ALLOW, "Bob": Outcome.ALLOW, "Eve": Outcome.IMPLICIT_DENY}


@pytest.mark.rule("KEY-3")
def test_a_context_that_names_the_resource_is_checked_for_each_resource() -> None:
    context = Context(
        {
            "aws:ResourceAccount": HERE,
            "aws:ResourceOrgID": "o-1",
            "aws:ResourceOrgPaths": ["o-1/r-1/ou-1/"],
            "aws:RequestedRegion": "eu-west-1",
        }
    )
    caller = Caller(user("Ann"), identity=identity(Resource="*"))
    assert outcome(caller, Target(), context=context) is Outcome.ALLOW
    elsewhere = PETS.replace(HERE, THERE)
    with pytest.raises(RequestError, match=rf"{HERE}") as refused:
        outcome(caller, Target(), context=context, resource=elsewhere)
    assert refused.value.rule == "KEY-3"


@pytest.mark.rule("RES-6", "EVL-5")
@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_an_action_on_no_resource_is_in_the_partition_of_its_caller(partition: str) -> None:
    caller = Caller(user("Ann", partition=partition), identity=identity(Resource="*"))
    assert outcome(caller, Target(), action="s3:ListAllMyBuckets", resource="*") is Outcome.ALLOW


@pytest.mark.rule("PRN-5")
def test_the_session_of_a_federated_user_is_not_taken_for_that_of_a_role() -> None:
    named = {"AWS": f"arn:aws:sts::{HERE}:federated-user/Clerk"}
    resource = Policy.parse(
        {"Statement": {"Effect": "Allow", "Principal": named, "Action": "*", "Resource": "*"}}, kind="resource"
    )
    request = Request(caller=f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", action=INVOKE, resource=PETS)
    decision = authorize(request, Target(resource=resource))
    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert "of that role" not in str(decision.explain())


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("limit", "expected"), [("1", Outcome.ALLOW), ("0.5", Outcome.ALLOW), ("0", Outcome.IMPLICIT_DENY)]
)
def test_the_first_second_of_the_epoch_is_known(limit: str, expected: Outcome) -> None:
    caller = Caller(
        user("Ann"), identity=identity(Resource="*", Condition={"NumericLessThan": {"aws:EpochTime": limit}})
    )
    assert outcome(caller, Target(), context={"aws:CurrentTime": "1970-01-01T00:00:00Z"}) is expected


@pytest.mark.rule("CND-9")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("198.18.0.9", True), ("198.18.0.10", False), ("198.18.0.200", False), ("198.18.1.255", True)),
        *(("198.18.2.0", True), ("198.18.3.255", True), ("198.18.4.0", False), ("9.255.255.255", False)),
    ],
)
def test_ranges_that_touch_leave_the_gap_before_them(address: str, expected: bool) -> None:
    ranges = ["198.18.0.8/31", "198.18.1.0/24", "198.18.2.0/24", "198.18.3.0/24"]
    caller = Caller(user("Ann"), identity=identity(Resource="*", Condition={"IpAddress": {"aws:SourceIp": ranges}}))
    found = outcome(caller, Target(), context={"aws:SourceIp": address})
    assert (found is Outcome.ALLOW) is expected


def test_the_policies_of_a_target_are_given_by_name() -> None:
    policy = Policy.parse(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}, kind="resource"
    )
    with pytest.raises(TypeError, match="positional argument"):
        Target(policy)  # type: ignore[call-arg]  # what the test is about
    assert Target(resource=policy).resource is policy


@pytest.mark.rule("KEY-2")
def test_a_class_that_is_called_datetime_is_no_time() -> None:
    own = type("datetime", (), {})()
    with pytest.raises(RequestError, match="datetime") as refused:
        Context({"aws:CurrentTime": own})
    assert "aws:CurrentTime" in str(refused.value)


@pytest.mark.rule("POL-14", "VAR-5")
@pytest.mark.parametrize(("region", "expected"), [("eu-west-1", Outcome.IMPLICIT_DENY), ("us-east-1", Outcome.ALLOW)])
def test_a_variable_in_front_of_a_not_resource_leaves_other_regions_decided(region: str, expected: Outcome) -> None:
    """The variable counts as ``*`` within its field, so that its value need not be known."""
    excluded = [
        f"arn:aws:execute-api:{region}:${{aws:PrincipalTag/team}}:*",
        "arn:aws:execute-api:*:*:*/*/GET/${aws:username}",
    ]
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "NotResource": excluded}},
        kind="identity",
    )
    context = Context({}, complete=False)
    caller = Caller(user("Ann"), identity=policy)
    assert outcome(caller, Target(), context=context) is expected
    request = Request(caller=caller, action=INVOKE, resource=PETS, context=context)
    assert Evaluation(request, Target()).outcome is expected


@pytest.mark.rule("EVL-9")
def test_one_form_of_a_layer_serves_all_callers_but_federated_users() -> None:
    resource = Policy.parse(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}, kind="resource"
    )
    (policies,) = Target(resource=resource).compiled().values()
    names = [user("Ann"), f"arn:aws:iam::{HERE}:role/Clerk", f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"]
    forms = [policies.prepared_for(Principal.parse(name)) for name in names]
    assert all(form is policies.prepared for form in forms)
    federated = Principal.parse(f"arn:aws:sts::{HERE}:federated-user/Fay")
    assert policies.prepared_for(federated) is not policies.prepared
    assert policies.prepared_for(federated) is policies.prepared_for(federated)
