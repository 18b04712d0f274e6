"""Tables A and B row by row: with Lambda authorizers, with IAM, and behind a token (GW-16)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Outcome, Policy
from execpolicy.api import Api
from execpolicy.gateway.flow.outcomes import TABLE_A, PolicyResult
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.authorizer import Authorizer, Issuer
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.language.grant import Grant

HERE, THERE = "111122223333", "444455556666"
ARN = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/GET/orders"
POOL = f"arn:aws:cognito-idp:eu-west-1:{HERE}:userpool/eu-west-1_EXAMPLE"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"

ALLOW, EXPLICIT, IMPLICIT = "allow", "explicit_deny", "implicit_deny"
VOTES = ("allow", "neither", "deny")

#: apigateway-authorization-flow, both tables: authorizer or caller's policies, resource policy, then the results. Table
#: A is for Lambda authorizers and the account's own callers, Table B for Cognito and callers of another account.
PAGE = [
    ("allow", "allow", ALLOW, ALLOW),
    ("allow", "neither", ALLOW, IMPLICIT),
    ("allow", "deny", EXPLICIT, EXPLICIT),
    ("neither", "allow", ALLOW, IMPLICIT),
    ("neither", "neither", IMPLICIT, IMPLICIT),
    ("neither", "deny", EXPLICIT, EXPLICIT),
    ("deny", "allow", EXPLICIT, EXPLICIT),
    ("deny", "neither", EXPLICIT, EXPLICIT),
    ("deny", "deny", EXPLICIT, EXPLICIT),
]
TABLES = {
    "table_a": {(first, second): outcome for first, second, outcome, _ in PAGE},
    "table_b": {(first, second): outcome for first, second, _, outcome in PAGE},
}
ROWS = [
    pytest.param(table, *row, outcome, id=f"{table}: {row[0]}, {row[1]}")
    for table, rows in TABLES.items()
    for row, outcome in rows.items()
]


def document(vote: str, principal: object = None, action: str = "execute-api:Invoke") -> dict[str, Any]:
    """A document that says so of the call; one that is silent speaks of another path."""
    statement: dict[str, Any] = {"Effect": "Deny" if vote == "deny" else "Allow", "Action": action, "Resource": ARN}
    if vote == "neither":
        statement["Resource"] = ARN.replace("/orders", "/others")
    if principal is not None:
        statement["Principal"] = principal
    return {"Version": "2012-10-17", "Statement": [statement]}


def resource_policy(vote: str, principal: object = "*") -> Policy:
    return Policy.parse(document(vote, principal), kind="resource")


def api(auth: str, policy: Policy | None) -> Api:
    authorizers = {
        "CUSTOM": Authorizer("it", type="TOKEN", identity_sources=["method.request.header.Authorization"]),
        "COGNITO_USER_POOLS": Authorizer("it", type="COGNITO_USER_POOLS", user_pools=[POOL]),
        "JWT": Authorizer(
            "it",
            type="JWT",
            identity_sources=["method.request.header.Authorization"],
            issuers=[Issuer(ISSUER, ("orders",))],
        ),
    }
    authorizer = authorizers.get(auth)
    route = Route("GET", "/orders", auth=AuthType(auth), authorizer="it" if authorizer else None)
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=HERE,
        stages=["prod"],
        routes=[route],
        authorizers=[authorizer] if authorizer else [],
        resource_policy=policy,
    )


def outcome_of(response: GatewayResponse) -> str:
    """What the deciding policies came to; the status must say the same."""
    decision = response.steps[-1].decision
    assert decision is not None
    outcome = decision.outcome
    assert response.decision == (None if response.allowed else decision)
    assert response.status == (200 if outcome is Outcome.ALLOW else 403)
    return str(outcome.value)


# The data


@pytest.mark.rule("GW-16")
def test_the_data_is_that_of_the_page() -> None:
    assert {
        (PolicyResult(first), PolicyResult(second)): Outcome(outcome)
        for (first, second), outcome in TABLES["table_a"].items()
    } == TABLE_A


# Lambda authorizers


def ask_function(first: str, policy: Policy | None) -> GatewayResponse:
    output = {"principalId": "ann", "policyDocument": document(first)}
    return api("CUSTOM", policy).invoke(
        "GET", "/orders", headers={"Authorization": "letmein"}, authorizer_output=output
    )


@pytest.mark.rule("GW-14", "GW-16")
@pytest.mark.parametrize(("first", "second"), [(first, second) for first in VOTES for second in VOTES])
def test_a_lambda_authorizer_combines_by_table_a(first: str, second: str) -> None:
    response = ask_function(first, resource_policy(second))
    assert outcome_of(response) == TABLES["table_a"][first, second]
    assert all("GW-36" in note for note in response.notes)
    # The resource policy's Deny refuses before the function is asked.
    gate = "resource policy, first look" if second == "deny" else "authorizer"
    assert response.steps[-1].gate == gate


@pytest.mark.rule("GW-14")
@pytest.mark.parametrize(("first", "outcome"), [("allow", ALLOW), ("neither", IMPLICIT), ("deny", EXPLICIT)])
def test_a_lambda_authorizer_alone(first: str, outcome: str) -> None:
    assert outcome_of(ask_function(first, None)) == outcome


@pytest.mark.rule("GW-17")
def test_silence_of_the_function_lets_the_call_in_where_the_resource_policy_allows() -> None:
    response = ask_function("neither", resource_policy("allow"))
    assert response.status == 200
    assert "(GW-17)" in response.steps[-1].detail
    assert "(GW-17)" not in ask_function("allow", resource_policy("allow")).steps[-1].detail


@pytest.mark.rule("PRN-9", "GW-14")
@pytest.mark.parametrize("principal", [{"AWS": HERE}, {"AWS": f"arn:aws:iam::{HERE}:user/Ann"}])
def test_an_aws_principal_in_the_resource_policy_never_meets_the_caller_of_an_authorizer(principal: object) -> None:
    for second, read_as in [("allow", "neither"), ("deny", "neither")]:
        response = ask_function("allow", resource_policy(second, principal))
        assert outcome_of(response) == TABLES["table_a"]["allow", read_as]


MESSAGES = [
    (
        "neither",
        "neither",
        "User is not authorized to access this resource because no identity-based policy allows the "
        "execute-api:Invoke action",
    ),
    (
        "deny",
        "allow",
        "User is not authorized to access this resource with an explicit deny in an identity-based policy",
    ),
]


@pytest.mark.rule("MSG-2", "GW-14")
@pytest.mark.parametrize(("first", "second", "message"), MESSAGES)
def test_what_a_caller_of_a_lambda_authorizer_is_told(first: str, second: str, message: str) -> None:
    response = ask_function(first, resource_policy(second))
    assert (response.response_type, response.message) == ("ACCESS_DENIED", message)


# IAM: the engine decides, and agrees with the tables

#: How a resource policy can name the caller, and how much its Allow then counts for a caller of the same account.
NAMED = {
    "everybody": ("*", Grant.DIRECT),
    "the user": ({"AWS": "arn:aws:iam::{}:user/Ann"}, Grant.DIRECT),
    "the account": ({"AWS": "{}"}, Grant.ACCOUNT),
    "the account's root": ({"AWS": "arn:aws:iam::{}:root"}, Grant.ACCOUNT),
}


def named(name: str, account: str) -> object:
    principal = NAMED[name][0]
    return {key: text.format(account) for key, text in principal.items()} if isinstance(principal, dict) else principal


def ask_iam(caller: Caller, policy: Policy | None) -> GatewayResponse:
    return api("AWS_IAM", policy).invoke("GET", "/orders", caller=caller)


def ann(account: str, first: str, *, boundary: str | None = None) -> Caller:
    return Caller(
        f"arn:aws:iam::{account}:user/Ann",
        identity=[Policy.parse(document(first), kind="identity")],
        boundary=Policy.parse(document(boundary), kind="boundary") if boundary else None,
    )


@pytest.mark.rule("GW-13", "GW-16", "EVL-4", "EVL-5")
@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize(("table", "first", "second", "outcome"), ROWS)
def test_iam(table: str, first: str, second: str, outcome: str, name: str) -> None:
    account = HERE if table == "table_a" else THERE
    if table == "table_a" and second == "allow" and NAMED[name][1] is Grant.ACCOUNT:
        # It only delegates: in one account that counts as neither (GW-13).
        outcome = TABLES[table][first, "neither"]
    response = ask_iam(ann(account, first), resource_policy(second, named(name, account)))
    assert outcome_of(response) == outcome
    assert response.steps[-1].gate == "IAM"


@pytest.mark.rule("GW-13")
@pytest.mark.parametrize(("first", "outcome"), [("allow", ALLOW), ("neither", IMPLICIT), ("deny", EXPLICIT)])
def test_iam_without_a_resource_policy(first: str, outcome: str) -> None:
    assert outcome_of(ask_iam(ann(HERE, first), None)) == outcome
    assert outcome_of(ask_iam(ann(THERE, first), None)) == (IMPLICIT if outcome == ALLOW else outcome)


@pytest.mark.rule("GW-13", "EVL-4")
@pytest.mark.parametrize("second", VOTES)
@pytest.mark.parametrize("first", VOTES)
def test_a_grant_that_names_the_user_passes_by_a_silent_boundary_and_no_other_grant_does(
    first: str, second: str
) -> None:
    caller = ann(HERE, first, boundary="neither")
    direct = outcome_of(ask_iam(caller, resource_policy(second, named("the user", HERE))))
    assert direct == {("allow", "neither"): IMPLICIT}.get((first, second), TABLES["table_a"][first, second])
    # No boundary lets a caller of another account pass by.
    foreign = ann(THERE, first, boundary="neither")
    across = outcome_of(ask_iam(foreign, resource_policy(second, named("the user", THERE))))
    assert across == (EXPLICIT if "deny" in (first, second) else IMPLICIT)


@pytest.mark.rule("GW-13", "EVL-4")
@pytest.mark.parametrize(
    ("principal", "outcome"),
    [
        (f"arn:aws:iam::{HERE}:role/Clerk", IMPLICIT),
        (f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", ALLOW),
    ],
)
def test_a_grant_to_a_role_stops_at_its_boundary_and_one_to_its_session_does_not(principal: str, outcome: str) -> None:
    boundary = Policy.parse(document("neither"), kind="boundary")
    clerk = Caller(f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", boundary=boundary)
    assert outcome_of(ask_iam(clerk, resource_policy("allow", {"AWS": principal}))) == outcome
    bare = Caller(f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann")
    assert outcome_of(ask_iam(bare, resource_policy("allow", {"AWS": principal}))) == ALLOW


@pytest.mark.rule("GW-13", "MSG-3")
@pytest.mark.parametrize("second", VOTES)
def test_an_unsigned_call_is_refused_before_any_policy_is_asked(second: str) -> None:
    response = api("AWS_IAM", resource_policy(second)).invoke("GET", "/orders")
    assert (response.status, response.message) == (403, "Missing Authentication Token")
    assert response.decision is None


# Cognito, and the JWT authorizers of REST APIs, which the project reads alike


GOOD = {
    "COGNITO_USER_POOLS": {"iss": ISSUER, "token_use": "id", "aud": "orders", "exp": 2_000_000_000, "iat": 1},
    "JWT": {"iss": ISSUER, "aud": "orders", "exp": 2_000_000_000, "iat": 1},
}


def ask_token(auth: str, policy: Policy | None, *, good: bool = True) -> GatewayResponse:
    claims = GOOD[auth] if good else {**GOOD[auth], "iss": "https://elsewhere.example"}
    return api(auth, policy).invoke("GET", "/orders", claims=claims, at=1_800_000_000)


@pytest.mark.rule("GW-15", "GW-16", "AUT-9")
@pytest.mark.parametrize("auth", GOOD)
@pytest.mark.parametrize("second", VOTES)
def test_a_valid_token_and_the_resource_policy_combine_by_table_b(auth: str, second: str) -> None:
    response = ask_token(auth, resource_policy(second))
    assert outcome_of(response) == TABLES["table_b"]["allow", second]
    assert not any("reading" in note for note in response.notes)
    assumed = "as with Cognito; no page says so of JWT authorizers (assumed)"
    assert (assumed in response.steps[-1].detail) is (auth == "JWT")


@pytest.mark.rule("GW-15", "AUT-7")
@pytest.mark.parametrize("auth", GOOD)
@pytest.mark.parametrize("second", VOTES)
def test_a_token_that_is_not_valid_is_refused_whatever_the_policy_says(auth: str, second: str) -> None:
    response = ask_token(auth, resource_policy(second), good=False)
    assert (response.status, response.response_type) == (401, "UNAUTHORIZED")
    assert response.decision is None


@pytest.mark.rule("GW-15")
@pytest.mark.parametrize("auth", GOOD)
def test_a_valid_token_alone(auth: str) -> None:
    assert ask_token(auth, None).status == 200
    assert ask_token(auth, None, good=False).status == 401


# No authorization


@pytest.mark.rule("GW-12", "PRN-9")
@pytest.mark.parametrize(("second", "outcome"), [("allow", ALLOW), ("neither", IMPLICIT), ("deny", EXPLICIT)])
def test_a_method_without_authorization(second: str, outcome: str) -> None:
    assert outcome_of(api("NONE", resource_policy(second)).invoke("GET", "/orders")) == outcome
    for caller in (None, f"arn:aws:iam::{HERE}:user/Ann"):
        assert api("NONE", None).invoke("GET", "/orders", caller=caller).status == 200
        named_ann = resource_policy(second, {"AWS": f"arn:aws:iam::{HERE}:user/Ann"})
        assert outcome_of(api("NONE", named_ann).invoke("GET", "/orders", caller=caller)) == IMPLICIT
