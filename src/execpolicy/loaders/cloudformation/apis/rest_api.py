"""The properties of a REST API, as members of an API file."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.gateway.model.names import ApiType, EndpointType
from execpolicy.loaders.built_nodes import text_at
from execpolicy.loaders.cloudformation.apis.definitions import ApiMembers, read_definition
from execpolicy.loaders.cloudformation.apis.policies import policy_at
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_READ: Final = (
    *("ApiKeySourceType", "Body", "BodyS3Location", "CloneFrom", "DisableExecuteApiEndpoint", "EndpointAccessMode"),
    *("EndpointConfiguration", "Mode", "Parameters", "Policy"),
)
_IGNORED: Final = (
    *("BinaryMediaTypes", "Description", "FailOnWarnings", "MinimumCompressionSize", "Name", "SecurityPolicy", "Tags"),
)
#: Properties that a definition says too.
_IN_DEFINITION: Final = {
    "ApiKeySourceType": "api_key_source",
    "DisableExecuteApiEndpoint": "disable_execute_api_endpoint",
    "EndpointAccessMode": "endpoint_access_mode",
    "Policy": "resource_policy",
}
_OVERWRITE: Final = "overwrite"
_BASE_PATHS: Final = ("ignore", "prepend", "split")


def rest_api_members(stack: Stack, resource: Resource) -> ApiMembers:
    """The members of the API file of a REST API that follow from its properties and its definition."""
    properties = properties_of(stack, resource, _READ, _IGNORED)
    _refuse_other_places(properties)
    policy = properties.value("Policy")
    members: dict[str, Node | None] = {
        "type": text_at(ApiType.REST, resource.name),
        "endpoint": _endpoint(properties, resource),
        "api_key_source": properties.text("ApiKeySourceType"),
        "disable_execute_api_endpoint": properties.flag("DisableExecuteApiEndpoint"),
        "endpoint_access_mode": properties.text("EndpointAccessMode"),
        "ip_address_type": _ip_address_type(properties),
        "resource_policy": policy_at(stack, policy, "Policy") if policy is not None else None,
    }
    body = properties.value("Body")
    if body is None:
        properties.refuse("Mode", "it has no Body", "remove it")
        properties.refuse("Parameters", "it has no Body", "remove it")
        return ApiMembers(members, None)
    mode = properties.choice("Mode", (_OVERWRITE, "merge"))
    definition = read_definition(stack, body, ApiType.REST, _base_path(properties))
    if not definition.is_known:
        return definition._replace(members={**members, **definition.members})
    _refuse_both(properties, definition, mode)
    _check_endpoint(properties, definition, members["endpoint"])
    merged = {**definition.members, **{name: node for name, node in members.items() if node is not None}}
    return ApiMembers(merged, definition.body)


def _refuse_other_places(properties: Properties) -> None:
    """Report definitions that are not in the template."""
    advice = "write the definition into Body, or read the definition itself"
    properties.refuse("BodyS3Location", "files in S3 are not read", advice)
    properties.refuse("CloneFrom", "the API that it copies is not in the template", "declare its routes here")


def _refuse_both(properties: Properties, definition: ApiMembers, mode: str | None) -> None:
    """Report what property and definition both say, and properties that the import of the definition removes."""
    for name, member in _IN_DEFINITION.items():
        if definition.members.get(member) is not None:
            properties.refuse(name, "its Body says it too", "keep one of them")
        elif mode == _OVERWRITE:
            advice = "write it into Body, or remove Mode"
            properties.refuse(name, "a Body that overwrites the API removes it", advice)


def _check_endpoint(properties: Properties, definition: ApiMembers, endpoint: Node | None) -> None:
    """Report a definition with VPC endpoints of an API that is not private: an import cannot change the type."""
    defined = definition.members.get("endpoint")
    if isinstance(defined, Text) and isinstance(endpoint, Text) and defined.value != endpoint.value:
        message = f"found a Body of an API that is {defined.value}, and the API is {endpoint.value}"
        properties.report("Body", message, f"write EndpointConfiguration: {{Types: [{defined.value}]}}")


def _import_parameters(properties: Properties) -> Properties | None:
    return properties.inner("Parameters", ("endpointConfigurationTypes", "basepath"), ("ignore",))


def _base_path(properties: Properties) -> Text | None:
    """What the import does with the base path of the definition."""
    parameters = _import_parameters(properties)
    if parameters is None or parameters.choice("basepath", _BASE_PATHS) is None:
        return None
    return parameters.text("basepath")


def _endpoint(properties: Properties, resource: Resource) -> Text:
    """The type of the endpoint; AWS makes an edge-optimised API if nothing says it."""
    configuration = _endpoint_configuration(properties)
    types = configuration.texts("Types") if configuration is not None else None
    parameters = _import_parameters(properties) if properties.has("Body") else None
    imported = parameters.text("endpointConfigurationTypes") if parameters is not None else None
    if types is not None and len(types.items) != 1:
        message = f"found {len(types.items)} items as Types of an endpoint, expected one"
        properties.report("EndpointConfiguration", message, "use EDGE, REGIONAL or PRIVATE")
    declared = types.items[0] if types is not None and types.items else None
    if not isinstance(declared, Text):
        return imported or text_at(EndpointType.EDGE, resource.name)
    if imported is not None and imported.value != declared.value and not has_unknown_part(imported):
        message = f"found {quoted(imported.value)} as endpointConfigurationTypes beside Types {quoted(declared.value)}"
        properties.report("Parameters", message, "give both the same type")
    return declared


def _ip_address_type(properties: Properties) -> Text | None:
    configuration = _endpoint_configuration(properties)
    return configuration.text("IpAddressType") if configuration is not None else None


def _endpoint_configuration(properties: Properties) -> Properties | None:
    return properties.inner("EndpointConfiguration", ("IpAddressType", "Types"), ("VpcEndpointIds",))
