"""Messages that name their cause, most of them in logs."""

from __future__ import annotations

import json

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.why import read_message
from execpolicy.gateway.model.names import ApiType
from tests.diagnose.messages import sentence

FAILED = "Execution failed due to configuration error: "
KEY = (
    "API Key ***R not authorized because method 'GET /' requires API Key and API Key is not associated with a "
    "Usage Plan"
)
TOKEN = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20210605/eu-west-1/execute-api/aws4_request, Signature=5ec2e7"
NOT_A_PAIR = "not a valid key=value pair (missing equal-sign) in Authorization header: "


def every_form(message: str) -> list[Diagnosis]:
    """A message alone, in a body, in a line of a log and in a log in JSON."""
    texts = (message, json.dumps({"message": message}), f"(a1) {message}", json.dumps({"error": {"message": message}}))
    return [read_message(text) for text in texts]


@pytest.mark.rule("AUT-2", "AUT-3", "MSG-3")
@pytest.mark.parametrize(
    ("cause", "gates", "status", "summary"),
    [
        ("Unable to parse given policy", [Gate.AUTHORIZER], 500,
         "The document that the function returned cannot be read as a policy"),
        ("Could not parse policy", [Gate.AUTHORIZER], 500,
         "The document that the function returned cannot be read as a policy"),
        ("Authorizer error", [Gate.AUTHORIZER], 500, "The Lambda authorizer failed, or its output is not valid"),
        ("Invalid JSON in response: x", [Gate.AUTHORIZER], 500,
         "The Lambda authorizer failed, or its output is not valid"),
        ("Invalid permissions on Lambda function", [Gate.INTEGRATION, Gate.AUTHORIZER], 500,
         "API Gateway may not invoke a Lambda function: that of the integration or that of the authorizer"),
        ("Malformed Lambda proxy response", [Gate.INTEGRATION], 502,
         "The function of the integration returned what is not a proxy response"),
        ("Invalid endpoint address", [Gate.INTEGRATION], 500,
         "The address of the integration is not valid or cannot be reached"),
        ("Host name not verified", [Gate.INTEGRATION], 500,
         "The address of the integration is not valid or cannot be reached"),
        ("Illegal character in path at index 8", [Gate.INTEGRATION], 500,
         "The address of the integration is not valid or cannot be reached"),
        ("Output mapping refers to an invalid method response: 302", [Gate.INTEGRATION], 500,
         "The integration answered, and no response of the method is configured for it"),
        ("No match for output mapping and no default output mapping configured", [Gate.INTEGRATION], 500,
         "The integration answered, and no response of the method is configured for it"),
    ],
)  # fmt: skip
def test_configuration_errors_by_their_cause(cause: str, gates: list[Gate], status: int, summary: str) -> None:
    for meaning in every_form(FAILED + cause):
        assert (list(meaning.gates), meaning.status, meaning.summary) == (gates, status, summary)
        assert (meaning.explicit, meaning.unread, meaning.api_type) == (None, "", ApiType.REST)
        assert any("no denial" in text for text in meaning.proves)


@pytest.mark.rule("MSG-3")
def test_a_configuration_error_in_words_that_are_not_known() -> None:
    for meaning in every_form(f"{FAILED}The moon is full"):
        assert meaning.gates == (Gate.INTEGRATION, Gate.AUTHORIZER)
        assert (meaning.unread, meaning.status) == ("The moon is full", 500)
    log = read_message(f"(a1) {FAILED}The moon is full\n(a1) Method completed with status: 500")
    assert log.unread == "The moon is full"


