"""Choices that are made by bytes: Hypothesis draws one value where a case needs a hundred.

To draw a value costs the same whether it is a truth value or a text of bytes, and a case of the model has some 150
choices. So a part of a case, such as a policy, is drawn as bytes, and each choice takes the next of them. A byte of 0
makes the first choice, which is the simplest one: Hypothesis makes a failing example smaller by smaller bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices:
    """The choices that the bytes make, one after the other; where there are no more bytes, the simplest ones."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def up_to(self, most: int) -> int:
        """A number from 0 to ``most``, which is less than 65 536."""
        number = next(self._bytes, 0)
        if most > 255:
            number = number * 256 + next(self._bytes, 0)
        return number % (most + 1)

    def between(self, least: int, most: int) -> int:
        return least + self.up_to(most - least)

    def either(self) -> bool:
        return self.up_to(1) == 1

    def one_in(self, count: int) -> bool:
        """True in one of ``count`` cases."""
        return self.up_to(count - 1) == count - 1

    def among(self, values: Sequence[T]) -> T:
        return values[self.up_to(len(values) - 1)]

    def listed(self, one: Callable[[], T], least: int, most: int) -> list[T]:
        return [one() for _ in range(self.between(least, most))]

    def one_or_many(self, one: Callable[[], T], *, least: int = 1, most: int = 3) -> T | list[T]:
        return self.listed(one, least, most) if self.either() else one()

    def some_of(self, values: Sequence[T], most: int) -> list[T]:
        """Up to ``most`` of the values, none of them twice, in any order."""
        left = list(values)
        return [left.pop(self.up_to(len(left) - 1)) for _ in range(self.up_to(min(most, len(left))))]

    def in_any_order(self, values: Sequence[T]) -> list[T]:
        left = list(values)
        return [left.pop(self.up_to(len(left) - 1)) for _ in values]


#: Each part has as many bytes: Hypothesis also makes examples by putting the bytes of one part in place of another's.
BYTES = st.binary(min_size=160, max_size=160)


def chosen(make: Callable[[Choices], T]) -> st.SearchStrategy[T]:
    """What is made by choices."""
    return BYTES.map(lambda data: make(Choices(data)))
