"""The data of a report: plain values, in the order of the page. Nothing here decides, and nothing is shown yet."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from execpolicy.render.report.explanations import StoredExplanations


class CellState(StrEnum):
    """What a cell of the report shows. It is the outcome of the call, but for callers whose policies are not given."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NO_ROUTE = "no route"
    INDETERMINATE = "indeterminate"
    #: The policies of the caller decide, and they are not given.
    NOT_GIVEN = "policies not given"


class ReportFact(NamedTuple):
    """A number of the summary, with what it counts, and the part of the page that has them."""

    number: int
    words: str
    part: str


class ReportApi(NamedTuple):
    """An API: its name in the report, its file, and what it is, such as ``REST API a1b2c3, regional``."""

    name: str
    file: str
    words: str


class ReportRoute(NamedTuple):
    """A route.

    Attributes:
        api: the number of its API.
        key: such as ``GET /orders/{id}``.
        asks: what it asks of a caller.
        is_open: whether callers without credentials get through, at least from some source; None if it is not known.
    """

    api: int
    key: str
    asks: str
    is_open: bool | None


class ReportCaller(NamedTuple):
    """A caller: its name, its ARN or the empty text, and whether its policies are given."""

    name: str
    principal: str
    has_policies: bool


class ReportContext(NamedTuple):
    """A context: its name, which is empty for the only one, and its keys with their values."""

    name: str
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    is_complete: bool


class ReportCall(NamedTuple):
    """A call, which has a row of the matrix for each context.

    Attributes:
        words: the call in words, such as ``GET /orders/1``.
        api: the number of its API.
        route: the key of the route that it is a sample of; empty for a call that was given.
        stage: the stage that is called.
        values: the sample values of the parameters of its path.
    """

    words: str
    api: int
    route: str
    stage: str
    values: tuple[tuple[str, str], ...]


class ReportGroup(NamedTuple):
    """Who reaches some routes of an API, in words; with the statements that allow it, and an example."""

    api: int
    words: str
    routes: tuple[str, ...]
    statements: tuple[str, ...]
    example: str


class ReportAccess(NamedTuple):
    """Who reaches the routes of all APIs.

    Attributes:
        groups: the groups, the most open first.
        nobody: the routes that nobody reaches, each with the number of its API.
        unknown: why it is not known whether there are other groups.
        others: how many groups of a route are left out.
    """

    groups: tuple[ReportGroup, ...] = ()
    nobody: tuple[tuple[int, str], ...] = ()
    unknown: tuple[str, ...] = ()
    others: int = 0


class ReportFinding(NamedTuple):
    """A finding of lint, with the lines of the policy."""

    place: str
    severity: str
    rule: str
    message: str
    help: str
    excerpt: tuple[str, ...]


class CoveredPolicy(NamedTuple):
    """A policy with what cases cover of it: shares such as ``2/3``, and a line for each point that is not covered."""

    name: str
    statements: str
    clauses: str
    percent: str
    missing: tuple[str, ...]


class ReportCoverage(NamedTuple):
    """The statement coverage of case files: a line in words, the cases that fail, and the policies."""

    words: str
    failed: tuple[str, ...]
    policies: tuple[CoveredPolicy, ...]


class ReportChange(NamedTuple):
    """What changed of one part: the verdict in words, and lines with the requests that show it."""

    words: str
    lines: tuple[str, ...]


class ReplayedGroup(NamedTuple):
    """Calls of a log that change alike."""

    change: str
    calls: int
    route: str
    caller: str
    before: str
    after: str


class ReportReplay(NamedTuple):
    """A replay of logs: a line in words, the groups, and what was left out."""

    words: str
    groups: tuple[ReplayedGroup, ...]
    notes: tuple[str, ...]


class ReportUnknown(NamedTuple):
    """A value that is not known, its place, and why it is not known."""

    name: str
    place: str
    reason: str


class Report(NamedTuple):
    """All that a report shows.

    Attributes:
        title: the title of the page.
        made_by: the version of execpolicy and of the catalogue; with the date, if it is wanted.
        facts: the summary.
        apis, routes, callers, contexts, calls: what the matrix is about.
        cells: for each call, for each context, for each caller: the number of its explanation.
        explanations: the explanations, each once.
        access: who reaches the routes.
        findings: the findings of lint, and how many are ignored.
        ignored_findings: how many findings are ignored by comments and files of ignores.
        coverage: the statement coverage; None without case files.
        changes: the change against a revision, with its name; None without one.
        replay: the replay; None without one.
        unknowns: the values that are not known.
        assumptions: what the answers take for granted.
        notes: what is left out of the matrix.
        is_masked: whether account ids, names, addresses and ids of organizations are replaced.
    """

    title: str
    made_by: str
    facts: tuple[ReportFact, ...]
    apis: tuple[ReportApi, ...]
    routes: tuple[ReportRoute, ...]
    callers: tuple[ReportCaller, ...]
    contexts: tuple[ReportContext, ...]
    calls: tuple[ReportCall, ...]
    cells: tuple[tuple[tuple[int, ...], ...], ...]
    explanations: StoredExplanations
    access: ReportAccess
    findings: tuple[ReportFinding, ...]
    ignored_findings: int
    coverage: ReportCoverage | None
    changes: tuple[str, tuple[ReportChange, ...]] | None
    replay: ReportReplay | None
    unknowns: tuple[ReportUnknown, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    is_masked: bool
