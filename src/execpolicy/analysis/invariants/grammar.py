"""The grammar of the language of invariants, for pyparsing (INV-6).

It reads each word once: the first word of an alternative decides for it, and ``-`` instead of ``+`` stops the parse at
the first error. So the time is linear. Nothing nests. ``python -m tools.invariant_grammar`` writes and draws it: each
``And`` with a name is a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from execpolicy._base.records import NamedTuple
from execpolicy.analysis.invariants.call_pattern import ANY_METHOD, METHODS
from execpolicy.analysis.invariants.words import WORDS

if TYPE_CHECKING:
    from pyparsing import ParserElement, ParseResults


class InvariantWord(NamedTuple):
    """A word of the text and its place; the text of one in quotes is without them."""

    text: str
    start: int
    end: int
    in_quotes: bool = False


class InvariantNode(NamedTuple):
    """A part of an invariant as it is written: its name, and its words and parts."""

    name: str
    parts: Sequence[InvariantWord | InvariantNode]


#: All characters that ``\s`` matches. By default pyparsing skips those of ASCII only.
SPACES: Final = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
IN_QUOTES: Final = r'"(?:[^"]|"")*"'
WORD: Final = r'[^\s,()"]+'
_END: Final = r'(?![^\s,()"])'
#: No word of the language, which stands in quotes where it is meant as a text.
_NOT_OURS: Final = rf"(?!(?:{'|'.join(WORDS)}){_END})"

# What an error expects at a place
_MAY: Final = "a comma or may"
_AFTER_CALLS: Final = "a comma, on, from, through, when, unless or the end"
_AFTER_CALLS_OF_EVERY: Final = "a comma, on, from, through, when, comes or has"


@cache
def grammar() -> ParserElement:
    """The grammar of one invariant. Parsing gives one InvariantNode, whose name is that of the form."""
    from pyparsing import And, MatchFirst, Opt, StringEnd

    callers, calls, groups = _callers(), _calls(), _groups()
    limits, may, call = _limits(), _keyword("may", _MAY), _keyword("call")
    rest = calls - limits - Opt(_node("unless", _keyword("unless") - _exceptions()))
    may_or_not = may - Opt(_kept("not")) - _keyword("call", "not or call") - rest
    claim_of_every = MatchFirst(
        [_node("comes", _keyword("comes") - _sources()), _node("has", _keyword("has") - _tests())]
    ).set_name(_AFTER_CALLS_OF_EVERY)
    forms = MatchFirst(
        [
            _node("every", _keyword("every") - call - _keyword("to") - calls - limits - claim_of_every),
            _node("nobody", _keyword("nobody") - _keyword("may") - call - rest),
            _node("only", _keyword("only") - callers - may - call - rest),
            _node("outside", _keyword("no") - _keyword("account") - _keyword("outside") - groups - may - call - rest),
            _node(
                "anybody",
                _keyword("anybody") - Opt(_keyword("but") - callers) - _keyword("may", "but or may") - call - rest,
            ),
            _node("accounts outside", _phrase("accounts", "outside") - groups - may_or_not),
            _node("callers", callers - may_or_not),
        ]
    ).set_name("nobody, only, no account, anybody, every call or a caller")
    end = StringEnd().set_whitespace_chars(SPACES).set_name(_AFTER_CALLS)
    return (And([forms]).set_name("invariant") - end).parse_with_tabs()


@cache
def grammar_of_tests() -> ParserElement:
    """The grammar of tests of keys alone, with or without ``when`` before them. Parsing gives one InvariantNode."""
    from pyparsing import Opt, StringEnd

    end = StringEnd().set_whitespace_chars(SPACES).set_name("and or the end")
    return (_node("when", Opt(_keyword("when")) - _tests()) - end).parse_with_tabs()


# Callers


def _callers() -> ParserElement:
    return _node("callers", _separated(_caller())).set_name("callers")


def _caller() -> ParserElement:
    from pyparsing import MatchFirst, Opt

    account = _word(_NOT_OURS + WORD, "an account")
    of = Opt(_kept("of") - account)
    return _node(
        "caller",
        MatchFirst(
            [
                _kept("anonymous"),
                _word(r'(?:role|user)/[^\s,()"]*', "role/NAME or user/NAME") - of,
                _kept("account") - account,
                _kept("this") - _kept("account"),
                _kept("accounts") - _kept("inside", "inside or outside") - _word(WORD, "the id of an organization"),
                _kept("service") - _word(WORD, "the name of a service"),
                _word(r'arn:[^\s,()"]*', "an ARN"),
            ]
        ).set_name("a caller"),
    ).set_name("caller")


def _groups() -> ParserElement:
    """The organizations and accounts after ``outside``."""
    from pyparsing import MatchFirst

    group = MatchFirst([_word(_NOT_OURS + WORD, "o-… or an account"), _kept("this") - _kept("account")])
    group.set_name("the id of an organization, an account or this account")
    return _node("groups", _separated(_node("group", group).set_name("group"))).set_name("groups")


# Calls


def _calls() -> ParserElement:
    from pyparsing import And, MatchFirst, ZeroOrMore

    method = _word(rf"(?i:{'|'.join((*METHODS, ANY_METHOD))}){_END}", "a method")
    path = _word(rf'/[^\s,"]*|{IN_QUOTES}', "a path")
    named = method - ZeroOrMore(_comma() - method) - _expecting(path.copy(), "a comma or a path")
    connect = _word(rf"\$connect{_END}", "$connect")
    one = MatchFirst([_kept("anything"), connect, _node("call", named), _node("call", path)])
    call = And([one.set_name("a method, a path, anything or $connect")]).set_name("call")
    return _node("calls", _separated(call)).set_name("calls")


def _limits() -> ParserElement:
    from pyparsing import And, MatchFirst, ZeroOrMore

    stage = _expecting(_word(rf"{_NOT_OURS}{WORD}|{IN_QUOTES}", "stage"), "the name of a stage")
    limit = MatchFirst(
        [
            _node("on", _kept("on") - _separated(stage)),
            _node("sources", _sources()),
            _node("when", _kept("when") - _tests()),
        ]
    )
    return And([ZeroOrMore(limit)]).set_name("limits")


def _exceptions() -> ParserElement:
    """Sources, and one conjunction of tests, separated by ``or``."""
    from pyparsing import MatchFirst, ZeroOrMore

    tests = _node("when", _kept("when") - _tests())
    first = MatchFirst([_with_preposition(), tests]).set_name("from, through or when")
    other = MatchFirst([_with_preposition(), tests, _source()]).set_name("from, through, when or a source")
    return (first - ZeroOrMore(_keyword("or") - other)).set_name("exceptions")


# Sources and keys


def _sources() -> ParserElement:
    from pyparsing import MatchFirst, ZeroOrMore

    first = _with_preposition().set_name("from or through")
    other = MatchFirst([_with_preposition(), _source()]).set_name("from, through or a source")
    return (first - ZeroOrMore(_keyword("or") - other)).set_name("sources")


def _with_preposition() -> ParserElement:
    from pyparsing import MatchFirst

    addresses = _expecting(_word(_NOT_OURS + WORD, "addresses"), "an address or a range of addresses")
    network = _expecting(_word(_NOT_OURS + WORD, "endpoint or VPC"), "the id of a VPC endpoint or of a VPC")
    return MatchFirst([_kept("from") - addresses, _kept("through") - network])


def _source() -> ParserElement:
    return _word(_NOT_OURS + WORD, "a source")


def _tests() -> ParserElement:
    from pyparsing import MatchFirst, ZeroOrMore

    key = _word(rf'{_NOT_OURS}[^\s,()"=!]+|{IN_QUOTES}', "a context key")
    value = _word(rf"{_NOT_OURS}{WORD}|{IN_QUOTES}", "a value")
    closing = _expecting(_word(r"\)", ")"), "a comma or a closing parenthesis")
    values = _expecting(_word(r"\(", "("), "an opening parenthesis") - _separated(value) - closing
    values.set_name("values")
    relation = MatchFirst(
        [
            _word("=(?!=)", "=") - value,
            _word("!=", "!=") - value,
            _kept("in") - values,
            _kept("not") - _kept("in") - values,
            _kept("is") - MatchFirst([_kept("absent"), _kept("present")]).set_name("absent or present"),
        ]
    ).set_name("=, !=, in, not in or is")
    test = _node("test", key - relation).set_name("test")
    return (test - ZeroOrMore(_keyword("and") - test)).set_name("tests")


# Building blocks


def _word(pattern: str, name: str) -> ParserElement:
    """A word that matches a pattern; ``name`` is what an error expects."""
    from pyparsing import Regex

    found = Regex(pattern).set_whitespace_chars(SPACES).set_name(name)
    return _expecting(found, name).set_parse_action(_as_word)


def _as_word(_text: str, at: int, tokens: ParseResults) -> InvariantWord:
    written: str = tokens[0]
    end = at + len(written)
    if written.startswith('"'):
        return InvariantWord(written[1:-1].replace('""', '"'), at, end, in_quotes=True)
    return InvariantWord(written, at, end)


def _kept(word: str, expected: str = "") -> ParserElement:
    """A word of the language that the result contains."""
    return _expecting(_word(word + _END, word), expected or word)


def _keyword(word: str, expected: str = "") -> ParserElement:
    """A word of the language that the result does not need."""
    return _expecting(_kept(word).add_parse_action(_nothing), expected or word)


def _phrase(first: str, second: str) -> ParserElement:
    return _word(rf"{first}\s+{second}{_END}", f"{first} {second}").add_parse_action(_nothing)


def _nothing(_text: str, _at: int, _tokens: ParseResults) -> list[object]:
    return []


def _comma() -> ParserElement:
    return _word(",", ",").add_parse_action(_nothing)


def _separated(item: ParserElement) -> ParserElement:
    from pyparsing import ZeroOrMore

    return item - ZeroOrMore(_comma() - item)


def _expecting(element: ParserElement, expected: str) -> ParserElement:
    """An element with what an error expects in its place; its name is what the diagram shows."""
    element.errmsg = f"Expected {expected}"
    return element


def _node(name: str, element: ParserElement) -> ParserElement:
    """An element whose result is one InvariantNode."""
    from pyparsing import And

    def as_node(_text: str, _at: int, tokens: ParseResults) -> InvariantNode:
        return InvariantNode(name, tuple(tokens))

    return And([element]).add_parse_action(as_node)
