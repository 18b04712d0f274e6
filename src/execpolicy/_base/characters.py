"""Characters that cannot be sent or shown as they are."""

from __future__ import annotations


def lone_surrogate(text: str) -> int:
    """Where the first half of a character stands alone, or -1."""
    if text.isascii():
        return -1
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return -1


def printable(text: str) -> str:
    """``text`` with everything that a terminal might obey or refuse written as an escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
