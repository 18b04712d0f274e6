"""Changes with which a layer allows a request: a value more in a statement that nearly allows it, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.engine.clauses import ActionClause, ConditionClause
from execpolicy.engine.explain.nearest import failing_clauses
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.operators import OPERATORS
from execpolicy.language.principal import ANONYMOUS, SERVICE
from execpolicy.suggestions.candidate import (
    NEGATED,
    Candidate,
    ChangeKind,
    condition,
    principal,
    statement_node,
    statements_node,
    with_condition,
    with_element,
)
from execpolicy.suggestions.node_change import added_member, added_values
from execpolicy.suggestions.wanted import WantedRequest, literal, network_of

if TYPE_CHECKING:
    from execpolicy.document.kinds import PolicyKind
    from execpolicy.document.model import Statement
    from execpolicy.document.policy import Policy
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.engine.full.statement_table import StatementRow
    from execpolicy.engine.layers import Layer
    from execpolicy.suggestions.node_change import JsonValue


def allowing(layer: Layer, evaluated: LayerEvaluation, level: int, wanted: WantedRequest) -> Iterator[Candidate]:
    """Changes of one level of a layer with which it may allow a request.

    Args:
        layer: the layer.
        evaluated: its evaluation for the request.
        level: the number of the level.
        wanted: the request that is to be allowed.
    """
    for at, row in enumerate(evaluated.table.rows):
        if row.level == level and not row.statement.denies and evaluated.results[at].applies is not True:
            yield from _with_one_more(layer, evaluated, at, wanted)
    for rows in evaluated.table.policies:
        if rows.level == level:
            yield from _new_statements(layer, rows.policy, wanted)


def _with_one_more(layer: Layer, evaluated: LayerEvaluation, at: int, wanted: WantedRequest) -> Iterator[Candidate]:
    """Values for the one clause of an Allow that fails."""
    failing = list(failing_clauses(evaluated, at))
    row = evaluated.table.rows[at]
    node = statement_node(row.statement.policy, row.number)
    if len(failing) != 1 or node is None:
        return
    (clause,) = failing
    if isinstance(clause, ResourceClause) and not clause.negated:
        value = wanted.resource(row.statement.policy.kind, clause.values)
        yield from _one_more(layer, row, node, "Resource", value)
    elif isinstance(clause, ActionClause) and not clause.negated:
        yield from _one_more(layer, row, node, "Action", wanted.action)
    elif isinstance(clause, PrincipalClause) and not clause.negated:
        yield from _one_more_principal(layer, row, node, wanted)
    elif isinstance(clause, ConditionClause):
        yield from _one_more_condition_value(layer, row, node, clause, wanted)


def _one_more(layer: Layer, row: StatementRow, node: JsonObject, name: str, value: str) -> Iterator[Candidate]:
    listed = member(node, name)
    if listed is None:
        return
    opened = with_element(row.statement.statement, name, value)
    yield Candidate(
        ChangeKind.ADDED_VALUE,
        layer,
        row.statement.policy,
        added_values(listed, node, value),
        opened,
        f"{value} in {name}",
    )


def _one_more_principal(
    layer: Layer, row: StatementRow, node: JsonObject, wanted: WantedRequest
) -> Iterator[Candidate]:
    listed = member(node, "Principal")
    if not isinstance(listed, JsonObject):
        return
    for kind, name in wanted.principals():
        if kind == "*":
            continue  # everybody: that is a statement of its own
        of_kind = member(listed, kind)
        change = added_member(listed, kind, name) if of_kind is None else added_values(of_kind, listed, name)
        opened = row.statement.statement._replace(principal=principal(kind, name))
        yield Candidate(
            ChangeKind.ADDED_VALUE,
            layer,
            row.statement.policy,
            change,
            opened,
            f"{name} in Principal",
        )


def _one_more_condition_value(
    layer: Layer, row: StatementRow, node: JsonObject, clause: ConditionClause, wanted: WantedRequest
) -> Iterator[Candidate]:
    statement = row.statement.statement
    at = _index(statement, clause)
    operator = clause.operator
    values = wanted.values(clause.condition.key)
    if operator.base not in NEGATED or operator.quantifier == "ForAllValues" or not values or at is None:
        return
    named = statement.conditions[at]
    keys = member(member(node, "Condition"), named.operator_text.value)
    listed = member(keys, named.key.value)
    value = value_for(operator.base, values[0])
    if keys is None or listed is None or value is None:
        return
    equal = condition(operator._replace(if_exists=False), named.key.value, value)
    yield Candidate(
        ChangeKind.WIDENED_CONDITION,
        layer,
        row.statement.policy,
        added_values(listed, keys, value),
        with_condition(statement, equal, at),
        f"{value} in {named.operator_text.value} of {named.key.value}",
    )


def _index(statement: Statement, clause: ConditionClause) -> int | None:
    """The number of the condition of a clause among those of its statement."""
    for at, each in enumerate(statement.conditions):
        if each.key.value.lower() == clause.key.lower() and each.operator == clause.operator:
            return at
    return None


def value_for(base: str, value: str) -> str | None:
    """A value of a request as one of a policy that equals it alone; None if there is none."""
    if base in ("IpAddress", "NotIpAddress"):
        return network_of(value)
    return None if "${" in value else literal(value) if OPERATORS[base].wildcards else value


def _new_statements(layer: Layer, policy: Policy, wanted: WantedRequest) -> Iterator[Candidate]:
    """New statements for a policy, those that open the least first."""
    listed = statements_node(policy)
    if listed is None or not ELEMENT_RULES[policy.kind].allow:
        return
    for document in new_documents(policy, wanted):
        yield Candidate(
            ChangeKind.NEW_STATEMENT,
            layer,
            policy,
            added_values(listed, policy.root, document),
            None,
            "a new statement",
        )


def new_documents(policy: Policy, wanted: WantedRequest) -> Iterator[dict[str, JsonValue]]:
    """The documents of new Allow statements that would allow a request."""
    values = [value.value for each in policy.statements for value in each.resource.values]
    yield from allow_documents(policy.kind, wanted, values)


def allow_documents(
    kind: PolicyKind, wanted: WantedRequest, others: Iterable[str] = ()
) -> Iterator[dict[str, JsonValue]]:
    """As ``new_documents``, for a policy of a kind that need not exist."""
    what: dict[str, JsonValue] = {"Action": wanted.action, "Resource": wanted.resource(kind, others)}
    if not ELEMENT_RULES[kind].principal:
        yield {"Effect": "Allow", **what}
        return
    # Everybody has the name of an anonymous caller, and a service calls for everybody: the source limits them.
    source = wanted.source() if wanted.view.principal.kind in (ANONYMOUS, SERVICE) else None
    for type_of_name, name in wanted.principals():
        allow = {"Effect": "Allow", "Principal": "*" if name == "*" else {type_of_name: name}, **what}
        if source is not None:
            yield {**allow, "Condition": source.element()}
        yield allow
