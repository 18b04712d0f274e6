"""The truth values that a context key can have (CND-10), and those that are read in any text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.read_values import Scale
from execpolicy.analysis.dimensions.value_domain import DomainKind, ValueDomain
from execpolicy.analysis.values.ordered import BEFORE, Interval
from execpolicy.language.condition import ConditionTest
from execpolicy.language.operators import read_bool

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.ordered import Cut

_USUALLY_TRUE = "aws:securetransport"


class TruthValues(ValueDomain):
    """``true`` and ``false``, each by itself: no condition tells more apart."""

    __slots__ = ("_texts",)
    full: int

    def __init__(self, key: str) -> None:
        self._texts = ("true", "false") if key == _USUALLY_TRUE else ("false", "true")
        self.full = 3

    def parts(self, condition: ConditionTest) -> Iterable[int]:
        return (1, 2)

    def containing(self, text: str) -> int:
        return 1 << self._texts.index(text) if text in self._texts else 0

    def examples(self, values: Any) -> Iterator[str]:
        return (text for index, text in enumerate(self._texts) if values >> index & 1)


class TruthKind(DomainKind):
    """A key of the type Bool: any operator can test it."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        self._key = key

    def refusal(self, condition: ConditionTest) -> str | None:
        return None

    def domain(self, conditions: Sequence[ConditionTest], budget: Budget) -> TruthValues:
        return TruthValues(self._key)


class Truths(Scale):
    """The truth values that Bool reads in a text, in any case."""

    __slots__ = ()
    contents = "truth values"
    families = frozenset({"Bool"})
    always_cut: tuple[Cut, ...] = ((False, BEFORE), (True, BEFORE))

    def read(self, text: str) -> bool | None:
        return read_bool(text)

    def sample(self, interval: Interval) -> tuple[bool, bool] | None:
        found = next((value for value in (False, True) if interval.has(value)), None)
        return None if found is None else (found, found)

    def spellings(self, place: bool) -> Iterator[str]:
        letters = str(place).lower()
        return map("".join, product(*((letter, letter.upper()) for letter in letters)))
