"""The gateway responses that REST APIs set themselves (MSG-4)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonNull, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.model.gateway_responses import OWN_TEXT
from execpolicy.loaders.built_nodes import object_at
from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import GATEWAY_RESPONSE, REST_API
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.response_template import message_of_template

_JSON: Final = "application/json"


def gateway_responses_of(stack: Stack) -> dict[str, dict[str, Member]]:
    """The gateway responses by the logical id of the API and by name, in the format of an API file."""
    found: dict[str, dict[str, Member]] = {}
    for resource in stack.of_type(GATEWAY_RESPONSE):
        read = ("RestApiId", "ResponseType", "StatusCode", "ResponseTemplates")
        properties = properties_of(stack, resource, read, ("ResponseParameters",))
        api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
        kind = properties.known_text("ResponseType") if properties.must("ResponseType") else None
        if api is None or kind is None:
            continue
        at = properties.at("ResponseType")
        response = _response(properties, at)
        responses = found.setdefault(api.logical_id, {})
        if kind in responses:
            message = f"found the gateway response {quoted(kind)} of {api.logical_id} twice"
            properties.report("ResponseType", message, "keep one of them")
        elif response.members:
            responses[kind] = (at.start, at.end, response)
    return found


def _response(properties: Properties, at: Node) -> JsonObject:
    members: dict[str, Node | None] = {"status": properties.number("StatusCode")}
    templates = properties.named_texts("ResponseTemplates")
    template = templates.members.get(_JSON) if templates is not None else None
    if template is not None:
        _, _, text = template
        message = message_of_template(text.value) if isinstance(text, Text) else None
        if message is None:
            members["message"] = JsonNull("null", text.start, text.end)
        elif message != OWN_TEXT:
            members["message"] = Text(message, text.start, text.end)
    return object_at(members, at)
