"""Lines of a log in JSON that are broken are errors with their place, and other texts that begin so are responses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.cli.why.broken_line import broken_log_line
from execpolicy.errors import Source
from tests.cli.conftest import Execute

pytestmark = pytest.mark.rule("LOG-1")
LINE = '{"httpMethod":"GET","path":"/prod/orders/1","status":403,"message":"Forbidden"}'


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (LINE.replace("Forbidden", 'For"bidden'), "1:73", 'found "bidden", expected "," or "}"'),
        (LINE[:-1], "1:1", "the object opened here is never closed"),
        (LINE[:-4], "1:68", "the string opened here is never closed"),
        (f"  {LINE[:-1]}", "1:3", "the object opened here is never closed"),
        (f"{LINE[:-1]}\n{LINE[:-2]}", "1:1", "the object opened here is never closed"),
        (LINE.replace(",", ",\n").replace(',\n"status"', '\n"status"'), "3:1", 'found a string, expected "," or "}"'),
        ('{"requestContext": {"a": 1}, "x": }', "1:35", 'found "}", expected a value'),
        ('{"routeKey": "$connect", "message": "Forbidden",}', "1:48", "found a comma before the closing"),
    ],
)
def test_a_broken_line_is_an_error_at_its_place(text: str, place: str, message: str, execute: Execute) -> None:
    run = execute("why", text)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"TEXT:{place}: ")
    assert message in run.err.splitlines()[0]


@pytest.mark.parametrize(
    "text",
    [
        '{"message": "Forbidden"}',
        '{"message":"Forbidden"} with status code: 403',
        "{'message': 'Forbidden'}",
        "{message: Forbidden}",
        f"{LINE} and more",
        f"{LINE}\n{{",
        f'{LINE[:-1]},"ip":-}}',
        'HTTP/2 403\nx-a: {"path": \n\n{"message":"Forbidden"}',
    ],
)
def test_a_response_that_is_no_json_is_a_response(text: str, execute: Execute) -> None:
    assert broken_log_line(Source("TEXT", text)) is None
    run = execute("why", text)
    assert (run.code, run.err) == (0, "")


#: Values of a line; no line has the character NUL.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.data())
def test_a_line_is_broken_if_and_only_if_its_end_is_missing(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(["status", "ip", "message", "user"]), unique=True))
    text = json.dumps({"httpMethod": "GET", **{name: data.draw(TEXTS) for name in names}})
    assert broken_log_line(Source("TEXT", text)) is None
    cut = data.draw(st.integers(len('{"httpMethod":'), len(text) - 1))
    assert broken_log_line(Source("TEXT", text[:cut])) is not None
