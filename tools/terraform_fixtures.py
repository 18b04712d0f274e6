"""Writes the three APIs of ``tests/loaders/three_apis`` as plans and states of Terraform.

The files have the form that HashiCorp documents, format version 1.2 for plans and 1.0 for states: no terraform makes
them. ``python -m tools.terraform_fixtures`` writes them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.loaders.terraform.written import ACCOUNT, REGION, Ref, Written, plan_of, state_of

FOLDER = Path(__file__).parent.parent / "tests" / "loaders" / "three_apis"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statement(sid: str, effect: str, resource: Any, **more: Any) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": resource,
        **more,
    }


class _RestApi:
    """A REST API: the resources that belong to it."""

    def __init__(self, name: str, api_id: str, values: dict[str, Any], defaults: dict[str, Any]) -> None:
        self._api = f"aws_api_gateway_rest_api.{name}"
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}"
        assigned = {
            "id": api_id,
            "arn": f"arn:aws:apigateway:{REGION}::/restapis/{api_id}",
            "execution_arn": arn,
            "root_resource_id": f"root{api_id[:6]}",
            "created_date": "2026-11-30T10:00:00Z",
            **defaults,
        }
        known = {"body": None, "fail_on_warnings": None, "parameters": None, "put_rest_api_mode": None, "tags": None}
        self.resources = [Written("aws_api_gateway_rest_api", name, {"name": name, **values}, assigned, known)]

    @property
    def id(self) -> Ref:
        return Ref(self._api)

    def add(self, type_name: str, name: str, values: dict[str, Any], assigned: dict[str, Any]) -> Ref:
        """Add a resource of the API, and return the reference to its id."""
        self.resources.append(Written(type_name, name, {"rest_api_id": self.id, **values}, assigned))
        return Ref(f"{type_name}.{name}")

    def path(self, name: str, part: str, parent: Ref | None = None) -> Ref:
        """Add a resource of a path."""
        values = {"parent_id": parent or Ref(self._api, "root_resource_id"), "path_part": part}
        return self.add("aws_api_gateway_resource", name, values, {"id": f"res{name[:7]}", "path": f"/{part}"})

    def method(self, name: str, at: Ref, method: str, authorization: str, **more: Any) -> None:
        """Add a method."""
        values: dict[str, Any] = {
            "resource_id": at,
            "http_method": method,
            "authorization": authorization,
            "authorization_scopes": None,
            "authorizer_id": None,
            "api_key_required": False,
            "request_parameters": None,
            **more,
        }
        self.add("aws_api_gateway_method", name, values, {"id": f"agm-{name}"})

    def stage(self, name: str) -> Ref:
        """Add a deployment and a stage."""
        deployment = self.add("aws_api_gateway_deployment", "current", {"triggers": None}, {"id": "dep123"})
        values: dict[str, Any] = {
            "deployment_id": deployment,
            "stage_name": name,
            "cache_cluster_enabled": None,
            "variables": None,
            "access_log_settings": [],
            "canary_settings": [],
        }
        self.add("aws_api_gateway_stage", name, values, {"id": f"ags-{name}", "invoke_url": "https://x"})
        return Ref(f"aws_api_gateway_stage.{name}", "stage_name")


def rest() -> Iterator[Written]:
    """The orders."""
    policy = _policy(
        _statement(
            "PublicPaths",
            "Allow",
            [f"execute-api:/prod/GET/{path}" for path in ("health", "catalogue", "orders/public")],
        ),
        _statement(
            "OnlyPartnerNetworks",
            "Deny",
            "execute-api:/*",
            Condition={"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
        ),
        _statement("NobodyDeletes", "Deny", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3d4e5/prod/DELETE/*"),
    )
    api = _RestApi(
        "orders",
        "a1b2c3d4e5",
        {"endpoint_configuration": [{"types": ["REGIONAL"]}], "api_key_source": "HEADER"},
        {"policy": policy, "disable_execute_api_endpoint": False},
    )
    api.add("aws_api_gateway_rest_api_policy", "orders", {"policy": policy}, {"id": "a1b2c3d4e5"})
    tokens = api.add(
        "aws_api_gateway_authorizer",
        "tokens",
        {
            "name": "tokens",
            "type": "TOKEN",
            "identity_source": "method.request.header.Authorization",
            "identity_validation_expression": "Bearer .+",
            "authorizer_result_ttl_in_seconds": 0,
            "provider_arns": None,
            "authorizer_uri": Ref("aws_lambda_function.check_token", "invoke_arn"),
        },
        {"id": "auth01"},
    )
    orders, admin = api.path("orders", "orders"), api.path("admin", "admin")
    api.method("get_health", api.path("health", "health"), "GET", "NONE")
    api.method("get_catalogue", api.path("catalogue", "catalogue"), "GET", "NONE", api_key_required=True)
    api.method("get_order", api.path("order", "{id}", orders), "GET", "CUSTOM", authorizer_id=tokens)
    api.method("post_order", orders, "POST", "CUSTOM", authorizer_id=tokens, api_key_required=True)
    api.method("any_admin", api.path("proxy", "{proxy+}", admin), "ANY", "AWS_IAM")
    api.add(
        "aws_api_gateway_gateway_response",
        "key",
        {"response_type": "INVALID_API_KEY", "status_code": "402"},
        {"id": "aggr-key"},
    )
    stage = api.stage("prod")
    yield from api.resources
    yield from _keys(api.id, stage)
    yield _function("check_token")


def _keys(api: Ref, stage: Ref) -> Iterator[Written]:
    yield Written(
        "aws_api_gateway_usage_plan",
        "partners",
        {
            "name": "partners",
            "api_stages": [{"api_id": api, "stage": stage, "throttle": []}],
            "quota_settings": [{"limit": 1000, "offset": 0, "period": "DAY"}],
        },
        {"id": "plan01"},
    )
    for name, value, enabled in (
        ("partner", "key-of-a-partner-thirty-characters", True),
        ("old", "key-that-is-switched-off-thirty-ch", False),
    ):
        yield Written(
            "aws_api_gateway_api_key", name, {"name": name, "value": value, "enabled": enabled}, {"id": f"key{name}"}
        )
        yield Written(
            "aws_api_gateway_usage_plan_key",
            name,
            {
                "key_id": Ref(f"aws_api_gateway_api_key.{name}"),
                "key_type": "API_KEY",
                "usage_plan_id": Ref("aws_api_gateway_usage_plan.partners"),
            },
            {"id": f"key{name}", "name": name},
        )


def _function(name: str) -> Written:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    invoke = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return Written(
        "aws_lambda_function",
        name,
        {"function_name": name, "runtime": "python3.13"},
        {"arn": arn, "invoke_arn": invoke},
    )


def http() -> Iterator[Written]:
    """The basket."""
    api = Ref("aws_apigatewayv2_api.basket")
    yield Written(
        "aws_apigatewayv2_api",
        "basket",
        {
            "name": "basket",
            "protocol_type": "HTTP",
            "cors_configuration": [
                {"allow_origins": ["https://shop.example.com"], "allow_methods": ["GET", "PUT"], "allow_headers": None}
            ],
        },
        {
            "id": "b2c3d4e5f6",
            "arn": f"arn:aws:apigateway:{REGION}::/apis/b2c3d4e5f6",
            "execution_arn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:b2c3d4e5f6",
            "api_endpoint": "https://b2c3d4e5f6.execute-api.eu-west-1.amazonaws.com",
        },
        {"api_key_selection_expression": "$request.header.x-api-key", "body": None, "target": None},
    )
    common: dict[str, Any] = {"authorizer_credentials_arn": None, "identity_sources": None, "jwt_configuration": []}
    yield Written(
        "aws_apigatewayv2_authorizer",
        "login",
        {
            **common,
            "api_id": api,
            "name": "login",
            "authorizer_type": "JWT",
            "identity_sources": ["$request.header.Authorization"],
            "jwt_configuration": [{"issuer": "https://login.example.com", "audience": ["basket", "shop"]}],
        },
        {"id": "login1", "authorizer_result_ttl_in_seconds": 0},
    )
    yield Written(
        "aws_apigatewayv2_authorizer",
        "till",
        {
            **common,
            "api_id": api,
            "name": "till",
            "authorizer_type": "REQUEST",
            "identity_sources": ["$request.header.X-Till", "$request.querystring.branch"],
            "authorizer_payload_format_version": "2.0",
            "enable_simple_responses": True,
            "authorizer_result_ttl_in_seconds": 60,
            "authorizer_uri": Ref("aws_lambda_function.check_till", "invoke_arn"),
        },
        {"id": "till01"},
    )
    login, till = Ref("aws_apigatewayv2_authorizer.login"), Ref("aws_apigatewayv2_authorizer.till")
    yield _route("get_status", "GET /status", {})
    scopes = ["basket/read", "basket/all"]
    jwt = {"authorization_type": "JWT", "authorizer_id": login}
    yield _route("get_basket", "GET /basket/{id}", {**jwt, "authorization_scopes": scopes})
    yield _route("put_basket", "PUT /basket/{id}", jwt)
    yield _route("post_till", "POST /till", {"authorization_type": "CUSTOM", "authorizer_id": till})
    yield _route("reports", "ANY /reports/{proxy+}", {"authorization_type": "AWS_IAM"})
    yield Written(
        "aws_apigatewayv2_integration",
        "backend",
        {"api_id": api, "integration_type": "HTTP_PROXY", "integration_uri": "https://backend.example.com"},
        {"id": "integ1"},
    )
    yield Written(
        "aws_apigatewayv2_stage",
        "default",
        {"api_id": api, "name": "$default", "auto_deploy": True},
        {"id": "$default"},
    )
    yield _function("check_till")


def _route(name: str, key: str, values: dict[str, Any]) -> Written:
    return Written(
        "aws_apigatewayv2_route",
        name,
        {
            "api_id": Ref("aws_apigatewayv2_api.basket"),
            "route_key": key,
            "target": Ref("aws_apigatewayv2_integration.backend"),
            **values,
        },
        {"id": name},
        {"api_key_required": False, "authorization_type": "NONE", "authorization_scopes": None, "authorizer_id": None},
    )


def private() -> Iterator[Written]:
    """The stock."""
    policy = _policy(
        _statement("FromInside", "Allow", "execute-api:/live/*"),
        _statement(
            "OnlyOurEndpoint",
            "Deny",
            "execute-api:/*",
            Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}},
        ),
    )
    endpoint = [{"types": ["PRIVATE"], "vpc_endpoint_ids": ["vpce-0a1b2c3d4e5f60718"]}]
    api = _RestApi(
        "stock", "c3d4e5f6a7", {"endpoint_configuration": endpoint, "policy": policy}, {"api_key_source": "HEADER"}
    )
    customers = api.add(
        "aws_api_gateway_authorizer",
        "customers",
        {
            "name": "customers",
            "type": "COGNITO_USER_POOLS",
            "identity_source": "method.request.header.Authorization",
            "authorizer_result_ttl_in_seconds": 300,
            "provider_arns": [f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_Stock0001"],
        },
        {"id": "auth02"},
    )
    stock = api.path("stock", "stock")
    item = api.path("item", "{sku}", stock)
    cognito = {"authorizer_id": customers}
    api.method("get_ping", api.path("ping", "ping"), "GET", "NONE")
    api.method("get_prices", api.path("prices", "prices"), "GET", "COGNITO_USER_POOLS", **cognito)
    api.method("get_item", item, "GET", "COGNITO_USER_POOLS", **cognito, authorization_scopes=["stock/read"])
    api.method("put_item", item, "PUT", "AWS_IAM")
    api.stage("live")
    yield from api.resources


def main() -> None:
    """Write the files."""
    for name, resources in (("rest", rest), ("http", http), ("private", private)):
        for suffix, document in (("plan", plan_of(resources())), ("state", state_of(resources()))):
            text = json.dumps(document, indent=1) + "\n"
            (FOLDER / f"{name}.{suffix}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
