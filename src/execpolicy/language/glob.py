"""Wildcard patterns: ``*`` matches any characters, ``?`` exactly one, and no other character is special (RES-1).

A pattern is a tuple of tokens: literal text, or one of four wildcards. Two of them do not match a colon: those inside
the first five fields of a resource ARN (RES-2). The time is at most pattern length times text length (RES-5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum


class Wildcard(Enum):
    """A part of a pattern that is not literal text."""

    ANY = "*"
    ONE = "?"
    #: Any characters except a colon.
    ANY_IN_FIELD = "*:"
    #: One character except a colon.
    ONE_IN_FIELD = "?:"


ANY, ONE = Wildcard.ANY, Wildcard.ONE
ANY_IN_FIELD, ONE_IN_FIELD = Wildcard.ANY_IN_FIELD, Wildcard.ONE_IN_FIELD
Tokens = tuple[str | Wildcard, ...]
Matcher = Callable[[str], bool]

#: The maximum length of a part with ``?`` that is searched by a regular expression, in time part times text.
_SHORT_PART = 64


def tokens_of(text: str) -> Tokens:
    """The tokens of ``text``; every ``*`` and ``?`` is a wildcard."""
    if "?" not in text:
        head, star, tail = text.partition("*")
        if not star:
            return (text,) if text else ()
        if "*" not in tail:
            return (head, ANY, tail) if head and tail else (head, ANY) if head else (ANY, tail) if tail else (ANY,)
    return tuple(ANY if part == "*" else ONE if part == "?" else part for part in re.split(r"([*?])", text) if part)


def normalised(tokens: Iterable[str | Wildcard]) -> Tokens:
    """An equivalent pattern, with adjacent literals joined and adjacent ``*`` collapsed."""
    out: list[str | Wildcard] = []
    for token in tokens:
        last = out[-1] if out else None
        if isinstance(token, str):
            if not token:
                continue
            if isinstance(last, str):
                out[-1] = last + token
                continue
        elif token is ANY and last in (ANY, ANY_IN_FIELD):
            out[-1] = ANY
            continue
        elif token is ANY_IN_FIELD and last in (ANY, ANY_IN_FIELD):
            continue
        out.append(token)
    return tuple(out)


def without_case(text: str) -> str:
    """A text in lower case, letter by letter; a letter whose lower case has more than one letter stays as it is."""
    if text.isascii():
        return text.lower()
    return "".join([lower if len(lower := letter.lower()) == 1 else letter for letter in text])


def matcher(tokens: Iterable[str | Wildcard]) -> Matcher:
    """A function that tests whether a whole text matches.

    >>> matcher(tokens_of("GET/*/pets"))("GET/a/b/pets")
    True
    """
    pattern = normalised(tokens)
    simple = _simple_matcher(pattern) if len(pattern) <= 2 else None
    if simple is not None:
        return simple
    if ANY_IN_FIELD in pattern or ONE_IN_FIELD in pattern:
        return _automaton(pattern)
    parts = _split_at_stars(pattern)
    if ONE not in pattern:
        return _by_parts(["".join(token for token in part if isinstance(token, str)) for part in parts])
    if any(ONE in part and _width(part) > _SHORT_PART for part in parts[1:-1]):
        return _automaton(pattern)
    return _by_expressions(parts)


def _simple_matcher(pattern: Tokens) -> Matcher | None:
    """A matcher for a literal, for ``*``, and for a literal before or after ``*``; None for any other pattern."""
    match pattern:
        case ():
            return lambda text: not text
        case (str(only),):
            return lambda text: text == only
        case (star,) if star is ANY:
            return lambda text: True
        case (str(head), star) if star is ANY:
            return lambda text: text.startswith(head)
        case (star, str(tail)) if star is ANY:
            return lambda text: text.endswith(tail)
    return None


def _split_at_stars(pattern: Tokens) -> list[list[str | Wildcard]]:
    parts: list[list[str | Wildcard]] = [[]]
    for token in pattern:
        if token is ANY:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _width(part: Iterable[str | Wildcard]) -> int:
    return sum(len(token) if isinstance(token, str) else 1 for token in part)


def _by_parts(parts: list[str]) -> Matcher:
    """Literal parts between stars: the leftmost place of each part is always the best one."""
    head, *middles, tail = parts
    shortest = sum(map(len, parts))

    if not middles:

        def match_ends(text: str) -> bool:
            return len(text) >= shortest and text.startswith(head) and text.endswith(tail)

        return match_ends

    def match(text: str) -> bool:
        if len(text) < shortest or not text.startswith(head) or not text.endswith(tail):
            return False
        place, end = len(head), len(text) - len(tail)
        for middle in middles:
            place = text.find(middle, place, end)
            if place < 0:
                return False
            place += len(middle)
        return True

    return match


def _by_expressions(parts: list[list[str | Wildcard]]) -> Matcher:
    """As ``_by_parts``, for parts with ``?``. Each part has a fixed width, so the leftmost place is still the best."""
    widths = [_width(part) for part in parts]
    expressions = [_expression(part) for part in parts]
    shortest = sum(widths)
    if len(parts) == 1:
        whole = expressions[0].fullmatch
        return lambda text: whole(text) is not None
    head, tail = expressions[0].match, expressions[-1].match
    middles = [(expression.search, width) for expression, width in zip(expressions[1:-1], widths[1:-1], strict=True)]
    head_width, tail_width = widths[0], widths[-1]

    def match(text: str) -> bool:
        end = len(text) - tail_width
        if len(text) < shortest or head(text) is None or tail(text, end) is None:
            return False
        place = head_width
        for search, width in middles:
            found = search(text, place, end)
            if found is None:
                return False
            place = found.start() + width
        return True

    return match


def _expression(part: Iterable[str | Wildcard]) -> re.Pattern[str]:
    text = "".join(re.escape(token) if isinstance(token, str) else "." for token in part)
    return re.compile(text, re.DOTALL)


class _Automaton:
    """Tracks which positions of the pattern the text read so far can reach, as the bits of one integer."""

    def __init__(self, pattern: Tokens) -> None:
        self.pattern = pattern
        self.units: list[str | Wildcard] = []
        self.repeat_any = self.repeat_within = 0
        self.accepts: dict[str, int] = {}
        self.accept_any = self.accept_within = 0
        for token in pattern:
            here = 1 << len(self.units)
            if token is ANY:
                self.repeat_any |= here
            elif token is ANY_IN_FIELD:
                self.repeat_within |= here
            elif isinstance(token, str):
                for char in token:
                    self.accepts[char] = self.accepts.get(char, 0) | 1 << len(self.units)
                    self.units.append(char)
            else:
                self.accept_any |= here if token is ONE else 0
                self.accept_within |= here if token is ONE_IN_FIELD else 0
                self.units.append(token)
        self.final = 1 << len(self.units)

    def step(self, reached: int, char: str) -> int:
        accepted = self.accepts.get(char, 0) | self.accept_any
        repeated = self.repeat_any
        if char != ":":
            accepted |= self.accept_within
            repeated |= self.repeat_within
        return (reached & accepted) << 1 | reached & repeated

    def match(self, text: str) -> bool:
        reached = 1
        for char in text:
            reached = self.step(reached, char)
            if not reached:
                return False
        return bool(reached & self.final)


def _automaton(pattern: Tokens) -> Matcher:
    """The automaton, run only for texts that begin and end as the pattern does."""
    run = _Automaton(pattern).match
    head = pattern[0] if isinstance(pattern[0], str) else ""
    tail = pattern[-1] if isinstance(pattern[-1], str) else ""
    return lambda text: text.startswith(head) and text.endswith(tail) and run(text)


def agreeing_lengths(pattern: Tokens, text: str) -> tuple[int, int]:
    """How much of a normalised pattern matches, if the whole does not: characters of the pattern, and of the text.

    >>> agreeing_lengths(normalised(tokens_of("prod/GET/{id}")), "prod/GET/17")
    (9, 9)
    """
    head = pattern[0] if pattern else ""
    if not isinstance(head, str):
        return _common_after(pattern, text, 0)
    common = common_head(head, text)
    if common < len(head):
        return common, common
    reached, place = _common_after(pattern[1:], text, common)
    return common + reached, place


def common_head(one: str, other: str) -> int:
    """The length of the common prefix of two texts."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _common_after(pattern: Tokens, text: str, start: int) -> tuple[int, int]:
    """How much of a pattern matches in a text from ``start``: characters of the pattern, and the index in the text."""
    if ONE in pattern or ANY_IN_FIELD in pattern or ONE_IN_FIELD in pattern:
        return _common_by_automaton(pattern, text, start)
    reached, place = 0, start
    for part in pattern:
        if isinstance(part, str):
            # Every part is searched at its leftmost place, as in the matcher.
            found = text.find(part, place)
            if found < 0:
                agreed = _longest_begun(part, text, place)
                return reached + agreed, (text.find(part[:agreed], place) + agreed) if agreed else place
            reached, place = reached + len(part), found + len(part)
    return reached, place


def _longest_begun(part: str, text: str, start: int) -> int:
    """The length of the longest prefix of ``part`` that the text has after ``start``; it does not have all of it."""
    least, most = 0, len(part) - 1
    while least < most:
        middle = (least + most + 1) // 2
        if text.find(part[:middle], start) >= 0:
            least = middle
        else:
            most = middle - 1
    return least


def _common_by_automaton(pattern: Tokens, text: str, start: int) -> tuple[int, int]:
    automaton = _Automaton(pattern)
    reached, best, place = 1, 0, start
    for index in range(start, len(text)):
        reached = automaton.step(reached, text[index])
        if not reached:
            break
        if reached.bit_length() - 1 > best:
            best, place = reached.bit_length() - 1, index + 1
    return best, place
