"""The page: one file of HTML that loads nothing. Every text in it is escaped, and only its own script runs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from execpolicy.render.report.matrix_part import matrix_lines_of
from execpolicy.render.report.model import Report
from execpolicy.render.report.page_data import page_data
from execpolicy.render.report.parts import (
    access_lines_of,
    change_lines_of,
    coverage_lines_of,
    finding_lines_of,
    replay_lines_of,
    route_lines,
    summary_lines,
    unknown_lines_of,
)
from execpolicy.render.report.tables import section


def report_page(report: Report) -> str:
    """The page as text. The same data give the same page."""
    return "".join(f"{line}\n" for line in _lines(report))


@cache
def _asset(name: str) -> str:
    """The text of a file beside this one."""
    return Path(__file__).with_name(name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _lines(report: Report) -> Iterator[str]:
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{escape(report.title)}</title><style>{style}</style></head>"
    parts = list(_parts(report))
    yield f"<body><header><h1>{escape(report.title)}</h1>"
    masked = "; account ids, names of roles and users, addresses and ids of organizations are replaced"
    yield f"<p>{escape(report.made_by)}{masked if report.is_masked else ''}</p>"
    links = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title, _ in parts)
    yield f'<nav aria-label="Parts"><ul>{links}</ul></nav></header><main>'
    for name, title, lines in parts:
        yield from section(name, title, lines)
    yield f'</main><script id="data" type="application/json">{page_data(report)}</script>'
    yield f"<script>{script}</script></body></html>"


def _parts(report: Report) -> Iterator[tuple[str, str, Iterator[str]]]:
    """The id, the title and the lines of each part."""
    yield "summary", "Summary", summary_lines(report)
    yield "routes", "Routes and what they ask for", route_lines(report)
    yield "matrix", "Who can make which calls", matrix_lines_of(report)
    yield "access", "Who reaches each route", access_lines_of(report)
    yield "findings", "Findings", finding_lines_of(report)
    if report.coverage is not None:
        yield "coverage", "Statement coverage", coverage_lines_of(report.coverage)
    if report.changes is not None:
        yield "changes", "What changed", change_lines_of(report)
    if report.replay is not None:
        yield "replay", "Replay of logs", replay_lines_of(report.replay)
    yield "unknowns", "What the answers depend on", unknown_lines_of(report)
