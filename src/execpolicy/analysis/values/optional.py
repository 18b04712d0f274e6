"""Sets of the values of a property that can be absent, where the values are not cells of an int."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from execpolicy.analysis.values.value_set import ValueSet


class OptionalValues:
    """A set of values; ``absent`` says whether the lack of a value is in it too.

    >>> not OptionalValues(False, 0), bool(OptionalValues(True, 0) & ~OptionalValues(False, 3))
    (True, True)
    """

    __slots__ = ("absent", "values")

    def __init__(self, absent: bool, values: ValueSet) -> None:
        self.absent = absent
        self.values = values

    def __and__(self, other: OptionalValues) -> OptionalValues:
        return OptionalValues(self.absent and other.absent, self.values & other.values)

    def __or__(self, other: OptionalValues) -> OptionalValues:
        return OptionalValues(self.absent or other.absent, self.values | other.values)

    def __invert__(self) -> OptionalValues:
        return OptionalValues(not self.absent, ~self.values)

    def __bool__(self) -> bool:
        return self.absent or bool(self.values)

    def __repr__(self) -> str:
        return f"OptionalValues({self.absent!r}, {self.values!r})"
