"""What a call presents besides its signature: the answer of a Lambda authorizer, a token, an API key (ANA-3).

A Lambda authorizer may answer anything, so its answer is a dimension of its own. Two authorizers with equal definitions
give equal answers, others answer independently. The scopes of a token are dimensions too; everything else of a token is
good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.gateway.authorizers.cache import ttl_of
from execpolicy.gateway.authorizers.claims import pool_issuer
from execpolicy.gateway.model.names import ApiType, AuthorizerType, AuthType, KeySource

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.box import Box
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.authorizer import Authorizer, Claim
    from execpolicy.gateway.model.route import Route

#: The answers of a Lambda authorizer, one bit each: its policy allows the call, says nothing of it, or denies it.
ALLOWS, SAYS_NOTHING, DENIES = 1, 2, 4
ANY_ANSWER = ALLOWS | SAYS_NOTHING | DENIES
#: Whether a token has a scope, one bit each.
HAS_SCOPE, LACKS_SCOPE = 1, 2
#: The dimension of whether a call presents what a Lambda authorizer or the authorizer of a token reads, one bit each.
TOKEN = "token"
HAS_TOKEN, NO_TOKEN = 1, 2
#: The bit of what is good in each of these dimensions: an answer that allows, a scope, a token.
GOOD_ANSWERS = 1
#: The number of seconds after the time of the call at which its token expires.
_VALID_FOR = 3600
#: The time of a call whose time no condition reads.
_SOME_TIME = 1_800_000_000

_SOURCES = {
    "method.request.header.": "headers",
    "method.request.multivalueheader.": "headers",
    "$request.header.": "headers",
    "route.request.header.": "headers",
    "method.request.querystring.": "query",
    "method.request.multivaluequerystring.": "query",
    "$request.querystring.": "query",
    "route.request.querystring.": "query",
}


#: The fields of a Lambda authorizer that its answer depends on: which function it calls, what the function receives,
#: and in which form it answers. How long an answer is cached and who may call the function change no answer (ANA-3).
_ANSWER_FIELDS = (
    *("name", "type", "function_arn", "identity_sources", "validation_expression", "payload_format"),
    "simple_responses",
)


def answer_dimension(authorizer: Authorizer) -> str:
    """The name of the dimension of an authorizer's answer, the same for definitions that give equal answers."""
    return f"answer of {[getattr(authorizer, field) for field in _ANSWER_FIELDS]!r}"


def scope_dimension(authorizer: Authorizer, scope: str) -> str:
    """The name of the dimension of a scope of the token that an authorizer reads: a call sends one token there."""
    return f"scope {scope} of the token in {authorizer.identity_sources!r}"


class TokenKind(NamedTuple):
    """One kind of tokens that an authorizer takes: those of a user pool, or of an issuer for an audience.

    ``places`` are where the token is sent: another authorizer may read it elsewhere.
    """

    issuer: str
    places: tuple[str, ...]
    audience: str = ""
    claims: tuple[Claim, ...] = ()


def token_kinds(authorizer: Authorizer) -> tuple[TokenKind, ...]:
    """The kinds of tokens that an authorizer of tokens takes."""
    if authorizer.user_pools:
        return tuple(TokenKind(pool_issuer(pool), authorizer.identity_sources) for pool in authorizer.user_pools)
    return tuple(
        TokenKind(issuer.url, authorizer.identity_sources, audience, tuple(issuer.claims))
        for issuer in authorizer.issuers
        for audience in issuer.audiences
    )


def source_dimension(source: TokenKind) -> str:
    """The name of the dimension of whether a token is of a kind. Two authorizers that take it take the same tokens."""
    return f"token of {source!r}"


def dimensions_of(api: ApiDefinition) -> dict[str, int]:
    """The dimensions of what calls to an API present, each with all of its values."""
    found: dict[str, int] = {TOKEN: HAS_TOKEN | NO_TOKEN}
    for route in api.routes:
        kind = api.auth_of(route)
        if kind is AuthType.CUSTOM:
            found[answer_dimension(authorizer_of(api, route))] = ANY_ANSWER
        elif kind in (AuthType.COGNITO_USER_POOLS, AuthType.JWT):
            authorizer = authorizer_of(api, route)
            names = [scope_dimension(authorizer, scope) for scope in route.scopes]
            names += map(source_dimension, token_kinds(authorizer))
            found.update(dict.fromkeys(names, HAS_SCOPE | LACKS_SCOPE))
    return found


def needs_token(api: ApiDefinition, authorizer: Authorizer) -> bool:
    """Whether an authorizer lets no call through that presents nothing (AUT-4).

    A REQUEST authorizer may, if it reads only what every call has, such as a stage variable, or if its sources need not
    be there: those of a REST API without a cache.
    """
    if authorizer.type is not AuthorizerType.REQUEST:
        return True
    if api.type is ApiType.REST and not ttl_of(authorizer, api.type):
        return False
    return any(source.startswith(tuple(_SOURCES)) for source in authorizer.identity_sources)


