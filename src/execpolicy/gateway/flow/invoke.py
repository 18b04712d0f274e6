"""What becomes of a call to an API: API Gateway's own flow, gate by gate.

1. Domain: the host and the base path lead to a stage (GW-28). A VPC endpoint leads to private APIs alone (GW-19).
2. Route: the call finds a route (GW-26); an HTTP API with CORS answers preflight requests itself (GW-27);
   where anything authorizes it, its ARN has 1,600 bytes at most (POL-10).
3. VPC endpoint: a private API needs a resource policy, and the endpoint's policy sees who signed (GW-18, GW-19).
4. Private domain: the endpoint is associated with it, and its policy allows (GW-20).
5. Authorization of the method, each kind with the resource policy in its own way:
   5a. NONE: an attached resource policy must allow (GW-12).
   5b. AWS_IAM: the signature, then the caller's policies and the resource policy as IAM combines them (GW-13).
   5c. CUSTOM: the resource policy for explicit denies; identity sources; the cache or the function; then the
       function's document and the resource policy by Table A (GW-14, AUT-1 to AUT-5).
   5d. COGNITO_USER_POOLS: the token, then the resource policy alone (GW-15, AUT-7).
   5e. JWT: the token, then for REST APIs the resource policy as for Cognito (AUT-8, AUT-9).
6. Cache: a call that invalidates it may need a permission (GW-24).
7. API key (AUT-6).

Mutual TLS and WAF stand before all of these, request validation behind them; they ask no policy and are not modelled
(GW-25).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from execpolicy.engine.caller import Caller
from execpolicy.engine.compile import CompiledPolicies
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.arn.call_path import decoded, normalised_path
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.authorizers.claims import TokenCheck, check_cognito, check_http_jwt, check_rest_jwt
from execpolicy.gateway.authorizers.identity_sources import Call, described, read_sources
from execpolicy.gateway.authorizers.output import compiled_policy
from execpolicy.gateway.flow.api_keys import check_api_key
from execpolicy.gateway.flow.arguments import arn_of_call, context_of, domain_arn
from execpolicy.gateway.flow.gates import Flow, Given
from execpolicy.gateway.flow.lambda_authorizer import answer, in_context
from execpolicy.gateway.flow.other_readings import other_readings
from execpolicy.gateway.flow.outcomes import TABLE_A, TABLE_B, alone, both, only_denies
from execpolicy.gateway.flow.policy_checks import Situation
from execpolicy.gateway.flow.preflight import answered_by_cors, note_on_refusal
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    denied_by_authorizer,
    missing_token,
    refuse,
    refuse_http,
    unallowed,
)
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.routing import NoPlace, find_route, is_verb, place_of_call, why_no_route
from execpolicy.gateway.flow.token_source import why_no_token
from execpolicy.gateway.flow.vpc_endpoint import check_endpoint, endpoint_host_of, forbidden, host_meant, to_public_api
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthType, CacheRefusal, ResponseType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_table import Match
from execpolicy.gateway.model.stage import Stage

#: By name: to look at a member of an enumeration takes longer than to pass some gates.
_REST, _HTTP, _WEBSOCKET = ApiType
_NONE, _AWS_IAM, _CUSTOM, _COGNITO, _JWT = AuthType


def invoke(api: ApiDefinition, call: Call, given: Given) -> GatewayResponse:
    """Send a call through the gates of an API. ``Api.invoke`` is how users say it."""
    flow = Flow(api, call, given)
    refusal = _run(flow)
    if given.unnamed is not None and not _may_ask_function(flow):
        given.unnamed.refuse()
    if refusal is not None and flow.call.method == "OPTIONS":
        note_on_refusal(flow)
    response = flow.response(refusal)
    notes = other_readings(flow, response, _run)
    return response.with_notes(notes) if notes else response


def _may_ask_function(flow: Flow) -> bool:
    """Whether the route of a call asks a Lambda function, whose document names keys once it is known (KEY-1)."""
    return flow.route is not None and flow.api.auth_of(flow.route) is _CUSTOM


def _run(flow: Flow) -> Refusal | None:
    """Every gate in order, up to the one that refuses."""
    for gate in _GATES:
        refusal = gate(flow)
        if refusal is not None:
            return refusal
        if flow.answered:
            break
    return None


# 1. Domain


def _domain(flow: Flow) -> Refusal | None:
    """1. The host and the base path lead to a stage (GW-28)."""
    name = flow.given.domain_name
    if name is None:
        return _at_endpoint(flow) if flow.call.headers else None
    if flow.api.is_private:
        check_endpoint(flow.given.context, name)
    host = host_meant(flow.api, flow.call, name)
    if isinstance(host, NoPlace):
        return flow.refused("1", "domain", forbidden(flow.api), host.reason, "GW-19")
    place = place_of_call(flow.api, flow.call.path, host)
    if isinstance(place, NoPlace):
        refusal = refuse_http(place.status) if flow.api.type is _HTTP else Refusal(place.status, None, "Forbidden")
        return flow.refused("1", "domain", refusal, place.reason, "GW-28")
    if flow.api.is_private and place.domain is not None and not place.domain.is_private:
        detail = f"{name} is a public domain name, which leads to no private API"
        return flow.refused("1", "domain", forbidden(flow.api), detail, "GW-19")
    flow.stage, flow.domain = place.stage, place.domain
    flow.call = flow.call._replace(path=place.path)
    flow.passed("1", "domain", f"{name} leads to the stage {place.stage.name} and the path {place.path}", "GW-28")
    return None


def _at_endpoint(flow: Flow) -> Refusal | None:
    """The header Host may hold the host name of an endpoint; then another header names the API (GW-19)."""
    host = endpoint_host_of(flow.api, flow.call)
    meant = None if host is None else host_meant(flow.api, flow.call, host)
    if isinstance(meant, NoPlace):
        return flow.refused("1", "domain", forbidden(flow.api), meant.reason, "GW-19")
    return None


# 2. Route


def _route(flow: Flow) -> Refusal | None:
    """2. The call finds a route (GW-26, GW-27), and its ARN is known (GW-2)."""
    api = flow.api
    if flow.call.headers:
        _override_method(flow)
    call = flow.call
    match = _of_socket(flow) if api.type is _WEBSOCKET else find_route(api, call.method, call.path)
    if call.method == "OPTIONS" and answered_by_cors(flow, match):
        flow.passed("2", "preflight", "the HTTP API answers it from its CORS configuration", "GW-27")
        flow.answered = True
        return None
    if match is None:
        why = why_no_route(api, call.method, call.path)
        return flow.refused("2", "route", _no_route(flow), why, "GW-26", "MSG-3")
    flow.route, flow.parameters = match.route, match.parameters
    flow.arn = _arn(flow)
    flow.situation = Situation(flow.arn, context_of(flow), flow.given.caller, api)
    flow.passed("2", "route", (_found, api, match.route, flow.stage), "GW-26")
    return None


def _found(api: ApiDefinition, route: Route, stage: Stage) -> str:
    return f"{route.key} on stage {stage.name}, asks for {api.auth_of(route)}"


def _override_method(flow: Flow) -> None:
    """A REST API takes the method from the header X-HTTP-Method-Override, where it is sent (GW-5)."""
    sent = flow.call.header("x-http-method-override")
    if flow.api.type is _REST and sent and sent[0] != flow.call.method:
        flow.notes.append(
            f"X-HTTP-Method-Override makes this a {sent[0]}; that the ARN says so, too, is assumed (GW-5)"
        )
        flow.call = flow.call._replace(method=sent[0])


CONNECTIONS = "@connections"


def _connection_id(flow: Flow) -> str | None:
    """The connection that a call to a WebSocket API names, as sent; empty for all of them, None for any other call.

    A second ``@connections`` is no connection: clients append it to an endpoint that ends in one already (GW-1).
    """
    first, _, connection = flow.call.path.removeprefix("/").partition("/")
    if decoded(first) != CONNECTIONS or CONNECTIONS in map(decoded, connection.split("/")):
        return None
    return connection


def _of_socket(flow: Flow) -> Match | None:
    """The route that a call to a WebSocket API finds. Its route keys have no path, and none is a verb.

    A call to a connection finds no route; it always asks for AWS_IAM (GW-1).
    """
    if _connection_id(flow) is not None:
        return Match(Route("@connections", auth=_AWS_IAM), {})
    api, call = flow.api, flow.call
    match = find_route(api, call.method, call.path)
    if match is None:
        return None
    return match if call.path in ("", "/") and not is_verb(api, call.method) else None


def _no_route(flow: Flow) -> Refusal:
    if flow.api.type is _HTTP:
        return refuse_http(404)
    return missing_token(flow.api.type, flow.call)


def _arn(flow: Flow) -> str:
    api, call = flow.api, flow.call
    if api.type is not _WEBSOCKET:
        path = call.path if api.readings.path == "as_sent" else normalised_path(call.path)
        return arn_of_call(api, flow.stage, call.method, path)
    build = partial(ExecuteApiArn.build, region=api.region, account=api.account, api_id=api.id, stage=flow.stage.name)
    connection = _connection_id(flow)
    if connection is None:
        return str(build(route_key=call.method))
    whole = {"connection_id": connection} if connection else {"path": f"/{CONNECTIONS}"}
    return str(build(method=call.method, **whole))


#: The most bytes of a method's ARN where anything authorizes the call, and a length that no more can have.
LONGEST_METHOD_ARN = 1600
_SURELY_SHORT = LONGEST_METHOD_ARN // 4


def _arn_length(flow: Flow) -> Refusal | None:
    """2. A path can make the ARN longer than anything that authorizes calls of a REST API takes (POL-10)."""
    api = flow.api
    if len(flow.arn) <= _SURELY_SHORT or api.type is not _REST:
        return None
    size = len(flow.arn.encode())
    authorizes = api.auth_of(flow.found_route) is not _NONE or api.resource_policy is not None or api.is_private
    if size <= LONGEST_METHOD_ARN or not authorizes:
        return None
    refusal = Refusal(414, None, "Request URI too long")
    told = f"the ARN of the method has {size} bytes, more than {LONGEST_METHOD_ARN}"
    return flow.refused("2", "method ARN", refusal, told, "POL-10")


# 3. VPC endpoint


def _endpoint(flow: Flow) -> Refusal | None:
    """3. A private API needs a resource policy, and the endpoint's policy sees who signed (GW-18, GW-19)."""
    api, policy = flow.api, flow.given.vpc_endpoint_policy
    if not api.is_private:
        if policy is not None:
            raise UsageError(
                f"{api.id} is {api.endpoint}: VPC endpoint policies do not apply to it",
                advice="a call through an endpoint gives aws:SourceVpce, and reaches private APIs alone",
                rule="GW-19",
            )
        return None
    if flow.given.caller is not None and flow.given.signature != "valid":
        return _bad_signature(flow, "3")
    if api.resource_policy is None:
        signed = flow.given.caller if api.auth_of(flow.found_route) is _AWS_IAM else None
        refusal = unallowed(api.type, signed, flow.arn)
        return flow.refused("3", "private API", refusal, "without a resource policy every call is denied", "GW-19")
    if policy is None:
        flow.passed("3", "VPC endpoint", "it has no policy of its own, so it lets everything pass", "EVL-7", "GW-19")
        return None
    layers = {Layer.VPC_ENDPOINT: compiled_policy(policy)}
    for arn, what in _endpoint_arns(flow):
        refused = _seen(flow, "3", layers, arn=arn, detail=f"the endpoint's policy for {what}")
        if refused is not None:
            return refused
    return None