@pytest.mark.rule("AUT-2", "MSG-3")
def test_which_function_may_not_be_invoked() -> None:
    failed = f"(a1) {FAILED}Invalid permissions on Lambda function"
    started = "(a1) Starting authorizer: f2 for request: a1"
    called = "(a1) Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/"
    assert read_message(f"{started}\n{failed}").gates == (Gate.AUTHORIZER,)
    assert read_message(f"{started}\n{called}\n{failed}").gates == (Gate.INTEGRATION, Gate.AUTHORIZER)
    assert read_message(f"{failed}\n{started}").gates == (Gate.INTEGRATION, Gate.AUTHORIZER)


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(("what", "gate"), [("integration", Gate.INTEGRATION), ("authorizer", Gate.AUTHORIZER)])
def test_the_access_log_of_an_http_api(what: str, gate: Gate) -> None:
    text = (
        f"The IAM role configured on the {what} or API Gateway doesn't have permissions to call the {what}. Check it."
    )
    for meaning in every_form(text):
        assert (meaning.gates, meaning.api_type, meaning.status) == ((gate,), ApiType.HTTP, 500)
    other = "authorizer" if what == "integration" else "integration"
    with pytest.raises(RequestError):
        read_message(text.replace(f"call the {what}", f"call the {other}"))


@pytest.mark.rule("MSG-2", "GW-14")
def test_a_client_that_is_not_authorized_is_a_whole_sentence() -> None:
    text = "The client is not authorized to perform this operation."
    for meaning in every_form(text):
        assert meaning.gates == (Gate.AUTHORIZER, Gate.AUTHORIZATION)
        assert (meaning.explicit, meaning.status, meaning.message) == (None, 403, text)
    for other in (f"{text} Ask the moon.", f"Error: {text}", text.replace("operation", "operation on the moon")):
        with pytest.raises(RequestError):
            read_message(other)


@pytest.mark.rule("AUT-6", "MSG-3")
@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (f"{KEY} for API Stage a1/staging: API Stage is not in a Usage Plan",
         "The stage a1/staging is in no usage plan, so no API key is valid for it"),
        ("API Stage is not in a Usage Plan", "The stage is in no usage plan, so no API key is valid for it"),
        (f"{KEY} for API Stage a1/prod: No Usage Plan found for key and API Stage",
         "The API key is in no usage plan that has the stage a1/prod"),
        (f"{KEY}: No active API Key found", "The API key does not exist or is disabled"),
        (f"{KEY}: API Key is not valid", "The API key does not exist"),
        ("API Key ***R not authorized because method 'GET /' requires API Key",
         "The API key is missing or not valid for this stage"),
    ],
)  # fmt: skip
def test_each_cause_of_a_refused_api_key(text: str, summary: str) -> None:
    for meaning in every_form(text):
        assert (meaning.gate, meaning.summary, meaning.status) == (Gate.API_KEY, summary, 403)
        assert meaning.response_type == "INVALID_API_KEY"


@pytest.mark.rule("MSG-3", "GW-26")
@pytest.mark.parametrize(
    ("route", "verb", "api_type"),
    [
        ("sessions", "PUT", ApiType.REST),
        ("prod/@connections/D-j5-fe7IAMCKMA=", "POST", ApiType.WEBSOCKET),
    ],
)
def test_a_signed_call_without_a_method(route: str, verb: str, api_type: ApiType) -> None:
    for meaning in every_form(f"No method found matching route {route} for http method {verb}."):
        assert meaning.summary == f"No method {verb} for the route {route}, for a caller whose signature is valid"
        assert (meaning.gate, meaning.status, meaning.response_type) == (Gate.ROUTE, 404, "RESOURCE_NOT_FOUND")
        assert meaning.api_type is api_type
        assert any("the signature is valid" in text for text in meaning.proves)
        assert ("endpoint of the management client" in meaning.check_next[0]) is (api_type is ApiType.WEBSOCKET)
    query = read_message("No method found matching route a/b?token=s3cret for http method GET.")
    assert (query.message, "s3cret" in str(query)) == (
        "No method found matching route a/b?… for http method GET",
        False,
    )
    with pytest.raises(RequestError):
        read_message("No method found matching route")


@pytest.mark.rule("GW-18", "MSG-3")
@pytest.mark.parametrize("name", ["Authorization: ", "authorization:", " Authorization : "])
def test_a_header_that_holds_its_own_name(name: str) -> None:
    for meaning in every_form(f"'AWS4-HMAC-SHA256' {NOT_A_PAIR}'{name}{TOKEN}'."):
        assert meaning.summary == "The value of the header Authorization begins with the header's own name"
        assert (meaning.gate, meaning.status) == (Gate.AUTHENTICATION, 403)
        assert "5ec2e7" not in json.dumps(meaning.to_dict())


