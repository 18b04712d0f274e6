"""ARNs of one version that are read as those of the other: the patterns agree with the texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.dimensions.moved_arns import MovedArns
from execpolicy.analysis.values.text_pattern import TextPattern
from tests.analysis.values.test_pattern_rest import PATTERNS
from tests.examples import of_quick

_API = "a/"
#: What paths begin with in both versions: equal, or the first one is the longer one or another.
_BEGINNINGS = (("", ""), ("/a", ""), ("/a/b", "/b"), ("/a", "/b"), ("/a", "/a"))


@pytest.mark.rule("GW-28", "ANA-5")
@of_quick(400)
@given(PATTERNS, st.sampled_from(_BEGINNINGS), st.sampled_from(["", "a", "b"]), st.text("ab/", max_size=4))
def test_a_pattern_matches_where_that_of_the_other_version_does(
    pattern: TextPattern, beginnings: tuple[str, str], method: str, rest: str
) -> None:
    moved = MovedArns(_API, "a", beginnings[0], "b", beginnings[1])
    arn = f"{_API}a/{method}{beginnings[0]}{rest}"
    other = moved.in_other(arn)
    assert moved.pattern(pattern).matches(arn) is (other is not None and pattern.matches(other))


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    ("beginnings", "arn", "other"),
    [
        (("", ""), "api/blue/GET/orders", "api/green/GET/orders"),
        (("/shop", ""), "api/blue/GET/shop/orders", "api/green/GET/orders"),
        (("/shop", ""), "api/blue/GET/shop", "api/green/GET/"),
        (("/shop", ""), "api/blue/GET/shop/", "api/green/GET/"),
        (("/shop", ""), "api/blue/GET/shopping", None),
        (("/shop/v1", "/v1"), "api/blue/GET/shop/v1/a", "api/green/GET/v1/a"),
        (("", ""), "api/red/GET/orders", None),
    ],
)
def test_a_call_has_an_arn_in_each_version(beginnings: tuple[str, str], arn: str, other: str | None) -> None:
    assert MovedArns("api/", "blue", beginnings[0], "green", beginnings[1]).in_other(arn) == other
