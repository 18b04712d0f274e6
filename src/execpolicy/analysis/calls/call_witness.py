"""Calls to APIs that show a difference: made from a box, and simulated on both sides before they are shown (ANA-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.calls.credentials import api_key_of, credentials
from execpolicy.analysis.calls.missing_keys import missing_key
from execpolicy.analysis.calls.sent_call import SentCall, is_by_stage
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.witness import Witness, WitnessCall, context_of
from execpolicy.engine.clause import spelled
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.arguments import read_arguments
from execpolicy.gateway.flow.invoke import invoke
from execpolicy.gateway.flow.routing import CONNECT, find_route
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.names import ApiType
from execpolicy.language.context_keys import TIME_KEYS
from execpolicy.language.dates import read_date

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.calls.call_hosts import HostCalls
    from execpolicy.analysis.calls.reached_arns import ReachingCalls
    from execpolicy.analysis.witness import RequestParts
    from execpolicy.engine.caller import Caller
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.route import Route


#: The argument that each version has for itself.
_OUTPUT = "authorizer_output"


def confirmed_call(
    reaching: ReachingCalls,
    parts: RequestParts,
    box: Box,
    *,
    before: ApiDefinition,
    after: ApiDefinition,
    allowed_after: bool,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Witness | str | None:
    """The witness of a call, if the simulation confirms that only one version, the meant one, lets it through.

    Else None, or why the call cannot be simulated.

    Args:
        reaching: the calls that it is one of, by host.
        parts: what the call is made of.
        box: the calls that it is one of.
        before: the version before the change.
        after: the version after it.
        allowed_after: whether the call gets through after the change, and not before.
        headers: what every call sends besides what it presents.
    """
    for way in reaching.by_arn(parts.resource):
        call = call_of(parts, box, (before, after), way, reaching.version, headers=headers)
        if call is None:
            continue
        was, is_now = response_or_none(call_before(call), before), response_or_none(call, after)
        if was is None or is_now is None or CallOutcome.INDETERMINATE in (was.outcome, is_now.outcome):
            continue
        if (was.allowed, is_now.allowed) == (not allowed_after, allowed_after):
            return Witness(call, was, is_now, _preference(call, parts))
    return missing_key(parts, (before, after))


def confirmed_by_api(  # noqa: PLR0917  # the first four are bound, the last two are what every search gives
    api: ApiDefinition,
    callers: Sequence[Caller],
    gets_through: bool,
    reaching: ReachingCalls | None,
    parts: RequestParts,
    box: Box,
) -> Witness | str | None:
    """The witness of a call, if the simulation confirms that it gets through, or that it does not.

    Else None, or why the call cannot be simulated.

    Args:
        api: the API.
        callers: the callers whose policies are given.
        gets_through: which of the two is meant.
        reaching: the calls that it is one of, by host; None for a call to its stage by the API's own host.
        parts: what the call is made of.
        box: the calls that it is one of.
    """
    for way in (None,) if reaching is None else reaching.by_arn(parts.resource):
        call = call_of(parts, box, (api,), way)
        response = None if call is None else response_or_none(call, api, callers)
        if call is None or response is None or response.outcome is CallOutcome.INDETERMINATE:
            continue
        if response.allowed is gets_through:
            return Witness(call, None, response, _preference(call, parts))
    return missing_key(parts, (api,))


def call_of(
    parts: RequestParts,
    box: Box,
    apis: tuple[ApiDefinition, ...],
    way: HostCalls | None = None,
    version: int = 0,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> WitnessCall | None:
    """The call whose request has these parts; None if its ARN is not that of a call.

    Args:
        parts: what the request is made of.
        box: the calls that it is one of.
        apis: the API, or its versions before and after a change. Each has the answer of its own Lambda authorizer.
        way: the calls to one host that it is one of; None for a call to its stage by the API's own host.
        version: the place of the version whose ARN the request has.
        headers: what the call sends besides what it presents.
    """
    called = parts.called
    if called is None:
        return None
    stage, method, path = called
    sent = SentCall.by_stage(stage, path, len(apis))
    if way is not None and not is_by_stage(way, apis):
        sent = SentCall.by_host(way, path, version, apis)
    context = parts.given
    try:
        presented = _presented(apis, method, sent.paths_in_arns, box, context, api_key=api_key_of(apis, sent.stage))
    except ExecPolicyError:
        return None
    given: dict[str, Any] = {"headers": dict(headers)} if headers else {}
    for each in presented:
        # A version does not use the arguments that only the other one needs.
        _merge(given, each)
    outputs = [each[_OUTPUT] for each in presented if _OUTPUT in each]
    before, after = (
        sent.with_arguments({**given, **({_OUTPUT: outputs[place]} if outputs else {})}, apis[place])
        for place in (0, -1)
    )
    keys = {spelled(key): values for key, values in context.items()}
    return WitnessCall(method, sent.path, sent.stage, parts.principal, keys, after, None if before == after else before)


def _preference(call: WitnessCall, parts: RequestParts) -> tuple[Any, ...]:
    """What orders witnesses (ANA-2): as for a request, but by the path that the call has, and with few hosts."""
    keys, has_credentials, rank = parts.order
    return (keys, has_credentials, call.host is not None, len(call.path), rank, call.path, parts.resource)


def call_before(call: WitnessCall) -> WitnessCall:
    """The call as the version before a change answers it."""
    return call if call.arguments_before is None else call._replace(arguments=call.arguments_before)


def _presented(
    apis: Sequence[ApiDefinition],
    method: str,
    paths: Sequence[str | None],
    box: Box,
    context: Mapping[str, tuple[str, ...]],
    *,
    api_key: str | None,
) -> list[Mapping[str, Any]]:
    """What a call presents to each version; nothing to one in which it reaches no route."""
    times = [context[key][0] for key in TIME_KEYS if key in context]
    time = read_date(times[0]) if times else None
    seconds = None if time is None else float(time)
    reached = [
        (api, None if path is None else _route(api, method, path)) for api, path in zip(apis, paths, strict=True)
    ]
    with_route = [(api, route) for api, route in reached if route is not None]
    return [
        {} if route is None else credentials(api, route, box, seconds, api_key, with_route) for api, route in reached
    ]


def _route(api: ApiDefinition, method: str, path: str) -> Route | None:
    """The route of a call that is authorized by it."""
    match = find_route(api, method, path)
    if match is None or (api.type is ApiType.WEBSOCKET and method != CONNECT):
        return None
    return match.route


def _merge(given: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add arguments to others; those that are mappings are joined, and so are the scopes of a token."""
    for name, value in more.items():
        found = given.get(name)
        if not (isinstance(found, dict) and isinstance(value, Mapping)):
            given[name] = value
            continue
        given[name] = {**found, **value}
        if name == "claims":
            scopes = dict.fromkeys(" ".join(each.get("scope", "") for each in (found, value)).split())
            given[name] |= {"scope": " ".join(scopes)} if scopes else {}


