"""Which assumed rules of how strongly a policy names the caller decide an outcome.

For each rule, a statement names the caller as strongly as the weaker of its two readings says for certain, and as the
stronger one says possibly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.combine import Table, combine
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.grant import ASSUMED_OF_NAMES, Grant
from execpolicy.language.truth import Truth, kleene_all

_PRINCIPAL_ARN = "aws:principalarn"
_EQUAL = frozenset({"ArnEquals", "ArnLike", "StringEquals", "StringEqualsIgnoreCase", "StringLike"})


def assumed_grants(
    layers: Mapping[Layer, LayerEvaluation], table: Table, account: str, possible: frozenset[Outcome]
) -> Iterator[str]:
    """The ids of these rules by whose other reading other outcomes are possible than those that are.

    ``account`` owns the resource.
    """
    doubtful = {rule for evaluated in layers.values() for rule in _doubtful_rules(evaluated)}
    rules = [rule for rule in ASSUMED_OF_NAMES if rule in doubtful]
    if "EVL-4" in doubtful:
        # Its other reading makes a difference to statements with such a condition only.
        conditions = (
            (each.table.clauses[number], each.view)
            for each in layers.values()
            for number in each.table.clauses_by_key.get(_PRINCIPAL_ARN, ())
        )
        rules += ["EVL-4"] if any(_names_the_role(clause, view) for clause, view in conditions) else []
    for rule in rules:
        if not _possible_by(layers, table, rule) <= possible:
            yield rule
    if not _possible_of_root(layers, table, account) <= possible:
        yield "EVL-8"


def _doubtful_rules(evaluated: LayerEvaluation) -> Sequence[str]:
    """The rules by whose other reading a principal of a layer names the caller otherwise, or may do so."""
    principals = evaluated.table.principals
    return evaluated.shared.once("names", lambda: _rules_of_names(principals, evaluated.view)) if principals else ()


def _rules_of_names(principals: Sequence[PrincipalClause], view: View) -> Sequence[str]:
    named = [(clause, clause.grant(view)[0]) for clause in principals]
    rules = [
        rule
        for rule in ASSUMED_OF_NAMES
        if any(clause.grant_otherwise(view, rule) is not grant for clause, grant in named)
    ]
    by_account = any(_grants_to_the_account_of_a_role(view, grant) for _, grant in named)
    return [*rules, "EVL-4"] if by_account else rules


def _grants_to_the_account_of_a_role(view: View, grant: Grant) -> bool:
    """Whether a statement names the account of a role or a session, and not the role (EVL-4)."""
    return grant is Grant.ACCOUNT and view.principal.kind in (kinds.SESSION, kinds.ROLE)


def _possible_by(layers: Mapping[Layer, LayerEvaluation], table: Table, rule: str) -> frozenset[Outcome]:
    """The outcomes that are possible by either reading of a rule."""
    outcomes = {
        layer: evaluated.tally(
            _applying(evaluated, rule), partial(_grants, rule), by_statement=rule == "EVL-4"
        ).outcome()
        for layer, evaluated in layers.items()
    }
    return combine(outcomes, table).possible


def _otherwise(statement: CompiledStatement, view: View, rule: str) -> Grant:
    """How strongly a statement names the caller by the other reading."""
    who = statement.principal
    sure = statement.grant(view)[0]
    if who is None:
        return sure
    if rule != "EVL-4":
        return who.grant_otherwise(view, rule)
    if not _grants_to_the_account_of_a_role(view, sure):
        return sure
    names_role = any(_names_the_role(each.clause, view) for each in statement.occurrences)
    return Grant.ROLE if names_role else sure


def _names_the_role(clause: Clause, view: View) -> bool:
    """Whether it is a condition that holds for the role's ARN (EVL-4)."""
    if not isinstance(clause, ConditionClause) or clause.condition.key != _PRINCIPAL_ARN:
        return False
    return clause.operator.base in _EQUAL and not clause.operator.quantifier and clause.test(view) is True


def _grants(rule: str, statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
    sure, possible = statement.grant(view)
    otherwise = _otherwise(statement, view, rule)
    return min(sure, otherwise), max(possible, otherwise)


def _applying(evaluated: LayerEvaluation, rule: str) -> list[Truth]:
    """Whether each statement applies: unknown where only one of the readings names the caller."""
    applying = list(evaluated.applies)
    if rule == "EVL-4":
        return applying
    for number, row in enumerate(evaluated.table.rows):
        who = row.statement.principal
        if who is not None and bool(who.grant_otherwise(evaluated.view, rule)) is not bool(
            who.grant(evaluated.view)[0]
        ):
            others = (each.clause for each in row.statement.occurrences if each.clause is not who)
            applying[number] = (
                None if kleene_all(clause.test(evaluated.view) for clause in others) is not False else False
            )
    return applying


def _possible_of_root(layers: Mapping[Layer, LayerEvaluation], table: Table, account: str) -> frozenset[Outcome]:
    """The outcomes that are possible if nothing may allow on the side of a root user of another account (EVL-8)."""
    callers = [evaluated.view.principal for evaluated in layers.values()]
    if not any(caller.acts_as_root and caller.account != account for caller in callers):
        return frozenset()
    outcomes = {layer: evaluated.outcome() for layer, evaluated in layers.items()}
    silent = LayerOutcome(False, Grant.NONE, Grant.DIRECT)
    return combine({**outcomes, Layer.IDENTITY: silent}, table).possible
