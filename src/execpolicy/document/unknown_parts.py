"""The parts of a document that are not known where an object is expected (SRC-10)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import ElementRules
from execpolicy.document.model import Element, PrincipalElement, PrincipalEntry, Statement, UnknownElement
from execpolicy.document.principal_name import EVERYBODY
from execpolicy.document.syntax.nodes import NOWHERE, Node, Text
from execpolicy.document.unknown_value import has_unknown, is_unknown, unknown_names

if TYPE_CHECKING:
    from typing import TypeGuard


def is_unknown_text(node: Node) -> TypeGuard[Text]:
    """Whether a node is a text of which nothing is known, which may stand for a value of any type."""
    return isinstance(node, Text) and is_unknown(node.value)


def has_unknown_part(node: Node | None) -> TypeGuard[Text]:
    """Whether a node is a text with an unknown part; as a whole it may then be of any type."""
    return isinstance(node, Text) and has_unknown(node.value)


def unknown_part(
    element: str, text: Text, start: int = NOWHERE, *, operator: str = "", more: tuple[Text, ...] = ()
) -> UnknownElement:
    """A part of a statement that is not known.

    Args:
        element: Effect, Condition or Statement.
        text: the text that is not known.
        start: the offset of the name of the member; that of the text if it is not given.
        operator: the operator of a condition whose key is not known.
        more: other texts of that part, whose unknown values count too.
    """
    names = dict.fromkeys(name for each in (text, *more) for name in unknown_names(each.value))
    return UnknownElement(element, text, tuple(names), operator, text.start if start == NOWHERE else start, text.end)


def unknown_statements(rules: ElementRules, text: Text, number: int) -> tuple[Statement, ...]:
    """Statements of each effect that a document may have, for a part that may be any number of statements."""
    principal: PrincipalElement | None = None
    if rules.principal:
        # Of an RCP only the principal is known.
        named = Text(EVERYBODY, text.start, text.end) if rules.only_everybody else text
        principal = PrincipalElement("Principal", (PrincipalEntry(EVERYBODY, named),), text.start, text.end)
    star = (Text("*", text.start, text.end),)
    everything = (Element("Action", star, text.start, text.end), Element("Resource", star, text.start, text.end))
    parts = (unknown_part("Statement", text),)
    return tuple(
        Statement(number, None, effect, principal, *everything, (), text.start, text.end, (), parts)
        for effect in (("Allow", "Deny") if rules.allow else ("Deny",))
    )
