"""What a Lambda authorizer answers: from the cache, as it was given, or by asking a handler (AUT-2 to AUT-5)."""

from __future__ import annotations

from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.event import event_of
from execpolicy.gateway.authorizers.identity_sources import Call
from execpolicy.gateway.authorizers.output import AuthorizerOutput
from execpolicy.gateway.flow.gates import Flow
from execpolicy.gateway.flow.refusals import Refusal, refuse, refuse_http
from execpolicy.gateway.flow.vpc_endpoint import of_endpoint
from execpolicy.gateway.model.authorizer import Authorizer


def json_of(text: str) -> str:
    """The JSON string that stands for a text."""
    from json import dumps  # only handlers that answer with text

    return dumps(text)


def in_context(flow: Flow) -> Call:
    """The call with what the condition keys and the host that it used tell of it."""
    context = flow.found_situation.context
    values = {name: given[0] for name, given in context.values.items() if len(given) == 1}
    return flow.call._replace(context={**values, **_of_host(flow)}, complete=context.complete)


def _of_host(flow: Flow) -> dict[str, str]:
    """The context variables that follow from the host of the call; none where no host is told (AUT-5).

    The host is that of the Host header where the call came by an endpoint's own host, or where only the header tells
    it. The path is the whole path of the URL, with the stage or the base path.
    """
    told = flow.given.domain_name
    header = [sent.partition(":")[0] for sent in flow.call.header("host")]
    host = header[-1] if header and (told is None or of_endpoint(told.lower())) else told
    if host is None:
        return {}
    found = {"domainName": host, "domainPrefix": host.partition(".")[0]}
    return found if told is None else {**found, "path": flow.arrived.path or "/"}


def answer(flow: Flow, authorizer: Authorizer) -> Refusal | None:
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
        event = event_of(flow.api, flow.stage, flow.found_route, flow.parameters, in_context(flow), arn=flow.arn)
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
