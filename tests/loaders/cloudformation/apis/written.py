"""Writes an API as a template, and says which API a template can say: the way back, made without the reader."""

from __future__ import annotations

import json
from typing import Any

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.gateway_responses import OWN_TEXT
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from tests.loaders.openapi.written import invocation_uri

Resources = dict[str, Any]
_REF = {"Ref": "Api"}


def sayable(api: ApiDefinition) -> ApiDefinition:
    """The API without what a template cannot say, and with the names that it has in one."""
    is_rest = api.type == "REST"
    names = {each.name: f"Authorizer{number}" for number, each in enumerate(api.authorizers)}
    state = api.__getstate__()
    changed = {
        "authorizers": [_sayable_authorizer(api, each, names[each.name]) for each in api.authorizers],
        "routes": [_sayable_route(api, each, names) for each in api.routes],
        "stages": [_sayable_stage(each, is_rest=is_rest) for each in api.stages],
        "domains": sorted((each for each in api.domains if _leads_here(each)), key=lambda each: each.name),
        "readings": Readings(),
    }
    return ApiDefinition(**state | changed)  # type: ignore[arg-type]  # the state is what __init__ took


def _sayable_authorizer(api: ApiDefinition, authorizer: Authorizer, name: str) -> Authorizer:
    fields = {field: getattr(authorizer, field) for field in Authorizer.__slots__}
    if api.type == "WEBSOCKET":
        fields["ttl"] = None
    return Authorizer(**fields | {"name": name, "invoke_permission": True})


def _sayable_route(api: ApiDefinition, route: Route, names: dict[str, str]) -> Route:
    fields = {field: getattr(route, field) for field in Route.__slots__}
    authorizer = names[route.authorizer] if route.authorizer is not None else None
    return Route(**fields | {"auth": api.auth_of(route), "authorizer": authorizer})


def _sayable_stage(stage: Stage, *, is_rest: bool) -> Stage:
    if not (is_rest and stage.cache_needs_permission):
        return Stage(stage.name, variables=stage.variables)
    settings = [
        MethodSetting(each.path, each.method, cached=each.cached)
        for each in stage.method_settings
        if each.cached is not None
    ]
    return Stage(stage.name, variables=stage.variables, cache_needs_permission=True, method_settings=settings)


def _leads_here(domain: Domain) -> bool:
    targets = [each.api_id for each in domain.mappings] + [each.api_id for each in domain.routing_rules]
    return None in targets


def template_of(api: ApiDefinition) -> str:
    """The template of an API that ``sayable`` returned."""
    resources: Resources = {"Api": _rest_api(api) if api.type == "REST" else _v2_api(api)}
    if api.type == "REST":
        _add_rest(api, resources)
    else:
        _add_v2(api, resources)
    _add_keys(api, resources)
    for number, domain in enumerate(api.domains):
        _add_domain(api, domain, f"Domain{number}", resources)
    return json.dumps({"Resources": resources}, ensure_ascii=False, indent=1)


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    given = {name: value for name, value in properties.items() if value is not None}
    return {"Type": f"AWS::{kind}", "Properties": given}


def _rest_api(api: ApiDefinition) -> dict[str, Any]:
    return _resource(
        "ApiGateway::RestApi",
        EndpointConfiguration={"Types": [api.endpoint.value]},
        ApiKeySourceType=api.api_key_source.value,
        DisableExecuteApiEndpoint=api.disable_execute_api_endpoint,
        EndpointAccessMode=api.endpoint_access_mode,
        Policy=None if api.resource_policy is None else api.resource_policy.to_document(),
    )


def _v2_api(api: ApiDefinition) -> dict[str, Any]:
    by_authorizer = api.api_key_source == "AUTHORIZER"
    return _resource(
        "ApiGatewayV2::Api",
        ProtocolType=api.type.value,
        CorsConfiguration={"AllowOrigins": ["*"]} if api.cors else None,
        DisableExecuteApiEndpoint=str(api.disable_execute_api_endpoint).lower(),
        ApiKeySelectionExpression="$context.authorizer.usageIdentifierKey" if by_authorizer else None,
    )


