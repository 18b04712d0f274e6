"""Whether a dimension tells apart what its clauses tell apart: the property that all of them have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from execpolicy import Context, Policy, Principal, RequestError
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    NotComparableError,
    ValueExample,
    changed_view,
)
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable, ConditionClause
from execpolicy.engine.compile import compile_policy
from execpolicy.engine.view import View
from execpolicy.language.key_values import KeyValues
from tests.engine.making import ACCOUNT, INVOKE, PETS, SESSION


class Written(NamedTuple):
    """A condition of a statement, as in a policy."""

    operator: str
    key: str
    values: Any
    effect: str


def clauses_of(conditions: Iterable[Written]) -> list[ConditionClause]:
    """The clauses of conditions, compiled from a policy with a statement for each."""
    statements = [
        {
            "Effect": each.effect,
            "Action": "*",
            "Resource": "*",
            "Condition": {each.operator: {each.key: each.values}},
        }
        for each in conditions
    ]
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="identity", name="policy")
    compiled = compile_policy(policy, ClauseTable())
    found = [occurrence.clause for statement in compiled.statements for occurrence in statement.occurrences]
    return [clause for clause in found if isinstance(clause, ConditionClause)]


def dimension_for(key: str, clauses: Sequence[ConditionClause]) -> tuple[Dimension, list[ConditionClause]]:
    """The dimension of a key, and the clauses that it can divide its values by."""
    builder = builder_for_key(key.lower(), clauses)
    taken = []
    for clause in clauses:
        try:
            builder.add(clause)
        except NotComparableError:
            continue
        taken.append(clause)
    return builder.build(Budget()), taken


def base_view() -> View:
    """The view of a request of a role session without a context, in which the tests set keys."""
    values = KeyValues(Principal.parse(SESSION), INVOKE, PETS, ACCOUNT, Context({}))
    return View(values, has_boundary=False)


def example_of(values: dict[str, Any], *derived: str) -> ValueExample | None:
    """The values of keys as a context has them, with some that follow from them; None if no context has them."""
    try:
        context = Context(values)
    except RequestError:
        return None
    found = {name.lower(): context.get(name) or () for name in values}
    known = KeyValues(Principal.parse(SESSION), INVOKE, PETS, ACCOUNT, context)
    for name in derived:
        other = known.values(name)
        if other is not None:
            found[name] = other
    return ValueExample(keys=found)


def holding(dimension: Dimension, clause: ConditionClause) -> Any:
    """The values for which a clause surely holds."""
    base = base_view()
    found: Any = dimension.full & ~dimension.full
    for part in dimension.parts(clause):
        if clause.test(changed_view(base, part.example)):
            found = found | part.values
    return found


def assert_divided(dimension: Dimension, clauses: Sequence[Clause], example: ValueExample) -> None:
    """Each clause has the same result for a value as for the example of the one part that the value is in."""
    base = base_view()
    smallest = dimension.containing(example)
    assert smallest, f"{dimension.name} lacks {example}"
    for clause in clauses:
        touched = [part for part in dimension.parts(clause) if part.values & smallest]
        assert len(touched) == 1, (clause, example)
        assert not smallest & ~touched[0].values, (clause, example)
        expected = clause.test(changed_view(base, example))
        assert clause.test(changed_view(base, touched[0].example)) is expected, (clause, example, touched[0].example)


def assert_accepted(dimension: Dimension) -> None:
    """A context accepts the values of every example, and has them as they are written."""
    for example in dimension.examples(dimension.full):
        context = Context({key: list(texts) for key, texts in example.keys.items()})
        assert {key: context.get(key) or () for key in example.keys} == example.keys


def assert_whole(dimension: Dimension, clauses: Sequence[Clause]) -> None:
    """The parts of each clause are disjoint, none is empty, and together they are all values; examples are in them."""
    for clause in clauses:
        left = dimension.full
        for part in dimension.parts(clause):
            assert part.values
            assert not part.values & ~left, "parts overlap"
            left = left & ~part.values
            examples = list(dimension.examples(part.values))
            assert examples
            for example in [part.example, *examples]:
                found = dimension.containing(example)
                assert found
                assert not found & ~part.values, (clause, example)
        assert not left, "a value is in no part"
