"""What becomes of a call to an API: API Gateway's own flow, gate by gate.

1. Domain: the host and the base path lead to a stage (GW-28).
2. Route: the call finds a route (GW-26); an HTTP API with CORS answers preflight requests itself (GW-27).
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
from typing import Any

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.api import Api
from execpolicy.gateway.api_keys import check_api_key
from execpolicy.gateway.authorizer import Authorizer
from execpolicy.gateway.authorizer_event import event_of, sent
from execpolicy.gateway.authorizer_output import AuthorizerOutput, compiled_policy
from execpolicy.gateway.cache import AuthorizerCache
from execpolicy.gateway.claims import TokenCheck, check_cognito, check_http_jwt, check_rest_jwt
from execpolicy.gateway.domain import Domain
from execpolicy.gateway.execute_api_arn import ExecuteApiArn, normalised_path
from execpolicy.gateway.flow import Flow, Given
from execpolicy.gateway.identity_sources import Call, described, read_sources
from execpolicy.gateway.names import ApiType, AuthType, CacheRefusal, ResponseType
from execpolicy.gateway.outcomes import TABLE_A, TABLE_B, alone, both, only_denies
from execpolicy.gateway.refusals import Refusal, denied, denied_by_authorizer, refuse, refuse_http
from execpolicy.gateway.response import GatewayResponse
from execpolicy.gateway.route import Route
from execpolicy.gateway.routing import Match, NoPlace, find_route, place_of_call, why_no_route
from execpolicy.gateway.situation import Situation, compiled
from execpolicy.language import principal as kinds
from execpolicy.language.context import Context
from execpolicy.language.operators import read_date
from execpolicy.language.principal import Principal

SIGNATURES = ("valid", "invalid", "expired")


def invoke(
    api: Api,
    method: str,
    path: str = "",
    *,
    caller: Caller | Principal | str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    context: Context | Mapping[str, Any] | None = None,
    vpc_endpoint_policy: Policy | None = None,
    domain_name: str | None = None,
    authorizer_output: Any = None,
    claims: Mapping[str, object] | None = None,
    cache: AuthorizerCache | None = None,
    at: object = None,
    signature: str = "valid",
) -> GatewayResponse:
    """Send a call through the gates of an API. ``Api.invoke`` documents the arguments."""
    call, given = _read(
        api,
        method,
        path,
        caller=caller,
        headers=headers,
        query=query,
        context=context,
        vpc_endpoint_policy=vpc_endpoint_policy,
        domain_name=domain_name,
        authorizer_output=authorizer_output,
        claims=claims,
        cache=cache,
        at=at,
        signature=signature,
    )
    flow = Flow(api, call, given, api.readings)
    response = flow.response(_run(flow))
    return response.with_notes(_other_readings(flow, response))


def _read(
    api: Api,
    method: str,
    path: str,
    *,
    caller: Caller | Principal | str | None,
    headers: Mapping[str, Any] | None,
    query: Mapping[str, Any] | None,
    context: Context | Mapping[str, Any] | None,
    at: object,
    signature: str,
    **given: Any,
) -> tuple[Call, Given]:
    """The arguments of a call, each read and checked."""
    told = context if isinstance(context, Context) else Context(context)
    if signature not in SIGNATURES:
        raise UsageError(f"signature is {', '.join(SIGNATURES)}, found {signature!r}", rule="GW-18")
    policy = given["vpc_endpoint_policy"]
    if policy is not None and not (isinstance(policy, Policy) and policy.kind is PolicyKind.VPC_ENDPOINT):
        raise UsageError("vpc_endpoint_policy is a policy of kind vpc_endpoint", rule="POL-8")
    who = caller if caller is None or isinstance(caller, Caller) else Caller(caller)
    if who is not None and who.principal.kind == kinds.ANONYMOUS:
        who = None
    now = _moment(at) if at is not None else _clock_of(told)
    call = Call(
        method, path if path or api.type is ApiType.WEBSOCKET else "/", sent(headers, "headers"), sent(query, "query")
    )
    return call, Given(caller=who, context=told, now=now, signature=signature, **given)


def _moment(at: object) -> float:
    """A time in seconds since 1970."""
    text = next(iter(Context({"aws:CurrentTime": at}).values.values()))[0]
    seconds = read_date(text)
    assert seconds is not None, "the context refuses what is no date"
    return float(seconds)


def _clock_of(context: Context) -> float | None:
    for key in ("aws:CurrentTime", "aws:EpochTime"):
        given = context.get(key)
        if given is not None and len(given) == 1:
            return _moment(given[0])
    return None


def _run(flow: Flow) -> Refusal | None:
    """Every gate in order, up to the one that refuses."""
    for gate in (_domain, _route, _endpoint, _private_domain, _method, _cache, _api_key):
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
        return None
    place = place_of_call(flow.api, flow.call.path, name)
    if isinstance(place, NoPlace):
        refusal = (
            refuse_http(place.status) if flow.api.type is ApiType.HTTP else Refusal(place.status, None, "Forbidden")
        )
        return flow.refused("1", "domain", refusal, place.reason, "GW-28")
    flow.stage, flow.domain = place.stage, place.domain
    flow.call = flow.call._replace(path=place.path)
    flow.passed("1", "domain", f"{name} leads to the stage {place.stage.name} and the path {place.path}", "GW-28")
    return None


# 2. Route


def _route(flow: Flow) -> Refusal | None:
    """2. The call finds a route (GW-26, GW-27), and its ARN is known (GW-2)."""
    api = flow.api
    if flow.readings.path == "normalised" and api.type is not ApiType.WEBSOCKET:
        flow.call = flow.call._replace(path=normalised_path(flow.call.path))
    call = flow.call
    match = _connection(flow) or find_route(api, call.method, call.path)
    if _answers_preflight(flow, match):
        flow.passed("2", "preflight", "the HTTP API answers it from its CORS configuration", "GW-27")
        flow.answered = True
        return None
    if match is None:
        return flow.refused("2", "route", _no_route(flow), why_no_route(api, call.method, call.path), "GW-26", "MSG-3")
    flow.route, flow.parameters = match.route, match.parameters
    flow.arn = _arn(flow)
    flow.situation = Situation(flow.arn, _context(flow), flow.given.caller, api.target, private=api.is_private)
    detail = f"{match.route.key} on stage {flow.stage.name}, asks for {api.auth_of(match.route)}"
    flow.passed("2", "route", detail, "GW-26")
    return None


def _answers_preflight(flow: Flow, match: Match | None) -> bool:
    """Whether an HTTP API answers for itself, and no ``$default`` route with an authorizer catches it (GW-27)."""
    api, call = flow.api, flow.call
    if api.type is not ApiType.HTTP or not api.cors or call.method != "OPTIONS":
        return False
    if not (call.header("origin") and call.header("access-control-request-method")):
        return False
    caught = match is not None and match.route.key == "$default" and api.auth_of(match.route) is not AuthType.NONE
    return not caught


CONNECTIONS = "/@connections"


def _connection(flow: Flow) -> Match | None:
    """A call to a connection of a WebSocket API finds no route; it always asks for AWS_IAM (GW-1)."""
    if flow.api.type is not ApiType.WEBSOCKET or not flow.call.path.startswith(CONNECTIONS):
        return None
    return Match(Route("@connections", auth=AuthType.AWS_IAM), {})


def _no_route(flow: Flow) -> Refusal:
    if flow.api.type is ApiType.HTTP:
        return refuse_http(404)
    return refuse(flow.api.type, ResponseType.MISSING_AUTHENTICATION_TOKEN)


def _arn(flow: Flow) -> str:
    api, call = flow.api, flow.call
    build = partial(ExecuteApiArn.build, region=api.region, account=api.account, api_id=api.id, stage=flow.stage.name)
    if api.type is not ApiType.WEBSOCKET:
        return str(build(method=call.method, path=call.path))
    if call.path.startswith(CONNECTIONS):
        connection = call.path[len(CONNECTIONS) + 1 :]
        return str(
            build(method=call.method, connection_id=connection)
            if connection
            else build(method=call.method, path=call.path)
        )
    return str(build(route_key=call.method))


def _context(flow: Flow) -> Context:
    """What the call itself tells of the condition keys, beside what was given (KEY-3, KEY-6, GW-20)."""
    given = flow.given.context
    told: dict[str, Any] = {
        "aws:UserAgent": next(iter(flow.call.header("user-agent")), None),
        "aws:Referer": next(iter(flow.call.header("referer")), None),
        "aws:CurrentTime": None if flow.given.now is None else str(flow.given.now),
    }
    if flow.domain is not None and flow.domain.is_private:
        told["execute-api:viaDomainArn"] = _domain_arn(flow.api, flow.domain)
    clocks = any(given.get(key) for key in ("aws:CurrentTime", "aws:EpochTime"))
    more = {
        key: value
        for key, value in told.items()
        if value is not None and given.get(key) is None and not (clocks and key == "aws:CurrentTime")
    }
    return Context({**given.values, **more}, complete=given.complete)


def _domain_arn(api: Api, domain: Domain) -> str:
    return str(
        ExecuteApiArn.build(region=api.region, account=api.account, domain_name=domain.name, domain_id=domain.id)
    )


# 3. VPC endpoint


def _endpoint(flow: Flow) -> Refusal | None:
    """3. A private API needs a resource policy, and the endpoint's policy sees who signed (GW-18, GW-19)."""
    api, policy = flow.api, flow.given.vpc_endpoint_policy
    if not api.is_private:
        if policy is not None:
            raise UsageError(f"{api.id} is {api.endpoint}: no VPC endpoint policy has a say", rule="GW-19")
        return None
    if api.resource_policy is None:
        refusal = refuse(api.type, ResponseType.ACCESS_DENIED, _ANONYMOUS_DENIED.format(flow.arn))
        return flow.refused("3", "private API", refusal, "without a resource policy every call is denied", "GW-19")
    if policy is None:
        flow.passed("3", "VPC endpoint", "it has no policy of its own, so it lets everything pass", "EVL-7", "GW-19")
        return None
    layers = {Layer.VPC_ENDPOINT: compiled(policy)}
    for arn, what in _endpoint_arns(flow):
        decision = _situation(flow).signer(layers, alone(Layer.VPC_ENDPOINT), arn=arn)
        refused = flow.decided("3", "VPC endpoint", decision, denied(api.type, decision), what, "GW-18", "GW-19")
        if refused is not None:
            return refused
    return None


