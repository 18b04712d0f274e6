"""Finds the comments of a YAML text, which the readers leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.yaml_reader import MAX_SLOW_YAML, READ_DIFFERENTLY

if TYPE_CHECKING:
    from yaml import Token

#: What ends a line, and with it a comment, in YAML 1.1.
LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_COMMENT: Final = re.compile("#[^\n\r\x85\u2028\u2029]*")
#: The comment in the first line of a block scalar, which belongs to its token.
_AFTER_INDICATOR: Final = re.compile("[|>][+0-9-]*[ \t]*(#[^\n\r\x85\u2028\u2029]*)")


def yaml_comments(text: str) -> list[tuple[int, int]]:
    """Where the comments of a YAML text begin and end, in the order of the text.

    Between the tokens of YAML there are only blanks, line ends and comments: a ``#`` of a scalar is inside its token.

    Args:
        text: a text that ``read_yaml`` reads. One that is not YAML has no comments.

    >>> text = 'a: "# text" # comment'
    >>> [text[start:end] for start, end in yaml_comments(text)]
    ['# comment']
    """
    import yaml

    # As read_yaml, which has more to say on a text that neither can read.
    if yaml.__with_libyaml__ and re.search(READ_DIFFERENTLY, text) is None:
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return [*_between(text, yaml.scan(text, Loader=yaml.CSafeLoader))]
    if len(text) <= MAX_SLOW_YAML:
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return [*_between(text, yaml.scan(text, Loader=yaml.SafeLoader))]
    return []


def _between(text: str, tokens: Iterator[Token]) -> Iterator[tuple[int, int]]:
    """The comments between the tokens, and those behind the indicators of block scalars."""
    at = 0
    for token in tokens:
        start, end = token.start_mark.index, token.end_mark.index
        yield from (match.span() for match in _COMMENT.finditer(text, at, start))
        at = max(at, end)
        if end > start and text[start] in "|>":
            match = _AFTER_INDICATOR.match(text, start, end)
            if match is not None:
                yield match.span(1)
    yield from (match.span() for match in _COMMENT.finditer(text, at))
