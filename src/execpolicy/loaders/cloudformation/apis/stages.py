"""The stages of APIs: of stage resources, and those that a deployment or quick create makes."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import unknown_text, with_unknown_in_words
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.apis.method_settings import cache_members
from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import (
    REST_API,
    REST_DEPLOYMENT,
    REST_STAGE,
    V2_API,
    V2_STAGE,
)
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack, is_generated

#: What is said of the second stage of an API of SAM (SRC-3).
BY_SAM: Final = "made by SAM"
_CACHE: Final = ("CacheClusterEnabled", "MethodSettings")
_STAGE_READ: Final = ("RestApiId", "DeploymentId", "StageName", "Variables", "CanarySetting", *_CACHE)
_DEPLOYMENT_READ: Final = ("RestApiId", "StageName", "StageDescription", "DeploymentCanarySettings")
_DESCRIPTION_READ: Final = ("Variables", "CanarySetting", "CachingEnabled", *_CACHE)
_CANARY: Final = ("StageVariableOverrides",)
_CANARY_IGNORED: Final = ("DeploymentId", "PercentTraffic", "UseStageCache")
_REST_IGNORED: Final = (
    *("AccessLogSetting", "CacheClusterSize", "ClientCertificateId", "Description", "DocumentationVersion", "Tags"),
    "TracingEnabled",
)
_DESCRIPTION_IGNORED: Final = (
    *(*_REST_IGNORED, "CacheDataEncrypted", "CacheTtlInSeconds", "DataTraceEnabled", "LoggingLevel", "MetricsEnabled"),
    *("ThrottlingBurstLimit", "ThrottlingRateLimit"),
)
_V2_IGNORED: Final = (
    *("AccessLogSettings", "AccessPolicyId", "AutoDeploy", "ClientCertificateId", "DefaultRouteSettings"),
    *("DeploymentId", "Description", "RouteSettings", "Tags"),
)


class Stages:
    """The stages of an API so far. A stage that is there already is reported."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._members: dict[str, Member] = {}
        #: In words, what made the stages that the template does not have itself, by their names.
        self.made: dict[str, str] = {}
        #: The places of the deployments that the template has, by their logical ids.
        self.deployments: dict[str, tuple[int, int]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the stages; without any in the template, the one that is given."""
        given = self._stack.options.stage
        return tuple(self._members) or (() if given is None else (given,))

    def add(self, name: Text, stage: JsonObject) -> None:
        """Add a stage in the format of an API file."""
        if name.value in self._members:
            message = f"found the stage {quoted(with_unknown_in_words(name.value))} twice"
            self._stack.problems.report(name, message, "an API has one stage of a name: remove one of them")
            return
        self._members[name.value] = (name.start, name.end, stage)

    def node(self, api: Resource) -> JsonObject:
        """The stages in the format of an API file; without any in the template, the one that is given, or unknown."""
        if self._members:
            return JsonObject(dict(self._members), api.name.start, api.name.end)
        what = f"the stage of {api.logical_id}"
        self._stack.unknown(what, "the template has no stage of this API: give it with --stage or stage=", api.name)
        given = self._stack.options.stage
        return object_at({given if given is not None else unknown_text(what): object_at({}, api.name)}, api.name)


def add_rest_stages(stack: Stack, stages: dict[str, Stages]) -> None:
    """Add the stages of REST APIs to those of each API, by logical id."""
    for resource in stack.of_type(REST_STAGE):
        properties = properties_of(stack, resource, _STAGE_READ, _REST_IGNORED)
        api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
        if api is not None and properties.must("StageName"):
            _check_deployment(stack, properties, api)
            _add(stack, stages[api.logical_id], properties, properties)
    for resource in stack.of_type(REST_DEPLOYMENT):
        properties = properties_of(stack, resource, _DEPLOYMENT_READ, ("Description",))
        api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
        properties.inner("DeploymentCanarySettings", _CANARY, _CANARY_IGNORED)
        if api is not None and not is_generated(resource):
            stages[api.logical_id].deployments[resource.logical_id] = (resource.name.start, resource.name.end)
        if api is not None and properties.has("StageName"):
            description = properties.inner("StageDescription", _DESCRIPTION_READ, _DESCRIPTION_IGNORED)
            _add(stack, stages[api.logical_id], properties, description)
            name = properties.text("StageName")
            if name is not None and is_generated(resource):
                stages[api.logical_id].made[name.value] = BY_SAM
        elif api is not None:
            properties.refuse("StageDescription", "it makes no stage", "add StageName, or remove it")


def add_v2_stages(stack: Stack, stages: dict[str, Stages]) -> None:
    """Add the stages of HTTP and WebSocket APIs to those of each API, by logical id."""
    for resource in stack.of_type(V2_STAGE):
        properties = properties_of(stack, resource, ("ApiId", "StageName", "StageVariables"), _V2_IGNORED)
        api = api_of(stack, resource, properties, "ApiId", (V2_API,))
        name = properties.text("StageName") if properties.must("StageName") else None
        if api is not None and name is not None:
            variables = properties.named_texts("StageVariables")
            stages[api.logical_id].add(name, object_at({"variables": variables}, name))


def _add(stack: Stack, stages: Stages, named: Properties, described: Properties | None) -> None:
    name = named.text("StageName")
    if name is None:
        return
    members: dict[str, Node | None] = {}
    if described is not None:
        members["variables"] = _variables(stack, described, name)
        members |= cache_members(stack, described, name)
    stages.add(name, object_at(members, name))


def _variables(stack: Stack, described: Properties, stage: Text) -> JsonObject | None:
    """The stage variables; those that a canary overrides have one of two values."""
    variables = described.named_texts("Variables")
    canary = described.inner("CanarySetting", _CANARY, _CANARY_IGNORED)
    overridden = canary.named_texts("StageVariableOverrides") if canary is not None else None
    if overridden is None:
        return variables
    members = dict(variables.members) if variables is not None else {}
    for name, (start, end, value) in overridden.members.items():
        what = f"the stage variable {name} of {with_unknown_in_words(stage.value)}"
        stack.unknown(what, "a part of the calls gets the canary, which has another value for it", value)
        members[name] = (start, end, text_at(unknown_text(what), value))
    return JsonObject(members, overridden.start, overridden.end)


def _check_deployment(stack: Stack, properties: Properties, api: Resource) -> None:
    """Report a deployment of another API."""
    node = properties.text("DeploymentId")
    found = stack.referred(node, REST_DEPLOYMENT) if node is not None else None
    if found is None or found.type != REST_DEPLOYMENT:
        return
    member = found.properties.members.get("RestApiId")
    deployed = stack.referred(member[2], REST_API) if member is not None else None
    if deployed is not None and deployed.logical_id != api.logical_id:
        message = f"found a deployment of {deployed.logical_id} as DeploymentId of a stage of {api.logical_id}"
        properties.report("DeploymentId", message, "refer to a deployment of the same API")
