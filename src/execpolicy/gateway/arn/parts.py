"""The parts of an ARN of execute-api: the format of each, and the errors for other values (GW-1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy._base.characters import printable
from execpolicy.errors import RequestError, Source

#: Methods that APIs declare. A route key with such a name could also be a root path without its slash.
VERBS = "ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT"
#: The methods that a client can send: not ANY, but two that no API declares.
HTTP_VERBS = (frozenset(VERBS.split("|")) - {"ANY"}) | {"CONNECT", "TRACE"}

CALL_ADVICE = (
    "the ARN of a call reads arn:partition:execute-api:region:account:api-id/stage/METHOD/path, such as "
    "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
)
DOMAIN_ADVICE = (
    "the ARN of a private custom domain reads arn:partition:execute-api:region:account:/domainnames/name+id, such as "
    "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/private.example.com+abcd1234"
)


class InvalidArnPart(NamedTuple):
    """Why a value is not valid as a part of an ARN: what was found and expected, advice, and the rule."""

    message: str
    advice: str
    rule: str = "GW-1"


class _PartShape(NamedTuple):
    """The format of a part, as a regular expression and in words."""

    pattern: re.Pattern[str]
    expected: str
    rule: str = "GW-1"
    advice: str = CALL_ADVICE


_SHAPES = {
    "partition": _PartShape(re.compile("aws(-[a-z0-9]+)*"), "a partition: aws, aws-cn, aws-us-gov, …", "GW-9"),
    "region": _PartShape(re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+"), "a region, such as eu-west-1"),
    "account": _PartShape(re.compile("[0-9]{12}"), "an account of 12 digits"),
    "api_id": _PartShape(re.compile("[A-Za-z0-9]+"), "an API id of letters and digits"),
    # The stages of calls from the console are names like any other (GW-10).
    "stage": _PartShape(
        re.compile(r"[A-Za-z0-9_-]{1,128}|\$default"),
        "a stage of up to 128 letters, digits, _ and -, or $default",
        "GW-6",
    ),
    "method": _PartShape(
        re.compile(r"(?!ANY\Z)[A-Z]+"),
        "the method that is sent, in upper case, such as GET",
        "GW-5",
        "name the one method of the call; ANY belongs to a route, a wildcard to a policy",
    ),
    "path": _PartShape(
        re.compile(r"/[^?]*"),
        'a path, which begins with "/" and ends before the query string',
        "GW-2",
        "give the path alone, from the slash after the stage on",
    ),
    "route_key": _PartShape(
        re.compile(rf"\$(connect|disconnect|default)|(?!({VERBS})\Z)[^$*/][^*/]*"),
        "a route key: $connect, $disconnect, $default, or a word that is no method and has no $ at its front, * or /",
    ),
    "connection_id": _PartShape(re.compile(r"(?!(@|%40)connections(/|\Z))[^?]+"), "the id of a connection"),
    "domain_name": _PartShape(
        re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+"), "a domain name in lower case", advice=DOMAIN_ADVICE
    ),
    "domain_id": _PartShape(
        re.compile("[A-Za-z0-9]+"), "the id of a private custom domain, letters and digits", advice=DOMAIN_ADVICE
    ),
}


def invalid_part(part: str, value: str) -> InvalidArnPart | None:
    """Why a value is not valid as this part of an ARN; None for a valid one."""
    shape = _SHAPES[part]
    if shape.pattern.fullmatch(value) is not None:
        return None
    advice = shape.advice
    if part == "method" and shape.pattern.fullmatch(value.upper()) is not None:
        advice = f"methods are case-sensitive: write {value.upper()}"
    elif part == "path" and value.startswith("/"):
        advice = "leave the query string out; it is not part of the ARN"
    return InvalidArnPart(f"found {value!r}, expected {shape.expected}", advice, shape.rule)


def error_at(problem: InvalidArnPart, *, text: str, name: str, start: int = 0, end: int | None = None) -> RequestError:
    """The error for a problem in ``text`` from ``start`` to ``end``; ``name`` takes the place of a file name."""
    source = Source(f"<{name}>", text)
    span = source.span(start, len(text) if end is None else end)
    # A host or a path may contain control characters of terminals.
    return RequestError(printable(problem.message), source=source, span=span, advice=problem.advice, rule=problem.rule)
