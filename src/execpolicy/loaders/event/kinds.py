"""Which event a JSON document is, by its content (LOG-3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.loaders.json_members import JsonMembers

RULE: Final = "LOG-3"


class EventKind(StrEnum):
    """An event of API Gateway, in words."""

    PROXY_1 = "an event of payload format 1.0"
    PROXY_2 = "an event of payload format 2.0"
    TOKEN = "an event of a TOKEN authorizer"
    SOCKET = "an event of a WebSocket API"


#: Members of events that no line of an access log has.
_OF_EVENTS: Final = (
    *("requestContext", "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"),
    *("methodArn", "routeArn", "rawPath", "isBase64Encoded", "authorizationToken", "Records"),
)
#: Events of other services have these members in ``requestContext``.
_OTHERS: Final = (("elb", "an Application Load Balancer"), ("serviceNetworkArn", "VPC Lattice"))


def is_event(node: JsonObject) -> bool:
    """Whether a document is an event of a Lambda function, and not a line of a log."""
    return any(name in node.members for name in _OF_EVENTS)


def is_name_of_event(name: str) -> bool:
    """Whether a member of this name makes a document an event."""
    return name in _OF_EVENTS


def kind_of_event(event: JsonMembers) -> EventKind:
    """Which event it is.

    Raises:
        RequestError: it is an event of another service, or of no known shape; with the place.
    """
    if event.has("Records"):
        raise event.place_of("Records").error(
            "found Records, as events of other services than API Gateway have", "give an event of a call", RULE
        )
    context = event.node_of("requestContext")
    members = context.members if isinstance(context, JsonObject) else {}
    for name, service in _OTHERS:
        if name in members:
            place = event.place_of("requestContext")
            raise place.error(f"found an event of {service}, not of API Gateway", "give an event of a call", RULE)
    version = event.node_of("version")
    if isinstance(version, Text) and version.value == "2.0":
        return EventKind.PROXY_2
    kind = event.node_of("type")
    if isinstance(kind, Text) and kind.value == "TOKEN":
        return EventKind.TOKEN
    if "connectionId" in members or "eventType" in members:
        return EventKind.SOCKET
    if event.has("httpMethod") or "httpMethod" in members or event.has("methodArn"):
        return EventKind.PROXY_1
    if event.has("rawPath") or "http" in members:
        raise event.place_of("rawPath").error(
            'found an event with rawPath whose version is not "2.0"', 'add "version": "2.0"', RULE
        )
    place = event.text.part(event.node.start, event.node.start + 1)
    raise place.error(
        "found an event without httpMethod, and without requestContext.http or requestContext.connectionId",
        "give the whole event that a function of the API gets",
        RULE,
    )
