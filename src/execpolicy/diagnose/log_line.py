"""A line of a log in JSON, such as an access log of API Gateway: its members by name (MSG-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Members: TypeAlias = Mapping[str, str]

#: What a log writes for a value that is absent.
ABSENT = "-"
#: Members below this level, and more members than this, are not read.
_MAX_DEPTH, _MAX_MEMBERS = 4, 1000
#: Numbers in logs have fewer digits.
_LARGEST = 10**15

#: The last part of the names of members that hold a message.
_MESSAGES = ("message", "errormessage", "error", "messagestring", "authorizererror", "integrationerrormessage")


def parse_log_line(text: str) -> Members:
    """The members of the first JSON object in a text, by their names in lower case, such as ``error.message``.

    Only members with a text or a number are read, without variables that no log has replaced. There are none if the
    object is not valid JSON.

    >>> dict(parse_log_line('{"status": 403, "error": {"message": "Forbidden"}, "caller": "-"}'))
    {'status': '403', 'error.message': 'Forbidden', 'caller': '-'}
    """
    start = text.find("{")
    if start < 0:
        return {}
    import json

    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return {}
    members: dict[str, str] = {}
    for name, member in _members(value, "", 1):
        members.setdefault(name, member)
        if len(members) == _MAX_MEMBERS:
            break
    return members


def messages_of(members: Members) -> list[str]:
    """The messages of a line of a log."""
    return [value for name, value in members.items() if name.rpartition(".")[2] in _MESSAGES and value != ABSENT]


def is_variable(text: str) -> bool:
    """Whether a text is a variable of a log's format, which no log has replaced by its value."""
    return text.startswith("$context.")


def _members(value: dict[str, Any], before: str, level: int) -> Iterator[tuple[str, str]]:
    for key, member in value.items():
        name = f"{before}{key.lower()}"
        if isinstance(member, dict) and level < _MAX_DEPTH:
            yield from _members(member, f"{name}.", level + 1)
        elif isinstance(member, str) and member and not is_variable(member):
            yield name, _unquoted(member)
        elif isinstance(member, (int, float)) and not isinstance(member, bool) and abs(member) < _LARGEST:
            yield name, f"{member:.15g}"


def _unquoted(text: str) -> str:
    """A text without the quotes that ``$context.error.messageString`` adds."""
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('\\"', '"') if is_quoted else text
