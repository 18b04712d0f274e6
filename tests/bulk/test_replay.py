"""Replays: the counts are those of the single calls, and a certain change is one whatever the log does not hold."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    Call,
    CallChange,
    Caller,
    CallOutcome,
    Issuer,
    NotReplayed,
    Policy,
    Replay,
    RequestError,
    Route,
    Template,
    UnknownCause,
    UsageError,
    replay,
)
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.logged_networks import network_of
from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.possible_callers import LogCallers, possible_callers
from execpolicy.bulk.replay import replay_lines
from execpolicy.language.principal import Principal
from execpolicy.literals import PolicyKindName
from execpolicy.render.replay import replay_data, replay_lines_of
from execpolicy.render.replay_tables import replay_to_html, replay_to_markdown
from tests.bulk.generated_log import (
    ACCOUNT,
    ADDRESSES,
    CALLERS,
    CLERK,
    FORMS,
    OFFICE,
    STATEMENTS,
    LoggedCall,
    a_call,
    api_of,
    as_json,
)
from tests.examples import of_quick
from tests.untyped import untyped

REFUSED, ADMITTED, UNKNOWN, UNCHANGED = CallChange
EVE = f"arn:aws:iam::{ACCOUNT}:user/Eve"
POLICIES = st.lists(st.sampled_from(STATEMENTS), unique_by=str, max_size=3)


def lines_of(texts: Iterable[str | bytes]) -> list[LogLine]:
    contents = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return [LogLine("access.log", number, content) for number, content in enumerate(contents, 1)]


def replayed(
    texts: Iterable[str | bytes], before: Api | None, after: Api, callers: object = None, **more: Any
) -> Replay:
    return replay_lines(lines_of(texts), (before, after), LogCallers(callers), **more)


def policy_of(kind: PolicyKindName, statements: Iterable[Any]) -> Policy:
    document = {"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}
    return Policy.parse(document, kind=kind, name=f"{kind}.json")


def identity(*statements: Any) -> Policy:
    return policy_of("identity", statements)


def outcome(api: Api, line: str, caller: Any, log_format: str | None) -> bool | None:
    """Whether a call gets through; None if that is not known."""
    call = Call.parse(line, log_format=log_format)
    try:
        response = api.invoke(call, caller=caller if call.caller_arn is not None else None)
    except RequestError:
        return None
    return {CallOutcome.ALLOWED: True, CallOutcome.DENIED: False}.get(response.outcome)


def change_of(before: bool | None, after: bool | None) -> CallChange:
    if before is None or after is None:
        return UNKNOWN
    return UNCHANGED if before is after else ADMITTED if after else REFUSED


ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
#: Everybody of the generated logs, with their policies.
KNOWN = (
    Caller(f"arn:aws:iam::{ACCOUNT}:role/Clerk", identity=identity(ALLOW_ALL)),
    Caller(EVE, identity=identity({**ALLOW_ALL, "Condition": OFFICE})),
    Caller("arn:aws:iam::444455556666:root"),
)


@pytest.mark.rule("LOG-8")
@of_quick(30, long=1000)  # each example replays 30 calls
@given(POLICIES, POLICIES, st.integers(0, 10**6), st.sampled_from(sorted(FORMS)))
def test_the_counts_are_those_of_the_single_calls(before: Any, after: Any, seed: int, form: str) -> None:
    write, log_format = FORMS[form]
    random = Random(seed)
    calls = [a_call(random, number) for number in range(30)]
    versions = (api_of(*before), api_of(*after))
    texts = [write(each) for each in calls]
    found = replayed(texts, *versions, KNOWN, log_format=log_format)
    expected: Counter[CallChange] = Counter()
    by_route: Counter[tuple[CallChange, str]] = Counter()
    for call, text in zip(calls, texts, strict=True):
        who = next((each for each in KNOWN if each.principal.name and each.principal.name in call.caller), None)
        who = KNOWN[2] if call.caller.endswith(":root") else who
        sides = [outcome(api, text, who, log_format) for api in versions]
        if sides[0] is None:
            sides[0] = admitted_by_aws(Call.parse(text, log_format=log_format))
        change = change_of(*sides)
        expected[change] += 1
        if change is not UNCHANGED:
            route = versions[1].tables.routes.find(call.method, call.path[1:].split("/"))
            by_route[change, "" if route is None else route.route.key] += 1
    assert found.counts == {each: expected[each] for each in CallChange}
    groups: Counter[tuple[CallChange, str]] = Counter()
    for group in found.groups:
        groups[group.change, group.route] += group.calls
    assert groups == by_route
    assert (found.first, found.last) == (Call.parse(as_json(calls[0])).time, Call.parse(as_json(calls[-1])).time)


#: What a caller's policies may be, of which nobody gave any.
_EACH: Sequence[Any] = ((), (ALLOW_ALL,), ({**ALLOW_ALL, "Effect": "Deny"},), ({**ALLOW_ALL, "Action": "s3:*"},))


@pytest.mark.rule("LOG-8")
@of_quick(20, long=1000)  # each example replays 20 calls
@given(
    POLICIES,
    POLICIES,
    st.integers(0, 10**6),
    st.tuples(st.sampled_from(_EACH), *([st.sampled_from((None, *_EACH[1:]))] * 3)),
)
def test_a_certain_change_is_one_whatever_the_policies_of_the_caller(
    before: Any, after: Any, seed: int, policies: Any
) -> None:
    own, boundary, session, scp = policies
    random = Random(seed)
    versions = (api_of(*before), api_of(*after))
    parts: dict[str, Any] = {"identity": identity(*own) if own else ()}
    parts |= {"boundary": policy_of("boundary", boundary)} if boundary is not None else {}
    parts |= {"session": policy_of("session", session)} if session is not None else {}
    parts |= {"scps": [[policy_of("scp", scp)]]} if scp is not None else {}
    caller = Caller(f"{CLERK}/ann", **parts)
    for number in range(20):
        call = a_call(random, number)._replace(caller=f"{CLERK}/ann", answer={})
        text = as_json(call)
        (group,) = [each for each, count in replayed([text], *versions).counts.items() if count]
        if group is not UNKNOWN:
            sides = [outcome(api, text, caller, None) for api in versions]
            # What is not known of the caller's tags is not known with its policies either.
            assert change_of(*sides) in (group, UNKNOWN)


def test_a_caller_of_whom_nothing_can_be_said_has_one_possibility() -> None:
    assert len(possible_callers(Principal.parse("arn:aws:iam::111122223333:root"))) == 1
    assert len(possible_callers(Principal.parse(EVE))) == 9
    assert len(possible_callers(Principal.parse(f"{CLERK}/ann"))) == 17


ALL, POSTS = STATEMENTS[0], STATEMENTS[4]
CALL = LoggedCall("GET", "/health", ADDRESSES[0], "-", 1_796_040_000_000, {"status": 200})


def test_what_aws_answered_is_the_old_version() -> None:
    closed = api_of(STATEMENTS[2])
    texts = [as_json(CALL), as_json(CALL._replace(answer={"status": 403, "error.responseType": "ACCESS_DENIED"}))]
    assert replayed(texts, None, closed).counts == {REFUSED: 1, ADMITTED: 0, UNKNOWN: 0, UNCHANGED: 1}
    found = replayed(texts, None, api_of(ALL))
    assert found.counts == {REFUSED: 0, ADMITTED: 1, UNKNOWN: 0, UNCHANGED: 1}
    (group,) = found.groups
    assert (group.before, group.inferred, found.inferred) == (None, 0, 0)


@pytest.mark.rule("LOG-8")
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403},
        {"status": 429},
        {"status": 429, "error.responseType": "ACCESS_DENIED"},
        {"status": 403, "error.responseType": "WAF_FILTERED"},
        {"status": 500, "error.responseType": "AUTHORIZER_FAILURE"},
        # WAF, API keys and policies refuse with this message.
        {"status": 403, "error.message": "Forbidden"},
        {"status": 403, "authenticate.status": 403},
        {"requestId": "x"},
    ],
)
def test_an_answer_that_no_policy_gave_says_nothing(answer: Any) -> None:
    found = replayed([as_json(CALL._replace(answer=answer))], None, api_of(ALL))
    assert (found.counts[UNKNOWN], dict(found.causes)) == (1, {UnknownCause.LOGGED_ANSWER: 1})


@pytest.mark.rule("LOG-8")
@pytest.mark.parametrize(
    ("answer", "admitted"),
    [
        ({"status": 200}, True),
        ({"status": 403, "integration.status": 403}, True),
        ({"status": 400, "error.responseType": "BAD_REQUEST_BODY"}, True),
        ({"status": 403, "error.responseType": "ACCESS_DENIED"}, False),
        ({"status": 403, "error.message": "Forbidden", "authorize.status": 403}, False),
        ({"status": 403, "authorizer.status": 403}, False),
    ],
)
def test_what_an_answer_says(answer: Any, admitted: bool) -> None:
    assert admitted_by_aws(Call.parse(as_json(CALL._replace(answer=answer)))) is admitted


@pytest.mark.rule("LOG-8")
def test_an_answer_takes_the_place_of_what_the_log_does_not_hold() -> None:
    tagged = api_of(ALL, STATEMENTS[6])
    call = CALL._replace(path="/orders/1", caller=f"{CLERK}/ann")
    known = [Caller(f"arn:aws:iam::{ACCOUNT}:role/Clerk", identity=identity(ALLOW_ALL))]
    closed = api_of({**STATEMENTS[0], "Effect": "Deny"})
    found = replayed([as_json(call)], tagged, closed, known)
    assert (found.counts[REFUSED], found.inferred, found.groups[0].inferred) == (1, 1, 1)
    found = replayed([as_json(call._replace(answer={}))], tagged, closed, known)
    assert (found.counts[UNKNOWN], found.groups[0].detail) == (1, "aws:PrincipalTag/team")
    assert dict(found.causes) == {UnknownCause.CONDITION_KEYS: 1}


def test_the_policies_of_a_caller_that_nobody_gave() -> None:
    call = CALL._replace(path="/orders/1", caller=EVE, answer={})
    allowed, nothing = api_of(ALL), api_of()
    # Without its policies the resource policy alone admits it, and with a Deny nothing does.
    found = replayed([as_json(call)], allowed, nothing)
    assert dict(found.causes) == {UnknownCause.CALLER_POLICIES: 1}
    # AWS admitted it, so that nothing of its own policies denies it, and still they may allow it.
    found = replayed([as_json(call._replace(answer={"status": 200}))], allowed, nothing)
    assert found.counts[UNKNOWN] == 1
    denied = api_of({**ALL, "Effect": "Deny"})
    found = replayed([as_json(call._replace(answer={"status": 200}))], allowed, denied)
    assert (found.counts[REFUSED], found.inferred) == (1, 1)


def test_an_answer_that_the_old_version_contradicts_is_counted() -> None:
    found = replayed([as_json(CALL)], api_of(STATEMENTS[2]), api_of(ALL))
    assert (found.contradicted, found.counts[ADMITTED]) == (1, 1)


def test_what_the_log_does_not_say_of_the_signer() -> None:
    line = '{"httpMethod": "GET", "path": "/prod/orders/1", "caller": "AIDAEXAMPLE", "status": 200}'
    assert dict(replayed([line], api_of(ALL), api_of()).causes) == {UnknownCause.CALLER: 1}
    (group,) = replayed([line], api_of(ALL), api_of()).groups
    assert group.caller == "not said"


def test_a_route_whose_authorizer_reads_headers() -> None:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
    guarded = Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=ACCOUNT,
        stages=["prod"],
        routes=[Route("GET", "/health", authorizer="tokens")],
        authorizers=[tokens],
    )
    found = replayed([as_json(CALL)], api_of(ALL), guarded)
    assert dict(found.causes) == {UnknownCause.SENT_VALUES: 1}
    assert found.groups[0].causes == (UnknownCause.SENT_VALUES,)


@pytest.mark.rule("LOG-8")
def test_a_route_that_requires_a_token() -> None:
    issuer = Issuer("https://id.example", ["shop"])
    tokens = Authorizer("jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[issuer])
    parts: dict[str, Any] = {"id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "account": ACCOUNT}
    guarded = Api(routes=[Route("GET", "/health", authorizer="jwt")], authorizers=[tokens], **parts)
    line = as_json(CALL).replace("/prod/", "/").replace('"stage": "prod"', '"stage": "$default"')
    found = replayed([line], Api(routes=["GET /health"], **parts), guarded)
    assert dict(found.causes) == {UnknownCause.SENT_VALUES: 1}
    # Without the token both versions may refuse the call, and AWS let it through.
    assert replayed([line], guarded, guarded).contradicted == 0


def test_nothing_is_dropped() -> None:
    other = as_json(CALL).replace("a1b2c3", "zzz")
    rejected: list[tuple[int, NotReplayed]] = []
    found = replayed(
        [
            *(as_json(CALL), "{broken", "", b"\xff\xfe", other),
            as_json(CALL).replace('"stage": "prod"', '"stage": "test"'),
            as_json(CALL._replace(caller="arn:aws:iam::1:user/Eve")),
        ],
        None,
        api_of(ALL),
        on_reject=lambda line, reason: rejected.append((line.number, reason)),
    )
    assert dict(found.left_out) == {
        NotReplayed.BROKEN: 3,
        NotReplayed.EMPTY: 1,
        NotReplayed.OTHER_API: 1,
        NotReplayed.OTHER_STAGE: 1,
    }
    assert found.lines == found.calls + sum(found.left_out.values()) == 7
    assert found.rejects == ("access.log:2", "access.log:4", "access.log:7")
    assert [number for number, _ in rejected] == [2, 3, 4, 5, 6, 7]
    assert found.is_uncertain


def test_a_call_that_is_there_twice() -> None:
    def with_ids(**ids: str) -> str:
        return json.dumps({**json.loads(as_json(CALL)), **ids})

    texts = [
        with_ids(requestId="a", extendedRequestId="x"),
        with_ids(requestId="a", extendedRequestId="y"),
        with_ids(requestId="b", extendedRequestId="x"),
        with_ids(requestId="c"),
        with_ids(requestId="c"),
        as_json(CALL),
        as_json(CALL),
    ]
    assert replayed(texts, None, api_of(ALL)).calls == 7
    found = replayed(texts, None, api_of(ALL), dedupe=True)
    assert (found.calls, dict(found.left_out)) == (5, {NotReplayed.DUPLICATE: 2})


def test_a_part_of_the_lines(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("\n".join([as_json(CALL)] * 1000), "utf-8")
    found = replay(log, None, api_of(ALL), sample="1/10", seed=3)
    assert 60 < found.lines < 140
    assert found == replay(log, None, api_of(ALL), sample="1/10", seed=3)
    assert found.sample == "1/10"
    assert next(iter(replay_lines_of(found, None))).text.startswith("estimated from 1/10 of the lines: ")
    assert replay(log, None, api_of(ALL), sample="1/1").lines == 1000


@pytest.mark.parametrize("sample", ["0/10", "2/1", "0.1", "1/", "-1/2", "1/0", 3])
def test_a_part_that_is_none(sample: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="sample"):
        replay(tmp_path, None, api_of(ALL), sample=sample)


def test_the_statements_that_no_call_needed() -> None:
    found = replayed([as_json(CALL)], None, api_of({**ALL, "Sid": "All"}, {**POSTS, "Sid": "Posts"}))
    assert [(each.sid, each.effect, each.place) for each in found.unused] == [
        ("Posts", "Deny", "resource.json: Statement[1]")
    ]
    assert replayed([], None, api_of(ALL)).unused == ()


def test_a_policy_that_reads_the_time_is_decided_for_each_call() -> None:
    early, late = CALL, CALL._replace(time=CALL.time + 60_000)
    found = replayed([as_json(early), as_json(late)], api_of(ALL), api_of(ALL, STATEMENTS[5]))
    assert (found.counts[UNCHANGED], found.counts[REFUSED]) == (1, 1)


def outputs_of(found: Replay) -> str:
    lines = (line.text for width in (80, None) for line in replay_lines_of(found, width, verbose=True))
    return "\n".join([*lines, str(replay_data(found)), replay_to_markdown(found), replay_to_html(found)])


@of_quick(8, long=1000)
@given(POLICIES, POLICIES, st.integers(0, 10**6))
def test_no_output_has_an_address_a_session_or_a_path_unless_raw_values_are_shown(
    before: Any, after: Any, seed: int
) -> None:
    random = Random(seed)
    texts = [as_json(a_call(random, number)) for number in range(30)]
    secrets = (*ADDRESSES, "bob-secret", "4711-secret")
    found = replayed(texts, api_of(*before), api_of(*after))
    assert not [each for each in secrets if each in outputs_of(found)]
    raw = replayed(texts, api_of(*before), api_of(*after), raw_values=True)
    if raw.groups:
        assert [each for each in secrets if each in outputs_of(raw)]


def test_a_role_stands_for_its_sessions() -> None:
    calls = [CALL._replace(caller=each, path="/orders/1") for each in CALLERS[1:3]]
    (group,) = replayed(map(as_json, calls), api_of(ALL), api_of({**ALL, "Effect": "Deny"})).groups
    assert (group.caller, group.calls) == (f"arn:aws:iam::{ACCOUNT}:role/Clerk", 2)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8::1", "2001:db8::/48"), ("", ""), ("x", "")],
)
def test_the_network_in_place_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_template_and_its_callers() -> None:
    template = Template.parse(
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Shop:
            Type: AWS::Serverless::HttpApi
            Properties:
              DefinitionBody:
                {openapi: "3.0.1", info: {title: shop}, paths: {/a: {get: {x-amazon-apigateway-auth: {type: AWS_IAM}}}}}
          Clerk:
            Type: AWS::IAM::Role
            Properties:
              RoleName: Clerk
              AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
              ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"]
        """,
        account=ACCOUNT,
        region="eu-west-1",
    )
    call = CALL._replace(path="/a", caller=f"{CLERK}/ann", answer={"status": 403, "authorize.status": 403})
    line = as_json(call).replace("/prod", "").replace('"stage": "prod", "apiId": "a1b2c3"', '"protocol": "HTTP/1.1"')
    found = replayed([line], None, template.apis["Shop"], template)
    assert found.counts[ADMITTED] == 1


