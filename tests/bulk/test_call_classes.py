"""Calls of one class have one answer: what is decided by classes is what is decided call by call."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Api, Call, Caller, Policy
from execpolicy.bulk.call_classes import CallClasses
from execpolicy.bulk.known_answers import KnownAnswers
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replayed_call import CallReplayer
from tests.bulk.generated_log import ACCOUNT, CLERK, OFFICE, STATEMENTS, a_call, api_of, as_json
from tests.examples import of_quick

PATHS = (
    *("/orders/1", "/orders/42", "/orders/4711", "/orders/a%20b", "/orders/1/", "//orders/1", "/orders/", "/Orders/1"),
    *("/health", "/healthy", "/admin/a", "/admin/a/b/c", "/admin/..", "/", f"/orders/{'9' * 1700}", "/orders/a.b"),
)
ADDRESSES = ("203.0.113.1", "203.0.113.200", "198.51.100.7", "198.51.100.9", "2001:db8::1", "10.0.0.1")
SESSIONS = ("-", f"{CLERK}/ann", f"{CLERK}/bob", f"arn:aws:iam::{ACCOUNT}:user/Eve", f"arn:aws:iam::{ACCOUNT}:user/Bob")
AGENTS = ("curl/8", "Mozilla")
HOSTS = ("", "", '"domainName": "a1b2c3.execute-api.eu-west-1.amazonaws.com", ')


def deny(resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": resource, **more}


#: Statements that tell calls of one route apart, by each column.
TELLING: tuple[dict[str, Any], ...] = (
    deny("execute-api:/*/GET/orders/4*"),
    deny("arn:aws:execute-api:*:*:*/prod/*/admin/*/b*"),
    {**deny(), "NotResource": "execute-api:/prod/GET/orders/?", "Resource": None},
    deny("execute-api:/prod/GET/orders/${aws:username}"),
    deny("execute-api:/*/orders/1*", Condition=OFFICE),
    deny(Condition={"StringLike": {"aws:SourceIp": "198.*"}}),
    deny(Condition={"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/25", "2001:db8::/32"]}}),
    deny(Condition={"StringEquals": {"aws:SourceIp": "${aws:PrincipalTag/home}"}}),
    deny(Condition={"StringLike": {"aws:UserAgent": "curl*"}}),
    {**deny(), "Principal": {"AWS": f"{CLERK}/ann"}},
    deny(Condition={"StringLike": {"aws:userid": "*:bob"}}),
    deny(Condition={"DateLessThan": {"aws:CurrentTime": "2026-11-30T12:00:05Z"}}),
    deny(Condition={"DateEquals": {"aws:CurrentTime": ["2026-11-30T12:00:07Z", "2026-12-01"]}}),
    deny(Condition={"DateGreaterThan": {"aws:EpochTime": "1796040007"}}),
    deny(Condition={"NumericLessThanEquals": {"aws:EpochTime": "1796040009"}}),
)
POLICIES = st.lists(st.sampled_from((*STATEMENTS, *TELLING)), unique_by=str, max_size=4)


def version(statements: Iterable[Any]) -> Api:
    return api_of(*({name: value for name, value in each.items() if value is not None} for each in statements))


def calls_of(seed: int, number: int) -> list[Call]:
    random = Random(seed)
    found = []
    for at in range(number):
        call = a_call(random, at)._replace(
            path=random.choice(PATHS), source=random.choice(ADDRESSES), caller=random.choice(SESSIONS)
        )
        more = f'{{"identity.userAgent": "{random.choice(AGENTS)}", {random.choice(HOSTS)}'
        found.append(Call.parse(as_json(call).replace("{", more, 1)))
    return found


IDENTITY = Policy.parse(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*/GET/orders/4*"}]},
    kind="identity",
)
CALLERS = (
    (),
    (Caller(f"arn:aws:iam::{ACCOUNT}:role/Clerk", identity=IDENTITY),),
    (Caller(f"{CLERK}/ann", identity=IDENTITY), Caller(f"arn:aws:iam::{ACCOUNT}:user/Bob", identity=IDENTITY)),
)


@pytest.mark.rule("LOG-8")
@of_quick(20, long=1000)  # each example decides 40 calls twice
@given(st.none() | POLICIES, POLICIES, st.sampled_from(CALLERS), st.integers(0, 10**6))
def test_a_call_has_the_answer_of_its_class(before: Any, after: Any, callers: Any, seed: int) -> None:
    versions = (None if before is None else version(before), version(after))
    answers = KnownAnswers(*versions, LogCallers(callers))
    replayer = CallReplayer(*versions, LogCallers(callers))
    calls = calls_of(seed, 40)
    for call in calls:
        assert answers.of(call) == replayer.replay(call)
    event(f"decided: {len(answers.decided) * 100 // len(calls)} of 100")


def classes_of(statements: Iterable[Any], calls: Iterable[Call]) -> int:
    api = version(statements)
    policies = [] if api.resource_policy is None else [api.resource_policy]
    classes = CallClasses([api], policies, by_session=False)
    return len({classes.of(call) for call in calls})


def call_to(path: str = "/orders/1", source: str = "203.0.113.1", caller: str = "-", time: int = 0) -> Call:
    call = a_call(Random(0), 0)._replace(method="GET", path=path, source=source, caller=caller, answer={"status": 200})
    return Call.parse(as_json(call._replace(time=call.time + time)))


@pytest.mark.parametrize(
    ("statements", "paths", "number"),
    [
        ([], ("/orders/1", "/orders/2", "/orders/3"), 1),
        ([TELLING[0]], ("/orders/1", "/orders/2", "/orders/41", "/orders/42"), 2),
        ([TELLING[3]], ("/orders/1", "/orders/2"), 2),
        ([], ("/orders/1", "/health"), 2),
        ([], ("/orders/a%20b", "/orders/a%20c"), 2),
        ([], ("/none/1", "/none/2"), 1),
        ([TELLING[0]], ("/none/1", "/orders/4/none", "/orders/5/none"), 2),
    ],
)
def test_the_classes_of_paths(statements: Any, paths: tuple[str, ...], number: int) -> None:
    assert classes_of(statements, map(call_to, paths)) == number


@pytest.mark.parametrize(
    ("statements", "number"), [([], 2), ([TELLING[6]], 3), ([TELLING[7]], 4), ([STATEMENTS[3]], 3)]
)
def test_the_classes_of_addresses(statements: Any, number: int) -> None:
    sources = ("203.0.113.1", "203.0.113.200", "198.51.100.7", "2001:db8::1")
    assert classes_of(statements, (call_to(source=each) for each in sources)) == number


@pytest.mark.parametrize(("statements", "number"), [([], 2), ([TELLING[9]], 3), ([TELLING[10]], 3)])
def test_the_classes_of_callers(statements: Any, number: int) -> None:
    assert classes_of(statements, (call_to(caller=each) for each in SESSIONS[1:4])) == number


@pytest.mark.parametrize(("statements", "number"), [([], 1), ([TELLING[11]], 2), ([TELLING[-1]], 3)])
def test_the_classes_of_times(statements: Any, number: int) -> None:
    assert classes_of(statements, (call_to(time=each) for each in (0, 10_000, 20_000))) == number
