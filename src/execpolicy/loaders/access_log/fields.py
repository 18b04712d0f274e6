"""The fields of a line of an access log by their names, as variables (LOG-1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from execpolicy.document.syntax.wording import counted, listed, quoted
from execpolicy.loaders.access_log.call_of_variables import READ, call_of_variables, without_sent_signs
from execpolicy.loaders.access_log.field_names import variable_of_field
from execpolicy.loaders.access_log.line import ABSENT, LoggedValue, check_value
from execpolicy.loaders.access_log.log_format import LogVariable
from execpolicy.loaders.access_log.variables import kind_of_variable
from execpolicy.loaders.read_call import ReadCall
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-1"
#: A line of an access log says at least one of these.
_NEEDED: Final = ("httpMethod", "path", "resourcePath", "routeKey", "eventType")
#: This many names of fields that are not read are listed.
_LISTED: Final = 8


class GivenField(NamedTuple):
    """A field of a line.

    Attributes:
        name: its name, with those of the objects around it.
        written_name: the place of the name.
        value: its value; None if it is absent.
        fault: what is wrong with the type of the value.
    """

    name: str
    written_name: WrittenText
    value: WrittenText | None
    fault: str = ""


def call_of_fields(fields: Iterable[GivenField], text: WrittenText) -> ReadCall:
    """The call that the fields of a line describe.

    Raises:
        RequestError: the fields are not those of an access log, two of them contradict each other, or a value is not
            possible; with the place.
    """
    values: dict[str, WrittenText | None] = {}
    unread: list[str] = []
    for field in fields:
        variable = variable_of_field(field.name)
        if variable is None:
            unread.append(field.name)
            continue
        value = _value(field, variable)
        known = values.get(variable)
        if variable in values and (None if known is None else known.value) != (None if value is None else value.value):
            raise field.written_name.error(
                f"found {quoted(field.name)}, which gives $context.{variable} another value than a field before it",
                "give each variable one value",
                _RULE,
            )
        values[variable] = value
    _check_is_log(values, unread, text)
    return call_of_variables(without_sent_signs(values), "a line of an access log", text, _note(unread))


def _value(field: GivenField, variable: str) -> WrittenText | None:
    kind, value = kind_of_variable(variable), field.value
    assert kind is not None, "the name of a field means a variable"
    if value is None or value.value in (ABSENT, ""):
        return None
    if field.fault:
        message = f"{field.fault} as {quoted(field.name)}, expected {kind.words}"
        raise value.error(message, "write the value of one variable", _RULE)
    if value.value.startswith("$context."):
        message = f"found {quoted(value.value)}, a variable without its value"
        raise value.error(message, "this is the format of a log: give a line that API Gateway wrote", _RULE)
    if variable in READ:
        check_value(LoggedValue(LogVariable(variable, kind), value))
    return value


def _check_is_log(values: dict[str, WrittenText | None], unread: list[str], text: WrittenText) -> None:
    if any(values.get(name) is not None for name in _NEEDED):
        return
    found = f"the fields {listed(map(quoted, unread[:_LISTED]), 'and')}" if unread else "no field"
    if values and not unread:
        found = f"{counted(len(values), 'variable')} of a log, and no method, path or route"
    raise text.part(0, min(1, len(text.value))).error(
        f"found {found}, expected a line of an access log, an event or a HAR file",
        "a line has at least $context.httpMethod and $context.path; give its format with log_format= or --log-format",
        _RULE,
    )


def _note(unread: list[str]) -> tuple[str, ...]:
    if not unread:
        return ()
    more = f" and {counted(len(unread) - _LISTED, 'other')}" if len(unread) > _LISTED else ""
    names = ", ".join(map(quoted, unread[:_LISTED]))
    return (f"fields that mean no variable are not read: {names}{more}",)
