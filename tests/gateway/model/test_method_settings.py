"""What a stage sets for the cache of a method: its own settings, then those of all methods, then the stage (GW-24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import Api, CacheRefusal, MethodSetting, Route, Stage, UsageError
from execpolicy.gateway.model.method_settings import CacheSettings, place_of_key
from tests.gateway.small_api import small_api
from tests.refused import refused

FAIL, WARN = CacheRefusal.FAIL_WITH_403, CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER


def settings_of(*given: MethodSetting, method: str = "GET", declared: str | None = None) -> CacheSettings:
    """What applies to a method of /a, on a stage that requires the permission."""
    stage = Stage("prod", cache_needs_permission=True, method_settings=given)
    return stage.cache_of(Route(declared or method, "/a"), method)


@pytest.mark.rule("GW-24")
@pytest.mark.parametrize(
    ("given", "method", "expected"),
    [
        ((), "GET", (True, True, FAIL)),
        ((), "POST", (False, True, FAIL)),
        ((MethodSetting("*", "*", cached=True),), "POST", (False, True, FAIL)),
        ((MethodSetting("*", "*", cached=False),), "GET", (False, True, FAIL)),
        ((MethodSetting("*", "*", cache_needs_permission=False),), "GET", (True, False, FAIL)),
        ((MethodSetting("/a", "POST", cached=True),), "POST", (True, True, FAIL)),
        ((MethodSetting("/b", "POST", cached=True),), "POST", (False, True, FAIL)),
        ((MethodSetting("/a", "POST", cached=True),), "GET", (True, True, FAIL)),
        ((MethodSetting("/a", "GET", cached=False), MethodSetting("*", "*", cached=True)), "GET", (False, True, FAIL)),
        (
            (MethodSetting("*", "*", None, False, WARN), MethodSetting("/a", "PUT", True, True)),
            "PUT",
            (True, True, WARN),
        ),
    ],
)
def test_the_settings_of_a_method_precede_those_of_all(
    given: tuple[MethodSetting, ...], method: str, expected: tuple[bool, bool, CacheRefusal]
) -> None:
    assert settings_of(*given, method=method) == expected
    assert settings_of(*reversed(given), method=method) == expected


@pytest.mark.rule("GW-24")
def test_the_settings_of_the_method_that_is_called_precede_those_of_any() -> None:
    given = (MethodSetting("/a", "POST", cached=True), MethodSetting("/a", "ANY", False, False))
    assert settings_of(*given, method="POST", declared="ANY") == (True, False, FAIL)
    assert settings_of(*given, method="GET", declared="ANY") == (False, False, FAIL)
    # Settings of ANY are not those of a method that is declared by itself.
    assert settings_of(*given, method="POST") == (True, True, FAIL)


@pytest.mark.rule("GW-24")
@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("*/*", ("*", "*")),
        ("/orders/{id}/GET", ("/orders/{id}", "GET")),
        ("~1orders~1{id}/GET", ("/orders/{id}", "GET")),
        ("//GET", ("/", "GET")),
        ("~1/GET", ("/", "GET")),
    ],
)
def test_a_key_has_a_path_and_a_method(key: str, place: tuple[str, str]) -> None:
    assert place_of_key(key) == place
    assert MethodSetting(*place, cached=True).key == key.replace("~1", "/")


NO_PLACE = "method settings are for the path of a resource and a method, or for * and *; found "


@pytest.mark.rule("GW-24")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MethodSetting("/a", "get", True), f"{NO_PLACE}'/a' and 'get'"),
        (lambda: MethodSetting("a", "GET", True), f"{NO_PLACE}'a' and 'GET'"),
        (lambda: MethodSetting("", "GET", True), f"{NO_PLACE}'' and 'GET'"),
        (lambda: MethodSetting("/a/", "GET", True), f"{NO_PLACE}'/a/' and 'GET'"),
        (lambda: MethodSetting("*", "GET", True), f"{NO_PLACE}'*' and 'GET'"),
        (lambda: MethodSetting("/a", "*", True), f"{NO_PLACE}'/a' and '*'"),
        (lambda: MethodSetting("/a", "GET"), "the settings of /a/GET set nothing"),
        (
            lambda: Stage("prod", method_settings=2 * [MethodSetting("/a", "GET", True)]),
            "method_settings has /a/GET twice",
        ),
    ],
)
def test_settings_that_aws_does_not_have(make: Callable[[], Any], message: str) -> None:
    error = refused(UsageError, make)
    assert (error.message, error.rule) == (message, "GW-24")


def api_with(setting: MethodSetting, **parts: Any) -> Api:
    return small_api(**{"stages": [Stage("prod", method_settings=[setting])], "routes": [Route("GET", "/a")], **parts})


@pytest.mark.rule("GW-24")
def test_which_settings_fit_an_api() -> None:
    post = MethodSetting("/a", "POST", cached=True)
    message = "method_settings of prod is for /a/POST, which is not a method of a1b2c3"
    assert refused(UsageError, lambda: api_with(post)).message == message
    assert refused(UsageError, lambda: api_with(post, type="HTTP")).message == (
        "method_settings are for REST APIs, a1b2c3 is HTTP"
    )
    assert api_with(post, routes=[Route("ANY", "/a")]).stage.method_settings == (post,)
    everywhere = MethodSetting("*", "*", cached=True)
    assert api_with(everywhere).stage.method_settings == (everywhere,)
    any_method = MethodSetting("/a", "ANY", cached=True)
    assert refused(UsageError, lambda: api_with(any_method)).rule == "GW-24"
