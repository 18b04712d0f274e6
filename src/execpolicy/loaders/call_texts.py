"""The calls of a text, whatever it is: a URL, a curl command, lines of an access log, an event, a HAR file (LOG-1).

The content says what a text is. A text of several lines has one call in each, unless it is one document or command.
The lines of a log may be those of CloudWatch Logs, with what it writes around them (LOG-7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from execpolicy._base.characters import lone_surrogate
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.nodes import MAX_DOCUMENT, JsonObject, Node, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Diagnostic, RequestError, Source
from execpolicy.loaders.read_call import ReadCall
from execpolicy.loaders.written_text import WrittenText

if TYPE_CHECKING:
    from execpolicy.loaders.json_text import JsonText

RULE: Final = "LOG-1"
#: The most calls that are read from one text.
MAX_CALLS: Final = 10_000
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_CURL: Final = re.compile(r"(?:[$%>][ \t]+)?(?:\S*[/\\])?curl(?:\.exe)?(?:\s|\Z)")
_EXPECTED: Final = "a URL, a curl command, a line of an access log, an event of a Lambda function or a HAR file"
_GIVE_FORMAT: Final = (
    "a line in JSON, XML, CLF or CSV as the console offers them is read without more; for any other line give the "
    "format of the log, with log_format= or --log-format"
)

_CallItem = TypeVar("_CallItem")

#: Whether an entry of a HAR file is read, by its host in lower case.
Accepts = Callable[[str], bool]


class ReadCalls(NamedTuple):
    """The calls of a text in its order.

    Attributes:
        calls: the calls.
        faults: the lines or entries that are wrong.
        passed_over: the hosts of the entries that are not read, with their numbers.
    """

    calls: tuple[ReadCall, ...]
    faults: tuple[Diagnostic, ...] = ()
    passed_over: tuple[tuple[str, int], ...] = ()


def read_calls(
    text: str, name: str = "<call>", *, log_format: str | None = None, accepts: Accepts | None = None
) -> ReadCalls:
    """The calls of a text.

    Args:
        text: the text.
        name: what messages call it.
        log_format: the format of the access log that the lines come from.
        accepts: which entries of a HAR file are read, by their hosts.

    Raises:
        RequestError: it is nothing that can be read, with the place. What is wrong with one of several calls is a
            fault.
    """
    source = Source(name, text)
    whole = _checked(source, space=" \t\r\n" if log_format is None else "\r\n")
    if log_format is not None:
        from execpolicy.loaders.access_log.log_format import parse_log_format
        from execpolicy.loaders.access_log.read import call_of_line

        form = parse_log_format(log_format)
        return _of_log(whole, lambda line: call_of_line(line, form))
    messages = _log_messages(whole)
    if messages is not None:
        return _each(whole, messages, _of_line)
    begins = whole.value
    if _CURL.match(begins) is not None:
        return ReadCalls((_of_curl(whole),))
    if begins.startswith("{"):
        return _of_json(whole, accepts)
    return _timed(whole) or _one_each(whole, _of_line)


def _checked(source: Source, space: str) -> WrittenText:
    """The text without the white space around it, which a format can have too, if any text can be read."""
    text = source.text
    whole = WrittenText(text, source, 0, len(text))
    if len(text) > MAX_DOCUMENT:
        message = f"found {len(text)} characters, expected at most {MAX_DOCUMENT} (16 MiB)"
        raise whole.part(0, 1).error(message, "give a part of the file", RULE)
    for at, what in ((text.find("\0"), "the character NUL"), (lone_surrogate(text), "a byte that is not UTF-8")):
        if at >= 0:
            raise whole.part(at, at + 1).error(f"found {what}", "save the text as UTF-8", RULE)
    start = len(text) - len(text.lstrip(f"{BOM}{space}"))
    end = len(text.rstrip(space))
    if start >= end:
        raise whole.part(0, 0).error(f"found nothing, expected {_EXPECTED}", _GIVE_FORMAT, RULE)
    return whole.part(start, end)


def _log_messages(whole: WrittenText) -> list[WrittenText] | None:
    """The messages in a text of CloudWatch Logs; None if it is none."""
    from execpolicy.loaders.cloudwatch_logs.messages import log_messages

    return log_messages(whole)


def _of_log(whole: WrittenText, read: Callable[[WrittenText], ReadCall]) -> ReadCalls:
    """The calls of the lines of a log that has a format."""
    from execpolicy.loaders.cloudwatch_logs.timed_lines import call_of_timed_line

    messages = _log_messages(whole.part(len(whole.value) - len(whole.value.lstrip()), len(whole.value)))
    if messages is not None:
        return _each(whole, messages, read)
    return _one_each(whole, lambda line: call_of_timed_line(line, read, has_format=True))


def _timed(whole: WrittenText) -> ReadCalls | None:
    """The calls of lines with a time before each; None if there are no such lines."""
    from execpolicy.loaders.cloudwatch_logs.timed_lines import call_of_timed_line, timed_lines

    lines = timed_lines(whole)
    return None if lines is None else _each(whole, lines, lambda line: call_of_timed_line(line, _of_line))


def _lines(whole: WrittenText) -> Iterator[WrittenText]:
    """The lines that are not empty."""
    start = 0
    for line in whole.value.split("\n"):
        kept = line.rstrip("\r")
        if kept.strip():
            yield whole.part(start, start + len(kept))
        start += len(line) + 1


def _one_each(whole: WrittenText, read: Callable[[WrittenText], ReadCall]) -> ReadCalls:
    """One call from each line."""
    lines = list(_lines(whole))
    if not lines:
        raise whole.part(0, 0).error(f"found white space alone, expected {_EXPECTED}", _GIVE_FORMAT, RULE)
    return _each(whole, lines, read)


def _each(whole: WrittenText, items: Sequence[_CallItem], read: Callable[[_CallItem], ReadCall]) -> ReadCalls:
    """One call from each item; if there is one alone, what is wrong with it is raised."""
    if len(items) > MAX_CALLS:
        message = f"found {len(items)} calls, expected at most {MAX_CALLS}"
        raise whole.part(0, 1).error(message, "give a part of them", RULE)
    if len(items) == 1:
        return ReadCalls((read(items[0]),))
    calls: list[ReadCall] = []
    faults: list[Diagnostic] = []
    for item in items:
        try:
            calls.append(read(item))
        except RequestError as error:
            faults.append(error.diagnostic)
    return ReadCalls(tuple(calls), tuple(faults))


def _of_line(line: WrittenText) -> ReadCall:
    """The call of a line: a URL, or a line of an access log."""
    from execpolicy.loaders.access_log.read import call_of_console_line, call_of_xml_line

    text = line.value
    if _URL.match(text) is not None:
        return _of_url(line)
    if text.lstrip().startswith("{"):
        return _of_object(line)
    if text.lstrip().startswith("<"):
        return call_of_xml_line(line)
    found = call_of_console_line(line)
    if found is None:
        place = line.part(0, min(len(text), 1))
        raise place.error(f"found {quoted(text, 40)}, expected {_EXPECTED}", _GIVE_FORMAT, RULE)
    return found


def _of_url(written: WrittenText) -> ReadCall:
    from execpolicy.loaders.called_url import parse_url
    from execpolicy.loaders.sent_signature import signature_in

    url = parse_url(written)
    return ReadCall(
        "a URL",
        written,
        {"host": url.host, "path": url.written_path},
        method="$connect" if url.is_websocket else "GET",
        host=url.host.value,
        path=url.path,
        query=url.query,
        is_signed=signature_in({}, dict(url.query)) is not None,
        is_websocket=url.is_websocket,
        is_of_client=True,
    )


def _of_curl(whole: WrittenText) -> ReadCall:
    from execpolicy.loaders.curl.command import parse_curl

    # The whole source, so that the places are those in it; a shell passes over the space around a command.
    command = parse_curl(whole.source.text.replace(BOM, " ", 1), whole.source.name)
    url = command.url
    is_connect = url.is_websocket and command.method.value == "GET"
    return ReadCall(
        "a curl command",
        whole,
        {"method": command.method, "host": url.host, "path": url.written_path},
        method="$connect" if is_connect else command.method.value,
        host=url.host.value,
        path=url.path,
        query=url.query,
        headers=command.headers,
        is_signed=command.signed_by is not None,
        client_certificate=True if command.has_certificate else None,
        is_websocket=url.is_websocket,
        is_of_client=True,
        notes=command.notes,
    )


def _of_json(whole: WrittenText, accepts: Accepts | None) -> ReadCalls:
    """The calls of one JSON document, or of one in each line."""
    from execpolicy.loaders.json_text import read_json_text

    lines = list(_lines(whole))
    if len(lines) > 1 and _are_documents(lines):
        return _each(whole, lines, _of_line)
    document = read_json_text(whole, texts_of_any_length)
    if isinstance(document.root, JsonObject):
        har = _har(whole, document.root, accepts)
        if har is not None:
            return har
    return ReadCalls((_of_object(whole, document),))


def _are_documents(lines: Sequence[WrittenText]) -> bool:
    """Whether each line is a document of its own: the first ends like one, and the second begins like one."""
    return lines[0].value.rstrip().endswith("}") and lines[1].value.lstrip()[:1] not in ("}", "]", ",", '"')


def texts_of_any_length(root: JsonObject) -> Iterator[Node]:
    """The texts in a document that can have any length: bodies, and those of a HAR file."""
    from execpolicy.loaders.har.read import is_har, is_har_entry, long_texts

    if is_har(root) or is_har_entry(root):
        yield from long_texts(root)
    if "body" in root.members:
        yield root.members["body"][2]


def _har(whole: WrittenText, root: JsonObject, accepts: Accepts | None) -> ReadCalls | None:
    """The calls of a HAR file or of one entry; None if the document is neither."""
    from execpolicy.loaders.har.read import RULE as HAR_RULE
    from execpolicy.loaders.har.read import call_of_entry, entries_of, host_of_entry, is_har, is_har_entry
    from execpolicy.loaders.json_members import JsonMembers

    members = JsonMembers(whole, root, "", HAR_RULE)
    if is_har_entry(root):
        return ReadCalls((call_of_entry(members),))
    if not is_har(root):
        return None
    kept: list[JsonMembers] = []
    others: dict[str, int] = {}
    for entry in entries_of(members):
        host = host_of_entry(entry)
        if accepts is None or accepts(host):
            kept.append(entry)
        else:
            others[host] = others.get(host, 0) + 1
    if not kept:
        named = f"entries to {', '.join(sorted(host or 'no host' for host in others)[:5])}" if others else "no entry"
        message = f"found a HAR file with {named}, expected a call to the API"
        place = whole.part(root.start, root.start + 1)
        raise place.error(message, "give the file of the API that was called, with its domains", HAR_RULE)
    return _each(whole, kept, call_of_entry)._replace(passed_over=tuple(sorted(others.items())))


def _of_object(text: WrittenText, document: JsonText | None = None) -> ReadCall:
    """The call of one JSON object: an event, an entry of a HAR file, or a line of an access log.

    ``document`` is what the text has been read as, if it has been.
    """
    from execpolicy.loaders.access_log.read import call_of_json_line
    from execpolicy.loaders.event.kinds import RULE as EVENT_RULE
    from execpolicy.loaders.event.kinds import is_event
    from execpolicy.loaders.event.read import call_of_event
    from execpolicy.loaders.har.read import RULE as HAR_RULE
    from execpolicy.loaders.har.read import call_of_entry, is_har_entry
    from execpolicy.loaders.json_members import JsonMembers
    from execpolicy.loaders.json_text import read_json_text

    document = read_json_text(text, texts_of_any_length) if document is None else document
    root = document.root
    if not isinstance(root, JsonObject):
        place = text.part(root.start, min(root.start + 1, root.end))
        raise place.error(f"found {describe(root)}, expected {_EXPECTED}", _GIVE_FORMAT, RULE)
    if is_har_entry(root):
        return call_of_entry(JsonMembers(text, root, "", HAR_RULE))
    if not is_event(root):
        return call_of_json_line(text, document)
    if document.absent:
        at = min(document.absent)
        raise text.part(at, at + 1).error("found -, expected a JSON value", "write null", EVENT_RULE)
    return call_of_event(JsonMembers(text, root, "", EVENT_RULE))
