"""Writes an API as resources of Terraform, by way of the template that says the same: the way back, without the reader.

Terraform calls nearly every property as CloudFormation does, in another spelling. What differs is written here.
"""

from __future__ import annotations

import json
import re
from typing import Any

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from tests.loaders.cloudformation.apis.written import sayable, template_of
from tests.loaders.terraform.written import Ref, Written

_TYPES = {
    "ApiGateway::BasePathMappingV2": "aws_api_gateway_base_path_mapping",
    "ApiGateway::DomainNameV2": "aws_api_gateway_domain_name",
}
_NAMES = {
    "ApiGateway::Method": {"AuthorizationType": "authorization"},
    "ApiGateway::RestApi": {"ApiKeySourceType": "api_key_source"},
    "ApiGateway::Authorizer": {"ProviderARNs": "provider_arns"},
    "ApiGateway::BasePathMapping": {"RestApiId": "api_id", "Stage": "stage_name"},
    "ApiGateway::BasePathMappingV2": {"RestApiId": "api_id", "Stage": "stage_name", "DomainNameArn": "domain_name"},
    "ApiGatewayV2::Stage": {"StageName": "name"},
    "ApiGatewayV2::Authorizer": {"IdentitySource": "identity_sources"},
    "ApiGatewayV2::DomainName": {"DomainNameConfigurations": "domain_name_configuration"},
    "ApiGatewayV2::RoutingRule": {"DomainNameArn": "domain_name", "Conditions": "condition", "Actions": "action"},
}
#: Properties that are blocks, of which Terraform has lists.
_BLOCKS = (
    *("EndpointConfiguration", "CorsConfiguration", "JwtConfiguration", "MutualTlsAuthentication", "InvokeApi"),
    *("MatchHeaders", "MatchBasePaths"),
)
_MAPS = ("ResponseTemplates", "StageVariables", "Variables")
_DOMAINS = ("ApiGateway::DomainName", "ApiGateway::DomainNameV2", "ApiGatewayV2::DomainName")


def sayable_of(api: ApiDefinition) -> ApiDefinition:
    """The API without what Terraform cannot say, and with the names that it has in a file."""
    expected = sayable(api)
    kind = "aws_api_gateway_authorizer" if api.type == "REST" else "aws_apigatewayv2_authorizer"
    changed = {
        "authorizers": [_renamed(each, kind) for each in expected.authorizers],
        "routes": [_with_name(each, kind) for each in expected.routes],
    }
    if api.type == "REST":
        changed["stages"] = [_stage(each) for each in api.stages]
    return ApiDefinition(**expected.__getstate__() | changed)  # type: ignore[arg-type]  # the state is what it took


def _renamed(each: Authorizer, kind: str) -> Authorizer:
    fields = {field: getattr(each, field) for field in Authorizer.__slots__}
    return Authorizer(**fields | {"name": f"{kind}.{each.name}"})


def _with_name(each: Route, kind: str) -> Route:
    fields = {field: getattr(each, field) for field in Route.__slots__}
    return Route(**fields | {"authorizer": None if each.authorizer is None else f"{kind}.{each.authorizer}"})


def _stage(stage: Stage) -> Stage:
    """The stage whose settings for all methods say what the stage says itself."""
    by_key = {each.key: each for each in stage.method_settings}
    found = by_key.pop("*/*", None)
    permission = found.cache_needs_permission if found is not None else None
    refusal = found.cache_refusal if found is not None else None
    permission = stage.cache_needs_permission if permission is None else permission
    everywhere = MethodSetting(
        "*", "*", found.cached if found is not None else None, permission, refusal or stage.cache_refusal
    )
    return Stage(
        stage.name,
        variables=stage.variables,
        cache_needs_permission=permission,
        method_settings=[everywhere, *by_key.values()],
    )


def resources_of(api: ApiDefinition) -> list[Written]:
    """The resources of an API that ``sayable_of`` returned."""
    template = json.loads(template_of(_for_template(api)))["Resources"]
    found = [
        _written(name, each, template)
        for name, each in template.items()
        if not (api.type == "REST" and re.fullmatch(r"Stage\d+", name))
    ]
    first = found[0]
    arn = f"arn:aws:execute-api:{api.region}:{api.account}:{api.id}"
    assigned = {"id": api.id, "execution_arn": arn}
    if api.type == "REST":
        assigned["root_resource_id"] = "root"
    found[0] = first._replace(assigned=assigned)
    if api.type == "REST":
        for number, stage in enumerate(api.stages):
            found += _stage_resources(f"Stage{number}", stage)
    return found