def _endpoint_arns(flow: Flow) -> list[tuple[str, str]]:
    """The endpoint's policy has to admit the API, and the private domain by which the call came (GW-20)."""
    arns = [(flow.arn, "the API")]
    if flow.domain is not None and flow.domain.is_private:
        arns.append((domain_arn(flow.api, flow.domain), "the private domain"))
    return arns


def _seen(flow: Flow, number: str, layers: dict[Layer, CompiledPolicies], *, arn: str, detail: str) -> Refusal | None:
    """Policies that see who signed; with other methods than AWS_IAM and NONE they must admit an anonymous call, too."""
    (layer,) = layers
    gate = "VPC endpoint" if layer is Layer.VPC_ENDPOINT else "private domain"
    situation, signer = flow.found_situation, flow.given.caller
    views = [signer]
    if signer is not None and flow.api.auth_of(flow.found_route) not in (_AWS_IAM, _NONE):
        views.append(None)
    for view in views:
        decision = situation.seen_as(view, layers, alone(layer), arn=arn)
        seen = (
            detail if len(views) == 1 else f"{detail}, to which the caller is {decision.request.caller.principal.arn}"
        )
        refusal = flow.decided(number, gate, decision, denied, seen, "GW-18", "GW-20")
        if refusal is not None:
            return refusal
    return None


