"""Results that are printed line by line: as text, and as HTML in notebooks."""

from __future__ import annotations

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class OutlineLine(NamedTuple):
    """One line of a printed result.

    ``depth`` counts levels of indentation, ``style`` names the look of the line (``render/colour.py`` has the colours),
    ``about`` is the object that the line describes, if any, such as a statement or a gate. A line with a ``label`` is a
    row of a table, whose first column has the labels.
    """

    depth: int
    style: str
    text: str
    about: object = None
    label: str = ""


#: The width of the column of labels.
LABEL_WIDTH = 14


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
        return "\n".join(f"{'  ' * line.depth}{_labelled(line)}" for line in self.lines())

    def html(self) -> str:
        """The text as an HTML fragment; the class of each line is ``execpolicy-`` and its style."""
        from execpolicy._base.notebook_html import html_of  # only notebooks need it

        return html_of(
            (line.depth, line.style, _labelled(line), LABEL_WIDTH if line.label else 0) for line in self.lines()
        )

    def _repr_html_(self) -> str:
        return self.html()


class Outline(Outlined):
    """A result of which only the lines are known: ``str()`` is their text, ``html()`` their HTML.

    Args:
        outline: gives the lines.
    """

    __slots__ = ("_lines",)

    def __init__(self, outline: Callable[[], Iterator[OutlineLine]]) -> None:
        self._lines = outline

    def _outline(self) -> Iterator[OutlineLine]:
        return self._lines()


def _labelled(line: OutlineLine) -> str:
    """The text of a line, after its label."""
    return f"{line.label:<{LABEL_WIDTH}}{line.text}" if line.label else line.text
