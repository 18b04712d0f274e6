"""The language of ``-k``: words that a name has, joined by and, or, not and parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.source import Source

#: Whether texts in lower case are selected.
Selects = Callable[[Collection[str]], bool]

# A parenthesis, a phrase in quotes, a quote without its other half, or a word.
_TOKEN = re.compile(r"""\s*(?:([()])|"([^"]*)"|'([^']*)'|(["'])|([^\s()"']+))""")
_ADVICE = "join words with and, or and not; a phrase stands in quotes: -k 'ann and not \"all orders\"'"
#: As many parentheses may be open at once.
_DEEPEST = 50


class _Token(NamedTuple):
    """``kind`` is the keyword or parenthesis itself, ``word``, or empty at the end."""

    kind: str
    text: str
    start: int
    end: int


def parse_keywords(text: str) -> Selects:
    """What selects by an expression.

    Args:
        text: as pytest's ``-k``: each word must be a part of one of the texts, in upper or lower case.

    Raises:
        ExecPolicyError: it is no expression; its place is that in ``-k``.

    >>> parse_keywords("ann and not (orders or 'all pets')")(["ann reads a pet", "shop.json"])
    True
    """
    return _Parser(text).parse()


class _Parser:
    """Recursive descent: ``any`` is a chain of or, ``all`` one of and, ``one`` a word with its nots."""

    def __init__(self, text: str) -> None:
        self._source = Source("-k", text)
        self._tokens = self._split(text)
        self._at = 0
        self._depth = 0

    def parse(self) -> Selects:
        selects = self._any()
        if self._next.kind:
            raise self._wrong("expected and, or, or the end")
        return selects

    def _split(self, text: str) -> list[_Token]:
        tokens = []
        end = len(text.rstrip())
        at = 0
        while at < end:
            match = _TOKEN.match(text, at)
            assert match is not None, "anything is a word, a quote or a parenthesis"
            kind = match.lastindex or 0
            start = match.start(kind) - (kind in (2, 3))
            at = match.end()
            word = match.group(kind)
            is_sign = kind == 1 or (kind == 5 and word in ("and", "or", "not"))
            tokens.append(_Token(word if is_sign else "word", word.lower(), start, at))
            if kind == 4:
                raise self._error("found a quote without its other half", tokens[-1], "close it")
            if not word:
                raise self._error("found an empty phrase, which every name has", tokens[-1], "leave it out")
        return [*tokens, _Token("", "", end, end + 1)]

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _taken(self, kind: str) -> bool:
        if self._next.kind != kind:
            return False
        self._at += 1
        return True

    def _any(self) -> Selects:
        parts = [self._all()]
        while self._taken("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda texts: any(part(texts) for part in parts)

    def _all(self) -> Selects:
        parts = [self._one()]
        while self._taken("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda texts: all(part(texts) for part in parts)

    def _one(self) -> Selects:
        negated = False
        while self._taken("not"):
            negated = not negated
        token = self._next
        if self._taken("word"):
            selects = _has(token.text)
        elif self._taken("("):
            selects = self._group(token)
        else:
            raise self._wrong("expected a word, not, or a parenthesis")
        return (lambda texts: not selects(texts)) if negated else selects

    def _group(self, opening: _Token) -> Selects:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"found more than {_DEEPEST} parentheses in one another", opening, "leave some out")
        selects = self._any()
        if not self._taken(")"):
            raise self._wrong("expected and, or, or a closing parenthesis")
        self._depth -= 1
        return selects

    def _wrong(self, expected: str) -> ExecPolicyError:
        token = self._next
        text = self._source.text[token.start : token.end]
        return self._error(f"found {quoted(text) if token.kind else 'the end'}, {expected}", token, _ADVICE)

    def _error(self, message: str, token: _Token, advice: str) -> ExecPolicyError:
        source = self._source
        length = len(source.text)
        return ExecPolicyError(
            message, source=source, span=source.span(min(token.start, length), min(token.end, length)), advice=advice
        )


def _has(word: str) -> Selects:
    return lambda texts: any(word in text for text in texts)
