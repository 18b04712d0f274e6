"""The responses of API Gateway that name no caller, with their meaning, as data (MSG-2, MSG-3)."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.diagnose.diagnosis import Gate
from execpolicy.gateway.model.names import ApiType


class KnownMessage(NamedTuple):
    """The meaning of one message. ``status`` is the usual one, for a text without a status."""

    summary: str
    gates: tuple[Gate, ...]
    proves: tuple[str, ...]
    check_next: tuple[str, ...]
    rules: tuple[str, ...]
    leaves_open: tuple[str, ...] = ()
    status: int | None = None
    response_type: str = ""
    api_type: ApiType | None = None
    #: Words of the message that are not recognised, and the action of the request, where the message shows them.
    unread: str = ""
    action: str = ""


_NO_POLICY = "no IAM policy, resource policy or authorizer was evaluated"
_NOT_A_POLICY_OF_REST = (
    "a REST API: not IAM, the resource policy or a Lambda authorizer, whose refusals say that somebody is not "
    "authorized"
)
_WHICH_API = (
    "which type of API it is, by the headers: apigw-requestid comes from HTTP APIs, x-amz-apigw-id and "
    "x-amzn-errortype from REST APIs"
)
LOG = "the execution log of the stage, which names the gateway response and its reason (REST and WebSocket APIs)"
DEPLOYED = "whether the stage was deployed after the method was added or changed"
_CLOCK = "the clock of the machine that signs"

DEFAULT_ENDPOINT_OF_REST = (
    "whether the default endpoint of the REST API is disabled: then only its custom domains answer; an HTTP API "
    "answers 404 Not Found"
)
DEFAULT_ENDPOINT_OF_HTTP = "whether the default endpoint of the HTTP API is disabled, so that only its domains answer"
#: The end of a summary that does not apply to a custom domain.
OR_DISABLED = ", or its default endpoint is disabled"

_STAGE_CHECK = (
    "the stage in the URL: an unknown one is answered so; through a custom domain, a base path mapping must catch "
    "the path and the stage is not part of it"
)
_PRIVATE_CHECK = (
    "a PRIVATE API: the Host header or x-apigw-api-id must name it; a public API cannot be called through an "
    "execute-api VPC endpoint with private DNS"
)
_WAF_CHECK = "the web ACL of the stage (AWS WAF), by its own log"
_SCOPES_CHECK = "a JWT authorizer: a valid token with none of the method's scopes"
_CERTIFICATE_CHECK = "mutual TLS on the custom domain: the client's certificate"
ROUTING_RULES_CHECK = (
    "routing rules of the custom domain: one must match the path and the headers of the call, each value with regard "
    "to case, unless the mode also uses base paths; the first that matches, by priority, selects the stage"
)
_ACCESS_MODE_CHECK = (
    "the endpoint access mode STRICT of the API or its custom domain: the call must come by that resource's own type "
    "of endpoint, and its Host header must name the host that the client connects to"
)
_HTTP_IAM_CHECK = (
    "a route with AWS_IAM: the call must be signed, and the caller's own policies must allow execute-api:Invoke on "
    "…:API/STAGE/METHOD/PATH, where the stage may be the word $default; a caller of another account never can, assume "
    "a role of the API's account"
)
_HTTP_FUNCTION_CHECK = (
    "a route with a Lambda authorizer: it returned isAuthorized false, or a policy that does not allow this route's "
    "ARN; an answer may come from its cache and be meant for another route"
)
_HTTP_SCOPES_CHECK = (
    "a route with a JWT authorizer: a valid token with none of the route's scopes (www-authenticate says "
    "insufficient_scope)"
)
_FUNCTION_CHECK = "a Lambda authorizer: its function may have said exactly Unauthorized; look in its log whether it ran"
_SIGN_CHECK = "a method with AWS_IAM: sign the call with Signature Version 4 for execute-api in the API's region"

# The possible causes of "Forbidden", by the type of the API.
KEY_CHECKS = (
    "the method requires an API key: send it as x-api-key, enabled, in a usage plan that has this stage; with key "
    "source AUTHORIZER it is the authorizer's usageIdentifierKey that counts",
)
_REST_FORBIDDEN_CHECKS = (
    *KEY_CHECKS,
    _STAGE_CHECK,
    ROUTING_RULES_CHECK,
    DEFAULT_ENDPOINT_OF_REST,
    _ACCESS_MODE_CHECK,
    _PRIVATE_CHECK,
    _WAF_CHECK,
    _CERTIFICATE_CHECK,
    _SCOPES_CHECK,
)
_HTTP_FORBIDDEN_CHECKS = (
    _HTTP_IAM_CHECK,
    _HTTP_FUNCTION_CHECK,
    _HTTP_SCOPES_CHECK,
    _CERTIFICATE_CHECK,
)
_TOKEN_CHECKS = (
    "the token itself: issuer and audience as configured, not expired, an access token where the method has scopes "
    "and an ID token where it has none (Cognito)",
)
_REST_UNAUTHORIZED_CHECKS = (
    "the identity source: a header that is missing or empty, or that fails the validation expression, is refused "
    "before the function runs; with caching on, every identity source must be there",
    _FUNCTION_CHECK,
    *_TOKEN_CHECKS,
)
_HTTP_UNAUTHORIZED_CHECKS = (
    "the identity source: every one that is declared must be in the call and not empty",
    "a JWT authorizer: the header www-authenticate of the response says what is wrong with the token",
    *_TOKEN_CHECKS,
)

KNOWN_MESSAGES: dict[str, KnownMessage] = {
    "missing token": KnownMessage(
        "No method for this verb and path, or a method that requires a signature and got none",
        (Gate.ROUTE, Gate.AUTHENTICATION),
        (
            "the host and the stage lead to a REST API: an unknown stage is answered with Forbidden",
            _NO_POLICY,
        ),
        (
            "verb and path against the methods of the deployed stage: the default host needs the stage in the URL, a "
            "custom domain must not repeat it; / and {proxy+} are two resources",
            DEPLOYED,
            "OPTIONS: a browser's preflight needs a method of its own",
            _SIGN_CHECK,
        ),
        ("MSG-3", "GW-26", "GW-13"),
        ("which of the two it is: the response is the same for both",),
        403,
        "MISSING_AUTHENTICATION_TOKEN",
        ApiType.REST,
    ),
    "forbidden": KnownMessage(
        "Refused, without the reason",
        (
            *(Gate.API_KEY, Gate.AUTHORIZATION, Gate.AUTHORIZER, Gate.DOMAIN, Gate.WAF, Gate.MUTUAL_TLS),
            Gate.ACCESS_MODE,
        ),
        (f"of {_NOT_A_POLICY_OF_REST}", "of an HTTP API: nothing; it says this of every refusal"),
        (_WHICH_API, *_REST_FORBIDDEN_CHECKS, *_HTTP_FORBIDDEN_CHECKS[:3]),
        ("MSG-3", "AUT-6", "GW-25", "GW-30", "GW-31", "GW-32", "GW-33"),
        ("which type of API answered, and which gate",),
        403,
    ),
    "forbidden REST": KnownMessage(
        "Refused for its API key, its host or its stage, or by WAF; not by a policy",
        (Gate.API_KEY, Gate.DOMAIN, Gate.WAF, Gate.MUTUAL_TLS, Gate.ACCESS_MODE, Gate.AUTHENTICATION),
        (f"of {_NOT_A_POLICY_OF_REST}",),
        (*_REST_FORBIDDEN_CHECKS, LOG),
        ("MSG-3", "AUT-6", "GW-25", "GW-28", "GW-30", "GW-31", "GW-32", "GW-33", "AUT-9"),
        ("which of these gates it was: their responses are the same",),
        403,
        "",
        ApiType.REST,
    ),
    "forbidden HTTP": KnownMessage(
        "Refused by the route's authorization: an HTTP API does not say why",
        (Gate.AUTHORIZATION, Gate.AUTHORIZER, Gate.AUTHENTICATION, Gate.MUTUAL_TLS),
        ("the route was found: an HTTP API answers 404 Not Found where there is none",),
        _HTTP_FORBIDDEN_CHECKS,
        ("MSG-2", "GW-11", "GW-13", "AUT-2", "AUT-8"),
        ("whether the call was not signed, or signed and not allowed: the answer is the same",),
        403,
        "",
        ApiType.HTTP,
    ),
    "forbidden WebSocket": KnownMessage(
        "A message on an open connection found no route",
        (Gate.ROUTE,),
        (
            "the connection is open: a WebSocket API authorizes $connect only, not each message",
            _NO_POLICY,
        ),
        (
            "the result of the route selection expression for the message, and the route keys; add $default for the "
            "rest",
            DEPLOYED,
        ),
        ("MSG-3", "GW-21", "GW-26"),
        (),
        None,
        "",
        ApiType.WEBSOCKET,
    ),
    "API key": KnownMessage(
        "The API key is missing or not valid for this stage",
        (Gate.API_KEY,),
        (
            "the method requires an API key",
            "the method authorized the call: API keys are checked after it",
        ),
        (
            *KEY_CHECKS,
            "whether the key is in the header that the API reads: its key source is HEADER or AUTHORIZER, never both",
            "whether the usage plan has this API and this very stage, and was given the key",
        ),
        ("AUT-6", "MSG-3", "GW-25"),
        ("whether the key is unknown, disabled, or of another stage's plan",),
        403,
        "INVALID_API_KEY",
    ),
    "API key of the management API": KnownMessage(
        "The management API found no API key with this id: this is not a response to a call of an API",
        (Gate.ELSEWHERE,),
        ("a request to apigateway (GetApiKey, CreateUsagePlanKey, …) named an id that does not exist there",),
        (
            "the id of the key, which is not its value, and the region and account of the request",
            "a call that is refused for its key is answered 403 with Forbidden: check that response instead",
        ),
        ("AUT-6",),
        ("whether any call to the API is refused",),
        404,
    ),
    "WAF": KnownMessage(
        "AWS WAF blocked the call",
        (Gate.WAF,),
        ("the web ACL of the stage has a rule that blocks it", _NO_POLICY),
        ("the web ACL's log or sampled requests: they name the rule",),
        ("GW-25", "MSG-3"),
        ("whether it would be authorized: WAF comes first",),
        403,
        "WAF_FILTERED",
    ),
    "unauthorized": KnownMessage(
        "The authorizer could not identify the caller: the token is missing or not valid",
        (Gate.AUTHENTICATION, Gate.AUTHORIZER),
        ("the route was found and has an authorizer: Lambda, Cognito or JWT", "no policy denied: that would be a 403"),
        (_WHICH_API, *_REST_UNAUTHORIZED_CHECKS, _HTTP_UNAUTHORIZED_CHECKS[1]),
        ("MSG-3", "AUT-3", "AUT-4", "AUT-7", "AUT-8"),
        (
            "whether the token is missing or not valid; a Cognito token without the method's scopes gets the same "
            "response",
        ),
        401,
    ),
    "unauthorized REST": KnownMessage(
        "The authorizer could not identify the caller: the token is missing or not valid",
        (Gate.AUTHENTICATION, Gate.AUTHORIZER),
        ("the method was found and has an authorizer: Lambda, Cognito or JWT", "no policy denied: that would be a 403"),
        (*_REST_UNAUTHORIZED_CHECKS, LOG),
        ("MSG-3", "AUT-3", "AUT-4", "AUT-7", "AUT-9"),
        (
            "whether the token is missing or not valid; a Cognito token without the method's scopes gets the same "
            "response",
        ),
        401,
        "UNAUTHORIZED",
        ApiType.REST,
    ),
    "unauthorized HTTP": KnownMessage(
        "The authorizer could not identify the caller: the token is missing or not valid",
        (Gate.AUTHENTICATION,),
        ("the route was found and has an authorizer: JWT or Lambda", "no scope is missing: that would be a 403"),
        _HTTP_UNAUTHORIZED_CHECKS,
        ("MSG-3", "AUT-8", "AUT-4"),
        ("whether the token is missing or not valid",),
        401,
        "",
        ApiType.HTTP,
    ),
    "bad token": KnownMessage(
        "The JWT authorizer of an HTTP API refuses the token",
        (Gate.AUTHENTICATION,),
        ("the route was found and has a JWT authorizer", "the call has a token, or at least the header was read"),
        (
            "the audience: aud must hold one that is configured; client_id counts only in a token without aud",
            "the issuer: iss equals the configured one, the slash at its end included",
            "the times: exp to come, nbf and iat past; the algorithm RS256, RS384 or RS512",
        ),
        ("AUT-8", "MSG-3"),
        ("whether the token has the route's scopes: they come last",),
        401,
        "",
        ApiType.HTTP,
    ),
    "no scope": KnownMessage(
        "The token is valid and has none of the route's scopes",
        (Gate.AUTHENTICATION,),
        ("issuer, audience and times of the token are valid",),
        (
            "the claim scope or scp of the token against the scopes of the route: one of them is enough",
            "whether it is an access token: ID tokens have no scopes",
        ),
        ("AUT-8", "MSG-3"),
        (),
        403,
        "",
        ApiType.HTTP,
    ),
    "expired Cognito token": KnownMessage(
        "The token of the user pool has expired",
        (Gate.AUTHENTICATION,),
        ("the method has a Cognito authorizer, and the token could be read",),
        ("the claim exp of the token, and when the client refreshes it", _CLOCK.replace("signs", "requests tokens")),
        ("AUT-7", "MSG-3"),
        ("whether a new token would have the right token_use and scopes",),
        401,
        "UNAUTHORIZED",
        ApiType.REST,
    ),
    "signature": KnownMessage(
        "The signature is not that of this call",
        (Gate.AUTHENTICATION,),
        (
            "the method was found and reads signatures: AWS_IAM, or the policy of a VPC endpoint needs the caller",
            _NO_POLICY,
        ),
        (
            "the secret access key",
            "whether the call is sent as it was signed: a proxy or client that changes host, path, query or body "
            "breaks it; the path is signed percent-encoded, the query sorted",
            "service execute-api, the region of the API, the host of the URL (the custom domain's where that is "
            "called)",
            "a method with NONE behind a VPC endpoint with its own policy: the Authorization header is "
            "always read as a signature",
        ),
        ("GW-13", "GW-18", "MSG-3"),
        ("whether the caller would be allowed",),
        403,
        "INVALID_SIGNATURE",
    ),
    "signature time": KnownMessage(
        "The time of the signature differs too much from the current time",
        (Gate.AUTHENTICATION,),
        ("the call is signed, and was read", _NO_POLICY),
        (_CLOCK, "calls that are signed once and sent again later, or wait in a queue: sign each when it is sent"),
        ("GW-13", "MSG-3"),
        ("whether the caller would be allowed",),
        403,
        "INVALID_SIGNATURE",
    ),
    "signature scope": KnownMessage(
        "The call was signed for another service, region or day",
        (Gate.AUTHENTICATION,),
        ("the call is signed, and its credential scope was read", _NO_POLICY),
        ("the service in the signature: execute-api", "the region in it: that of the API", _CLOCK),
        ("GW-13", "MSG-3"),
        ("whether the caller would be allowed",),
        403,
        "INVALID_SIGNATURE",
    ),
    "no signature": KnownMessage(
        "The Authorization header is not the signature that API Gateway expects",
        (Gate.ROUTE, Gate.AUTHENTICATION, Gate.VPC_ENDPOINT),
        ("the header was read as a signature and is none, such as a bearer token", "no authorizer was called"),
        (
            "verb and path against the methods of the deployed stage: for an unknown one the header is read in this "
            "way, whatever the methods of the API require",
            DEPLOYED,
            "the method's authorization: AWS_IAM takes no bearer token; was the authorizer meant to be there?",
            "a method with NONE behind a VPC endpoint with its own policy: a bearer token in Authorization was "
            "refused there; send it in another header, or set an authorizer on the method",
            "who can read this answer: older ones repeat the token itself",
        ),
        ("MSG-3", "GW-18", "GW-26"),
        ("whether the method exists",),
        403,
    ),
    "unknown credentials": KnownMessage(
        "AWS does not know the access key, or the session token does not belong to it",
        (Gate.AUTHENTICATION,),
        ("the call is signed, and was read", _NO_POLICY),
        (
            "the access key id: of this partition, not deleted, not inactive",
            "temporary credentials need all three parts: send the session token as X-Amz-Security-Token",
        ),
        ("GW-13", "MSG-3"),
        ("whether the signature is right, and whether the caller would be allowed",),
        403,
    ),
    "expired credentials": KnownMessage(
        "The temporary credentials have expired",
        (Gate.AUTHENTICATION,),
        ("the call is signed with temporary credentials, which were valid before", _NO_POLICY),
        ("the session: assume the role again; a client that reads its credentials once keeps old ones", _CLOCK),
        ("GW-13", "MSG-3"),
        ("whether the caller would be allowed",),
        403,
        "EXPIRED_TOKEN",
    ),
    "authorizer broken": KnownMessage(
        "The Lambda authorizer could not be called, or its output is not valid",
        (Gate.AUTHORIZER,),
        (
            "the method was found and has a Lambda authorizer",
            "it is not a denial: a policy or an invalid token leads to 403 or 401",
        ),
        (
            "what the function returned: principalId, policyDocument with Version and Statement; context of texts, "
            "numbers and booleans only; Effect, Action and Resource well-formed",
            "whether it raised an error: every message but exactly Unauthorized leads to 500",
            "whether it timed out",
            "whether API Gateway may invoke it: its resource policy or the authorizer's credentials, and its ARN",
            LOG,
        ),
        ("AUT-2", "AUT-3", "MSG-3"),
        ("whether the function would allow the caller",),
        500,
        "AUTHORIZER_CONFIGURATION_ERROR",
    ),
    "authorizer failed": KnownMessage(
        "The authorizer failed",
        (Gate.AUTHORIZER,),
        (
            "the method was found and has an authorizer",
            "it is not a denial: a policy or an invalid token leads to 403 or 401",
        ),
        (
            "the function's log: it raised an error other than exactly Unauthorized, or timed out",
            "what it returned, as AuthorizerOutput.parse reads it",
            LOG,
        ),
        ("AUT-3", "AUT-2", "MSG-3"),
        ("whether the function would allow the caller",),
        500,
        "AUTHORIZER_FAILURE",
    ),
    "internal error": KnownMessage(
        "A failure, most likely behind API Gateway; not a denial",
        (Gate.INTEGRATION, Gate.AUTHORIZER),
        ("no policy denied",),
        (
            _WHICH_API,
            "an HTTP API: its Lambda authorizer may have failed, returned invalid output, or may not be invoked",
            "the integration: what it returned (a Lambda proxy integration takes statusCode, headers and a text as "
            "body), its timeout, and whether API Gateway may invoke it",
        ),
        ("MSG-3", "AUT-2", "AUT-3"),
        ("whether the call was authorized",),
        500,
    ),
    "internal error REST": KnownMessage(
        "The integration failed; not a denial",
        (Gate.INTEGRATION,),
        ("a broken authorizer of a REST API would answer with a null message", "no policy denied"),
        (
            "the integration: what it returned (a Lambda proxy integration takes statusCode, headers and a text as "
            "body), and whether API Gateway may invoke it",
            LOG,
        ),
        ("MSG-3", "AUT-3"),
        ("whether it was called at all",),
        500,
        "",
        ApiType.REST,
    ),
    "internal error HTTP": KnownMessage(
        "The Lambda authorizer or the integration failed; not a denial",
        (Gate.AUTHORIZER, Gate.INTEGRATION),
        ("no policy denied: that would be a 403",),
        (
            "a Lambda authorizer: whether API Gateway may invoke it, and whether its answer has the form that is "
            "configured (payload format, simple responses)",
            "the integration: its answer, and whether API Gateway may invoke it",
            "the access log with $context.authorizer.error and $context.integrationErrorMessage",
        ),
        ("MSG-3", "AUT-2", "AUT-3"),
        ("which of the two it was",),
        500,
        "",
        ApiType.HTTP,
    ),
    "internal error WebSocket": KnownMessage(
        "The integration of a message's route failed; not a denial",
        (Gate.INTEGRATION,),
        ("the connection is open, so $connect was authorized", "the message found a route"),
        ("the integration of the route: its log, its answer, and whether API Gateway may invoke it",),
        ("MSG-3", "GW-21"),
        (),
        None,
        "",
        ApiType.WEBSOCKET,
    ),
    "not found": KnownMessage(
        f"No route of the HTTP API matches{OR_DISABLED}",
        (Gate.ROUTE, Gate.DOMAIN),
        (_NO_POLICY,),
        (
            "verb and path against the route keys; without a $default route other calls match no route",
            "the stage: the first part of the path where the API has no $default stage; through a custom domain, the "
            "mapping",
            DEFAULT_ENDPOINT_OF_HTTP,
        ),
        ("GW-26", "MSG-3", "GW-28", "GW-30"),
        ("whether it is the integration's own 404: then it is in the access log as integrationStatus",),
        404,
        "",
        ApiType.HTTP,
    ),
    "resource not found": KnownMessage(
        "The REST API found nothing there, after authorization",
        (Gate.ROUTE,),
        ("authentication and authorization succeeded, except for an API key",),
        (DEPLOYED, LOG),
        ("MSG-3",),
        (),
        404,
        "RESOURCE_NOT_FOUND",
        ApiType.REST,
    ),
    "unavailable": KnownMessage(
        "The integration cannot be reached, or the service is busy; not a denial",
        (Gate.INTEGRATION,),
        ("no policy denied",),
        ("the integration: its address, its VPC link, and whether it answers",),
        ("MSG-3",),
        ("whether the call was authorized",),
        503,
    ),
    "gone": KnownMessage(
        "The WebSocket connection no longer exists",
        (Gate.INTEGRATION,),
        ("the caller may use @connections: IAM comes first",),
        ("the connection id: it ended, or is of another API or stage",),
        ("MSG-3",),
        (),
        410,
        "",
        ApiType.WEBSOCKET,
    ),
    "access denied": KnownMessage(
        "A policy, a Lambda authorizer or IAM denies; the message says which",
        (Gate.AUTHORIZATION, Gate.AUTHORIZER, Gate.VPC_ENDPOINT),
        ("the route was found, and the call was evaluated", "it is not an API key, and not WAF"),
        ("the message in the body: paste it too", LOG),
        ("MSG-2", "MSG-3", "GW-14"),
        ("who denied, and whether a Deny decided or an Allow is missing",),
        403,
        "ACCESS_DENIED",
    ),
    "access denied of a service": KnownMessage(
        "An AWS service denied a request; the text does not say which",
        (Gate.AUTHORIZATION, Gate.ELSEWHERE),
        ("a service denied a request, by IAM or by a policy of its own",),
        ("the message in the body, which names caller, action and resource: paste it too",),
        ("MSG-1", "EVL-1"),
        ("which service it is, whether a Deny applies or an Allow is missing, and whether an API was called at all",),
    ),
    "of the integration": KnownMessage(
        "The response comes from the integration, not from API Gateway",
        (Gate.INTEGRATION,),
        (
            "API Gateway passed on the response of the integration, and renamed its headers (x-amzn-remapped-…)",
            "every gate let the call through",
        ),
        ("the integration: its log says what it answered and why",),
        ("MSG-3", "GW-25"),
        (),
        None,
        "",
        ApiType.REST,
    ),
    "quota": KnownMessage(
        "The quota of the usage plan is used up; not a denial",
        (Gate.LIMITS,),
        ("the call has an API key of a usage plan with a quota, and the quota is used up",),
        ("the usage plan of the API key: its quota, and when the period ends",),
        ("MSG-3", "AUT-6", "GW-35"),
        ("whether the call would be authorized",),
        429,
        "QUOTA_EXCEEDED",
        ApiType.REST,
    ),
    "status 403": KnownMessage(
        "Refused with 403; the text does not say why",
        (Gate.AUTHORIZATION, Gate.AUTHORIZER, Gate.API_KEY, Gate.DOMAIN, Gate.WAF, Gate.MUTUAL_TLS, Gate.ROUTE),
        ("a call was answered 403",),
        (
            "the body of the response, which says more: add $context.error.message and $context.error.responseType to "
            "the format of the access log",
        ),
        ("MSG-3", "GW-25"),
        ("which gate it was",),
        403,
    ),
    "status 401": KnownMessage(
        "Refused with 401; the text does not say why",
        (Gate.AUTHENTICATION, Gate.AUTHORIZER),
        ("a call was answered 401", "the route was found and has an authorizer: Lambda, Cognito or JWT"),
        (*_REST_UNAUTHORIZED_CHECKS, _HTTP_UNAUTHORIZED_CHECKS[1]),
        ("MSG-3", "AUT-4", "AUT-7", "AUT-8"),
        ("whether the token is missing or not valid",),
        401,
    ),
    "limits": KnownMessage(
        "Too many calls; not a denial",
        (Gate.LIMITS,),
        ("the usage plan's quota or rate, the stage's or the account's rate is used up",),
        ("the usage plan of the API key", "the throttling of the stage and of the account in this region"),
        ("MSG-3", "GW-35"),
        ("whether the call would be authorized: throttling is not tied to it",),
        429,
    ),
    "integration slow": KnownMessage(
        "The integration did not answer in time; not a denial",
        (Gate.INTEGRATION,),
        ("the call passed every gate and was sent to the integration",),
        ("the integration's own log and its timeout",),
        ("MSG-3",),
        (),
        504,
        "INTEGRATION_TIMEOUT",
    ),
    "validation": KnownMessage(
        "The call does not have the form that the API requires; this is not a denial",
        (Gate.VALIDATION,),
        ("the route was found, and the call is authorized: validation comes after authorization",),
        ("the request validator, the models and the limits of the method",),
        ("GW-25", "MSG-3"),
        (),
        400,
    ),
    "long ARN": KnownMessage(
        "The method's ARN with the path as it was sent is too long to be authorized",
        (Gate.AUTHORIZER, Gate.AUTHORIZATION),
        (
            "the method was found, and requires authorization, or its API has a resource policy or is private",
            "no policy and no authorizer was called",
        ),
        ("the values in the path: the ARN of a method that is authorized has up to 1600 bytes",),
        ("POL-10", "AUT-4"),
        (),
        414,
    ),
    "CloudFront": KnownMessage(
        "CloudFront answered, before the call reached an API",
        (Gate.ELSEWHERE,),
        ("nothing about the API: the call did not reach it",),
        (
            "the distribution: its alternate domain names, allowed methods, geographic restriction and web ACL",
            "the URL: http instead of https, a body with GET, a host that is no API",
        ),
        ("MSG-3",),
        ("whether the API would accept the call",),
        403,
    ),
}

#: The gate that a check is about, for checks of messages that several gates can give.
GATES_OF_CHECKS: dict[str, Gate] = {
    **dict.fromkeys(KEY_CHECKS, Gate.API_KEY),
    _STAGE_CHECK: Gate.DOMAIN,
    ROUTING_RULES_CHECK: Gate.DOMAIN,
    _ACCESS_MODE_CHECK: Gate.ACCESS_MODE,
    DEFAULT_ENDPOINT_OF_REST: Gate.DOMAIN,
    _PRIVATE_CHECK: Gate.VPC_ENDPOINT,
    _WAF_CHECK: Gate.WAF,
    _CERTIFICATE_CHECK: Gate.MUTUAL_TLS,
    _SCOPES_CHECK: Gate.AUTHENTICATION,
    _HTTP_SCOPES_CHECK: Gate.AUTHENTICATION,
    _HTTP_IAM_CHECK: Gate.AUTHORIZATION,
    _HTTP_FUNCTION_CHECK: Gate.AUTHORIZER,
    _FUNCTION_CHECK: Gate.AUTHORIZER,
    **dict.fromkeys(_TOKEN_CHECKS, Gate.AUTHENTICATION),
    _SIGN_CHECK: Gate.AUTHENTICATION,
}
