"""Calls that Step Functions cannot make as itself, with ``RESOURCE_POLICY`` (GW-29)."""

from __future__ import annotations

from execpolicy.errors import RequestError
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.model.names import ApiType, AuthorizerType, EndpointType

_SERVICE = "states.amazonaws.com"
#: The headers that a task cannot set, in lower case, and the beginnings of others.
_HEADERS = frozenset(
    {
        *(
            "authorization",
            "connection",
            "content-md5",
            "expect",
            "host",
            "max-forwards",
            "proxy-authenticate",
            "server",
        ),
        *("te", "transfer-encoding", "trailer", "upgrade", "via", "www-authenticate"),
    }
)
_BEGINNINGS = ("x-forwarded", "x-amz", "x-amzn")
_OF_AUTHORIZATION = "request.header.authorization"
_ADVICE = (
    "a state machine calls with RESOURCE_POLICY as states.amazonaws.com; with IAM_ROLE give the session of its role"
)


def refuse_impossible_call(state: CallState, service: str) -> None:
    """Refuse a call that Step Functions cannot make; of other services nothing is known.

    Raises RequestError: a call of ``states.amazonaws.com`` breaks one of the rules of its API Gateway tasks.
    """
    if service == _SERVICE:
        reason = _of_api(state) or _of_authorizer(state) or _of_headers(state)
        if reason:
            raise RequestError(f"Step Functions {reason}", advice=_ADVICE, rule="GW-29")


def _of_api(state: CallState) -> str:
    api = state.api
    if api.type is not ApiType.REST:
        return f"calls no {api.type} API with RESOURCE_POLICY"
    if api.endpoint is not EndpointType.REGIONAL:
        return f"calls regional APIs only, and {api.id} is {api.endpoint}"
    return f"calls no custom domain, and {state.domain.name} is one" if state.domain is not None else ""


def _of_authorizer(state: CallState) -> str:
    if state.found_route.authorizer is None:
        return ""
    authorizer = state.authorizer
    if authorizer.type in (AuthorizerType.COGNITO_USER_POOLS, AuthorizerType.JWT):
        return f"calls no method with an authorizer of type {authorizer.type}"
    sources = [source.lower() for source in authorizer.identity_sources]
    if authorizer.type is AuthorizerType.TOKEN and any(source.endswith(_OF_AUTHORIZATION) for source in sources):
        return "calls no method with a TOKEN authorizer that reads the header Authorization"
    return ""


def _of_headers(state: CallState) -> str:
    for name in state.call.headers:
        if name.lower() in _HEADERS or name.lower().startswith(_BEGINNINGS):
            return f"cannot send the header {name}"
    return ""
