"""The values of a dimension for which it is not known whether a condition holds, and when they can be left out.

The engine decides no request that depends on such a value, such as a text that an operator on numbers cannot read
(CND-15). What it decides in spite of one, it decides whatever the condition says. So the value can be left out if there
is another one on which all other clauses have the same results.
"""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from execpolicy.analysis.values.value_set import ValueSet


class TestedValues(NamedTuple):
    """The values on which a clause holds, and those for which that is not known."""

    holds: ValueSet
    not_known: ValueSet


def can_be_left_out(values: ValueSet, full: ValueSet, tested: Iterable[TestedValues]) -> bool:
    """Whether for each of some values another one of the dimension has the same results of all clauses.

    Args:
        values: the values to leave out.
        full: all values.
        tested: what each clause on the dimension says; it may say anything of values for which it is not known.

    >>> can_be_left_out(0b100, 0b111, [TestedValues(0b001, 0b100)])
    True
    >>> can_be_left_out(0b100, 0b111, [TestedValues(0b001, 0b100), TestedValues(0b100, 0)])
    False
    """
    rest = full & ~values
    parts = [(values, rest)]
    for holds, not_known in tested:
        divided = []
        for part, equal in parts:
            for piece, still_equal in (
                (part & not_known, equal),
                (part & holds, equal & holds),
                ((part & ~holds) & ~not_known, equal & ~holds),
            ):
                if piece:
                    divided.append((piece, still_equal))
        parts = divided
    return all(equal for _, equal in parts)


def union(sets: Iterable[ValueSet]) -> ValueSet | None:
    """All values of some sets; None if there are no sets."""
    found: ValueSet | None = None
    for each in sets:
        found = each if found is None else found | each
    return found
