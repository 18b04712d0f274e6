"""Writes texts with unknown parts into an API file, as ``unknown_texts`` reads them (SRC-5)."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from typing import Any

from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

_UNKNOWN, _NAMES = "unknown", "unknown_names"


def with_unknown_parts(document: dict[str, Any]) -> dict[str, Any]:
    """A document in which each text with unknown parts is ``{"unknown": [parts]}``.

    A name of a member with unknown parts is replaced by a name of its own, which the member ``unknown_names`` explains.

    >>> from execpolicy.document.unknown_value import unknown_text
    >>> with_unknown_parts({"id": "a" + unknown_text("the parameter Id")})
    {'id': {'unknown': ['a', {'name': 'the parameter Id'}]}}
    """
    names = {name for name in _names(document) if has_unknown(name)}
    if not names and not _has_unknown_text(document):
        return document
    written = dict(zip(sorted(names), _new_names({*_names(document)}), strict=False))
    converted: dict[str, Any] = _converted(document, written)
    if written:
        converted[_NAMES] = {own: _parts(name) for name, own in written.items()}
    return converted


def with_unwritten_parts(document: dict[str, Any], parts: Iterable[UnknownPart]) -> dict[str, Any]:
    """A document with the unknown parts of its API, in place of the values that stand for them."""
    stages = {}
    for part in parts:
        value = json.loads(part.written)
        if part.concern is Concern.STAGE_NAME:
            stages[part.key] = value
        elif part.path == ("api_keys",):
            document.setdefault("api_keys", []).append(value)
        else:
            _set(document, part.path, value)
    for field in ("stage", "stages", "api_keys", "domains"):
        if stages and field in document:
            document[field] = _with_stages(document[field], stages)
    return document


def _set(document: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *outer, last = path
    for name in outer:
        if name == "stages" and isinstance(document.get(name), list):
            document[name] = {stage: {} for stage in document[name]}
        document = document.setdefault(name, {})
    document[last] = value


def _with_stages(value: Any, stages: dict[str, str]) -> Any:
    """A value with the unknown names of stages in place of the names that stand for them, which nothing else has."""
    if isinstance(value, dict):
        return {stages.get(name, name): _with_stages(member, stages) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_stages(item, stages) for item in value]
    return stages.get(value, value) if isinstance(value, str) else value


def _new_names(taken: Container[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"unknown-{number}" not in taken:
            yield f"unknown-{number}"


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _names(member)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _has_unknown_text(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown_text, value.values()))
    if isinstance(value, list):
        return any(map(_has_unknown_text, value))
    return isinstance(value, str) and has_unknown(value)


def _converted(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(name, name): _converted(member, names) for name, member in value.items()}
    if isinstance(value, list):
        return [_converted(item, names) for item in value]
    return {_UNKNOWN: _parts(value)} if isinstance(value, str) and has_unknown(value) else value


def _parts(text: str) -> list[str | dict[str, str]]:
    return [{"name": part.name} if isinstance(part, UnknownName) else part for part in parts_of(text)]
