"""One value of a request against all values of a condition at once, where that is faster than one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from execpolicy.language.glob import ANY, Tokens, matcher, normalised
from execpolicy.language.operators import Network, Operator, equal, in_network

#: Tells whether a value, as its operator reads it, matches one of many.
Holds = Callable[[Any], bool]

_BITS = {4: 32, 6: 128}


def any_of(operator: Operator, values: Sequence[Tokens]) -> Holds:
    """Make the test of "one of these values", in the positive sense of the operator.

    Values that do not fit the operator match nothing (CND-15).
    """
    if operator.family == "String" and operator.wildcards:
        return _one_of_patterns(values)
    operands = [operand for value in values if (operand := operator.read(value)) is not None]
    if operator.test is equal:
        return frozenset(operands).__contains__
    if operator.test is in_network:
        return _in_one_of(operands)
    test = operator.test
    return lambda actual: any(test(actual, operand) for operand in operands)


def _one_of_patterns(values: Iterable[Tokens]) -> Holds:
    texts: set[str] = set()
    heads: list[str] = []
    tails: list[str] = []
    others: list[Callable[[str], bool]] = []
    for value in values:
        match normalised(value):
            case ():
                texts.add("")
            case (str(text),):
                texts.add(text)
            case (str(head), last) if last is ANY:
                heads.append(head)
            case (first, str(tail)) if first is ANY:
                tails.append(tail)
            case tokens:
                others.append(matcher(tokens))
    begins, ends = tuple(heads), tuple(tails)
    return lambda actual: (
        actual in texts or actual.startswith(begins) or actual.endswith(ends) or any(match(actual) for match in others)
    )


def _in_one_of(networks: Iterable[Network]) -> Holds:
    """Ranges joined where they touch, found by bisection; the addresses of the two versions lie side by side."""
    ranges = sorted(
        (
            (network.version, network.base),
            (network.version, network.base | ~network.mask & (1 << _BITS[network.version]) - 1),
        )
        for network in networks
    )
    firsts: list[tuple[int, int]] = []
    lasts: list[tuple[int, int]] = []
    for first, last in ranges:
        if lasts and first <= (lasts[-1][0], lasts[-1][1] + 1):
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)

    def holds(actual: Network) -> bool:
        address = (actual.version, actual.base)
        place = bisect_right(firsts, address)
        return place > 0 and address <= lasts[place - 1]

    return holds
