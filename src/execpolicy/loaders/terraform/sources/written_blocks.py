"""Whether the sources show that nothing makes a block of a resource, which a plan does not show (SRC-4).

The sources show it if they have the whole block of the resource, as the plan has it, and no ``dynamic`` for the block.
"""

from __future__ import annotations

import os
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.hidden_blocks import GIVE_BLOCK
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.sources.agreement import expression_agrees
from execpolicy.loaders.terraform.sources.hcl_nodes import HclBlock, HclBody
from execpolicy.loaders.terraform.sources.modules import PATH_WIDTH, Sources, WrittenBlock

#: What every resource may have, and the configuration in a plan has elsewhere or not at all.
_META_ARGUMENTS: Final = ("count", "depends_on", "for_each", "provider")
_META_BLOCKS: Final = ("connection", "dynamic", "lifecycle", "provisioner")


class WrittenBlocks:
    """The blocks of resources in the sources.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
    """

    def __init__(self, sources: Sources, configuration: Configuration) -> None:
        self._sources = sources
        self._configuration = configuration

    def why_hidden(self, instance: Instance, name: str) -> str:
        """Why it is not known whether ``dynamic`` makes a block of a resource; empty if nothing makes it.

        Args:
            instance: an instance of the resource.
            name: the name of the block.
        """
        address = instance.address
        module, written = self._sources.module(address.modules), self._sources.block(address)
        if module is None or written is None:
            return f"the sources do not have {address.name}, where dynamic may make it: {GIVE_BLOCK}"
        if module.unread:
            return f"dynamic may make it in {quoted(module.unread, PATH_WIDTH)}, which is not read: {GIVE_BLOCK}"
        if written.is_overridden:
            return f"another file overrides a part of {address.name}, where dynamic may make it: {GIVE_BLOCK}"
        made = written.body.dynamic_blocks_of(name)
        if made:
            return f"dynamic may make it ({_line(written, made[0])}): {GIVE_BLOCK}"
        expressions = self._configuration.expressions(address)
        if expressions is None or not _is_written_as(expressions, written.body):
            place = _line(written, written.block)
            return (
                f"the sources differ from the plan in {address.name} ({place}): give those of which the plan was made"
            )
        return ""


def _line(written: WrittenBlock, block: HclBlock) -> str:
    """The file and the line in which a block begins."""
    return f"{os.path.basename(written.source.name)}:{written.source.span(block.start, block.end).line}"


def _is_written_as(expressions: JsonObject, body: HclBody) -> bool:
    """Whether the configuration of a resource in a plan may be that of a block in the sources."""
    attributes = {name: each for name, each in body.attributes.items() if name not in _META_ARGUMENTS}
    blocks = tuple(each for each in body.blocks if each.type not in _META_BLOCKS)
    return _agree(expressions, HclBody(attributes, blocks))


def _agree(expressions: JsonObject, body: HclBody) -> bool:
    """Whether the expressions of a block have the names of its attributes and blocks, and no other literals."""
    blocks = {each.type for each in body.blocks if each.type != "dynamic"}
    if expressions.members.keys() != body.attributes.keys() | blocks:
        return False
    for name, (_, _, value) in expressions.members.items():
        attribute = body.attributes.get(name)
        if attribute is not None:
            if not expression_agrees(value, attribute.value):
                return False
            continue
        items = value.items if isinstance(value, JsonArray) else [value]
        found = body.blocks_of(name)
        if len(items) != len(found) or not all(
            isinstance(item, JsonObject) and _agree(item, each.body) for item, each in zip(items, found, strict=True)
        ):
            return False
    return True
