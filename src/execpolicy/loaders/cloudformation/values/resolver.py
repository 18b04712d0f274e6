"""The values of a template under the assumptions of one reading (SRC-2, SRC-5, SRC-7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import MAX_STRING, MAX_VALUES, JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.unknown_value import unknown_text, with_unknown_in_words
from execpolicy.loaders.cloudformation.values.choices import Choices
from execpolicy.loaders.cloudformation.values.conditions import Conditions
from execpolicy.loaders.cloudformation.values.definitions import TRANSFORM, macros_in_definitions
from execpolicy.loaders.cloudformation.values.function_arguments import too_long
from execpolicy.loaders.cloudformation.values.functions import FUNCTIONS, function_of
from execpolicy.loaders.cloudformation.values.parameters import Parameter
from execpolicy.loaders.cloudformation.values.placeholders import RESOURCE_VALUES, ResourceValues
from execpolicy.loaders.cloudformation.values.pseudo_parameters import (
    PLACED_PSEUDO,
    PSEUDO_PARAMETERS,
    UNKNOWN_PSEUDO,
    Deployment,
)
from execpolicy.loaders.cloudformation.values.scalars import scalar_text, unknown_at

#: A text that CloudFormation replaces by a stored value.
_DYNAMIC: Final = re.compile(r"\{\{resolve:[^}]*\}\}")
#: The longest chain of references between the names of resources, and the deepest nesting of all values in it: both
#: limit the stack. One value nests less than a document may.
_MAX_CHAIN: Final = 20
_MAX_NESTING: Final = 120
#: The functions that make lists and texts; other functions give those that exist. So many characters count as a value.
_MAKING_LISTS: Final = ("Ref", "Fn::Cidr", "Fn::FindInMap", "Fn::Split")
_MAKING_TEXTS: Final = ("Fn::Base64", "Fn::Join", "Fn::Sub", "Fn::ToJsonString")
_CHARACTERS: Final = 64
_NO_VALUE: Final = "AWS::NoValue"
_NAME_WIDTH: Final = 500
_AT_DEPLOYMENT: Final = "AWS assigns it at deployment"


class ResourceTypes(NamedTuple):
    """The resources that a template can refer to.

    Attributes:
        written: the resources as they are written, by logical id.
        types: the types of these, and of those that SAM generates.
        api_ids: the ids of the APIs.
    """

    written: Mapping[str, JsonObject]
    types: Mapping[str, str]
    api_ids: Mapping[str, str]


class Resolver:
    """Resolves nodes. A node without functions is its own value; each node is resolved once.

    Attributes:
        are_ids_known: whether the file has the ids of its APIs; a template has placeholders.

    Args:
        problems: collects what is wrong.
        choices: the assumptions.
        parameters, mappings, conditions, resources: what nodes refer to.
        given: the values that the user gives of parameters.
        listed: takes each unknown value: its name, the reason, and a node that uses it.
    """

    def __init__(
        self,
        problems: Problems,
        choices: Choices,
        *,
        parameters: Mapping[str, Parameter],
        mappings: Mapping[str, JsonObject],
        conditions: JsonObject,
        resources: ResourceTypes,
        given: Mapping[str, str],
        listed: Callable[[str, str, Node], None],
    ) -> None:
        self.problems = problems
        self.are_ids_known = False
        self.mappings = mappings
        self._choices = choices
        self._parameters = parameters
        self._resources = resources
        self._given = given
        self._listed = listed
        self._macros = macros_in_definitions(resources.written)
        self._conditions = Conditions(problems, conditions, choices, self.resolve_given, parameters, listed=listed)
        self._resolved: dict[int, tuple[Node, Node | None]] = {}
        self._resolved_given: dict[int, tuple[Node, Node | None]] = {}
        self._only_given = False
        self._running: list[str] = []
        self._nesting = 0
        self._made = 0
        #: The values of resources and attributes, by their names in words.
        self._placeholders: dict[str, str] = {}
        #: The logical ids of resources by the values that stand for them. A name can be that of several resources.
        self.referred: dict[str, dict[str, None]] = {}

    @property
    def deployment(self) -> Deployment:
        return self._choices.deployment

    def resolve(self, node: Node) -> Node | None:
        """The value of a node; None for ``AWS::NoValue``."""
        found = self._resolved_given if self._only_given else self._resolved
        # Each node is kept beside its value: the number of an object is that of another one once it is gone.
        if isinstance(node, Text):
            return self._text(node) if "{{resolve:" in node.value else node
        if not isinstance(node, (JsonArray, JsonObject)):
            return node
        key = id(node)
        if key not in found:
            if self._nesting == _MAX_NESTING:
                message = f"found more than {_MAX_NESTING} levels of values that refer to each other"
                self.problems.report(node, message, "write them in fewer steps")
                return unknown_at("a value that nests too deeply", node)
            self._nesting += 1
            found[key] = (node, self._collection(node))
            self._nesting -= 1
        return found[key][1]

    def resolve_given(self, node: Node) -> Node | None:
        """The same, with an unknown value for what is a placeholder otherwise."""
        before, self._only_given = self._only_given, True
        try:
            return self.resolve(node)
        finally:
            self._only_given = before

    def holds(self, condition: Node) -> bool:
        """Whether a condition, or a condition by its name, is true."""
        return self._conditions.holds(condition)

    def may_be_made(self, node: JsonObject) -> bool:
        """Whether a macro may make a value: it is a part of the definition of an API, or that definition."""
        return id(node) in self._macros

    def stored_parameter(self, name: str) -> str | None:
        """The name under which the value of a parameter is stored; None if it is not stored, or is no parameter."""
        return self._parameters[name].stored if name in self._parameters else None

    @property
    def truths(self) -> dict[str, bool]:
        """The conditions that were evaluated so far, with their truth."""
        return self._conditions.known

    def agrees_with(self, given: Mapping[str, bool]) -> bool:
        """Whether the conditions are true and false as given; what they depend on is assumed if it must be."""
        return all(self.holds(Text(name)) is truth for name, truth in given.items())

    def unknown(self, name: str, at: Node, reason: str) -> Node:
        """An unknown value; it is listed among what is not known."""
        name = _shortened(name)
        if not self._only_given:
            self._listed(name, reason, at)
        return unknown_at(name, at)

    def reference(self, name: str, at: Node) -> Node | None:
        """The value of ``Ref``: of a parameter, a pseudo parameter or a resource."""
        if name in PSEUDO_PARAMETERS:
            return self._pseudo(name, at)
        if name in self._parameters:
            return self._parameter(self._parameters[name], at)
        if name in self._resources.types:
            return self._placed(name, None, at)
        return self._missing(name, at)

    def attribute(self, logical_id: str, attribute: str, at: Node) -> Node:
        """The value of ``Fn::GetAtt``."""
        if f"{logical_id}.{attribute}" in self._resources.types:  # of SAM, such as Api.Stage
            return self._placed(f"{logical_id}.{attribute}", None, at)
        if logical_id in self._resources.types:
            return self._placed(logical_id, attribute, at)
        return self._missing(logical_id, at)

    def _missing(self, name: str, at: Node) -> Node:
        """What a name stands for that the template does not have; it is reported once for the whole template."""
        return self.unknown(f"the missing {name}", at, "the template does not have it")

    def _text(self, node: Text) -> Node:
        """A text with dynamic references."""

        def unknown(match: re.Match[str]) -> str:
            # Without the braces, so that a text that is made of this one is not read again.
            name = f"the dynamic reference {with_unknown_in_words(match.group()[2:-2])}"
            if not self._only_given:
                self._listed(name, "its value is stored in AWS", node)
            return unknown_text(name)

        return Text(_DYNAMIC.sub(unknown, node.value), node.start, node.end)

    def _collection(self, node: JsonArray | JsonObject) -> Node | None:
        if isinstance(node, JsonArray):
            items = [self.resolve(item) for item in node.items]
            if all(new is old for new, old in zip(items, node.items, strict=True)):
                return node
            return JsonArray([item for item in items if item is not None], node.start, node.end)
        name = TRANSFORM if TRANSFORM in node.members else function_of(node)
        if name is not None:
            return self._called(name, node)
        members: dict[str, Member] = {}
        is_same = True
        for name, (start, end, value) in node.members.items():
            resolved = self.resolve(value)
            is_same = is_same and resolved is value
            if resolved is not None:
                members[name] = (start, end, resolved)
        return node if is_same else JsonObject(members, node.start, node.end)

    def _called(self, name: str, node: JsonObject) -> Node | None:
        function = FUNCTIONS.get(name)
        if function is None:  # it is reported once for the whole template
            return self.unknown(f"a value of {name}", node, "the function is not known")
        value = function(self, node.members[name][2], node)
        if isinstance(value, Text) and len(value.value) > MAX_STRING:
            return too_long(self, len(value.value), node)
        self._count(name, value, node)
        return self._text(value) if isinstance(value, Text) and "{{resolve:" in value.value else value

    def _count(self, name: str, value: Node | None, node: JsonObject) -> None:
        """Report values that functions make of few others, and stop: a list that is used often, and long texts."""
        if name in _MAKING_LISTS and isinstance(value, JsonArray):
            self._made += len(value.items) + 1
        elif name in _MAKING_TEXTS and isinstance(value, Text):
            self._made += len(value.value) // _CHARACTERS
        if self._made > MAX_VALUES:
            message = f"found functions that make more than {MAX_VALUES} values"
            self.problems.report(node, message, "is this the right file?")
            self.problems.check()

    def _pseudo(self, name: str, at: Node) -> Node | None:
        if name == _NO_VALUE:
            return None
        value = self._given.get(name)
        if value is None and name in PLACED_PSEUDO:
            if self._only_given and not self.deployment.is_given(name):
                return unknown_at(PLACED_PSEUDO[name], at)
            value = self.deployment.value(name)
        if value is not None:
            return Text(value, at.start, at.end)
        assumed = self._choices.value(UNKNOWN_PSEUDO[name])
        if assumed is not None:
            return Text(assumed, at.start, at.end)
        return self.unknown(UNKNOWN_PSEUDO[name], at, f"give it with --parameter {name}=…")

    def _parameter(self, parameter: Parameter, at: Node) -> Node:
        value = parameter.value if parameter.value is not None else self._choices.value(parameter.unknown_name)
        if value is None:
            return self.unknown(parameter.unknown_name, at, parameter.reason)
        if parameter.is_list:
            return JsonArray([Text(item, at.start, at.end) for item in parameter.items()], at.start, at.end)
        return Text(value, at.start, at.end)

    def _placed(self, logical_id: str, attribute: str | None, at: Node) -> Node:
        """The value of a resource or its attribute: a name that the template gives, a placeholder, or unknown."""
        words = f"the reference {logical_id}" if attribute is None else f"the attribute {logical_id}.{attribute}"
        if self._only_given:
            return self._assumed(words, at)
        if words in self._placeholders:
            return Text(self._placeholders[words], at.start, at.end)
        if not self._exists(logical_id, at):
            return self._assumed(words, at)
        known = RESOURCE_VALUES.get(self._resources.types[logical_id], ResourceValues())
        make = known.reference if attribute is None else known.attributes.get(attribute)
        if logical_id in self._running:
            cycle = " -> ".join([*self._running[self._running.index(logical_id) :], logical_id])
            self.problems.report(
                at, f"found resources whose names refer to each other: {cycle}", "remove one reference"
            )
            return self.unknown(words, at, "it refers to itself")
        if len(self._running) == _MAX_CHAIN:
            message = f"found a chain of more than {_MAX_CHAIN} resources whose names refer to each other"
            self.problems.report(at, message, "write the names in fewer steps")
            return self.unknown(words, at, "its name depends on too many others")
        self._running.append(logical_id)
        text = make(_Placed(self, logical_id)) if make is not None else None
        self._running.pop()
        if text is None:
            return self._assumed(words, at)
        self.referred.setdefault(text, {})[logical_id] = None
        self._placeholders[words] = text
        return Text(text, at.start, at.end)

    def _exists(self, logical_id: str, at: Node) -> bool:
        """Whether a resource exists to which another part refers; CloudFormation refuses a template if it does not."""
        resource = self._resources.written.get(logical_id)
        condition = resource.members.get("Condition") if resource is not None else None
        if condition is None or self.holds(condition[2]):
            return True
        if not self._choices.names:
            name = scalar_text(condition[2]) or ""
            message = f"found a reference to {logical_id}, which does not exist: its condition {name} is false"
            self.problems.report(at, message, "refer to it under the same condition")
        return False

    def _assumed(self, words: str, at: Node) -> Node:
        value = self._choices.value(words)
        return Text(value, at.start, at.end) if value is not None else self.unknown(words, at, _AT_DEPLOYMENT)

    def property_text(self, logical_id: str, path: Iterable[str]) -> str | None:
        """The text of a property of a resource; it may have unknown parts."""
        written = self._resources.written
        # The properties of what SAM generates, such as Api.Stage, are those of the resource that it generates it for.
        node: Node | None = written.get(logical_id) or written.get(logical_id.partition(".")[0])
        for name in ("Properties", *path):
            node = self.resolve(node) if isinstance(node, JsonObject) and function_of(node) is not None else node
            member = node.members.get(name) if isinstance(node, JsonObject) else None
            node = member[2] if member is not None else None
        return scalar_text(self.resolve(node)) if node is not None else None

    def type_of(self, logical_id: str) -> str:
        return self._resources.types[logical_id]

    @property
    def api_ids(self) -> frozenset[str]:
        """The ids of all APIs of the template."""
        return frozenset(self._resources.api_ids.values())

    def api_id(self, logical_id: str) -> str:
        """The id of an API: given, or a placeholder."""
        return self._resources.api_ids.get(logical_id, logical_id)


class _Placed:
    """A resource as its placeholders depend on it."""

    def __init__(self, resolver: Resolver, logical_id: str) -> None:
        self.logical_id = logical_id
        self.type = resolver.type_of(logical_id)
        self.api_id = resolver.api_id(logical_id)
        self.deployment = resolver.deployment
        self._resolver = resolver

    def property_text(self, *path: str) -> str | None:
        return self._resolver.property_text(self.logical_id, path)


def _shortened(name: str) -> str:
    """The name of an unknown value; a long one is cut, and stays unique."""
    if len(name) <= _NAME_WIDTH:
        return name
    from hashlib import sha256

    return f"{name[:_NAME_WIDTH]}… ({sha256(name.encode()).hexdigest()[:12]})"
