"""Messages and advice for a text that is not JSON, at the place where the reader cannot continue.

Every function takes the text with a NUL at the end, as the reader does.
"""

from __future__ import annotations

import re

from execpolicy.document.syntax.nodes import MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER, NOWHERE, Fault
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Correction

_SYNTAX = "JSON_SYNTAX_ERROR"
VALUE = "a value"
NAME = "a name in double quotes"

# Compiled by ``re`` when first used: most texts are valid.
_WORD = r"""[^\s\x00"'{}\[\],:]+"""
_STRINGS_AND_BRACKETS = r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]'
_BRACKETS = {"{": ("object", "}"), "[": ("list", "]")}
_CONSTANTS = {"true": "true", "yes": "true", "false": "false", "no": "false", "none": "null", "undefined": "null"}
_NOT_NUMBERS = {"nan", "infinity", "-infinity", "inf", "-inf", "+infinity"}
_ROOT_ADVICE = 'the document begins with "{"; to read a file by its name, use load'
_NUMBER_ADVICE = "write a number like 10, -3 or 0.5, or put all of it in double quotes"
_FIRST = {
    "'": "JSON strings are in double quotes: replace the single quotes",
    "/": "JSON has no comments: remove it",
    "#": "JSON has no comments: remove it",
    ",": "remove the extra comma, or add the missing value before it",
    "“": "replace the typographic quotes by plain double quotes",
    "”": "replace the typographic quotes by plain double quotes",
}


def unexpected(text: str, position: int, expected: str) -> Fault:
    """The fault of finding something else than ``expected`` at ``position``."""
    opened = _open_brackets(text, position)
    if position == len(text) - 1:
        return _end_of_text(text, opened)
    if text[position] in "}]":
        return _bracket(text, position, expected, opened)
    end = _word_end(text, position)
    found = text[position:end]
    if found == '"':
        end = max(text.find('"', end), position) + 1
        message = f"found a string, expected {expected}"
        return Fault(message, position, end, advice=_advice(found, expected), issue_code=_SYNTAX)
    if found[0] in _FIRST:
        advice = _FIRST[found[0]]
    elif not opened:
        advice = _ROOT_ADVICE
    elif text[position - 1].isalnum():
        advice = _NUMBER_ADVICE
    else:
        advice = _advice(found, expected)
    return Fault(f"found {quoted(found)}, expected {expected}", position, end, advice=advice, issue_code=_SYNTAX)


def _word_end(text: str, position: int) -> int:
    """The offset after the word, or the one character, at ``position``."""
    word = re.compile(_WORD).match(text, position)
    return word.end() if word is not None else position + 1


def _open_brackets(text: str, position: int) -> list[int]:
    """The brackets that are open at ``position``, outermost first; the text before it is valid."""
    opened: list[int] = []
    for match in re.finditer(_STRINGS_AND_BRACKETS, text[:position]):
        if match.group() in "[{":
            opened.append(match.start())
        elif match.group() in "]}":
            opened.pop()
    return opened


def _bracket(text: str, position: int, expected: str, opened: list[int]) -> Fault:
    """The fault of a closing bracket that is too early, or the wrong one."""
    char = text[position]
    before = text[:position].rstrip()
    if before.endswith(","):
        message = f'found a comma before the closing "{char}"'
        fault = Fault(message, len(before) - 1, len(before), advice="remove the comma", issue_code=_SYNTAX)
        return fault._replace(correction=Correction(",", ""))
    message = f'found "{char}", expected {expected}'
    fault = Fault(message, position, position + 1, advice=_ROOT_ADVICE, issue_code=_SYNTAX)
    if not opened:
        return fault
    kind, closing = _BRACKETS[text[opened[-1]]]
    if closing == char:
        return fault._replace(advice="write the value before it")
    advice = f'close the {kind} with "{closing}" first'
    return fault._replace(advice=advice, related=(f"the {kind} was opened at", opened[-1]))


def _advice(found: str, expected: str) -> str:
    """What to do about ``found``, a word or one character, where ``expected`` is required."""
    lowered = found.lower()
    if expected.startswith(VALUE):
        if lowered in _NOT_NUMBERS:
            return "JSON has no such number: remove it"
        if lowered in _CONSTANTS:
            return f"write {_CONSTANTS[lowered]}"
        return _NUMBER_ADVICE if found[0] in "+-.0123456789" else "put it in double quotes"
    if expected.startswith(NAME):
        return "put the name in double quotes"
    if expected.startswith('","'):
        return "a comma is missing before it"
    return "put a colon between a name and its value"


def _end_of_text(text: str, opened: list[int]) -> Fault:
    if not opened:
        message = "the document is empty, expected a JSON object"
        return Fault(message, 0, 0, advice="is this the right file?", issue_code=_SYNTAX)
    kind, closing = _BRACKETS[text[opened[-1]]]
    message = f"the {kind} opened here is never closed"
    advice = f'add the missing "{closing}" at the end'
    return Fault(message, opened[-1], opened[-1] + 1, advice=advice, issue_code=_SYNTAX)


def text_after(text: str, end: int) -> Fault:
    """The fault of text after the document."""
    stop = _word_end(text, end)
    advice = "keep one document in a text: read several one by one"
    if text[end] in "}]":
        advice = "remove it: all brackets are already closed"
    elif text[end] in "/#":
        advice = _FIRST["#"]
    message = f"found {quoted(text[end:stop])} after the end of the document"
    return Fault(message, end, stop, advice=advice, issue_code=_SYNTAX)


def too_deep(start: int = NOWHERE, limit: int = MAX_DEPTH) -> Fault:
    """The fault of deep nesting, which could exhaust the stack."""
    advice = "no supported document needs as many levels: is this the right file?"
    return Fault(f"found more than {limit} levels of nesting", start, start + 1, advice=advice)


def duplicate(name: str, first: int = NOWHERE, start: int = NOWHERE, end: int = NOWHERE) -> Fault:
    """The fault of two members with one name (POL-3): a plain JSON parser silently keeps the last one."""
    message = f"found the name {quoted(name)} twice in one object"
    advice = "remove one of them, or put both values in one list"
    return Fault(
        message,
        start,
        end,
        advice=advice,
        rule="POL-3",
        related=("the first is at", first) if first != NOWHERE else None,
    )


def bad_number(text: str, exponent: str | None = None, start: int = NOWHERE) -> Fault | None:
    """The fault of a number that is too long; None if it is not."""
    end = start + len(text) if start != NOWHERE else NOWHERE
    if len(text) > MAX_NUMBER:
        message = f"found a number of {len(text)} characters, expected at most {MAX_NUMBER}"
        return Fault(message, start, end, advice="shorten it")
    if exponent is not None and len(exponent) > MAX_EXPONENT:
        message = f"found an exponent of {len(exponent)} digits, expected at most {MAX_EXPONENT}"
        return Fault(message, start, end, advice="shorten it")
    return None