def _endpoint_arns(flow: Flow) -> list[tuple[str, str]]:
    """The endpoint's policy has to admit the API, and the private domain by which the call came (GW-20)."""
    arns = [(flow.arn, "the endpoint's policy for the API")]
    if flow.domain is not None and flow.domain.is_private:
        arns.append((_domain_arn(flow.api, flow.domain), "the endpoint's policy for the private domain"))
    return arns


_ANONYMOUS_DENIED = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {}"


# 4. Private domain


def _private_domain(flow: Flow) -> Refusal | None:
    """4. The endpoint is associated with the domain, and the domain's policy allows; it denies by default (GW-20)."""
    domain = flow.domain
    if domain is None or not domain.is_private:
        return None
    situation, api = _situation(flow), flow.api
    arn = _domain_arn(api, domain)
    refusal = refuse(api.type, ResponseType.ACCESS_DENIED, _ANONYMOUS_DENIED.format(arn))
    endpoint = (situation.context.get("aws:SourceVpce") or ("",))[0]
    if endpoint not in domain.associated_endpoints:
        found = endpoint or "none that is told"
        detail = f"the call came through the endpoint {found}, the domain is associated with "
        listed = ", ".join(domain.associated_endpoints) or "none"
        return flow.refused("4", "private domain", refusal, detail + listed, "GW-20")
    if domain.policy is None:
        return flow.refused("4", "private domain", refusal, "without a policy the domain denies every call", "GW-20")
    layers = {Layer.DOMAIN_NAME: compiled(domain.policy)}
    decision = situation.signer(layers, alone(Layer.DOMAIN_NAME), arn=arn)
    return flow.decided("4", "private domain", decision, denied(api.type, decision), "the domain's policy", "GW-20")


