"""Lambda authorizers: identity sources, the output of the function or the cache, Table A.

They implement AUT-2, AUT-3, AUT-4, AUT-5 and GW-14.
"""

from __future__ import annotations

from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.cache import CachedAnswer
from execpolicy.gateway.authorizers.event import event_of
from execpolicy.gateway.authorizers.function_errors import FunctionNotRunError
from execpolicy.gateway.authorizers.identity_sources import IdentitySourceValues, read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import with_api_context
from execpolicy.gateway.authorizers.output import AuthorizerOutput, compiled_policy
from execpolicy.gateway.flow.call_context import call_in_context
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.outcomes import alone, by_table_a, only_denies
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    denied_by_authorizer,
    refuse,
    refuse_http,
)
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ResponseType


def check_lambda_authorizer(state: CallState) -> Refusal | None:
    """5c. CUSTOM: explicit denies, identity sources, the function or the cache, then Table A (GW-14)."""
    checks = state.policy_checks
    policies = checks.resource_policies()
    if policies:
        first = checks.anonymous(policies, only_denies)
        detail = "before the function runs, only explicit denies count"
        refusal = state.decided("5c", "resource policy, first look", first, denied, detail, "GW-14")
        if refusal is not None:
            return refusal
    authorizer = state.authorizer
    refusal = _check_identity_sources(state, authorizer) or _answer(state, authorizer)
    if refusal is not None:
        return refusal
    output = state.output
    assert output is not None
    if output.policy is None:
        if output.is_authorized:
            state.passed("5c", "authorizer", "the function returned isAuthorized true", "AUT-2")
            return None
        return state.refused("5c", "authorizer", refuse_http(403), "the function returned isAuthorized false", "AUT-2")
    layers = {Layer.AUTHORIZER: compiled_policy(output.policy), **policies}
    table = by_table_a if policies else alone(Layer.AUTHORIZER)
    if checks.caller is None or state.assumes("GW-14", "the function's document sees an anonymous caller"):
        decision = checks.anonymous(layers, table)
    else:
        decision = checks.with_signer(Layer.AUTHORIZER, layers, table)
    how = (_how_combined, state, bool(policies), decision)
    assumed = ("AUT-2",) if output.doubt and decision.outcome is Outcome.IMPLICIT_DENY else ()
    return state.decided("5c", "authorizer", decision, denied_by_authorizer, how, "GW-14", "GW-16", assumed=assumed)


def _how_combined(state: CallState, attached: bool, decision: Decision) -> str:
    """How the policy of the function and the resource policy combined, with a warning about GW-17."""
    if not attached:
        detail = "the authorizer's policy alone: no resource policy is attached"
    else:
        detail = "the authorizer's policy and the resource policy, by Table A"
    allows = {statement.layer for statement in decision.determining_statements}
    if decision.allowed and Layer.AUTHORIZER not in allows:
        detail += (
            "; the authorizer's policy does not allow the call, but the resource policy does, and either is enough "
            "(GW-17)"
        )
    if state.cached is not None and decision.outcome is Outcome.IMPLICIT_DENY:
        detail += (
            f"; policy was cached for {state.cached.call}; no statement covers {state.call.method} {state.call.path}"
        )
    return detail


def read_sources(state: CallState, authorizer: Authorizer) -> IdentitySourceValues:
    """What a call has at the identity sources of the authorizer."""
    call = state.call
    if any("context." in source or "stageVariables." in source for source in authorizer.identity_sources):
        call = with_api_context(call_in_context(state), state.api, state.stage, state.found_route)
    return read_identity_sources(authorizer, state.api.type, call)


