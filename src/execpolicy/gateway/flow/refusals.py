"""The responses that refuse a call, with API Gateway's messages (MSG-2, MSG-3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.lazy_text import LazyText
from execpolicy.gateway.model.names import ApiType, ResponseType


class Refusal(NamedTuple):
    """A status, the gateway response (HTTP APIs have none), and the only member of the body."""

    status: int
    response_type: ResponseType | None
    message: LazyText
    #: Empty where the message is not known.
    body_key: LazyText = "message"


#: Status and default message of each gateway response.
DEFAULTS: dict[ResponseType, tuple[int, str]] = {
    ResponseType.ACCESS_DENIED: (403, "Forbidden"),
    # API Gateway writes null for both failures of an authorizer.
    ResponseType.AUTHORIZER_CONFIGURATION_ERROR: (500, ""),
    ResponseType.AUTHORIZER_FAILURE: (500, ""),
    ResponseType.EXPIRED_TOKEN: (403, "The security token included in the request is expired"),
    ResponseType.INVALID_API_KEY: (403, "Forbidden"),
    ResponseType.INVALID_SIGNATURE: (
        403,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    ),
    ResponseType.MISSING_AUTHENTICATION_TOKEN: (403, "Missing Authentication Token"),
    ResponseType.QUOTA_EXCEEDED: (429, "Limit Exceeded"),
    ResponseType.RESOURCE_NOT_FOUND: (404, ""),  # the message names the route
    ResponseType.THROTTLED: (429, "Too Many Requests"),
    ResponseType.UNAUTHORIZED: (401, "Unauthorized"),
    ResponseType.WAF_FILTERED: (403, "Forbidden"),
}

#: The messages of an HTTP API, by status.
HTTP_MESSAGES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}

#: The name of the message where access is denied (MSG-2).
_KEY_OF_ACCESS_DENIED = "Message"
#: How the signatures of Signature Version 4 and 4a begin in the Authorization header (GW-18).
SIGNATURE_PREFIX = "AWS4-"

_LAMBDA = "User is not authorized to access this resource"
#: The policy counts as identity-based. If it is not known whether a Deny applies, there is no message (GW-25).
_LAMBDA_ENDINGS = {
    Outcome.EXPLICIT_DENY: " with an explicit deny in an identity-based policy",
    Outcome.IMPLICIT_DENY: " because no identity-based policy allows the execute-api:Invoke action",
}
_ACCOUNT_IN_ARN = re.compile(r"(arn:[^:]+:execute-api:[^:]*:)[0-9]{8}([0-9]{4}:)")


def refuse(api_type: ApiType, response_type: ResponseType, message: LazyText | None = None) -> Refusal:
    """The refusal of an API of this type that ends in this gateway response."""
    status, default = DEFAULTS[response_type]
    if api_type is ApiType.HTTP:
        return refuse_http(status)
    key = _KEY_OF_ACCESS_DENIED if response_type is ResponseType.ACCESS_DENIED else "message"
    return Refusal(status, response_type, default if message is None else message, key)


def missing_token(api_type: ApiType, call: IncomingCall) -> Refusal:
    """The refusal of a call that matches no method, or whose method requires a signature that it lacks (MSG-3).

    A REST API reads the Authorization header as a signature, and describes what is wrong with any other value.
    """
    sent = call.header("authorization")
    complaint = None
    if api_type is ApiType.REST and sent and sent[0] and not sent[0].startswith(SIGNATURE_PREFIX):
        complaint = (_complaint, sent[0], bool(call.header("x-amz-date") or call.header("date")))
    return refuse(api_type, ResponseType.MISSING_AUTHENTICATION_TOKEN, complaint)


def no_method(api_type: ApiType, call: IncomingCall) -> Refusal:
    """The refusal of a signed call that matches no method (MSG-3)."""
    route = call.path.removeprefix("/") or "/"
    message = f"No method found matching route {route} for http method {call.method}."
    return refuse(api_type, ResponseType.RESOURCE_NOT_FOUND, message)


def _complaint(header: str, dated: bool) -> str:
    """What is wrong with an Authorization header as a signature. The header is hashed, because it may be a token."""
    from base64 import b64encode
    from hashlib import sha256

    hashed = b64encode(sha256(header.encode()).digest()).decode("ascii")
    _, _, pairs = header.partition(" ")
    if pairs and any("=" not in pair for pair in pairs.split(",")):
        return (
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
            f"Base64): '{hashed}'."
        )
    lacking = [f"Authorization header requires '{name}' parameter." for name in ("Credential", "Signature")]
    lacking.append("Authorization header requires 'SignedHeaders' parameter.")
    if not dated:
        lacking.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    return f"{' '.join(lacking)} (Hashed with SHA-256 and encoded with Base64) Authorization={hashed}"


def refuse_http(status: int) -> Refusal:
    """The refusal of an HTTP API, whose message depends on the status only."""
    return Refusal(status, None, HTTP_MESSAGES[status])


def denied(api_type: ApiType, decision: Decision) -> Refusal:
    """The refusal of a call that IAM or a resource policy denies, with caller, action and resource."""
    refusal = refuse(api_type, ResponseType.ACCESS_DENIED, (_denial, decision))
    return refusal if isinstance(refusal.message, str) else refusal._replace(body_key=(_key_of_denial, decision))


def _denial(decision: Decision) -> str:
    return masked(decision.message) if decision.has_known_message else ""


def _key_of_denial(decision: Decision) -> str:
    return _KEY_OF_ACCESS_DENIED if decision.has_known_message else ""


def not_allowed(api_type: ApiType, caller: Caller | None, arn: str) -> Refusal:
    """The refusal of a call that needs an Allow of a resource policy, if there is none."""
    who = "anonymous" if caller is None else caller.principal.arn
    return refuse(api_type, ResponseType.ACCESS_DENIED, (_lack, who, arn))


def _lack(who: str, arn: str) -> str:
    return masked(unauthorized(who, arn) + " because no resource-based policy allows the execute-api:Invoke action")


def unauthorized(who: str, arn: str) -> str:
    """The beginning of the message, without the reason."""
    return f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {arn}"


def denied_by_authorizer(api_type: ApiType, decision: Decision) -> Refusal:
    """The refusal of a call that a Lambda authorizer does not allow. Denies of the resource policy precede it."""
    return refuse(api_type, ResponseType.ACCESS_DENIED, (_denial_by_authorizer, decision))


def _denial_by_authorizer(decision: Decision) -> str:
    return _LAMBDA + _LAMBDA_ENDINGS[decision.outcome]


def masked(message: str) -> str:
    """A message with the account of the API masked to its last four digits, as API Gateway does (MSG-2)."""
    return _ACCOUNT_IN_ARN.sub(r"\g<1>********\g<2>", message)


def common_answer(answers: Sequence[Refusal]) -> tuple[int | None, ResponseType | None, LazyText, LazyText]:
    """What several answers have in common: status, response type, message, and the name of the message in the body."""
    first = answers[0]
    status = first.status if all(answer.status == first.status for answer in answers) else None
    kind = first.response_type if all(answer.response_type is first.response_type for answer in answers) else None
    # A message that comes from policies depends on how they deny, which is not known either.
    if isinstance(first.message, str) and all(answer == first for answer in answers):
        return status, kind, first.message, first.body_key
    return status, kind, "", ""
