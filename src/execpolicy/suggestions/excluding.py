"""Changes with which a Deny no longer applies to a request: the request is excluded from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.operator_name import read_operator_name
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.document.syntax.wording import listed as listed_words
from execpolicy.language.principal import FEDERATED_USER, ROLE, SESSION
from execpolicy.suggestions.allowing import value_for
from execpolicy.suggestions.candidate import (
    NEGATED,
    Candidate,
    ChangeKind,
    condition,
    statement_node,
    with_condition,
    with_element,
)
from execpolicy.suggestions.node_change import NodeChange, added_member, added_values
from execpolicy.suggestions.wanted import PRINCIPAL_ARN, SOURCE_IP, SOURCE_VPCE, WantedCondition, WantedRequest

if TYPE_CHECKING:
    from execpolicy.document.model import Condition, Statement
    from execpolicy.document.policy import Policy
    from execpolicy.engine.full.statement_table import StatementRow
    from execpolicy.engine.layers import Layer

#: The equality of which a negated operator is the contrary.
_POSITIVE = {negative: positive for positive, negative in NEGATED.items()}


class _Deny(NamedTuple):
    """A Deny that applies, with its node."""

    layer: Layer
    policy: Policy
    statement: Statement
    node: JsonObject

    def candidate(self, change: NodeChange, opened: Statement, what: str) -> Candidate:
        """A change of the statement."""
        return Candidate(
            ChangeKind.EXCLUDED_REQUEST,
            self.layer,
            self.policy,
            change,
            opened,
            what,
        )


def excluding(layer: Layer, row: StatementRow, wanted: WantedRequest) -> Iterator[Candidate]:
    """Changes of a Deny with which it does not apply to a request.

    Args:
        layer: the layer of its policy.
        row: the Deny, which applies.
        wanted: the request that is to be allowed.
    """
    policy = row.statement.policy
    node = statement_node(policy, row.number)
    if node is None:
        return
    deny = _Deny(layer, policy, row.statement.statement, node)
    for at, each in enumerate(deny.statement.conditions):
        yield from _in_condition(deny, at, each, wanted)
    yield from _in_negated_elements(deny, wanted)
    yield from _in_not_principal(deny, wanted)
    for key in (PRINCIPAL_ARN, SOURCE_VPCE, SOURCE_IP):
        found = wanted.condition(key)
        # A policy without principals is that of one caller, or of a part of an organization.
        if found is not None and (key != PRINCIPAL_ARN or _has_other_callers(deny)):
            yield from _by_new_condition(deny, found)


def _has_other_callers(deny: _Deny) -> bool:
    return ELEMENT_RULES[deny.policy.kind].principal or deny.policy.kind.value == "scp"


def _in_condition(deny: _Deny, at: int, tested: Condition, wanted: WantedRequest) -> Iterator[Candidate]:
    """A value for a condition that holds for every other value."""
    operator = tested.operator
    values = wanted.values(tested.key.value)
    keys = member(member(deny.node, "Condition"), tested.operator_text.value)
    listed = member(keys, tested.key.value)
    if operator.base not in _POSITIVE or operator.quantifier or len(values) != 1 or listed is None:
        return
    value = value_for(operator.base, values[0])
    if value is None or keys is None:
        return
    equal = condition(read_operator_name(_POSITIVE[operator.base]), tested.key.value, value)
    what = f"{value} in {tested.operator_text.value} of {tested.key.value}"
    yield deny.candidate(added_values(listed, keys, value), with_condition(deny.statement, equal, at), what)


def _in_negated_elements(deny: _Deny, wanted: WantedRequest) -> Iterator[Candidate]:
    """A value for NotResource or NotAction."""
    statement = deny.statement
    resource = wanted.resource(deny.policy.kind, [value.value for value in statement.resource.values])
    for name, value in (("NotResource", resource), ("NotAction", wanted.action)):
        listed = member(deny.node, name)
        if listed is not None:
            positive = name.removeprefix("Not")
            opened = with_element(statement, positive, value)
            yield deny.candidate(added_values(listed, deny.node, value), opened, f"{value} in {name}")


def _in_not_principal(deny: _Deny, wanted: WantedRequest) -> Iterator[Candidate]:
    """The names of the caller that NotPrincipal lacks: it exempts only those of whom every name is listed (PRN-6)."""
    listed = member(deny.node, "NotPrincipal")
    of_aws = member(listed, "AWS")
    caller = wanted.condition(PRINCIPAL_ARN)
    who = wanted.view.principal
    if not isinstance(listed, JsonObject) or not who.is_iam or caller is None or of_aws is None:
        return
    names = [f"arn:{who.partition}:iam::{who.account}:root"]
    names += [who.role_arn] if who.kind in (SESSION, ROLE) else []
    names += [who.arn] if who.kind in (SESSION, FEDERATED_USER, "user") else []
    assert deny.statement.principal is not None, "it is NotPrincipal"
    known = {entry.text.value for entry in deny.statement.principal.entries}
    missing = [name for name in names if name not in known]
    if missing:
        equal = condition(read_operator_name(caller.operator), caller.key, caller.value)
        opened = with_condition(deny.statement._replace(principal=None), equal)
        yield deny.candidate(
            added_values(of_aws, listed, *missing), opened, f"{listed_words(missing, 'and')} in NotPrincipal"
        )


def _by_new_condition(deny: _Deny, wanted: WantedCondition) -> Iterator[Candidate]:
    """A condition that holds for all but the requests with the same value of a key."""
    operator = NEGATED[wanted.operator]
    tested = {(each.operator_text.value, each.key.value.lower()) for each in deny.statement.conditions}
    if (operator, wanted.key.lower()) in tested or deny.statement.empty_conditions:
        return
    equal = condition(read_operator_name(wanted.operator), wanted.key, wanted.value)
    conditions = member(deny.node, "Condition")
    keys = member(conditions, operator)
    if isinstance(keys, JsonObject):
        change = added_member(keys, wanted.key, wanted.value)
    elif isinstance(conditions, JsonObject):
        change = added_member(conditions, operator, {wanted.key: wanted.value})
    else:
        change = added_member(deny.node, "Condition", {operator: {wanted.key: wanted.value}})
    what = f"the condition {operator} {wanted.key} {wanted.value}"
    yield deny.candidate(change, with_condition(deny.statement, equal), what)
