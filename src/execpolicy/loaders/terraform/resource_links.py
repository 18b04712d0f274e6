"""Which resources attributes name whose values are known only after apply (SRC-4).

The references of an expression name a resource if they lead to one alone. Where they lead to several, the expression
may choose any of them: only the sources show which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, Node, Text
from execpolicy.document.unknown_parts import is_unknown_text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.built_nodes import list_at
from execpolicy.loaders.terraform.attribute import Attribute
from execpolicy.loaders.terraform.attribute_values import AttributeValue, InstanceAttributes, shortened
from execpolicy.loaders.terraform.gateway_types import FUNCTION
from execpolicy.loaders.terraform.references import ConfigurationReferences, Link, Referred
from execpolicy.loaders.terraform.shown_by_sources import NamedAttribute, ShownBySources, ShownItem, differs_from_plan

#: The property that is the URI of a function.
_OF_FUNCTION: Final = "AuthorizerUri"
#: The attributes that are such a URI.
_URIS: Final = ("invoke_arn", "qualified_invoke_arn")
#: So many resources are named in a message.
_MOST_SHOWN: Final = 3
#: Gives the text by which a link names a resource; None if the resource has no such text.
TextOfLink = Callable[[Link, str], str | None]


class Linked(NamedTuple):
    """What an attribute names.

    Attributes:
        node: the text by which it names a resource, or a list of these; None if it is not known which it is.
        targets: what its expression refers to.
        reason: what of it is not known, and what shows it; empty if all is known, or nothing shows it.
    """

    node: Node | None
    targets: tuple[str, ...] = ()
    reason: str = ""


class ResourceLinks:
    """Finds the resources that attributes name.

    Args:
        references: follows references.
        text_of: the text by which a link names a resource.
        shown: what the sources show.
    """

    def __init__(self, references: ConfigurationReferences, text_of: TextOfLink, shown: ShownBySources) -> None:
        self._references = references
        self._text_of = text_of
        self._shown = shown

    def of_attribute(
        self, attributes: InstanceAttributes, attribute: Attribute, value: AttributeValue, *, is_list: bool
    ) -> Linked:
        """What an attribute names that is not known, or not wholly.

        Args:
            attributes: those of the instance that has it.
            attribute: the attribute.
            value: its value.
            is_list: whether it names several resources.
        """
        found = self._references.of_expression(value.expression, attributes.scope)
        targets = _targets(found, attribute)
        if value.expression is None or not targets:
            return Linked(None, targets)
        naming = _Naming(attributes, attribute, value, value.expression, found)
        return (self._list if is_list else self._one)(naming)._replace(targets=targets)

    def _one(self, naming: _Naming) -> Linked:
        """The one resource that an attribute names."""
        text = self._only(naming)
        if text is None and naming.may_name_another():
            named = self._shown.named_resource(naming.attributes.instance, naming.expression)
            shown = named if isinstance(named, str) else self._link(naming, named)
            if isinstance(shown, str):
                return Linked(None, reason=shown)
            text = self._text(naming, shown)
        return Linked(None if text is None else _text_at(text, naming.expression))

    def _list(self, naming: _Naming) -> Linked:
        """The resources that a list names; what is known of a set says nothing of its other items."""
        value = naming.value.node
        known = [item for item in value.items if not is_unknown_text(item)] if isinstance(value, JsonArray) else []
        text = self._only(naming)
        if isinstance(value, JsonArray) and len(value.items) == len(known) + 1 and text is not None:
            return Linked(list_at([*known, _text_at(text, naming.expression)], naming.expression))
        items = self._shown.named_items(naming.attributes.instance, naming.expression)
        if isinstance(items, str):
            return Linked(None, reason=items)
        texts, reason = self._texts(naming, items)
        nodes = [_text_at(each, naming.expression) for each in texts]
        if not isinstance(value, JsonArray):
            return Linked(list_at([*nodes, *([value] if reason else ())], naming.expression), reason=reason)
        before = {item.value for item in known if isinstance(item, Text)}
        new = [node for node in nodes if node.value not in before]
        if len(new) == len(value.items) - len(known):
            return Linked(list_at([*known, *new], naming.expression))
        return Linked(None, reason=reason or naming.differs())

    def _texts(self, naming: _Naming, items: tuple[ShownItem, ...]) -> tuple[Iterable[str], str]:
        """The texts of the items of a list, and why one is not known; empty if all are."""
        texts: dict[str, None] = {}
        reason = ""
        for item in items:
            named = item.reason if item.named is None else self._link(naming, item.named)
            text = item.text if isinstance(named, str) else self._text(naming, named)
            if text is not None:
                texts[text] = None
            else:
                reason = reason or (named if isinstance(named, str) else naming.differs())
        return texts, reason

    def _only(self, naming: _Naming) -> str | None:
        """The text of the only resource to which an expression refers; None if it may be another text."""
        if not naming.found.is_clear:
            return None
        texts = {self._text(naming, link) for link in naming.found.links}
        return texts.pop() if len(texts) == 1 else None

    def _text(self, naming: _Naming, link: Link) -> str | None:
        """The text by which a link names a resource of a type that the attribute may name."""
        instance, attribute = link.instance, naming.attribute
        if attribute.to == _OF_FUNCTION:
            return self._invoked(link, attribute.linked)
        return self._text_of(link, attribute.linked) if instance.type in attribute.links else None

    def _invoked(self, link: Link, linked: str) -> str | None:
        """The URI of a function, or of an alias of a function; None for what is not such a URI.

        An expression that makes a URI of an ARN or a name may add a version or an alias, which a plan does not show.
        """
        if link.attribute not in _URIS or link.instance.is_data:
            return None
        is_known = (link.instance.type, link.attribute) == (FUNCTION, linked)
        known = self._text_of(link, linked) if is_known else None
        return known or unknown_text(shortened(f"{link.instance.id}.{link.attribute}"))

    def _link(self, naming: _Naming, named: NamedAttribute) -> Link | str:
        """The link to what the sources name; a reason if the plan does not refer to it."""
        instance = self._references.instance(named.address)
        if instance is None or not naming.found.may_be(instance):
            return naming.differs()
        return Link(instance, named.attribute)


class _Naming(NamedTuple):
    """An attribute, its expression, and what this refers to."""

    attributes: InstanceAttributes
    attribute: Attribute
    value: AttributeValue
    expression: Node
    found: Referred

    def differs(self) -> str:
        """Why nothing is known if the sources name what the plan does not refer to."""
        return differs_from_plan(self.attributes.instance.address.name)

    def may_name_another(self) -> bool:
        """Whether the references do not say which instance the expression names, or which attribute of it."""
        return not self.found.is_clear or any(not link.attribute for link in self.found.links)


def _targets(found: Referred, attribute: Attribute) -> tuple[str, ...]:
    """What an expression refers to, in words: the first of the resources that an attribute may name, and the others."""
    instances = [link.instance for link in found.links]
    instances += [instance for each in found.any_of for instance in each.instances[:_MOST_SHOWN]]
    wanted = [each.id for each in instances if each.type in attribute.links]
    others = [each.id for each in instances if each.type not in attribute.links]
    return (*dict.fromkeys((*wanted, *found.hidden, *others)),)[:_MOST_SHOWN]


def _text_at(text: str, at: Node) -> Text:
    return Text(text, at.start, at.end)
