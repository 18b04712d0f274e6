"""The resources of a file while they are put together: each with the properties that other resources add to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.terraform.attribute_values import InstanceAttributes


class AssembledResource:
    """A resource: its attributes, its type in CloudFormation, and its properties, which may still change."""

    def __init__(self, attributes: InstanceAttributes, type_name: str, properties: dict[str, Member]) -> None:
        self.attributes = attributes
        self.type = type_name
        self.properties = properties

    @property
    def id(self) -> str:
        """The address."""
        return self.attributes.instance.id

    @property
    def name(self) -> Text:
        """The address with its place."""
        return self.attributes.instance.name

    @property
    def terraform_type(self) -> str:
        """The type in Terraform."""
        return self.attributes.instance.type

    def value(self, name: str) -> Node | None:
        """The value of a property."""
        return self.properties.get(name, (0, 0, None))[2]

    def text(self, name: str) -> Text | None:
        """The text of a property; None if it has none."""
        value = self.value(name)
        return value if isinstance(value, Text) else None

    def texts(self, *names: str) -> Iterator[Text]:
        """The texts of properties, each a text or a list of texts."""
        for name in names:
            value = self.value(name)
            for item in value.items if isinstance(value, JsonArray) else [value]:
                if isinstance(item, Text):
                    yield item

    def set(self, name: str, node: Node) -> None:
        """Set a property."""
        self.properties[name] = (node.start, node.end, node)

    def append(self, name: str, node: Node) -> None:
        """Add an item to a property that is a list, unless it has an equal text."""
        found = self.value(name)
        items = found.items if isinstance(found, JsonArray) else [] if found is None else [found]
        if isinstance(node, Text) and any(isinstance(each, Text) and each.value == node.value for each in items):
            return
        at = found if found is not None else node
        self.set(name, JsonArray([*items, node], at.start, at.end))

    def resource(self) -> Resource:
        """The resource of CloudFormation."""
        node = self.attributes.instance.node
        properties = JsonObject(self.properties, node.start, node.end)
        _, _, type_node = node.members["type"]
        members: dict[str, Member] = {
            "Type": (type_node.start, type_node.end, Text(self.type, type_node.start, type_node.end)),
            "Properties": (node.start, node.end, properties),
        }
        written = JsonObject(members, node.start, node.end)
        return Resource(self.id, self.name, self.type, properties, written)


class AssembledResources:
    """The resources of a file.

    Attributes:
        by_id: the resources by address.
        named: the addresses of resources, by a text by which others name them.
    """

    def __init__(self, by_id: Mapping[str, AssembledResource], named: Mapping[str, Mapping[str, None]]) -> None:
        self.by_id = by_id
        self.named = named

    def of_type(self, *types: str) -> list[AssembledResource]:
        """The resources of types of Terraform, in the order of the file."""
        return [part for part in self.by_id.values() if part.terraform_type in types]

    def referred(self, text: Text | None, *types: str) -> AssembledResource | None:
        """The resource of types of Terraform that a text names."""
        if text is None:
            return None
        found = [self.by_id[each] for each in self.named.get(text.value, ())]
        return next((part for part in found if part.terraform_type in types), None)
