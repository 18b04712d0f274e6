"""Names of condition keys: whether a key is known, and messages for one that is not."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.language.context_keys import CATALOGUE, find_context_key, is_of_provider

#: The services of which the catalogue has all keys.
_CATALOGUED_SERVICES = ("aws", "execute-api")


def service_of(key: str) -> str:
    """The service of a key, before its colon, in lower case; empty if it has none."""
    service, _, name = key.partition(":")
    return service.lower() if name else ""


def is_known(name: str) -> bool:
    """Whether the key may exist: it names a service, and the catalogue has it if the catalogue covers the service.

    >>> [is_known(name) for name in ("aws:SourceIp", "aws:SourcIp", "SourceIp", "s3:prefix")]
    [True, False, False, True]
    """
    service = service_of(name)
    return bool(service) and (service not in _CATALOGUED_SERVICES or find_context_key(name) is not None)


def is_uncatalogued(name: str) -> bool:
    """Whether a known key is of a service or an identity provider that the catalogue does not cover."""
    record = find_context_key(name)
    return (record is None or is_of_provider(record)) and is_known(name)


def allow_unknown_argument(name: str) -> str:
    """The argument of Context that accepts an unknown key."""
    return f"allow_unknown=[{quoted(name)}]"


def invalid_key_name(name: str) -> tuple[str, str] | None:
    """Message and advice for a name in ``allow_unknown``; None if it can be the name of a key."""
    if service_of(name):
        return None
    return f"found {quoted(name)}, which names no service", "write the key as a policy does, such as aws:NewKey"


def unknown_key(name: str, *, option_to_accept: Callable[[str], str] = allow_unknown_argument) -> tuple[str, str]:
    """Message and advice for an unknown key; ``option_to_accept`` writes the option that accepts it."""
    if name.lower() in CATALOGUE:
        return f"found {quoted(name)}, which names no tag", f"write the key of a tag after the slash: {name}team"
    if not service_of(name):
        found = f"found {quoted(name)}, expected a condition key with its service, such as aws:SourceIp"
        advice = "write the key as the policy has it"
    else:
        found = f"found {quoted(name)}, which is not a condition key that AWS documents"
        advice = f"leave it out; to accept a key that is newer than the catalogue, use {option_to_accept(name)}"
    meant = suggested_key(name)
    return found, f"did you mean {meant}?" if meant else advice


def suggested_key(name: str) -> str:
    """The key of the catalogue that was most likely meant, or the empty text; ``name`` may lack the service."""
    prefix, slash, tag = name.partition("/")
    plain = CATALOGUE.get(prefix.lower())
    if plain is not None:
        return plain.name
    names = {}
    for key, record in CATALOGUE.items():
        if key.endswith("/") is bool(slash):
            names[key] = names[key.partition(":")[2]] = record.name
    found = nearest(prefix + slash, names) or nearest(prefix.partition(":")[2] + slash, names)
    return names[found] + tag if found is not None else ""
