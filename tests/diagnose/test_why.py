"""Responses that people paste: what refused the call, what it shows, what to check next."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Caller, Layer, Policy, Request, RequestError, Target, UsageError, authorize
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.known_messages import KNOWN_MESSAGES
from execpolicy.diagnose.pasted_text import parse_pasted_text, without_secrets
from execpolicy.diagnose.why import LONGEST, read_message
from execpolicy.gateway.flow.refusals import masked, refuse
from execpolicy.gateway.model.names import ALL_RESPONSE_TYPES, ApiType, ResponseType
from tests.diagnose.messages import ANN, MASKED, implicit, sentence
from tests.refused import Refusal, refused

RULES = re.findall(r"\b[A-Z]{2,4}-[0-9]+\b", (Path(__file__).parents[2] / "docs" / "semantics.md").read_text("utf-8"))

SESSION = "arn:aws:sts::444455556666:assumed-role/Clerk/ann"
DOMAIN = "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/api.example.com+d1"
POLICY = "arn:aws:organizations::777788889999:policy/o-a1/service_control_policy/p-b2"

ADVICE = (
    "paste the body with its message, or the whole response with its headers (curl -i). A response with another "
    "message comes from the integration behind the API, or from a customized gateway response"
)


def by_text(text: str) -> str:
    """The name of the answer that a text is taken for."""
    meaning = read_message(text)
    return next(
        name
        for name, answer in KNOWN_MESSAGES.items()
        if (answer.summary, answer.rules) == (meaning.summary, meaning.rules)
    )


TYPES = [
    ("identity-based policy", Layer.IDENTITY, Gate.AUTHORIZATION),
    ("resource-based policy", Layer.RESOURCE, Gate.AUTHORIZATION),
    ("permissions boundary", Layer.BOUNDARY, Gate.AUTHORIZATION),
    ("session policy", Layer.SESSION, Gate.AUTHORIZATION),
    ("service control policy", Layer.SCP, Gate.AUTHORIZATION),
    ("resource control policy", Layer.RCP, Gate.AUTHORIZATION),
    ("VPC endpoint policy", Layer.VPC_ENDPOINT, Gate.VPC_ENDPOINT),
]


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(("policy_type", "layer", "gate"), TYPES)
@pytest.mark.parametrize("resource", [MASKED, ""])
def test_each_type_of_policy_that_denies(policy_type: str, layer: Layer, gate: Gate, resource: str) -> None:
    for article in ("a", "an", "the"):
        meaning = read_message(sentence(f" with an explicit deny in {article} {policy_type}", resource=resource))
        assert (meaning.gate, meaning.layer, meaning.explicit) == (gate, layer, True)
        assert meaning.summary == f"A Deny in the {policy_type} refuses execute-api:Invoke to {ANN}"
        assert meaning.policy_type == policy_type
        assert (meaning.principal, meaning.action, meaning.resource) == (ANN, "execute-api:Invoke", resource)
        assert meaning.rule == "MSG-1"


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(("policy_type", "layer", "gate"), TYPES)
def test_each_type_of_policy_that_does_not_allow(policy_type: str, layer: Layer, gate: Gate) -> None:
    meaning = read_message(sentence(implicit(policy_type)))
    assert (meaning.gate, meaning.layer, meaning.explicit) == (gate, layer, False)
    assert meaning.summary == f"No {policy_type} allows execute-api:Invoke to {ANN}"


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("ending", "layer", "explicit", "policy_type"),
    [
        (" with an explicit deny in a sessions policy", Layer.SESSION, True, "session policy"),
        (" due to an explicit deny in a Service Control Policy", Layer.SCP, True, "service control policy"),
        (", with an explicit deny in an identity-based policy", Layer.IDENTITY, True, "identity-based policy"),
        (" with an explicit deny in the role trust policy", None, True, "role trust policy"),
        (" because the role trust policy allows the sts:AssumeRole action", None, False, "role trust policy"),
        (" because no session policies allows the sts:AssumeRole action", Layer.SESSION, False, "session policy"),
    ],
)
def test_odd_endings(ending: str, layer: Layer | None, explicit: bool, policy_type: str) -> None:
    meaning = read_message(sentence(ending, action="sts:AssumeRole", resource=""))
    assert (meaning.layer, meaning.explicit, meaning.policy_type) == (layer, explicit, policy_type)
    assert meaning.gates == (Gate.AUTHORIZATION,)
    assert policy_type in meaning.summary


@pytest.mark.rule("MSG-1")
def test_a_layer_that_denies_through_another() -> None:
    ending = " with an explicit deny in a VPC endpoint policy transitively through a service control policy"
    meaning = read_message(sentence(ending, action="SNS:Publish", resource="arn:aws:sns:us-east-1:444455556666:topic"))
    assert (meaning.layer, meaning.policy_type) == (Layer.SCP, "VPC endpoint policy")
    assert "it is the service control policy that denies, evaluated through a VPC endpoint policy" in meaning.proves
    assert "it is SNS that refuses, so the call that was denied is not one to an API's URL" in meaning.proves
    assert meaning.rules == ("MSG-1", "EVL-1")
    assert (meaning.api_type, meaning.status, meaning.response_type) == (None, None, "")


@pytest.mark.rule("MSG-1")
def test_what_newer_messages_add() -> None:
    added = (
        f"{sentence(' with an explicit deny in a service control policy')}: {POLICY}.\n"
        "Go to https://eu-west-1.console.aws.amazon.com/iam/home?region=eu-west-1#/authorization-details/a1b2-c3 for "
        "complete details,\nor call the GetRequestAuthorizationDetails API with the following authorization id: a1b2-c3"
    )
    meaning = read_message(added)
    assert (meaning.layer, meaning.policy_arn, meaning.authorization_id) == (Layer.SCP, POLICY, "a1b2-c3")
    assert meaning.check_next[:2] == (
        f"the policy that the message names: {POLICY}",
        "the details that AWS keeps under authorization id a1b2-c3",
    )
    by_link = read_message(added.partition("or call")[0])
    assert by_link.authorization_id == "a1b2-c3"


@pytest.mark.rule("MSG-1")
def test_the_sentence_of_another_service() -> None:
    text = sentence(
        implicit("identity-based policy", "lambda:InvokeFunction"),
        action="lambda:InvokeFunction",
        resource="arn:aws:lambda:eu-west-1:111122223333:function:orders",
    )
    meaning = read_message(text)
    assert meaning.check_next == (
        "look for an Allow of lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:orders in the "
        "policies of the user or role, those of its groups too",
    )
    assert meaning.leaves_open == (
        "whether other types of policies deny as well: AWS names one, and after a change another may be named",
    )
    trust = read_message(
        sentence(" with an explicit deny in the role trust policy", action="sts:AssumeRole", resource="")
    )
    assert trust.check_next == ("look in the role trust policy for a Deny that covers sts:AssumeRole",)


@pytest.mark.rule("MSG-2", "GW-13")
def test_a_signed_caller_without_a_named_policy() -> None:
    meaning = read_message(json.dumps({"Message": sentence(user=SESSION)}))
    assert meaning.gates == (Gate.AUTHORIZATION, Gate.VPC_ENDPOINT)
    assert meaning.layers == (
        Layer.IDENTITY, Layer.RESOURCE, Layer.BOUNDARY, Layer.SESSION, Layer.SCP, Layer.VPC_ENDPOINT
    )  # fmt: skip
    assert (meaning.gate, meaning.layer) == (None, None)
    assert meaning.summary == f"No policy that would have to allows execute-api:Invoke to {SESSION}"
    assert meaning.proves == (
        "no Deny applies: there is no Allow of execute-api:Invoke on a1b2c3/prod/GET/pets/7",
        "the credentials and the signature are valid",
        "the call reached the API: the resource names the stage, method and path",
    )
    assert meaning.leaves_open == (
        "which policy it is: the message names none",
        "whether other types of policies deny as well: AWS names one, and after a change another may be named",
        "whether caller and API belong to one account, beyond the digits that are shown",
    )
    assert meaning.check_next == (
        "look for an Allow of execute-api:Invoke on a1b2c3/prod/GET/pets/7 in the policies of the user or role, "
        "those of its groups too",
        "the resource policy of the API",
        "the permissions boundary of the user or role: it grants nothing, and must allow as well",
        "the session policies that were given when the session was made: they grant nothing, and must allow as well",
        "the service control policies of every level above the caller's account: each level must allow",
        "the policy of the VPC endpoint that the call came through",
        "Resource: it must cover /prod/GET/pets/7 with the path as it is sent, such as execute-api:/prod/GET/pets/7; "
        "an ARN that ends in the API id and a slash covers nothing, and without /* at its end nothing below it",
        "the caller's account is not the API's: its own policies and the API's resource policy must both allow; HTTP "
        "and WebSocket APIs have no resource policy, so assume a role of the API's account",
        "whether the stage was deployed since the resource policy was changed: it acts from then on",
    )
    assert meaning.rules == ("MSG-1", "GW-13", "GW-19", "EVL-1")
    assert (meaning.status, meaning.response_type, meaning.api_type) == (403, "ACCESS_DENIED", None)


@pytest.mark.rule("GW-13", "EVL-5")
@pytest.mark.parametrize(
    ("user", "resource", "differs"),
    [
        (SESSION, MASKED, True),
        (ANN, MASKED, False),
        (ANN, MASKED.replace("********3333", "111122223333"), False),
        (ANN, MASKED.replace("********3333", "444455556666"), True),
        (ANN, MASKED.replace("********3333", "************"), False),
        (ANN.replace("111122223333", "********3333"), MASKED, False),
        (ANN.replace("111122223333", "*****"), MASKED, False),
        (ANN, "", False),
    ],
)
def test_callers_of_another_account_need_both_sides(user: str, resource: str, differs: bool) -> None:
    meaning = read_message(sentence(implicit("identity-based policy"), user=user, resource=resource))
    assert any(text.startswith("the caller's account is not the API's") for text in meaning.check_next) is differs


@pytest.mark.rule("GW-13")
def test_a_named_policy_proves_that_the_method_asks_for_iam() -> None:
    proof = "the method requires AWS_IAM: for any other authorization the caller would be anonymous"
    assert proof in read_message(sentence(implicit("resource-based policy"))).proves
    assert proof not in read_message(sentence(implicit("VPC endpoint policy"))).proves


@pytest.mark.rule("MSG-2", "GW-14", "PRN-9")
def test_an_anonymous_caller_without_an_allow() -> None:
    meaning = read_message(json.dumps({"Message": sentence(user="anonymous")}))
    assert meaning.gates == (Gate.AUTHORIZATION, Gate.VPC_ENDPOINT, Gate.PRIVATE_DOMAIN)
    assert meaning.layers == (Layer.RESOURCE, Layer.VPC_ENDPOINT, Layer.DOMAIN_NAME)
    assert (meaning.explicit, meaning.api_type) == (False, ApiType.REST)
    assert meaning.summary == "No policy that would have to allows execute-api:Invoke to an anonymous caller"
    assert meaning.leaves_open == (
        "which policy it is: the message names none",
        "whether other types of policies deny as well: AWS names one, and after a change another may be named",
        "whether the method takes tokens: with a valid token the resource policy must allow as well",
    )
    assert meaning.check_next[:2] == (
        "look for an Allow of execute-api:Invoke on a1b2c3/prod/GET/pets/7 in the resource policy of the API",
        "the policy of the VPC endpoint that the call came through",
    )
    assert meaning.check_next[-6:] == (
        "Resource: it must cover /prod/GET/pets/7 with the path as it is sent, such as execute-api:/prod/GET/pets/7; "
        "an ARN that ends in the API id and a slash covers nothing, and without /* at its end nothing below it",
        'Principal: an anonymous caller is matched by "*" alone, never by an account, user or role',
        "Condition: a call through a VPC endpoint has no aws:SourceIp; write aws:VpcSourceIp, aws:SourceVpc or "
        "aws:SourceVpce, and compare the ids",
        "a PRIVATE API without a resource policy denies every call: attach one",
        "if the caller is to be identified: set AWS_IAM on the method, and sign the call",
        "whether the stage was deployed since the resource policy was changed: it acts from then on",
    )
    assert meaning.rules == ("MSG-2", "GW-14", "GW-19", "GW-20", "EVL-1")


@pytest.mark.rule("MSG-2", "GW-14")
def test_an_anonymous_caller_with_an_explicit_deny() -> None:
    meaning = read_message(sentence(" with an explicit deny", user="anonymous"))
    assert (meaning.explicit, meaning.layer, meaning.policy_type) == (True, None, "")
    assert meaning.summary == "A Deny in a policy refuses execute-api:Invoke to an anonymous caller"
    assert meaning.proves == (
        "a Deny statement applies to execute-api:Invoke on a1b2c3/prod/GET/pets/7; no Allow overrides it",
        "the caller counts as anonymous: the method is not AWS_IAM, or it is the VPC endpoint's policy that refuses a "
        "call without a signature",
        "the call reached the API: the resource names the stage, method and path",
    )
    assert meaning.leaves_open[-1] == (
        "the result of the method's authorizer: a Deny of the resource policy comes before a Lambda function"
    )
    assert meaning.check_next[-2:] == (
        "its conditions: NotIpAddress and StringNotEquals apply also where the key is absent, as aws:SourceIp is "
        "through a VPC endpoint and aws:SourceVpce is from the internet",
        "whether the stage was deployed since the resource policy was changed: it acts from then on",
    )


@pytest.mark.rule("MSG-2")
@pytest.mark.parametrize("mask", ["********3333", "*******3333", "************", "111122223333"])
def test_the_account_of_the_api_is_masked(mask: str) -> None:
    meaning = read_message(sentence(user="anonymous", resource=MASKED.replace("********3333", mask)))
    assert meaning.is_masked is ("*" in mask)
    assert meaning.account_digits == mask.lstrip("*")


@pytest.mark.rule("MSG-2")
@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (DOMAIN, "/STAGE/METHOD/PATH"),
        ("arn:aws:execute-api:...", "/STAGE/METHOD/PATH"),
        ("arn:aws:execute-api:eu-west-1:********3333:a1b2c3", "/STAGE/METHOD/PATH"),
        ("arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/", "/prod/GET/"),
        ("arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/a:b", "/prod/GET/a:b"),
        ("", "/STAGE/METHOD/PATH"),
    ],
)
def test_the_path_that_an_allow_must_cover(resource: str, path: str) -> None:
    checks = read_message(sentence(user="anonymous", resource=resource)).check_next
    assert any(f"it must cover {path} with the path" in text for text in checks)
    assert read_message(sentence(user="anonymous", resource=resource)).resource == resource


@pytest.mark.rule("GW-20")
@pytest.mark.parametrize("ending", ["", implicit("resource-based policy")])
def test_the_policy_of_a_private_domain(ending: str) -> None:
    meaning = read_message(sentence(ending, user="anonymous", resource=DOMAIN))
    assert (meaning.gate, meaning.layer) == (Gate.PRIVATE_DOMAIN, Layer.DOMAIN_NAME)
    assert meaning.rules == ("MSG-2", "GW-20", "EVL-1")
    endpoint = read_message(sentence(implicit("VPC endpoint policy"), user="anonymous", resource=DOMAIN))
    assert endpoint.layer is Layer.VPC_ENDPOINT


@pytest.mark.rule("GW-24")
def test_a_cache_that_may_not_be_invalidated() -> None:
    meaning = read_message(sentence(implicit("identity-based policy"), action="execute-api:InvalidateCache"))
    assert (meaning.gate, meaning.layer) == (Gate.CACHE, Layer.IDENTITY)
    assert "leave the header Cache-Control: max-age=0 out, or let the stage ignore it" in meaning.check_next
    assert meaning.rules == ("MSG-1", "GW-24", "EVL-1")


@pytest.mark.rule("MSG-1", "GW-21")
def test_connections_of_a_websocket_api() -> None:
    resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/POST/@connections/abc="
    meaning = read_message(
        sentence(implicit("identity-based policy"), action="execute-api:ManageConnections", resource=resource)
    )
    assert (meaning.gate, meaning.api_type, meaning.resource) == (Gate.AUTHORIZATION, ApiType.WEBSOCKET, resource)
    assert any("@connections/ID" in text for text in meaning.check_next)


@pytest.mark.rule("MSG-2", "AUT-5")
@pytest.mark.parametrize(
    ("ending", "explicit", "policy_type"),
    [
        ("", False, ""),
        (" with an explicit deny", True, ""),
        (" with an explicit deny in an identity-based policy", True, "identity-based policy"),
        (implicit("identity-based policy"), False, "identity-based policy"),
    ],
)
def test_what_a_lambda_authorizers_document_denies(ending: str, explicit: bool, policy_type: str) -> None:
    text = f"User is not authorized to access this resource{ending}"
    for key in ("message", "Message"):
        meaning = read_message(json.dumps({key: text}))
        assert (meaning.gate, meaning.layer, meaning.explicit) == (Gate.AUTHORIZER, Layer.AUTHORIZER, explicit)
        assert (meaning.message, meaning.policy_type) == (text, policy_type)
        assert (meaning.principal, meaning.resource, meaning.is_masked) == ("", "", False)
        assert (meaning.status, meaning.response_type) == (403, "ACCESS_DENIED")
        assert meaning.check_next[0].startswith("the cache: a policy that names the ARN of one call denies every other")
        assert meaning.rules == ("MSG-2", "AUT-5", "GW-14", "AUT-2")
    verb = "denies" if explicit else "does not allow"
    assert meaning.summary == f"The Lambda authorizer's policy {verb} the call"
    assert ("makes the function deny" in meaning.check_next[-1]) is explicit
    assert meaning.proves[0].startswith("a Deny statement" if explicit else "no statement")


SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
UNREADABLE = "not a valid key=value pair (missing equal-sign) in Authorization header: "

MESSAGES = [
    ("Missing Authentication Token", "missing token"),
    ("Forbidden", "forbidden"),
    ("Unauthorized", "unauthorized"),
    ("Internal server error", "internal error REST"),
    ("Internal Server Error", "internal error HTTP"),
    ("Not Found", "not found"),
    ("Service Unavailable", "unavailable"),
    ("The incoming token has expired", "expired Cognito token"),
    ("The security token included in the request is expired", "expired credentials"),
    ("The security token included in the request is invalid.", "unknown credentials"),
    (SIGNATURE, "signature"),
    ("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", "signature"),
    ("Signature expired: 20260301T120000Z is now earlier than 20260301T121500Z (20260301T122000Z - 5 min.)",
     "signature time"),
    ("Signature not yet current: 20260301T120000Z is still later than 20260301T110500Z", "signature time"),
    ("Credential should be scoped to correct service: 'execute-api'.", "signature scope"),
    ("Credential should be scoped to a valid region, not 'us-east-1'.", "signature scope"),
    ("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP", "signature scope"),
    (f"'eyJhbGciOi' {UNREADABLE}'Bearer eyJhbGciOi'.", "no signature"),
    ("Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
     "Base64): 'abcdef='.", "no signature"),
    ("Authorization header requires 'Credential' parameter. Authorization=Basic abc", "no signature"),
    ("Unsupported AWS 'algorithm': 'AWS5'.", "no signature"),
    ("Invalid API Key identifier specified", "API key of the management API"),
    ("Invalid API key", "API key"),
    ("Endpoint request timed out", "integration slow"),
    ("Too Many Requests", "limits"),
    ("Limit Exceeded", "quota"),
    ("Rate exceeded", "limits"),
    ("Request Too Long", "validation"),
    ("Unsupported Media Type", "validation"),
    ("Missing required request parameters: [id]", "validation"),
    ("Invalid request body", "validation"),
    ("Request URI too long", "long ARN"),
]  # fmt: skip


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(("message", "name"), MESSAGES)
def test_messages_that_are_known_word_by_word(message: str, name: str) -> None:
    assert by_text(json.dumps({"message": message})) == name
    assert by_text(json.dumps({"Message": message}, indent=2)) == name
    assert by_text(f"{{'message': {message!r}}}") == name
    assert by_text(message) == name
    assert by_text(f"2026-03-01T12:00:00Z ERROR call failed: {message}") == name
    inside = json.dumps({"level": "error", "message": "call failed", "body": json.dumps({"message": message})})
    assert by_text(inside) == name
    meaning = read_message(json.dumps({"message": message}))
    assert meaning.message == without_secrets(message)
    assert (meaning.status, meaning.response_type) == (KNOWN_MESSAGES[name].status, KNOWN_MESSAGES[name].response_type)
    assert (meaning.explicit, meaning.layers) == (None, ())


REST_HEADERS = "x-amzn-RequestId: 1\r\nx-amzn-ErrorType: {}\r\nx-amz-apigw-id: 2\r\n"
HTTP_HEADERS = "Content-Type: application/json\r\napigw-requestid: ABC=\r\n"


def whole(status: int, headers: str, body: str) -> str:
    return f"HTTP/1.1 {status} Forbidden\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n{headers}\r\n{body}"


@pytest.mark.rule("MSG-3", "MSG-2")
@pytest.mark.parametrize(
    ("text", "name", "api_type", "status"),
    [
        (whole(403, REST_HEADERS.format("ForbiddenException"), '{"message":"Forbidden"}'), "forbidden REST",
         ApiType.REST, 403),
        (whole(403, HTTP_HEADERS, '{"message":"Forbidden"}'), "forbidden HTTP", ApiType.HTTP, 403),
        (whole(401, REST_HEADERS.format("UnauthorizedException"), '{"message":"Unauthorized"}'), "unauthorized REST",
         ApiType.REST, 401),
        (whole(401, HTTP_HEADERS, '{"message":"Unauthorized"}'), "unauthorized HTTP", ApiType.HTTP, 401),
        (whole(500, HTTP_HEADERS, '{"message":"Internal Server Error"}'), "internal error HTTP", ApiType.HTTP, 500),
        (whole(502, REST_HEADERS.format("InternalServerErrorException"), '{"message": "Internal server error"}'),
         "internal error REST", ApiType.REST, 502),
        (whole(404, HTTP_HEADERS, '{"message":"Not Found"}'), "not found", ApiType.HTTP, 404),
        ('{"message": "Forbidden", "connectionId":"a=", "requestId":"b="}', "forbidden WebSocket", ApiType.WEBSOCKET,
         None),
        ('{"message": "Internal server error", "connectionId":"a=", "requestId":"b="}', "internal error WebSocket",
         ApiType.WEBSOCKET, None),
        (whole(500, REST_HEADERS.format("AuthorizerConfigurationException"), '{"message":null}'), "authorizer broken",
         ApiType.REST, 500),
    ],
)  # fmt: skip
def test_the_type_of_the_api_tells_what_a_general_word_means(
    text: str, name: str, api_type: ApiType, status: int | None
) -> None:
    assert by_text(text) == name
    meaning = read_message(text)
    assert (meaning.api_type, meaning.status) == (api_type, status)


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"message":null}', "authorizer broken"),
        ("{'message': None}", "authorizer broken"),
        (r'body: {\"message\":null}', "authorizer broken"),
        ("x-amzn-errortype: ForbiddenException", "forbidden REST"),
        ("X-Amzn-ErrorType: MissingAuthenticationTokenException", "missing token"),
        ('"x-amzn-errortype" = "IncompleteSignatureException"', "no signature"),
        ("{'x-amzn-ErrorType': 'InvalidSignatureException'}", "signature"),
        ("x-amzn-errortype: UnrecognizedClientException:http://internal.amazon.com/coral/", "unknown credentials"),
        ("x-amzn-errortype: ExpiredTokenException", "expired credentials"),
        ("x-amzn-errortype: AuthorizerFailureException", "authorizer failed"),
        ("x-amzn-errortype: UnauthorizedException", "unauthorized REST"),
        ("x-amzn-errortype: AccessDeniedException", "access denied"),
        ("x-amzn-errortype: InternalServerErrorException", "internal error REST"),
        ("x-amzn-errortype: LimitExceededException", "limits"),
        ("x-amzn-errortype: TooManyRequestsException", "limits"),
        ("An error occurred (GoneException) when calling the PostToConnection operation: ", "gone"),
        ("(Service: ApiGatewayManagementApi; Status Code: 410; Error Code: GoneException; Request ID: 1)", "gone"),
        ('{"__type":"com.amazonaws#GoneException"}', "gone"),
        ("HTTP/2 403\nx-amzn-errortype: ForbiddenException\n\n", "forbidden REST"),
        ("< HTTP/2 403\n< x-amzn-errortype: ForbiddenException\n<\n", "forbidden REST"),
        ("(1) Invalid JSON in response: x", "authorizer broken"),
        ("(1) Could not parse policy", "authorizer broken"),
        ("(1) API Key *****abc not authorized because the moon is full", "API key"),
        ("HTTP/1.1 403 Forbidden\r\nServer: CloudFront\r\n\r\n<HTML><TITLE>ERROR: The request could not be satisfied"
         "</TITLE></HTML>", "CloudFront"),
        ("403 Client Error: Forbidden for url: https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/", "forbidden"),
        ("403 Forbidden", "forbidden"),
        ("HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 403\r\n\r\nMissing Authentication Token", "missing token"),
        ('{"statusCode":401,"body":"{\\"message\\":\\"Unauthorized\\"}"}', "unauthorized"),
    ],
)  # fmt: skip
def test_headers_logs_and_errors_of_clients(text: str, name: str) -> None:
    assert by_text(text) == name


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 403\r\n\r\nForbidden", 403),
        ("  HTTP/1.1 403 Forbidden\r\n\r\nForbidden", 403),
        ('{"status": "403", "message": "Forbidden"}', 403),
        ("Request failed with status code 403: Forbidden", 403),
        ("(Status Code: 403) Forbidden", 403),
        ("403: Forbidden", 403),
        ("403 Client Error: Forbidden", 403),
        ("error: 403 Forbidden", 403),
        ('{"message": "Forbidden", "n": 12345403}', None),
    ],
)
def test_the_status_of_an_answer(text: str, status: int | None) -> None:
    assert parse_pasted_text(text).status == status


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize("response_type", [each for each in ALL_RESPONSE_TYPES if not each.startswith("DEFAULT_")])
def test_every_gateway_response_that_a_log_names(response_type: str) -> None:
    text = f"(1) Gateway response type: {response_type} with status code: 403. Gateway response body: "
    for body in ("", '{"message":"Forbidden"}', '{"message":"what the owner says"}'):
        meaning = read_message(text + body)
        assert meaning.response_type == response_type
        assert meaning.gates
    expected = {"WAF_FILTERED": "WAF", "INVALID_API_KEY": "API key", "RESOURCE_NOT_FOUND": "resource not found"}
    assert by_text(text) == expected.get(response_type, by_text(text))


@pytest.mark.rule("MSG-3")
def test_a_default_gateway_response_is_any_of_its_class() -> None:
    assert by_text('Gateway response type: DEFAULT_4XX, body: {"message":"Forbidden"}') == "forbidden"
    with pytest.raises(RequestError):
        read_message("Gateway response type: DEFAULT_4XX")


@pytest.mark.rule("AUT-8", "MSG-3")
def test_what_a_jwt_authorizer_says_in_www_authenticate() -> None:
    header = 'www-authenticate: Bearer scope="" error="{}" error_description="{}"\r\n'
    audience = header.format("invalid_token", "the token does not have a valid audience")
    meaning = read_message(whole(401, HTTP_HEADERS + audience, '{"message":"Unauthorized"}'))
    assert (meaning.gate, meaning.api_type, meaning.status) == (Gate.AUTHENTICATION, ApiType.HTTP, 401)
    assert meaning.proves[-1] == (
        "the WWW-Authenticate header says: invalid_token: the token does not have a valid audience"
    )
    scope = header.format("insufficient_scope", "")
    assert by_text(whole(403, HTTP_HEADERS + scope, '{"message":"Forbidden"}')) == "no scope"
    assert by_text('{"www-authenticate": "Bearer scope=\\"\\" error=\\"invalid_token\\""}') == "bad token"
    assert by_text(whole(401, HTTP_HEADERS + "www-authenticate: Bearer\r\n", '{"message":"Unauthorized"}')) == (
        "unauthorized HTTP"
    )


@pytest.mark.rule("MSG-1", "MSG-2", "MSG-3")
@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"Message": sentence(" with an explicit deny")}),
        whole(
            403,
            REST_HEADERS.format("AccessDeniedException"),
            json.dumps({"Message": sentence(" with an explicit deny")}),
        ),
        json.dumps({"message": "no", "body": json.dumps({"Message": sentence(" with an explicit deny")})}),
        f"Error: {sentence(' with an explicit deny')}",
        f"An error occurred (AccessDeniedException): {sentence(' with an explicit deny')} (Service: x; Status Code: "
        "403)",
        f"<Error><Message>{sentence(' with an explicit deny')}</Message></Error>",
        sentence(" with an explicit deny").replace(" execute-api", "\n  execute-api").replace(" with", "\r\n with"),
    ],
)  # fmt: skip
def test_the_sentence_is_found_wherever_it_stands(text: str) -> None:
    meaning = read_message(text)
    assert (meaning.principal, meaning.action, meaning.resource) == (ANN, "execute-api:Invoke", MASKED)
    assert (meaning.explicit, meaning.status) == (True, 403)


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("around", "resource"),
    [
        ("{}", MASKED),
        ("'{}'", MASKED),
        ('"{}"', MASKED),
        ("{}, …", MASKED),
        ("[{}]", MASKED),
        ("({{'x': '{}'}})", MASKED),
        ("{}</Message>", MASKED),
    ],
)
def test_a_resource_ends_where_the_arn_does(around: str, resource: str) -> None:
    assert read_message(around.format(sentence())).resource == resource
    for end in ("/{id}", "/f(x)", "/a[1]"):
        literal = MASKED.replace("/7", end)
        assert read_message(sentence(resource=literal)).resource == literal


@pytest.mark.rule("MSG-3")
def test_a_token_that_the_answer_repeats_is_not_repeated_here() -> None:
    token = "eyJhbGciOiJub25lIn0"
    for message in (
        f"'{token}' {UNREADABLE}'Bearer {token}'.",
        f"Authorization header requires 'Credential' parameter. Authorization={token}",
        f"{SIGNATURE} The Canonical String for this request should have been 'GET x-amz-security-token:{token}'",
    ):
        meaning = read_message(json.dumps({"message": message}))
        assert token not in str(meaning)
        assert token not in json.dumps(meaning.to_dict())
    assert any("repeat the token" in text for text in KNOWN_MESSAGES["no signature"].check_next)


@pytest.mark.rule("GW-18", "MSG-3")
@pytest.mark.parametrize("name", ["no signature", "signature"])
def test_bearer_headers_behind_a_vpc_endpoint_policy(name: str) -> None:
    checks = [
        text for text in KNOWN_MESSAGES[name].check_next if text.startswith("a method with NONE behind a VPC endpoint")
    ]
    assert len(checks) == 1


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "found", "underlined"),
    [
        ("the moon is full", '"the moon is full"', "the moon is full"),
        ('\n  {"error": "no"}\nmore', '"{\\"error\\": \\"no\\"}"', '{"error": "no"}'),
        ('{"message": "You shall not pass"}', '"{\\"message\\": \\"You shall not pass\\"}"',
         '{"message": "You shall not pass"}'),
        ("HTTP/1.1 403 Forbidden", '"HTTP/1.1 403 Forbidden"', "HTTP/1.1 403 Forbidden"),
        ("<html>403 Forbidden</html>", '"<html>403 Forbidden</html>"', "<html>403 Forbidden</html>"),
        ('{"message": null, "status": 403}', '"{\\"message\\": null, \\"status\\": 403}"',
         '{"message": null, "status": 403}'),
        ("x-amzn-errortype: ThrottlerException", '"x-amzn-errortype: ThrottlerException"',
         "x-amzn-errortype: ThrottlerException"),
        ("User: ann is not authorized to perform: nothing", '"User: ann is not authorized to perform: nothing"',
         "User: ann is not authorized to perform: nothing"),
    ],
)  # fmt: skip
def test_any_other_text_is_refused(text: str, found: str, underlined: str) -> None:
    line = text[: text.index(underlined)].count("\n") + 1
    column = 1 if line == 1 else 3
    expected = Refusal(
        f"found {found}, expected a response of API Gateway", f"<message>:{line}:{column}", underlined, ADVICE, "MSG-3"
    )
    assert refused(RequestError, lambda: read_message(text)) == expected


@pytest.mark.rule("MSG-3")
def test_nothing_is_no_answer() -> None:
    for text in ("", " \n "):
        refusal = refused(RequestError, partial(read_message, text, name="a.txt"))
        assert refusal == Refusal("found nothing, expected a response of API Gateway", "a.txt:1:1", "", ADVICE, "MSG-3")


@pytest.mark.rule("MSG-3")
def test_a_text_that_is_no_message_at_all() -> None:
    long = refused(RequestError, lambda: read_message("x" * (LONGEST + 1)))
    assert long.message == f"found {LONGEST + 1} characters, expected one response of API Gateway"
    assert long.at == "<message>:1:1"
    no_text: Any = b"Forbidden"
    assert refused(UsageError, lambda: read_message(no_text)) == Refusal("a response is a text, found a bytes")


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    "piece",
    [
        "User: ",
        "User:x",
        '"message":"',
        '\\"message\\":\\"',
        "'message':'a\\",
        "HTTP/1.1 ",
        "HTTP/1.1 403\n",
        "API Key ",
        "status ",
        "www-authenticate: Bearer ",
        "a ",
        "\n",
        "<* ",
        "with an explicit deny",
        "arn:\n",
        "User: arn:aws:iam::111122223333:user/a\n",
        "resource: arn:\na\n",
        "a is not User: arn:\n",
        "API Stage a: ",
        "Starting authorizer ",
        "Execution failed due to configuration error: ",
        "Authorization header: '",
        "Access denied. Reason: a ",
        "An error occurred (AccessDenied) when calling the a operation",
        "Access to a at 'https://a' ",
        "Cross-Origin Request Blocked: ",
        "https://a",
        "203.0.113.9 a a [",
        "203.0.113.9 ",
        "> GET / HTTP/1.1\n",
        "Forbidden\n",
        '{"message":"Forbidden"}\n',
        '{"a":',
        '{"message":"',
        "(1) ",
        "because no a policy ",
        " because no identity-based policy allows the a action",
        f"{sentence(' with an explicit deny in a ')}",
    ],
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    start = time.process_time()
    with suppress(RequestError):
        read_message(text)
    assert time.process_time() - start < 5


def test_every_answer_is_complete() -> None:
    for name, answer in KNOWN_MESSAGES.items():
        assert answer.gates, name
        assert answer.proves, name
        assert answer.check_next, name
        assert set(answer.rules) <= set(RULES), name
        for text in (answer.summary, *answer.proves, *answer.leaves_open, *answer.check_next):
            assert not text.endswith("."), text
            assert "  " not in text, text


@pytest.mark.rule("MSG-3")
def test_a_body_that_is_not_quite_json() -> None:
    assert parse_pasted_text(r'{"message": "Forbidden\q"}').messages == (r"Forbidden\q",)
    assert parse_pasted_text('{"message": "a\n  b"}').messages == ("a b",)
    assert parse_pasted_text('{"message": "\\u0046orbidden"}').messages == ("Forbidden",)


SHOWN = """\
The token of the user pool has expired
  refused by: authentication
  message: The incoming token has expired
  answer: REST API 401 UNAUTHORIZED