# 5. Authorization of the method


def _method(flow: Flow) -> Refusal | None:
    """5. Each kind of authorization meets the resource policy in its own way."""
    route, api = _found(flow), flow.api
    if api.type is ApiType.WEBSOCKET and route.key not in ("$connect", "@connections"):
        return _message(flow)
    return _METHODS[api.auth_of(route)](flow)


def _message(flow: Flow) -> Refusal | None:
    """A WebSocket API authorizes on $connect alone; policies for other routes are evaluated as written (GW-21)."""
    api = flow.api
    flow.notes.append("AWS authorizes $connect alone and checks no policy for each message (GW-21)")
    connect = next((route for route in api.routes if route.key == "$connect"), None)
    if connect is not None and api.auth_of(connect) is AuthType.AWS_IAM and flow.given.caller is not None:
        decision = _situation(flow).iam()
        detail = "the caller's policies as written, which AWS does not check for a message"
        return flow.decided("5b", "IAM", decision, denied(api.type, decision), detail, "GW-21")
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
    situation = _situation(flow)
    decision = situation.anonymous(situation.resource_policies(), alone(Layer.RESOURCE))
    return flow.decided(number, "resource policy", decision, denied(flow.api.type, decision), detail, *rules)


def _iam(flow: Flow) -> Refusal | None:
    """5b. AWS_IAM: the signature, then the caller's policies and the resource policy as IAM combines them (GW-13)."""
    api, situation = flow.api, _situation(flow)
    refusal = _signature(flow)
    if refusal is not None:
        return refusal
    decision = situation.iam(_action(flow))
    if api.type is not ApiType.REST:
        detail = (
            f"the caller's policies; {api.type} APIs have no resource policy, so a caller of another account is denied"
        )
        return flow.decided("5b", "IAM", decision, denied(api.type, decision), detail, "GW-11", "GW-13")
    detail = "the caller's policies and the resource policy"
    return flow.decided("5b", "IAM", decision, denied(api.type, decision), detail, "GW-13")


