"""The 40 calls to three APIs, written as the texts that describe calls, get the answers that the calls get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from execpolicy import Api, GatewayResponse
from execpolicy.call import Call
from execpolicy.engine.caller import Caller
from tests.loaders import calls_as_texts as texts
from tests.loaders.calls_as_texts import LOG_FORMATS, WrittenCall
from tests.loaders.test_three_apis import (
    ALL_CALLS,
    APIS,
    ARNS,
    CALLERS,
    FORMATS,
    answer_to,
    complete_api,
    endpoint_policy,
)

#: What a text has no words for: the tests give it besides.
_BESIDE: Final = ("authorizer_output", "claims")

_WRITERS: Final[dict[str, Callable[[WrittenCall], str]]] = {
    "event 1.0": texts.as_event_1,
    "event 2.0": texts.as_event_2,
    "HAR": texts.as_har,
    "curl": texts.as_curl,
}
_API_FILES: Final = 0


def _written(call: dict[str, Any], index: int = _API_FILES) -> WrittenCall:
    return WrittenCall(complete_api(index, call["api"]), call, ARNS[call["caller"]] if "caller" in call else None)


def _invoke(read: Call, call: dict[str, Any], index: int = _API_FILES, **more: Any) -> GatewayResponse:
    api: Api = complete_api(index, call["api"])
    given: dict[str, Any] = {
        "caller": _caller(call),
        "vpc_endpoint_policy": endpoint_policy(index) if call["api"] == "private" else None,
    }
    beside: dict[str, Any] = {name: call[name] for name in _BESIDE if name in call}
    arguments: dict[str, Any] = {**given, **beside, **more}
    return api.invoke(read, **arguments)


def _caller(call: dict[str, Any]) -> Caller | None:
    return CALLERS[call["caller"]] if "caller" in call else None


def _is_answer(response: GatewayResponse, call: dict[str, Any]) -> bool:
    refused_by = response.refused_by.gate if response.refused_by else None
    found = (response.status, response.response_type, refused_by)
    return found == (call["status"], call.get("response_type"), call.get("refused_by"))


@pytest.mark.rule("LOG-3")
@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize("event", ["event 1.0", "event 2.0"])
@pytest.mark.parametrize("call", [pytest.param(call, id=str(number)) for number, call in enumerate(ALL_CALLS, 1)])
def test_an_event_gets_the_answer_of_its_call(event: str, call: dict[str, Any]) -> None:
    if event == "event 2.0" and call["api"] != "http":
        return  # a REST API sends no such event
    read = Call.parse(_WRITERS[event](_written(call)))
    assert _is_answer(_invoke(read, call), call)


@pytest.mark.rule("LOG-4")
@pytest.mark.parametrize("writer", ["HAR", "curl"])
@pytest.mark.parametrize("call", [pytest.param(call, id=str(number)) for number, call in enumerate(ALL_CALLS, 1)])
def test_a_har_entry_or_a_curl_command_gets_the_answer_of_its_call(writer: str, call: dict[str, Any]) -> None:
    read = Call.parse(_WRITERS[writer](_written(call)))
    # They do not say where the call comes from, and a curl command not when. A HAR file may lack the signature.
    more: dict[str, Any] = {"context": call.get("context", {}), "at": None if writer == "HAR" else call.get("at")}
    unsigned: dict[str, Any] = {"caller": "anonymous"} if writer == "HAR" and "caller" not in call else {}
    assert _is_answer(_invoke(read, call, **more, **unsigned), call)


@pytest.mark.rule("LOG-2")
@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize("log_format", LOG_FORMATS)
@pytest.mark.parametrize("call", [pytest.param(call, id=str(number)) for number, call in enumerate(ALL_CALLS, 1)])
def test_a_line_of_a_log_gets_the_answer_of_its_call(log_format: str, call: dict[str, Any]) -> None:
    written = _written(call)
    line = texts.as_log_line(written, LOG_FORMATS[log_format])
    read = Call.parse(line, log_format=LOG_FORMATS[log_format])
    assert read.answer is not None
    assert read.answer.status == call["status"]
    # A log has neither headers nor query parameters.
    sent: dict[str, Any] = {}
    if "headers" in call:
        sent = {name: call.get(name, {}) for name in ("headers", "query")}
    assert _is_answer(_invoke(read, call, **sent), call)
    if log_format != "plain":
        # The content says what the variables are.
        found = Call.parse(line)
        assert (found.method, found.path, found.source_ip) == (read.method, read.path, read.source_ip)
        assert _is_answer(_invoke(found, call, **sent), call)


def test_each_of_the_apis_is_called() -> None:
    assert {call["api"] for call in ALL_CALLS} == {*APIS}


_TERRAFORM: Final = [
    pytest.param(index, id=each.suffix) for index, each in enumerate(FORMATS) if each.kind == "terraform"
]


def _texts(written: WrittenCall) -> Iterator[tuple[str, str, str | None]]:
    """Every text that a call is written as: what it is, the text, and its format if it has one."""
    for name, log_format in LOG_FORMATS.items():
        line = texts.as_log_line(written, log_format)
        yield f"{name}, with its format", line, log_format
        if name != "plain":
            yield f"{name}, by its content", line, None
    yield "event 1.0", texts.as_event_1(written), None
    if written.api.type == "HTTP":
        yield "event 2.0", texts.as_event_2(written), None
    if texts.can_be_clf(written):
        yield "CLF", texts.as_clf(written), None


@pytest.mark.rule("SRC-4", "LOG-2", "LOG-3", "LOG-5")
@pytest.mark.parametrize("index", _TERRAFORM)
def test_calls_as_texts_get_the_same_answers_from_plans_and_states(index: int) -> None:
    counted: Counter[str] = Counter()
    for call in ALL_CALLS:
        direct = answer_to(call, complete_api(index, call["api"]), index)
        assert _is_answer(direct, call)
        for name, text, log_format in _texts(_written(call, index)):
            is_log = not name.startswith("event")
            sent = {part: call.get(part, {}) for part in ("headers", "query")} if is_log and "headers" in call else {}
            found = _invoke(Call.parse(text, log_format=log_format), call, index, **sent)
            assert _is_answer(found, call), (name, call)
            assert (found.outcome, found.arn) == (direct.outcome, direct.arn), (name, call)
            counted[name] += 1
    of_http = sum(call["api"] == "http" for call in ALL_CALLS)
    assert counted == {
        **{f"{name}, with its format": 40 for name in LOG_FORMATS},
        **{f"{name}, by its content": 40 for name in LOG_FORMATS if name != "plain"},
        "event 1.0": 40,
        "event 2.0": of_http,
        "CLF": 12,
    }
