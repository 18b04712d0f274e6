"""Texts that a validation expression matches, for the tokens of witnesses (AUT-4, AUT-7)."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from math import prod

from execpolicy.gateway.model.validation_expression.expression import read_expression
from execpolicy.gateway.model.validation_expression.parser import parse_expression
from execpolicy.gateway.model.validation_expression.tree import (
    Alternation,
    Atom,
    Concatenation,
    ExpressionNode,
    Repetition,
    Strings,
)

#: The most texts that are tried for one part of an expression.
_MOST = 16
#: A part that is repeated more often is not written out.
_MOST_REPEATED = 200
#: The characters that are tried for one that is not written out.
_CHARACTERS = f"xaA1-._ /:@=+,~{string.printable}"


def text_for(matched: Iterable[str], not_matched: Iterable[str] = (), otherwise: Sequence[str] = ("x",)) -> str | None:
    """A text that validation expressions match as a whole, and others do not; None if none is found.

    Args:
        matched: the expressions that match it.
        not_matched: those that do not.
        otherwise: texts that are tried before those that the expressions are made of.

    >>> text_for(["Bearer [a-z]+"]), text_for(["client-.*"], ["client-x"]), text_for(["a"], ["[a-z]"])
    ('Bearer x', 'client-a', None)
    """
    yes, no = tuple(dict.fromkeys(matched)), tuple(dict.fromkeys(not_matched))
    tried = (*otherwise, *(text for each in (*yes, *no) for text in _texts(parse_expression(each).own)))
    return next((text for text in tried if text and _is_wanted(text, yes, no)), None)


def only_texts(expression: str) -> tuple[str, ...] | None:
    """All texts that an expression matches as a whole; None if there are many, or more than are found.

    >>> only_texts("^client-(a|b)$"), only_texts("client-.*")
    (('client-a', 'client-b'), None)
    """
    found = _all_texts(parse_expression(expression).own)
    return None if found is None else tuple(text for text in found if read_expression(expression).matches(text))


def _all_texts(node: ExpressionNode) -> list[str] | None:
    """The texts that a part may match; an anchor and a lookahead take no character, and only exclude texts."""
    if isinstance(node, Strings):
        known = all(atom.char for atoms in node.strings for atom in atoms)
        return ["".join(atom.char for atom in atoms) for atoms in node.strings] if known else None
    if isinstance(node, Repetition):
        return None
    if not isinstance(node, Concatenation | Alternation):
        return [""]
    parts = [_all_texts(each) for each in node.parts]
    found = [each for each in parts if each is not None]
    if len(found) < len(parts):
        return None
    if isinstance(node, Alternation):
        return [text for texts in found for text in texts]
    return ["".join(each) for each in product(*found)] if prod(map(len, found)) <= _MOST else None


def _is_wanted(text: str, matched: Sequence[str], not_matched: Sequence[str]) -> bool:
    return all(read_expression(each).matches(text) for each in matched) and not any(
        read_expression(each).matches(text) for each in not_matched
    )


def _texts(node: ExpressionNode) -> list[str]:
    """Some texts that a part of an expression may match. What an anchor or a lookahead asks for is not looked at."""
    return list(islice(dict.fromkeys(_made(node)), _MOST))


def _made(node: ExpressionNode) -> Iterator[str]:
    if isinstance(node, Strings):
        for atoms in node.strings:
            yield from _in_sequence([_characters(each) for each in atoms])
    elif isinstance(node, Concatenation):
        yield from _in_sequence([_texts(each) for each in node.parts])
    elif isinstance(node, Alternation):
        for each in node.parts:
            yield from _texts(each)
    elif isinstance(node, Repetition):
        yield from _repeated(node)
    else:
        yield ""


def _in_sequence(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first text of each part, then with other texts of one of them."""
    if all(parts):
        first = [each[0] for each in parts]
        yield "".join(first)
        for place, texts in enumerate(parts):
            yield from ("".join((*first[:place], text, *first[place + 1 :])) for text in texts[1:])


def _repeated(node: Repetition) -> Iterator[str]:
    """A text so many times, once before never: an empty token is none."""
    texts = _texts(node.part)
    times = (max(node.least, 1), node.least, node.least + 1)
    for number in dict.fromkeys(times):
        if number <= _MOST_REPEATED and (node.most is None or number <= node.most):
            yield from (text * number for text in (texts if number else ("",)))


def _characters(atom: Atom) -> list[str]:
    if atom.char:
        return [atom.char]
    compiled = re.compile(atom.text, atom.flags)
    return list(islice((each for each in dict.fromkeys(_CHARACTERS) if compiled.fullmatch(each)), 4))
