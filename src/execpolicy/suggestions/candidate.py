"""A change that may let a refused call through, before it is written and proven."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.document.model import Condition, Element, PrincipalElement, PrincipalEntry, Statement
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.language.operators import OPERATORS

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.engine.layers import Layer
    from execpolicy.suggestions.node_change import NodeChange

#: The negated operator of each operator that tests equality. Both test each value by itself.
NEGATED = {name.replace("Not", "", 1): name for name, each in OPERATORS.items() if each.negated}


class ChangeKind(StrEnum):
    """What a change of a policy does.

    >>> ChangeKind.NEW_STATEMENT.value
    'new_statement'
    """

    #: An Allow statement is added.
    NEW_STATEMENT = "new_statement"
    #: A principal, an action or a resource is added to an Allow statement.
    ADDED_VALUE = "added_value"
    #: A value is added to a condition of an Allow statement.
    WIDENED_CONDITION = "widened_condition"
    #: A Deny statement no longer applies to the call.
    EXCLUDED_REQUEST = "excluded_request"


class Candidate(NamedTuple):
    """A change of one policy.

    Attributes:
        kind: what it does.
        layer: the layer of the policy.
        policy: the policy.
        change: how its document is changed.
        opened: the statement that applies to the requests that the change opens: of an Allow those that it allows now,
            of a Deny those that it no longer denies. None for a new statement, which is itself the one.
        what: what is added, in words.
    """

    kind: ChangeKind
    layer: Layer
    policy: Policy
    change: NodeChange
    opened: Statement | None
    what: str

    @property
    def number(self) -> int | None:
        """The number of the statement that is changed; None for a new one."""
        return None if self.opened is None else self.opened.number


def statement_node(policy: Policy, number: int) -> JsonObject | None:
    """The node of a statement."""
    node = statements_node(policy)
    found = node.items[number] if isinstance(node, JsonArray) and number < len(node.items) else node
    return found if isinstance(found, JsonObject) else None


def statements_node(policy: Policy) -> Node | None:
    """The node of all statements: a list, or one statement."""
    root = policy.root
    return root.members["Statement"][2] if isinstance(root, JsonObject) and "Statement" in root.members else None


def with_element(statement: Statement, name: str, value: str) -> Statement:
    """A statement with one Action or one Resource."""
    element = Element(name, (Text(value),))
    return statement._replace(action=element) if name == "Action" else statement._replace(resource=element)


def with_condition(statement: Statement, condition: Condition, at: int | None = None) -> Statement:
    """A statement with one condition more, or with it in place of the one with a number."""
    before = statement.conditions if at is None else statement.conditions[:at]
    after = () if at is None else statement.conditions[at + 1 :]
    return statement._replace(conditions=(*before, condition, *after))


def principal(kind: str, value: str) -> PrincipalElement:
    """Principal with one entry."""
    return PrincipalElement("Principal", (PrincipalEntry(kind, Text(value)),))


def condition(operator: OperatorName, key: str, value: str) -> Condition:
    """A condition with one value."""
    return Condition(operator, Text(str(operator)), Text(key), (Text(value),))
