"""A decision as text: its explanation, with the text of the statements that determine the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from execpolicy._base.outline import OutlineLine
from execpolicy.engine.decision import Decision
from execpolicy.engine.explain.answer_outline import IN_PYTHON, AnswerWords
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.render.outline import answer_excerpt, statement_excerpt, wrapped
from execpolicy.render.styled_line import StyledLine, styled_line

#: The styles of the lines that end an explanation. They have no blank line between them.
_LAST = ("missing", "assumed")


def to_text(decision: Decision, *, width: int | None = None) -> str:
    """The explanation of a decision as plain text: the answer, with the lines of the policies.

    Args:
        decision: the decision to explain.
        width: the number of columns to wrap lines at, or None not to wrap them.

    Returns:
        Lines, each with its end.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="anonymous", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> print(to_text(decision).splitlines()[0])
    DENY (implicit): no resource-based policy allows execute-api:Invoke
    """
    return "".join(f"{line.text}\n" for line in decision_lines(decision, width=width))


def decision_lines(
    decision: Decision, *, width: int | None = None, words: AnswerWords = IN_PYTHON
) -> Iterator[StyledLine]:
    """The answer as lines whose parts have styles, for output in colour; ``words`` names what the reader can do."""
    return _with_excerpts(decision.explain().with_words(words).lines(), width, answer_excerpt)


def full_decision_lines(decision: Decision, *, width: int | None = None) -> Iterator[StyledLine]:
    """Every statement of every layer, as lines whose parts have styles."""
    return _with_excerpts(decision.explain().full().lines(), width, statement_excerpt)


def _with_excerpts(
    lines: Iterable[OutlineLine],
    width: int | None,
    excerpt: Callable[[StatementTrace, int, int | None], Iterator[StyledLine]],
) -> Iterator[StyledLine]:
    before: OutlineLine | None = None
    for line in lines:
        if before is not None and begins_a_block(line, before):
            yield styled_line()
        before = line
        yield from wrapped(line, width)
        if isinstance(line.about, StatementTrace):
            yield from excerpt(line.about, line.depth + 1, width)


def begins_a_block(line: OutlineLine, before: OutlineLine) -> bool:
    """Whether a blank line stands before a line: not between rows with labels, nor between the last lines."""
    is_row, follows_row = bool(line.label) or line.style in _LAST, bool(before.label) or before.style in _LAST
    return line.depth == 0 and not (is_row and follows_row)
