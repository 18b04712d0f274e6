"""A response as text: every line of its explanation, blank lines, and one excerpt for each statement."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from execpolicy import Api, Authorizer, Context, GatewayResponse, Policy, Route
from execpolicy.render.response import full_response_lines, response_lines, response_to_text

OPEN = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"},
    {"Sid": "NotAbroad", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
     "Condition": {"StringEquals": {"aws:UserAgent": "abroad"}}}
  ]
}
"""
ELSEWHERE = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:other/*"}
SILENT = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [ELSEWHERE]}}
PARTIAL = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)


def api() -> Api:
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        authorizers=[Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Token"])],
        routes=[Route("GET", "/orders", authorizer="tokens"), Route("GET", "/open")],
        resource_policy=Policy.parse(OPEN, kind="resource", name="open.json"),
    )


def called(**more: Any) -> GatewayResponse:
    return api().invoke("GET", "/orders", headers={"Token": "abc"}, authorizer_output=SILENT, **more)


def full_text(response: GatewayResponse) -> str:
    return "".join(f"{line.text}\n" for line in full_response_lines(response))


RESPONSES: dict[str, Callable[[], GatewayResponse]] = {
    "through": called,
    "denied": lambda: called(context={"aws:UserAgent": "abroad"}),
    "no route": lambda: api().invoke("GET", "/none"),
    "open": lambda: api().invoke("GET", "/open"),
    "no token": lambda: api().invoke("GET", "/orders"),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_the_text_has_every_line_of_the_explanation_in_order(name: str) -> None:
    response = RESPONSES[name]()
    lines = iter(response_to_text(response).splitlines())
    for expected in str(response.explain()).splitlines():
        assert expected in lines
    lines = iter(full_text(response).splitlines())
    for expected in str(response.explain().full()).splitlines():
        assert expected in lines


def test_the_text_has_the_styled_lines() -> None:
    response = called()
    text = response_to_text(response, width=60)
    assert text == "".join(f"{line.text}\n" for line in response_lines(response, width=60))
    assert max(len(line) for line in text.splitlines() if "arn:" not in line and "|" not in line) <= 60


def test_no_blank_line_between_gates_without_details() -> None:
    lines = full_text(api().invoke("GET", "/none")).splitlines()
    assert [bool(line) for line in lines[:3]] == [True, False, True]
    lines = full_text(called()).splitlines()
    gates = [number for number, line in enumerate(lines) if line[:1].isdigit() and ": " in line]
    assert [lines[number - 1] == "" for number in gates] == [True, False, True]
    assert not any(first == second == "" for first, second in pairwise(lines))


def test_notes_are_one_block_at_the_end() -> None:
    lines = full_text(called().with_notes(["one", "one more"])).splitlines()
    assert lines[-3:] == ["", "one", "one more"]


def test_an_excerpt_follows_the_last_line_about_its_statement() -> None:
    lines = full_text(called()).splitlines()
    heads = [number for number, line in enumerate(lines) if "Allow Everybody applies" in line]
    assert len(heads) == 2
    assert ['"Sid": "Everybody"' in lines[number + 1] for number in heads] == [False, True]


def test_a_statement_that_may_apply_has_an_excerpt() -> None:
    text = response_to_text(called(context=PARTIAL))
    assert text.startswith("INDETERMINATE: allowed or refused (200 or 403): aws:UserAgent is not ")
    assert sum("^^^^" in line for line in text.splitlines()) == 1


def test_gates_have_styles_of_their_own() -> None:
    found = [line.parts[0] for line in full_response_lines(RESPONSES["no token"]()) if line.text[:1].isdigit()]
    assert [(part.style, part.text.split(": ")[1]) for part in found[1:]] == [
        ("gate", "passed"),
        ("gate", "passed"),
        ("explicit_deny", "refused"),
    ]
    unknown = response_lines(called(context=PARTIAL))
    assert "unknown" in [line.parts[0].style for line in unknown if line.text.startswith("5c. authorizer")]
