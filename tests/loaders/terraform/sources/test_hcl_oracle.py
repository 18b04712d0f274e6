"""The reader of HCL finds what python-hcl2 finds, where it finds it (docs/adr/037)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from execpolicy.errors import Source
from execpolicy.loaders.terraform.sources.hcl_nodes import HclBody
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl
from tools.hcl_oracle.__main__ import PLACES, texts

FOUND = json.loads(PLACES.read_text("utf-8"))["places"]


@pytest.mark.rule("SRC-4")
@pytest.mark.parametrize("name", texts())
def test_the_reader_finds_the_same_blocks_and_attributes(name: str) -> None:
    found = sorted(places_in(read_hcl(Source(name, texts()[name]))))
    assert [each[:1] + each[2:] for each in found] == [each[:1] + each[2:] for each in FOUND[name]]
    ends = [(ours[1], theirs[1]) for ours, theirs in zip(found, FOUND[name], strict=True) if theirs[1] is not None]
    assert len(ends) > len(found) // 2
    assert [ours for ours, _ in ends] == [theirs for _, theirs in ends]


def places_in(body: HclBody) -> Iterator[list[Any]]:
    """Blocks and attributes in the form of the oracle."""
    for name, attribute in body.attributes.items():
        yield [attribute.start, attribute.value.end, "attribute", [name], attribute.value.start]
    for block in body.blocks:
        yield [block.start, block.end, "block", [block.type, *block.labels]]
        yield from places_in(block.body)
