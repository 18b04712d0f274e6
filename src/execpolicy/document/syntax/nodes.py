"""The nodes of a JSON or YAML document, each with its place.

Offsets are positions in the text that was read, the end exclusive, the quotes of a string included; ``NOWHERE`` where
there is no text. The policy model holds the ``Text`` values of the document as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.wording import cut, quoted

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.errors import Correction, Source


#: The offset of a node that has no place in a text, because the document was given as Python objects.
NOWHERE = -1
#: The whitespace of JSON.
SPACE = " \t\n\r"
#: The maximum depth of objects and lists. IAM's grammar needs seven levels, and no other document needs 32.
MAX_DEPTH = 32
#: The maximum number of characters of a string. AWS's largest document has 20 480.
MAX_STRING = 65_536
#: The maximum number of bytes (or characters) of a text or file.
MAX_DOCUMENT = 16 * 1024 * 1024
#: The maximum number of values of a document, which limits memory.
MAX_VALUES = 500_000
#: The maximum number of characters of a number; its exponent has at most MAX_EXPONENT digits.
MAX_NUMBER = 64
MAX_EXPONENT = 3
#: Reading stops after this many faults.
MAX_FAULTS = 100
TOO_MANY = "too many mistakes: reading stopped here"
TOO_MANY_ADVICE = "correct the previous ones first"


class Text(NamedTuple):
    """A string and its place."""

    value: str
    start: int = NOWHERE
    end: int = NOWHERE


class JsonNumber(NamedTuple):
    """A number as it was written: nothing is rounded."""

    text: str
    start: int = NOWHERE
    end: int = NOWHERE


class TwelveDigits(JsonNumber):
    """A number of YAML that is written with twelve digits: where an account is expected, it is its text (POL-12)."""

    __slots__ = ()


class JsonBoolean(NamedTuple):
    """``text`` is ``true`` or ``false``."""

    text: str
    start: int = NOWHERE
    end: int = NOWHERE


class JsonNull(NamedTuple):
    """``null``."""

    text: str = "null"
    start: int = NOWHERE
    end: int = NOWHERE


class JsonArray(NamedTuple):
    """A list."""

    items: list[Node]
    start: int = NOWHERE
    end: int = NOWHERE


class JsonObject(NamedTuple):
    """``members`` by name, in document order. If a name repeats, the first member is kept; the others are faults."""

    members: dict[str, Member]
    start: int = NOWHERE
    end: int = NOWHERE


Node: TypeAlias = "Text | JsonNumber | JsonBoolean | JsonNull | JsonArray | JsonObject"
#: A member of an object: where its name begins and ends, and its value.
Member: TypeAlias = tuple[int, int, Node]


class NodeInSource(NamedTuple):
    """A node and the text that contains it, such as an authorizer's answer in a case file."""

    node: Node
    source: Source


class Fault(NamedTuple):
    """A problem of a document, by offsets.

    ``path`` is given where there are no offsets; ``related`` is a second place: a label, and its offset;
    ``issue_code`` is that of IAM Access Analyzer for the same fault; ``correction`` is what is meant by the text there.
    """

    message: str
    start: int = NOWHERE
    end: int = NOWHERE
    path: str = ""
    advice: str = ""
    rule: str = ""
    related: tuple[str, int] | None = None
    issue_code: str = ""
    correction: Correction | None = None


class StopReadingError(Exception):
    """Raised inside the readers with a fault after which a document cannot be read further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def account_as_text(node: Node) -> Node:
    """The node; a number of YAML with twelve digits as text."""
    return Text(*node) if isinstance(node, TwelveDigits) else node


def describe(node: Node) -> str:
    """A node in words: ``a string``, ``the number 5``, ``null``."""
    match node:
        case Text():
            return "a string"
        case JsonNumber():
            return f"the number {cut(node.text)}"
        case JsonArray():
            return "a list" if node.items else "an empty list"
        case JsonObject():
            return "an object"
        case _:
            return node.text


def to_python(node: Node) -> object:
    """The node as ``json.loads`` returns it; a number whose ``repr`` differs is returned as text."""
    match node:
        case Text():
            return node.value
        case JsonArray():
            return [to_python(item) for item in node.items]
        case JsonObject():
            return {name: to_python(value) for name, (_, _, value) in node.members.items()}
        case JsonNumber():
            return _number(node.text)
        case JsonBoolean():
            return node.text == "true"
        case _:
            return None


def _number(text: str) -> int | float | str:
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    return number if repr(number) == text else text


def walk(node: Node, path: str = "") -> Iterator[tuple[Node, str]]:
    """Every node under ``node`` with its path, in document order."""
    yield node, path
    if isinstance(node, JsonObject):
        for name, (_, _, value) in node.members.items():
            yield from walk(value, member_path(path, name))
    elif isinstance(node, JsonArray):
        for index, item in enumerate(node.items):
            yield from walk(item, f"{path}[{index}]")


def member_path(path: str, name: str) -> str:
    """The path of a member: ``Statement[0].Effect``, or ``Condition.StringEquals["aws:SourceIp"]``."""
    if name.isidentifier() and name.isascii():
        return f"{path}.{name}" if path else name
    return f"{path}[{quoted(name)}]"
