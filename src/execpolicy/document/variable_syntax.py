"""Policy variables in a text (VAR-1, VAR-2): ``${key}``, ``${key, 'default'}``, and ``${*}``, ``${?}``, ``${$}``."""

from __future__ import annotations

import re

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of, unknown_text

#: ``${*}``, ``${?}`` and ``${$}`` are these characters, also where ``*`` and ``?`` are wildcards.
LITERALS = "*?$"

_SPACE = "UNSUPPORTED_SPACE_IN_VARIABLE"

# A key has letters of any language, digits and _.:/=+-@. Spaces can only be in the key of a tag, after the first slash.
# Compiled by ``re`` when first used: few documents hold variables.
_KEY = r"(?=[\w.:/=+\-@])[\w.:=+\-@]*(?:/(?:[\w.:/=+\-@ ]*[\w.:/=+\-@])?)?"
_KEY_CHARACTER = r"[\w.:/=+\-@]"
_DEFAULT = r" *, *'([^']*)' *"


class Variable(NamedTuple):
    """A variable. ``start`` and ``end`` are offsets in the text, of ``$`` and after ``}``.

    ``key`` is as written; its case does not matter. ``default`` is None where the variable has none, and
    ``spaced_as_usual`` says whether a comma and one space are all that separates it from the key.
    """

    key: str
    default: str | None
    start: int
    end: int
    spaced_as_usual: bool = True


class Literal(NamedTuple):
    """A character that is not a wildcard."""

    text: str


class VariableSyntaxError(ValueError):
    """A ``${`` that does not begin a variable; ``start`` and ``end`` are offsets in the text.

    ``issue_code`` is that of IAM Access Analyzer, where it has one; ``meant`` is what is meant by the part, if that is
    clear.
    """

    def __init__(
        self, message: str, start: int, end: int, advice: str, issue_code: str = "", *, meant: str | None = None
    ) -> None:
        super().__init__(message)
        self.meant = meant
        self.issue_code = issue_code
        self.message = message
        self.start = start
        self.end = end
        self.advice = advice


def split_variables(text: str) -> tuple[str | Variable | Literal, ...]:
    """Split a text at its variables.

    Args:
        text: a value of a policy whose Version is 2012-10-17.

    Returns:
        Plain parts, variables and literals in order; nothing for the empty text. A variable that holds an unknown
        value is that value (SRC-10).

    Raises:
        VariableSyntaxError: a ``${`` is not closed or holds no key.

    >>> from execpolicy.document.variable_syntax import split_variables
    >>> split_variables("pets/${aws:username}")
    ('pets/', Variable(key='aws:username', default=None, start=5, end=20, spaced_as_usual=True))

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    parts: list[str | Variable | Literal] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        part, position = _unknown_part(text, start) or _part(text, start)
        parts.append(part)
    if position < len(text):
        parts.append(text[position:])
    return tuple(parts)


def _unknown_part(text: str, start: int) -> tuple[str, int] | None:
    """The unknown values in a variable, which is as a whole unknown, and the offset after it; None if it has none."""
    if not has_unknown(text):
        return None
    end, names = start, []
    for part in parts_of(text[start:]):
        closing = part.find("}") if isinstance(part, str) else -1
        if isinstance(part, UnknownName):
            names.append(part.name)
            end += len(unknown_text(part.name))
        elif closing < 0:
            end += len(part)
        else:
            return ("".join(map(unknown_text, names)), end + closing + 1) if names else None
    return None


def _part(text: str, start: int) -> tuple[Variable | Literal, int]:
    inside = start + 2
    if text[inside : inside + 1] in LITERALS and text[inside + 1 : inside + 2] == "}":
        return Literal(text[inside]), inside + 2
    key = re.compile(_KEY).match(text, inside)
    if key is None:
        raise _no_key(text, start)
    end = key.end()
    default = re.compile(_DEFAULT).match(text, end)
    if default is not None and "${" in default.group(1):
        advice = "a default is plain text: variables do not nest"
        raise VariableSyntaxError("found a variable in a default", default.start(1), default.end(1), advice)
    end = default.end() if default is not None else end
    if text[end : end + 1] != "}":
        raise _no_end(text, start, end)
    if default is None:
        return Variable(key.group(), None, start, end + 1), end + 1
    as_usual = default.group() == f", '{default.group(1)}'"
    return Variable(key.group(), default.group(1), start, end + 1, as_usual), end + 1


def _no_key(text: str, start: int) -> VariableSyntaxError:
    closing = text.find("}", start)
    if closing < 0:
        return _unclosed(text, start)
    found = text[start : closing + 1]
    if found == "${}":
        advice = "name a key: ${aws:username}"
        return VariableSyntaxError("found ${} without a key", start, closing + 1, advice, "EMPTY_VARIABLE")
    advice = "write the key right after the brace, as in ${aws:username}; ${*}, ${?} and ${$} are plain characters"
    return VariableSyntaxError(
        f"found {quoted(found)}, expected the name of a key after ${{", start, closing + 1, advice
    )


def _no_end(text: str, start: int, position: int) -> VariableSyntaxError:
    closing = text.find("}", position)
    if closing < 0:
        return _unclosed(text, start)
    rest = text[position:closing].lstrip(" ")
    if rest.startswith(","):
        advice = "write a default in single quotes, without single quotes in it: ${aws:username, 'nobody'}"
        message = f"found the default {quoted(rest[1:].strip())}, expected text in single quotes"
        default = rest[1:].strip().strip("'")
        meant = None if "'" in default or "${" in default else f", '{default}'"
        return VariableSyntaxError(message, position, closing, advice, "MISSING_QUOTE_IN_VARIABLE", meant=meant)
    if not rest:
        advice = "remove the space before the closing brace"
        return VariableSyntaxError("found a space after a variable's key", position, closing, advice, _SPACE, meant="")
    if text[position] == " " and re.match(_KEY_CHARACTER, rest) is not None:
        advice = "remove the space: only the key of a tag can have one, after its slash"
        end = closing - len(rest)
        return VariableSyntaxError("found a space in the name of a variable", position, end, advice, _SPACE, meant="")
    message = f"found {quoted(rest[0])} in a variable, which no key name contains"
    return VariableSyntaxError(
        message, closing - len(rest), closing - len(rest) + 1, "write it as ${key} or ${key, 'default'}"
    )


def _unclosed(text: str, start: int) -> VariableSyntaxError:
    advice = "close it, or write ${$}{ for the text ${"
    whole = re.compile(_KEY).fullmatch(text, start + 2)
    meant = f"{text[start:]}}}" if whole is not None else None
    return VariableSyntaxError(
        "found ${ without a closing brace", start, len(text), advice, "MISSING_BRACE_IN_VARIABLE", meant=meant
    )