def _add_rest(api: ApiDefinition, resources: Resources) -> None:
    for each in api.authorizers:
        resources[each.name] = _resource("ApiGateway::Authorizer", RestApiId=_REF, Name="a", **_rest_authorizer(each))
    for number, route in enumerate(api.routes):
        resources[f"Method{number}"] = _resource(
            "ApiGateway::Method",
            RestApiId=_REF,
            ResourceId=_path(route.path, resources),
            HttpMethod=route.method,
            **_requirements(api, route),
        )
    for number, stage in enumerate(api.stages):
        described = {"Variables": dict(stage.variables) or None, **_cache(stage)}
        if number % 2:
            resources[f"Stage{number}"] = _resource(
                "ApiGateway::Stage", RestApiId=_REF, StageName=stage.name, **described
            )
        else:
            inner = {name: value for name, value in described.items() if value is not None}
            resources[f"Stage{number}"] = _resource(
                "ApiGateway::Deployment", RestApiId=_REF, StageName=stage.name, StageDescription=inner
            )
    for response in api.gateway_responses:
        templates = {"application/json": json.dumps({} if response.message is None else {"message": response.message})}
        resources[f"Response{response.response_type.replace('_', '')}"] = _resource(
            "ApiGateway::GatewayResponse",
            RestApiId=_REF,
            ResponseType=response.response_type,
            StatusCode=None if response.status is None else str(response.status),
            ResponseTemplates=None if response.message == OWN_TEXT else templates,
        )


def _cache(stage: Stage) -> dict[str, Any]:
    if not stage.cache_needs_permission:
        return {}
    settings = [
        {
            "ResourcePath": "/*" if each.path == "*" else "/" + each.path[1:].replace("/", "~1"),
            "HttpMethod": each.method,
            "CachingEnabled": each.cached,
        }
        for each in stage.method_settings
    ]
    return {"CacheClusterEnabled": True, "MethodSettings": settings or None}


def _path(path: str, resources: Resources) -> dict[str, Any]:
    """The id of the resource of a path; resources that are not there are added."""
    found: dict[str, Any] = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    beginning = ""
    for part in path.strip("/").split("/") if path != "/" else ():
        beginning += f"/{part}"
        name = "Path" + beginning.encode().hex()
        resources.setdefault(name, _resource("ApiGateway::Resource", RestApiId=_REF, ParentId=found, PathPart=part))
        found = {"Ref": name}
    return found


def _requirements(api: ApiDefinition, route: Route) -> dict[str, Any]:
    return {
        "AuthorizationType": api.auth_of(route).value,
        "AuthorizerId": None if route.authorizer is None else {"Ref": route.authorizer},
        "AuthorizationScopes": [*route.scopes] or None,
        "ApiKeyRequired": route.api_key_required or None,
    }


def _rest_authorizer(authorizer: Authorizer) -> dict[str, Any]:
    issuers = [
        {
            "Issuer": each.url,
            "Audiences": [*each.audiences],
            "AdditionalClaims": [
                {
                    "ClaimName": claim.name,
                    "ExpectedValues": [*claim.expected],
                    "Format": "SINGLE_STRING",
                    "Required": claim.required,
                }
                for claim in each.claims
            ],
        }
        for each in authorizer.issuers
    ]
    return {
        "Type": authorizer.type.value,
        "AuthorizerUri": None if authorizer.function_arn is None else invocation_uri(authorizer.function_arn),
        "IdentitySource": ",".join(authorizer.identity_sources) or None,
        "AuthorizerResultTtlInSeconds": authorizer.ttl,
        "IdentityValidationExpression": authorizer.validation_expression,
        "ProviderARNs": [*authorizer.user_pools] or None,
        "JwtConfiguration": {"DefaultAlgorithms": ["RS256"], "Issuers": issuers} if issuers else None,
    }


def _add_v2(api: ApiDefinition, resources: Resources) -> None:
    for each in api.authorizers:
        jwt = [{"Issuer": issuer.url, "Audience": [*issuer.audiences]} for issuer in each.issuers]
        has_format = api.type == "HTTP" and not jwt
        resources[each.name] = _resource(
            "ApiGatewayV2::Authorizer",
            ApiId=_REF,
            Name="a",
            AuthorizerType=each.type.value,
            AuthorizerUri=each.function_arn,
            IdentitySource=[*each.identity_sources],
            AuthorizerResultTtlInSeconds=None if each.ttl is None else str(each.ttl),
            AuthorizerPayloadFormatVersion=each.payload_format if has_format else None,
            EnableSimpleResponses=each.simple_responses or None,
            JwtConfiguration=jwt[0] if jwt else None,
        )
    for number, route in enumerate(api.routes):
        resources[f"Route{number}"] = _resource(
            "ApiGatewayV2::Route", ApiId=_REF, RouteKey=route.key, **_requirements(api, route)
        )
    for number, stage in enumerate(api.stages):
        resources[f"Stage{number}"] = _resource(
            "ApiGatewayV2::Stage", ApiId=_REF, StageName=stage.name, StageVariables=dict(stage.variables) or None
        )


