"""Authorizers: Lambda functions, Cognito user pools, issuers of JSON web tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import NamedTuple
from execpolicy.arguments import flag, instances, one_among, text, text_or_none, texts
from execpolicy.document.unknown_value import known_parts, unknown_text
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import AuthorizerType, one_of
from execpolicy.gateway.model.validation_expression.expression import ExpressionError, read_expression

if TYPE_CHECKING:
    from execpolicy.literals import AuthorizerTypeName, PayloadFormat

#: The default time in the cache of REST APIs, and the longest one, in seconds (AUT-5).
REST_TTL = 300
LARGEST_TTL = 3600

#: An absolute URL without user, query and fragment.
_ISSUER = re.compile(r"https://[^\s/?#@]+(/[^\s?#]*)?")

#: The ARN of a Cognito user pool, whose parts name the issuer of its tokens (AUT-7).
USER_POOL = re.compile(
    "arn:(?P<partition>aws[a-z-]*):cognito-idp:(?P<region>[a-z0-9-]+):[0-9]{12}:userpool/(?P<id>[A-Za-z0-9_-]+)"
)

#: Claims that API Gateway checks itself; none of them can be an additional claim (AUT-9).
RESERVED_CLAIMS = ("iss", "aud", "exp", "nbf", "iat", "scope", "scp")

#: The fields of each type of authorizer.
FIELDS_OF_TYPE = {
    AuthorizerType.TOKEN: ("function_arn", "identity_sources", "validation_expression", "ttl", "invoke_permission"),
    AuthorizerType.REQUEST: (
        *("function_arn", "identity_sources", "ttl", "payload_format", "simple_responses"),
        "invoke_permission",
    ),
    AuthorizerType.COGNITO_USER_POOLS: ("identity_sources", "validation_expression", "user_pools"),
    AuthorizerType.JWT: ("identity_sources", "issuers"),
}

#: Values of fields that are not set. AWS accepts an expression or a ttl without effect for a REQUEST or Cognito
#: authorizer, but not for a JWT authorizer.
_UNSET = {
    "function_arn": None,
    "payload_format": "1.0",
    "simple_responses": False,
    "issuers": (),
    "user_pools": (),
    "invoke_permission": True,
}

#: What precedes the ARN of a function in the URI by which API Gateway invokes it, after ARN, partition and region.
_INVOCATION = ":lambda:path/2015-03-31/functions/"

#: The function of an authorizer of which a file does not say which one it is: not even another version of the file that
#: says the same means the same function.
UNKNOWN_FUNCTION = unknown_text("a function that is not known")


def function_of_uri(uri: str) -> str | None:
    """The ARN of the function in the URI by which API Gateway invokes it; None if it is no such URI.

    >>> arn = "arn:aws:lambda:us-east-1:123456789012:function:auth"
    >>> function_of_uri(f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations") == arn
    True
    """
    _, mark, rest = uri.partition(_INVOCATION)
    return rest.removesuffix("/invocations") if mark else None


class _Claim(NamedTuple):
    name: str
    expected: tuple[str, ...]
    required: bool


class Claim(_Claim):
    """A claim that the tokens of an issuer must or may have, beyond those that API Gateway always checks (AUT-9).

    Args:
        name: the name of the claim; not one that API Gateway checks itself.
        expected: the accepted values; without any, every value is accepted.
        required: whether a token must have the claim.

    Raises:
        UsageError: an argument is of the wrong type, or the claim is one that API Gateway checks itself.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer-create.html

    >>> Claim("tier", expected="gold").expected
    ('gold',)
    """

    __slots__ = ()

    def __new__(cls, name: str, expected: str | Iterable[str] = (), required: bool = False) -> Self:
        name = text(name, "name of a claim")
        if not name:
            raise UsageError("name of a claim is empty", rule="AUT-9")
        if name in RESERVED_CLAIMS:
            raise UsageError(
                f"name is {name!r}, a claim that API Gateway checks itself",
                advice=f"{', '.join(RESERVED_CLAIMS)} cannot be additional claims: leave it out",
                rule="AUT-9",
            )
        return super().__new__(cls, name, texts(expected, "expected"), flag(required, "required"))


class _Issuer(NamedTuple):
    url: str
    audiences: tuple[str, ...]
    claims: tuple[Claim, ...]


class Issuer(_Issuer):
    """An issuer of tokens that an authorizer trusts, with the accepted audiences.

    Args:
        url: the issuer as in the claim ``iss`` of a token, an ``https`` URL without a query.
        audiences: the audiences, at least one.
        claims: additional claims of its tokens (REST APIs), a list of Claim.

    Raises:
        UsageError: an argument is of the wrong type, or AWS accepts no such issuer.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer-create.html

    >>> Issuer("https://id.example", audiences="orders").audiences
    ('orders',)
    """

    __slots__ = ()

    def __new__(cls, url: str, audiences: str | Iterable[str], claims: Iterable[Claim] = ()) -> Self:
        url = text(url, "url of an issuer")
        if _ISSUER.fullmatch(url) is None:
            raise UsageError(
                f"url of an issuer is an https URL without query, fragment or user, found {url!r}",
                advice="write it as in the claim iss of the token, such as https://id.example.com/",
                rule="AUT-9",
            )
        known = texts(audiences, "audiences")
        if not known or "" in known:
            raise UsageError(
                f"audiences of an issuer are texts that are not empty, at least one, found {list(known)!r}",
                advice="a token must have one of these audiences",
                rule="AUT-9",
            )
        return super().__new__(cls, url, known, instances(claims, Claim, "claims"))


class Authorizer(Frozen):
    """An authorizer.

    Args:
        name: the name by which routes refer to it.
        type: TOKEN or REQUEST (Lambda functions), COGNITO_USER_POOLS or JWT.
        function_arn: the function of a TOKEN or REQUEST authorizer: its ARN, with the version or alias that is called,
            or the URI by which API Gateway invokes it. It decides no call: ``compare`` asks whether two versions call
            the same one. None if it is not given.
        identity_sources: the parts of a call that it reads, in the notation of API Gateway: ``method.request.header.X``
            (REST), ``$request.header.X`` (HTTP), ``route.request.header.X`` (WebSocket).
        validation_expression: a regular expression that must match the whole token of a TOKEN authorizer, or the
            ``aud`` of a Cognito token.
        ttl: how long output is cached, in seconds, up to 3600; 0 disables the cache. By default 300 for Lambda
            authorizers of REST APIs, 0 for others (AUT-5).
        payload_format: ``1.0`` or ``2.0``, the format of the event and the output (HTTP APIs).
        simple_responses: whether the function returns ``{"isAuthorized": …}`` (HTTP APIs, payload format 2.0).
        issuers: the issuers of a JWT authorizer; exactly one for an HTTP API.
        user_pools: the ARNs of the user pools of a Cognito authorizer, at least one.
        invoke_permission: whether API Gateway has the permission to invoke the function (AUT-10).

    Raises:
        UsageError: an argument is of the wrong type, or the parts do not fit together.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html

    >>> Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"]).ttl is None
    True

    A call to a route with a Cognito authorizer gives the claims of its token, which somebody else has verified, and its
    time. Which claims a token must have, by the type of the authorizer, is in docs/python.md.

    >>> from execpolicy import Api, Route
    >>> users = Authorizer("users", type="COGNITO_USER_POOLS", user_pools=
    ...     "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Shop")
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/me", authorizer="users")], authorizers=[users])
    >>> claims = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Shop", "token_use": "id",
    ...     "exp": 1790000000, "sub": "ann"}
    >>> response = api.invoke("GET", "/me", claims=claims, at="2026-03-01T12:00:00Z")
    >>> response.status, response.integration.authorizer["claims"]["sub"]
    (200, 'ann')
    >>> api.invoke("GET", "/me", claims=claims, at=1790000000).status
    401
    """

    __slots__ = (
        "function_arn",
        "identity_sources",
        "invoke_permission",
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
    function_arn: str | None
    identity_sources: tuple[str, ...]
    validation_expression: str | None
    ttl: int | None
    payload_format: PayloadFormat
    simple_responses: bool
    issuers: tuple[Issuer, ...]
    user_pools: tuple[str, ...]
    invoke_permission: bool

    def __init__(
        self,
        name: str,
        *,
        type: AuthorizerType | AuthorizerTypeName,
        function_arn: str | None = None,
        identity_sources: str | Iterable[str] = (),
        validation_expression: str | None = None,
        ttl: int | None = None,
        payload_format: PayloadFormat = "1.0",
        simple_responses: bool = False,
        issuers: Iterable[Issuer] = (),
        user_pools: str | Iterable[str] = (),
        invoke_permission: bool = True,
    ) -> None:
        kind = one_of(AuthorizerType, type, "an authorizer's type")
        if ttl is not None and (not isinstance(ttl, int) or isinstance(ttl, bool) or not 0 <= ttl <= LARGEST_TTL):
            raise UsageError(f"ttl is a number of seconds from 0 to {LARGEST_TTL}, found {ttl!r}", rule="AUT-5")
        form = one_among(payload_format, ("1.0", "2.0"))
        if form is None:
            raise UsageError(f'payload_format is "1.0" or "2.0", found {payload_format!r}', rule="AUT-1")
        if flag(simple_responses, "simple_responses") and form != "2.0":
            raise UsageError("simple responses require payload format 2.0", rule="AUT-2")
        self._set(
            name=text(name, "an authorizer's name"),
            type=kind,
            function_arn=_function_arn(function_arn),
            identity_sources=texts(identity_sources, "identity_sources"),
            validation_expression=text_or_none(validation_expression, "validation_expression"),
            ttl=ttl,
            payload_format=form,
            simple_responses=simple_responses,
            issuers=instances(issuers, Issuer, "issuers"),
            user_pools=texts(user_pools, "user_pools"),
            invoke_permission=flag(invoke_permission, "invoke_permission"),
        )
        self._check_expression()
        self._check_what_is_of_another_type()
        self._check_what_it_needs()

    def _check_expression(self) -> None:
        if self.validation_expression is not None:
            try:
                read_expression(self.validation_expression)
            except ExpressionError as error:
                message = f"the validation expression of {self.name} {error.message}"
                raise UsageError(message, advice=error.advice, rule="AUT-4") from error

    def _check_what_is_of_another_type(self) -> None:
        refused = [
            field
            for field, unset in _UNSET.items()
            if getattr(self, field) != unset and field not in FIELDS_OF_TYPE[self.type]
        ]
        if self.type is AuthorizerType.JWT:
            refused += [field for field in ("ttl", "validation_expression") if getattr(self, field) is not None]
        if refused:
            raise UsageError(
                f"{refused[0]} does not apply to {self.name}, which is of type {self.type}",
                advice="leave it out",
                rule="AUT-1",
            )

    def _check_what_it_needs(self) -> None:
        if self.type is AuthorizerType.TOKEN and len(self.identity_sources) != 1:
            raise UsageError(f"{self.name} is a TOKEN authorizer: it has one identity source, a header", rule="AUT-4")
        if self.type is AuthorizerType.JWT:
            self._check_issuers()
        if self.type is AuthorizerType.COGNITO_USER_POOLS:
            self._check_user_pools()
        if self.type is AuthorizerType.REQUEST and self.ttl and not self.identity_sources:
            raise UsageError(
                f"ttl is {self.ttl}, and {self.name} has no identity source for the key of its cache",
                advice="give identity_sources, or ttl=0",
                rule="AUT-5",
            )

    def _check_user_pools(self) -> None:
        if not self.user_pools:
            raise UsageError(f"{self.name} is a Cognito authorizer: it needs a user pool", rule="AUT-7")
        for pool in self.user_pools:
            if USER_POOL.fullmatch(pool) is None:
                raise UsageError(
                    f"user_pools of {self.name} are ARNs of Cognito user pools, found {pool!r}",
                    advice="such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE",
                    rule="AUT-7",
                )

    def _check_issuers(self) -> None:
        if not self.issuers:
            raise UsageError(f"{self.name} is a JWT authorizer: it needs an issuer", rule="AUT-8")
        urls = [issuer.url for issuer in self.issuers]
        twice = next((url for url in urls if urls.count(url) > 1), None)
        if twice is not None:
            raise UsageError(f"issuers of {self.name} has {twice!r} twice", advice="keep one of them", rule="AUT-9")

    @property
    def is_lambda(self) -> bool:
        """Whether it is a Lambda function."""
        return self.type in (AuthorizerType.TOKEN, AuthorizerType.REQUEST)


def _function_arn(given: str | None) -> str | None:
    """The ARN of the function that is given by it, or by the URI with it; any other text as it is."""
    written = text_or_none(given, "function_arn")
    if written is None:
        return None
    if not written or any(map(str.isspace, "".join(known_parts(written)))):
        raise UsageError(
            f"function_arn is the ARN of a Lambda function, found {written!r}",
            advice="such as arn:aws:lambda:eu-west-1:111122223333:function:tokens",
            rule="AUT-1",
        )
    return function_of_uri(written) or written
