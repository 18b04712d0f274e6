"""The attributes of the resources of API Gateway, and of the Lambda functions that its authorizers invoke (SRC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.loaders.terraform.attribute import Attribute, TypeAttributes

REST_API: Final = "aws_api_gateway_rest_api"
REST_POLICY: Final = "aws_api_gateway_rest_api_policy"
REST_RESOURCE: Final = "aws_api_gateway_resource"
REST_AUTHORIZER: Final = "aws_api_gateway_authorizer"
REST_STAGE: Final = "aws_api_gateway_stage"
REST_DEPLOYMENT: Final = "aws_api_gateway_deployment"
METHOD_SETTINGS: Final = "aws_api_gateway_method_settings"
API_KEY: Final = "aws_api_gateway_api_key"
USAGE_PLAN: Final = "aws_api_gateway_usage_plan"
DOMAIN_NAME: Final = "aws_api_gateway_domain_name"
V2_API: Final = "aws_apigatewayv2_api"
V2_AUTHORIZER: Final = "aws_apigatewayv2_authorizer"
V2_STAGE: Final = "aws_apigatewayv2_stage"
V2_DOMAIN_NAME: Final = "aws_apigatewayv2_domain_name"
FUNCTION: Final = "aws_lambda_function"
USER_POOL: Final = "aws_cognito_user_pool"
VPC_ENDPOINT: Final = "aws_vpc_endpoint"

_REST_API_ID: Final = {"rest_api_id": Attribute("RestApiId", (REST_API,), is_owner=True)}
_API_ID: Final = {"api_id": Attribute("ApiId", (V2_API,), is_owner=True)}
_ANY_API: Final = Attribute("ApiId", (REST_API, V2_API), is_owner=True)
_DOMAIN: Final = Attribute("DomainName", (DOMAIN_NAME, V2_DOMAIN_NAME), "domain_name", is_owner=True)
_TRUST_STORE: Final = Attribute(
    "MutualTlsAuthentication",
    inner={"truststore_uri": Attribute("TruststoreUri"), "truststore_version": Attribute("TruststoreVersion")},
)
_ENDPOINT: Final = Attribute(
    "EndpointConfiguration",
    inner={
        "types": Attribute("Types"),
        "ip_address_type": Attribute("IpAddressType"),
        "vpc_endpoint_ids": Attribute(""),
    },
    is_filled_in=True,
)
_STAGE_IGNORED: Final = (
    *("access_log_settings", "cache_cluster_size", "client_certificate_id", "deployment_id", "description"),
    *("documentation_version", "tags", "xray_tracing_enabled"),
)
_CANARY: Final = {
    "deployment_id": Attribute(""),
    "percent_traffic": Attribute(""),
    "stage_variable_overrides": Attribute("StageVariableOverrides"),
    "use_stage_cache": Attribute(""),
}
_REST: Final[Mapping[str, TypeAttributes]] = {
    REST_API: TypeAttributes(
        "AWS::ApiGateway::RestApi",
        {
            "api_key_source": Attribute("ApiKeySourceType"),
            "body": Attribute("Body"),
            "disable_execute_api_endpoint": Attribute("DisableExecuteApiEndpoint"),
            "endpoint_access_mode": Attribute("EndpointAccessMode"),
            "endpoint_configuration": _ENDPOINT,
            "parameters": Attribute("Parameters"),
            "policy": Attribute("Policy", is_document=True),
        },
        (
            *("binary_media_types", "description", "fail_on_warnings", "minimum_compression_size", "name"),
            *("put_rest_api_mode", "security_policy", "tags"),
        ),
        ("created_date", "execution_arn", "root_resource_id"),
    ),
    REST_POLICY: TypeAttributes("", {**_REST_API_ID, "policy": Attribute("Policy", is_document=True)}),
    REST_RESOURCE: TypeAttributes(
        "AWS::ApiGateway::Resource",
        {
            **_REST_API_ID,
            "parent_id": Attribute("ParentId", (REST_API, REST_RESOURCE), is_owner=True),
            "path_part": Attribute("PathPart"),
        },
        derived=("path",),
    ),
    "aws_api_gateway_method": TypeAttributes(
        "AWS::ApiGateway::Method",
        {
            **_REST_API_ID,
            "resource_id": Attribute("ResourceId", (REST_API, REST_RESOURCE), is_owner=True),
            "http_method": Attribute("HttpMethod"),
            "authorization": Attribute("AuthorizationType"),
            "authorizer_id": Attribute("AuthorizerId", (REST_AUTHORIZER,)),
            "authorization_scopes": Attribute("AuthorizationScopes"),
            "api_key_required": Attribute("ApiKeyRequired"),
        },
        ("operation_name", "request_models", "request_parameters", "request_validator_id"),
    ),
    REST_AUTHORIZER: TypeAttributes(
        "AWS::ApiGateway::Authorizer",
        {
            **_REST_API_ID,
            "type": Attribute("Type"),
            "identity_source": Attribute("IdentitySource"),
            "identity_validation_expression": Attribute("IdentityValidationExpression"),
            "authorizer_result_ttl_in_seconds": Attribute("AuthorizerResultTtlInSeconds"),
            "provider_arns": Attribute("ProviderARNs", (USER_POOL,), "arn"),
            "authorizer_uri": Attribute("AuthorizerUri", (FUNCTION,), "invoke_arn"),
            "authorizer_credentials": Attribute("AuthorizerCredentials"),
        },
        ("name",),
    ),
    REST_STAGE: TypeAttributes(
        "AWS::ApiGateway::Stage",
        {
            **_REST_API_ID,
            "stage_name": Attribute("StageName"),
            "variables": Attribute("Variables"),
            "canary_settings": Attribute("CanarySetting", inner=_CANARY),
            "cache_cluster_enabled": Attribute(""),
        },
        _STAGE_IGNORED,
        ("execution_arn", "invoke_url", "web_acl_arn"),
    ),
    REST_DEPLOYMENT: TypeAttributes(
        "AWS::ApiGateway::Deployment",
        {**_REST_API_ID, "stage_name": Attribute("StageName"), "variables": Attribute("")},
        ("canary_settings", "description", "stage_description", "triggers"),
        ("created_date", "execution_arn", "invoke_url"),
    ),
    METHOD_SETTINGS: TypeAttributes(
        "",
        {
            **_REST_API_ID,
            "stage_name": Attribute("StageName", (REST_STAGE,), "stage_name"),
            "method_path": Attribute("MethodPath"),
            "settings": Attribute(
                "Settings",
                inner={
                    "caching_enabled": Attribute("CachingEnabled"),
                    "require_authorization_for_cache_control": Attribute("RequireAuthorization"),
                    "unauthorized_cache_control_header_strategy": Attribute("Refusal"),
                    "cache_data_encrypted": Attribute(""),
                    "cache_ttl_in_seconds": Attribute(""),
                    "data_trace_enabled": Attribute(""),
                    "logging_level": Attribute(""),
                    "metrics_enabled": Attribute(""),
                    "throttling_burst_limit": Attribute(""),
                    "throttling_rate_limit": Attribute(""),
                },
            ),
        },
    ),
    "aws_api_gateway_gateway_response": TypeAttributes(
        "AWS::ApiGateway::GatewayResponse",
        {
            **_REST_API_ID,
            "response_type": Attribute("ResponseType"),
            "status_code": Attribute("StatusCode", is_needed=True),
            "response_templates": Attribute("ResponseTemplates"),
            "response_parameters": Attribute("ResponseParameters"),
        },
    ),
    API_KEY: TypeAttributes(
        "AWS::ApiGateway::ApiKey",
        {"enabled": Attribute("Enabled"), "value": Attribute("Value")},
        ("customer_id", "description", "name", "tags"),
        ("created_date", "last_updated_date"),
    ),
    USAGE_PLAN: TypeAttributes(
        "AWS::ApiGateway::UsagePlan",
        {
            "api_stages": Attribute(
                "ApiStages",
                inner={
                    "api_id": _ANY_API,
                    "stage": Attribute("Stage", (REST_STAGE, V2_STAGE), "stage_name"),
                    "throttle": Attribute(""),
                },
                is_list=True,
            )
        },
        ("description", "name", "product_code", "quota_settings", "tags", "throttle_settings"),
    ),
    "aws_api_gateway_usage_plan_key": TypeAttributes(
        "AWS::ApiGateway::UsagePlanKey",
        {
            "key_id": Attribute("KeyId", (API_KEY,)),
            "key_type": Attribute("KeyType"),
            "usage_plan_id": Attribute("UsagePlanId", (USAGE_PLAN,)),
        },
        derived=("name", "value"),
    ),
    DOMAIN_NAME: TypeAttributes(
        "AWS::ApiGateway::DomainName",
        {
            "domain_name": Attribute("DomainName"),
            "endpoint_access_mode": Attribute("EndpointAccessMode"),
            "endpoint_configuration": _ENDPOINT,
            "mutual_tls_authentication": _TRUST_STORE,
            "policy": Attribute("Policy", is_document=True),
            "routing_mode": Attribute("RoutingMode"),
        },
        (
            *("certificate_arn", "certificate_body", "certificate_chain", "certificate_name"),
            *("certificate_private_key", "ownership_verification_certificate_arn", "regional_certificate_arn"),
            *("regional_certificate_name", "security_policy", "tags"),
        ),
        (
            *("certificate_upload_date", "cloudfront_domain_name", "cloudfront_zone_id", "domain_name_id"),
            *("regional_domain_name", "regional_zone_id"),
        ),
    ),
    "aws_api_gateway_domain_name_access_association": TypeAttributes(
        "AWS::ApiGateway::DomainNameAccessAssociation",
        {
            "access_association_source": Attribute("AccessAssociationSource", (VPC_ENDPOINT,)),
            "access_association_source_type": Attribute("AccessAssociationSourceType"),
            "domain_name_arn": Attribute("DomainNameArn", (DOMAIN_NAME,), "arn", is_owner=True),
        },
        ("tags",),
    ),
    "aws_api_gateway_base_path_mapping": TypeAttributes(
        "AWS::ApiGateway::BasePathMapping",
        {
            "api_id": Attribute("RestApiId", (REST_API,), is_owner=True),
            "base_path": Attribute("BasePath"),
            "domain_name": _DOMAIN,
            "stage_name": Attribute("Stage", (REST_STAGE, REST_DEPLOYMENT), "stage_name"),
        },
        derived=("domain_name_id",),
    ),
}
_V2: Final[Mapping[str, TypeAttributes]] = {
    V2_API: TypeAttributes(
        "AWS::ApiGatewayV2::Api",
        {
            "api_key_selection_expression": Attribute("ApiKeySelectionExpression"),
            "body": Attribute("Body"),
            "cors_configuration": Attribute(
                "CorsConfiguration",
                inner={
                    "allow_credentials": Attribute("AllowCredentials"),
                    "allow_headers": Attribute("AllowHeaders"),
                    "allow_methods": Attribute("AllowMethods"),
                    "allow_origins": Attribute("AllowOrigins"),
                    "expose_headers": Attribute("ExposeHeaders"),
                    "max_age": Attribute("MaxAge"),
                },
            ),
            "disable_execute_api_endpoint": Attribute("DisableExecuteApiEndpoint"),
            "ip_address_type": Attribute("IpAddressType"),
            "protocol_type": Attribute("ProtocolType"),
            "route_key": Attribute("RouteKey"),
            "target": Attribute("Target"),
        },
        (
            *("credentials_arn", "description", "fail_on_warnings", "name", "route_selection_expression", "tags"),
            "version",
        ),
        ("api_endpoint", "execution_arn"),
    ),
    "aws_apigatewayv2_route": TypeAttributes(
        "AWS::ApiGatewayV2::Route",
        {
            **_API_ID,
            "route_key": Attribute("RouteKey"),
            "authorization_type": Attribute("AuthorizationType"),
            "authorizer_id": Attribute("AuthorizerId", (V2_AUTHORIZER,)),
            "authorization_scopes": Attribute("AuthorizationScopes"),
            "api_key_required": Attribute("ApiKeyRequired"),
        },
        (
            *("model_selection_expression", "operation_name", "request_models", "request_parameter"),
            *("route_response_selection_expression", "target"),
        ),
    ),
    V2_AUTHORIZER: TypeAttributes(
        "AWS::ApiGatewayV2::Authorizer",
        {
            **_API_ID,
            "authorizer_type": Attribute("AuthorizerType"),
            "authorizer_payload_format_version": Attribute("AuthorizerPayloadFormatVersion"),
            "authorizer_result_ttl_in_seconds": Attribute("AuthorizerResultTtlInSeconds"),
            "authorizer_uri": Attribute("AuthorizerUri", (FUNCTION,), "invoke_arn"),
            "authorizer_credentials_arn": Attribute("AuthorizerCredentialsArn"),
            "enable_simple_responses": Attribute("EnableSimpleResponses"),
            "identity_sources": Attribute("IdentitySource"),
            "jwt_configuration": Attribute(
                "JwtConfiguration", inner={"audience": Attribute("Audience"), "issuer": Attribute("Issuer")}
            ),
        },
        ("name",),
    ),
    V2_STAGE: TypeAttributes(
        "AWS::ApiGatewayV2::Stage",
        {**_API_ID, "name": Attribute("StageName"), "stage_variables": Attribute("StageVariables")},
        (
            *("access_log_settings", "auto_deploy", "client_certificate_id", "default_route_settings"),
            *("deployment_id", "description", "route_settings", "tags"),
        ),
        ("execution_arn", "invoke_url"),
    ),
    V2_DOMAIN_NAME: TypeAttributes(
        "AWS::ApiGatewayV2::DomainName",
        {
            "domain_name": Attribute("DomainName"),
            "domain_name_configuration": Attribute(
                "DomainNameConfigurations",
                inner={
                    "ip_address_type": Attribute("IpAddressType"),
                    "certificate_arn": Attribute(""),
                    "endpoint_type": Attribute(""),
                    "hosted_zone_id": Attribute(""),
                    "ownership_verification_certificate_arn": Attribute(""),
                    "security_policy": Attribute(""),
                    "target_domain_name": Attribute(""),
                },
                is_list=True,
            ),
            "mutual_tls_authentication": _TRUST_STORE,
            "routing_mode": Attribute("RoutingMode"),
        },
        ("tags",),
        ("api_mapping_selection_expression",),
    ),
    "aws_apigatewayv2_api_mapping": TypeAttributes(
        "AWS::ApiGatewayV2::ApiMapping",
        {
            "api_id": _ANY_API,
            "api_mapping_key": Attribute("ApiMappingKey"),
            "domain_name": _DOMAIN,
            "stage": Attribute("Stage", (REST_STAGE, V2_STAGE), "stage_name"),
        },
    ),
    "aws_apigatewayv2_routing_rule": TypeAttributes(
        "AWS::ApiGatewayV2::RoutingRule",
        {
            "domain_name": _DOMAIN._replace(to="DomainNameArn"),
            "priority": Attribute("Priority"),
            "condition": Attribute(
                "Conditions",
                inner={
                    "match_base_paths": Attribute("MatchBasePaths", inner={"any_of": Attribute("AnyOf")}),
                    "match_headers": Attribute(
                        "MatchHeaders",
                        inner={
                            "any_of": Attribute(
                                "AnyOf",
                                inner={"header": Attribute("Header"), "value_glob": Attribute("ValueGlob")},
                                is_list=True,
                            )
                        },
                    ),
                },
                is_list=True,
            ),
            "action": Attribute(
                "Actions",
                inner={
                    "invoke_api": Attribute(
                        "InvokeApi",
                        inner={
                            "api_id": _ANY_API,
                            "stage": Attribute("Stage", (REST_STAGE, V2_STAGE), "stage_name"),
                            "strip_base_path": Attribute("StripBasePath"),
                        },
                    )
                },
                is_list=True,
            ),
        },
        derived=("domain_name_id", "routing_rule_arn", "routing_rule_id"),
    ),
}
_FUNCTIONS: Final[Mapping[str, TypeAttributes]] = {
    "aws_lambda_permission": TypeAttributes(
        "AWS::Lambda::Permission",
        {
            "function_name": Attribute("FunctionName", (FUNCTION,), "function_name"),
            "action": Attribute("Action"),
            "principal": Attribute("Principal"),
            "source_arn": Attribute("SourceArn"),
        },
        (
            *("event_source_token", "function_url_auth_type", "invoked_via_function_url", "principal_org_id"),
            *("qualifier", "source_account", "statement_id", "statement_id_prefix"),
        ),
    )
}
#: The types that are read, with their attributes.
GATEWAY_TYPES: Final[Mapping[str, TypeAttributes]] = {**_REST, **_V2, **_FUNCTIONS}
#: The types of API Gateway that cannot bear on authorization.
GATEWAY_IGNORED: Final = (
    *("aws_api_gateway_account", "aws_api_gateway_client_certificate", "aws_api_gateway_documentation_part"),
    *("aws_api_gateway_documentation_version", "aws_api_gateway_integration", "aws_api_gateway_integration_response"),
    *("aws_api_gateway_method_response", "aws_api_gateway_model", "aws_api_gateway_request_validator"),
    *("aws_api_gateway_vpc_link", "aws_apigatewayv2_deployment", "aws_apigatewayv2_integration"),
    *("aws_apigatewayv2_integration_response", "aws_apigatewayv2_model", "aws_apigatewayv2_route_response"),
    "aws_apigatewayv2_vpc_link",
)
