"""Paths of routes, and what they match (GW-26)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from execpolicy.gateway.arn.call_path import decoded

#: Kinds of segments of the path of a route, the most specific first.
STATIC, VARIABLE, GREEDY = range(3)

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Segment(NamedTuple):
    """A segment of the path of a route. ``text`` is the literal text, or the name of the placeholder."""

    kind: int
    text: str


def split_path(path: str) -> list[str]:
    """The segments of a path; the root path has none."""
    return [] if path == "/" else path[1:].split("/")


@lru_cache(maxsize=4096)
def route_segments(path: str) -> tuple[Segment, ...]:
    """The segments of the path of a route.

    >>> route_segments("/pets/{id}")[1]
    Segment(kind=1, text='id')
    """
    return tuple(map(_segment, split_path(path)))


def _segment(text: str) -> Segment:
    found = _PLACEHOLDER.fullmatch(text)
    if found is None:
        return Segment(STATIC, text)
    name = found.group(1)
    return Segment(GREEDY, name[:-1]) if name.endswith("+") else Segment(VARIABLE, name)


def match_segments(path: str, sent: list[str]) -> dict[str, str] | None:
    """The values of the placeholders of a path, as sent; None if the path does not match the segments that are sent.

    Literal text is compared with percent-decoded segments. A greedy placeholder matches at least one segment.

    >>> match_segments("/pets/{id}", ["pets", "7"])
    {'id': '7'}
    """
    return placeholder_values(route_segments(path), sent)


def placeholder_values(segments: tuple[Segment, ...], sent: list[str]) -> dict[str, str] | None:
    """As ``match_segments``, for a path that is split already."""
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
