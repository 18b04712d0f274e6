"""A run as text: the failures with their explanations and the lines of the policies, and the summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy.document.syntax.wording import printable
from execpolicy.engine.explain.answer_outline import AnswerWords
from execpolicy.render.response import response_lines
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.text import decision_lines
from execpolicy.testing.report.model import RunReport
from execpolicy.testing.run.result import CaseResult

#: The styles of passed and failed items.
PASSED, FAILED = "allow", "explicit_deny"

_INDENT = "  "
#: A report has no option that shows every statement.
_WORDS = AnswerWords(everything="")


def headline(result: CaseResult) -> StyledLine:
    """One line for an item: its place, name and rules, and whether it passed."""
    rules = f" [{', '.join(result.case.rules)}]" if result.case.rules else ""
    name = f"{result.case.place}: {printable(result.case.name)}{rules}: "
    return styled_line(("heading", name), (PASSED, "passed") if result.passed else (FAILED, "failed"))


def brief(result: CaseResult) -> str:
    """What was expected and what was found, on one line: only the lines of the comparison that differ."""
    expected, found = result.expected, result.found
    if len(expected) == len(found):
        pairs = [pair for pair in zip(expected, found, strict=True) if pair[0] != pair[1]]
        expected, found = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    return printable(f"expected {'; '.join(expected) or 'nothing'}, found {'; '.join(found) or 'nothing'}")


def failure_lines(result: CaseResult, *, width: int | None = None) -> Iterator[StyledLine]:
    """A failure: the name and place of the item, what was expected and found, and the explanation.

    Args:
        result: the result of an item that failed.
        width: the width in columns; None for lines of any length.
    """
    yield headline(result)
    inner = None if width is None else width - len(_INDENT)
    yield from indented(_details(result, inner))


def indented(lines: Iterator[StyledLine]) -> Iterator[StyledLine]:
    """Lines, indented; empty lines stay empty."""
    return (styled_line(("", _INDENT), *line.parts) if line.parts else line for line in lines)


def _details(result: CaseResult, width: int | None) -> Iterator[StyledLine]:
    if not result.calls:
        yield from _labelled("expected", result.expected)
        yield from _labelled("found", result.found)
    if result.case.why:
        yield from _labelled("why", result.case.why.splitlines())
    if result.decision is not None:
        yield styled_line()
        yield from decision_lines(result.decision, width=width, words=_WORDS)
    elif result.response is not None:
        yield styled_line()
        yield from response_lines(result.response, width=width, words=_WORDS)
    elif result.error is not None:
        yield styled_line()
        yield from (styled_line(("", printable(line))) for line in str(result.error).split("\n"))
    if result.counterexample is not None:
        yield styled_line()
        yield styled_line(("heading", "The counterexample as a case, which passes until the policies are changed:"))
        yield from (styled_line(("", printable(line))) for line in result.counterexample_lines())
    for call in result.calls:
        yield from [headline(call)] if call.passed else failure_lines(call, width=width)


def _labelled(label: str, entries: Sequence[str]) -> Iterator[StyledLine]:
    for number, entry in enumerate(entries):
        yield styled_line(("heading", f"{f'{label}:' if number == 0 else '':<9} "), ("", printable(entry)))


def summary(report: RunReport) -> StyledLine:
    """The last line of a run: ``3 failed, 120 passed in 0.41 s (2 files)``."""
    counts = [(FAILED, f"{report.failed} failed")] if report.failed else []
    counts.append((PASSED if report.passed and not report.failed else "", f"{report.passed} passed"))
    if report.not_run:
        counts.append(("", f"{report.not_run} not run"))
    if report.deselected:
        counts.append(("", f"{report.deselected} not selected"))
    if report.unusable:
        counts.append((FAILED, f"{_files(report.unusable)} unusable"))
    commas = [piece for count in counts for piece in (("", ", "), count)][1:]
    with_cases = sum(bool(file.ran) for file in report.files)
    return styled_line(*commas, ("", f" in {_seconds(report.seconds)} ({_files(with_cases)})"))


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _seconds(seconds: float) -> str:
    if seconds < 59.995:  # more is rounded to 60.00
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def failure_text(result: CaseResult) -> str:
    """A failure as text without colours, without its headline."""
    lines = (line.text for line in _details(result, None))
    return "".join(f"{line}\n" for line in lines)
