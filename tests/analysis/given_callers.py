"""Callers of the alphabet with policies of their own, which are all that there are beside anonymous ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random

from execpolicy import Caller, Principal
from tests.analysis.alphabet import CALLERS, NETWORKS
from tests.analysis.api_pairs import METHODS, PATHS, Call
from tests.analysis.caller_pairs import layers, parsed
from tests.analysis.policy_pairs import Words

#: What is asked about the callers of an API.
ASKED = (
    *(("ANY", "/**"), ("GET", "/**"), ("GET", "/orders"), ("GET", "/orders/*"), ("DELETE", "/orders/**")),
    *(("ANY", "/admin/**"), ("POST", "/*"), ("GET", "/nowhere")),
)


def given_callers(random: Random, of: Words) -> list[Caller]:
    """Some callers, each with policies of every kind that it can have."""
    found = []
    for each in random.sample(CALLERS, random.randint(1, 3)):
        of_caller = layers(random, each.principal, of)
        found.append(parsed(each.principal, of_caller._replace(resource=(), vpc_endpoint=()))[0])
    return found


def calls_of(random: Random, callers: Sequence[Caller]) -> Iterator[Call]:
    """All calls of these callers and of anonymous ones, with some values of other keys."""
    others = (("aws:CurrentTime", (random.choice(("2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z")),)),)
    who = [*(each.principal for each in callers), Principal.anonymous()]
    for method, path, principal, network in product(METHODS, PATHS, who, NETWORKS[:3]):
        yield Call(method, path, principal, (*network, *others))