def _signature(flow: Flow) -> Refusal | None:
    api, signature = flow.api, flow.given.signature
    if flow.given.caller is None:
        refusal = refuse(api.type, ResponseType.MISSING_AUTHENTICATION_TOKEN)
        return flow.refused("5b", "signature", refusal, "the call is not signed", "GW-13", "MSG-3")
    if signature != "valid":
        kind = ResponseType.INVALID_SIGNATURE if signature == "invalid" else ResponseType.EXPIRED_TOKEN
        return flow.refused(
            "5b", "signature", refuse(api.type, kind), f"the signature is {signature}", "GW-18", "MSG-3"
        )
    flow.passed("5b", "signature", f"signed by {flow.given.caller.principal.arn}", "GW-18")
    return None


def _action(flow: Flow) -> str:
    return "execute-api:ManageConnections" if _found(flow).key == "@connections" else "execute-api:Invoke"


def _lambda(flow: Flow) -> Refusal | None:
    """5c. CUSTOM: a first look, identity sources, the function or its cached answer, then Table A (GW-14)."""
    situation, api = _situation(flow), flow.api
    policies = situation.resource_policies()
    if policies:
        first = situation.anonymous(policies, only_denies)
        detail = "before the function runs, explicit denies alone count"
        refusal = flow.decided("5c", "resource policy, first look", first, denied(api.type, first), detail, "GW-14")
        if refusal is not None:
            return refusal
    authorizer = _authorizer(flow)
    refusal = _sources(flow, authorizer) or _answer(flow, authorizer)
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
    rows = TABLE_B if flow.readings.lambda_authorizer == "table_b" else TABLE_A
    table = both(rows, Layer.AUTHORIZER) if policies else alone(Layer.AUTHORIZER)
    decision = situation.anonymous(layers, table)
    detail = _how_combined(flow, bool(policies), decision)
    return flow.decided(
        "5c", "authorizer", decision, denied_by_authorizer(api.type, decision), detail, "GW-14", "GW-16"
    )


def _how_combined(flow: Flow, attached: bool, decision: Decision) -> str:
    """How the function's document and the resource policy came to the decision, and the trap of GW-17."""
    if not attached:
        detail = "the function's document alone: no resource policy is attached"
    else:
        letter = "B" if flow.readings.lambda_authorizer == "table_b" else "A"
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
    call = described(_in_context(flow), flow.api, flow.stage, _found(flow))
    sources = read_sources(authorizer, flow.api.type, call)
    flow.key = sources.key
    if sources.refusal is None:
        return None
    refusal = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
    return flow.refused("5c", "identity source", refusal, sources.refusal, "AUT-4")


def _in_context(flow: Flow) -> Call:
    """The call with what the condition keys tell of it."""
    values = {name: given[0] for name, given in _situation(flow).context.values.items() if len(given) == 1}
    return flow.call._replace(context=values)