def _for_template(api: ApiDefinition) -> ApiDefinition:
    """The API with the names that a template can have, and without settings that it cannot say."""
    names = {each.name: each.name.rpartition(".")[2] for each in api.authorizers}
    authorizers = [
        Authorizer(**{field: getattr(each, field) for field in Authorizer.__slots__} | {"name": names[each.name]})
        for each in api.authorizers
    ]
    routes = [
        Route(
            **{field: getattr(each, field) for field in Route.__slots__}
            | {"authorizer": None if each.authorizer is None else names[each.authorizer]}
        )
        for each in api.routes
    ]
    stages = [Stage(each.name, variables=each.variables) for each in api.stages]
    changed = {"authorizers": authorizers, "routes": routes, "stages": stages}
    return ApiDefinition(**api.__getstate__() | changed)  # type: ignore[arg-type]  # the state is what it took


def _stage_resources(name: str, stage: Stage) -> list[Written]:
    api = Ref("aws_api_gateway_rest_api.Api")
    values = {"rest_api_id": api, "stage_name": stage.name, "cache_cluster_enabled": True}
    found = [Written("aws_api_gateway_stage", name, {**values, "variables": dict(stage.variables)}, {"id": name})]
    for number, each in enumerate(stage.method_settings):
        settings = {
            "caching_enabled": each.cached,
            "require_authorization_for_cache_control": each.cache_needs_permission,
            "unauthorized_cache_control_header_strategy": each.cache_refusal,
        }
        path = f"{each.path.removeprefix('/') if each.path != '/' else ''}/{each.method}"
        given = {"rest_api_id": api, "stage_name": stage.name, "method_path": path, "settings": [settings]}
        found.append(Written("aws_api_gateway_method_settings", f"{name}{number}", given, {"id": "x"}))
    return found


def _written(name: str, resource: dict[str, Any], template: dict[str, Any]) -> Written:
    kind = resource["Type"].removeprefix("AWS::")
    values = {
        _NAMES.get(kind, {}).get(key, _snake(key)): _value(key, value, template)
        for key, value in resource["Properties"].items()
    }
    if kind in _DOMAINS:
        assigned = {"id": f"id{name}", "arn": f"arn:aws:apigateway:::/domainnames/{name}"}
        private = {"domain_name_id": "d1"} if kind.endswith("NameV2") else {}
        return Written(_type(kind), name, values, {**assigned, **private})
    return Written(_type(kind), name, values, {"id": f"id{name.lower()}"})


def _value(key: str, value: Any, template: dict[str, Any]) -> Any:
    if isinstance(value, dict) and {*value} & {"Ref", "Fn::GetAtt"}:
        return _reference(key, value, template)
    if key == "Policy":
        return json.dumps(value)
    if isinstance(value, dict):
        if key in _MAPS:
            return value
        block = {_snake(name): _value(name, item, template) for name, item in value.items()}
        return [block] if key in _BLOCKS else block
    if isinstance(value, list):
        return [_value("", item, template) for item in value]
    return value


def _reference(key: str, value: dict[str, Any], template: dict[str, Any]) -> Ref:
    target = value.get("Ref") or value["Fn::GetAtt"]
    name = target[0] if isinstance(target, list) else target.partition(".")[0]
    kind = template[name]["Type"].removeprefix("AWS::")
    address = f"{_type(kind)}.{name}"
    if isinstance(target, list):
        return Ref(address, "root_resource_id")
    if kind in _DOMAINS:
        is_arn = key == "DomainNameArn" and kind == "ApiGateway::DomainNameV2"
        return Ref(address, "arn" if is_arn else "domain_name")
    return Ref(address)


def _type(kind: str) -> str:
    if kind in _TYPES:
        return _TYPES[kind]
    service, _, name = kind.partition("::")
    return f"aws_{'api_gateway' if service == 'ApiGateway' else 'apigatewayv2'}_{_snake(name)}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
