"""Amazon Resource Names: the six fields of a request's ARN, and what a pattern in a policy matches."""

from __future__ import annotations

import re

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.errors import RequestError, Source
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Matcher, Tokens, Wildcard, matcher

if TYPE_CHECKING:
    from typing import NoReturn


#: The fields of an ARN.
FIELDS = ("arn", "partition", "service", "region", "account", "resource")

_SHAPES = {
    "arn": "arn",
    "partition": "aws(?:-[a-z0-9]+)*",
    "service": "[a-z0-9-]+",
    "region": "[a-z0-9-]*",
    "account": "(?:[0-9]{12})?|aws",
    "resource": ".+",
}
_EXPECTED = {
    "arn": 'an ARN, which begins with "arn:"',
    "partition": "a partition: aws, aws-cn, aws-us-gov, …",
    "service": "a service in lower case, such as execute-api",
    "region": "a region in lower case, such as eu-west-1, or nothing",
    "account": "an account of 12 digits, or nothing",
    "resource": "the name of a resource",
}

# Compiled by ``re`` when first used.
_WHOLE = ":".join(f"({shape})" for shape in _SHAPES.values())

#: The beginning of most texts that a short form can match.
API_PREFIX = "arn:aws:execute-api:"
SHORT_FORM = "execute-api:/"

#: The resource of a request for an action that has no resource.
EVERY = "*"


