"""The authorization flow of API Gateway: a call passes numbered gates until one refuses it.

1. Domain: the host and a base path or a routing rule select a stage (GW-28, GW-32). VPC endpoints reach private APIs
   only (GW-19). The API's own host can be disabled (GW-30), a custom domain can require a client certificate (GW-31),
   and an endpoint access mode can require that the call names the host that it connects to (GW-33).
2. Route: the call matches a route (GW-26); an HTTP API with CORS answers preflight requests itself (GW-27);
   the ARN of a method that is authorized has at most 1,600 bytes (POL-10).
3. VPC endpoint: a private API needs a resource policy, and the policy of the endpoint allows the signer (GW-18,
   GW-19).
4. Private domain: the endpoint is associated with it, and its policy allows the call (GW-20).
5. Authorization of the method; each type combines with the resource policy differently:
   5a. NONE: an attached resource policy must allow (GW-12).
   5b. AWS_IAM: the signature, then the caller's policies and the resource policy as IAM combines them (GW-13).
   5c. CUSTOM: explicit denies of the resource policy; identity sources; the cache or the function; then the policy
       of the function and the resource policy by Table A (GW-14, AUT-1, AUT-2, AUT-3, AUT-4, AUT-5).
   5d. COGNITO_USER_POOLS: the token, then the resource policy (GW-15, AUT-7).
   5e. JWT: the token, then for REST APIs the resource policy as for Cognito (AUT-8, AUT-9).
6. Cache: a call that invalidates it may need a permission (GW-24).
7. API key (AUT-6).
8. Limits: rates and quotas (GW-35).

WAF comes before all of these, request validation after them; they evaluate no policy and are not modelled (GW-25).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from execpolicy.document.action_name import INVOKE, MANAGE_CONNECTIONS
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.access_mode import check_access_mode
from execpolicy.gateway.flow.api_keys import check_api_key
from execpolicy.gateway.flow.cache_invalidation import check_cache_invalidation
from execpolicy.gateway.flow.call_arn import CONNECTIONS, arn_of_route, check_arn_length, connection_of
from execpolicy.gateway.flow.call_context import condition_context
from execpolicy.gateway.flow.call_state import CallArguments, CallState
from execpolicy.gateway.flow.deployment import note_on_denial
from execpolicy.gateway.flow.domain import check_domain
from execpolicy.gateway.flow.every_value import response_for_every_value
from execpolicy.gateway.flow.host_checks import check_host
from execpolicy.gateway.flow.lambda_authorizer import check_lambda_authorizer
from execpolicy.gateway.flow.limits import check_limits
from execpolicy.gateway.flow.made_call import CallFunctions
from execpolicy.gateway.flow.other_readings import other_readings
from execpolicy.gateway.flow.policy_checks import PolicyChecks
from execpolicy.gateway.flow.preflight import answered_by_cors, note_on_refusal
from execpolicy.gateway.flow.private_api import check_private_domain, check_vpc_endpoint
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    missing_token,
    no_method,
    refuse,
    refuse_http,
)
from execpolicy.gateway.flow.resource_policy import check_resource_policy
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.routing import (
    find_route,
    is_verb,
    why_no_route,
)
from execpolicy.gateway.flow.signature import check_signature, refusal_of, signature_fault
from execpolicy.gateway.flow.step_functions import refuse_impossible_call
from execpolicy.gateway.flow.token_authorizers import check_cognito_authorizer, check_jwt_authorizer
from execpolicy.gateway.flow.unknown_parts import (
    Deciding,
    NextGate,
    after_authorizer,
    after_route,
    at_api_key,
    at_cache,
    at_domain,
    at_method,
    at_own_host,
    at_route,
    next_gate,
    nothing_else,
)
from execpolicy.gateway.flow.vpc_endpoint import (
    check_public_api,
)
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, AuthType, ResponseType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_table import RouteMatch
from execpolicy.gateway.model.stage import Stage
from execpolicy.language.context import Context
from execpolicy.language.principal import SERVICE

if TYPE_CHECKING:
    from execpolicy.gateway.flow.integration_request import IntegrationRequest
    from execpolicy.gateway.flow.sent_response import SentResponse

_Gate = Callable[[CallState], Refusal | None]

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_HTTP = ApiType.HTTP
_WEBSOCKET = ApiType.WEBSOCKET
_AWS_IAM = AuthType.AWS_IAM
_CUSTOM = AuthType.CUSTOM


def invoke(api: ApiDefinition, call: IncomingCall, given: CallArguments) -> GatewayResponse:
    """Simulate one call. ``Api.invoke`` is the public form."""
    if api.unknown_parts:
        return response_for_every_value(api, call, given, _response)
    return _response(CallState(api, call, given))


def _response(state: CallState) -> GatewayResponse:
    """Run the gates, up to one that a value decides that is not known, and make the response of their results."""
    given = state.arguments
    refusal = _run(state)
    if given.key_check is not None and not state.stopped_by and not _may_ask_function(state):
        given.key_check.complete()
    if refusal is not None:
        note_on_denial(state)
        if state.call.method == "OPTIONS":
            note_on_refusal(state)
    response = state.response(refusal, (_FUNCTIONS, state, refusal))
    readings = other_readings(state, response, _run)
    return response if readings is None else response.with_readings(readings)


def _is_allowed_in(context: Context, state: CallState) -> bool:
    """Whether the same call is allowed in another context; the function and the cache are not used again."""
    arguments = state.arguments.with_output(state.output)._replace(context=context, key_check=None)
    return invoke(state.api, state.received, arguments).allowed


def _integration(state: CallState) -> IntegrationRequest:
    from execpolicy.gateway.flow.integration import integration_of

    return integration_of(state)


def _sent(state: CallState, refusal: Refusal | None) -> SentResponse:
    from execpolicy.gateway.flow.refusal_as_sent import sent_response
    from execpolicy.gateway.flow.sent_response import preflight_answer

    return preflight_answer() if refusal is None else sent_response(state, refusal)


_FUNCTIONS = CallFunctions(_is_allowed_in, _integration, _sent)


def _may_ask_function(state: CallState) -> bool:
    """Whether the route of a call has a Lambda authorizer, whose policy may name keys (KEY-1)."""
    return state.route is not None and state.api.auth_of(state.route) is _CUSTOM


def _run(state: CallState) -> Refusal | None:
    """Run the gates in order, up to the one that refuses."""
    unknown = state.api.unknown_parts
    for gate in _GATES:
        if unknown and gate in _DECIDED_BY:
            number, deciding, known_of = _DECIDED_BY[gate]
            found = next_gate(state, number, deciding)
            if found is NextGate.NONE:
                break
            refusal = gate(state) if found is NextGate.THIS else known_of(state)
        else:
            refusal = gate(state)
        if refusal is not None:
            return refusal
        if state.answered:
            break
    return None


def _route(state: CallState) -> Refusal | None:
    """2. The call matches a route (GW-26, GW-27), which determines its ARN (GW-2)."""
    api = state.api
    if state.call.headers:
        _override_method(state)
    call = state.call
    match = _of_socket(state) if api.type is _WEBSOCKET else find_route(api, call.method, call.path)
    if call.method == "OPTIONS" and answered_by_cors(state, match):
        detail, open_route = "the HTTP API answers it from its CORS configuration", match is None
        open_route = open_route or (match is not None and api.auth_of(match.route) is AuthType.NONE)
        state.passed("2", "preflight", detail, "GW-27", assumed=() if open_route else ("GW-27",))
        state.answered = True
        return None
    if match is None:
        return _refuse_unknown_route(state)
    state.route, state.parameters = match.route, match.parameters
    state.arn = arn_of_route(state)
    caller = state.arguments.caller
    if caller is not None and caller.principal.kind == SERVICE:
        refuse_impossible_call(state, caller.principal.name)
    state.checks = PolicyChecks(state.arn, condition_context(state), caller, api)
    state.passed("2", "route", (_found, api, match.route, state.stage), "GW-26")
    return None


def _found(api: ApiDefinition, route: Route, stage: Stage) -> str:
    return f"{route.key} on stage {stage.name}, requires {api.auth_of(route)}"


def _override_method(state: CallState) -> None:
    """A REST API takes the method from the header X-HTTP-Method-Override, if it is sent (GW-5)."""
    sent = state.call.header("x-http-method-override")
    if state.api.type is _REST and sent and sent[0] != state.call.method:
        state.notes.append(
            f"X-HTTP-Method-Override changes the method to {sent[0]}; that the ARN has it too is assumed (GW-5)"
        )
        state.method_in_arn = sent[0] if state.assumes("GW-5", "method of the header") else state.call.method
        state.call = state.call._replace(method=sent[0])


def _of_socket(state: CallState) -> RouteMatch | None:
    """The route for a call to a WebSocket API, whose route keys have no path and are not HTTP methods.

    A call to a connection has no route and always requires AWS_IAM (GW-1).
    """
    if connection_of(state) is not None:
        return RouteMatch(route_of_connections(), {})
    api, call = state.api, state.call
    match = find_route(api, call.method, call.path)
    if match is None:
        return None
    return match if call.path in ("", "/") and not is_verb(api, call.method) else None


def route_of_connections() -> Route:
    """What stands for the route of calls to connections, which always require AWS_IAM (GW-1)."""
    return Route(CONNECTIONS, auth=_AWS_IAM)


def _refuse_unknown_route(state: CallState) -> Refusal:
    """The signature of a call precedes the answer that there is no such method, except in HTTP APIs (MSG-3)."""
    api, call = state.api, state.call
    why = why_no_route(api, call.method, call.path)
    is_message = api.type is _WEBSOCKET and not is_verb(api, call.method)
    if api.type is _HTTP:
        refusal = refuse_http(404)
    elif state.arguments.caller is None or is_message:
        refusal = missing_token(api.type, call)
    else:
        fault = signature_fault(state)
        if fault is not None:
            detail = f"{why}; {fault.reason}"
            return state.refused("2", "route", refusal_of(api.type, fault), detail, "GW-26", "GW-18", "MSG-3")
        refusal = no_method(api.type, call)
    return state.refused("2", "route", refusal, why, "GW-26", "MSG-3")


def _method(state: CallState) -> Refusal | None:
    """5. Each authorization type combines with the resource policy differently."""
    route, api = state.found_route, state.api
    if api.type is _WEBSOCKET and route.key not in ("$connect", "@connections"):
        return _message(state)
    return _METHODS[api.auth_of(route)](state)


def _message(state: CallState) -> Refusal | None:
    """A WebSocket API authorizes $connect only: a message passes whatever the policies say of its route (GW-21)."""
    api, note = state.api, "AWS authorizes $connect alone and checks no policy for each message (GW-21)"
    connect = next((route for route in api.routes if route.key == "$connect"), None)
    if connect is not None and api.auth_of(connect) is _AWS_IAM and state.arguments.caller is not None:
        decision = state.policy_checks.iam()
        if not decision.allowed:
            sids = [each.sid for each in decision.determining_statements if each.sid]
            verb = "deny" if decision.outcome is Outcome.EXPLICIT_DENY else "do not allow"
            named = f" ({', '.join(sids)})" if sids else ""
            note = (
                f"{note}: the caller's policies {verb} {state.found_route.key}{named}, and no message is refused for it"
            )
    state.notes.append(note)
    state.passed("5", "authorization", "the connection was authorized on $connect", "GW-21")
    return None


def _none(state: CallState) -> Refusal | None:
    """5a. NONE: an attached resource policy must allow (GW-12)."""
    if state.api.resource_policy is None:
        state.passed("5a", "no authorization", "the method is open, and no resource policy is attached", "GW-12")
        return None
    return check_resource_policy(
        state, "5a", "the method is open, so the resource policy decides alone", "GW-12", "PRN-9"
    )


def _iam(state: CallState) -> Refusal | None:
    """5b. AWS_IAM: the signature, then the caller's policies and the resource policy as IAM combines them (GW-13)."""
    api, checks = state.api, state.policy_checks
    refusal = check_signature(state)
    if refusal is not None:
        return refusal
    decision = checks.iam(_action(state))
    if api.type is not _REST:
        detail = (
            f"the caller's policies; {api.type} APIs have no resource policy, so a caller of another account is denied"
        )
        return state.decided("5b", "IAM", decision, denied, detail, "GW-11", "GW-13")
    detail = "the caller's policies and the resource policy"
    return state.decided("5b", "IAM", decision, denied, detail, "GW-13")


