"""The language of invariants: what each form claims, and the errors of texts that are no invariants."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import ExecPolicyError, RequestError, Span, UsageError
from execpolicy.analysis.invariants.caller_set import CallerSet
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.key_test import KeyTest
from execpolicy.analysis.invariants.words import WORDS
from tests.analysis.invariants.strategies import INVARIANTS
from tests.analysis.invariants.test_invariant import WRITTEN
from tests.refused import refused

pytestmark = pytest.mark.rule("INV-6")

TEAM = "aws:PrincipalTag/team"


def all_except(*members: str) -> CallerSet:
    return CallerSet(members, all_except=True)


#: Texts, and the arguments of the invariants that they are.
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("nobody may call DELETE /orders/**", {"kind": "none", "calls": "DELETE /orders/**"}),
    ("only role/Admin of 111122223333, role/Clerk may call POST /orders",
     {"kind": "none", "callers": all_except("role/Admin of 111122223333", "role/Clerk"), "calls": "POST /orders"}),
    ("anonymous may not call /admin/**", {"kind": "none", "callers": "anonymous", "calls": "/admin/**"}),
    ("every call to /internal/** comes through vpce-0a1b2c3d or from 10.0.0.0/8",
     {"kind": "none", "calls": "/internal/**", "unless_sources": ["vpce-0a1b2c3d", "10.0.0.0/8"]}),
    ("role/Clerk may call GET /orders/* unless from 203.0.113.0/24",
     {"kind": "every", "callers": "role/Clerk", "calls": "GET /orders/*", "unless_sources": "203.0.113.0/24"}),
    ("no account outside o-exampleorg may call anything",
     {"kind": "none", "callers": all_except("accounts inside o-exampleorg")}),
    ("no account outside o-a, 111122223333, this account may call /a",
     {"kind": "none", "callers": all_except("accounts inside o-a", "account 111122223333", "this account"),
      "calls": "/a"}),
    ("accounts outside o-a may not call /a", {"kind": "none", "callers": all_except("accounts inside o-a"),
                                              "calls": "/a"}),
    ("accounts  outside o-a may call /a", {"kind": "every", "callers": all_except("accounts inside o-a"),
                                           "calls": "/a"}),
    ("accounts inside o-a, anonymous may call /a", {"kind": "every", "callers": ["accounts inside o-a", "anonymous"],
                                                    "calls": "/a"}),
    ("anybody may call GET /health", {"kind": "every", "calls": "GET /health"}),
    ("anybody but anonymous, user/Ann may call /a",
     {"kind": "every", "callers": all_except("anonymous", "user/Ann"), "calls": "/a"}),
    ("this account, account 111122223333, service events.amazonaws.com, arn:aws:iam::111122223333:role/x/A may call /a",
     {"kind": "every", "callers": ["this account", "account 111122223333", "service events.amazonaws.com",
                                   "arn:aws:iam::111122223333:role/x/A"], "calls": "/a"}),
    ("nobody may call GET, POST /a, ANY /b, DELETE /c", {"kind": "none", "calls": ["GET, POST /a", "/b", "DELETE /c"]}),
    ("nobody may call /a, /b, GET /c", {"kind": "none", "calls": ["/a", "/b", "GET /c"]}),
    ("nobody may call anything, GET /a", {"kind": "none", "calls": ["anything", "GET /a"]}),
    ("nobody may call GET \"/a,b\", POST \"/c.\"", {"kind": "none", "calls": ["GET /a,b", "POST /c."]}),
    ("nobody may call /a on prod, test from 10.0.0.0/8 or 198.51.100.7 or through vpce-1 or vpc-2 or from ::/0",
     {"kind": "none", "calls": "/a", "stages": ["prod", "test"],
      "sources": ["10.0.0.0/8", "198.51.100.7", "vpce-1", "vpc-2", "::/0"]}),
    ("nobody may call /a through vpc-2 on $default", {"kind": "none", "calls": "/a", "stages": "$default",
                                                      "sources": "vpc-2"}),
    (f"nobody may call /a when {TEAM} = blue from 10.0.0.0/8 on prod",
     {"kind": "none", "calls": "/a", "when": KeyTest(TEAM, "in", "blue"), "sources": "10.0.0.0/8", "stages": "prod"}),
    (f"nobody may call /a when {TEAM}=blue and {TEAM} != red and {TEAM} in (a,b) and {TEAM} not in ( c , d )",
     {"kind": "none", "calls": "/a", "when": [KeyTest(TEAM, "in", "blue"), KeyTest(TEAM, "not in", "red"),
                                              KeyTest(TEAM, "in", ["a", "b"]), KeyTest(TEAM, "not in", ["c", "d"])]}),
    ("nobody may call /a when AWS:sourcevpce is absent and aws:userid is present",
     {"kind": "none", "calls": "/a", "when": [KeyTest("aws:SourceVpce", "is absent"),
                                              KeyTest("aws:userid", "is present")]}),
    ('nobody may call /a when "aws:PrincipalTag/a b" = "x ""y"" (z)" and aws:userid in ("", "and", "*")',
     {"kind": "none", "calls": "/a", "when": [KeyTest("aws:PrincipalTag/a b", "in", 'x "y" (z)'),
                                              KeyTest("aws:userid", "in", ["", "and", "*"])]}),
    (f"every call to GET /a on prod has {TEAM} = blue and aws:SecureTransport = true",
     {"kind": "none", "calls": "GET /a", "stages": "prod",
      "unless_when": [KeyTest(TEAM, "in", "blue"), KeyTest("aws:SecureTransport", "in", "true")]}),
    (f"role/A may not call /a unless through vpce-1 or when {TEAM} = blue and aws:userid = x or from 10.0.0.0/8",
     {"kind": "none", "callers": "role/A", "calls": "/a", "unless_sources": ["vpce-1", "10.0.0.0/8"],
      "unless_when": [KeyTest(TEAM, "in", "blue"), KeyTest("aws:userid", "in", "x")]}),
    ("nobody may call /a when aws:VpcSourceIp in (10.0.0.0/8, 192.168.0.0/16)",
     {"kind": "none", "calls": "/a", "when": KeyTest("aws:VpcSourceIp", "in", ["10.0.0.0/8", "192.168.0.0/16"])}),
    ("\n nobody\tmay\u00a0call\r\n  /a\n", {"kind": "none", "calls": "/a"}),
    ("nobody may call /nobody/may(call)", {"kind": "none", "calls": "/nobody/may(call)"}),
    ("every call to /a comes through vpce-1 or from 10.0.0.0/8 or 192.168.0.0/16",
     {"kind": "none", "calls": "/a", "unless_sources": ["vpce-1", "10.0.0.0/8", "192.168.0.0/16"]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "arguments"), FORMS)
def test_what_a_text_claims(text: str, arguments: dict[str, Any]) -> None:
    found = Invariant.parse(text)
    assert found == Invariant(**arguments)
    assert found.source is not None
    assert (found.source.name, found.source.text) == ("<invariant>", text)
    assert found.span == found.source.span(0, len(text))


@pytest.mark.parametrize(("arguments", "text"), WRITTEN)
def test_the_canonical_text_is_read_again(arguments: dict[str, Any], text: str) -> None:
    assert Invariant.parse(text) == Invariant(**arguments)


@given(INVARIANTS)
def test_the_canonical_text_of_any_invariant_is_read_again(invariant: Invariant) -> None:
    found = Invariant.parse(str(invariant))
    assert found == invariant
    assert str(found) == str(invariant)


#: What is said of texts that are no invariants: the message with its rule, the text with its place, the advice.
WRONG = (Path(__file__).parent / "wrong_texts.txt").read_text("utf-8").rstrip("\n").split("\n\n")


@pytest.mark.parametrize("expected", WRONG, ids=lambda block: block.splitlines()[1].partition(" | ")[2])
def test_a_text_that_is_no_invariant(expected: str) -> None:
    message, line, *others = expected.splitlines()
    with pytest.raises(ExecPolicyError) as caught:
        Invariant.parse(line.removeprefix("  1 | "))
    first, *shown = str(caught.value).splitlines()
    assert [f"{first} ({caught.value.rule})", *shown] == [message, line, *others]


@pytest.mark.parametrize(("text", "column"), [("", 1), (" \n ", 1), ("nobody may call /a, ", 20)])
def test_a_text_that_ends_early(text: str, column: int) -> None:
    found = refused(ExecPolicyError, lambda: Invariant.parse(text))
    assert found.message.startswith("found the end, expected ")
    assert (found.at, found.advice.split(" ", 2)[:2]) == (f"<invariant>:1:{column}", ["write", "for"])


def test_each_word_that_an_error_expects_is_tried() -> None:
    expected = " ".join(block.splitlines()[0].partition(" expected ")[2] for block in WRONG)
    words = set(re.sub(r"[,()]", " ", expected).split())
    assert set(WORDS) - words - {"every", "only", "no", "this", "or", "and", "of", "anonymous", "service"} == {
        "accounts"
    }
    assert len(WRONG) > 85


def test_the_place_in_a_text_of_several_lines() -> None:
    found = refused(ExecPolicyError, lambda: Invariant.parse("nobody may call\n  GET /a\n  form 10.0.0.0/8"))
    assert (found.at, found.underlined, found.advice) == ("<invariant>:3:3", "form", 'did you mean "from"?')


def test_an_error_shows_the_line_with_a_caret() -> None:
    with pytest.raises(ExecPolicyError) as caught:
        Invariant.parse("nobody may call /orders/{id}")
    assert str(caught.value).splitlines() == [
        '<invariant>:1:25: found "{id}", expected a segment, * or **',
        "  1 | nobody may call /orders/{id}",
        "    |                         ^^^^",
        "  write * for a parameter of one segment, and ** for one such as {proxy+}",
    ]


def test_an_invariant_is_a_text_that_can_be_sent() -> None:
    assert refused(UsageError, lambda: Invariant.parse(b"")).message == "an invariant is a text, found a bytes"  # type: ignore[arg-type]  # a wrong type
    with pytest.raises(RequestError, match="half a surrogate pair"):
        Invariant.parse("nobody may call /\ud800")


def test_pyparsing_is_loaded_for_texts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyparsing", None)
    assert str(Invariant("none", calls="/a")) == "nobody may call /a"
    with pytest.raises(ImportError, match="import of pyparsing halted"):
        Invariant.parse("nobody may call /a")


@given(
    st.text('nobdy may call/*" ,()=!', max_size=40)
    | st.lists(
        st.sampled_from(
            ["nobody", "only", "role/A", "may", "not", "call", "GET", "/a", ",", "on", "p", "from", "or", "10.0.0.0/8",
             "through", "vpce-1", "when", "aws:userid", "=", "x", "in", "(", ")", "and", "unless", "every", "to",
             "comes", "has", '"', "is", "absent", "no", "account", "outside", "o-a", "anything", "of", "anybody"]
        ),
        max_size=16,
    ).map(" ".join)
)  # fmt: skip
def test_any_text_is_an_invariant_or_has_a_place(text: str) -> None:
    span, advice = None, ""
    try:
        found = Invariant.parse(text)
    except ExecPolicyError as error:
        span, advice = error.span, error.advice
    else:
        assert Invariant.parse(str(found)) == found
        span, advice = found.span, "none is needed"
    assert advice
    assert span is not None
    assert Span(1, 1, 1, 1) <= span <= Span(1, len(text) + 1, 1, len(text) + 1)
