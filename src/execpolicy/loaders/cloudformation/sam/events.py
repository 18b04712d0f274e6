"""The events of functions and state machines that lead through an API (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.node_members import member, members, text_of
from execpolicy.document.syntax.nodes import JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.built_nodes import text_at
from execpolicy.loaders.cloudformation.sam.body import ANY_METHOD, method_key
from execpolicy.loaders.cloudformation.sam.generated import IMPLICIT_HTTP_API, IMPLICIT_REST_API, sam_type
from execpolicy.loaders.cloudformation.sam.property_names import EVENT_PROPERTIES, OTHER_EVENTS
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource, Value
from execpolicy.loaders.cloudformation.sam.template_nodes import is_function, name_node
from execpolicy.loaders.cloudformation.stack import Stack

#: The path of the default route of an HTTP API.
DEFAULT_PATH: Final = "$default"
_EVENT: Final = ("Type", "Properties")
#: The field in which an event names its API, the kind of that API, and the API of events that name none.
_API_FIELDS: Final = {"Api": ("RestApiId", IMPLICIT_REST_API), "HttpApi": ("ApiId", IMPLICIT_HTTP_API)}


class ApiEvent(NamedTuple):
    """A method of an API that a function or a state machine answers.

    Attributes:
        name: the name of the event with its place.
        owner: the function or state machine.
        kind: ``Api`` or ``HttpApi``.
        api_id: the logical id of the API.
        path, method: as the definition of the API names them.
        properties: the properties of the event.
    """

    name: Text
    owner: SamResource
    kind: str
    api_id: str
    path: Text
    method: str
    properties: Value

    @property
    def at(self) -> Node:
        """The place of the event: its path, or its name if it has none."""
        return self.path

    @property
    def auth(self) -> Value:
        return self.properties.member("Auth")

    def __str__(self) -> str:
        return f"the event {self.name.value} of {self.owner.logical_id}"


def api_events(stack: Stack, owners: Iterable[SamResource]) -> list[ApiEvent]:
    """The events of functions and state machines that lead through an API, in their order; others are listed."""
    found = []
    for owner in owners:
        events = owner.property("Events")
        if events.value is None:
            continue
        if not isinstance(events.value, JsonObject):
            stack.problems.report(events.value, f"found {describe(events.value)} as Events, expected an object", "")
            continue
        for name, _ in members(events.value):
            event = _event(stack, owner, name_node(events.value, name), events.member(name))
            if event is not None:
                found.append(event)
    return found


def _event(stack: Stack, owner: SamResource, name: Text, event: Value) -> ApiEvent | None:
    if event.value is None:
        return None
    fields = entry(stack.problems, event.value, "an event", _EVENT)
    if fields is None or not fields.must("Type"):
        return None
    kind = fields.text("Type")
    known = EVENT_PROPERTIES.get((kind or "", owner.kind))
    if kind is None:
        return None
    if known is None:
        _list_other(stack, owner, name, kind, fields)
        return None
    properties = event.member("Properties")
    if properties.value is None:
        properties = Value(JsonObject({}, name.start, name.end), None)
    assert properties.value is not None, "an event has properties"
    inner = entry(stack.problems, properties.value, f"an event of the type {kind}", known)
    return _api_event(stack, owner, name, properties, inner) if inner is not None else None


def _list_other(stack: Stack, owner: SamResource, name: Text, kind: str, fields: Fields) -> None:
    """List an event that leads through no API, or report one of an unknown type."""
    if kind in OTHER_EVENTS:
        stack.ignore(name, f"the event {name.value} of the type {kind}")
        return
    known = [each for each, owner_kind in EVENT_PROPERTIES if owner_kind == owner.kind]
    message = f"found {quoted(kind)} as the type of an event of {owner.kind}"
    at = fields.value("Type")
    stack.problems.report(at or name, message, did_you_mean(kind, (*known, *OTHER_EVENTS)))


def _api_event(stack: Stack, owner: SamResource, name: Text, properties: Value, fields: Fields) -> ApiEvent | None:
    kind = text_of(member(owner.property("Events", name.value).value, "Type")) or ""
    for part in ("Path", "Method"):
        value = properties.member(part)
        if is_function(value.written) and value.value is not None:
            message = f"found a function as {part} of an event, which the transform does not resolve"
            stack.problems.report(value.value, message, "write the text itself")
            return None
    path, method = fields.value("Path"), fields.text("Method")
    if kind == "HttpApi" and not text_of(path) and not method:
        path, method = text_at(DEFAULT_PATH, name), ANY_METHOD
    elif not fields.must("Path", "Method") or fields.text("Path") is None or method is None:
        return None
    assert isinstance(path, Text), "the path is a text"
    api_id = _api_of(stack, name, kind, properties)
    return ApiEvent(name, owner, kind, api_id, path, method_key(method), properties) if api_id is not None else None


def _api_of(stack: Stack, name: Text, kind: str, properties: Value) -> str | None:
    """The logical id of the API that an event names, or of the implicit one."""
    field, implicit = _API_FIELDS[kind]
    found = properties.member(field)
    if found.written is None:
        return implicit
    api_id = text_of(member(found.written, "Ref")) or text_of(found.written)
    if api_id is not None:
        return api_id
    message = f"found {field} of the event {name.value} that is no logical id"
    at = found.value if found.value is not None else name
    stack.problems.report(at, message, f"write !Ref with the logical id of a resource AWS::Serverless::{kind}")
    return None


def events_by_api(
    stack: Stack, events: Iterable[ApiEvent], kind: str, apis: Mapping[str, SamResource]
) -> dict[str, list[ApiEvent]]:
    """The events of each API of a kind. An event whose API is no resource of this kind is reported."""
    found: dict[str, list[ApiEvent]] = {api_id: [] for api_id in apis}
    field, _ = _API_FIELDS[kind]
    for event in events:
        if event.api_id in found:
            found[event.api_id].append(event)
            continue
        named = event.properties.member(field)
        at = named.value if named.value is not None else event.name
        other = stack.resources.get(event.api_id)
        if other is None:
            if text_of(named.written) is not None:
                message = f"found the API {quoted(event.api_id)}, which the template does not have"
                advice = did_you_mean(event.api_id, apis) if apis else f"declare an AWS::Serverless::{kind}"
                stack.problems.report(at, message, advice)
        elif sam_type(other.node) or other.type not in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
            message = f"found the {other.type} {event.api_id} as the API of an event of the type {kind}"
            stack.problems.report(at, message, f"name a resource AWS::Serverless::{kind}")
        else:
            stack.ignore(event.name, f"{event}, which adds nothing to the {other.type} {event.api_id}")
    return found
