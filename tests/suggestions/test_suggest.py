"""What is suggested for each kind of refusal, in which order, and what is said where nothing helps."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import (
    Api,
    Caller,
    ChangeKind,
    Policy,
    Principal,
    Request,
    Route,
    Suggestion,
    Target,
    UsageError,
    authorize,
    compare,
    suggest,
)
from execpolicy.literals import PolicyKindName
from execpolicy.suggestions.suggest import suggested_changes

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
ORDER = f"{API}/prod/GET/orders/7"
ANN = "arn:aws:iam::111122223333:user/Ann"
CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
FAR = "arn:aws:iam::444455556666:user/Ann"


def policy(kind: PolicyKindName, *statements: dict[str, Any]) -> Policy:
    """A policy whose statements allow invoking everything, but for what is given."""
    named: dict[str, Any] = {"Principal": "*"} if kind in ("resource", "vpc_endpoint", "rcp") else {}
    whole = [
        {"Effect": "Allow", **named, "Action": "execute-api:Invoke", "Resource": "*", **each} for each in statements
    ]
    for each in whole:
        for name in ("Action", "Resource", "Principal"):
            if f"Not{name}" in each:
                each.pop(name, None)
    return Policy.parse({"Version": "2012-10-17", "Statement": whole}, kind=kind, name=kind)


def refused(
    who: str = ANN,
    *,
    on: str = ORDER,
    context: dict[str, str] | None = None,
    action: str = "execute-api:Invoke",
    target: Target | None = None,
    **policies: Any,
) -> Any:
    principal = Principal.anonymous() if who == "anonymous" else Principal.parse(who)
    request = Request(caller=Caller(principal, **policies), action=action, resource=on, context=context)
    decision = authorize(request, target or Target())
    assert not decision.allowed
    return decision


def shown(suggestions: tuple[Suggestion, ...]) -> list[list[str]]:
    for each in suggestions:
        assert each.answer.allowed
        assert each.outside.verdict.value == "equal"
    return [[change.opens for change in each.changes] for each in suggestions]


READS = {"Resource": f"{API}/prod/GET/pets"}


def test_a_value_of_a_list_and_a_new_statement() -> None:
    found = suggest(refused(identity=policy("identity", READS)))
    assert shown(found) == [["lets those who have identity call GET on /prod/orders/7 of a1b2c3"]] * 2
    assert {each.changes[0].kind for each in found} == {ChangeKind.NEW_STATEMENT, ChangeKind.ADDED_VALUE}
    (after,) = found[0].policies.values()
    compared = compare(policy("identity", READS), after)
    assert compared.verdict.value == "laxer"


def test_a_wider_condition_opens_more_than_a_new_statement_for_one_call() -> None:
    own = policy("identity", {"Condition": {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}})
    found = suggest(refused(identity=own, context={"aws:SourceIp": "198.51.100.7"}))
    assert shown(found) == [
        ["lets those who have identity call GET on /prod/orders/7 of a1b2c3"],
        ["lets those who have identity call everything from 198.51.100.7/32"],
    ]


def test_a_principal_an_action_and_a_resource_of_a_resource_policy() -> None:
    target = Target(resource=policy("resource", {"Principal": {"AWS": FAR}, "Resource": "execute-api:/prod/GET/*"}))
    found = suggest(refused(target=target))
    assert shown(found) == [
        ["lets user/Ann of 111122223333 call GET on /prod/orders/7 of this API"],
        ["lets user/Ann of 111122223333 call GET on /prod/* of this API"],
    ]
    assert found[1].changes[0].kind is ChangeKind.ADDED_VALUE


@pytest.mark.rule("EVL-4")
def test_naming_the_role_is_not_enough_beside_a_session_policy_that_refuses() -> None:
    target = Target(resource=policy("resource", {"Principal": {"AWS": FAR}}))
    found = suggest(refused(CLERK, session=policy("session", READS), target=target))
    kinds = [[change.layer.value for change in each.changes] for each in found]
    assert ["resource"] in kinds
    for each in found:
        if len(each.changes) == 1:
            assert "the session Clerk/ann of 111122223333" in each.changes[0].opens


@pytest.mark.rule("EVL-5")
def test_across_accounts_both_sides_change() -> None:
    target = Target(resource=policy("resource", {"Principal": {"AWS": FAR}, "Resource": "execute-api:/prod/GET/pets"}))
    found = suggest(refused(FAR, identity=policy("identity", READS), target=target))
    assert shown(found)[0] == [
        "lets user/Ann of 444455556666 call GET on /prod/orders/7 of this API",
        "lets those who have identity call GET on /prod/orders/7 of a1b2c3",
    ]
    assert {policy.kind.value for policy in found[0].policies} == {"identity", "resource"}


def test_every_level_of_scps_changes() -> None:
    levels = [[policy("scp", READS)], [policy("scp", {"Action": "s3:*"})]]
    found = suggest(refused(identity=policy("identity", {}), scps=levels))
    assert all(len(each.changes) == 2 for each in found)
    assert "lets the accounts that scp is attached to call GET on /prod/orders/7 of a1b2c3" in shown(found)[0]


@pytest.mark.parametrize("kind", ["boundary", "session"])
def test_a_boundary_or_a_session_policy_changes(kind: PolicyKindName) -> None:
    policies: dict[str, Any] = {"identity": policy("identity", {}), kind: policy(kind, READS)}
    found = suggest(refused(CLERK, **policies))
    assert {change.layer.value for each in found for change in each.changes} == {kind}


def test_the_policy_of_an_endpoint_changes() -> None:
    target = Target(vpc_endpoint=policy("vpc_endpoint", {"Principal": {"AWS": FAR}}))
    found = suggest(refused(identity=policy("identity", {}), target=target))
    assert shown(found) == [
        ["lets user/Ann of 111122223333 call GET on /prod/orders/7 of a1b2c3"],
        ["lets user/Ann of 111122223333 call everything"],
    ]


def test_an_anonymous_caller_from_its_address_before_everybody() -> None:
    target = Target(resource=policy("resource", {"Resource": "execute-api:/prod/GET/pets"}))
    found = suggest(refused("anonymous", context={"aws:SourceIp": "2001:db8::1"}, target=target))
    assert shown(found) == [
        ["lets anybody call GET on /prod/orders/7 of this API from 2001:db8::1/128"],
        ["lets anybody call GET on /prod/orders/7 of this API"],
        ["lets anybody call GET on /prod/orders/7 of this API"],
    ]


DENY = {"Effect": "Deny", "Sid": "No"}


@pytest.mark.parametrize(
    ("deny", "opens"),
    [
        (
            {"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
            "no longer denies anybody everything from 198.51.100.7/32",
        ),
        (
            {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalTag/team": ["blue"]}}},
            "no longer denies anybody everything if StringEquals aws:PrincipalTag/team red",
        ),
        (
            {"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
            "no longer denies user/Ann of 111122223333 everything if StringNotEquals aws:SourceVpce vpce-1",
        ),
        ({"NotResource": f"{API}/prod/GET/pets"}, "no longer denies anybody GET on /prod/orders/7 of a1b2c3"),
        (
            {"NotAction": "execute-api:ManageConnections"},
            "no longer denies anybody everything",
        ),
        (
            {"NotPrincipal": {"AWS": "111122223333"}},
            "no longer denies user/Ann of 111122223333 everything",
        ),
    ],
)
def test_a_request_is_excluded_from_a_deny(deny: dict[str, Any], opens: str) -> None:
    target = Target(resource=policy("resource", {}, {**DENY, **deny}))
    tags = {"aws:PrincipalTag/team": "red"} if "Tag" in str(deny) else {}
    found = suggest(refused(context={"aws:SourceIp": "198.51.100.7", **tags}, target=target))
    assert [opens] in shown(found)
    for each in found:
        (change,) = each.changes
        assert (change.kind, change.number, change.sid) == (ChangeKind.EXCLUDED_REQUEST, 1, "No")


def test_two_denies_and_a_missing_allow_change_together() -> None:
    by_address = {"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    target = Target(
        resource=policy("resource", {**DENY, **by_address}, {**DENY, "NotResource": f"{API}/prod/GET/pets"})
    )
    found = suggest(
        refused(identity=policy("identity", READS), context={"aws:SourceIp": "198.51.100.7"}, target=target)
    )
    assert len(found[0].changes) == 3
    assert len(found[0].policies) == 2
    assert len({str(each.changes) for each in found}) == len(found)


def test_what_opens_less_comes_first() -> None:
    target = Target(resource=policy("resource", {}, {**DENY, "NotResource": f"{API}/prod/GET/pets"}))
    found = suggest(refused(context={"aws:SourceIp": "198.51.100.7"}, target=target))
    first = shown(found).index(["no longer denies anybody GET on /prod/orders/7 of a1b2c3"])
    assert first < len(found)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("path", "pattern"), [("/a*b", "/a?b"), ("/a?b", "/a?b"), ("/${aws:username}", "/?{aws:username}")]
)
def test_no_character_of_a_path_becomes_a_wildcard_for_many(path: str, pattern: str) -> None:
    found = suggest(refused(on=f"{API}/prod/GET{path}", identity=policy("identity", READS)))
    assert all(f"GET on /prod{pattern} of" in each.changes[0].opens for each in found)
    assert found


def test_what_is_allowed_or_not_known_has_no_suggestion() -> None:
    allowed = authorize(
        Request(caller=Caller(ANN, identity=policy("identity", {})), action="execute-api:Invoke", resource=ORDER)
    )
    assert suggested_changes(allowed) == ((), ("it is allowed",))
    api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"], routes=[])
    response = api.invoke("GET", "/orders")
    found = suggested_changes(response)
    assert found.suggestions == ()
    assert found.instead[0].startswith("no policy refuses the call: gate 2 (route) refuses it: ")


def test_without_a_policy_the_statement_is_said() -> None:
    found = suggested_changes(refused())
    assert found.suggestions == ()
    assert found.instead == (
        "no identity-based policy of the caller is given: an identity-based policy with this statement is needed: "
        f'{{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "{ORDER}"}}',
    )


def test_a_deny_that_nothing_excludes() -> None:
    own = policy("identity", {}, {**DENY, "Condition": {"Null": {"aws:SourceVpce": "true"}}})
    found = suggested_changes(refused(identity=own))
    assert found.suggestions == ()
    assert found.instead == (
        "the Deny No (identity) must not apply to the call: "
        "the request has nothing by which it could be excluded from it",
    )


@pytest.mark.rule("PRN-8")
def test_another_partition() -> None:
    found = suggested_changes(
        refused("arn:aws-cn:iam::111122223333:user/Ann", target=Target(resource=policy("resource", READS)))
    )
    assert found.suggestions == ()
    assert "no policy grants access across partitions (PRN-8)" in found.instead[0]


def test_a_value_beside_one_with_a_variable() -> None:
    own = policy("identity", {"Resource": [f"{API}/prod/GET/pets", f"{API}/prod/GET/${{aws:username}}/*"]})
    found = suggest(refused(identity=own))
    assert {each.changes[0].kind for each in found} == {ChangeKind.NEW_STATEMENT, ChangeKind.ADDED_VALUE}
    assert shown(found) == [["lets those who have identity call GET on /prod/orders/7 of a1b2c3"]] * 2


def test_a_policy_that_becomes_longer_than_its_quota_has_a_note() -> None:
    paths = [f"{API}/prod/GET/{number:04}" for number in range(29)]
    own = policy("session", {"Resource": paths})
    identity = policy("identity", {})
    found = suggest(refused(CLERK, identity=identity, session=own))
    assert found
    for each in found:
        assert len(each.notes) == 1
        assert each.notes[0].startswith("session is longer than its quota: the document has 2,")
        assert each.notes[0].endswith(" characters; a session policy has at most 2,048")
        assert each.to_dict()["notes"] == list(each.notes)
    assert suggest(refused(CLERK, identity=identity, session=policy("session", READS)))[0].notes == ()


def test_a_service_is_let_in_for_the_account_that_it_calls_for() -> None:
    target = Target(resource=policy("resource", {"Principal": {"AWS": FAR}}))
    service = Principal.service("states.amazonaws.com")
    request = Request(
        caller=Caller(service),
        action="execute-api:Invoke",
        resource=ORDER,
        context={"aws:SourceAccount": "444455556666"},
    )
    first, second = shown(suggest(authorize(request, target)))[:2]
    assert first == ["lets states.amazonaws.com call GET on /prod/orders/7 of this API for account 444455556666"]
    assert second == ["lets states.amazonaws.com call GET on /prod/orders/7 of this API"]


def test_a_budget_that_is_not_enough() -> None:
    found = suggested_changes(refused(identity=policy("identity", READS)), budget=1)
    assert found.suggestions == ()
    assert any("the budget of 1 steps is used up" in each for each in found.instead)


def test_a_stand_in_is_written_nowhere() -> None:
    found = suggested_changes(refused(identity=policy("identity", READS)), stand_ins=["a1b2c3"])
    assert found.suggestions == ()
    assert found.instead == (
        "a change of identity would write a1b2c3, which is only a placeholder: "
        "give the real one where the file is read",
    )


@pytest.mark.parametrize("wrong", [None, "DENY", 3])
def test_what_is_no_answer_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match="suggest takes a Decision or a GatewayResponse"):
        suggest(wrong)  # type: ignore[arg-type]  # the point of the test


def api(resource: Policy | None, **changed: Any) -> Api:
    routes = [Route("GET", "/orders/{id}", auth="AWS_IAM"), Route("GET", "/open/{proxy+}"), Route("GET", "/open")]
    parts = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
    return Api(**{**parts, "routes": routes, "resource_policy": resource, **changed})


def test_a_call_names_the_calls_of_its_route() -> None:
    caller = Caller(ANN, identity=policy("identity", READS))
    found = suggest(api(None).invoke("GET", "/orders/7", caller=caller))
    assert shown(found)[0] == ["lets those who have identity call GET on /prod/orders/* of a1b2c3"]
    assert found[0].answer.status == 200  # type: ignore[union-attr]  # a response


def test_a_call_to_an_open_route() -> None:
    resource = policy("resource", {"Resource": "execute-api:/prod/GET/pets"})
    response = api(resource).invoke("GET", "/open/a/b", context={"aws:SourceIp": "198.51.100.7"})
    found = suggest(response)
    assert shown(found)[0] == ["lets anybody call GET on /prod/open/* of this API from 198.51.100.7/32"]


def test_the_policies_of_two_gates_change_together() -> None:
    endpoint = policy("vpc_endpoint", {"Resource": f"{API}/prod/GET/pets"})
    private = api(policy("resource", {"Principal": {"AWS": FAR}}), endpoint="PRIVATE")
    caller = Caller(ANN, identity=policy("identity", READS))
    context = {"aws:SourceVpce": "vpce-1"}
    response = private.invoke("GET", "/orders/7", caller=caller, context=context, vpc_endpoint_policy=endpoint)
    found = suggest(response)
    assert all({"vpc_endpoint"} < {change.layer.value for change in each.changes} for each in found)
    assert found


def test_an_authorizer_must_return_what_is_missing() -> None:
    from execpolicy import Authorizer

    tokens = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
    with_function = api(None, authorizers=[tokens], routes=[Route("GET", "/orders/{id}", authorizer="tokens")])
    says_nothing = {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": []}}
    response = with_function.invoke("GET", "/orders/7", headers={"Authorization": "a"}, authorizer_output=says_nothing)
    found = suggested_changes(response)
    assert found.suggestions == ()
    assert found.instead == (
        "the Lambda authorizer must return a policy with this statement: "
        f'{{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "{API}/prod/GET/orders/*"}}',
    )
