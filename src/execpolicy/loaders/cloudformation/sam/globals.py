"""The section Globals: properties that all resources of a kind have (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execpolicy.document.syntax.fields import Problems, entry
from execpolicy.document.syntax.node_members import member, text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.property_names import FUNCTION_PROPERTIES
from execpolicy.loaders.cloudformation.sam.sam_resource import Value
from execpolicy.loaders.cloudformation.sam.template_nodes import is_function, is_text

_OWN_TO_A_FUNCTION: Final = (
    *("FunctionName", "Role", "Policies", "Events", "ImageUri", "ImageConfig", "PackageType", "InlineCode"),
    *("AutoPublishCodeSha256", "VersionDescription"),
)
#: The properties that Globals can have, by kind of resource.
_GLOBAL_PROPERTIES: Final = {
    "Function": tuple(name for name in FUNCTION_PROPERTIES if name not in _OWN_TO_A_FUNCTION),
    "Api": (
        *("Auth", "Name", "DefinitionUri", "CacheClusterEnabled", "CacheClusterSize", "MergeDefinitions", "Variables"),
        *("EndpointConfiguration", "MethodSettings", "BinaryMediaTypes", "MinimumCompressionSize", "Cors"),
        *("GatewayResponses", "AccessLogSetting", "CanarySetting", "TracingEnabled", "OpenApiVersion", "Domain"),
        *("AlwaysDeploy", "PropagateTags", "SecurityPolicy", "EndpointAccessMode"),
    ),
    "HttpApi": (
        *("Auth", "AccessLogSettings", "StageVariables", "Tags", "CorsConfiguration", "DefaultRouteSettings"),
        *("Domain", "RouteSettings", "FailOnWarnings", "PropagateTags"),
    ),
    "WebSocketApi": (
        *("AccessLogSettings", "ApiKeySelectionExpression", "DefaultRouteSettings", "DisableExecuteApiEndpoint"),
        *("DisableSchemaValidation", "Domain", "FailOnWarnings", "IpAddressType", "PropagateTags"),
        *("RouteSelectionExpression", "RouteSettings", "StageVariables", "Tags"),
    ),
    "StateMachine": ("PropagateTags",),
}
#: Kinds whose Globals cannot bear on authorization; their properties are not checked.
_OTHER_KINDS: Final = ("SimpleTable", "LayerVersion", "CapacityProvider", "MicrovmImage", "NetworkConnector")
#: Lists that a resource replaces; all others are appended to those of the Globals.
_REPLACED: Final = (("Function", "Architectures"),)


def check_globals(problems: Problems, section: JsonObject | None) -> None:
    """Report kinds and properties that Globals cannot have."""
    if section is None:
        return
    fields = entry(problems, section, "Globals", (*_GLOBAL_PROPERTIES, *_OTHER_KINDS))
    for kind, known in _GLOBAL_PROPERTIES.items():
        node = fields.value(kind) if fields is not None else None
        if node is not None:
            entry(problems, node, f"the Globals of {kind}", known)


def with_globals(problems: Problems, kind: str, resource: Resource, section: Value) -> Value:
    """The properties of a resource, merged with the Globals of its kind."""
    own = Value(resource.properties, member(resource.node, "Properties") or JsonObject({}))
    base = _without_ignored(problems, resource, section.member(kind))
    if not isinstance(base.value, JsonObject) or not isinstance(base.written, JsonObject):
        return own
    return _merged(base, own, (kind,))


def _without_ignored(problems: Problems, resource: Resource, base: Value) -> Value:
    ignored = member(resource.node, "IgnoreGlobals")
    if ignored is None:
        return base
    if is_text(ignored, "*"):
        return Value(None, None)
    if not isinstance(ignored, JsonArray):
        message = f'found {describe(ignored)} as IgnoreGlobals, expected "*" or a list of properties'
        problems.report(ignored, message, 'write "*", or the properties that this resource does not take')
        return base
    names = [_ignored_name(problems, item, base) for item in ignored.items]
    return Value(_without(base.value, names), _without(base.written, names))


def _ignored_name(problems: Problems, item: Node, base: Value) -> str | None:
    name = text_of(item)
    known = list(base.written.members) if isinstance(base.written, JsonObject) else []
    if name not in known:
        found = quoted(name) if name is not None else describe(item)
        problems.report(
            item,
            f"found {found} in IgnoreGlobals, which Globals do not have",
            did_you_mean(name or "", known) if known else "remove it",
        )
    return name


def _without(node: Node | None, names: Iterable[str | None]) -> Node | None:
    if not isinstance(node, JsonObject):
        return node
    left = {name: value for name, value in node.members.items() if name not in names}
    return JsonObject(left, node.start, node.end)


def _merged(base: Value, own: Value, path: tuple[str, ...]) -> Value:
    """Both values, each with what is written: functions are single values, whatever they give."""
    if own.written is None:
        return base
    if base.written is None or is_function(own.written) or is_function(base.written) or path in _REPLACED:
        return own
    match base.written, own.written:
        case JsonObject() as base_object, JsonObject() as own_object:
            return _merged_objects(base, own, [*dict.fromkeys((*base_object.members, *own_object.members))], path)
        case JsonArray(base_items), JsonArray(own_items, start, end):
            base_values = base.value.items if isinstance(base.value, JsonArray) else []
            own_values = own.value.items if isinstance(own.value, JsonArray) else []
            return Value(
                JsonArray([*base_values, *own_values], start, end), JsonArray([*base_items, *own_items], start, end)
            )
        case _:
            return own


def _merged_objects(base: Value, own: Value, names: list[str], path: tuple[str, ...]) -> Value:
    at = own.written if own.written is not None else Text("")
    value, written = JsonObject({}, at.start, at.end), JsonObject({}, at.start, at.end)
    for name in names:
        each = _merged(base.member(name), own.member(name), (*path, name))
        for target, node, sources in (
            (value, each.value, (own.value, base.value)),
            (written, each.written, (own.written, base.written)),
        ):
            named = next((s.members[name] for s in sources if isinstance(s, JsonObject) and name in s.members), None)
            if node is not None and named is not None:
                target.members[name] = (named[0], named[1], node)
    return Value(value, written)
