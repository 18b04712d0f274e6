"""The arguments of functions, and the values of calls that are wrong or depend on what is not known."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import Node, describe
from execpolicy.loaders.cloudformation.values.scalars import scalar_text
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues

#: Why the value of a function is not known.
DEPENDS: Final = "it depends on what is not known"


def malformed(values: TemplateValues, at: Node) -> Node:
    """The value of a call that has not the form of its function, which is reported once for the whole template."""
    return values.unknown("a value that is written wrongly", at, "it is reported")


def text_argument(values: TemplateValues, node: Node | None, what: str, at: Node) -> str | None:
    """A text, perhaps with unknown parts; anything else is reported."""
    text = scalar_text(node)
    if text is None:
        found = describe(node) if node is not None else "AWS::NoValue"
        values.problems.report(node or at, f"found {found} as {what}, expected a string", "write a string")
    return text