#: What a line has, and what the log lacks for an API whose policy reads three keys.
_LACKING = [
    (
        '{"httpMethod": "GET", "path": "/prod/health"}',
        [
            "the log does not have $context.identity.sourceIp: aws:SourceIp decides in resource.json: Statement[0]",
            "the log does not have $context.identity.userArn: GET /orders/{id} requires a signature",
            "the log does not have $context.requestTimeEpoch: aws:CurrentTime decides in resource.json: Statement[1]",
            "the log does not have $context.identity.vpceId: aws:SourceVpce decides in resource.json: Statement[2]",
        ],
    ),
    (
        '{"httpMethod": "GET", "path": "/prod/health", "ip": "203.0.113.7", "userArn": "-", "vpceId": "-", '
        '"requestTimeEpoch": 1796040000000}',
        [],
    ),
    ("{broken", []),
]


@pytest.mark.parametrize(("line", "expected"), _LACKING)
def test_what_the_policies_need_and_the_log_lacks_is_named_first(line: str, expected: list[str]) -> None:
    endpoint = {**ALL, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    api = api_of(STATEMENTS[3], STATEMENTS[5], endpoint)
    notes: list[str] = []
    found = replayed([line], None, api, on_note=notes.append)
    assert notes == expected
    assert list(found.notes[: len(expected)]) == expected


def test_a_log_without_addresses_does_not_show_which_calls_come_through_a_vpc_endpoint() -> None:
    line = '{"httpMethod": "GET", "path": "/prod/health", "userArn": "-"}'
    assert replayed([line], None, api_of(ALL)).notes[0] == (
        "the log does not have $context.identity.sourceIp: whether a call comes through a VPC endpoint is known by it"
    )


def test_a_replay_is_a_value() -> None:
    texts = [as_json(CALL), as_json(CALL._replace(path="/orders/1", caller=EVE))]
    found = replayed(texts, api_of(ALL), api_of(STATEMENTS[2]))
    assert found == replayed(texts, api_of(ALL), api_of(STATEMENTS[2]))
    assert found != replayed(texts[:1], api_of(ALL), api_of(STATEMENTS[2]))
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found) == "<Replay of 2 calls: 1 newly refused, 1 unknown>"
    with pytest.raises(UsageError, match="neither true nor false"):
        bool(found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"after": None}, "after is an Api or a Template, found a NoneType"),
        ({"after": Template.parse("Resources: {}")}, "after is a Template with one API, found none"),
        ({"before": 1}, "before is an Api or a Template"),
        ({"callers": EVE}, "callers are a Template or a list of callers"),
        ({"callers": [EVE]}, "a caller is a Caller with its policies"),
        ({"logs": b"x"}, "logs are paths"),
        ({"logs": [5]}, "a path is a text or a pathlib.Path, found 5, an int"),
        ({"logs": []}, "found no log"),
        ({"log_format": 1}, "log_format"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        untyped(replay)(**{"logs": "none.log", "after": api_of(), **arguments})


def test_a_format_that_is_wrong_ends_the_run() -> None:
    with pytest.raises(RequestError) as caught:
        replayed(["x"], None, api_of(), log_format="$context.nothing")
    assert caught.value.source is not None
