"""Routes: what a call must match, and the authorization that it requires."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import flag, text, text_or_none, texts
from execpolicy.gateway.model.names import AuthType, one_of

if TYPE_CHECKING:
    from execpolicy.literals import AuthTypeName


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
