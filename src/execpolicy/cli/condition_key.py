"""Names of condition keys as people write them."""

from __future__ import annotations

from collections.abc import Collection
from shlex import quote

from execpolicy.errors import Diagnostic
from execpolicy.language.key_names import is_known, unknown_key
from execpolicy.source import Source, Span

ALLOW_OPTION = "--allow-unknown-key"


def by_option(name: str) -> str:
    """How the command line admits a key that is not known."""
    return f"{ALLOW_OPTION} {quote(name)}"


def fault_of_key(name: str, source: Source, span: Span, *, allowed: Collection[str]) -> Diagnostic | None:
    """What to say of a name that can be no condition key; nothing where it can be one, or is allowed."""
    if is_known(name) or name.lower() in allowed:
        return None
    message, advice = unknown_key(name, admit=by_option)
    return Diagnostic(message, source, span, advice=advice, rule="KEY-1")
