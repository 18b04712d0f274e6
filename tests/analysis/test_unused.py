"""Statements that can be left out: each one that is found changes nothing, and each other one changes something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Policy, Target, UnusedKind, unused_statements
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.literals import PolicyKindName
from tests.analysis.alphabet import CALLERS, HERE, enumerated, small_world
from tests.analysis.brute_force import deciding_pair, differences, of_policies
from tests.analysis.policy_pairs import Document, document, words
from tests.examples import of_quick

UNUSED = settings(
    of_quick(150),
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large, HealthCheck.too_slow],
)
RANDOMS = st.randoms(use_true_random=False)
KINDS = ("resource", "resource", "identity", "vpc_endpoint", "scp", "boundary", "session")
EQUAL = (ComparisonVerdict.EQUAL, ComparisonVerdict.UNKNOWN)
ROOT, ANN = f"arn:aws:iam::{HERE}:root", f"arn:aws:iam::{HERE}:user/Ann"
CLERK, CLERK_ANN = f"arn:aws:iam::{HERE}:role/Clerk", f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"
NAMES = (ROOT, ANN, CLERK, CLERK_ANN)
#: A boundary that allows no call of an API: only an Allow that names the caller directly bypasses it (EVL-4).
SILENT = Policy.parse({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}, kind="boundary")


def parsed(given: Document, kind: PolicyKindName) -> Policy:
    return Policy.parse(given, kind=kind, name="p")


def without(given: Document, number: int) -> Document:
    """The document without the statement of a number."""
    return {**given, "Statement": [each for index, each in enumerate(given["Statement"]) if index != number]}


def statement(effect: str = "Allow", **elements: Any) -> Document:
    return {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", **elements}


def found(*statements: Document, kind: PolicyKindName = "resource") -> list[tuple[int, str, list[int]]]:
    """The findings of a policy: the number, the kind, and the numbers of what covers it."""
    policy = parsed({"Version": "2012-10-17", "Statement": list(statements)}, kind)
    return [
        (each.statement.number, each.kind.value, [cover.number for cover in each.covered_by])
        for each in unused_statements(policy)
    ]


def from_addresses(*ranges: str, operator: str = "IpAddress") -> Document:
    return {operator: {"aws:SourceIp": list(ranges)}}


@UNUSED
@given(RANDOMS, st.sampled_from(KINDS))
def test_what_is_found_can_be_left_out(random: Random, kind: PolicyKindName) -> None:
    shared = words(random, kind, rare=True)
    given = document(random, shared, least=2)
    policy = parsed(given, kind)
    requests = None
    for finding in unused_statements(policy):
        less = parsed(without(given, finding.statement.number), kind)
        assert compare(policy, less).verdict in EQUAL, finding.kind
        requests = requests or list(enumerated(small_world(random, shared.keys, shared.resources)))
        differs = of_policies(policy, less, requests)
        assert (differs.newly_allowed, differs.newly_denied) == ([], []), finding.kind


def callers_with_few_policies() -> Iterator[Caller]:
    """Callers of one account whose own policies allow nothing, with a boundary and without one."""
    for caller in CALLERS[:6]:
        yield caller
        if caller.principal.kind != "root":
            yield Caller(caller.principal, boundary=SILENT)


@pytest.mark.rule("EVL-4")
@UNUSED
@given(RANDOMS)
def test_what_is_found_in_a_resource_policy_grants_nothing_more(random: Random) -> None:
    # Statements that differ in hardly more than the names of principals, so that some cover others.
    shared = words(random, keys=("aws:SourceIp", "aws:UserAgent"))._replace(resources=("*",), principals=NAMES)
    given = document(random, shared, least=2)
    for each in given["Statement"]:
        if random.randrange(2):
            each.pop("Condition", None)
    policy = parsed(given, "resource")
    callers = list(callers_with_few_policies())
    for finding in unused_statements(policy):
        less = parsed(without(given, finding.statement.number), "resource")
        world = small_world(random, shared.keys, shared.resources, callers)
        asked = ((each, each) for each in enumerated(world))
        before, after = (deciding_pair(Target(resource=each)) for each in (policy, less))
        differs = differences(asked, before, after)
        assert (differs.newly_allowed, differs.newly_denied) == ([], []), finding.kind


@UNUSED
@given(RANDOMS, st.sampled_from(("identity", "vpc_endpoint", "scp", "resource")))
def test_what_is_not_found_cannot_be_left_out(random: Random, kind: PolicyKindName) -> None:
    # Names of principals differ in how strongly they grant, which compare does not see in a policy by itself.
    given = document(random, words(random, kind)._replace(principals=("*",)), least=2)
    policy = parsed(given, kind)
    numbers = {finding.statement.number for finding in unused_statements(policy)}
    for each in policy.statements:
        judged_alone = each.effect == "Allow" or (kind == "vpc_endpoint" and not has_not_principal(given))
        if each.number not in numbers and judged_alone:
            verdict = compare(policy, parsed(without(given, each.number), kind)).verdict
            assert verdict is not ComparisonVerdict.EQUAL, each.number


def has_not_principal(given: Document) -> bool:
    """Whether callers with a boundary are denied by a NotPrincipal which exempts others (PRN-6)."""
    return any("NotPrincipal" in each for each in given["Statement"])


def test_a_union_of_two_statements_covers_a_third() -> None:
    halves = [statement(Condition=from_addresses(each)) for each in ("203.0.113.0/25", "203.0.113.128/25")]
    whole = statement(Condition=from_addresses("203.0.113.0/24"))
    assert found(*halves, whole) == [(0, "redundant", [2]), (1, "redundant", [2]), (2, "redundant", [0, 1])]
    assert found(halves[0], whole) == [(0, "redundant", [1])]


def test_conditions_that_exclude_each_other() -> None:
    teams = {"StringEquals": {"aws:PrincipalTag/team": "red"}, "StringLike": {"aws:PrincipalTag/team": "b*"}}
    assert found(statement(Condition=teams), statement(Condition={"StringEquals": teams["StringEquals"]})) == [
        (0, "contradictory", [])
    ]


@pytest.mark.rule("ANA-7")
def test_a_deny_that_refuses_all_that_an_allow_allows() -> None:
    reads = statement(Resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/*")
    denied = statement("Deny", Resource="arn:aws:execute-api:*:*:*/prod/*")
    assert found(reads, denied) == [(0, "unreachable", [1])]
    # Contradictory is said before unreachable, and unreachable before redundant.
    assert found(reads, denied, statement())[0] == (0, "unreachable", [1])


@pytest.mark.parametrize(
    ("resources", "ranges", "expected"),
    [
        (("GET", "POST"), ("203.0.113.0/25", "203.0.113.128/25"), []),
        (("*", "*"), ("203.0.113.0/25", "203.0.113.128/25"), [(0, "redundant", [1, 2])]),
    ],
)
def test_a_union_in_two_dimensions_is_not_one_of_each(
    resources: Sequence[str], ranges: Sequence[str], expected: list[tuple[int, str, list[int]]]
) -> None:
    def of(method: str, addresses: Sequence[str]) -> Document:
        arn = f"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/{method}/orders"
        return statement(Resource=arn, Condition=from_addresses(*addresses))

    both = statement(
        Resource=[of(each, ())["Resource"] for each in ("GET", "POST")], Condition=from_addresses("203.0.113.0/24")
    )
    pieces = [of(method, [each]) for method, each in zip(resources, ranges, strict=True)]
    numbers = [each for each in found(both, *pieces) if each[0] == 0]
    assert numbers == expected


def test_identical_statements_are_both_redundant() -> None:
    assert found(statement(), statement()) == [(0, "redundant", [1]), (1, "redundant", [0])]
    denied = statement("Deny", Resource="arn:aws:execute-api:*:*:*/prod/*")
    assert found(statement(), denied, denied) == [(1, "redundant", [2]), (2, "redundant", [1])]


@pytest.mark.parametrize(
    ("kind", "expected"), [("vpc_endpoint", [(1, "no_effect", [])]), ("domain_name", [(1, "no_effect", [])])]
)
def test_a_deny_of_what_is_not_allowed(kind: PolicyKindName, expected: list[tuple[int, str, list[int]]]) -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    assert found(statement(Resource=f"{arn}/GET/*"), statement("Deny", Resource=f"{arn}/POST/*"), kind=kind) == expected
    assert found(statement(Resource=f"{arn}/GET/*"), statement("Deny", Resource=f"{arn}/*/x"), kind=kind) == []


def test_a_deny_counts_only_for_what_is_allowed() -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
    allow = statement(Resource=f"{arn}/prod/GET/*")
    deny = statement("Deny", Resource=f"{arn}/prod/GET/a*")
    wider = statement("Deny", Resource=[f"{arn}/prod/GET/a*", f"{arn}/prod/POST/a*"])
    assert found(allow, deny, wider, kind="vpc_endpoint") == [(1, "redundant", [2]), (2, "redundant", [1])]
    assert found(allow, deny, wider) == [(1, "redundant", [2])]


@pytest.mark.rule("EVL-2")
@pytest.mark.parametrize("kind", ["scp", "identity", "boundary", "session"])
def test_a_deny_counts_where_another_policy_may_allow(kind: PolicyKindName) -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    allow, deny = (
        {**statement(effect), "Resource": f"{arn}/{method}/*"}
        for effect, method in (("Allow", "GET"), ("Deny", "POST"))
    )
    for each in (allow, deny):
        del each["Principal"]
    assert found(allow, deny, kind=kind) == []


@pytest.mark.rule("EVL-4")
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((ANN, HERE), []),
        ((HERE, ANN), []),
        ((ROOT, HERE), [(0, "redundant", [1]), (1, "redundant", [0])]),
        ((CLERK, CLERK_ANN), []),
        ((CLERK_ANN, CLERK), []),
        ((CLERK, HERE), []),
        ((ANN, "*"), [(0, "redundant", [1])]),
        ((HERE, "*"), [(0, "redundant", [1])]),
        ((CLERK, "*"), [(0, "redundant", [1])]),
    ],
)
def test_an_allow_that_names_the_caller_more_strongly_is_needed(
    names: Sequence[str], expected: list[tuple[int, str, list[int]]]
) -> None:
    statements = [statement(Principal={"AWS": name}) for name in names]
    assert found(*statements) == expected
    # The strength decides nothing in the policy of an endpoint.
    assert found(*statements, kind="vpc_endpoint") != []


@pytest.mark.rule("EVL-4")
def test_the_names_of_two_statements_grant_as_the_strongest_of_them() -> None:
    named = statement(Principal={"AWS": [ANN, HERE]}, Condition=from_addresses("203.0.113.0/24"))
    assert found(named, statement(Principal={"AWS": ANN}), statement(Principal={"AWS": HERE})) == [
        (0, "redundant", [1, 2])
    ]
    assert found(named, statement(Principal={"AWS": HERE})) == []


@pytest.mark.rule("PRN-6")
def test_a_deny_that_exempts_everybody_applies_to_callers_with_a_boundary() -> None:
    deny = statement("Deny", NotPrincipal={"AWS": "*"})
    del deny["Principal"]
    assert found(statement(), deny) == []
    assert found(statement(), deny, statement("Deny"))[1] == (1, "redundant", [2])


def test_an_allow_whose_name_is_not_known_covers_only_its_like() -> None:
    # With a variable the requests that a statement applies to are not known, and equal statements are still equal.
    own = statement(Resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/${aws:username}")
    assert found(own, own) == [(0, "redundant", [1]), (1, "redundant", [0])]
    assert found(own, statement(Resource=f"{own['Resource']}/x")) == []


def test_the_findings_are_in_the_order_of_the_document_with_their_places() -> None:
    text = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"},
  {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/*"}]}"""
    (only,) = unused_statements(Policy.parse(text, kind="resource"))
    assert only.kind is UnusedKind.REDUNDANT
    assert only.span is not None
    assert (only.span.line, only.span.column) == (3, 3)


def test_too_few_steps_find_nothing() -> None:
    policy = parsed({"Version": "2012-10-17", "Statement": [statement(), statement()]}, "resource")
    assert unused_statements(policy, budget=1) == ()
