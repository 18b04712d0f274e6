"""How the values of a context key are divided: by its type, and by the operators of the conditions on it."""

from __future__ import annotations

import pytest

from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.dimensions.dimension import NotComparableError, ValueExample
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from tests.analysis.dimensions.divided import Written, assert_divided, clauses_of, dimension_for
from tests.unknown_policies import policy_with_unknown


def values_of(key: str, *written: Written) -> list[tuple[str, ...]]:
    """The values of the examples of all values of a key, the best first."""
    dimension, _ = dimension_for(key, clauses_of(written))
    return [next(iter(example.keys.values())) for example in dimension.examples(dimension.full)]


def test_addresses_for_documentation_are_the_first_examples() -> None:
    inside = Written("IpAddress", "aws:SourceIp", "198.51.100.0/24", "Allow")
    assert values_of("aws:SourceIp", inside)[:4] == [(), ("198.51.100.1",), ("203.0.113.1",), ("1.0.0.1",)]


def test_private_addresses_are_the_first_examples_behind_an_endpoint() -> None:
    inside = Written("IpAddress", "aws:VpcSourceIp", "10.0.0.0/24", "Allow")
    assert values_of("aws:VpcSourceIp", inside)[:3] == [(), ("10.0.0.1",), ("10.0.1.1",)]


@pytest.mark.rule("KEY-8")
def test_a_private_address_is_no_value_of_source_ip() -> None:
    (clause,) = clauses_of([Written("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "::ffff:10.0.0.0/104"], "Allow")])
    dimension, _ = dimension_for("aws:SourceIp", [clause])
    assert len(list(dimension.parts(clause))) == 2, "absent, and every address"


def test_numbers_between_two_neighbours_have_an_example() -> None:
    bounds = [Written("NumericLessThan", "aws:MultiFactorAuthAge", str(2**53 + step), "Allow") for step in (0, 1)]
    assert values_of("aws:MultiFactorAuthAge", *bounds) == [
        (),
        ("0",),
        ("9007199254740992",),
        ("9007199254740993",),
        ("9007199254740994",),
        ("9007199254740992.5",),
    ]


@pytest.mark.rule("CND-15")
def test_texts_that_are_no_number_are_a_part_of_their_own() -> None:
    tag = "aws:PrincipalTag/level"
    assert values_of(tag, Written("NumericEquals", tag, "5", "Allow")) == [
        (),
        ("0",),
        ("5",),
        ("6",),
        ("other-text",),
        ("",),
    ]
    named = [Written("StringEquals", tag, ["5", "high"], "Allow"), Written("NumericEquals", tag, "5", "Allow")]
    assert values_of(tag, *named)[:3] == [(), ("5",), ("high",)]
    assert ("5.0",) in values_of(tag, *named)


def test_the_text_that_is_no_number_is_none_that_a_condition_names() -> None:
    tag = "aws:PrincipalTag/level"
    named = ["other-text", "other-text-2", "other-text-3"]
    written = [Written("StringEquals", tag, named, "Allow"), Written("NumericEquals", tag, "5", "Allow")]
    found = values_of(tag, *written, Written("NumericLessThan", tag, "3", "Allow"))
    assert ("other-text-2-other-text",) in found


def test_every_request_says_whether_its_transport_is_secure() -> None:
    secure = Written("Bool", "aws:SecureTransport", "false", "Deny")
    assert values_of("aws:SecureTransport", secure) == [("true",), ("false",)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            Written("ArnLike", "aws:TokenIssueTime", "arn:*:*:*:*:*", "Allow"),
            "aws:TokenIssueTime: its values are divided by dates, which ArnLike does not compare",
        ),
        (
            Written("NumericLessThan", "aws:TokenIssueTime", "5", "Allow"),
            "aws:TokenIssueTime: its values are divided by dates, which NumericLessThan does not compare",
        ),
        (
            Written("StringEquals", "aws:PrincipalTag/team", "${aws:username}", "Allow"),
            "a condition on aws:PrincipalTag/team has values with ${aws:username}",
        ),
    ],
)
def test_a_condition_that_is_not_comparable_says_why(written: Written, reason: str) -> None:
    (clause,) = clauses_of([written])
    builder = builder_for_key(written.key.lower(), [clause])
    with pytest.raises(NotComparableError) as refused:
        builder.add(clause)
    assert refused.value.reason == reason
    assert refused.value.clause is clause


def test_the_conditions_that_read_values_otherwise_than_most_are_refused() -> None:
    tag = "aws:PrincipalTag/level"
    *numbers, like = clauses_of(
        [
            Written("NumericLessThan", tag, "5", "Allow"),
            Written("NumericGreaterThan", tag, "3", "Allow"),
            Written("StringLike", tag, "a*", "Allow"),
        ]
    )
    builder = builder_for_key(tag.lower(), [*numbers, like])
    for clause in numbers:
        builder.add(clause)
    with pytest.raises(NotComparableError) as refused:
        builder.add(like)
    assert refused.value.reason == (
        "aws:PrincipalTag/level: its values are divided by numbers, which StringLike does not compare"
    )
    assert builder_for_key(tag.lower(), [like, numbers[0]]).build(Budget()).full


@pytest.mark.rule("SRC-10")
def test_an_unknown_value_is_not_comparable() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceVpce": "<<Endpoint>>"}},
        },
    }
    (statement,) = compile_policy(policy_with_unknown(document), ClauseTable()).statements
    clause = statement.occurrences[-1].clause
    with pytest.raises(NotComparableError) as refused:
        builder_for_key("aws:sourcevpce", [clause]).add(clause)
    assert refused.value.reason == "a condition on aws:SourceVpce has the unknown value the parameter Endpoint"