def _bad_signature(flow: Flow, number: str) -> Refusal:
    signature = flow.given.signature
    kind = ResponseType.INVALID_SIGNATURE if signature == "invalid" else ResponseType.EXPIRED_TOKEN
    refusal = refuse(flow.api.type, kind)
    what = "the signature is invalid" if signature == "invalid" else "the credentials have expired"
    return flow.refused(number, "signature", refusal, what, "GW-18", "MSG-3")


# 4. Private domain


def _private_domain(flow: Flow) -> Refusal | None:
    """4. The endpoint is associated with the domain, and the domain's policy allows; it denies by default (GW-20)."""
    domain = flow.domain
    if domain is None or not domain.is_private:
        return None
    arn = domain_arn(flow.api, domain)
    endpoint = flow.found_situation.context.get("aws:SourceVpce")
    listed = ", ".join(domain.associated_endpoints)
    if endpoint is None:
        refusal = unallowed(flow.api.type, flow.given.caller, arn)
        detail = f"aws:SourceVpce is not known; the domain is associated with {listed}"
        flow.unknown("4", "private domain", refusal, detail, "GW-20", keys=("aws:SourceVpce",))
    elif endpoint[:1] not in [(each,) for each in domain.associated_endpoints]:
        found = ", ".join(endpoint) or "none"
        detail = f"the call came through the endpoint {found}, the domain is associated with {listed}"
        return flow.refused("4", "private domain", unallowed(flow.api.type, flow.given.caller, arn), detail, "GW-20")
    if domain.policy is None:
        refusal = unallowed(flow.api.type, flow.given.caller, arn)
        return flow.refused("4", "private domain", refusal, "without a policy the domain denies every call", "GW-20")
    layers = {Layer.DOMAIN_NAME: compiled_policy(domain.policy)}
    return _seen(flow, "4", layers, arn=arn, detail="the domain's policy")


