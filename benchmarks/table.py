"""A report as text: for the terminal, and in Markdown for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from benchmarks.answers import WHOLE
from benchmarks.deciding import COLD, GROUP
from benchmarks.engines import execpolicy
from benchmarks.report import Figure, Report, merged

#: Shown if there is no number.
NONE = "-"


class Table(NamedTuple):
    """Cells as text. All columns except the first ``left`` are numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


def tables(report: Report) -> list[Table]:
    """Return all tables of a report, the growth with N first."""
    made = [
        _by_size("A decision, µs", report, GROUP, number),
        _ratios(report),
        _by_size("From the text of the policies to a first decision, µs", report, COLD, number),
        _right(report),
        _wrong(report),
        _others(report),
        _goals(report),
    ]
    return [table for table in made if table.rows]


def as_text(report: Report) -> str:
    """Return the tables for a terminal, then the remarks of the run."""
    parts = [_text(table) for table in tables(report)]
    return "\n\n".join([*parts, *_remarks(report, "- ")]) + "\n"


def as_markdown(report: Report) -> str:
    """Return the tables for a page."""
    parts = [_markdown(table) for table in tables(report)]
    return "\n\n".join([*parts, *_remarks(report, "- ")]) + "\n"


def number(value: float | None) -> str:
    """Return a number with three significant digits."""
    if value is None:
        return NONE
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.3g}"


def _remarks(report: Report, mark: str) -> list[str]:
    return ["\n".join(mark + each for each in report.remarks)] if report.remarks else []


def _by_size(title: str, report: Report, group: str, show: Callable[[float | None], str]) -> Table:
    sizes = report.sizes(group)
    rows = [[name, *(show(report.value(group, name, size)) for size in sizes)] for name in report.names(group)]
    return Table(title, ["", *(f"N={size:,}" for size in sizes)], rows)


def _ratios(report: Report) -> Table:
    """Return the ratios of the times of the other engines to the time of this package."""
    sizes = report.sizes(GROUP)

    def ratio(name: str, size: int) -> str:
        value, mine = report.value(GROUP, name, size), report.value(GROUP, execpolicy.NAME, size)
        return f"{number(value / mine)}x" if value and mine else NONE

    others = [name for name in report.names(GROUP) if not name.startswith(execpolicy.NAME)]
    rows = [[name, *(ratio(name, size) for size in sizes)] for name in others]
    return Table("Time relative to execpolicy, unseen resources", ["", *(f"N={size:,}" for size in sizes)], rows)


def _right(report: Report) -> Table:
    names = list(dict.fromkeys(each.row for each in report.answers))
    sizes = sorted({each.size for each in report.answers})
    shares = {(each.row, each.size): f"{100 * each.right / each.asked:.0f} %" for each in report.answers if each.asked}
    rows = []
    for name in names:
        mine = [each for each in report.answers if each.row == name]
        total, right = sum(each.asked for each in mine), sum(each.right for each in mine)
        opened, shut = sum(each.opened for each in mine), sum(each.shut for each in mine)
        cells = [shares.get((name, size), NONE) for size in sizes]
        rows.append([name, *cells, f"{100 * right / total:.1f} %", str(total), str(opened), str(shut)])
    head = ["", *(f"N={size:,}" for size in sizes), "all", "requests", "wrongly allowed", "wrongly denied"]
    return Table("Right answers, compared with the naive model", head, rows)


def _wrong(report: Report) -> Table:
    """Return the statements that wrong answers concern, most frequent first, for sizes from ``WHOLE``."""
    rows = []
    for name in dict.fromkeys(each.row for each in report.answers):
        counts = merged(each.traits for each in report.answers if each.row == name and each.size >= WHOLE)
        rows += [[name, what, str(count)] for what, count in list(counts.items())[:5]]
    return Table("Wrong answers, and the statements whose resource matches", ["", "statements", "requests"], rows, 2)


def _others(report: Report) -> Table:
    rows = [_other(each) for each in report.figures if each.group not in (GROUP, COLD)]
    head = ["", "", "N", "median", "minimum", "maximum", "unit", "note"]
    return Table("Other measurements", head, rows, 2)


def _other(each: Figure) -> list[str]:
    size = f"{each.size:,}" if each.size is not None else ""
    return [each.group, each.name, size, *map(number, (each.value, each.low, each.high)), each.unit, each.note]


def _goals(report: Report) -> Table:
    words = {True: "met", False: "missed", None: "not measured"}
    rows = []
    for goal in report.goals:
        shown = NONE if goal.measured is None else number(goal.measured) + goal.unit
        rows.append([goal.goal, goal.limit, shown, words[goal.met]])
    return Table("Goals", ["", "goal", "measured", ""], rows)


def _text(table: Table) -> str:
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join([table.title, *(_line(line, widths, table.left).rstrip() for line in lines)])


def _line(cells: Iterable[str], widths: Sequence[int], left: int) -> str:
    last = len(widths) - 1
    return "  ".join(
        cell.ljust(width) if column < left or (column == last and cell[:1].isalpha()) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )


def _markdown(table: Table) -> str:
    rule = ["---" if column < table.left else "---:" for column in range(len(table.head))]
    lines = [f"| {' | '.join(cells)} |" for cells in (table.head, rule, *table.rows)]
    return "\n".join([f"### {table.title}", "", *lines])
