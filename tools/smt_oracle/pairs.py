"""Pairs of resource policies that the encoding knows, the same in every run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.analysis.policy_pairs import Document, pair, words

#: The context keys that the encoding knows.
KEYS = (
    *("aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc", "aws:PrincipalTag/team", "aws:UserAgent"),
    *("aws:MultiFactorAuthPresent", "aws:CurrentTime", "aws:EpochTime", "aws:PrincipalOrgPaths", "aws:PrincipalArn"),
    *("aws:PrincipalAccount", "app:level"),
)


def pairs(seed: int = 15, *, least: int = 1, most: int = 5) -> Iterator[tuple[Document, Document]]:
    """Pairs without end; each policy has so many statements, or one more or less after a change."""
    random = Random(seed)
    while True:
        before, after = pair(random, words(random, keys=KEYS), least=least, most=most)
        if _is_known(before) and _is_known(after):
            yield before, after


def _is_known(policy: Document) -> bool:
    """Whether the encoding knows all that a policy says: no services, and no number compared as a text."""
    blocks = (one.get("Condition", {}) for one in policy["Statement"])
    levels = (operator for block in blocks for operator, keys in block.items() if "app:level" in keys)
    return '"Service"' not in json.dumps(policy) and not any("String" in operator for operator in levels)


def as_data(found: tuple[Document, Document]) -> dict[str, Any]:
    """A pair as JSON."""
    return {"before": found[0], "after": found[1]}
