"""Keys outside the catalogue: those that neither the action's service nor a policy knows are refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from execpolicy import Caller, Context, RequestError, Target, authorize
from tests.engine.making import ANN, API, BUCKET, INVOKE, PETS, SESSION, a_request, allowing, denying, policy, stated
from tests.refused import Refusal, refused

ON_TIER = {"StringEquals": {"custom:Tier": "gold"}}
CALL = {"action": INVOKE, "resource": PETS}
LIST = {"action": "s3:ListBucket", "resource": BUCKET, "account": "111122223333"}
OR_ALLOW = 'leave it out, or accept it with allow_unknown=["{}"]'


def refusal(key: str, service: str = "execute-api", advice: str = OR_ALLOW) -> Refusal:
    message = f'found "{key}", which no policy names and which is no key of {service}'
    return Refusal(message, f"<context {key}>:1:1", key, advice.format(key), "KEY-1")


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    ("key", "call", "caller", "target", "expected"),
    [
        ("custom:tier", CALL, {"identity": allowing(Condition=ON_TIER)}, {}, None),
        ("custom:teir", CALL, {"identity": allowing(Condition=ON_TIER)}, {}, "did you mean custom:tier?"),
        ("custom:tier", CALL, {"boundary": allowing("boundary", Condition=ON_TIER)}, {}, None),
        ("custom:tier", CALL, {"scps": [[denying("scp", Condition=ON_TIER)]]}, {}, None),
        ("custom:tier", CALL, {}, {"resource": denying("resource", Condition=ON_TIER)}, None),
        ("custom:tier", CALL, {}, {"vpc_endpoint": allowing("vpc_endpoint", Condition=ON_TIER)}, None),
        ("custom:tier", CALL, {}, {"rcps": [[denying("rcp", Action="s3:*", Condition=ON_TIER)]]}, None),
        ("custom:who", CALL, {"identity": policy(stated(Resource=f"{API}/*/${{custom:who}}"))}, {}, None),
        ("s3:prefix", LIST, {}, {}, None),
        ("S3:Prefix", LIST, {}, {}, None),
        ("s3:prefix", CALL, {}, {}, OR_ALLOW),
        ("saml:sub", CALL, {}, {}, OR_ALLOW),
        ("accounts.google.com:aud", CALL, {"identity": allowing()}, {}, OR_ALLOW),
    ],
)
def test_a_key_means_something_to_the_action_or_to_a_policy(
    key: str, call: dict[str, Any], caller: Any, target: Any, expected: str | None
) -> None:
    principal = SESSION if key in ("saml:sub", "accounts.google.com:aud") else ANN
    who, what, context = Caller(principal, **caller), Target(**target), Context({key: "x", "aws:UserAgent": "curl"})
    for _ in range(2):
        request = a_request(who, context=context, **call)
        if expected is None:
            assert authorize(request, what).outcome is not None
        else:
            assert refused(RequestError, partial(authorize, request, what)) == refusal(key, advice=expected)


@pytest.mark.rule("KEY-1")
def test_the_keys_of_a_request_are_checked_for_each_target() -> None:
    who, context = Caller(ANN, identity=allowing()), Context({"custom:tier": "gold"})
    names, silent = Target(resource=denying("resource", Condition=ON_TIER)), Target()
    request = a_request(who, context=context)
    assert not authorize(request, names).allowed
    assert refused(RequestError, lambda: authorize(request, silent)) == refusal("custom:tier")
    assert not authorize(a_request(who, context=context), names).allowed
    assert authorize(
        a_request(who, context=Context({"custom:tier": "gold"}, allow_unknown=["custom:Tier"])), silent
    ).allowed


@pytest.mark.rule("KEY-1")
def test_of_another_service_the_message_says_which() -> None:
    request = a_request(ANN, action="s3:GetObject", resource=BUCKET, context={"sqs:x": "1"}, account="111122223333")
    assert refused(RequestError, lambda: authorize(request)) == refusal("sqs:x", "s3")
