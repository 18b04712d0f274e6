"""HAR files: the entries of one, those of other hosts, and what browsers leave out (LOG-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Call, RequestError
from execpolicy.loaders.call_texts import read_calls


def _entry(url: str, **request: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-01-01T01:00:00.000+01:00",
        "request": {"method": "GET", "url": url, "headers": [], **request},
        "response": {"status": 403, "content": {"text": '{"message":"Forbidden"}'}},
    }


def _har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=1)


@pytest.mark.rule("LOG-4")
def test_an_entry_is_a_call() -> None:
    headers = [
        {"name": ":authority", "value": "shop.example"},
        {"name": "Accept", "value": "a"},
        {"name": "accept", "value": "b"},
        {"name": "Authorization", "value": "Bearer x"},
    ]
    entry = _entry("https://shop.example/v1/a%20b?q=1&q=2", headers=headers, postData={"text": "{}"})
    for text in (_har(entry), json.dumps(entry)):
        found = Call.parse(text)
        assert (found.method, found.host, found.path) == ("GET", "shop.example", "/v1/a%20b")
        assert found.query == {"q": ("1", "2")}
        assert found.headers == {"Accept": ("a", "b"), "Authorization": ("Bearer x",)}
        assert (found.body, found.is_signed, found.source_ip, found.notes) == ("{}", False, None, ())
        assert str(found.time) == "2026-01-01 00:00:00+00:00"
        assert found.answer is not None
        assert (found.answer.status, found.answer.message) == (403, "Forbidden")


@pytest.mark.rule("LOG-4")
def test_a_browser_leaves_the_authorization_out() -> None:
    found = Call.parse(_har(_entry("https://shop.example/a")))
    assert found.is_signed is None
    assert found.notes[0].startswith("browsers leave Authorization and Cookie out")
    signed = [{"name": "Authorization", "value": "AWS4-HMAC-SHA256 Credential=x"}]
    assert Call.parse(_har(_entry("https://shop.example/a", headers=signed))).is_signed is True
    assert Call.parse(_har(_entry("https://shop.example/a?X-Amz-Signature=x"))).is_signed is True


@pytest.mark.rule("LOG-4")
def test_the_entries_of_a_host_are_read_and_the_others_are_listed() -> None:
    text = _har(
        _entry("https://shop.example/a"),
        _entry("http://localhost:3000/b"),
        _entry("https://cdn.example/c"),
        _entry("https://cdn.example/d"),
        _entry("data:image/png;base64,x"),
        _entry("https://SHOP.example/e"),
    )
    assert [call.path for call in Call.parse_all(text, host="Shop.example")] == ["/a", "/e"]
    found = read_calls(text, accepts="shop.example".__eq__)
    assert found.passed_over == (("", 1), ("cdn.example", 2), ("localhost", 1))
    with pytest.raises(RequestError, match='found "http", expected https'):
        Call.parse_all(text)
    with pytest.raises(RequestError, match="found a HAR file with entries to cdn"):
        Call.parse_all(_har(*json.loads(text)["log"]["entries"][1:5]), host="shop.example")


@pytest.mark.rule("LOG-4")
def test_the_place_of_a_wrong_entry_is_that_of_its_url() -> None:
    text = _har(_entry("https://shop.example/a"), _entry("https://shop.example:8443/b"))
    (fault,) = read_calls(text, "a.har").faults
    assert fault.span is not None
    assert text.split("\n")[fault.span.line - 1][fault.span.column - 1 :].startswith("8443/b")
    assert fault.place == f"a.har:{fault.span.line}:{fault.span.column}"
    assert fault.message == 'found the port "8443", expected 443'


@pytest.mark.rule("LOG-4")
def test_bodies_of_any_length_are_no_error() -> None:
    entry = _entry("https://shop.example/a", postData={"text": "x" * 70_000})
    entry["response"]["content"]["text"] = "y" * 200_000
    assert Call.parse(_har(entry)).body == "x" * 70_000
    entry["request"]["method"] = "z" * 70_000
    with pytest.raises(RequestError, match="found a string of 70000 characters"):
        Call.parse(_har(entry))


@pytest.mark.rule("LOG-4")
def test_a_websocket_entry_opens_a_connection() -> None:
    found = Call.parse(_har(_entry("wss://shop.example/prod")))
    assert (found.method, found.is_websocket, found.path) == ("$connect", True, "/prod")
