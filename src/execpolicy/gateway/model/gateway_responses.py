"""Gateway responses that a REST API sets itself (MSG-4)."""

from __future__ import annotations

from typing import Self

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import described, text, text_or_none
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import UsageError

#: AWS's own text of a gateway response, in a message.
OWN_TEXT = "$context.error.messageString"
#: All gateway responses that a REST API can set; the last two apply to those that it does not set.
SETTABLE = (
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
    *("INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE"),
    *("RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
    *("DEFAULT_4XX", "DEFAULT_5XX"),
)
#: The statuses of HTTP.
_STATUSES = range(100, 600)


class _CustomGatewayResponse(NamedTuple):
    response_type: str
    status: int | None
    message: str | None


class CustomGatewayResponse(_CustomGatewayResponse):
    """A gateway response that a REST API sets itself, with a status, a message or both (MSG-4).

    Args:
        response_type: such as ``ACCESS_DENIED``; ``DEFAULT_4XX`` and ``DEFAULT_5XX`` apply to those that are not set.
        status: the status, from 100 to 599; None is the status that AWS has for it.
        message: the message in the body, in which ``$context.error.messageString`` stands for AWS's own text. None is a
            body without a message.

    Raises:
        UsageError: an argument is of the wrong type, there is no such gateway response, or nothing is set.
        RequestError: UTF-8 cannot encode a text.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    >>> CustomGatewayResponse("UNAUTHORIZED", status=403).status
    403
    """

    __slots__ = ()

    def __new__(cls, response_type: str, status: int | None = None, message: str | None = OWN_TEXT) -> Self:
        kind, own = text(response_type, "a gateway response"), text_or_none(message, "message")
        if kind not in SETTABLE:
            raise UsageError(
                f"found {quoted(kind)} as a gateway response", advice=did_you_mean(kind, SETTABLE), rule="MSG-4"
            )
        if status is not None and (isinstance(status, bool) or not isinstance(status, int)):
            raise UsageError(f"status is a number, found {described(status)}", rule="MSG-4")
        if status is not None and status not in _STATUSES:
            raise UsageError(f"status is from 100 to 599, found {status!r}", rule="MSG-4")
        if status is None and own == OWN_TEXT:
            raise UsageError(f"{kind} sets nothing", advice="give it a status or a message", rule="MSG-4")
        return super().__new__(cls, kind, None if status is None else int(status), own)
