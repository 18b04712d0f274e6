"""Which identity policies each user, group and role has: from its own side, and from the side of the policy (SRC-8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_names, with_unknown_in_words
from execpolicy.loaders.cloudformation.iam.documents import PolicyDocuments
from execpolicy.loaders.cloudformation.iam.managed_policies import ManagedPolicies
from execpolicy.loaders.cloudformation.iam.names import NOUNS, IdentityNames
from execpolicy.loaders.cloudformation.iam.properties import (
    GROUP,
    GROUP_POLICY,
    MANAGED_POLICY,
    MEMBERSHIP,
    POLICY,
    ROLE,
    ROLE_POLICY,
    USER,
    USER_POLICY,
    properties_of,
    texts_in,
)
from execpolicy.loaders.cloudformation.resource import Resource

_IDENTITY: Final = PolicyKind.IDENTITY
#: The properties with which a policy names those that it is attached to: lists, or one name.
_LISTS: Final = {"Users": USER, "Groups": GROUP, "Roles": ROLE}
_ONE: Final = {
    ROLE_POLICY: ("RoleName", ROLE),
    USER_POLICY: ("UserName", USER),
    GROUP_POLICY: ("GroupName", GROUP),
}


class Attachments:
    """The identity policies of the users, groups and roles of one stack.

    Attributes:
        policies: those that are resources, by logical id.
    """

    def __init__(self, documents: PolicyDocuments, managed: ManagedPolicies) -> None:
        self._documents = documents
        self._stack = documents.stack
        self._managed = managed
        self._names = IdentityNames(self._stack)
        self.policies: dict[str, Policy] = {}
        #: What other resources attach to a user, group or role, and the groups of users, by logical id.
        self._attached: dict[str, list[Policy]] = {}
        self._groups: dict[str, list[Resource]] = {}
        for resource in self._stack.of_type(POLICY, *_ONE):
            self._attach_inline(resource)
        for resource in self._stack.of_type(MANAGED_POLICY):
            self._attach_managed(resource)
        for resource in self._stack.of_type(MEMBERSHIP):
            self._add_members(resource)

    def of_identity(self, resource: Resource, fields: Fields) -> list[Policy]:
        """The identity policies of a user or role, each once.

        Args:
            resource: the user or role.
            fields: its properties.
        """
        found = [*self._own(fields), *self._attached.get(resource.logical_id, ())]
        groups = list(self._groups.get(resource.logical_id, ()))
        for name in texts_in(fields, "Groups", "names of groups") if resource.type == USER else ():
            named = self._names.find(name, GROUP)
            if named.is_known and named.resources:
                groups.extend(named.resources)
            else:
                found.extend(self._unknown(f"the group {with_unknown_in_words(name.value)}", name))
        for group in groups:
            found.extend(self.of_group(group))
        return list({id(policy): policy for policy in found}.values())

    def of_group(self, group: Resource) -> list[Policy]:
        """The identity policies of a group."""
        return [*self._own(properties_of(self._stack, group)), *self._attached.get(group.logical_id, ())]

    def _own(self, fields: Fields) -> Iterator[Policy]:
        """The policies that a user, group or role has by its own properties."""
        written = fields.value("Policies")
        for node in [written] if has_unknown_part(written) else fields.items("Policies", "a list of policies"):
            if has_unknown_part(node):
                yield from self._unknown_policy(unknown_names(node.value), node)
                continue
            inner = entry(fields.problems, node, "an inline policy", ("PolicyName", "PolicyDocument"))
            if inner is not None and inner.must("PolicyName", "PolicyDocument"):
                yield from self._document(inner)
        for arn in texts_in(fields, "ManagedPolicyArns", "ARNs of managed policies"):
            policy = self._managed.find(arn, "ManagedPolicyArns", _IDENTITY)
            if policy is not None:
                yield policy

    def _document(self, fields: Fields) -> list[Policy]:
        node = fields.value("PolicyDocument")
        policy = None if node is None else self._documents.policy(node, "PolicyDocument", _IDENTITY)
        return [] if policy is None else [policy]

    def _attach_inline(self, resource: Resource) -> None:
        fields = properties_of(self._stack, resource)
        if resource.type == POLICY:
            fields.must("PolicyName", "PolicyDocument")
            self._attach(resource, self._document(fields), fields)
            return
        name, type_ = _ONE[resource.type]
        fields.must("PolicyName", name)
        value = fields.value(name)
        policies = self._document(fields)
        self._keep(resource, policies)
        if isinstance(value, Text):
            self._attach_by_name(resource, policies, value, type_)
        elif value is not None:
            fields.wrong(value, name, f"the name of a {NOUNS[type_]}")

    def _attach_managed(self, resource: Resource) -> None:
        fields = properties_of(self._stack, resource)
        if not fields.must("PolicyDocument"):
            return
        if any(fields.has(name) for name in _LISTS):
            policy = self._managed.document(resource, _IDENTITY)
            self._attach(resource, [] if policy is None else [policy], fields)

    def _attach(self, resource: Resource, policies: list[Policy], fields: Fields) -> None:
        """Attach a policy to all that its lists name."""
        self._keep(resource, policies)
        for name, type_ in _LISTS.items():
            for text in texts_in(fields, name, f"names of {NOUNS[type_]}s"):
                self._attach_by_name(resource, policies, text, type_)

    def _attach_by_name(self, resource: Resource, policies: list[Policy], name: Text, type_: str) -> None:
        named = self._names.find(name, type_)
        if not named.is_known and named.resources:
            words = with_unknown_in_words(name.value)
            policies = self._unknown(f"the policy {resource.logical_id}, if it is attached to {words},", name)
        if named.is_known and not named.resources:
            noun = NOUNS[type_]
            what = (
                f"the attachment of {resource.logical_id} to the {noun} {name.value}, which the template does not have"
            )
            self._stack.ignore(name, what)
        self._give(named.resources, policies)

    def _give(self, resources: Iterable[Resource], policies: list[Policy]) -> None:
        for resource in resources:
            self._attached.setdefault(resource.logical_id, []).extend(policies)

    def _keep(self, resource: Resource, policies: list[Policy]) -> None:
        if policies:
            self.policies[resource.logical_id] = policies[0]

    def _add_members(self, resource: Resource) -> None:
        """Read an addition of users to a group."""
        fields = properties_of(self._stack, resource)
        fields.must("GroupName", "Users")
        group = fields.value("GroupName")
        users = texts_in(fields, "Users", "names of users")
        if group is not None and not isinstance(group, Text):
            fields.wrong(group, "GroupName", "the name of a group")
        if not isinstance(group, Text):
            return
        found = self._names.find(group, GROUP)
        for user in users:
            named = self._names.find(user, USER)
            if named.is_known and found.is_known and found.resources:
                for member in named.resources:
                    self._groups.setdefault(member.logical_id, []).extend(found.resources)
            elif named.resources:
                words = with_unknown_in_words(group.value)
                self._give(named.resources, self._unknown(f"the group {words}", group))

    def _unknown(self, name: str, at: Text) -> list[Policy]:
        """A policy with unknown content, which has a name in messages."""
        self._stack.unknown(name, "the template does not say it", at)
        return self._unknown_policy((name,), at)

    def _unknown_policy(self, names: tuple[str, ...], at: Text) -> list[Policy]:
        policy = self._documents.unknown(names, at, _IDENTITY)
        return [] if policy is None else [policy]
