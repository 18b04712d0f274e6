"""The caller as a dimension, where the callers are given: each is a value of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.names import CALLER, dimension_of_key
from execpolicy.engine.clause import Clause
from execpolicy.language.context_keys import PRINCIPAL_TAG
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget


class GivenCallers(Dimension):
    """Some callers, with all of their details. Each set is the bits of its callers, in the order in which they came."""

    __slots__ = ("callers",)
    full: int
    absent: int

    def __init__(self, callers: Iterable[Principal]) -> None:
        self.name = CALLER
        self.callers = tuple(dict.fromkeys(callers))
        self.full = (1 << len(self.callers)) - 1
        self.absent = 0

    def parts(self, clause: Clause) -> Iterator[UniformSet]:
        """Each caller by itself."""
        return self.alike_to_context_keys()

    def alike_to_context_keys(self) -> Iterator[UniformSet]:
        """Each caller by itself: what a request of it carries depends on its details."""
        for number, caller in enumerate(self.callers):
            yield UniformSet(1 << number, ValueExample(principal=caller))

    def containing(self, example: ValueExample) -> int:
        """The caller.

        Raises LookupError: it is not one of those that are given.
        """
        if example.principal not in self.callers:
            raise LookupError("the caller is not one of those that are given")
        return 1 << self.callers.index(example.principal)

    def examples(self, values: Any) -> Iterator[ValueExample]:
        """The callers, in the order in which they were given."""
        yield from (each.example for each in self.alike_to_context_keys() if each.values & values)


class GivenCallersBuilder(DimensionBuilder):
    """Makes the dimension of the given callers.

    Args:
        callers: all callers that there are. Equal ones count once.

    >>> from execpolicy import Principal
    >>> from execpolicy.analysis.budget import Budget
    >>> ann = Principal.parse("arn:aws:iam::111122223333:user/Ann")
    >>> GivenCallersBuilder([ann]).build(Budget()).full
    1
    """

    __slots__ = ("_callers",)

    def __init__(self, callers: Iterable[Principal]) -> None:
        self.name = CALLER
        self._callers = tuple(callers)

    def add(self, clause: Clause) -> None:
        """Take note of a clause.

        Raises NotComparableError: its values depend on keys that do not follow from the caller.
        """
        for key in clause.keys_of_variables():
            if dimension_of_key(key) != CALLER and not self._know_tag(key):
                raise NotComparableError(clause, "a value depends on other keys")

    def _know_tag(self, key: str) -> bool:
        return key.startswith(PRINCIPAL_TAG) and all(caller.tags is not None for caller in self._callers)

    def build(self, budget: Budget) -> GivenCallers:
        """The dimension."""
        budget.take("dividing the callers of requests", len(self._callers))
        return GivenCallers(self._callers)