# 5. Authorization of the method


def _method(flow: Flow) -> Refusal | None:
    """5. Each kind of authorization meets the resource policy in its own way."""
    route, api = flow.found_route, flow.api
    if api.type is _WEBSOCKET and route.key not in ("$connect", "@connections"):
        return _message(flow)
    return _METHODS[api.auth_of(route)](flow)


def _message(flow: Flow) -> Refusal | None:
    """A WebSocket API authorizes on $connect alone; policies for other routes are evaluated as written (GW-21)."""
    api = flow.api
    flow.notes.append("AWS authorizes $connect alone and checks no policy for each message (GW-21)")
    connect = next((route for route in api.routes if route.key == "$connect"), None)
    if connect is not None and api.auth_of(connect) is _AWS_IAM and flow.given.caller is not None:
        decision = flow.found_situation.iam()
        detail = "the caller's policies as written, which AWS does not check for a message"
        return flow.decided("5b", "IAM", decision, denied, detail, "GW-21")
    flow.passed("5", "authorization", "it was given on $connect", "GW-21")
    return None


def _none(flow: Flow) -> Refusal | None:
    """5a. NONE: an attached resource policy must allow (GW-12)."""
    if flow.api.resource_policy is None:
        flow.passed("5a", "no authorization", "the method is open, and no resource policy is attached", "GW-12")
        return None
    return _resource_policy(flow, "5a", "the method is open, so the resource policy decides alone", "GW-12", "PRN-9")


