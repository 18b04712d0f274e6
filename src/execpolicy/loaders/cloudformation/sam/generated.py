"""The resources that SAM generates: their logical ids and types, before any value is resolved (SRC-3).

A template may refer to them: ``!Ref ServerlessRestApi``, ``!Ref OrdersApi.Stage``, ``!GetAtt OrdersFunctionRole.Arn``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha1
from typing import Final

from execpolicy.document.syntax.node_members import member, members, text_of
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.loaders.cloudformation.sam.template_nodes import is_text

SAM_PREFIX: Final = "AWS::Serverless::"
#: The logical ids of the APIs that events make which name no API.
IMPLICIT_REST_API: Final = "ServerlessRestApi"
IMPLICIT_HTTP_API: Final = "ServerlessHttpApi"
#: The stage of the implicit REST API; a template cannot give it another.
IMPLICIT_STAGE: Final = "Prod"

#: The names of stages of which the template says nothing, by kind of API.
_DEFAULT_STAGES: Final = {"HttpApi": "$default", "WebSocketApi": "default"}
#: What a resource of SAM becomes under its own logical id, by its type without the prefix.
_BECOMES: Final = {
    "Api": "AWS::ApiGateway::RestApi",
    "HttpApi": "AWS::ApiGatewayV2::Api",
    "WebSocketApi": "AWS::ApiGatewayV2::Api",
    "Function": "AWS::Lambda::Function",
    "StateMachine": "AWS::StepFunctions::StateMachine",
    "SimpleTable": "AWS::DynamoDB::Table",
    "LayerVersion": "AWS::Lambda::LayerVersion",
    "Application": "AWS::CloudFormation::Stack",
    "GraphQLApi": "AWS::AppSync::GraphQLApi",
    "WebFunction": "AWS::Lambda::WebFunction",
    "CapacityProvider": "AWS::Lambda::CapacityProvider",
    "NetworkConnector": "AWS::Lambda::NetworkConnector",
    "MicrovmImage": "AWS::Lambda::MicrovmImage",
}
_API_PARTS: Final = {
    "Stage": "AWS::ApiGateway::Stage",
    "Deployment": "AWS::ApiGateway::Deployment",
    "UsagePlan": "AWS::ApiGateway::UsagePlan",
    "ApiKey": "AWS::ApiGateway::ApiKey",
    "UsagePlanKey": "AWS::ApiGateway::UsagePlanKey",
    "DomainName": "AWS::ApiGateway::DomainName",
    "DomainNameV2": "AWS::ApiGateway::DomainNameV2",
}
_V2_PARTS: Final = {"Stage": "AWS::ApiGatewayV2::Stage", "DomainName": "AWS::ApiGatewayV2::DomainName"}
_FUNCTION_PARTS: Final = {
    "Version": "AWS::Lambda::Version",
    "Alias": "AWS::Lambda::Alias",
    "DestinationTopic": "AWS::SNS::Topic",
    "DestinationQueue": "AWS::SQS::Queue",
}
#: Parts that have a logical id of their own beside the name with a full stop.
_WITH_OWN_ID: Final = ("UsagePlan", "ApiKey", "UsagePlanKey")
_SHARED: Final = {f"Serverless{name}": _API_PARTS[name] for name in _WITH_OWN_ID}
_EVENT_BECOMES: Final = {
    "Schedule": "AWS::Events::Rule",
    "CloudWatchEvent": "AWS::Events::Rule",
    "EventBridgeRule": "AWS::Events::Rule",
    "ScheduleV2": "AWS::Scheduler::Schedule",
    "IoTRule": "AWS::IoT::TopicRule",
    "SNS": "AWS::SNS::Subscription",
    "CloudWatchLogs": "AWS::Logs::SubscriptionFilter",
}
#: Types of events that read from a stream or queue.
_POLLED_EVENTS: Final = ("Kinesis", "DynamoDB", "SQS", "MSK", "MQ", "SelfManagedKafka", "DocumentDB")


def sam_type(resource: Node) -> str:
    """The type of a resource of SAM without its prefix, such as ``Api``; empty for every other resource."""
    written = member(resource, "Type")
    value = written.value if isinstance(written, Text) else ""
    return value.removeprefix(SAM_PREFIX) if value.startswith(SAM_PREFIX) else ""


def generated_types(resources: JsonObject) -> dict[str, str]:
    """The types of what a template with these resources has after the transform, by logical id.

    Args:
        resources: the section ``Resources``, whose values need not be resolved.

    Returns:
        resources of SAM under their own ids, what they generate, and its other names, such as ``OrdersApi.Stage``.
    """
    found: dict[str, str] = {}
    for logical_id, resource in members(resources):
        kind = sam_type(resource)
        if kind in _BECOMES:
            found[logical_id] = _BECOMES[kind]
        found |= _parts(logical_id, kind, member(resource, "Properties"))
    for implicit, (kind, event_kind, field) in _IMPLICIT.items():
        if any(_leads_to(event, field, implicit) for event in events_of_kind(resources, event_kind)):
            found[implicit] = _BECOMES[kind]
            found |= _parts(implicit, kind, implicit_properties(implicit, resources))
    return found


#: The implicit APIs: the kind of resource, the kind of event that makes it, and the field of events that names an API.
_IMPLICIT: Final = {IMPLICIT_REST_API: ("Api", "Api", "RestApiId"), IMPLICIT_HTTP_API: ("HttpApi", "HttpApi", "ApiId")}


def implicit_properties(logical_id: str, at: Node) -> JsonObject:
    """The properties of an implicit API, with the place of another node."""
    if logical_id == IMPLICIT_HTTP_API:
        return JsonObject({}, at.start, at.end)
    return JsonObject({"StageName": (at.start, at.end, Text(IMPLICIT_STAGE, at.start, at.end))}, at.start, at.end)


def _leads_to(event: Node, field: str, implicit: str) -> bool:
    """Whether an event names an implicit API, which makes it, or no API."""
    named = member(event, "Properties", field)
    return named is None or implicit in (text_of(named), text_of(member(named, "Ref")))


def events_of_kind(resources: JsonObject, kind: str) -> Iterator[Node]:
    """The events of one kind, such as ``HttpApi``, of all functions and state machines."""
    for _, resource in members(resources):
        if sam_type(resource) in ("Function", "StateMachine"):
            for _, event in members(member(resource, "Properties", "Events")):
                if is_text(member(event, "Type"), kind):
                    yield event


def generated_nodes(resources: JsonObject) -> dict[str, JsonObject]:
    """What references to stages and domains depend on: their names, as properties of what SAM generates.

    Returns:
        a resource with ``StageName`` or ``DomainName``, by each logical id of the stage or domain.
    """
    found: dict[str, JsonObject] = {}
    for logical_id, resource in members(resources):
        kind = sam_type(resource)
        if kind in ("Api", "HttpApi", "WebSocketApi"):
            found |= _named_nodes(logical_id, kind, member(resource, "Properties"), resource)
    for implicit, (kind, event_kind, field) in _IMPLICIT.items():
        for event in events_of_kind(resources, event_kind):
            if _leads_to(event, field, implicit):
                found |= _named_nodes(implicit, kind, implicit_properties(implicit, event), event)
    return found


def _named_nodes(logical_id: str, kind: str, properties: Node | None, at: Node) -> dict[str, JsonObject]:
    stage = member(properties, "StageName") or Text(_DEFAULT_STAGES.get(kind, ""), at.start, at.end)
    of_stage = _resource("StageName", stage)
    found = {f"{logical_id}.Stage": of_stage, stage_id(logical_id, kind, properties): of_stage}
    domain = member(properties, "Domain")
    name = member(domain, "DomainName")
    if name is not None:
        own = domain_id(kind, domain)
        ids = [f"{logical_id}.DomainName", f"{logical_id}.DomainNameV2", *([own] if own is not None else [])]
        found |= dict.fromkeys(ids, _resource("DomainName", name))
    return found


def _resource(name: str, value: Node) -> JsonObject:
    properties = JsonObject({name: (value.start, value.end, value)}, value.start, value.end)
    return JsonObject({"Properties": (value.start, value.end, properties)}, value.start, value.end)


def stage_id(logical_id: str, kind: str, properties: Node | None) -> str:
    """The logical id of the stage of an API: it has the name of the stage where that is written as a text."""
    written = member(properties, "StageName")
    default = "" if written is not None else _DEFAULT_STAGES.get(kind, "")
    name = written.value if isinstance(written, Text) else default
    if kind == "HttpApi" and name == "$default":
        return f"{logical_id}ApiGatewayDefaultStage"
    if kind == "WebSocketApi":
        return f"{logical_id}{'Default' if name == 'default' else name}Stage"
    return f"{logical_id}{name}Stage" if name.isalnum() else f"{logical_id}Stage{_hashed(name)}"


def domain_id(kind: str, domain: Node | None) -> str | None:
    """The logical id of the custom domain of an API, or None if its name is not written as a text."""
    name = member(domain, "DomainName")
    if not isinstance(name, Text):
        return None
    is_second = kind != "Api" or is_text(member(domain, "EndpointConfiguration"), "PRIVATE")
    return f"ApiGatewayDomainName{'V2' if is_second else ''}{_hashed(name.value)}"


def _hashed(text: str) -> str:
    # The ten digits that SAM appends to a logical id: nothing secret depends on them.
    return sha1(text.encode(), usedforsecurity=False).hexdigest()[:10] if text else ""


def _parts(logical_id: str, kind: str, properties: Node | None) -> dict[str, str]:
    match kind:
        case "Api":
            return _parts_of_rest_api(logical_id, properties)
        case "HttpApi" | "WebSocketApi":
            found = {stage_id(logical_id, kind, properties): _V2_PARTS["Stage"]} | _dotted(logical_id, _V2_PARTS)
            domain = domain_id(kind, member(properties, "Domain"))
            if kind == "WebSocketApi":
                found[f"{logical_id}ConnectAuthorizer"] = "AWS::ApiGatewayV2::Authorizer"
            return found | ({domain: _V2_PARTS["DomainName"]} if domain is not None else {})
        case "Function" | "StateMachine":
            return _parts_of_function(logical_id, kind, properties)
        case _:
            return {}


def _dotted(logical_id: str, parts: Mapping[str, str]) -> dict[str, str]:
    return {f"{logical_id}.{name}": generated for name, generated in parts.items()}


def _parts_of_rest_api(logical_id: str, properties: Node | None) -> dict[str, str]:
    found = _dotted(logical_id, _API_PARTS) | {f"{logical_id}{name}": _API_PARTS[name] for name in _WITH_OWN_ID}
    found[stage_id(logical_id, "Api", properties)] = _API_PARTS["Stage"]
    found[f"{logical_id}Deployment"] = _API_PARTS["Deployment"]
    domain = domain_id("Api", member(properties, "Domain"))
    if domain is not None:
        found[domain] = _API_PARTS["DomainNameV2" if "NameV2" in domain else "DomainName"]
    return found | _SHARED


def _parts_of_function(logical_id: str, kind: str, properties: Node | None) -> dict[str, str]:
    found = {}
    if member(properties, "Role") is None:
        found[f"{logical_id}Role"] = "AWS::IAM::Role"
    if kind == "Function":
        found |= _dotted(logical_id, _FUNCTION_PARTS)
        alias = member(properties, "AutoPublishAlias")
        if isinstance(alias, Text):
            found[f"{logical_id}Alias{alias.value}"] = _FUNCTION_PARTS["Alias"]
        if member(properties, "FunctionUrlConfig") is not None:
            found[f"{logical_id}Url"] = "AWS::Lambda::Url"
    for name, event in members(member(properties, "Events")):
        found |= _parts_of_event(f"{logical_id}{name}", kind, member(event, "Type"))
    return found


def _parts_of_event(event_id: str, kind: str, event_type: Node | None) -> dict[str, str]:
    name = event_type.value if isinstance(event_type, Text) else ""
    if kind == "StateMachine":
        return {f"{event_id}Role": "AWS::IAM::Role"}
    if name in _POLLED_EVENTS:
        return {event_id: "AWS::Lambda::EventSourceMapping"}
    return {event_id: _EVENT_BECOMES[name]} if name in _EVENT_BECOMES else {}
