"""What the readings of a template found, as one: each part with its variants (SRC-5, SRC-9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from execpolicy.errors import Source
from execpolicy.gateway.model.variants import FileReadings, Origin, Variants
from execpolicy.loaders.cloudformation.values.choices import Choices

_T = TypeVar("_T")
#: The most conditions that messages name as those that make a difference.
_MAX_CONDITIONS: Final = 64


class TemplateReading(NamedTuple):
    """The assumptions of one reading, and the truth of the conditions that it evaluated."""

    choices: Choices
    truths: Mapping[str, bool]


class Merge:
    """Makes one part of what each reading of a template found.

    Args:
        source: the template.
        readings: its readings, in the order of what they found.
    """

    def __init__(self, source: Source, readings: Sequence[TemplateReading]) -> None:
        self._readings = readings
        self._all = FileReadings(source, tuple(tuple(sorted(each.truths.items())) for each in readings))
        self._unknown = tuple(dict.fromkeys(name for each in readings for name in each.choices.names))
        self._conditions = _different_conditions(readings)

    def parts(self, found: Sequence[Mapping[str, _T]], *, may_be_missing: bool = False) -> dict[str, Variants[_T]]:
        """The parts by name.

        Args:
            found: for each reading its parts.
            may_be_missing: whether it makes no difference that a reading does not have a part.
        """
        names = dict.fromkeys(name for each in found for name in each)
        return {name: self._part([each.get(name) for each in found], may_be_missing) for name in names}

    def _part(self, results: Sequence[_T | None], may_be_missing: bool) -> Variants[_T]:
        values: list[_T] = []
        numbers: list[int | None] = []
        for result in results:
            if result is not None and result not in values:
                values.append(result)
            numbers.append(None if result is None else values.index(result))
        origin = Origin(self._all, tuple(numbers)) if len(results) > 1 else None
        counted = {*numbers} - ({None} if may_be_missing else set())
        if len(counted) < 2:
            return Variants(tuple(values), origin=origin)
        depends = [name for name in self._unknown if _matters(numbers, self._assumed(name))]
        conditions = [name for name, truths in self._conditions if _decides(numbers, truths)]
        return Variants(tuple(values), tuple(depends or self._unknown), tuple(conditions), origin)

    def _assumed(self, name: str) -> list[object]:
        return [each.choices.assumed(name) for each in self._readings]


def _different_conditions(readings: Sequence[TemplateReading]) -> list[tuple[str, Sequence[bool | None]]]:
    """The conditions with their truth in each reading. Of those that always agree, or never do, the first says it.

    There are at most ``_MAX_CONDITIONS``: each part is compared with each of them.
    """
    found: dict[tuple[bool | None, ...], str] = {}
    for name in dict.fromkeys(name for each in readings for name in each.truths):
        truths = tuple(each.truths.get(name) for each in readings)
        opposite = tuple(None if each is None else not each for each in truths)
        if len({*truths} - {None}) > 1 and opposite not in found and len(found) < _MAX_CONDITIONS:
            found.setdefault(truths, name)
    return [(name, truths) for truths, name in found.items()]


def _matters(numbers: Iterable[int | None], assumed: Iterable[object]) -> bool:
    """Whether what is assumed of an unknown value changes which results there are."""
    found: dict[object, set[int | None]] = {}
    for number, each in zip(numbers, assumed, strict=True):
        found.setdefault(each, set()).add(number)
    return len({frozenset(each) for each in found.values()}) > 1


def _decides(numbers: Sequence[int | None], truths: Sequence[bool | None]) -> bool:
    """Whether the results are others where a condition is true than where it is false."""
    when_true, when_false = (
        {number for number, each in zip(numbers, truths, strict=True) if each is truth} for truth in (True, False)
    )
    return bool(when_true and when_false) and when_true != when_false