def _resource_policy(flow: Flow, number: str, detail: str, *rules: str) -> Refusal | None:
    """The resource policy has to allow by itself; the caller is anonymous to it."""
    situation = flow.found_situation
    decision = situation.anonymous(situation.resource_policies(), alone(Layer.RESOURCE))
    return flow.decided(number, "resource policy", decision, denied, detail, *rules)


def _iam(flow: Flow) -> Refusal | None:
    """5b. AWS_IAM: the signature, then the caller's policies and the resource policy as IAM combines them (GW-13)."""
    api, situation = flow.api, flow.found_situation
    refusal = _signature(flow)
    if refusal is not None:
        return refusal
    decision = situation.iam(_action(flow))
    if api.type is not _REST:
        detail = (
            f"the caller's policies; {api.type} APIs have no resource policy, so a caller of another account is denied"
        )
        return flow.decided("5b", "IAM", decision, denied, detail, "GW-11", "GW-13")
    detail = "the caller's policies and the resource policy"
    return flow.decided("5b", "IAM", decision, denied, detail, "GW-13")


def _signature(flow: Flow) -> Refusal | None:
    api = flow.api
    if flow.given.caller is None:
        refusal = missing_token(api.type, flow.call)
        return flow.refused("5b", "signature", refusal, "the call is not signed", "GW-13", "MSG-3")
    if flow.given.signature != "valid":
        return _bad_signature(flow, "5b")
    flow.passed("5b", "signature", (_signed_by, flow.given.caller), "GW-18")
    return None


def _signed_by(caller: Caller) -> str:
    return f"signed by {caller.principal.arn}"


def _action(flow: Flow) -> str:
    return "execute-api:ManageConnections" if flow.found_route.method == "@connections" else "execute-api:Invoke"


def _lambda(flow: Flow) -> Refusal | None:
    """5c. CUSTOM: a first look, identity sources, the function or its cached answer, then Table A (GW-14)."""
    situation = flow.found_situation
    policies = situation.resource_policies()
    if policies:
        first = situation.anonymous(policies, only_denies)
        detail = "before the function runs, explicit denies alone count"
        refusal = flow.decided("5c", "resource policy, first look", first, denied, detail, "GW-14")
        if refusal is not None:
            return refusal
    authorizer = flow.authorizer
    refusal = _sources(flow, authorizer) or answer(flow, authorizer)
    if refusal is not None:
        return refusal
    output = flow.output
    assert output is not None
    if output.policy is None:
        if output.is_authorized:
            flow.passed("5c", "authorizer", "the function answered isAuthorized true", "AUT-2")
            return None
        return flow.refused("5c", "authorizer", refuse_http(403), "the function answered isAuthorized false", "AUT-2")
    layers = {Layer.AUTHORIZER: compiled_policy(output.policy), **policies}
    rows = TABLE_B if flow.api.readings.lambda_authorizer == "table_b" else TABLE_A
    table = both(rows, Layer.AUTHORIZER) if policies else alone(Layer.AUTHORIZER)
    decision = situation.anonymous(layers, table)
    how = (_how_combined, flow, bool(policies), decision)
    return flow.decided("5c", "authorizer", decision, denied_by_authorizer, how, "GW-14", "GW-16")