class Arn(NamedTuple):
    """The ARN of the resource of a request."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @property
    def after_api(self) -> str | None:
        """The part that a short form is matched against: for execute-api, the text after the API id (GW-7)."""
        slash = self.resource.find("/") if self.service == "execute-api" else -1
        return self.resource[slash:] if slash >= 0 else None


def index_after_api(text: str) -> int:
    """The index of the part of an ARN that a short form is matched against, or -1; the ARN is not parsed (GW-7).

    >>> index_after_api("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets")
    49
    >>> index_after_api("arn:aws:s3:::bucket/key")
    -1
    """
    slash = text.find("/")
    # The service is the third field, and no field before the resource holds a slash.
    return slash if slash >= 0 and text.startswith(":execute-api:", text.find(":", 4)) else -1


def parse_arn(text: str, *, name: str = "resource") -> Arn:
    """Read the ARN of a request. ``name`` is what an error calls the text.

    Raises RequestError, with the place of the field that is wrong.

    >>> parse_arn("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets").after_api
    '/prod/GET/pets'
    """
    whole = re.fullmatch(_WHOLE, text, re.DOTALL)
    return Arn(text, *whole.groups()[1:]) if whole is not None else _refuse(text, name)


def read_resource(text: str) -> Arn:
    """Read the resource of a request: an ARN, or ``*`` for an action that has no resource (RES-6).

    Raises RequestError, with the place of the field that is wrong.

    >>> read_resource("*").account
    ''
    """
    return Arn(text, "", "", "", "", "") if text == EVERY else parse_arn(text)


def _refuse(text: str, name: str) -> NoReturn:
    """Raise the error for the first wrong field."""
    fields = text.split(":", 5)
    start = 0
    for label, field in zip(FIELDS, fields, strict=False):
        if re.fullmatch(_SHAPES[label], field, re.DOTALL) is None:
            raise _arn_error(text, name, start, start + len(field), f"found {field!r}, expected {_EXPECTED[label]}")
        start += len(field) + 1
    missing = FIELDS[len(fields)]
    raise _arn_error(text, name, len(text), len(text), f"the ARN ends before its {missing}")


def _arn_error(text: str, name: str, start: int, end: int, message: str) -> RequestError:
    source = Source(f"<{name}>", text)
    return RequestError(
        message,
        source=source,
        span=source.span(start, end),
        advice="an ARN reads arn:partition:service:region:account:resource, such as "
        "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets",
        rule="GW-1",
    )


def fields_of(text: str) -> list[str]:
    """The fields of a pattern; a colon inside ``${…}`` does not separate fields.

    >>> fields_of("arn:*:kms:*:${aws:PrincipalAccount}:key/*")[4:]
    ['${aws:PrincipalAccount}', 'key/*']
    """
    fields: list[str] = []
    start = 0
    for found in re.finditer(r"\$\{[^}]*\}|:", text):
        if found[0] == ":" and len(fields) < len(FIELDS) - 1:
            fields.append(text[start : found.start()])
            start = found.end()
    return [*fields, text[start:]]


#: How the first five fields of a pattern are read, where AWS's pages allow more than one reading (RES-2). With
#: COMPLETED and WRITTEN a wildcard stays within its field, and an ARN with fewer than six fields is completed, or used
#: as it is written. WIDE matches by either, and wildcards cross fields.
COMPLETED, WRITTEN, WIDE = "completed", "written", "wide"


def whole_patterns(tokens: Tokens, reading: str) -> tuple[Tokens, ...]:
    """The patterns of whole ARNs for a pattern in one of the readings."""
    whole = tokens if reading == WRITTEN else completed(tokens)
    if reading != WIDE:
        return (bounded(whole),)
    return (whole,) if whole == tokens else (whole, tokens)


def completed(tokens: Tokens) -> Tokens:
    """An ARN with fewer than six fields, with wildcards for the missing ones (RES-2)."""
    colons = sum(token.count(":") for token in tokens if isinstance(token, str))
    if not tokens or not isinstance(tokens[0], str) or not tokens[0].startswith("arn:") or colons >= 5:
        return tokens
    return (*tokens, *(part for _ in range(5 - colons) for part in (":", ANY)))


def bounded(tokens: Tokens) -> Tokens:
    """The tokens of a resource pattern, with wildcards that stop at colons where RES-2 says so.

    In the first five fields a wildcard stays within its field, unless it is a ``*`` at the end of the field: a pattern
    with a wildcard where AWS allows none is matched all the same (RES-3), and ``*`` alone matches every ARN (RES-4).
    """
    out: list[str | Wildcard] = []
    colons = 0
    for index, token in enumerate(tokens):
        if isinstance(token, str):
            colons += token.count(":")
            out.append(token)
        elif colons < 5:
            out.append(_within_field(token, tokens[index + 1] if index + 1 < len(tokens) else ":"))
        else:
            out.append(token)
    return tuple(out)


def _within_field(token: Wildcard, following: str | Wildcard) -> Wildcard:
    if token is ONE:
        return ONE_IN_FIELD
    ends_field = isinstance(following, str) and following.startswith(":")
    return token if ends_field else ANY_IN_FIELD


def bounded_in_resource(tokens: Tokens, *, short: bool) -> Tokens:
    """The tokens of a pattern by the other reading of RES-1: in the last field too, a wildcard stops at colons.

    A ``*`` that ends the field, or that a colon follows, does not. A ``short`` form is the last field.
    """
    out: list[str | Wildcard] = []
    colons = 5 if short else 0
    for index, token in enumerate(tokens):
        if isinstance(token, str):
            colons += token.count(":")
            out.append(token)
        else:
            following = tokens[index + 1] if index + 1 < len(tokens) else ":"
            out.append(_within_field(token, following) if colons >= 5 and token in (ANY, ONE) else token)
    return tuple(out)


def component_matcher(tokens: Tokens) -> Matcher | None:
    """A matcher for the Arn operators: field by field, no wildcard crosses a colon (CND-6).

    None for a pattern with fewer than six fields, which matches nothing.
    """
    fields: list[list[str | Wildcard]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            fields[-1].append(token)
            continue
        first, *others = token.split(":", 6 - len(fields))
        fields[-1].append(first)
        fields.extend([other] for other in others)
    if len(fields) < 6:
        return None
    matchers = [matcher(field) for field in fields]

    def match(text: str) -> bool:
        parts = text.split(":", 5)
        return len(parts) == 6 and all(test(part) for test, part in zip(matchers, parts, strict=True))

    return match
