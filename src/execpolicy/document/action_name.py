"""The syntax of an action in a document (ACT-1)."""

from __future__ import annotations

_NO_WIDTH = ("Mn", "Me", "Zs")
_FILLERS = "\u115f\u1160\u3164\uffa0"


def is_action(value: str) -> bool:
    """Whether a text is ``*``, or a service without wildcards and a name, in which wildcards may occur anywhere.

    No action has a space or an invisible character in it.

    >>> [is_action(text) for text in ("execute-api:Inv*", "*", "Invoke", "*:Invoke", "execute-api:In:voke", ":Invoke")]
    [True, True, False, False, False, False]
    """
    if value == "*":
        return True
    service, _, name = value.partition(":")
    if not (service and name) or ":" in name or "*" in service or "?" in service:
        return False
    return _shows(value)


def _shows(value: str) -> bool:
    if value.isascii():
        return value.isprintable() and " " not in value
    from unicodedata import category  # imported here: few documents need it

    # Combining marks and fillers have no width of their own.
    return value.isprintable() and not any(category(char) in _NO_WIDTH or char in _FILLERS for char in value)
