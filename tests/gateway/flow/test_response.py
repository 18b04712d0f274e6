"""Responses, where one is possible and where several are (GW-25)."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from execpolicy import (
    Api,
    ApiKey,
    Authorizer,
    CacheRefusal,
    Caller,
    CallOutcome,
    Context,
    GatewayResponse,
    Policy,
    ResponseType,
    Route,
    Stage,
    StatementTrace,
    Step,
    UsageError,
)
from execpolicy.testing import assert_allowed, assert_denied, assert_status
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused

SCHEMAS = {
    name: json.loads((Path(__file__).parents[3] / "docs" / "schemas" / f"{name}-1.json").read_text("utf-8"))
    for name in ("response", "decision")
}
VALIDATOR = Draft202012Validator(
    SCHEMAS["response"],
    registry=Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()),
)

ANN = "arn:aws:iam::111122223333:user/Ann"
EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:*", "Resource": "*"}
NOT_FROM_HOME = {
    "Sid": "NotFromHome",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
}
HOME, AWAY = {"aws:SourceIp": "192.0.2.1"}, {"aws:SourceIp": "198.51.100.1"}
KEY = "a-key-of-at-least-thirty-characters"
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
LETS = {
    "principalId": "ann",
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}],
    },
}


def shop(*statements: dict[str, Any], stage: Stage | str = "prod") -> Api:
    """An API with a route for each gate that is tested; the statements are its resource policy."""
    return small_api(
        stages=[stage],
        routes=[
            Route("GET", "/open"),
            Route("GET", "/keys", api_key_required=True),
            Route("GET", "/iam", auth="AWS_IAM"),
            Route("GET", "/tokens", authorizer="tokens"),
        ],
        authorizers=[TOKENS],
        api_keys=[ApiKey(KEY, ("prod",))],
        resource_policy=Policy.parse({"Statement": list(statements)}, kind="resource") if statements else None,
    )


GUARDED = shop(EVERYBODY, NOT_FROM_HOME)


def summary(response: GatewayResponse) -> tuple[str, int | None, tuple[int, ...], str | None]:
    """Outcome, status, all possible statuses, and the gate that refuses."""
    gate = None if response.refused_by is None else response.refused_by.gate
    return response.outcome.value, response.status, response.statuses, gate


def test_an_allowed_call() -> None:
    response = GUARDED.invoke("GET", "/open", context=AWAY)
    assert summary(response) == ("allowed", 200, (200,), None)
    assert (response.decision, response.body, response.deciding_keys) == (None, {}, frozenset())


@pytest.mark.rule("AUT-6")
def test_the_decision_is_that_of_the_gate_that_refuses_and_of_no_other() -> None:
    """The resource policy allows; the API key is missing."""
    response = GUARDED.invoke("GET", "/keys", context=AWAY)
    assert summary(response) == ("denied", 403, (403,), "API key")
    assert response.decision is None
    assert response.steps[-2].decision is not None
    assert response.steps[-2].decision.allowed
    assert response.refused_by == response.steps[-1]


@pytest.mark.rule("GW-12")
def test_the_decision_that_refuses_a_call() -> None:
    response = GUARDED.invoke("GET", "/open", context=HOME)
    assert summary(response) == ("denied", 403, (403,), "resource policy")
    assert response.decision is not None
    assert [one.sid for one in response.decision.determining_statements] == ["NotFromHome"]


@pytest.mark.rule("GW-25")
def test_a_call_that_may_be_allowed() -> None:
    response = GUARDED.invoke("GET", "/open")
    assert summary(response) == ("indeterminate", None, (200, 403), None)
    assert (response.allowed, response.message, response.body, response.response_type) == (False, "", {}, None)
    assert response.decision is None
    assert response.deciding_keys == {"aws:SourceIp"}
    assert str(response.explain().full()).splitlines()[0] == (
        "INDETERMINATE: allowed or refused (200 or 403): aws:SourceIp is not known"
    )
    assert "allowed or refused (200 or 403)" in response._repr_html_()


@pytest.mark.rule("GW-25")
def test_a_call_refused_with_one_of_two_statuses() -> None:
    """The first look may answer 403; the token is missing, which is a 401."""
    response = GUARDED.invoke("GET", "/tokens", headers={"Accept": "*/*"})
    assert summary(response) == ("denied", None, (401, 403), None)
    assert (response.allowed, response.message, response.body, response.response_type) == (False, "", {}, None)
    assert response.decision is None
    assert response.deciding_keys == {"aws:SourceIp"}
    assert str(response.explain().full()).splitlines()[0] == ("DENY: 401 or 403: aws:SourceIp is not known")
    assert 'class="execpolicy-explicit_deny"' in response._repr_html_()
    assert response.notes == (
        "the result of an earlier gate is not known; it may refuse the call first, with another status or message",
    )


@pytest.mark.rule("GW-25")
def test_a_call_refused_by_one_of_two_gates_with_one_status() -> None:
    response = GUARDED.invoke("GET", "/keys")
    assert summary(response) == ("denied", 403, (403,), None)
    assert (response.message, response.body, response.response_type) == ("", {}, None)
    assert str(response.explain().full()).splitlines()[0] == "403: the message depends on aws:SourceIp"


@pytest.mark.rule("GW-25")
def test_what_all_possible_responses_have_in_common() -> None:
    """Either the first look or the function's document denies, with one response type and one of two messages."""
    denies = {**LETS, "policyDocument": {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}}
    response = GUARDED.invoke("GET", "/tokens", headers={"Authorization": "x"}, authorizer_output=denies)
    assert summary(response) == ("denied", 403, (403,), None)
    assert (response.message, response.body) == ("", {})
    assert response.response_type is ResponseType.ACCESS_DENIED


