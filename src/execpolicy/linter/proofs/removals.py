"""Edits that leave out a part of a policy, or write a condition with Null, where the text has it as it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Text
from execpolicy.linter.finding import Edit, Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.fixes.member_edits import with_member, without_item, without_member, without_text
from execpolicy.linter.rule import FixSafety
from execpolicy.linter.subject import PolicySubject

if TYPE_CHECKING:
    from execpolicy.analysis.policy_parts import PolicyPart
    from execpolicy.document.model import Condition


def _proven(*edits: Edit | None) -> Fix | None:
    """The fix of some edits; None if one of them cannot be made. The proof is about the policy without other edits."""
    fix = made(FixSafety.SAFE, *edits)
    return None if fix is None else fix._replace(is_alone=True)


def statement_removal(subject: PolicySubject, statement: Statement) -> Fix | None:
    """The fix that removes a statement from a list of several."""
    root = subject.policy.root
    value = root.members["Statement"][2] if isinstance(root, JsonObject) else None
    if not isinstance(value, JsonArray):
        return None
    return _proven(without_item(subject.policy, value, statement.number))


def part_removal(subject: PolicySubject, part: PolicyPart) -> Fix | None:
    """The fix that removes a value from a list of several, or a condition."""
    number, condition = part.statement.number, part.condition
    if part.kind == "condition":
        assert condition is not None, "the part is one"
        return _proven(_condition_removal(subject, number, condition))
    if condition is not None:
        node = subject.node(number, "Condition", condition.operator_text.value, condition.key.value)
    elif part.kind == "principal":
        return _proven(_principal_removal(subject, part))
    else:
        element = part.statement.action if part.kind == "action" else part.statement.resource
        node = subject.node(number, element.name)
    return _proven(without_text(subject.policy, node, part.text))


def _principal_removal(subject: PolicySubject, part: PolicyPart) -> Edit | None:
    """The edit that removes a name, with the type that has no other one."""
    principal = part.statement.principal
    assert principal is not None, "the part is one of its names"
    names = subject.node(part.statement.number, principal.name)
    kind = principal.entries[part.at].type
    if not isinstance(names, JsonObject) or kind not in names.members:
        return None
    node = names.members[kind][2]
    if isinstance(node, JsonArray) and len(node.items) > 1:
        return without_text(subject.policy, node, part.text)
    return without_member(subject.policy, names, kind) if len(names.members) > 1 else None


def _condition_removal(subject: PolicySubject, number: int, condition: Condition) -> Edit | None:
    """The edit that removes a condition, with what is empty without it."""
    policy, operator = subject.policy, condition.operator_text.value
    path = [(subject.node(number, "Condition", operator), condition.key.value)]
    path += [(subject.node(number, "Condition"), operator), (subject.node(number), "Condition")]
    for node, name in path:
        if not isinstance(node, JsonObject) or name not in node.members:
            return None
        if len(node.members) > 1:
            return without_member(policy, node, name)
    return None


def null_in_place(subject: PolicySubject, part: PolicyPart, value: str) -> Fix | None:
    """The fix that writes Null in place of a condition."""
    condition, number, policy = part.condition, part.statement.number, subject.policy
    assert condition is not None, "the part is a condition"
    name, key = condition.operator_text.value, condition.key.value
    conditions, keys = subject.node(number, "Condition"), subject.node(number, "Condition", name)
    if not isinstance(conditions, JsonObject) or not isinstance(keys, JsonObject):
        return None
    null = conditions.members.get("Null")
    if null is not None:
        if not isinstance(null[2], JsonObject) or key.lower() in map(str.lower, null[2].members):
            return None
        return _proven(_condition_removal(subject, number, condition), with_member(policy, null[2], key, f'"{value}"'))
    if len(keys.members) > 1:
        return _proven(
            without_member(policy, keys, key), with_member(policy, conditions, "Null", f'{{"{key}": "{value}"}}')
        )
    written = keys.members[key][2] if key in keys.members else None
    if isinstance(written, Text):
        return _proven(replacement(policy, condition.operator_text, "Null"), replacement(policy, written, value))
    return None
