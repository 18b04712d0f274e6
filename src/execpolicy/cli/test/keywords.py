"""The expressions of ``-k``: parts of names, combined with and, or, not and parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, Source

if TYPE_CHECKING:
    from pyparsing import ParserElement, ParseResults

#: Whether an item is selected, given its texts in lower case.
NameFilter = Callable[[Collection[str]], bool]

_ADVICE = "combine words with and, or and not; put a phrase in quotes: -k 'ann and not \"all orders\"'"
#: The maximum nesting of parentheses: pyparsing uses about 15 Python frames for each level.
_DEEPEST = 50
_TOO_DEEP = f"found parentheses nested more than {_DEEPEST} deep"

#: All characters that ``\s`` matches. By default pyparsing skips those of ASCII only.
_SPACES: Final = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_WORD: Final = r"""[^\s()"']+"""
_END_OF_WORD: Final = r"""(?![^\s()"'])"""
_PHRASE: Final = r""""[^"]+"|'[^']+'"""
#: The part of the text that an error message quotes.
_SHOWN: Final = re.compile(rf"""[()]|{_PHRASE}|""|''|["']|{_WORD}""")


def parse_keywords(text: str) -> NameFilter:
    """Read an expression.

    Args:
        text: an expression as for pytest's ``-k``. A word selects items of which one text contains it, in any case.

    Raises:
        ExecPolicyError: it is not an expression; the place of the error is that in ``-k``.

    >>> parse_keywords("ann and not (orders or 'all pets')")(["ann reads a pet", "shop.json"])
    True
    """
    from pyparsing import ParseBaseException

    try:
        (selects,) = _grammar().parse_string(text)
    except ParseBaseException as error:
        raise _error(text, min(error.loc, len(text.rstrip())), error.msg.removeprefix("Expected ")) from None
    found: NameFilter = selects
    return found


def _grammar() -> ParserElement:
    """The grammar. A new one is made for each text, because it counts the open parentheses.

    ``-`` instead of ``+`` stops the parse at the first error: no part is read twice, and the time is linear.

        expression: operand (("and" | "or") operand)*
        operand: "not"* (word | phrase | "(" expression ")")
    """
    from pyparsing import Forward, ParseFatalException, Regex, StringEnd, ZeroOrMore

    def token(pattern: str, name: str = "") -> ParserElement:
        found = Regex(pattern)
        found.set_whitespace_chars(_SPACES)
        return found.set_name(name) if name else found

    depth = 0

    def opened(text: str, at: int, _: ParseResults) -> list[object]:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ParseFatalException(text, at, _TOO_DEEP)
        return []

    def closed() -> list[object]:
        nonlocal depth
        depth -= 1
        return []

    expression = Forward()
    negations = ZeroOrMore(token(f"not{_END_OF_WORD}"))
    word = token(f"(?!(?:and|or|not){_END_OF_WORD}){_WORD}").set_parse_action(lambda tokens: _has(tokens[0]))
    phrase = token(_PHRASE).set_parse_action(lambda tokens: _has(tokens[0][1:-1]))
    opening = token(r"\(").set_parse_action(opened)
    closing = token(r"\)", "and, or, or a closing parenthesis").set_parse_action(closed)
    operand = (word | phrase | opening - expression - closing).set_name("a word, not, or a parenthesis")
    expression <<= negations + operand + ZeroOrMore(token(f"(?:and|or){_END_OF_WORD}") - negations - operand)
    expression.set_parse_action(_joined)
    end = StringEnd().set_whitespace_chars(_SPACES).set_name("and, or, or the end")
    return (expression - end).parse_with_tabs()


def _joined(tokens: Iterable[NameFilter | str]) -> NameFilter:
    """Combine filters with ``not``, ``and`` and ``or``; and has precedence over or."""
    chains: list[list[NameFilter]] = [[]]
    negated = False
    for token in tokens:
        if token == "or":
            chains.append([])
        elif token == "not":
            negated = not negated
        elif callable(token):
            chains[-1].append(_not(token) if negated else token)
            negated = False
    return lambda texts: any(all(part(texts) for part in chain) for chain in chains)


def _not(selects: NameFilter) -> NameFilter:
    return lambda texts: not selects(texts)


def _has(word: str) -> NameFilter:
    lower = word.lower()
    return lambda texts: any(lower in text for text in texts)


def _error(text: str, start: int, message: str) -> ExecPolicyError:
    """The error at a place: ``message`` says what was expected there, or that the nesting is too deep."""
    match = _SHOWN.match(text, start)
    shown = match[0] if match else ""
    advice = _ADVICE
    if message == _TOO_DEEP:
        advice = "remove some"
    elif shown in ('"', "'"):
        message, advice = "found a quote that is not closed", "close it"
    elif shown in ('""', "''"):
        message, advice = "found an empty phrase, which every name contains", "remove it"
    else:
        message = f"found {quoted(shown) if shown else 'the end'}, expected {message}"
    source = Source("-k", text)
    end = min(start + (len(shown) or 1), len(text))
    return ExecPolicyError(message, source=source, span=source.span(start, end), advice=advice)
