"""Advice for a name that a document does not define, in bounded time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from execpolicy.document.syntax.wording import did_you_mean

#: Beyond this number of known names, the name that was meant is not looked for.
MAX_COMPARED: Final = 50


def meant(name: str, known: Collection[str], otherwise: str) -> str:
    """The known name that was meant, or all of them; other advice if there are none, or too many to compare.

    >>> meant("token", ["tokens", "keys"], "add it")
    'did you mean "tokens"?'
    """
    return did_you_mean(name, known) if 0 < len(known) <= MAX_COMPARED else otherwise
