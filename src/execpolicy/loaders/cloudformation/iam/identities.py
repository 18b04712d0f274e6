"""The users and roles of a template as callers (SRC-8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import unknown_names
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.principal import Principal
from execpolicy.loaders.cloudformation.iam.attachments import Attachments
from execpolicy.loaders.cloudformation.iam.managed_policies import ManagedPolicies
from execpolicy.loaders.cloudformation.iam.names import NOUNS
from execpolicy.loaders.cloudformation.iam.properties import ROLE, USER, properties_of
from execpolicy.loaders.cloudformation.iam.tags import read_tags
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_NAMES: Final = {USER: "UserName", ROLE: "RoleName"}


class Identities:
    """Makes the callers of one stack.

    A role is called by a session of it whose name is not known: what depends on the name is indeterminate.
    """

    def __init__(
        self,
        stack: Stack,
        attachments: Attachments,
        managed: ManagedPolicies,
        scps: tuple[tuple[Policy, ...], ...],
    ) -> None:
        self._stack = stack
        self._attachments = attachments
        self._managed = managed
        self._scps = scps

    def callers(self) -> Iterator[tuple[str, Variants[Caller]]]:
        """The callers by logical id; one whose name is not known has no values, and depends on what is not known."""
        for resource in self._stack.of_type(*_NAMES):
            found = self._caller(resource)
            if found is not None:
                yield resource.logical_id, found

    def _caller(self, resource: Resource) -> Variants[Caller] | None:
        fields = properties_of(self._stack, resource)
        if resource.type == ROLE:
            self._note_trust(fields)
        name, path = fields.text(_NAMES[resource.type]), fields.text("Path")
        identity = self._attachments.of_identity(resource, fields)
        boundary = self._boundary(fields)
        tags = read_tags(fields)
        unknown = [each for text in (name, path, *(tags or ())) for each in unknown_names(text or "")]
        if unknown:
            return Variants((), tuple(dict.fromkeys(unknown)))
        principal = self._principal(resource, fields, name or resource.logical_id, path or "/", tags)
        if principal is None:
            return None
        return Variants((Caller(principal, identity=identity, boundary=boundary, scps=self._scps),))

    def _principal(
        self, resource: Resource, fields: Fields, name: str, path: str, tags: Mapping[str, str | None] | None
    ) -> Principal | None:
        """The user, or a session of the role; None if a part of it is wrong, which is reported."""
        problems = self._stack.problems
        if not (path.startswith("/") and path.endswith("/")):
            message = f"found {quoted(path)} as Path, expected a path that begins and ends with a slash"
            problems.report(fields.node.members["Path"][2], message, "write it as in /staff/", "PRN-7")
            return None
        arn = f"arn:{self._stack.partition}:iam::{self._stack.account}:{NOUNS[resource.type]}{path}{name}"
        at: Node = fields.value("Path") or fields.value(_NAMES[resource.type]) or resource.name
        try:
            Principal.parse(arn)
            at = fields.value("Tags") or at
            return Principal.parse(arn, tags=tags)
        except ExecPolicyError as error:
            problems.refused(at, error)
            return None

    def _boundary(self, fields: Fields) -> Policy | None:
        node = fields.value("PermissionsBoundary")
        if isinstance(node, Text) and node.value:
            return self._managed.find(node, "PermissionsBoundary", PolicyKind.BOUNDARY)
        if node is not None:
            fields.wrong(node, "PermissionsBoundary", "the ARN of a managed policy")
        return None

    def _note_trust(self, fields: Fields) -> None:
        """A trust policy says who can take the role, which is decided before a call."""
        if fields.must("AssumeRolePolicyDocument"):
            node = fields.node.members["AssumeRolePolicyDocument"][2]
            self._stack.ignore(node, "a trust policy: it decides who can take the role, not what its sessions may do")
