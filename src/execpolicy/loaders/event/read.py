"""An event as the call that it is about (LOG-3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.arn.execute_api_arn import HTTP, ROUTE, ExecuteApiArn
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.loaders.access_log.call_of_variables import VariableValues, call_of_variables
from execpolicy.loaders.access_log.line import check_text
from execpolicy.loaders.access_log.log_format import LogVariable
from execpolicy.loaders.access_log.variables import METHOD, PATH, TEXT, VARIABLES
from execpolicy.loaders.called_url import parse_query
from execpolicy.loaders.event.context_variables import AS_IT_CAME, variables_of_context
from execpolicy.loaders.event.kinds import RULE, EventKind, kind_of_event
from execpolicy.loaders.event.sent import body_of, one_header, sent_by_name
from execpolicy.loaders.json_members import JsonMembers
from execpolicy.loaders.read_call import LoggedAnswer, PathStart, ReadCall
from execpolicy.loaders.written_text import WrittenText

_USER_AGENT: Final = "aws:UserAgent"


def call_of_event(event: JsonMembers) -> ReadCall:
    """The call that an event is about.

    Args:
        event: the members of the event.

    Raises:
        RequestError: it is no event of API Gateway, or its members contradict each other; with the place.
    """
    kind = kind_of_event(event)
    call = _with_arn(_READERS[kind](event, kind), event)
    is_of_authorizer = event.has("methodArn") or event.has("routeArn")
    # A function behind the API gets the calls that got through.
    return call if is_of_authorizer else call._replace(answer=LoggedAnswer(has_no_error=True))


def _of_proxy_1(event: JsonMembers, kind: EventKind) -> ReadCall:
    """Payload format 1.0: of a REST API, of an HTTP API, and of a REQUEST authorizer."""
    context = event.object_of("requestContext")
    values = {} if context is None else variables_of_context(context)
    method = _same(event, "httpMethod", values, LogVariable("httpMethod", METHOD))
    template = event.text_of("resource")
    # A route key in the place of the method would make a WebSocket API of it.
    given: VariableValues = {**values, "httpMethod": method, "path": None, "resourcePath": None, "routeKey": None}
    call = _sent(call_of_variables(given, kind.value, event.text), event)
    if template is not None and "resourcePath" not in values:
        values["resourcePath"] = template
    if method is None and not event.has("methodArn"):
        raise event.missing("httpMethod", kind.value)
    route = values.get("resourcePath")
    call = call._replace(route=None if route is None else route.value)
    return _with_path_1(call, event, values)


def _with_path_1(call: ReadCall, event: JsonMembers, values: VariableValues) -> ReadCall:
    """The path of ``requestContext``, which is the whole path of the URL; without it that of the event itself."""
    whole, path = values.get("path"), event.text_of("path")
    if event.has("version"):
        call = _with_decoded_path(call, path, whole)
    if path is not None:
        check_text(LogVariable("path", PATH), path, AS_IT_CAME)
    if whole is not None and path is not None:
        _check_paths(call, whole, path)
    if whole is not None and path is not None and whole.value == path.value and _misses_the_stage(call, path.value):
        # So has AWS's own sample, of a call that its console makes.
        return _placed(call, path, PathStart.STAGE)
    if whole is not None:
        return _placed(call, whole, PathStart.HOST)
    if path is None:
        return call
    if call.host is not None and parse_own_host(call.host.lower()) is None:
        return _placed(call, path, PathStart.HOST)
    start = PathStart.RAW if event.has("version") else PathStart.STAGE
    note = "the event has no requestContext.path: its path is taken as the one after the stage"
    return _placed(call, path, start)._replace(notes=(*call.notes, note))


def _misses_the_stage(call: ReadCall, path: str) -> bool:
    """Whether a path on the API's own host, or on one that is not known, does not begin with the stage."""
    if call.stage in (None, "$default") or not (call.host is None or parse_own_host(call.host.lower()) is not None):
        return False
    return not f"{path}/".startswith(f"/{call.stage}/")


def _check_paths(call: ReadCall, whole: WrittenText, path: WrittenText) -> None:
    """Refuse two paths that no call has: they are the same, or the whole one has the stage before the other."""
    stage = f"/{call.stage}" if call.stage is not None else whole.value[: max(len(whole.value) - len(path.value), 0)]
    if whole.value not in (path.value, f"{stage}{path.value}") and whole.value.rstrip("/") != stage:
        raise path.error(
            f"found the path {path.value}, and requestContext.path is {whole.value}",
            "give the event as the function got it: the latter has the stage before it, or is the same",
            RULE,
        )