it shows
  - the method has a Cognito authorizer, and the token could be read
it does not show
  - whether a new token would have the right token_use and scopes
check next
  1. the claim exp of the token, and when the client refreshes it
  2. the clock of the machine that requests tokens
rules: AUT-7, MSG-3"""


def test_a_meaning_as_text() -> None:
    assert str(read_message('{"message":"The incoming token has expired"}')) == SHOWN
    scope = str(read_message('{"www-authenticate": "Bearer error=\\"insufficient_scope\\""}'))
    assert "it does not show" not in scope
    denied = str(read_message(sentence(f" with an explicit deny in a service control policy: {POLICY}")))
    assert f"  refused by: authorization\n  layer: service control policy\n  message: User: {ANN} is not" in denied
    assert f"  principal: {ANN}\n  action: execute-api:Invoke\n  resource: {MASKED}\n  policy: {POLICY}\n" in denied
    trust = str(read_message(sentence(" with an explicit deny in the role trust policy", action="sts:AssumeRole")))
    assert "  layer: role trust policy\n" in trust
    anonymous = str(read_message(sentence(user="anonymous")))
    assert "  refused by: authorization, VPC endpoint or private domain\n" in anonymous
    assert "  layer: resource-based policy or VPC endpoint policy\n" in anonymous


def test_nothing_in_the_text_moves_a_cursor() -> None:
    assert "\x1b" not in str(read_message(sentence(user="ann\x1b[2J")))


def test_a_meaning_as_data() -> None:
    meaning = read_message(sentence(" with an explicit deny", user="anonymous"))
    told = meaning.to_dict()
    assert next(iter(told)) == "schema_version"
    assert told["gates"] == ["authorization", "VPC endpoint", "private domain"]
    assert told["layers"] == ["resource", "vpc_endpoint", "domain_name"]
    assert (told["explicit"], told["api_type"], told["policy_type"]) == (True, "REST", None)
    assert (told["status"], told["response_type"]) == (403, "ACCESS_DENIED")
    assert json.loads(json.dumps(told)) == told
    forbidden = read_message("Forbidden").to_dict()
    assert (forbidden["explicit"], forbidden["principal"], forbidden["api_type"]) == (None, None, None)


def test_a_diagnosis_is_shown_in_notebooks() -> None:
    diagnosis = read_message("Forbidden")
    assert diagnosis._repr_html_() == diagnosis.html()
    assert diagnosis.html().count("<div") == 1 + len(str(diagnosis).splitlines())


def test_a_diagnosis_is_a_value() -> None:
    assert read_message("Forbidden") == read_message("Forbidden")
    assert read_message("Forbidden") != read_message("Unauthorized")
    assert isinstance(read_message("Forbidden"), Diagnosis)


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize("response_type", list(ResponseType))
def test_what_this_gateway_answers_is_understood(response_type: ResponseType) -> None:
    for api_type in ApiType:
        # The message of an unknown route names the route.
        named = (
            "No method found matching route a for http method GET." if response_type == "RESOURCE_NOT_FOUND" else None
        )
        refusal = refuse(api_type, response_type, named)
        meaning = read_message(json.dumps({refusal.body_key: refusal.message or None}))
        assert meaning.status == refusal.status


@pytest.mark.rule("MSG-1", "MSG-2")
@pytest.mark.parametrize(("effect", "explicit"), [("Allow", False), ("Deny", True)])
def test_what_the_engine_says_of_a_denial_is_understood(effect: str, explicit: bool) -> None:
    resource = MASKED.replace("********3333", "111122223333")
    elsewhere = "*" if explicit else "arn:aws:execute-api:*:*:other/*"
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": elsewhere}
    own = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="identity")
    theirs = Policy.parse({"Version": "2012-10-17", "Statement": {**statement, "Principal": "*"}}, kind="resource")
    for caller, target, layer in (
        (Caller(ANN, identity=own), Target(), Layer.IDENTITY),
        (Caller("anonymous"), Target(resource=theirs), Layer.RESOURCE),
    ):
        decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=resource), target)
        meaning = read_message(masked(decision.message))
        assert (meaning.layer, meaning.explicit, meaning.resource) == (layer, explicit, MASKED)
        assert meaning.principal == caller.principal.arn
