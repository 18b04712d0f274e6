"""A call to each route: it reaches its route, and its values are no literal text of another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.bulk.sample_calls import SampleCall, sample_call
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_path import STATIC, route_segments

SEGMENTS = st.sampled_from(["orders", "1", "2", "a b", "100%", "é", "{id}"])


def api_of(kind: str, *routes: str) -> ApiDefinition:
    stages = ["$default"] if kind == "HTTP" else ["prod"]
    return ApiDefinition(
        id="a1b2c3", type=ApiType(kind), region="eu-west-1", account="111122223333", stages=stages, routes=routes
    )


def paths(kind: str, *routes: str) -> list[str | None]:
    api = api_of(kind, *routes)
    found = [sample_call(api, route) for route in api.routes]
    return [None if each is None else f"{each.method} {each.path}".rstrip() for each in found]


@pytest.mark.parametrize(
    ("kind", "routes", "expected"),
    [
        ("REST", ["GET /orders/{id}"], ["GET /orders/1"]),
        ("REST", ["GET /"], ["GET /"]),
        ("REST", ["GET /100%"], ["GET /100%25"]),
        # The literal text of another route would be a call to that resource, whatever its method.
        ("REST", ["GET /orders/{id}", "POST /orders/1"], ["GET /orders/2", "POST /orders/1"]),
        # The call of ANY has a method that no other route takes.
        ("REST", ["ANY /orders", "GET /orders"], ["POST /orders", "GET /orders"]),
        # One segment is a call to the other route.
        ("REST", ["GET /{id}", "GET /{proxy+}"], ["GET /1", "GET /1/1"]),
        ("HTTP", ["ANY /{proxy+}", "$default"], ["GET /1", "GET /"]),
        ("HTTP", ["$default"], ["GET /1"]),
        ("WEBSOCKET", ["$connect", "send"], ["$connect", "send"]),
    ],
)
def test_the_call_of_each_route(kind: str, routes: list[str], expected: list[str]) -> None:
    assert paths(kind, *routes) == expected


def test_the_values_are_shown_by_name() -> None:
    api = api_of("REST", "GET /a/{x}/{rest+}")
    assert sample_call(api, api.routes[0]) == SampleCall(
        "GET /a/{x}/{rest+}", "GET", "/a/1/1", (("x", "1"), ("rest", "1"))
    )


def test_a_route_that_no_call_reaches() -> None:
    verbs = [f"{verb} /a" for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")]
    assert paths("REST", "ANY /a", *verbs)[0] is None


@given(st.lists(st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join), min_size=1, max_size=5, unique=True))
def test_each_call_reaches_its_route(found: list[str]) -> None:
    api = api_of("HTTP", *(f"GET /{each}" for each in found if " " not in each))
    literal = {part.text for route in api.routes for part in route_segments(route.path) if part.kind == STATIC}
    for route in api.routes:
        sample = sample_call(api, route)
        assert sample is not None
        match = find_route(api, sample.method, sample.path)
        assert match is not None
        assert match.route == route
        assert literal.isdisjoint(value for _, value in sample.values)
