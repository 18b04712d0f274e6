"""The API keys of APIs, and the stages that their usage plans cover (AUT-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_value import has_unknown, unknown_text
from execpolicy.loaders.built_nodes import flag_at, list_at, object_at, text_at
from execpolicy.loaders.cloudformation.apis.owners import api_of, list_foreign, referred_as
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import API_KEY, APIS, USAGE_PLAN, USAGE_PLAN_KEY
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_KEY_READ: Final = ("Enabled", "Value", "StageKeys")
_KEY_IGNORED: Final = ("CustomerId", "Description", "GenerateDistinctId", "Name", "Tags")
_PLAN_IGNORED: Final = ("Description", "Quota", "Tags", "Throttle", "UsagePlanName")


class _Key(NamedTuple):
    """An API key: its value, whether it is enabled, and the stages that it covers, by API."""

    resource: Resource
    value: Text
    enabled: Node
    stages: dict[str, dict[str, Text]]


class _Covered(NamedTuple):
    """A stage of an API that a usage plan covers."""

    api: str
    stage: Text


def api_keys_of(stack: Stack, stage_names: dict[str, tuple[str, ...]]) -> dict[str, list[JsonObject]]:
    """The API keys by the logical id of the API, in the format of an API file.

    Args:
        stack: the template.
        stage_names: the names of the stages of each API; none for an API whose stages are not in the template.
    """
    keys = {each.logical_id: _key(stack, each) for each in stack.of_type(API_KEY)}
    plans = {each.logical_id: _plan(stack, each, stage_names) for each in stack.of_type(USAGE_PLAN)}
    unknown: dict[str, list[JsonObject]] = {}
    for resource in stack.of_type(USAGE_PLAN_KEY):
        properties = properties_of(stack, resource, ("KeyId", "KeyType", "UsagePlanId"))
        if not properties.must("KeyId", "KeyType", "UsagePlanId"):
            continue
        properties.choice("KeyType", ("API_KEY",))
        key = _named(stack, resource, properties, "KeyId", API_KEY)
        plan = _named(stack, resource, properties, "UsagePlanId", USAGE_PLAN)
        if key is not None and plan is not None:
            stages = keys[key.logical_id].stages
            for covered in plans[plan.logical_id]:
                stages.setdefault(covered.api, {}).setdefault(covered.stage.value, covered.stage)
            continue
        covers = plans[plan.logical_id] if plan is not None else _any_stage(resource, stage_names)
        for covered in covers:
            member = _unknown_key(resource, keys[key.logical_id] if key is not None else None, covered)
            unknown.setdefault(covered.api, []).append(member)
    return _by_api(keys, unknown)


def _any_stage(resource: Resource, apis: Iterable[str]) -> list[_Covered]:
    """What a plan of another stack may cover: a stage of any API."""
    stage = text_at(unknown_text(f"the stages of the plan in {resource.logical_id}"), resource.name)
    return [_Covered(api, stage) for api in apis]


def _unknown_key(resource: Resource, key: _Key | None, covered: _Covered) -> JsonObject:
    """A key of which the template does not say what it is, or which stages it covers."""
    at = resource.name
    value = key.value if key is not None else text_at(unknown_text(f"the key in {resource.logical_id}"), at)
    return object_at({"value": value, "stages": list_at([covered.stage], at)}, at)


def _by_api(keys: dict[str, _Key], unknown: Mapping[str, list[JsonObject]]) -> dict[str, list[JsonObject]]:
    """The keys of each API: the known ones, and those of which something is not known."""
    found = {api: [*items] for api, items in unknown.items()}
    for key in keys.values():
        for api, stages in key.stages.items():
            at = key.resource.name
            members = {"value": key.value, "stages": list_at(stages.values(), at), "enabled": key.enabled}
            found.setdefault(api, []).append(object_at(members, at))
    return found


def _key(stack: Stack, resource: Resource) -> _Key:
    properties = properties_of(stack, resource, _KEY_READ, _KEY_IGNORED)
    properties.ignore("StageKeys", "a key is for the stages of its usage plans")
    value = properties.text("Value")
    if value is None:
        placeholder = f"generated-value-of-{resource.logical_id}"
        reason = f"API Gateway generates it: {placeholder} stands for it"
        stack.unknown(f"the value of the API key {resource.logical_id}", reason, resource.name)
        value = text_at(placeholder, resource.name)
    # A key is disabled unless it is enabled (A).
    enabled = properties.flag("Enabled") or flag_at(False, resource.name)
    return _Key(resource, value, enabled, {})


def _plan(stack: Stack, resource: Resource, stage_names: dict[str, tuple[str, ...]]) -> list[_Covered]:
    """The stages that a usage plan covers."""
    properties = properties_of(stack, resource, ("ApiStages",), _PLAN_IGNORED)
    found = []
    for each in properties.each("ApiStages", ("ApiId", "Stage"), ("Throttle",)):
        api = api_of(stack, resource, each, "ApiId", APIS)
        stage = each.text("Stage") if each.must("Stage") else None
        if api is None or stage is None:
            continue
        names = stage_names.get(api.logical_id, ())
        if not names:
            stack.unknown(
                f"the stage of {api.logical_id} in {resource.logical_id}", "the template has no stage of the API", stage
            )
        elif stage.value not in names and not has_unknown(stage.value):
            message = f"found the stage {quoted(stage.value)}, which {api.logical_id} does not have"
            each.report("Stage", message, did_you_mean(stage.value, names))
        else:
            found.append(_Covered(api.logical_id, stage))
    return found


def _named(stack: Stack, resource: Resource, properties: Properties, name: str, kind: str) -> Resource | None:
    """The key or the usage plan of the template that a property names; one of another stack is listed."""
    node = properties.text(name)
    if node is None:
        return None
    found = referred_as(stack, node, name, (kind,))
    if found is None and stack.referred(node) is None and node.value not in stack.resources:
        list_foreign(stack, f"{name} of {resource.logical_id}", name, node)
    return found
