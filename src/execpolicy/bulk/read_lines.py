"""The calls of the lines of a log, each as ``Call.parse`` reads it, or why a line has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from execpolicy.bulk.replay_result import NotReplayed
from execpolicy.call import Call
from execpolicy.errors import RequestError
from execpolicy.language.principal import Principal
from execpolicy.loaders.call_texts import read_calls

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine


def calls_of_line(line: LogLine, log_format: str | None) -> Iterator[Call | NotReplayed]:
    """The calls of a line, or why it has none; a subscription record has several.

    Args:
        line: the line.
        log_format: the format of the log.

    Raises:
        RequestError: the format is wrong.
    """
    if not line.content.strip():
        yield NotReplayed.EMPTY
        return
    try:
        text = line.content.decode("utf-8")
        found = read_calls(text, line.file, log_format=log_format)
    except UnicodeDecodeError:
        yield NotReplayed.BROKEN
        return
    except RequestError as error:
        if error.source is not None and error.source.name == "<log_format>":
            raise
        yield NotReplayed.BROKEN
        return
    for call in map(Call.of, found.calls):
        yield call if _has_caller(call) else NotReplayed.BROKEN
    yield from (NotReplayed.BROKEN for _ in found.faults)


def _has_caller(call: Call) -> bool:
    """Whether the ARN of the caller is one, if there is any."""
    if call.caller_arn is None:
        return True
    try:
        Principal.parse(call.caller_arn)
    except RequestError:
        return False
    return True
