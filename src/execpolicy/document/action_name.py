"""Names of actions: those of execute-api, and the syntax of an action in a document (ACT-1)."""

from __future__ import annotations

#: The actions of execute-api, as AWS spells them (ACT-2).
INVOKE, MANAGE_CONNECTIONS = "execute-api:Invoke", "execute-api:ManageConnections"
INVALIDATE_CACHE = "execute-api:InvalidateCache"
EXECUTE_API_ACTIONS = (INVOKE, MANAGE_CONNECTIONS, INVALIDATE_CACHE)

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
