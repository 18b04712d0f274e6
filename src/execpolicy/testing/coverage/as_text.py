"""The report as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.wording import counted, printable
from execpolicy.testing.coverage.case_count import CaseCount
from execpolicy.testing.coverage.model import (
    ClauseReport,
    CoverageData,
    PolicyReport,
    Share,
    StatementReport,
    StatementState,
)

NO_STATEMENTS = "no statements: no policy applies to the cases"

_HEAD = ("Policy", "Statements", "Clauses", "Covered")


def as_text(report: CoverageData, *, covered: bool) -> str:
    """The table of policies, what is not covered, and optionally what is covered."""
    return "".join(f"{printable(line)}\n" for line in _lines(report, covered=covered))


def headline(report: CoverageData) -> str:
    """The result on one line."""
    cases = counted(report.cases, "case")
    if not report.statements:
        return f"Statement coverage of {cases}: {NO_STATEMENTS}"
    points = report.points
    return f"Statement coverage of {cases}: {points.percent:.1f}% ({points.covered} of {points.total} points)"


def _lines(report: CoverageData, *, covered: bool) -> Iterator[str]:
    yield headline(report)
    if not report.statements:
        return
    yield ""
    yield from _table(report)
    missing = [line for policy in report.policies for line in missing_lines(policy)]
    yield ""
    yield from ("Not covered:", *(f"  {line}" for line in missing)) if missing else ("Everything is covered.",)
    if covered:
        found = [line for policy in report.policies for line in _covered_lines(policy)]
        yield ""
        yield from ("Covered:", *(f"  {line}" for line in found)) if found else ("Nothing is covered.",)


def _table(report: CoverageData) -> Iterator[str]:
    rows = [_row(title_of(policy), policy.decided, policy.stopped) for policy in report.policies]
    rows = [_HEAD, *rows, _row("Total", report.decided, report.stopped)]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    rule = "-" * (first + sum(others) + 2 * len(others))
    for number, (name, *cells) in enumerate(rows):
        if number in (1, len(rows) - 1):
            yield rule
        yield "  ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))])


def _row(name: str, decided: Share, stopped: Share) -> tuple[str, str, str, str]:
    points = decided.plus(stopped)
    percent = f"{points.percent:.1f}%" if points.total else "-"
    return printable(name), str(decided), str(stopped), percent


def title_of(policy: PolicyReport) -> str:
    """The name of a policy with its kinds, and its place if the name does not include it."""
    kinds = ", ".join(policy.kinds)
    if policy.source is None or policy.source in policy.name or not policy.statements:
        return f"{policy.name} ({kinds})"
    return f"{policy.name} ({kinds}; {policy.source}:{policy.statements[0].outline.span.line})"


def missing_lines(policy: PolicyReport) -> Iterator[str]:
    """A line for each point that is not covered, beginning with its place."""
    for statement in policy.statements:
        if statement.state is not StatementState.DECIDED:
            yield f"{statement.outline.place}: {statement.label}: {statement_words(statement)}"
        for clause in statement.clauses:
            if clause.can_fail and not clause.stopped.cases:
                yield f"{clause.outline.place}: {statement.label}: {clause.label}: {clause_words(clause)}"


def _covered_lines(policy: PolicyReport) -> Iterator[str]:
    for statement in policy.statements:
        if statement.state is StatementState.DECIDED:
            yield f"{statement.outline.place}: {statement.label}: {statement_words(statement)}"
        for clause in statement.clauses:
            if clause.stopped.cases:
                yield f"{clause.outline.place}: {statement.label}: {clause.label}: {clause_words(clause)}"


def statement_words(statement: StatementReport) -> str:
    """The state of a statement in words."""
    if statement.state is StatementState.DECIDED:
        return f"decided by {cases_of(statement.decided)}"
    if statement.state is StatementState.APPLIED:
        return f"applied, never decided: {cases_of(statement.applied)}"
    return "never applied"


def clause_words(clause: ClauseReport) -> str:
    """The state of a clause that can fail, in words."""
    if clause.stopped.cases:
        return f"alone stopped it in {cases_of(clause.stopped)}"
    return "never the only thing that stopped it"


def cases_of(count: CaseCount) -> str:
    """The number of cases, with the first of them."""
    assert count.first is not None
    first = f'"{count.first.name}"' + (f" ({count.first.place})" if count.first.place else "")
    return f"{counted(count.cases, 'case')}, {'the first is ' if count.cases > 1 else ''}{first}"
