"""Collects the data of a report."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from execpolicy import __version__
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.report.access import RouteAccess
from execpolicy.cli.report.cells import ReportMatrix, report_matrix
from execpolicy.cli.report.changes import report_changes
from execpolicy.cli.report.coverage import report_coverage
from execpolicy.cli.report.findings import report_findings
from execpolicy.cli.report.mask import Mask, NoMask, masked
from execpolicy.cli.report.read_apis import ReportFile, ReportInputs
from execpolicy.cli.report.replayed import read_replay
from execpolicy.cli.working_line import WorkingLine
from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.model.variants import values_of
from execpolicy.language.as_of import AWS_AS_OF
from execpolicy.language.principal import USER
from execpolicy.loaders.contents import Unknown
from execpolicy.loaders.placeholders import placeholders_of
from execpolicy.render.api_outline import api_lines
from execpolicy.render.report.explanations import StoredExplanations
from execpolicy.render.report.model import (
    CellState,
    Report,
    ReportApi,
    ReportCaller,
    ReportContext,
    ReportFact,
    ReportFinding,
    ReportRoute,
    ReportUnknown,
)

#: What the summary counts.
_STATE_WORDS = {
    CellState.ALLOWED: "allowed {}",
    CellState.DENIED: "denied {}",
    CellState.NO_ROUTE: "{} without a route",
    CellState.INDETERMINATE: "indeterminate {}",
    CellState.NOT_GIVEN: "{} decided by policies that are not given",
}
_NO_STORE = StoredExplanations((), (), (), (), (), (), (), ())


def collect_report(
    inputs: Inputs, arguments: argparse.Namespace, given: ReportInputs, line: WorkingLine
) -> Report | None:
    """The data of a report; None if an error was reported.

    Args:
        inputs: reads files and collects the errors.
        arguments: the parsed options.
        given: the files, callers and contexts.
        line: shows what is worked on.
    """
    paths = [file.path for file in given.files]
    replay = read_replay(inputs, arguments.replay)
    coverage = report_coverage(inputs, arguments)
    line.begin("the findings of lint")
    found = report_findings(inputs, paths, given.files[0].given.options)
    changes = None
    if arguments.git is not None:
        changes = (arguments.git, report_changes(inputs, arguments, paths, line))
    access = inputs.attempt(lambda: _access(arguments, given, line))
    mask = _mask(given) if arguments.mask else NoMask()
    table = None if inputs.faults else _matrix(inputs, arguments, given, mask, line)
    if found is None or access is None or table is None or inputs.faults:
        return None
    findings, ignored = found
    unknowns = [_unknown(each) for file in given.files for each in file.template.unknowns]
    report = Report(
        title=f"Access to {listed([name for name, _, _ in _apis(given)], 'and')}",
        made_by=_made_by(arguments),
        facts=tuple(_facts(access.routes, given, table, findings, unknowns)),
        apis=tuple(_shown_api(given, at) for at in range(len(list(_apis(given))))),
        routes=tuple(access.routes),
        callers=tuple(_callers(given)),
        contexts=tuple(_contexts(given)),
        calls=table.calls,
        cells=(),
        explanations=_NO_STORE,
        access=access.access(),
        findings=findings,
        ignored_findings=ignored,
        coverage=coverage,
        changes=changes,
        replay=replay,
        unknowns=tuple(dict.fromkeys(unknowns)),
        assumptions=tuple(_assumptions(access, table)),
        notes=table.notes,
        is_masked=arguments.mask,
    )
    # The explanations are masked one by one, before they are stored.
    return masked(report, mask)._replace(cells=table.cells, explanations=table.explanations)


def _made_by(arguments: argparse.Namespace) -> str:
    date = f", {datetime.now(UTC).date().isoformat()}" if arguments.date else ""
    return f"execpolicy {__version__}, AWS as of {AWS_AS_OF}{date}"


def _apis(given: ReportInputs) -> Iterator[tuple[str, ReportFile, str]]:
    """The name of each API in the report, with its file and its name there."""
    names = [name for file in given.files for name in file.template.apis]
    for file in given.files:
        for name in file.template.apis:
            yield (name if names.count(name) == 1 else f"{file.path} {name}"), file, name


def _shown_api(given: ReportInputs, number: int) -> ReportApi:
    shown, file, name = list(_apis(given))[number]
    contents = file.given.contents
    unknown = placeholders_of(name, contents.apis[name].values[0], contents.kind, file.given.options)
    first, second, *_ = api_lines("", file.template.apis[name], unknown)
    return ReportApi(shown, file.path, f"{first.text}; {second.text}")


def _access(arguments: argparse.Namespace, given: ReportInputs, line: WorkingLine) -> RouteAccess:
    access = RouteAccess(arguments.budget, line.begin)
    for number, (shown, file, name) in enumerate(_apis(given)):
        access.add(number, shown, file.template.apis[name])
    return access


def _matrix(
    inputs: Inputs, arguments: argparse.Namespace, given: ReportInputs, mask: Mask, line: WorkingLine
) -> ReportMatrix | None:
    def make() -> ReportMatrix:
        return report_matrix(given, arguments.call or None, mask, line.begin)

    # A key that no policy names is refused at its place.
    accepted = [context.accepts_keys(inputs, make) for context in given.contexts.values()]
    return inputs.attempt(make) if all(accepted) else None


def _mask(given: ReportInputs) -> Mask:
    """What is replaced: the names of all callers, and those in the ARNs of the files."""
    names: dict[str, str] = {}
    for name, caller in given.callers.items():
        if caller is None:
            continue
        for each in values_of(caller):
            word = "user" if each.principal.kind == USER else "role"
            names |= {part: word for part in (name, each.principal.name, each.principal.session_name) if part}
    for file in given.files:
        names |= {name: names.get(name, "role") for name in file.given.contents.callers}
    return Mask([file.given.text.text for file in given.files], list(names.items()))


def _callers(given: ReportInputs) -> Iterator[ReportCaller]:
    for name, caller in given.callers.items():
        arns = set() if caller is None else {each.principal.arn for each in values_of(caller)}
        yield ReportCaller(name, arns.pop() if len(arns) == 1 else "", name not in given.unknown)


def _contexts(given: ReportInputs) -> Iterator[ReportContext]:
    for name, each in given.contexts.items():
        keys = tuple((key, tuple(values)) for key, values in each.context.values.items())
        yield ReportContext(name, keys, each.context.complete)


def _unknown(unknown: Unknown) -> ReportUnknown:
    return ReportUnknown(unknown.name, unknown.place, unknown.reason)


def _facts(
    routes: Sequence[ReportRoute],
    given: ReportInputs,
    table: ReportMatrix,
    findings: Sequence[ReportFinding],
    unknowns: Sequence[ReportUnknown],
) -> Iterator[ReportFact]:
    yield ReportFact(len(routes), _word(len(routes), "route"), "routes")
    opened = sum(route.is_open is True for route in routes)
    yield ReportFact(opened, f"open {_word(opened, 'route')}", "routes")
    hidden = sum(route.is_open is None for route in routes)
    if hidden:
        yield ReportFact(hidden, f"{_word(hidden, 'route')} of which it is not known whether they are open", "routes")
    yield ReportFact(len(given.callers), _word(len(given.callers), "caller"), "matrix")
    for state in CellState:
        number = table.states.get(state.value, 0)
        if number or state in (CellState.ALLOWED, CellState.DENIED):
            yield ReportFact(number, _STATE_WORDS[state].format(_word(number, "call")), "matrix")
    yield ReportFact(len(findings), f"{_word(len(findings), 'finding')} of lint", "findings")
    number = len(dict.fromkeys(unknowns))
    yield ReportFact(number, f"{_word(number, 'value')} not known", "unknowns")


def _word(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _assumptions(access: RouteAccess, table: ReportMatrix) -> Iterator[str]:
    yield from access.assumptions
    for text, number in table.assumed.items():
        yield f"{text}: {number} {_word(number, 'cell')} of the matrix"
