"""A document of JSON or YAML in a string of a larger document, with places in the larger text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from execpolicy._base.characters import UNKNOWN_END, UNKNOWN_START
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.json_strings import unescape
from execpolicy.document.syntax.nodes import Fault, JsonArray, JsonObject, Node, StopReadingError, Text
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.document.unknown_value import has_unknown, parts_of, unknown_text

#: The number of an unknown value in place of its name.
_NUMBER: Final = re.compile(f"{UNKNOWN_START}#([0-9]+){UNKNOWN_END}")
#: What begins and ends strings, escapes, and the beginnings of unknown values.
_MARKS: Final = re.compile(f'\\\\.|"|{UNKNOWN_START}', re.DOTALL)
#: The beginning of a literal text of YAML: ``|``, perhaps with indentation and chomping, and a comment.
_LITERAL: Final = re.compile(r"\|[-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n")


def read_json_in_text(problems: Problems, string: Text, rules: SyntaxRules = STRICT) -> Node | None:
    """Read the document in a string; None if it has a fault, which is reported.

    An unknown value stays a part of the string in which it stands (SRC-10). If one stands elsewhere, it is not known
    what the document is: the result is the string as it is.

    The nodes have their places in the larger text where the string is written there as it is, as a JSON string, or as a
    literal text of YAML. In a folded string of YAML, and in one that a function makes, they have the place of the whole
    string.

    Args:
        problems: collects what is wrong in the larger document.
        string: the string.
        rules: how deeply the document may nest.
    """
    # A name can have any character: in the text that is read, each value has a number instead.
    numbers: dict[str, int] = {}
    text = _with_numbers(string.value, numbers) if has_unknown(string.value) else string.value
    names = tuple(numbers)
    if names and _stands_outside_of_strings(text):
        return string
    root, faults = read_json(text, rules.max_depth, unknown_values=True)
    offsets = None if names else offsets_in_text(problems.source.text, string)
    for diagnostic in diagnostics([_moved(fault, string, offsets) for fault in faults], [], None, problems.source):
        problems.add(diagnostic._replace(message=_with_names_in_words(diagnostic.message, names)))
    if root is None or faults:
        return None
    placed = _placed(root, string, offsets)
    return _with_names(placed, names) if names else placed


def read_yaml_in_text(problems: Problems, string: Text, rules: SyntaxRules = STRICT) -> Node | None:
    """Read the document of YAML in a string without unknown values; None if it has a fault, which is reported.

    The nodes have their places in the larger text, as those of ``read_json_in_text``.

    Args:
        problems: collects what is wrong in the larger document.
        string: the string.
        rules: what differs between formats.

    Raises:
        ExecPolicyError: PyYAML is not installed.
    """
    from execpolicy.document.syntax.yaml_reader import read_yaml

    root, faults = read_yaml(string.value, problems.source.name, rules)
    offsets = offsets_in_text(problems.source.text, string)
    for diagnostic in diagnostics([_moved(fault, string, offsets) for fault in faults], [], None, problems.source):
        problems.add(diagnostic)
    return None if root is None or faults else _placed(root, string, offsets)


def json_of(value: object) -> str:
    """The JSON text of plain data whose strings may hold unknown values: the names of these are not escaped."""
    numbers: dict[str, int] = {}
    text = json.dumps(_numbered(value, numbers), ensure_ascii=False, separators=(",", ":"))
    return _named(text, tuple(numbers)) if numbers else text


def _numbered(value: object, numbers: dict[str, int]) -> object:
    """Plain data with the number of each unknown value in place of its name; new names are added."""
    if isinstance(value, str):
        return _with_numbers(value, numbers) if has_unknown(value) else value
    if isinstance(value, list):
        return [_numbered(item, numbers) for item in value]
    if isinstance(value, dict):
        return {_numbered(name, numbers): _numbered(item, numbers) for name, item in value.items()}
    return value


def _with_numbers(text: str, numbers: dict[str, int]) -> str:
    """The text with the number of each unknown value in place of its name; new names are added."""
    parts = (
        part if isinstance(part, str) else unknown_text(f"#{numbers.setdefault(part.name, len(numbers))}")
        for part in parts_of(text)
    )
    return "".join(parts)


def _with_names(node: Node, names: tuple[str, ...]) -> Node:
    """The node with the names of unknown values in place of their numbers."""
    if isinstance(node, Text):
        return node._replace(value=_named(node.value, names))
    if isinstance(node, JsonArray):
        return node._replace(items=[_with_names(item, names) for item in node.items])
    if isinstance(node, JsonObject):
        members = {
            _named(name, names): (start, end, _with_names(value, names))
            for name, (start, end, value) in node.members.items()
        }
        return node._replace(members=members)
    return node


def _named(text: str, names: tuple[str, ...]) -> str:
    return _NUMBER.sub(lambda match: unknown_text(names[int(match[1])]), text)


def _with_names_in_words(message: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names):
        message = message.replace(f"<#{number}>", f"<{name}>")
    return message


def _stands_outside_of_strings(text: str) -> bool:
    """Whether an unknown value stands outside of the strings of a JSON text, or is a part of an escape in one."""
    in_string = False
    for match in _MARKS.finditer(text):
        found = match.group()
        if found == '"':
            in_string = not in_string
        elif (found == UNKNOWN_START and not in_string) or found == f"\\{UNKNOWN_START}":
            return True
    return False


def offsets_in_text(text: str, string: Text) -> Sequence[int] | None:
    """For each character of a string its offset in the text that has it, then that of the end; None if not known.

    Args:
        text: the larger text, JSON or YAML.
        string: a string that was read from it.

    >>> list(offsets_in_text('["ab"]', Text("ab", 1, 5)))
    [2, 3, 4]
    """
    for quotes in (1, 0):
        first, last = string.start + quotes, string.end - quotes
        if text[first:last] == string.value:
            return range(first, last + 1)
    if text[string.start : string.start + 1] != '"':
        return _offsets_in_literal(text, string)
    try:
        value, offsets = unescape(text, string.start + 1, string.end - 1)
    except StopReadingError:
        return None
    return offsets if value == string.value else None


def _offsets_in_literal(text: str, string: Text) -> Sequence[int] | None:
    """As ``offsets_in_text``, of a literal text of YAML, whose lines are indented."""
    head = _LITERAL.match(text, string.start, string.end)
    if head is None:
        return None
    offsets: list[int] = []
    at = head.end()
    for line in string.value.split("\n"):
        end = text.find("\n", at, string.end)
        end = string.end if end < 0 else end
        found = text.find(line, at, end) if line else at
        if found < 0 or text[at:found].strip(" "):
            return None
        offsets.extend(range(found, found + len(line) + 1))
        at = min(end + 1, string.end)
    return [min(offset, string.end) for offset in offsets]


def _moved(fault: Fault, string: Text, offsets: Sequence[int] | None) -> Fault:
    """The fault with its places in the larger text."""
    if offsets is None or fault.start < 0:
        return fault._replace(start=string.start, end=string.end, related=None)
    last = len(offsets) - 1  # a fault at the end of a text of YAML is beyond it
    related = None if fault.related is None else (fault.related[0], offsets[min(fault.related[1], last)])
    start, end = min(fault.start, last), min(max(fault.start, fault.end), last)
    return fault._replace(start=offsets[start], end=offsets[end], related=related)


def _placed(node: Node, string: Text, offsets: Sequence[int] | None) -> Node:
    """The node with its places in the larger text."""

    def at(start: int, end: int) -> tuple[int, int]:
        return (string.start, string.end) if offsets is None else (offsets[start], offsets[end])

    start, end = at(node.start, node.end)
    if isinstance(node, JsonArray):
        return JsonArray([_placed(item, string, offsets) for item in node.items], start, end)
    if isinstance(node, JsonObject):
        members = {
            name: (*at(first, last), _placed(value, string, offsets))
            for name, (first, last, value) in node.members.items()
        }
        return JsonObject(members, start, end)
    return node._replace(start=start, end=end)
