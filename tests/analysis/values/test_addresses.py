"""Addresses on one line: the ranges that examples are taken from."""

from __future__ import annotations

import pytest

from execpolicy.analysis.values.addresses import (
    PRIVATE,
    PRIVATE_FIRST,
    PUBLIC_FIRST,
    address_range,
    address_text,
)
from execpolicy.language.operators import is_private, read_address, read_network


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("198.51.100.0/24", PUBLIC_FIRST),
        ("2001:db8::/32", PUBLIC_FIRST),
        ("2000::/3", PUBLIC_FIRST),
        ("10.0.0.0/8", PRIVATE_FIRST),
        ("fd00::/8", PRIVATE_FIRST),
    ],
)
def test_examples_are_taken_from_a_range(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    network = read_network(text)
    assert network is not None
    assert address_range(network) in ranges


@pytest.mark.rule("KEY-8")
def test_the_private_ranges_are_those_of_the_context() -> None:
    for first, end in PRIVATE:
        for place, expected in ((first - 1, False), (first, True), (end - 1, True), (end, False)):
            address = read_address(address_text(place)) if place >= 0 else None
            if address is not None and not (place in (first - 1, end) and _in_another(place, (first, end))):
                assert is_private(address) is expected, address_text(place)


def _in_another(place: int, own: tuple[int, int]) -> bool:
    return any(first <= place < end for first, end in PRIVATE if (first, end) != own)
