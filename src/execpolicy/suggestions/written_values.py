"""New values as text: as JSON on one line or on several, and as lines of YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.yaml_scalars import plain_scalar

if TYPE_CHECKING:
    from execpolicy.suggestions.node_change import JsonValue

#: A text that needs no quotes in YAML, if it reads as text.
_PLAIN: Final = re.compile(r"[A-Za-z0-9/][A-Za-z0-9_./*-]*(?::[A-Za-z0-9_./*-]+)*")


def as_json(value: JsonValue, *, compact: bool = False) -> str:
    """A value as JSON on one line.

    >>> as_json({"AWS": ["a", "b"]})
    '{"AWS": ["a", "b"]}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":") if compact else (", ", ": "))


def as_json_lines(value: Mapping[str, JsonValue], indent: str, unit: str, end: str) -> str:
    """An object as JSON with one member on a line.

    Args:
        value: the object.
        indent: what stands before its closing brace.
        unit: by how much its members are indented further.
        end: the end of each line.
    """
    members = f",{end}".join(f"{indent}{unit}{as_json(name)}: {as_json(each)}" for name, each in value.items())
    return f"{{{end}{members}{end}{indent}}}"


def as_yaml_lines(value: JsonValue, unit: str = "  ") -> Iterator[str]:
    """A value as lines of YAML; the first one may stand after a dash or a name.

    >>> list(as_yaml_lines({"IpAddress": {"aws:SourceIp": "198.51.100.7/32"}}))
    ['IpAddress:', '  aws:SourceIp: 198.51.100.7/32']
    """
    if isinstance(value, str):
        yield _scalar(value)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from yaml_member(name, each, unit)
    else:
        for each in value:
            first, *others = as_yaml_lines(each, unit)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)


def yaml_member(name: str, value: JsonValue, unit: str = "  ") -> Iterator[str]:
    """A member of an object as lines of YAML."""
    if isinstance(value, str):
        yield f"{_scalar(name)}: {_scalar(value)}"
        return
    yield f"{_scalar(name)}:"
    yield from (f"{unit}{line}" for line in as_yaml_lines(value, unit))


def as_item(value: JsonValue, like: str) -> str:
    """A value in a list of YAML with brackets; without quotes where its neighbour has none, and it needs none.

    >>> as_item("198.51.100.7/32", "203.0.113.0/24"), as_item("a", '"b"')
    ('198.51.100.7/32', '"a"')
    """
    return _scalar(value) if isinstance(value, str) and like[:1] not in "\"'" else as_json(value)


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text):
        node, fault = plain_scalar(text, 0, 0)
        if fault is None and isinstance(node, Text):
            return text
    return as_json(text)
