"""``Domain`` of an API: its custom domain, and the base paths that lead to its stage (SRC-3)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.node_members import member, text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.generated import domain_id
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import is_true, name_node, put
from execpolicy.loaders.cloudformation.stack import Stack

_PRIVATE: Final = "PRIVATE"
_ENDPOINTS: Final = {"Api": ("EDGE", "REGIONAL", _PRIVATE), "HttpApi": ("REGIONAL",), "WebSocketApi": ("REGIONAL",)}
_FIELDS: Final = (
    *("DomainName", "CertificateArn", "EndpointConfiguration", "BasePath", "NormalizeBasePath", "Route53"),
    *("MutualTlsAuthentication", "SecurityPolicy", "OwnershipVerificationCertificateArn", "IpAddressType"),
    *("EndpointAccessMode", "Policy", "AccessAssociation"),
)
#: Properties that the domain of a REST API has under the same names.
_TAKEN: Final = ("SecurityPolicy", "EndpointAccessMode", "OwnershipVerificationCertificateArn")
_FORBIDDEN_IN_KEY: Final = re.compile(r"[^0-9a-zA-Z/_-]")


def domain_resources(stack: Stack, api: SamResource, stage: Node) -> list[Resource]:
    """The custom domain of an API and its mappings; what is wrong is reported.

    Args:
        stack: the template.
        api: the API.
        stage: the name of its stage.
    """
    domain = api.property("Domain").value
    fields = entry(stack.problems, domain, "Domain", _FIELDS) if domain is not None else None
    if fields is None or not fields.must("DomainName", "CertificateArn"):
        return []
    endpoint = fields.choice("EndpointConfiguration", _ENDPOINTS[api.kind])
    if fields.has("EndpointConfiguration") and endpoint is None:
        return []
    if api.kind != "Api":
        return _v2_resources(stack, api, fields, stage)
    if endpoint == _PRIVATE:
        return _private_resources(stack, api, fields, stage)
    fields.refuse(["Policy", "AccessAssociation"], "a domain that is not private", "remove it")
    properties = object_at({"DomainName": fields.value("DomainName")}, fields.node)
    put(properties, "EndpointConfiguration", _endpoint(fields), _at(fields, "EndpointConfiguration"))
    _take(properties, fields, (*_TAKEN, "MutualTlsAuthentication"))
    name = _id_of(api, fields)
    made = [api.generated("AWS::ApiGateway::DomainName", properties, name)]
    for path, at in _base_paths(fields, is_normalized=_normalizes(fields)):
        mapping = object_at({"DomainName": fields.value("DomainName"), "BasePath": path, "Stage": stage}, at)
        put(mapping, "RestApiId", stack.reference(api.logical_id, api.at) or at, at)
        plain = "" if path is None else _plain(path.value)
        made.append(
            api.generated("AWS::ApiGateway::BasePathMapping", mapping, f"{api.logical_id}{plain}BasePathMapping")
        )
    return made


def _private_resources(stack: Stack, api: SamResource, fields: Fields, stage: Node) -> list[Resource]:
    """A private domain, its mappings, and its association with a VPC endpoint."""
    fields.refuse(["MutualTlsAuthentication"], "a private domain", "remove it")
    properties = object_at({"DomainName": fields.value("DomainName")}, fields.node)
    put(properties, "EndpointConfiguration", _endpoint(fields), _at(fields, "EndpointConfiguration"))
    _take(properties, fields, (*_TAKEN[:2], "Policy"))
    name = _id_of(api, fields)
    arn = stack.reference(name, fields.node) or text_at(name, fields.node)
    made = [api.generated("AWS::ApiGateway::DomainNameV2", properties, name)]
    for path, at in _base_paths(fields, is_normalized=_normalizes(fields)):
        mapping = object_at({"DomainNameArn": arn, "BasePath": path, "Stage": stage}, at)
        put(mapping, "RestApiId", stack.reference(api.logical_id, api.at) or at, at)
        plain = "" if path is None else _plain(path.value)
        made.append(
            api.generated("AWS::ApiGateway::BasePathMappingV2", mapping, f"{api.logical_id}{plain}BasePathMapping")
        )
    association = fields.value("AccessAssociation")
    inner = entry(stack.problems, association, "AccessAssociation", ("VpcEndpointId",)) if association else None
    if inner is not None and inner.must("VpcEndpointId"):
        at = inner.node
        access = object_at({"DomainNameArn": arn, "AccessAssociationSourceType": text_at("VPCE", at)}, at)
        put(access, "AccessAssociationSource", inner.value("VpcEndpointId") or at)
        made.append(
            api.generated("AWS::ApiGateway::DomainNameAccessAssociation", access, f"{api.logical_id}AccessAssociation")
        )
    return made


def _v2_resources(stack: Stack, api: SamResource, fields: Fields, stage: Node) -> list[Resource]:
    """The domain of an HTTP or WebSocket API and its mappings."""
    why = f"the domain of {api.kind} {api.logical_id}"
    refused = ["Policy", "AccessAssociation", "NormalizeBasePath", "EndpointAccessMode", "IpAddressType"]
    fields.refuse(refused, why, "remove it")
    if api.kind == "WebSocketApi":
        fields.refuse(["MutualTlsAuthentication"], why, "remove it")
    configuration = object_at({"EndpointType": text_at("REGIONAL", fields.node)}, fields.node)
    _take(configuration, fields, ("SecurityPolicy",))
    properties = object_at({"DomainName": fields.value("DomainName")}, fields.node)
    put(properties, "DomainNameConfigurations", list_at([configuration], fields.node))
    _take(properties, fields, ("MutualTlsAuthentication",))
    made = [api.generated("AWS::ApiGatewayV2::DomainName", properties, _id_of(api, fields))]
    for path, at in _base_paths(fields, is_normalized=False):
        mapping = object_at({"DomainName": fields.value("DomainName"), "Stage": stage}, at)
        put(mapping, "ApiId", stack.reference(api.logical_id, api.at) or at, at)
        if path is not None:
            if _FORBIDDEN_IN_KEY.search(path.value):
                message = f"found {quoted(path.value)} as BasePath of an HTTP API"
                stack.problems.report(path, message, "use letters, digits, - and _, and / between them")
            put(mapping, "ApiMappingKey", text_at(path.value.strip("/"), path))
        plain = "" if path is None else re.sub(r"[-_/]+", "", path.value)
        made.append(api.generated("AWS::ApiGatewayV2::ApiMapping", mapping, f"{api.logical_id}{plain}ApiMapping"))
    return made


def _id_of(api: SamResource, fields: Fields) -> str:
    """The logical id of the domain; of one whose name is not written as a text, its other name."""
    written = member(api.all.written, "Domain")
    is_private = text_of(fields.value("EndpointConfiguration")) == _PRIVATE
    return domain_id(api.kind, written) or f"{api.logical_id}.DomainName{'V2' if is_private else ''}"


def _endpoint(fields: Fields) -> JsonObject:
    kind = fields.value("EndpointConfiguration")
    at = kind if kind is not None else fields.node
    types = list_at([kind if kind is not None else text_at("REGIONAL", at)], at)
    made = object_at({"Types": types}, at)
    address = fields.value("IpAddressType")
    if address is not None:
        put(made, "IpAddressType", address)
    return made


def _base_paths(fields: Fields, *, is_normalized: bool) -> list[tuple[Text | None, Node]]:
    """The base paths, each with its place: None for the one that all other paths have.

    Args:
        fields: those of Domain.
        is_normalized: whether the transform takes only letters and digits of a path.
    """
    found = fields.value("BasePath")
    if found is None or not is_true(found, None):
        return [(None, fields.node)]
    paths: list[tuple[Text | None, Node]] = []
    for item in found.items if isinstance(found, JsonArray) else [found]:
        if isinstance(item, Text):
            paths.append((text_at(_plain(item.value), item) if is_normalized else item, item))
        else:
            fields.wrong(item, "BasePath", "a string or a list of strings")
    return paths


def _normalizes(fields: Fields) -> bool:
    return fields.flag("NormalizeBasePath", default=True)


def _plain(path: str) -> str:
    """The letters and digits of a base path, to which the transform reduces it."""
    return "".join(char for char in path if char.isalnum())


def _take(properties: JsonObject, fields: Fields, names: tuple[str, ...]) -> None:
    for name in names:
        value = fields.value(name)
        if value is not None:
            put(properties, name, value, name_node(fields.node, name))


def _at(fields: Fields, name: str) -> Node:
    return name_node(fields.node, name) if fields.has(name) else fields.node
