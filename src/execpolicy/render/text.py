"""A decision set as text: the explanation line by line, with the lines of the policies that decided."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.engine.decision import Decision
from execpolicy.engine.explain.outline import Line
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.errors import Source
from execpolicy.render.excerpt import excerpt
from execpolicy.render.row import Row, row

_INDENT = "  "
#: What goes on in the next line stands this much deeper.
_HANG = "    "

#: The styles of the line that begins a statement: there is one for each, in the order of ``statements()``.
STATEMENT = ("determining", "applies", "passed_over", "undecided")
#: The styles of lines that close an explanation, without a blank line between them.
_CLOSING = ("missing", "assumed")


def to_text(decision: Decision, *, width: int | None = None) -> str:
    """The explanation of a decision for people, without colour.

    Args:
        decision: what is explained.
        width: the columns there are; None for lines as long as they are.

    Returns:
        Lines, each with its end.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="anonymous", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> print(to_text(decision).splitlines()[0])
    DENY (implicit): no resource-based policy allows execute-api:Invoke
    """
    return "".join(f"{line.text}\n" for line in rows(decision, width=width))


def rows(decision: Decision, *, width: int | None = None) -> Iterator[Row]:
    """The same in lines whose pieces have styles, for whoever colours them."""
    explanation = decision.explain()
    statements = explanation.statements()
    before = ""
    for line in explanation.lines():
        if before and line.depth == 0 and not (line.style in _CLOSING and before in _CLOSING):
            yield row()
        before = line.style
        yield from wrapped(line, width)
        if line.style in STATEMENT:
            _, policy, statement = next(statements)
            if statement.determining or statement.applies is None:
                yield from own_lines(policy.source, statement, line.depth + 1, width)


def wrapped(line: Line, width: int | None) -> Iterator[Row]:
    """A line of an explanation in as many lines as it needs."""
    indent, text = _INDENT * line.depth, line.text
    if width is None or len(indent) + len(text) <= width:
        yield row((line.style, indent + text))
        return
    from textwrap import wrap

    hang = indent + _HANG
    # An ARN is left whole, so that it can be copied.
    lines = wrap(
        text, width, initial_indent=indent, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
    yield from (row((line.style, part)) for part in lines)


def own_lines(source: Source | None, statement: StatementTrace, depth: int, width: int | None) -> Iterator[Row]:
    """A statement in the policy's own words, with carets under the clauses of which there is more to say."""
    indent = _INDENT * depth
    if source is None or statement.span is None:
        return
    telling = [clause for clause in statement.clauses if clause.note or clause is statement.failed]
    lines = excerpt(
        source,
        statement.span,
        landmarks=[clause.span for clause in statement.clauses if clause.span is not None],
        marked=[clause.span for clause in telling if clause.span is not None],
        width=None if width is None else width - len(indent),
    )
    yield from (row(("gutter", indent), *line.pieces) for line in lines)
