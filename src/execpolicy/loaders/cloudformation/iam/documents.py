"""The policy documents of a template's resources (SRC-8), each read once for each kind of policy."""

from __future__ import annotations

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.errors import ExecPolicyError
from execpolicy.loaders.cloudformation.iam.built_policies import unknown_document, unknown_statements
from execpolicy.loaders.cloudformation.made_names import with_unknown_names
from execpolicy.loaders.cloudformation.policy_version import with_known_version
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.literal_ids import check_literal_ids


class PolicyDocuments:
    """Reads the policy documents of one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._read: dict[tuple[int, PolicyKind], Policy | None] = {}
        # The keys of ``_read`` are identities of nodes: a node that a loader makes must live as long.
        self._nodes: list[Node] = []

    def policy(self, node: Node, what: str, kind: PolicyKind) -> Policy | None:
        """The policy in a property; None if it is invalid, which is reported.

        Args:
            node: the document, as an object or as JSON text; or a value that is not known.
            what: what messages call the property.
            kind: what the policy is attached to.
        """
        key = (id(node), kind)
        if key not in self._read:
            self._nodes.append(node)
            self._read[key] = self._policy(node, what, kind)
        return self._read[key]

    def unknown(self, names: tuple[str, ...], at: Node, kind: PolicyKind) -> Policy | None:
        """A policy whose content is not known."""
        document = unknown_statements(names, at) if ELEMENT_RULES[kind].principal else unknown_document(names, at)
        return self.policy(document, "a policy document", kind)

    def _policy(self, node: Node, what: str, kind: PolicyKind) -> Policy | None:
        problems = self.stack.problems
        if isinstance(node, JsonObject):
            return self._parsed(node, node, kind)
        if not isinstance(node, Text):
            wrong_type(problems, node, what, "a policy document")
            return None
        if not node.value.lstrip().startswith("{") and has_unknown(node.value):
            return self.unknown(unknown_names(node.value), node, kind)
        document = read_json_in_text(problems, node)
        if has_unknown_part(document):
            return self.unknown(unknown_names(document.value), node, kind)
        return None if document is None else self._parsed(node, document, kind)

    def _parsed(self, at: Node, document: Node, kind: PolicyKind) -> Policy | None:
        problems = self.stack.problems
        self._check_ids(document, kind)
        if isinstance(document, JsonObject):
            document = with_known_version(self.stack, document, only_new=ELEMENT_RULES[kind].only_new_version)
        if self.stack.has_made_names and isinstance(document, JsonObject):
            document = with_unknown_names(document)
        try:
            written, source = problems.document(document)
            return Policy.from_node(written, kind=kind, name=problems.place(at), source=source)
        except ExecPolicyError as error:
            problems.refused(at, error)
            return None

    def _check_ids(self, document: Node, kind: PolicyKind) -> None:
        """Report what a policy names literally in place of a placeholder (SRC-7).

        A policy of a caller may allow calls of APIs of other files: their ids are no mistake.
        """
        known = self.stack.known_ids
        check_literal_ids(self.stack.problems, document, known._replace(api_id_is_given=True))
        if known.api_ids:
            of_caller = not ELEMENT_RULES[kind].principal
            check_literal_ids(self.stack.problems, _without_grants(document) if of_caller else document, known)


def _without_grants(document: Node) -> Node:
    """The document without the statements that only allow what they name."""
    member = document.members.get("Statement") if isinstance(document, JsonObject) else None
    if member is None or not isinstance(document, JsonObject):
        return document
    start, end, value = member
    statements = value.items if isinstance(value, JsonArray) else [value]
    rest: list[Node] = [statement for statement in statements if not _only_grants(statement)]
    return document._replace(members={"Statement": (start, end, JsonArray(rest, value.start, value.end))})


def _only_grants(statement: Node) -> bool:
    if not isinstance(statement, JsonObject):
        return False
    effect = statement.members.get("Effect")
    allows = effect is not None and isinstance(effect[2], Text) and effect[2].value == "Allow"
    return allows and not {"NotResource", "Condition"} & statement.members.keys()
