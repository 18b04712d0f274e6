"""Lambda authorizers: identity sources, the answer of the function or the cache, Table A (AUT-2 to AUT-5, GW-14)."""

from __future__ import annotations

from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.event import event_of
from execpolicy.gateway.authorizers.identity_sources import described, read_sources
from execpolicy.gateway.authorizers.output import AuthorizerOutput, compiled_policy
from execpolicy.gateway.flow.call_context import call_in_context
from execpolicy.gateway.flow.gates import Flow
from execpolicy.gateway.flow.outcomes import TABLE_A, TABLE_B, alone, both, only_denies
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    denied_by_authorizer,
    refuse,
    refuse_http,
)
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ResponseType


def check_lambda_authorizer(flow: Flow) -> Refusal | None:
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
    refusal = _check_identity_sources(flow, authorizer) or _answer(flow, authorizer)
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


def _check_identity_sources(flow: Flow, authorizer: Authorizer) -> Refusal | None:
    """Without its identity sources a call is refused before the function is asked (AUT-4)."""
    call = described(call_in_context(flow), flow.api, flow.stage, flow.found_route)
    sources = read_sources(authorizer, flow.api.type, call)
    flow.key = sources.key
    refusal = refuse(flow.api.type, ResponseType.UNAUTHORIZED)
    if sources.refusal is not None:
        return flow.refused("5c", "identity source", refusal, sources.refusal, "AUT-4")
    if sources.doubt is not None:
        flow.unknown("5c", "identity source", refusal, sources.doubt, "AUT-4", keys=sources.keys)
    return None


def _answer(flow: Flow, authorizer: Authorizer) -> Refusal | None:
    """The function's answer, from the cache or from what was given (AUT-2, AUT-3, AUT-5)."""
    given, api, stage = flow.given, flow.api, flow.stage.name
    if given.cache is not None:
        flow.cached = given.cache.lookup(api, authorizer, flow.key, given.time, stage=stage)
    if flow.cached is not None:
        flow.output = flow.cached.output
        _check_keys(flow, flow.output)
        flow.passed("5c", "cache", f"the answer to {flow.cached.call} is used again", "AUT-5")
        return None
    flow.output = output = _asked(flow, authorizer)
    _check_keys(flow, output)
    if output.doubt:
        flow.notes.append(f"{output.doubt} (AUT-2, assumed; reports differ)")
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


def _check_keys(flow: Flow, output: AuthorizerOutput) -> None:
    """Refuse a key of another service that no policy names, now that the document of the function is known (KEY-1)."""
    if flow.given.unnamed is not None:
        flow.given.unnamed.refuse(output)


def _asked(flow: Flow, authorizer: Authorizer) -> AuthorizerOutput:
    """What the function returns: given as it is, or by a handler that is asked now."""
    value = flow.given.authorizer_output
    if isinstance(value, AuthorizerOutput):
        return value
    if value is None:
        raise RequestError(
            f"{flow.found_route.key} asks the Lambda authorizer {authorizer.name}, and its answer was not given",
            advice="give authorizer_output: what the function returns, the function itself, or the exception it raises",
            rule="GW-14",
        )
    if callable(value) and not isinstance(value, type):
        event = event_of(flow.api, flow.stage, flow.found_route, flow.parameters, call_in_context(flow), arn=flow.arn)
        try:
            value = value(event, None)
            # A text that a function returns is a JSON string to API Gateway; a message is what it raises.
            value = json_of(value) if isinstance(value, str) else value
        except Exception as error:  # noqa: BLE001 - whatever the user's function raises is its answer (AUT-3)
            value = error
    return AuthorizerOutput.parse(
        value,
        api_type=flow.api.type,
        payload_format=authorizer.payload_format,
        simple_responses=authorizer.simple_responses,
    )


def json_of(text: str) -> str:
    """The JSON string that stands for a text."""
    from json import dumps  # only handlers that answer with text

    return dumps(text)
