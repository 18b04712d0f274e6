"""The resources of a template under the assumptions of one reading, with resolved properties."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.errors import Span
from execpolicy.loaders.cloudformation.made_names import has_made_name
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.values.resolver import Resolver
from execpolicy.loaders.contents import Ignored, ReadOptions, Unknown
from execpolicy.loaders.literal_ids import KnownIds

#: Resources whose content is another template.
_NESTED: Final = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")


class ResourceType(NamedTuple):
    """The type of a resource: the place of its logical id, the type, and the whole resource as it is written."""

    name: Text
    type: str
    node: JsonObject


class Findings:
    """What the readings of a template note besides its parts, each once."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        #: The types of resources that are read.
        self.read_types: set[str] = set()
        #: Each use of an unknown value in the template, with its offsets.
        self._uses: dict[str, dict[tuple[int, int], str]] = {}
        self._added: dict[str, Unknown] = {}
        self._ignored: dict[tuple[str, int | Span], Ignored] = {}
        self._ignored_offsets: list[tuple[int, int]] = []

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What is not known and is read, each once; an unknown value that is used only in what is ignored is not."""
        starts, ends = self._ignored_parts()
        found = {}
        for name, uses in self._uses.items():
            for (start, end), reason in uses.items():
                at = bisect_right(starts, start) - 1
                if at < 0 or end > ends[at]:
                    found[name] = Unknown(name, reason, self._problems.source, self._problems.source.span(start, end))
                    break
        return tuple((found | {name: each for name, each in self._added.items() if name not in found}).values())

    def _ignored_parts(self) -> tuple[list[int], list[int]]:
        """The offsets where the ignored parts begin, in order, and for each the last end of it and those before it."""
        parts = sorted(self._ignored_offsets)
        return [start for start, _ in parts], [*accumulate((end for _, end in parts), max)]

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        return tuple(self._ignored.values())

    def unknown(self, name: str, reason: str, node: Node) -> None:
        self._uses.setdefault(name, {}).setdefault((node.start, node.end), reason)

    def ignore(self, node: Node, what: str) -> None:
        if (what, node.start) not in self._ignored:
            self._ignored_offsets.append((node.start, node.end))
            self._ignored[what, node.start] = Ignored(what, self._problems.source, self._problems.span(node))

    def add(self, unknowns: Iterable[Unknown], ignored: Iterable[Ignored]) -> None:
        """Add what another loader found in a part of the template."""
        for unknown in unknowns:
            self._added.setdefault(unknown.name, unknown)
        for each in ignored:
            self._ignored.setdefault((each.what, each.span), each)


class Stack:
    """The resources that exist under the assumptions of one reading.

    Attributes:
        problems: collects what is wrong in the template.
        options: what the user gives besides the file.
        resources: the resources by logical id. A resource is resolved when it is first looked up.
        globals: the section Globals of SAM, resolved.
    """

    def __init__(
        self,
        problems: Problems,
        options: ReadOptions,
        findings: Findings,
        resolver: Resolver,
        written: Mapping[str, tuple[Text, JsonObject]],
        *,
        globals_node: JsonObject | None = None,
    ) -> None:
        self.problems = problems
        self.options = options
        self._findings = findings
        self._resolver = resolver
        self._written = written
        self._globals = globals_node
        self.resources: Mapping[str, Resource] = _WrittenResources(written, resolver)

    def with_resources(self, resources: Mapping[str, Resource]) -> Stack:
        """The same stack with other resources, as SAM makes them."""
        stack = Stack(
            self.problems, self.options, self._findings, self._resolver, self._written, globals_node=self._globals
        )
        stack.resources = resources
        return stack

    @property
    def account(self) -> str:
        """The account: given, or a placeholder."""
        return self._resolver.deployment.account

    @property
    def region(self) -> str:
        """The region: given, or a placeholder."""
        return self._resolver.deployment.region

    @property
    def partition(self) -> str:
        """The partition of the region."""
        return self._resolver.deployment.partition

    @property
    def account_is_given(self) -> bool:
        """Whether the account is no placeholder."""
        return self._resolver.deployment.account_is_given

    @property
    def region_is_given(self) -> bool:
        """Whether the region is no placeholder."""
        return self._resolver.deployment.region_is_given

    @property
    def known_ids(self) -> KnownIds:
        """What policies may name of the account, the region and the APIs."""
        return KnownIds(
            account=self.account,
            region=self.region,
            api_ids=self._resolver.api_ids,
            account_is_given=self.account_is_given,
            region_is_given=self.region_is_given,
            api_id_is_given=self.options.api_id is not None or self._resolver.are_ids_known,
        )

    @property
    def globals(self) -> JsonObject | None:
        """The section Globals of SAM, resolved; None if the template has none."""
        resolved = self._resolver.resolve(self._globals) if self._globals is not None else None
        return resolved if isinstance(resolved, JsonObject) else None

    @property
    def written_globals(self) -> JsonObject | None:
        """The section Globals of SAM as it is written."""
        return self._globals

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of some types, in the order of the template. Others are not resolved."""
        self._findings.read_types.update(types)
        resources = self.resources
        if isinstance(resources, _WrittenResources):
            return [*resources.of_type(types)]
        return [resource for resource in resources.values() if resource.type in types]

    def types(self) -> list[ResourceType]:
        """Every resource with its type, also those that do not exist under the assumptions; none is resolved."""
        if isinstance(self.resources, _WrittenResources):
            return [ResourceType(name, type_of(node), node) for name, node in self._written.values()]
        return [ResourceType(each.name, each.type, each.node) for each in self.resources.values()]

    @cached_property
    def has_made_names(self) -> bool:
        """Whether CloudFormation makes the name of a role or a user of the template."""
        return any(has_made_name(each.type, each.node) for each in self.types())

    def ignore_unread(self) -> None:
        """List the resources of types that nothing reads, after everything is read."""
        for name, type_name, _ in self.types():
            if type_name not in self._findings.read_types:
                self.list_unread(name, type_name)

    def list_unread(self, name: Text, type_name: str) -> None:
        """List a resource that is not read. What a nested stack contains is not known."""
        if type_name in _NESTED:
            self.unknown(f"the content of the stack {name.value}", "it is in another template, which is not read", name)
        else:
            self.ignore(name, f"the {type_name} {name.value}")

    def reference(self, logical_id: str, at: Node) -> Node | None:
        """The value of ``Ref`` of a resource: a name that the template gives, a placeholder, or unknown."""
        return self._resolver.reference(logical_id, at)

    def attribute(self, logical_id: str, attribute: str, at: Node) -> Node:
        """The value of ``Fn::GetAtt`` of a resource."""
        return self._resolver.attribute(logical_id, attribute, at)

    def api_id(self, logical_id: str) -> str:
        """The id of an API: given, or a placeholder."""
        return self._resolver.api_id(logical_id)

    def referred(self, node: Node, *types: str) -> Resource | None:
        """The resource for which a resolved text stands: its ``Ref``, id or ARN; None if there is none.

        Args:
            node: the text.
            types: the types that are expected. Of several resources with this value, one of them has precedence.
        """
        if not isinstance(node, Text):
            return None
        found = [self.resources.get(logical_id) for logical_id in self._resolver.referred.get(node.value, ())]
        existing = [each for each in found if each is not None]
        return next((each for each in existing if each.type in types), existing[0] if existing else None)

    def stored_parameter(self, name: str) -> str | None:
        """The name under which AWS stores the value of a parameter; None if the value is not stored."""
        return self._resolver.stored_parameter(name)

    def equals(self, text: Text, value: str) -> bool:
        """Whether a resolved text is equal to a known one: an assumption of the reading if it is not known (SRC-5)."""
        equal = JsonArray([text, Text(value, text.start, text.end)], text.start, text.end)
        members: dict[str, Member] = {"Fn::Equals": (text.start, text.end, equal)}
        return self._resolver.holds(JsonObject(members, text.start, text.end))

    @property
    def truths(self) -> dict[str, bool]:
        """The conditions that were evaluated so far, with their truth."""
        return self._resolver.truths

    def ignore(self, node: Node, what: str) -> None:
        """List a part of the template that is not read, because it cannot bear on authorization."""
        self._findings.ignore(node, what)

    def add(self, unknowns: Iterable[Unknown], ignored: Iterable[Ignored]) -> None:
        """List what another loader found in a part of the template."""
        self._findings.add(unknowns, ignored)

    def unknown(self, name: str, reason: str, node: Node) -> None:
        """List a value that is not known; the text that stands for it is ``unknown_text(name)``."""
        self._findings.unknown(name, reason, node)


