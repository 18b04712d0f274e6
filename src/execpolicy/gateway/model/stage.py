"""Stages and API keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import NamedTuple
from execpolicy.arguments import flag, instances, text, texts, texts_by_name
from execpolicy.errors import UsageError
from execpolicy.gateway.model.method_settings import CacheSettings, MethodSetting, cache_settings
from execpolicy.gateway.model.names import CacheRefusal, one_of
from execpolicy.gateway.model.route import Route

if TYPE_CHECKING:
    from execpolicy.literals import CacheRefusalName

#: The stage of an HTTP API that its URL does not name; literal text in the ARN (GW-6).
DEFAULT_STAGE = "$default"

_STAGE = re.compile(r"[A-Za-z0-9_-]{1,128}|\$default")


class Stage(Frozen):
    """A stage.

    Args:
        name: its name, ``$default`` for the stage of an HTTP API that its URL does not name.
        variables: its stage variables.
        cache_needs_permission: whether invalidating the cache needs ``execute-api:InvalidateCache`` (GW-24).
        cache_refusal: the response to a call without this permission.
        method_settings: what is set for all methods, or for single ones, a list of MethodSetting.

    Raises:
        UsageError: an argument is of the wrong type, the name is not valid for a stage, or a method has settings twice.
        RequestError: UTF-8 cannot encode a text.

    >>> Stage("prod").cache_needs_permission
    False
    """

    __slots__ = ("_variables", "cache_needs_permission", "cache_refusal", "method_settings", "name")
    name: str
    cache_needs_permission: bool
    cache_refusal: CacheRefusal
    method_settings: tuple[MethodSetting, ...]
    _variables: tuple[tuple[str, str], ...]

    def __init__(
        self,
        name: str,
        *,
        variables: Mapping[str, str] | None = None,
        cache_needs_permission: bool = False,
        cache_refusal: CacheRefusal | CacheRefusalName = CacheRefusal.FAIL_WITH_403,
        method_settings: Iterable[MethodSetting] = (),
    ) -> None:
        name = text(name, "a stage's name")
        if _STAGE.fullmatch(name) is None:
            raise UsageError(
                f"a stage's name has up to 128 letters, digits, _ and -, or is $default; found {name!r}", rule="GW-6"
            )
        self._set(
            name=name,
            _variables=tuple(texts_by_name(variables, "variables").items()),
            cache_needs_permission=flag(cache_needs_permission, "cache_needs_permission"),
            cache_refusal=one_of(CacheRefusal, cache_refusal, "cache_refusal"),
            method_settings=instances(method_settings, MethodSetting, "method_settings"),
        )
        keys = Counter(each.key for each in self.method_settings)
        twice, times = next(iter(keys.most_common(1)), ("", 0))
        if times > 1:
            raise UsageError(f"method_settings has {twice} twice", advice="keep one of them", rule="GW-24")

    def cache_of(self, route: Route, method: str, *, any_first: bool = False) -> CacheSettings:
        """What applies to the cache for a method of a route; with ``any_first`` by the other reading (GW-24)."""
        default = CacheSettings(True, self.cache_needs_permission, self.cache_refusal)
        declared = (method, route.method) if any_first else (route.method, method)
        return cache_settings(self.method_settings, default, route.path, method, declared)

    @property
    def variables(self) -> Mapping[str, str]:
        """Its stage variables."""
        return MappingProxyType(dict(self._variables))


class _ApiKey(NamedTuple):
    value: str
    stages: tuple[str, ...]
    enabled: bool


class ApiKey(_ApiKey):
    """An API key, and the stages of this API that its usage plans cover.

    Args:
        value: the key itself.
        stages: the names of the stages.
        enabled: whether it is enabled.

    Raises:
        UsageError: an argument is of the wrong type, or the key is empty.
        RequestError: UTF-8 cannot encode a text.

    >>> ApiKey("0123456789abcdef0123", stages=["prod"]).enabled
    True
    """

    __slots__ = ()

    def __new__(cls, value: str, stages: str | Iterable[str], enabled: bool = True) -> Self:
        value = text(value, "an API key's value")
        if not value:
            raise UsageError("an API key's value is empty", rule="AUT-6")
        return super().__new__(cls, value, texts(stages, "stages"), flag(enabled, "enabled"))
