"""A line of output, in parts that each have a style."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple


class StyledText(NamedTuple):
    """Some text of one style.

    That is the style of an ``OutlineLine``, or ``source``, ``gutter``, ``caret``, ``gate`` or ``advice``.
    """

    style: str
    text: str


class StyledLine(NamedTuple):
    """One line, without its end."""

    parts: tuple[StyledText, ...]

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(part.text for part in self.parts)


def styled_line(*parts: tuple[str, str]) -> StyledLine:
    """A line of pairs of style and text."""
    return StyledLine(tuple(StyledText(style, text) for style, text in parts))
