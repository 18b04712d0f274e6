"""Gateway responses that an API sets itself: what the caller sees, never whether a call is allowed (MSG-4)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import (
    Authorizer,
    CallOutcome,
    Context,
    CustomGatewayResponse,
    GatewayResponse,
    Policy,
    Route,
    Source,
    Span,
    UsageError,
)
from execpolicy.testing import CallCase, CallExpectation, Invocation, assert_denied, run_call
from tests.gateway.small_api import small_api
from tests.refused import refused

OWN = "$context.error.messageString"
OTHERS: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "execute-api:Invoke",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:UserAgent": "x"}},
}
#: The same without a condition.
EVERYBODY = {name: value for name, value in OTHERS.items() if name != "Condition"}
PARTIAL = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind="resource", name="p")


def unsigned(*responses: CustomGatewayResponse) -> GatewayResponse:
    """The response to an unsigned call of a method that requires a signature."""
    routes = [Route("GET", "/mine", auth="AWS_IAM")]
    return small_api(routes=routes, gateway_responses=responses).invoke("GET", "/mine")


@pytest.mark.rule("MSG-4")
@pytest.mark.parametrize(
    ("message", "shown", "headline"),
    [
        ("Sign it", "Sign it", "418 MISSING_AUTHENTICATION_TOKEN: Sign it"),
        (OWN, "Missing Authentication Token", "418 MISSING_AUTHENTICATION_TOKEN: Missing Authentication Token"),
        (f"Sorry: {OWN}.", "Sorry: Missing Authentication Token.", None),
        ("Sorry: $context.error.message", "Sorry: Missing Authentication Token", None),
        ("5 $ more", "5 $ more", None),
        (
            "see $context.requestId",
            "",
            "418 MISSING_AUTHENTICATION_TOKEN: with a message of the API's own, which is not known",
        ),
        ("$context.error.messageStrings", "", None),
        (None, "", "418 MISSING_AUTHENTICATION_TOKEN: with a message of the API's own, which is not known"),
    ],
)
def test_what_a_message_stands_for(message: str | None, shown: str, headline: str | None) -> None:
    response = unsigned(CustomGatewayResponse("MISSING_AUTHENTICATION_TOKEN", 418, message))
    assert (response.outcome, response.status, response.message) == (CallOutcome.DENIED, 418, shown)
    assert response.body == ({"message": shown} if shown else {})
    assert headline is None or str(response.explain().full()).splitlines()[0] == headline


@pytest.mark.rule("MSG-4")
def test_the_response_s_own_setting_precedes_that_of_its_class() -> None:
    of_class = CustomGatewayResponse("DEFAULT_4XX", 400, "no")
    response = unsigned(of_class, CustomGatewayResponse("MISSING_AUTHENTICATION_TOKEN", message="Sign it"))
    assert (response.status, response.message) == (403, "Sign it")
    response = unsigned(of_class, CustomGatewayResponse("UNAUTHORIZED", 401))
    assert (response.status, response.message) == (400, "no")
    response = unsigned(CustomGatewayResponse("DEFAULT_5XX", 400, "no"))
    assert (response.status, response.message) == (403, "Missing Authentication Token")


@pytest.mark.rule("MSG-4", "GW-25")
def test_what_is_not_known_stays_unknown() -> None:
    for message, shown in ((f"Sorry: {OWN}", ""), ("No", "No")):
        api = small_api(
            routes=[Route("GET", "/a")],
            resource_policy=policy(OTHERS),
            gateway_responses=[CustomGatewayResponse("ACCESS_DENIED", 404, message)],
        )
        response = api.invoke("GET", "/a", context=PARTIAL)
        assert (response.outcome, response.status, response.message) == (CallOutcome.DENIED, 404, shown)


@pytest.mark.rule("MSG-4")
def test_a_refusal_with_200_is_no_allow() -> None:
    api = small_api(
        routes=[Route("GET", "/a")],
        resource_policy=policy(OTHERS, {**EVERYBODY, "Effect": "Allow"}),
        gateway_responses=[CustomGatewayResponse("ACCESS_DENIED", 200)],
    )
    partial = api.invoke("GET", "/a", context=PARTIAL)
    assert (partial.outcome, partial.status, partial.statuses) == (CallOutcome.INDETERMINATE, 200, (200,))
    assert not partial.allowed
    about: dict[str, Any] = {"name": "n", "source": Source("f", "x"), "span": Span(1, 1, 1, 1)}
    case = CallCase(
        api=api,
        call=Invocation("GET", "/a", headers={"User-Agent": "x"}),
        expected=CallExpectation(status=200),
        **about,
    )
    result = run_call(case)
    assert (result.passed, result.found[0]) == (False, "200, sent with a refusal")


@pytest.mark.rule("MSG-4")
def test_a_failed_authorizer_is_told_by_its_gateway_response() -> None:
    api = small_api(
        routes=[Route("GET", "/a", authorizer="fn")],
        authorizers=[Authorizer("fn", type="TOKEN", identity_sources="method.request.header.Authorization")],
        gateway_responses=[CustomGatewayResponse("AUTHORIZER_FAILURE", 403)],
    )
    response = api.invoke("GET", "/a", headers={"Authorization": "t"}, authorizer_output=ValueError("x"))
    with pytest.raises(AssertionError, match="if this is intended, expect 403"):
        assert_denied(response)


@pytest.mark.rule("MSG-4")
def test_a_reading_that_changes_the_outcome_alone_has_a_note() -> None:
    api = small_api(
        routes=[Route("GET", "/a")],
        resource_policy=policy({**EVERYBODY, "Effect": "Allow", "Resource": "execute-api:/prod/GET/a"}),
        gateway_responses=[CustomGatewayResponse("ACCESS_DENIED", 200)],
    )
    response = api.invoke("GET", "/a/")
    assert (response.outcome, response.status) == (CallOutcome.DENIED, 200)
    assert any("the response would be 200 (allowed)" in note for note in response.notes)


@pytest.mark.rule("MSG-4")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("ACCES_DENIED", 403), 'found "ACCES_DENIED" as a gateway response'),
        (("UNAUTHORIZED",), "UNAUTHORIZED sets nothing"),
        (("UNAUTHORIZED", True), "status is a number, found True, a bool"),
        (("UNAUTHORIZED", 99), "status is from 100 to 599, found 99"),
    ],
)
def test_what_cannot_be_set(given: tuple[Any, ...], message: str) -> None:
    assert refused(UsageError, lambda: CustomGatewayResponse(*given)).message == message


@pytest.mark.rule("MSG-4")
def test_which_apis_set_gateway_responses() -> None:
    own = CustomGatewayResponse("UNAUTHORIZED", 403)
    found = refused(UsageError, lambda: small_api(type="HTTP", gateway_responses=[own]))
    assert found.message == "gateway_responses are for REST APIs, a1b2c3 is HTTP"
    found = refused(UsageError, lambda: small_api(gateway_responses=[own, own]))
    assert found.message == "gateway_responses has UNAUTHORIZED twice"


@pytest.mark.rule("MSG-4", "POL-10")
def test_a_refusal_without_a_gateway_response_is_sent_as_it_is() -> None:
    routes = [Route("GET", "/{proxy+}", auth="AWS_IAM")]
    responses = [CustomGatewayResponse("DEFAULT_4XX", status=200, message="fine")]
    response = small_api(routes=routes, gateway_responses=responses).invoke("GET", "/" + "x" * 2_000)
    assert (response.status, response.response_type, response.body) == (414, None, {"message": "Request URI too long"})
    assert response.outcome is CallOutcome.DENIED


@pytest.mark.rule("MSG-4", "MSG-3")
def test_the_response_to_a_signed_call_without_a_route_can_be_set() -> None:
    own = CustomGatewayResponse("RESOURCE_NOT_FOUND", status=410, message=f"Gone: {OWN}")
    api = small_api(routes=[Route("GET", "/pets")], gateway_responses=[own])
    response = api.invoke("PUT", "/pets", caller="arn:aws:iam::111122223333:user/Ann")
    assert (response.status, response.outcome) == (410, CallOutcome.DENIED)
    assert response.message == "Gone: No method found matching route pets for http method PUT."
