"""Characters that cannot be encoded or printed."""

from __future__ import annotations


def lone_surrogate(text: str) -> int:
    """The index of the first lone surrogate, or -1."""
    if text.isascii():
        return -1
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return -1


def printable(text: str) -> str:
    """``text`` with all characters that are not printable written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
