"""Which API or domain of the template a resource belongs to; one of another stack is listed as not known (SRC-2)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.loaders.cloudformation.apis.properties import Properties
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack


def api_of(
    stack: Stack, resource: Resource, properties: Properties, name: str, types: Iterable[str]
) -> Resource | None:
    """The API of the template that a property of a resource names.

    None if it is an API of another stack, which is listed as not known, or if the property is wrong.
    """
    wanted = tuple(types)
    node = properties.value(name)
    if node is None:
        properties.must(name)
        return None
    found = referred_as(stack, node, name, wanted)
    if found is None and properties.text(name) is not None and not _is_of_other_type(stack, node):
        list_foreign(stack, f"the API of {resource.logical_id}", name, node)
    return found


def referred_as(stack: Stack, node: Node, name: str, types: Iterable[str]) -> Resource | None:
    """The resource of the template for which a value stands, if it has one of these types.

    A resource of another type, and the logical id of a resource without ``Ref``, is reported.
    """
    wanted = tuple(types)
    found = stack.referred(node, *wanted)
    if found is not None and found.type in wanted:
        return found
    expected = f"an {listed(wanted)}"
    if found is not None:
        message = f"found the {found.type} {found.logical_id} as {name}, expected {expected}"
        stack.problems.report(node, message, "refer to a resource of that type")
    elif isinstance(node, Text) and node.value in stack.resources:
        message = f"found {quoted(node.value)} as {name}, which is a text, expected a reference to {expected}"
        stack.problems.report(node, message, f"write !Ref {node.value}")
    return None


def list_foreign(stack: Stack, what: str, name: str, node: Node) -> None:
    """List what a property names as not known, because it is not a resource of the template."""
    shown = node.value if isinstance(node, Text) else ""
    words = with_unknown_in_words(shown) if has_unknown(shown) else quoted(shown)
    reason = f"{name} is {words}, which is no resource of this template: read the template that has it"
    stack.unknown(what, reason, node)


def _is_of_other_type(stack: Stack, node: Node) -> bool:
    """Whether a value that names no API names something else of the template, which is reported."""
    return stack.referred(node) is not None or (isinstance(node, Text) and node.value in stack.resources)
