"""The cache of a stage of a REST API, as far as its invalidation bears on authorization (GW-24)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import unknown_text, with_unknown_in_words
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.apis.properties import Properties
from execpolicy.loaders.cloudformation.stack import Stack

_ALL_PATHS: Final = "/*"
_ALL: Final = "*"
_IGNORED: Final = (
    *("CacheDataEncrypted", "CacheTtlInSeconds", "DataTraceEnabled", "LoggingLevel", "MetricsEnabled"),
    *("ThrottlingBurstLimit", "ThrottlingRateLimit"),
)


def cache_members(stack: Stack, described: Properties, stage: Text) -> dict[str, Node | None]:
    """The members of a stage of an API file that follow from its cache; none if it has no cache.

    CloudFormation cannot say whether invalidating the cache needs a permission: with a cache that is not known.

    Args:
        stack: the template.
        described: the properties that describe the stage.
        stage: the name of the stage.
    """
    settings = _settings(described)
    if not described.is_true("CacheClusterEnabled"):
        return {}
    at = described.at("CacheClusterEnabled")
    what = f"requireAuthorizationForCacheControl of the stage {with_unknown_in_words(stage.value)}"
    reason = "CloudFormation cannot set it: see the settings of the stage that is deployed (GW-24)"
    stack.unknown(what, reason, at)
    everywhere = described.flag("CachingEnabled")
    if everywhere is not None and "*/*" not in settings:
        settings["*/*"] = (everywhere.start, everywhere.end, object_at({"cached": everywhere}, everywhere))
    members: dict[str, Node | None] = {"cache_needs_permission": text_at(unknown_text(what), at)}
    if settings:
        place = described.at("MethodSettings")
        members["method_settings"] = JsonObject(settings, place.start, place.end)
    return members


def _settings(described: Properties) -> dict[str, Member]:
    """Whether the responses of methods are cached, by path and method as in an API file."""
    found: dict[str, Member] = {}
    for each in described.each("MethodSettings", ("CachingEnabled", "HttpMethod", "ResourcePath"), _IGNORED):
        cached, method, path = each.flag("CachingEnabled"), each.text("HttpMethod"), each.text("ResourcePath")
        if cached is None:
            continue
        if not each.must("HttpMethod", "ResourcePath") or method is None or path is None:
            continue
        key = f"{_ALL if path.value == _ALL_PATHS else _path(path.value)}/{method.value}"
        if key in found:
            message = f"found the settings of {quoted(with_unknown_in_words(key))} twice"
            each.report("ResourcePath", message, "keep one of them")
        found.setdefault(key, (path.start, path.end, object_at({"cached": cached}, path)))
    return found


def _path(written: str) -> str:
    """The path of a resource, in which CloudFormation writes the slashes as ``~1``, after one slash.

    >>> _path("/~1orders~1{id}"), _path("/"), _path("/orders")
    ('/orders/{id}', '/', '/orders')
    """
    path = written.removeprefix("/").replace("~1", "/")
    return f"/{path.lstrip('/')}"
