"""What is left of a pattern of texts once their beginning is known."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.characters import CharacterSet, none_of, one_of
from execpolicy.analysis.values.text_pattern import Characters, TextPattern, either, positions, sequence

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import PatternParts, Position


def rest_after(pattern: TextPattern, beginning: str) -> TextPattern:
    """The texts that follow a beginning in the texts of a pattern.

    >>> from execpolicy.analysis.values.text_pattern import glob_pattern
    >>> from execpolicy.language.glob import tokens_of
    >>> rest = rest_after(glob_pattern(tokens_of("*/GET/*")), "prod/")
    >>> rest.matches("GET/orders"), rest.matches("dev/GET/orders"), rest.matches("PUT/orders")
    (True, True, False)
    """
    rests: list[TextPattern] = []
    for alternative in pattern.alternatives:
        places = positions(alternative)
        reached = {0}
        for character in beginning:
            stays = {here for here in reached if _repeats(places[here], character)}
            goes_on = {here + 1 for here in reached if here + 1 < len(places) and _takes(places[here + 1], character)}
            reached = stays | goes_on
        rests += [_rest(places, here) for here in sorted(reached)]
    return either(rests)


def split_at_first(pattern: TextPattern, character: str) -> Iterator[tuple[TextPattern, TextPattern]]:
    """The texts of a pattern that have a character, as what is before the first one and what is after it.

    A text has the character, and is one of the pattern, if one of the pairs matches both of its parts.

    >>> from execpolicy.analysis.values.text_pattern import glob_pattern
    >>> from execpolicy.language.glob import tokens_of
    >>> pairs = [*split_at_first(glob_pattern(tokens_of("G*/orders")), "/")]
    >>> [before.matches("GET") and after.matches("v1/orders") for before, after in pairs]
    [True, False]
    """
    for alternative in pattern.alternatives:
        yield from _splits(alternative, character)


def _splits(alternative: PatternParts, character: str) -> Iterator[tuple[TextPattern, TextPattern]]:
    places = positions(alternative)
    before: list[str | Characters] = []
    for here, place in enumerate(places):
        if here:
            unit = _without(place.before, character)
            if unit is None:
                return
            before.append(unit)
        if place.repeats is not None:
            repeated = _without(place.repeats, character)
            before += [Characters(repeated.of, repeat=True)] if isinstance(repeated, Characters) else []
            if place.repeats.has(character):
                yield _sequence(before), _rest(places, here)
        if here + 1 < len(places) and _takes(places[here + 1], character):
            yield _sequence(before), _rest(places, here + 1)


def _repeats(place: Position, character: str) -> bool:
    return place.repeats is not None and place.repeats.has(character)


def _takes(place: Position, character: str) -> bool:
    return place.before == character if isinstance(place.before, str) else place.before.has(character)


def _without(unit: str | CharacterSet, character: str) -> str | Characters | None:
    """One character of a pattern that is not the given one; None if it is no other."""
    if isinstance(unit, str):
        return None if unit == character else unit
    if unit.negated:
        return Characters(none_of(unit.listed | {character}))
    left = unit.listed - {character}
    return Characters(one_of(left)) if left else None


def _rest(places: tuple[Position, ...], here: int) -> TextPattern:
    """The texts that a pattern still matches at a place."""
    parts: list[str | Characters] = []
    for place in range(here, len(places)):
        if place > here:
            unit = places[place].before
            parts.append(unit if isinstance(unit, str) else Characters(unit))
        repeats = places[place].repeats
        parts += [] if repeats is None else [Characters(repeats, repeat=True)]
    return _sequence(parts)


def _sequence(parts: list[str | Characters]) -> TextPattern:
    """A pattern of these parts; those that stand side by side are joined."""
    return sequence(*(TextPattern(((part,),)) for part in parts))
