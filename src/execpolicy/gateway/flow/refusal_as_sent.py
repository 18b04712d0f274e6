"""The response that a refusal is sent as, from the state of the call (MSG-5)."""

from __future__ import annotations

import json

from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.claims import check_http_jwt
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.custom_responses import as_sent, own_response
from execpolicy.gateway.flow.lazy_text import text_of
from execpolicy.gateway.flow.made_call import no_known_answer
from execpolicy.gateway.flow.refusals import DEFAULTS, Refusal
from execpolicy.gateway.flow.sent_response import SentResponse
from execpolicy.gateway.model.names import ApiType, AuthType, ResponseType
from execpolicy.gateway.model.unknown_part import Concern

#: The header ``x-amzn-errortype`` of each gateway response of a REST API; that of RESOURCE_NOT_FOUND is not known.
ERROR_TYPES = {
    ResponseType.ACCESS_DENIED: "AccessDeniedException",
    ResponseType.AUTHORIZER_CONFIGURATION_ERROR: "AuthorizerConfigurationException",
    ResponseType.AUTHORIZER_FAILURE: "AuthorizerFailureException",
    ResponseType.EXPIRED_TOKEN: "ExpiredTokenException",
    ResponseType.INVALID_API_KEY: "ForbiddenException",
    ResponseType.INVALID_SIGNATURE: "InvalidSignatureException",
    ResponseType.MISSING_AUTHENTICATION_TOKEN: "MissingAuthenticationTokenException",
    ResponseType.QUOTA_EXCEEDED: "LimitExceededException",
    ResponseType.THROTTLED: "TooManyRequestsException",
    ResponseType.UNAUTHORIZED: "UnauthorizedException",
    ResponseType.WAF_FILTERED: "ForbiddenException",
}
#: The error type if the Authorization header is not a signature. The message then describes the header (MSG-3).
_NO_SIGNATURE = "IncompleteSignatureException"
#: The statuses that send a client to another address, which a header of the response has.
_REDIRECTS = range(300, 400)


def sent_response(state: CallState, refusal: Refusal) -> SentResponse:
    """The response that a refusal is sent as.

    Args:
        state: the call.
        refusal: AWS's own, before the API's gateway responses.

    Raises:
        UsageError: an earlier gate may refuse the call with another response, or the API sends a redirect.
    """
    sent = as_sent(state.api, refusal)
    for other in state.possible:
        if _known_of(state, other) != _known_of(state, refusal):
            raise no_known_answer(" or ".join(dict.fromkeys(map(_in_words, (other, refusal)))))
    if sent.status in _REDIRECTS:
        raise UsageError(
            f"the API sends a redirect, {sent.status}, for {refusal.response_type}, and its address is not modelled",
            advice="read status, and answer with the address that the API sets",
            rule="MSG-5",
        )
    own = own_response(state.api, refusal)
    body = _body(sent)
    headers, headers_known = _headers(state, refusal)
    headers = {"content-type": "application/json", **headers}
    return SentResponse(sent.status, headers, body, complete=own is None and body is not None and headers_known)


def _known_of(state: CallState, refusal: Refusal) -> tuple[object, ...]:
    """What is known of the response that a refusal is sent as."""
    sent = as_sent(state.api, refusal)
    return sent.status, sent.response_type, text_of(sent.body_key), text_of(sent.message)


def _in_words(refusal: Refusal) -> str:
    return str(refusal.status) if refusal.response_type is None else f"{refusal.status} {refusal.response_type}"


def _body(sent: Refusal) -> bytes | None:
    key = text_of(sent.body_key)
    if not key:
        return None
    content = {key: text_of(sent.message) or None}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(state: CallState, refusal: Refusal) -> tuple[dict[str, str], bool]:
    """The headers that a refusal determines, and whether these are all."""
    if state.api.type is ApiType.REST:
        name = _error_type(refusal)
        return ({}, False) if name is None else ({"x-amzn-errortype": name}, True)
    if state.api.type is not ApiType.HTTP:
        return {}, False
    route, step = state.route, state.step_data[-1]
    if route is None or state.api.auth_of(route) is not AuthType.JWT or step[1] != "token":
        return {}, True
    if _is_unknown(state, (Concern.SCOPES, Concern.AUTH), route.key) or state.unknown_authorizer:
        return {}, False
    # The gate names AUT-4 where the call has no token.
    return {"www-authenticate": "Bearer" if "AUT-4" in step[4] else _challenge(state, refusal.status)}, True


def _is_unknown(state: CallState, concerns: tuple[Concern, ...], key: str) -> bool:
    return any(part.concern in concerns and part.key == key for part in state.api.unknown_parts)


def _error_type(refusal: Refusal) -> str | None:
    kind = refusal.response_type
    if kind is None:
        return "ForbiddenException" if refusal.status == 403 else None
    missing = ResponseType.MISSING_AUTHENTICATION_TOKEN
    if kind is missing and text_of(refusal.message) != DEFAULTS[missing][1]:
        return _NO_SIGNATURE
    return ERROR_TYPES.get(kind)


def _challenge(state: CallState, status: int) -> str:
    """What the header ``www-authenticate`` says of a token that is not accepted."""
    scopes, claims = state.found_route.scopes, state.arguments.claims
    error = "insufficient_scope" if status == 403 else "invalid_token"
    found = None if claims is None else check_http_jwt(state.authorizer, scopes, claims, state.arguments.now)
    described = f' error_description="{found.description}"' if found is not None and found.description else ""
    return f'Bearer scope="{" ".join(scopes)}" error="{error}"{described}'
