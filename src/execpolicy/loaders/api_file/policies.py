"""Policies in a file that describes something else: inline, or in a separate file that it names."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.policy_file import load_policy_in_project
from execpolicy.document.project import resolve_in_project
from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


class PolicyReader:
    """Reads the policies of one file."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def one(self, fields: Fields, name: str, kind: PolicyKindName) -> Policy | None:
        """The policy in a field, with places in its own file; None if it is missing or invalid."""
        node = fields.value(name)
        return self.policy(node, name, kind) if node is not None else None

    def policy(
        self, node: Node, what: str, kind: PolicyKind | PolicyKindName, *, name: str | None = None
    ) -> Policy | None:
        """The policy that a value contains or names; messages call the value ``what`` and the policy ``name``."""
        source = self._problems.source
        try:
            if isinstance(node, JsonObject):
                document, source = self._problems.document(node)
                return Policy.from_node(document, kind=kind, name=name or source.name, source=source)
            if isinstance(node, Text) and node.value and not node.value.lstrip().startswith("{"):
                return load_policy_in_project(resolve_in_project(source.name, node.value), kind)
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return None
        if not isinstance(node, Text):
            wrong_type(self._problems, node, what, "a policy document or the name of a file")
        elif node.value:
            message = f"found a string that holds a document as {what}, expected the document itself"
            self._problems.report(node, message, "write it as an object, or give the name of a file that holds it")
        else:
            self._problems.report(node, f"found an empty string as {what}", "write a policy, or the name of its file")
        return None
