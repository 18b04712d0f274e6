"""The messages of log events in a text of CloudWatch Logs (LOG-7).

Forms: the output of ``aws logs filter-log-events`` and ``get-log-events``, the data of a subscription as JSON or as
gzip in base64, also in the event of a Lambda function and in records of Kinesis and Firehose, and results of CloudWatch
Logs Insights as JSON or CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, describe
from execpolicy.errors import RequestError
from execpolicy.loaders.cloudwatch_logs.compressed import decompressed
from execpolicy.loaders.cloudwatch_logs.csv_results import messages_of_csv
from execpolicy.loaders.cloudwatch_logs.records import data_of_records, lines_of_data
from execpolicy.loaders.cloudwatch_logs.text_output import messages_of_text_output
from execpolicy.loaders.json_text import placed_text, read_json_text
from execpolicy.loaders.written_text import WrittenText

RULE: Final = "LOG-7"
MESSAGE: Final = "@message"
#: Each of the forms in JSON has one of these.
_NAMES: Final = re.compile(r'"(?:events|logEvents|awslogs|results|[Rr]ecords|@message)"')
#: The beginning of gzip in base64.
_COMPRESSED: Final = re.compile(r"H4sI[A-Za-z0-9+/=\s]*")
_CSV: Final = re.compile(r'(?:"?@?[\w.]+"?,)*"?@message"?(?:,|\r?\n|\Z)')
#: A record by which CloudWatch Logs tries whether a stream takes its records.
_CONTROL: Final = "CONTROL_MESSAGE"
_QUERY: Final = "query the whole lines: fields @message"


def log_messages(text: WrittenText) -> list[WrittenText] | None:
    """The messages of the log events of a text; None if it is no text of CloudWatch Logs.

    Args:
        text: the whole text.

    Raises:
        RequestError: it is a text of CloudWatch Logs that cannot be read or has no message; with the place.
    """
    found = _messages(text)
    if found is None:
        return None
    messages = [_without_end(each) for each in found]
    if not messages:
        raise text.part(0, 1).error("found no log event, expected one for each call", "give the log of a call", RULE)
    return messages


def _messages(text: WrittenText) -> list[WrittenText] | None:
    if _COMPRESSED.fullmatch(text.value):
        return _of_data(text)
    if _CSV.match(text.value):
        return messages_of_csv(text, MESSAGE)
    rows = messages_of_text_output(text)
    if rows is not None:
        return rows
    if text.value[:1] not in ("{", "[") or _NAMES.search(text.value) is None:
        return None
    found: list[WrittenText] = []
    for document in _documents(text):
        messages = _of_document(document)
        if messages is None:
            return None
        found.extend(messages)
    return found


def _documents(text: WrittenText) -> Iterator[WrittenText]:
    """One document, or one in each line."""
    lines = text.value.split("\n")
    if len(lines) == 1 or not all(line.strip()[-1:] in ("", "}") for line in lines):
        yield text
        return
    start = 0
    for line in lines:
        if line.strip():
            yield text.part(start, start + len(line.rstrip("\r")))
        start += len(line) + 1


def _of_document(text: WrittenText) -> list[WrittenText] | None:
    try:
        root = read_json_text(text, _long_texts).root
    except RequestError:
        return None  # it is read as a call next, which reports the fault
    if isinstance(root, JsonArray):
        return _of_rows(text, root) if any(map(_is_row, root.items)) else None
    data = member(root, "awslogs", "data")
    if isinstance(data, Text):
        return _of_data(placed_text(text, data))
    records = data_of_records(text, root)
    if records is not None:
        return [message for each in records for message in _of_record(each)]
    if text_in(root, "messageType") == _CONTROL:
        return []
    for name in ("events", "logEvents"):
        events = member(root, name)
        if isinstance(events, JsonArray) and all(isinstance(each, JsonObject) for each in events.items):
            return [_message(text, each, "message") for each in events.items]
    results = member(root, "results")
    if not isinstance(results, JsonArray) or not all(isinstance(each, JsonArray) for each in results.items):
        return None
    is_query = results.items or member(root, "statistics") is not None
    return [_field(text, row) for row in results.items] if is_query else None


def _long_texts(root: JsonObject) -> Iterator[Node]:
    """Strings that can have any length: messages, and the data of a subscription."""
    waiting: list[tuple[str, Node]] = [("", root)]
    while waiting:
        name, node = waiting.pop()
        if isinstance(node, JsonObject):
            waiting.extend((key, value) for key, (_, _, value) in node.members.items())
        elif isinstance(node, JsonArray):
            waiting.extend((name, item) for item in node.items)
        elif name in ("data", "Data", "message", "value"):
            yield node


def _of_data(data: WrittenText) -> list[WrittenText]:
    """The messages in the compressed data of a subscription; their places are in the decompressed text."""
    inner = decompressed(data)
    found = _of_document(inner)
    if found is None:
        message = "found compressed data that is no record of a subscription, expected logEvents in it"
        raise data.error(message, "give the data of a subscription filter of CloudWatch Logs", RULE)
    return found


def _of_record(data: WrittenText) -> list[WrittenText]:
    """The messages in the data of a record: of a subscription, or lines as API Gateway wrote them."""
    return _of_data(data) if _COMPRESSED.fullmatch(data.value) else [*lines_of_data(data)]


def _of_rows(text: WrittenText, rows: JsonArray) -> list[WrittenText]:
    """Results as the console exports them: an object for each line."""
    found = []
    for row in rows.items:
        value = member(row, MESSAGE)
        if isinstance(value, JsonObject):  # the console writes a message that is JSON as it is
            found.append(text.part(value.start, value.end))
        else:
            found.append(_message(text, row, MESSAGE))
    return found


def _is_row(node: Node) -> bool:
    return isinstance(node, JsonObject) and any(name.startswith("@") for name in node.members)


def _field(text: WrittenText, row: Node) -> WrittenText:
    """The message of a result: a list of fields, each with its name and value."""
    fields = row.items if isinstance(row, JsonArray) else []
    for each in fields:
        name = member(each, "field")
        if isinstance(name, Text) and name.value == MESSAGE:
            return _message(text, each, "value")
    message = f"found a result without the field {MESSAGE}"
    raise text.part(row.start, min(row.start + 1, row.end)).error(message, _QUERY, RULE)


def _message(text: WrittenText, node: Node, name: str) -> WrittenText:
    value = member(node, name)
    if isinstance(value, Text):
        return placed_text(text, value)
    place = text.part(node.start, min(node.start + 1, node.end)) if value is None else text.part(value.start, value.end)
    found = f"a log event without {name}" if value is None else f"{describe(value)} as {name}"
    raise place.error(f"found {found}, expected the line of a log as a string", _QUERY, RULE)


def _without_end(message: WrittenText) -> WrittenText:
    """The message without the ends of lines after it."""
    return message.part(0, len(message.value.rstrip("\r\n")))
