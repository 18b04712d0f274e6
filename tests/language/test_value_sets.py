"""One value against many at once is one value against each of them in turn."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.language import value_sets
from execpolicy.language.glob import Tokens, tokens_of
from execpolicy.language.operators import OPERATORS, Network, read_address, read_network
from execpolicy.language.value_sets import matches_any

TEXTS = st.text("ab*?", max_size=5)
ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str) | st.sampled_from(["10.0.0.255", "10.0.1.0"])
RANGES = st.builds(lambda address, bits: f"{address}/{bits}", ADDRESSES, st.integers(0, 32)) | st.sampled_from(
    ["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24", "10.0.0.0/8", "0.0.0.0/0", "::/0", "nowhere", "10.0.0.7"]
)


def agrees(name: str, values: Sequence[Tokens], text: str) -> bool:
    operator = OPERATORS[name]
    actual = operator.read_request_value(text)
    assert actual is not None
    operands = [operand for value in values if (operand := operator.read_policy_value(value)) is not None]
    expected = any(operator.test(actual, operand) for operand in operands)
    assert matches_any(operator, values)(actual) is expected
    return expected


@pytest.mark.rule("CND-9", "CND-11")
@given(st.lists(RANGES, max_size=8), st.lists(ADDRESSES, min_size=1))
def test_ranges_of_addresses(ranges: list[str], addresses: list[str]) -> None:
    for address in [*addresses, *(text.partition("/")[0] for text in ranges if read_address(text.partition("/")[0]))]:
        agrees("IpAddress", [(text,) for text in ranges], address)


@pytest.mark.rule("CND-5", "CND-11")
@given(st.sampled_from(["StringLike", "StringEquals", "StringEqualsIgnoreCase"]), st.lists(TEXTS), st.lists(TEXTS))
def test_texts(name: str, values: list[str], actual: list[str]) -> None:
    written = [tokens_of(value) if name == "StringLike" else (value,) for value in values]
    for text in [*actual, *(value.replace("*", "ab").replace("?", "b") for value in values), ""]:
        agrees(name, written, text)


@pytest.mark.rule("CND-5", "CND-11")
@pytest.mark.parametrize("end", ["prefix", "suffix"])
@given(st.lists(TEXTS), st.lists(TEXTS))
def test_many_patterns_are_looked_up_by_their_ends(end: str, values: list[str], actual: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(value_sets, "_PREFIXES_PER_LOOKUP", 0)
        patch.setattr(value_sets, "_PATTERNS_PER_LOOKUP", 0)
        ended = [f"ab{value}" if end == "prefix" else f"{value}ba" for value in values]
        written = [tokens_of(value) for value in [*ended, *values]]
        for text in [*actual, *(value.replace("*", "ab").replace("?", "b") for value in ended), "ab", "ba", "aba", ""]:
            agrees("StringLike", written, text)


class Looked(str):
    """A text that counts how often a part of it was taken."""

    parts = 0

    def __getitem__(self, part: SupportsIndex | slice, /) -> str:
        self.parts += 1
        return super().__getitem__(part)


@pytest.mark.rule("CND-11")
@pytest.mark.parametrize("form", ["agent-{}/*", "*/agent-{}", "agent-{}/*/x", "x?*/agent-{}"])
@pytest.mark.parametrize("size", [100, 1_000])
def test_a_value_is_looked_up_once_for_each_length(form: str, size: int) -> None:
    holds = matches_any(OPERATORS["StringLike"], [tokens_of(form.format(f"{number:05}")) for number in range(size)])
    text = Looked(form.format("00007").replace("?", "y").replace("*", "z"))
    assert holds(text)
    assert text.parts == 1
    assert not holds(Looked("curl"))


@pytest.mark.rule("CND-7", "CND-8", "CND-10")
@pytest.mark.parametrize(
    ("name", "values", "text", "expected"),
    [
        ("NumericEquals", ["5", "06", "7.0"], "7", True),
        ("NumericEquals", ["5", "06"], "6", False),
        ("NumericLessThan", ["5", "many"], "4", True),
        ("NumericLessThan", ["5", "many"], "6", False),
        ("DateEquals", ["2026-01-01T00:00:00Z"], "1767225600", True),
        ("Bool", ["TRUE"], "true", True),
        ("BinaryEquals", ["AQID", "#"], "AQID", True),
        ("IpAddress", [], "10.0.0.1", False),
        ("IpAddress", ["10.0.0.0/31", "10.0.0.2/31"], "10.0.0.3", True),
        ("IpAddress", ["10.0.0.0/31", "10.0.0.4/31"], "10.0.0.3", False),
        ("IpAddress", ["255.255.255.255", "::/128"], "::1", False),
        ("ArnLike", ["arn:aws:iam::*:user/Ann", "*"], "arn:aws:iam::111122223333:user/Ann", True),
        ("ArnLike", ["arn:aws:iam::1:user/Ann", "arn:aws:iam::2:user/Bob"], "arn:aws:iam::2:user/Bob", True),
        ("ArnEquals", ["arn:aws:iam::1:user/Ann", "arn:*:iam::2:user/*"], "arn:aws:iam::1:user/Ann", True),
        ("ArnEquals", ["arn:aws:iam", "arn:aws:iam::1:a:b"], "arn:aws:iam::1:a:b", True),
        ("ArnEquals", ["arn:aws:iam", "user/Ann"], "arn:aws:iam", False),
        ("ArnEquals", [], "arn:aws:iam::1:user/Ann", False),
    ],
)
def test_other_types(name: str, values: list[str], text: str, expected: bool) -> None:
    written = [tokens_of(value) if name == "ArnLike" else (value,) for value in values]
    assert agrees(name, written, text) is expected


@pytest.mark.rule("CND-9")
@given(RANGES | ADDRESSES | st.text("0123456789./:af", max_size=18))
def test_networks_are_read_as_the_standard_library_reads_them(text: str) -> None:
    _, slash, bits = text.partition("/")
    expected = None
    if not slash or (bits.isdigit() and len(bits) <= 3):
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            pass
        else:
            expected = Network(network.version, int(network.network_address), int(network.netmask))
    assert read_network(text) == expected
    try:
        address = None if "%" in text else ip_address(text)
    except ValueError:
        address = None
    for _ in range(2):  # the second time it is remembered
        read = read_address(text)
        assert (None if read is None else (read.version, read.base)) == (address and (address.version, int(address)))
