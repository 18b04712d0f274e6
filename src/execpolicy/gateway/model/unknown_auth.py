"""Routes of which it is not known what they require: the route for each type of authorization (SRC-9).

Where the authorizer of a type is not known, a stand-in takes its place, all of whose settings are unknown.
"""

from __future__ import annotations

import json
from typing import Any

from execpolicy.document.syntax.wording import listed
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text, with_unknown_in_words
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.authorizer import Authorizer, Issuer
from execpolicy.gateway.model.names import ApiType, AuthorizerType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

#: Parts of an API by name, of which ``unknown_parts`` are added to those of the API.
ChangedParts = dict[str, Any]

_WITHOUT_AUTHORIZER = (AuthType.NONE, AuthType.AWS_IAM)
_WITH_SCOPES = (AuthType.COGNITO_USER_POOLS, AuthType.JWT)
#: The types that need an authorizer, by the type of the API.
_WITH_AUTHORIZER = {
    ApiType.REST: (AuthType.CUSTOM, AuthType.COGNITO_USER_POOLS, AuthType.JWT),
    ApiType.HTTP: (AuthType.CUSTOM, AuthType.JWT),
    ApiType.WEBSOCKET: (AuthType.CUSTOM,),
}
_SOURCES = {
    ApiType.REST: "method.request.header.Authorization",
    ApiType.HTTP: "$request.header.Authorization",
    ApiType.WEBSOCKET: "route.request.header.Authorization",
}
_POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_notknown"


def possible_auths(api: ApiParts, part: UnknownPart) -> tuple[AuthType, ...]:
    """The types of authorization that a route may have.

    Args:
        api: the API.
        part: what is not known of the route.
    """
    auth = json.loads(part.written).get("auth")
    if api.type is ApiType.WEBSOCKET and part.key != "$connect":
        return (AuthType.NONE,)
    if auth is None:  # its authorizer says it
        return _WITH_AUTHORIZER[api.type]
    if has_unknown(auth):
        return (*_WITHOUT_AUTHORIZER, *_WITH_AUTHORIZER[api.type])
    return (AuthType(auth),)


def parts_with_auth(api: ApiParts, part: UnknownPart, auth: AuthType) -> ChangedParts:
    """The parts of an API in which a route requires a type of authorization.

    Args:
        api: the API.
        part: what is not known of the route.
        auth: the type. Of one that needs no authorizer, authorizer and scopes have no effect.

    Raises:
        UsageError: the route has no authorizer of this type.
    """
    written = json.loads(part.written)
    parts: ChangedParts = {"unknown_parts": []}
    authorizer, scopes = None, []
    if auth not in _WITHOUT_AUTHORIZER:
        authorizer = _authorizer(api, part, auth, written.get("authorizer"), parts)
    if auth in _WITH_SCOPES:
        scopes = _scopes(part, written, parts)
    required = written.get("api_key_required", False)
    if isinstance(required, str):
        parts["unknown_parts"].append(_part(part, Concern.API_KEY_REQUIRED, required, "api_key_required"))
    has_key = required is True

    def changed(route: Route) -> Route:
        return Route(
            route.method, route.path, auth=auth, authorizer=authorizer, scopes=scopes, api_key_required=has_key
        )

    return {**parts, "routes": tuple(changed(each) if each.key == part.key else each for each in api.routes)}


def _authorizer(api: ApiParts, part: UnknownPart, auth: AuthType, name: object, parts: ChangedParts) -> str:
    """The name of the authorizer of a route; a stand-in is added to the parts."""
    if not isinstance(name, str):
        raise UsageError(f"{part.key} requires {auth} and names no authorizer", rule="GW-13")
    shown = with_unknown_in_words(name)
    known = next((each for each in api.authorizers if each.name == shown), None)
    if known is not None and known.type.auth is not auth:
        raise UsageError(f"{part.key} requires {auth}, and {shown} is {known.type}", rule="GW-13")
    if known is not None:
        if auth is AuthType.CUSTOM:
            parts["unknown_parts"].append(_part(part, Concern.OUTPUT, unknown_text(part.names[0])))
        return shown
    made = _stand_in(api.type, auth, f"the {auth} authorizer of {part.key} by {listed(part.names, 'and')}")
    parts["authorizers"] = (*api.authorizers, made)
    unknown = name if has_unknown(name) else unknown_text(part.names[0])
    settings = _part(part, Concern.AUTHORIZER, {"identity_sources": unknown}, key=made.name)
    parts["unknown_parts"].append(settings)
    return made.name


def _stand_in(api_type: ApiType, auth: AuthType, name: str) -> Authorizer:
    """A valid authorizer of a type, of which nothing may be read."""
    source = _SOURCES[api_type]
    if auth is AuthType.COGNITO_USER_POOLS:
        return Authorizer(name, type=AuthorizerType.COGNITO_USER_POOLS, identity_sources=source, user_pools=_POOL)
    if auth is AuthType.JWT:
        issuers = [Issuer("https://not-known.invalid", "not-known")]
        return Authorizer(name, type=AuthorizerType.JWT, identity_sources=source, issuers=issuers)
    if api_type is ApiType.REST:
        return Authorizer(name, type=AuthorizerType.TOKEN, identity_sources=source)
    return Authorizer(name, type=AuthorizerType.REQUEST, identity_sources=source)


def _scopes(part: UnknownPart, written: dict[str, Any], parts: ChangedParts) -> list[str]:
    """The scopes that are known; those that are not are added to the parts."""
    found = written.get("scopes", [])
    scopes = [found] if isinstance(found, str) else found
    if any(map(has_unknown, scopes)):
        parts["unknown_parts"].append(_part(part, Concern.SCOPES, scopes, "scopes"))
        return []
    return list(scopes)


def _part(part: UnknownPart, concern: Concern, written: object, *field: str, key: str | None = None) -> UnknownPart:
    """An unknown part of a completed route, by another one."""
    text = json.dumps(written, ensure_ascii=False)
    names = unknown_names(text) or part.names
    path = (*part.path, *field)
    return UnknownPart(
        names, concern, key=part.key if key is None else key, path=path, written=json.dumps(written), place=part.place
    )
