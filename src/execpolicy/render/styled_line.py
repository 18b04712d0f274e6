"""A line of output, in segments that each have a style."""

from __future__ import annotations

from typing import NamedTuple


class Segment(NamedTuple):
    """Some text of one style.

    That is the style of an ``OutlineLine``, or ``source``, ``gutter``, ``caret``, ``gate`` or ``advice``.
    """

    style: str
    text: str


class StyledLine(NamedTuple):
    """One line, without its end."""

    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(segment.text for segment in self.segments)


def styled_line(*segments: tuple[str, str]) -> StyledLine:
    """A line of pairs of style and text."""
    return StyledLine(tuple(Segment(style, text) for style, text in segments))
