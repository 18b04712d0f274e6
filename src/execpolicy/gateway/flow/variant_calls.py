"""A call whose API, caller or VPC endpoint depends on what is not known: one response from those that are possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.several_answers import one_response
from execpolicy.gateway.flow.step import UnknownValue
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants, worlds

#: Simulates a call to a definition, with the arguments by keyword that differ.
Simulate = Callable[..., GatewayResponse]
_NAMES = {"caller": "the caller", "vpc_endpoint_policy": "the VPC endpoint"}
#: What the library calls the host of a call: with some of the values it may be no domain of the API.
_HOST, _RULE = "<domain_name>", "GW-28"


def invoke_variants(
    api: Variants[ApiDefinition],
    simulate: Simulate,
    *,
    caller: Caller | Variants[Caller] | Any,
    vpc_endpoint_policy: Policy | Variants[Policy] | None,
    cache: AuthorizerCache | Any,
) -> GatewayResponse:
    """The response that a call gets with every value of what is not known (SRC-9).

    Parts of one file have the same assumptions: a caller is combined with the API of the same reading.

    Args:
        api: the API.
        simulate: simulates the call.
        caller: who signs the call, as ``Api.invoke`` takes it.
        vpc_endpoint_policy: the policy of the VPC endpoint of the call.
        cache: the authorizer cache; each reading has one of its own.

    Raises:
        RequestError: the host of the call leads to the API with no value.
        UsageError: the caller or the VPC endpoint does not exist where the API does, or has parts that must be known.
    """
    given = {"caller": caller, "vpc_endpoint_policy": vpc_endpoint_policy}
    differing = {name: each for name, each in given.items() if isinstance(each, Variants)}
    for name, each in differing.items():
        if not each.values:
            each.only(_NAMES[name])
    parts: list[Variants[Any]] = [api, *differing.values()]
    possible = worlds(parts, distinct=cache is None)
    answers: dict[tuple[object, ...], GatewayResponse | RequestError] = {}
    missing: dict[str, None] = {}
    for number, values in possible:
        absent = [_NAMES[name] for name, at in zip(differing, values[1:], strict=True) if at is None]
        if absent:
            missing |= dict.fromkeys(absent)
            continue
        own = cache.of_variant(number) if isinstance(cache, AuthorizerCache) else cache
        key = values if own is None else (number, *values)
        if key not in answers:
            variant, *chosen = (part.values[at] for part, at in zip(parts, values, strict=True) if at is not None)
            arguments = {**given, **dict(zip(differing, chosen, strict=True))}
            answers[key] = _answer(simulate, variant, cache=own, **arguments)
    if not answers:
        raise UsageError(
            f"{' and '.join(missing)} of the call and its API never exist together",
            advice="give a caller or a VPC endpoint that exists where the API does",
        )
    responses = [each for each in answers.values() if isinstance(each, GatewayResponse)]
    if not responses:
        raise next(each for each in answers.values() if isinstance(each, RequestError))
    if len({values for _, values in possible}) == 1:
        return responses[0]
    deciding = _deciding_values(parts, [values for _, values in possible])
    hosts = sorted({_host_in(each) for each in answers.values() if isinstance(each, RequestError)})
    return one_response(responses, deciding, [*(name for name in _NAMES.values() if name in missing), *hosts])


def _deciding_values(parts: Sequence[Variants[Any]], possible: Sequence[tuple[int | None, ...]]) -> list[UnknownValue]:
    """What is not known and decides: what the parts depend on that are not the same in all that is possible."""
    columns = zip(parts, zip(*possible, strict=True), strict=True)
    deciding = [part for part, numbers in columns if len({*numbers}) > 1]
    names = dict.fromkeys(name for part in deciding for name in part.depends_on)
    conditions = dict.fromkeys(f"the condition {name}" for part in deciding for name in part.conditions)
    return [UnknownValue(name) for name in (*names, *conditions)]


def _answer(simulate: Simulate, variant: ApiDefinition, **arguments: Any) -> GatewayResponse | RequestError:
    """The response of a variant, or the error that the host of the call does not lead to it."""
    try:
        return simulate(variant, **arguments)
    except RequestError as error:
        if error.source is None or error.source.name != _HOST or error.rule != _RULE:
            raise
        return error


def _host_in(error: RequestError) -> str:
    return f"the host {error.source.text if error.source is not None else ''}"