def _answer(flow: Flow, authorizer: Authorizer) -> Refusal | None:
    """The function's answer, from the cache or from what was given (AUT-2, AUT-3, AUT-5)."""
    given, api, stage = flow.given, flow.api, flow.stage.name
    if given.cache is not None:
        flow.cached = given.cache.lookup(api, authorizer, flow.key, given.time, stage=stage)
    if flow.cached is not None:
        flow.output = flow.cached.output
        flow.passed("5c", "cache", f"the answer to {flow.cached.call} is used again", "AUT-5")
        return None
    flow.output = output = _asked(flow, authorizer)
    if output.failure is not None:
        kind = output.failure.response_type
        refusal = refuse(api.type, kind) if kind is not None else refuse_http(output.failure.status)
        return flow.refused("5c", "authorizer", refusal, output.failure.reason, output.failure.rule)
    if given.cache is not None:
        call = flow.call
        given.cache.store(
            api, authorizer, flow.key, given.time, output=output, method=call.method, path=call.path, stage=stage
        )
    return None


def _asked(flow: Flow, authorizer: Authorizer) -> AuthorizerOutput:
    """What the function returns: given as it is, or by a handler that is asked now."""
    value = flow.given.authorizer_output
    if isinstance(value, AuthorizerOutput):
        return value
    if value is None:
        raise RequestError(
            f"{_found(flow).key} asks the Lambda authorizer {authorizer.name}, and its answer was not given",
            advice="give authorizer_output: what the function returns, the function itself, or the exception it raises",
            rule="GW-14",
        )
    if callable(value) and not isinstance(value, type):
        event = event_of(flow.api, flow.stage, _found(flow), flow.parameters, _in_context(flow), arn=flow.arn)
        try:
            value = value(event, None)
        except Exception as error:  # noqa: BLE001 - whatever the user's function raises is its answer (AUT-3)
            value = error
    return AuthorizerOutput.parse(
        value,
        api_type=flow.api.type,
        payload_format=authorizer.payload_format,
        simple_responses=authorizer.simple_responses,
    )


def _cognito(flow: Flow) -> Refusal | None:
    """5d. COGNITO_USER_POOLS: the token, then the resource policy alone, if one is attached (GW-15, AUT-7)."""
    refusal = _token(flow, "5d", check_cognito, "AUT-7")
    return refusal if refusal is not None else _behind_token(flow, "5d", "GW-15")


def _jwt(flow: Flow) -> Refusal | None:
    """5e. JWT: the token, then for REST APIs the resource policy as for Cognito (AUT-8, AUT-9)."""
    if flow.api.type is not ApiType.REST:
        return _token(flow, "5e", check_http_jwt, "AUT-8")
    refusal = _token(flow, "5e", check_rest_jwt, "AUT-9")
    return refusal if refusal is not None else _behind_token(flow, "5e", "AUT-9")


Check = Callable[[Authorizer, tuple[str, ...], Mapping[str, object], float | None], TokenCheck]


def _token(flow: Flow, number: str, check: Check, rule: str) -> Refusal | None:
    """The token's verified claims; without claims there is no token."""
    authorizer, route = _authorizer(flow), _found(flow)
    if flow.given.claims is None:
        refusal = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
        return flow.refused(number, "token", refusal, "the call brings no valid token (give claims)", rule)
    found = check(authorizer, route.scopes, flow.given.claims, flow.given.now)
    flow.notes.extend(f"assumed ({each}): AWS's pages do not say so in full" for each in found.assumed)
    if found.passed:
        flow.passed(number, "token", found.reason or "the token is good", rule)
        return None
    if found.unknown:
        flow.unknown(number, "token", found.reason, rule)
        return None
    assert found.status is not None
    body = refuse_http(found.status) if flow.api.type is ApiType.HTTP else None
    refusal = body or Refusal(found.status, found.response_type, found.message)
    return flow.refused(number, "token", refusal, found.reason, rule)


def _behind_token(flow: Flow, number: str, rule: str) -> Refusal | None:
    """The resource policy of a method that a token opens; by the other reading Table A, where silence is enough."""
    if flow.api.resource_policy is None:
        flow.passed(number, "resource policy", "none is attached: the token decides", rule)
        return None
    if flow.readings.cognito == "policy_alone":
        return _resource_policy(flow, number, "with a valid token the resource policy still has to allow", rule)
    situation = _situation(flow)
    decision = situation.anonymous(situation.resource_policies(), only_denies)
    detail = "a valid token allows, so by Table A a silent resource policy is enough"
    return flow.decided(number, "resource policy", decision, denied(flow.api.type, decision), detail, rule, "GW-16")


