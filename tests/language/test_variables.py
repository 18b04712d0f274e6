"""Policy variables: what becomes of ``${key}`` for a request."""

from __future__ import annotations

import pytest

from execpolicy.language.glob import ANY, ONE, Tokens
from execpolicy.language.variables import TextWithVariables, Unresolved

VALUES: dict[str, tuple[str, ...] | None] = {
    "aws:username": ("Ann",),
    "aws:principaltag/team": ("a*b?",),
    "aws:principalorgpaths": ("o-1/r-1/",),
    "colours": ("red", "blue"),
    "aws:userid": None,
    "aws:referer": (),
    "empty": ("",),
}


def lookup(key: str) -> tuple[str, ...] | None:
    return VALUES.get(key, ())


@pytest.mark.rule("VAR-1", "VAR-2", "VAR-3", "VAR-4")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pets", ("pets",)),
        ("", ()),
        ("${aws:username}", ("Ann",)),
        ("*/${AWS:UserName}/x", (ANY, "/", "Ann", "/x")),
        ("${aws:PrincipalTag/team}*", ("a*b?", ANY)),
        ("${*}${?}${$}", ("*", "?", "$")),
        ("${aws:referer, 'nobody'}", ("nobody",)),
        ("${aws:referer,''}", ("",)),
        ("${aws:username, 'nobody'}", ("Ann",)),
        ("${empty}", Unresolved.MISSING),
        ("${empty, 'nobody'}*", ("nobody", ANY)),
        ("${empty, 'a*?'}", ("a*?",)),
        ("${empty, ''}", ("",)),
        ("${aws:referer}", Unresolved.MISSING),
        ("${colours}", Unresolved.MISSING),
        ("${colours, 'none'}", ("none",)),
        ("${aws:PrincipalOrgPaths}", Unresolved.MISSING),
        ("${aws:PrincipalOrgPaths, 'none'}", ("none",)),
        ("${aws:userid}", Unresolved.UNKNOWN),
        ("${aws:userid, 'nobody'}", Unresolved.UNKNOWN),
        ("${aws:userid}${aws:referer}", Unresolved.MISSING),
        ("${aws:referer}${aws:userid}", Unresolved.MISSING),
        ("${aws:userid}${aws:username}", Unresolved.UNKNOWN),
    ],
)
def test_a_template_for_a_request(text: str, expected: Tokens | Unresolved) -> None:
    assert TextWithVariables(text, variables=True, wildcards=True).resolve(lookup) == expected


@pytest.mark.rule("POL-4", "VAR-1")
def test_without_variables_the_text_is_a_pattern() -> None:
    template = TextWithVariables("${aws:username}*", variables=False, wildcards=True)
    assert template.tokens == ("${aws:username}", ANY)
    assert template.variables == ()


@pytest.mark.rule("CND-5", "VAR-2")
def test_without_wildcards_a_star_is_text() -> None:
    assert TextWithVariables("a*${?}", variables=True, wildcards=False).tokens == ("a*", "?")


@pytest.mark.rule("VAR-2")
def test_a_text_names_the_keys_of_its_variables() -> None:
    template = TextWithVariables("${aws:username}/${AWS:Referer, 'x'}/${*}", variables=True, wildcards=True)
    assert template.variables == ("aws:username", "aws:referer")
    assert template.tokens is None


@pytest.mark.rule("VAR-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${empty}*", ("", ANY)),
        ("${empty, 'nobody'}", ("",)),
        ("${aws:referer, 'nobody'}", ("nobody",)),
        ("${aws:referer}", Unresolved.MISSING),
    ],
)
def test_by_one_reading_the_empty_text_is_a_value(text: str, expected: Tokens | Unresolved) -> None:
    assert TextWithVariables(text, variables=True, wildcards=True).resolve(lookup, empty=True) == expected


@pytest.mark.rule("VAR-4")
@pytest.mark.parametrize(("denies", "otherwise"), [(True, ""), (False, "VAR-4")])
def test_a_wildcard_that_is_put_in_is_one_in_what_denies_or_by_the_other_reading(denies: bool, otherwise: str) -> None:
    template = TextWithVariables("${aws:PrincipalTag/team}/${aws:referer, 'x*'}${*}", variables=True, wildcards=True)
    found = template.resolve(lookup, denies=denies, otherwise=otherwise)
    assert found == ("a", ANY, "b", ONE, "/", "x", ANY, "*")
    literal = template.resolve(lookup, denies=not denies, otherwise=otherwise)
    assert literal == ("a*b?", "/", "x*", "*")


@pytest.mark.rule("VAR-3")
def test_a_template_names_the_keys_that_have_no_value() -> None:
    text = "${aws:username}${empty}${colours}${aws:userid}${Empty}${aws:referer, 'x'}"
    assert TextWithVariables(text, variables=True, wildcards=True).without_value(lookup) == ("empty", "colours")
