"""Parses the text of an invariant, and words the errors of its syntax: found, expected, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from execpolicy.analysis.invariants.call_pattern import ANY_METHOD, METHODS
from execpolicy.analysis.invariants.caller_text import ORGANIZATION
from execpolicy.analysis.invariants.grammar import IN_QUOTES, WORD, InvariantNode
from execpolicy.analysis.invariants.words import WORDS
from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.errors import ExecPolicyError, Source

if TYPE_CHECKING:
    from pyparsing import ParserElement

#: The part of the text that an error quotes.
_SHOWN: Final = re.compile(rf'[(),]|{IN_QUOTES}|"|[=!]+|{WORD}')
_RULE = "INV-1"
_EXAMPLES: Final = {
    "nobody": 'write for example "nobody may call DELETE /orders/**" or "role/Clerk may call GET /orders/*"',
    "a caller": (
        "a caller is anonymous, role/NAME, user/NAME, account and 12 digits, this account, accounts inside o-…, "
        "service and its name, or an ARN"
    ),
    "a path": "write for example GET /orders/*",
    "a method": "write for example GET /orders/*, or anything",
    "a context key": "write for example when aws:PrincipalTag/team = blue",
    "=": "write for example = blue, in (blue, green) or is absent",
    "comes": "write for example comes through vpce-0a1b2c3d or from 198.51.100.0/24",
    "unless": "separate calls with commas, sources with or, and tests of keys with and",
    "from": "write for example from 198.51.100.0/24 or through vpce-0a1b2c3d",
    "and": "combine tests of keys with and",
    "absent": 'write "is absent" or "is present"; before a value write =',
    "an account": "write its 12 digits, such as 111122223333",
    "an opening parenthesis": "write for example in (blue, green)",
}
#: Words that people write for those of the language: the first that is expected is meant.
_MEANT: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("everybody", "everyone", "anyone"), ("anybody",)),
    "all": ("every call", "anything"),
    **dict.fromkeys(("noone", "no-one", "none"), ("nobody",)),
    **dict.fromkeys(("everything", "any", "*"), ("anything",)),
    **dict.fromkeys(("can", "must", "shall", "should"), ("may",)),
    **dict.fromkeys(("cannot", "can't"), ("may not",)),
    **dict.fromkeys(("via", "by"), ("through",)),
    **dict.fromkeys(("but", "except"), ("but", "unless")),
    **dict.fromkeys(("in", "within"), ("inside",)),
    **dict.fromkeys(("if", "where", "with"), ("when",)),
    **dict.fromkeys(("&&", "&"), ("and",)),
    **dict.fromkeys(("||", "|"), ("or",)),
    **dict.fromkeys(("==", "===", "equals"), ("=",)),
    **dict.fromkeys(("!==", "<>"), ("!=",)),
    **dict.fromkeys(("invoke", "reach", "access", "use"), ("call",)),
    **dict.fromkeys(("exists", "set"), ("present", "is present")),
    **dict.fromkeys(("missing", "unset"), ("absent", "is absent")),
}
#: What is meant where one thing is expected and another is found.
_PAIRS: Final = {
    ("account", "one"): 'write "nobody"',
    ("may", "but"): 'write "only" and the callers, instead of "nobody but"',
    ("may", "outside"): 'write "no account outside"',
    **dict.fromkeys((("may", "cannot"), ("may", "can't")), 'write "nobody may call" of calls that do not get through'),
}


def parsed(text: str, source: Source, grammar: ParserElement) -> InvariantNode:
    """Parse a text by a grammar whose result is one InvariantNode.

    Raises:
        ExecPolicyError: the text is not of the grammar; the error has the place.

    >>> from execpolicy.analysis.invariants.grammar import grammar
    >>> parsed("nobody may call /a", Source("<invariant>", "nobody may call /a"), grammar()).name
    'nobody'
    """
    from pyparsing import ParseBaseException  # only for invariants that are written as text

    try:
        (form,) = grammar.parse_string(text)
    except ParseBaseException as error:
        raise _error(text, source, min(error.loc, len(text.rstrip())), error.msg.removeprefix("Expected ")) from None
    found: InvariantNode = form
    return found


def error_at(source: Source, start: int, end: int, message: str, *, advice: str, rule: str) -> ExecPolicyError:
    """The error at a place of the text of an invariant."""
    return ExecPolicyError(message, source=source, span=source.span(start, end), advice=advice, rule=rule)


def _error(text: str, source: Source, start: int, expected: str) -> ExecPolicyError:
    """The error for what stands at a place, where something else is expected."""
    match = _SHOWN.match(text, start)
    shown = match[0] if match else ""
    end = min(start + (len(shown) or 1), len(text))
    if shown == '"':
        return error_at(source, start, len(text), "found a quote that is not closed", advice="close it", rule=_RULE)
    if shown == ",":
        # What a comma separates is over: after other lists no comma may stand either.
        expected = expected.removeprefix("a comma, ")
    message = f"found {quoted(shown) if shown else 'the end'}, expected {expected}"
    return error_at(source, start, end, message, advice=_advice(shown, expected), rule=_RULE)


def _advice(shown: str, expected: str) -> str:
    """What to do about a word where others are expected."""
    choices = _choices(expected)
    if shown == "not" and "call" in choices:
        return 'write "nobody may call" of calls that do not get through, and "anybody may call" of calls that do'
    if shown in ("and", "or") and "a comma" in choices and "unless" not in choices:
        return "separate them with commas"
    meant = _PAIRS.get((expected, shown)) or _meant(shown, choices)
    if meant is not None:
        return meant
    for choice, example in _EXAMPLES.items():
        if choice in choices:
            return example
    return f'write "{expected}"' if expected in _WRITTEN else f"write {expected}"


def _meant(shown: str, choices: list[str]) -> str | None:
    """Advice for a word that stands for one of those that are expected, if it is clear for which."""
    for meant in _MEANT.get(shown.lower(), ()):
        if meant in choices or meant.partition(" ")[0] in choices:
            return f'write "{meant}"'
    if "a caller" in choices:
        caller = _meant_caller(shown)
        if caller is not None:
            return caller
    names = [choice for choice in choices if choice in _WRITTEN]
    if "a method" in choices:
        names += [*METHODS, ANY_METHOD]
    letters = sorted(shown)
    found = next((name for name in names if sorted(name) == letters), None) or nearest(shown, names)
    return None if found is None or found == shown else f'did you mean "{found}"?'


def _meant_caller(shown: str) -> str | None:
    """Advice for a word that names a caller without the word before it, or with another one."""
    if re.fullmatch("[0-9]{12}", shown):
        return f'write "account {shown}"'
    if ORGANIZATION.fullmatch(shown):
        return f'write "accounts inside {shown}"'
    kind, slash, _ = shown.partition("/")
    found = nearest(kind, ("role", "user")) if slash else None
    return None if found is None else f'did you mean "{found}/"?'


def _choices(expected: str) -> list[str]:
    """The alternatives of what is expected."""
    return re.split(", | or (?!NAME)", expected)


#: Words and signs that are written as they are named.
_WRITTEN: Final = frozenset({*WORDS, "=", "!=", "no account", "every call", "not in"})
