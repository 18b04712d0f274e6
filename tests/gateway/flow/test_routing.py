"""Which stage a call goes to, which route it finds, and what is said where it finds none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import RequestError, UsageError
from execpolicy.api import Api
from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.flow import routing
from execpolicy.gateway.flow.routing import CallDestination, NoDestination, destination_of, find_route, why_no_route
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import (
    GREEDY,
    STATIC,
    VARIABLE,
    Segment,
    match_segments,
    placeholder_values,
    route_segments,
)
from execpolicy.gateway.model.route_table import RouteMatch, RouteTable
from execpolicy.literals import ApiTypeName, PathReading
from tests.refused import Refusal, refused
from tests.untyped import untyped


def api_of(kind: ApiTypeName, *keys: str, path: PathReading = "as_sent", **more: Any) -> Api:
    """An API with these routes: ``GET /pets``, ``$default``."""
    routes = [Route(*key.split(" ", 1)) for key in keys]
    given_parts = {"region": "eu-west-1", "account": "111122223333", "stages": ["prod"], **more}
    return Api(id="a1b2c3", type=kind, routes=routes, readings=Readings(path=path), **given_parts)


def found(api: Api, method: str, path: str) -> str | None:
    match = find_route(api, method, path)
    return None if match is None else match.route.key


# All routes at once, and one by one

PARTS = st.sampled_from(["a", "b", "{x}", "%61", "c"])
PATHS = st.builds(
    lambda parts, end: "/" + "/".join([*parts, *end]), st.lists(PARTS, max_size=3), st.sampled_from([[], ["{p+}"]])
)
ROUTES = st.lists(st.builds(Route, st.sampled_from(["GET", "POST", "ANY"]), PATHS), max_size=12)
SENT = st.lists(st.sampled_from(["a", "b", "%61", "c", "%", "", "d"]), max_size=4)


def one_by_one(kind: ApiType, routes: list[Route], method: str, sent: list[str]) -> RouteMatch | None:
    """Every route is tried; of those that match the first of the lowest rank is taken (GW-26)."""
    best: tuple[Any, RouteMatch] | None = None
    for route in routes:
        values = match_segments(route.path, sent)
        if route.method in (method, "ANY") and values is not None:
            kinds = tuple(segment.kind for segment in route_segments(route.path))
            rank = (kind is ApiType.HTTP and GREEDY in kinds, kinds, route.method == "ANY")
            if best is None or rank < best[0]:
                if kind is ApiType.HTTP:
                    values = {name: decoded(value) for name, value in values.items()}
                best = rank, RouteMatch(route, values)
    return None if best is None else best[1]


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize("kind", [ApiType.REST, ApiType.HTTP])
@given(ROUTES, st.sampled_from(["GET", "PUT"]), SENT)
def test_the_table_finds_what_trying_each_route_finds(
    kind: ApiType, routes: list[Route], method: str, sent: list[str]
) -> None:
    assert RouteTable(kind, routes).find(method, sent) == one_by_one(kind, routes, method, sent)


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize("size", [10, 1_000])
def test_few_routes_are_tried_whatever_their_number(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def counted(segments: tuple[Segment, ...], sent: list[str]) -> dict[str, str] | None:
        tried.append(segments)
        return placeholder_values(segments, sent)

    table = RouteTable(ApiType.REST, [Route("GET", f"/pets{number}/{{id}}") for number in range(size)])
    monkeypatch.setattr("execpolicy.gateway.model.route_table.placeholder_values", counted)
    assert table.find("GET", ["pets7", "1"]) is not None
    assert len(tried) == 1


@pytest.mark.rule("GW-5")
def test_a_method_is_checked_however_long() -> None:
    api = api_of("REST", "GET /pets")
    for _ in range(2):
        assert found(api, "X" * 500, "/pets") is None
        assert refused(RequestError, lambda: found(api, "x" * 500, "/pets")).rule == "GW-5"
    assert "X" * 500 not in routing._methods


# Paths of routes


@pytest.mark.rule("GW-26")
def test_the_segments_of_a_route() -> None:
    assert route_segments("/") == ()
    assert route_segments("/a/{b}/{c+}") == (Segment(STATIC, "a"), Segment(VARIABLE, "b"), Segment(GREEDY, "c"))
    assert route_segments("/a{b}/{c}d") == (Segment(STATIC, "a{b}"), Segment(STATIC, "{c}d"))


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize(
    ("path", "sent", "values"),
    [
        ("/", [], {}),
        ("/", ["a"], None),
        ("/a", [], None),
        ("/a", ["a", "b"], None),
        ("/a/b", ["a"], None),
        ("/a", ["A"], None),
        ("/{x}", ["a"], {"x": "a"}),
        ("/{x}", [""], None),
        ("/{x}", [], None),
        ("/{x}/{y}", ["a", "b"], {"x": "a", "y": "b"}),
        ("/{x+}", [], None),
        ("/{x+}", [""], {"x": ""}),
        ("/{x+}", ["a", "", "b%2F"], {"x": "a//b%2F"}),
        ("/a/{x+}", ["a"], None),
        ("/{x+}/a", ["b", "a"], None),
        ("/pets", ["p%65ts"], {}),
        ("/a/b", ["a%2Fb"], None),
        ("/{x}", ["a%2Fb"], {"x": "a%2Fb"}),
    ],
)
def test_what_a_routes_path_matches(path: str, sent: list[str], values: dict[str, str] | None) -> None:
    assert match_segments(path, sent) == values


# REST APIs

TREE = ("ANY /{proxy+}", "GET /jobs/{op}", "OPTIONS /cors_only", "GET /jobs/all", "ANY /jobs/all/{id}")


@pytest.mark.rule("GW-5", "GW-26")
@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/jobs/reboot", "GET /jobs/{op}"),
        ("GET", "/jobs", "ANY /{proxy+}"),
        ("POST", "/jobs", "ANY /{proxy+}"),
        ("POST", "/jobs/reboot", "ANY /{proxy+}"),
        ("GET", "/cors_only", "ANY /{proxy+}"),
        ("OPTIONS", "/cors_only", "OPTIONS /cors_only"),
        ("GET", "/jobs/all", "GET /jobs/all"),
        ("POST", "/jobs/all", "ANY /{proxy+}"),
        ("DELETE", "/jobs/all/7", "ANY /jobs/all/{id}"),
        ("GET", "/jobs/all/7/8", "ANY /{proxy+}"),
        ("GET", "/", None),
    ],
)
def test_a_rest_api_passes_over_resources_without_the_verb(method: str, path: str, key: str | None) -> None:
    assert found(api_of("REST", *TREE), method, path) == key
    assert found(api_of("REST", *reversed(TREE)), method, path) == key


@pytest.mark.rule("GW-26")
def test_segments_of_a_rest_api_count_from_the_left() -> None:
    keys = ("GET /{x}/b", "GET /a/{y+}", "GET /{z+}")
    assert found(api_of("REST", *keys), "GET", "/a/b") == "GET /a/{y+}"
    assert found(api_of("HTTP", *keys), "GET", "/a/b") == "GET /{x}/b"


@pytest.mark.rule("GW-5", "GW-26")
@pytest.mark.parametrize("kind", ["REST", "HTTP"])
def test_a_verb_goes_before_any(kind: ApiTypeName) -> None:
    for keys in (("ANY /a", "GET /a"), ("GET /a", "ANY /a")):
        api = api_of(kind, *keys)
        assert found(api, "GET", "/a") == "GET /a"
        assert found(api, "POST", "/a") == "ANY /a"
        assert found(api, "OPTIONS", "/a") == "ANY /a"


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize(
    ("kind", "first", "second", "found"),
    [
        ("REST", "GET /{a}", "GET /{b}", "GET /{b} has {b} where GET /{a} has {a}"),
        ("REST", "GET /{a}", "POST /{b}/c", "POST /{b}/c has {b} where GET /{a} has {a}"),
        ("REST", "GET /x/{a+}", "GET /x/{b+}", "GET /x/{b+} has {b+} where GET /x/{a+} has {a+}"),
        ("HTTP", "GET /{a}", "GET /{b}", "GET /{b} has {b} where GET /{a} has {a}"),
        ("HTTP", "GET /{a}/{b}", "GET /{a}/{c}", "GET /{a}/{c} has {a} and {c} where GET /{a}/{b} has {a} and {b}"),
    ],
)  # fmt: skip
def test_routes_that_their_order_would_decide_between_are_refused(
    kind: ApiTypeName, first: str, second: str, found: str
) -> None:
    expected = Refusal(found, advice="give the placeholder one name in all routes", rule="GW-26")
    assert refused(UsageError, lambda: api_of(kind, first, second)) == expected


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("REST", ("GET /{a}", "POST /{a}", "GET /{a}/{b}", "GET /x/{b}", "GET /{a}/y/{c}")),
        ("REST", ("GET /{a}", "GET /{a+}")),
        ("HTTP", ("GET /{a}", "POST /{b}", "ANY /{c}", "GET /{b}/x", "GET /{c+}", "GET /x/{d}")),
    ],
)
def test_placeholders_of_one_name_or_of_other_places_stand_together(kind: ApiTypeName, keys: tuple[str, ...]) -> None:
    assert tuple(route.key for route in api_of(kind, *keys).routes) == keys


@pytest.mark.rule("GW-4", "GW-26")
def test_a_rest_api_serves_a_path_with_a_slash_at_its_end() -> None:
    api = api_of("REST", "GET /pets", "GET /files/{name+}")
    for path in ("/pets", "/pets/", "/pets//"):
        assert found(api, "GET", path) == "GET /pets"
    assert found(api, "GET", "//pets") is None
    assert find_route(api, "GET", "/files/a//b/") == RouteMatch(api.routes[1], {"name": "a//b"})
    assert find_route(api, "GET", "/files/") is None
    assert found(api_of("REST", "GET /"), "GET", "//") == "GET /"


@pytest.mark.rule("GW-26")
def test_placeholders_of_a_rest_api_stand_for_what_is_sent_and_of_an_http_api_for_what_it_means() -> None:
    keys = ("GET /pets/{id}", "GET /files/{name+}")
    for kind, pet, file in (("REST", "a%20b%2F", "x/%C3%A9"), ("HTTP", "a b/", "x/é")):
        api = api_of(untyped(kind), *keys)
        assert find_route(api, "GET", "/pets/a%20b%2F") == RouteMatch(api.routes[0], {"id": pet})
        assert find_route(api, "GET", "/files/x/%C3%A9") == RouteMatch(api.routes[1], {"name": file})


# HTTP APIs

PAGE = ("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("POST", "/pets/dog/1", "ANY /{proxy+}"),
        ("GET", "/pets", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
        ("GET", "/default", "ANY /{proxy+}"),
    ],
)
def test_an_http_api_takes_the_fullest_match(method: str, path: str, key: str) -> None:
    assert found(api_of("HTTP", *PAGE), method, path) == key
    assert found(api_of("HTTP", *reversed(PAGE)), method, path) == key


@pytest.mark.rule("GW-26")
def test_default_takes_what_no_other_route_takes() -> None:
    api = api_of("HTTP", "GET /a", "$default")
    assert find_route(api, "POST", "/x") == RouteMatch(api.routes[1], {})
    assert find_route(api_of("HTTP", "GET /a"), "POST", "/x") is None


@pytest.mark.rule("GW-4")
@pytest.mark.parametrize(
    ("path", "as_sent", "normalised"),
    [
        ("/metrics", "GET /metrics", "GET /metrics"),
        ("/metrics/", "GET /metrics/{proxy+}", "GET /metrics"),
        ("/pets/", None, "GET /pets"),
        ("//pets", None, "GET /pets"),
        ("/p%65ts", "GET /pets", "GET /pets"),
    ],
)
def test_a_slash_too_many_of_an_http_api_is_a_matter_of_reading(
    path: str, as_sent: str | None, normalised: str
) -> None:
    keys = ("GET /metrics", "GET /metrics/{proxy+}", "GET /pets")
    assert found(api_of("HTTP", *keys), "GET", path) == as_sent
    assert found(api_of("HTTP", *keys, path="normalised"), "GET", path) == normalised
    assert found(api_of("REST", *keys, path="normalised"), "GET", path) == normalised


@pytest.mark.rule("GW-4")
def test_percent_encoding_is_undone_once() -> None:
    api = api_of("HTTP", "GET /{x}", path="normalised")
    assert find_route(api, "GET", "/%2541") == RouteMatch(api.routes[0], {"x": "%41"})


# WebSocket APIs


@pytest.mark.rule("GW-21", "GW-26")
@pytest.mark.parametrize(
    ("key", "expected"),
    [("$connect", "$connect"), ("send", "send"), ("other", "$default"), ("$default", "$default"), ("SEND", "$default")],
)
def test_a_message_finds_its_key_or_default(key: str, expected: str) -> None:
    assert found(api_of("WEBSOCKET", "$default", "send", "$connect"), key, "") == expected


@pytest.mark.rule("GW-21", "GW-26")
def test_a_connection_needs_no_route_and_is_not_for_default() -> None:
    api = api_of("WEBSOCKET", "$default")
    assert find_route(api, "$connect", "") == RouteMatch(Route("$connect"), {})
    assert find_route(api, "$disconnect", "") == RouteMatch(Route("$disconnect"), {})
    assert find_route(api_of("WEBSOCKET", "send"), "other", "") is None


# What cannot be sent


@pytest.mark.rule("GW-2", "GW-5")
@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        (
            "get",
            "/x",
            Refusal(
                "found 'get', expected the method that is sent, in upper case, such as GET",
                "<method>:1:1",
                "get",
                "methods are case-sensitive: write GET",
                "GW-5",
            ),
        ),
        (
            "ANY",
            "/x",
            Refusal(
                "found 'ANY', expected the method that is sent, in upper case, such as GET",
                "<method>:1:1",
                "ANY",
                "name the one method of the call; ANY belongs to a route, a wildcard to a policy",
                "GW-5",
            ),
        ),
        (
            "GET",
            "x",
            Refusal(
                "found 'x', expected a path, which begins with \"/\" and ends before the query string",
                "<path>:1:1",
                "x",
                "give the path alone, from the slash after the stage on",
                "GW-2",
            ),
        ),
        (
            "GET",
            "/x?y",
            Refusal(
                "found '/x?y', expected a path, which begins with \"/\" and ends before the query string",
                "<path>:1:1",
                "/x?y",
                "leave the query string out; it is not part of the ARN",
                "GW-2",
            ),
        ),
    ],
)
@pytest.mark.parametrize("kind", ["REST", "HTTP"])
def test_a_call_that_cannot_be_sent_is_refused(kind: ApiTypeName, method: str, path: str, refusal: Refusal) -> None:
    api = api_of(kind, "ANY /{proxy+}")
    assert refused(RequestError, lambda: find_route(api, method, path)) == refusal


def test_a_call_is_made_of_texts() -> None:
    nothing: Any = None
    number: Any = 7
    assert refused(UsageError, lambda: find_route(api_of("REST"), nothing, "/")).message == (
        "the method is a text, found a NoneType"
    )
    assert refused(UsageError, lambda: find_route(api_of("HTTP"), "GET", number)).message == (
        "the path is a text, found 7, an int"
    )
    assert refused(UsageError, lambda: find_route(api_of("WEBSOCKET"), nothing, "")).message == (
        "the route key is a text, found a NoneType"
    )


# Near misses


@pytest.mark.rule("GW-26", "MSG-3")
@pytest.mark.parametrize(
    ("kind", "keys", "call", "reason"),
    [
        ("REST", ["PUT /a", "GET /a"], "POST /a", "`/a` is served for GET, PUT; not for POST"),
        ("HTTP", ["GET /{x}"], "POST /a", "`/a` is served for GET; not for POST"),
        ("REST", ["GET /a"], "GET /prod/a", "`prod` is a stage, not a part of the path, which continues with `/a`"),
        ("REST", ["GET /"], "GET /prod", "`prod` is a stage, not a part of the path, which continues with `/`"),
        ("REST", ["GET /b"], "GET /prod/a", "no route has a path that matches `/prod/a`"),
        (
            "REST",
            ["GET /Pets/{Id}"],
            "GET /pets/7",
            "`/pets/7` and the route's `/Pets/{Id}` differ in case, and case counts",
        ),
        (
            "HTTP",
            ["GET /pets"],
            "GET /pets/",
            "`/pets` has a route, and `/pets/` counts as another path unless paths are read as normalised",
        ),
        (
            "REST",
            ["GET /pets/{id}"],
            "GET //pets/7",
            "`/pets/7` has a route, and `//pets/7` counts as another path unless paths are read as normalised",
        ),
        (
            "REST",
            ["ANY /{proxy+}"],
            "GET /",
            "`/{proxy+}` needs one more segment than `/`, which has no route of its own",
        ),
        (
            "HTTP",
            ["GET /a/{id}"],
            "GET /a",
            "`/a/{id}` needs one more segment than `/a`, which has no route of its own",
        ),
        ("HTTP", ["GET /a"], "GET /", "no route has a path that matches `/`"),
        ("REST", ["GET /a/{id}"], "GET /a/7/b/c", "`/a/{id}` matches `/a/7`, and no route continues with `/b`"),
        ("REST", ["GET /a"], "GET /b/c", "no route has a path that matches `/b/c`"),
        ("REST", [], "GET /", "no route has a path that matches `/`"),
        ("WEBSOCKET", ["$connect"], "send ", "no route has the key `send`, and there is no $default route"),
    ],
)
def test_what_comes_nearest_to_a_call_without_a_route(
    kind: ApiTypeName, keys: list[str], call: str, reason: str
) -> None:
    api = api_of(kind, *keys)
    method, path = call.split(" ")
    assert find_route(api, method, path) is None
    assert why_no_route(api, method, path) == reason


# Places

SHOP = Domain(
    "shop.example.com",
    (
        Mapped("", "prod"),
        Mapped("orders/v1/items", "v1"),
        Mapped("/orders/v2/items/", "v2"),
        Mapped("orders/v2/items/categories", "v3"),
    ),
)


def placed(api: Api, path: str, domain_name: str | None = None) -> tuple[str, str, str | None] | NoDestination:
    place = destination_of(api, path, domain_name)
    if isinstance(place, NoDestination):
        return place
    return place.stage.name, place.path, None if place.domain is None else place.domain.name


def shop(
    *domains: Domain, kind: ApiTypeName = "REST", stages: Sequence[str] = ("prod", "v1", "v2", "v3"), **more: Any
) -> Api:
    return api_of(kind, stages=stages, stage=stages[0], domains=domains, **more)


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    ("path", "stage", "left"),
    [
        ("/orders/v1/items/123", "v1", "/123"),
        ("/orders/v1/items", "v1", "/"),
        ("/orders/v1/items/", "v1", "/"),
        ("/orders/v1/items//x/", "v1", "//x/"),
        ("/orders/v2/items/categories/5", "v3", "/5"),
        ("/orders/v2/items/category", "v2", "/category"),
        ("/customers", "prod", "/customers"),
        ("/orders/v1/itemsx", "prod", "/orders/v1/itemsx"),
        ("/Orders/v1/items", "prod", "/Orders/v1/items"),
        ("//orders/v1/items", "prod", "//orders/v1/items"),
        ("/", "prod", "/"),
    ],
)
def test_the_longest_base_path_wins(path: str, stage: str, left: str) -> None:
    assert placed(shop(SHOP), path, "Shop.Example.com") == (stage, left, "shop.example.com")


@pytest.mark.rule("GW-28")
def test_a_path_that_no_base_path_takes_is_refused() -> None:
    only = Domain("a.example.com", (Mapped("x", "prod"), Mapped("/y/z", "v1")))
    for kind in ("REST", "HTTP"):
        assert placed(shop(only, kind=kind), "/xx/1", "a.example.com") == NoDestination(
            "`/xx/1` begins with no base path of a.example.com, which has /x, /y/z", 403
        )
    assert placed(shop(Domain("a.example.com", ())), "/", "a.example.com") == NoDestination(
        "`/` begins with no base path of a.example.com, which has none", 403
    )
    assert placed(shop(Domain("a.example.com", (Mapped("(none)", "v1"),))), "/q", "a.example.com") == (
        "v1",
        "/q",
        "a.example.com",
    )


@pytest.mark.rule("GW-28")
def test_a_base_path_of_another_api_is_refused_with_its_name() -> None:
    domain = Domain("a.example.com", (Mapped("", "prod", "a1b2c3"), Mapped("other/way", "prod", "z9y8x7")))
    api = shop(domain)
    assert placed(api, "/mine", "a.example.com") == ("prod", "/mine", "a.example.com")
    assert refused(RequestError, lambda: destination_of(api, "/other/way/1", "a.example.com")) == Refusal(
        "`/other/way` of a.example.com leads to the API z9y8x7, not to a1b2c3",
        "<path>:1:1",
        "/other/way",
        "call that API",
        "GW-28",
    )


@pytest.mark.rule("GW-28")
def test_a_base_path_to_a_stage_that_is_not_there_is_refused() -> None:
    assert refused(UsageError, lambda: shop(Domain("a.example.com", (Mapped("", "gone"),)))) == Refusal(
        "the domain a.example.com leads to the stage 'gone', which the API does not have", rule="GW-28"
    )


@pytest.mark.rule("GW-28")
def test_a_wildcard_stands_for_one_label_and_gives_way_to_a_name() -> None:
    api = shop(Domain("*.example.com", (Mapped("", "v1"),)), Domain("a.example.com", (Mapped("", "v2"),)))
    assert placed(api, "/", "a.example.com") == ("v2", "/", "a.example.com")
    assert placed(api, "/", "b.example.com") == ("v1", "/", "*.example.com")
    assert refused(RequestError, lambda: destination_of(api, "/", "a.b.example.com")).at == "<domain_name>:1:1"


@pytest.mark.rule("GW-20", "GW-28")
def test_a_private_domain_is_told_with_the_place() -> None:
    private = Domain("p.example.com", (Mapped("in", "prod"),), id="abc1", associated_endpoints=["vpce-0f1e"])
    api = shop(private, endpoint="PRIVATE")
    assert destination_of(api, "/in/x", "p.example.com") == CallDestination(api.stages[0], "/x", private)


@pytest.mark.rule("GW-28", "MSG-1")
def test_a_message_about_a_host_or_a_base_path_shows_control_characters_as_escapes() -> None:
    api = shop(Domain("*.example.com", (Mapped("a\x1b", "v1", "z9"),)))
    error = refused(RequestError, lambda: destination_of(api, "/", "evil\x1b[2J.example.org\u202e"))
    assert error.message == "evil\\x1b[2J.example.org\\u202e is not a domain name of the API a1b2c3"
    error = refused(RequestError, lambda: destination_of(api, "/a\x1b", "b.example.com"))
    assert error.message == "`/a\\x1b` of *.example.com leads to the API z9, not to a1b2c3"
    assert refused(RequestError, lambda: destination_of(api, "/", "é.example.org")).message.startswith(
        "é.example.org is"
    )


@pytest.mark.rule("GW-28")
def test_two_domains_have_two_names() -> None:
    first, second = Domain("a.example.com", (Mapped("", "v1"),)), Domain("A.example.com", (Mapped("", "v2"),))
    expected = Refusal("two domains are called 'a.example.com'", rule="GW-28")
    assert refused(UsageError, lambda: shop(first, second)) == expected


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(("one", "other", "shown"), [("v1", "/v1/", "v1"), ("", "(none)", ""), ("a/b", "a/b", "a/b")])
def test_a_base_path_leads_to_one_stage(one: str, other: str, shown: str) -> None:
    found = refused(UsageError, lambda: Domain("a.example.com", (Mapped(one, "v1"), Mapped(other, "v2"))))
    message = f"mappings of a.example.com has the base path {shown!r} twice"
    assert found == Refusal(message, advice="keep one of them", rule="GW-28")
    assert len(Domain("a.example.com", (Mapped("v1", "v1"), Mapped("V1", "v2"), Mapped("v1/v1", "v1"))).mappings) == 3


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    ("name", "message", "advice"),
    [
        (
            "other.example.com",
            "other.example.com is not a domain name of the API a1b2c3",
            "its custom domains: shop.example.com; its own host: a1b2c3.execute-api.eu-west-1.…",
        ),
        (
            "z9y8x7.execute-api.eu-west-1.amazonaws.com",
            "z9y8x7.execute-api.eu-west-1.amazonaws.com is the host of the API z9y8x7, not of a1b2c3",
            "call that API",
        ),
        (
            "a1b2c3.execute-api.us-east-1.amazonaws.com",
            "a1b2c3.execute-api.us-east-1.amazonaws.com is a host in us-east-1, and the API a1b2c3 is in eu-west-1",
            "an API has hosts in its own region",
        ),
        (
            "a1b2c3-vpce-0f1e.execute-api.eu-west-1.amazonaws.com",
            "a1b2c3-vpce-0f1e.execute-api.eu-west-1.amazonaws.com is a host of private APIs, and a1b2c3 is REGIONAL",
            "only a private API has hosts at a VPC endpoint",
        ),
        (
            "vpce-0f1e-x.execute-api.eu-west-1.vpce.amazonaws.com",
            "vpce-0f1e-x.execute-api.eu-west-1.vpce.amazonaws.com is a host of private APIs, and a1b2c3 is REGIONAL",
            "only a private API has hosts at a VPC endpoint",
        ),
    ],
)
def test_a_host_that_is_none_of_the_apis_is_refused(name: str, message: str, advice: str) -> None:
    found_refusal = refused(RequestError, lambda: destination_of(shop(SHOP), "/prod/x", name))
    assert found_refusal == Refusal(message, "<domain_name>:1:1", name, advice, "GW-28")


@pytest.mark.rule("GW-28")
def test_an_api_without_domains_says_so() -> None:
    found_refusal = refused(RequestError, lambda: destination_of(shop(), "/", "x.example.com"))
    assert found_refusal.advice == "its custom domains: none; its own host: a1b2c3.execute-api.eu-west-1.…"


HOST = "A1B2C3.execute-api.eu-west-1.amazonaws.com"


@pytest.mark.rule("GW-28", "GW-6")
def test_on_its_own_host_the_stage_comes_first() -> None:
    api = shop()
    assert placed(api, "/v1/a/b", HOST) == ("v1", "/a/b", None)
    assert placed(api, "/v1", HOST) == ("v1", "/", None)
    assert placed(api, "/v1/", HOST) == ("v1", "/", None)
    assert placed(api, "/V1/a", HOST) == NoDestination(
        "`/V1` names no stage of a1b2c3, which has prod, v1, v2, v3", 403
    )
    assert placed(api, "/", HOST) == NoDestination("`/` names no stage of a1b2c3, which has prod, v1, v2, v3", 403)
    assert placed(shop(kind="WEBSOCKET"), "/v2", HOST) == ("v2", "/", None)


@pytest.mark.rule("GW-28", "GW-6")
def test_on_its_own_host_an_http_api_falls_back_to_its_default_stage() -> None:
    api = shop(kind="HTTP", stages=["$default", "v1"])
    assert placed(api, "/v1/a", HOST) == ("v1", "/a", None)
    assert placed(api, "/v2/a", HOST) == ("$default", "/v2/a", None)
    assert placed(api, "/", HOST) == ("$default", "/", None)
    assert placed(shop(kind="HTTP", stages=["v1"]), "/a", HOST) == NoDestination(
        "`/a` names no stage of a1b2c3, which has v1", 404
    )
    assert placed(shop(kind="HTTP", stages=["v1", "$default"]), "/a", HOST) == ("$default", "/a", None)


@pytest.mark.rule("GW-19", "GW-28")
@pytest.mark.parametrize(
    "host",
    [
        "a1b2c3.execute-api.eu-west-1.amazonaws.com",
        "a1b2c3-vpce-0f1e.execute-api.eu-west-1.amazonaws.com",
        "vpce-0f1e-x-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com",
    ],
)
def test_a_private_api_has_three_hosts(host: str) -> None:
    assert placed(shop(endpoint="PRIVATE"), "/v1/a", host) == ("v1", "/a", None)


@pytest.mark.rule("GW-9", "GW-28")
def test_hosts_of_other_partitions() -> None:
    api = shop(region="cn-north-1")
    assert placed(api, "/v1/a", "a1b2c3.execute-api.cn-north-1.amazonaws.com.cn") == ("v1", "/a", None)


@pytest.mark.rule("GW-28")
def test_without_a_domain_name_a_call_goes_to_the_apis_stage() -> None:
    assert placed(shop(SHOP), "/v1/a") == ("prod", "/v1/a", None)
    assert placed(shop(kind="WEBSOCKET"), "") == ("prod", "", None)
    assert placed(shop(Domain("a.example.com", (Mapped("", "v1"),)), kind="WEBSOCKET"), "", "a.example.com") == (
        "v1",
        "/",
        "a.example.com",
    )


@pytest.mark.rule("GW-2")
@pytest.mark.parametrize("domain_name", [None, "shop.example.com"])
def test_a_place_asks_for_a_path(domain_name: str | None) -> None:
    found_refusal = refused(RequestError, lambda: destination_of(shop(SHOP), "/x?y", domain_name))
    assert (found_refusal.at, found_refusal.underlined, found_refusal.rule) == ("<path>:1:1", "/x?y", "GW-2")


def test_a_domain_name_is_a_text() -> None:
    number: Any = 7
    assert refused(UsageError, lambda: destination_of(shop(SHOP), "/", number)) == Refusal(
        "domain_name is a text, found 7, an int"
    )


# Laws

SEGMENTS = st.sampled_from(["a", "b", "{x}"])
ROUTE_PATHS = st.builds(
    lambda head, greedy: "/" + "/".join([*head, *greedy]),
    st.lists(SEGMENTS, max_size=3),
    st.sampled_from([[], ["{y+}"]]),
)
KEYS = st.builds("{} {}".format, st.sampled_from(["GET", "POST", "ANY"]), ROUTE_PATHS)
TABLES = st.lists(KEYS, max_size=6, unique=True)
CALLS = st.tuples(
    st.sampled_from(["GET", "POST", "PUT"]),
    st.lists(st.sampled_from("abc"), max_size=4).map(lambda segments: "/" + "/".join(segments)),
)


def descend(keys: Sequence[str], method: str, here: str, left: Sequence[str]) -> str | None:
    """The first route on a walk down the tree of resources: at each, text before {x} before {y+}, with a way back."""
    if not left:
        return next((key for key in (f"{method} {here or '/'}", f"ANY {here or '/'}") if key in keys), None)
    first, *rest = left
    for below, remaining in ((f"{here}/{first}", rest), (f"{here}/{{x}}", rest), (f"{here}/{{y+}}", [])):
        key = descend(keys, method, below, remaining)
        if key is not None:
            return key
    return None


@pytest.mark.rule("GW-26")
@given(keys=TABLES, call=CALLS)
def test_a_rest_api_walks_down_its_tree(keys: list[str], call: tuple[str, str]) -> None:
    method, path = call
    assert found(api_of("REST", *keys), method, path) == descend(
        keys, method, "", path.split("/")[1:] if path != "/" else []
    )


@pytest.mark.rule("GW-26")
@given(keys=TABLES, default=st.booleans(), call=CALLS)
def test_an_http_api_looks_for_full_matches_first(keys: list[str], default: bool, call: tuple[str, str]) -> None:
    method, path = call
    left = path.split("/")[1:] if path != "/" else []
    full, greedy = [key for key in keys if "+" not in key], [key for key in keys if "+" in key]
    expected = descend(full, method, "", left) or descend(greedy, method, "", left)
    everything = [*keys, "$default"] if default else keys
    assert found(api_of("HTTP", *everything), method, path) == (expected or ("$default" if default else None))


@pytest.mark.rule("GW-26")
@pytest.mark.parametrize("kind", ["REST", "HTTP"])
@given(keys=TABLES, call=CALLS, data=st.data())
def test_placeholders_put_in_give_the_path_and_the_order_of_routes_does_not_matter(
    kind: ApiTypeName, keys: list[str], call: tuple[str, str], data: st.DataObject
) -> None:
    method, path = call
    match = find_route(api_of(kind, *keys), method, path)
    shuffled = data.draw(st.permutations(keys))
    assert found(api_of(kind, *shuffled), method, path) == (None if match is None else match.route.key)
    if match is None:
        assert why_no_route(api_of(kind, *keys), method, path)
        return
    told = match.route.path.replace("{y+}", match.parameters.get("y", ""))
    if told.count("{x}") <= 1:
        assert told.replace("{x}", match.parameters.get("x", "")) == path


@pytest.mark.rule("GW-28")
@given(
    bases=st.lists(st.lists(st.sampled_from("ab"), max_size=3).map("/".join), max_size=5, unique=True),
    segments=st.lists(st.sampled_from("abc"), max_size=4),
)
def test_base_path_and_what_is_left_make_the_path(bases: list[str], segments: list[str]) -> None:
    stages = [f"s{index}" for index in range(len(bases))] or ["none"]
    mappings = tuple(Mapped(base, stage) for base, stage in zip(bases, stages, strict=False))
    place = placed(shop(Domain("a.example.com", mappings), stages=stages), "/" + "/".join(segments), "a.example.com")
    fitting = [base for base in bases if f"{'/'.join(segments)}/".startswith(f"{base}/") or not base]
    if not fitting:
        assert isinstance(place, NoDestination)
        return
    assert not isinstance(place, NoDestination)
    longest = max(fitting, key=len)
    assert place[0] == stages[bases.index(longest)]
    assert [*filter(None, longest.split("/")), *filter(None, place[1].split("/"))] == segments


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    ("path", "host", "noted"),
    [
        ("/ping", "x.example.com", True),
        ("/sping", "x.example.com", True),
        ("/pinging", "x.example.com", False),
        ("/prod/ping", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", False),
    ],
)
def test_the_paths_of_the_health_check_have_a_note_by_a_custom_domain(path: str, host: str, noted: bool) -> None:
    api = Api(
        id="a1b2c3d4e5",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        routes=[Route("GET", "/{proxy+}")],
        domains=[Domain("x.example.com", (Mapped("", "prod"),))],
    )
    response = api.invoke("GET", path, domain_name=host)
    assert response.allowed
    assert any("health check" in note for note in response.notes) is noted