def _how_combined(flow: Flow, attached: bool, decision: Decision) -> str:
    """How the function's document and the resource policy came to the decision, and the trap of GW-17."""
    if not attached:
        detail = "the function's document alone: no resource policy is attached"
    else:
        letter = "B" if flow.api.readings.lambda_authorizer == "table_b" else "A"
        detail = f"the function's document and the resource policy, by Table {letter}"
    allows = {statement.layer for statement in decision.determining_statements}
    if decision.allowed and Layer.AUTHORIZER not in allows:
        detail += (
            "; the function's document does not allow the call, the resource policy lets it in all the same (GW-17)"
        )
    if flow.cached is not None and decision.outcome is Outcome.IMPLICIT_DENY:
        detail += f"; policy was cached for {flow.cached.call}; no statement covers {flow.call.method} {flow.call.path}"
    return detail


def _sources(flow: Flow, authorizer: Authorizer) -> Refusal | None:
    """Without its identity sources a call is refused before the function is asked (AUT-4)."""
    call = described(in_context(flow), flow.api, flow.stage, flow.found_route)
    sources = read_sources(authorizer, flow.api.type, call)
    flow.key = sources.key
    refusal = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
    if sources.refusal is not None:
        return flow.refused("5c", "identity source", refusal, sources.refusal, "AUT-4")
    if sources.doubt is not None:
        flow.unknown("5c", "identity source", refusal, sources.doubt, "AUT-4", keys=sources.keys)
    return None


def _cognito(flow: Flow) -> Refusal | None:
    """5d. COGNITO_USER_POOLS: the token, then the resource policy alone, if one is attached (GW-15, AUT-7)."""
    refusal = _token(flow, "5d", check_cognito, "AUT-7")
    return refusal if refusal is not None else _behind_token(flow, "5d", "GW-15")


def _jwt(flow: Flow) -> Refusal | None:
    """5e. JWT: the token, then for REST APIs the resource policy as for Cognito (AUT-8, AUT-9)."""
    if flow.api.type is not _REST:
        return _token(flow, "5e", check_http_jwt, "AUT-8")
    refusal = _token(flow, "5e", check_rest_jwt, "AUT-9")
    return refusal if refusal is not None else _behind_token(flow, "5e", "AUT-9")


#: The key that tells the time of the call.
_TIME = ("aws:CurrentTime",)
_NO_CLAIMS = "the call brings no valid token: no claims were given; to send a valid token, give its claims"

Check = Callable[[Authorizer, tuple[str, ...], Mapping[str, object], float | None], TokenCheck]


def _token(flow: Flow, number: str, check: Check, rule: str) -> Refusal | None:
    """The token in its identity source, then its verified claims; without claims there is no valid token."""
    authorizer, route = flow.authorizer, flow.found_route
    missing = why_no_token(flow, authorizer)
    if missing is not None:
        return flow.refused(number, "token", refuse(flow.api.type, ResponseType.UNAUTHORIZED), missing, rule, "AUT-4")
    if flow.given.claims is None:
        refusal = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
        return flow.refused(number, "token", refusal, _NO_CLAIMS, rule)
    found = check(authorizer, route.scopes, flow.given.claims, flow.given.now)
    flow.notes.extend(f"assumed ({each}): AWS's pages do not say so in full" for each in found.assumed)
    if found.passed:
        flow.passed(number, "token", found.reason or "the token is good", rule)
        return None
    assert found.status is not None
    body = refuse_http(found.status) if flow.api.type is _HTTP else None
    refusal = body or Refusal(found.status, found.response_type, found.message)
    if found.unknown:
        flow.unknown(number, "token", refusal, found.reason, rule, keys=_TIME)
        return None
    if found.untimely:
        expired = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
        flow.unknown(
            number, "token", expired, "the time of the call is not known, and is looked at first", rule, keys=_TIME
        )
    return flow.refused(number, "token", refusal, found.reason, rule)


