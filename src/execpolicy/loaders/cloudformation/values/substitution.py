"""The text of ``Fn::Sub``: known parts and variables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class SubVariable(NamedTuple):
    """A variable such as ``${Name}`` or ``${Resource.Attribute}``: its name, and where it stands in the text."""

    name: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def parts_of_sub(text: str) -> tuple[str | SubVariable, ...]:
    """The parts of a text of ``Fn::Sub``; ``${!Literal}`` is the text ``${Literal}``.

    >>> parts_of_sub("a/${B.C}/${!aws:username}")
    ('a/', SubVariable(name='B.C', start=2, end=8), '/', '${aws:username}')
    """
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str | SubVariable]:
    position, start = 0, text.find("${")
    while start >= 0:
        end = text.find("}", start)
        if end < 0:
            break  # no later variable has an end either
        if start > position:
            yield text[position:start]
        name, position = text[start + 2 : end], end + 1
        if name.startswith("!"):
            yield f"${{{name[1:]}}}"
        else:
            yield SubVariable(name.strip(), start, position)
        start = text.find("${", position)
    if position < len(text):
        yield text[position:]
