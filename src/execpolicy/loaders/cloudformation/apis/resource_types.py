"""Which types of resources of API Gateway are read, and which cannot bear on authorization (SRC-2)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.cloudformation.stack import ResourceType, Stack

REST_API: Final = "AWS::ApiGateway::RestApi"
REST_RESOURCE: Final = "AWS::ApiGateway::Resource"
REST_METHOD: Final = "AWS::ApiGateway::Method"
REST_AUTHORIZER: Final = "AWS::ApiGateway::Authorizer"
REST_STAGE: Final = "AWS::ApiGateway::Stage"
REST_DEPLOYMENT: Final = "AWS::ApiGateway::Deployment"
GATEWAY_RESPONSE: Final = "AWS::ApiGateway::GatewayResponse"
API_KEY: Final = "AWS::ApiGateway::ApiKey"
USAGE_PLAN: Final = "AWS::ApiGateway::UsagePlan"
USAGE_PLAN_KEY: Final = "AWS::ApiGateway::UsagePlanKey"
DOMAIN_NAME: Final = "AWS::ApiGateway::DomainName"
PRIVATE_DOMAIN_NAME: Final = "AWS::ApiGateway::DomainNameV2"
ACCESS_ASSOCIATION: Final = "AWS::ApiGateway::DomainNameAccessAssociation"
BASE_PATH_MAPPING: Final = "AWS::ApiGateway::BasePathMapping"
PRIVATE_BASE_PATH_MAPPING: Final = "AWS::ApiGateway::BasePathMappingV2"
V2_API: Final = "AWS::ApiGatewayV2::Api"
V2_ROUTE: Final = "AWS::ApiGatewayV2::Route"
V2_AUTHORIZER: Final = "AWS::ApiGatewayV2::Authorizer"
V2_STAGE: Final = "AWS::ApiGatewayV2::Stage"
V2_OVERRIDES: Final = "AWS::ApiGatewayV2::ApiGatewayManagedOverrides"
V2_DOMAIN_NAME: Final = "AWS::ApiGatewayV2::DomainName"
API_MAPPING: Final = "AWS::ApiGatewayV2::ApiMapping"
ROUTING_RULE: Final = "AWS::ApiGatewayV2::RoutingRule"

#: The types of APIs.
APIS: Final = (REST_API, V2_API)
#: The types of custom domains.
DOMAINS: Final = (DOMAIN_NAME, PRIVATE_DOMAIN_NAME, V2_DOMAIN_NAME)

#: Every type that is read.
READ: Final = (
    *(*APIS, *DOMAINS, REST_RESOURCE, REST_METHOD, REST_AUTHORIZER, REST_STAGE, REST_DEPLOYMENT, GATEWAY_RESPONSE),
    *(API_KEY, USAGE_PLAN, USAGE_PLAN_KEY, ACCESS_ASSOCIATION, BASE_PATH_MAPPING, PRIVATE_BASE_PATH_MAPPING),
    *(V2_ROUTE, V2_AUTHORIZER, V2_STAGE, V2_OVERRIDES, API_MAPPING, ROUTING_RULE),
)
#: Every type that cannot bear on authorization.
IGNORED: Final = (
    *("AWS::ApiGateway::Account", "AWS::ApiGateway::ClientCertificate", "AWS::ApiGateway::DocumentationPart"),
    *("AWS::ApiGateway::DocumentationVersion", "AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator"),
    *("AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::Integration"),
    *("AWS::ApiGatewayV2::IntegrationResponse", "AWS::ApiGatewayV2::Model", "AWS::ApiGatewayV2::RouteResponse"),
    *("AWS::ApiGatewayV2::VpcLink", "AWS::ApiGatewayV2::Portal", "AWS::ApiGatewayV2::PortalProduct"),
    *("AWS::ApiGatewayV2::ProductPage", "AWS::ApiGatewayV2::ProductRestEndpointPage"),
)
_OF_API_GATEWAY: Final = "AWS::ApiGateway"


def check_types(stack: Stack) -> None:
    """Report types of resources of API Gateway that are not known, and list those that are not read."""
    for resource in stack.types():
        if not resource.type.startswith(_OF_API_GATEWAY) or resource.type in READ:
            continue
        if resource.type in IGNORED:
            stack.ignore(resource.name, f"the {resource.type} {resource.name.value}")
        else:
            message = f"found {quoted(resource.type)}, which is not a known type of a resource of API Gateway"
            stack.problems.report(_type_node(resource), message, did_you_mean(resource.type, (*READ, *IGNORED)))


def _type_node(resource: ResourceType) -> Node:
    node: JsonObject = resource.node
    member = node.members.get("Type")
    return member[2] if member is not None else resource.name
