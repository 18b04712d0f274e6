"""What is plain of an alternative: the text that it begins and ends with, and a short text that it matches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.values.characters import ANY_CHARACTER
from execpolicy.analysis.values.text_pattern import Characters

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import PatternParts

_ANYTHING = Characters(ANY_CHARACTER, repeat=True)


class TextOutline(NamedTuple):
    """The texts that an alternative matches begin with ``head``, end with ``tail``, and have the parts between.

    ``head + middle + tail`` is one of them. An alternative that is literal text has it as its head, and as its tail.
    """

    head: str
    middle: str
    tail: str
    is_literal: bool
    #: Whether there is a part in the middle, with any characters before it and after it.
    has_infix: bool = False

    @property
    def sample(self) -> str:
        """A short text that the alternative matches."""
        return self.head if self.is_literal else self.head + self.middle + self.tail

    def excludes(self, other: TextOutline) -> bool:
        """Whether no text has both heads, or none has both tails.

        >>> outline_of(("GET/a",)).excludes(outline_of(("GET/b",)))
        True
        """
        heads = self.head.startswith(other.head) or other.head.startswith(self.head)
        return not heads or not (self.tail.endswith(other.tail) or other.tail.endswith(self.tail))


def outline_of(alternative: PatternParts) -> TextOutline:
    """The outline of an alternative."""
    texts = [_shortest(part) for part in alternative]
    if all(isinstance(part, str) for part in alternative):
        text = "".join(texts)
        return TextOutline(text, "", text, is_literal=True)
    head = texts.pop(0) if isinstance(alternative[0], str) else ""
    tail = texts.pop() if isinstance(alternative[-1], str) else ""
    return TextOutline(head, "".join(texts), tail, is_literal=False, has_infix=_has_infix(alternative))


def _has_infix(alternative: PatternParts) -> bool:
    gaps = [place for place, part in enumerate(alternative) if part == _ANYTHING]
    return bool(gaps) and gaps[-1] - gaps[0] > 1


def _shortest(part: str | Characters) -> str:
    if isinstance(part, str):
        return part
    return "" if part.repeat else next(part.of.readable())


def common_texts(outlines: Sequence[TextOutline], beginnings: Sequence[str]) -> Iterator[str]:
    """Texts that may match several alternatives at once: with the longest head and tail, and all parts between.

    The first one has the first beginning that the head is a part of, the last one the last beginning.
    """
    head = max((outline.head for outline in outlines), key=len, default="")
    tail = max((outline.tail for outline in outlines if not outline.is_literal), key=len, default="")
    rest = "".join(dict.fromkeys(outline.middle for outline in outlines)) + tail
    beginning = next((each for each in beginnings if each.startswith(head)), head)
    yield beginning + (rest[1:] if rest and beginning.endswith(rest[0]) else rest)
    yield head + rest
    for last in beginnings[-1:]:
        yield last + head + rest


def most_infixes(outlines: Iterable[TextOutline]) -> int:
    """The largest number of alternatives that may each match one text by a part in its middle, or not.

    Two to the power of it is about the number of cells.

    >>> from execpolicy.analysis.values.text_pattern import glob_pattern
    >>> from execpolicy.language.glob import tokens_of
    >>> patterns = [glob_pattern(tokens_of(text)) for text in ("a*x*", "ab*y*", "c*x*")]
    >>> most_infixes(outline_of(pattern.alternatives[0]) for pattern in patterns)
    2
    """
    heads = sorted(outline.head for outline in outlines if outline.has_infix)
    most = 0
    begun: list[str] = []
    for head in heads:
        while begun and not head.startswith(begun[-1]):
            begun.pop()
        begun.append(head)
        most = max(most, len(begun))
    return most
