"""What is plain of an alternative: the text that it begins and ends with, and a short text that it matches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.values.characters import ANY_CHARACTER
from execpolicy.analysis.values.text_pattern import Characters

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import PatternParts

_ANYTHING = Characters(ANY_CHARACTER, repeat=True)


class TextOutline(NamedTuple):
    """The texts that an alternative matches: ``prefix``, then ``head``, at last ``tail``, and the parts between.

    In each text it is plain where the prefix ends: what repeats in it is followed by a character that does not repeat.
    A text of the prefix with ``head + middle + tail`` is one of them.
    """

    prefix: PatternParts
    head: str
    middle: str
    tail: str
    #: Whether nothing follows the head.
    is_closed: bool = False
    #: Whether any characters follow the head, and nothing else.
    is_open: bool = False
    #: Whether there is a part in the middle, with any characters before it and after it.
    has_infix: bool = False

    @property
    def end(self) -> str:
        """What all of the texts end with."""
        return self.head if self.is_closed else self.tail

    @property
    def sample(self) -> str:
        """A short text that the alternative matches."""
        return "".join(map(_shortest, self.prefix)) + self.head + self.middle + self.tail

    def excludes(self, other: TextOutline) -> bool:
        """Whether no text has both beginnings, or none has both ends.

        >>> outline_of(("GET/a",)).excludes(outline_of(("GET/b",)))
        True
        """
        if not (self.end.endswith(other.end) or other.end.endswith(self.end)):
            return True
        heads = _heads(self, other)
        return heads is not None and not (heads[0].startswith(heads[1]) or heads[1].startswith(heads[0]))

    def contains(self, other: TextOutline) -> bool:
        """Whether it is plain that the alternative matches every text that the other one matches.

        >>> anything = Characters(ANY_CHARACTER, repeat=True)
        >>> outline_of(("GET/", anything)).contains(outline_of(("GET/", anything, "/b")))
        True
        """
        if self.is_open and not (self.prefix or self.head):
            return True
        if not self.is_open or (other.prefix and self.prefix != other.prefix):
            # The prefix of the other one has other texts than that of this one, or than its head.
            return False
        heads = _heads(self, other)
        return heads is not None and heads[1].startswith(heads[0])


def _heads(one: TextOutline, other: TextOutline) -> tuple[str, str] | None:
    """What follows the same place in the texts of two outlines; None if they have no such place."""
    if one.prefix == other.prefix:
        return one.head, other.head
    if not other.prefix:
        rest = after_prefix(other.head, one.prefix)
        return None if rest is None else (one.head, rest)
    if not one.prefix:
        rest = after_prefix(one.head, other.prefix)
        return None if rest is None else (rest, other.head)
    return None


def after_prefix(text: str, prefix: PatternParts) -> str | None:
    """What follows the prefix of an outline in a text; None if the text ends before, or begins otherwise.

    >>> from execpolicy.analysis.values.characters import NO_COLON
    >>> after_prefix("arn:aws:s3", ("arn:", Characters(NO_COLON, repeat=True)))
    ':s3'
    """
    place = 0
    for part in prefix:
        if isinstance(part, str):
            if not text.startswith(part, place):
                return None
            place += len(part)
        else:
            while place < len(text) and part.of.has(text[place]):
                place += 1
    return text[place:] if place < len(text) else None


def outline_of(alternative: PatternParts) -> TextOutline:
    """The outline of an alternative."""
    length = _prefix_length(alternative)
    prefix, rest = alternative[:length], alternative[length:]
    head = rest[0] if rest and isinstance(rest[0], str) else ""
    rest = rest[1:] if head else rest
    tail = rest[-1] if rest and isinstance(rest[-1], str) else ""
    texts = [_shortest(part) for part in rest]
    return TextOutline(
        prefix,
        head,
        "".join(texts[:-1] if tail else texts),
        tail,
        is_closed=not rest,
        is_open=rest == (_ANYTHING,),
        has_infix=_has_infix(alternative),
    )


def _prefix_length(alternative: PatternParts) -> int:
    """The number of parts up to the last repetition whose end is plain in each text."""
    length = 0
    for place in range(1, len(alternative)):
        repetition, following = alternative[place - 1 : place + 1]
        if isinstance(repetition, str):
            continue
        if not repetition.repeat or not isinstance(following, str) or repetition.of.has(following[0]):
            break
        length = place
    return length


def _has_infix(alternative: PatternParts) -> bool:
    gaps = [place for place, part in enumerate(alternative) if part == _ANYTHING]
    return bool(gaps) and gaps[-1] - gaps[0] > 1


def _shortest(part: str | Characters) -> str:
    if isinstance(part, str):
        return part
    return "" if part.repeat else next(part.of.readable())


def common_texts(outlines: Sequence[TextOutline], beginnings: tuple[str, ...]) -> Iterator[str]:
    """Texts that may match several alternatives at once: with the longest head and tail, and all parts between.

    The first ones have the beginnings that the head is a part of, the last one the last beginning.
    """
    heads = [text_of_prefix(outline.prefix, beginnings) + outline.head for outline in outlines]
    head = max(heads, key=len, default="")
    rest = "".join(dict.fromkeys(outline.middle for outline in outlines))
    rest += max((outline.tail for outline in outlines), key=len, default="")
    for beginning in beginnings:
        if beginning.startswith(head):
            yield beginning + (rest[1:] if rest and beginning.endswith(rest[0]) else rest)
    yield head + rest
    for last in beginnings[-1:]:
        yield last + head + rest


@lru_cache(maxsize=256)
def text_of_prefix(prefix: PatternParts, beginnings: tuple[str, ...]) -> str:
    """A text of the prefix of outlines: that of a beginning where possible.

    >>> text_of_prefix((), ("a",))
    ''
    """
    for beginning in beginnings if prefix else ():
        rest = after_prefix(beginning, prefix)
        if rest is not None:
            return beginning[: len(beginning) - len(rest)]
    return "".join(map(_shortest, prefix))


def most_infixes(outlines: Iterable[TextOutline]) -> int:
    """About how many alternatives may each match one text by a part in its middle, or not.

    Two to the power of it is about the number of cells.

    >>> from execpolicy.analysis.values.text_pattern import glob_pattern
    >>> from execpolicy.language.glob import tokens_of
    >>> patterns = [glob_pattern(tokens_of(text)) for text in ("a*x*", "ab*y*", "c*x*")]
    >>> most_infixes(outline_of(pattern.alternatives[0]) for pattern in patterns)
    2
    """
    by_prefix: dict[PatternParts, list[str]] = {}
    for outline in outlines:
        if outline.has_infix:
            by_prefix.setdefault(outline.prefix, []).append(outline.head)
    return sum(map(_longest_chain, by_prefix.values()))


def _longest_chain(heads: list[str]) -> int:
    """The largest number of heads of which each begins with the one before."""
    most = 0
    begun: list[str] = []
    for head in sorted(heads):
        while begun and not head.startswith(begun[-1]):
            begun.pop()
        begun.append(head)
        most = max(most, len(begun))
    return most
