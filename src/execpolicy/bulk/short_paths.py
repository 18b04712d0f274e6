"""Shortens paths to what the patterns of policies and routes read of them, so that few different ones are left (LOG-8).

If each pattern reads of a segment no more than how it begins, a segment is shortened to its longest beginning that some
pattern reads, and one more character: it equals a text of a pattern, or begins with it, if the whole segment does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy.bulk.matched_patterns import AnyTokens, PathPart
from execpolicy.language.glob import ONE, ONE_IN_FIELD, Wildcard

#: A text of a pattern that can stand in a plain path.
_PLAIN_TEXT: Final = re.compile(r"[A-Za-z0-9_.~-]*")
_ENDS: Final = re.compile("([/:])")
#: The most characters of all texts, and of one: they become one regular expression.
_MOST_CHARACTERS, _LONGEST_TEXT = 4000, 100

#: A part of a pattern: a text without slashes and colons, one of these, or what is not literal.
_SegmentPart = str | Wildcard | PathPart


class _NextCharacters(dict[str, "_NextCharacters"]):
    """What follows a beginning, by its next character."""


def short_segment(patterns: Iterable[AnyTokens]) -> str | None:
    """A regular expression that finds what patterns read of a segment of a plain path; None if they read more of it.

    Args:
        patterns: the patterns.

    >>> from execpolicy.language.glob import tokens_of
    >>> found = short_segment([tokens_of("prod/GET/orders/4*"), tokens_of("*/items")])
    >>> [re.match(found, segment)[0] for segment in ("orders", "order66", "4711", "777")]
    ['orders', 'order6', '47', '7']
    """
    texts: set[str] = set()
    for pattern in patterns:
        for segment in _segments(pattern):
            text = _beginning(segment)
            if text is None:
                return None
            if _PLAIN_TEXT.fullmatch(text):
                texts.add(text)
    if sum(map(len, texts)) > _MOST_CHARACTERS or any(len(each) > _LONGEST_TEXT for each in texts):
        return None
    root = _NextCharacters()
    for text in texts:
        node = root
        for char in text:
            node = node.setdefault(char, _NextCharacters())
    return f"^{_longest_beginning(root)}.?"


def _segments(pattern: AnyTokens) -> Iterator[list[_SegmentPart]]:
    """The segments of a pattern. No plain path has a colon, so that a segment begins after its last one."""
    segment: list[_SegmentPart] = []
    for token in pattern:
        for part in _ENDS.split(token) if isinstance(token, str) else (token,):
            if part == "/":
                yield segment
            if part in ("/", ":"):
                segment = []
            elif part:
                segment.append(part)
    yield segment


def _beginning(segment: list[_SegmentPart]) -> str | None:
    """The text with which a segment begins, if it has nothing but that and ``*``; None if it has more."""
    text = ""
    for place, part in enumerate(segment):
        if part is ONE or part is ONE_IN_FIELD:
            return None
        if isinstance(part, str):
            if any(not isinstance(each, str) for each in segment[:place]):
                return None
            text += part
    return text


def _longest_beginning(node: _NextCharacters) -> str:
    if not node:
        return ""
    return "(?:" + "|".join(re.escape(char) + _longest_beginning(after) for char, after in sorted(node.items())) + ")?"
