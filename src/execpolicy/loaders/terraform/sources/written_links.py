"""The resources that expressions of the sources name (SRC-4)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, Node
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.shown_by_sources import GIVE_RESOURCE, NamedAttribute, ShownItem
from execpolicy.loaders.terraform.sources.hcl_nodes import HclExpression, HclText, HclTuple
from execpolicy.loaders.terraform.sources.modules import Sources
from execpolicy.loaders.terraform.sources.written_configuration import Doubt, NotShownError
from execpolicy.loaders.terraform.sources.written_references import FollowedExpression, WrittenReferences

_DOUBT: Final = Doubt("an expression may name another resource", GIVE_RESOURCE)


class WrittenLinks:
    """The expressions in the sources by which resources name each other.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
    """

    def __init__(self, sources: Sources, configuration: Configuration) -> None:
        self._references = WrittenReferences(sources, configuration, _DOUBT)

    def named_resource(self, instance: Instance, expression: Node) -> NamedAttribute | str:
        """The attribute of a resource that is the value of an expression, or why it is not known.

        Args:
            instance: the instance that has the value.
            expression: that of the configuration; a list of those of several blocks, each of which may give the value.
        """
        each = expression.items if isinstance(expression, JsonArray) else [expression]
        try:
            found = {self._named(self._references.of_value(instance, node)) for node in each}
        except NotShownError as error:
            return error.reason
        if len(found) == 1:
            return found.pop()
        return f"several blocks of {instance.address.name} name resources: {GIVE_RESOURCE}"

    def named_items(self, instance: Instance, expression: Node) -> tuple[ShownItem, ...] | str:
        """The items of a list that an expression gives, or why they are not known."""
        try:
            followed = self._references.of_value(instance, expression)
            if not isinstance(followed.expression, HclTuple):
                raise self._references.not_shown(followed)
            items = followed.expression.items
        except NotShownError as error:
            return error.reason
        return tuple(self._item(followed, each) for each in items)

    def _item(self, followed: FollowedExpression, item: HclExpression) -> ShownItem:
        if isinstance(item, HclText) and item.value is not None:
            return ShownItem(text=item.value)
        try:
            return ShownItem(self._named(self._references.of_item(followed, item)))
        except NotShownError as error:
            return ShownItem(reason=error.reason)

    def _named(self, followed: FollowedExpression) -> NamedAttribute:
        if followed.named is None:
            raise self._references.not_shown(followed)
        return followed.named