@pytest.mark.rule("GW-18", "MSG-3")
def test_two_signatures_in_one_header() -> None:
    for meaning in every_form(f"'AWS4-HMAC-SHA256' {NOT_A_PAIR}'{TOKEN},{TOKEN}'."):
        assert meaning.summary.startswith("The call is signed twice")
        assert "5ec2e7" not in json.dumps(meaning.to_dict())
    for other in (f"Bearer Authorization: {TOKEN}", TOKEN, f"Bearer {TOKEN}"):
        meaning = read_message(f"'Bearer' {NOT_A_PAIR}'{other}'.")
        assert meaning.gates == (Gate.ROUTE, Gate.AUTHENTICATION, Gate.VPC_ENDPOINT)


@pytest.mark.rule("GW-25")
@pytest.mark.parametrize(
    "reason",
    [
        "Could not find issuer for certificate",
        "Client cert using an insecure Signature Algorithm",
        "self signed certificate",
    ],
)
def test_a_certificate_that_mutual_tls_refuses(reason: str) -> None:
    for meaning in every_form(f"Access denied. Reason: {reason}"):
        assert (meaning.gate, meaning.status) == (Gate.MUTUAL_TLS, 403)
        assert meaning.summary == f"Mutual TLS refuses the client's certificate: {reason}"
    with pytest.raises(RequestError):
        read_message("Access denied. Reason: the moon")


DEFAULT = "a1b2c3.execute-api.eu-west-1.amazonaws.com"


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("around", "is_first"),
    [
        (f"GET https://{DEFAULT}/prod/pets 404 {{}}", True),
        (f"> GET /prod HTTP/2\n> Host: {DEFAULT}\n< HTTP/2 404\n\n{{}}", True),
        (f'{{{{"domainName": "{DEFAULT}", "body": "{{}}"}}}}', True),
        ("GET https://api.example.com/pets 404 {}", False),
        ("> Host: api.example.com\n< HTTP/2 404\n\n{}", False),
        ("{}", None),
    ],
)
@pytest.mark.parametrize(("word", "api_type"), [("Not Found", "HTTP"), ("Forbidden", "REST")])
def test_the_default_endpoint_may_be_disabled(around: str, is_first: bool | None, word: str, api_type: str) -> None:
    meaning = read_message(around.format(word))
    check = f"whether the default endpoint of the {api_type} API is disabled"
    places = [number for number, text in enumerate(meaning.check_next) if text.startswith(check)]
    assert (places == [0], places == []) == (is_first is True, is_first is False)
    if word == "Not Found":
        assert meaning.gates == (Gate.ROUTE, Gate.DOMAIN)
        assert meaning.summary.endswith(" or its default endpoint is disabled") is (is_first is not False)


@pytest.mark.rule("MSG-3")
def test_a_response_of_the_integration() -> None:
    for word in ("Not Found", "Forbidden", "Unauthorized"):
        text = f'HTTP/2 404\nx-amzn-remapped-date: today\nx-amz-apigw-id: a=\n\n{{"message":"{word}"}}'
        assert read_message(text).gates == (Gate.INTEGRATION,)
        assert read_message(text.replace("remapped", "trace")).gates != (Gate.INTEGRATION,)
    denied = f"x-amzn-remapped-date: today\n\n{sentence()}"
    assert read_message(denied).gates[0] is Gate.AUTHORIZATION


@pytest.mark.rule("MSG-3")
def test_rates_and_quotas_are_told_apart() -> None:
    assert read_message('{"message":"Limit Exceeded"}').response_type == "QUOTA_EXCEEDED"
    assert read_message('{"message":"Too Many Requests"}').response_type == ""
    assert read_message("Gateway response type: THROTTLED").summary == "Too many calls; not a denial"
