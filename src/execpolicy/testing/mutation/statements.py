"""Changes of a statement as a whole, and of its actions."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.syntax.nodes import JsonArray, Text
from execpolicy.testing.mutation import operators, tree
from execpolicy.testing.mutation.change import Change, StatementEditor
from execpolicy.testing.mutation.operators import Reach
from execpolicy.testing.mutation.resources import ALL
from execpolicy.testing.mutation.tree import NodePath


def change_statement(editor: StatementEditor) -> Iterator[Change]:
    """Drop the statement, and flip its effect."""
    root, path = editor.root, editor.path
    if isinstance(tree.at(root, path[:1]), JsonArray):
        without = tree.removed(root, path)
    else:
        without = tree.replaced(root, path, JsonArray([], editor.node.start, editor.node.end))
    yield editor.change(operators.DROP_STATEMENT, path, without, operators.DROP_STATEMENT.words, Reach.LESS)
    other = "Deny" if editor.statement.effect == "Allow" else "Allow"
    if _may_have(editor, other):
        yield editor.revalue(operators.FLIP_EFFECT, (*path, "Effect"), other, Reach.LESS)


def _may_have(editor: StatementEditor, effect: str) -> bool:
    """Whether a document of this kind can have the statement with another effect (POL-8)."""
    rules, statement = ELEMENT_RULES[editor.kind], editor.statement
    if effect == "Allow":
        return rules.allow and not (statement.principal is not None and statement.principal.negated)
    return rules.lone_star_action or ALL not in [each.value for each in statement.action.values]


def change_actions(editor: StatementEditor) -> Iterator[Change]:
    """Widen each action, drop one of several, swap Action and NotAction."""
    element = editor.statement.action
    path = (*editor.path, element.name)
    found = tree.values(editor.root, path)
    more = Reach.MORE.unless(element.negated)
    for at, node in found:
        assert isinstance(node, Text)
        yield from _widened_action(editor, at, node.value, more)
    if len(found) > 1:
        for at, _ in found:
            yield editor.drop(operators.DROP_ACTION, at, more.unless(True))
    is_all = any(node[0] == ALL for _, node in found)
    if element.negated or (ELEMENT_RULES[editor.kind].not_action and not is_all):
        other = "Action" if element.negated else "NotAction"
        yield editor.rename(operators.NEGATE_ACTION, path, other, Reach.LESS.unless(element.negated))


def _widened_action(editor: StatementEditor, at: NodePath, text: str, reach: Reach) -> Iterator[Change]:
    """Widen an action to its service, or to all services if the policy can apply to others."""
    service, colon, name = text.partition(":")
    if colon and name != ALL:
        yield editor.revalue(operators.WIDEN_ACTION, at, f"{service}:*", reach)
    elif text != ALL and not editor.is_for_one_api and ELEMENT_RULES[editor.kind].lone_star_action:
        yield editor.revalue(operators.WIDEN_SERVICE, at, ALL, reach)
