"""Reads Python objects into the nodes of a document, without places: faults have paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import as_builtin, items
from execpolicy.document.syntax import json_faults
from execpolicy.document.syntax.json_strings import unusable
from execpolicy.document.syntax.nodes import (
    MAX_DEPTH,
    MAX_FAULTS,
    MAX_NUMBER,
    MAX_STRING,
    MAX_VALUES,
    NOWHERE,
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
    Text,
    member_path,
)

if TYPE_CHECKING:
    from typing import Any, TypeAlias


_new = tuple.__new__
_EXPECTED = "expected a mapping, list, string, number, bool or None"


#: The way to a value: the trail of its container, and its name or number there. Paths are made of it for faults only.
_Trail: TypeAlias = "tuple[_Trail, str | int] | None"


def _written(trail: _Trail) -> str:
    if trail is None:
        return ""
    outer, name = trail
    path = _written(outer)
    return f"{path}[{name}]" if isinstance(name, int) else member_path(path, name)


class _ObjectReader:
    """The number of values read so far, and the faults."""

    __slots__ = ("count", "faults")

    def __init__(self) -> None:
        self.count = 0
        self.faults: list[Fault] = []

    def report(self, fault: Fault, trail: _Trail) -> None:
        fault = fault._replace(path=_written(trail))
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError(fault._replace(message=TOO_MANY, advice=TOO_MANY_ADVICE, rule="", related=None))

    def enter(self, trail: _Trail, depth: int) -> None:
        """Begin a container; stop at one that contains itself, or too many values."""
        if depth > MAX_DEPTH:
            raise StopReadingError(json_faults.too_deep()._replace(path=_written(trail)))
        if self.count > MAX_VALUES:
            raise StopReadingError(Fault(f"found more than {MAX_VALUES} values in one document", path=_written(trail)))


def read_objects(document: Mapping[Any, Any]) -> tuple[Node | None, list[Fault]]:
    """Read a document given as Python objects.

    Args:
        document: mappings with string keys, lists and tuples, strings, ints, floats, Decimals, bools and None.

    Returns:
        As ``read_json``: the root node, or None, and all faults.
    """
    reader = _ObjectReader()
    try:
        return _node(reader, document, None, 0), reader.faults
    except StopReadingError as stop:
        return None, [*reader.faults, stop.fault]


def _node(reader: _ObjectReader, value: object, trail: _Trail, depth: int) -> Node:
    reader.count += 1
    match value:
        case str():
            return _new(Text, (_string(reader, value, trail), NOWHERE, NOWHERE))
        case dict():
            return _object(reader, value, trail, depth + 1)
        case list() | tuple():
            reader.enter(trail, depth + 1)
            return JsonArray(
                [_node(reader, item, (trail, index), depth + 1) for index, item in enumerate(items(value))]
            )
        case bool():
            return JsonBoolean("true" if value else "false")
        case None:
            return JsonNull()
        case Mapping():
            return _object(reader, value, trail, depth + 1)
        case _:
            return _number(reader, value, trail)


def _object(reader: _ObjectReader, mapping: Mapping[Any, Any], trail: _Trail, depth: int) -> JsonObject:
    reader.enter(trail, depth)
    members: dict[str, Member] = {}
    # A class made from dict is read as a dict, whatever it has made of the methods.
    for key, value in dict.items(mapping) if isinstance(mapping, dict) else mapping.items():
        if not isinstance(key, str):
            message = f"found a key of type {type(key).__name__}, expected a string"
            reader.report(Fault(message, advice="JSON names are strings: convert the key"), trail)
            continue
        name = as_builtin(key)
        inner = (trail, name)
        name = _string(reader, name, inner)
        if name in members:
            reader.report(json_faults.duplicate(name), inner)
        members[name] = (NOWHERE, NOWHERE, _node(reader, value, inner, depth))
    return JsonObject(members)


def _string(reader: _ObjectReader, value: str, trail: _Trail) -> str:
    text = as_builtin(value)  # str() of an enum may be its name
    if text.isascii() and "\0" not in text and len(text) <= MAX_STRING:
        return text
    problem = unusable(text)
    if problem is not None:
        reader.report(Fault(problem[0], advice=problem[3]), trail)
    return text


def _number(reader: _ObjectReader, value: object, trail: _Trail) -> JsonNumber:
    text = _number_text(value)
    if text is None:
        message = f"found a value of type {type(value).__name__}, {_EXPECTED}"
        reader.report(Fault(message, advice=_advice(value)), trail)
        return JsonNumber("0")
    if "n" in text.lower():
        reader.report(Fault(f"found the number {text}", advice="JSON has no such number: remove it"), trail)
        return JsonNumber("0")
    exponent = text.upper().partition("E")[2].lstrip("+-")
    fault = json_faults.bad_number(text, exponent)
    if fault is not None:
        reader.report(fault, trail)
    return JsonNumber(text)


def _number_text(value: object) -> str | None:
    """A number as JSON writes it, or None for another value."""
    if isinstance(value, int):
        # Python does not convert numbers of thousands of digits to text.
        bits = int.bit_length(value)
        return int.__repr__(value) if bits < 4 * MAX_NUMBER else "9" * (bits // 4)
    if isinstance(value, float):
        return float.__repr__(value)
    from decimal import Decimal

    return Decimal.__str__(value) if isinstance(value, Decimal) else None


def _advice(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return "decode it to a string"
    if isinstance(value, Iterable):
        return "pass a list"
    return "pass it as a string"
