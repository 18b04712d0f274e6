"""Writes plain data as YAML, without a library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: A text that YAML reads as the same text without quotes.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z_/-]*(?:[A-Za-z_-]|/)")
_WORDS: Final = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
#: A character as JSON writes it by two escapes, after an even number of backslashes.
_PAIR: Final = re.compile(r"(?<!\\)((?:\\\\)*)(\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})")


def yaml_lines(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    r"""An object as lines of YAML in ASCII.

    Args:
        value: plain data.
        indent: what precedes each line.

    >>> print(*yaml_lines({"name": "orders", "context": {"aws:SourceIp": "203.0.113.9"}}), sep="\n")
    name: orders
    context:
      "aws:SourceIp": "203.0.113.9"
    """
    for name, each in value.items():
        key = f"{indent}{_text(name)}:"
        if isinstance(each, dict) and each:
            yield key
            yield from yaml_lines(each, f"{indent}  ")
        elif isinstance(each, list) and each and all(isinstance(item, dict) for item in each):
            yield key
            for item in each:
                yield from item_lines(item, f"{indent}  ")
        else:
            yield f"{key} {_text(each) if isinstance(each, str) else _flow(each)}"


def item_lines(item: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    r"""An object as an item of a list, as ``yaml_lines`` writes it.

    >>> print(*item_lines({"name": "orders", "expect": 200}), sep="\n")
    - name: orders
      expect: 200
    """
    first, *rest = yaml_lines(item, f"{indent}  ") if item else ("{}",)
    yield f"{indent}- {first.lstrip()}"
    yield from rest


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _flow(text)


def _flow(value: Any) -> str:
    """A value on one line, as JSON but for characters that JSON writes by two escapes and YAML by one."""
    return _PAIR.sub(_one_escape, json.dumps(value))


def _one_escape(match: re.Match[str]) -> str:
    character = json.loads('"' + match[2] + '"')
    return f"{match[1]}\\U{ord(character):08X}"
