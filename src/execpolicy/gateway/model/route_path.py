"""Paths as routes declare them, and what they match (GW-26)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from execpolicy.gateway.arn.call_path import decoded

#: What a segment of a route's path is: the less it leaves open, the sooner it is taken.
STATIC, VARIABLE, GREEDY = range(3)

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Segment(NamedTuple):
    """A segment of a route's path. ``text`` is itself, or the name of the placeholder that it is."""

    kind: int
    text: str


def split(path: str) -> list[str]:
    """The segments of a path; the root path has none."""
    return [] if path == "/" else path[1:].split("/")


@lru_cache(maxsize=4096)
def declared(path: str) -> tuple[Segment, ...]:
    """The segments of a route's path.

    >>> declared("/pets/{id}")[1]
    Segment(kind=1, text='id')
    """
    return tuple(map(_segment, split(path)))


def _segment(text: str) -> Segment:
    found = _PLACEHOLDER.fullmatch(text)
    if found is None:
        return Segment(STATIC, text)
    name = found.group(1)
    return Segment(GREEDY, name[:-1]) if name.endswith("+") else Segment(VARIABLE, name)


def matched(path: str, sent: list[str]) -> dict[str, str] | None:
    """What the placeholders of a route's path stand for, as sent; None where it does not match the segments sent.

    Text is compared with percent-encoding undone. A greedy placeholder takes one segment at least.

    >>> matched("/pets/{id}", ["pets", "7"])
    {'id': '7'}
    """
    return values_of(declared(path), sent)


def values_of(segments: tuple[Segment, ...], sent: list[str]) -> dict[str, str] | None:
    """As ``matched``, for the segments of a route's path."""
    values: dict[str, str] = {}
    given = len(sent)
    for index, (kind, text) in enumerate(segments):
        if index == given:
            return None
        part = sent[index]
        if kind == GREEDY:
            values[text] = "/".join(sent[index:])
            return values if index == len(segments) - 1 else None
        if kind == VARIABLE and part:
            values[text] = part
        elif kind == VARIABLE or (decoded(part) if "%" in part else part) != text:
            return None
    return values if given == len(segments) else None
