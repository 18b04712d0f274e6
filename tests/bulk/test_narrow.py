"""Narrowed policies allow nothing more and refuse no admitted call, over generated policies and logs (LOG-10)."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Call,
    CallChange,
    Caller,
    CallOutcome,
    ComparisonVerdict,
    ExecPolicyError,
    Narrowed,
    Policy,
    Route,
    UsageError,
    compare,
    narrow,
)
from execpolicy.bulk.narrow import NotNarrowedError, narrow_logs
from execpolicy.bulk.narrowed_versions import version_of
from execpolicy.bulk.route_patterns import contains, covered_routes, pattern_of_route, without_contained
from tests.bulk.generated_log import (
    ACCOUNT,
    ADDRESSES,
    CLERK,
    EVENING,
    OFFICE,
    ROUTES,
    STATEMENTS,
    LoggedCall,
    a_call,
    api_of,
    as_json,
)
from tests.bulk.test_replay import ALLOW_ALL, EVE, KNOWN, identity, lines_of, policy_of, replayed
from tests.examples import of_quick

NOT_LAXER = (ComparisonVerdict.EQUAL, ComparisonVerdict.STRICTER)
CALL = LoggedCall("GET", "/health", ADDRESSES[0], "-", 1_796_040_000_000, {"status": 200})
EVERYBODY: Mapping[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
#: More statements than those of the replay: whole ARNs, patterns within a route, and lists of resources.
MORE: tuple[Mapping[str, Any], ...] = (
    {**EVERYBODY, "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/GET/*"},
    {**EVERYBODY, "Resource": ["execute-api:/prod/GET/orders/47*", "execute-api:/prod/*/admin/*"]},
    {**EVERYBODY, "Resource": "execute-api:/*/*/orders*", "Condition": OFFICE},
    {**EVERYBODY, "Resource": "execute-api:/*", "Condition": EVENING},
    {**EVERYBODY, "NotResource": "execute-api:/*/POST/*"},
    {**EVERYBODY, "Resource": "execute-api:/*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}},
)
POLICIES = st.lists(st.sampled_from((*STATEMENTS, *MORE)), unique_by=str, min_size=1, max_size=4)


def resource(*statements: Mapping[str, Any]) -> Policy:
    return policy_of("resource", statements)


def narrowed(calls: Sequence[LoggedCall], policy: Policy, callers: Any = KNOWN, **more: Any) -> Narrowed:
    texts = [as_json(each) for each in calls]
    return narrow_logs(lambda: lines_of(texts), version_of(policy, api_of(), callers), **more)


def resources_of(found: Narrowed) -> list[Any]:
    return [each.get("Resource") for each in found.policy.to_document()["Statement"]]


def narrowed_or_none(*arguments: Any, **more: Any) -> Narrowed | None:
    """The result; None if no call needs a statement, so that nothing would remain."""
    try:
        return narrowed(*arguments, **more)
    except NotNarrowedError as error:
        if "nothing would remain" in error.message:
            return None
        raise


def api_with(policy: Policy) -> Api:
    parts: dict[str, Any] = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": ACCOUNT}
    return Api(routes=ROUTES, stages=["prod"], resource_policy=policy, **parts)


def admits(policy: Policy, call: LoggedCall, caller: Any) -> bool | None:
    response = api_with(policy).invoke(Call.parse(as_json(call)), caller=caller)
    return {CallOutcome.ALLOWED: True, CallOutcome.DENIED: False}.get(response.outcome)


@pytest.mark.rule("LOG-10")
@of_quick(8, long=1000)  # each example narrows a policy, compares it and replays 20 calls
@given(POLICIES, st.integers(0, 10**6), st.booleans(), st.booleans())
def test_a_narrowed_policy_allows_nothing_more_and_refuses_no_admitted_call(
    statements: Any, seed: int, sources: bool, known: bool
) -> None:
    random = Random(seed)
    calls = [a_call(random, number)._replace(answer={}) for number in range(20)]
    policy = resource(*statements)
    found = narrowed_or_none(calls, policy, KNOWN if known else None, sources=sources)
    if found is None:
        return
    # The verdicts are those of a comparison and a replay that are made here again.
    assert compare(policy, found.policy).verdict in NOT_LAXER
    versions = (api_with(policy), api_with(found.policy))
    again = replayed([as_json(each) for each in calls], *versions, KNOWN if known else None)
    assert again.counts[CallChange.NEWLY_REFUSED] == 0
    assert again == found.replay
    for call in calls:
        who = next((each for each in KNOWN if each.principal.name and each.principal.name in call.caller), None)
        who = KNOWN[2] if call.caller.endswith(":root") else who
        if admits(policy, call, who) is True:
            assert admits(found.policy, call, who) is True
    denies = [each for each in policy.to_document()["Statement"] if each["Effect"] == "Deny"]
    assert [each for each in found.policy.to_document()["Statement"] if each["Effect"] == "Deny"] == denies


@pytest.mark.rule("LOG-10")
def test_only_the_routes_of_admitted_calls_remain() -> None:
    calls = [CALL, CALL._replace(path="/orders/4711", caller=EVE), CALL._replace(path="/none")]
    found = narrowed(calls, resource(STATEMENTS[0]), None)
    assert resources_of(found) == [["execute-api:/prod/GET/health", "execute-api:/prod/GET/orders/*"]]
    (statement,) = found.statements
    assert (statement.is_kept, statement.calls, statement.covering) == (True, 2, ())
    assert (found.first, found.last) == (found.replay.first, found.replay.last)
    assert found.unknown_callers == ((EVE, 1),)
    assert found.comparison.verdict is ComparisonVerdict.STRICTER
    assert repr(found) == "<Narrowed: 1 of 1 Allow statements, stricter>"
    with pytest.raises(UsageError, match="neither true nor false"):
        bool(found)
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.rule("LOG-10")
def test_a_statement_that_no_admitted_call_needs_is_left_out() -> None:
    office = {**EVERYBODY, "Sid": "Office", "Resource": "execute-api:/*", "Condition": OFFICE}
    clerk = {**STATEMENTS[1], "Sid": "Clerk"}
    found = narrowed([CALL], resource(office, clerk, STATEMENTS[4]))
    assert [(each.sid, each.is_kept) for each in found.statements] == [("Office", True), ("Clerk", False)]
    document = found.policy.to_document()["Statement"]
    assert document == [{**office, "Resource": "execute-api:/prod/GET/health"}, STATEMENTS[4]]


@pytest.mark.rule("LOG-10")
def test_a_call_that_other_policies_let_in_needs_no_statement() -> None:
    signed = CALL._replace(path="/orders/1", caller=EVE)
    known = [Caller(EVE, identity=identity(ALLOW_ALL))]
    found = narrowed([CALL, signed], resource(STATEMENTS[0]), known)
    assert resources_of(found) == ["execute-api:/prod/GET/health"]
    # Of a caller whose policies are not given, nothing is known.
    assert len(resources_of(narrowed([CALL, signed], resource(STATEMENTS[0]), None))[0]) == 2


@pytest.mark.rule("LOG-10")
def test_a_resource_within_a_route_stays_as_it_is() -> None:
    within = {**EVERYBODY, "Resource": ["execute-api:/prod/GET/orders/47*", "execute-api:/prod/POST/*"]}
    found = narrowed([CALL._replace(path="/orders/4711", caller=EVE)], resource(within), None)
    assert resources_of(found) == ["execute-api:/prod/GET/orders/47*"]
    assert "no wider than the route" in found.statements[0].note


@pytest.mark.rule("LOG-10")
@pytest.mark.parametrize(
    ("options", "networks"),
    [
        ({}, None),
        ({"sources": True}, ["198.51.100.0/24", "203.0.113.0/24", "2001:db8:aaaa::/48"]),
        ({"sources": True, "raw_values": True}, ["198.51.100.201/32", "203.0.113.77/32", "2001:db8:aaaa:bbbb::77/128"]),
    ],
)
def test_the_sources_become_networks_only_if_they_are_wanted(options: Any, networks: Any) -> None:
    calls = [CALL._replace(source=each) for each in ADDRESSES]
    found = narrowed(calls, resource(STATEMENTS[0]), **options)
    (statement,) = found.policy.to_document()["Statement"]
    condition = None if networks is None else {"IpAddress": {"aws:SourceIp": networks}}
    assert statement.get("Condition") == condition
    assert list(found.statements[0].sources) == (networks or [])


@pytest.mark.rule("LOG-10")
def test_a_condition_on_the_address_stays() -> None:
    found = narrowed([CALL], resource({**MORE[2], "Resource": "execute-api:/*"}), sources=True, raw_values=True)
    (statement,) = found.policy.to_document()["Statement"]
    assert statement["Condition"] == {"IpAddress": {"aws:SourceIp": ["203.0.113.77/32"]}}
    wide = narrowed([CALL], resource({**MORE[2], "Resource": "execute-api:/*"}), sources=True)
    assert wide.policy.to_document()["Statement"][0]["Condition"] == {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}


def test_a_log_without_addresses_gives_no_sources() -> None:
    text = as_json(CALL).replace(f'"identity.sourceIp": "{ADDRESSES[0]}", ', "")
    found = narrow_logs(lambda: lines_of([text]), version_of(resource(STATEMENTS[0]), api_of(), None), sources=True)
    assert "Condition" not in found.policy.to_document()["Statement"][0]
    assert "does not have the addresses" in found.statements[0].note


@pytest.mark.rule("LOG-10")
def test_the_policy_of_a_caller() -> None:
    wide = {"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:*"}
    other = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    elsewhere = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:execute-api:*:*:zzz/*"}
    policy = identity(wide, other, elsewhere)
    call = CALL._replace(path="/orders/4711", caller=f"{CLERK}/ann")
    clerk = Caller(f"arn:aws:iam::{ACCOUNT}:role/Clerk", identity=policy)
    found = narrowed([call], policy, [clerk, KNOWN[1]])
    whole = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*"
    assert found.policy.to_document()["Statement"] == [{**wide, "Resource": whole}, other, elsewhere]
    assert [each.is_kept for each in found.statements] == [True, True, True]
    assert "calls to other APIs" in found.statements[0].note
    assert "stays as it is" in found.statements[1].note
    with pytest.raises(UsageError, match="none of the callers has the policy"):
        version_of(policy, api_of(), KNOWN)
    with pytest.raises(UsageError, match="found one of kind scp"):
        version_of(policy_of("scp", [ALLOW_ALL]), api_of(), KNOWN)


@pytest.mark.rule("LOG-10")
def test_other_routes_that_a_pattern_covers_are_listed() -> None:
    routes = (*ROUTES, Route("GET", "/orders/{id}/items"), Route("ANY", "/orders/{id}/notes"), Route("GET", "/a/{id}"))
    parts: dict[str, Any] = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": ACCOUNT}
    api = Api(routes=routes, stages=["prod"], **parts)
    text = as_json(CALL._replace(path="/orders/1", caller=EVE))
    found = narrow_logs(lambda: lines_of([text]), version_of(resource(STATEMENTS[0]), api, None))
    (covering,) = found.statements[0].covering
    assert covering == ("prod/GET/orders/*", ("GET /orders/{id}/items", "ANY /orders/{id}/notes"))
    assert covered_routes(api, "prod/GET/health", ["GET /health"]) == ()
    assert covered_routes(api, "prod/GET/orders/*", [each.key for each in routes]) == ()


@pytest.mark.rule("LOG-10")
def test_what_cannot_be_read_and_what_is_not_known_is_stated() -> None:
    tagged = resource(STATEMENTS[0], STATEMENTS[6])
    known = [Caller(EVE, identity=identity())]
    texts = [as_json(CALL._replace(path="/orders/1", caller=EVE, answer={})), "{broken"]
    found = narrow_logs(lambda: lines_of(texts), version_of(tagged, api_of(), known))
    assert found.notes[:2] == (
        "1 line cannot be read: what the calls in them need is not kept",
        "of 1 call it is not known whether they are admitted: they have all that may apply to them",
    )
    assert resources_of(found)[0] == "execute-api:/prod/GET/orders/*"


@pytest.mark.rule("LOG-10")
def test_there_is_no_result_without_an_admitted_call() -> None:
    refused = CALL._replace(answer={"status": 403, "error.responseType": "ACCESS_DENIED"})
    with pytest.raises(ExecPolicyError, match="no admitted call of the log needs a statement of the policy"):
        narrowed([refused._replace(path="/none")], resource(STATEMENTS[0]))


def _laxer(*_: Any, **__: Any) -> Any:
    return compare(resource(MORE[0]), resource(STATEMENTS[0]))


@pytest.mark.rule("LOG-10")
def test_there_is_no_result_unless_it_is_shown_to_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execpolicy.bulk.narrow.compare", _laxer)
    with pytest.raises(ExecPolicyError, match="not shown to allow nothing more: compare says laxer"):
        narrowed([CALL], resource(STATEMENTS[0]))
    monkeypatch.undo()
    monkeypatch.setattr("execpolicy.bulk.narrowed_document.pattern_of_route", lambda *_: "prod/GET/none")
    with pytest.raises(ExecPolicyError, match=r"the narrowed policy refuses calls of the log: access\.log:1"):
        narrowed([CALL], resource(STATEMENTS[0]))


def test_files_and_arguments(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(as_json(CALL), "utf-8")
    found = narrow(log, resource(STATEMENTS[0]), api_of())
    assert resources_of(found) == ["execute-api:/prod/GET/health"]
    with pytest.raises(UsageError, match="standard input can be read once"):
        narrow([log, "-"], resource(STATEMENTS[0]), api_of())
    http = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account=ACCOUNT, routes=["GET /health"])
    with pytest.raises(UsageError, match="an API of type HTTP has no resource policy"):
        narrow(log, resource(STATEMENTS[0]), http)


@pytest.mark.parametrize(
    ("route", "sent", "pattern"),
    [
        (Route("GET", "/orders/{id}"), "prod/GET/orders/7", "prod/GET/orders/*"),
        (Route("ANY", "/a/{proxy+}"), "prod/PUT/a/b/c", "prod/PUT/a/*"),
        (Route("GET", "/"), "prod/GET/", "prod/GET/"),
        # The path is written in another way than that of the route.
        (Route("GET", "/orders/{id}"), "prod/GET/%6Frders/7", "prod/GET/%6Frders/7"),
        (Route("GET", "/what?/{id}"), "prod/GET/what%3F/7", "prod/GET/what%3F/7"),
        (Route("$default"), "$default/GET/a/b", "$default/GET/*"),
        (Route("$connect"), "prod/$connect", "prod/$connect"),
    ],
)
def test_the_pattern_of_a_route(route: Route, sent: str, pattern: str) -> None:
    assert pattern_of_route(route, sent) == pattern


@pytest.mark.parametrize(
    ("wide", "narrow_one", "expected"),
    [
        ("a*", "ab*", True),
        ("a?", "ab", True),
        ("a?", "a*", False),
        ("ab*", "a*", False),
        ("a*c", "a*b*c", True),
        ("${x}*", "${x}b", False),
        ("*", "${x}", False),
        ("a", "a", True),
    ],
)
def test_patterns_that_contain_others(wide: str, narrow_one: str, expected: bool) -> None:
    assert contains(wide, narrow_one) is expected


def test_a_pattern_within_another_one_is_left_out() -> None:
    assert without_contained(["ab", "a*", "b", "ab"]) == ("a*", "b")
    # Of two patterns for the same texts one stays.
    assert without_contained(["a**", "a*"]) == ("a**",)
