"""The users and roles of a template as callers (SRC-8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of, with_unknown_in_words
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError
from execpolicy.language.principal import Principal
from execpolicy.language.principal_details import NameInTemplate
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

    def callers(self) -> Iterator[tuple[str, Caller]]:
        """The callers by logical id."""
        for resource in self._stack.of_type(*_NAMES):
            found = self._caller(resource)
            if found is not None:
                yield resource.logical_id, found

    def _caller(self, resource: Resource) -> Caller | None:
        fields = properties_of(self._stack, resource)
        if resource.type == ROLE:
            self._note_trust(fields)
        name, path = fields.text(_NAMES[resource.type]), fields.text("Path")
        identity = self._attachments.of_identity(resource, fields)
        boundary = self._boundary(fields)
        tags = read_tags(fields)
        principal = self._principal(resource, fields, name or resource.logical_id, path or "/", tags)
        if principal is None:
            return None
        return Caller(principal, identity=identity, boundary=boundary, scps=self._scps)

    def _principal(
        self, resource: Resource, fields: Fields, name: str, path: str, tags: Mapping[str, str | None] | None
    ) -> Principal | None:
        """The user, or a session of the role; None if a part of it is wrong, which is reported."""
        problems = self._stack.problems
        example = _example_of(path)
        if example == "//" or not (example.startswith("/") and example.endswith("/")):
            found = quoted(with_unknown_in_words(path))
            message = f"found {found} as Path, expected a path that begins and ends with a slash"
            problems.report(fields.node.members["Path"][2], message, "write it as in /staff/", "PRN-7")
            return None
        if "/" in name:
            found = quoted(with_unknown_in_words(name))
            message = f"found {found} as {_NAMES[resource.type]}, expected a name without a slash"
            problems.report(fields.node.members[_NAMES[resource.type]][2], message, "write the path as Path", "PRN-7")
            return None
        begin = f"arn:{self._stack.partition}:iam::{self._stack.account}:{NOUNS[resource.type]}"
        arn = f"{begin}{example}{_with_letters(name)}"
        at: Node = fields.value("Path") or fields.value(_NAMES[resource.type]) or resource.name
        try:
            Principal.parse(arn)
            at = fields.value("Tags") or at
            known = None if tags is None else {key: value for key, value in tags.items() if not has_unknown(key)}
            principal = Principal.parse(arn, tags=known)
        except ExecPolicyError as error:
            problems.refused(at, error)
            return None
        if tags is not None and known != tags:
            principal = principal.with_unknown_tags(key for key in tags if has_unknown(key))
        if not has_unknown(path + name):
            return principal
        unknown = fields.node.members[_NAMES[resource.type] if has_unknown(name) else "Path"][2]
        return principal.with_unknown_name(name, path, NameInTemplate(problems.source, unknown.start, unknown.end))

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


def _example_of(path: str) -> str:
    """The path with a letter for each unknown value, and with slashes for those at its beginning and end."""
    first, *_, last = (*parts_of(path), *parts_of(path))
    text = _with_letters(path)
    if isinstance(first, UnknownName):
        text = f"/{text[1:].removeprefix('/')}"
    if isinstance(last, UnknownName):
        text = f"{text[:-1].removesuffix('/')}/"
    return text


def _with_letters(text: str) -> str:
    """The text with a letter in place of each unknown value."""
    return "".join("x" if isinstance(part, UnknownName) else part for part in parts_of(text))
