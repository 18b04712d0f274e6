"""A seeded generator of access logs: calls with what is true of each, written in one of several formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from execpolicy import Api, Policy, Route

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
START = 1_796_040_000_000
CLERK = f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk"
CALLERS = (
    "-",
    f"{CLERK}/ann",
    f"{CLERK}/bob-secret",
    f"arn:aws:iam::{ACCOUNT}:user/Eve",
    f"arn:aws:iam::{OTHER_ACCOUNT}:root",
)
ADDRESSES = ("203.0.113.77", "198.51.100.201", "2001:db8:aaaa:bbbb::77")
PATHS = ("/orders/4711-secret", "/orders", "/health", "/none", "/admin/x")
ROUTES = (
    Route("GET", "/orders/{id}", auth="AWS_IAM"),
    Route("POST", "/orders", auth="AWS_IAM"),
    Route("GET", "/health"),
    Route("ANY", "/admin/{proxy+}", auth="AWS_IAM"),
)
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
EVENING = {"DateGreaterThan": {"aws:CurrentTime": "2026-11-30T12:00:30Z"}}
STATEMENTS: tuple[Mapping[str, Any], ...] = (
    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Clerk"}, "Action": "*", "Resource": "*"},
    {"Effect": "Allow", "Principal": {"AWS": f"{CLERK}/ann"}, "Action": "*", "Resource": "execute-api:/*/GET/*"},
    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*", "Condition": OFFICE},
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*/POST/*"},
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*", "Condition": EVENING},
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
        "Resource": "execute-api:/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    },
)


def api_of(*statements: Mapping[str, Any]) -> Api:
    document = {"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=ACCOUNT,
        stages=["prod"],
        routes=ROUTES,
        resource_policy=Policy.parse(document, kind="resource", name="resource.json") if statements else None,
    )


#: The same API as an API file, without a policy.
API_FILE: Mapping[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": ACCOUNT,
    "stages": ["prod"],
    "routes": {route.key: {"auth": route.auth} if route.auth else {} for route in ROUTES},
}


class LoggedCall(NamedTuple):
    """A call as it was made, with what the log says of AWS's answer."""

    method: str
    path: str
    source: str
    caller: str
    time: int
    answer: Mapping[str, Any]


def a_call(random: Random, number: int) -> LoggedCall:
    answers: tuple[Mapping[str, Any], ...] = (
        {"status": 200},
        {"status": 403},
        {"status": 403, "error.responseType": "ACCESS_DENIED"},
        {"status": 429, "error.responseType": "THROTTLED"},
    )
    return LoggedCall(
        random.choice(("GET", "POST")),
        random.choice(PATHS),
        random.choice(ADDRESSES),
        random.choice(CALLERS),
        START + number * 1000,
        random.choice(answers),
    )


def as_json(call: LoggedCall) -> str:
    fields = {"httpMethod": call.method, "path": f"/prod{call.path}", "identity.sourceIp": call.source}
    fields |= {"identity.userArn": call.caller, "requestTimeEpoch": str(call.time), "stage": "prod", "apiId": "a1b2c3"}
    return json.dumps({**fields, **{name: str(value) for name, value in call.answer.items()}})


def as_own_names(call: LoggedCall) -> str:
    fields = {"http_method": call.method, "Path": f"/prod{call.path}", "ip": call.source, "userArn": call.caller}
    error = call.answer.get("error.responseType", "-")
    return json.dumps(
        {**fields, "request-time-epoch": call.time, "status": call.answer["status"], "responseType": error}
    )


#: A line of this format has its values between tabs, which no value has.
TAB_FORMAT = "\t".join(
    f"$context.{name}"
    for name in (
        *("httpMethod", "path", "identity.sourceIp", "identity.userArn", "requestTimeEpoch", "status"),
        "error.responseType",
    )
)


def as_tabs(call: LoggedCall) -> str:
    answer = (str(call.answer["status"]), call.answer.get("error.responseType", "-"))
    return "\t".join((call.method, f"/prod{call.path}", call.source, call.caller, str(call.time), *answer))


#: Each form of a line with its format.
FORMS: Mapping[str, tuple[Callable[[LoggedCall], str], str | None]] = {
    "json": (as_json, None),
    "own names": (as_own_names, None),
    "tabs": (as_tabs, TAB_FORMAT),
}
