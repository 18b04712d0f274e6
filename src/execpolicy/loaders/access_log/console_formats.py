"""The formats of access logs that the console offers and that have no names of fields: CLF and CSV (LOG-1)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.errors import RequestError
from execpolicy.loaders.access_log.call_of_variables import READ
from execpolicy.loaders.access_log.line import LoggedValue, Runs, read_line
from execpolicy.loaders.access_log.log_format import LogFormat, parse_log_format
from execpolicy.loaders.written_text import WrittenText

_CALLER: Final = "$context.identity.sourceIp $context.identity.caller $context.identity.user"
_LENGTH: Final = "$context.status $context.responseLength $context.requestId"
#: Each format with its name; the second of a pair also has the extended id of the request.
_WRITTEN: Final = tuple(
    (name, f"{text}{more}")
    for name, text in (
        (
            "the common log format of REST APIs",
            f'{_CALLER} [$context.requestTime]"$context.httpMethod $context.resourcePath $context.protocol" {_LENGTH}',
        ),
        (
            "the common log format of REST APIs",
            f'{_CALLER} [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" {_LENGTH}',
        ),
        (
            "the common log format of HTTP APIs",
            "$context.identity.sourceIp - - [$context.requestTime] "
            f'"$context.httpMethod $context.routeKey $context.protocol" {_LENGTH}',
        ),
        (
            "the common log format of WebSocket APIs",
            f'{_CALLER} [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" '
            "$context.status $context.requestId",
        ),
        (
            "the CSV of REST APIs",
            "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,"
            "$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,"
            "$context.requestId",
        ),
        (
            "the CSV of HTTP APIs",
            "$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.routeKey,$context.protocol,"
            "$context.status,$context.responseLength,$context.requestId",
        ),
        (
            "the CSV of WebSocket APIs",
            "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,"
            "$context.eventType,$context.routeKey,$context.connectionId,$context.status,$context.requestId",
        ),
    )
    for more in ("", (" " if " " in text else ",") + "$context.extendedRequestId")
)
#: How each of these lines begins: with the address of the client.
_BEGINS: Final = re.compile(r"(?:-|[0-9]{1,3}\.[0-9.]{1,41}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f.:]{1,40})[ ,]")
#: The most characters of such a line: a request line has at most 10,240, and no other value is long.
_MAX_LINE: Final = 16_384


@cache
def _formats() -> tuple[tuple[str, LogFormat], ...]:
    return tuple((name, parse_log_format(text)) for name, text in _WRITTEN)


def read_console_line(line: WrittenText) -> list[LoggedValue] | None:
    """The values of a line in a format that the console offers; None if no such format wrote it.

    Raises:
        RequestError: two formats could have written it, with different values.
    """
    if len(line.value) > _MAX_LINE or _BEGINS.match(line.value) is None:
        return None
    found: dict[str, list[LoggedValue]] = {}
    runs: Runs = {}
    for name, form in _formats():
        try:
            values = read_line(line, form, READ, runs)
        except RequestError:
            continue
        if _fits(values) and not any(_same(values, each) for each in found.values()):
            found[name] = values
    if len(found) > 1:
        raise line.error(
            f"found {quoted(line.value, 40)}, which {listed(found, 'and')} could have written",
            "give the format of the log, with log_format= or --log-format",
            "LOG-1",
        )
    return next(iter(found.values()), None)


def _fits(values: list[LoggedValue]) -> bool:
    """Whether the values are what their variables are in such a line: events of WebSocket APIs have three types."""
    by_name = {each.variable.name: each.value for each in values}
    events = ("CONNECT", "DISCONNECT", "MESSAGE", None)
    key, method = by_name.get("routeKey"), by_name.get("httpMethod")
    if method is not None and key is not None and not (key.startswith("$") or " /" in key):
        return False
    return by_name.get("eventType") in events and str(by_name.get("protocol") or "HTTP/").startswith("HTTP/")


def _same(values: list[LoggedValue], others: list[LoggedValue]) -> bool:
    return _read(values) == _read(others)


def _read(values: list[LoggedValue]) -> dict[str, str | None]:
    return {each.variable.name: each.value for each in values if each.variable.name in READ}
