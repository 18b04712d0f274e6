"""Puts the resources of a file together: as the resources of CloudFormation that say the same (SRC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.loaders.built_nodes import flag_at, object_at, text_at
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.cloudformation.values.pseudo_parameters import Deployment
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.terraform.assembled_resources import AssembledResource, AssembledResources
from execpolicy.loaders.terraform.attached_policies import AttachedPolicies
from execpolicy.loaders.terraform.attribute_values import InstanceAttributes
from execpolicy.loaders.terraform.bodies import with_definition
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.gateway_types import (
    API_KEY,
    METHOD_SETTINGS,
    REST_API,
    REST_DEPLOYMENT,
    REST_RESOURCE,
    REST_STAGE,
    V2_API,
)
from execpolicy.loaders.terraform.identity_types import GROUP, INLINE_POLICIES, POLICY, ROLE, USER
from execpolicy.loaders.terraform.placement import Placement, placement_of
from execpolicy.loaders.terraform.policy_documents import PolicyDataSources
from execpolicy.loaders.terraform.references import ConfigurationReferences, Link
from execpolicy.loaders.terraform.resource_links import ResourceLinks
from execpolicy.loaders.terraform.resource_texts import ResourceTexts, type_of
from execpolicy.loaders.terraform.resource_types import IGNORED, NAMED, NESTED, READ, is_unknown_type
from execpolicy.loaders.terraform.sections import Instance, TerraformFile
from execpolicy.loaders.terraform.shown_by_sources import ShownBySources
from execpolicy.loaders.terraform.stage_settings import StageSettings, add_settings
from execpolicy.loaders.terraform.translation import Translation

_NAME_PROPERTIES: Final = {
    ROLE: "RoleName",
    USER: "UserName",
    GROUP: "GroupName",
    POLICY: "ManagedPolicyName",
}
#: The attribute of an API that is the id of its root, which is a resource of the API.
_ROOT: Final = (REST_API, "root_resource_id")
#: Types that have besides their id that of another resource of the same type.
_OF_SAME_TYPE: Final = (REST_RESOURCE,)
_IS_MADE: Final = "AWS or its provider makes the name when the plan is applied"


class Assembled(NamedTuple):
    """The resources of a file.

    Attributes:
        parts: the resources, and what names them.
        placement: where they are.
        set_after_import: what is set after the import of the definition of an API, by property, by API.
        settings: the settings of the methods of stages, by the addresses of the stages.
    """

    parts: AssembledResources
    placement: Placement
    set_after_import: Mapping[str, Mapping[str, Node]]
    settings: Mapping[str, StageSettings]


def assembled(file: TerraformFile, options: ReadOptions, findings: Findings, shown: ShownBySources) -> Assembled:
    """The resources of a file; what is wrong is added to its problems.

    Args:
        file: the plan or the state.
        options: what the user gives besides it.
        findings: takes what is unknown and what is not read.
        shown: what the sources show.
    """
    configuration = Configuration(file.configuration or JsonObject({})) if file.is_plan else None
    instances = {**file.instances}
    for name, change in file.changes.items():  # a data source that is read later stands only there
        if change.instance.is_data:
            instances.setdefault(name, change.instance)
    references = ConfigurationReferences(configuration or Configuration(JsonObject({})), instances.values())
    attributes = {
        name: InstanceAttributes(each, file.changes.get(name), configuration, shown.why_hidden)
        for name, each in instances.items()
    }
    placement = placement_of(file, attributes.values(), configuration, options)
    texts = _Texts(attributes, placement)
    translation = _translation(file, findings, references, attributes, texts, shown=shown)
    by_id: dict[str, AssembledResource] = {}
    for each in attributes.values():
        if _is_translated(file, each.instance, findings):
            by_id[each.instance.id] = _part(each, texts, translation, findings)
    parts = AssembledResources(by_id, texts.named())
    removed = [change for name, change in file.changes.items() if name not in file.instances]
    AttachedPolicies(file.problems, findings, parts, removed).attach()
    return Assembled(parts, placement, _definitions(file, parts), _settings(file, parts))


class _Texts:
    """The texts by which resources name each other."""

    def __init__(self, attributes: Mapping[str, InstanceAttributes], placement: Placement) -> None:
        self._of = {
            name: ResourceTexts(each, placement.api_ids.get(name, ""), _deployment_of(name, placement))
            for name, each in attributes.items()
            if not each.instance.is_data and (each.instance.type in READ or each.instance.type in NAMED)
        }

    def of_link(self, link: Link, wanted: str) -> str | None:
        """The text by which a link names a resource.

        Args:
            link: the link.
            wanted: the attribute that stands there usually, where the link does not say which it is.

        Returns:
            The text; None if the link is to another attribute, which is not the same text.
        """
        texts = self._of.get(link.instance.id)
        if texts is None or (not link.attribute and link.instance.type in _OF_SAME_TYPE):
            return None
        found = texts.text(wanted)
        if link.attribute in ("", wanted):
            return found
        other = texts.text(link.attribute)
        is_root = (link.instance.type, link.attribute) == _ROOT
        return other if other == found or is_root else None

    def name(self, instance: Instance) -> str | None:
        """The name of a role, user, group or policy."""
        return self._of[instance.id].name_text("name")

    def named(self) -> dict[str, dict[str, None]]:
        """The addresses of the resources, by a text by which others name them."""
        found: dict[str, dict[str, None]] = {}
        for name, texts in self._of.items():
            for text in texts.own():
                found.setdefault(text, {})[name] = None
        return found


def _deployment_of(name: str, placement: Placement) -> Deployment:
    return placement.deployment._replace(region=placement.regions.get(name, placement.deployment.region))


def _translation(
    file: TerraformFile,
    findings: Findings,
    references: ConfigurationReferences,
    attributes: Mapping[str, InstanceAttributes],
    texts: _Texts,
    *,
    shown: ShownBySources,
) -> Translation:
    def list_unknown(node: Node, reason: str) -> None:
        translation.list_unknown(node, reason)

    documents = PolicyDataSources(file.problems, references, attributes, shown.named_data_source, list_unknown)
    links = ResourceLinks(references, texts.of_link, shown)
    translation = Translation(file.problems, findings, links, documents.of_expression)
    return translation


def _is_translated(file: TerraformFile, instance: Instance, findings: Findings) -> bool:
    """Whether a resource is read; one that is not is listed, or refused."""
    if instance.is_data:
        findings.ignore(instance.name, f"the data source {instance.id}, whose values stand where they are used")
        return False
    if instance.type in READ or instance.type in NAMED:
        return True
    if is_unknown_type(instance.type):
        type_node = member(instance.node, "type") or instance.name
        message = f"found {quoted(instance.type)}, which is not a known type of resource"
        file.problems.report(type_node, message, did_you_mean(instance.type, (*READ, *IGNORED)), "SRC-4")
    elif instance.type in NESTED:
        what = f"the content of {instance.id}"
        findings.unknown(what, "it is in a template, which is not read", instance.name)
    else:
        findings.ignore(instance.name, instance.id)
    return False


def _part(each: InstanceAttributes, texts: _Texts, translation: Translation, findings: Findings) -> AssembledResource:
    instance = each.instance
    if instance.type in NAMED:
        findings.ignore(instance.name, f"{instance.id}, apart from its name and ARN")
        name = each.known_text("function_name")
        function: dict[str, Member] = {}
        if name is not None:
            function["FunctionName"] = (*_place(instance), text_at(name, instance.name))
        return AssembledResource(each, type_of(each), function)
    part = AssembledResource(each, type_of(each), translation.properties(each))
    _complete(part, texts, findings)
    tags = part.value("Tags")
    if tags is not None:
        translation.list_unknown(tags)
    return part


def _place(instance: Instance) -> tuple[int, int]:
    return instance.name.start, instance.name.end


def _complete(part: AssembledResource, texts: _Texts, findings: Findings) -> None:
    """Add what Terraform and CloudFormation say in different ways."""
    at = part.name
    name = _NAME_PROPERTIES.get(part.terraform_type)
    if name is not None and name not in part.properties:
        text = texts.name(part.attributes.instance)
        if text is not None:
            part.set(name, text_at(text, at))
            for unknown in unknown_names(text) if has_unknown(text) else ():
                findings.unknown(unknown, _IS_MADE, at)
    if part.terraform_type in (ROLE, USER):
        _add_tags(part)
    if part.terraform_type in INLINE_POLICIES and "PolicyName" not in part.properties:
        part.set("PolicyName", at)
    if part.terraform_type == API_KEY and "Enabled" not in part.properties:
        part.set("Enabled", flag_at(True, at))
    if part.terraform_type == REST_DEPLOYMENT and "StageName" in part.properties:
        variables = part.attributes.value("variables")
        if variables is not None:
            part.set("StageDescription", object_at({"Variables": variables.node}, variables.node))


def _add_tags(part: AssembledResource) -> None:
    """The tags of a role or user: those of its own, and those that the provider adds to every resource."""
    value = part.attributes.value("tags_all") or part.attributes.value("tags")
    if value is None:
        return
    if not isinstance(value.node, JsonObject):
        part.set("Tags", value.node)
        return
    tags: list[Node] = []
    for name, (start, end, node) in value.node.members.items():
        key = Text(name, start, end)
        tags.append(object_at({"Key": key, "Value": node}, key))
    part.set("Tags", JsonArray(tags, value.node.start, value.node.end))


def _definitions(file: TerraformFile, parts: AssembledResources) -> dict[str, dict[str, Node]]:
    found = {}
    for part in parts.of_type(REST_API, V2_API):
        changed = with_definition(file.problems, part.properties)
        if changed:
            found[part.id] = changed
    return found


def _settings(file: TerraformFile, parts: AssembledResources) -> dict[str, StageSettings]:
    """The settings of the methods of each stage, by its address."""
    stages: dict[tuple[str, str], AssembledResource] = {}
    found: dict[str, StageSettings] = {}
    for part in parts.of_type(REST_STAGE):
        cache = part.attributes.value("cache_cluster_enabled")
        found[part.id] = StageSettings(cache.node if cache is not None else None, {})
        api, name = part.text("RestApiId"), part.text("StageName")
        if api is not None and name is not None:
            stages[api.value, name.value] = part
    for part in parts.of_type(METHOD_SETTINGS):
        api, name = part.text("RestApiId"), part.text("StageName")
        stage = stages.get((api.value, name.value)) if api is not None and name is not None else None
        if stage is not None:
            add_settings(file.problems, found[stage.id].settings, part.properties, part.name)
    return found
