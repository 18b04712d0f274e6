"""Results that are printed line by line: as text, and as HTML in notebooks."""

from __future__ import annotations

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class OutlineLine(NamedTuple):
    """One line of a printed result.

    ``depth`` counts levels of indentation, ``style`` names the look of the line (``render/colour.py`` has the colours),
    ``about`` is the object that the line describes, if any, such as a statement or a gate.
    """

    depth: int
    style: str
    text: str
    about: object = None


class Outlined:
    """The base of results that are printed line by line: ``str()`` is their text, ``html()`` their HTML."""

    __slots__ = ()

    def lines(self) -> Iterator[OutlineLine]:
        """The lines in order; control characters in their text are written as escapes."""
        for line in self._outline():
            yield line if line.text.isprintable() else line._replace(text=printable(line.text))

    def _outline(self) -> Iterator[OutlineLine]:
        """The lines, with any characters in their text."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(f"{'  ' * line.depth}{line.text}" for line in self.lines())

    def html(self) -> str:
        """The text as an HTML fragment; the class of each line is ``execpolicy-`` and its style."""
        from html import escape  # only notebooks need it

        divs = (
            f'<div class="execpolicy-{line.style}" style="margin-left:{line.depth * 1.5}em">{escape(line.text)}</div>'
            for line in self.lines()
        )
        return f'<div class="execpolicy" style="font-family:monospace">{"".join(divs)}</div>'

    def _repr_html_(self) -> str:
        return self.html()
