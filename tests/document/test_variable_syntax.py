"""Policy variables in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.variable_syntax import Literal, Variable, VariableSyntaxError, split_variables


@pytest.mark.rule("VAR-2")
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("plain $ } { text", ("plain $ } { text",)),
        ("${aws:username}", (Variable("aws:username", None, 0, 15),)),
        ("a/${AWS:UserName}/b", ("a/", Variable("AWS:UserName", None, 2, 17), "/b")),
        ("${aws:PrincipalTag/My Team}", (Variable("aws:PrincipalTag/My Team", None, 0, 27),)),
        ("${aws:PrincipalTag/a / b}", (Variable("aws:PrincipalTag/a / b", None, 0, 25),)),
        ("${aws:PrincipalTag/ a}", (Variable("aws:PrincipalTag/ a", None, 0, 22),)),
        ("${aws:PrincipalTag/}", (Variable("aws:PrincipalTag/", None, 0, 20),)),
        ("${aws:PrincipalTag/équipe_1.:/=+-@}", (Variable("aws:PrincipalTag/équipe_1.:/=+-@", None, 0, 35),)),
        ("${www.example.com:sub}", (Variable("www.example.com:sub", None, 0, 22),)),
        ("${aws:username, 'Ann'}", (Variable("aws:username", "Ann", 0, 22),)),
        ("${aws:username,'Ann'}", (Variable("aws:username", "Ann", 0, 21, spaced_as_usual=False),)),
        ("${aws:username ,  ''  }", (Variable("aws:username", "", 0, 23, spaced_as_usual=False),)),
        ("${a, 'b}c$ \"*'}d", (Variable("a", 'b}c$ "*', 0, 15), "d")),
        ("${*}${?}${$}", (Literal("*"), Literal("?"), Literal("$"))),
        ("a${*}b*", ("a", Literal("*"), "b*")),
        ("$${a}$", ("$", Variable("a", None, 1, 5), "$")),
        ("${$}{a}", (Literal("$"), "{a}")),
    ],
)
def test_a_text_is_split_at_its_variables(text: str, parts: tuple[object, ...]) -> None:
    assert split_variables(text) == parts


@pytest.mark.rule("VAR-2")
@pytest.mark.parametrize(
    ("text", "message", "marked", "advice"),
    [
        ("a${", "found ${ without a closing brace", "${", "close it, or write ${$}{ for the text ${"),
        ("a${aws:u b", "found ${ without a closing brace", "${aws:u b", "close it, or write ${$}{ for the text ${"),
        ("a${!", "found ${ without a closing brace", "${!", "close it, or write ${$}{ for the text ${"),
        ("a${}b", "found ${} without a key", "${}", "name a key: ${aws:username}"),
        (
            "${ aws:username}",
            'found "${ aws:username}", expected the name of a key after ${',
            "${ aws:username}",
            "write the key right after the brace, as in ${aws:username}; ${*}, ${?} and ${$} are plain characters",
        ),
        (
            "${**}",
            'found "${**}", expected the name of a key after ${',
            "${**}",
            "write the key right after the brace, as in ${aws:username}; ${*}, ${?} and ${$} are plain characters",
        ),
        (
            "${aws:username }",
            "found a space after a variable's key",
            " ",
            "remove the space before the closing brace",
        ),
        (
            "a/${aws:user name}",
            "found a space in the name of a variable",
            " ",
            "remove the space: only the key of a tag can have one, after its slash",
        ),
        (
            "${aws:PrincipalTag  /a b, 'c'}",
            "found a space in the name of a variable",
            "  ",
            "remove the space: only the key of a tag can have one, after its slash",
        ),
        (
            "${aws:user *}",
            'found "*" in a variable, which no key name contains',
            "*",
            "write it as ${key} or ${key, 'default'}",
        ),
        (
            "${aws:PrincipalTag/a b !}",
            'found "!" in a variable, which no key name contains',
            "!",
            "write it as ${key} or ${key, 'default'}",
        ),
        (
            "${aws:user*}",
            'found "*" in a variable, which no key name contains',
            "*",
            "write it as ${key} or ${key, 'default'}",
        ),
        (
            "x/${aws:${aws:username}}",
            'found "$" in a variable, which no key name contains',
            "$",
            "write it as ${key} or ${key, 'default'}",
        ),
        (
            "${aws:username, Ann}",
            'found the default "Ann", expected text in single quotes',
            ", Ann",
            "write a default in single quotes, without single quotes in it: ${aws:username, 'nobody'}",
        ),
        (
            "${aws:username,}",
            'found the default "", expected text in single quotes',
            ",",
            "write a default in single quotes, without single quotes in it: ${aws:username, 'nobody'}",
        ),
        (
            '${aws:username, "Ann"}',
            'found the default "\\"Ann\\"", expected text in single quotes',
            ', "Ann"',
            "write a default in single quotes, without single quotes in it: ${aws:username, 'nobody'}",
        ),
        (
            "${aws:username, 'O'Neil'}",
            'found "N" in a variable, which no key name contains',
            "N",
            "write it as ${key} or ${key, 'default'}",
        ),
        (
            "${aws:username, '${aws:userid}'}",
            "found a variable in a default",
            "${aws:userid}",
            "a default is plain text: variables do not nest",
        ),
    ],
)
def test_what_is_no_variable_is_refused_at_its_place(text: str, message: str, marked: str, advice: str) -> None:
    with pytest.raises(VariableSyntaxError) as caught:
        split_variables(text)
    error = caught.value
    assert (error.message, text[error.start : error.end], error.advice) == (message, marked, advice)
    assert str(error) == message


@given(st.text("${}*?', ab:/", max_size=20))
def test_parts_cover_the_text_or_an_error_lies_within_it(text: str) -> None:
    parts: tuple[str | Variable | Literal, ...] = ()
    wrong = None
    try:
        parts = split_variables(text)
    except VariableSyntaxError as error:
        wrong = error
    if wrong is not None:
        assert 0 <= wrong.start <= wrong.end <= len(text)
        assert wrong.message
        assert wrong.advice
        return
    written = ""
    for part in parts:
        if isinstance(part, Variable):
            assert part.start == len(written)
            written += text[part.start : part.end]
        elif isinstance(part, Literal):
            written += "${" + part.text + "}"
        else:
            assert part
            assert "${" not in part
            written += part
    assert written == text
