"""The form of an action's name in a document (ACT-1)."""

from __future__ import annotations


def is_action(value: str) -> bool:
    """Whether a text is a service and a name, or holds a wildcard that may stand for both; a space is in no action.

    >>> [is_action(text) for text in ("execute-api:Invoke", "*", "Invoke", "execute-api:In:voke", "s3:Get *")]
    [True, True, False, False, False]
    """
    colons = value.count(":")
    return colons <= 1 and not any(map(str.isspace, value)) and (colons == 1 or "*" in value or "?" in value)
