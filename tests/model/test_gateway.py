"""The model of API Gateway judged by hand: each other reading of a gate changes the outcome of a call."""

from __future__ import annotations

import pytest

from tests.model.evaluator import Document, Principal
from tests.model.gateway import GATES, GatewayCall, respond

HERE = "111122223333"
API = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/GET"
DOMAIN = f"arn:aws:execute-api:eu-west-1:{HERE}:/domainnames/orders.example.com+d1"
ANN = Principal("user", account=HERE, name="Ann", path="/")


def policy(condition: Document | None = None, *, effect: str = "Allow", resource: str = "*") -> Document:
    statement = {"Effect": effect, "Principal": "*", "Action": "*", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


ONLY_ANN = {"StringEquals": {"aws:username": "Ann"}}
BY_DOMAIN = {"Null": {"execute-api:viaDomainArn": "false"}}
#: A call that every gate lets pass; and what is different in others.
OPEN = GatewayCall(
    auth="NONE",
    arn=f"{API}/pets/",
    other_arn=f"{API}/pets",
    caller=None,
    identity=[],
    context={},
    complete=True,
    resource_policy=None,
    answer=401,
    has_token=True,
    token_is_good=True,
    both=True,
    private=False,
    endpoint_policy=None,
    domain_arn="",
    domain_policy=None,
    is_associated=True,
    own_host_disabled=False,
    by_public_domain=False,
    needs_certificate=False,
    certificate=None,
    strict=False,
    names_its_host=True,
    key_required=False,
    key_is_good=False,
    invalidates=False,
    invalidation_needs_permission=False,
    limits="within",
)
PRIVATE = OPEN._replace(private=True, resource_policy=policy(), context={"aws:SourceVpce": "vpce-1"})
BY_PRIVATE_DOMAIN = PRIVATE._replace(domain_arn=DOMAIN, context={**PRIVATE.context, "execute-api:viaDomainArn": DOMAIN})
CHANGED: dict[str, GatewayCall] = {
    "GW-4": OPEN._replace(resource_policy=policy(resource=f"{API}/pets")),
    "GW-14": OPEN._replace(auth="CUSTOM", caller=ANN, answer=policy(ONLY_ANN)),
    "GW-18": PRIVATE._replace(auth="JWT", caller=ANN, endpoint_policy=policy(ONLY_ANN)),
    "GW-20 no policy": BY_PRIVATE_DOMAIN,
    "GW-20 key": BY_PRIVATE_DOMAIN._replace(domain_policy=policy(BY_DOMAIN)),
    "GW-24 signed": OPEN._replace(
        caller=ANN, identity=[policy()], invalidates=True, invalidation_needs_permission=True
    ),
    "GW-33": OPEN._replace(by_public_domain=True, strict=True),
    "AUT-9 scopes": OPEN._replace(auth="JWT"),
    "AUT-9 policy": OPEN._replace(auth="JWT", resource_policy=policy(resource="arn:aws:s3:::b/*")),
}


def test_each_reading_has_a_call() -> None:
    assert sorted(CHANGED) == sorted(GATES)


@pytest.mark.rule("GW-4", "GW-14", "GW-18", "GW-20", "GW-24", "GW-33", "AUT-9")
@pytest.mark.parametrize("reading", GATES)
def test_each_reading_changes_the_outcome_of_a_call(reading: str) -> None:
    outcomes = {respond(CHANGED[reading]._replace(otherwise=each))[0] for each in ("", reading)}
    assert outcomes == {"allowed", "denied"}
    others = {respond(CHANGED[reading]._replace(otherwise=each))[0] for each in GATES if each != reading}
    assert others == {respond(CHANGED[reading])[0]}


@pytest.mark.rule("GW-25")
def test_a_call_that_is_denied_in_one_way_or_another_is_denied() -> None:
    """Whether the Deny applies is not known, but across accounts nothing else allows."""
    of_another_account = ANN._replace(account="444455556666")
    everybody, some = policy(), policy({"StringEquals": {"aws:Referer": "https://example.com"}}, effect="Deny")
    attached = {**everybody, "Statement": [*everybody["Statement"], *some["Statement"]]}
    call = OPEN._replace(auth="AWS_IAM", caller=of_another_account, complete=False, resource_policy=attached)
    assert respond(call) == ("denied", 403)
    assert respond(call._replace(caller=ANN)) == ("indeterminate", None)
