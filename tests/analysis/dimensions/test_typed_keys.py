"""Dimensions of keys with a type: addresses, numbers, dates and truth values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.dimensions.date_key import Dates
from execpolicy.analysis.dimensions.dimension import ValueExample
from execpolicy.analysis.values.addresses import address_text, spellings
from execpolicy.analysis.values.times import FIRST_MOMENT, epoch_text, time_text
from execpolicy.language.dates import read_date, read_period
from tests.analysis.dimensions.divided import (
    Written,
    assert_accepted,
    assert_divided,
    assert_whole,
    clauses_of,
    dimension_for,
    example_of,
)

EFFECTS = st.sampled_from(["Allow", "Deny"])
_EDGES = (
    *("0.0.0.0", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
    *("172.15.255.255", "172.32.0.0", "198.51.100.0", "198.51.100.255", "203.0.113.7", "203.0.113.8", "203.0.113.9"),
    *("224.0.0.1", "255.255.255.255", "::", "::1", "::2", "::fffe:ffff:ffff", "::ffff:203.0.113.8"),
    *("::ffff:9.255.255.255", "::ffff:10.0.0.1", "::1:0:0:0", "2001:db8::", "2001:db8::a", "2001:DB8::A"),
    *("2001:db8:0:0:0:0:0:a", "2001:db9::", "fbff::1", "fc00::1", "fe80::1", "fec0::", "ffff::ffff"),
)
ADDRESSES = st.sampled_from(_EDGES) | st.integers(0, 2**32 - 1).map(address_text)
RANGES = st.one_of(
    ADDRESSES,
    st.builds("{}/{}".format, ADDRESSES.filter(lambda text: ":" not in text), st.integers(0, 32)),
    st.builds("{}/{}".format, ADDRESSES.filter(lambda text: ":" in text), st.integers(0, 128)),
    st.sampled_from(["nowhere", "", "203.0.113.0/33", "0.0.0.0/1", "128.0.0.0/1", "::/0"]),
)
PREFIXES = st.sampled_from(["", "ForAllValues:", "ForAnyValue:"])
IF_EXISTS = st.sampled_from(["", "IfExists"])


def operators(*names: str) -> st.SearchStrategy[str]:
    return st.builds("{}{}{}".format, PREFIXES, st.sampled_from(names), IF_EXISTS)


def conditions(
    keys: st.SearchStrategy[str], names: st.SearchStrategy[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[Written]]:
    """Conditions on a key with these operators, and on its presence."""
    null = st.builds(Written, st.sampled_from(["Null", "ForAnyValue:Null"]), keys, TRUTHS, EFFECTS)
    return st.lists(st.builds(Written, names, keys, st.lists(values, max_size=4), EFFECTS) | null, max_size=5)


def on(key: str, *strategies: tuple[st.SearchStrategy[str], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A key with conditions on it."""
    lists = [conditions(st.just(key), names, values) for names, values in strategies]
    return st.tuples(st.just(key), st.tuples(*lists).map(lambda each: [one for some in each for one in some]))


TRUTHS = st.sampled_from(["true", "false"])
EQUALITIES = operators("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase")
OF_ADDRESSES = operators("IpAddress", "NotIpAddress", "NumericEquals", "Bool"), RANGES
ADDRESS_TEXTS = EQUALITIES, RANGES


@pytest.mark.rule("CND-9")
@pytest.mark.rule("KEY-8")
@given(
    st.one_of([on(key, OF_ADDRESSES, ADDRESS_TEXTS) for key in ("aws:SourceIp", "aws:VpcSourceIp")]),
    st.lists(ADDRESSES, max_size=6),
)
def test_addresses_are_divided_at_the_ends_of_the_ranges(given_key: tuple[str, list[Written]], more: list[str]) -> None:
    assert_key_is_divided(given_key, _near_address, more)


def _near_address(value: str) -> list[str]:
    """The addresses at both ends of a range, and those beside it; and other texts of an address."""
    from ipaddress import ip_address, ip_network

    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return []
    ends = (network.network_address, network.broadcast_address)
    size = 1 << network.max_prefixlen
    of_version = type(ip_address("::" if network.version == 6 else "0.0.0.0"))
    beside = [str(of_version(int(end) + step)) for end in ends for step in (-1, 0, 1) if 0 <= int(end) + step < size]
    start = int(ends[0]) + (1 << 32 if network.version == 6 else 0)
    return [*beside, *(text for text, _ in zip(spellings(start), range(5), strict=False))]


