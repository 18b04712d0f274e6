"""Update the page docs/benchmarks/README.md: the tables of the last run are between two marks."""

from __future__ import annotations

from pathlib import Path

from benchmarks.report import Report, environment
from benchmarks.table import as_markdown

BEGIN, END = "<!-- the last run: written by python -m benchmarks -->", "<!-- end of the last run -->"


def update(path: Path, report: Report) -> None:
    """Put the tables into the page. A page that does not exist is created with the tables only."""
    text = path.read_text("utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    path.write_text(with_run(text, report), "utf-8")


def with_run(text: str, report: Report) -> str:
    """Return the page with this run in place of the previous one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the tables: it needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{run(report)}\n{END}{after}"


def run(report: Report) -> str:
    """Return the environment, the engines and the tables of a run."""
    facts = environment()
    engines = "; ".join(f"{name} {version}" for name, version in report.engines.items())
    words = (
        f"{facts['implementation']} {facts['python']}, {facts['system']} {facts['machine']}, "
        f"{facts['cpu_count']} CPUs; {engines}; the median of {report.settings['rounds']} rounds."
    )
    return f"{words}\n\n{as_markdown(report)}"
