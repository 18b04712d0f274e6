"""Patterns of whole texts: sequences of literal text, single characters of a set, and repeated ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import product

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.values.characters import ANY_CHARACTER, NO_COLON, CharacterSet, either_case
from execpolicy.language.arn import FIELDS
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Wildcard

if TYPE_CHECKING:
    from typing import TypeAlias

    #: One way to read a pattern, from the first character of a text to the last.
    PatternParts: TypeAlias = "tuple[str | Characters, ...]"


class Characters(NamedTuple):
    """One character of a set, or with ``repeat`` any number of them."""

    of: CharacterSet
    repeat: bool = False


class TextPattern(NamedTuple):
    """A set of texts: those that one of the alternatives matches as a whole. Without alternatives it is empty.

    >>> sequence(literal("/"), repeated(NO_COLON, at_least=1)).matches("/17")
    True
    """

    alternatives: tuple[PatternParts, ...]

    def matches(self, text: str) -> bool:
        """Whether it matches a text, in time pattern times text: for tests and few texts."""
        return any(_matches(alternative, text) for alternative in self.alternatives)


_OF_WILDCARDS: dict[Wildcard, Characters] = {
    ANY: Characters(ANY_CHARACTER, repeat=True),
    ONE: Characters(ANY_CHARACTER),
    ANY_IN_FIELD: Characters(NO_COLON, repeat=True),
    ONE_IN_FIELD: Characters(NO_COLON),
}
_IN_FIELD: dict[Wildcard, Characters] = {
    ANY: Characters(NO_COLON, repeat=True),
    ONE: Characters(NO_COLON),
    ANY_IN_FIELD: Characters(NO_COLON, repeat=True),
    ONE_IN_FIELD: Characters(NO_COLON),
}

NOTHING = TextPattern(())
ANY_TEXT = TextPattern(((Characters(ANY_CHARACTER, repeat=True),),))


def literal(text: str) -> TextPattern:
    """The pattern of one text.

    >>> literal("GET").matches("get")
    False
    """
    return TextPattern(((text,) if text else (),))


def single(characters: CharacterSet, times: int = 1) -> TextPattern:
    """The texts of exactly so many characters of a set."""
    return TextPattern(((Characters(characters),) * times,))


def repeated(characters: CharacterSet, at_least: int = 0) -> TextPattern:
    """The texts of any number of characters of a set, or of at least so many."""
    return TextPattern(((Characters(characters),) * at_least + (Characters(characters, repeat=True),),))


def sequence(*patterns: TextPattern) -> TextPattern:
    """The texts of one pattern followed by those of the next, and so on.

    >>> sequence(literal("/"), either([literal("a"), literal("b")])).matches("/b")
    True
    """
    ways = product(*(pattern.alternatives for pattern in patterns))
    return TextPattern(tuple(_joined(part for alternative in way for part in alternative) for way in ways))


def either(patterns: Iterable[TextPattern]) -> TextPattern:
    """The texts that one of the patterns matches.

    >>> either([literal("GET"), literal("PUT")]).matches("PUT")
    True
    """
    return TextPattern(tuple(dict.fromkeys(each for pattern in patterns for each in pattern.alternatives)))


def glob_pattern(tokens: Iterable[str | Wildcard]) -> TextPattern:
    """The texts that ``language.glob.matcher`` matches.

    >>> glob_pattern(("GET/", ANY, "/pets")).matches("GET/a/b/pets")
    True
    """
    return TextPattern((_joined(part if isinstance(part, str) else _OF_WILDCARDS[part] for part in tokens),))


def field_pattern(tokens: Iterable[str | Wildcard]) -> TextPattern:
    """The texts without a colon that a pattern matches.

    >>> field_pattern(("eu-", ANY)).matches("eu-west-1"), field_pattern(("eu:", ANY)).matches("eu:1")
    (True, False)
    """
    parts = tuple(part if isinstance(part, str) else _IN_FIELD[part] for part in tokens)
    return NOTHING if any(isinstance(part, str) and ":" in part for part in parts) else TextPattern((_joined(parts),))


def arn_pattern(tokens: Iterable[str | Wildcard]) -> TextPattern:
    """The texts that an operator for ARNs matches, field by field: no wildcard crosses a colon (CND-6).

    The sixth field has the rest. A pattern with fewer fields matches nothing.

    >>> pattern = arn_pattern(("arn:aws:iam::", ANY, ":role/", ANY))
    >>> pattern.matches("arn:aws:iam::111122223333:role/a:b"), pattern.matches("arn:aws:iam::1:2:role/a")
    (True, False)
    """
    parts: list[str | Characters] = []
    colons, last = 0, len(FIELDS) - 1
    for token in tokens:
        if isinstance(token, str):
            colons += token.count(":")
            parts.append(token)
        else:
            parts.append((_OF_WILDCARDS if colons >= last else _IN_FIELD)[token])
    return TextPattern((_joined(parts),)) if colons >= last else NOTHING


def without_case(text: str, fold: Callable[[str], str]) -> TextPattern:
    """The texts that are equal to a text where the case does not count (CND-18).

    Args:
        text: the text.
        fold: takes the case from a text, letter by letter.

    >>> from execpolicy.language.letter_case import with_ascii_folded, with_letters_folded
    >>> without_case("Get", with_ascii_folded).matches("gET"), without_case("É", with_letters_folded).matches("é")
    (True, True)
    """
    sets = ((letter, either_case(letter, fold)) for letter in text)
    return TextPattern((_joined(letter if len(each.listed) == 1 else Characters(each) for letter, each in sets),))


def _joined(parts: Iterable[str | Characters]) -> PatternParts:
    """An equivalent sequence: adjacent literals are one, and so are adjacent repetitions."""
    out: list[str | Characters] = []
    for part in parts:
        last = out[-1] if out else None
        if isinstance(part, str):
            if isinstance(last, str):
                out[-1] = last + part
            elif part:
                out.append(part)
        elif part.repeat and not isinstance(last, str) and last is not None and last.repeat:
            out[-1] = _one_repetition(last, part)
        else:
            out.append(part)
    return tuple(out)


def _one_repetition(one: Characters, other: Characters) -> Characters:
    if one.of.contains(other.of):
        return one
    assert other.of.contains(one.of), "of adjacent repetitions one has all characters of the other"
    return other


class Position(NamedTuple):
    """A place between the characters of an alternative: the character before it, and which repeat at it."""

    before: str | CharacterSet
    repeats: CharacterSet | None


@lru_cache(maxsize=4096)
def positions(alternative: PatternParts) -> tuple[Position, ...]:
    """The places of an alternative in order; at the first one, no character is before it."""
    return tuple(_positions(alternative))


def _positions(alternative: PatternParts) -> Iterator[Position]:
    before: str | CharacterSet = ""
    repeats: CharacterSet | None = None
    for part in alternative:
        if not isinstance(part, str) and part.repeat:
            repeats = part.of
            continue
        for unit in part if isinstance(part, str) else (part.of,):
            yield Position(before, repeats)
            before, repeats = unit, None
    yield Position(before, repeats)


def _matches(alternative: PatternParts, text: str) -> bool:
    """Follows all places that a text can reach."""
    places = positions(alternative)
    reached = {0}
    for character in text:
        reached = {
            place
            for here in reached
            for place in (here, here + 1)
            if place < len(places) and _takes(places, here, place, character)
        }
    return len(places) - 1 in reached


def _takes(places: tuple[Position, ...], here: int, place: int, character: str) -> bool:
    takes = places[here].repeats if place == here else places[place].before
    if isinstance(takes, str):
        return takes == character
    return takes is not None and takes.has(character)
