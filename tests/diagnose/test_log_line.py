"""Lines of a log in JSON: the message is that of the member, not the whole line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.log_line import parse_log_line
from execpolicy.diagnose.why import read_message
from tests.diagnose.messages import sentence

DENIED = sentence(" with an explicit deny in a resource-based policy")
LINE = {"requestId": "r1", "ip": "203.0.113.9", "token": "eyJhbGciOi", "status": "403", "responseType": "ACCESS_DENIED"}


@pytest.mark.rule("MSG-3", "MSG-1")
@pytest.mark.parametrize(
    "member",
    [
        {"message": DENIED},
        {"Message": DENIED},
        {"errorMessage": DENIED},
        {"error": DENIED},
        {"error": {"message": DENIED}},
        {"error.message": DENIED},
        {"messageString": f'"{DENIED}"'},
        {"authorizer": {"error": DENIED}},
        {"authorizer.error": DENIED},
        {"authorizerError": DENIED},
        {"integrationErrorMessage": DENIED},
        {"context": {"error": {"messageString": DENIED}}},
        {"error": DENIED, "message": "-", "errorMessage": "", "integrationErrorMessage": "$context.integration.error"},
    ],
)
@pytest.mark.parametrize("before", ["", "2026-03-01T12:00:00Z INFO "])
def test_the_member_that_holds_the_message(member: dict[str, Any], before: str) -> None:
    meaning = read_message(before + json.dumps({**LINE, **member}))
    assert (meaning.message, meaning.explicit) == (DENIED, True)
    assert (meaning.status, meaning.response_type) == (403, "ACCESS_DENIED")
    assert "eyJhbGciOi" not in json.dumps(meaning.to_dict())


@pytest.mark.rule("MSG-3")
def test_a_message_that_is_quoted_twice() -> None:
    line = json.dumps({"status": 403, "messageString": '"Missing Authentication Token"'})
    meaning = read_message(line)
    assert (meaning.message, meaning.status) == ("Missing Authentication Token", 403)
    assert read_message(json.dumps({"errorMessage": "Forbidden"})).message == "Forbidden"
    assert parse_log_line(r'{"a": "\"x \\\"y\\\"\"", "b": "\""}') == {"a": 'x "y"', "b": '"'}


@pytest.mark.rule("MSG-3")
def test_a_template_is_no_message() -> None:
    template = {"requestId": "$context.requestId", "message": "$context.error.message", "error": "-"}
    with pytest.raises(RequestError):
        read_message(json.dumps(template))
    meaning = read_message(json.dumps({**template, "responseType": "INVALID_API_KEY"}))
    assert (meaning.message, meaning.response_type) == ("", "INVALID_API_KEY")


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("no object", {}),
        ("{'python': 1}", {}),
        ('{"cut": "off', {}),
        ("[1]", {}),
        ('{"a":' * 100_000, {}),
        ('{"a": 1, "b": 2.5, "c": true, "d": null, "e": [1], "f": {}}', {"a": "1", "b": "2.5"}),
        (f'{{"a": {10**30}, "b": 1e999, "c": 200}}', {"c": "200"}),
        ('{"A": {"B": {"C": {"D": "x", "E": {"F": "y"}}}}}', {"a.b.c.d": "x"}),
        ('{"a": "first", "A": "second"}', {"a": "first"}),
        ('x {"a": "1"} {"a": "2"}', {"a": "1"}),
    ],
)
def test_members(text: str, members: dict[str, str]) -> None:
    assert parse_log_line(text) == members


def test_members_are_counted() -> None:
    assert len(parse_log_line(json.dumps({f"n{number}": number for number in range(5000)}))) == 1000