def credentials(
    api: ApiDefinition, route: Route, box: Box, time: float | None, api_key: str | None = None
) -> dict[str, Any]:
    """The arguments of ``Api.invoke`` for what a call of a box presents.

    Args:
        api: the API.
        route: the route that the call reaches.
        box: the calls.
        time: the time of the call in seconds since 1970; None for any time.
        api_key: the API key of the call; None if it has none.
    """
    kind = api.auth_of(route)
    by_authorizer = api.api_key_source is KeySource.AUTHORIZER
    given: dict[str, Any] = {"headers": {}, "query": {}}
    if kind not in (AuthType.NONE, AuthType.AWS_IAM):
        authorizer = authorizer_of(api, route)
        is_lambda = kind is AuthType.CUSTOM
        if box.get(TOKEN, HAS_TOKEN) & HAS_TOKEN:
            if is_lambda or _source(authorizer, box) is not None:
                _add_sources(given, authorizer)
        elif needs_token(api, authorizer):
            return {}
        if is_lambda:
            output = _output(authorizer, _answer(box, authorizer))
            has_key = by_authorizer and api_key is not None and route.api_key_required
            given["authorizer_output"] = {**output, "usageIdentifierKey": api_key} if has_key else output
        else:
            source = _source(authorizer, box)
            if source is not None:
                now = _SOME_TIME if time is None else time
                given["claims"] = _claims(route, authorizer, source, box, now)
                given |= {} if time is not None else {"at": now}
    if route.api_key_required and api_key is not None and not by_authorizer:
        given["headers"]["x-api-key"] = api_key
    return {name: value for name, value in given.items() if value != {}}


def api_key_of(apis: Sequence[ApiDefinition], stage: str) -> str | None:
    """An API key that opens a stage, in all versions of an API if there is one; None if none is described."""
    found = [{each.value: None for each in api.api_keys if each.enabled and stage in each.stages} for api in apis]
    in_all = [key for key in found[0] if all(key in each for each in found)]
    return next(iter((*in_all, *(key for each in reversed(found) for key in each))), None)


def authorizer_of(api: ApiDefinition, route: Route) -> Authorizer:
    """The authorizer of a route that has one."""
    assert route.authorizer is not None, "a route with such an authorization names its authorizer"
    return api.authorizer(route.authorizer)


def _add_sources(given: dict[str, Any], authorizer: Authorizer) -> None:
    """Give each identity source of an authorizer a value."""
    for source in authorizer.identity_sources:
        for prefix, where in _SOURCES.items():
            if source.startswith(prefix):
                given[where][source.removeprefix(prefix)] = "x"


def _answer(box: Box, authorizer: Authorizer) -> int:
    """The best answer of a box: one that allows, else one that says nothing."""
    answers = box.get(answer_dimension(authorizer), ANY_ANSWER)
    return next(answer for answer in (ALLOWS, SAYS_NOTHING, DENIES) if answers & answer)


def _output(authorizer: Authorizer, answer: int) -> Mapping[str, Any]:
    """What the function of an authorizer returns for an answer."""
    if authorizer.simple_responses:
        return {"isAuthorized": answer == ALLOWS}
    statement = {
        "Effect": "Deny" if answer == DENIES else "Allow",
        "Action": "execute-api:Invoke",
        # Nothing else than a call to no API: the policy says nothing of the call.
        "Resource": "arn:aws:execute-api:*:*:none/none/GET/none" if answer == SAYS_NOTHING else "*",
    }
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def _source(authorizer: Authorizer, box: Box) -> TokenKind | None:
    """The first kind of tokens of an authorizer that the calls of a box present."""
    sources = token_kinds(authorizer)
    return next((each for each in sources if box.get(source_dimension(each), HAS_SCOPE) & HAS_SCOPE), None)


def _claims(route: Route, authorizer: Authorizer, source: TokenKind, box: Box, now: float) -> Mapping[str, object]:
    """The claims of a good token with the scopes of a box."""
    wanted = (scope for scope in route.scopes if box.get(scope_dimension(authorizer, scope), HAS_SCOPE) & HAS_SCOPE)
    claims: dict[str, object] = {"exp": int(now) + _VALID_FOR, "iss": source.issuer}
    if route.scopes:
        claims["scope"] = " ".join(wanted)
    if authorizer.user_pools:
        return {**claims, "token_use": "access" if route.scopes else "id"}
    more = {claim.name: claim.expected[0] if claim.expected else "x" for claim in source.claims if claim.required}
    return {**claims, **more, "aud": source.audience}