def test_patterns_of_addresses_divide_addresses_as_texts() -> None:
    written = Written("StringLike", "aws:SourceIp", ["203.0.113.*", "2001:db8:*"], "Allow")
    dimension, (clause,) = dimension_for("aws:SourceIp", clauses_of([written]))
    assert [part.example.keys["aws:sourceip"] for part in dimension.parts(clause)] == [
        (),
        ("203.0.113.1",),
        ("198.51.100.1",),
    ]
    for text in ("203.0.113.255", "::ffff:203.0.113.9", "2001:DB8::1", "2001:db8::1", "198.51.100.7"):
        assert_divided(dimension, [clause], ValueExample(keys={"aws:sourceip": (text,)}))


def cells(key: str, values: list[str], operator: str) -> int:
    """The cells that conditions with one value each need."""
    clauses = clauses_of([Written(operator, key, value, "Allow") for value in values])
    builder = builder_for_key(key.lower(), clauses)
    for clause in clauses:
        builder.add(clause)
    budget = Budget()
    builder.build(budget)
    return budget.taken


def test_the_cells_grow_with_the_number_of_ranges_and_values() -> None:
    ranges = [f"203.{each // 200}.{each % 200}.0/25" for each in range(400)]
    assert cells("aws:VpcSourceIp", ranges, "IpAddress") == 801
    numbers = [str(each) for each in range(400)]
    assert cells("aws:MultiFactorAuthAge", numbers, "NumericLessThan") == 801
    assert cells("aws:TokenIssueTime", [f"1767{each:06}" for each in range(400)], "DateGreaterThan") == 802


@pytest.mark.parametrize(
    ("key", "operator", "value"),
    [
        ("aws:SourceIp", "IpAddress", "203.0.{}.0/25"),
        ("aws:MultiFactorAuthAge", "NumericLessThan", "{}"),
        ("aws:EpochTime", "DateLessThan", "1767225{:03}"),
        ("aws:SourceVpce", "StringEquals", "vpce-{}"),
        ("aws:PrincipalOrgPaths", "ForAnyValue:StringLike", "o-1/r-{}/*"),
    ],
)
def test_a_condition_has_few_parts_however_many_others_there_are(key: str, operator: str, value: str) -> None:
    clauses = clauses_of([Written(operator, key, value.format(each), "Allow") for each in range(200)])
    dimension, taken = dimension_for(key, clauses)
    assert len(taken) == 200
    assert max(len(list(dimension.parts(clause))) for clause in taken) <= 6


def test_the_budget_limits_the_cells() -> None:
    clauses = clauses_of(
        [Written("NumericLessThan", "aws:MultiFactorAuthAge", str(each), "Allow") for each in range(9)]
    )
    builder = builder_for_key("aws:multifactorauthage", clauses)
    for clause in clauses:
        builder.add(clause)
    with pytest.raises(BudgetExceededError, match=r"^dividing the values of a context key$"):
        builder.build(Budget(18))
