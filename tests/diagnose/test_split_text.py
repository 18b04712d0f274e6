"""Several responses in one text have several meanings, in order."""

from __future__ import annotations

import json

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.why import MAX_RESPONSES, read_message, read_messages
from tests.diagnose.messages import MASKED, sentence
from tests.refused import refused

TOKEN = '{"message":"Missing Authentication Token"}'
SLOW = '{"message":"Endpoint request timed out"}'
DENIED = json.dumps({"Message": sentence(" with an explicit deny")})


def statuses(text: str) -> list[int | None]:
    return [meaning.status for meaning in read_messages(text)]


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{TOKEN}\n{SLOW}\n{DENIED}", [403, 504, 403]),
        (f"{DENIED}\r\n\r\n{TOKEN}\n", [403, 403]),
        (f"{TOKEN}{SLOW}", [403, 504]),
        (json.dumps({"message": "Endpoint request timed out"}, indent=2) + "\n" + TOKEN, [504, 403]),
        ("Missing Authentication Token\nEndpoint request timed out", [403, 504]),
        (f"12:00 {TOKEN}\n12:01 {SLOW}", [403, 504]),
        (f"{sentence()}\nForbidden", [403, 403]),
        (f"{sentence()}\nForbidden\nUnauthorized", [403, 403, 401]),
    ],
)
def test_each_line_is_a_response(text: str, expected: list[int]) -> None:
    assert statuses(text) == expected


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "status"),
    [
        (TOKEN, 403),
        (f"{TOKEN}\nand this is something else", 403),
        (f"the log:\n{SLOW}", 504),
        (f"HTTP/2 403\nx-amzn-errortype: ForbiddenException\n\n{TOKEN}", 403),
        (f"x-amzn-errortype: ForbiddenException\n{TOKEN}", 403),
        (f"< X-Amz-Apigw-Id: 403 Forbidden\n{TOKEN}", 403),
        (json.dumps(json.loads(TOKEN), indent=2), 403),
        (f"{sentence()[:-20]}\n{sentence()[-20:]}", 403),
        (f"{TOKEN} x {SLOW}", 403),
        (f'{TOKEN}\n{{"cut": "off', 403),
        (f"{TOKEN}\n[1]", 403),
    ],
)
def test_other_lines_belong_to_one_response(text: str, status: int) -> None:
    assert statuses(text) == [status]


@pytest.mark.rule("MSG-3")
def test_lines_of_a_log_about_one_request_are_one_response() -> None:
    first = [
        "(a1) Starting execution for request: a1",
        "(a1) Gateway response type: ACCESS_DENIED with status code: 403. Gateway response body: " + DENIED,
        "(a1) Method completed with status: 403",
    ]
    second = ["12:00:01 (b2) Endpoint request timed out", "12:00:02 (b2) Method completed with status: 504"]
    mixed = [first[0], second[0], first[1], second[1], first[2]]
    for lines in (first + second, mixed):
        meanings = read_messages("\n".join(lines))
        assert [meaning.status for meaning in meanings] == [403, 504]
        assert [meaning.resource for meaning in meanings] == [MASKED, ""]
    line = {"requestId": "a1", "message": "Forbidden"}
    assert len(read_messages("\n".join(json.dumps({**line, "n": n}) for n in range(3)))) == 1
    assert len(read_messages("\n".join(json.dumps({**line, "requestId": str(n)}) for n in range(3)))) == 3


@pytest.mark.rule("MSG-3")
def test_read_message_takes_one_response() -> None:
    refusal = refused(RequestError, lambda: read_message(f"{TOKEN}\n{SLOW}", name="a.log"))
    assert (refusal.message, refusal.at) == ("found 2 responses, expected one", "a.log:1:1")
    assert refusal.advice == "give them one by one, or call read_messages"


@pytest.mark.rule("MSG-3")
def test_the_number_of_responses_is_limited() -> None:
    assert len(read_messages("Forbidden\n" * MAX_RESPONSES)) == MAX_RESPONSES
    refusal = refused(RequestError, lambda: read_messages("Forbidden\n" * (MAX_RESPONSES + 1)))
    assert refusal.message == f"found {MAX_RESPONSES + 1} responses, expected at most {MAX_RESPONSES}"
    assert len(read_messages("Forbidden\n" * MAX_RESPONSES + "the moon\n" * MAX_RESPONSES)) == 1
