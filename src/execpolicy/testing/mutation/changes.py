"""All changes of a document, in the order of statements, elements and operators."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.policy import Policy
from execpolicy.testing.mutation import tree
from execpolicy.testing.mutation.change import Change, StatementEditor
from execpolicy.testing.mutation.conditions import change_conditions
from execpolicy.testing.mutation.principals import change_principals
from execpolicy.testing.mutation.resources import change_resources
from execpolicy.testing.mutation.statements import change_actions, change_statement

_ALL = (change_statement, change_principals, change_actions, change_resources, change_conditions)


def changes(policy: Policy) -> Iterator[Change]:
    """All small changes of the document of a policy.

    >>> from execpolicy import Policy
    >>> from execpolicy.testing.mutation.changes import changes
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}},
    ...                      kind="identity")
    >>> [change.operator.name for change in changes(reads)]
    ['drop_statement', 'flip_effect', 'widen_service', 'negate_action']
    """
    root = policy.root
    for (path, node), statement in zip(tree.statements(root), policy.statements, strict=True):
        editor = StatementEditor(policy.kind, policy.version, root, path, node, statement)
        for change_element in _ALL:
            yield from change_element(editor)
