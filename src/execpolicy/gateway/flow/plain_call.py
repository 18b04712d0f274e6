"""Plain calls: whether one is allowed, and its status, without the result of each gate.

A plain call uses the own host of a public REST or HTTP API, and its route is open or requires AWS_IAM. It has no header
and no query parameter that a gate reads, and gives nothing else that one reads but the caller and a complete context.
Then all gates let it pass, but that of the caller's policies (GW-13). The gates are run when more is read of the
response.

What is not plain has no answer here, and passes the gates at once. So does a call that the fast decision cannot decide.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from execpolicy.document.action_name import INVOKE
from execpolicy.engine.caller import Caller
from execpolicy.engine.fast.fast_outcome import fast_outcome
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Request
from execpolicy.gateway.authorizers.incoming_call import NOT_GIVEN, IncomingCall, SentHeaders, read_sent_values
from execpolicy.gateway.flow.arguments import read_arguments
from execpolicy.gateway.flow.call_arn import LONGEST_METHOD_ARN
from execpolicy.gateway.flow.call_state import CallArguments
from execpolicy.gateway.flow.invoke import invoke
from execpolicy.gateway.flow.response import GatewayResponse, response_of_plain_call
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import split_path
from execpolicy.language import principal as kinds
from execpolicy.language.context import Context
from execpolicy.language.context_keys import ENDPOINT_FLAG, TIME_FLAGS, UNCATALOGUED_FLAG

#: The methods of plain calls; an API may answer OPTIONS itself (GW-27).
_METHODS = frozenset({"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"})
#: Keys that gates read.
_READ_BY_GATES = ENDPOINT_FLAG | TIME_FLAGS | UNCATALOGUED_FLAG
#: Callers whose calls are unsigned, or made by a service for others.
_NO_SIGNERS = frozenset({kinds.ANONYMOUS, kinds.SERVICE})
#: A path of so many characters makes no ARN that is too long (POL-10).
_LONGEST_PATH = LONGEST_METHOD_ARN // 4
#: How an API that authenticates callers and is public sees a request (GW-22).
_VISIBILITY = (True, False)

#: What a plain call does not give.
_SILENT = (
    *("domain_name", "vpc_endpoint_policy", "authorizer_output", "claims", "cache", "at", "client_certificate"),
    "signature_regions",
)
#: The headers that gates read, and how others begin that belong to AWS, in lower case. Policies read the first ones.
READ_BY_POLICIES = frozenset({"referer", "user-agent"})
READ_HEADERS = frozenset(
    {
        *("authorization", "cache-control", "cookie", "date", "host", "origin", "x-api-key", "x-http-method-override"),
        *READ_BY_POLICIES,
    }
)
BEGINNINGS = ("access-control-", "x-amz-", "x-amzn-", "x-apigw-")
#: The defaults of ``Api.invoke``. A text that is equal, and another object, passes the gates.
_VALID, _WITHIN = "valid", "within"
_ALLOWED, _DENIED = CallOutcome.ALLOWED, CallOutcome.DENIED
_ALLOW, _INDETERMINATE = Outcome.ALLOW, Outcome.INDETERMINATE

#: Headers and query parameters, where they are given.
SentTexts: TypeAlias = tuple[dict[str, str] | None, dict[str, str] | None]


class PlainRoutes:
    """What plain calls need of an API; ``find`` is None for an API that has none."""

    __slots__ = ("_signed", "arn_prefix", "find")

    def __init__(self, api: ApiDefinition) -> None:
        self.find = api.tables.routes.route if _has_plain_calls(api) else None
        self.arn_prefix = "" if self.find is None else api.tables.arn_prefixes[api.stage.name]
        #: By the identity of the route, whether it requires AWS_IAM; other routes have no plain calls.
        self._signed = {id(route): _is_signed(api, route) for route in api.routes}

    def is_signed(self, route: Route) -> bool | None:
        """Whether a route requires AWS_IAM; None if it has no plain calls."""
        return self._signed.get(id(route))


def _has_plain_calls(api: ApiDefinition) -> bool:
    """Whether no gate refuses plain calls but that of the route (GW-19, GW-30, GW-33, GW-34, MSG-4, SRC-9)."""
    return (
        api.type is not ApiType.WEBSOCKET
        and not api.is_private
        and not api.unknown_parts
        and not api.disable_execute_api_endpoint
        and not api.gateway_responses
        and api.endpoint_access_mode is None
        and api.ip_address_type != "ipv4"
        and api.readings.path == "as_sent"
    )


def _is_signed(api: ApiDefinition, route: Route) -> bool | None:
    if route.api_key_required:
        return None
    auth = api.auth_of(route)
    if auth is AuthType.AWS_IAM:
        return True
    return False if auth is AuthType.NONE and api.resource_policy is None else None


def response_to(api: ApiDefinition, method: str, path: str, given: dict[str, Any]) -> GatewayResponse:
    """The response to a call; ``given`` has the other arguments of ``Api.invoke`` by their names.

    Raises RequestError, UsageError: as ``Api.invoke`` does.
    """
    if given["signature"] is _VALID and given["limits"] is _WITHIN:
        for name in _SILENT:
            if given[name] is not None:
                break
        else:
            headers, query = given["headers"], given["query"]
            if (headers is None or is_unread(headers)) and (query is None or is_unread(query)):
                response = plain_response(api, method, path, given["caller"], given["context"], sent=(headers, query))
                if response is not None:
                    return response
    return invoke(api, *read_arguments(api, method, path, **given))


def is_unread(sent: object) -> bool:
    """Whether headers or query parameters are texts that no gate reads; the names of a query are taken as headers."""
    if type(sent) is not dict:
        return False
    for name, value in sent.items():
        if type(name) is not str or type(value) is not str or not (name.isascii() and value.isascii()):
            return False
        lower = name.lower()
        if lower in READ_HEADERS or lower.startswith(BEGINNINGS):
            return False
    return True


def plain_response(
    api: ApiDefinition,
    method: str,
    path: str,
    caller: object,
    context: object,
    *,
    sent: SentTexts = (None, None),
) -> GatewayResponse | None:
    """The response to a plain call, with the headers and the query that it sent, which no gate reads.

    It is None if the call is not plain, or not surely allowed or denied.

    Raises RequestError: the context contradicts the caller or the resource.
    """
    routes = api.plain_routes
    if routes is None:
        routes = PlainRoutes(api)
        api.keep_plain_routes(routes)
    if routes.find is None or method not in _METHODS or type(path) is not str or type(context) is not Context:
        return None
    if context.key_flags & _READ_BY_GATES or not context.complete or not _is_plain(path):
        return None
    if caller is not None and (type(caller) is not Caller or caller.principal.kind in _NO_SIGNERS):
        return None
    route = routes.find(method, split_path(path))
    is_signed = None if route is None else routes.is_signed(route)
    if is_signed is None:
        return None
    outcome = _ALLOW
    if is_signed:
        if caller is None:
            return None
        request = Request(caller=caller, action=INVOKE, resource=f"{routes.arn_prefix}{method}{path}", context=context)
        found = fast_outcome(request.as_seen_by(_VISIBILITY), api.target)
        if found is None or found is _INDETERMINATE:
            return None
        outcome = found
    is_allowed = outcome is _ALLOW
    # The caller may change what it gave before the gates are run.
    headers, query = sent
    kept = None if headers is None else headers.copy(), None if query is None else query.copy()
    return response_of_plain_call(
        _ALLOWED if is_allowed else _DENIED,
        200 if is_allowed else 403,
        (_at_gates, api, (method, path), caller, context, kept),
    )


def _is_plain(path: str) -> bool:
    """Whether a path is valid and has one reading: it does not end in a slash or name connections (GW-1, GW-4)."""
    return (
        path[:1] == "/"
        and path[1:2] != "@"
        and "?" not in path
        and (path[-1] != "/" or path == "/")
        and len(path) <= _LONGEST_PATH
        and path.isascii()
    )


def _at_gates(
    api: ApiDefinition, called: tuple[str, str], caller: Caller | None, context: Context, sent: SentTexts
) -> GatewayResponse:
    """The response to a plain call with the result of each gate."""
    headers, query = sent
    arguments = CallArguments(caller, context, None, None, None, None, None, None, "valid")
    call = IncomingCall(
        *called,
        NOT_GIVEN if headers is None else SentHeaders(read_sent_values(headers, "headers")),
        NOT_GIVEN if query is None else read_sent_values(query, "query"),
    )
    return invoke(api, call, arguments)
