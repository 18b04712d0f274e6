"""The call that the variables of an access log describe, and AWS's answer to it (LOG-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.access_log.times import time_of_epoch, time_of_text
from execpolicy.loaders.access_log.variables import OF_SIGNERS, VARIABLES
from execpolicy.loaders.read_call import LoggedAnswer, PathStart, ReadCall
from execpolicy.loaders.written_text import WrittenText

if TYPE_CHECKING:
    from datetime import datetime

#: The value of each variable that is given, None if it is absent.
VariableValues = Mapping[str, "WrittenText | None"]

_RULE: Final = "LOG-2"
#: The parts of a call that are variables, in the order in which they are tried.
_PARTS: Final = (
    ("host", "domainName"),
    ("stage", "stage"),
    ("api_id", "apiId"),
    ("account", "accountId"),
    ("source_ip", "identity.sourceIp"),
    ("caller_arn", "identity.userArn"),
    ("caller_id", "identity.caller"),
    ("caller_id", "identity.user"),
)
#: The parts of the answer that are variables; a status is a number.
_OF_ANSWER: Final = (
    ("status", "status"),
    ("response_type", "error.responseType"),
    ("message", "error.message"),
    ("message", "error.messageString"),
    ("authenticate_status", "authenticate.status"),
    ("authenticate_error", "authenticate.error"),
    ("authorize_status", "authorize.status"),
    ("authorize_error", "authorize.error"),
    ("authorizer_status", "authorizer.status"),
    ("authorizer_status", "authorizer.integrationStatus"),
    ("authorizer_error", "authorizer.error"),
    ("integration_status", "integration.status"),
    ("integration_status", "integration.integrationStatus"),
    ("integration_status", "integrationStatus"),
)
_OF_ERRORS: Final = ("error.responseType", "error.message", "error.messageString")
#: Condition keys that variables give; a call has none of those that are absent.
_KEYS: Final = (
    ("identity.userAgent", "aws:UserAgent"),
    ("identity.vpceId", "aws:SourceVpce"),
    ("identity.vpcId", "aws:SourceVpc"),
    ("identity.principalOrgId", "aws:PrincipalOrgID"),
)
#: The ids of a request; the extended one is unique.
_IDS: Final = ("extendedRequestId", "requestId")
_CERTIFICATE: Final = "identity.clientCert."
_TIMES: Final[tuple[tuple[str, Callable[[WrittenText], datetime]], ...]] = (
    ("requestTimeEpoch", time_of_epoch),
    ("requestTime", time_of_text),
)

#: The variables of which the answer is made.
OF_ANSWER: Final = frozenset(variable for _, variable in _OF_ANSWER)
#: The variables that ``call_of_variables`` reads.
READ: Final = frozenset(
    {"httpMethod", "path", "resourcePath", "routeKey", "eventType", "connectionId", *OF_SIGNERS}
    | {variable for _, variable in (*_PARTS, *_OF_ANSWER)}
    | {variable for variable, _ in (*_KEYS, *_TIMES)}
    | {variable for variable in VARIABLES if variable.startswith(_CERTIFICATE)}
)


def call_of_variables(values: VariableValues, what: str, text: WrittenText, notes: tuple[str, ...] = ()) -> ReadCall:
    """The call that variables describe.

    Args:
        values: the variables that the text gives, by their names without ``$context.``; None if one is absent.
        what: what the text is, in words.
        text: the text.
        notes: what of the text is not read.

    Raises:
        RequestError: two variables contradict each other, or a value is not possible; with the place.
    """
    written: dict[str, WrittenText] = {}
    for part, variable in _PARTS:
        value = values.get(variable)
        if value is not None:
            written.setdefault(part, value)
    parts: dict[str, Any] = {part: value.value for part, value in written.items()}
    call = ReadCall(what, text, written, **parts)
    call = _with_method_and_path(call, values, written)
    return call._replace(
        time=_time(values, written),
        is_signed=_is_signed(values),
        client_certificate=True if _has_certificate(values) else None,
        context={key: value.value for variable, key in _KEYS if (value := values.get(variable)) is not None},
        absent=tuple(key for variable, key in _KEYS if variable in values and values[variable] is None),
        answer=_answer(values, written),
        notes=notes,
        request_id=next((each.value for name in _IDS if (each := values.get(name)) is not None), None),
    )


def without_sent_signs(values: VariableValues) -> VariableValues:
    """The values without a User-Agent that is ``-``: a log writes it for none, and a client can send it."""
    agent = "identity.userAgent"
    return {name: value for name, value in values.items() if name != agent or value is not None}


def _with_method_and_path(call: ReadCall, values: VariableValues, written: dict[str, WrittenText]) -> ReadCall:
    """The call with its method and path; those of a WebSocket API are its route key."""
    key, method = values.get("routeKey"), values.get("httpMethod")
    is_websocket = _is_websocket(values)
    if is_websocket:
        route = key
        if key is not None:
            written["method"] = key
        return call._replace(method=None if route is None else route.value, is_websocket=True)
    path = values.get("path")
    template = values.get("resourcePath")
    written |= {part: value for part, value in (("method", method), ("path", path)) if value is not None}
    if path is not None and _has_placeholder(path.value) and (template is None or template.value == path.value):
        raise path.error(
            f"found {quoted(path.value)} as the path, which is the path of a route and not of a call",
            "log $context.path; $context.resourcePath is the path of the route",
            _RULE,
        )
    shown = template if template is not None else key
    if shown is not None:
        written["route"] = shown
    return call._replace(
        method=None if method is None else method.value,
        path=None if path is None else path.value,
        path_start=PathStart.HOST,
        route=None if shown is None else shown.value,
    )


def _is_websocket(values: VariableValues) -> bool:
    """Whether the line is about a WebSocket API: it has a connection, or a route key and no method."""
    if values.get("httpMethod") is not None:
        return False
    return any(values.get(name) is not None for name in ("eventType", "connectionId", "routeKey"))


def _has_placeholder(path: str) -> bool:
    return any(segment.startswith("{") and segment.endswith("}") for segment in path.split("/"))


def _is_signed(values: VariableValues) -> bool | None:
    """Whether somebody signed the call; None if no variable says it."""
    given = [name for name in OF_SIGNERS if name in values]
    if any(values[name] is not None for name in given):
        return True
    return False if given else None


def _has_certificate(values: VariableValues) -> bool:
    return any(name.startswith(_CERTIFICATE) and value is not None for name, value in values.items())


def _time(values: VariableValues, written: dict[str, WrittenText]) -> datetime | None:
    """The time of the call, in milliseconds if the text has it so."""
    found: list[datetime] = []
    for variable, read in _TIMES:
        value = values.get(variable)
        if value is None:
            continue
        found.append(read(value))
        written.setdefault("time", value)
        if abs((found[0] - found[-1]).total_seconds()) >= 1:
            message = f"found {quoted(value.value)} as the time, and another time as $context.requestTimeEpoch"
            raise value.error(message, "keep the values of one call", _RULE)
    return found[0] if found else None


def _answer(values: VariableValues, written: dict[str, WrittenText]) -> LoggedAnswer | None:
    """What AWS answered; None if no variable says it."""
    found: dict[str, Any] = {}
    for part, variable in _OF_ANSWER:
        value = values.get(variable)
        if value is None or part in found:
            continue
        text = _unquoted(value.value) if variable == "error.messageString" else value.value
        found[part] = int(text) if part.endswith("status") else text
        written[part] = value
    if not found:
        return None
    # The variables of errors are those of gateway responses; one that is absent is none.
    no_error = not {"response_type", "message"} & found.keys() and any(name in values for name in _OF_ERRORS)
    return LoggedAnswer(**found, has_no_error=no_error)


def _unquoted(text: str) -> str:
    """A text without the quotes that ``$context.error.messageString`` adds."""
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('\\"', '"') if is_quoted else text
