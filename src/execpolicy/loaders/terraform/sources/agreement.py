"""Whether a value of a plan can be the one that an expression of its sources gives (SRC-4).

Sources may be newer than the plan: a place is used only if the expression there agrees with the value in the plan. An
expression that is not evaluated agrees with every value.
"""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNull, JsonNumber, JsonObject, Node, Text
from execpolicy.loaders.terraform.configuration import constant_of
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBody,
    HclExpression,
    HclObject,
    HclScalar,
    HclText,
    HclTuple,
)


def agrees(node: Node, written: HclExpression) -> bool:
    """Whether an expression can give a value.

    >>> agrees(Text("a"), HclText(("a",), 0, 3)), agrees(Text("a"), HclText(("b",), 0, 3))
    (True, False)
    """
    match written:
        case HclText():
            return _is_text(node, written)
        case HclScalar(text):
            return _is_scalar(node, text)
        case HclTuple(items):
            return isinstance(node, JsonArray) and _have(node.items, items)
        case HclObject(members):
            return isinstance(node, JsonObject) and all(
                agrees(node.members.get(name, (0, 0, JsonNull()))[2], member.value) for name, member in members.items()
            )
    return True


def expression_agrees(expression: Node, written: HclExpression) -> bool:
    """Whether an expression in the configuration of a plan may be one of the sources: it is no other literal."""
    constant = constant_of(expression)
    return constant is None or agrees(constant, written)


def body_agrees(values: JsonObject, body: HclBody) -> bool:
    """Whether the attributes of a block can give the values of one in a plan."""
    found = ((values.members.get(name), attribute.value) for name, attribute in body.attributes.items())
    return all(member is None or agrees(member[2], value) for member, value in found)


def _is_text(node: Node, written: HclText) -> bool:
    if isinstance(node, (JsonNumber, JsonBoolean)):
        return _fits(node.text, written.parts)
    if not isinstance(node, Text):
        return False
    begins = written.parts[0] if written.parts else ""
    if node.value.lstrip().startswith("{") and (begins or "").lstrip().startswith("{"):
        return True  # a document, which the provider writes in its own way
    # Data sources of policies write &{ for the variables of IAM.
    of_data_source = [part and part.replace("&{", "${") for part in written.parts]
    return _fits(node.value, written.parts) or _fits(node.value, of_data_source)


def _fits(text: str, parts: Iterable[str | None]) -> bool:
    """Whether a text has literal parts in their order, with anything in place of the others."""
    at, is_open = 0, False
    known = [*parts]
    for number, part in enumerate(known):
        if part is None:
            is_open = True
        elif number == len(known) - 1 and is_open:
            return text.endswith(part) and len(text) - len(part) >= at
        else:
            found = text.find(part, at) if is_open else at if text.startswith(part, at) else -1
            if found < 0:
                return False
            at, is_open = found + len(part), False
    return is_open or at == len(text)


def _is_scalar(node: Node, text: str) -> bool:
    match node:
        case JsonNull():
            return text == "null"
        case JsonNumber(other):
            return _number(other) == _number(text) is not None
        case Text(value) | JsonBoolean(value):
            return value == text
    return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _have(nodes: list[Node], written: tuple[HclExpression, ...]) -> bool:
    """Whether a list has all literal items, in whatever order; the plan has each item of a set once."""
    texts = {node.value for node in nodes if isinstance(node, Text)}
    literals = {item.value for item in written if isinstance(item, HclText) and item.value is not None}
    return len(nodes) <= len(written) and literals <= texts | {text.replace("${", "&{") for text in texts}
