"""The data source that an expression of the sources names without changing its document (SRC-4)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, Node
from execpolicy.loaders.terraform.address import ResourceAddress
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.identity_types import DOCUMENT_JSON
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.shown_by_sources import GIVE_DOCUMENT
from execpolicy.loaders.terraform.sources.modules import Sources
from execpolicy.loaders.terraform.sources.written_configuration import Doubt, NotShownError
from execpolicy.loaders.terraform.sources.written_references import WrittenReferences
from execpolicy.loaders.terraform.sources.written_steps import Steps

_DOUBT: Final = Doubt("an expression may change the document", GIVE_DOCUMENT)


class WrittenDocuments:
    """The expressions that give policies in the sources.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
    """

    def __init__(self, sources: Sources, configuration: Configuration) -> None:
        self._references = WrittenReferences(sources, configuration, _DOUBT)

    def named_data_source(self, instance: Instance, expression: Node, item: int | None) -> ResourceAddress | str:
        """The data source that is the value of an expression, or why it is not known.

        Args:
            instance: the instance that has the value.
            expression: that of the configuration; a list of those of several blocks, each of which may give the value.
            item: the number of the item in a list that the expression gives; None for the whole.
        """
        rest: Steps = () if item is None else (item,)
        each = expression.items if isinstance(expression, JsonArray) else [expression]
        try:
            found = {self._named(instance, node, rest) for node in each}
        except NotShownError as error:
            return error.reason
        if len(found) == 1:
            return found.pop()
        return f"several blocks of {instance.address.name} give documents: {GIVE_DOCUMENT}"

    def _named(self, instance: Instance, expression: Node, rest: Steps) -> ResourceAddress:
        followed = self._references.of_value(instance, expression, rest)
        named = followed.named
        if named is None or not named.address.name.startswith("data.") or named.attribute not in DOCUMENT_JSON:
            raise self._references.not_shown(followed)
        return named.address
