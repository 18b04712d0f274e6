"""Values and conditions that can be left out, with what covers them, within a budget for each policy."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Policy
from execpolicy.analysis.unused_parts import PolicyFindings, unused_in_policy
from execpolicy.literals import PolicyKindName
from tests.analysis.alphabet import HERE
from tests.analysis.policy_pairs import Document
from tests.analysis.test_unused import ANN, CLERK, CLERK_ANN, ROOT, from_addresses, statement

GET, POST, ALL = (f"execute-api:/prod/{each}" for each in ("GET/*", "POST/*", "*"))
TAG = "aws:PrincipalTag/team"


def judged(*statements: Document, kind: PolicyKindName = "resource", **options: Any) -> PolicyFindings:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return unused_in_policy(Policy.parse(document, kind=kind), **options)


def found(*statements: Document, kind: PolicyKindName = "resource") -> list[tuple[str, str, list[str], list[int]]]:
    """The parts: what is proven, the text, the other parts that cover it, and the numbers of statements that do."""
    return [
        (
            each.kind.value,
            each.part.text.value,
            [cover.text.value for cover in each.covering],
            [cover.number for cover in each.statements],
        )
        for each in judged(*statements, kind=kind).parts
    ]


def test_a_value_is_covered_by_another_one() -> None:
    assert found(statement(Resource=[GET, ALL])) == [("redundant", GET, [ALL], [])]
    assert found(statement(Resource=[GET, POST])) == []
    assert found(statement(Action=["execute-api:Invoke", "execute-api:inv*"])) == [
        ("redundant", "execute-api:Invoke", ["execute-api:inv*"], [])
    ]


def test_the_fewest_values_that_cover_one_together_are_named() -> None:
    ranges = ["198.51.100.0/24", "203.0.113.0/25", "203.0.113.128/25", "203.0.113.0/24"]
    assert found(statement(Condition=from_addresses(*ranges))) == [
        ("redundant", ranges[1], [ranges[3]], []),
        ("redundant", ranges[2], [ranges[3]], []),
        ("redundant", ranges[3], [ranges[1], ranges[2]], []),
    ]


def test_a_value_of_what_is_excluded_is_covered_by_a_wider_one() -> None:
    narrow, wide = "203.0.113.0/25", "203.0.113.0/24"
    deny = statement("Deny", Condition=from_addresses(narrow, wide, operator="NotIpAddress"))
    assert found(deny) == [("redundant", narrow, [wide], [])]


def test_other_statements_decide_what_a_value_changes() -> None:
    assert (
        found(statement(Resource=[GET, POST]), statement(Resource=POST, Principal="*", Sid="Posts"))
        == [("redundant", POST, [], [1])]
        or judged(statement(Resource=[GET, POST]), statement(Resource=POST)).statements
    )
    both = statement(Resource=[GET, POST])
    assert found(both, statement("Deny", Resource=POST)) == [("redundant", POST, [], [1])]


@pytest.mark.rule("ANA-7")
def test_parts_of_a_statement_that_is_redundant_as_a_whole_are_not_judged() -> None:
    narrow = statement(Resource=[GET, f"{GET}x"])
    assert [each.kind.value for each in judged(narrow, statement()).statements] == ["redundant"]
    assert found(narrow, statement()) == []


@pytest.mark.rule("EVL-4")
@pytest.mark.parametrize(
    ("effect", "names", "expected"),
    [
        ("Allow", [CLERK, CLERK_ANN], []),
        ("Allow", [ANN, HERE], []),
        ("Allow", [HERE, "*"], [("redundant", HERE, ["*"], [])]),
        ("Allow", [ROOT, HERE], [("redundant", ROOT, [HERE], []), ("redundant", HERE, [ROOT], [])]),
        ("Deny", [CLERK, CLERK_ANN], [("redundant", CLERK_ANN, [CLERK], [])]),
        ("Deny", [ANN, HERE], [("redundant", ANN, [HERE], [])]),
    ],
)
def test_a_name_that_grants_more_than_the_others_is_needed(effect: str, names: list[str], expected: Any) -> None:
    assert found(statement(effect, Principal={"AWS": names})) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # Null knows no empty text, and StringLike does (CND-4).
        ({"StringLike": {TAG: "*"}}, []),
        ({"StringLike": {TAG: "?*"}}, [("present", TAG)]),
        ({"StringNotLike": {TAG: "?*"}}, [("absent", TAG)]),
        ({"StringNotLike": {TAG: "*"}}, []),
        ({"StringNotLike": {"aws:SourceVpce": "?*"}}, [("absent", "aws:SourceVpce")]),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}}, [("present", "aws:SourceIp")]),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, []),
        ({"StringLikeIfExists": {TAG: "*"}}, [("redundant", TAG)]),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "*"}}, [("redundant", "aws:PrincipalOrgPaths")]),
        ({"StringEquals": {TAG: "red"}, "Null": {TAG: "false"}}, [("redundant", TAG)]),
        ({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "*"}}, [("impossible", "aws:PrincipalOrgPaths")]),
        ({"StringEquals": {TAG: "${aws:username}"}}, []),
    ],
)
def test_conditions(condition: Document, expected: list[tuple[str, str]]) -> None:
    assert [each[:2] for each in found(statement(Condition=condition))] == expected


def test_elements_that_exclude_each_other_have_no_impossible_condition() -> None:
    teams = {"StringEquals": {TAG: "red"}, "StringLike": {TAG: "b*"}}
    assert [each.kind.value for each in judged(statement(Condition=teams)).statements] == ["contradictory"]
    assert found(statement(Condition=teams)) == []


def test_conditions_that_only_differ_because_of_other_statements_are_no_questions_of_presence() -> None:
    # Together both statements allow every caller with a team. Neither by itself only asks whether there is one.
    red, others = ({operator: {TAG: "red"}} for operator in ("StringEquals", "StringNotEquals"))
    both = [statement(Condition=red), statement(Condition={**others, "Null": {TAG: "false"}})]
    assert found(*both) == [("redundant", TAG, [], [0])]


@pytest.mark.rule("PRN-6")
def test_a_name_that_is_exempted_twice() -> None:
    deny = statement("Deny", NotPrincipal={"AWS": [CLERK, CLERK]})
    del deny["Principal"]
    assert found(deny) == [("redundant", CLERK, [CLERK], [])] * 2


def test_what_the_steps_are_not_enough_for_is_not_found() -> None:
    lists = statement(Resource=[GET, ALL]), statement(Resource=GET)
    assert judged(*lists, steps=1) == PolicyFindings()
    assert judged(*lists, steps=100_000).parts
    few = [judged(*lists, steps=steps) for steps in range(20, 800, 20)]
    assert ([1], 0) in [([each.statement.number for each in some.statements], len(some.parts)) for some in few]


def test_a_long_list_without_redundant_values_takes_few_steps() -> None:
    def steps(number: int) -> int:
        resources = [f"execute-api:/prod/GET/item{each}" for each in range(number)]
        taken = 0
        while not judged(statement(Resource=[*resources, GET]), steps=1 << taken).parts:
            taken += 1
        return 1 << taken

    assert steps(20) <= 1 << 17
    assert not judged(statement(Resource=[f"execute-api:/prod/GET/i{each}/x" for each in range(150)])).parts
