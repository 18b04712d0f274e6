"""Splits a pasted text that may hold several responses: one a line, or one JSON value after another."""

from __future__ import annotations

import re

from execpolicy.diagnose.broken_lines import join_broken_arns
from execpolicy.diagnose.log_line import parse_log_line

#: A line of an execution log begins with the id of its request, after the time.
_REQUEST_ID = re.compile(r"[\s\[]*(?:[0-9][0-9TZ:.,+/-]*\s+){0,2}\((?P<id>[\w-]{1,64})\) ")
_SPACE = re.compile(r"\s+")
#: Headers make one response of all lines.
_HEADER = re.compile(
    r"[<>* \t]*(?:HTTP/[0-9.]+ "
    r"|(?:x-amzn?-[\w-]+|apigw-requestid|www-authenticate|content-[a-z-]+|date|server|via)\s*:)",
    re.IGNORECASE,
)


def split_responses(text: str) -> list[str]:
    r"""The parts of a text that may each be one response, in order; the text itself if it cannot be split.

    Lines of a log about one request are one part.

    >>> split_responses('{"message": "Forbidden"}\n{"message": "Not Found"}')
    ['{"message": "Forbidden"}', '{"message": "Not Found"}']
    """
    values = _json_values(text)
    if len(values) > 1:
        return _by_request(values)
    lines = [line for line in join_broken_arns(text).text.splitlines() if line.strip()]
    if len(values) == 1 or len(lines) < 2 or any(_HEADER.match(line) for line in lines):
        return [text]
    return _by_request(lines)


def _json_values(text: str) -> list[str]:
    """The JSON objects of which a text consists; none if it holds anything else."""
    if not text.lstrip().startswith("{"):
        return []
    import json

    decoder = json.JSONDecoder(strict=False)
    values: list[str] = []
    end = _after_space(text, 0)
    while end < len(text):
        start = end
        if text[start] != "{":
            return []
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return []
        values.append(text[start:end])
        end = _after_space(text, end)
    return values


def _after_space(text: str, start: int) -> int:
    space = _SPACE.match(text, start)
    return space.end() if space else start


def _by_request(parts: list[str]) -> list[str]:
    """The parts with those of one request joined, at the place of the first."""
    joined: dict[str, list[str]] = {}
    for number, part in enumerate(parts):
        found = _REQUEST_ID.match(part)
        request = found["id"] if found else parse_log_line(part).get("requestid", "")
        joined.setdefault(f"id {request}" if request else f"part {number}", []).append(part)
    return ["\n".join(each) for each in joined.values()]
