"""Plot the time of a decision against the number of statements, with one line for each engine, as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from pathlib import Path
from typing import Any

from benchmarks import gateway, starting, steps, waiting
from benchmarks.deciding import GROUP
from benchmarks.engines import cedar, execpolicy, iam_simulate, moto, pmapper
from benchmarks.engines.contract import library
from benchmarks.report import Report

#: Row, label of its line, colour, style.
_LINES = (
    (iam_simulate.VALIDATING, "iam-simulate, explaining", "#b0413e", "--"),
    (iam_simulate.NAME, "iam-simulate", "#b0413e", "-"),
    (pmapper.NAME, "principalmapper", "#8a6fb0", "-"),
    (cedar.NAME, "cedarpy", "#c98a1b", "-"),
    (cedar.BATCH, "cedarpy, batch", "#c98a1b", "--"),
    (moto.NAME, "moto", "#7f7f7f", "-"),
    (execpolicy.EXPLAINED, "execpolicy, explained in words", "#79aed6", "--"),
    (execpolicy.EVIDENCE, "execpolicy, evidence", "#1f6fb2", "--"),
    (execpolicy.FRESH, "execpolicy, fresh context", "#1f6fb2", "-."),
    (execpolicy.NAME, "execpolicy", "#1f6fb2", "-"),
    (execpolicy.SEEN, "execpolicy, seen", "#1f6fb2", ":"),
)


def draw(report: Report, path: Path) -> None:
    """Draw the figures of a report into a file. Raise AbsentError if matplotlib is not installed."""
    library("matplotlib").use("Agg")
    pyplot = library("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9.6, 6.4), dpi=150)
    ends = []
    for row, label, colour, style in _LINES:
        values = [(size, report.value(GROUP, row, size)) for size in report.sizes(GROUP)]
        points = [(size, value) for size, value in values if value is not None]
        if points:
            width = 2.6 if row == execpolicy.NAME else 1.5
            axes.plot(*zip(*points, strict=True), style, color=colour, marker="o", markersize=4, linewidth=width)
            ends.append((points[-1], label, colour))
    _axes(axes, report)
    _labels(axes, ends)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)


def _axes(axes: Any, report: Report) -> None:
    sizes = report.sizes(GROUP)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_xlim(sizes[0] * 0.8, sizes[-1] * 14)
    axes.yaxis.set_major_formatter(lambda value, _: _duration(value))
    axes.grid(visible=True, which="major", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("statements in the identity policy")
    axes.set_ylabel("time for one decision, unseen resource")
    axes.set_title("One decision: time against the size of the policy", loc="left", fontsize=13)


def _duration(microseconds: float) -> str:
    if microseconds < 1_000:
        return f"{microseconds:g} µs"
    return f"{microseconds / 1_000:g} ms" if microseconds < 1_000_000 else f"{microseconds / 1_000_000:g} s"


def _labels(axes: Any, ends: list[tuple[tuple[int, float], str, str]]) -> None:
    """Put a label at the end of each line. Labels at the same size are moved apart, on the logarithmic scale."""
    low, high = (log10(value) for value in axes.get_ylim())
    apart = (high - low) / 26
    places: dict[int, float] = {}
    for (size, value), label, colour in sorted(ends, key=lambda end: end[0][1]):
        places[size] = max(log10(value), places.get(size, float("-inf")) + apart)
        axes.annotate(
            label,
            xy=(size, value),
            xytext=(size * 1.25, 10 ** places[size]),
            color=colour,
            fontsize=9.5,
            va="center",
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3},
        )


#: The bars of each file: its name, its title, and the groups of its figures.
BARS = (
    ("waiting.png", "What users wait for, and the steps of a call", (steps.GROUP, waiting.GROUP, gateway.GROUP)),
    ("starting.png", "Starting: an import, a command", (starting.GROUP, starting.COMMANDS)),
)


def bars_of(report: Report, groups: Sequence[str]) -> list[tuple[str, float]]:
    """Return the name and the microseconds of each figure of some groups, in their order."""
    return [(each.name, each.value) for group in groups for each in report.figures if each.group == group]


def draw_bars(report: Report, place: Path) -> None:
    """Draw the bars of each file into a folder. Raise AbsentError if matplotlib is not installed."""
    library("matplotlib").use("Agg")
    pyplot = library("matplotlib.pyplot")
    for name, title, groups in BARS:
        bars = bars_of(report, groups)[::-1]
        figure, axes = pyplot.subplots(figsize=(9.6, 1.2 + 0.34 * len(bars)), dpi=150)
        axes.barh([label for label, _ in bars], [value for _, value in bars], color="#1f6fb2", height=0.6)
        for at, (_, value) in enumerate(bars):
            words = _duration(float(f"{value:.3g}"))
            axes.annotate(words, (value, at), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_xscale("log")
        axes.set_xlim(right=max(value for _, value in bars) * 3)
        axes.xaxis.set_major_formatter(lambda value, _: _duration(value))
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.set_title(title, loc="left", fontsize=13)
        figure.tight_layout()
        figure.savefig(place / name, metadata={"Software": None})
        pyplot.close(figure)
