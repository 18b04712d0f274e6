"""Routes: what a call must match, and the authorization that it requires."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import NO_LISTS, flag, instances, text, text_or_none, texts
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import ApiType, AuthType, one_of

if TYPE_CHECKING:
    from execpolicy.literals import AuthTypeName

_DEFAULT = "$default"


class Route(Frozen):
    """A route: what it matches, and the authorization that it requires.

    Args:
        method: ``GET``, …, or ``ANY``; for a WebSocket API the route key (``$connect``), without a path.
        path: the path as the API declares it: ``/orders/{id}``, ``/{proxy+}``; ``$default`` for the default route of an
            HTTP API.
        auth: the authorization type; by default that of its authorizer, else NONE.
        authorizer: the name of its authorizer.
        scopes: OAuth scopes; a token must have one of them.
        api_key_required: whether it requires an API key (REST APIs, and ``$connect`` of WebSocket APIs).

    Raises:
        UsageError: an argument is of the wrong type. ``Api`` checks whether the route fits the API.
        RequestError: UTF-8 cannot encode a text.

    >>> Route("GET", "/orders/{id}", auth="AWS_IAM").key
    'GET /orders/{id}'
    """

    __slots__ = ("api_key_required", "auth", "authorizer", "method", "path", "scopes")
    method: str
    path: str
    auth: AuthType | None
    authorizer: str | None
    scopes: tuple[str, ...]
    api_key_required: bool

    def __init__(
        self,
        method: str,
        path: str = "",
        *,
        auth: AuthType | AuthTypeName | None = None,
        authorizer: str | None = None,
        scopes: str | Iterable[str] = (),
        api_key_required: bool = False,
    ) -> None:
        self._set(
            method=text(method, "a route's method"),
            path=text(path, "a route's path"),
            auth=None if auth is None else one_of(AuthType, auth, "a route's auth"),
            authorizer=text_or_none(authorizer, "authorizer"),
            scopes=texts(scopes, "scopes"),
            api_key_required=flag(api_key_required, "api_key_required"),
        )

    @property
    def key(self) -> str:
        """The route key: method and path, or a WebSocket API's key."""
        return f"{self.method} {self.path}" if self.path else self.method


def parts_of_key(key: str, api_type: ApiType) -> tuple[str, str] | None:
    """Method and path of a route key; a WebSocket API has route keys without a path. None for any other text.

    >>> parts_of_key("GET /orders/{id}", ApiType.REST)
    ('GET', '/orders/{id}')
    """
    if api_type is ApiType.WEBSOCKET or (key == _DEFAULT and api_type is ApiType.HTTP):
        return key, ""
    method, _, path = key.partition(" ")
    return (method, path) if path.startswith("/") and " " not in path else None


def read_routes_given(given: object, api_type: ApiType) -> tuple[Route, ...]:
    """The routes that an API is given: each a Route, or its key as in a file of an API; one key is a list of one.

    Args:
        given: the routes.
        api_type: the type of the API.

    Raises:
        UsageError: they are anything else, or a text is not the key of a route of such an API.
    """
    if isinstance(given, str):
        given = (given,)
    if isinstance(given, Iterable) and not isinstance(given, NO_LISTS):
        given = tuple(_route_of(each, api_type) if isinstance(each, str) else each for each in given)
    return instances(given, Route, "routes")


def _route_of(key: str, api_type: ApiType) -> Route:
    parts = parts_of_key(text(key, "each of routes"), api_type)
    if parts is None:
        raise UsageError(
            f"found the route {quoted(key)}, expected a method and a path",
            advice="write it as GET /orders/{id}, with one space between method and path",
        )
    return Route(*parts)
