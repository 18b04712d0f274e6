"""A statement as several ones, so that a value with variables stands in a clause of its own.

A clause that compares with ``${aws:username}`` and with other texts is the alternative of two clauses, and one that is
negated is both of them. The dimensions divide the requests by the clause of the other texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.one_value import has_one_value
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.context_keys import DOUBTFUL_KEYS

if TYPE_CHECKING:
    from execpolicy.document.model import Condition
    from execpolicy.engine.clause import Clause
    from execpolicy.language.condition import ConditionTest

#: A statement with more parts is not divided.
MAX_PARTS = 64


class ClauseParts(NamedTuple):
    """The clauses that a clause is made of: one of them holds where it holds, or with ``all_hold`` all of them."""

    clauses: tuple[Clause, ...]
    all_hold: bool = False


def parts_of(compiled: CompiledStatement) -> tuple[CompiledStatement, ...]:
    """Statements that together apply to the same requests, each with the values with variables in clauses of their own.

    A statement without such values beside others is its only part.
    """
    found = [_parts_of_clause(compiled, occurrence.clause) for occurrence in compiled.occurrences]
    number = prod(1 if each.all_hold else len(each.clauses) for each in found)
    if number > MAX_PARTS or all(len(each.clauses) == 1 for each in found):
        return (compiled,)
    ways = product(*([each.clauses] if each.all_hold else [(one,) for one in each.clauses] for each in found))
    return tuple(compiled._replace(occurrences=_occurrences(compiled, way)) for way in ways)


def _occurrences(compiled: CompiledStatement, way: Iterable[tuple[Clause, ...]]) -> tuple[Occurrence, ...]:
    pairs = zip(compiled.occurrences, way, strict=True)
    return tuple(occurrence._replace(clause=clause) for occurrence, clauses in pairs for clause in clauses)


def _parts_of_clause(compiled: CompiledStatement, clause: Clause) -> ClauseParts:
    if isinstance(clause, ResourceClause):
        return _parts_of_resource(compiled, clause)
    if isinstance(clause, ConditionClause) and _can_be_divided(clause.condition):
        return _parts_of_condition(compiled, clause)
    return ClauseParts((clause,))


def _parts_of_resource(compiled: CompiledStatement, clause: ResourceClause) -> ClauseParts:
    """The clauses of the entries: one that excludes applies if each of its entries excludes the resource (VAR-5)."""
    groups = _groups(entry.fixed is None or entry.misplaced for entry in clause.entries)
    if len(groups) < 2:
        return ClauseParts((clause,))
    element = compiled.statement.resource
    policy, effect = compiled.policy, compiled.statement.effect
    clauses = (
        ResourceClause(
            element.with_values_at(group),
            effect=effect,
            kind=policy.kind,
            version=policy.version,
        )
        for group in groups
    )
    return ClauseParts(tuple(clauses), all_hold=clause.negated)


def _can_be_divided(condition: ConditionTest) -> bool:
    """Whether a condition holds if one of its values holds by itself, or if all do."""
    if condition.is_null or condition.key in DOUBTFUL_KEYS:
        return False
    if not condition.operator.negated:
        return condition.name.quantifier != "ForAllValues"
    if condition.name.quantifier:
        return condition.name.quantifier == "ForAllValues"
    return has_one_value(condition.key)


def _parts_of_condition(compiled: CompiledStatement, clause: ConditionClause) -> ClauseParts:
    groups = _groups(text.tokens is None for text in clause.condition.texts)
    if len(groups) < 2:
        return ClauseParts((clause,))
    policy, statement = compiled.policy, compiled.statement
    clauses = (
        ConditionClause(
            _model_of(compiled, clause).with_values_at(group),
            version=policy.version,
            effect=statement.effect,
            of_rcp=policy.kind is PolicyKind.RCP,
            source=policy.source,
        )
        for group in groups
    )
    return ClauseParts(tuple(clauses), all_hold=clause.condition.operator.negated)


def _model_of(compiled: CompiledStatement, clause: ConditionClause) -> Condition:
    """The condition of the document that a clause was made from."""
    clauses = (each.clause for each in compiled.occurrences if isinstance(each.clause, ConditionClause))
    return next(model for model, each in zip(compiled.statement.conditions, clauses, strict=True) if each is clause)


def _groups(alone: Iterable[bool]) -> list[tuple[int, ...]]:
    """The indices of values: those that are the same for every request together, and each other one alone."""
    together: list[int] = []
    others: list[tuple[int, ...]] = []
    for index, is_alone in enumerate(alone):
        if is_alone:
            others.append((index,))
        else:
            together.append(index)
    return [*([tuple(together)] if together else []), *others]