class _WrittenResources(Mapping[str, Resource]):
    """The resources of a template that exist, resolved when they are first looked up."""

    def __init__(self, written: Mapping[str, tuple[Text, JsonObject]], resolver: Resolver) -> None:
        self._written = written
        self._resolver = resolver
        self._resolved: dict[str, Resource] = {}

    def __getitem__(self, logical_id: str) -> Resource:
        if logical_id not in self._resolved:
            if logical_id not in self._written or not self._exists(logical_id):
                raise KeyError(logical_id)
            self._resolved[logical_id] = self._resource(logical_id)
        return self._resolved[logical_id]

    def __iter__(self) -> Iterator[str]:
        return (logical_id for logical_id in self._written if self._exists(logical_id))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def of_type(self, types: tuple[str, ...]) -> Iterator[Resource]:
        for logical_id, (_, node) in self._written.items():
            if type_of(node) in types and self._exists(logical_id):
                yield self[logical_id]

    def _exists(self, logical_id: str) -> bool:
        _, node = self._written[logical_id]
        condition = node.members.get("Condition")
        return condition is None or self._resolver.holds(condition[2])

    def _resource(self, logical_id: str) -> Resource:
        name, node = self._written[logical_id]
        member = node.members.get("Properties")
        properties = self._resolver.resolve(member[2]) if member is not None else None
        if not isinstance(properties, JsonObject):
            if member is not None and isinstance(member[2], JsonObject):  # what is no object is reported already
                message = f"found a function as Properties of {logical_id} whose value is no known object"
                self._resolver.problems.report(member[2], message, "write the properties themselves")
            properties = JsonObject({}, node.start, node.end)
        return Resource(logical_id, name, type_of(node), properties, node)


def is_generated(resource: Resource) -> bool:
    """Whether SAM makes a resource: the template has another one at its place."""
    return resource.type != type_of(resource.node)


def type_of(node: JsonObject) -> str:
    """The type of a resource as it is written; empty if it has none."""
    member = node.members.get("Type")
    return member[2].value if member is not None and isinstance(member[2], Text) else ""
