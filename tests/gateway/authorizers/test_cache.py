"""The cache of authorizers' answers: sequences of calls with their times."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import UsageError
from execpolicy.api import Api
from execpolicy.gateway.authorizers.cache import AuthorizerCache, CachedAnswer, CacheKey, ttl_of
from execpolicy.gateway.authorizers.identity_sources import read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, with_api_context
from execpolicy.gateway.authorizers.output import AuthorizerOutput
from execpolicy.gateway.model.authorizer import Authorizer, Issuer
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.literals import ApiTypeName
from tests.refused import Refusal, refused

REST_SOURCE, HTTP_SOURCE = "method.request.header.Authorization", "$request.header.Authorization"
ANN, BOB = (("ann",),), (("bob",),)


def tokens(ttl: int | None = None, name: str = "tokens") -> Authorizer:
    return Authorizer(name, type="TOKEN", identity_sources=[REST_SOURCE], ttl=ttl)


def people(*sources: str, ttl: int | None = None) -> Authorizer:
    return Authorizer("people", type="REQUEST", identity_sources=sources, ttl=ttl)


def an_api(api_type: ApiTypeName = "REST", **more: Any) -> Api:
    parts: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stage": "prod"}
    return Api(type=api_type, stages=["prod", "beta"], **{**parts, **more})


def answer(principal: str = "ann") -> AuthorizerOutput:
    return AuthorizerOutput.parse({"principalId": principal, "policyDocument": {"Statement": []}})


API, TOKENS, ANSWER = an_api(), tokens(), answer()


def filled(
    *, at: float = 0, authorizer: Authorizer = TOKENS, api: Api = API, key: CacheKey | None = ANN
) -> AuthorizerCache:
    cache = AuthorizerCache()
    cache.store(api, authorizer, key, at, output=ANSWER, method="GET", path="/a")
    return cache


# How long


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize(
    ("authorizer", "api_type", "seconds"),
    [
        (tokens(), ApiType.REST, 300),
        (tokens(0), ApiType.REST, 0),
        (tokens(1), ApiType.REST, 1),
        (tokens(3600), ApiType.REST, 3600),
        (people(REST_SOURCE), ApiType.REST, 300),
        (people(REST_SOURCE, ttl=60), ApiType.REST, 60),
        (people(HTTP_SOURCE), ApiType.HTTP, 0),
        (people(HTTP_SOURCE, ttl=60), ApiType.HTTP, 60),
        (people("route.request.header.Authorization", ttl=60), ApiType.WEBSOCKET, 0),
        # Nothing would tell one caller's answer from another's.
        (people(), ApiType.REST, 0),
        (people(), ApiType.HTTP, 0),
        (
            Authorizer(
                "pool",
                type="COGNITO_USER_POOLS",
                identity_sources=[REST_SOURCE],
                user_pools=["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x"],
            ),
            ApiType.REST,
            0,
        ),
        (
            Authorizer(
                "jwt", type="JWT", identity_sources=[HTTP_SOURCE], issuers=[Issuer("https://id.example", ("a",))]
            ),
            ApiType.HTTP,
            0,
        ),
    ],
)
def test_how_long_an_answer_is_cached(authorizer: Authorizer, api_type: ApiType, seconds: int) -> None:
    assert ttl_of(authorizer, api_type) == seconds


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize(
    ("ttl", "later", "found"),
    [(None, 0, True), (None, 299.9, True), (None, 300, False), (1, 0.5, True), (1, 1, False), (3600, 3599, True)],
)
def test_an_answer_is_found_until_its_time_is_over(ttl: int | None, later: float, found: bool) -> None:
    authorizer = tokens(ttl)
    cache = filled(at=1000, authorizer=authorizer)

    hit = cache.lookup(API, authorizer, ANN, 1000 + later)

    expected = CachedAnswer(ANSWER, "GET", "/a", 1000, 1000 + (300 if ttl is None else ttl))
    assert hit == (expected if found else None)


@pytest.mark.rule("AUT-5")
def test_an_answer_is_not_there_before_it_was_given() -> None:
    assert filled(at=1000).lookup(API, TOKENS, ANN, 999.9) is None


@pytest.mark.rule("AUT-5")
def test_finding_an_answer_does_not_make_it_last_longer() -> None:
    cache = filled(at=0)

    assert cache.lookup(API, TOKENS, ANN, 299) is not None
    assert cache.lookup(API, TOKENS, ANN, 300) is None


@pytest.mark.rule("AUT-5")
def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    cache = filled(at=0)
    assert cache.store(API, TOKENS, ANN, 200, output=answer("ann2"), method="POST", path="/b")

    hit = cache.lookup(API, TOKENS, ANN, 450)

    assert hit == CachedAnswer(answer("ann2"), "POST", "/b", 200, 500)
    assert len(cache) == 1


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize(
    ("authorizer", "api"),
    [(tokens(0), API), (people(HTTP_SOURCE), an_api("HTTP")), (people("context.x", ttl=60), an_api("WEBSOCKET"))],
    ids=["REST with ttl 0", "HTTP by default", "WebSocket"],
)
def test_without_a_cache_nothing_is_kept_or_found(authorizer: Authorizer, api: Api) -> None:
    cache = AuthorizerCache()

    assert cache.store(api, authorizer, ANN, 0, output=ANSWER, method="GET", path="/a") is False
    assert cache.lookup(api, authorizer, ANN, 0) is None
    assert len(cache) == 0


@pytest.mark.rule("AUT-5")
def test_a_cache_that_was_switched_off_since_finds_nothing() -> None:
    assert filled().lookup(API, tokens(0), ANN, 1) is None


# Which calls


@pytest.mark.rule("AUT-5")
def test_an_answer_is_for_the_same_values_alone() -> None:
    cache = filled()

    assert cache.lookup(API, TOKENS, BOB, 1) is None
    assert cache.lookup(API, TOKENS, (("ann", "ann"),), 1) is None
    assert cache.lookup(API, TOKENS, (("ann",), ("ann",)), 1) is None


@pytest.mark.rule("AUT-5")
def test_a_call_that_lacks_a_value_neither_fills_nor_finds() -> None:
    cache = AuthorizerCache()

    assert cache.store(API, TOKENS, None, 0, output=ANSWER, method="GET", path="/a") is False
    assert cache.lookup(API, TOKENS, None, 0) is None


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize(
    ("api", "authorizer", "stage"),
    [
        (API, TOKENS, "beta"),
        (an_api(stage="beta"), TOKENS, None),
        (API, tokens(name="others"), None),
        (an_api(id="other1"), TOKENS, None),
        (an_api(region="eu-west-2"), TOKENS, None),
        (an_api(account="444455556666"), TOKENS, None),
    ],
    ids=["stage told", "stage of the API", "authorizer", "API", "region", "account"],
)
def test_an_answer_is_for_one_authorizer_and_stage(api: Api, authorizer: Authorizer, stage: str | None) -> None:
    assert filled().lookup(api, authorizer, ANN, 1, stage=stage) is None


@pytest.mark.rule("AUT-5")
def test_the_stage_that_calls_go_to_may_be_told() -> None:
    cache = AuthorizerCache()
    cache.store(API, TOKENS, ANN, 0, output=ANSWER, method="GET", path="/a", stage="beta")

    assert cache.lookup(API, TOKENS, ANN, 1) is None
    assert cache.lookup(API, TOKENS, ANN, 1, stage="beta") is not None
    assert cache.lookup(an_api(stage="beta"), TOKENS, ANN, 1) is not None
    assert filled().lookup(API, TOKENS, ANN, 1, stage="prod") is not None


@pytest.mark.rule("AUT-5")
def test_a_policy_was_cached_for_another_call() -> None:
    authorizer = tokens()
    cache = AuthorizerCache()
    first = read_identity_sources(authorizer, ApiType.REST, IncomingCall("GET", "/a", {"Authorization": "letmein"}))
    other = read_identity_sources(authorizer, ApiType.REST, IncomingCall("POST", "/b", {"authorization": "letmein"}))

    cache.store(API, authorizer, first.key, 0, output=ANSWER, method="GET", path="/a")
    hit = cache.lookup(API, authorizer, other.key, 10)

    assert hit is not None
    assert hit.call == "GET /a"
    assert hit.output is ANSWER


@pytest.mark.rule("AUT-5")
def test_a_call_without_a_path_is_told_by_its_key() -> None:
    assert CachedAnswer(ANSWER, "$connect", "", 0, 1).call == "$connect"


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize(("sources", "shared"), [((HTTP_SOURCE,), True), ((HTTP_SOURCE, "$context.routeKey"), False)])
def test_an_http_api_shares_answers_among_routes_unless_the_route_key_is_a_source(
    sources: tuple[str, ...], shared: bool
) -> None:
    authorizer = people(*sources, ttl=60)
    api = an_api("HTTP", routes=[Route("GET", "/a"), Route("POST", "/b")])
    cache = AuthorizerCache()
    keys = [
        read_identity_sources(
            authorizer,
            ApiType.HTTP,
            with_api_context(
                IncomingCall(route.method, route.path, {"Authorization": "letmein"}), api, api.stage, route
            ),
        ).key
        for route in api.routes
    ]
    yes = AuthorizerOutput.parse({"isAuthorized": True}, api_type="HTTP", payload_format="2.0", simple_responses=True)

    assert cache.store(api, authorizer, keys[0], 0, output=yes, method="GET", path="/a")
    hit = cache.lookup(api, authorizer, keys[1], 1)

    assert (hit is not None and hit.output.is_authorized is True) is shared


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize("thrown", ["Unauthorized", ValueError("no"), None], ids=repr)
def test_failures_are_not_cached(thrown: object) -> None:
    cache = filled()
    failed = AuthorizerOutput.parse(thrown)

    assert cache.store(API, TOKENS, BOB, 0, output=failed, method="GET", path="/a") is False
    assert cache.lookup(API, TOKENS, BOB, 0) is None
    # What is there stays there.
    assert cache.store(API, TOKENS, ANN, 10, output=failed, method="GET", path="/a") is False
    assert cache.lookup(API, TOKENS, ANN, 10) == CachedAnswer(ANSWER, "GET", "/a", 0, 300)


# Bounds, threads, wrong use


@pytest.mark.rule("AUT-5")
def test_the_oldest_answers_go_first() -> None:
    cache = AuthorizerCache(size=2)
    for moment, name in enumerate(["a", "b", "a", "c"]):
        cache.store(API, TOKENS, ((name,),), moment, output=ANSWER, method="GET", path="/")

    assert [name for name in "abc" if cache.lookup(API, TOKENS, ((name,),), 5) is not None] == ["a", "c"]
    assert len(cache) == 2
    assert repr(cache) == "<AuthorizerCache: 2 of 2>"


@pytest.mark.rule("AUT-5")
def test_a_flush_forgets_everything() -> None:
    cache = filled()
    cache.flush()

    assert len(cache) == 0
    assert cache.lookup(API, TOKENS, ANN, 1) is None


@pytest.mark.rule("AUT-5")
def test_threads_may_share_a_cache() -> None:
    size, workers, rounds = 8, 8, 300
    cache = AuthorizerCache(size=size)

    def work(worker: int) -> int:
        wrong = 0
        for turn in range(rounds):
            name = f"{(worker * 7 + turn) % 12}"
            cache.store(API, TOKENS, ((name,),), turn % 100, output=answer(name), method="GET", path=f"/{name}")
            hit = cache.lookup(API, TOKENS, ((name,),), 150)
            wrong += hit is not None and (hit.output.principal_id, hit.path) != (name, f"/{name}")
            wrong += len(cache) > size + 1
        return wrong

    with ThreadPoolExecutor(workers) as pool:
        assert sum(pool.map(work, range(workers))) == 0
    assert len(cache) == size


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize("now", [None, "0", True, math.nan, math.inf, 10**400], ids=range(6))
def test_a_cache_needs_the_time_of_each_call(now: Any) -> None:
    cache = AuthorizerCache()
    shown = "a number out of range" if now == 10**400 else repr(now)
    said = Refusal(f"a cache needs the time of each call, in seconds, found {shown}", advice="give now=…", rule="AUT-5")

    assert refused(UsageError, lambda: cache.lookup(API, TOKENS, ANN, now)) == said
    assert (
        refused(UsageError, lambda: cache.store(API, TOKENS, ANN, now, output=ANSWER, method="GET", path="/")) == said
    )


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize("size", [0, -1, True, 1.5, "9"], ids=repr)
def test_a_cache_holds_at_least_one_answer(size: Any) -> None:
    said = refused(UsageError, lambda: AuthorizerCache(size=size))

    assert said == Refusal(f"size is a number of outputs, at least 1, found {size!r}")


_STEPS = st.lists(
    st.tuples(st.sampled_from(["store", "lookup"]), st.sampled_from(["a", "b"]), st.integers(0, 40)), max_size=20
)


@pytest.mark.rule("AUT-5")
@given(_STEPS, st.integers(0, 20))
def test_a_sequence_of_calls_finds_what_was_stored_last_and_is_not_over(
    steps: list[tuple[str, str, int]], ttl: int
) -> None:
    authorizer, cache = tokens(ttl), AuthorizerCache()
    stored: dict[str, int] = {}
    for what, name, now in steps:
        if what == "store":
            cache.store(API, authorizer, ((name,),), now, output=answer(name), method="GET", path="/")
            stored[name] = now
            continue
        hit = cache.lookup(API, authorizer, ((name,),), now)
        expected = name in stored and stored[name] <= now < stored[name] + ttl
        assert (hit is not None) is expected
        if hit is not None:
            assert (hit.stored_at, hit.output.principal_id) == (stored[name], name)
