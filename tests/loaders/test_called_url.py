"""The URL of a call: its parts, and the place of what no URL of an API has."""

from __future__ import annotations

import pytest

from execpolicy import RequestError
from execpolicy.errors import Source
from execpolicy.loaders.called_url import parse_url, without_dot_segments
from execpolicy.loaders.written_text import WrittenText

HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"

pytestmark = pytest.mark.rule("SRC-6")


def url(text: str) -> WrittenText:
    return WrittenText.whole(text, "URL")


@pytest.mark.parametrize(
    ("text", "host", "path", "query"),
    [
        (f"https://{HOST}/prod/orders/17?x=1", HOST, "/prod/orders/17", {"x": ["1"]}),
        (f"HTTPS://{HOST}:443", HOST, "/", {}),
        (f"https://{HOST}?a=b", HOST, "/", {"a": ["b"]}),
        ("https://shop.example/v1//a%2Fb/#part?", "shop.example", "/v1//a%2Fb/", {}),
        (
            "https://shop.example/?a=1&a=2&&b&c=%C3%A9+x%2B",
            "shop.example",
            "/",
            {"a": ["1", "2"], "b": [""], "c": ["é x+"]},
        ),
        ("https://shop.example/{id}", "shop.example", "/{id}", {}),
    ],
)
def test_the_parts_of_a_url(text: str, host: str, path: str, query: dict[str, list[str]]) -> None:
    found = parse_url(url(text))
    assert (found.host.value, found.path, found.query, found.is_websocket) == (host, path, query, False)
    assert not found.is_normalised


def test_wss_is_that_of_a_websocket_api() -> None:
    assert parse_url(url(f"wss://{HOST}/live")).is_websocket


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/../../b", "/b"),
        ("/a/b/..", "/a/"),
        ("/a/.", "/a/"),
        ("/a/%2e%2E/b", "/b"),
        ("/a/...", "/a/..."),
        ("/", "/"),
        ("/..", "/"),
    ],
)
def test_dot_segments_are_not_sent(path: str, sent: str) -> None:
    assert without_dot_segments(path) == sent
    found = parse_url(url(f"https://{HOST}{path}"))
    assert (found.path, found.is_normalised) == (sent, sent != path)
    as_is = parse_url(url(f"https://{HOST}{path}"), resolve_dots=False)
    assert (as_is.path, as_is.is_normalised) == (path, False)


@pytest.mark.parametrize(
    ("text", "column", "message", "advice"),
    [
        ("shop.example/a", 1, 'found "shop.example/a", expected a URL that begins with https://', "write https:// in"),
        ("orders", 1, 'found "orders", expected a URL that begins with https://', "such as https://a1b2c3d4e5."),
        ("http://shop.example/", 1, 'found "http", expected https', "API Gateway takes calls by HTTPS"),
        ("ftp://shop.example/", 1, 'found "ftp", expected https', "API Gateway takes calls by HTTPS"),
        ("https://me:secret@shop.example/", 9, "found a user name in the URL", "leave it out"),
        ("https://shop.example:8443/", 22, 'found the port "8443", expected 443', "API Gateway has no other"),
        (
            "https://localhost/a",
            9,
            'found "localhost", expected the host name of an API',
            "such as https://a1b2c3d4e5.",
        ),
        ("https:///prod/a", 9, 'found "", expected the host name of an API', "such as https://a1b2c3d4e5."),
        ("https://shop.example/a b", 23, "found a space in the URL", "percent-encode it, as %20 for a space"),
        ("https://shop.example/\t", 22, "found the character U+0009 in the URL", "percent-encode it"),
        ("https://shop.example/\udce9", 22, "found a byte that is not UTF-8", "percent-encode it"),
        ("https://shop.example/?a=1&b=%ff", 27, "found the byte 0xff, which is not UTF-8", "percent-encode the UTF-8"),
        ("https://shop.example/" + "a" * 66_000, 1, "found a URL of 66021 characters, expected at most 65536", "give"),
    ],
)
def test_what_no_url_of_an_api_has(text: str, column: int, message: str, advice: str) -> None:
    with pytest.raises(RequestError) as raised:
        parse_url(url(text))
    error = raised.value
    assert error.message.startswith(message)
    assert error.advice.startswith(advice)
    assert error.span is not None
    assert (error.span.column, error.rule) == (column, "SRC-6")


def test_the_place_of_a_part_that_has_quotes_inside_is_that_of_the_word() -> None:
    text = "curl 'https://'shop.example"
    word = WrittenText("https://shop.example", Source("--curl", text), 5, len(text))
    assert word.part(8, 20) == WrittenText("shop.example", word.source, 5, len(text))
