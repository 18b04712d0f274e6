"""How an attribute of a resource of Terraform is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple


class Attribute(NamedTuple):
    """How an attribute is read.

    Attributes:
        to: the property of the resource of CloudFormation that says the same (SRC-2).
        links: the types of resources that the attribute may name.
        linked: the attribute of these that it has as its value, such as ``id``.
        is_owner: whether the resource belongs to what it names: without knowing it, nothing of the resource is known.
        inner: for a block: its attributes.
        is_list: for a block: whether there may be several.
        is_document: whether it is a policy.
        is_filled_in: for a block: whether AWS fills it in where nobody writes it.
        is_needed: whether a value that is known only after apply is refused.
    """

    to: str
    links: tuple[str, ...] = ()
    linked: str = "id"
    is_owner: bool = False
    inner: Mapping[str, Attribute] | None = None
    is_list: bool = False
    is_document: bool = False
    is_filled_in: bool = False
    is_needed: bool = False


class TypeAttributes(NamedTuple):
    """The attributes of a type of resource.

    Attributes:
        type: the type of CloudFormation of the same resource; empty for one that is a part of another resource.
        read: those that are read, by name.
        ignored: those that cannot bear on authorization.
        derived: those that follow from the others, or that AWS assigns.
    """

    type: str
    read: Mapping[str, Attribute]
    ignored: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()


#: Attributes that every resource may have and that say nothing besides the others.
DERIVED = ("arn", "id", "tags_all", "timeouts", "region")
NO_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({})


def written_blocks(attributes: Mapping[str, Attribute]) -> Iterator[str]:
    """The names of the blocks that are there only where somebody writes them.

    >>> inner = {"audience": Attribute("Audience")}
    >>> [*written_blocks({"name": Attribute("Name"), "jwt_configuration": Attribute("JwtConfiguration", inner=inner)})]
    ['jwt_configuration']
    """
    for name, attribute in attributes.items():
        if attribute.inner is not None:
            if not attribute.is_filled_in:
                yield name
            yield from written_blocks(attribute.inner)


def filled_in_blocks(attributes: Mapping[str, Attribute]) -> Iterator[str]:
    """The names of the blocks that AWS fills in where nobody writes them.

    >>> [*filled_in_blocks({"inline_policy": Attribute("Policies", inner={}, is_filled_in=True)})]
    ['inline_policy']
    """
    return (name for name, attribute in attributes.items() if attribute.is_filled_in)