@pytest.mark.rule("GW-25", "MSG-2")
def test_the_message_of_an_http_api_follows_from_the_status() -> None:
    """Whether a Deny refuses the call is not known; the message is the same."""
    api = small_api(
        type="HTTP",
        routes=[Route("GET", "/iam", auth="AWS_IAM")],
    )
    denies = {name: value for name, value in NOT_FROM_HOME.items() if name != "Principal"}
    caller = Caller(ANN, identity=Policy.parse({"Statement": [denies]}, kind="identity"))
    response = api.invoke("GET", "/iam", caller=caller)
    assert summary(response) == ("denied", 403, (403,), "IAM")
    assert (response.message, response.body) == ("Forbidden", {"message": "Forbidden"})


@pytest.mark.rule("GW-25", "AUT-3", "AUT-4")
def test_a_message_that_all_possible_responses_have() -> None:
    """Either an identity source is missing, or the function says Unauthorized."""
    agents = Authorizer("agents", type="REQUEST", identity_sources=["context.identity.userAgent"])
    api = small_api(
        routes=[Route("GET", "/agents", authorizer="agents")],
        authorizers=[agents],
    )
    partial = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    response = api.invoke("GET", "/agents", context=partial, authorizer_output=RuntimeError("Unauthorized"))
    assert summary(response) == ("denied", 401, (401,), None)
    assert (response.message, response.body) == ("Unauthorized", {"message": "Unauthorized"})
    assert response.response_type is ResponseType.UNAUTHORIZED


@pytest.mark.rule("GW-25", "KEY-4")
def test_a_message_that_depends_on_how_one_gate_denies_is_empty() -> None:
    """The gate refuses either way: by its Deny from home, for want of an Allow from elsewhere."""
    response = shop(NOT_FROM_HOME).invoke("GET", "/open")
    assert summary(response) == ("denied", 403, (403,), "resource policy")
    assert (response.message, response.body) == ("", {})
    assert response.response_type is ResponseType.ACCESS_DENIED
    assert str(response.explain().full()).splitlines()[0] == "403 ACCESS_DENIED: the message depends on aws:SourceIp"
    for context in (HOME, AWAY):
        told = shop(NOT_FROM_HOME).invoke("GET", "/open", context=context)
        assert told.message.startswith("User: anonymous is not authorized to perform: execute-api:Invoke on resource: ")


@pytest.mark.rule("GW-24", "GW-25")
def test_cache_invalidation_without_refusal_is_no_gate() -> None:
    """Where the call continues without the permission, whether it has it changes no status."""
    headers = {"Cache-Control": "max-age=0"}
    for refusal, statuses in (("FAIL_WITH_403", (200, 403)), ("SUCCEED_WITHOUT_RESPONSE_HEADER", (200,))):
        stage = Stage("prod", cache_needs_permission=True, cache_refusal=CacheRefusal(refusal))
        denies = {**NOT_FROM_HOME, "Action": "execute-api:InvalidateCache"}
        assert (
            shop(EVERYBODY, denies, stage=stage).invoke("GET", "/iam", caller=ANN, headers=headers).statuses == statuses
        )


