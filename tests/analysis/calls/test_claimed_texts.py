"""Claims with many alternatives, and with texts that a policy would read as variables or wildcards (INV-3, INV-5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.counted import calls_of
from execpolicy import Api, Caller, ExecPolicyError, Invariant, Policy, Principal, Request, Route, prove
from execpolicy.analysis.proof import ProofVerdict

ACCOUNT = "111122223333"
API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account=ACCOUNT,
    stages=["prod"],
    routes=[Route("GET", "/orders", auth="AWS_IAM")],
)
ORDERS = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3/prod/GET/orders"
EVERYTHING = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")


def callers(number: int) -> str:
    return f"only {', '.join(f'role/a{each}' for each in range(number))} may call GET /orders"


def sources(number: int) -> str:
    listed = " or ".join(f"198.51.{each // 256}.{each % 256}" for each in range(number))
    return f"every call to GET /orders comes from {listed}"


def paths(number: int) -> str:
    return f"nobody may call {', '.join(f'GET /a{each}' for each in range(number))}, GET /orders"


def values(number: int) -> str:
    return f"nobody may call GET /orders when aws:PrincipalTag/x in ({', '.join(f'v{each}' for each in range(number))})"


def key_tests(number: int) -> str:
    return f"nobody may call GET /orders when {' and '.join(f'aws:PrincipalTag/x{n} = v' for n in range(number))}"


@pytest.mark.rule("ANA-1")
@pytest.mark.parametrize("claim", [callers, sources, paths, values, key_tests])
def test_a_claim_with_twice_as_many_alternatives_takes_little_more_than_twice_the_work(
    claim: Callable[[int], str],
) -> None:
    few, many = (Invariant.parse(claim(number)) for number in (40, 80))
    prove(few, API)  # fills caches
    assert calls_of([lambda: prove(many, API)]) <= 2.6 * calls_of([lambda: prove(few, API)])


@pytest.mark.rule("ANA-1")
@pytest.mark.parametrize(("claim", "number"), [(sources, 2000), (paths, 1500), (key_tests, 1200), (callers, 600)])
def test_a_claim_with_many_alternatives_is_decided(claim: Callable[[int], str], number: int) -> None:
    assert prove(claim(number), API).verdict is ProofVerdict.REFUTED


def session(role_arn: str) -> Caller:
    path, _, name = role_arn.partition(":role")[2].rpartition("/")
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/ann"
    return Caller(Principal.parse(arn, role_path=f"{path}/", tags={"team": "blue"}), identity=EVERYTHING)


def of_caller(caller: Caller, **context: str) -> Request:
    return Request(caller=caller, action="execute-api:Invoke", resource=ORDERS, context=context)


ODD = f"arn:aws:iam::{ACCOUNT}:role/${{aws:username}}/$/Clerk"


@pytest.mark.rule("INV-3")
def test_a_path_with_a_variable_is_the_path_as_it_is_written() -> None:
    odd, other = session(ODD), session(f"arn:aws:iam::{ACCOUNT}:role/ann/$/Clerk")
    for text in (f"{ODD} may not call anything", f"role/${{aws:username}}/$/Clerk of {ACCOUNT} may not call anything"):
        claim = Invariant.parse(text)
        assert [claim.includes(of_caller(each)) for each in (odd, other)] == [True, False]
        assert prove(claim, API, callers=[odd]).verdict is ProofVerdict.REFUTED
        assert prove(claim, API, callers=[other]).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("INV-3")
@pytest.mark.parametrize("path", ["a*", "*", "te?m", "team/*"])
def test_a_path_of_a_role_has_no_wildcard(path: str) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        Invariant.parse(f"only role/{path}/Clerk may call anything")
    error = caught.value
    assert error.message == f'found "{path}/Clerk", expected the name of a role'
    assert error.span is not None
    assert (error.span.column, error.span.end_column) == (11, 11 + len(path) + len("/Clerk"))
    with pytest.raises(ExecPolicyError, match="expected the ARN of a caller"):
        Invariant.parse(f"only arn:aws:iam::{ACCOUNT}:role/{path}/Clerk may call anything")


@pytest.mark.rule("INV-5")
@pytest.mark.parametrize("value", ["${aws:username}", "${*}", "$", "a*", "?", "${", "b${aws:PrincipalTag/team}"])
def test_a_value_has_no_variable_and_no_wildcard(value: str) -> None:
    ann = Caller(
        Principal.parse(f"arn:aws:iam::{ACCOUNT}:user/ann", unique_id="AIDAEXAMPLEAIDAEXAMPL"), identity=EVERYTHING
    )
    for relation, names in (("=", True), ("!=", False)):
        claim = Invariant.parse(f'nobody may call GET /orders when aws:UserAgent {relation} "{value}"')
        assert claim.includes(of_caller(ann, **{"aws:UserAgent": value})) is names
        assert claim.includes(of_caller(ann, **{"aws:UserAgent": "ann"})) is not names
        witness = prove(claim, API, callers=[ann]).witness
        assert witness is not None
        assert witness.call is not None
        assert (witness.call.context.get("aws:UserAgent") == (value,)) is names


@pytest.mark.rule("INV-5", "CND-13")
def test_a_key_of_an_identity_provider_may_have_several_values() -> None:
    clerk = session(f"arn:aws:iam::{ACCOUNT}:role/Clerk")
    given = {"saml:sub_type": ["a", "b"]}
    request = Request(caller=clerk, action="execute-api:Invoke", resource=ORDERS, context=given)
    claim = Invariant.parse("role/Clerk may call GET /orders unless when saml:sub_type != a")
    assert claim.includes(request) is True
    refusing = Policy.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"ForAnyValue:StringEquals": {"saml:sub_type": "b"}},
            },
        },
        kind="identity",
    )
    caller = Caller(clerk.principal, identity=[EVERYTHING, refusing])
    assert prove(claim, API, callers=[caller]).verdict is ProofVerdict.REFUTED
