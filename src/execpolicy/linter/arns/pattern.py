"""The fields of an entry of Resource as it is written, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from execpolicy.language.arn import SHORT_FORM

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_FIELDS = 6
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_SERVICE = 2


class PatternField(NamedTuple):
    """A field of an ARN: its text, and where it begins in the whole text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class ApiPattern(NamedTuple):
    """An entry that names parts of an API: a part that is not written is None.

    Attributes:
        fields: partition, service, region and account; empty for a short form.
        api: the API id; None for a short form.
        stage, method, path: what is called; the path is what follows the slash after the method.
    """

    fields: tuple[PatternField, ...]
    api: PatternField | None
    stage: PatternField | None
    method: PatternField | None
    path: PatternField | None


def read_api_pattern(text: str, fields: Sequence[PatternField] | None = None) -> ApiPattern | None:
    """The parts of an entry for execute-api; None for ``*``, and for ARNs of other services or of domains.

    Args:
        text: the entry.
        fields: what ``fields_of`` finds in it, if that is known.

    >>> pattern = read_api_pattern("arn:aws:execute-api:*:*:a1b2c3/prod/GET/orders")
    >>> pattern.method, pattern.path
    (PatternField(text='GET', start=36), PatternField(text='orders', start=40))
    """
    if text.startswith(SHORT_FORM):
        stage, method, path = _called(text, len(SHORT_FORM))
        return ApiPattern((), None, stage, method, path)
    if fields is None:
        fields = fields_of(text)
    if len(fields) < _FIELDS or fields[0].text != "arn" or fields[_SERVICE].text != "execute-api":
        return None
    rest = fields[-1]
    if rest.text.startswith("/"):
        return None  # a private custom domain
    slash = rest.text.find("/")
    api = PatternField(rest.text if slash < 0 else rest.text[:slash], rest.start)
    stage, method, path = _called(text, api.end + 1) if slash >= 0 else (None, None, None)
    return ApiPattern(tuple(fields[1:-1]), api, stage, method, path)


def fields_of(text: str) -> list[PatternField]:
    """The fields of an ARN as it is written: at most six, which colons outside of variables separate."""
    found, start = [], 0
    masked = _VARIABLE.sub(lambda match: "_" * len(match.group()), text) if "${" in text else text
    for field in masked.split(":", _FIELDS - 1):
        found.append(PatternField(text[start : start + len(field)], start))
        start += len(field) + 1
    return found


def _called(text: str, start: int) -> tuple[PatternField | None, PatternField | None, PatternField | None]:
    """Stage, method and path from an offset on."""
    stage = _until_slash(text, start)
    method = _until_slash(text, stage.end + 1) if stage.end < len(text) else None
    path = (
        PatternField(text[method.end + 1 :], method.end + 1) if method is not None and method.end < len(text) else None
    )
    return stage, method, path


def _until_slash(text: str, start: int) -> PatternField:
    end = text.find("/", start)
    return PatternField(text[start:] if end < 0 else text[start:end], start)
