"""Reads what a plan or a state of Terraform describes (SRC-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonBoolean, JsonObject, Member, Node
from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.api_file.document import read_api_file
from execpolicy.loaders.authorizer_functions import with_functions
from execpolicy.loaders.built_nodes import text_at
from execpolicy.loaders.cloudformation.apis.all_apis import ApiTree, trees_of
from execpolicy.loaders.cloudformation.apis.policies import policy_at
from execpolicy.loaders.cloudformation.contents_of_readings import FileReading, merged_contents, reported
from execpolicy.loaders.cloudformation.iam.read import read_callers_and_policies
from execpolicy.loaders.cloudformation.readings import TemplateReading
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Findings, Stack
from execpolicy.loaders.cloudformation.values.choices import each_reading
from execpolicy.loaders.contents import NOTHING_GIVEN, Ignored, ReadOptions, TemplateContents, Unknown
from execpolicy.loaders.terraform.assembled import Assembled, assembled
from execpolicy.loaders.terraform.assembled_resources import AssembledResource
from execpolicy.loaders.terraform.bodies import member_of
from execpolicy.loaders.terraform.called_functions import PlannedFunctions
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.gateway_types import REST_API, REST_STAGE
from execpolicy.loaders.terraform.sections import TerraformFile, read_before, read_file
from execpolicy.loaders.terraform.shown_by_sources import ShownBySources, without_sources
from execpolicy.loaders.terraform.values import KnownValues
from execpolicy.loaders.terraform.wording import Wording

KIND = "terraform"
_Noted = TypeVar("_Noted", Unknown, Ignored)


def read_terraform_contents(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    """Read what a plan describes when it is applied, or a state.

    Args:
        problems: collects everything that is wrong in the file, each with its place.
        document: the whole content of the file.
        options: what the user gives besides the file.

    Raises:
        PolicySyntaxError: the file cannot be read.
        UsageError: an option says something else than the file.
    """
    return _contents(read_file(problems, document), options)


def read_prior_contents(problems: Problems, document: Node, options: ReadOptions = NOTHING_GIVEN) -> TemplateContents:
    """Read what a plan starts from, as ``read_terraform_contents``.

    Raises:
        PolicySyntaxError: also for a state, which has no changes.
    """
    # The sources describe the state after the plan.
    return _contents(read_before(problems, document), options._replace(terraform_source=None))


def _contents(file: TerraformFile, options: ReadOptions) -> TemplateContents:
    problems = file.problems
    shown = shown_by_sources(file, options)
    findings, wording = Findings(problems), Wording(file)
    with problems.reworded(wording.diagnostic):
        found = assembled(file, options, findings, shown)
        problems.check()
        readings = [*_readings(file, options, findings, found)]
        problems.check()
    return merged_contents(KIND, problems, readings, findings)._replace(
        unknowns=tuple(_moved(problems, wording.unknown(each)) for each in findings.unknowns),
        ignored=tuple(_moved(problems, wording.ignored(each)) for each in findings.ignored),
    )


def shown_by_sources(file: TerraformFile, options: ReadOptions) -> ShownBySources:
    """What the sources of a file show besides places, if they are given: then its parts get their places in them.

    Args:
        file: the plan or the state.
        options: what the user gives besides it.
    """
    folder = options.terraform_source
    if folder is None:
        return without_sources(options.source_option)
    from execpolicy.loaders.terraform.sources.modules import Sources
    from execpolicy.loaders.terraform.sources.places import places_in_sources
    from execpolicy.loaders.terraform.sources.written_blocks import WrittenBlocks
    from execpolicy.loaders.terraform.sources.written_documents import WrittenDocuments
    from execpolicy.loaders.terraform.sources.written_links import WrittenLinks

    sources = Sources(folder, options.source_files)
    file.problems.written = places_in_sources(file, sources)
    configuration = Configuration(file.configuration or JsonObject({}))
    blocks, documents = WrittenBlocks(sources, configuration), WrittenDocuments(sources, configuration)
    links = WrittenLinks(sources, configuration)
    return ShownBySources(blocks.why_hidden, documents.named_data_source, links.named_resource, links.named_items)


def _moved(problems: Problems, found: _Noted) -> _Noted:
    """What is noted about a part of the file, at the place where that is written."""
    source, span = problems.moved(found.span)
    return found._replace(source=source, span=span)


def _readings(file: TerraformFile, options: ReadOptions, findings: Findings, found: Assembled) -> Iterator[FileReading]:
    """What each reading finds; the problems of all are collected."""
    resources = {name: part.resource() for name, part in found.parts.by_id.items() if part.type}
    for choices in each_reading(found.placement.deployment):
        values = KnownValues(file.problems, choices, found, findings.unknown)
        stack = Stack(file.problems, options, findings, values, {}).with_resources(resources)
        identities = read_callers_and_policies(stack)
        with reported(file.problems, file.document):
            apis = _apis(file, stack, found, findings, resources)
            yield FileReading(TemplateReading(choices, stack.truths), apis, identities)


def _apis(
    file: TerraformFile, stack: Stack, found: Assembled, findings: Findings, resources: Mapping[str, Resource]
) -> dict[str, ApiDefinition]:
    """The APIs by address."""
    settings, functions = _StageMembers(found, findings), PlannedFunctions(file, found.parts)
    read: dict[str, ApiDefinition] = {}
    for name, tree in trees_of(stack).items():
        document = _with_changes(stack, found, name, tree, resources[name])
        document = with_functions(settings.added(name, document), functions.identified)
        try:
            read[name] = read_api_file(
                stack.problems,
                document,
                stage=stack.options.stage,
                made_stages=tree.made_stages,
                deployments=_deployments_that_stay(found, tree),
            )
        except PolicySyntaxError:
            continue  # the problems of all APIs are raised together
    stack.problems.check()
    return read


def _deployments_that_stay(found: Assembled, tree: ApiTree) -> Mapping[str, tuple[int, int]]:
    """The deployments of an API that nothing makes anew: those without ``triggers``."""
    parts = found.parts.by_id
    return {name: at for name, at in tree.deployments.items() if parts[name].attributes.value("triggers") is None}


def _with_changes(stack: Stack, found: Assembled, name: str, tree: ApiTree, resource: Resource) -> JsonObject:
    """The document of an API with its own region, and with what is set after the import of its definition."""
    members: dict[str, Member] = dict(tree.document.members)
    at = resource.name
    region = found.placement.regions.get(name)
    if region is not None:
        members["region"] = (at.start, at.end, text_at(region, at))
    for property_name, node in found.set_after_import.get(name, {}).items():
        value: Node | None = node
        if property_name == "Policy":
            value = policy_at(stack, node, "Policy")
        elif isinstance(node, JsonObject):  # CORS, which an API file says with true
            value = JsonBoolean("true", node.start, node.end)
        if value is not None:
            members[member_of(property_name)] = (value.start, value.end, value)
    return tree.document._replace(members=members)


class _StageMembers:
    """Adds the settings of methods to the stages of APIs."""

    def __init__(self, found: Assembled, findings: Findings) -> None:
        self._found = found
        self._findings = findings
        #: The stages by the addresses of their APIs.
        self._stages: dict[str, list[AssembledResource]] = {}
        for part in found.parts.of_type(REST_STAGE):
            owner = found.parts.referred(part.text("RestApiId"), REST_API)
            if owner is not None:
                self._stages.setdefault(owner.id, []).append(part)

    def added(self, api: str, document: JsonObject) -> JsonObject:
        """The document of an API whose stages have their settings."""
        start, end, stages = document.members["stages"]
        if not isinstance(stages, JsonObject):
            return document
        members = dict(stages.members)
        for part in self._stages.get(api, ()):
            name = part.text("StageName")
            if name is None or name.value not in members:
                continue
            settings = self._found.settings[part.id].members(part.id, part.name, self._findings)
            first, last, stage = members[name.value]
            written = stage.members if isinstance(stage, JsonObject) else {}
            added = {key: (node.start, node.end, node) for key, node in settings.items() if node is not None}
            members[name.value] = (first, last, JsonObject({**written, **added}, stage.start, stage.end))
        stages = stages._replace(members=members)
        return document._replace(members={**document.members, "stages": (start, end, stages)})
