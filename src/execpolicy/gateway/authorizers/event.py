"""The event that API Gateway sends to a Lambda authorizer (AUT-1)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.arguments import one_among
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.identity_sources import read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, with_api_context
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.language.dates import read_date

if TYPE_CHECKING:
    from decimal import Decimal

#: Values for what only a real call has, unless the context of the call gives others. The address is reserved for
#: documentation (RFC 5737).
PLACEHOLDERS: Mapping[str, Any] = {
    "connectionId": "AAAAAAAAAAAAAAA=",
    "deploymentId": "aaaaaa",
    "extendedRequestId": "AAAAAAAAAAAAAAA=",
    "identity.sourceIp": "192.0.2.1",
    "requestId": "00000000-0000-0000-0000-000000000000",
    "resourceId": "aaaaaa",
}

#: Names in identity that a REST API sets for signed calls; for an authorizer they are null.
_OF_SIGNED_CALLERS = (
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "user",
)
_YEAR_10000 = 253_402_300_800_000
#: Condition keys with the time of a call.
_CLOCKS = ("aws:epochtime", "aws:currenttime")
# strftime's %b depends on the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def event_of(
    api: ApiDefinition,
    stage: Stage,
    route: Route,
    parameters: Mapping[str, str],
    call: IncomingCall,
    *,
    arn: str,
    version: str | None = None,
) -> dict[str, Any]:
    """The event for a call of a route with a Lambda authorizer."""
    assert route.authorizer is not None
    authorizer = api.authorizer(route.authorizer)
    call = _completed(with_api_context(call, api, stage, route))
    payload = _version(api, authorizer, version)
    sources = read_identity_sources(authorizer, api.type, call).values
    if authorizer.type is AuthorizerType.TOKEN:
        return {"type": "TOKEN", "authorizationToken": sources[0] or "", "methodArn": arn}
    event: dict[str, Any] = {"type": "REQUEST", "methodArn": arn}
    if api.type is ApiType.WEBSOCKET:
        return {**event, **_sent_1(call), "requestContext": _socket_context(call)}
    source: dict[str, Any] = {"identitySource": list(sources) or None}
    if payload == "2.0":
        return {"version": "2.0", "type": "REQUEST", "routeArn": arn, **source, **_request_2(call, route, parameters)}
    if api.type is ApiType.HTTP:
        joined = ",".join(value or "" for value in sources) or None
        event = {"version": "1.0", **event, "identitySource": joined, "authorizationToken": joined}
    return {
        **event,
        "resource": route.path or route.key,
        "path": call.path,
        "httpMethod": call.method,
        **_sent_1(call),
        "pathParameters": dict(parameters),
        "requestContext": _context_1(call, api.type),
    }


def _version(api: ApiDefinition, authorizer: Authorizer, version: str | None) -> str:
    if version is None:
        return authorizer.payload_format if api.type is ApiType.HTTP else "1.0"
    found = one_among(version, ("1.0", "2.0")) if api.type is ApiType.HTTP else None
    if found is None:
        raise UsageError(f'version is "1.0" or "2.0", and for HTTP APIs alone; found {version!r}', rule="AUT-1")
    return found


def _completed(call: IncomingCall) -> IncomingCall:
    """The call with placeholders for context variables that are not given."""
    context = dict(call.context)
    for name, value in PLACEHOLDERS.items():
        given = call.variable(name)
        context[name] = value if given is None else given
    context["requestTimeEpoch"] = epoch = _epoch(call)
    moment = time.gmtime(epoch // 1000)
    date = f"{moment.tm_mday:02}/{_MONTHS[moment.tm_mon - 1]}/{moment.tm_year}"
    clock = f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}"
    context.setdefault("requestTime", f"{date}:{clock} +0000")
    return call._replace(context=context)


def _milliseconds(seconds: Decimal) -> int:
    """A time in milliseconds; a time after the year 9999 is out of range and is not computed."""
    return int(seconds * 1000) if seconds < _YEAR_10000 else _YEAR_10000


def _epoch(call: IncomingCall) -> int:
    """The time of the call in milliseconds since 1970; 0 if it is not given."""
    given = call.variable("requestTimeEpoch")
    if given is None:
        clocks = (str(value) for name, value in call.context.items() if name.lower() in _CLOCKS)
        given = next((_milliseconds(seconds) for clock in clocks if (seconds := read_date(clock)) is not None), 0)
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < _YEAR_10000:
        return given
    raise UsageError(
        f"the time of a call is a number of milliseconds from 1970 to the year 9999, found {given!r}", rule="AUT-1"
    )


def _sent_1(call: IncomingCall) -> dict[str, Any]:
    """Headers and parameters in payload format 1.0: the last value of each, and all values."""
    headers, query = _by_header(call), _by_parameter(call)
    return {
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()},
        "multiValueQueryStringParameters": query,
        "stageVariables": dict(call.stage_variables),
    }


def _by_header(call: IncomingCall) -> dict[str, list[str]]:
    """All values of each header, by the spelling in which it was first sent."""
    spelled: dict[str, str] = {}
    for name in call.headers:
        spelled.setdefault(name.lower(), name)
    return {name: list(values) for name in spelled.values() if (values := call.header(name))}


def _by_parameter(call: IncomingCall) -> dict[str, list[str]]:
    return {name: list(values) for name in call.query if (values := call.parameter(name))}


def _context_1(call: IncomingCall, api_type: ApiType) -> dict[str, Any]:
    identity: dict[str, Any] = dict.fromkeys(_OF_SIGNED_CALLERS)
    identity["sourceIp"] = call.variable("identity.sourceIp")
    identity["userAgent"] = call.variable("identity.userAgent")
    keys = call.header("X-API-Key")
    if keys and api_type is ApiType.REST:
        identity["apiKey"] = keys[-1]
    certificate = call.variable("identity.clientCert")
    if certificate is not None:
        identity["clientCert"] = certificate
    names = [
        "resourceId",
        "resourcePath",
        "httpMethod",
        "extendedRequestId",
        "requestTime",
        "path",
        "accountId",
        "protocol",
        "stage",
        "domainPrefix",
        "requestTimeEpoch",
        "requestId",
        "domainName",
        "apiId",
    ]
    if api_type is ApiType.REST:
        names.append("deploymentId")
    return {**{name: call.variable(name) for name in names}, "identity": identity}


def _socket_context(call: IncomingCall) -> dict[str, Any]:
    identity = {"sourceIp": call.variable("identity.sourceIp")}
    agent = call.variable("identity.userAgent")
    if agent is not None:
        identity["userAgent"] = agent
    names = (
        "routeKey",
        "eventType",
        "extendedRequestId",
        "requestTime",
        "messageDirection",
        "stage",
        "requestTimeEpoch",
        "requestId",
        "domainName",
        "connectionId",
        "apiId",
    )
    context = {name: call.variable(name) for name in names}
    return {**context, "connectedAt": context["requestTimeEpoch"], "identity": identity}


def _request_2(call: IncomingCall, route: Route, parameters: Mapping[str, str]) -> dict[str, Any]:
    from urllib.parse import urlencode

    headers = {name.lower(): ",".join(values) for name, values in _by_header(call).items()}
    # Cookies are in a separate list.
    headers.pop("cookie", None)
    cookies = [cookie.strip() for value in call.header("cookie") for cookie in value.split(";")]
    query = _by_parameter(call)
    optional: dict[str, Any] = {
        "cookies": [cookie for cookie in cookies if cookie],
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": dict(parameters),
        "stageVariables": dict(call.stage_variables),
    }
    return {
        "routeKey": route.key,
        "rawPath": call.variable("path"),
        "rawQueryString": urlencode(query, doseq=True),
        "headers": headers,
        # Empty members are left out.
        **{name: value for name, value in optional.items() if value},
        "requestContext": _context_2(call),
    }


def _context_2(call: IncomingCall) -> dict[str, Any]:
    context = {
        "accountId": call.variable("accountId"),
        "apiId": call.variable("apiId"),
        "domainName": call.variable("domainName"),
        "domainPrefix": call.variable("domainPrefix"),
        "http": {
            "method": call.method,
            "path": call.variable("path"),
            "protocol": call.variable("protocol"),
            "sourceIp": call.variable("identity.sourceIp"),
            "userAgent": call.variable("identity.userAgent") or "",
        },
        "requestId": call.variable("requestId"),
        "routeKey": call.variable("routeKey"),
        "stage": call.variable("stage"),
        "time": call.variable("requestTime"),
        "timeEpoch": call.variable("requestTimeEpoch"),
    }
    certificate = call.variable("identity.clientCert")
    return context if certificate is None else {**context, "authentication": {"clientCert": certificate}}
