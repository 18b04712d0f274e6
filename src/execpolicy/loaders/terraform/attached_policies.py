"""Policies that resources of their own attach: to APIs and VPC endpoints, and to roles, users and groups (SRC-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.node_members import text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import how_to_give, quoted
from execpolicy.document.unknown_value import has_unknown, unknown_names, with_unknown_in_words
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.terraform.assembled_resources import AssembledResource, AssembledResources
from execpolicy.loaders.terraform.gateway_types import REST_API, REST_POLICY, VPC_ENDPOINT
from execpolicy.loaders.terraform.identity_types import GROUP, ORGANIZATIONS_POLICY, POLICY, ROLE, ROLE_POLICY, USER
from execpolicy.loaders.terraform.sections import PlannedChange

_NOT_HERE: Final = "which the file does not have"


class _Policy(NamedTuple):
    """A resource that gives another one its policy: the types of both, and the names of attribute and properties."""

    type: str
    target: str
    attribute: str
    link: str
    property: str


_POLICIES: Final = (
    _Policy(REST_POLICY, REST_API, "rest_api_id", "RestApiId", "Policy"),
    _Policy("aws_vpc_endpoint_policy", VPC_ENDPOINT, "vpc_endpoint_id", "VpcEndpointId", "PolicyDocument"),
)


class _IdentityKind(NamedTuple):
    """Roles, users or groups: the type, the properties with one name or more, and the list of a managed policy."""

    type: str
    name: str
    names: str
    list: str


_KINDS: Final = (
    _IdentityKind(ROLE, "RoleName", "RoleNames", "Roles"),
    _IdentityKind(USER, "UserName", "UserNames", "Users"),
    _IdentityKind(GROUP, "GroupName", "GroupNames", "Groups"),
)
_ATTACHMENTS: Final = (
    *("aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment"),
    *("aws_iam_policy_attachment", "aws_iam_role_policy_attachments_exclusive"),
    *("aws_iam_user_policy_attachments_exclusive", "aws_iam_group_policy_attachments_exclusive"),
)
_MEMBERSHIPS: Final = "aws_iam_user_group_membership"
#: The attributes by which a removed resource names what it was a part of.
_REMOVED_BY: Final = ("rest_api_id", "vpc_endpoint_id", "role")
_TARGETS: Final = "aws_organizations_policy_attachment"


class AttachedPolicies:
    """Attaches policies to what has them.

    What AWS says of the policies of a resource stands in attributes that nobody set: in ``policy`` of an API, in
    ``inline_policy`` and ``managed_policy_arns`` of a role. The resources of the file precede them, and what the plan
    removes is not in them.

    Args:
        problems: collects what is wrong.
        findings: takes what is not read.
        parts: the resources.
        removed: the changes that remove something.
    """

    def __init__(
        self, problems: Problems, findings: Findings, parts: AssembledResources, removed: Iterable[PlannedChange]
    ) -> None:
        self._problems = problems
        self._findings = findings
        self._parts = parts
        #: What the plan removes: the type, an attribute, and its value, with what was removed.
        self._removed: dict[tuple[str, str, str], list[JsonObject]] = {}
        for change in removed:
            for name in _REMOVED_BY if change.before is not None else ():
                value = text_in(change.before, name)
                if value is not None and change.before is not None:
                    self._removed.setdefault((change.instance.type, name, value), []).append(change.before)
        self._by_name: dict[tuple[str, str], AssembledResource] = {}
        for kind in _KINDS:
            for part in parts.of_type(kind.type):
                name_text = part.text(kind.name)
                if name_text is not None:
                    self._by_name.setdefault((kind.type, name_text.value), part)
        #: The names of the inline policies of roles, by the name of the role.
        self._inline: dict[str, set[str]] = {}
        for part in parts.of_type(ROLE_POLICY):
            role, policy = part.text("RoleName"), part.text("PolicyName")
            if role is not None and policy is not None:
                self._inline.setdefault(role.value, set()).add(policy.value)

    def attach(self) -> None:
        """Attach all of them."""
        for kind in _POLICIES:
            self._policies(kind)
        for part in self._parts.of_type(ROLE):
            self._without_mirrored(part)
        for part in self._parts.of_type(*_ATTACHMENTS):
            self._attachment(part)
        for part in self._parts.of_type(_MEMBERSHIPS):
            self._membership(part)
        for part in self._parts.of_type(_TARGETS):
            self._target(part)

    def _policies(self, kind: _Policy) -> None:
        """The policies of APIs and of VPC endpoints."""
        given: dict[str, AssembledResource] = {}
        for part in self._parts.of_type(kind.type):
            target = self._parts.referred(part.text(kind.link), kind.target)
            policy = part.value(kind.property)
            if target is None:
                self._findings.ignore(part.name, f"{part.id}: it is the policy of a resource {_NOT_HERE}")
            elif target.id in given or (self._is_written(target, "policy") and kind.property in target.properties):
                first = given[target.id].id if target.id in given else f"{target.id}.policy"
                message = f"found the policy of {target.id} twice: in {first} and in {part.id}"
                self._problems.report(part.name, message, "keep one of them", "SRC-4")
            elif policy is not None:
                given[target.id] = part
        for name, part in given.items():
            self._parts.by_id[name].set(kind.property, part.properties[kind.property][2])
        for part in self._parts.of_type(kind.target):
            is_mirror = part.id not in given and not self._is_written(part, "policy")
            if is_mirror and self._is_removed(kind, part):
                part.properties.pop(kind.property, None)

    def _is_removed(self, kind: _Policy, part: AssembledResource) -> bool:
        """Whether the plan removes the resource that gave another one its policy."""
        known = part.attributes.known_text("id")
        return known is not None and (kind.type, kind.attribute, known) in self._removed

    @staticmethod
    def _is_written(part: AssembledResource, attribute: str) -> bool:
        """Whether the configuration sets an attribute; a state has none."""
        return part.attributes.expressions is not None and part.attributes.is_set(attribute)

    def _without_mirrored(self, role: AssembledResource) -> None:
        """Take out of a role what its attributes repeat of other resources, or what the plan removes."""
        name = role.text("RoleName")
        own = self._inline.get(name.value, set()) if name is not None else set()
        removed = set(self._removed_of(name, ROLE_POLICY, "name"))
        written = role.value("Policies")
        if isinstance(written, JsonArray):
            gone = set() if self._is_written(role, "inline_policy") else own | removed
            items = [each for each in written.items if _is_policy(each) and text_in(each, "PolicyName") not in gone]
            role.set("Policies", written._replace(items=items))
        arns = role.value("ManagedPolicyArns")
        if isinstance(arns, JsonArray) and not self._is_written(role, "managed_policy_arns"):
            gone = set(self._removed_of(name, "aws_iam_role_policy_attachment", "policy_arn"))
            items = [each for each in arns.items if not (isinstance(each, Text) and each.value in gone)]
            role.set("ManagedPolicyArns", arns._replace(items=items))

    def _removed_of(self, role: Text | None, type_name: str, attribute: str) -> Iterator[str]:
        for before in self._removed.get((type_name, "role", role.value), ()) if role is not None else ():
            found = text_in(before, attribute)
            if found is not None:
                yield found

    def _attachment(self, part: AssembledResource) -> None:
        """Attach managed policies to all that one resource names."""
        arns = [*part.texts("PolicyArn", "PolicyArns")]
        for kind in _KINDS:
            for name in part.texts(kind.name, kind.names):
                target = self._named(kind, name)
                for arn in arns:
                    self._attach(part, kind, target, name, arn)

    def _attach(
        self, part: AssembledResource, kind: _IdentityKind, target: AssembledResource | None, name: Text, arn: Text
    ) -> None:
        policy = self._parts.referred(arn, POLICY)
        if target is not None:
            target.append("ManagedPolicyArns", arn)
        elif policy is not None:
            policy.append(kind.list, name)
        elif has_unknown(name.value):
            message = f"found {part.id}, whose {kind.name} is {with_unknown_in_words(name.value)}"
            self._problems.report(name, message, how_to_give(unknown_names(name.value)), "SRC-4")
        else:
            noun = kind.list.lower().removesuffix("s")
            self._findings.ignore(name, f"{part.id}: it is attached to the {noun} {name.value}, {_NOT_HERE}")

    def _named(self, kind: _IdentityKind, name: Text) -> AssembledResource | None:
        return self._by_name.get((kind.type, name.value))

    def _membership(self, part: AssembledResource) -> None:
        """Add a user to groups."""
        name = part.text("UserName")
        user = self._named(_KINDS[1], name) if name is not None else None
        if user is None:
            shown = quoted(with_unknown_in_words(name.value)) if name is not None else "a user"
            self._findings.ignore(part.name, f"{part.id}: it is of {shown}, {_NOT_HERE}")
            return
        for group in part.texts("GroupNames"):
            user.append("Groups", group)

    def _target(self, part: AssembledResource) -> None:
        """Attach a policy of Organizations."""
        policy = self._parts.referred(part.text("PolicyId"), ORGANIZATIONS_POLICY)
        target = part.text("TargetId")
        if policy is None:
            self._findings.ignore(part.name, f"{part.id}: it attaches a policy {_NOT_HERE}")
        elif target is not None:
            policy.append("TargetIds", target)


def _is_policy(node: Node) -> bool:
    """Whether an inline policy has a document: a role without inline policies has an empty one."""
    return not isinstance(node, JsonObject) or "PolicyDocument" in node.members
