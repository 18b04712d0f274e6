"""Custom domains, public and private, with what selects a stage of an API (GW-20, GW-28, GW-31, GW-33)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.gateway.model.routing_rule import MAPPINGS_ONLY, RULES_ONLY, RULES_THEN_MAPPINGS
from execpolicy.loaders.built_nodes import flag_at, list_at, text_at
from execpolicy.loaders.cloudformation.apis.owners import list_foreign, referred_as
from execpolicy.loaders.cloudformation.apis.policies import policy_at
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import (
    ACCESS_ASSOCIATION,
    DOMAIN_NAME,
    DOMAINS,
    PRIVATE_DOMAIN_NAME,
    V2_DOMAIN_NAME,
)
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

#: The routing modes of an API file by those of AWS::ApiGateway and AWS::ApiGatewayV2.
_MODES: Final = {
    "BASE_PATH_MAPPING_ONLY": MAPPINGS_ONLY,
    "ROUTING_RULE_THEN_BASE_PATH_MAPPING": RULES_THEN_MAPPINGS,
    **{mode: mode for mode in (MAPPINGS_ONLY, RULES_ONLY, RULES_THEN_MAPPINGS)},
}
_REST_READ: Final = ("DomainName", "EndpointAccessMode", "EndpointConfiguration", "RoutingMode")
_REST_IGNORED: Final = (
    *("CertificateArn", "OwnershipVerificationCertificateArn", "RegionalCertificateArn", "SecurityPolicy", "Tags"),
)
_CONFIGURATION_IGNORED: Final = (
    *("CertificateArn", "CertificateName", "EndpointType", "OwnershipVerificationCertificateArn", "SecurityPolicy"),
)
_PRIVATE: Final = "PRIVATE"


class DeclaredDomain(NamedTuple):
    """A custom domain of the template, with the members of a domain of an API file that do not depend on an API."""

    resource: Resource
    name: Text
    members: dict[str, Node | None]

    @property
    def is_private(self) -> bool:
        """Whether it can be called only through VPC endpoints."""
        return self.resource.type == PRIVATE_DOMAIN_NAME


def domains_of(stack: Stack) -> dict[str, DeclaredDomain]:
    """The domains by their names in lower case; those with errors, which are reported, are left out.

    A private domain without an associated VPC endpoint is listed as not known: no call reaches it.
    """
    associated = _associations(stack)
    found: dict[str, DeclaredDomain] = {}
    for resource in stack.of_type(*DOMAINS):
        domain = _domain(stack, resource, associated.get(resource.logical_id, []))
        if domain is None:
            continue
        name = domain.name.value.lower()
        if name in found:
            message = f"found the domain {quoted(with_unknown_in_words(domain.name.value))} twice"
            stack.problems.report(domain.name, message, f"{found[name].resource.logical_id} declares it already")
        found.setdefault(name, domain)
    return found


def domain_named(
    stack: Stack, resource: Resource, properties: Properties, name: str, domains: dict[str, DeclaredDomain]
) -> DeclaredDomain | None:
    """The domain that a property names by name, id or ARN. One of another stack is listed as not known."""
    node = properties.text(name) if properties.must(name) else None
    if node is None:
        return None
    domain = domains.get(node.value.lower()) or domains.get(_name_in_arn(node.value).lower())
    if domain is not None:
        return domain
    found = referred_as(stack, node, name, DOMAINS)
    if found is not None:
        return next((each for each in domains.values() if each.resource.logical_id == found.logical_id), None)
    if stack.referred(node) is None and node.value not in stack.resources:
        list_foreign(stack, f"the domain of {resource.logical_id}", name, node)
    return None


def _name_in_arn(arn: str) -> str:
    """The name of the domain in an ARN, without the id of a private one; empty if it is no such ARN."""
    _, separator, name = arn.partition("/domainnames/")
    return name.partition("+")[0] if separator else ""


def _associations(stack: Stack) -> dict[str, list[Text]]:
    """The VPC endpoints that each private domain is associated with, by the logical id of the domain."""
    found: dict[str, list[Text]] = {}
    for resource in stack.of_type(ACCESS_ASSOCIATION):
        read = ("DomainNameArn", "AccessAssociationSource", "AccessAssociationSourceType")
        properties = properties_of(stack, resource, read, ("Tags",))
        if not properties.must(*read):
            continue
        properties.choice("AccessAssociationSourceType", ("VPCE",))
        node, endpoint = properties.text("DomainNameArn"), properties.text("AccessAssociationSource")
        if node is None or endpoint is None:
            continue
        domain = referred_as(stack, node, "DomainNameArn", (PRIVATE_DOMAIN_NAME,))
        if domain is not None:
            found.setdefault(domain.logical_id, []).append(endpoint)
        elif stack.referred(node) is None and node.value not in stack.resources:
            list_foreign(stack, f"the domain of {resource.logical_id}", "DomainNameArn", node)
    return found


def _domain(stack: Stack, resource: Resource, endpoints: list[Text]) -> DeclaredDomain | None:
    if resource.type == V2_DOMAIN_NAME:
        properties = _v2_properties(stack, resource)
        members = _v2_members(properties)
    elif resource.type == DOMAIN_NAME:
        properties = properties_of(stack, resource, (*_REST_READ, "MutualTlsAuthentication"), _REST_IGNORED)
        members = {"mutual_tls": _mutual_tls(properties), **_rest_members(properties, is_private=False)}
    else:
        properties = properties_of(stack, resource, (*_REST_READ, "Policy"), _REST_IGNORED)
        members = _rest_members(properties, is_private=True) | _private_members(stack, resource, properties, endpoints)
    mode = properties.choice("RoutingMode", _MODES)
    if mode is not None:
        members["routing_mode"] = text_at(_MODES[mode], properties.at("RoutingMode"))
    name = properties.text("DomainName") if properties.must("DomainName") else None
    if name is None:
        return None
    if resource.type == PRIVATE_DOMAIN_NAME and not endpoints:
        what = f"the VPC endpoints of the domain {resource.logical_id}"
        reason = "the template has no DomainNameAccessAssociation of it, so no call by this domain is described"
        stack.unknown(what, reason, resource.name)
        return None
    return DeclaredDomain(resource, name, members)


def _rest_members(properties: Properties, *, is_private: bool) -> dict[str, Node | None]:
    configuration = properties.inner("EndpointConfiguration", ("IpAddressType", "Types"), ("VpcEndpointIds",))
    address_type = None
    if configuration is not None:
        address_type = configuration.text("IpAddressType")
        types = configuration.texts("Types")
        _check_types(properties, types, is_private=is_private)
    return {"endpoint_access_mode": properties.text("EndpointAccessMode"), "ip_address_type": address_type}


def _check_types(properties: Properties, types: JsonArray | None, *, is_private: bool) -> None:
    """Report a type of endpoint that is not that of the type of resource."""
    found = [item.value for item in types.items if isinstance(item, Text)] if types is not None else []
    if any((value == _PRIVATE) is not is_private and not has_unknown(value) for value in found):
        expected = _PRIVATE if is_private else "REGIONAL or EDGE"
        advice = f"{PRIVATE_DOMAIN_NAME} is for private domains, {DOMAIN_NAME} for public ones"
        message = f"found {', '.join(found)} as Types of {properties.what}, expected {expected}"
        properties.report("EndpointConfiguration", message, advice)


def _private_members(
    stack: Stack, resource: Resource, properties: Properties, endpoints: list[Text]
) -> dict[str, Node | None]:
    policy = properties.value("Policy")
    return {
        "id": stack.attribute(resource.logical_id, "DomainNameId", resource.name),
        "policy": policy_at(stack, policy, "Policy") if policy is not None else None,
        "associated_endpoints": list_at(endpoints, resource.name),
    }


def _mutual_tls(properties: Properties) -> Node | None:
    """Whether a domain requires a client certificate: it has a trust store."""
    unknown = properties.unknown("MutualTlsAuthentication")
    if unknown is not None:
        return unknown
    inner = properties.inner("MutualTlsAuthentication", ("TruststoreUri",), ("TruststoreVersion",))
    if inner is not None:
        inner.must("TruststoreUri")
    store = inner.text("TruststoreUri") if inner is not None else None
    return flag_at(True, store) if store is not None else None


def _v2_properties(stack: Stack, resource: Resource) -> Properties:
    read = ("DomainName", "DomainNameConfigurations", "MutualTlsAuthentication", "RoutingMode")
    return properties_of(stack, resource, read, ("Tags",))


def _v2_members(properties: Properties) -> dict[str, Node | None]:
    types = list(_v2_address_types(properties))
    different = {each.value for each in types}
    if len(different) > 1:
        message = f"found {' and '.join(sorted(different))} as IpAddressType of one domain"
        properties.report("DomainNameConfigurations", message, "give all configurations the same one")
    return {"mutual_tls": _mutual_tls(properties), "ip_address_type": types[0] if types else None}


def _v2_address_types(properties: Properties) -> Iterator[Text]:
    for each in properties.each("DomainNameConfigurations", ("IpAddressType",), _CONFIGURATION_IGNORED):
        found = each.text("IpAddressType")
        if found is not None:
            yield found


def domain_node(domain: DeclaredDomain, mappings: JsonObject, rules: JsonArray | None) -> JsonObject:
    """A domain in the format of an API file.

    Args:
        domain: the domain.
        mappings: its base paths.
        rules: its routing rules.
    """
    at = domain.resource.name
    members = {**domain.members, "mappings": mappings, "routing_rules": rules}
    found = {name: (node.start, node.end, node) for name, node in members.items() if node is not None}
    return JsonObject(found, at.start, at.end)