def response_to(call: WitnessCall, api: ApiDefinition, callers: Iterable[Caller] = ()) -> GatewayResponse:
    """The response of an API to a call. A signer whose policies are not given may do everything by its own.

    Raises ExecPolicyError: the call cannot be made.
    """
    arguments: dict[str, Any] = {**_DEFAULTS, **call.arguments}
    # A call that names its host names no stage: where the API does not have it, any other one stands for it.
    names_host = arguments["domain_name"] is not None or "Host" in (arguments["headers"] or {})
    is_there = not names_host or call.stage in {stage.name for stage in api.stages}
    at_stage = api.with_stage(call.stage if is_there else api.stages[0].name)
    given = (each for each in callers if each.principal == call.principal)
    signer = next(given, None) or permitted(call.principal)
    context = context_of(call.context)
    read = read_arguments(at_stage, call.method, call.path, caller=signer, context=context, **arguments)
    return invoke(at_stage, *read)


def response_or_none(call: WitnessCall, api: ApiDefinition, callers: Iterable[Caller] = ()) -> GatewayResponse | None:
    """The response of an API to a call; None if it cannot be made."""
    try:
        return response_to(call, api, callers)
    except ExecPolicyError:
        return None


#: The arguments of a call that it does not give, as ``Api.invoke`` has them.
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("headers", "query", "vpc_endpoint_policy", "domain_name", "authorizer_output", "claims")),
    **dict.fromkeys(("cache", "at", "client_certificate", "signature_regions")),
    "signature": "valid",
    "limits": "within",
}