_METHODS: dict[AuthType, Callable[[Flow], Refusal | None]] = {
    AuthType.NONE: _none,
    AuthType.AWS_IAM: _iam,
    AuthType.CUSTOM: _lambda,
    AuthType.COGNITO_USER_POOLS: _cognito,
    AuthType.JWT: _jwt,
}


# 6. Cache


def _cache(flow: Flow) -> Refusal | None:
    """6. A call that invalidates the cache may need a permission; a foreign caller never has it (GW-24)."""
    api, call, stage = flow.api, flow.call, flow.stage
    if api.type is not ApiType.REST or call.method != "GET" or not _invalidates_cache(call):
        return None
    if not stage.cache_needs_permission:
        flow.passed("6", "cache invalidation", f"the stage {stage.name} lets anybody invalidate its cache", "GW-24")
        return None
    situation = _situation(flow)
    if api.auth_of(_found(flow)) is AuthType.AWS_IAM:
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
        refusal = denied(api.type, decision) if not decision.allowed else refuse(api.type, ResponseType.ACCESS_DENIED)
        return flow.decided("6", "cache invalidation", decision, refusal, detail, "GW-24") or (
            flow.refused("6", "cache invalidation", refusal, detail, "GW-24") if foreign else None
        )
    header = "with" if stage.cache_refusal is CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER else "without"
    flow.passed("6", "cache invalidation", f"not allowed; the call goes on {header} a warning header", "GW-24")
    return None


def _invalidates_cache(call: Call) -> bool:
    directives = ",".join(call.header("cache-control")).replace(" ", "").lower().split(",")
    return "max-age=0" in directives


# 7. API key


def _api_key(flow: Flow) -> Refusal | None:
    """7. The API key, from the header or from the authorizer's answer, never both (AUT-6)."""
    route = _found(flow)
    if not route.api_key_required:
        return None
    told = None if flow.output is None else flow.output.usage_identifier_key
    headers = {name: values[0] for name in flow.call.headers if (values := flow.call.header(name))}
    found = check_api_key(flow.api, flow.stage, route, headers, told)
    if found.passed:
        flow.passed("7", "API key", found.reason, "AUT-6")
        return None
    return flow.refused("7", "API key", refuse(flow.api.type, ResponseType.INVALID_API_KEY), found.reason, "AUT-6")


# What else should be known


def _other_readings(flow: Flow, response: GatewayResponse) -> list[str]:
    """Where another reading of AWS's pages would give another answer (GW-4, GW-14, GW-15)."""
    notes = []
    for name, other in _alternatives(flow):
        again = Flow(flow.api, flow.call, flow.given.with_output(flow.output), flow.readings._replace(**{name: other}))
        found = again.response(_run(again))
        if found.status != response.status:
            now = getattr(flow.readings, name)
            notes.append(f"by the reading {name}={other} the answer would be {found.status}; this is {name}={now}")
    return notes


def _alternatives(flow: Flow) -> list[tuple[str, str]]:
    """The readings that could matter to this call."""
    if flow.route is None:
        return []
    auth, attached = flow.api.auth_of(flow.route), flow.api.resource_policy is not None
    found = []
    if attached and (auth is AuthType.COGNITO_USER_POOLS or (auth is AuthType.JWT and flow.api.type is ApiType.REST)):
        found.append(("cognito", "table_a" if flow.readings.cognito == "policy_alone" else "policy_alone"))
    if attached and auth is AuthType.CUSTOM:
        found.append(("lambda_authorizer", "table_b" if flow.readings.lambda_authorizer == "table_a" else "table_a"))
    if flow.readings.path == "as_sent" and _may_be_normalised(flow):
        found.append(("path", "normalised"))
    return found


def _may_be_normalised(flow: Flow) -> bool:
    return flow.api.type is not ApiType.WEBSOCKET and normalised_path(flow.call.path) != flow.call.path


def _found(flow: Flow) -> Route:
    assert flow.route is not None, "the route is found before any gate asks for it"
    return flow.route


def _situation(flow: Flow) -> Situation:
    assert flow.situation is not None, "the ARN is known before any policy is asked"
    return flow.situation


def _authorizer(flow: Flow) -> Authorizer:
    name = _found(flow).authorizer
    assert name is not None, "the API refuses a route that lacks the authorizer it asks for"
    return flow.api.authorizer(name)
