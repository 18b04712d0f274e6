"""Changes of the principals of a statement."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.model import PrincipalElement
from execpolicy.document.principal_name import EVERYBODY, read_principal_name
from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.testing.mutation import operators, tree
from execpolicy.testing.mutation.change import Change, StatementEditor
from execpolicy.testing.mutation.operators import Reach
from execpolicy.testing.mutation.tree import NodePath

#: Kinds of principals that belong to an account.
_OF_ACCOUNT = ("user", "role", "session", "federated-user")


def change_principals(editor: StatementEditor) -> Iterator[Change]:
    """Widen each principal, widen all to everybody, drop one of several, swap Principal and NotPrincipal."""
    element = editor.statement.principal
    if element is None:
        return
    path = (*editor.path, element.name)
    everybody = any(entry.text.value == EVERYBODY for entry in element.entries)
    if not element.negated and not everybody:
        yield from _widened(editor, path)
    if len(element.entries) > 1:
        for at in _entries(editor, path):
            yield editor.drop(operators.DROP_PRINCIPAL, at, Reach.LESS.unless(element.negated))
    yield from _negated(editor, path, element, everybody=everybody)


def _entries(editor: StatementEditor, path: NodePath) -> Iterator[NodePath]:
    """The path of each principal, or of its type if it is the only one of that type."""
    node = tree.at(editor.root, path)
    assert isinstance(node, JsonObject)
    for type_ in node.members:
        yield from (at for at, _ in tree.values(editor.root, (*path, type_)))


def _widened(editor: StatementEditor, path: NodePath) -> Iterator[Change]:
    node = tree.at(editor.root, path)
    if isinstance(node, JsonObject) and "AWS" in node.members:
        for at, text in tree.values(editor.root, (*path, "AWS")):
            assert isinstance(text, Text)
            named = read_principal_name("AWS", text.value)
            arn = f"arn:{named.partition}:iam::{named.account}"
            if named.kind == "session":
                yield editor.revalue(operators.WIDEN_TO_ROLE, at, f"{arn}:role/{named.name}", Reach.MORE)
            if named.kind in _OF_ACCOUNT:
                yield editor.revalue(operators.WIDEN_TO_ACCOUNT, at, f"{arn}:root", Reach.MORE)
    words = f'{operators.WIDEN_TO_ALL.words}: "*"'
    root = tree.replaced(editor.root, path, tree.retext(node, EVERYBODY))
    yield editor.change(operators.WIDEN_TO_ALL, path, root, words, Reach.MORE)


def _negated(
    editor: StatementEditor, path: NodePath, element: PrincipalElement, *, everybody: bool
) -> Iterator[Change]:
    """Swap Principal and NotPrincipal, which needs Deny and a kind of policy that can have it."""
    if element.negated:
        yield editor.rename(operators.NEGATE_PRINCIPAL, path, "Principal", Reach.MORE)
    elif editor.statement.effect == "Deny" and ELEMENT_RULES[editor.kind].not_principal and not everybody:
        yield editor.rename(operators.NEGATE_PRINCIPAL, path, "NotPrincipal", Reach.LESS)
