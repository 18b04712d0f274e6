"""What every set of values can do, however it is represented."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Protocol

    class ValueSet(Protocol):
        """A set of values of one dimension.

        An int is such a set where the dimension divides its values into cells: bit n stands for the values of cell n.
        Other dimensions have a class of their own. ``~`` gives what is not in the set, and is used only as
        ``one & ~other``: the complement of an int has more bits than there are cells. A set is true unless it is empty.
        """

        def __and__(self, other: Any, /) -> Any:
            """The values in both."""

        def __or__(self, other: Any, /) -> Any:
            """The values in one of the two."""

        def __invert__(self, /) -> Any:
            """The values that are not in it."""

        def __bool__(self, /) -> bool:
            """Whether it has a value."""
