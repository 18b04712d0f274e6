"""The dimension of callers: what Principal, NotPrincipal and conditions on the caller tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Policy, Principal
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.caller import CallerBuilder, CallerDimension
from execpolicy.analysis.dimensions.dimension import NotComparableError, UniformSet, ValueExample
from execpolicy.analysis.values.field_sequence import FieldSequence
from execpolicy.document import unknown_value
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from tests.analysis.dimensions.caller_cases import PARTITIONS, caller_clauses, examples_of_callers, results
from tests.unknown_policies import policy_with_unknown


def dimension_of(
    clauses: list[Clause], *, partitions: Iterable[str] = PARTITIONS
) -> tuple[CallerDimension, list[Clause]]:
    """The dimension, and the clauses that it tells apart."""
    builder, known = CallerBuilder(partitions=partitions), []
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
            assert None not in results(clause, caller) or has_unknown(clause.values)


def has_unknown(values: Iterable[str]) -> bool:
    return any(map(unknown_value.has_unknown, values))


def assert_are_disjoint_and_together_all(parts: list[UniformSet], dimension: CallerDimension) -> None:
    found: Any = 0
    for part in parts:
        assert part.values
        assert not part.values & found
        found |= part.values
    assert found == dimension.full


def callers_where(dimension: CallerDimension, clause: Clause, *, kind: str) -> list[str]:
    """The ARNs of the examples of a kind for which a clause holds."""
    of_kind = dimension.of_kinds(kind)
    found = []
    for cell in range(dimension.full.bit_length()):
        if of_kind >> cell & 1:
            (example,) = dimension.examples(1 << cell)
            assert example.principal is not None
            found += [example.principal] if results(clause, example)[0] else []
    return [caller.role_arn if caller.kind == "session" else caller.arn for caller in found]


HERE, THERE = "111122223333", "444455556666"
CLERK = f"arn:aws:iam::{HERE}:role/staff/Clerk"


def session(arn_of_role: str, name: str = "ann") -> ValueExample:
    account, path_and_name = arn_of_role.split(":")[4], arn_of_role.partition(":role")[2]
    path, _, role = path_and_name.rpartition("/")
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    return ValueExample(principal=Principal.parse(arn, role_path=f"{path}/", unique_id="AROAEXAMPLEAROAEXAMPL"))


@pytest.mark.rule("PRN-4")
def test_a_role_is_named_whatever_its_path_and_its_arn_as_a_key_has_the_path() -> None:
    named, by_key = clauses_of({"Principal": {"AWS": CLERK}, "Condition": {"ArnEquals": {"aws:PrincipalArn": CLERK}}})
    dimension, _ = dimension_of([named, by_key])
    with_path, without = session(CLERK), session(f"arn:aws:iam::{HERE}:role/Clerk")
    assert dimension.containing(with_path) != dimension.containing(without)
    assert set(callers_where(dimension, named, kind="session")) == {CLERK, f"arn:aws:iam::{HERE}:role/Clerk"}
    assert callers_where(dimension, by_key, kind="session") == [CLERK]


@pytest.mark.rule("PRN-7")
def test_a_list_of_exempted_roles_counts_their_paths() -> None:
    listed = {"AWS": [CLERK, f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", HERE]}
    (clause,) = clauses_of({"Effect": "Deny", "NotPrincipal": listed})
    dimension, _ = dimension_of([clause])
    exempted = [part for part in dimension.parts(clause) if not results(clause, part.example)[0]]
    cells = [part.values for part in exempted if part.example.principal and part.example.principal.kind == "session"]
    assert cells == [dimension.containing(session(CLERK))]
    assert dimension.containing(session(f"arn:aws:iam::{HERE}:role/Clerk")) not in cells
    assert dimension.containing(session(CLERK, "bob")) not in cells


@pytest.mark.rule("KEY-3")
def test_the_arn_of_a_session_is_no_value_of_principal_arn() -> None:
    arn = f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"
    (clause,) = clauses_of({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalArn": arn}}})[1:]
    dimension, _ = dimension_of([clause])
    for kind in ("session", "user", "root", "federated-user", "anonymous"):
        assert callers_where(dimension, clause, kind=kind) == []


def test_a_wildcard_within_the_account_of_an_arn_is_more_than_the_account() -> None:
    _, by_arn, by_account = clauses_of(
        {
            "Principal": "*",
            "Condition": {
                "StringLike": {"aws:PrincipalArn": "arn:aws:iam::1111*"},
                "StringEquals": {"aws:PrincipalAccount": HERE},
            },
        }
    )
    dimension, _ = dimension_of([by_arn, by_account], partitions=[])
    assert callers_where(dimension, by_account, kind="root") == [f"arn:aws:iam::{HERE}:root"]
    wider = callers_where(dimension, by_arn, kind="root")
    assert len(wider) == 2
    assert f"arn:aws:iam::{HERE}:root" in wider


@pytest.mark.rule("EVL-4")
def test_parts_distinguish_how_strongly_an_element_names_the_caller() -> None:
    names = [THERE, f"arn:aws:iam::{HERE}:role/Clerk", f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"]
    (clause,) = clauses_of({"Principal": {"AWS": names}})
    dimension, _ = dimension_of([clause])
    grants: dict[object, Any] = {}
    for part in dimension.parts(clause):
        if part.example.principal is not None and part.example.principal.kind == "session":
            grant = results(clause, part.example)[-1]
            grants[grant] = part.values | grants.get(grant, 0)
    direct, by_role, by_account, not_at_all = (grants[each, each] for each in (3, 2, 1, 0))
    assert direct == dimension.containing(session(f"arn:aws:iam::{HERE}:role/Clerk"))
    assert by_role == dimension.containing(session(f"arn:aws:iam::{HERE}:role/Clerk", "bob"))
    assert by_account & dimension.containing(session(f"arn:aws:iam::{THERE}:role/Other"))
    assert not_at_all & dimension.containing(session(f"arn:aws:iam::{HERE}:role/Other"))


def test_examples_begin_with_what_needs_the_fewest_keys_and_what_policies_name() -> None:
    names = [f"arn:aws:iam::{THERE}:user/Zoe", f"arn:aws:iam::{HERE}:role/Clerk"]
    (clause,) = clauses_of({"Principal": {"AWS": names}})
    dimension, _ = dimension_of([clause])
    found = [each.principal.arn for each in dimension.examples(dimension.full) if each.principal is not None]
    assert found[:3] == ["anonymous", f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", f"arn:aws:iam::{THERE}:user/Zoe"]
    assert len(found) == dimension.full.bit_count()
    assert next(dimension.examples(dimension.of_kinds("service"))).principal == Principal.service(
        "states.amazonaws.com"
    )


def test_callers_of_given_accounts_are_distinguished() -> None:
    dimension = CallerBuilder(accounts=[HERE]).build(Budget())
    here, there = session(f"arn:aws:iam::{HERE}:role/Clerk"), session(f"arn:aws:iam::{THERE}:role/Clerk")
    assert dimension.containing(here) != dimension.containing(there)
    assert dimension.containing(there) == dimension.containing(session("arn:aws:iam::999900001111:role/Clerk"))
    root = ValueExample(principal=Principal.parse(f"arn:aws:iam::{HERE}:root"))
    assert dimension.containing(root) & dimension.of_kinds("root", "user")
    everybody: Any = 0
    for part in dimension.alike_to_context_keys():
        everybody |= part.values
    assert everybody == dimension.full


def test_a_role_without_a_session_is_no_caller_of_all() -> None:
    dimension, _ = dimension_of([])
    role = Principal.parse(f"arn:aws:iam::{HERE}:role/Clerk")
    with pytest.raises(LookupError, match="is not among the callers"):
        dimension.containing(ValueExample(principal=role))


def test_a_caller_with_a_name_that_none_has_is_no_caller_of_all() -> None:
    (clause,) = clauses_of({"Principal": "*", "Condition": {"StringLike": {"aws:username": "é*"}}})[1:]
    dimension, _ = dimension_of([clause])
    with pytest.raises(LookupError, match="is not among the callers"):
        dimension.containing(
            ValueExample(principal=Principal("user", partition="aws", account=HERE, name="é?", path="-"))
        )


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"StringEquals": {"aws:username": "${aws:PrincipalTag/team}"}}, "depends on other keys"),
        ({"NumericLessThan": {"aws:PrincipalAccount": "111122223334"}}, "in too many ways"),
        ({"DateEquals": {"aws:userid": "2026-01-01"}}, "in too many ways"),
        ({"NumericEquals": {"aws:username": "7"}}, "in too many ways"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "does not test the caller"),
    ],
)
def test_what_callers_cannot_be_divided_by_is_refused(condition: dict[str, object], reason: str) -> None:
    (clause,) = clauses_of({"Principal": "*", "Condition": condition})[1:]
    with pytest.raises(NotComparableError, match=reason):
        CallerBuilder().add(clause)


@pytest.mark.parametrize(
    ("pattern", "partitions"),
    [
        ("arn:aws:iam::*", {"aws"}),
        ("arn:*:iam::*", {"aws"}),
        ("arn:aws-cn:*", {"aws", "aws-cn"}),
        ("arn:aws-cn:iam::111122223333:role/Clerk", {"aws", "aws-cn"}),
        ("arn:aws-*:iam::*", {"aws", "aws-cn", "aws-us-gov"}),
        ("arn:aws*:iam::*", {"aws", "aws-cn", "aws-us-gov"}),
        ("arn:aws-iso:iam::*:role/x", {"aws", "aws-iso"}),
        ("*:aws-us-gov:*", {"aws", "aws-us-gov"}),
        ("*", {"aws"}),
    ],
)
def test_callers_are_in_the_partitions_that_policies_name(pattern: str, partitions: set[str]) -> None:
    (clause,) = clauses_of({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalArn": pattern}}})[1:]
    dimension, _ = dimension_of([clause], partitions=[])
    texts = {word for cells in dimension.cells for group in cells.groups for word in _partitions_of(group)}
    assert texts == partitions


def _partitions_of(group: FieldSequence) -> Iterable[str]:
    return [word for field in group.fields if field.name == "partition" for word in field.words]


@pytest.mark.rule("SRC-10")
def test_a_name_that_is_not_known_is_refused() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "<<role>>"}, "Action": "*", "Resource": "*"}
    policy = policy_with_unknown({"Version": "2012-10-17", "Statement": statement})
    (compiled,) = compile_policy(policy, ClauseTable()).statements
    with pytest.raises(NotComparableError, match="a name of its principals is not known"):
        CallerBuilder().add(compiled.occurrences[0].clause)


@pytest.mark.rule("SRC-10")
def test_a_value_that_is_not_known_distinguishes_the_callers_that_it_may_match() -> None:
    value = f"arn:aws:iam::{HERE}:role/<<name>>"
    condition = {"StringEquals": {"aws:PrincipalArn": [value, f"arn:aws:iam::{HERE}:user/Ann"]}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    policy = policy_with_unknown({"Version": "2012-10-17", "Statement": statement})
    (compiled,) = compile_policy(policy, ClauseTable()).statements
    clause = compiled.occurrences[-1].clause
    dimension, _ = dimension_of([clause], partitions=[])
    callers = [part.example for part in dimension.parts(clause) if not part.example.keys]  # a service may have any ARN
    found = {results(clause, each)[0]: each.principal for each in callers}
    assert set(found) == {True, False, None}
    assert found[None] is not None
    assert found[True] == Principal.parse(f"arn:aws:iam::{HERE}:user/Ann", unique_id="AIDAEXAMPLEAIDAEXAMPL")


@pytest.mark.parametrize(
    ("condition", "kind", "arns"),
    [
        ({"NumericEquals": {"aws:PrincipalAccount": HERE}}, "root", [f"arn:aws:iam::{HERE}:root"]),
        ({"NumericEquals": {"aws:PrincipalAccount": ["7", "x", "0.5"]}}, "root", []),
        ({"NumericEquals": {"aws:userid": HERE}}, "root", [f"arn:aws:iam::{HERE}:root"]),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam"}}, "root", []),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:root"}}, "root", []),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1234:root"}}, "root", []),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HERE}:ro?t"}}, "root", [f"arn:aws:iam::{HERE}:root"]),
        ({"Bool": {"aws:username": ["true", "7"]}}, "user", [f"arn:aws:iam::{HERE}:user/true"]),
        ({"StringEquals": {"aws:username": ["Zoe", ""]}}, "user", [f"arn:aws:iam::{HERE}:user/Zoe"]),
        ({"StringEquals": {"aws:PrincipalServiceName": "x.amazonaws.com"}}, "service", ["x.amazonaws.com"]),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, "user", []),
    ],
)
def test_conditions_on_keys_hold_for_the_callers_with_such_a_value(
    condition: dict[str, object], kind: str, arns: list[str]
) -> None:
    (clause,) = clauses_of({"Principal": "*", "Condition": condition})[1:]
    dimension, _ = dimension_of([clause], partitions=[])
    assert callers_where(dimension, clause, kind=kind) == arns


@pytest.mark.rule("SRC-10")
def test_a_number_that_is_not_known_is_refused() -> None:
    condition = {"NumericEquals": {"aws:PrincipalAccount": "<<account>>"}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    policy = policy_with_unknown({"Version": "2012-10-17", "Statement": statement})
    (compiled,) = compile_policy(policy, ClauseTable()).statements
    with pytest.raises(NotComparableError, match="is not known"):
        CallerBuilder().add(compiled.occurrences[-1].clause)
