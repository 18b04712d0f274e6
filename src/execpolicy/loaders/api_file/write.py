"""Writes an API as the document of an API file: plain objects, for JSON or YAML (docs/api-files.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy.document.syntax.nodes import to_python
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer, Claim, Issuer
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.gateway_responses import OWN_TEXT, CustomGatewayResponse
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.names import CacheRefusal, EndpointType, KeySource
from execpolicy.gateway.model.readings import READINGS
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.routing_rule import MAPPINGS_ONLY, RULES_ONLY, RoutingRule
from execpolicy.gateway.model.stage import ApiKey, Stage
from execpolicy.loaders.api_file.document import SCHEMA
from execpolicy.loaders.api_file.write_unknown import with_unknown_parts, with_unwritten_parts

_Object = dict[str, Any]


def api_document(api: ApiDefinition) -> dict[str, Any]:
    """The document of the API file that describes an API. Policies are written into it; defaults are left out.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="b2c3d4", type="HTTP", region="eu-west-1", account="111122223333", routes=[Route("GET", "/pets")])
    >>> api_document(api)["routes"]
    {'GET /pets': {}}
    """
    document = {
        "schema": SCHEMA,
        "id": api.id,
        "type": api.type.value,
        "region": api.region,
        "account": api.account,
        "endpoint": None if api.endpoint is EndpointType.REGIONAL else api.endpoint.value,
        "stage": api.stage.name if len(api.stages) > 1 else None,
        "stages": _stages(api.stages),
        "authorizers": {each.name: _authorizer(each) for each in api.authorizers} or None,
        "routes": {route.key: _route(route) for route in api.routes},
        "resource_policy": None if api.resource_policy is None else to_python(api.resource_policy.root),
        "api_keys": [_api_key(each) for each in api.api_keys] or None,
        "api_key_source": None if api.api_key_source is KeySource.HEADER else api.api_key_source.value,
        "domains": {domain.name: _domain(domain) for domain in api.domains} or None,
        "cors": api.cors or None,
        "readings": {
            name: value
            for name, choices in READINGS.items()
            for value in (getattr(api.readings, name),)
            if value != choices[0]
        }
        or None,
        "disable_execute_api_endpoint": api.disable_execute_api_endpoint or None,
        "gateway_responses": {each.response_type: _gateway_response(each) for each in api.gateway_responses} or None,
        "ip_address_type": api.ip_address_type,
        "endpoint_access_mode": api.endpoint_access_mode,
    }
    return with_unknown_parts(with_unwritten_parts(_given(document), api.unknown_parts))


def _given(members: _Object) -> _Object:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def _texts(texts: Iterable[str]) -> list[str] | None:
    """Texts, each once; None if there are none."""
    return list(dict.fromkeys(texts)) or None


def _stages(stages: tuple[Stage, ...]) -> list[str] | _Object:
    """The names of the stages; an object by name if one of them sets something."""
    by_name = {stage.name: _stage(stage) for stage in stages}
    return by_name if any(by_name.values()) else list(by_name)


def _stage(stage: Stage) -> _Object:
    return _given(
        {
            "variables": dict(stage.variables) or None,
            "cache_needs_permission": stage.cache_needs_permission or None,
            "cache_refusal": _refusal(stage.cache_refusal),
            "method_settings": {each.key: _method_setting(each) for each in stage.method_settings} or None,
        }
    )


def _refusal(refusal: CacheRefusal) -> str | None:
    return None if refusal is CacheRefusal.FAIL_WITH_403 else refusal.value


def _method_setting(setting: MethodSetting) -> _Object:
    return _given(
        {
            "cached": setting.cached,
            "cache_needs_permission": setting.cache_needs_permission,
            "cache_refusal": None if setting.cache_refusal is None else setting.cache_refusal.value,
        }
    )


def _route(route: Route) -> _Object:
    return _given(
        {
            "auth": None if route.auth is None else route.auth.value,
            "authorizer": route.authorizer,
            "scopes": _texts(route.scopes),
            "api_key_required": route.api_key_required or None,
        }
    )


def _authorizer(authorizer: Authorizer) -> _Object:
    return _given(
        {
            "type": authorizer.type.value,
            "function_arn": authorizer.function_arn,
            "identity_sources": _texts(authorizer.identity_sources),
            "validation_expression": authorizer.validation_expression,
            "ttl": authorizer.ttl,
            "payload_format": None if authorizer.payload_format == "1.0" else authorizer.payload_format,
            "simple_responses": authorizer.simple_responses or None,
            "invoke_permission": None if authorizer.invoke_permission else False,
            "user_pools": _texts(authorizer.user_pools),
            "issuers": [_issuer(each) for each in authorizer.issuers] or None,
        }
    )


def _issuer(issuer: Issuer) -> _Object:
    return _given(
        {
            "url": issuer.url,
            "audiences": _texts(issuer.audiences),
            "claims": [_claim(each) for each in issuer.claims] or None,
        }
    )


def _claim(claim: Claim) -> _Object:
    return _given({"name": claim.name, "expected": _texts(claim.expected), "required": claim.required or None})


def _api_key(key: ApiKey) -> _Object:
    return _given({"value": key.value, "stages": _texts(key.stages) or [], "enabled": None if key.enabled else False})


def _gateway_response(response: CustomGatewayResponse) -> _Object:
    own = {} if response.message == OWN_TEXT else {"message": response.message}
    return {**_given({"status": response.status}), **own}


def _domain(domain: Domain) -> _Object:
    mappings = {mapped.path: _mapping(mapped) for mapped in domain.mappings}
    return _given(
        {
            "id": domain.id,
            "associated_endpoints": _texts(domain.associated_endpoints),
            "routing_mode": None if domain.routing_mode == MAPPINGS_ONLY else domain.routing_mode,
            "mappings": mappings if mappings or domain.routing_mode != RULES_ONLY else None,
            "routing_rules": [_routing_rule(each) for each in domain.routing_rules] or None,
            "policy": None if domain.policy is None else to_python(domain.policy.root),
            "mutual_tls": domain.mutual_tls or None,
            "ip_address_type": domain.ip_address_type,
            "endpoint_access_mode": domain.endpoint_access_mode,
        }
    )


def _mapping(mapped: Mapped) -> str | _Object:
    return mapped.stage if mapped.api_id is None else {"stage": mapped.stage, "api_id": mapped.api_id}


def _routing_rule(rule: RoutingRule) -> _Object:
    return _given(
        {
            "priority": rule.priority,
            "stage": rule.stage,
            "headers": dict(rule.headers) or None,
            "base_path": rule.base_path,
            "strip_base_path": rule.strip_base_path or None,
            "api_id": rule.api_id,
        }
    )
