"""The report as one HTML page, without external resources and scripts. Every text in it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy.render.html_page import html_text
from execpolicy.testing.coverage.as_text import NO_STATEMENTS, title_of
from execpolicy.testing.coverage.model import ClauseState, CoverageData, PolicyReport, Share, StatementState
from execpolicy.testing.coverage.page_lines import CaseFootnotes, PolicyLines, line_anchor
from execpolicy.testing.coverage.page_style import STYLE
from execpolicy.testing.coverage.page_words import CLAUSE_WORDS, STATEMENT_WORDS

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""


def page(report: CoverageData) -> str:
    """The page."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: CoverageData) -> Iterator[str]:
    percent = f"{report.percent:.1f}%" if report.statements else "no statements"
    yield _HEAD.format(title=f"Statement coverage: {percent}", style=STYLE)
    yield '<header class="wrap"><h1>Statement coverage</h1>'
    if not report.statements:
        yield f"<p>{html_text(NO_STATEMENTS)}</p></header></body></html>"
        return
    yield from _tiles(report)
    yield "</header>"
    yield '<main class="wrap">'
    policies = sorted(report.policies, key=_from_worst)
    yield from _summary(report, policies)
    yield from _legend()
    for number, policy in enumerate(policies, 1):
        yield from _policy(policy, f"p{number}")
    yield "</main></body></html>"


def _from_worst(policy: PolicyReport) -> tuple[bool, float]:
    """The sort key of a policy on the page: the least covered first, one without statements last."""
    return not policy.points.total, policy.points.percent


def _tiles(report: CoverageData) -> Iterator[str]:
    points, decided, stopped = report.points, report.decided, report.stopped
    yield '<dl class="tiles">'
    yield _tile("Covered", f"{points.percent:.1f}%", f"{points.covered} of {points.total} points", points)
    yield _tile("Statements that decided", str(decided.covered), f"of {decided.total}", decided)
    yield _tile("Clauses that alone stopped one", str(stopped.covered), f"of {stopped.total} that can fail", stopped)
    yield _tile("Cases", str(report.cases), "that were run", None)
    yield "</dl>"


def _tile(name: str, figure: str, rest: str, share: Share | None) -> str:
    bar = "" if share is None else _bar(share)
    return f'<div class="tile"><dt>{name}</dt><dd><b>{figure}</b> <span>{rest}</span>{bar}</dd></div>'


def _bar(share: Share) -> str:
    """A bar that shows the percentage next to it."""
    return f'<span class="bar" aria-hidden="true"><i style="width:{share.percent}%"></i></span>'


def _summary(report: CoverageData, policies: Iterable[PolicyReport]) -> Iterator[str]:
    yield '<table class="summary"><caption>Policies</caption><thead><tr>'
    yield '<th scope="col">Policy</th><th scope="col">Attached as</th><th scope="col">Statements</th>'
    yield '<th scope="col">Clauses</th><th scope="col">Covered</th></tr></thead><tbody>'
    for number, policy in enumerate(policies, 1):
        name = f'<a href="#p{number}">{html_text(policy.name)}</a>'
        yield _row(name, ", ".join(policy.kinds), policy.decided, policy.stopped)
    yield "</tbody><tfoot>"
    yield _row("Total", "", report.decided, report.stopped)
    yield "</tfoot></table>"


def _row(name: str, kinds: str, decided: Share, stopped: Share) -> str:
    points = decided.plus(stopped)
    percent = f'<span class="percent">{points.percent:.1f}%</span>'
    covered = f"{_bar(points)}{percent}" if points.total else "-"
    cells = (html_text(kinds).replace("_", " "), str(decided), str(stopped), covered)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _legend() -> Iterator[str]:
    yield '<section class="legend" aria-label="Legend"><dl><dt>A statement</dt>'
    for state, (mark, words) in STATEMENT_WORDS.items():
        yield f'<dd class="{_name(state)}"><span class="mark">{mark}</span> {words}</dd>'
    yield "</dl><dl><dt>A clause of it</dt>"
    for clause_state, (mark, words) in CLAUSE_WORDS.items():
        yield f'<dd><u class="c {_name(clause_state)}"><span class="mark">{mark}</span> {words}</u></dd>'
    yield "</dl></section>"


def _name(state: StatementState | ClauseState) -> str:
    return state.replace("_", "-")


def _policy(policy: PolicyReport, anchor: str) -> Iterator[str]:
    points = policy.points
    yield f'<section class="policy" id="{anchor}" aria-labelledby="{anchor}-name">'
    covered = f"{points.percent:.1f}%" if points.total else "no statements"
    heading = f'<h2 id="{anchor}-name">{html_text(title_of(policy))} <small>{covered}</small></h2>'
    is_folded = points.covered == points.total
    yield f"<details><summary>{heading}</summary>" if is_folded else heading
    yield f"<p>{_in_words(policy)}</p>"
    links = [f'<a href="#{line_anchor(anchor, line)}">{line}</a>' for line in _missing(policy)]
    if links:
        yield f"<p>Not covered: line{'' if len(links) == 1 else 's'} {', '.join(links)}</p>"
    lines = PolicyLines(policy, anchor)
    yield from lines.table()
    yield from _footnotes(lines.notes)
    yield "</details></section>" if is_folded else "</section>"


def _in_words(policy: PolicyReport) -> str:
    decided, stopped, points = policy.decided, policy.stopped, policy.points
    text = f"{decided.covered} of {decided.total} statements decided a case, {stopped.covered} of {stopped.total} "
    text += f"clauses alone stopped one{': everything is covered' if points.covered == points.total else ''}."
    return text if policy.source is not None else f"{text} The policy was given as objects; this is its JSON."


def _missing(policy: PolicyReport) -> Iterable[int]:
    """The numbers of the lines in which a point that is not covered begins."""
    lines = set()
    for statement in policy.statements:
        if not statement.decided.cases:
            lines.add(statement.outline.span.line)
        lines.update(each.outline.span.line for each in statement.clauses if each.can_fail and not each.stopped.cases)
    return sorted(lines)


def _footnotes(notes: CaseFootnotes) -> Iterator[str]:
    if not notes.examples:
        return
    yield '<ol class="notes" aria-label="Cases">'
    for example, number in notes.examples.items():
        place = f" <code>{html_text(example.place)}</code>" if example.place else ""
        yield f'<li id="{notes.anchor(number)}">{html_text(example.name)}{place}</li>'
    yield "</ol>"
