"""Python objects to the nodes that the reader makes of text, without places: paths name what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from execpolicy.document import json_faults
from execpolicy.document.json_strings import unusable
from execpolicy.document.model import NOWHERE, Text
from execpolicy.document.nodes import (
    MAX_DEPTH,
    MAX_FAULTS,
    MAX_NUMBER,
    MAX_VALUES,
    TOO_MANY,
    TOO_MANY_ADVICE,
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    StopReadingError,
    member_path,
)

_EXPECTED = "expected a mapping, list, string, number, bool or None"


class _Reading:
    """How much was read so far, and what is wrong with it."""

    __slots__ = ("count", "faults")

    def __init__(self) -> None:
        self.count = 0
        self.faults: list[Fault] = []

    def report(self, fault: Fault) -> None:
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError(fault._replace(message=TOO_MANY, advice=TOO_MANY_ADVICE, rule="", related=None))

    def enter(self, path: str, depth: int) -> None:
        """A container begins: one that holds itself ends here, as does one that holds one list many times over."""
        if depth > MAX_DEPTH:
            raise StopReadingError(json_faults.too_deep()._replace(path=path))
        if self.count > MAX_VALUES:
            raise StopReadingError(Fault(f"found more than {MAX_VALUES} values in one document", path=path))


def read_objects(document: Mapping[Any, Any]) -> tuple[Node | None, list[Fault]]:
    """Read a document given as Python objects.

    Args:
        document: mappings with string keys, lists and tuples, strings, ints, floats, Decimals, bools and None.

    Returns:
        As ``read_json``: the root node, or None, and everything that is wrong.
    """
    reading = _Reading()
    try:
        return _node(reading, document, "", 0), reading.faults
    except StopReadingError as stop:
        return None, [*reading.faults, stop.fault]


def _node(reading: _Reading, value: object, path: str, depth: int) -> Node:
    reading.count += 1
    match value:
        case str():
            return Text(_string(reading, value, path))
        case Mapping():
            return _object(reading, value, path, depth + 1)
        case list() | tuple():
            reading.enter(path, depth + 1)
            items = enumerate(value)
            return JsonArray([_node(reading, item, f"{path}[{index}]", depth + 1) for index, item in items])
        case bool():
            return JsonBoolean("true" if value else "false")
        case None:
            return JsonNull()
        case _:
            return _number(reading, value, path)


def _object(reading: _Reading, mapping: Mapping[Any, Any], path: str, depth: int) -> JsonObject:
    reading.enter(path, depth)
    members: dict[str, Member] = {}
    for key, value in mapping.items():
        if not isinstance(key, str):
            message = f"found a key of type {type(key).__name__}, expected a string"
            reading.report(Fault(message, path=path, advice="JSON names are strings: convert the key"))
            continue
        inner = member_path(path, key)
        name = _string(reading, key, inner)
        if name in members:
            reading.report(json_faults.duplicate(name)._replace(path=inner))
        members[name] = (NOWHERE, NOWHERE, _node(reading, value, inner, depth))
    return JsonObject(members)


def _string(reading: _Reading, value: str, path: str) -> str:
    text = str.__str__(value)  # an enum that is a string shows its name, and is its value
    problem = unusable(text)
    if problem is not None:
        reading.report(Fault(problem[0], path=path, advice=problem[3]))
    return text


def _number(reading: _Reading, value: object, path: str) -> JsonNumber:
    text = _number_text(value)
    if text is None:
        message = f"found a value of type {type(value).__name__}, {_EXPECTED}"
        reading.report(Fault(message, path=path, advice=_advice(value)))
        return JsonNumber("0")
    if "n" in text.lower():
        reading.report(Fault(f"found the number {text}", path=path, advice="JSON has no such number: remove it"))
        return JsonNumber("0")
    exponent = text.upper().partition("E")[2].lstrip("+-")
    fault = json_faults.bad_number(text, exponent)
    if fault is not None:
        reading.report(fault._replace(path=path))
    return JsonNumber(text)


def _number_text(value: object) -> str | None:
    """A number as JSON writes it, or None for what is no number."""
    if isinstance(value, int):
        # Python refuses to write out numbers of thousands of digits.
        return int.__repr__(value) if value.bit_length() < 4 * MAX_NUMBER else "9" * (value.bit_length() // 4)
    if isinstance(value, float):
        return float.__repr__(value)
    from decimal import Decimal

    return str(value) if isinstance(value, Decimal) else None


def _advice(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return "decode it to a string"
    if isinstance(value, Iterable):
        return "pass a list"
    return "pass the string that stands for it"
