"""Names of condition keys as people write them."""

from __future__ import annotations

from execpolicy.document.wording import nearest, quoted
from execpolicy.errors import Diagnostic
from execpolicy.language.context_keys import CATALOGUE
from execpolicy.source import Source, Span


def is_key(name: str) -> bool:
    """Whether a name can be that of a condition key: every one has its service before a colon."""
    return ":" in name.strip(":")


def not_a_key(name: str, source: Source, span: Span) -> Diagnostic:
    """What to say of a name that can be none."""
    message = f"found {quoted(name)}, expected a condition key with its service, such as aws:SourceIp"
    meant = meant_key(name)
    advice = f"did you mean {meant}?" if meant else "write the key as the policy has it"
    return Diagnostic(message, source, span, advice=advice)


def meant_key(name: str) -> str:
    """The key of AWS's catalogue that was most likely meant, with its service or without; empty if there is none."""
    names = {}
    for key, record in CATALOGUE.items():
        names[key] = names[key.partition(":")[2]] = record.name
    found = nearest(name, names)
    return names[found] if found is not None else ""
