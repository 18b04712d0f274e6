"""Where a part of a text stands that ``Fn::Sub`` makes: before the first of its variables, or after the last one."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

#: A text of Fn::Sub without escapes, by its quotes, or without them.
_TEXT: Final = r"""(?:"(?P<double>[^"\\\n]*)"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s"'\[{>|&*!%@`,][^\n]*?))"""
_FORMS: Final = (
    re.compile(rf"!Sub[ \t]+{_TEXT}"),
    re.compile(rf"""["']?Fn::Sub["']?[ \t]*:[ \t]*{_TEXT}"""),
    re.compile(r"""\{\s*"Fn::Sub"\s*:\s*"(?P<double>[^"\\\n]*)"\s*\}"""),
)
_VARIABLE: Final = "${"


class LiteralPart(NamedTuple):
    """A part of the text of a function, by its offsets in what is written.

    Attributes:
        start: where the part begins.
        end: where it ends.
        whole: the whole text of the function, without its quotes.
        whole_start: where that begins.
        is_quoted: whether it stands in quotes.
    """

    start: int
    end: int
    whole: str
    whole_start: int
    is_quoted: bool


def find_literal(written: str, value: str, first: int, last: int) -> LiteralPart | None:
    r"""The place of a part of a value in the function that makes it; None if the part can be of a variable.

    Args:
        written: the function as it is written, in JSON or YAML.
        value: the text that it makes.
        first: the offset of the part in the value.
        last: the offset after it.

    >>> find_literal("!Sub '${Api}/prod/get/*'", "a1b2c3/prod/get/*", 12, 15)
    LiteralPart(start=18, end=21, whole='${Api}/prod/get/*', whole_start=6, is_quoted=True)
    >>> find_literal("!Sub '${Api}/prod/get/*'", "a1b2c3/prod/get/*", 0, 6)
    """
    match = next((found for form in _FORMS if (found := form.fullmatch(written)) is not None), None)
    if match is None:
        return None
    quotes = next(name for name, text in match.groupdict().items() if text is not None)
    whole, begin = match[quotes], match.start(quotes)
    head = whole.find(_VARIABLE)
    head = len(whole) if head < 0 else head
    tail = len(whole) - (whole.find("}", whole.rfind(_VARIABLE)) + 1 if head < len(whole) else 0)
    if last <= head and value[:head] == whole[:head]:
        start = begin + first
    elif first >= len(value) - tail and whole.endswith(value[len(value) - tail :]):
        start = begin + len(whole) - (len(value) - first)
    else:
        return None
    return LiteralPart(start, start + last - first, whole, begin, quotes != "plain")
