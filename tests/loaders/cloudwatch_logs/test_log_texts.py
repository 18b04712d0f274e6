"""Lines of a log in what CloudWatch Logs writes around them: they are the same calls as the lines alone (LOG-7)."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Call, RequestError
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.loaders.call_texts import read_calls
from execpolicy.loaders.read_call import NO_PLACES, ReadCall
from execpolicy.loaders.written_text import WrittenText
from tests.loaders.calls_as_texts import LOG_FORMATS, WrittenCall, as_log_line
from tests.loaders.test_three_apis import ALL_CALLS, ARNS, complete_api

pytestmark = pytest.mark.rule("LOG-7")

TIME: Final = "2026-11-30T10:00:00.123"


def events(messages: Sequence[str]) -> dict[str, Any]:
    found = [{"logStreamName": "s", "timestamp": 1, "message": each, "ingestionTime": 2} for each in messages]
    return {"events": found, "searchedLogStreams": [], "nextToken": "t"}


def subscription(messages: Sequence[str]) -> dict[str, Any]:
    found = [{"id": str(number), "timestamp": 1, "message": each} for number, each in enumerate(messages)]
    head = {"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "g", "logStream": "s"}
    return {**head, "subscriptionFilters": ["f"], "logEvents": found}


def packed(text: str) -> str:
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def text_output(messages: Sequence[str], *, is_filtered: bool) -> str:
    """What the AWS CLI writes with --output text."""
    if is_filtered:
        head = f"EVENTS\t{7:056}\t1796040000123\tstream"
        found = [f"{head}\t{each}\t1796040000000" for each in messages]
        return "\n".join([*found, "SEARCHEDLOGSTREAMS\tTrue\tstream"])
    found = [f"EVENTS\t1796040000123\t{each}\t1796040000000" for each in messages]
    return "\n".join(["b/361/s\tf/362/s", *found])


CONTROL: Final = json.dumps({"messageType": "CONTROL_MESSAGE", "owner": "", "logEvents": [{"id": "", "message": "x"}]})


def rows(messages: Sequence[str]) -> list[list[dict[str, str]]]:
    return [[{"field": "@timestamp", "value": TIME}, {"field": "@message", "value": each}] for each in messages]


def csv(messages: Sequence[str]) -> str:
    quoted = [each.replace('"', '""') for each in messages]
    return "@timestamp,@message\r\n" + "".join(f'{TIME},"{each}"\r\n' for each in quoted)


FORMS: Final[dict[str, Callable[[Sequence[str]], str]]] = {
    "events": lambda messages: json.dumps(events(messages)),
    "events in lines": lambda messages: json.dumps(events(messages), indent=2),
    "events with ends of lines": lambda messages: json.dumps(events([f"{each}\r\n" for each in messages])),
    "a subscription": lambda messages: json.dumps(subscription(messages)),
    "subscriptions": lambda messages: "\n".join(json.dumps(subscription([each])) for each in messages),
    "a subscription, compressed": lambda messages: packed(json.dumps(subscription(messages))),
    "in lines": lambda messages: re.sub("(.{76})", r"\1\n", packed(json.dumps(subscription(messages)))),
    "an event": lambda messages: json.dumps({"awslogs": {"data": packed(json.dumps(subscription(messages)))}}),
    "records of Kinesis": lambda messages: json.dumps(
        {"Records": [{"kinesis": {"data": packed(json.dumps(subscription([each])))}} for each in messages]}
    ),
    "records with a test": lambda messages: json.dumps(
        {"Records": [{"Data": packed(each)} for each in (CONTROL, json.dumps(subscription(messages)))]}
    ),
    "records of Firehose": lambda messages: json.dumps(
        {
            "deliveryStreamArn": "arn:x",
            "records": [{"recordId": "1", "data": encoded(f"{each}\n")} for each in messages],
        }
    ),
    "a record of Firehose": lambda messages: json.dumps({"records": [{"data": encoded("\r\n".join(messages))}]}),
    "text": lambda messages: text_output(messages, is_filtered=False),
    "filtered, as text": lambda messages: text_output(messages, is_filtered=True),
    "a query": lambda messages: json.dumps({"results": rows(messages), "statistics": {}, "status": "Complete"}),
    "rows": lambda messages: json.dumps([{"@timestamp": TIME, "@message": each} for each in messages]),
    "CSV": csv,
    "an export": lambda messages: "\n".join(f"{TIME}Z {each}" for each in messages),
    "tail": lambda messages: "\n".join(f"{TIME}000+00:00 abcdef0123456789 {each}" for each in messages),
    "tail, short": lambda messages: "\n".join(f"{TIME[:19]} {each}" for each in messages),
}
FORMATS: Final = {**LOG_FORMATS, "CLF": None}


def same(calls: Sequence[ReadCall]) -> list[ReadCall]:
    """The calls without their places."""
    nowhere = WrittenText.whole("", "")
    return [each._replace(text=nowhere, written=NO_PLACES) for each in calls]


def line_of(call: dict[str, Any], name: str) -> str:
    """A line of a log, in one of the formats or in CLF."""
    written = WrittenCall(complete_api(0, call["api"]), call, ARNS.get(call.get("caller", "")))
    log_format = FORMATS[name]
    if log_format is None:
        return f'192.0.2.1 - - [30/Nov/2026:10:00:00 +0000] "{written.method} /health HTTP/1.1" 200 5 {written.time}'
    return as_log_line(written, log_format)


@given(
    calls=st.lists(st.sampled_from(ALL_CALLS), min_size=1, max_size=4),
    name=st.sampled_from([*FORMATS]),
    form=st.sampled_from([*FORMS]),
    gives_format=st.booleans(),
)
def test_the_lines_are_the_same_calls_in_every_form(
    calls: list[dict[str, Any]], name: str, form: str, *, gives_format: bool
) -> None:
    lines = [line_of(call, name) for call in calls]
    log_format = FORMATS[name] if gives_format or name == "plain" else None
    wanted = read_calls("\n".join(lines), log_format=log_format)
    found = read_calls(FORMS[form](lines), log_format=log_format)
    assert not wanted.faults
    assert not found.faults
    assert same(found.calls) == same(wanted.calls)


def test_tail_writes_json_in_several_lines() -> None:
    lines = [line_of(call, "JSON with quotes") for call in ALL_CALLS[:3]]
    text = "\n".join(f"{TIME}+00:00 stream\n{json.dumps(json.loads(each), indent=4)}" for each in lines)
    found = [(each.method, each.path, each.source_ip) for each in read_calls(text).calls]
    assert found == [(each.method, each.path, each.source_ip) for each in read_calls("\n".join(lines)).calls]


def test_the_console_exports_messages_in_json_as_they_are() -> None:
    line = line_of(ALL_CALLS[0], "JSON with quotes")
    text = json.dumps([{"@timestamp": TIME, "@message": json.loads(line)}])
    assert Call.parse(text).path == Call.parse(line).path


LINE: Final = '{"httpMethod":"GET","path":"/prod/a","ip":"192.0.2.1"}'
BROKEN: Final = LINE.replace("}", "")


def message_of(text: str, **options: Any) -> str:
    with pytest.raises(RequestError) as caught:
        Call.parse(text, **options)
    return f"{caught.value.place}: {caught.value.message}"


MISSES: Final = {
    "no events": ('{"events":[]}', "1:1: found no log event, expected one for each call"),
    "no message": ('{"logEvents":[{"id":"1"}]}', "1:15: found a log event without message, expected the line of a log"),
    "a number": ('{"events":[{"message":1}]}', "1:23: found the number 1 as message, expected the line of a log"),
    "no @message": (
        '{"results":[[{"field":"status","value":"1"}]]}',
        "1:13: found a result without the field @message",
    ),
    "another row": (
        '[{"@message":"x"},{"a":1}]',
        "1:19: found a log event without @message, expected the line of a log",
    ),
    "a record": ("@timestamp,@message\n1\n", "2:1: found a record with 1 fields, expected 2 as in the first one"),
    "quotes": ('@message\n"a"b', '2:4: found "b" after a field, expected a comma'),
    "no data": ('{"awslogs":{"data":"xx"}}', "1:21: found data that cannot be decompressed, expected the data of a"),
    "cut off": (packed(LINE)[:-12], "1:1: found compressed data that is cut off, expected the data of a subscription"),
    "no record": (packed("{}"), "1:1: found compressed data that is no record of a subscription, expected logEvents"),
    "no text": (b64encode(gzip.compress(b"\xff")).decode(), "1:1: found data that cannot be decompressed, expected"),
    "more": (
        b64encode(gzip.compress(b"{}") + gzip.compress(b"{}")).decode(),
        "1:1: found more after the end of compressed data",
    ),
    "a time alone": (f"{TIME}Z", '1:25: found "", expected a URL, a curl command, a line of an access log'),
    "another line": (f"{TIME}Z hello", '1:26: found "hello", expected a URL, a curl command, a line of an access log'),
    "a fault in a message": (json.dumps(events([BROKEN])), "1:64: the object opened here is never closed"),
    "no base64": (
        '{"records":[{"data":"*"}]}',
        "1:22: found data of a record that cannot be decoded, expected lines of a",
    ),
    "no text in a record": (
        json.dumps({"records": [{"data": b64encode(b"\xff").decode()}]}),
        "1:24: found data of a record that cannot be decoded, expected lines of a log in base64",
    ),
    "a control message alone": (CONTROL, "1:1: found no log event, expected one for each call"),
    "other records": (
        '{"Records":[{"eventSource":"aws:sqs","body":"x"}]}',
        "1:2: found Records, as events of other services than API Gateway have",
    ),
    "a row": ("EVENTS\tx\ty", "1:1: found a row that is no log event, expected its times and its message with tabs"),
    "control": (
        json.dumps(subscription(["CWL CONTROL MESSAGE"])),
        '1:177: found "CWL CONTROL MESSAGE", expected a URL',
    ),
}


@pytest.mark.parametrize("name", MISSES)
def test_what_cannot_be_read_is_an_error_at_its_place(name: str) -> None:
    text, expected = MISSES[name]
    assert message_of(text).startswith(f"<call>:{expected}")


def test_a_place_in_compressed_data_is_one_in_the_data_without_compression() -> None:
    text = json.dumps(subscription([LINE, BROKEN]), indent=1)
    (fault,) = read_calls(packed(text), "log").faults
    line = next(number for number, each in enumerate(text.split("\n"), 1) if each.endswith('192.0.2.1\\""'))
    assert fault.place == f"log (decompressed):{line}:16"


def test_data_that_decompresses_to_too_much_is_refused() -> None:
    bomb = b64encode(gzip.compress(b" " * (MAX_DOCUMENT + 1))).decode()
    assert "found data with more than 16777216 bytes (16 MiB) when it is decompressed" in message_of(bomb)


def test_one_line_that_cannot_be_read_is_a_fault_and_the_others_are_read() -> None:
    for form in ("events", "an export", "CSV"):
        found = read_calls(FORMS[form]([LINE, BROKEN, LINE]))
        assert (len(found.calls), len(found.faults)) == (2, 1), form


def test_a_line_that_may_have_the_time_itself_is_refused() -> None:
    agent = "$context.identity.userAgent $context.httpMethod $context.path $context.status"
    expected = "found a line that is read as one call after the time at its beginning, and as another one with it"
    assert expected in message_of(f"{TIME}Z a GET /prod/a 200", log_format=agent)
    assert Call.parse("a GET /prod/a 200", log_format=agent).context == {"aws:UserAgent": "a"}
    address = agent.replace("userAgent", "sourceIp")
    assert Call.parse(f"{TIME}Z 192.0.2.1 GET /prod/a 200", log_format=address).source_ip == "192.0.2.1"
    assert Call.parse(f"{TIME}Z stream 192.0.2.1 GET /prod/a 200", log_format=address).source_ip == "192.0.2.1"
    assert "200" in message_of(f"{TIME}Z 192.0.2.1 GET /prod/a x200", log_format=address)


def test_a_field_of_a_log_with_such_a_name_is_a_field() -> None:
    call = Call.parse('{"httpMethod":"GET","path":"/prod/a","events":"x","results":[],"message":"Forbidden"}')
    assert (call.method, call.path) == ("GET", "/prod/a")


def test_a_message_may_be_longer_than_a_string_of_a_policy() -> None:
    names = ",".join(f'"field{number}":"{"x" * 40_000}"' for number in range(2))
    long = LINE.replace("}", f",{names}}}")
    for form in ("events", "a query", "a subscription", "a subscription, compressed", "an event"):
        assert Call.parse(FORMS[form]([long])).path == "/prod/a", form


def test_empty_lines_between_records_are_passed_over() -> None:
    text = "\n\n".join(json.dumps(subscription([LINE])) for _ in range(2))
    assert len(read_calls(text).calls) == 2


def test_a_text_of_two_forms_is_read_line_by_line() -> None:
    found = read_calls(f"{json.dumps(subscription([LINE]))}\n{LINE}")
    assert (len(found.calls), len(found.faults)) == (1, 1)


def test_a_time_that_belongs_to_a_value_which_is_not_read_is_no_ambiguity() -> None:
    form = "$context.authorizer.tier $context.httpMethod $context.path"
    assert Call.parse(f"{TIME}Z a GET /prod/a", log_format=form).path == "/prod/a"
