"""A small change to a statement, and the editor that makes changes."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.document.syntax.wording import printable
from execpolicy.testing.mutation import tree
from execpolicy.testing.mutation.operators import MutationOperator, Reach
from execpolicy.testing.mutation.tree import NodePath


class Change(NamedTuple):
    """One small change to a document.

    ``node`` and ``path`` are the part that is changed, ``root`` is the changed document, ``words`` describe the change,
    and ``reach`` is its effect on the requests that the statement applies to.
    """

    operator: MutationOperator
    statement: Statement
    path: NodePath
    node: Node
    root: Node
    words: str
    reach: Reach


class StatementEditor(NamedTuple):
    """Makes changes of a statement. ``kind`` and ``version`` are those of its policy."""

    kind: PolicyKind
    version: str
    root: Node
    path: NodePath
    node: JsonObject
    statement: Statement

    @property
    def is_for_one_api(self) -> bool:
        """Whether the policy is attached to an API or its domain, so that it applies to nothing else."""
        return self.kind in (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME)

    def change(
        self,
        operator: MutationOperator,
        path: NodePath,
        root: Node,
        words: str,
        reach: Reach,
        *,
        node: Node | None = None,
    ) -> Change:
        """The change of the node at a path; ``node`` is the node that is shown, if it is another one."""
        shown = tree.at(self.root, path) if node is None else node
        return Change(operator, self.statement, path, shown, root, words, reach)

    def revalue(
        self,
        operator: MutationOperator,
        path: NodePath,
        value: str,
        reach: Reach,
        *,
        shown: tuple[str, str] | None = None,
    ) -> Change:
        """Replace a string. ``shown`` are the parts of the old and the new one that differ."""
        old = tree.at(self.root, path)
        before, after = shown or (str(old[0]), value)
        root = tree.replaced(self.root, path, tree.retext(old, value))
        return self.change(operator, path, root, f"{operator.words}: {in_quotes(before)} → {in_quotes(after)}", reach)

    def drop(self, operator: MutationOperator, path: NodePath, reach: Reach) -> Change:
        """Remove one of several values."""
        words = f"{operator.words}: {in_quotes(str(tree.at(self.root, path)[0]))}"
        return self.change(operator, path, tree.removed(self.root, path), words, reach)

    def rename(self, operator: MutationOperator, path: NodePath, name: str, reach: Reach) -> Change:
        """Rename an element."""
        root = tree.renamed(self.root, path, name)
        words = f"{operator.words}: {path[-1]} → {name}"
        return self.change(operator, path, root, words, reach, node=tree.name_of(self.root, path))


def in_quotes(text: str) -> str:
    """A text in quotes, not shortened: the change can be at its end."""
    return f'"{printable(text)}"'
