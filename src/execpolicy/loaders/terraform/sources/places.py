"""Where the resources of a plan or a state are written, in the sources that the user gives (SRC-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.syntax.written_places import WrittenPart, WrittenPlaces
from execpolicy.errors import ExecPolicyError
from execpolicy.loaders.terraform.address import ResourceAddress
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.sections import Instance, TerraformFile
from execpolicy.loaders.terraform.sources.hcl_nodes import EMPTY_BODY, HclExpression
from execpolicy.loaders.terraform.sources.modules import PATH_WIDTH, Sources, WrittenBlock
from execpolicy.loaders.terraform.sources.pairing import Pairing
from execpolicy.loaders.terraform.sources.policies import PolicyPairing, WrittenExpression


def places_in_sources(file: TerraformFile, sources: Sources) -> WrittenPlaces:
    """Where the parts of a plan after its changes, or of a state, are written.

    Args:
        file: the plan or the state.
        sources: the sources.

    Raises:
        PolicySyntaxError: a source of a module is not HCL.
        ExecPolicyError: a source cannot be read, or the sources have nothing that is in the file.
    """
    plan = file.problems.source
    parts: list[WrittenPart] = []
    documents = PolicyPairing(plan, sources, parts)
    configuration = Configuration(file.configuration or JsonObject({}))
    is_found = False
    for instance in _instances(file):
        written = _written(sources, instance.address)
        if written is not None:
            is_found = True
            _add(instance, written, parts, documents)
            _add_expressions(instance, written, configuration, parts)
    if not is_found and (file.instances or file.changes):
        message = f"found nothing of {plan.name} in the sources in {quoted(sources.root.folder, PATH_WIDTH)}"
        raise ExecPolicyError(message, advice="give the folder in which terraform plan was run", rule="SRC-4")
    return WrittenPlaces(plan, parts)


def _instances(file: TerraformFile) -> Iterator[Instance]:
    """The instances as they are after the plan, and as its changes show them."""
    instances: Mapping[str, Instance] = file.instances
    yield from instances.values()
    for change in file.changes.values():
        yield change.instance


def _written(sources: Sources, address: ResourceAddress) -> WrittenBlock | None:
    """The block of a resource; if the sources do not have it, the call of its module, without content."""
    block = sources.block(address)
    if block is not None:
        return block
    call = sources.call(address.modules)
    return None if call is None else call._replace(body=EMPTY_BODY)


def _add(instance: Instance, written: WrittenBlock, parts: list[WrittenPart], documents: PolicyPairing) -> None:
    """Add the places of an instance: its block, the attributes, and the policies in them."""
    node, block = instance.node, written.block

    def pair_document(text: Text, expression: HclExpression) -> None:
        documents.text(text, WrittenExpression(expression, written.source, instance.address.modules))

    pairing = Pairing(written.source, parts, pair_document)
    pairing.add(node.start, node.end, block.start, block.head_end)
    pairing.body(instance.values, written.body)


def _add_expressions(
    instance: Instance, written: WrittenBlock, configuration: Configuration, parts: list[WrittenPart]
) -> None:
    """Add the places of the expressions in the configuration of a plan, which values that are not known have."""
    node, block = configuration.resource(instance.address), written.block
    expressions = configuration.expressions(instance.address)
    if node is None or expressions is None:
        return
    pairing = Pairing(written.source, parts)
    pairing.add(node.start, node.end, block.start, block.head_end)
    pairing.expressions(expressions, written.body)
