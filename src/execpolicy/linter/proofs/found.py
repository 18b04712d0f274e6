"""What is proven about a policy, found once for all rules of the family RED, and how findings name statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import Text
from execpolicy.linter.finding import Related
from execpolicy.linter.subject import PolicySubject

if TYPE_CHECKING:
    from execpolicy.analysis.unused_parts import PolicyFindings


def unused(subject: PolicySubject) -> PolicyFindings:
    """What can be left out of a policy."""
    from execpolicy.analysis.unused_parts import unused_in_policy  # the analysis, which the other rules need not

    return unused_in_policy(subject.policy)


def name_of(statement: Statement) -> str:
    """A statement in a message."""
    if statement.sid is not None and statement.sid.value:
        return f"the statement {statement.sid.value}"
    return f"Statement[{statement.number}]"


def head_of(subject: PolicySubject, statement: Statement) -> Text | None:
    """The Sid of a statement as it is written, or else its Effect."""
    nodes = (subject.node(statement.number, name) for name in ("Sid", "Effect"))
    return next((node for node in nodes if isinstance(node, Text)), None)


def related_statement(subject: PolicySubject, statement: Statement, label: str) -> tuple[Related, ...]:
    """The place of another statement that a finding is about."""
    text = head_of(subject, statement)
    return () if text is None else subject.related_text(label, text)
