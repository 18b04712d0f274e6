"""The lines of a policy in the HTML report: numbered, marked, with notes on the statements and clauses in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from execpolicy.document.syntax.wording import counted, printable
from execpolicy.errors import Source, Span
from execpolicy.testing.coverage.case_count import CaseCount, Example
from execpolicy.testing.coverage.model import ClauseReport, ClauseState, PolicyReport, StatementReport, StatementState
from execpolicy.testing.coverage.page_words import CLAUSE_WORDS, STATEMENT_WORDS

#: A text with at most this number of lines before and after its statements is shown completely.
_AROUND = 12
#: The maximum number of lines between two statements that are shown.
_GAP = 8


#: States, from best to worst. The state of a line with several statements is the worst of theirs.
_WORSE = (StatementState.DECIDED, StatementState.APPLIED, StatementState.NEVER)


class CaseFootnotes:
    """The numbered cases that the notes of a policy refer to."""

    def __init__(self, policy: str) -> None:
        self._policy = policy
        self.examples: dict[Example, int] = {}

    def anchor(self, number: int) -> str:
        """The anchor of a footnote."""
        return f"{self._policy}-case{number}"

    def link(self, count: CaseCount) -> str:
        """``3 cases`` with a link to the first."""
        assert count.first is not None
        number = self.examples.setdefault(count.first, len(self.examples) + 1)
        title = _shown(f"{count.first.name} {count.first.place}".strip())
        link = f'<a href="#{self.anchor(number)}" title="{title}" aria-label="case {number}">[{number}]</a>'
        return f"{counted(count.cases, 'case')}&nbsp;<sup>{link}</sup>"


class _MarkedSpan(NamedTuple):
    """The place of a statement, or of one of its clauses."""

    span: Span
    statement: StatementReport
    clause: ClauseReport | None

    def stretch(self, line: str, number: int) -> tuple[int, int]:
        """The part of a line inside the span, without surrounding spaces."""
        start = self.span.column - 1 if number == self.span.line else 0
        end = self.span.end_column - 1 if number == self.span.end_line else len(line)
        part = line[start:end]
        start += len(part) - len(part.lstrip())
        return start, start + len(part.strip())


class PolicyLines:
    """The lines of a policy. ``anchor`` is the anchor of the policy on the page."""

    def __init__(self, policy: PolicyReport, anchor: str) -> None:
        self.anchor = anchor
        self.notes = CaseFootnotes(anchor)
        self._source = Source(policy.name, policy.text)
        self._marked: dict[int, list[_MarkedSpan]] = {}
        for place in _places(policy):
            for number in range(place.span.line, place.span.end_line + 1):
                self._marked.setdefault(number, []).append(place)
        self._numbers = list(_numbers(policy.text, self._marked))
        lines = [line for line in map(self._source.line, self._numbers) if line.strip()]
        #: The common indentation of the lines, which is not shown: a policy inside a file can be indented deeply.
        self._indent = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)

    def table(self) -> Iterator[str]:
        """The table of lines. The footnotes are complete when it is done."""
        yield '<table class="lines"><thead class="unseen"><tr><th scope="col">Line</th><th scope="col">Text</th>'
        yield '<th scope="col">What the cases showed</th></tr></thead><tbody>'
        before = 0
        for number in self._numbers:
            if before and number > before + 1:
                yield '<tr class="gap"><td>⋮</td><td></td><td></td></tr>'
            before = number
            yield self._row(number)
        yield "</tbody></table>"

    def _row(self, number: int) -> str:
        marked = self._marked.get(number, [])
        states = [place.statement.state for place in marked if place.clause is None]
        state = f' class="{_name(max(states, key=_WORSE.index))}"' if states else ""
        several = len({place.statement.outline for place in marked}) > 1
        notes = [self._note(place, several=several) for place in marked if place.span.line == number]
        at = line_anchor(self.anchor, number)
        return (
            f'<tr{state} id="{at}"><th scope="row"><a href="#{at}">{number}</a></th>'
            f"<td><code>{self._code(number, marked)}</code></td><td>{''.join(notes)}</td></tr>"
        )

    def _note(self, place: _MarkedSpan, *, several: bool) -> str:
        """The note on a statement or a clause, with the name of the statement if several are on the line."""
        if place.clause is None:
            return _statement_note(place.statement, self.notes)
        return _clause_note(place.clause, f"{place.statement.label}: " if several else "", self.notes)

    def _code(self, number: int, marked: Iterable[_MarkedSpan]) -> str:
        """A line with its clauses underlined. If clauses overlap, as with a YAML alias, only the first is."""
        line = self._source.line(number)
        stretches = [(*each.stretch(line, number), each.clause) for each in marked if each.clause is not None]
        out, at = "", min(self._indent, len(line))
        for start, end, clause in sorted(stretches, key=lambda each: each[:2]):
            if at <= start < end:
                title = _shown(f"{clause.label}: {CLAUSE_WORDS[clause.state][1]}")
                part = f'<u class="c {_name(clause.state)}" title="{title}">{_shown(line[start:end])}</u>'
                out += _shown(line[at:start]) + part
                at = end
        return out + _shown(line[at:])


def line_anchor(policy: str, number: int) -> str:
    """The anchor of a line."""
    return f"{policy}-line{number}"


def _places(policy: PolicyReport) -> Iterator[_MarkedSpan]:
    for statement in policy.statements:
        yield _MarkedSpan(statement.outline.span, statement, None)
        for clause in statement.clauses:
            yield _MarkedSpan(clause.outline.span, statement, clause)


def _numbers(text: str, marked: Iterable[int]) -> Iterator[int]:
    """The numbers of the lines that are shown: those of statements with short gaps between them, or all."""
    count = text.count("\n") + (not text.endswith("\n"))
    lines = sorted(marked)
    if not lines:
        yield from range(1, count + 1 if count <= _AROUND else 1)
        return
    if count - (lines[-1] - lines[0] + 1) <= _AROUND:
        yield from range(1, count + 1)
        return
    before = lines[0]
    for number in lines:
        if number - before <= _GAP:
            yield from range(before + 1, number)
        yield number
        before = number


def _statement_note(statement: StatementReport, notes: CaseFootnotes) -> str:
    mark, words = STATEMENT_WORDS[statement.state]
    if statement.state is StatementState.DECIDED:
        words = f"decided {notes.link(statement.decided)}"
    elif statement.state is StatementState.APPLIED:
        words = f"applied in {notes.link(statement.applied)}, never decided"
    return f'<p class="of-statement"><span class="mark">{mark}</span> <b>{_shown(statement.label)}</b> {words}</p>'


def _clause_note(clause: ClauseReport, whose: str, notes: CaseFootnotes) -> str:
    mark, words = CLAUSE_WORDS[clause.state]
    match clause.state:
        case ClauseState.BOTH | ClauseState.STOPPED:
            words = f"alone stopped it in {notes.link(clause.stopped)}"
        case ClauseState.NEVER:
            words = "never the only thing that stopped it"
    name = _name(clause.state)
    return f'<p class="of-clause {name}"><span class="mark">{mark}</span> {_shown(whose + clause.label)}: {words}</p>'


def _shown(text: str) -> str:
    """A text as HTML, with escapes for characters that are not printable, except tabs."""
    return escape("\t".join(printable(part) for part in text.split("\t")))


def _name(state: StatementState | ClauseState) -> str:
    return state.replace("_", "-")
