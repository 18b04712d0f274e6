"""Values of an API that are not known and of which there are few: the API with each of them in its place (SRC-9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from execpolicy.document.unknown_value import has_unknown
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.consistency import check_hosts, check_requirements
from execpolicy.gateway.model.names import (
    ENDPOINT_ACCESS_MODES,
    IP_ADDRESS_TYPES,
    CacheRefusal,
    EndpointType,
    KeySource,
)
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import ApiKey, Stage
from execpolicy.gateway.model.unknown_auth import ChangedParts, parts_with_auth, possible_auths
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

_FLAG = (False, True)
#: The values of fields, by what the field concerns and its name.
_VALUES: dict[tuple[Concern, str], tuple[Any, ...]] = {
    (Concern.ENDPOINT, "endpoint"): tuple(EndpointType),
    (Concern.HOSTS, "endpoint_access_mode"): ENDPOINT_ACCESS_MODES,
    (Concern.HOSTS, "ip_address_type"): IP_ADDRESS_TYPES,
    (Concern.OWN_HOST, "disable_execute_api_endpoint"): _FLAG,
    (Concern.CORS, "cors"): _FLAG,
    (Concern.API_KEYS, "api_key_source"): tuple(KeySource),
    (Concern.API_KEY_REQUIRED, "api_key_required"): _FLAG,
    (Concern.STAGE, "cache_needs_permission"): _FLAG,
    (Concern.STAGE, "cache_refusal"): tuple(CacheRefusal),
    (Concern.DOMAIN_SETTING, "mutual_tls"): _FLAG,
    (Concern.DOMAIN_SETTING, "endpoint_access_mode"): ENDPOINT_ACCESS_MODES,
    (Concern.DOMAIN_SETTING, "ip_address_type"): IP_ADDRESS_TYPES,
}
#: The values of settings of an authorizer; of the times in a cache, those without and with one.
_OF_AUTHORIZERS: dict[str, tuple[Any, ...]] = {
    "simple_responses": _FLAG,
    "invoke_permission": _FLAG,
    "payload_format": ("1.0", "2.0"),
    "ttl": (0, 300),
}


class Choice(NamedTuple):
    """A value that is not known, with every value that it can have.

    Attributes:
        parts: the parts of the API that have the value.
        values: the values.
    """

    parts: tuple[UnknownPart, ...]
    values: tuple[Any, ...]

    def definitions(self, api: ApiDefinition) -> Iterator[tuple[Any, ApiDefinition]]:
        """Each value, with the API that has it in every place; values that AWS does not accept there are left out."""
        for value in self.values:
            made = api
            try:
                for part in self.parts:
                    made = _completed(made, part, value)
            except ExecPolicyError:
                continue
            yield value, made


def choice_of(api: ApiDefinition, part: UnknownPart, *, cached: bool) -> Choice | None:
    """The choice that a part of an API is, with the other parts that have the same value; None if it is none.

    Args:
        api: the API.
        part: one of its unknown parts.
        cached: whether a cache of authorizers is used: then an unknown time in the cache is no choice.
    """
    values = _values(api, part, cached=cached)
    if not values:
        return None
    text = _text_of(part)
    others = [each for each in api.unknown_parts if text and each is not part and _text_of(each) == text]
    parts = tuple(each for each in others if _values(api, each, cached=cached) == values)
    return Choice((part, *parts), values)


def choices_of(api: ApiDefinition) -> list[Choice]:
    """The choices of an API between several values, for calls that use a cache of authorizers."""
    found: dict[object, Choice] = {}
    for part in api.unknown_parts:
        values = _values(api, part, cached=True)
        if len(values) > 1:
            key = (_text_of(part) or id(part), values)
            others = found[key].parts if key in found else ()
            found[key] = Choice((*others, part), values)
    return [*found.values()]


def _text_of(part: UnknownPart) -> tuple[object, ...]:
    """What is equal for parts that have one value: the field, and its text; empty if other parts have other values."""
    if part.concern is Concern.AUTH:
        auth = json.loads(part.written).get("auth")
        return (Concern.AUTH, auth) if isinstance(auth, str) and has_unknown(auth) else ()
    return (part.concern, part.path[-1], part.written) if part.path and part.written.startswith('"') else ()


def _values(api: ApiDefinition, part: UnknownPart, *, cached: bool) -> tuple[Any, ...]:
    """The values of an unknown part; none if they are not known or too many."""
    if part.concern is Concern.AUTH:
        return possible_auths(api, part)
    if part.concern is Concern.AUTHORIZER:
        name = _only_unknown(part)
        known = any(each.name == part.key for each in api.authorizers)
        return () if not known or (cached and name == "ttl") else _OF_AUTHORIZERS.get(name, ())
    if part.path == ("api_keys",):
        return _FLAG if _only_unknown(part) == "enabled" else ()
    return _VALUES.get((part.concern, part.path[-1]), ()) if part.path else ()


def _only_unknown(part: UnknownPart) -> str:
    """The name of the only member of an object that is not known; empty if there are several."""
    written = json.loads(part.written)
    if not isinstance(written, dict):
        return ""
    if part.concern is Concern.AUTHORIZER:
        written.pop("function_arn", None)  # it decides no call
    unknown = [name for name, value in written.items() if has_unknown(json.dumps({name: value}, ensure_ascii=False))]
    return unknown[0] if len(unknown) == 1 and not has_unknown(unknown[0]) else ""


def _completed(api: ApiDefinition, part: UnknownPart, value: Any) -> ApiDefinition:
    """The API with a value in place of an unknown part.

    Raises:
        UsageError: AWS does not accept the value there.
    """
    changed = _PARTS[part.concern](api, part, value)
    changed["unknown_parts"] = (
        *(each for each in api.unknown_parts if each is not part),
        *changed.pop("unknown_parts", ()),
    )
    made = api.with_checked_parts(**changed)
    if part.concern in (Concern.ENDPOINT, Concern.HOSTS, Concern.DOMAIN_SETTING):
        check_hosts(made)
    if part.concern in (Concern.API_KEYS, Concern.API_KEY_REQUIRED, Concern.AUTH):
        concerned = [route for route in made.routes if part.concern is Concern.API_KEYS or route.key == part.key]
        for route in concerned:
            check_requirements(made, route)
    return made


def _field(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    return {part.path[0]: value}


def _api_keys(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    if part.path != ("api_keys",):
        return _field(api, part, value)
    written = json.loads(part.written)
    return {"api_keys": (*api.api_keys, ApiKey(written.get("value"), written.get("stages", ()), value))}


def _api_key_required(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    def required(route: Route) -> Route:
        auth, authorizer, scopes = route.auth, route.authorizer, route.scopes
        return Route(route.method, route.path, auth=auth, authorizer=authorizer, scopes=scopes, api_key_required=value)

    return {"routes": tuple(required(route) if route.key == part.key else route for route in api.routes)}


def _stage(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    def changed(stage: Stage) -> Stage:
        if stage.name != part.key:
            return stage
        given: dict[str, Any] = {
            "variables": stage.variables,
            "cache_needs_permission": stage.cache_needs_permission,
            "cache_refusal": stage.cache_refusal,
            "method_settings": stage.method_settings,
        }
        return Stage(stage.name, **{**given, part.path[-1]: value})

    return {"stages": tuple(map(changed, api.stages)), "stage": changed(api.stage)}


def _domain_setting(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    change = {part.path[-1]: value}
    return {
        "domains": tuple(each._replace(**change) if each.name == part.key else each for each in api.domains),
    }


def _authorizer(api: ApiDefinition, part: UnknownPart, value: Any) -> ChangedParts:
    name = _only_unknown(part)

    def changed(authorizer: Authorizer) -> Authorizer:
        if authorizer.name != part.key:
            return authorizer
        return Authorizer(**{**authorizer.__getstate__(), name: value})

    return {"authorizers": tuple(map(changed, api.authorizers))}


#: The parts of an API that change with the value of an unknown part, by what the part concerns.
_PARTS: dict[Concern, Callable[[ApiDefinition, UnknownPart, Any], ChangedParts]] = {
    Concern.ENDPOINT: _field,
    Concern.HOSTS: _field,
    Concern.OWN_HOST: _field,
    Concern.CORS: _field,
    Concern.API_KEYS: _api_keys,
    Concern.API_KEY_REQUIRED: _api_key_required,
    Concern.STAGE: _stage,
    Concern.DOMAIN_SETTING: _domain_setting,
    Concern.AUTHORIZER: _authorizer,
    Concern.AUTH: parts_with_auth,
}
