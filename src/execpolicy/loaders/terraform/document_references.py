"""Which data source gives a policy that is known only after apply (SRC-4).

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

#: The data source that is the value of an expression, or why it is not known. An item of a list has a number.
NamedDataSource: TypeAlias = Callable[[Instance, Node, "int | None"], "ResourceAddress | str"]
#: What gives the document where the sources do not.
GIVE_DOCUMENT: Final = "refer to the document alone, or give the state after apply"


class ShownBySources(NamedTuple):
    """What the sources of a plan show besides places.

    Attributes:
        why_hidden: why it is not known whether ``dynamic`` makes a block.
        named_data_source: the data source that is the value of an expression.
    """

    why_hidden: WhyHidden
    named_data_source: NamedDataSource


def without_sources(option: str) -> ShownBySources:
    """What is shown where the sources are not given.

    Args:
        option: what gives them.
    """
    reason = (
        f"a plan does not show whether an expression changes the document: give the sources with {option}, "
        "or the state after apply"
    )
    return ShownBySources(why_hidden_without_sources(option), lambda instance, expression, item: reason)
