"""The lines of an explanation as lines of output: wrapped, and followed by the text of the statement they describe."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.outline import LABEL_WIDTH, OutlineLine
from execpolicy.engine.explain.answer_outline import MAX_UNMET
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.errors import Span
from execpolicy.render.excerpt import excerpt
from execpolicy.render.styled_line import StyledLine, styled_line

_INDENT = "  "
#: The second and following lines of a wrapped line are indented this much more.
_HANGING_INDENT = "    "


def wrapped(line: OutlineLine, width: int | None) -> Iterator[StyledLine]:
    """A line in as many lines as it needs; one if the width is None."""
    label = f"{line.label:<{LABEL_WIDTH}}" if line.label else ""
    indent, text = _INDENT * line.depth, line.text
    # A command is never broken, so that it can be copied.
    if width is None or len(indent) + len(label) + len(text) <= width or line.style == "command":
        yield _styled(line, indent, label, text)
        return
    from textwrap import wrap

    # Under the column of labels, an ARN may have no room.
    longest = max(map(len, text.split()), default=0)
    hanging = " " * len(label) if label and len(label) + longest <= width - len(indent) else _HANGING_INDENT
    # ARNs are not broken, so that they can be copied.
    first, *others = wrap(
        text,
        width - len(indent),
        initial_indent=" " * len(label),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield _styled(line, indent, label, first[len(label) :])
    yield from (styled_line((line.style, indent + part)) for part in others)


def _styled(line: OutlineLine, indent: str, label: str, text: str) -> StyledLine:
    if not label:
        return styled_line((line.style, indent + text))
    return styled_line(("label", indent + label), (line.style, text))


def answer_excerpt(statement: StatementTrace, depth: int, width: int | None) -> Iterator[StyledLine]:
    """The lines of a statement with the clauses that decide: those that need notice, else conditions, else resources.

    Nothing where the policy was given as Python objects.
    """
    source, span = statement.source, statement.span
    if source is None or span is None:
        return
    lines = excerpt(source, span, marked=answer_marks(statement), width=_within(width, depth), brief=True)
    yield from _indented(lines, depth)


def answer_marks(statement: StatementTrace) -> tuple[Span, ...]:
    """The places of the clauses that decide: those that need notice, else conditions, else resources."""
    clauses = statement.clauses
    marked = list(statement.unmet(MAX_UNMET)) or [clause for clause in clauses if clause.note]
    marked = marked or [clause for clause in clauses if clause.operator]
    marked = marked or [clause for clause in clauses if clause.element in ("Resource", "NotResource")]
    return tuple(clause.span for clause in marked if clause.span is not None)


def statement_excerpt(statement: StatementTrace, depth: int, width: int | None) -> Iterator[StyledLine]:
    """The text of a statement that applies and decides, or may apply, with carets under the clauses that need notice.

    Nothing for other statements, and where the policy was given as Python objects.
    """
    source, span = statement.source, statement.span
    if source is None or span is None or not (statement.determining or statement.applies is None):
        return
    marked = [clause for clause in statement.clauses if clause.note or clause is statement.failed]
    lines = excerpt(
        source,
        span,
        landmarks=[clause.span for clause in statement.clauses if clause.span is not None],
        marked=[clause.span for clause in marked if clause.span is not None],
        width=_within(width, depth),
    )
    yield from _indented(lines, depth)


def _within(width: int | None, depth: int) -> int | None:
    return None if width is None else width - len(_INDENT) * depth


def _indented(lines: Iterator[StyledLine], depth: int) -> Iterator[StyledLine]:
    return (styled_line(("gutter", _INDENT * depth), *line.parts) for line in lines)
