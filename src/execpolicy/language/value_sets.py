"""One value of a request against all values of a condition at once, where that is faster than one by one."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.glob import ANY, Matcher, Tokens, matcher, normalised
from execpolicy.language.operators import Network, Operator, equal, in_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypeAlias

    #: Tells whether a value, as its operator reads it, matches one of many.
    Holds: TypeAlias = Callable[[Any], bool]
    #: The first address and the last one of a range, as numbers.
    Range: TypeAlias = tuple[int, int]

_BITS = {4: 32, 6: 128}
#: An ARN with wildcards is compared field by field; without any, as a whole.
_COLONS = 5
#: To look up one length costs as much as to compare so many heads, or to try so many patterns.
_HEADS, _PATTERNS = 16, 2


def any_of(operator: Operator, values: Sequence[Tokens]) -> Holds:
    """Make the test of "one of these values", in the positive sense of the operator.

    Values that do not fit the operator match nothing (CND-15).
    """
    if operator.wildcards:
        patterns = [normalised(value) for value in values]
        return _one_of_patterns(patterns) if operator.family == "String" else _one_of_arns(operator, patterns)
    operands = [operand for value in values if (operand := operator.read(value)) is not None]
    if operator.test is equal:
        return frozenset(operands).__contains__
    if operator.test is in_network:
        return _in_one_of(operands)
    test = operator.test
    return lambda actual: any(test(actual, operand) for operand in operands)


def _one_of_patterns(patterns: Iterable[Tokens]) -> Holds:
    """Whole texts, heads and tails are looked up, and so are patterns by their literal head, else by their tail.

    Patterns with a wildcard at both ends are tried one by one.
    """
    texts: set[str] = set()
    heads: list[str] = []
    tails: list[str] = []
    pieces: list[str] = []
    by_head: dict[str, list[Matcher]] = {}
    by_tail: dict[str, list[Matcher]] = {}
    others: list[Matcher] = []
    for pattern in patterns:
        match pattern:
            case ():
                texts.add("")
            case (str(text),):
                texts.add(text)
            case (str(head), last) if last is ANY:
                heads.append(head)
            case (first, str(tail)) if first is ANY:
                tails.append(tail)
            case (first, str(piece), last) if first is ANY and last is ANY:
                pieces.append(piece)
            case (str(head), *_):
                by_head.setdefault(head, []).append(matcher(pattern))
            case (*_, str(tail)):
                by_tail.setdefault(tail, []).append(matcher(pattern))
            case _:
                others.append(matcher(pattern))
    tests = [texts.__contains__] if texts else []
    tests += [*_begins(heads), *_ends(tails), *_filed(by_head, slice), *_filed(by_tail, _last)]
    tests += [_contains(pieces)] if pieces else []
    return _one_of([*tests, *others])


def _one_of_arns(operator: Operator, patterns: Iterable[Tokens]) -> Holds:
    """ARNs without wildcards are a set."""
    texts: set[str] = set()
    others: list[Matcher] = []
    for pattern in patterns:
        match pattern:
            case (str(text),) if text.count(":") >= _COLONS:
                texts.add(text)
            case _ if (read := operator.read(pattern)) is not None:
                others.append(read)
    return _one_of([*([texts.__contains__] if texts else []), *others])


def _one_of(tests: Sequence[Holds]) -> Holds:
    """Whether one of the tests holds; a loop, as ``any`` of a generator takes twice the time."""
    if len(tests) == 1:
        return tests[0]

    def holds(actual: Any) -> bool:
        for test in tests:
            if test(actual):
                break
        else:
            return False
        return True

    return holds


def _begins(heads: Sequence[str]) -> list[Holds]:
    """The test of "begins with one of these": for many heads, those of one length are a set."""
    lengths = set(map(len, heads))
    if len(lengths) * _HEADS >= len(heads):
        begins = tuple(heads)
        return [lambda actual: actual.startswith(begins)] if begins else []
    return [_looked_up(frozenset(heads), tuple(map(slice, lengths)))]


def _ends(tails: Sequence[str]) -> list[Holds]:
    lengths = set(map(len, tails))
    if len(lengths) * _HEADS >= len(tails):
        ends = tuple(tails)
        return [lambda actual: actual.endswith(ends)] if ends else []
    return [_looked_up(frozenset(tails), tuple(map(_last, lengths)))]


def _looked_up(texts: frozenset[str], slices: Sequence[slice]) -> Holds:
    """Whether one of these slices of a value is among the texts."""

    def holds(actual: str) -> bool:
        for part in slices:
            if actual[part] in texts:
                break
        else:
            return False
        return True

    return holds


def _filed(filed: Mapping[str, Sequence[Matcher]], slice_of: Callable[[int], slice]) -> list[Holds]:
    """The tests of patterns by their literal end; where there are many, those are tried that the value leads to."""
    lengths = set(map(len, filed))
    patterns = [match for several in filed.values() for match in several]
    if len(lengths) * _PATTERNS >= len(patterns):
        return list(patterns)
    slices = tuple(map(slice_of, lengths))

    def holds(actual: str) -> bool:
        for part in slices:
            for match in filed.get(actual[part], ()):
                if match(actual):
                    return True
        return False

    return [holds]


def _last(length: int) -> slice:
    return slice(-length, None)


def _contains(pieces: Sequence[str]) -> Holds:
    def holds(actual: str) -> bool:
        for piece in pieces:
            if piece in actual:
                break
        else:
            return False
        return True

    return holds


def _in_one_of(networks: Iterable[Network]) -> Holds:
    """Ranges joined where they touch, found by bisection; each version has its own."""
    ranges: dict[int, list[Range]] = {4: [], 6: []}
    for version, base, mask in networks:
        ranges[version].append((base, base | ~mask & (1 << _BITS[version]) - 1))
    from bisect import bisect_right

    of_version_4, of_version_6 = _joined(ranges[4]), _joined(ranges[6])

    def holds(actual: Network) -> bool:
        version, base, _ = actual
        firsts, lasts = of_version_4 if version == 4 else of_version_6
        place = bisect_right(firsts, base)
        return place > 0 and base <= lasts[place - 1]

    return holds


def _joined(ranges: Iterable[Range]) -> tuple[list[int], list[int]]:
    """The first and the last addresses of ranges, those that touch made one."""
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(ranges):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts
