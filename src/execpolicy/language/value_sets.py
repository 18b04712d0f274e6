"""Compares a value of a request with all values of a condition at once, which is faster than one by one."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.dates import Period
from execpolicy.language.glob import ANY, Matcher, Tokens, matcher, normalised
from execpolicy.language.operators import Network, Operator, date_equals, equal, in_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypeAlias

    #: Tests whether a value of a request, read by the operator, matches one of many.
    ValueTest: TypeAlias = Callable[[Any], bool]
    #: The first and the last address of a range, as numbers.
    Range: TypeAlias = tuple[int, int]

_BITS = {4: 32, 6: 128}
#: A pattern with as many colons is a complete ARN. Without wildcards it is compared as a whole, otherwise by field.
_COLONS = 5
#: A look-up of one length costs as much as the comparison with this many prefixes, or with this many patterns.
_PREFIXES_PER_LOOKUP, _PATTERNS_PER_LOOKUP = 16, 2


def matches_any(operator: Operator, values: Sequence[Tokens], read: Callable[[Tokens], Any] | None = None) -> ValueTest:
    """Make the test whether a value matches one of these values, in the positive sense of the operator.

    Values of another type match nothing (CND-15). ``read`` reads a value of the policy, where the operator has two ways
    (CND-16).
    """
    read = read or operator.read_policy_value
    if operator.wildcards:
        patterns = [normalised(value) for value in values]
        return _matches_any_pattern(patterns) if operator.family == "String" else _matches_any_arn(operator, patterns)
    operands = [operand for value in values if (operand := read(value)) is not None]
    periods = any(isinstance(operand, Period) for operand in operands)
    if operator.test is equal or (operator.test is date_equals and not periods):
        return frozenset(operands).__contains__
    if operator.test is in_network:
        return _in_any_network(operands)
    test = operator.test
    return lambda actual: any(test(actual, operand) for operand in operands)


def _matches_any_pattern(patterns: Iterable[Tokens]) -> ValueTest:
    """Whole texts, prefixes and suffixes are looked up; other patterns by their literal prefix, else by their suffix.

    Patterns with a wildcard at both ends are tried one by one.
    """
    texts: set[str] = set()
    prefixes: list[str] = []
    suffixes: list[str] = []
    substrings: list[str] = []
    by_prefix: dict[str, list[Matcher]] = {}
    by_suffix: dict[str, list[Matcher]] = {}
    others: list[Matcher] = []
    for pattern in patterns:
        match pattern:
            case ():
                texts.add("")
            case (str(text),):
                texts.add(text)
            case (str(prefix), last) if last is ANY:
                prefixes.append(prefix)
            case (first, str(suffix)) if first is ANY:
                suffixes.append(suffix)
            case (first, str(substring), last) if first is ANY and last is ANY:
                substrings.append(substring)
            case (str(prefix), *_):
                by_prefix.setdefault(prefix, []).append(matcher(pattern))
            case (*_, str(suffix)):
                by_suffix.setdefault(suffix, []).append(matcher(pattern))
            case _:
                others.append(matcher(pattern))
    tests = [texts.__contains__] if texts else []
    tests += [*_starts_with_any(prefixes), *_ends_with_any(suffixes)]
    tests += [*_matches_any_by_end(by_prefix, slice), *_matches_any_by_end(by_suffix, _suffix_slice)]
    tests += [_contains_any(substrings)] if substrings else []
    return _any_test([*tests, *others])


def _matches_any_arn(operator: Operator, patterns: Iterable[Tokens]) -> ValueTest:
    """ARNs without wildcards are looked up in a set."""
    texts: set[str] = set()
    others: list[Matcher] = []
    for pattern in patterns:
        match pattern:
            case (str(text),) if text.count(":") >= _COLONS:
                texts.add(text)
            case _ if (read := operator.read_policy_value(pattern)) is not None:
                others.append(read)
    return _any_test([*([texts.__contains__] if texts else []), *others])


def _any_test(tests: Sequence[ValueTest]) -> ValueTest:
    """Whether one of the tests is true; a loop, because ``any`` of a generator takes twice the time."""
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


def _starts_with_any(prefixes: Sequence[str]) -> list[ValueTest]:
    """The test whether a value starts with one of these; many prefixes of one length are looked up in a set."""
    lengths = set(map(len, prefixes))
    if len(lengths) * _PREFIXES_PER_LOOKUP >= len(prefixes):
        begins = tuple(prefixes)
        return [lambda actual: actual.startswith(begins)] if begins else []
    return [_slice_is_one_of(frozenset(prefixes), tuple(map(slice, lengths)))]


def _ends_with_any(suffixes: Sequence[str]) -> list[ValueTest]:
    lengths = set(map(len, suffixes))
    if len(lengths) * _PREFIXES_PER_LOOKUP >= len(suffixes):
        ends = tuple(suffixes)
        return [lambda actual: actual.endswith(ends)] if ends else []
    return [_slice_is_one_of(frozenset(suffixes), tuple(map(_suffix_slice, lengths)))]


def _slice_is_one_of(texts: frozenset[str], slices: Sequence[slice]) -> ValueTest:
    """The test whether one of these slices of a value is one of the texts."""

    def holds(actual: str) -> bool:
        for part in slices:
            if actual[part] in texts:
                break
        else:
            return False
        return True

    return holds


def _matches_any_by_end(by_end: Mapping[str, Sequence[Matcher]], slice_of: Callable[[int], slice]) -> list[ValueTest]:
    """The tests of patterns by their literal prefix or suffix; many patterns are looked up by it."""
    lengths = set(map(len, by_end))
    patterns = [match for several in by_end.values() for match in several]
    if len(lengths) * _PATTERNS_PER_LOOKUP >= len(patterns):
        return list(patterns)
    slices = tuple(map(slice_of, lengths))

    def holds(actual: str) -> bool:
        for part in slices:
            for match in by_end.get(actual[part], ()):
                if match(actual):
                    return True
        return False

    return [holds]


def _suffix_slice(length: int) -> slice:
    return slice(-length, None)


def _contains_any(substrings: Sequence[str]) -> ValueTest:
    def holds(actual: str) -> bool:
        for substring in substrings:
            if substring in actual:
                break
        else:
            return False
        return True

    return holds


def _in_any_network(networks: Iterable[Network]) -> ValueTest:
    """Adjacent ranges are merged and found by bisection, separately for each version of IP."""
    ranges: dict[int, list[Range]] = {4: [], 6: []}
    for version, base, mask in networks:
        ranges[version].append((base, base | ~mask & (1 << _BITS[version]) - 1))
    from bisect import bisect_right

    of_version_4, of_version_6 = _merged_ranges(ranges[4]), _merged_ranges(ranges[6])

    def holds(actual: Network) -> bool:
        version, base, _ = actual
        firsts, lasts = of_version_4 if version == 4 else of_version_6
        place = bisect_right(firsts, base)
        return place > 0 and base <= lasts[place - 1]

    return holds


def _merged_ranges(ranges: Iterable[Range]) -> tuple[list[int], list[int]]:
    """The first and the last addresses of ranges, with adjacent ranges merged."""
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(ranges):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts
