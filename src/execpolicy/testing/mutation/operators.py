"""The table of mutation operators: what each changes, and the kind of case that detects it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Reach(StrEnum):
    """The effect of a change on the requests that a statement applies to."""

    MORE = "more"
    #: Fewer, or others.
    LESS = "less"

    def unless(self, negated: bool) -> Reach:
        """The effect of the same change if the element is ``negated``."""
        if not negated:
            return self
        return Reach.LESS if self is Reach.MORE else Reach.MORE


class MutationOperator(NamedTuple):
    """One kind of small change.

    ``name`` is its name in reports, ``element`` the element that it changes, ``words`` describe it, and ``near``
    describes the request of a case that detects it.
    """

    name: str
    element: str
    words: str
    near: str


DROP_STATEMENT = MutationOperator("drop_statement", "Statement", "drop the statement", "that no other statement covers")
FLIP_EFFECT = MutationOperator("flip_effect", "Effect", "flip Effect", "that no other statement covers")

WIDEN_ACTION = MutationOperator("widen_action", "Action", "widen an action", "for another action of this service")
WIDEN_SERVICE = MutationOperator(
    "widen_service", "Action", "widen an action to all services", "for an action of another service"
)
DROP_ACTION = MutationOperator("drop_action", "Action", "drop one of several actions", "for this action")
NEGATE_ACTION = MutationOperator(
    "negate_action", "Action", "swap Action and NotAction", "for an action that is listed here"
)

WIDEN_PATH = MutationOperator(
    "widen_path", "Resource", "widen the path of a resource", "for a path that differs in this segment alone"
)
WIDEN_VARIABLE = MutationOperator(
    "widen_variable",
    "Resource",
    "widen a variable of a resource",
    "for a path with another value of the variable",
)
WIDEN_METHOD = MutationOperator("widen_method", "Resource", "widen the method of a resource", "with another method")
WIDEN_STAGE = MutationOperator("widen_stage", "Resource", "widen the stage of a resource", "to another stage")
WIDEN_API = MutationOperator("widen_api", "Resource", "widen the API of a resource", "to another API of the account")
WIDEN_RESOURCE = MutationOperator("widen_resource", "Resource", "widen a resource to all", "for another resource")
DROP_RESOURCE = MutationOperator("drop_resource", "Resource", "drop one of several resources", "for this resource")
NEGATE_RESOURCE = MutationOperator(
    "negate_resource", "Resource", "swap Resource and NotResource", "for a resource that is listed here"
)

WIDEN_TO_ROLE = MutationOperator(
    "widen_to_role", "Principal", "widen a session to its role", "by another session of the role"
)
WIDEN_TO_ACCOUNT = MutationOperator(
    "widen_to_account", "Principal", "widen a principal to its account", "by another principal of the account"
)
WIDEN_TO_ALL = MutationOperator("widen_to_all", "Principal", "widen the principals to everybody", "by somebody else")
DROP_PRINCIPAL = MutationOperator("drop_principal", "Principal", "drop one of several principals", "by this principal")
NEGATE_PRINCIPAL = MutationOperator(
    "negate_principal", "Principal", "swap Principal and NotPrincipal", "by a principal that is listed here"
)

DROP_CONDITION = MutationOperator("drop_condition", "Condition", "drop a condition", "that fails this condition alone")
DROP_VALUE = MutationOperator("drop_value", "Condition", "drop one of several values", "that has this value")
NEGATE_OPERATOR = MutationOperator("negate_operator", "Condition", "negate an operator", "that meets this condition")
MOVE_BOUND = MutationOperator(
    "move_bound", "Condition", "let an operator include or exclude its bound", "whose value is the bound itself"
)
READ_WILDCARDS = MutationOperator(
    "read_wildcards",
    "Condition",
    "read wildcards as text, or text as wildcards",
    "with a value that only the wildcard matches",
)
TOGGLE_IF_EXISTS = MutationOperator("if_exists", "Condition", "add or remove IfExists", "that does not have this key")
SWAP_QUANTIFIER = MutationOperator(
    "swap_quantifier",
    "Condition",
    "swap ForAnyValue and ForAllValues",
    "that has one value of this list and one that is not in it",
)
FLIP_TRUTH = MutationOperator("flip_truth", "Condition", "swap true and false", "that meets this condition")
WIDEN_CIDR = MutationOperator(
    "widen_cidr", "Condition", "widen an address range", "from an address just outside the range"
)
WIDEN_TO_ALL_ADDRESSES = MutationOperator(
    "widen_to_all_addresses", "Condition", "widen an address range to all", "from an address far outside the range"
)

#: All operators, in the order in which they are applied.
MUTATION_OPERATORS: tuple[MutationOperator, ...] = (
    DROP_STATEMENT,
    FLIP_EFFECT,
    WIDEN_TO_ROLE,
    WIDEN_TO_ACCOUNT,
    WIDEN_TO_ALL,
    DROP_PRINCIPAL,
    NEGATE_PRINCIPAL,
    WIDEN_ACTION,
    WIDEN_SERVICE,
    DROP_ACTION,
    NEGATE_ACTION,
    WIDEN_PATH,
    WIDEN_VARIABLE,
    WIDEN_METHOD,
    WIDEN_STAGE,
    WIDEN_API,
    WIDEN_RESOURCE,
    DROP_RESOURCE,
    NEGATE_RESOURCE,
    DROP_CONDITION,
    DROP_VALUE,
    NEGATE_OPERATOR,
    MOVE_BOUND,
    READ_WILDCARDS,
    TOGGLE_IF_EXISTS,
    SWAP_QUANTIFIER,
    FLIP_TRUTH,
    WIDEN_CIDR,
    WIDEN_TO_ALL_ADDRESSES,
)

_ADVICE = {
    ("Allow", Reach.MORE): "add a case of a request {near}; expect deny",
    ("Allow", Reach.LESS): "add a case of a request {near}; expect allow",
    ("Deny", Reach.MORE): "add a case of a request {near}; expect allow",
    (
        "Deny",
        Reach.LESS,
    ): "add a case of a request {near}, allowed but for this statement; expect explicit_deny",
}


def advice(operator: MutationOperator, effect: str, reach: Reach) -> str:
    """The kind of case that would detect a change.

    Args:
        operator: the operator of the change.
        effect: the effect of the original statement, ``Allow`` or ``Deny``.
        reach: whether the statement now applies to more requests, or to fewer or others.
    """
    return _ADVICE[effect, reach].format(near=operator.near)
