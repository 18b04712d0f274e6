"""The lines of an explanation as lines of output: wrapped, and followed by the text of the statement they describe."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.outline import OutlineLine
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.render.excerpt import excerpt
from execpolicy.render.styled_line import StyledLine, styled_line

_INDENT = "  "
#: The second and following lines of a wrapped line are indented this much more.
_HANGING_INDENT = "    "


def wrapped(line: OutlineLine, width: int | None) -> Iterator[StyledLine]:
    """A line in as many lines as it needs; one if the width is None."""
    indent, text = _INDENT * line.depth, line.text
    # A command is never broken, so that it can be copied.
    if width is None or len(indent) + len(text) <= width or line.style == "command":
        yield styled_line((line.style, indent + text))
        return
    from textwrap import wrap

    # ARNs are not broken, so that they can be copied.
    parts = wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + _HANGING_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (styled_line((line.style, part)) for part in parts)


def statement_excerpt(statement: StatementTrace, depth: int, width: int | None) -> Iterator[StyledLine]:
    """The text of a statement that applies and decides, or may apply, with carets under the clauses that need notice.

    Nothing for other statements, and where the policy was given as Python objects.
    """
    source, span = statement.source, statement.span
    if source is None or span is None or not (statement.determining or statement.applies is None):
        return
    indent = _INDENT * depth
    marked = [clause for clause in statement.clauses if clause.note or clause is statement.failed]
    lines = excerpt(
        source,
        span,
        landmarks=[clause.span for clause in statement.clauses if clause.span is not None],
        marked=[clause.span for clause in marked if clause.span is not None],
        width=None if width is None else width - len(indent),
    )
    yield from (styled_line(("gutter", indent), *line.parts) for line in lines)
