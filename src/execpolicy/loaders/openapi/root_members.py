"""What the root of an OpenAPI document says about the whole API."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonNull, JsonObject, Member, Node, Text, to_python
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown
from execpolicy.gateway.model.gateway_responses import OWN_TEXT
from execpolicy.gateway.model.names import EndpointType
from execpolicy.loaders.built_nodes import flag_at, object_at, text_at
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import CORS, ENDPOINT, RESPONSES
from execpolicy.loaders.openapi.scalars import flag_node, number_node
from execpolicy.loaders.response_template import message_of_template

_ENDPOINT_FIELDS = ("disableExecuteApiEndpoint", "vpcEndpointIds", "ipAddressType")
_CORS_FIELDS = ("allowOrigins", "allowCredentials", "exposeHeaders", "maxAge", "allowMethods", "allowHeaders")
_RESPONSE_FIELDS = ("statusCode", "responseParameters", "responseTemplates", "responseType", "defaultResponse")
_JSON = "application/json"


def endpoint_members(places: Iterable[Fields]) -> dict[str, Node | None]:
    """The members of an API file that endpoint configurations give.

    Args:
        places: the fields of the root and of each server: the configuration stands in one of them.
    """
    found: dict[str, Node | None] = {}
    for fields in places:
        node = fields.value(ENDPOINT)
        inner = entry(fields.problems, node, ENDPOINT, _ENDPOINT_FIELDS) if node is not None else None
        for name, value in _endpoint_members(inner).items() if inner is not None else ():
            before = found.setdefault(name, value)
            if value is not None and before is not None and to_python(before) != to_python(value):
                message = f"found another {quoted(ENDPOINT)} than before"
                fields.problems.report(value, message, "keep one of them", "SRC-1")
    return found


def _endpoint_members(fields: Fields) -> dict[str, Node | None]:
    endpoints = fields.value("vpcEndpointIds")
    if not has_unknown_part(endpoints):
        fields.texts("vpcEndpointIds")
    private = endpoints is not None and not (isinstance(endpoints, JsonArray) and not endpoints.items)
    members: dict[str, Node | None] = {
        "endpoint": text_at(EndpointType.PRIVATE, endpoints) if endpoints is not None and private else None,
        "disable_execute_api_endpoint": flag_node(fields.value("disableExecuteApiEndpoint")),
        "ip_address_type": fields.value("ipAddressType"),
    }
    return {name: value for name, value in members.items() if value is not None}


def cors_node(fields: Fields) -> Node | None:
    """Whether the API answers preflight requests itself."""
    node = fields.value(CORS)
    inner = entry(fields.problems, node, CORS, _CORS_FIELDS) if node is not None else None
    if inner is None or node is None:
        return None
    if not inner.node.members:
        message = f"found {quoted(CORS)} without a member"
        fields.problems.report(node, message, "give allowOrigins, or remove it", "GW-27")
        return None
    return flag_at(True, fields.node.members[CORS][2])


def gateway_responses_node(definition: Definition, fields: Fields) -> JsonObject | None:
    """The gateway responses that set a status or a body."""
    node = fields.value(RESPONSES)
    if node is None:
        return None
    found: dict[str, Member] = {}
    for name, (start, end, value) in fields.members(RESPONSES, "an object of gateway responses by name"):
        response = gateway_response_node(definition, value)
        if response is not None:
            found[name] = (start, end, response)
    return JsonObject(found, node.start, node.end) if found else None


def gateway_response_node(definition: Definition, node: Node) -> JsonObject | None:
    """A gateway response as an API file has it; None if it sets neither a status nor a body."""
    fields = entry(definition.problems, node, "a gateway response", _RESPONSE_FIELDS)
    if fields is None:
        return None
    members = {"status": number_node(fields.value("statusCode")), "message": _message(fields)}
    if all(value is None for value in members.values()):
        return None
    return object_at(members, node)


def _message(fields: Fields) -> Node | None:
    """The message in the body, by the template for JSON; null for a body without a message."""
    for content_type, (_, _, template) in fields.members("responseTemplates", "an object of templates"):
        if content_type == _JSON and isinstance(template, Text) and not has_unknown(template.value):
            text = message_of_template(template.value)
            if text == OWN_TEXT:
                return None
            return JsonNull("null", template.start, template.end) if text is None else text_at(text, template)
    return None
