"""Identity sources: what an authorizer reads of a call, and when a call gets 401 before the function runs (AUT-4)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.cache import CacheKey, ttl_of
from execpolicy.gateway.authorizers.incoming_call import CONDITION_KEYS, IncomingCall
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.gateway.model.validation_expression.expression import may_match_a_part, read_expression

#: The notation of each type of API: a prefix, and where it reads. Advice shows the first.
_NOTATIONS: dict[ApiType, dict[str, str]] = {
    ApiType.REST: {
        "method.request.header.": "header",
        "method.request.querystring.": "query",
        "method.request.multivalueheader.": "header",
        "method.request.multivaluequerystring.": "query",
        "stageVariables.": "stage",
        "context.": "context",
    },
    ApiType.HTTP: {
        "$request.header.": "header",
        "$request.querystring.": "query",
        "$stageVariables.": "stage",
        "$context.": "context",
    },
    ApiType.WEBSOCKET: {
        "route.request.header.": "header",
        "route.request.querystring.": "query",
        "stageVariables.": "stage",
        "context.": "context",
    },
}


class IdentitySourceValues(NamedTuple):
    """The values of the identity sources of an authorizer for one call, in their order.

    ``values`` has None for a source that the call lacks. ``missing`` names those sources and the empty ones,
    ``unknown`` the context variables that are not given and that the call has or may have. ``refusal`` says why the
    call gets 401 before the function is called or the cache is read, or is None; ``doubt`` says why it may get 401, and
    ``keys`` are the condition keys that decide it. ``key`` is the key in the cache; None if a source has no value.
    """

    values: tuple[str | None, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    refusal: str | None
    key: CacheKey | None
    doubt: str | None = None
    keys: tuple[str, ...] = ()
    #: Whether the refusal depends on the reading that an expression matches the whole token.
    assumed: bool = False


def read_identity_sources(authorizer: Authorizer, api_type: ApiType, call: IncomingCall) -> IdentitySourceValues:
    """Read the identity sources of an authorizer, and check whether the call has what is required (AUT-4).

    Args:
        authorizer: the authorizer, of any type.
        api_type: the type of its API.
        call: the call; ``with_api_context`` adds the context variables that follow from API and route.

    Raises:
        UsageError: a source is not in the notation of this type of API, or this type has no such authorizer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

    >>> tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    >>> read_identity_sources(tokens, ApiType.REST, IncomingCall("GET", "/", {"authorization": "letmein"})).values
    ('letmein',)
    >>> read_identity_sources(tokens, ApiType.REST, IncomingCall("GET", "/")).refusal
    'the authorizer tokens reads method.request.header.Authorization, which the call does not have or has empty'
    """
    if authorizer.type is AuthorizerType.TOKEN and api_type is not ApiType.REST:
        raise UsageError(f"{authorizer.name} is a TOKEN authorizer: only REST APIs have those", rule="AUT-1")
    if len(authorizer.identity_sources) == 1 and authorizer.validation_expression is None:
        # Most authorizers read one header.
        (only,) = authorizer.identity_sources
        where, name = _place(authorizer, api_type, only)
        sent = call.header(name) if where == "header" else ()
        if any(sent):
            return IdentitySourceValues((_shown(sent, only, api_type),), (), (), None, (sent,))
    values: list[str | None] = []
    missing: list[str] = []
    unknown: list[str] = []
    doubtful: dict[str, tuple[str, ...]] = {}
    key: list[tuple[str, ...]] = []
    for source in authorizer.identity_sources:
        where, name = _place(authorizer, api_type, source)
        found = _found(call, where, name)
        values.append(_shown(found, source, api_type) if found else None)
        key.append(found)
        if any(found):
            continue
        if where != "context" or (call.complete and name not in call.always):
            missing.append(source)
            continue
        unknown.append(source)
        if name not in call.always:
            doubtful[source] = CONDITION_KEYS.get(name, ())
    refusal = _refusal(authorizer, api_type, values, missing)
    sources = IdentitySourceValues(
        tuple(values), tuple(missing), tuple(unknown), refusal, None if missing or unknown else tuple(key)
    )
    if refusal is not None:
        return sources._replace(assumed=_is_assumed(authorizer, values, missing))
    if doubtful and needs_sources(authorizer, api_type):
        doubt = f"the authorizer {authorizer.name} reads {', '.join(doubtful)}, which is not known to be in the call"
        return sources._replace(doubt=doubt, keys=tuple(name for names in doubtful.values() for name in names))
    return sources


def values_at(authorizer: Authorizer, api_type: ApiType, call: IncomingCall, source: str) -> tuple[str, ...]:
    """All values of a call at one identity source, in order.

    Raises:
        UsageError: the source is not in the notation of this type of API.
    """
    where, name = _place(authorizer, api_type, source)
    return _found(call, where, name)


@lru_cache(maxsize=256)
def _place_in(api_type: ApiType, source: str) -> tuple[str, str] | None:
    """Where a source reads, and the name there; None if it is not in the notation of this type of API."""
    for prefix, where in _NOTATIONS[api_type].items():
        name = source.removeprefix(prefix)
        if name != source and name and "," not in name:
            return where, name
    return None


def _place(authorizer: Authorizer, api_type: ApiType, source: str) -> tuple[str, str]:
    found = _place_in(api_type, source)
    if found is not None and (found[0] == "header" or authorizer.type is not AuthorizerType.TOKEN):
        return found
    notations = _NOTATIONS[api_type]
    shown = " or ".join(f"{prefix}NAME" for prefix in notations)
    if authorizer.type is AuthorizerType.TOKEN:
        shown = "method.request.header.NAME"
    raise UsageError(
        f"found the identity source {source!r} of {authorizer.name}, expected {shown}",
        advice=_advice(api_type, source),
        rule="AUT-4",
    )


def _advice(api_type: ApiType, source: str) -> str:
    if "," in source:
        return "give each source as an item of its own"
    if ".path." in source:
        return "a path parameter cannot be an identity source"
    for other, notations in _NOTATIONS.items():
        if other is not api_type and any(source.startswith(prefix) for prefix in notations):
            return f"that is how {other} APIs write it, this is a {api_type} API"
    return "write the name after the prefix as it is"


def _found(call: IncomingCall, where: str, name: str) -> tuple[str, ...]:
    if where == "header":
        return call.header(name)
    if where == "query":
        return call.parameter(name)
    value = call.stage_variables.get(name) if where == "stage" else call.variable(name)
    return () if value is None else (str(value),)


def _shown(found: tuple[str, ...], source: str, api_type: ApiType) -> str:
    """The value that the function receives: REST and WebSocket APIs use the last one unless a source is multi-value."""
    if api_type is ApiType.HTTP or ".multivalue" in source:
        return ",".join(found)
    return found[-1]


def _refusal(authorizer: Authorizer, api_type: ApiType, values: list[str | None], missing: list[str]) -> str | None:
    if missing and needs_sources(authorizer, api_type):
        return f"the authorizer {authorizer.name} reads {', '.join(missing)}, which the call does not have or has empty"
    expression = authorizer.validation_expression
    if authorizer.type is not AuthorizerType.TOKEN or expression is None:
        return None
    # The message does not contain the token, which is a secret.
    if not read_expression(expression).matches(values[0] or ""):
        return (
            f"the token does not match {expression!r} of the authorizer {authorizer.name}: the whole token must match"
        )
    return None


def _is_assumed(authorizer: Authorizer, values: list[str | None], missing: list[str]) -> bool:
    """Whether a token is refused because a part of it matches, and not the whole."""
    expression = authorizer.validation_expression
    of_token = authorizer.type is AuthorizerType.TOKEN and expression is not None and not missing
    return of_token and may_match_a_part(expression or "", values[0] or "")


def needs_sources(authorizer: Authorizer, api_type: ApiType) -> bool:
    """Whether a call needs all sources: always, except for REQUEST authorizers of REST APIs without a cache (AUT-4)."""
    if authorizer.type is AuthorizerType.REQUEST and api_type is ApiType.REST:
        return ttl_of(authorizer, api_type) > 0
    return True
