"""The parts of the page besides the matrix, as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from execpolicy.document.syntax.wording import counted
from execpolicy.render.report.model import Report, ReportCoverage, ReportFinding, ReportGroup, ReportReplay, ReportRoute
from execpolicy.render.report.tables import code_lines, folded, items, table

#: At most so many routes of a group are shown unfolded.
_FEW = 8
_OPEN = {True: "⚠ open: callers without credentials get through", False: "✓ not open", None: "? not known"}


def summary_lines(report: Report) -> Iterator[str]:
    """The numbers, and what the report is about."""
    yield '<dl class="tiles">'
    for fact in report.facts:
        yield f'<div><dt><a href="#{fact.part}">{escape(fact.words)}</a></dt><dd>{fact.number}</dd></div>'
    yield "</dl>"
    yield items(f"{api.name} ({api.file}): {api.words}" for api in report.apis)


def route_lines(report: Report) -> Iterator[str]:
    """The routes, and what each asks."""
    several = len(report.apis) > 1
    heads = ["route", *(["API"] if several else []), "asks for", "open"]
    yield from table("route-table", "Routes", heads, (_route(report, each, several=several) for each in report.routes))


def _route(report: Report, route: ReportRoute, *, several: bool) -> list[str]:
    api = [escape(report.apis[route.api].name)] if several else []
    state = {True: "d", False: "a", None: "i"}[route.is_open]
    opened = f'<span class="{state}">{_OPEN[route.is_open]}</span>'
    return [f"<code>{escape(route.key)}</code>", *api, escape(route.asks), opened]


def access_lines_of(report: Report) -> Iterator[str]:
    """Who reaches the routes."""
    access, several = report.access, len(report.apis) > 1
    heads = ["who", *(["API"] if several else []), "reaches", "allowed by", "for example"]
    if access.groups:
        rows = (_group(report, each, several=several) for each in access.groups)
        yield from table("access-table", "Who reaches which routes", heads, rows)
    if access.nobody:
        names = [f"{report.apis[api].name}: {key}" if several else key for api, key in access.nobody]
        yield f"<p>Nobody reaches {counted(len(names), 'route')}:</p>{items(names)}"
    if access.others:
        yield f"<p>? {counted(access.others, 'more group')} of callers, which are left out.</p>"
    if access.unknown:
        yield f"<p>? It is not known whether there are others:</p>{items(access.unknown)}"
    if not (access.groups or access.nobody or access.unknown):
        yield "<p>There is no route.</p>"


def _group(report: Report, group: ReportGroup, *, several: bool) -> list[str]:
    api = [escape(report.apis[group.api].name)] if several else []
    routes = [f"<code>{escape(route)}</code>" for route in group.routes]
    shown = "<br>".join(routes)
    if len(routes) > _FEW:
        shown = folded(counted(len(routes), "route"), f"<pre>{escape(chr(10).join(group.routes))}</pre>")
    statements = "<br>".join(map(escape, group.statements)) or "the caller's own policies alone"
    return [escape(group.words), *api, shown, statements, escape(group.example)]


def finding_lines_of(report: Report) -> Iterator[str]:
    """The findings of lint, on the lines of the policies."""
    if report.findings:
        heads = ["place", "severity", "rule", "what was found"]
        yield from table("finding-table", "Findings of lint", heads, map(_finding, report.findings))
    else:
        yield "<p>✓ Lint finds nothing.</p>"
    if report.ignored_findings:
        yield f"<p>{counted(report.ignored_findings, 'ignored finding')}.</p>"


def _finding(finding: ReportFinding) -> list[str]:
    text = f"{escape(finding.message)}{code_lines(finding.excerpt) if finding.excerpt else ''}"
    text += f"<p>{escape(finding.help)}</p>" if finding.help else ""
    return [f"<code>{escape(finding.place)}</code>", escape(finding.severity), escape(finding.rule), text]


def coverage_lines_of(coverage: ReportCoverage) -> Iterator[str]:
    """The statement coverage of the case files."""
    yield f"<p>{escape(coverage.words)}</p>"
    if coverage.failed:
        yield f"<p>✕ {counted(len(coverage.failed), 'case')} fail:</p>{items(coverage.failed)}"
    heads = ["policy", "statements", "clauses", "covered", "not covered"]
    rows = (
        [
            escape(each.name),
            each.statements,
            each.clauses,
            each.percent,
            folded(counted(len(each.missing), "point"), items(each.missing)) if each.missing else "✓ nothing",
        ]
        for each in coverage.policies
    )
    yield from table("coverage-table", "Statement coverage", heads, rows)


def change_lines_of(report: Report) -> Iterator[str]:
    """What changed since a revision."""
    assert report.changes is not None, "the part is shown with changes only"
    revision, changes = report.changes
    yield f"<p>Compared with {escape(revision)}.</p>"
    if not changes:
        yield "<p>Neither version describes anything that could be compared.</p>"
    for change in changes:
        yield f"<h3>{escape(change.words)}</h3>"
        if change.lines:
            yield code_lines(change.lines)


def replay_lines_of(replay: ReportReplay) -> Iterator[str]:
    """The replay of logs."""
    yield f"<p>{escape(replay.words)}</p>"
    if replay.groups:
        heads = ["change", "calls", "route", "caller", "before", "after"]
        rows = (
            [
                escape(each.change),
                str(each.calls),
                f"<code>{escape(each.route)}</code>",
                escape(each.caller),
                escape(each.before),
                escape(each.after),
            ]
            for each in replay.groups
        )
        yield from table("replay-table", "Calls of the log that change", heads, rows)
    if replay.notes:
        yield items(replay.notes)


def unknown_lines_of(report: Report) -> Iterator[str]:
    """What the answers depend on."""
    if report.unknowns:
        rows = (
            [escape(each.name), f"<code>{escape(each.place)}</code>", escape(each.reason)] for each in report.unknowns
        )
        yield from table("unknown-table", "Values that are not known", ["value", "place", "why"], rows)
    else:
        yield "<p>✓ Every value of the files is known.</p>"
    if report.assumptions:
        yield f"<h3>Assumptions</h3>{items(report.assumptions)}"