def _placed(call: ReadCall, path: WrittenText, start: PathStart) -> ReadCall:
    return call._replace(path=path.value, path_start=start, written={**call.written, "path": path})


def _of_proxy_2(event: JsonMembers, kind: EventKind) -> ReadCall:
    """Payload format 2.0, of an HTTP API."""
    context = event.object_of("requestContext")
    http = None if context is None else context.object_of("http")
    if context is None or http is None:
        raise event.missing("requestContext" if context is None else "requestContext.http", kind.value)
    values = variables_of_context(context)
    host = values.get("domainName")
    if host is not None and ".lambda-url." in host.value:
        raise host.error("found an event of a function's URL, not of API Gateway", "give an event of a call", RULE)
    method = _checked(http.text_of("method"), LogVariable("httpMethod", METHOD))
    if method is None:
        raise http.missing("method", kind.value)
    path = event.text_of("rawPath") or http.text_of("path")
    given: dict[str, WrittenText | None] = {
        **_signer_2(context),
        **{name: value for name, value in values.items() if name not in ("path", "routeKey")},
        "httpMethod": method,
        "identity.sourceIp": http.text_of("sourceIp"),
        "identity.userAgent": http.text_of("userAgent"),
        "requestTimeEpoch": context.scalar_of("timeEpoch"),
        "requestTime": context.text_of("time"),
    }
    call = _sent(call_of_variables(_checked_values(given), kind.value, event.text), event)
    key = event.text_of("routeKey") or values.get("routeKey")
    call = call._replace(route=None if key is None else key.value)
    authentication = context.object_of("authentication")
    if authentication is not None and authentication.object_of("clientCert") is not None:
        call = call._replace(client_certificate=True)
    call = _with_decoded_path(call, path)
    _checked(path, LogVariable("path", PATH))
    return call if path is None else _placed(call, path, PathStart.RAW)


#: Characters that a path has as they are; every other one is sent as a percent escape.
_AS_SENT: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")


def _with_decoded_path(call: ReadCall, *paths: WrittenText | None) -> ReadCall:
    """The call with a note: an HTTP API decodes the path of its events, so that the escapes in it are not known.

    Raises:
        RequestError: a path has a character that was sent as an escape.
    """
    for path in paths:
        if path is not None and (start := _AS_SENT.match(path.value)) is not None and start.end() < len(path.value):
            found = path.value[start.end()]
            raise path.error(
                f"found {quoted(found)} in the path of an HTTP API's event, which is decoded: it was sent as an escape",
                "give the call as METHOD and PATH, with the path as it was sent",
                RULE,
            )
    return call._replace(notes=(*call.notes, _DECODED))


_DECODED: Final = "an HTTP API decodes the path of its events: percent escapes that were sent in it are not known"


def _signer_2(context: JsonMembers) -> dict[str, WrittenText | None]:
    """The variables of who signed the call; a call that nobody signed has no ``authorizer.iam``."""
    authorizer = context.object_of("authorizer")
    iam = None if authorizer is None else authorizer.object_of("iam")
    if iam is None:
        return {"identity.userArn": None}
    return {
        "identity.userArn": iam.text_of("userArn"),
        "identity.caller": iam.text_of("callerId"),
        "identity.accountId": iam.text_of("accountId"),
        "identity.principalOrgId": iam.text_of("principalOrgId"),
    }


def _of_token(event: JsonMembers, kind: EventKind) -> ReadCall:
    """The event of a TOKEN authorizer, which has the ARN of the call and the token."""
    if event.text_of("methodArn") is None:
        raise event.missing("methodArn", kind.value)
    note = "the event of a TOKEN authorizer has one header and no address of the client: the others are not known"
    token = event.text_of("authorizationToken")
    if token is None:
        raise event.missing("authorizationToken", kind.value)
    return ReadCall(kind.value, event.text, {"token": token}, token=token.value, is_signed=False, notes=(note,))


def _of_socket(event: JsonMembers, kind: EventKind) -> ReadCall:
    """An event of a WebSocket API; only that of ``$connect`` has headers."""
    context = event.object_of("requestContext")
    assert context is not None, "the kind is found by the members of the context"
    values = variables_of_context(context)
    if values.get("routeKey") is None:
        raise context.missing("routeKey", kind.value)
    given: VariableValues = {**values, "httpMethod": None, "path": None, "resourcePath": None}
    return _sent(call_of_variables(given, kind.value, event.text), event)._replace(is_websocket=True)


