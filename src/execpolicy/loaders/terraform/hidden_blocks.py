"""Whether ``dynamic`` may make a block that a plan does not show, and that AWS fills in otherwise (SRC-4).

The configuration in a plan leaves out the blocks that ``dynamic`` makes. Where their ``for_each`` is known only after
apply, such a block looks like one that nobody wrote and that AWS fills in. A ``for_each`` is unknown because of a value
that another resource gets during apply. ``relevant_attributes`` lists all such values, also those to which only hidden
blocks and local values refer: without one of them, nobody wrote the block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, TypeAlias

from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Node, Text
from execpolicy.loaders.terraform.address import ResourceAddress, address_of
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.identity_types import ROLE, ROLE_POLICY
from execpolicy.loaders.terraform.references import ConfigurationReferences, ExpressionScope, Referred
from execpolicy.loaders.terraform.sections import Instance, TerraformFile

#: The version of the format from which on ``relevant_attributes`` is known to be written.
_SINCE: Final = (1, 2)
#: A resource as it is written: the names of the calls of modules, and its type and name.
_Block: TypeAlias = tuple[tuple[str, ...], str]


class HiddenBlocks:
    """Whether ``dynamic`` may make a block of a new resource.

    Args:
        file: the plan.
        configuration: its configuration.
        references: follows the references in it.
        instances: the instances, data sources that are read during apply among them.
    """

    def __init__(
        self,
        file: TerraformFile,
        configuration: Configuration,
        references: ConfigurationReferences,
        instances: Iterable[Instance],
    ) -> None:
        self._file = file
        self._configuration = configuration
        self._references = references
        self._instances = tuple(instances)

    def may_be_made(self, instance: Instance) -> bool:
        """Whether ``dynamic`` may make a block of a new resource, although the configuration shows none.

        The block cannot depend on what depends on the resource itself. A role that has a policy by a resource of its
        own has no blocks ``inline_policy``: the provider does not support both.
        """
        if instance.type == ROLE and self._has_policy(instance):
            return False
        if self._unknown_blocks is None:
            return True
        return bool(self._unknown_blocks - self._dependents(_block_of(instance.address)))

    @cached_property
    def _unknown_blocks(self) -> frozenset[_Block] | None:
        """The resources of which a relevant attribute is known only after apply; None if the plan does not say it."""
        if self._file.version < _SINCE:
            return None
        listed = member(self._file.document, "relevant_attributes")
        found = set()
        for each in listed.items if isinstance(listed, JsonArray) else ():
            address = address_of(text_in(each, "resource") or "")
            if address is None:
                return None
            if self._is_unknown(address, member(each, "attribute")):
                found.add(_block_of(address))
        return frozenset(found)

    def _is_unknown(self, address: ResourceAddress, path: Node | None) -> bool:
        """Whether an attribute is known only after apply, of one of the instances that an address means."""
        steps = path.items if isinstance(path, JsonArray) else []
        changes = self._changes.get(_block_of(address), ())
        return any(_has_unknown(after_unknown, steps) for after_unknown in changes)

    @cached_property
    def _changes(self) -> dict[_Block, list[Node]]:
        """What is known only after apply, by resource."""
        found: dict[_Block, list[Node]] = {}
        for change in self._file.changes.values():
            if change.after_unknown is not None:
                found.setdefault(_block_of(change.instance.address), []).append(change.after_unknown)
        return found

    def _dependents(self, block: _Block) -> set[_Block]:
        """A resource, and those that depend on it, as far as the plan shows it."""
        found = {block}
        waiting = [block]
        while waiting:
            more = self._users.get(waiting.pop(), set()) - found
            found |= more
            waiting.extend(more)
        return found

    @cached_property
    def _users(self) -> dict[_Block, set[_Block]]:
        """The resources that refer to a resource."""
        found: dict[_Block, set[_Block]] = {}
        for instance in self._instances:
            user = _block_of(instance.address)
            for used in self._used_by(instance):
                found.setdefault(used, set()).add(user)
        return found

    def _used_by(self, instance: Instance) -> Iterator[_Block]:
        for name in ("expressions", "for_each_expression", "count_expression"):
            for link in self._referred(instance, name).links:
                yield _block_of(link.instance.address)

    def _referred(self, instance: Instance, *names: str) -> Referred:
        """What the expression under these names refers to, in the configuration of an instance."""
        address = instance.address
        resource = self._configuration.resource(address)
        scope = ExpressionScope(address.modules, address.key, resource)
        return self._references.of_expression(member(resource, *names), scope)

    def _has_policy(self, role: Instance) -> bool:
        return any(self._is_policy_of(each, role) for each in self._instances if each.type == ROLE_POLICY)

    def _is_policy_of(self, policy: Instance, role: Instance) -> bool:
        name = text_in(policy.values, "role")
        if name is not None:
            return name == text_in(role.values, "name")
        found = self._referred(policy, "expressions", "role")
        return [link.instance.id for link in found.links] == [role.id] and not found.hidden


def _block_of(address: ResourceAddress) -> _Block:
    return tuple(step.name for step in address.modules), address.name


def _has_unknown(node: Node | None, steps: Iterable[Node]) -> bool:
    """Whether something is unknown at a path, or in what stands there."""
    for step in steps:
        if isinstance(node, JsonObject) and isinstance(step, Text):
            node = member(node, step.value)
        elif isinstance(node, JsonArray) and isinstance(step, JsonNumber) and step.text.isdigit():
            number = int(step.text[:9])
            node = node.items[number] if number < len(node.items) else None
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, JsonBoolean) and each.text == "true":
            return True
        if isinstance(each, JsonArray):
            waiting.extend(each.items)
        elif isinstance(each, JsonObject):
            waiting.extend(value for _, _, value in each.members.values())
    return False
