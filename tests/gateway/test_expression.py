"""Validation expressions: what ``re`` matches they match, in time that grows with the text alone."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy import Authorizer, UsageError
from execpolicy.gateway.expression import Expression, ExpressionError, read_expression
from execpolicy.gateway.expression_program import LONGEST_PROGRAM
from execpolicy.gateway.identity_sources import Call, read_sources
from execpolicy.gateway.names import ApiType
from tests.refused import Refusal, refused

CHARACTERS = [r"a", r"b", r"B", r"é", r" ", r".", r"-", r"\.", r"\d", r"\w", r"\W", r"\s", r"]", r"}", r"{", r"(?#c)"]
SETS = [r"[ab]", r"[^a]", r"[]a]", r"[^]b]", r"[\]a-]", r"[a-c_]", r"[\w.-]", r"\x61", r"\u0062", r"\141", r"\0", r"\n"]
BORDERS = [r"^", r"$", r"\A", r"\Z", r"\b", r"\B"]
ATOMS = st.sampled_from([*CHARACTERS, *SETS, *BORDERS])
QUANTIFIERS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "{0}", "*?", "+?", "??", "{1,2}?"])


def composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.tuples(st.sampled_from(["(", "(?:", "(?i:", "(?s:", "(?-i:", "(?a:", "(?m:"]), inner).map(
        lambda parts: f"{parts[0]}{parts[1]})"
    )
    ahead = st.tuples(st.sampled_from(["(?=", "(?!"]), inner).map(lambda parts: f"{parts[0]}{parts[1]})")
    repeated = st.tuples(st.one_of(ATOMS, grouped), QUANTIFIERS).map("".join)
    return st.one_of(
        grouped,
        ahead,
        repeated,
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
    )


EXPRESSIONS = st.tuples(
    st.sampled_from(["", "(?i)", "(?m)", "(?s)", "(?ai)"]), st.recursive(ATOMS, composed, max_leaves=8)
)
TEXTS = st.text("abAB.-_ é\n1c\0]{}", max_size=8)


@pytest.mark.rule("AUT-4")
@given(EXPRESSIONS.map("".join), TEXTS)
@example("a$\n?", "a\n")
@example("(?:a|a?)*$", "aaaaaaab")
@example("(?!b*(?=a))[ab]*", "bba")
@example("(?:(?=a)|b)*a", "bba")
@example("(a*)*", "aab")
@example("((?!)|a)*", "a")
def test_an_expression_matches_what_re_matches(expression: str, text: str) -> None:
    try:
        expected = re.fullmatch(expression, text) is not None
    except re.error:
        with pytest.raises(ExpressionError):
            Expression(expression)
    else:
        assert Expression(expression).matches(text) is expected


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "good", "bad"),
    [
        ("^Bearer [-0-9a-zA-Z._]*$", "Bearer ab-c.d_e", "bearer a"),
        (r"^Bearer (?:[\w-]*\.){2}[\w-]+$", "Bearer a-1.b_2.c", "Bearer a.b"),
        (r"(?i)bearer\s+\S+", "BEARER  x", "bearer "),
        (r"^(?!Basic ).+$", "Bearer x", "Basic x"),
        (r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "00000000-1111-2222-3333-444444444444", "0-1-2-3-4"),
        (r"(?P<kind>key|token)=\d{4,}", "token=12345", "token=123"),
        ("[A-Za-z0-9]{512}", "a1" * 256, "a1" * 255),
    ],
)
def test_expressions_as_people_write_them(expression: str, good: str, bad: str) -> None:
    read = read_expression(expression)
    assert (read.matches(good), read.matches(bad)) == (True, False)
    assert (re.fullmatch(expression, good) is not None, re.fullmatch(expression, bad)) == (True, None)


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("^(a+)+$", "a" * 10_000 + "!"),
        ("(a|a)*", "a" * 10_000 + "!"),
        ("(a|aa)+$", "a" * 10_000 + "!"),
        ("(.*a){20}", "a" * 19 + "b" * 10_000),
        ("([a-z]+)*(?=!)", "a" * 10_000),
        ("(?=(a+)+$)a*b", "a" * 10_000 + "b"),
        ("(a?){100}a{100}", "a" * 99),
        ("(x+x+)+y", "x" * 10_000),
        (r"\s*[:=]?\s*!", " " * 10_000),
    ],
)
def test_no_expression_takes_longer_than_its_text_is_long(expression: str, text: str) -> None:
    start = time.process_time()
    assert Expression(expression).matches(text) is False
    assert time.process_time() - start < 2


@pytest.mark.rule("AUT-4")
def test_many_situations_are_not_all_kept() -> None:
    read = Expression("(a|b)*a(a|b){20}[a-zé]*")
    text = "".join(map(chr, range(0x20, 0x900)))
    assert Expression(".*").matches(text * 2)
    text = "".join("ab"[(number * number // 7) % 2] for number in range(3_000))
    assert read.matches(text) is (re.fullmatch(read.text, text) is not None)


ENDLESS = "holds {}, which cannot be matched in bounded time"


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "message", "advice"),
    [
        (r"(a)\1", ENDLESS.format("a reference to the group 1"), "write what the group may hold once more"),
        ("(?P<a>b)(?P=a)", ENDLESS.format("a reference to a group"), "write what the group may hold once more"),
        ("(?<=a)b", ENDLESS.format("a look behind"), "write what has to stand before as a part of the expression"),
        ("(?<!a)b", ENDLESS.format("a look behind"), "write what may stand before as a part of the expression"),
        ("(?>a)", ENDLESS.format("a group that gives nothing back"), "write (?: instead of (?>"),
        ("(a)(?(1)b|c)", ENDLESS.format("a condition on a group"), "write both alternatives in full"),
        ("a*+", ENDLESS.format("the quantifier *+, which gives nothing back"), "leave out the last +"),
        ("[a-z&&[^b]]", "holds '&' in a set of characters, which other engines read as a set in a set",
         "put a backslash before it"),
        ("[[]", "holds '[' in a set of characters, which other engines read as a set in a set",
         "put a backslash before it"),
        ("(?x) a", "holds '(?x) a', which is not understood here", "write it without flags and extensions"),
        ("a" * 8193, "has 8193 characters, expected at most 8192", "shorten it"),
        ("(" * 51, "has more than 50 groups in one another", "write it with fewer groups"),
        ("(" * 8_000, "has more than 50 groups in one another", "write it with fewer groups"),
        ("a{2001}", "stands for more than 2000 steps", "repeat less, or leave the end open with +"),
        ("a{9999999}", "stands for more than 2000 steps", "repeat less, or leave the end open with +"),
        ("((a{50}){50}){50}", "stands for more than 2000 steps", "repeat less, or leave the end open with +"),
        ("a" * 2001, "stands for more than 2000 steps", "repeat less, or leave the end open with +"),
        ("(", "is no regular expression: missing ), unterminated subpattern at position 0", ""),
        (")", "is no regular expression: unbalanced parenthesis at position 0", ""),
        ("[a", "is no regular expression: unterminated character set at position 0", ""),
        ("*a", "is no regular expression: nothing to repeat at position 0", ""),
        ("a**", "is no regular expression: multiple repeat at position 2", ""),
        ("\\", "is no regular expression: bad escape (end of pattern) at position 0", ""),
        ("\\p{Alpha}", "is no regular expression: bad escape \\p at position 0", ""),
        ("(?y)", "is no regular expression: unknown extension ?y at position 1", ""),
        ("a{2,1}", "is no regular expression: min repeat greater than max repeat at position 2", ""),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_when_it_is_configured(expression: str, message: str, advice: str) -> None:
    assert refused(
        UsageError,
        lambda: Authorizer(
            "tokens",
            type="TOKEN",
            identity_sources=["method.request.header.Authorization"],
            validation_expression=expression,
        ),
    ) == Refusal(f"the validation expression of tokens {message}", advice=advice, rule="AUT-4")


@pytest.mark.rule("AUT-4")
def test_the_longest_program_is_taken() -> None:
    assert Expression("a" * (LONGEST_PROGRAM)).matches("a" * LONGEST_PROGRAM)


@pytest.mark.rule("AUT-4")
def test_a_token_is_held_against_the_expression_of_its_authorizer() -> None:
    authorizer = Authorizer(
        "tokens",
        type="TOKEN",
        identity_sources=["method.request.header.Authorization"],
        validation_expression="^(a+)+$",
    )
    told = read_sources(authorizer, ApiType.REST, Call("GET", "/", {"Authorization": "a" * 5_000 + "!"}))
    assert told.refusal == "the token does not match '^(a+)+$' of the authorizer tokens: the whole token has to"
    assert read_sources(authorizer, ApiType.REST, Call("GET", "/", {"Authorization": "a" * 5_000})).refusal is None
