"""The texts that a context key can have as one value, as sets that the conditions on it tell apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.condition import ConditionTest

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.value_set import ValueSet

#: The most examples of one set.
MAX_EXAMPLES = 24


class ValueDomain(ABC):
    """The values of a key that is present, made for the conditions that it was built from."""

    __slots__ = ("full",)
    full: ValueSet

    @abstractmethod
    def parts(self, condition: ConditionTest) -> Iterable[ValueSet]:
        """Disjoint sets that together are ``full``; the condition has one result for the values of each."""

    @abstractmethod
    def containing(self, text: str) -> ValueSet:
        """The smallest set that has a value; the empty set for a text that is no value of the key."""

    @abstractmethod
    def examples(self, values: ValueSet) -> Iterator[str]:
        """Values of a set that is not empty, the best first, at most MAX_EXAMPLES."""

    def common(self) -> Sequence[ValueSet]:
        """Disjoint sets that together are ``full``: all values of a list of several are in the same one."""
        return (self.full,)


class DomainKind(ABC):
    """One way to divide the values of a key: by what they are read as, or as texts."""

    __slots__ = ()

    @abstractmethod
    def refusal(self, condition: ConditionTest) -> str | None:
        """Why the values cannot be divided by what a condition tells apart; None: they can."""

    @abstractmethod
    def domain(self, conditions: Sequence[ConditionTest], budget: Budget) -> ValueDomain:
        """The domain for conditions that are not refused.

        Raises BudgetExceededError: it has too many different values.
        """


def operands_of(condition: ConditionTest) -> list[Any]:
    """What a condition compares with, as its operator reads it; values of another type match nothing (CND-15)."""
    operands = (condition.operand(index, lambda key: None) for index in range(len(condition.values)))
    return [operand for operand in operands if operand is not None]


def texts_of(condition: ConditionTest) -> tuple[str, ...] | None:
    """The texts of a String condition that matches only these; None for one with wildcards, or that ignores case."""
    if condition.operator.family != "String":
        return None
    patterns = [tokens for tokens in condition.tokens if tokens is not None]
    if any(not isinstance(token, str) for tokens in patterns for token in tokens):
        return None
    texts = tuple("".join(map(str, tokens)) for tokens in patterns)
    return None if condition.operator.fold is not None and not all(map(_has_one_case, texts)) else texts


def _has_one_case(text: str) -> bool:
    """Whether no other text is equal to it where the case is ignored."""
    return text.isascii() and text.lower() == text.upper()


def best_first(values: int, cells: Iterable[int]) -> Iterator[int]:
    """The cells of a set in a given order, as many as there are examples.

    >>> list(best_first(0b110, (2, 0, 1)))
    [2, 1]
    """
    return islice((cell for cell in cells if values >> cell & 1), MAX_EXAMPLES)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the cells of a set.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
