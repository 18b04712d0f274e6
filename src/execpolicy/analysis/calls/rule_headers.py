"""The headers that the routing rules of custom domains tell apart (GW-32)."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.values.characters import none_of
from execpolicy.analysis.values.text_cells import TooManyStatesError, text_cells
from execpolicy.analysis.values.text_pattern import ANY_TEXT, either, literal, repeated, sequence, single

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.gateway.model.domain import Domain

#: Rules that distinguish more combinations of values of headers are not analysed.
_MOST_CHOICES = 64
_WHILE = "the headers of routing rules are divided"
_SPACES = string.whitespace + "\0"
_END = single(none_of(_SPACES))
#: The values of headers: no spaces are around them.
_VALUES = either([_END, sequence(_END, repeated(none_of("\r\n\0")), _END)])


def header_choices(domains: Iterable[Domain]) -> list[Mapping[str, str]]:
    """The headers of calls to a domain, one choice for each combination of conditions that can match.

    Args:
        domains: the versions of one domain.

    Raises:
        BudgetExceededError: there are too many combinations.
    """
    values: dict[str, list[str]] = {}
    for domain in domains:
        for rule in domain.routing_rules:
            for name, value in rule.headers:
                values.setdefault(name.lower(), []).append(value)
    choices = {name: [None, *_values(each)] for name, each in values.items()}
    if prod(map(len, choices.values())) > _MOST_CHOICES:
        raise BudgetExceededError(_WHILE)
    ways = product(*choices.values())
    return [{name: v for name, v in zip(choices, way, strict=True) if v is not None} for way in ways]


def _values(conditions: Iterable[str]) -> Iterator[str]:
    """A value of a header for each combination of its conditions that some value matches."""
    try:
        cells = text_cells(map(_pattern, dict.fromkeys(conditions)), within=_VALUES, budget=Budget())
    except TooManyStatesError:
        raise BudgetExceededError(_WHILE) from None
    left = cells.full
    while left:
        cell = left & -left
        yield cells.example(cell)
        left ^= cell


def _pattern(condition: str) -> TextPattern:
    """The values that a condition matches, in which ``*`` is at the beginning, the end, or both."""
    starts, ends = condition.startswith("*"), condition.endswith("*")
    if condition == "*":
        return ANY_TEXT
    text = literal(condition[1 if starts else 0 : -1 if ends else None])
    return sequence(*([ANY_TEXT] if starts else []), text, *([ANY_TEXT] if ends else []))