_READERS: Final[dict[EventKind, Callable[[JsonMembers, EventKind], ReadCall]]] = {
    EventKind.PROXY_1: _of_proxy_1,
    EventKind.PROXY_2: _of_proxy_2,
    EventKind.TOKEN: _of_token,
    EventKind.SOCKET: _of_socket,
}


def _same(event: JsonMembers, name: str, values: VariableValues, variable: LogVariable) -> WrittenText | None:
    """A member that the event and its context both can have; the two have to be the same."""
    own, of_context = _checked(event.text_of(name), variable), values.get(name)
    if own is not None and of_context is not None and own.value != of_context.value:
        message = f"found {own.value} as {name}, and requestContext.{name} is {of_context.value}"
        raise own.error(message, AS_IT_CAME, RULE)
    return own or of_context


def _checked(value: WrittenText | None, variable: LogVariable) -> WrittenText | None:
    if value is not None:
        check_text(variable, value, AS_IT_CAME)
    return value


def _checked_values(values: Mapping[str, WrittenText | None]) -> dict[str, WrittenText | None]:
    """Values by the names of their variables, each one that its variable can have."""
    return {name: _checked(value, LogVariable(name, VARIABLES.get(name, TEXT))) for name, value in values.items()}


def _sent(call: ReadCall, event: JsonMembers) -> ReadCall:
    """The call with its headers, query and body; the host of the header where the context has none."""
    headers = sent_by_name(event, "headers", "multiValueHeaders", case_matters=False)
    cookies = event.strings_of("cookies")
    if headers is not None and cookies:
        headers = {**headers, "cookie": ["; ".join(cookies)]}
    raw = event.text_of("rawQueryString")
    if raw is not None:
        query: dict[str, list[str]] | None = parse_query(raw)
    else:
        query = sent_by_name(event, "queryStringParameters", "multiValueQueryStringParameters", case_matters=True)
    call = call._replace(headers=headers, query=query, body=body_of(event))
    if one_header(headers, "user-agent") is None:
        return call
    # The header gives the key.
    keys = {key: value for key, value in call.context.items() if key != _USER_AGENT}
    return call._replace(context=keys, absent=tuple(key for key in call.absent if key != _USER_AGENT))


def _with_arn(call: ReadCall, event: JsonMembers) -> ReadCall:
    """The call with what the ARN of an authorizer's event says: region, account, API, stage, method and path."""
    name = "methodArn" if event.has("methodArn") else "routeArn"
    written = event.text_of(name)
    if written is None:
        return call
    try:
        arn = ExecuteApiArn.parse(written.value)
    except ExecPolicyError as error:
        raise written.error(error.message, error.advice, error.rule or RULE) from None
    if arn.kind not in (HTTP, ROUTE):
        raise written.error(f"found the ARN of a {arn.kind}, expected that of a call", "give the whole event", RULE)
    found: dict[str, Any] = {"region": arn.region, "account": arn.account, "api_id": arn.api_id, "stage": arn.stage}
    found["method"] = arn.method if arn.kind == HTTP else arn.route_key
    for part in ("account", "api_id", "stage", "method"):
        known = getattr(call, part)
        if known is not None and known != found[part]:
            raise written.error(
                f"found {found[part]} in {name}, and the event has {known}",
                AS_IT_CAME,
                RULE,
            )
    places = dict.fromkeys(found, written)
    call = call._replace(**found, written={**places, **call.written})
    if arn.kind == ROUTE:
        return call._replace(is_websocket=True)
    _check_path_of_arn(call, arn.path, written)
    return (
        call
        if call.path is not None
        else call._replace(path=arn.path, path_start=PathStart.STAGE, written={**call.written, "path": written})
    )


def _check_path_of_arn(call: ReadCall, path: str | None, written: WrittenText) -> None:
    """Refuse an ARN with another path than the event has, which can have the stage or a base path before it.

    Whether escapes and slashes at the end are kept is not compared (GW-4).
    """
    if call.path is None or path is None:
        return
    whole, end = (f"/{unquote(each).strip('/')}" for each in (call.path, path))
    if end != "/" and not whole.endswith(end):
        message = f"found the path {path} in the ARN, and the event has {call.path}"
        raise written.error(message, AS_IT_CAME, RULE)