NUMBERS = st.sampled_from(
    [
        *("0", "-0", "1", "-1", "1.5", "2", "10", "1e3", "1000", "9007199254740992", "9007199254740993", "5.0", "+5"),
        *(
            "9007199254740992.5",
            "1e-300",
            "1e300",
            "-1e300",
            "0.1",
            "0.30000000000000004",
            "2026",
            "05",
            "abc",
            "",
            "1e1000",
        ),
    ]
) | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
OF_NUMBERS = (
    operators(*(f"Numeric{name}" for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan"))),
    NUMBERS,
)
NUMBER_TEXTS = EQUALITIES, NUMBERS


def _near_number(value: str) -> list[str]:
    """A number, the numbers beside it, and other texts of it."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return [value]
    steps = (Decimal(0), Decimal(1), Decimal(-1), Decimal("1e-30"), Decimal("-1e-30"))
    with localcontext() as context:
        context.prec = 2500
        return [value, *(f"{number + step:f}" for step in steps), f"{number:f}0", f"{number:e}"]


@pytest.mark.rule("CND-8")
@pytest.mark.rule("CND-15")
@given(
    st.one_of([on(key, OF_NUMBERS, NUMBER_TEXTS) for key in ("aws:MultiFactorAuthAge", "aws:PrincipalTag/level")]),
    st.lists(NUMBERS, max_size=3),
)
def test_numbers_are_divided_exactly(given_key: tuple[str, list[Written]], more: list[str]) -> None:
    assert_key_is_divided(given_key, _near_number, more)


def assert_key_is_divided(
    given_key: tuple[str, list[Written]], near: Callable[[str], list[str]], more: list[str]
) -> None:
    """The dimension of a key has every value near those of the conditions, and tells them apart as the clauses do."""
    key, written = given_key
    dimension, taken = dimension_for(key, clauses_of(written))
    assert_whole(dimension, taken)
    assert_accepted(dimension)
    assert_divided(dimension, taken, ValueExample(keys={key.lower(): ()}))
    for text in dict.fromkeys([*more, *(text for each in written for value in each.values for text in near(value))]):
        example = example_of({key: text})
        if example is not None:
            assert_divided(dimension, taken, example)


DATES = st.sampled_from(
    [
        *(
            "2026-01-01T00:00:00Z",
            "2026-01-01",
            "2026-01",
            "2026",
            "1767225600",
            "1767225600.5",
            "1767225601",
            "0",
            "5",
        ),
        *("2026-06-30T12:00:00.1234567+02:00", "1969-12-31T23:59:59Z", "1970-01-01", "0001-01-01T00:00:00+23:59"),
        *(
            "0001-01-01",
            "9999-12-31",
            "9999",
            "253402300800",
            "253402300799.9",
            "999999999999",
            "abc",
            "",
            "2026-02-30",
        ),
        *("1767225600.000000001", "2025-12-31T23:59:59.999Z", "1960", "12345", "02026"),
    ]
)
_DATE_NAMES = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OF_DATES = operators(*(f"Date{name}" for name in _DATE_NAMES), "Bool", "NumericEquals"), DATES
DATE_TEXTS = EQUALITIES, DATES


def _near_date(value: str) -> list[str]:
    """A date, the moments beside it, and other texts of it."""
    found = read_date(value)
    period = read_period(value)
    moments = [] if found is None else [found] if period is None else [found, period.end]
    steps = (Decimal(0), Decimal(1), Decimal(-1), Decimal("1e-9"), Decimal("-1e-9"), Decimal("0.5"))
    near = [moment + step for moment in moments for step in steps]
    return [
        value,
        *(epoch_text(each) for each in near if each >= 0),
        *(time_text(each) for each in near if each > -1e10),
    ]


@pytest.mark.rule("CND-7")
@pytest.mark.rule("CND-17")
@given(
    st.one_of([on(key, OF_DATES, DATE_TEXTS) for key in ("aws:TokenIssueTime", "aws:PrincipalTag/until")]),
    st.lists(DATES, max_size=3),
)
def test_dates_are_divided_exactly(given_key: tuple[str, list[Written]], more: list[str]) -> None:
    assert_key_is_divided(given_key, _near_date, more)


@pytest.mark.parametrize(
    ("seconds", "texts"),
    [
        ("1767225600", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0Z"]),
        ("0.5", ["1970-01-01T00:00:00.5Z", "1970-01-01T00:00:00.50Z"]),
        ("253402300800", ["253402300800", "253402300800.0"]),
        (str(FIRST_MOMENT), ["0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00.0+23:59"]),
    ],
)
def test_a_time_has_several_texts(seconds: str, texts: list[str]) -> None:
    found = [text for text, _ in zip(Dates().spellings(Decimal(seconds)), range(2), strict=False)]
    assert found == texts
    assert {read_date(text) for text in found} == {Decimal(seconds)}


TRUTH_TEXTS = st.sampled_from(["true", "false", "TRUE", "False", "1", "", "yes", "tru"])
OF_TRUTHS = operators("Bool", "StringEquals", "StringNotLike", "NumericEquals", "StringEqualsIgnoreCase"), TRUTH_TEXTS


@pytest.mark.rule("CND-10")
@given(
    st.one_of([on(key, OF_TRUTHS) for key in ("aws:MultiFactorAuthPresent", "aws:PrincipalTag/admin")]),
    st.lists(TRUTH_TEXTS, max_size=3),
)
def test_truth_values_are_divided(given_key: tuple[str, list[Written]], more: list[str]) -> None:
    assert_key_is_divided(given_key, lambda value: [value, value.upper()], more)


BASE64 = st.sampled_from(["AQID", "AQ==", "AQI=", "AQJ=", "AAAA", "AA==", "AAE=", "/w==", "=", "AQI", "", "#", "red"])
OF_BYTES = operators("BinaryEquals", "StringEquals", "StringNotEquals"), BASE64


@pytest.mark.rule("CND-10")
@given(on("app:seal", OF_BYTES), st.lists(BASE64, max_size=3))
def test_bytes_are_divided(given_key: tuple[str, list[Written]], more: list[str]) -> None:
    assert_key_is_divided(given_key, lambda value: [value], more)
