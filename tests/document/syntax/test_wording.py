"""Which name is meant by another one."""

from __future__ import annotations

from difflib import get_close_matches
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.document.syntax.wording import nearest

NAMES = ("execute-api", "Invoke", "InvalidateCache", "ManageConnections", "Resource", "Principal")
WORDS = st.one_of(
    st.text("abcdeiklmnoprstvx-", max_size=14), st.sampled_from(NAMES).flatmap(st.permutations).map("".join)
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("invoke", "Invoke"),
        ("Invok", "Invoke"),
        ("exec-api", "execute-api"),
        ("execute-apigateway", "execute-api"),
        ("s3", None),
        ("ekovnI", None),
        ("NotResource", None),
        ("Resource" * 10, None),
        ("", None),
    ],
)
def test_the_name_that_is_meant(name: str, meant: str | None) -> None:
    assert nearest(name, NAMES) == meant


@given(WORDS, st.lists(st.one_of(st.sampled_from(NAMES), WORDS), min_size=1, max_size=4))
@example("aaaaaaabcd", ["aaaaaaaefg"])  # as similar as it takes
def test_names_that_are_not_compared_are_not_similar(name: str, known: list[str]) -> None:
    with mock.patch("execpolicy.document.syntax.wording._can_be_similar", return_value=True):
        expected = nearest(name, known)
    assert nearest(name, known) == expected


def test_a_name_with_other_letters_is_not_compared() -> None:
    with mock.patch("difflib.get_close_matches", wraps=get_close_matches) as compare:
        assert nearest("dynamodb", ["execute-api", "Invoke"]) is None
        assert not compare.called
        assert nearest("execute-apis", ["execute-api", "Invoke"]) == "execute-api"
        compare.assert_called_once_with("execute-apis", ["execute-api"], n=1, cutoff=0.7)
