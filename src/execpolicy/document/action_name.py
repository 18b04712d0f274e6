"""Names of actions: those of execute-api, and the syntax of an action in a document (ACT-1)."""

from __future__ import annotations

from execpolicy.document.unknown_value import parts_of
from execpolicy.errors import Correction

#: The actions of execute-api, as AWS spells them (ACT-2).
INVOKE, MANAGE_CONNECTIONS = "execute-api:Invoke", "execute-api:ManageConnections"
INVALIDATE_CACHE = "execute-api:InvalidateCache"
EXECUTE_API_ACTIONS = (INVOKE, MANAGE_CONNECTIONS, INVALIDATE_CACHE)

_SERVICE, _ITS_NAMES = "execute-api", tuple(action.partition(":")[2] for action in EXECUTE_API_ACTIONS)


def is_action(value: str) -> bool:
    """Whether a text is ``*``, or a service without wildcards and a name, in which wildcards may occur anywhere.

    An action consists of visible characters of ASCII. The Kelvin sign, for example, is no ``k``, although Unicode gives
    it the same lower case.

    >>> [is_action(text) for text in ("execute-api:Inv*", "*", "Invoke", "*:Invoke", "execute-api:In:voke", ":Invoke")]
    [True, True, False, False, False, False]
    """
    if value == "*":
        return True
    service, _, name = value.partition(":")
    if not (service and name) or ":" in name or "*" in service or "?" in service:
        return False
    return value.isascii() and value.isprintable() and " " not in value


def meant_action(value: str) -> Correction | None:
    """The action that a text probably means: one of execute-api without its service, or with a space.

    >>> [found and found.meant for found in map(meant_action, ("Invoke", "execute-*: Invoke", "s3 GetObject"))]
    ['execute-api:Invoke', 'execute-api:Invoke', None]
    """
    service, colon, name = value.rpartition(":")
    name = name.strip()
    is_service = not colon or service.strip().rstrip("*") in ("execute-", "execute-api")
    is_name = name in _ITS_NAMES or (name == "*" and colon)
    return Correction(value, f"{_SERVICE}:{name}") if is_service and is_name else None


#: What an unknown value in an action may be: a name, the end of a service and the beginning of a name, or nothing.
_SAMPLES = ("a", "a:a", "")


def may_be_action(value: str) -> bool:
    """Whether a text with unknown values is an action for some of their values (SRC-10).

    >>> from execpolicy.document.unknown_value import unknown_text
    >>> action = unknown_text("the parameter Action")
    >>> [may_be_action(text) for text in (action, f"execute-api:{action}", f"{action}:Invoke me")]
    [True, True, False]
    """
    known = [part if isinstance(part, str) else None for part in parts_of(value)]
    first = known.index(None)
    before, after = "".join(part or "" for part in known[:first]), "".join(part or "a" for part in known[first + 1 :])
    return any(is_action(before + sample + after) for sample in _SAMPLES)
