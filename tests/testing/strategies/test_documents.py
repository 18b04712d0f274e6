"""Documents, principals, callers, ARNs and calls: sound ones, and what Hypothesis knows of the types."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from execpolicy import Api, Caller, ExecuteApiArn, Policy, PolicyKind, Principal, Request, Route, UsageError
from execpolicy.testing import strategies
from execpolicy.testing.hypothesis_hook import register
from execpolicy.testing.strategies import CallNear
from tests.gateway.small_api import small_api
from tests.untyped import untyped

SEARCH = settings(max_examples=1_500, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


def api(*routes: Route, type: str = "REST") -> Api:
    return small_api(type=type, routes=routes)


@pytest.mark.parametrize("kind", PolicyKind)
def test_documents_of_every_kind_load(kind: PolicyKind) -> None:
    @settings(max_examples=50)
    @given(strategies.documents(kind))
    def loads(document: dict[str, object]) -> None:
        assert Policy.parse(document, kind=kind).to_document() == document

    loads()


def test_an_unknown_kind() -> None:
    with pytest.raises(UsageError, match='found "identiy" as the kind of a policy'):
        strategies.documents(untyped("identiy"))


@pytest.mark.parametrize("element", ["NotAction", "NotResource", "Condition"])
def test_every_element_comes_up(element: str) -> None:
    find(
        strategies.documents(),
        lambda document: isinstance(document["Statement"], dict) and element in document["Statement"],
        settings=SEARCH,
    )


def test_every_sort_of_principal_comes_up() -> None:
    for kind in ("user", "root", "anonymous", "service", "federated-user"):
        find(strategies.principals(), lambda principal, kind=kind: principal.kind == kind, settings=SEARCH)  # type: ignore[misc]  # mypy: a default of a lambda


@given(strategies.arns(region="us-gov-west-1", api_ids=["z9"], stages=["dev"], methods=["GET"]))
def test_arns_are_made_of_what_is_given(arn: ExecuteApiArn) -> None:
    assert str(arn).startswith("arn:aws-us-gov:execute-api:us-gov-west-1:111122223333:z9/dev/GET/")


@pytest.mark.parametrize("kind", [Policy, Principal, Caller, Request, ExecuteApiArn])
def test_hypothesis_knows_the_types(kind: type) -> None:
    register()

    @settings(max_examples=20)
    @given(st.from_type(kind))
    def is_of_the_type(value: object) -> None:
        assert isinstance(value, kind)

    is_of_the_type()


@pytest.mark.parametrize(
    ("route", "call"),
    [
        (Route("GET", "/orders/{id}"), CallNear("GET", "/orders/7")),
        (Route("GET", "/orders/{id}"), CallNear("GET", "/orders")),
        (Route("GET", "/orders/{id}"), CallNear("POST", "/orders/a")),
        (Route("ANY", "/{proxy+}"), CallNear("DELETE", "/7/7")),
        (Route("GET", "/"), CallNear("GET", "/")),
    ],
)
def test_calls_near_a_route(route: Route, call: CallNear) -> None:
    assert find(strategies.calls_near(api(route)), lambda near: near == call, settings=SEARCH) == call


def test_calls_near_the_default_route_of_an_http_api() -> None:
    @given(strategies.calls_near(api(Route("$default"), type="HTTP")))
    def begins_with_a_slash(call: CallNear) -> None:
        assert call.path.startswith("/")

    begins_with_a_slash()


def test_an_api_without_paths() -> None:
    with pytest.raises(UsageError, match="calls_near takes a REST or HTTP API with routes") as raised:
        strategies.calls_near(api(Route("$connect"), type="WEBSOCKET"))
    assert raised.value.advice == "the routes of a WebSocket API have no paths"
