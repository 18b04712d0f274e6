"""Expands the resources of SAM into those of CloudFormation, as AWS's transform does (SRC-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.fields import entry
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.cloudformation.invoke_permissions import list_missing_permissions
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.domains import domain_resources
from execpolicy.loaders.cloudformation.sam.events import ApiEvent, api_events, events_by_api
from execpolicy.loaders.cloudformation.sam.generated import (
    IMPLICIT_HTTP_API,
    IMPLICIT_REST_API,
    SAM_PREFIX,
    implicit_properties,
    sam_type,
)
from execpolicy.loaders.cloudformation.sam.globals import check_globals, with_globals
from execpolicy.loaders.cloudformation.sam.http_api import http_api_resources
from execpolicy.loaders.cloudformation.sam.permissions import authorizer_permissions, invoked_functions
from execpolicy.loaders.cloudformation.sam.property_names import OTHER_KINDS, PROPERTIES
from execpolicy.loaders.cloudformation.sam.rest_api import rest_api_resources
from execpolicy.loaders.cloudformation.sam.roles import function_resources
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource, Value
from execpolicy.loaders.cloudformation.sam.usage_plans import usage_plan_resources
from execpolicy.loaders.cloudformation.sam.websocket_api import websocket_api_resources
from execpolicy.loaders.cloudformation.stack import Stack

_IMPLICIT: Final = {IMPLICIT_REST_API: "Api", IMPLICIT_HTTP_API: "HttpApi"}
_DEFAULT_STAGES: Final = {"HttpApi": "$default", "WebSocketApi": "default"}


def expand(stack: Stack) -> Stack:
    """The stack with what the transform makes of its resources of SAM; what is wrong in them is reported."""
    check_globals(stack.problems, stack.globals)
    found: dict[str, SamResource] = {}
    others: dict[str, Resource] = {}
    for logical_id, resource in stack.resources.items():
        kind = sam_type(resource.node)
        if kind in PROPERTIES:
            found[logical_id] = _sam_resource(stack, resource, kind)
        elif not resource.type.startswith(SAM_PREFIX):
            others[logical_id] = resource
        else:
            _list_other(stack, resource, kind)
    owners = [each for kind in ("Function", "StateMachine") for each in found.values() if each.kind == kind]
    events = api_events(stack, owners)
    found |= _implicit_apis(stack, events)
    made = [resource for owner in owners for resource in function_resources(stack, owner)]
    made += _api_resources(stack, found, events)
    expanded = stack.with_resources(_joined(stack, others, made))
    list_missing_permissions(expanded, [function for api in found.values() for function in invoked_functions(api)])
    return expanded


def _sam_resource(stack: Stack, resource: Resource, kind: str) -> SamResource:
    entry(stack.problems, resource.properties, f"AWS::Serverless::{kind}", PROPERTIES[kind])
    section = Value(stack.globals, stack.written_globals)
    return SamResource(resource, kind, with_globals(stack.problems, kind, resource, section))


def _list_other(stack: Stack, resource: Resource, kind: str) -> None:
    if kind in OTHER_KINDS:
        stack.list_unread(resource.name, resource.type)
        return
    known = [f"{SAM_PREFIX}{each}" for each in (*PROPERTIES, *OTHER_KINDS)]
    message = f"found {quoted(resource.type)}, which is no type of SAM"
    stack.problems.report(member(resource.node, "Type") or resource.name, message, did_you_mean(resource.type, known))


def _implicit_apis(stack: Stack, events: list[ApiEvent]) -> dict[str, SamResource]:
    """The APIs of events that name none, at the place of the first of them."""
    found: dict[str, SamResource] = {}
    for event in events:
        kind = _IMPLICIT.get(event.api_id)
        if kind is None or event.api_id in found:
            continue
        at = event.name
        properties = implicit_properties(event.api_id, at)
        node = JsonObject({"Properties": (at.start, at.end, properties)}, at.start, at.end)
        name = Text(event.api_id, at.start, at.end)
        resource = Resource(event.api_id, name, f"{SAM_PREFIX}{kind}", properties, node)
        found[event.api_id] = _sam_resource(stack, resource, kind)
    return found


def _api_resources(stack: Stack, found: Mapping[str, SamResource], events: list[ApiEvent]) -> list[Resource]:
    apis = {kind: {name: each for name, each in found.items() if each.kind == kind} for kind in PROPERTIES}
    made: list[Resource] = []
    rest_events = [event for event in events if _is_rest(event)]
    by_api = events_by_api(stack, rest_events, "Api", apis["Api"])
    for name, api in apis["Api"].items():
        made += rest_api_resources(stack, api, by_api[name])
    by_api = events_by_api(stack, [event for event in events if not _is_rest(event)], "HttpApi", apis["HttpApi"])
    for name, api in apis["HttpApi"].items():
        made += http_api_resources(stack, api, by_api[name])
    for api in apis["WebSocketApi"].values():
        made += websocket_api_resources(stack, api)
    for kind in ("Api", *_DEFAULT_STAGES):
        for api in apis[kind].values():
            made += authorizer_permissions(stack, api) + domain_resources(stack, api, _stage(api))
    made += usage_plan_resources(stack, [(api, _stage(api)) for api in apis["Api"].values()])
    return made


def _is_rest(event: ApiEvent) -> bool:
    return event.kind == "Api"


def _stage(api: SamResource) -> Node:
    """The name of the stage of an API."""
    name = api.property("StageName").value
    return name if name is not None else Text(_DEFAULT_STAGES.get(api.kind, "Stage"), api.at.start, api.at.end)


def _joined(stack: Stack, others: dict[str, Resource], made: list[Resource]) -> dict[str, Resource]:
    """All resources; one that the template has under the logical id of a generated one is reported."""
    joined = dict(others)
    for resource in made:
        if resource.logical_id in others:
            message = f"found the resource {resource.logical_id}, which SAM generates too, as {resource.type}"
            stack.problems.report(others[resource.logical_id].name, message, "give it another logical id")
        joined[resource.logical_id] = resource
    return joined
