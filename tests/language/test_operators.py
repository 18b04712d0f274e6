"""The table of condition operators, and how each type of value is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.operator_name import OPERATOR_NAMES as NAMES
from execpolicy.language.dates import read_date, read_period
from execpolicy.language.glob import tokens_of
from execpolicy.language.operators import (
    OPERATORS,
    OPERATORS_OF_DENIES,
    Network,
    is_same_number,
    read_address,
    read_binary,
    read_bool,
    read_network,
    read_number,
)

DAY = 86_400
ROLE = "arn:aws:iam::111122223333:role/Clerk"


@pytest.mark.rule("CND-7")
@given(st.datetimes(), st.sampled_from(["", ".5", ".000"]), st.sampled_from(["", "Z", "+00:00", "-05:30"]))
def test_times_are_read_alike_in_all_forms(moment: datetime, fraction: str, zone: str) -> None:
    text = moment.replace(microsecond=0).isoformat()
    shift = -timedelta(hours=5, minutes=30) if zone == "-05:30" else timedelta(0)
    seconds = (moment.replace(microsecond=0) - datetime(1970, 1, 1) - shift) // timedelta(seconds=1)
    assert read_date(f"{text}{fraction}{zone}") == Decimal(seconds) + Decimal("0" + fraction)


@pytest.mark.rule("CND-5")
def test_the_table_has_every_operator_that_documents_may_name() -> None:
    assert sorted(OPERATORS) == sorted(NAMES)
    assert [name for name, operator in OPERATORS.items() if operator.name != name] == []


@pytest.mark.rule("CND-5")
def test_wildcards_variables_and_negation() -> None:
    patterns = {"StringLike", "StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"}
    assert {name for name, operator in OPERATORS.items() if operator.wildcards} == patterns
    assert {name for name, operator in OPERATORS.items() if operator.variables} == {
        name for name in NAMES if name.startswith(("String", "Arn"))
    }
    assert {name for name, operator in OPERATORS.items() if operator.negated} == {
        name for name in NAMES if "Not" in name
    }


@pytest.mark.rule("CND-5", "CND-6", "CND-7", "CND-8", "CND-9", "CND-10")
@pytest.mark.parametrize(
    ("operator", "value", "matching", "others"),
    [
        ("StringEquals", "a*", ["a*"], ["ab", "A*"]),
        ("StringNotEquals", "a*", ["a*"], ["ab"]),
        ("StringEqualsIgnoreCase", "aÉ*", ["AÉ*", "aÉ*"], ["aÉb", "aé*"]),
        ("StringNotEqualsIgnoreCase", "a", ["A"], ["b"]),
        ("StringLike", "a*?", ["abc", "ab"], ["a", "Abc"]),
        ("StringNotLike", "a*", ["a"], ["b"]),
        ("NumericEquals", "1.0", ["1", "1.00", "1e0", "+1"], ["1.0000001"]),
        ("NumericNotEquals", "1", ["1.0"], ["2"]),
        ("NumericLessThan", "10", ["9", "-11", "9.999"], ["10", "11"]),
        ("NumericLessThanEquals", "10", ["10", "9"], ["10.1"]),
        ("NumericGreaterThan", "10", ["10.1"], ["10", "9"]),
        ("NumericGreaterThanEquals", "10", ["10", "1e2"], ["9.9"]),
        ("DateEquals", "2026-01-01", ["2026-01-01T00:00Z", "1767225600", "2026-01-01T01:00:00+01:00"], ["2026-01-02"]),
        ("DateNotEquals", "2026", ["2026-01-01"], ["2026-02"]),
        ("DateLessThan", "2026-01-01T00:00:00Z", ["2025-12-31T23:59:59.9Z"], ["2026-01-01"]),
        ("DateLessThanEquals", "2026-01-01", ["1767225600"], ["1767225600.5"]),
        ("DateGreaterThan", "1767225600", ["2026-01-01T00:00:01Z"], ["2026-01-01"]),
        ("DateGreaterThanEquals", "1767225600", ["2026-01-01", "2027"], ["2025"]),
        ("Bool", "TRUE", ["true", "True"], ["false"]),
        ("BinaryEquals", "aGk=", ["aGk="], ["aGo="]),
        ("IpAddress", "203.0.113.9/24", ["203.0.113.1"], ["203.0.114.1", "2001:db8::1"]),
        ("NotIpAddress", "2001:db8::/32", ["2001:db8::1"], ["203.0.113.1"]),
        ("ArnEquals", "arn:aws:iam::*:role/*", [ROLE], [ROLE.replace("role", "user")]),
        ("ArnLike", "arn:aws:iam::*:role/*", [ROLE], [ROLE.replace("role", "user")]),
        ("ArnNotEquals", ROLE, [ROLE], [ROLE.lower()]),
        ("ArnNotLike", ROLE, [ROLE], [ROLE.lower()]),
    ],
)
def test_the_positive_sense_of_an_operator(operator: str, value: str, matching: list[str], others: list[str]) -> None:
    record = OPERATORS[operator]
    operand = record.read_policy_value(tokens_of(value))
    assert [text for text in matching if not record.test(record.read_request_value(text), operand)] == []
    assert [text for text in others if record.test(record.read_request_value(text), operand)] == []


SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"


@pytest.mark.rule("CND-18")
@pytest.mark.parametrize(
    ("text", "narrow", "wide"),
    [
        ("Get", "get", "get"),
        ("\N{KELVIN SIGN}", "\N{KELVIN SIGN}", "k"),
        ("\N{LATIN SMALL LETTER LONG S}", "\N{LATIN SMALL LETTER LONG S}", "s"),
        ("İI\N{LATIN SMALL LETTER DOTLESS I}", "İi\N{LATIN SMALL LETTER DOTLESS I}", "iii"),
        ("ÉéA", "Ééa", "ééa"),
        (3 * SIGMA, 3 * SIGMA, 3 * SIGMA[:1].lower()),
        ("ßẞ", "ßẞ", "ßß"),
    ],
)
def test_the_two_readings_of_the_case_of_letters(text: str, narrow: str, wide: str) -> None:
    for name in ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"):
        assert OPERATORS[name].read_request_value(text) == narrow
        assert OPERATORS_OF_DENIES[name].read_request_value(text) == wide
        assert OPERATORS_OF_DENIES[name].read_policy_value((text,)) == wide


@pytest.mark.rule("CND-4")
def test_null_reads_whether_the_key_is_to_be_absent() -> None:
    record = OPERATORS["Null"]
    assert [record.read_policy_value(tokens_of(text)) for text in ("true", "False", "no")] == [True, False, None]
    assert record.read_request_value("anything") == "anything"


@pytest.mark.rule("CND-15")
@pytest.mark.parametrize(
    ("family", "fits"),
    [
        ("String", "a text"),
        ("Numeric", "a number"),
        ("Date", "a date (ISO 8601) or epoch seconds"),
        ("Bool", "true or false"),
        ("Binary", "base64 text"),
        ("IpAddress", "an IP address or CIDR range"),
        ("Arn", "an ARN of six fields"),
        ("Null", "true or false"),
    ],
)
def test_what_fits_an_operator(family: str, fits: str) -> None:
    assert {operator.expected for operator in OPERATORS.values() if operator.family == family} == {fits}


@pytest.mark.rule("CND-8")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", Decimal(0)),
        ("-12.50", Decimal("-12.5")),
        ("9007199254740993", Decimal(9007199254740993)),
        ("1E+3", Decimal(1000)),
        ("1e-999", Decimal("1e-999")),
        *(
            (text, None)
            for text in ("", "01", ".5", "5.", "1e1000", "NaN", "Infinity", "1_0", " 1", "0x1", "*", "\u0661")
        ),
    ],
)
def test_numbers(text: str, number: Decimal | None) -> None:
    assert read_number(text) == number


@pytest.mark.rule("CND-7")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970", "0"),
        ("1970-02", "2678400"),
        ("1970-01-02", "86400"),
        ("1970-01-01T00:01", "60"),
        ("1970-01-01T00:01Z", "60"),
        ("1970-01-01T00:00:01", "1"),
        ("1970-01-01T00:00:01.250Z", "1.25"),
        ("1970-01-01T01:00:00+01:00", "0"),
        ("1970-01-01T00:00:00-00:30", "1800"),
        ("1969-12-31T23:59:59.5Z", "-0.5"),
        ("0", "0"),
        ("1767225600", "1767225600"),
        ("1767225600.25", "1767225600.25"),
        ("20260101", "20260101"),
        ("2026", "1767225600"),
    ],
)
def test_dates(text: str, seconds: str) -> None:
    assert read_date(text) == Decimal(seconds)


@pytest.mark.rule("CND-7", "CND-15")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-13",
        "2026-02-30",
        "2026-W01",
        "2026-1-1",
        "2026-01-01 00:00",
        "2026-01-01T24:00",
        "2026-01-01T00",
        "2026-01-01T00:00.5",
        "2026-01-01.5",
        "2026-01-01Z",
        "2026Z",
        "2026-01-01T00:00+0100",
        "2026-01-01T00:00:00,5Z",
        "-1",
        "1e9",
        "2026-*",
        "0000-01-01",
        "0000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:60",
        "2026-01-01T00:00:00.5+25:00",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.rule("CND-10")
def test_booleans() -> None:
    assert [read_bool(text) for text in ("true", "FALSE", "1", "", "yes")] == [True, False, None, None, None]


@pytest.mark.rule("CND-10")
@pytest.mark.parametrize(
    ("text", "octets"), [("aGk=", b"hi"), ("", b""), ("aGk", None), ("aGk=\n", None), ("é", None), ("a*k=", None)]
)
def test_bytes(text: str, octets: bytes | None) -> None:
    assert read_binary(text) == octets


@pytest.mark.rule("CND-9")
@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.9", Network(4, 0xCB007109, 0xFFFFFFFF)),
        ("203.0.113.9/24", Network(4, 0xCB007100, 0xFFFFFF00)),
        ("0.0.0.0/0", Network(4, 0, 0)),
        ("::1", Network(6, 1, 2**128 - 1)),
        ("::1/0", Network(6, 0, 0)),
        ("::ffff:203.0.113.9", Network(6, 0xFFFFCB007109, 2**128 - 1)),
        *(
            (text, None)
            for text in ("", "203.0.113", "203.0.113.9/33", "203.0.113.9/", "203.0.113.9/255.255.255.0", "fe80::1%eth0")
        ),
        *((text, None) for text in ("203.0.113.9/24/1", "203.0.113.*", "203.0.113.009", "/24", "1.2.3.4/+1")),
    ],
)
def test_networks(text: str, network: Network | None) -> None:
    assert read_network(text) == network


@pytest.mark.rule("CND-9")
def test_an_address_of_a_request_is_no_range() -> None:
    assert read_address("203.0.113.9/32") is None
    assert read_address("203.0.113.9") == read_network("203.0.113.9/32")


@pytest.mark.rule("CND-17")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-06-30", 1),
        ("2026-06", 30),
        ("2026-12", 31),
        ("2026-02", 28),
        ("2028-02", 29),
        ("2000-02", 29),
        ("2100-02", 28),
        ("2026", 365),
        ("2028", 366),
        ("2100", 365),
        ("9999", 365),
    ],
)
def test_a_date_without_a_time_is_a_period(text: str, days: int) -> None:
    period = read_period(text)
    assert period is not None
    assert (period.first, period.end) == (read_date(text), period.first + days * DAY)


@pytest.mark.rule("CND-17")
@pytest.mark.parametrize("text", ["2026-06-30T00:00Z", "2026-13", "2026-02-30", "1767225600", "yesterday", ""])
def test_no_other_text_is_a_period(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.rule("POL-9")
@pytest.mark.parametrize(
    ("text", "number", "same"),
    [
        *((text, "1.0", True) for text in ("1", "1.0", "1.000", "+1", "1e0")),
        *((text, "1.0", False) for text in ("2", "one", "", "01", "1.", "nan")),
        ("1000", "1e3", True),
        ("0", "-0", True),
        ("12345678901234568", "12345678901234567", True),
        ("1e400", "1e401", True),
    ],
)
def test_which_texts_a_parser_may_take_for_one_number(text: str, number: str, same: bool) -> None:
    assert is_same_number(text, number) is same
