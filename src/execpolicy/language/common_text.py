"""Whether two patterns have a text in common, such as one of a policy and one of what the name of a caller may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.glob import ANY, ONE, Wildcard

if TYPE_CHECKING:
    from typing import TypeAlias


class NameWildcard(Enum):
    """An unknown part of a name of IAM: any of the characters that such a name may have."""

    ANY_IN_NAME = "*/:"


ANY_IN_NAME = NameWildcard.ANY_IN_NAME
_IN_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-")
_Unit: TypeAlias = str | Wildcard | NameWildcard
#: A pattern of the texts that the name of a caller may be.
NameTokens: TypeAlias = tuple[_Unit, ...]
_ANY_LENGTH = (ANY, ANY_IN_NAME)


def have_a_text_in_common(one: NameTokens, other: NameTokens) -> bool:
    """Whether some text matches two patterns of text, ``*`` and ``?``, in time their lengths multiplied.

    >>> have_a_text_in_common(("arn:aws:iam::", ANY, ":root"), ("arn:aws:iam::111122223333:root",))
    True
    >>> have_a_text_in_common(("arn:aws:iam::", ANY, ":root"), ("arn:aws:iam::111122223333:role/", ANY, "/Ann"))
    False
    """
    first, second = _units(one), _units(other)
    # Most names differ at their beginning or end.
    for _ in range(2):
        while first and second and not {first[-1], second[-1]} & {*_ANY_LENGTH}:
            if not _can_be_equal(first.pop(), second.pop()):
                return False
        first.reverse()
        second.reverse()
    return _can_both_be_read(first, second)


def _can_both_be_read(first: list[_Unit], second: list[_Unit]) -> bool:
    # For each place of the first pattern, whether both patterns can have been read up to it and the current place.
    reached = [True, *[False] * len(first)]
    for place, mine in enumerate(first, start=1):
        reached[place] = reached[place - 1] and mine in _ANY_LENGTH
    for theirs in second:
        before, reached = reached, [reached[0] and theirs in _ANY_LENGTH]
        for place, mine in enumerate(first, start=1):
            if mine in _ANY_LENGTH or theirs in _ANY_LENGTH:
                reached.append(
                    (before[place] and (theirs in _ANY_LENGTH or _covers(mine, theirs)))
                    or (reached[place - 1] and (mine in _ANY_LENGTH or _covers(theirs, mine)))
                )
            else:
                reached.append(before[place - 1] and _can_be_equal(mine, theirs))
    return reached[-1]


def _covers(wildcard: _Unit, unit: _Unit) -> bool:
    """Whether a wildcard can stand for a character, or for one that another wildcard stands for."""
    return wildcard is ANY or not isinstance(unit, str) or unit in _IN_NAMES


def _can_be_equal(one: _Unit, other: _Unit) -> bool:
    return one == other or ONE in (one, other)


def _units(tokens: Iterable[_Unit]) -> list[_Unit]:
    """The characters and the wildcards of a pattern."""
    return [unit for token in tokens for unit in (token if isinstance(token, str) else (token,))]


def without_case(tokens: NameTokens, fold: Callable[[str], str] = str.lower) -> NameTokens:
    """The pattern without case: it matches at least the same texts, if these are without case too."""
    return tuple(fold(token) if isinstance(token, str) else token for token in tokens)
