"""The arguments of functions, and the values of calls that are wrong or depend on what is not known."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import MAX_STRING, Node, Text, describe
from execpolicy.loaders.cloudformation.values.scalars import scalar_text, unknown_at
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues

#: Why the value of a function is not known.
DEPENDS: Final = "it depends on what is not known"


def malformed(values: TemplateValues, at: Node) -> Node:
    """The value of a call that has not the form of its function, which is reported once for the whole template."""
    return values.unknown("a value that is written wrongly", at, "it is reported")


def joined(values: TemplateValues, texts: list[str], between: str, node: Node) -> Text:
    """Several texts as one; one that is too long is not made, and reported."""
    length = sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0)
    if length <= MAX_STRING:
        return Text(between.join(texts), node.start, node.end)
    return too_long(values, length, node)


def too_long(values: TemplateValues, length: int, node: Node) -> Text:
    """The value of a text that is too long, which is reported."""
    message = f"found a text of {length} characters, expected at most {MAX_STRING}"
    values.problems.report(node, message, "no template needs such a text: is this the right file?")
    return unknown_at("a text that is too long", node)


def text_argument(values: TemplateValues, node: Node | None, what: str, at: Node) -> str | None:
    """A text, perhaps with unknown parts; anything else is reported."""
    text = scalar_text(node)
    if text is None:
        found = describe(node) if node is not None else "AWS::NoValue"
        values.problems.report(node or at, f"found {found} as {what}, expected a string", "write a string")
    return text
