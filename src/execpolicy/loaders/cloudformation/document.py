"""Reads a CloudFormation template: once for each assumption about what is not known (SRC-2, SRC-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.apis.all_apis import apis_of
from execpolicy.loaders.cloudformation.contents_of_readings import FileReading, merged_contents, reported
from execpolicy.loaders.cloudformation.iam.read import read_callers_and_policies
from execpolicy.loaders.cloudformation.readings import TemplateReading
from execpolicy.loaders.cloudformation.sam.expand import expand
from execpolicy.loaders.cloudformation.sam.generated import generated_nodes, generated_types
from execpolicy.loaders.cloudformation.sections import (
    LANGUAGE_EXTENSIONS,
    SERVERLESS,
    Sections,
    check_resources,
    read_sections,
)
from execpolicy.loaders.cloudformation.stack import Findings, Stack, type_of
from execpolicy.loaders.cloudformation.values.choices import Choices, each_reading
from execpolicy.loaders.cloudformation.values.conditions import check_given_conditions
from execpolicy.loaders.cloudformation.values.for_each import ForEach
from execpolicy.loaders.cloudformation.values.parameters import Parameter, read_parameters
from execpolicy.loaders.cloudformation.values.placeholders import API_TYPES, api_ids
from execpolicy.loaders.cloudformation.values.pseudo_parameters import deployment_of
from execpolicy.loaders.cloudformation.values.resolver import Resolver, ResourceTypes
from execpolicy.loaders.cloudformation.values.written_functions import FunctionCheck, Names
from execpolicy.loaders.contents import ReadOptions, TemplateContents


def read_cloudformation_contents(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    """Read what a template describes.

    Args:
        problems: collects everything that is wrong in the template, each with its place.
        document: the whole content of the file.
        options: what the user gives besides the file.

    Raises:
        PolicySyntaxError: the template cannot be read.
        UsageError: a parameter is given that the template does not have, or does not allow.
    """
    findings = Findings(problems)
    readings = []
    for choices, stack in stacks_of(problems, document, options, findings):
        identities = read_callers_and_policies(stack)
        with reported(problems, document):
            apis = apis_of(stack)
            readings.append(FileReading(TemplateReading(choices, stack.truths), apis, identities))
        stack.ignore_unread()
    problems.check()
    return merged_contents("cloudformation", problems, readings, findings)


def stacks_of(
    problems: Problems, document: Node, options: ReadOptions, findings: Findings
) -> Iterator[tuple[Choices, Stack]]:
    """The stack of each reading; it has to be read before the next one is taken."""
    sections = read_sections(problems, document)
    parameters = read_parameters(problems, sections.parameters, options.parameters, findings.ignore)
    mappings = {name: node for name, (_, _, node) in sections.mappings.members.items() if isinstance(node, JsonObject)}
    if LANGUAGE_EXTENSIONS in sections.transforms:
        sections = _without_loops(problems, sections, parameters, mappings, options)
    check_resources(problems, sections.resources)
    written = {
        name: (Text(name, start, end), node)
        for name, (start, end, node) in sections.resources.members.items()
        if isinstance(node, JsonObject)
    }
    nodes = {name: node for name, (_, node) in written.items()}
    types = {name: type_of(node) for name, node in nodes.items()}
    if SERVERLESS in sections.transforms:
        types |= generated_types(sections.resources)
        nodes = generated_nodes(sections.resources) | nodes
    check = FunctionCheck(problems, names_of(sections, types))
    check.resources(sections.resources)
    check.conditions(sections.conditions)
    check.outputs(sections.outputs)
    check_given_conditions(sections.conditions, options.conditions)
    is_possible = False
    ids = options.with_api_id(
        api_ids([name for name, type_name in types.items() if type_name in API_TYPES]), "template"
    )
    for choices in each_reading(deployment_of(options.account, options.region, options.endpoint_ids)):
        resolver = Resolver(
            problems,
            choices,
            parameters=parameters,
            mappings=mappings,
            conditions=sections.conditions,
            resources=ResourceTypes(nodes, types, ids),
            given=options.parameters,
            listed=findings.unknown,
        )
        choices.excluded = not resolver.agrees_with(options.conditions)
        if choices.excluded:
            continue
        is_possible = True
        stack = Stack(problems, options, findings, resolver, written, globals_node=sections.globals)
        yield choices, expand(stack) if SERVERLESS in sections.transforms else stack
    if not is_possible:
        problems.check()
        given = [f"{name} is {str(truth).lower()}" for name, truth in options.conditions.items()]
        raise UsageError(
            f"the template has no values with which {listed(given, 'and')}",
            advice="correct conditions=, or the values of the parameters",
        )


def _without_loops(
    problems: Problems,
    sections: Sections,
    parameters: Mapping[str, Parameter],
    mappings: Mapping[str, JsonObject],
    options: ReadOptions,
) -> Sections:
    """The sections with their loops written out; the values of a loop are those that parameters and mappings give."""
    resolver = Resolver(
        problems,
        Choices(deployment_of(options.account, options.region, options.endpoint_ids)),
        parameters=parameters,
        mappings=mappings,
        conditions=JsonObject({}),
        resources=ResourceTypes({}, {}, {}),
        given=options.parameters,
        listed=lambda name, reason, node: None,
    )
    loops = ForEach(problems, resolver.resolve_given)
    return sections._replace(
        conditions=loops.written_out(sections.conditions),
        resources=loops.written_out(sections.resources),
        outputs=loops.written_out(sections.outputs),
    )


def names_of(sections: Sections, types: Collection[str]) -> Names:
    """What a template has by name."""
    return Names(
        parameters=sections.parameters.members,
        resources=types,
        conditions=sections.conditions.members,
        mappings=sections.mappings.members,
        has_extensions=LANGUAGE_EXTENSIONS in sections.transforms,
    )
