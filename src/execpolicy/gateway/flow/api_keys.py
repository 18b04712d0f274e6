"""API keys: whether a call has one that is valid for its stage (AUT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, KeySource
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import ApiKey, Stage

HEADER = "x-api-key"


class ApiKeyCheck(NamedTuple):
    """Whether the API key of a call is accepted, and why; the reason does not contain the key."""

    passed: bool
    reason: str


def check_api_key(
    api: ApiDefinition,
    stage: Stage,
    route: Route,
    headers: Mapping[str, str],
    usage_identifier_key: str | None = None,
) -> ApiKeyCheck:
    """Check the API key of a call, after its authorization. A refused call gets 403 with ``Forbidden``.

    Args:
        api: the API with its keys and their source.
        stage: the stage that is called.
        route: the route that is called; HTTP APIs have no API keys.
        headers: the headers of the call, with names in any case.
        usage_identifier_key: the ``usageIdentifierKey`` of the output of the authorizer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html

    >>> from execpolicy import Api
    >>> from execpolicy.gateway.model.route import Route
    >>> from execpolicy.gateway.model.stage import ApiKey
    >>> orders = Route("GET", "/orders", api_key_required=True)
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[orders], api_keys=[ApiKey("k" * 30, ("prod",))])
    >>> check_api_key(api, api.stage, orders, {"X-API-Key": "k" * 30}).passed
    True
    """
    if api.type is ApiType.HTTP:
        return ApiKeyCheck(True, "HTTP APIs have no API keys")
    if not route.api_key_required:
        return ApiKeyCheck(True, f"{route.key} requires no API key")
    if api.api_key_source is KeySource.AUTHORIZER:
        return _judge(api, stage, usage_identifier_key, "the authorizer's usageIdentifierKey", _left_out(headers))
    ignored = "" if usage_identifier_key is None else _IGNORED.format("usageIdentifierKey")
    return _judge(api, stage, _sent(headers), "the header X-API-Key", ignored)


#: Only one of the two sources is used; a key in the other is a common mistake.
_IGNORED = "; {} is there, but the API does not take keys from it"


def _judge(api: ApiDefinition, stage: Stage, value: str | None, place: str, ignored: str) -> ApiKeyCheck:
    if not value:
        return ApiKeyCheck(False, f"there is no API key in {place}{ignored}")
    known = [key for key in api.api_keys if key.value == value]
    if not known:
        return ApiKeyCheck(False, f"the API key in {place} is in none of this API's usage plans")
    opens = [key for key in known if stage.name in key.stages]
    if not opens:
        return ApiKeyCheck(False, f"the API key in {place} is for {_stages(known)}, not for {stage.name}")
    if not any(key.enabled for key in opens):
        return ApiKeyCheck(False, f"the API key in {place} is disabled")
    return ApiKeyCheck(True, f"the API key in {place} opens {stage.name}")


def _stages(keys: list[ApiKey]) -> str:
    return ", ".join(sorted({stage for key in keys for stage in key.stages})) or "no stage"


def _sent(headers: Mapping[str, str]) -> str | None:
    """The value of the header; if it occurs in two spellings, the first one."""
    return next((value for name, value in headers.items() if name.lower() == HEADER), None)


def _left_out(headers: Mapping[str, str]) -> str:
    return "" if _sent(headers) is None else _IGNORED.format("X-API-Key")
