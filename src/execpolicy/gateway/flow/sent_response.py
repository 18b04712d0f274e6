"""The response that API Gateway itself sends: status, headers and body (MSG-5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from execpolicy._base.frozen import Frozen


class SentResponse(Frozen):
    """A response that API Gateway sends without the integration: a refusal, or the answer to a preflight.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    >>> from execpolicy import Api
    >>> api = Api(
    ...     id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages="prod", routes="GET /pets"
    ... )
    >>> sent = api.invoke("GET", "/cats").sent
    >>> sent.status, sent.headers["x-amzn-errortype"], sent.body
    (403, 'MissingAuthenticationTokenException', b'{"message":"Missing Authentication Token"}')
    """

    __slots__ = ("_headers", "body", "complete", "status")
    #: The HTTP status.
    status: int
    #: The body; None where it is not known.
    body: bytes | None
    #: Whether headers and body are all that is sent, but for what each real response has (a date, ids). It is false
    #: where the API sets the gateway response itself, whose headers and other members of the body are not modelled, for
    #: the answer to a preflight, and where AWS's header is not known.
    complete: bool
    _headers: tuple[tuple[str, str], ...]

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes | None, *, complete: bool) -> None:
        self._set(status=status, body=body, complete=complete, _headers=tuple(headers.items()))

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that the outcome determines, with names in small letters."""
        return MappingProxyType(dict(self._headers))

    def _identity(self) -> tuple[Any, ...]:
        return self.status, self._headers, self.body, self.complete

    def _shown(self) -> str:
        shown = (
            f"status={self.status!r}, headers={dict(self._headers)!r}, body={self.body!r}, complete={self.complete!r}"
        )
        return f"SentResponse({shown})"


def preflight_answer() -> SentResponse:
    """The answer to a preflight; its headers are those of the CORS configuration, which is not modelled."""
    return SentResponse(204, {}, b"", complete=False)
