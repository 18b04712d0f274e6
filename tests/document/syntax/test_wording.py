"""Which name is meant by another one."""

from __future__ import annotations

from difflib import get_close_matches
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.document.syntax.wording import did_you_mean, nearest, nearest_or_longer

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


RULES = ("EP-ARN-004", "EP-ARN-014", "EP-ARN-042", "EP-API-004", "double-slash-before-path")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("EP-ARN-4", "EP-ARN-004"),
        ("ep-arn-04", "EP-ARN-004"),
        ("EP-ARN-0042", "EP-ARN-042"),
        ("EP-ARN-43", "EP-ARN-042"),  # the most similar one, where no number is the same
        ("EPARN004", "EP-ARN-004"),
    ],
)
def test_a_number_is_meant_with_other_zeros(name: str, meant: str) -> None:
    assert nearest(name, RULES) == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("double-slash", "double-slash-before-path"),
        ("Double", "double-slash-before-path"),
        ("EP-", None),  # more than one begins so
        ("do", None),
        ("", None),
        ("path", None),
    ],
)
def test_the_only_name_that_begins_so_is_meant(name: str, meant: str | None) -> None:
    assert nearest_or_longer(name, RULES) == meant


def test_a_beginning_is_never_that_of_the_opposite() -> None:
    assert nearest_or_longer("allowed", ("allowedNot",)) is None
    assert did_you_mean("double", RULES) == 'did you mean "double-slash-before-path"?'


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
