"""What the sources of a plan show besides places: hidden blocks, and what expressions name (SRC-4).

The configuration in a plan lists what an expression refers to, not what it makes of it. ``replace`` of a document and
the document itself look the same, and so do all indexes that are not literal. The sources show the expression.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from execpolicy.document.syntax.nodes import Node
from execpolicy.loaders.terraform.address import ResourceAddress
from execpolicy.loaders.terraform.hidden_blocks import WhyHidden, why_hidden_without_sources
from execpolicy.loaders.terraform.sections import Instance


class NamedAttribute(NamedTuple):
    """An attribute of an instance of a resource or a data source that is the value of an expression."""

    address: ResourceAddress
    attribute: str


class ShownItem(NamedTuple):
    """What the sources show of an item of a list.

    Attributes:
        named: the attribute that is the item.
        text: the text that is written there.
        reason: why neither is known.
    """

    named: NamedAttribute | None = None
    text: str | None = None
    reason: str = ""


#: The data source that is the value of an expression, or why it is not known. An item of a list has a number.
NamedDataSource: TypeAlias = Callable[[Instance, Node, "int | None"], "ResourceAddress | str"]
#: The attribute of a resource that is the value of an expression, or why it is not known.
NamedResource: TypeAlias = Callable[[Instance, Node], "NamedAttribute | str"]
#: The items of a list that an expression gives, or why they are not known.
NamedItems: TypeAlias = Callable[[Instance, Node], "tuple[ShownItem, ...] | str"]
#: What gives the document, or the resource, where the sources do not.
GIVE_DOCUMENT: Final = "refer to the document alone, or give the state after apply"
GIVE_RESOURCE: Final = "refer to one resource alone, or give the state after apply"


class ShownBySources(NamedTuple):
    """What the sources of a plan show besides places.

    Attributes:
        why_hidden: why it is not known whether ``dynamic`` makes a block.
        named_data_source: the data source that is the value of an expression.
        named_resource: the attribute of a resource that is the value of an expression.
        named_items: the items of a list that an expression gives.
    """

    why_hidden: WhyHidden
    named_data_source: NamedDataSource
    named_resource: NamedResource
    named_items: NamedItems


def without_sources(option: str) -> ShownBySources:
    """What is shown where the sources are not given.

    Args:
        option: what gives them.
    """
    give = f"give the sources with {option}, or the state after apply"
    changed = f"a plan does not show whether an expression changes the document: {give}"
    chosen = f"a plan does not show which resource an expression names: {give}"
    return ShownBySources(
        why_hidden_without_sources(option),
        lambda instance, expression, item: changed,
        lambda instance, expression: chosen,
        lambda instance, expression: chosen,
    )


def differs_from_plan(name: str) -> str:
    """Why nothing is known of a block that is another one in the plan."""
    return f"the sources differ from the plan in {name}: give those of which the plan was made"
