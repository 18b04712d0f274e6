"""The event that a Lambda authorizer gets for a call, as API Gateway writes it (AUT-1)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.arguments import as_builtin, mapping_or_none, one_among, text
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.identity_sources import read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, SentValues, with_api_context
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.language.operators import read_date

if TYPE_CHECKING:
    from decimal import Decimal

#: What stands in an event for what only the real call has; a call's context tells others. The address is one that is
#: set aside for documentation (RFC 5737).
PLACEHOLDERS: Mapping[str, Any] = {
    "connectionId": "AAAAAAAAAAAAAAA=",
    "deploymentId": "aaaaaa",
    "extendedRequestId": "AAAAAAAAAAAAAAA=",
    "identity.sourceIp": "192.0.2.1",
    "requestId": "00000000-0000-0000-0000-000000000000",
    "resourceId": "aaaaaa",
}

#: Names in identity that a REST API fills for signed callers; an authorizer's caller has none of them.
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
#: Condition keys that tell the time of a call.
_CLOCKS = ("aws:epochtime", "aws:currenttime")
# strftime's %b would follow the machine's language.
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
    """The event for a call whose route, path parameters and ARN are known; the route has a Lambda authorizer."""
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


def sent(given: Mapping[str, SentValues] | None, name: str) -> dict[str, SentValues]:
    """Headers or query parameters as they were given, each with all its values."""
    sent: dict[str, SentValues] = {}
    for key, values in (mapping_or_none(given, name) or {}).items():
        several = (values,) if isinstance(values, str) else as_builtin(values)
        if not isinstance(several, (list, tuple)):
            raise UsageError(f"each of {name} is a text or a list of texts, found {type(values).__name__}")
        sent[text(key, f"a name in {name}")] = tuple(text(each, f"each of {name}") for each in several)
    return sent


def _version(api: ApiDefinition, authorizer: Authorizer, version: str | None) -> str:
    if version is None:
        return authorizer.payload_format if api.type is ApiType.HTTP else "1.0"
    found = one_among(version, ("1.0", "2.0")) if api.type is ApiType.HTTP else None
    if found is None:
        raise UsageError(f'version is "1.0" or "2.0", and for HTTP APIs alone; found {version!r}', rule="AUT-1")
    return found


def _completed(call: IncomingCall) -> IncomingCall:
    """The call with placeholders for what it does not tell."""
    context = dict(call.context)
    for name, value in PLACEHOLDERS.items():
        told = call.variable(name)
        context[name] = value if told is None else told
    context["requestTimeEpoch"] = epoch = _epoch(call)
    moment = time.gmtime(epoch // 1000)
    date = f"{moment.tm_mday:02}/{_MONTHS[moment.tm_mon - 1]}/{moment.tm_year}"
    clock = f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}"
    context.setdefault("requestTime", f"{date}:{clock} +0000")
    return call._replace(context=context)


def _milliseconds(seconds: Decimal) -> int:
    """A time in milliseconds; one that no year has stays out of the range, and is not written out."""
    return int(seconds * 1000) if seconds < _YEAR_10000 else _YEAR_10000


def _epoch(call: IncomingCall) -> int:
    """The time of the call, in milliseconds since 1970; 0 for a call that does not tell it."""
    told = call.variable("requestTimeEpoch")
    if told is None:
        clocks = (str(value) for name, value in call.context.items() if name.lower() in _CLOCKS)
        told = next((_milliseconds(seconds) for clock in clocks if (seconds := read_date(clock)) is not None), 0)
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < _YEAR_10000:
        return told
    raise UsageError(
        f"the time of a call is a number of milliseconds from 1970 to the year 9999, found {told!r}", rule="AUT-1"
    )


def _sent_1(call: IncomingCall) -> dict[str, Any]:
    """Headers and parameters in payload format 1.0: the last value of each, and all of them."""
    headers, query = _by_header(call), _by_parameter(call)
    return {
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()},
        "multiValueQueryStringParameters": query,
        "stageVariables": dict(call.stage_variables),
    }


def _by_header(call: IncomingCall) -> dict[str, list[str]]:
    """All values of each header, by the spelling that it was first sent with."""
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
    # Cookies stand in a list of their own, and not among the headers.
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
        # What is empty is left out.
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
