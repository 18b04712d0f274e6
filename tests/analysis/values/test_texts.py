"""Which kind of domain texts get."""

from __future__ import annotations

import pytest

from execpolicy.analysis.budget import Budget
from execpolicy.analysis.values import texts
from execpolicy.analysis.values.characters import DIGITS, NO_COLON
from execpolicy.analysis.values.text_cells import TextCells
from execpolicy.analysis.values.text_outline import common_texts, most_infixes, outline_of
from execpolicy.analysis.values.text_pattern import TextPattern, glob_pattern, literal, repeated, sequence, single
from execpolicy.analysis.values.text_sets import TextSets
from execpolicy.analysis.values.texts import MAX_INFIXES, text_domain
from execpolicy.language.glob import tokens_of

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/"


def of(*globs: str) -> list[TextPattern]:
    return [glob_pattern(tokens_of(text)) for text in globs]


def domain_and_steps(*globs: str) -> tuple[type, int]:
    budget = Budget()
    return type(text_domain(of(*globs), budget=budget)), budget.taken


def test_a_policy_of_many_routes_has_cells() -> None:
    assert domain_and_steps(*(f"{API}prod/GET/items{number}/*" for number in range(200))) == (TextCells, 265)


def test_few_infixes_have_cells_and_many_have_none() -> None:
    kind, steps = domain_and_steps(*(f"*/GET/items{number}/*" for number in range(MAX_INFIXES)))
    assert (kind, steps < 600) == (TextCells, True)
    assert domain_and_steps(*(f"*/GET/items{number}/*" for number in range(MAX_INFIXES + 1))) == (TextSets, 0)


def test_infixes_of_texts_that_begin_otherwise_do_not_count() -> None:
    kind, _ = domain_and_steps(*(f"{API}{stage}/*/items/*" for stage in "abcdefgh"))
    assert kind is TextCells


def test_cells_are_given_up_after_too_many_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execpolicy.analysis.values.text_cells.MAX_STATES", 5)
    kind, steps = domain_and_steps("*abc", "*bcd", "*cde")
    assert (kind, steps <= 5) == (TextSets, True)


def test_both_kinds_have_the_same_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    for infixes in (5, -1):
        monkeypatch.setattr(texts, "MAX_INFIXES", infixes)
        domain = text_domain(
            of("a*", "a*", "b"), within=glob_pattern(tokens_of("?*")), preferred=["ax"], optional=True, budget=Budget()
        )
        assert list(domain.examples(domain.matching(*of("a*")))) == ["ax"]
        assert domain.absent & domain.full
        assert not domain.absent & domain.present
        assert not domain.containing("")
        matching, others = domain.among(of("b"), domain.full)
        assert list(domain.examples(matching)) == ["b"]
        assert others & domain.absent


@pytest.mark.parametrize(
    ("one", "other", "excludes"),
    [
        ("a*", "b*", True),
        ("a*", "ab*", False),
        ("*a", "*b", True),
        ("*a", "*ba", False),
        ("a", "ab", True),
        ("a", "a", False),
        ("a*", "a", False),
        ("a*b", "a", True),
        ("*", "", False),
        ("?", "a", False),
    ],
)
def test_heads_and_tails_exclude_each_other(one: str, other: str, excludes: bool) -> None:
    first, second = (outline_of(pattern.alternatives[0]) for pattern in of(one, other))
    assert first.excludes(second) is second.excludes(first) is excludes


def test_heads_are_compared_after_a_prefix_whose_end_is_plain() -> None:
    field = repeated(NO_COLON)
    short, other = (sequence(literal("arn:"), field, pattern) for pattern in of(":a/*", ":b/*"))
    written, wide, equal = of("arn:x:a/b*", "arn:x*", "arn:x:a/*")
    shapes = [outline_of(pattern.alternatives[0]) for pattern in (short, other, written, wide, equal)]
    excluded = {(0, 1), (1, 0), (1, 2), (2, 1), (1, 4), (4, 1)}
    contained = {(0, 2), (0, 4), (3, 2), (3, 4), (4, 2), *((place, place) for place in range(5))}
    for place, one in enumerate(shapes):
        for index, another in enumerate(shapes):
            assert one.excludes(another) is ((place, index) in excluded)
            assert one.contains(another) is ((place, index) in contained)


def test_a_prefix_ends_where_its_end_is_not_plain() -> None:
    digits = sequence(literal("a"), repeated(DIGITS), literal("1b"))
    one_letter = sequence(single(DIGITS), literal(":"))
    assert outline_of(digits.alternatives[0]).prefix == ()
    assert outline_of(one_letter.alternatives[0]).prefix == ()
    assert outline_of(sequence(literal("a"), repeated(DIGITS), literal("b")).alternatives[0]).prefix != ()


def test_an_outline_has_a_text_of_its_alternative() -> None:
    for pattern in of("a*b?c*d", "", "abc", "*", "a*", "*a", "?"):
        outline = outline_of(pattern.alternatives[0])
        assert pattern.matches(outline.sample)
        assert outline.sample.startswith(outline.head)
        assert outline.sample.endswith(outline.end)


def test_a_common_text_has_all_parts() -> None:
    outlines = [outline_of(pattern.alternatives[0]) for pattern in (*of("a*b*c", "ab*d*"), literal("a"))]
    assert list(common_texts(outlines, ())) == ["abbdc"]
    assert list(common_texts(outlines, ("x", "abx", "y"))) == ["abxbdc", "abbdc", "yabbdc"]
    assert next(common_texts(outlines, ("abxb",))) == "abxbdc"


def test_examples_have_beginnings_where_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    beginnings = [API + "prod/GET/", API, "arn:aws:execute-api:"]
    patterns = of("arn:*/dev/*", "*/POST/*", "arn:aws:s3:::a", "prod")
    for infixes in (5, -1):
        monkeypatch.setattr(texts, "MAX_INFIXES", infixes)
        domain = text_domain(patterns, beginnings=beginnings, budget=Budget())
        dev, post, bucket, prod = (domain.matching(pattern) for pattern in patterns)
        assert next(domain.examples(dev)) == API + "prod/GET/dev/"
        assert next(domain.examples(dev & post)).startswith(API + "prod/GET/")
        assert next(domain.examples(post & ~dev)) == API + "prod/GET/POST/"
        assert next(domain.examples(bucket)) == "arn:aws:s3:::a"
        assert next(domain.examples(prod)) == "prod"


def test_infixes_are_counted_by_their_beginnings() -> None:
    outlines = [outline_of(pattern.alternatives[0]) for pattern in of("*x*", "a*x*", "ab*x*", "b*x*", "b*x*", "a*x")]
    assert most_infixes(outlines) == 3
    assert most_infixes([]) == 0