def _behind_token(flow: Flow, number: str, rule: str) -> Refusal | None:
    """The resource policy of a method that a token opens; by the other reading Table A, where silence is enough."""
    if flow.api.resource_policy is None:
        flow.passed(number, "resource policy", "none is attached: the token decides", rule)
        return None
    if flow.api.readings.cognito == "policy_alone":
        return _resource_policy(flow, number, "with a valid token the resource policy still has to allow", rule)
    situation = flow.found_situation
    decision = situation.anonymous(situation.resource_policies(), only_denies)
    detail = "a valid token allows, so by Table A a silent resource policy is enough"
    return flow.decided(number, "resource policy", decision, denied, detail, rule, "GW-16")


_METHODS: dict[AuthType, Callable[[Flow], Refusal | None]] = {
    _NONE: _none,
    _AWS_IAM: _iam,
    _CUSTOM: _lambda,
    _COGNITO: _cognito,
    _JWT: _jwt,
}


# 6. Cache


def _cache(flow: Flow) -> Refusal | None:
    """6. A call that invalidates the cache may need a permission; a foreign caller never has it (GW-24)."""
    api, call, stage = flow.api, flow.call, flow.stage
    if not call.headers or api.type is not _REST or call.method != "GET" or not _invalidates_cache(call):
        return None
    if not stage.cache_needs_permission:
        flow.passed("6", "cache invalidation", f"the stage {stage.name} lets anybody invalidate its cache", "GW-24")
        return None
    situation = flow.found_situation
    if api.auth_of(flow.found_route) is _AWS_IAM:
        decision = situation.iam("execute-api:InvalidateCache")
    else:
        decision = situation.anonymous(
            situation.resource_policies(), alone(Layer.RESOURCE), action="execute-api:InvalidateCache"
        )
    foreign = situation.caller is not None and situation.caller.principal.account not in ("", api.account)
    if decision.allowed and not foreign:
        flow.passed("6", "cache invalidation", "allowed", "GW-24", decision=decision)
        return None
    if stage.cache_refusal is CacheRefusal.FAIL_WITH_403:
        detail = "across accounts the cache cannot be invalidated" if foreign else "not allowed"
        refused = flow.decided("6", "cache invalidation", decision, denied, detail, "GW-24")
        if refused is not None or not foreign:
            return refused
        refusal = denied(api.type, decision) if not decision.allowed else refuse(api.type, ResponseType.ACCESS_DENIED)
        return flow.refused("6", "cache invalidation", refusal, detail, "GW-24")
    header = "with" if stage.cache_refusal is CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER else "without"
    flow.passed("6", "cache invalidation", f"not allowed; the call goes on {header} a warning header", "GW-24")
    return None


def _invalidates_cache(call: Call) -> bool:
    directives = ",".join(call.header("cache-control")).replace(" ", "").lower().split(",")
    return "max-age=0" in directives


# 7. API key


def _api_key(flow: Flow) -> Refusal | None:
    """7. The API key, from the header or from the authorizer's answer, never both (AUT-6)."""
    route = flow.found_route
    if not route.api_key_required:
        return None
    told = None if flow.output is None else flow.output.usage_identifier_key
    headers = {name: values[0] for name in flow.call.headers if (values := flow.call.header(name))}
    found = check_api_key(flow.api, flow.stage, route, headers, told)
    if found.passed:
        flow.passed("7", "API key", found.reason, "AUT-6")
        return None
    return flow.refused("7", "API key", refuse(flow.api.type, ResponseType.INVALID_API_KEY), found.reason, "AUT-6")


_GATES = (_domain, to_public_api, _route, _arn_length, _endpoint, _private_domain, _method, _cache, _api_key)
