"""Regular expressions of z3 for the patterns of policies, and the texts that requests can have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import reduce
from typing import Any

import z3

_STRING = z3.StringSort()
#: Characters of requests: printable ASCII is enough for two policies to differ, unless they name others.
ANY = z3.Range(" ", "~")
DIGITS = z3.Range("0", "9")
_LOWER = z3.Range("a", "z")
_UPPER = z3.Range("A", "Z")
NOT_COLON = z3.Union(z3.Range(" ", "9"), z3.Range(";", "~"))


def union(options: Iterable[Any]) -> Any:
    """Any of some expressions."""
    found = list(options)
    return found[0] if len(found) == 1 else z3.Union(*found) if found else z3.Empty(z3.ReSort(_STRING))


def concat(parts: Sequence[Any]) -> Any:
    """Some expressions, one after the other."""
    return z3.Re("") if not parts else parts[0] if len(parts) == 1 else z3.Concat(*parts)


def characters(listed: str, *ranges: Any) -> Any:
    """One of some characters."""
    return union([*ranges, *map(z3.Re, listed)])


NAME_CHARACTERS = characters("+=,.@_-", _LOWER, _UPPER, DIGITS)
ACCOUNT = z3.Loop(DIGITS, 12, 12)
_NAME = z3.Plus(NAME_CHARACTERS)
NAMES_BELOW_PATHS = concat([z3.Star(concat([_NAME, z3.Re("/")])), _NAME])
#: A session of a role.
SESSION = _NAME
#: The text of aws:PrincipalArn of users, roles and root users.
PRINCIPAL_ARN = concat(
    [
        z3.Re("arn:aws:iam::"),
        ACCOUNT,
        z3.Re(":"),
        union([z3.Re("root"), *(concat([z3.Re(kind), NAMES_BELOW_PATHS]) for kind in ("user/", "role/"))]),
    ]
)
#: The resource of a request: a method of an API. z3 decides few pairs if a resource may be any ARN.
RESOURCE = concat(
    [
        z3.Re("arn:aws:execute-api:"),
        z3.Plus(characters("-", _LOWER, DIGITS)),
        z3.Re(":"),
        ACCOUNT,
        z3.Re(":"),
        z3.Plus(characters("", _LOWER, DIGITS)),
        z3.Re("/"),
        z3.Plus(characters("$_-", _LOWER, _UPPER, DIGITS)),
        z3.Re("/"),
        z3.Plus(_UPPER),
        z3.Re("/"),
        z3.Star(ANY),
    ]
)
#: The actions of execute-api, in lower case.
ACTIONS = ("execute-api:invoke", "execute-api:invalidatecache", "execute-api:manageconnections")


def glob(pattern: str, star: Any = ANY, one: Any = ANY) -> Any:
    """The texts that match a pattern; ``star`` and ``one`` are the characters that its wildcards match."""
    parts: list[Any] = []
    literal = ""
    for character in pattern:
        if character not in "*?":
            literal += character
            continue
        if literal:
            parts.append(z3.Re(literal))
            literal = ""
        parts.append(z3.Star(star) if character == "*" else one)
    return concat([*parts, z3.Re(literal)] if literal or not parts else parts)


def arn_like(pattern: str) -> Any:
    """The ARNs that match field by field (CND-6); none for a pattern with fewer than six fields."""
    fields = pattern.split(":", 5)
    if len(fields) < 6:
        return union([])
    heads = [part for field in fields[:5] for part in (glob(field, NOT_COLON, NOT_COLON), z3.Re(":"))]
    return concat([*heads, glob(fields[5])])


def resource_pattern(pattern: str, *, denies: bool) -> Any:
    """The resources that a pattern of a resource policy matches (RES-2)."""
    if denies:
        missing = 5 - pattern.count(":")
        return union([glob(pattern), *([glob(pattern + ":*" * missing)] if missing > 0 else [])])
    fields = pattern.split(":", 5)
    parts: list[Any] = []
    for number, field in enumerate(fields):
        parts += [] if number == 0 else [z3.Re(":")]
        if number == 5:
            parts.append(glob(field))
        elif field.endswith("*"):
            parts += [glob(field[:-1], NOT_COLON, NOT_COLON), z3.Star(ANY)]
        else:
            parts.append(glob(field, NOT_COLON, NOT_COLON))
    return concat(parts)


def without_case(text: str) -> Any:
    """The texts that differ from a text in case only."""
    return concat([union(map(z3.Re, dict.fromkeys((each.lower(), each.upper())))) for each in text])


def equals(variable: Any, pattern: str, expression: Any) -> Any:
    """Whether a variable matches a pattern, which is simply a text if it has no wildcard."""
    return z3.InRe(variable, expression) if set(pattern) & set("*?") else variable == z3.StringVal(pattern)


def any_of(claims: Iterable[Any]) -> Any:
    """Whether one of some claims holds."""
    return reduce(z3.Or, claims, z3.BoolVal(val=False))


def all_of(claims: Iterable[Any]) -> Any:
    """Whether all of some claims hold."""
    return reduce(z3.And, claims, z3.BoolVal(val=True))


#: IPv6 addresses are numbers after those of IPv4.
IPV6 = 2**32


def address_range(text: str, *, denies: bool) -> tuple[int, int]:
    """The first and the last address of a range (CND-9)."""
    import ipaddress

    network = ipaddress.ip_network(text, strict=False)
    if network.version == 6 and "/" not in text and denies:
        network = ipaddress.ip_network(f"{text}/32", strict=False)
    start = IPV6 if network.version == 6 else 0
    return start + int(network.network_address), start + int(network.broadcast_address)


def address_of(number: int) -> str:
    """The address that a number stands for."""
    import ipaddress

    return str(ipaddress.IPv4Address(number) if number < IPV6 else ipaddress.IPv6Address(number - IPV6))


def instant(text: str) -> Fraction | None:
    """The seconds since 1970 of a date or of a number; None if it is neither."""
    try:
        return Fraction(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(since.days * 86_400 + since.seconds) + Fraction(since.microseconds, 1_000_000)
