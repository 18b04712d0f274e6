"""Tokens and validation expressions: which tokens two versions take, and what a call of a witness presents (ANA-3)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from execpolicy import Api, Authorizer, Route, compare, prove, who
from execpolicy.analysis.calls.matching_texts import only_texts, text_for
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.gateway.model.validation_expression.expression import read_expression

NAME = "eu-west-1_Shop"
POOL = f"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{NAME}"
CLAIMS = {"iss": f"https://cognito-idp.eu-west-1.amazonaws.com/{NAME}", "exp": 1_900_000_000, "scope": "read"}
HEADER = "method.request.header.Authorization"
BOTH, EQUAL, LAXER = ComparisonVerdict.BOTH, ComparisonVerdict.EQUAL, ComparisonVerdict.LAXER
STRICTER, UNKNOWN = ComparisonVerdict.STRICTER, ComparisonVerdict.UNKNOWN


def api(authorizer: Authorizer, *scopes: str) -> Api:
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        authorizers=[authorizer],
        routes=[Route("GET", "/orders", authorizer="shop", scopes=scopes)],
    )


def with_pool(expression: str | None = None, *scopes: str, source: str | tuple[str, ...] = HEADER) -> Api:
    pool = Authorizer(
        "shop",
        type="COGNITO_USER_POOLS",
        user_pools=POOL,
        identity_sources=source,
        validation_expression=expression,
    )
    return api(pool, *scopes)


def with_function(expression: str | None) -> Api:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:shop"
    return api(
        Authorizer(
            "shop", type="TOKEN", identity_sources=HEADER, validation_expression=expression, function_arn=arn, ttl=0
        )
    )


def accepts(subject: Api, **claims: Any) -> bool:
    """Whether a call with a token gets through."""
    sent = {"Authorization": "x"}
    return subject.invoke("GET", "/orders", headers=sent, claims={**CLAIMS, **claims}, at=1_800_000_000).allowed


#: The parts of each version: the validation expression, and the scopes of the route.
VERSIONS: tuple[tuple[Any, ...], ...] = (
    *((None,), ("a",), ("a|b",), ("[a-c]",), ("[ab]+",)),
    *((None, "read"), ("a", "read"), (None, "read", "write")),
)
#: All tokens of a small alphabet. Of access tokens none has an audience (AUT-7).
TOKENS: tuple[dict[str, Any], ...] = (
    *({"token_use": "id", "aud": aud} for aud in ("a", "b", "c", "ab", "other")),
    *({"token_use": "access", "scope": scope} for scope in ("read", "write", "read write", "")),
)


def contradicted(compared: Comparison, was: bool, is_now: bool) -> bool:
    """Whether the answers to one call contradict a verdict."""
    more, less = (LAXER, BOTH, UNKNOWN), (STRICTER, BOTH, UNKNOWN)
    return was is not is_now and compared.verdict not in (more if is_now else less)


@pytest.mark.rule("ANA-3", "AUT-7")
def test_no_token_that_only_one_version_takes_is_missed() -> None:
    subjects = [with_pool(*each) for each in VERSIONS]
    taken = [[accepts(subject, **each) for each in TOKENS] for subject in subjects]
    unknown = []
    for before, after in product(range(len(VERSIONS)), repeat=2):
        compared = compare(subjects[before], subjects[after])
        both = zip(taken[before], taken[after], strict=True)
        assert not any(contradicted(compared, *each) for each in both), (VERSIONS[before], VERSIONS[after], compared)
        if compared.verdict is UNKNOWN:
            unknown.append((VERSIONS[before][0], VERSIONS[after][0]))
    # Of two expressions that match many texts, no text shows which of them matches more.
    assert set(unknown) <= {*product(("[a-c]", "[ab]+"), repeat=2)}


@pytest.mark.rule("ANA-3", "AUT-7")
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (with_pool(), with_pool("client-a"), STRICTER),
        (with_pool("client-a"), with_pool(), LAXER),
        (with_pool("client-a"), with_pool("client-.*"), LAXER),
        (with_pool("client-a"), with_pool("client-b"), BOTH),
        (with_pool("^client-a$"), with_pool("client-a"), EQUAL),
        (with_pool(), with_pool(None, "read"), BOTH),
        (with_pool(None, "read"), with_pool(), BOTH),
        (with_pool("client-a", "read"), with_pool("client-a", "read"), EQUAL),
        (with_pool(source=()), with_pool(source="method.request.header.authorization"), EQUAL),
        (with_pool(), with_pool(source="method.request.header.X-Token"), BOTH),
    ],
)
def test_a_cognito_authorizer_takes_tokens_of_one_use_and_audience(
    before: Api, after: Api, verdict: ComparisonVerdict
) -> None:
    found = compare(before, after)
    assert (found.verdict, found.unknown) == (verdict, ())


@pytest.mark.rule("ANA-3", "AUT-7")
def test_no_good_token_of_a_route_with_scopes_matches_a_validation_expression() -> None:
    subject = with_pool("client-a", "read")
    assert not accepts(subject, token_use="access")
    assert prove("role/Clerk may call GET /orders", subject).verdict is ProofVerdict.REFUTED
    assert prove("role/Clerk may call GET /orders", with_pool("client-a")).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("ANA-2", "AUT-4", "AUT-7")
@pytest.mark.parametrize(
    ("subject", "callers"),
    [
        (with_pool("client-[0-9]{3}"), "anybody with a token for shop whose aud matches client-[0-9]{3}"),
        (with_pool(None, "read"), "anybody with a token for shop with the scope read"),
        (with_function("^Bearer [-0-9a-zA-Z.]*$"), "anybody whose call the authorizer shop allows"),
        (with_function("(?!x)[a-z]+"), "anybody whose call the authorizer shop allows"),
    ],
)
def test_a_witness_has_a_token_that_the_expression_matches(subject: Api, callers: str) -> None:
    found = who(subject, "GET", "/orders")
    assert [group.callers for group in found.groups] == [callers]
    assert not found.unknown
    assert prove("nobody may call GET /orders", subject).verdict is ProofVerdict.REFUTED


@pytest.mark.rule("ANA-3", "AUT-4")
def test_a_call_has_one_token_for_the_expressions_of_both_versions() -> None:
    found = compare(with_function("Bearer .+"), with_function("Bearer a.*|x"))
    assert (found.verdict, found.unknown) == (BOTH, ())


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "not_matched"),
    [
        ("Bearer .+", ()),
        ("[^ ]{4,6}", ()),
        ("a{150}", ()),
        ("client-.*", ("client-x", "client-")),
        (r"\d+\.\d+", ()),
        ("(?i)token", ("token",)),
        ("a?", ()),
        ("(ab|c)d*", ("abd",)),
        (r"\bx\b", ()),
    ],
)
def test_a_text_that_an_expression_matches_is_found(expression: str, not_matched: tuple[str, ...]) -> None:
    text = text_for([expression], not_matched, ())
    assert text
    assert read_expression(expression).matches(text)
    assert not any(read_expression(each).matches(text) for each in not_matched)


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ("a", ("a",)),
        ("^(a|bc)d$", ("ad", "bcd")),
        ("(?!a)(a|b)", ("b",)),
        ("a*", None),
        ("[ab]", None),
        ("(?i)a", None),
        ("x(^|a)", ("xa",)),
        ("|".join(map(str, range(20))) + "x", (*map(str, range(19)), "19x")),
        ("(1|2|3)(1|2|3)(1|2|3)", None),
    ],
)
def test_all_texts_of_an_expression_are_known_if_they_are_few(expression: str, texts: tuple[str, ...] | None) -> None:
    assert only_texts(expression) == texts


def test_no_text_is_found_where_expressions_match_nothing() -> None:
    assert text_for(["a"], ["a"]) is None
    assert text_for(["(?!a)a"]) is None
    assert text_for(["a{201}"]) is None
