"""Authorizers: Lambda functions, Cognito user pools, issuers of JSON web tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.arguments import flag, text, text_or_none, texts_or_none
from execpolicy.errors import UsageError
from execpolicy.frozen import Frozen
from execpolicy.gateway.expression import ExpressionError, read_expression
from execpolicy.gateway.names import AuthorizerType, one_of

#: How long the answer of a REST API's function is cached unless told, and how long it may be, in seconds (AUT-5).
REST_TTL = 300
LARGEST_TTL = 3600


class Claim(NamedTuple):
    """A claim that an issuer's tokens are asked for beyond the usual ones (AUT-9). No ``expected``: any value.

    >>> Claim("tier", expected=("gold",)).required
    False
    """

    name: str
    expected: tuple[str, ...] = ()
    required: bool = False


class Issuer(NamedTuple):
    """An issuer of tokens that an authorizer trusts, with the audiences that it takes from it.

    >>> Issuer("https://id.example", audiences=("orders",)).claims
    ()
    """

    url: str
    audiences: tuple[str, ...]
    claims: tuple[Claim, ...] = ()


class Authorizer(Frozen):
    """An authorizer.

    Args:
        name: what routes call it.
        type: TOKEN or REQUEST (Lambda functions), COGNITO_USER_POOLS or JWT.
        identity_sources: where it finds who calls, in API Gateway's own notation: ``method.request.header.X`` (REST),
            ``$request.header.X`` (HTTP), ``route.request.header.X`` (WebSocket).
        validation_expression: what a token must match, as a regular expression: the whole token of a TOKEN
            authorizer, the ``aud`` of a Cognito one.
        ttl: how long an answer is cached, in seconds, up to 3600; 0 is not at all. Not given: 300 for REST Lambda
            authorizers, 0 for others (AUT-5).
        payload_format: ``1.0`` or ``2.0``, the form of event and answer of an HTTP API's function.
        simple_responses: whether the function answers ``{"isAuthorized": …}`` (HTTP APIs, payload 2.0).
        issuers: of a JWT authorizer: an HTTP API has one.
        user_pools: of a Cognito authorizer: the ARNs of its user pools.

    Raises:
        UsageError: the parts do not go together.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html

    >>> Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"]).ttl is None
    True
    """

    __slots__ = (
        "identity_sources",
        "issuers",
        "name",
        "payload_format",
        "simple_responses",
        "ttl",
        "type",
        "user_pools",
        "validation_expression",
    )
    name: str
    type: AuthorizerType
    identity_sources: tuple[str, ...]
    validation_expression: str | None
    ttl: int | None
    payload_format: str
    simple_responses: bool
    issuers: tuple[Issuer, ...]
    user_pools: tuple[str, ...]

    def __init__(
        self,
        name: str,
        *,
        type: AuthorizerType | str,
        identity_sources: Iterable[str] = (),
        validation_expression: str | None = None,
        ttl: int | None = None,
        payload_format: str = "1.0",
        simple_responses: bool = False,
        issuers: Iterable[Issuer] = (),
        user_pools: Iterable[str] = (),
    ) -> None:
        kind = one_of(AuthorizerType, type, "an authorizer's type")
        if ttl is not None and (not isinstance(ttl, int) or isinstance(ttl, bool) or not 0 <= ttl <= LARGEST_TTL):
            raise UsageError(f"ttl is a number of seconds from 0 to {LARGEST_TTL}, found {ttl!r}", rule="AUT-5")
        if payload_format not in ("1.0", "2.0"):
            raise UsageError(f'payload_format is "1.0" or "2.0", found {payload_format!r}', rule="AUT-1")
        if simple_responses and payload_format != "2.0":
            raise UsageError("simple responses go with payload format 2.0", rule="AUT-2")
        self._set(
            name=text(name, "an authorizer's name"),
            type=kind,
            identity_sources=texts_or_none(identity_sources, "identity_sources") or (),
            validation_expression=text_or_none(validation_expression, "validation_expression"),
            ttl=ttl,
            payload_format=payload_format,
            simple_responses=flag(simple_responses, "simple_responses"),
            issuers=tuple(issuers),
            user_pools=texts_or_none(user_pools, "user_pools") or (),
        )
        self._check()

    def _check(self) -> None:
        if self.validation_expression is not None:
            try:
                read_expression(self.validation_expression)
            except ExpressionError as error:
                message = f"the validation expression of {self.name} {error.message}"
                raise UsageError(message, advice=error.advice, rule="AUT-4") from error
        if self.type is AuthorizerType.TOKEN and len(self.identity_sources) != 1:
            raise UsageError(f"{self.name} is a TOKEN authorizer: it has one identity source, a header", rule="AUT-4")
        if self.type is AuthorizerType.JWT and not self.issuers:
            raise UsageError(f"{self.name} is a JWT authorizer: it needs an issuer", rule="AUT-8")

    @property
    def is_lambda(self) -> bool:
        """Whether it is a Lambda function."""
        return self.type in (AuthorizerType.TOKEN, AuthorizerType.REQUEST)
