"""``AWS::Serverless::Api``: its definition, deployment and stages (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execpolicy.document.syntax.fields import entry
from execpolicy.document.syntax.node_members import member, members, text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.body import ANY_METHOD, ApiBody, security_of, set_security
from execpolicy.loaders.cloudformation.sam.definition import definition_of, is_openapi_3, open_api_version, version_text
from execpolicy.loaders.cloudformation.sam.events import ApiEvent
from execpolicy.loaders.cloudformation.sam.generated import stage_id
from execpolicy.loaders.cloudformation.sam.resource_policy import PolicyStatements
from execpolicy.loaders.cloudformation.sam.rest_authorizers import invocation_uri
from execpolicy.loaders.cloudformation.sam.rest_security import AWS_IAM, add_api_security, add_event_security
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import copied, is_text, name_node, put
from execpolicy.loaders.cloudformation.sam.unknown_definition import unknown_definition
from execpolicy.loaders.cloudformation.stack import Stack

#: The stage that the deployment makes besides the one that the template names.
SECOND_STAGE: Final = "Stage"
_RESPONSES: Final = "x-amazon-apigateway-gateway-responses"
_ENDPOINT: Final = "x-amazon-apigateway-endpoint-configuration"
_DISABLE: Final = "disableExecuteApiEndpoint"
_CORS: Final = ("AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials")
_RESPONSE: Final = ("ResponseParameters", "ResponseTemplates", "StatusCode")
_PARAMETERS: Final = {"Headers": "header.", "Paths": "path.", "QueryStrings": "querystring."}
#: Properties that the REST API and its stage have under the same names.
_OF_API: Final = (
    "Name",
    "FailOnWarnings",
    "Mode",
    "ApiKeySourceType",
    "Policy",
    "SecurityPolicy",
    "EndpointAccessMode",
)
_OF_STAGE: Final = (
    *("StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings", "AccessLogSetting"),
    *("CanarySetting", "TracingEnabled"),
)


def rest_api_resources(stack: Stack, api: SamResource, events: Iterable[ApiEvent]) -> list[Resource]:
    """The RestApi, the Deployment and the Stage of an API; what is wrong is reported."""
    found = [*events]
    stage = api.property("StageName").value
    if stage is None:
        stack.problems.report(api.at, f"found the API {api.logical_id} without StageName", 'add "StageName"')
        stage = text_at(SECOND_STAGE, api.at)
    unknown = unknown_definition(api, found)
    if unknown is not None:
        return [_rest_api(stack, api, unknown), *_deployed(stack, api)]
    body = definition_of(stack, api)
    if body is None:
        return []
    policy = PolicyStatements(stack.problems, body, stack.resources)
    _add_events(stack, body, api, found, policy)
    _add_cors(stack, body, api)
    add_api_security(stack, body, api)
    _add_policy(stack, body, api, policy, stage)
    _add_responses(stack, body, api)
    _disable_endpoint(body, api)
    document = _with_schemes_of_openapi_3(stack, body, api)
    return [_rest_api(stack, api, document), *_deployed(stack, api)]


def _add_events(
    stack: Stack, body: ApiBody, api: SamResource, events: list[ApiEvent], policy: PolicyStatements
) -> None:
    merges = api.property("MergeDefinitions").is_true
    if body.is_managed:
        for event in events:
            body.add_path(event.path, event.method, event.at)
    for event in events:
        is_override = event.owner.kind == "Function" and event.auth.member("OverrideApiAuth").is_true
        if body.is_managed:
            if body.operation(event.path.value, event.method) is not None:
                message = f"found {event.method} {event.path.value} twice in {api.logical_id}"
                stack.problems.report(event.path, message, "remove one of the events")
                continue
            body.add_operation(event.path, event.method, _integration(stack, api, event), event.at)
        elif merges and event.owner.kind == "Function":
            _merge_event(stack, body, api, event)
        elif not is_override:
            stack.ignore(event.name, f"{event}, because {api.logical_id} has a DefinitionBody")
        elif event.method not in body.methods(event.path.value):
            message = f"found OverrideApiAuth in {event}, whose method the DefinitionBody does not have"
            stack.problems.report(event.path, message, "add the method to the DefinitionBody")
        if body.is_managed or is_override:
            add_event_security(stack.problems, body, api, event)
            _add_event_policy(stack, api, event, policy)


def _merge_event(stack: Stack, body: ApiBody, api: SamResource, event: ApiEvent) -> None:
    """Merge a method into a definition of the template: the transform takes its security, but no definitions of it."""
    if event.method == ANY_METHOD and not is_text(event.properties.member("Method").value, ANY_METHOD):
        message = f"found the method ANY in {event}: the transform merges it under a name that is no method"
        stack.problems.report(event.at, message, f"write Method: {ANY_METHOD}")
    before = body.operation(event.path.value, event.method)
    written = security_of(before) if before is not None else []
    operation = body.add_operation(event.path, event.method, _integration(stack, api, event), event.at)
    operation.members.pop("security", None)
    add_event_security(stack.problems, body, api, event, defines=False)
    if not security_of(operation) and written:
        set_security(operation, written, event.at)
    lists = event.auth.member("ResourcePolicy")
    if lists.is_true and lists.value is not None and not event.auth.member("OverrideApiAuth").is_true:
        message = f"found ResourcePolicy in {event}, which MergeDefinitions drops"
        stack.problems.report(lists.value, message, f"move it to Auth of {api.logical_id}")


def _add_event_policy(stack: Stack, api: SamResource, event: ApiEvent, policy: PolicyStatements) -> None:
    lists = event.auth.member("ResourcePolicy")
    if not lists.is_true or lists.value is None:
        return
    stage: Node | None = _stage_of_events(api)
    if event.owner.kind == "StateMachine":
        stage = event.properties.member("Stage").value
    if not isinstance(stage, Text):
        message = f"found ResourcePolicy in {event}, for which the transform has no stage"
        stack.problems.report(lists.value, message, f'add "Stage" to the event, or move it to Auth of {api.logical_id}')
        return
    policy.add_for_path(lists, event.path.value, stage, of_event=True)
    policy.add_custom(lists)


def _stage_of_events(api: SamResource) -> Text:
    """The stage for which events write statements: the transform does not resolve a function there."""
    written = member(api.all.written, "StageName")
    return written if isinstance(written, Text) else text_at(SECOND_STAGE, api.at)


def _integration(stack: Stack, api: SamResource, event: ApiEvent) -> JsonObject:
    at = event.at
    function = stack.attribute(event.owner.logical_id, "Arn", event.owner.at)
    return object_at(
        {
            "type": text_at("aws_proxy" if event.owner.kind == "Function" else "aws", at),
            "httpMethod": text_at("POST", at),
            "uri": invocation_uri(stack, text_at(text_of(function) or "", at)),
            "credentials": _credentials(stack, api, event) if event.owner.kind == "Function" else None,
        },
        at,
    )


def _credentials(stack: Stack, api: SamResource, event: ApiEvent) -> Text | None:
    """With which credentials API Gateway invokes the function: with AWS_IAM those of the caller, unless given."""
    own = event.auth.member("Authorizer").value
    by_default = is_text(api.property("Auth", "DefaultAuthorizer").value, AWS_IAM) and not event.auth.is_true
    if not is_text(own, AWS_IAM) and not by_default:
        return None
    role = next(
        (
            found.value
            for found in (event.auth.member("InvokeRole"), api.property("Auth", "InvokeRole"))
            if found.value is not None
        ),
        None,
    )
    if is_text(role, "NONE") or is_text(role, ""):
        return None
    if isinstance(role, Text) and role.value != "CALLER_CREDENTIALS":
        return role
    return text_at(f"arn:{stack.partition}:iam::*:user/*", event.at)


def _add_cors(stack: Stack, body: ApiBody, api: SamResource) -> None:
    """Add a preflight method to each path that has none."""
    cors = api.property("Cors")
    if not cors.is_true or cors.value is None:
        return
    if not isinstance(cors.value, Text):
        entry(stack.problems, cors.value, "Cors", _CORS)
    at = name_node(api.properties, "Cors")
    seen: set[str] = set()
    for path in body.paths:
        plain = path.rstrip("/") if path != "/" else path
        if plain in seen:
            message = f"found the path {path} of {api.logical_id} with and without a slash at its end"
            stack.problems.report(cors.value, message, "keep one of them: only one gets a preflight method")
        elif "options" not in body.methods(path):
            integration = object_at({"type": text_at("mock", at)}, at)
            body.add_operation(text_at(path, at), "options", integration, at)
        seen.add(plain)


def _add_policy(stack: Stack, body: ApiBody, api: SamResource, policy: PolicyStatements, stage: Node) -> None:
    lists = api.property("Auth", "ResourcePolicy")
    if not lists.is_true or lists.value is None or not policy.check(lists):
        return
    if isinstance(stage, Text):
        for path in body.paths:
            policy.add_for_path(lists, path, stage)
    policy.add_custom(lists)


def _add_responses(stack: Stack, body: ApiBody, api: SamResource) -> None:
    responses = api.property("GatewayResponses").value
    if responses is None:
        return
    if not isinstance(responses, JsonObject):
        message = f"found {describe(responses)} as GatewayResponses, expected an object"
        stack.problems.report(responses, message, "write an object of responses")
        return
    found = member(body.document, _RESPONSES)
    target = copied(found) if isinstance(found, JsonObject) else JsonObject({}, responses.start, responses.end)
    for name, response in members(responses):
        fields = entry(stack.problems, response, "a response of GatewayResponses", _RESPONSE)
        if fields is not None:
            put(target, name, _response(fields.node), name_node(responses, name))
    put(body.document, _RESPONSES, target, name_node(api.properties, "GatewayResponses"))


def _response(response: JsonObject) -> JsonObject:
    made = JsonObject({}, response.start, response.end)
    given = member(response, "ResponseParameters")
    if given is not None:
        parameters = JsonObject({}, given.start, given.end)
        for group, prefix in _PARAMETERS.items():
            for name, parameter in members(member(given, group)):
                put(parameters, f"gatewayresponse.{prefix}{name}", parameter)
        put(made, "responseParameters", parameters)
    for name, other in (("ResponseTemplates", "responseTemplates"), ("StatusCode", "statusCode")):
        value = member(response, name)
        if value is not None:
            text = text_at(value.text, value) if isinstance(value, JsonNumber) else value
            put(made, other, text, name_node(response, name))
    return made


def _disable_endpoint(body: ApiBody, api: SamResource) -> None:
    disabled = api.property("DisableExecuteApiEndpoint").value
    if disabled is None:
        return
    if not is_openapi_3(version_text(member(body.document, "openapi"))):
        put(body.document, _ENDPOINT, with_disabled(member(body.document, _ENDPOINT), disabled))
    else:
        disable_endpoint_of_servers(body, disabled)


def with_disabled(configuration: Node | None, disabled: Node) -> JsonObject:
    """An endpoint configuration with the setting of the template."""
    made = copied(configuration) if isinstance(configuration, JsonObject) else object_at({}, disabled)
    put(made, _DISABLE, disabled)
    return made


def disable_endpoint_of_servers(body: ApiBody, disabled: Node) -> None:
    """Write the setting of the template into each server of a definition."""
    servers = member(body.document, "servers")
    written = servers.items if isinstance(servers, JsonArray) else [object_at({}, disabled)]
    made = [copied(server) for server in written if isinstance(server, JsonObject)]
    for server in made:
        put(server, _ENDPOINT, with_disabled(member(server, _ENDPOINT), disabled))
    put(body.document, "servers", list_at(made, servers if servers is not None else disabled))


def _with_schemes_of_openapi_3(stack: Stack, body: ApiBody, api: SamResource) -> JsonObject:
    """The definition; one in OpenAPI 3 has its security schemes where OpenAPI 3 has them.

    There they replace those that the definition has.
    """
    document = body.document
    version = open_api_version(stack, api) or version_text(member(document, "openapi"))
    definitions = document.members.get("securityDefinitions")
    if "swagger" in document.members or not is_openapi_3(version) or definitions is None:
        return document
    components = member(document, "components")
    made = copied(components) if isinstance(components, JsonObject) else object_at({}, definitions[2])
    put(made, "securitySchemes", definitions[2])
    put(document, "components", made)
    del document.members["securityDefinitions"]
    return document


def _rest_api(stack: Stack, api: SamResource, document: Node) -> Resource:
    properties = _taken(api, _OF_API)
    put(properties, "Body", document, _body_name(api))
    endpoint = api.property("EndpointConfiguration").value
    if endpoint is not None:
        configuration = _endpoint_configuration(stack, endpoint)
        if configuration is not None:
            put(properties, "EndpointConfiguration", configuration, name_node(api.properties, "EndpointConfiguration"))
    return api.generated("AWS::ApiGateway::RestApi", properties)


def _body_name(api: SamResource) -> Node:
    name = next((name for name in ("DefinitionBody", "DefinitionUri") if name in api.properties.members), None)
    return name_node(api.properties, name) if name is not None else api.at


def _endpoint_configuration(stack: Stack, endpoint: Node) -> JsonObject | None:
    if isinstance(endpoint, Text):
        return object_at({"Types": list_at([endpoint], endpoint)}, endpoint)
    known = ("Type", "VPCEndpointIds", "VpcEndpointIds", "IpAddressType")
    fields = entry(stack.problems, endpoint, "EndpointConfiguration", known)
    if fields is None or not fields.must("Type"):
        return None
    kind = fields.value("Type")
    ids = [name for name in ("VPCEndpointIds", "VpcEndpointIds") if fields.has(name)]
    fields.refuse(ids[1:], f"an EndpointConfiguration with {quoted('VPCEndpointIds')}", "remove one of them")
    made = object_at({"Types": list_at([kind] if kind is not None else [], kind or endpoint)}, endpoint)
    for name, other in [*((name, "VpcEndpointIds") for name in ids), ("IpAddressType", "IpAddressType")]:
        value = fields.value(name)
        if value is not None:
            put(made, other, value, name_node(fields.node, name))
    return made


def _deployed(stack: Stack, api: SamResource) -> list[Resource]:
    """The deployment, with the second stage unless OpenApiVersion is set, and the stage of the template."""
    at = api.at
    id_of_api = stack.reference(api.logical_id, at) or text_at("", at)
    deployment = object_at({"RestApiId": id_of_api}, at)
    if not open_api_version(stack, api):
        put(deployment, "StageName", text_at(SECOND_STAGE, at))
    stage = _taken(api, _OF_STAGE)
    put(stage, "RestApiId", id_of_api, at)
    deployment_id = f"{api.logical_id}Deployment"
    put(stage, "DeploymentId", stack.reference(deployment_id, at) or text_at(deployment_id, at), at)
    written = member(api.all.written, "StageName")
    identifier = stage_id(api.logical_id, "Api", object_at({"StageName": written}, at))
    return [
        api.generated("AWS::ApiGateway::Deployment", deployment, deployment_id),
        api.generated("AWS::ApiGateway::Stage", stage, identifier),
    ]


def _taken(api: SamResource, names: Iterable[str]) -> JsonObject:
    """The properties that a generated resource has under the same names."""
    found = api.properties
    return JsonObject({name: found.members[name] for name in names if name in found.members}, found.start, found.end)
