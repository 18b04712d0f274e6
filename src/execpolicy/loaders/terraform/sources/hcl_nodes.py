"""The nodes of a text of HCL, each with its place: blocks, attributes, and as much of expressions as places need.

Offsets are positions in the text, the end exclusive, the quotes of a string included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias


class HclText(NamedTuple):
    """A string or a heredoc.

    Attributes:
        parts: its literal parts, with None for each interpolation or directive between them.
        start, end: its place.
        body: the offsets of what a heredoc holds; None for a string in quotes.
        inserted: the offsets of what does not stand for itself: interpolations, directives and their escapes.
    """

    parts: tuple[str | None, ...]
    start: int
    end: int
    body: tuple[int, int] | None = None
    inserted: tuple[tuple[int, int], ...] = ()

    @property
    def value(self) -> str | None:
        """The text; None if an expression is a part of it."""
        return None if None in self.parts else "".join(part for part in self.parts if part is not None)


class HclScalar(NamedTuple):
    """A number, ``true``, ``false`` or ``null``, as it is written."""

    text: str
    start: int
    end: int


class HclTuple(NamedTuple):
    """A list in brackets, with an expression for each item."""

    items: tuple[HclExpression, ...]
    start: int
    end: int


class HclMember(NamedTuple):
    """A member of an object: the place of its name, and its value."""

    start: int
    end: int
    value: HclExpression


class HclObject(NamedTuple):
    """An object in braces.

    Attributes:
        members: those whose name is written, by name; one that is written twice is not among them.
        start, end: its place.
        is_whole: whether it has no other members.
    """

    members: Mapping[str, HclMember]
    start: int
    end: int
    is_whole: bool = True


class HclCall(NamedTuple):
    """A call of a function."""

    name: str
    arguments: tuple[HclExpression, ...]
    start: int
    end: int


class HclReference(NamedTuple):
    """A name and what follows it, such as ``data.aws_iam_policy_document.app[0].json``.

    Attributes:
        steps: the names, without indexes.
        start, end: its place.
        indexes: what stands in each index, with the number of names before it.
    """

    steps: tuple[str, ...]
    start: int
    end: int
    indexes: tuple[tuple[int, str], ...] = ()


class HclOther(NamedTuple):
    """Every other expression."""

    start: int
    end: int


HclExpression: TypeAlias = "HclText | HclScalar | HclTuple | HclObject | HclCall | HclReference | HclOther"


class HclAttribute(NamedTuple):
    """An attribute: the place of its name, and its value."""

    start: int
    end: int
    value: HclExpression


class HclBlock(NamedTuple):
    """A block.

    Attributes:
        type: such as ``resource``.
        labels: such as ``aws_iam_role`` and ``app``.
        body: what it holds.
        start, end: its place.
        head_end: the end of its labels.
    """

    type: str
    labels: tuple[str, ...]
    body: HclBody
    start: int
    end: int
    head_end: int


class HclBody(NamedTuple):
    """What a file or a block holds: attributes by name, and blocks in their order."""

    attributes: Mapping[str, HclAttribute]
    blocks: tuple[HclBlock, ...]

    def blocks_of(self, type_name: str) -> list[HclBlock]:
        """The blocks of a type."""
        return [block for block in self.blocks if block.type == type_name]

    def dynamic_blocks_of(self, type_name: str) -> list[HclBlock]:
        """The blocks ``dynamic`` that make blocks of a type."""
        return [block for block in self.blocks_of("dynamic") if block.labels == (type_name,)]

    def text_in(self, name: str) -> str | None:
        """The text that an attribute has; None if it is not there, or is not a string without expressions."""
        attribute = self.attributes.get(name)
        return attribute.value.value if attribute is not None and isinstance(attribute.value, HclText) else None


#: A block without content.
EMPTY_BODY = HclBody({}, ())
