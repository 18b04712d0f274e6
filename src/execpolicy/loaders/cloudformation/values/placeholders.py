"""Placeholders for what AWS assigns to a resource at deployment (SRC-7): the values of Ref and GetAtt by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, NamedTuple, Protocol

from execpolicy.loaders.cloudformation.values.pseudo_parameters import Deployment

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
#: The length of the ids of API Gateway.
_ID_LENGTH: Final = 10


class PlacedResource(Protocol):
    """A resource as its placeholders depend on it."""

    logical_id: str
    type: str
    api_id: str
    deployment: Deployment

    def property_text(self, *path: str) -> str | None:
        """The text of a property; None if it is not there. It may have unknown parts."""


#: A value of a resource.
_ResourceValue = Callable[[PlacedResource], str | None]


def digits(seed: str, length: int, alphabet: str = "0123456789abcdef") -> str:
    """Characters that follow from a text, the same each time.

    >>> digits("Endpoint", 4) == digits("Endpoint", 4) != digits("Endpoint2", 4)
    True
    """
    number = int.from_bytes(sha256(seed.encode()).digest(), "big")
    found = ""
    while len(found) < length:
        number, digit = divmod(number, len(alphabet))
        found += alphabet[digit]
    return found


def endpoint_id(logical_id: str) -> str:
    """The placeholder id of a VPC endpoint."""
    return f"vpce-{digits(logical_id, 17)}"


def vpc_id(logical_id: str) -> str:
    """The placeholder id of a VPC."""
    return f"vpc-{digits(logical_id, 17)}"


def api_ids(logical_ids: list[str]) -> dict[str, str]:
    """The placeholder ids of the APIs of a file: the logical id in lower case, unique in the file.

    >>> api_ids(["OrdersApi", "ordersAPI"])
    {'OrdersApi': 'ordersapi', 'ordersAPI': 'ordersapi2'}
    """
    found: dict[str, str] = {}
    for logical_id in logical_ids:
        plain = "".join(char for char in logical_id.lower() if char in _LETTERS) or "api"
        name, number = plain, 1
        while name in found.values():
            number += 1
            name = f"{plain}{number}"
        found[logical_id] = name
    return found


def _assigned(what: str = "") -> _ResourceValue:
    """An id of API Gateway."""
    return lambda resource: digits(f"{resource.type} {resource.logical_id} {what}", _ID_LENGTH, _LETTERS)


def _endpoint_id(resource: PlacedResource) -> str:
    return resource.deployment.ids.get(resource.logical_id) or endpoint_id(resource.logical_id)


def _named(*path: str) -> _ResourceValue:
    """The name that the template gives, else the logical id."""
    return lambda resource: resource.property_text(*path) or resource.logical_id


def _given(*path: str) -> _ResourceValue:
    """The name that the template gives; AWS assigns none."""
    return lambda resource: resource.property_text(*path)


def _api_id(resource: PlacedResource) -> str:
    return resource.api_id


def _arn(
    service: str, rest: str, value: _ResourceValue, *, region: bool = True, account: bool = True
) -> _ResourceValue:
    """An ARN; in ``rest`` the braces stand for the value."""

    def arn(resource: PlacedResource) -> str | None:
        found = value(resource)
        if found is None:
            return None
        place = resource.deployment
        head = f"arn:{place.partition}:{service}:{place.region if region else ''}:{place.account if account else ''}:"
        return head + rest.replace("{}", found)

    return arn


def _iam_arn(kind: str, name: _ResourceValue) -> _ResourceValue:
    def arn(resource: PlacedResource) -> str:
        path = resource.property_text("Path") or "/"
        place = resource.deployment
        return f"arn:{place.partition}:iam::{place.account}:{kind}{path}{name(resource)}"

    return arn


def _function_arn(resource: PlacedResource) -> str | None:
    return _arn("lambda", "function:{}", _named("FunctionName"))(resource)


def _version(resource: PlacedResource) -> str:
    """A number of its own for each resource that is a version."""
    return digits(resource.logical_id, 6, "123456789")


def _qualified_function(qualifier: _ResourceValue) -> _ResourceValue:
    """The ARN of a version or an alias of a function, which the template names by name or ARN."""

    def arn(resource: PlacedResource) -> str | None:
        function, found = resource.property_text("FunctionName"), qualifier(resource)
        if function is None or found is None:
            return None
        if not function.startswith("arn:"):
            function = _arn("lambda", "function:{}", lambda _: function)(resource) or ""
        return f"{function}:{found}"

    return arn


def _user_pool_id(resource: PlacedResource) -> str:
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
    return f"{resource.deployment.region}_{digits(resource.logical_id, 9, alphabet)}"


def _provider_name(resource: PlacedResource) -> str:
    place = resource.deployment
    return f"cognito-idp.{place.region}.{place.url_suffix}/{_user_pool_id(resource)}"


def _api_endpoint(resource: PlacedResource) -> str:
    place = resource.deployment
    scheme = "wss" if resource.property_text("ProtocolType") == "WEBSOCKET" else "https"
    return f"{scheme}://{resource.api_id}.execute-api.{place.region}.{place.url_suffix}"


class ResourceValues(NamedTuple):
    """What a resource of a type has: the value of ``Ref``, and its attributes."""

    reference: _ResourceValue | None = None
    attributes: Mapping[str, _ResourceValue] = {}


def _with_id(attribute: str, value: _ResourceValue | None = None) -> ResourceValues:
    """A type whose Ref is also an attribute."""
    found = value or _assigned()
    return ResourceValues(found, {attribute: found})


_DOMAIN_ARN = _arn("apigateway", "/domainnames/{}", _given("DomainName"), account=False)
_DOMAIN_V2_ARN = _arn(
    "apigateway",
    "/domainnames/{}",
    lambda resource: f"{resource.property_text('DomainName')}+{digits(resource.logical_id, _ID_LENGTH, _LETTERS)}",
)
_FUNCTION = ResourceValues(_named("FunctionName"), {"Arn": _function_arn})
_VERSION = _qualified_function(_version)
_ALIAS = _qualified_function(_given("Name"))
_MANAGED_POLICY_ARN = _iam_arn("policy", _named("ManagedPolicyName"))
_REST_API = ResourceValues(_api_id, {"RestApiId": _api_id, "RootResourceId": _assigned("root")})
_V2_API = ResourceValues(
    _api_id,
    {
        "ApiId": _api_id,
        "ApiEndpoint": _api_endpoint,
        "ExecuteApiArn": _arn("execute-api", "{}", _api_id),
    },
)

#: The types whose Ref is the id of an API.
API_TYPES: Final = (
    *("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
    *("AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi"),
)

#: What is known, or has a placeholder, of the resources of each type.
RESOURCE_VALUES: Final[Mapping[str, ResourceValues]] = {
    "AWS::ApiGateway::ApiKey": _with_id("APIKeyId"),
    "AWS::ApiGateway::Authorizer": _with_id("AuthorizerId"),
    "AWS::ApiGateway::ClientCertificate": _with_id("ClientCertificateId"),
    "AWS::ApiGateway::Deployment": _with_id("DeploymentId"),
    "AWS::ApiGateway::DomainName": ResourceValues(_given("DomainName"), {"DomainNameArn": _DOMAIN_ARN}),
    "AWS::ApiGateway::DomainNameAccessAssociation": _with_id(
        "DomainNameAccessAssociationArn", _arn("apigateway", "/domainnameaccessassociations/{}", _assigned())
    ),
    "AWS::ApiGateway::DomainNameV2": ResourceValues(
        _DOMAIN_V2_ARN,
        {
            "DomainNameArn": _DOMAIN_V2_ARN,
            "DomainNameId": lambda resource: digits(resource.logical_id, _ID_LENGTH, _LETTERS),
        },
    ),
    "AWS::ApiGateway::Resource": _with_id("ResourceId"),
    "AWS::ApiGateway::RestApi": _REST_API,
    "AWS::ApiGateway::Stage": ResourceValues(_given("StageName")),
    "AWS::ApiGateway::UsagePlan": _with_id("Id"),
    "AWS::ApiGateway::UsagePlanKey": _with_id("Id"),
    "AWS::ApiGateway::VpcLink": _with_id("VpcLinkId"),
    "AWS::ApiGatewayV2::Api": _V2_API,
    "AWS::ApiGatewayV2::ApiMapping": _with_id("ApiMappingId"),
    "AWS::ApiGatewayV2::Authorizer": _with_id("AuthorizerId"),
    "AWS::ApiGatewayV2::Deployment": _with_id("DeploymentId"),
    "AWS::ApiGatewayV2::DomainName": ResourceValues(_given("DomainName"), {"DomainNameArn": _DOMAIN_ARN}),
    "AWS::ApiGatewayV2::Integration": _with_id("IntegrationId"),
    "AWS::ApiGatewayV2::Route": _with_id("RouteId"),
    "AWS::ApiGatewayV2::Stage": ResourceValues(_given("StageName")),
    "AWS::ApiGatewayV2::VpcLink": _with_id("VpcLinkId"),
    "AWS::Cognito::UserPool": ResourceValues(
        _user_pool_id,
        {
            "UserPoolId": _user_pool_id,
            "Arn": _arn("cognito-idp", "userpool/{}", _user_pool_id),
            "ProviderName": _provider_name,
            "ProviderURL": lambda resource: f"https://{_provider_name(resource)}",
        },
    ),
    "AWS::Cognito::UserPoolClient": _with_id(
        "ClientId", lambda resource: digits(f"client {resource.logical_id}", 26, _LETTERS)
    ),
    "AWS::Cognito::UserPoolResourceServer": ResourceValues(_given("Identifier")),
    "AWS::EC2::VPC": _with_id("VpcId", lambda resource: vpc_id(resource.logical_id)),
    "AWS::EC2::VPCEndpoint": _with_id("Id", _endpoint_id),
    "AWS::IAM::Group": ResourceValues(_named("GroupName"), {"Arn": _iam_arn("group", _named("GroupName"))}),
    "AWS::IAM::ManagedPolicy": ResourceValues(_MANAGED_POLICY_ARN, {"PolicyArn": _MANAGED_POLICY_ARN}),
    "AWS::IAM::Policy": ResourceValues(_given("PolicyName")),
    "AWS::IAM::Role": ResourceValues(
        _named("RoleName"),
        {
            "Arn": _iam_arn("role", _named("RoleName")),
            "RoleId": lambda resource: f"AROA{digits(resource.logical_id, 17).upper()}",
        },
    ),
    "AWS::IAM::User": ResourceValues(_named("UserName"), {"Arn": _iam_arn("user", _named("UserName"))}),
    "AWS::Lambda::Alias": ResourceValues(_ALIAS, {"AliasArn": _ALIAS}),
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Lambda::Version": ResourceValues(_VERSION, {"FunctionArn": _VERSION, "Version": _version}),
    "AWS::Organizations::Policy": _with_id("Id", lambda resource: f"p-{digits(resource.logical_id, 8)}"),
    "AWS::Serverless::Api": _REST_API,
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Serverless::HttpApi": _V2_API,
    "AWS::Serverless::WebSocketApi": _V2_API,
}
