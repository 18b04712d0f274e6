"""``UsagePlan`` of ``Auth``: a usage plan and an API key, of one API or shared by several (SRC-3, AUT-6)."""

from __future__ import annotations

from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import entry
from execpolicy.document.syntax.nodes import Node
from execpolicy.loaders.built_nodes import flag_at, list_at, object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.stack import Stack

_SHARED: Final = "Serverless"
_FIELDS: Final = ("CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName")


class PlannedApi(NamedTuple):
    """An API that a usage plan covers: the name of its stage, and where that is said."""

    api: SamResource
    stage: Node
    at: Node


def usage_plan_resources(stack: Stack, apis: list[tuple[SamResource, Node]]) -> list[Resource]:
    """The usage plans of the APIs of a template, with their keys.

    Args:
        stack: the template.
        apis: the REST APIs of SAM, each with the name of its stage.
    """
    made: list[Resource] = []
    shared: list[PlannedApi] = []
    for api, stage in apis:
        node = api.property("Auth", "UsagePlan").value
        fields = entry(stack.problems, node, "UsagePlan", _FIELDS) if node is not None else None
        if fields is None or not fields.must("CreateUsagePlan"):
            continue
        created = fields.choice("CreateUsagePlan", ("PER_API", "SHARED", "NONE"))
        planned = PlannedApi(api, stage, fields.node)
        if created == "PER_API":
            made += _plan(stack, api.logical_id, [planned])
        elif created == "SHARED":
            shared.append(planned)
    return made + (_plan(stack, _SHARED, shared) if shared else [])


def _plan(stack: Stack, prefix: str, planned: list[PlannedApi]) -> list[Resource]:
    """A usage plan, its key, and what joins them."""
    api, at = planned[0].api, planned[0].at
    stages = [
        object_at({"ApiId": stack.reference(each.api.logical_id, each.at), "Stage": each.stage}, each.at)
        for each in planned
    ]
    plan, key, joined = f"{prefix}UsagePlan", f"{prefix}ApiKey", f"{prefix}UsagePlanKey"
    ids = object_at(
        {
            "KeyId": stack.reference(key, at),
            "KeyType": text_at("API_KEY", at),
            "UsagePlanId": stack.reference(plan, at),
        },
        at,
    )
    return [
        api.generated("AWS::ApiGateway::UsagePlan", object_at({"ApiStages": list_at(stages, at)}, at), plan),
        api.generated("AWS::ApiGateway::ApiKey", object_at({"Enabled": flag_at(True, at)}, at), key),
        api.generated("AWS::ApiGateway::UsagePlanKey", ids, joined),
    ]
