"""The format of an access log: its texts and its variables in their order (LOG-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.wording import nearest
from execpolicy.loaders.access_log.variables import VARIABLES, ValueKind, kind_of_variable
from execpolicy.loaders.written_text import WrittenText

#: The most characters of a format. A quota of API Gateway is 3 KB.
MAX_FORMAT: Final = 10_000
_RULE: Final = "LOG-1"
#: A variable, as far as its name can go; what stands for no variable of an access log; the end of a name.
_VARIABLE: Final = re.compile(r"\$(?:context\b(?P<name>[A-Za-z0-9_.:-]{0,200})|(?:stageVariables|input|util)\b)")


class LogVariable(NamedTuple):
    """A variable of a format: its name without ``$context.``, and what its values look like."""

    name: str
    kind: ValueKind


class LogFormat(NamedTuple):
    """A format: a text, then a variable, a text, and so on; the first and the last text may be empty."""

    texts: tuple[str, ...]
    variables: tuple[LogVariable, ...]


def parse_log_format(text: str, name: str = "<log_format>") -> LogFormat:
    """Read the format of an access log.

    Args:
        text: the format, as the setting of the stage has it; it may end in a line break.
        name: what messages call it.

    Raises:
        RequestError: it is no format of an access log, with its place.

    >>> parse_log_format('[$context.requestTime] $context.status').texts
    ('[', '] ', '')
    """
    written = WrittenText.whole(text, name)
    end = len(text.rstrip("\r\n"))
    _check_size(written, end)
    texts: list[str] = []
    variables: list[LogVariable] = []
    position = 0
    for match in _VARIABLE.finditer(text, 0, end):
        if match["name"] is None:
            raise written.part(*match.span()).error(
                f"found {match.group()}, which no access log has", "a format has $context variables alone", _RULE
            )
        variable = _variable(written, match)
        before = text[position : match.start()]
        if variables and not before:
            raise written.part(*match.span()).error(
                "found two variables with no text between them: a line does not say where one ends",
                "put a separator into the format of the stage",
                _RULE,
            )
        texts.append(before)
        variables.append(variable)
        position = match.start() + len("$context.") + len(variable.name)
    if not variables:
        raise written.error("found a format without a variable", "such as $context.httpMethod $context.path", _RULE)
    return LogFormat((*texts, text[position:end]), tuple(variables))


def _check_size(written: WrittenText, end: int) -> None:
    text = written.value
    if len(text) > MAX_FORMAT:
        message = f"found a format of {len(text)} characters, expected at most {MAX_FORMAT}"
        raise written.part(0, 1).error(message, "give the format of the stage's access log", _RULE)
    at = next((at for at in (text.find("\n", 0, end), text.find("\r", 0, end)) if at >= 0), -1)
    if at >= 0:
        message = "found a line break in the format, which is one line"
        raise written.part(at, at + 1).error(message, "give the format as the stage has it", _RULE)


def _variable(written: WrittenText, match: re.Match[str]) -> LogVariable:
    """The variable with the longest name that is one; what follows belongs to the text after it."""
    name = match["name"].removeprefix(".") if match["name"].startswith(".") else ""
    # A name can be followed by a separator that could belong to a name: $context.status-$context.path.
    for candidate in _candidates(name):
        kind = kind_of_variable(candidate)
        if kind is not None:
            return LogVariable(candidate, kind)
    word = re.match(r"[A-Za-z0-9_.]*", name)
    found = "" if word is None else word.group().rstrip(".")
    place = written.part(match.start(), match.start() + len("$context.") + len(found))
    meant = nearest(found, VARIABLES)
    advice = f"did you mean $context.{meant}?" if meant is not None else "such as $context.identity.sourceIp"
    if found == "authorizer.claims":
        advice = "name a claim: $context.authorizer.claims.sub"
    raise place.error(f"found $context.{found}, which is no variable of access logs", advice, "LOG-2")


def _candidates(name: str) -> Iterator[str]:
    """The whole name, then the name up to each separator that stands in names of an authorizer's context alone."""
    whole = name.rstrip(".:-")
    yield whole
    for match in reversed([*re.finditer(r"[:-]", whole)]):
        yield whole[: match.start()]
