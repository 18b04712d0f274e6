"""A line of an access log as the call that it is about (LOG-1, LOG-2)."""

from __future__ import annotations

from typing import Final

from execpolicy.loaders.access_log.call_of_variables import READ, call_of_variables, without_sent_signs
from execpolicy.loaders.access_log.console_formats import read_console_line
from execpolicy.loaders.access_log.fields import call_of_fields
from execpolicy.loaders.access_log.json_line import fields_of_json
from execpolicy.loaders.access_log.line import LoggedValue, read_line
from execpolicy.loaders.access_log.log_format import LogFormat
from execpolicy.loaders.access_log.xml_line import fields_of_xml
from execpolicy.loaders.json_text import JsonText
from execpolicy.loaders.read_call import ReadCall
from execpolicy.loaders.written_text import WrittenText

_WHAT: Final = "a line of an access log"


def call_of_line(line: WrittenText, form: LogFormat) -> ReadCall:
    """The call of a line that a format wrote.

    Raises:
        RequestError: the format did not write it, or it can be read in two ways; with the place.
    """
    return _call(read_line(line, form, READ), line)


def call_of_json_line(line: WrittenText, document: JsonText) -> ReadCall:
    """The call of a line in JSON.

    Raises:
        RequestError: it is no line of an access log; with the place.
    """
    return call_of_fields(fields_of_json(line, document), line)


def call_of_xml_line(line: WrittenText) -> ReadCall:
    """The call of a line in XML.

    Raises:
        RequestError: it is no line of an access log; with the place.
    """
    return call_of_fields(fields_of_xml(line), line)


def call_of_console_line(line: WrittenText) -> ReadCall | None:
    """The call of a line in CLF or CSV, as the console offers them; None if it is neither.

    Raises:
        RequestError: two formats could have written it.
    """
    values = read_console_line(line)
    if values is None:
        return None
    call = _call(values, line)
    # The CSV with one id takes both ids of a line for it: no id has a comma.
    return call if call.request_id is None else call._replace(request_id=call.request_id.rpartition(",")[2])


def _call(values: list[LoggedValue], line: WrittenText) -> ReadCall:
    found: dict[str, WrittenText | None] = {}
    for each in values:
        written = None if each.value is None else each.written
        known = found.setdefault(each.variable.name, written)
        if (known.value if known is not None else None) != each.value and each.variable.name in READ:
            raise each.written.error(
                f"found another value of $context.{each.variable.name} than the line has before it",
                "this line is not written by the format",
                "LOG-1",
            )
    return call_of_variables(without_sent_signs(found), _WHAT, line)
