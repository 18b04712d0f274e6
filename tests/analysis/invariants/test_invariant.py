"""Invariants made in Python: their parts, their canonical text, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import ExecPolicyError, UsageError
from execpolicy.analysis.invariants.call_pattern import CallPattern
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.key_test import KeyTest
from execpolicy.analysis.invariants.parts import InvariantKind
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("INV-1")


def made(*values: Any, **named: Any) -> Callable[[], object]:
    """What makes an invariant of arguments of any type."""
    return lambda: Invariant(*values, **named)


TEAM = KeyTest("aws:PrincipalTag/team", "in", "blue")
NO_MFA = KeyTest("aws:MultiFactorAuthPresent", "not in", "true")
ADMIN = CallerSet("role/Admin", all_except=True)

#: Arguments of an invariant, and its canonical text.
WRITTEN: list[tuple[dict[str, Any], str]] = [
    ({"kind": "none", "calls": "DELETE /orders/**"}, "nobody may call DELETE /orders/**"),
    ({"kind": "none"}, "nobody may call anything"),
    ({"kind": "none", "callers": ADMIN, "calls": "POST /orders"}, "only role/Admin may call POST /orders"),
    ({"kind": "none", "callers": "anonymous", "calls": "/admin/**"}, "anonymous may not call /admin/**"),
    ({"kind": "none", "calls": "/internal/**", "unless_sources": ["vpce-0a1b2c3d", "10.0.0.0/8"]},
     "every call to /internal/** comes through vpce-0a1b2c3d or from 10.0.0.0/8"),
    ({"kind": "every", "callers": "role/Clerk", "calls": "GET /orders/*", "unless_sources": "203.0.113.0/24"},
     "role/Clerk may call GET /orders/* unless from 203.0.113.0/24"),
    ({"kind": "none", "callers": CallerSet("accounts inside o-exampleorg", all_except=True)},
     "no account outside o-exampleorg may call anything"),
    ({"kind": "none", "callers": CallerSet(["accounts inside o-a", "account 111122223333"], all_except=True)},
     "only accounts inside o-a, account 111122223333 may call anything"),
    ({"kind": "every", "calls": "GET /health"}, "anybody may call GET /health"),
    ({"kind": "every", "callers": ADMIN, "calls": "GET /health"}, "anybody but role/Admin may call GET /health"),
    ({"kind": "none", "callers": ["role/A", "user/B"], "calls": ["GET, POST /a", "/b"]},
     "role/A, user/B may not call GET, POST /a, ANY /b"),
    ({"kind": "none", "calls": ["/a", "anything"]}, "nobody may call /a, /**"),
    ({"kind": "none", "calls": '/a,"b'}, 'nobody may call "/a,""b"'),
    ({"kind": "none", "calls": "/a", "stages": ["prod", "$default", "on"], "sources": ["10.0.0.0/8", "10.0.0.1",
      "vpce-1", "vpc-2"], "when": [TEAM, NO_MFA], "unless_sources": "vpce-3", "unless_when": TEAM},
     'nobody may call /a on prod, $default, "on" from 10.0.0.0/8 or 10.0.0.1/32 or through vpce-1 or vpc-2 when '
     "aws:PrincipalTag/team = blue and aws:MultiFactorAuthPresent != true unless through vpce-3 or when "
     "aws:PrincipalTag/team = blue"),
    ({"kind": "none", "calls": "/a", "unless_when": [TEAM, NO_MFA], "stages": "prod"},
     "every call to /a on prod has aws:PrincipalTag/team = blue and aws:MultiFactorAuthPresent != true"),
    ({"kind": "none", "callers": ADMIN, "calls": "/a", "unless_when": TEAM},
     "only role/Admin may call /a unless when aws:PrincipalTag/team = blue"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "text"), WRITTEN)
def test_the_canonical_text(arguments: dict[str, Any], text: str) -> None:
    found = Invariant(**arguments)
    assert str(found) == text
    assert repr(found) == f"Invariant.parse({text!r})"


def test_the_parts() -> None:
    found = Invariant(
        InvariantKind.NONE,
        callers=["role/A", CallerPattern("role/B"), "role/A"],
        calls=[CallPattern("/a"), "GET /b", "/a"],
        stages=["prod", "test", "prod"],
        sources=["10.0.0.0/8", CallSource("10.0.0.0/8"), "vpce-1"],
        when=[TEAM, TEAM],
    )
    assert found.kind is InvariantKind.NONE
    assert found.callers == CallerSet(["role/A", "role/B"])
    assert found.calls == (CallPattern("/a"), CallPattern("/b", methods="GET"))
    assert found.stages == ("prod", "test")
    assert found.sources == (CallSource("10.0.0.0/8"), CallSource("vpce-1"))
    assert (found.when, found.unless_sources, found.unless_when) == ((TEAM,), (), ())
    assert (found.source, found.span) == (None, None)
    assert Invariant("none").calls == (CallPattern("/**"),)
    assert Invariant("none").callers == CallerSet.everybody()


def test_tests_of_keys_are_texts_too() -> None:
    found = Invariant(
        "none", when=["aws:PrincipalTag/team = blue and aws:userid != x", TEAM], unless_when="when aws:userid = a"
    )
    assert found.when == (TEAM, KeyTest("aws:userid", "not in", "x"))
    assert found.unless_when == (KeyTest("aws:userid", "in", "a"),)


def test_everybody_but_some() -> None:
    assert Invariant("none", callers_except=["role/Admin", "role/Clerk"]).callers == CallerSet(
        ["role/Admin", "role/Clerk"], all_except=True
    )
    assert Invariant("none", callers_except=()).callers == CallerSet.everybody()


def test_equality() -> None:
    assert Invariant("none", calls="GET /a") == Invariant("none", calls=CallPattern("/a", methods="GET"))
    assert Invariant("none", calls="/a") != Invariant("every", calls="/a")
    assert Invariant("none", sources="vpce-1") != Invariant("none", unless_sources="vpce-1")
    found = Invariant("none", calls="/a", when=TEAM)
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert len({found, pickle.loads(pickle.dumps(found))}) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (made("all"), "the kind of an invariant is none or every, found 'all'"),
        (made(None), "the kind of an invariant is none or every, found None"),
        (made("none", callers=7), "callers is a text or a list of texts, found 7, an int"),
        (made("none", callers=[]), "a set of callers has members, found none"),
        (made("none", calls=None), "calls is a text or a list of texts, found a NoneType"),
        (made("none", calls=[]), "an invariant is about some calls, found none"),
        (made("none", calls=[7]), "a pattern of calls is a text, found 7, an int"),
        (made("none", calls={"/a": 1}), "calls is a text or a list of texts, found a dict"),
        (made("none", stages=7), "stages is a text or a list of texts, found 7, an int"),
        (made("none", sources=7), "sources is a text or a list of texts, found 7, an int"),
        (made("none", unless_sources=[b""]), "a source is a text, found a bytes"),
        (made("none", when=7), "when is a text or a list of texts, found 7, an int"),
        (made("none", callers="role/A", callers_except="role/B"), "callers and callers_except are both given"),
        (made("none", callers_except=7), "callers_except is a text or a list of texts, found 7, an int"),
        (made("none", unless_when=[1]), "each of unless_when is a KeyTest, found 1, an int"),
    ],
)
def test_an_argument_of_a_wrong_type(make: Callable[[], object], message: str) -> None:
    assert refused(UsageError, make).message == message


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"calls": "GET /a/"}, Refusal("found a slash at the end of the path", "<path>:1:3", "/",
                                       "write /a, or /a/** for it and every path below it", "INV-2")),
        ({"when": "aws:userid = a or b"}, Refusal('found "or", expected and or the end', "<when>:1:16", "or",
                                                  "combine tests of keys with and", "INV-1")),
        ({"unless_when": ["aws:userid"]}, Refusal("found the end, expected =, !=, in, not in or is",
                                                  "<unless_when>:1:11", "",
                                                  "write for example = blue, in (blue, green) or is absent", "INV-1")),
        ({"stages": "prod/x"}, Refusal('found "prod/x", expected the name of a stage', "<stage>:1:1", "prod/x",
                                       "a name has letters, digits, - and _, or is $default", "INV-1")),
        ({"stages": ""}, Refusal("found nothing, expected the name of a stage", "<stage>:1:1", "",
                                 "a name has letters, digits, - and _, or is $default", "INV-1")),
    ],
)  # fmt: skip
def test_a_text_that_is_not_valid(arguments: dict[str, Any], expected: Refusal) -> None:
    assert refused(ExecPolicyError, lambda: Invariant("none", **arguments)) == expected
