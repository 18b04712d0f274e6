"""A response of API Gateway as text: gate by gate, with the text of the statements that determine the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from execpolicy._base.outline import OutlineLine
from execpolicy.engine.explain.answer_outline import IN_PYTHON, AnswerWords
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.step import Step
from execpolicy.render.outline import answer_excerpt, statement_excerpt, wrapped
from execpolicy.render.styled_line import StyledLine, styled_line

#: The style of the notes that end an explanation.
_NOTE = "assumed"
#: Gates have their own styles here: those of the explanation are shared with statements.
_GATE_STYLES = {"passed_over": "gate", "failed": "explicit_deny", "undecided": "unknown"}


def response_to_text(response: GatewayResponse, *, width: int | None = None) -> str:
    """The explanation of a response as plain text.

    Args:
        response: the response to explain.
        width: the number of columns to wrap lines at, or None not to wrap them.

    Returns:
        Lines, each with its end.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> print(response_to_text(api.invoke("GET", "/orders")).splitlines()[0])
    DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)
    """
    return "".join(f"{line.text}\n" for line in response_lines(response, width=width))


def response_lines(
    response: GatewayResponse, *, width: int | None = None, words: AnswerWords = IN_PYTHON
) -> Iterator[StyledLine]:
    """The answer as lines whose parts have styles, for output in colour; ``words`` names what the reader can do."""
    lines = tuple(response.explain().with_words(words).lines())
    return _lines_with_excerpts(lines, width, answer_excerpt)


def full_response_lines(response: GatewayResponse, *, width: int | None = None) -> Iterator[StyledLine]:
    """Every gate and every statement, as lines whose parts have styles."""
    return _lines_with_excerpts(tuple(response.explain().full().lines()), width, statement_excerpt)


def _lines_with_excerpts(
    lines: Sequence[OutlineLine],
    width: int | None,
    excerpt: Callable[[StatementTrace, int, int | None], Iterator[StyledLine]],
) -> Iterator[StyledLine]:
    # Several gates may evaluate one statement: its text follows the last line that describes it.
    last = {(line.about.place, line.about.source): line for line in lines if isinstance(line.about, StatementTrace)}
    before: OutlineLine | None = None
    for line in lines:
        if before is not None and _begins_a_block(line, before):
            yield styled_line()
        before = line if before is not None else line._replace(depth=1)  # the headline is a block of its own
        about = line.about
        yield from wrapped(line._replace(style=_GATE_STYLES[line.style]) if isinstance(about, Step) else line, width)
        if isinstance(about, StatementTrace) and line is last[about.place, about.source]:
            yield from excerpt(about, line.depth + 1, width)


def _begins_a_block(line: OutlineLine, before: OutlineLine) -> bool:
    """Whether a blank line stands before a line: not between gates without details, and not between notes."""
    return line.depth == 0 and (before.depth > 0 or _is_last(line) is not _is_last(before))


def _is_last(line: OutlineLine) -> bool:
    return bool(line.label) or line.style == _NOTE
