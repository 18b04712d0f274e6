"""What a stage sets for its cache: for all methods, or for one method of a resource (GW-24)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import flag, text
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import CacheRefusal, one_of
from execpolicy.gateway.model.route import Route

if TYPE_CHECKING:
    from execpolicy.literals import CacheRefusalName

#: Path and method of what is set for all methods.
_ALL = "*"
_METHOD = re.compile("[A-Z]+")
_ANY = "ANY"


class CacheSettings(NamedTuple):
    """What applies to one method of a stage."""

    cached: bool
    needs_permission: bool
    refusal: CacheRefusal


class _MethodSetting(NamedTuple):
    path: str
    method: str
    cached: bool | None
    cache_needs_permission: bool | None
    cache_refusal: CacheRefusal | None


class MethodSetting(_MethodSetting):
    """What a stage sets for its cache, for one method of a resource or for all methods (GW-24).

    Args:
        path: the path of the resource, ``/orders/{id}``; ``*`` for all methods.
        method: ``GET``, …, or ``ANY`` if the resource declares it; ``*`` for all methods.
        cached: whether its responses are cached. For all methods it means the GET methods.
        cache_needs_permission: whether invalidating the cache needs ``execute-api:InvalidateCache``.
        cache_refusal: the response to a call without this permission.

    What is None is not set here.

    Raises:
        UsageError: an argument is of the wrong type, or nothing is set.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html

    >>> MethodSetting("/orders", "POST", cached=True).key
    '/orders/POST'
    """

    __slots__ = ()

    def __new__(
        cls,
        path: str,
        method: str,
        cached: bool | None = None,
        cache_needs_permission: bool | None = None,
        cache_refusal: CacheRefusal | CacheRefusalName | None = None,
    ) -> Self:
        path, method = text(path, "path"), text(method, "method")
        _check_place(path, method)
        if cached is None and cache_needs_permission is None and cache_refusal is None:
            raise UsageError(
                f"the settings of {path}/{method} set nothing",
                advice="give cached, cache_needs_permission or cache_refusal",
                rule="GW-24",
            )
        return super().__new__(
            cls,
            path,
            method,
            None if cached is None else flag(cached, "cached"),
            None if cache_needs_permission is None else flag(cache_needs_permission, "cache_needs_permission"),
            None if cache_refusal is None else one_of(CacheRefusal, cache_refusal, "cache_refusal"),
        )

    @property
    def key(self) -> str:
        """Path and method as AWS names them, with the slashes of the path as they are."""
        return f"{self.path}/{self.method}"

    def is_of(self, methods: Container[tuple[str, str]]) -> bool:
        """Whether it is for all methods, or for one of these, each a path and a method or ``ANY``."""
        return self.path == _ALL or (self.path, self.method) in methods or (self.path, _ANY) in methods


def methods_of(routes: Iterable[Route]) -> frozenset[tuple[str, str]]:
    """Path and method of each route."""
    return frozenset((route.path, route.method) for route in routes)


def place_of_key(key: str) -> tuple[str, str]:
    """Path and method of a key, in which AWS writes the slashes of a path as ``~1``.

    >>> place_of_key("~1orders~1{id}/GET")
    ('/orders/{id}', 'GET')
    """
    path, _, method = key.rpartition("/")
    return path.replace("~1", "/"), method


def cache_settings(
    settings: Iterable[MethodSetting], default: CacheSettings, path: str, method: str, declared: Iterable[str]
) -> CacheSettings:
    """What applies to a method of a path: its own settings precede those of all methods, and these the default.

    The settings of each method in ``declared`` precede those of the ones before it.
    """
    by_place = {(each.path, each.method): each for each in settings}
    everywhere = by_place.get((_ALL, _ALL))
    found = default if everywhere is None else _changed(default, everywhere)
    # For all methods, caching is that of GET.
    found = found._replace(cached=found.cached and method == "GET")
    for name in declared:
        own = by_place.get((path, name))
        if own is not None:
            found = _changed(found, own)
    return found


def _changed(settings: CacheSettings, by: MethodSetting) -> CacheSettings:
    return CacheSettings(
        settings.cached if by.cached is None else by.cached,
        settings.needs_permission if by.cache_needs_permission is None else by.cache_needs_permission,
        settings.refusal if by.cache_refusal is None else by.cache_refusal,
    )


def _check_place(path: str, method: str) -> None:
    if (path == _ALL) and (method == _ALL):
        return
    of_resource = path == "/" or (path.startswith("/") and not path.endswith("/"))
    if not of_resource or _METHOD.fullmatch(method) is None:
        raise UsageError(
            f"method settings are for the path of a resource and a method, or for * and *; found {path!r} and "
            f"{method!r}",
            advice='such as MethodSetting("/orders/{id}", "GET", …)',
            rule="GW-24",
        )