def _add_keys(api: ApiDefinition, resources: Resources) -> None:
    """Each key in a usage plan of its own."""
    for number, key in enumerate(api.api_keys):
        stages = [{"ApiId": _REF, "Stage": stage} for stage in key.stages]
        resources[f"Key{number}"] = _resource("ApiGateway::ApiKey", Value=key.value, Enabled=key.enabled)
        resources[f"Plan{number}"] = _resource("ApiGateway::UsagePlan", ApiStages=stages)
        resources[f"KeyInPlan{number}"] = _resource(
            "ApiGateway::UsagePlanKey",
            KeyId={"Ref": f"Key{number}"},
            KeyType="API_KEY",
            UsagePlanId={"Ref": f"Plan{number}"},
        )


def _add_domain(api: ApiDefinition, domain: Domain, name: str, resources: Resources) -> None:
    is_v2 = api.type != "REST"
    store = {"TruststoreUri": "s3://bucket/store.pem"} if domain.mutual_tls else None
    if is_v2:
        configuration = {"IpAddressType": domain.ip_address_type} if domain.ip_address_type is not None else {}
        resources[name] = _resource(
            "ApiGatewayV2::DomainName",
            DomainName=domain.name,
            DomainNameConfigurations=[{"EndpointType": "REGIONAL", **configuration}],
            MutualTlsAuthentication=store,
            RoutingMode=domain.routing_mode,
        )
    else:
        types = {"Types": ["PRIVATE" if domain.is_private else "REGIONAL"]}
        address = {} if domain.ip_address_type is None else {"IpAddressType": domain.ip_address_type}
        resources[name] = _resource(
            "ApiGateway::DomainNameV2" if domain.is_private else "ApiGateway::DomainName",
            DomainName=domain.name,
            EndpointConfiguration=types | address,
            MutualTlsAuthentication=store,
            RoutingMode=domain.routing_mode.replace("API_MAPPING", "BASE_PATH_MAPPING"),
            Policy=None if domain.policy is None else domain.policy.to_document(),
        )
    arn = {"Fn::GetAtt": f"{name}.DomainNameArn"}
    for number, endpoint in enumerate(domain.associated_endpoints):
        resources[f"{name}Association{number}"] = _resource(
            "ApiGateway::DomainNameAccessAssociation",
            DomainNameArn=arn,
            AccessAssociationSource=endpoint,
            AccessAssociationSourceType="VPCE",
        )
    for number, mapping in enumerate(domain.mappings):
        api_id = _REF if mapping.api_id is None else mapping.api_id
        if is_v2:
            written = _resource("ApiGatewayV2::ApiMapping", ApiMappingKey=mapping.path, ApiId=api_id)
        else:
            kind = "ApiGateway::BasePathMappingV2" if domain.is_private else "ApiGateway::BasePathMapping"
            written = _resource(kind, BasePath=mapping.path or "(none)", RestApiId=api_id)
        at = {"DomainNameArn": arn} if domain.is_private else {"DomainName": {"Ref": name}}
        written["Properties"] |= {"Stage": mapping.stage, **at}
        resources[f"{name}Mapping{number}"] = written
    for rule in domain.routing_rules:
        conditions: list[dict[str, Any]] = [
            {"MatchHeaders": {"AnyOf": [{"Header": header, "ValueGlob": value}]}} for header, value in rule.headers
        ]
        if rule.base_path is not None:
            conditions.append({"MatchBasePaths": {"AnyOf": [rule.base_path]}})
        invoked = {"ApiId": rule.api_id or _REF, "Stage": rule.stage, "StripBasePath": rule.strip_base_path}
        resources[f"{name}Rule{rule.priority}"] = _resource(
            "ApiGatewayV2::RoutingRule",
            DomainNameArn=arn,
            Priority=rule.priority,
            Conditions=conditions,
            Actions=[{"InvokeApi": invoked}],
        )
