"""Texts that describe no call: each error has its message and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from execpolicy import RequestError
from execpolicy.loaders.call_texts import MAX_CALLS, read_calls

WRONG: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "call_errors.yaml").read_text("utf-8"))


@pytest.mark.rule("LOG-1")
@pytest.mark.rule("LOG-2")
@pytest.mark.rule("LOG-3")
@pytest.mark.rule("LOG-4")
@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in WRONG])
def test_a_text_that_describes_no_call_is_an_error_at_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as caught:
        read_calls(case["text"], "f", log_format=case.get("log_format"))
    fault = caught.value.diagnostic
    assert (fault.place, fault.message) == (case["place"], case["message"])
    assert fault.advice


def test_more_than_thirty_errors_have_names() -> None:
    assert len({case["name"] for case in WRONG}) == len(WRONG) >= 30


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize(
    ("text", "message"),
    [("GET\0", "found the character NUL"), ("abc\ud800", "found a byte that is not UTF-8")],
)
def test_characters_that_no_text_has_are_refused_at_their_place(text: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_calls(text, "f")
    assert (caught.value.message, caught.value.diagnostic.place) == (message, "f:1:4")


@pytest.mark.rule("LOG-1")
def test_a_format_a_line_and_a_number_of_calls_have_limits() -> None:
    with pytest.raises(RequestError, match="found a format of 20014 characters, expected at most 10000"):
        read_calls("x", log_format="$context.path " + "x" * 20_000)
    with pytest.raises(RequestError, match=f"found {MAX_CALLS + 1} calls, expected at most {MAX_CALLS}"):
        read_calls("https://a.example/\n" * (MAX_CALLS + 1))
    with pytest.raises(RequestError, match="found a line of 300002 characters, expected at most 262144"):
        read_calls("/" * 300_002, log_format="$context.path")


@pytest.mark.rule("LOG-1")
def test_a_text_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(RequestError, match="expected at most 16777216"):
        read_calls("a" * (16 * 1024 * 1024 + 1))
    with pytest.raises(RequestError, match="more than 32 levels of nesting"):
        read_calls('{"a":' * 100_000)


@pytest.mark.rule("LOG-1")
def test_a_wrong_line_among_others_is_a_fault_with_its_line_and_column() -> None:
    log = "1.2.3.4 GET /a\n1.2.3.4 GET\n\n5.6.7.8 PUT /b\n9 PUT b"
    form = "$context.identity.sourceIp $context.httpMethod $context.path"
    found = read_calls(log, "calls.log", log_format=form)
    assert [call.path for call in found.calls] == ["/a", "/b"]
    assert [(fault.place, fault.message) for fault in found.faults] == [
        ("calls.log:2:9", 'found "GET", expected the value of $context.httpMethod, an HTTP method or -, and then " "'),
        ("calls.log:5:1", 'found "9" as $context.identity.sourceIp, expected an IP address'),
    ]
