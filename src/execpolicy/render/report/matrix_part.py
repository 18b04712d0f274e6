"""The matrix of the page: its first cells as a table, and the place where the script explains a chosen call."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from execpolicy.document.syntax.wording import counted
from execpolicy.render.report.diagram import gate_diagram
from execpolicy.render.report.model import CellState, Report, ReportCaller
from execpolicy.render.report.page_data import call_words, context_words, values_in_words
from execpolicy.render.report.tables import items
from execpolicy.render.report.words import CLASSES, MEANINGS, SYMBOLS, cell_label

#: The most cells that stand in the page without a script.
MOST_CELLS: Final = 5_000


def matrix_lines_of(report: Report) -> Iterator[str]:
    """The lines of the matrix, as HTML."""
    yield from _legend()
    yield from _contexts(report)
    if not report.calls or not report.callers:
        yield "<p>There is no call.</p>"
        return
    yield '<div id="tools" class="tools"></div>'
    reasons: dict[str, int] = {}
    yield '<div class="scroll" id="matrix-box"><table id="matrix-table"><caption>Calls by callers</caption>'
    yield '<thead><tr><th scope="col">call</th>'
    yield "".join(f'<th scope="col">{_caller(each)}</th>' for each in report.callers)
    yield "</tr></thead><tbody>"
    left = max(1, MOST_CELLS // len(report.callers))
    total = len(report.calls) * len(report.contexts)
    for number in range(len(report.calls)):
        for context in range(len(report.contexts)):
            if left:
                left -= 1
                yield _row(report, number, context, reasons)
    yield "</tbody></table></div>"
    shown = min(total, max(1, MOST_CELLS // len(report.callers)))
    if shown < total:
        yield (
            f'<p class="without-script">The first {counted(shown, "row")} of {total}: '
            "with a script, which the page has, all are shown.</p>"
        )
    if reasons:
        yield '<ol id="reasons" class="reasons" aria-label="Reasons">'
        yield "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        yield "</ol>"
    if report.notes:
        yield items(report.notes)
    yield from _chosen()


def _legend() -> Iterator[str]:
    yield '<dl class="legend" aria-label="What a cell shows">'
    for state in CellState:
        yield f'<div><dt class="{CLASSES[state]}">{SYMBOLS[state]} {state.value}</dt><dd>{MEANINGS[state]}</dd></div>'
    yield "</dl>"


def _contexts(report: Report) -> Iterator[str]:
    words = [f"{each.name or 'All calls'}: {context_words(each)}" for each in report.contexts]
    yield items(words)


def _caller(caller: ReportCaller) -> str:
    return escape(caller.name) + ("" if caller.has_policies else " <small>◌ policies not given</small>")


def _row(report: Report, number: int, context: int, reasons: dict[str, int]) -> str:
    call = report.calls[number]
    values = values_in_words(call)
    name = report.contexts[context].name
    head = f"<code>{escape(call_words(report, call))}</code>"
    head += f" <small>{escape(values)}</small>" if values else ""
    head += f" <small>in {escape(name)}</small>" if name else ""
    cells = "".join(_cell(report, number, context, caller, reasons) for caller in range(len(report.callers)))
    return f'<tr><th scope="row">{head}</th>{cells}</tr>'


def _cell(report: Report, number: int, context: int, caller: int, reasons: dict[str, int]) -> str:
    at = report.cells[number][context][caller]
    frame = report.explanations.frame(at)
    mark = ""
    if frame.reason:
        reason = report.explanations.expand(at, number, caller).reason
        mark = f"<sup>{reasons.setdefault(reason, len(reasons) + 1)}</sup>"
    # The end tag of a cell may be left out; there are many of them.
    return f"<td class={CLASSES[CellState(frame.state)]}>{cell_label(frame.state, frame.statuses)}{mark}"


def _chosen() -> Iterator[str]:
    """Where the script shows a chosen call."""
    yield '<div id="call" class="call" hidden><h3 id="call-title" tabindex="-1"></h3><p id="call-state"></p>'
    yield '<dl id="call-facts"></dl><div class="sides"><div>'
    yield from gate_diagram()
    yield '</div><div id="explanation" class="explanation" aria-label="Explanation" role="group"></div></div></div>'
