"""The dimension of callers: what Principal, NotPrincipal and conditions on the caller tell apart."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Policy
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.caller import CallerBuilder, CallerDimension
from execpolicy.analysis.dimensions.dimension import NotComparableError, UniformSet, ValueExample
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from tests.analysis.dimensions.caller_cases import PARTITIONS, caller_clauses, examples_of_callers, results


def dimension_of(clauses: list[Clause]) -> tuple[CallerDimension, list[Clause]]:
    """The dimension, and the clauses that it tells apart."""
    builder, known = CallerBuilder(partitions=PARTITIONS), []
    for clause in clauses:
        try:
            builder.add(clause)
        except NotComparableError:
            continue
        known.append(clause)
    return builder.build(Budget()), known


def clauses_of(*statements: dict[str, object]) -> list[Clause]:
    whole = [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", **each} for each in statements]
    compiled = compile_policy(
        Policy.parse({"Version": "2012-10-17", "Statement": whole}, kind="resource"), ClauseTable()
    )
    found = [each.clause for statement in compiled.statements for each in statement.occurrences]
    return [clause for clause in found if clause.element in ("Principal", "NotPrincipal", "Condition")]


@given(caller_clauses(), st.lists(examples_of_callers(), min_size=1, max_size=8))
def test_every_caller_is_in_one_part_of_each_clause_which_has_its_result_there(
    clauses: list[Clause], some: list[ValueExample]
) -> None:
    dimension, known = dimension_of(clauses)
    for cell in range(dimension.full.bit_length()):
        (example,) = dimension.examples(1 << cell)
        assert dimension.containing(example) == 1 << cell
    for clause in known:
        parts = list(dimension.parts(clause))
        assert_are_disjoint_and_together_all(parts, dimension)
        for caller in some:
            cell = dimension.containing(caller)
            (part,) = [part for part in parts if part.values & cell]
            assert results(clause, caller) == results(clause, part.example)
            assert None not in results(clause, caller)


def assert_are_disjoint_and_together_all(parts: list[UniformSet], dimension: CallerDimension) -> None:
    found: Any = 0
    for part in parts:
        assert part.values
        assert not part.values & found
        found |= part.values
    assert found == dimension.full
