"""Whatever is declared equivalent is: each proof by example, and all of them against the engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from execpolicy import Policy, Request, RequestError, Target, authorize
from execpolicy.document.kinds import PolicyKind
from execpolicy.errors import Source
from execpolicy.literals import PolicyKindName
from execpolicy.testing.case_file.model import Case, Expectation
from execpolicy.testing.mutation.changes import changes
from execpolicy.testing.mutation.documents import SharedDocument, change_document, held_policies
from execpolicy.testing.mutation.equivalence import EquivalenceProver
from execpolicy.testing.mutation.mutant import EquivalenceProof
from execpolicy.testing.mutation.replaced_policies import ReplacedPolicies
from execpolicy.testing.mutation.versions import StatementCompiler
from tests.model.evaluator import World
from tests.properties.worlds import request_of, worlds

FEW = settings(max_examples=settings().max_examples // 12)
READS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": READS + "*", **elements}


def proofs(
    *statements: dict[str, Any], kind: PolicyKindName = "identity", version: str = "2012-10-17"
) -> dict[str, str]:
    """The equivalent mutants of the first statement: what is changed, and why it makes no difference."""
    policy = Policy.parse({"Version": version, "Statement": list(statements)}, kind=kind, name="p")
    owner, compiler = SharedDocument((policy,), ()), StatementCompiler([policy])
    found: dict[str, str] = {}
    for change in changes(policy):
        if change.statement.number == 0:
            made = change_document(owner, change.root, in_place=False)
            assert made is not None
            proven = EquivalenceProver().prove(compiler.versions(made.policies, 0))
            if proven is not None:
                found[change.words] = f"{proven.name}: {proven}"
    return found


DROPPED = "drop the statement"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (statement(), "contained: contained in Statement[1]"),
        (statement(Resource="*"), "contained: contained in Statement[1]"),
        (statement(Resource=["s3:x", READS + "*", "s3:y"]), "contained: contained in Statement[1]"),
        (statement(Action="EXECUTE-API:inv*"), "contained: contained in Statement[1]"),
        (statement(Resource="arn:aws:execute-api:*:111122223333:a1b2c3/*"), "contained: contained in Statement[1]"),
        (statement(Resource="arn:aws:execute-api:eu-west-1"), "contained: contained in Statement[1]"),
        (statement("Deny"), "contained: denied by Statement[1]"),
        (statement("Deny", Condition={"Bool": {"aws:SecureTransport": "true"}}), None),
        (statement(Resource=READS + "orders"), None),
        # In an Allow a wildcard inside the first five fields stays in its field (RES-2).
        (statement(Resource="arn:aws:execute-api:eu*3:a1b2c3/prod/GET/*"), None),
        (statement(Condition={"Bool": {"aws:SecureTransport": "true"}}), None),
        (statement(Condition={"ForAllValues:Null": {"aws:TagKeys": "true"}}), "contained: contained in Statement[1]"),
        (statement(Action="execute-api:ManageConnections"), None),
    ],
)
def test_a_statement_that_another_one_contains(other: dict[str, Any], expected: str | None) -> None:
    assert proofs(statement(), other).get(DROPPED) == expected


def test_a_statement_that_others_contain_together() -> None:
    both = statement(Resource=[READS + "orders", READS + "lists/7"])
    one, other = statement(Resource=READS + "orders"), statement(Resource=READS + "lists/*")
    assert proofs(both, one, other)[DROPPED] == "contained: contained in Statement[1] and Statement[2]"
    red, others = ({operator: {"aws:Referer": "red"}} for operator in ("StringEquals", "StringNotEquals"))
    found = proofs(statement(), statement(Condition=red), statement(Condition=others))
    assert found[DROPPED] == "contained: contained in Statement[1] and Statement[2]"
    found = proofs(statement(), statement(Condition=red), statement("Deny", Condition=others))
    assert found[DROPPED] == "contained: contained in Statement[1] or denied by Statement[2]"
    assert DROPPED not in proofs(both, one)
    assert proofs(both, one)[f'drop one of several resources: "{READS}orders"'] == (
        "contained: what it loses is contained in Statement[1]"
    )


def test_what_a_wider_statement_gains_may_be_there_already() -> None:
    found = proofs(statement(Resource=READS + "orders"), statement())
    assert found['widen the path of a resource: "orders" → "*"'] == (
        "contained: what it gains is contained in Statement[1]"
    )
    found = proofs(statement(Resource=[READS + "orders", READS + "*"]))
    assert found == {
        'widen the path of a resource: "orders" → "*"': "same_requests: it applies to the same requests",
        f'drop one of several resources: "{READS}orders"': "same_requests: it applies to the same requests",
    }


@pytest.mark.parametrize(
    "never",
    [
        {"Action": []},
        {"Resource": []},
        {"NotResource": "*"},
        {"NotAction": ["s3:*", "*"]},
        {"Resource": "execute-api:prod/GET/orders"},
        {"Condition": {"ForAnyValue:Null": {"aws:TagKeys": "false"}}},
        {"NotAction": []},
        {"NotResource": []},
        {"Condition": {}},
        {"Condition": {"Bool": {}}},
    ],
)
def test_a_statement_that_never_applies(never: dict[str, Any]) -> None:
    elements = statement()
    for name in never:
        elements.pop(name.removeprefix("Not"), None)
    assert proofs({**elements, **never})[DROPPED] == "never_applies: Statement[0] applies to no request"


@pytest.mark.rule("PRN-5")
def test_a_unique_id_may_name_a_caller() -> None:
    gone = statement(Principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, Resource="execute-api:/*")
    assert DROPPED not in proofs(gone, kind="resource")


HERE, ROLE_ID = "111122223333", "AROADBQP57FF2AEXAMPLE"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann"


@pytest.mark.parametrize(
    ("one", "other", "allow", "deny"),
    [
        (SESSION, "*", True, True),
        (f"arn:aws:sts::{HERE}:federated-user/Bob", "*", False, True),
        (SESSION, SESSION, True, True),
        (SESSION, f"arn:aws:iam::{HERE}:role/Clerk", False, True),
        (SESSION, HERE, False, True),
        (f"arn:aws:iam::{HERE}:role/staff/Clerk", f"arn:aws:iam::{HERE}:role/Clerk", True, True),
        (f"arn:aws:iam::{HERE}:role/Clerk", SESSION, False, False),
        (ROLE_ID, "*", True, True),
        (f"{ROLE_ID}:ann", ROLE_ID, False, True),
        (ROLE_ID, f"{ROLE_ID}:ann", False, False),
        (f"{ROLE_ID}:ann", f"{ROLE_ID}X", False, False),
        (ROLE_ID, HERE, False, False),
        (f"arn:aws:iam::{HERE}:user/Ann", f"arn:aws:iam::{HERE}:root", False, True),
        (f"arn:aws:iam::{HERE}:user/Ann", "444455556666", False, False),
        (f"arn:aws:iam::{HERE}:root", HERE, True, True),
        (HERE, f"arn:aws:iam::{HERE}:root", False, False),
        (HERE, f"arn:aws:iam::{HERE}:user/Ann", False, False),
    ],
)
def test_an_allow_must_be_as_strong(one: str, other: str, allow: bool, deny: bool) -> None:
    for effect, expected in (("Allow", allow), ("Deny", deny)):
        first, second = (statement(effect, Principal={"AWS": name}, Resource="execute-api:/*") for name in (one, other))
        assert (DROPPED in proofs(first, second, kind="resource")) is expected, effect


def test_the_longer_list_of_not_principal_denies_less() -> None:
    names = [HERE, f"arn:aws:iam::{HERE}:user/Ann"]
    longer, shorter = (
        statement("Deny", NotPrincipal={"AWS": listed}, Resource="execute-api:/*") for listed in (names, names[:1])
    )
    assert proofs(longer, shorter, kind="resource")[DROPPED] == "contained: contained in Statement[1]"
    assert DROPPED not in proofs(shorter, longer, kind="resource")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"StringEquals": {"aws:Referer": "a"}}, {"StringEquals": {"AWS:referer": ["b", "a"]}}),
        ({"StringEquals": {"aws:Referer": "abc"}}, {"StringLike": {"aws:Referer": "a*"}}),
        ({"StringEquals": {"aws:Referer": "ABC"}}, {"StringEqualsIgnoreCase": {"aws:Referer": "abc"}}),
        ({"StringLike": {"aws:Referer": "a*c"}}, {"StringLike": {"aws:Referer": "a*"}}),
        ({"StringEquals": {"aws:Referer": "a"}}, {"StringEqualsIfExists": {"aws:Referer": "a"}}),
        ({"StringNotEquals": {"aws:Referer": ["a", "b"]}}, {"StringNotEquals": {"aws:Referer": "b"}}),
        ({"StringNotLike": {"aws:Referer": "a*"}}, {"StringNotEquals": {"aws:Referer": "ab"}}),
        ({"StringNotEqualsIfExists": {"aws:Referer": "a"}}, {"StringNotEquals": {"aws:Referer": "a"}}),
        ({"ForAnyValue:StringLike": {"aws:TagKeys": "a"}}, {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": "a*"}}),
        ({"StringLike": {"aws:Referer": "${aws:username}"}}, {"StringLike": {"aws:Referer": ["${aws:username}", "x"]}}),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.8"}}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"NotIpAddress": {"aws:SourceIp": "203.0.113.8/31"}}),
        ({"IpAddress": {"aws:SourceIp": "2001:db8:1::/48"}}, {"IpAddress": {"aws:SourceIp": ["::/0", "10.0.0.0/8"]}}),
        ({"NumericLessThan": {"app:n": "5"}}, {"NumericLessThanEquals": {"app:n": "5.0"}}),
        ({"NumericLessThan": {"app:n": "5"}}, {"NumericLessThan": {"app:n": "6"}}),
        ({"NumericEquals": {"app:n": "5"}}, {"NumericGreaterThan": {"app:n": "4.9"}}),
        ({"NumericGreaterThanEquals": {"app:n": "5"}}, {"NumericGreaterThan": {"app:n": "4"}}),
        (
            {"DateGreaterThanEquals": {"aws:CurrentTime": "2026-02-01"}},
            {"DateGreaterThanEquals": {"aws:CurrentTime": "2026"}},
        ),
        ({"NumericNotEquals": {"app:n": ["5", "6"]}}, {"NumericNotEquals": {"app:n": "6.0"}}),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": ["False", "TRUE"]}}),
        ({"Null": {"aws:TagKeys": "true"}}, {"Null": {"aws:TagKeys": ["true", "false"]}}),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::a"}}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:a*"}}, {"ArnLike": {"aws:SourceArn": "arn:*:s3:*:*:*"}}),
        ({"BinaryEquals": {"app:b": "AQID"}}, {"BinaryEquals": {"app:b": ["AQ==", "AQID"]}}),
        ({"NumericEquals": {"app:n": ["five", "5"]}}, {"NumericEquals": {"app:n": "5"}}),
        ({"StringEquals": {"aws:Referer": "a"}}, {"StringNotEquals": {"aws:Referer": "b"}}),
        ({"NumericEquals": {"app:n": "5"}}, {"NumericNotEquals": {"app:n": "6"}}),
        ({"Null": {"aws:Referer": "true"}}, {"StringNotLike": {"aws:Referer": "a*"}}),
        ({"StringLike": {"aws:Referer": "a*"}}, {"Null": {"aws:Referer": "false"}}),
        ({"ForAnyValue:StringLike": {"aws:TagKeys": "a"}}, {"Null": {"aws:TagKeys": "false"}}),
    ],
)
def test_a_condition_that_implies_another(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert proofs(statement(Condition=one), statement(Condition=other))[DROPPED].startswith("contained: ")
    same = one == {"StringNotEqualsIfExists": {"aws:Referer": "a"}} or "five" in str(one)
    assert (DROPPED in proofs(statement(Condition=other), statement(Condition=one))) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"StringEquals": {"aws:Referer": "a"}}, {"StringEquals": {"aws:UserAgent": "a"}}),
        ({"StringNotEquals": {"aws:Referer": "b"}}, {"StringEquals": {"aws:Referer": "a"}}),
        ({"StringEquals": {"aws:Referer": "a*"}}, {"StringEquals": {"aws:Referer": "*"}}),
        ({"StringEqualsIgnoreCase": {"aws:Referer": "a"}}, {"StringEquals": {"aws:Referer": "a"}}),
        ({"StringEqualsIfExists": {"aws:Referer": "a"}}, {"StringEquals": {"aws:Referer": "a"}}),
        ({"StringLike": {"aws:Referer": "${aws:username}"}}, {"StringLike": {"aws:Referer": "*"}}),
        ({"ForAnyValue:StringLike": {"aws:TagKeys": "a"}}, {"ForAllValues:StringLike": {"aws:TagKeys": "a"}}),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.9"}}, {"IpAddress": {"aws:SourceIp": "::/0"}}),
        ({"NumericLessThanEquals": {"app:n": "5"}}, {"NumericLessThan": {"app:n": "5"}}),
        ({"NumericLessThan": {"app:n": "5"}}, {"NumericGreaterThan": {"app:n": "1"}}),
        ({"NumericEquals": {"app:n": "2026"}}, {"DateEquals": {"app:n": "2026"}}),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-02-01"}}, {"DateGreaterThan": {"aws:CurrentTime": "2026"}}),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::a*"}}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*b"}}),
        ({"ArnLike": {"aws:SourceArn": "arn:*:s3:::*"}}, {"ArnLike": {"aws:SourceArn": "*"}}),
        ({"StringEquals": {"aws:Referer": "a"}}, {"StringEquals": {"aws:Referer": []}}),
    ],
)
def test_a_condition_that_does_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert DROPPED not in proofs(statement(Condition=one), statement(Condition=other))


def test_a_variable_that_nobody_knows_leaves_any_resource_in_doubt() -> None:
    own = statement(Resource=READS + "${aws:username}")
    assert DROPPED not in proofs(own, statement())
    assert proofs(own, statement(Resource="*"))[DROPPED] == "contained: contained in Statement[1]"
    assert proofs(own, own)[DROPPED] == "contained: contained in Statement[1]"
    assert DROPPED in proofs(own, statement(), version="2008-10-17")


@pytest.mark.rule("POL-14")
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_a_variable_before_the_fifth_colon_stands_for_proves_nothing(effect: str) -> None:
    misplaced = statement(effect, Resource="arn:aws:execute-api:eu-west-1:${aws:PrincipalAccount}:*")
    assert DROPPED not in proofs(misplaced)
    assert DROPPED not in proofs(misplaced, statement(effect, Resource="arn:aws:execute-api:*"))
    assert DROPPED not in proofs(statement(effect, Resource=READS + "a"), statement(effect, Resource="${aws:username}"))
    assert proofs(misplaced, misplaced)[DROPPED] == "contained: contained in Statement[1]"


# What is declared, against the engine.


def policies_of(case: Case) -> list[Policy]:
    return list({id(policy): policy for policy in held_policies(case)}.values())


def case_of(world: World) -> Case:
    request, target = request_of(world)
    source = Source("cases.json", "{}")
    expected = Expectation("allow")
    return Case(name="a", request=request, target=target, expected=expected, source=source, span=source.span(0, 1))


def outcome(request: Request, target: Target) -> str:
    try:
        return authorize(request, target).outcome.value
    except RequestError as error:
        return f"refused by {error.rule}"


@FEW
@given(worlds())
def test_what_is_equivalent_decides_alike(world: World) -> None:
    case = case_of(world)
    assert case.request is not None
    before = outcome(case.request, case.target)
    prover = EquivalenceProver()
    for policy in policies_of(case):
        compiler = StatementCompiler([policy])
        for change in changes(policy):
            made = change_document(SharedDocument((policy,), ()), change.root, in_place=False)
            assert made is not None
            if prover.prove(compiler.versions(made.policies, change.statement.number)) is not None:
                other = ReplacedPolicies({id(policy): made.policies[0]}).item(case)
                assert isinstance(other, Case)
                assert other.request is not None
                after = outcome(other.request, other.target)
                # A proof speaks of requests of which every key is known.
                assert before == after or "indeterminate" in (before, after), change.words


def test_a_document_of_two_kinds_must_be_equivalent_in_both() -> None:
    document = {"Statement": [statement(Resource="execute-api:/*", Principal="*"), statement(Principal="*")]}
    policies = [Policy.parse(document, kind=kind, name="p") for kind in (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT)]
    compiler = StatementCompiler(policies)
    without = {"Statement": document["Statement"][1:]}
    mutants = [Policy.parse(without, kind=policy.kind, name="p") for policy in policies]
    # A short form means nothing in an endpoint's policy, so there it can go.
    assert EquivalenceProver().prove(compiler.versions(mutants, 0)) is None
    assert EquivalenceProver().prove(StatementCompiler(policies[1:]).versions(mutants[1:], 0)) == EquivalenceProof(
        "never_applies", "Statement[0] applies to no request"
    )
