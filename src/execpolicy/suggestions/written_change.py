"""A policy with changes: its text with the edits, read again, and what it decides by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import to_python
from execpolicy.errors import ExecPolicyError
from execpolicy.linter.fixes.edits import is_editable
from execpolicy.suggestions.node_change import changed, changed_by_place, same_values
from execpolicy.suggestions.text_edits import edits_of

if TYPE_CHECKING:
    from execpolicy.document.syntax.nodes import Node
    from execpolicy.errors import Source
    from execpolicy.linter.finding import Edit
    from execpolicy.suggestions.node_change import NodeChange


class WrittenPolicy(NamedTuple):
    """A policy after changes.

    Attributes:
        policy: the policy.
        edits: the edits of its text that make the changes; none for a policy given as Python objects.
    """

    policy: Policy
    edits: tuple[Edit, ...]


class NotWritten(NamedTuple):
    """Why the text of a policy is not changed, and whether the same change can be made by hand."""

    reason: str
    can_be_by_hand: bool = True


def written(policy: Policy, changes: Sequence[NodeChange]) -> WrittenPolicy | NotWritten:
    """The policy with some changes, and the edits that make them, if reading the edited text again gives the same.

    Args:
        policy: the policy.
        changes: changes of its nodes.
    """
    root = changed(policy.root, changes)
    try:
        if policy.source is None:
            return WrittenPolicy(_of_objects(policy, root), ())
        edits = edits_of(changes, policy)
        if not is_editable(policy.source):
            return NotWritten(f"{policy.source.name} is a source of Terraform, which is not changed")
        if edits is None:
            return NotWritten(f"the text of {policy.name} is not one that can be changed: it is in a string, or shared")
        text = edited(policy.source, edits)
        if policy.is_part and not _stands_alone(policy):
            return _part(policy, root, changes, edits, text)
        after = Policy.from_file_text(text, kind=policy.kind, name=policy.name)
        if same_values(after.root, root):
            return WrittenPolicy(after, edits)
    except ExecPolicyError as error:
        return NotWritten(f"{policy.name} would not be valid: {error.message}")
    return NotWritten(f"{policy.name} would not read as it should after the change")


def _stands_alone(policy: Policy) -> bool:
    """Whether the whole text is that of the policy."""
    source = policy.source
    assert source is not None, "a part of a text has one"
    try:
        read = Policy.from_file_text(source.text, kind=policy.kind, name=source.name)
    except ExecPolicyError:
        return False
    return (read.root.start, read.root.end) == (policy.root.start, policy.root.end)


def _of_objects(policy: Policy, root: Node) -> Policy:
    document = to_python(root)
    assert isinstance(document, dict), "a policy is an object"
    return Policy.parse(document, kind=policy.kind, name=policy.name)


def _part(
    policy: Policy, root: Node, changes: Sequence[NodeChange], edits: tuple[Edit, ...], text: str
) -> WrittenPolicy | NotWritten:
    """A policy that is a part of a larger text: what is written is compared with what is meant, node by node."""
    from execpolicy.loaders.kinds import rules_of  # all loaders, which policies need not

    source = policy.source
    assert source is not None, "a part of a text has one"
    _, before = read_any(source.text, source.name, rules_of(source.text))
    _, after = read_any(text, source.name, rules_of(text))
    if not same_values(changed_by_place(before, changes), after) or same_values(before, after):
        return NotWritten(
            f"{source.name} does not write {policy.name} as it reads: a function or a parameter may give the value"
        )
    made = Policy.from_node(root, kind=policy.kind, name=policy.name, source=source, text=policy.decoded_text)
    return WrittenPolicy(made, edits)


def edited(source: Source, edits: Iterable[Edit]) -> str:
    """A text with edits.

    Args:
        source: the text.
        edits: edits of it, which do not overlap; what is inserted at one place is written in their order.

    >>> from execpolicy.errors import Source, Span
    >>> from execpolicy.linter.finding import Edit
    >>> edited(Source("a", "one two"), [Edit(Span(1, 4, 1, 4), " and")])
    'one and two'
    """
    parts = [
        (source.offset(span.line, span.column), source.offset(span.end_line, span.end_column), number, new)
        for number, (span, new) in enumerate(edits)
    ]
    text = source.text
    for start, end, _, new in sorted(parts, reverse=True):
        text = text[:start] + new + text[end:]
    return text
