"""Sets whose order does not depend on the process."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


class OrderedSet(frozenset["Any"]):
    """A frozenset that keeps the order of its members, for iteration and ``repr()``.

    Equality and hash are those of a frozenset.

    >>> OrderedSet(["b", "a", "b"])
    frozenset({'b', 'a'})
    >>> OrderedSet("ab") == frozenset("ba")
    True
    """

    __slots__ = ("_order",)
    _order: tuple[Any, ...]

    def __new__(cls, members: Iterable[Any] = ()) -> OrderedSet:
        order = tuple(dict.fromkeys(members))
        made = super().__new__(cls, order)
        made._order = order
        return made

    def __iter__(self) -> Iterator[Any]:
        return iter(self._order)

    def __repr__(self) -> str:
        return f"frozenset({{{', '.join(map(repr, self._order))}}})" if self._order else "frozenset()"

    def __reduce__(self) -> tuple[Any, ...]:
        return OrderedSet, (self._order,)
