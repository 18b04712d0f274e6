"""What the answers about all requests claim: witnesses, the worst case, what is not known, groups of callers (ANA)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, ApiKey, Authorizer, Caller, Policy, Request, Route, Target, authorize, compare, prove, who
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.literals import AuthTypeName

HERE, THERE = "111122223333", "444455556666"
CLERK = f"arn:aws:iam::{HERE}:user/Clerk"


def policy(*statements: dict[str, Any]) -> Policy:
    whole = [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", **each}
        for each in statements
    ]
    return Policy.parse({"Version": "2012-10-17", "Statement": whole}, kind="resource", name="policy")


def api(*routes: Route, **options: Any) -> Api:
    return Api(id="a1b2c3", type="REST", region="eu-west-1", account=HERE, stages=["prod"], routes=routes, **options)


def routes(auth: AuthTypeName, *keys: str, **options: Any) -> list[Route]:
    return [Route(*key.split(" "), auth=auth, **options) for key in keys]


def actions(before: Any, after: Any) -> list[str]:
    """The actions of the requests that are newly allowed."""
    found = compare(policy({"Action": before}), policy({"Action": after})).newly_allowed
    return [each.request.action for each in found if each.request is not None]


@pytest.mark.rule("ANA-1")
def test_what_depends_on_a_variable_is_equal_only_if_either_result_gives_that() -> None:
    joined = {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}${aws:PrincipalTag/c}"}}}
    tagged = {"Condition": {"Null": {"aws:PrincipalTag/a": "false"}}}
    assert compare(policy(joined, tagged), policy(tagged)).verdict is ComparisonVerdict.UNKNOWN
    assert compare(policy(joined, {}), policy({})).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-1")
@pytest.mark.parametrize(
    ("key", "allow", "deny", "verdict"),
    [
        ("aws:PrincipalArn", ("StringLike", "*user/*"), ("ArnLike", "arn:aws:iam::*:user/*"), ComparisonVerdict.LAXER),
        (
            "aws:PrincipalArn",
            ("ArnLike", "arn:aws:iam::*:role/*"),
            ("StringLike", "arn:aws:iam::111122223333:u*"),
            ComparisonVerdict.EQUAL,
        ),
        ("app:level", ("StringEquals", "5"), ("NumericEquals", "5.0"), ComparisonVerdict.LAXER),
        ("app:level", ("StringEquals", "5"), ("NumericLessThan", "5"), ComparisonVerdict.EQUAL),
        ("app:level", ("StringLike", "5*"), ("NumericLessThan", "5"), None),
        ("app:level", ("StringEqualsIgnoreCase", "a"), ("IpAddress", "10.0.0.0/8"), None),
    ],
)
def test_two_families_of_operators_on_a_key_are_exact_or_not_known_with_the_place(
    key: str, allow: tuple[str, str], deny: tuple[str, str], verdict: ComparisonVerdict | None
) -> None:
    allowing, denying = ({operator: {key: value}} for operator, value in (allow, deny))
    after = policy({"Condition": allowing})
    found = compare(policy({"Condition": allowing}, {"Effect": "Deny", "Condition": denying}), after)
    assert found.verdict is (verdict or ComparisonVerdict.UNKNOWN)
    assert bool(found.unknown) is (verdict is None)
    assert all("at policy: Statement[" in reason for reason in found.unknown)


@pytest.mark.rule("ANA-2", "ANA-5")
def test_an_action_that_exists_is_shown_before_one_that_only_a_policy_names() -> None:
    assert actions("execute-api:Invoke", "execute-api:*") == ["execute-api:ManageConnections"]
    assert actions("execute-api:M*", "execute-api:*") == ["execute-api:Invoke"]
    names = ["execute-api:Invoke", "execute-api:ManageConnections", "execute-api:InvalidateCache"]
    # No other one is left: what AWS may add one day is a difference, too.
    assert [each for each in actions(names, "execute-api:*") if each in names] == []
    assert len(actions(names, "execute-api:*")) == 1


@pytest.mark.rule("ANA-2")
def test_a_witness_is_a_request_that_the_engine_decides_in_the_same_way() -> None:
    before = policy({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}})
    after = policy({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})
    (witness,) = compare(before, after).newly_allowed
    asked = witness.request
    assert asked is not None
    again = Request(caller=asked.caller, action=asked.action, resource=asked.resource, context=asked.context)
    assert [authorize(again, target=Target(resource=each)).allowed for each in (before, after)] == [False, True]
    assert dict(asked.context.values) == {"aws:SourceIp": ("203.0.113.128",)}
    assert asked.caller.principal.arn == "anonymous"


@pytest.mark.rule("ANA-3")
def test_a_caller_whose_policies_are_not_given_may_have_any() -> None:
    signed = api(*routes("AWS_IAM", "GET /orders"))
    text = "nobody may call GET /orders"
    assert prove(text, signed).verdict is ProofVerdict.REFUTED
    nothing = Caller(CLERK)
    assert prove(text, signed, callers=[nothing]).verdict is ProofVerdict.PROVEN
    assert who(signed, "GET", "/orders", callers=[nothing]).groups == ()


@pytest.mark.rule("ANA-3")
def test_an_authorizer_may_answer_anything_and_equal_ones_answer_equally() -> None:
    def guarded(header: str) -> Api:
        tokens = Authorizer("tokens", type="TOKEN", identity_sources=[f"method.request.header.{header}"])
        return api(Route("GET", "/orders", authorizer="tokens"), authorizers=[tokens])

    one, other = guarded("Authorization"), guarded("X-Token")
    assert prove("nobody may call GET /orders", one).verdict is ProofVerdict.REFUTED
    assert compare(one, guarded("Authorization")).verdict is ComparisonVerdict.EQUAL
    found = compare(one, other)
    assert found.verdict is ComparisonVerdict.BOTH
    assert [str(each) for each in found.newly_allowed] == [
        "GET /orders on prod by anonymous (the authorizers of both versions answer independently)\n"
        "  before: 403\n"
        "  after:  200 by Statement[0] (<authorizer output>)"
    ]


@pytest.mark.rule("ANA-4")
def test_assumptions_say_what_is_taken_for_granted() -> None:
    signed = api(*routes("AWS_IAM", "GET /orders"))
    any_caller = prove("nobody may call GET /orders", signed).assumptions
    given = prove("nobody may call GET /orders", signed, callers=[Caller(CLERK)]).assumptions
    assert any_caller[0].startswith("the policies of callers in the account of the API allow the call")
    assert given[0] == "the given callers, and anonymous ones, are all that there are"
    assert any_caller[1:] == given[1:]
    assert who(signed, "GET", "/orders").assumptions == any_caller


@pytest.mark.rule("ANA-6")
def test_groups_of_several_routes_that_are_alike_are_one() -> None:
    mixed = api(*routes("AWS_IAM", "GET /orders", "DELETE /orders/{id}"), *routes("NONE", "GET /health"))
    found = who(mixed, "ANY", "/**")
    assert [(each.callers, each.routes) for each in found.groups] == [
        ("anybody", ("GET /health",)),
        (f"callers of account {HERE} whose own policies allow it", ("GET /orders", "DELETE /orders/{id}")),
    ]
    # The example is the simplest of those of all routes.
    assert str(found.groups[1].example.call).startswith("GET /orders on prod by ")


@pytest.mark.rule("ANA-6")
def test_groups_that_differ_in_anything_else_stay_apart() -> None:
    orders = routes("AWS_IAM", "GET /orders", "DELETE /orders")
    denied = policy({"Effect": "Deny", "Resource": "execute-api:/*/DELETE/*", "Principal": {"AWS": CLERK}})
    found = who(api(*orders, resource_policy=denied), "ANY", "/orders")
    assert [(each.routes, each.exceptions) for each in found.groups] == [
        (("GET /orders",), ()),
        (("DELETE /orders",), (f"calls by {CLERK}",)),
    ]
    keys = [*routes("NONE", "GET /a"), *routes("NONE", "GET /b", api_key_required=True)]
    assert [each.presented for each in who(api(*keys, api_keys=[ApiKey("k" * 20, ["prod"])]), "GET", "/**").groups] == [
        (),
        ("an API key",),
    ]


NO_KEY = "GET /b requires an API key, and none is described that opens the stage prod"


@pytest.mark.rule("ANA-3")
def test_a_call_with_a_key_that_nothing_describes_is_not_known_and_the_reason_says_so() -> None:
    """A key that is disabled opens nothing."""
    keys = [*routes("NONE", "GET /a"), *routes("NONE", "GET /b", api_key_required=True)]
    unknown = api(*keys, api_keys=[ApiKey("k" * 20, ["prod"], enabled=False)])
    asked = who(unknown, "GET", "/**")
    assert ([each.routes for each in asked.groups], asked.anonymous, asked.unknown) == ([("GET /a",)], True, (NO_KEY,))
    proof = prove("nobody may call GET /b", unknown)
    assert (proof.verdict, proof.reason) == (ProofVerdict.UNKNOWN, NO_KEY)
    refused = policy({"Resource": "execute-api:/*/GET/a*"})
    for before, after in (
        (unknown, api(*keys, resource_policy=refused)),
        (api(*keys, resource_policy=refused), unknown),
    ):
        found = compare(before, after)
        assert (found.verdict, found.unknown) == (ComparisonVerdict.UNKNOWN, (NO_KEY,))
    assert prove("nobody may call GET /b", api(*keys, resource_policy=refused)).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("ANA-6")
def test_at_most_ten_groups_are_listed_those_with_the_fewest_limits_first() -> None:
    allows = [{"Principal": {"AWS": f"{THERE[:-2]}{number}"}} for number in range(10, 22)]
    found = who(api(*routes("AWS_IAM", "GET /orders"), resource_policy=policy(*allows)), "GET", "/orders")
    assert (len(found.groups), found.others) == (10, 3)
    assert found.groups[0].callers == f"callers of account {HERE} whose own policies allow it"
    assert found.anonymous is False
