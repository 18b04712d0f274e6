"""The dimension of networks, and that of given callers."""

from __future__ import annotations

import pytest

from execpolicy import Policy, Principal, Request
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.dimension import NotComparableError, ValueExample, changed_view
from execpolicy.analysis.dimensions.given_callers import GivenCallersBuilder
from execpolicy.analysis.dimensions.network import DIRECT, ENDPOINT, FORWARDED, NetworkBuilder
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy

RESOURCE = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
ANN = Principal.parse("arn:aws:iam::111122223333:user/Ann", unique_id="AIDAEXAMPLEAIDAEXAMPL", tags={"team": "red"})
BOB = Principal.parse("arn:aws:iam::111122223333:user/Bob", unique_id="AIDAEXAMPLEAIDAEXAMPM", tags={})


def condition(operator: str, key: str, value: str) -> Clause:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": {**statement, "Condition": {operator: {key: value}}}}
    (compiled,) = compile_policy(Policy.parse(document, kind="resource"), ClauseTable()).statements
    return compiled.occurrences[-1].clause


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("Bool", "true", FORWARDED),
        ("Bool", "false", DIRECT | ENDPOINT),
        ("StringNotEquals", "true", DIRECT | ENDPOINT),
        ("Null", "false", DIRECT | ENDPOINT | FORWARDED),
        ("NumericEquals", "1", 0),
    ],
)
def test_the_service_forwards_a_call_where_via_aws_service_is_true(operator: str, value: str, holds: int) -> None:
    clause = condition(operator, "aws:ViaAWSService", value)
    builder = NetworkBuilder()
    builder.add(clause)
    dimension = builder.build(Budget())
    base = Request(caller=ANN, action="execute-api:Invoke", resource=RESOURCE).view()
    found = [part.values for part in dimension.parts(clause) if clause.test(changed_view(base, part.example))]
    assert sum(found) == holds  # type: ignore[arg-type]  # sets of this dimension are bits
    assert dimension.full == DIRECT | ENDPOINT | FORWARDED


@pytest.mark.parametrize(
    ("keys", "way"),
    [
        ({}, DIRECT),
        ({"aws:sourceip": ("203.0.113.9",)}, DIRECT),
        ({"aws:sourcevpce": ("vpce-1",)}, ENDPOINT),
        ({"aws:vpcsourceip": ("10.0.0.9",), "aws:sourcevpce": ()}, ENDPOINT),
        ({"aws:viaawsservice": ("true",)}, FORWARDED),
        ({"aws:viaawsservice": ("false",)}, DIRECT),
        ({"aws:calledvia": ("athena.amazonaws.com",)}, FORWARDED),
        ({"aws:calledvia": ()}, DIRECT),
        ({"aws:viaawsmcpservice": ("false",), "app:any": ("x",)}, DIRECT),
    ],
)
def test_the_keys_of_a_request_show_its_network(keys: dict[str, tuple[str, ...]], way: int) -> None:
    assert NetworkBuilder().build(Budget()).containing(ValueExample(keys=keys)) == way


def test_each_example_of_a_network_shows_it() -> None:
    dimension = NetworkBuilder().build(Budget())
    found = list(dimension.examples(dimension.full))
    assert [dimension.containing(each) for each in found] == [DIRECT, ENDPOINT, FORWARDED]
    assert found[0].keys == {}
    assert list(dimension.examples(FORWARDED)) == [ValueExample(keys={"aws:viaawsservice": ("true",)})]


@pytest.mark.parametrize("key", ["aws:SourceVpce", "aws:PrincipalArn"])
def test_other_keys_are_not_of_the_network(key: str) -> None:
    with pytest.raises(NotComparableError, match="how a call reaches the service"):
        NetworkBuilder().add(condition("StringEquals", key, "x"))


def test_the_network_does_not_compare_variables() -> None:
    with pytest.raises(NotComparableError, match="depends on other keys"):
        NetworkBuilder().add(condition("StringEquals", "aws:ViaAWSService", "${aws:PrincipalIsAWSService}"))


def test_given_callers_are_all_that_there_are() -> None:
    dimension = GivenCallersBuilder([ANN, BOB, ANN]).build(Budget())
    assert (dimension.full, dimension.absent) == (0b11, 0)
    assert [each.principal for each in dimension.examples(0b10)] == [BOB]
    assert dimension.containing(ValueExample(principal=BOB)) == 0b10
    with pytest.raises(LookupError, match="not one of those"):
        dimension.containing(ValueExample(principal=Principal.anonymous()))


def test_given_callers_have_one_result_each() -> None:
    builder = GivenCallersBuilder([ANN, BOB])
    clause = condition("StringLike", "aws:PrincipalArn", "*/${aws:username}")
    builder.add(clause)
    dimension = builder.build(Budget())
    base = Request(caller=Principal.anonymous(), action="s3:GetObject", resource=RESOURCE).view()
    parts = list(dimension.parts(clause))
    assert [part.values for part in parts] == [0b01, 0b10]
    assert all(clause.test(changed_view(base, part.example)) for part in parts)


def test_variables_of_given_callers_are_compared_where_the_callers_decide_them() -> None:
    by_tag = condition("StringEquals", "aws:username", "${aws:PrincipalTag/team}")
    GivenCallersBuilder([ANN, BOB]).add(by_tag)
    with pytest.raises(NotComparableError, match="depends on other keys"):
        GivenCallersBuilder([ANN, Principal.parse("arn:aws:iam::111122223333:user/Cleo")]).add(by_tag)
    with pytest.raises(NotComparableError, match="depends on other keys"):
        GivenCallersBuilder([ANN]).add(condition("StringEquals", "aws:username", "${aws:RequestedRegion}"))
