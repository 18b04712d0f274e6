"""The call that a pasted text is about."""

from __future__ import annotations

import json

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.logged_call import LoggedCall
from execpolicy.diagnose.pasted_text import parse_pasted_text
from execpolicy.diagnose.why import read_message
from tests.diagnose.messages import ANN

TIME = "[29/Nov/2026:19:00:00 +0000]"
HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'203.0.113.9 - {ANN} {TIME} "GET /prod/pets HTTP/1.1" 403 42',
         LoggedCall("GET", "/prod/pets", ANN, "203.0.113.9", status=403)),
        (f'203.0.113.9 {ANN} - {TIME} "GET /prod/pets?token=x HTTP/2" 403 42',
         LoggedCall("GET", "/prod/pets", ANN, "203.0.113.9", status=403)),
        (f'2001:db8::1 - - {TIME} "GET / HTTP/1.1" 401 42', LoggedCall("GET", "/", "-", "2001:db8::1", status=401)),
        (f'203.0.113.9 - ann {TIME} "GET / HTTP/1.1" 401 42', LoggedCall("GET", "/", "", "203.0.113.9", status=401)),
        (f"> GET /prod/pets?x=y HTTP/2\n> Host: {HOST}\n", LoggedCall("GET", "/prod/pets", host=HOST)),
        (json.dumps({"httpMethod": "GET", "path": "/prod/pets", "userArn": ANN, "status": "403"}),
         LoggedCall("GET", "/prod/pets", ANN, status=403)),
        (json.dumps({"requestContext": {"httpMethod": "GET", "path": "/p", "identity": {"userArn": ANN,
                     "sourceIp": "203.0.113.9"}, "stage": "prod", "domainName": HOST}}),
         LoggedCall("GET", "/p", ANN, "203.0.113.9", "prod", HOST)),
        (json.dumps({"method": "GET", "path": "/p", "caller": "-", "userArn": "-", "ip": "-", "stage": "-",
                     "domainName": "-", "status": "-"}), LoggedCall("GET", "/p", "-")),
        (json.dumps({"method": "GET", "path": "/p", "caller": "AIDAEXAMPLE", "userArn": "-"}),
         LoggedCall("GET", "/p", "")),
        (json.dumps({"method": "GET", "resourcePath": "/pets/{id}", "userArn": ANN}), LoggedCall()),
        (json.dumps({"method": "get it", "path": "/p", "userArn": ANN}), LoggedCall()),
        (json.dumps({"method": "GET", "path": "p q", "userArn": ANN}), LoggedCall()),
        ("GET /pets", LoggedCall()),
    ],
)  # fmt: skip
def test_the_parts_of_a_call(text: str, expected: LoggedCall) -> None:
    assert parse_pasted_text(text).call == expected


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 500])
def test_a_line_that_has_a_status_only(status: int) -> None:
    text = f'203.0.113.9 - - {TIME} "GET /prod/pets HTTP/1.1" {status} 42'
    if status not in (401, 403):
        with pytest.raises(RequestError):
            read_message(text)
        return
    meaning = read_message(text)
    assert (meaning.status, meaning.explicit, meaning.message) == (status, None, "")
    assert meaning.summary == f"Refused with {status}; the text does not say why"
