"""The kinds of tokens that authorizers of tokens take, and what a token cannot be at once (AUT-7, AUT-8, AUT-9).

Whether a call presents a token of a kind is a dimension. A call sends one token to a place, and a token has one issuer;
a token of a user pool is an ID token or an access token, and has one ``aud``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.calls.matching_texts import only_texts, text_for
from execpolicy.gateway.authorizers.claims import pool_issuer
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.validation_expression.expression import read_expression

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.authorizer import Authorizer, Claim
    from execpolicy.gateway.model.route import Route

#: Whether a token has a scope, or is of a kind, one bit each.
HAS_SCOPE, LACKS_SCOPE = 1, 2
_EITHER = HAS_SCOPE | LACKS_SCOPE
#: What a Cognito authorizer takes of a user pool, by whether the route has scopes (AUT-7).
_ID, _ACCESS = "id", "access"
#: The number of seconds after the time of the call at which its token expires.
_VALID_FOR = 3600
#: Where an authorizer of tokens without an identity source reads the token (AUT-4).
_USUAL_PLACE = ("method.request.header.authorization",)


class TokenKind(NamedTuple):
    """One kind of tokens that an authorizer takes: those of a user pool, or of an issuer for an audience.

    Attributes:
        issuer: the claim ``iss``.
        places: where the token is sent, in lower case: another authorizer may read it elsewhere.
        audience: the audience of a JWT authorizer.
        claims: the other claims that it asks for.
        use: of a user pool, whether they are ID tokens or access tokens.
        expression: the validation expression that the claim ``aud`` of a token of a user pool matches.
    """

    issuer: str
    places: tuple[str, ...]
    audience: str = ""
    claims: tuple[Claim, ...] = ()
    use: str = ""
    expression: str | None = None


def token_kinds(authorizer: Authorizer, route: Route) -> tuple[TokenKind, ...]:
    """The kinds of tokens that an authorizer of tokens takes for a route."""
    places = _places(authorizer)
    if authorizer.user_pools:
        use = _ACCESS if route.scopes else _ID
        return tuple(
            TokenKind(pool_issuer(pool), places, use=use, expression=authorizer.validation_expression)
            for pool in authorizer.user_pools
        )
    return tuple(
        TokenKind(issuer.url, places, audience, tuple(issuer.claims))
        for issuer in authorizer.issuers
        for audience in issuer.audiences
    )


def _places(authorizer: Authorizer) -> tuple[str, ...]:
    return tuple(each.lower() for each in authorizer.identity_sources) or _USUAL_PLACE


def kinds_of(api: ApiDefinition) -> Iterator[TokenKind]:
    """The kinds of tokens that the routes of an API take."""
    for route in api.routes:
        if api.auth_of(route) in (AuthType.COGNITO_USER_POOLS, AuthType.JWT) and route.authorizer is not None:
            yield from token_kinds(api.authorizer(route.authorizer), route)


def kind_dimension(kind: TokenKind) -> str:
    """The name of the dimension of whether a token is of a kind. Two authorizers that take it take the same tokens."""
    return f"token of {kind!r}"


def scope_dimension(authorizer: Authorizer, scope: str) -> str:
    """The name of the dimension of a scope of the token that an authorizer reads: a call sends one token there."""
    return f"scope {scope} of the token in {_places(authorizer)!r}"


def impossible_tokens(apis: Iterable[ApiDefinition]) -> Iterator[Box]:
    """What no token is: of two issuers, an ID token and an access token, of a part of a kind and not of the kind."""
    kinds = dict.fromkeys(kind for api in apis for kind in kinds_of(api))
    for one, other in permutations(kinds, 2):
        if one.places != other.places:
            continue
        if one.issuer != other.issuer or (one.use and other.use and one.use != other.use):
            yield {kind_dimension(one): HAS_SCOPE, kind_dimension(other): HAS_SCOPE}
        elif _is_part(one, other):
            yield {kind_dimension(one): HAS_SCOPE, kind_dimension(other): LACKS_SCOPE}


def _is_part(one: TokenKind, other: TokenKind) -> bool:
    """Whether every token of one kind is known to be of another one: what it asks of ``aud`` is more."""
    if one.expression is None or other._replace(expression=one.expression) != one:
        return False
    texts = only_texts(one.expression)
    return other.expression is None or (
        texts is not None and all(map(read_expression(other.expression).matches, texts))
    )


def is_never_good(kind: TokenKind) -> bool:
    """Whether no good token is of a kind: access tokens have no ``aud`` that an expression could match (AUT-7)."""
    return kind.use == _ACCESS and kind.expression is not None


def presented_kind(authorizer: Authorizer, route: Route, box: Box) -> TokenKind | None:
    """The first kind of tokens of an authorizer that the calls of a box present."""
    kinds = token_kinds(authorizer, route)
    return next((each for each in kinds if box.get(kind_dimension(each), _EITHER) & HAS_SCOPE), None)


def claims_of(
    route: Route, authorizer: Authorizer, box: Box, now: float, apis: Iterable[ApiDefinition]
) -> Mapping[str, object] | None:
    """The claims of a good token of the calls of a box; None if they present none, or none is found.

    Args:
        route: the route that the calls reach.
        authorizer: its authorizer.
        box: the calls.
        now: the time of the call.
        apis: the API, or its versions: what the token must not be for another one counts too.
    """
    kind = presented_kind(authorizer, route, box)
    if kind is None:
        return None
    claims: dict[str, object] = {"exp": int(now) + _VALID_FOR, "iss": kind.issuer}
    if route.scopes:
        wanted = (scope for scope in route.scopes if box.get(scope_dimension(authorizer, scope), HAS_SCOPE) & HAS_SCOPE)
        claims["scope"] = " ".join(wanted)
    if kind.use:
        return _with_audience({**claims, "token_use": kind.use}, kind, box, apis)
    more = {claim.name: claim.expected[0] if claim.expected else "x" for claim in kind.claims if claim.required}
    return {**claims, **more, "aud": kind.audience}


def _with_audience(
    claims: dict[str, object], kind: TokenKind, box: Box, apis: Iterable[ApiDefinition]
) -> Mapping[str, object] | None:
    """The claims of a token of a user pool with an ``aud`` that the right validation expressions match."""
    alike: Sequence[TokenKind] = [
        each
        for each in dict.fromkeys((kind, *(each for api in apis for each in kinds_of(api))))
        if each.expression is not None and each._replace(expression=None) == kind._replace(expression=None)
    ]
    values = {str(each.expression): box.get(kind_dimension(each), _EITHER) for each in alike}
    if kind.expression is not None:
        values[kind.expression] = HAS_SCOPE
    matched = [each for each, value in values.items() if value == HAS_SCOPE]
    if not values or (kind.use == _ACCESS and not matched):
        return claims
    text = text_for(matched, [each for each, value in values.items() if value == LACKS_SCOPE], ("client",))
    return None if text is None else {**claims, "aud": text}
