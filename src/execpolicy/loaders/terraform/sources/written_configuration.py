"""The blocks of the sources that are those of the configuration in a plan, as far as both can be compared (SRC-4).

Sources may be newer than the plan, and a file that is not read may change a block. What they say besides places is
believed only of a block with the attributes, blocks, literals and plain references that the configuration has.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Source
from execpolicy.loaders.terraform.address import ModuleStep
from execpolicy.loaders.terraform.configuration import references_in
from execpolicy.loaders.terraform.shown_by_sources import differs_from_plan
from execpolicy.loaders.terraform.sources.agreement import expression_agrees
from execpolicy.loaders.terraform.sources.hcl_nodes import HclBlock, HclBody, HclExpression
from execpolicy.loaders.terraform.sources.modules import (
    PATH_WIDTH,
    SourceModule,
    Sources,
    WrittenAttribute,
    WrittenBlock,
    address_of_block,
)
from execpolicy.loaders.terraform.sources.written_steps import references_of

#: The written expressions, by the offsets of those of the configuration.
Pairs: TypeAlias = Mapping[tuple[int, int], HclExpression]
#: What blocks may have that the configuration has elsewhere or not at all: attributes, and blocks.
_META_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "module": ("count", "depends_on", "for_each", "providers", "source", "version"),
    "output": ("depends_on", "description", "ephemeral", "sensitive"),
}
_OF_RESOURCES: Final = ("count", "depends_on", "for_each", "provider")
_META_BLOCKS: Final = ("connection", "dynamic", "lifecycle", "precondition", "provisioner")


class Doubt(NamedTuple):
    """What a block might say otherwise.

    Attributes:
        may: what might be, as a sentence.
        give: what to do about it.
    """

    may: str
    give: str


class NotShownError(Exception):
    """Raised where the sources do not show a block as the plan has it.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WrittenConfiguration:
    """The blocks of the sources, each compared with the configuration.

    Args:
        sources: the sources.
        doubt: what a block might say otherwise.
    """

    def __init__(self, sources: Sources, doubt: Doubt) -> None:
        self._sources = sources
        self._doubt = doubt

    def block(self, modules: tuple[ModuleStep, ...], name: str) -> WrittenBlock:
        """The whole block with an address in a module.

        Raises:
            NotShownError: the sources do not have it, or not the whole of it.
        """
        written = self._module(modules, name).blocks.get(name)
        if written is None:
            raise self._lacks(name)
        if written.is_overridden:
            may, give = self._doubt
            raise NotShownError(f"another file overrides a part of {name}, where {may}: {give}")
        return written

    def local(self, modules: tuple[ModuleStep, ...], name: str) -> WrittenAttribute:
        """The local value with a name in a module, of which a plan has nothing to compare.

        Raises:
            NotShownError: the sources do not have it, or have it twice.
        """
        found = self._module(modules, f"local.{name}").locals.get(name)
        if found is None:
            raise self._lacks(f"local.{name} once")
        return found

    def pairs(self, written: WrittenBlock, name: str, expressions: JsonObject | None) -> Pairs:
        """The written expressions of a block.

        Args:
            written: the block.
            name: its address in its module.
            expressions: those of the configuration; None if it does not have the block.

        Raises:
            NotShownError: the block is not the one of the configuration.
        """
        found = None if expressions is None else _pairs(expressions, _without_meta(written))
        if found is None:
            raise _differs(written, name)
        return found

    def check(self, written: WrittenBlock, given: HclExpression, expression: Node | None) -> None:
        """Compare an expression of a block with that of the configuration.

        Args:
            written: the block.
            given: the expression in it.
            expression: that of the configuration; None if it has none.

        Raises:
            NotShownError: they differ.
        """
        if expression is None or not _agree(expression, given):
            raise _differs(written, address_of_block(written.block))

    def not_shown(self, source: Source, part: HclBlock | HclExpression) -> NotShownError:
        """The error for a part of a file that does not show what is wanted."""
        may, give = self._doubt
        return NotShownError(f"{may} ({line_of(source, part)}): {give}")

    def _module(self, modules: tuple[ModuleStep, ...], name: str) -> SourceModule:
        """A module all of whose files are read.

        Args:
            modules: its path.
            name: what is wanted of it.
        """
        may, give = self._doubt
        module = self._sources.module(modules)
        if module is None:
            raise self._lacks(name)
        if module.unread:
            raise NotShownError(f"{may} in {quoted(module.unread, PATH_WIDTH)}, which is not read: {give}")
        return module

    def _lacks(self, name: str) -> NotShownError:
        may, give = self._doubt
        return NotShownError(f"the sources do not have {name}, where {may}: {give}")


def line_of(source: Source, part: HclBlock | HclExpression) -> str:
    """The file and the line in which a part of the file begins."""
    return f"{os.path.basename(source.name)}:{source.span(part.start, part.end).line}"


def _without_meta(written: WrittenBlock) -> HclBody:
    meta = _META_ARGUMENTS.get(written.block.type, _OF_RESOURCES)
    attributes = {name: each for name, each in written.body.attributes.items() if name not in meta}
    return HclBody(attributes, tuple(each for each in written.body.blocks if each.type not in _META_BLOCKS))


def _pairs(expressions: JsonObject, body: HclBody) -> Pairs | None:
    """The expressions of a block; None unless both have the same names, literals and plain references."""
    blocks = {each.type for each in body.blocks if each.type != "dynamic"}
    if expressions.members.keys() != body.attributes.keys() | blocks:
        return None
    found: dict[tuple[int, int], HclExpression] = {}
    for name, (_, _, value) in expressions.members.items():
        attribute = body.attributes.get(name)
        if attribute is not None:
            if not _agree(value, attribute.value):
                return None
            found[value.start, value.end] = attribute.value
            continue
        items = value.items if isinstance(value, JsonArray) else [value]
        written = body.blocks_of(name)
        if len(items) != len(written):
            return None
        for item, each in zip(items, written, strict=True):
            inner = _pairs(item, each.body) if isinstance(item, JsonObject) else None
            if inner is None:
                return None
            found.update(inner)
    return found


def _agree(expression: Node, written: HclExpression) -> bool:
    """Whether an expression of the configuration has the literals and the references of one of the sources."""
    references = references_of(written)
    is_same = references is None or references == [each.value for each in references_in(expression)]
    return is_same and expression_agrees(expression, written)


def _differs(written: WrittenBlock, name: str) -> NotShownError:
    return NotShownError(differs_from_plan(f"{name} ({line_of(written.source, written.block)})"))