@pytest.mark.parametrize(
    ("path", "context"),
    [("/open", AWAY), ("/open", HOME), ("/open", {}), ("/keys", {}), ("/tokens", {}), ("/pest", {})],
)
def test_data_and_copies_are_equal(path: str, context: dict[str, str]) -> None:
    response = GUARDED.invoke("GET", path, context=context, headers={"Accept": "*/*"})
    told = response.to_dict()
    VALIDATOR.validate(told)
    assert told["outcome"] == response.outcome
    assert told["statuses"] == list(response.statuses)
    assert told["refused_by"] == (None if response.refused_by is None else response.refused_by.gate)
    assert set(told["deciding_keys"]) == response.deciding_keys
    copied = pickle.loads(pickle.dumps(response))
    assert copied == response
    assert copied.to_dict() == told
    assert repr(copied) == repr(response)


@pytest.mark.parametrize("statuses", [(), (403,), (200, 401)])
def test_a_response_has_its_status_or_the_possible_ones(statuses: tuple[int, ...]) -> None:
    status = 401 if statuses else None
    assert refused(
        UsageError,
        lambda: GatewayResponse(
            status=status, statuses=statuses, response_type=None, message="", body_key="", arn="", steps=()
        ),
    ) == Refusal(f"statuses holds the status, or all that are possible; found {status!r} and {statuses!r}")


def test_a_response_from_its_constructor() -> None:
    response = GatewayResponse(
        status=None, statuses=(401, 403), response_type=None, message="", body_key="", arn="", steps=()
    )
    assert summary(response) == ("denied", None, (401, 403), None)
    assert response.outcome is CallOutcome.DENIED
    headline = "DENY: 401 or 403: details of the call are not known"
    assert str(response.explain().full()) == headline


@pytest.mark.rule("GW-25")
def test_the_status_does_not_decide_the_outcome() -> None:
    refusing = Step("5d", "token", False, "the token is missing")
    response = GatewayResponse(
        status=200,
        response_type=ResponseType.UNAUTHORIZED,
        message="ok",
        body_key="message",
        arn="",
        steps=(refusing,),
        outcome=CallOutcome.DENIED,
    )
    assert not response.allowed
    assert (response.outcome, response.statuses, response.refused_by) == (CallOutcome.DENIED, (200,), refusing)
    assert response.body == {"message": "ok"}
    assert str(response.explain().full()).splitlines()[0] == "DENIED (200 UNAUTHORIZED): ok"
    assert response.to_dict()["allowed"] is False
    for same in (pickle.loads(pickle.dumps(response)), copy.deepcopy(response), response.with_notes(())):
        assert same == response
        assert same.outcome is CallOutcome.DENIED
    assert_denied(response, 200)
    with pytest.raises(AssertionError, match=r"expected an allow, found 200 UNAUTHORIZED"):
        assert_allowed(response)
    with pytest.raises(AssertionError, match=r"expected the status 200, found 200 UNAUTHORIZED with a refusal at the"):
        assert_status(response, 200)


@pytest.mark.rule("GW-20", "GW-25")
def test_a_partial_context_may_hold_an_identity_source() -> None:
    agents = Authorizer("agents", type="REQUEST", identity_sources=["context.identity.userAgent"])
    keys = Authorizer("keys", type="REQUEST", identity_sources=["context.identity.apiKey"], ttl=0)
    api = small_api(
        routes=[Route("GET", "/agents", authorizer="agents"), Route("GET", "/keys", authorizer="keys")],
        authorizers=[agents, keys],
    )
    partial = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    response = api.invoke("GET", "/agents", context=partial, authorizer_output=LETS)
    assert summary(response) == ("indeterminate", None, (200, 401), None)
    assert response.deciding_keys == {"aws:UserAgent"}
    assert response.steps[1].detail == (
        "the authorizer agents reads context.identity.userAgent, which is not known to be in the call"
    )
    told = Context({"aws:SourceIp": "203.0.113.9", "aws:UserAgent": "curl"}, complete=False)
    assert api.invoke("GET", "/agents", context=told, authorizer_output=LETS).allowed
    assert summary(api.invoke("GET", "/agents", authorizer_output=LETS)) == ("denied", 401, (401,), "identity source")
    # Without a cache the function is asked whatever is missing.
    assert api.invoke("GET", "/keys", context=partial, authorizer_output=LETS).allowed


def test_the_line_of_a_gate_is_about_its_step() -> None:
    response = shop(EVERYBODY, NOT_FROM_HOME).invoke("GET", "/open", context=HOME)
    about = [line.about for line in response.explain().full().lines()]
    assert [each for each in about if isinstance(each, Step)] == list(response.steps)
    assert sum(isinstance(each, StatementTrace) for each in about) == 2
