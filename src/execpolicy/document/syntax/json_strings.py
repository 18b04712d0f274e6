"""JSON strings, character by character: for errors, and for documents that are escaped twice."""

from __future__ import annotations

import re

from execpolicy._base.characters import RESERVED_ADVICE, found_reserved, lone_surrogate, reserved_character
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.syntax.nodes import MAX_STRING, NOWHERE, Fault, StopReadingError, Text
from execpolicy.document.syntax.wording import quoted

if TYPE_CHECKING:
    from array import array


# Compiled by ``re`` when first used: valid text needs neither.
# Possessive, so that a string of megabytes needs no memory for backtracking.
_SOUND = r'(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+'
_ESCAPES = r'\\(?:["\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|)'
_MEANINGS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CONTROL_ESCAPES = {char: f"\\{letter}" for letter, char in _MEANINGS.items()}


def unescape(text: str, start: int, end: int) -> tuple[str, array[int]]:
    """Read ``text[start:end]`` as the inside of a JSON string.

    Returns:
        Its value; and for each character of the value its offset in ``text``, then the offset of the end.

    Raises:
        StopReadingError: at a backslash that does not begin an escape.
    """
    from array import array  # imported here: only escaped documents and errors need it

    parts: list[str] = []
    offsets = array("I")
    position = start
    for match in re.compile(_ESCAPES).finditer(text, start, end):
        first = match.start()
        parts.append(text[position:first])
        offsets.extend(range(position, first))
        parts.append(_meaning(match))
        offsets.append(first)
        position = match.end()
    parts.append(text[position:end])
    offsets.extend(range(position, end + 1))
    return "".join(parts), offsets


def _meaning(match: re.Match[str]) -> str:
    escape = match.group()
    if len(escape) == 2:
        return _MEANINGS.get(escape[1], escape[1])
    if len(escape) == 6:
        return chr(int(escape[2:], 16))
    if len(escape) == 12:
        high, low = int(escape[2:6], 16) - 0xD800, int(escape[8:], 16) - 0xDC00
        return chr(0x10000 + (high << 10) + low)
    raise StopReadingError(_bad_escape(match.string, match.start()))


def place_inside(text: str, string: Text, first: int, last: int) -> tuple[int, int]:
    """The offsets in ``text`` of a part of a string's value, given by its offsets in the value.

    A string of YAML may have no quotes, and may have escapes and folded lines of its own. The place is the whole string
    where the part cannot be found.
    """
    if string.start == NOWHERE:
        return NOWHERE, NOWHERE
    for quotes in (1, 0):
        inside = string.start + quotes
        if text[inside : string.end - quotes] == string.value:
            return inside + first, inside + last
    try:
        value, offsets = unescape(text, string.start + 1, string.end - 1)
    except StopReadingError:
        value = ""
    return (offsets[first], offsets[last]) if value == string.value else (string.start, string.end)


def first_bad_string(text: str) -> Fault:
    """The fault of the first invalid string of ``text``, which ends with NUL."""
    sound = re.compile(_SOUND)
    start = text.index('"')
    while True:
        match = sound.match(text, start + 1)
        assert match is not None, "an empty part is valid too"
        stop = match.end()
        if text[stop] != '"':
            return _bad_string(text, start, stop)
        start = text.index('"', stop + 1)


def _bad_string(text: str, start: int, stop: int) -> Fault:
    char = text[stop]
    if char == "\\":
        return _bad_escape(text, stop)
    if char in "\n\r":
        advice = 'close the string with a double quote, or write the line break as "\\n"'
        return Fault("the string opened here does not end on its line", start, stop, advice=advice)
    if stop == len(text) - 1:
        return Fault("the string opened here is never closed", start, stop, advice="add the closing double quote")
    written = _CONTROL_ESCAPES.get(char, f"\\u{ord(char):04x}")
    message = f"found the control character U+{ord(char):04X} in a string"
    return Fault(message, stop, stop + 1, advice=f"remove it, or write it as {written}")


def _bad_escape(text: str, start: int) -> Fault:
    if text.startswith("\\u", start):
        advice = "write the code of a character in four digits, as in \\u00e9"
        return Fault("found \\u without four hexadecimal digits after it", start, start + 2, advice=advice)
    end = start + len(text[start : start + 2].rstrip("\0"))
    message = f"found the escape {quoted(text[start:end])}, which JSON does not have"
    return Fault(message, start, end, advice="write a backslash itself as \\\\")


def unusable(value: str) -> tuple[str, int, int, str] | None:
    """Why a string cannot be used: message, start and end in the string, advice. None if it can."""
    if len(value) > MAX_STRING:
        message = f"found a string of {len(value)} characters, expected at most {MAX_STRING}"
        return message, 0, len(value), "no supported document needs such a string: is this the right file?"
    index = value.find("\0")
    if index >= 0:
        return "found the character NUL in a string", index, index + 1, "remove it: no name or value in AWS contains it"
    index = lone_surrogate(value)
    if index >= 0:
        message = f"found half a surrogate pair, U+{ord(value[index]):04X}, in a string"
        return message, index, index + 1, "write both halves, or the character itself"
    index = reserved_character(value)
    if index >= 0:
        return found_reserved(value[index]), index, index + 1, RESERVED_ADVICE
    return None
