"""Policies in the properties of a resource: objects, or texts of JSON."""

from __future__ import annotations

from execpolicy.document.syntax.fields import wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_names
from execpolicy.loaders.cloudformation.iam.built_policies import unknown_statements
from execpolicy.loaders.cloudformation.made_names import with_unknown_names
from execpolicy.loaders.cloudformation.policy_version import with_known_version
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.literal_ids import check_literal_ids


def policy_at(stack: Stack, node: Node, name: str) -> JsonObject | None:
    """The policy in a property; None if there is none, which is reported. One that is not known may be any (SRC-10).

    An account, region or API id that it names, and that is not given, is reported too (SRC-7).

    Args:
        stack: the template.
        node: the value of the property.
        name: the name of the property.
    """
    found: Node | None = node
    if isinstance(node, Text) and node.value.lstrip().startswith("{"):
        found = read_json_in_text(stack.problems, node)
    if has_unknown_part(found):
        return unknown_statements(unknown_names(found.value), node)
    if isinstance(found, JsonObject):
        check_literal_ids(stack.problems, found, stack.known_ids)
        known = with_known_version(stack, found)
        return with_unknown_names(known) if stack.has_made_names else known
    if found is None:
        return None
    wrong_type(stack.problems, node, name, "a policy document")
    return None
