"""The work of reading a definition grows with its size and no faster: calls of functions are counted, not time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_api
from execpolicy.loaders.openapi.members import api_members
from execpolicy.loaders.openapi.text_rules import OPENAPI_RULES

SMALL = 100
OPTIONS = ReadOptions(stage="prod", type="REST")
_AUTHORIZER = {"x-amazon-apigateway-authorizer": {"type": "token"}}


def _many(count: int, make: Callable[[int], Any]) -> dict[str, Any]:
    return {f"/n{number}": make(number) for number in range(count)}


def routes(count: int) -> dict[str, Any]:
    """Routes that all require an authorizer of their own."""
    schemes = _many(count, lambda _: {"type": "apiKey", "name": "A", "in": "header"} | _AUTHORIZER)
    return {
        "paths": _many(count, lambda number: {"get": {"security": [{f"/n{number}": []}]}}),
        "components": {"securitySchemes": schemes},
    }


def unknown_requirements(count: int) -> dict[str, Any]:
    """Requirements that no scheme has, in a document with many schemes."""
    return routes(count) | {"paths": _many(count, lambda number: {"get": {"security": [{f"/m{number}": []}]}})}


def requirements(count: int) -> dict[str, Any]:
    """One operation with a long list of requirements."""
    return {"paths": {"/a": {"get": {"security": [{"NONE": []}] * count}}}}


def chain(count: int) -> dict[str, Any]:
    """References that lead to the next one, each of them used."""
    items = _many(count, lambda number: {"$ref": f"#/components/pathItems/~1n{number + 1}"})
    items[f"/n{count}"] = {"get": {}}
    paths = _many(count, lambda number: {"$ref": f"#/components/pathItems/~1n{number}"})
    return {"paths": paths, "components": {"pathItems": items}}


def lost_references(count: int) -> dict[str, Any]:
    """References that lead nowhere, in a document with many names."""
    paths = _many(count, lambda number: {"$ref": f"#/components/pathItems/~1m{number}"})
    return {"paths": paths, "components": {"pathItems": _many(count, lambda _: {})}}


def extensions(count: int) -> dict[str, Any]:
    """Extensions of others, and unknown ones of API Gateway."""
    operation = {f"x-{number}": 1 for number in range(count)}
    operation |= {f"x-amazon-apigateway-{number}": 1 for number in range(count)}
    return {"paths": {"/a": {"get": operation}}}


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    "document",
    [routes, unknown_requirements, requirements, chain, lost_references, extensions],
    ids=lambda d: d.__name__,
)
def test_twice_the_document_takes_twice_the_calls(document: Callable[[int], dict[str, Any]]) -> None:
    once, twice = (_calls(document(count)) for count in (SMALL, 2 * SMALL))
    assert once > SMALL
    assert twice < 2.2 * once


@pytest.mark.rule("SRC-1")
def test_a_whole_file_with_many_authorizers_takes_twice_the_calls() -> None:
    texts = [json.dumps({"openapi": "3.0.1", **routes(count)}) for count in (SMALL, 2 * SMALL)]
    once, twice = (_counted(partial(parse_api, text, OPTIONS, name="some.json")) for text in texts)
    assert twice < 2.2 * once


def _calls(document: dict[str, Any]) -> int:
    problems, root = read_any(json.dumps({"openapi": "3.0.1", **document}), "some.json", OPENAPI_RULES)
    assert isinstance(root, JsonObject)
    return _counted(lambda: api_members(problems, root, api_type="REST"))


def _counted(read: Callable[[], object]) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read()
    finally:
        sys.setprofile(before)
    return calls
