"""API Gateway's names for types of APIs, endpoints, authorization and gateway responses."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from execpolicy.arguments import as_builtin, one_among
from execpolicy.document.syntax.wording import nearest
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.literals import EndpointAccessMode, IpAddressType


class ApiType(StrEnum):
    """The type of an API.

    >>> ApiType("HTTP").value
    'HTTP'
    """

    REST = "REST"
    HTTP = "HTTP"
    WEBSOCKET = "WEBSOCKET"


class EndpointType(StrEnum):
    """The type of an endpoint. Only REST APIs can be EDGE or PRIVATE.

    >>> EndpointType("PRIVATE").value
    'PRIVATE'
    """

    EDGE = "EDGE"
    REGIONAL = "REGIONAL"
    PRIVATE = "PRIVATE"


class AuthType(StrEnum):
    """The authorization type of a route.

    >>> AuthType("CUSTOM").value
    'CUSTOM'
    """

    NONE = "NONE"
    AWS_IAM = "AWS_IAM"
    #: A Lambda authorizer.
    CUSTOM = "CUSTOM"
    COGNITO_USER_POOLS = "COGNITO_USER_POOLS"
    JWT = "JWT"


class AuthorizerType(StrEnum):
    """The type of an authorizer; TOKEN and REQUEST are Lambda functions.

    >>> AuthorizerType("TOKEN").auth.value
    'CUSTOM'
    """

    TOKEN = "TOKEN"
    REQUEST = "REQUEST"
    COGNITO_USER_POOLS = "COGNITO_USER_POOLS"
    JWT = "JWT"

    @property
    def auth(self) -> AuthType:
        """The authorization type of a route that uses such an authorizer."""
        return AuthType.CUSTOM if self in (AuthorizerType.TOKEN, AuthorizerType.REQUEST) else AuthType(self.value)


class KeySource(StrEnum):
    """The source of API keys: the X-API-Key header or the output of the authorizer, never both (AUT-6).

    >>> KeySource("HEADER").value
    'HEADER'
    """

    HEADER = "HEADER"
    AUTHORIZER = "AUTHORIZER"


class CacheRefusal(StrEnum):
    """The response to a call that is not allowed to invalidate the cache (GW-24).

    >>> CacheRefusal("FAIL_WITH_403").value
    'FAIL_WITH_403'
    """

    FAIL_WITH_403 = "FAIL_WITH_403"
    SUCCEED_WITH_RESPONSE_HEADER = "SUCCEED_WITH_RESPONSE_HEADER"
    SUCCEED_WITHOUT_RESPONSE_HEADER = "SUCCEED_WITHOUT_RESPONSE_HEADER"


class ResponseType(StrEnum):
    """The gateway responses of the authorization flow (MSG-3).

    >>> ResponseType("ACCESS_DENIED").value
    'ACCESS_DENIED'
    """

    ACCESS_DENIED = "ACCESS_DENIED"
    AUTHORIZER_CONFIGURATION_ERROR = "AUTHORIZER_CONFIGURATION_ERROR"
    AUTHORIZER_FAILURE = "AUTHORIZER_FAILURE"
    EXPIRED_TOKEN = "EXPIRED_TOKEN"
    INVALID_API_KEY = "INVALID_API_KEY"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    MISSING_AUTHENTICATION_TOKEN = "MISSING_AUTHENTICATION_TOKEN"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    RESOURCE_NOT_FOUND = "RESOURCE_NOT_FOUND"
    THROTTLED = "THROTTLED"
    UNAUTHORIZED = "UNAUTHORIZED"
    WAF_FILTERED = "WAF_FILTERED"


#: All gateway responses of REST and WebSocket APIs: also those of steps that evaluate no policy (MSG-3).
ALL_RESPONSE_TYPES: tuple[str, ...] = (
    *ResponseType,
    *("API_CONFIGURATION_ERROR", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX"),
    *("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"),
)


#: Which addresses can call an API or a domain (GW-34).
IP_ADDRESS_TYPES: tuple[IpAddressType, ...] = ("ipv4", "dualstack")

#: How strictly the host of a call is checked (GW-33).
STRICT: Final = "STRICT"
ENDPOINT_ACCESS_MODES: tuple[EndpointAccessMode, ...] = ("BASIC", STRICT)

E = TypeVar("E", bound=StrEnum)


def ip_address_type_or_none(value: object, *, private: bool) -> IpAddressType | None:
    """Check a type of addresses that may be None.

    Raises:
        UsageError: there is no such type, or it is not that of a private API or domain.
    """
    found = None if value is None else one_among(value, IP_ADDRESS_TYPES)
    if value is not None and found is None:
        raise UsageError(f"ip_address_type is ipv4 or dualstack, found {value!r}", rule="GW-34")
    if private and found == "ipv4":
        raise UsageError("ip_address_type is dualstack if it is private, found 'ipv4'", rule="GW-34")
    return found


def endpoint_access_mode_or_none(value: object) -> EndpointAccessMode | None:
    """Check an endpoint access mode that may be None.

    Raises:
        UsageError: there is no such mode.
    """
    found = None if value is None else one_among(value, ENDPOINT_ACCESS_MODES)
    if value is not None and found is None:
        raise UsageError(f"endpoint_access_mode is BASIC or STRICT, found {value!r}", rule="GW-33")
    return found


def one_of(choices: type[E], value: str, name: str) -> E:
    """The member of an enumeration with this value.

    Raises:
        UsageError: there is none.
    """
    try:
        return choices(as_builtin(value))
    except ValueError:
        meant = nearest(value, choices) if isinstance(value, str) else None
        advice = f'did you mean "{meant}"?' if meant else ""
        raise UsageError(f"{name} is {' or '.join(choices)}, found {value!r}", advice=advice) from None
