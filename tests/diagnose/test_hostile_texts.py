"""Texts that somebody else has written: no traceback, no escape sequence, and nothing that cannot be encoded."""

from __future__ import annotations

import json
from itertools import product

import pytest

from execpolicy import ExecPolicyError, Route
from execpolicy.diagnose.why import CalledApi, read_messages
from execpolicy.gateway.model.api_definition import ApiDefinition
from tests.diagnose.messages import ANN, MASKED, implicit, sentence

API = ApiDefinition(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages=["prod"],
    routes=[Route("GET", "/pets/{id}", auth="AWS_IAM")],
)
PLACES = [
    sentence(" with an explicit deny in {}"),
    sentence(implicit("session policy"), user="{}"),
    sentence(resource=MASKED + "{}"),
    sentence(resource=MASKED + "\n{}"),
    "User is not authorized to access this resource {}",
    "Execution failed due to configuration error: {}",
    "API Stage {}: API Stage is not in a Usage Plan",
    "No method found matching route {} for http method {}",
    "Access to fetch at 'https://a.example/{}' from origin '{}' has been blocked by CORS policy: {}",
    "An error occurred (AccessDenied) when calling the {} operation: {}",
    "Authorization header: 'Authorization: {}' missing equal-sign key=value pair (missing equal-sign)",
    '{{"httpMethod": "GET", "path": "/prod/pets/{}", "userArn": "' + ANN + '", "message": "Forbidden {}"}}',
    '{{"httpMethod": "{}", "path": "/prod", "userArn": "{}", "message": "Forbidden"}}',
    '> GET /prod/{} HTTP/2\n> Host: {}\n< HTTP/2 403\n\n{{"message":"Forbidden"}}',
    '203.0.113.9 - {} [{}] "GET /prod/{} HTTP/1.1" 403 42',
]
PIECES = [
    "\x1b[2J", "\\u001b[2J", "\\ud800", "\u202e", "\x00", "\\", '"', "'", "{0}", "{", "}", "%s", "\n", "\\n", "$(x)",
    "*",
    "a" * 10_000, "[" * 2000, "arn:", "1" * 5000, "",
]  # fmt: skip


@pytest.mark.rule("MSG-1", "MSG-2", "MSG-3")
@pytest.mark.parametrize("api", [None, CalledApi(API, "\x1b[2J.api.yaml")], ids=["alone", "with an API"])
@pytest.mark.parametrize("place", range(len(PLACES)))
def test_any_text_in_any_place(place: int, api: CalledApi | None) -> None:
    for piece, around in product(PIECES, ("{}", "x{}", "{} x")):
        text = PLACES[place].format(*[around.format(piece)] * 3)
        try:
            meanings = read_messages(text, api=api)
        except ExecPolicyError as error:
            shown = str(error)
        else:
            shown = "\n".join(str(meaning) for meaning in meanings)
            for meaning in meanings:
                json.dumps(meaning.to_dict()).encode()
        shown.encode()
        assert all(sign == "\n" or sign.isprintable() for sign in shown)