def _action(state: CallState) -> str:
    """The action that a call needs (ACT-2)."""
    return MANAGE_CONNECTIONS if state.found_route.method == "@connections" else INVOKE


_METHODS: dict[AuthType, Callable[[CallState], Refusal | None]] = {
    AuthType.NONE: _none,
    _AWS_IAM: _iam,
    _CUSTOM: check_lambda_authorizer,
    AuthType.COGNITO_USER_POOLS: check_cognito_authorizer,
    AuthType.JWT: check_jwt_authorizer,
}


def _api_key(state: CallState) -> Refusal | None:
    """7. The API key, from the header or from the output of the authorizer, never both (AUT-6)."""
    route = state.found_route
    if not route.api_key_required:
        return None
    usage_identifier_key = None if state.output is None else state.output.usage_identifier_key
    headers = {name: values[0] for name in state.call.headers if (values := state.call.header(name))}
    found = check_api_key(state.api, state.stage, route, headers, usage_identifier_key)
    if found.passed:
        state.passed("7", "API key", found.reason, "AUT-6")
        return None
    return state.refused("7", "API key", refuse(state.api.type, ResponseType.INVALID_API_KEY), found.reason, "AUT-6")


#: In this order, with the numbers of the list above.
_GATES = (
    check_domain,  # 1
    check_public_api,  # 1
    check_access_mode,  # 1
    check_host,  # 1
    _route,  # 2
    check_arn_length,  # 2
    check_vpc_endpoint,  # 3
    check_private_domain,  # 4
    _method,  # 5
    check_cache_invalidation,  # 6
    _api_key,  # 7
    check_limits,  # 8
)

#: The parts that are not known and that decide at a gate, with its number; and what else decides it (SRC-9).
_DECIDED_BY: dict[_Gate, tuple[str, Deciding, _Gate]] = {
    check_domain: ("1", at_domain, nothing_else),
    check_host: ("1", at_own_host, nothing_else),
    _route: ("2", at_route, nothing_else),
    check_arn_length: ("2", after_route, nothing_else),
    _method: ("5", at_method, after_authorizer),
    check_cache_invalidation: ("6", at_cache, nothing_else),
    _api_key: ("7", at_api_key, nothing_else),
}
