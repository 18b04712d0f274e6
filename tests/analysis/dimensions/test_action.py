"""The dimension of the action."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Request, RequestError
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.action import ActionBuilder, ActionDimension
from execpolicy.analysis.dimensions.dimension import NotComparableError, ValueExample
from execpolicy.engine.clauses import ActionClause, ClauseTable
from execpolicy.engine.compile import compile_policy
from tests.analysis.dimensions.divided import assert_divided, assert_whole
from tests.engine.making import PETS, policy, stated
from tests.unknown_policies import policy_with_unknown

INVOKE, MANAGE, INVALIDATE = "execute-api:Invoke", "execute-api:ManageConnections", "execute-api:InvalidateCache"
ENTRIES = st.lists(
    st.sampled_from(
        [
            *("*", "execute-api:*", "execute-api:Inv*", "execute-api:?nvoke", "EXECUTE-API:invoke", "execute-api:*e"),
            *("s3:*", "s3:Get*", "s3:GetObject", "execute-apis:Invoke", "a-b:*1*", MANAGE, INVALIDATE, INVOKE),
        ]
    ),
    max_size=3,
)
WRITTEN = st.lists(st.tuples(st.sampled_from(["Action", "NotAction"]), st.sampled_from(["Allow", "Deny"]), ENTRIES))
ACTIONS = st.one_of(
    st.sampled_from(
        [INVOKE, MANAGE, INVALIDATE, "execute-api:invoke1", "execute-api:x", "S3:getObjects", "s3:PutObject"]
    ),
    st.from_regex("[A-Za-z0-9-]{1,3}:[A-Za-z0-9]{1,3}", fullmatch=True),
    st.text("ab1-:*\N{KELVIN SIGN}", max_size=5),
)


def clauses_of(written: Iterable[tuple[str, str, list[str]]]) -> list[ActionClause]:
    statements = [stated(effect, **{name: entries}) for name, effect, entries in written]
    compiled = compile_policy(policy(*statements), ClauseTable())
    found = dict.fromkeys(occurrence.clause for each in compiled.statements for occurrence in each.occurrences)
    return [clause for clause in found if isinstance(clause, ActionClause)]


def built(clauses: Iterable[ActionClause], *, any_service: bool = False) -> ActionDimension:
    builder = ActionBuilder(any_service=any_service)
    for clause in clauses:
        builder.add(clause)
    return builder.build(Budget())


@given(WRITTEN, ACTIONS, st.booleans())
@pytest.mark.rule("ACT-1", "ACT-3")
def test_an_action_is_in_one_part_of_each_clause(
    written: list[tuple[str, str, list[str]]], action: str, any_service: bool
) -> None:
    clauses = clauses_of(written)
    dimension = built(clauses, any_service=any_service)
    assert_whole(dimension, clauses)
    try:
        Request(caller="anonymous", action=action, resource=PETS)
    except RequestError:
        possible = False
    else:
        possible = any_service or action.lower().startswith("execute-api:")
    if possible:
        assert_divided(dimension, clauses, ValueExample(action=action))
    else:
        assert not dimension.containing(ValueExample(action=action))


@pytest.mark.rule("ACT-1")
def test_an_action_with_another_letter_of_the_same_lower_case_is_none() -> None:
    for dimension in (built([]), built([], any_service=True)):
        assert dimension.containing(ValueExample(action="execute-api:invoke"))
        assert not dimension.containing(ValueExample(action="execute-api:invo\N{KELVIN SIGN}e"))


@pytest.mark.rule("ACT-2")
def test_the_actions_of_execute_api_are_always_told_apart() -> None:
    dimension = built([])
    cells = [dimension.containing(ValueExample(action=action)) for action in (INVOKE, MANAGE, INVALIDATE)]
    for place, cell in enumerate(cells):
        assert cell
        assert not any(cell & other for other in cells[:place])


def test_examples_are_spelled_as_aws_and_policies_spell_them() -> None:
    (everything, reading) = clauses_of([("Action", "Allow", ["*"]), ("Action", "Allow", ["s3:GetBucketAcl", "s3:*"])])
    dimension = built([everything, reading], any_service=True)
    found = [example.action for example in dimension.examples(dimension.full)]
    assert found[:3] == [INVOKE, MANAGE, INVALIDATE]
    assert [next(dimension.examples(part.values)).action for part in dimension.parts(reading)] == [
        "s3:GetBucketAcl",
        INVOKE,
    ]
    for action in found:
        assert action is not None
        Request(caller="anonymous", action=action, resource=PETS)


def test_actions_of_execute_api_are_a_set() -> None:
    dimension = built([], any_service=True)
    assert dimension.containing(ValueExample(action=INVOKE)) & dimension.of_execute_api
    assert not dimension.containing(ValueExample(action="s3:GetObject")) & dimension.of_execute_api
    assert not built([]).full & ~built([]).of_execute_api


def test_unknown_actions_are_refused() -> None:
    document = {"Version": "2012-10-17", "Statement": stated(Principal="*", Action=["execute-api:<<Name>>", INVOKE])}
    compiled = compile_policy(policy_with_unknown(document), ClauseTable())
    clause = next(each.clause for each in compiled.statements[0].occurrences if isinstance(each.clause, ActionClause))
    with pytest.raises(NotComparableError, match="Action has the unknown value the parameter Name"):
        ActionBuilder().add(clause)
