"""Caches by texts of requests are bounded in the number and the length of their keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from execpolicy import Context
from execpolicy._base import bounded_cache as cache
from execpolicy._base.bounded_cache import store
from execpolicy.language import context, context_keys, key_presence, operators
from execpolicy.language.operators import read_address


def test_a_full_cache_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 2)
    found: dict[str, int] = {}
    assert [store(found, text, number) for number, text in enumerate("abc")] == [0, 1, 2]
    assert found == {"c": 2}


def test_caches_are_bounded_for_any_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 8)
    tables = (context._names, context_keys._found, operators._addresses, key_presence._traits)
    for each in tables:
        each.clear()
    for number in range(100):
        values = {f"aws:PrincipalTag/{number}": "a", "aws:SourceIp": f"11.0.0.{number}", f"custom:{number}": "b"}
        assert Context(values).get(f"custom:{number}") == ("b",)
        assert key_presence.traits_of(f"aws:principaltag/{number}").iam_only
        assert key_presence.traits_of("x" * 200).iam_only is False
    assert all(1 <= len(each) <= 8 for each in tables)


def test_long_names_are_not_cached() -> None:
    name = "aws:PrincipalTag/" + "x" * 10_000
    assert Context({name: "a"}).get(name) == ("a",)
    assert key_presence.traits_of(name.lower()).iam_only
    assert not {name, name.lower()} & {*context._names, *context_keys._found, *key_presence._traits}


def test_invalid_addresses_are_not_cached() -> None:
    for text in ("nowhere", "1.2.3.4.5", "::1/128", "x" * 5_000 + ":", "1.2.3.4:80"):
        assert read_address(text) is None
        assert text not in operators._addresses


def test_threads_share_caches_that_are_always_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 2)

    def reads_correctly(seed: int) -> bool:
        for number in range(seed, seed + 200):
            address = f"11.0.{number % 7}.1"
            found = Context({"AWS:SourceIp": address, f"custom:{number % 5}": "a"})
            if found.get("aws:sourceip") != (address,) or found.get(f"Custom:{number % 5}") != ("a",):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(reads_correctly, range(64)))