def _check_identity_sources(state: CallState, authorizer: Authorizer) -> Refusal | None:
    """A call without its identity sources is refused before the function is called (AUT-4)."""
    sources = read_sources(state, authorizer)
    state.key = sources.key
    if sources.refusal is None and sources.doubt is None:
        return None
    refusal = refuse(state.api.type, ResponseType.UNAUTHORIZED)
    if sources.refusal is not None:
        assumed = ("AUT-4",) if sources.assumed else ()
        return state.refused("5c", "identity source", refusal, sources.refusal, "AUT-4", assumed=assumed)
    assert sources.doubt is not None
    state.unknown("5c", "identity source", refusal, sources.doubt, "AUT-4", keys=sources.keys)
    return None


def _answer(state: CallState, authorizer: Authorizer) -> Refusal | None:
    """Get the output of the function, from the cache or from the arguments (AUT-2, AUT-3, AUT-5)."""
    given, api, stage = state.arguments, state.api, state.stage.name
    now = 0.0
    if given.cache is not None:
        now = given.time_in(given.cache)
        state.cached = given.cache.lookup(api, authorizer, state.key, now, stage=stage)
    if state.cached is not None:
        state.output = state.cached.output
        _check_keys(state, state.output)
        assumed = () if authorizer.invoke_permission else ("AUT-10",)
        state.passed("5c", "cache", (_used_again, state.cached), "AUT-5", assumed=assumed)
        return None
    if not authorizer.invoke_permission:
        refusal = refuse(api.type, ResponseType.AUTHORIZER_CONFIGURATION_ERROR)
        detail = f"API Gateway has no permission to invoke the function of {authorizer.name}"
        return state.refused("5c", "authorizer", refusal, detail, "AUT-10")
    state.output = output = _call_function(state, authorizer)
    _check_keys(state, output)
    if output.doubt:
        state.notes.append(f"{output.doubt} (AUT-2, assumed)")
    if output.failure is not None:
        kind = output.failure.response_type
        refusal = refuse(api.type, kind) if kind is not None else refuse_http(output.failure.status)
        # The only problem of AUT-2 in a document is a Resource that is too long.
        doubted = output.doubt or any(problem.rule == "AUT-2" for problem in output.problems)
        assumed = ("AUT-2",) if doubted else ()
        return state.refused("5c", "authorizer", refusal, output.failure.reason, output.failure.rule, assumed=assumed)
    if given.cache is not None:
        call = state.call
        given.cache.store(
            api, authorizer, state.key, now, output=output, method=call.method, path=call.path, stage=stage
        )
    return None


def _used_again(cached: CachedAnswer) -> str:
    return f"the output for {cached.call} is used again"


def _check_keys(state: CallState, output: AuthorizerOutput) -> None:
    """Refuse a key of another service that no policy names, now that the policy of the function is known (KEY-1)."""
    if state.arguments.key_check is not None:
        state.arguments.key_check.complete(output)


def _call_function(state: CallState, authorizer: Authorizer) -> AuthorizerOutput:
    """The output of the function: given as a value, or returned by a handler that is called now."""
    value = state.arguments.authorizer_output
    if isinstance(value, AuthorizerOutput):
        return value
    if value is None:
        raise RequestError(
            f"{state.found_route.key} uses the Lambda authorizer {authorizer.name}, whose output was not given",
            advice="give authorizer_output: what the function returns, the function itself, or the exception it raises",
            rule="GW-14",
        )
    if callable(value) and not isinstance(value, type):
        event = event_of(
            state.api, state.stage, state.found_route, state.parameters, call_in_context(state), arn=state.arn
        )
        try:
            value = value(event, None)
            # To API Gateway a text that a function returns is a JSON string, not the message of an exception.
            value = json_of(value) if isinstance(value, str) else value
        except FunctionNotRunError:
            raise
        except Exception as error:  # noqa: BLE001 - every exception of the user's function is output (AUT-3)
            value = error
    return AuthorizerOutput.parse(
        value,
        api_type=state.api.type,
        payload_format=authorizer.payload_format,
        simple_responses=authorizer.simple_responses,
    )


def json_of(text: str) -> str:
    """A text as a JSON string."""
    from json import dumps  # only for handlers that return text

    return dumps(text)
