"""Values that are not known offline (SRC-5): how a text of a document holds them.

A loader writes an unknown value into a text as its name between two characters that no document can contain. A text
can hold several, and known characters around them, as ``!Sub`` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base import characters
from execpolicy._base.characters import UNKNOWN_END, UNKNOWN_START
from execpolicy._base.records import NamedTuple


class UnknownName(NamedTuple):
    """An unknown value in a text, by its name, such as ``the parameter VpcEndpointId``."""

    name: str


def unknown_text(name: str) -> str:
    """The text that stands for an unknown value.

    >>> unknown_names("arn:aws:iam::" + unknown_text("the parameter Account") + ":root")
    ('the parameter Account',)
    """
    assert not {UNKNOWN_START, UNKNOWN_END} & {*name}, "a name holds no unknown value"
    return f"{UNKNOWN_START}{name}{UNKNOWN_END}"


def has_unknown(text: str) -> bool:
    """Whether a text holds an unknown value."""
    return UNKNOWN_START in text


def parts_of(text: str) -> Iterator[str | UnknownName]:
    """The known and the unknown parts of a text, in order; empty texts are left out."""
    known, *rest = text.split(UNKNOWN_START)
    if known:
        yield known
    for part in rest:
        name, _, known = part.partition(UNKNOWN_END)
        yield UnknownName(name)
        if known:
            yield known


def unknown_names(text: str) -> tuple[str, ...]:
    """The names of the unknown values in a text, each once, in order."""
    return tuple(dict.fromkeys(part.name for part in parts_of(text) if isinstance(part, UnknownName)))


def is_unknown(text: str) -> bool:
    """Whether nothing of a text is known: it is one unknown value.

    >>> is_unknown(unknown_text("the parameter Statements"))
    True
    """
    return text.startswith(UNKNOWN_START) and text.find(UNKNOWN_END) == len(text) - 1


def known_parts(text: str) -> tuple[str, ...]:
    """The known parts of a text."""
    return tuple(part for part in parts_of(text) if isinstance(part, str))


def with_unknown_in_words(text: str) -> str:
    """The text for a reader.

    >>> with_unknown_in_words("arn:aws:iam::" + unknown_text("the parameter Account") + ":root")
    'arn:aws:iam::<the parameter Account>:root'
    """
    return characters.with_unknown_in_words(text)
