"""Texts of calls with a wrong value in one place: a call, or an error with its place, and never another exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from execpolicy.errors import RequestError
from execpolicy.loaders.call_texts import read_calls
from tests.json_changes import renamed, replaced
from tests.loaders.calls_as_texts import LOG_FORMATS, WrittenCall, as_event_1, as_event_2, as_har, as_log_line
from tests.loaders.cloudwatch_logs.test_log_texts import events, rows, subscription
from tests.loaders.test_three_apis import ALL_CALLS, ARNS, complete_api


def written(api: str) -> WrittenCall:
    """A call that somebody signs, if the API has one."""
    calls = [call for call in ALL_CALLS if call["api"] == api]
    call = next((call for call in calls if "caller" in call), calls[0])
    return WrittenCall(complete_api(0, api), call, ARNS.get(call.get("caller", "")))


def log_line(api: str) -> str:
    return as_log_line(written(api), LOG_FORMATS["JSON with quotes"])


SOCKET: Final = {
    "headers": {"Host": "abcdef.execute-api.eu-west-1.amazonaws.com"},
    "requestContext": {
        "routeKey": "$connect",
        "eventType": "CONNECT",
        "connectionId": "c=",
        "domainName": "abcdef.execute-api.eu-west-1.amazonaws.com",
        "stage": "prod",
        "apiId": "abcdef",
        "requestTimeEpoch": 1_796_040_000_000,
        "requestTime": "30/Nov/2026:12:00:00 +0000",
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "x"},
    },
    "isBase64Encoded": False,
}
TOKEN: Final = {
    "type": "TOKEN",
    "authorizationToken": "Bearer a",
    "methodArn": "arn:aws:execute-api:eu-west-1:111122223333:abcdef/prod/GET/a",
}
TEXTS: Final[dict[str, Callable[[], Any]]] = {
    "an event 1.0": lambda: json.loads(as_event_1(written("rest"))),
    "an event 2.0": lambda: json.loads(as_event_2(written("http"))),
    "an event of a WebSocket API": lambda: SOCKET,
    "an event of a TOKEN authorizer": lambda: TOKEN,
    "a HAR file": lambda: json.loads(as_har(written("rest"))),
    "a log line": lambda: json.loads(log_line("rest")),
    "log events": lambda: events([log_line("rest")]),
    "a subscription": lambda: subscription([log_line("rest")]),
    "a query": lambda: {"results": rows([log_line("rest")]), "statistics": {}},
}
WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    10**40,
    1.5,
    "",
    "x",
    "\n",
    "é",
    "-",
    "arn:aws:iam::",
    "/",
    [],
    [None],
    {},
    {"a": {}},
)


def check(value: Any) -> None:
    """Read a text; an error names its place."""
    error = error_of(json.dumps(value))
    if error is not None:
        assert error.span is not None
        assert error.advice


def error_of(text: str) -> RequestError | None:
    """The error that a text is refused with."""
    try:
        read_calls(text)
    except RequestError as error:
        return error
    return None


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize("name", TEXTS)
def test_a_wrong_value_in_any_place_is_a_call_or_an_error_at_its_place(name: str) -> None:
    value = TEXTS[name]()
    check(value)
    for wrong in WRONG:
        for changed in replaced(value, wrong):
            check(changed)
    for changed in renamed(value):
        check(changed)
