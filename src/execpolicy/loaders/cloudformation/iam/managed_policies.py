"""The managed policies that ARNs in a template mean (SRC-8): of the template, of AWS, or of others."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.loaders.cloudformation.iam.aws_managed import aws_managed_policy
from execpolicy.loaders.cloudformation.iam.built_policies import aws_managed_document
from execpolicy.loaders.cloudformation.iam.documents import PolicyDocuments
from execpolicy.loaders.cloudformation.iam.properties import MANAGED_POLICY
from execpolicy.loaders.cloudformation.resource import Resource

_ARN: Final = re.compile(r"arn:[\w-]+:iam::(?:aws|[0-9]{12}):policy/[\x21-\x7e]+")


class ManagedPolicies:
    """The managed policies of one stack, and what is known of others."""

    def __init__(self, documents: PolicyDocuments) -> None:
        self._documents = documents
        self._stack = documents.stack
        self._by_arn = {
            arn: resource for resource in self._stack.of_type(MANAGED_POLICY) if (arn := self._given_arn(resource))
        }
        #: The kinds of policies that the managed policies of the template are used as, by logical id.
        self.used_as: dict[str, set[PolicyKind]] = {}

    def document(self, resource: Resource, kind: PolicyKind) -> Policy | None:
        """The policy of a managed policy of the template."""
        self.used_as.setdefault(resource.logical_id, set()).add(kind)
        member = resource.properties.members.get("PolicyDocument")
        return None if member is None else self._documents.policy(member[2], "PolicyDocument", kind)

    def find(self, arn: Text, what: str, kind: PolicyKind) -> Policy | None:
        """The policy that an ARN means.

        Args:
            arn: the value of the property, or an entry of its list.
            what: the name of the property.
            kind: what the policy is attached to.

        Returns:
            The policy; one with unknown content if it is not known. None if it is known to contain nothing about
            execute-api, or if the ARN is wrong, which is reported.
        """
        resource = self._stack.referred(arn, MANAGED_POLICY) or self._by_arn.get(arn.value)
        if resource is not None and resource.type == MANAGED_POLICY:
            return self.document(resource, kind)
        if resource is not None:
            message = f"found a reference to {resource.logical_id}, which is {resource.type}, as {what}"
            self._stack.problems.report(arn, message, f"refer to a resource of type {MANAGED_POLICY}")
            return None
        if has_unknown(arn.value):
            return self._documents.unknown(unknown_names(arn.value), arn, kind)
        if _ARN.fullmatch(arn.value) is None:
            message = f"found {quoted(arn.value)} as {what}, expected the ARN of a managed policy"
            self._stack.problems.report(arn, message, "write an ARN, such as arn:aws:iam::aws:policy/ReadOnlyAccess")
            return None
        return self._outside(arn, kind)

    def _outside(self, arn: Text, kind: PolicyKind) -> Policy | None:
        """The policy of AWS, or one with unknown content."""
        found = aws_managed_policy(arn.value)
        if found is None or found.statements is None:
            name = f"the policy {arn.value}" if found is None else f"the AWS managed policy {found.name}"
            self._stack.unknown(name, "the template does not contain it", arn)
            return self._documents.unknown((name,), arn, kind)
        if not found.statements and kind is PolicyKind.IDENTITY:
            self._stack.ignore(arn, f"the AWS managed policy {found.name}, which contains nothing about execute-api")
            return None
        return self._documents.policy(aws_managed_document(found, arn), "a policy document", kind)

    def _given_arn(self, resource: Resource) -> str | None:
        """The ARN of a managed policy of the template that has a name of its own."""
        members = resource.properties.members
        name, path = (_text(members[key][2]) if key in members else None for key in ("ManagedPolicyName", "Path"))
        if name is None:
            return None
        return f"arn:{self._stack.partition}:iam::{self._stack.account}:policy{path or '/'}{name}"


def _text(node: Node) -> str | None:
    return node.value if isinstance(node, Text) else None
