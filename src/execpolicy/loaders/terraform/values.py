"""The values of the resources of a plan or a state under the assumptions of one reading (SRC-5, SRC-7)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.loaders.cloudformation.values.choices import Choices
from execpolicy.loaders.cloudformation.values.placeholders import RESOURCE_VALUES
from execpolicy.loaders.cloudformation.values.resolver import Resolver, ResourceTypes
from execpolicy.loaders.terraform.assembled import Assembled
from execpolicy.loaders.terraform.resource_texts import ResourceTexts


class KnownValues(Resolver):
    """The values of resources, all of which are known or unknown: there are no functions.

    Args:
        problems: collects what is wrong.
        choices: the assumptions.
        found: the resources.
        listed: takes each unknown value on which an assumption is made.
    """

    def __init__(
        self, problems: Problems, choices: Choices, found: Assembled, listed: Callable[[str, str, Node], None]
    ) -> None:
        super().__init__(
            problems,
            choices,
            parameters={},
            mappings={},
            conditions=JsonObject({}),
            resources=ResourceTypes({}, {}, found.placement.api_ids),
            given={},
            listed=listed,
        )
        self._found = found
        self.referred = {text: dict(names) for text, names in found.parts.named.items()}
        self.are_ids_known = found.placement.are_ids_known

    def attribute(self, logical_id: str, attribute: str, at: Node) -> Node:
        """The id of a private domain, the only attribute that is read."""
        part = self._found.parts.by_id[logical_id]
        text = part.attributes.known_text("domain_name_id")
        make = RESOURCE_VALUES[part.type].attributes[attribute]
        placed = ResourceTexts(part.attributes, "", self.deployment)
        return Text(text or make(placed) or "", at.start, at.end)
