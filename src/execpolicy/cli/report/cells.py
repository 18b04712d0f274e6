"""The matrix of a report: the calls, and the explanation of each cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from execpolicy.bulk.access_matrix import CellOutcome, MatrixCall
from execpolicy.bulk.matrix import matrix
from execpolicy.cli.report.cell_explainer import CellExplainer, PossibleOutcomes, values_of_call
from execpolicy.cli.report.mask import Mask
from execpolicy.cli.report.read_apis import ReportFile, ReportInputs
from execpolicy.engine.caller import Caller
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.render.report.explanations import ExplanationStore, StoredExplanations
from execpolicy.render.report.model import ReportCall


class ReportMatrix(NamedTuple):
    """The calls and cells of all files.

    Attributes:
        calls: the calls.
        cells: for each call, context and caller the number of the explanation.
        explanations: the explanations.
        states: how many cells show which state.
        assumed: what is assumed, each with how many cells depend on it.
        notes: what is left out.
    """

    calls: tuple[ReportCall, ...]
    cells: tuple[tuple[tuple[int, ...], ...], ...]
    explanations: StoredExplanations
    states: Mapping[str, int]
    assumed: Mapping[str, int]
    notes: tuple[str, ...]


def report_matrix(
    given: ReportInputs, calls: Sequence[str] | None, mask: Mask, progress: Callable[[str], None]
) -> ReportMatrix:
    """Simulate the calls, and explain each answer.

    Args:
        given: the files, callers and contexts.
        calls: the calls to each API; None for one to each route.
        mask: replaces what is masked.
        progress: is called with what is worked on.

    Raises:
        RequestError: a call is not valid.
    """
    contexts = {name: each.context for name, each in given.contexts.items()}
    found = []
    for file in given.files:
        progress(f"the calls of {file.path}")
        found.append((file, matrix(file.template, given.callers, calls, contexts), _possible(file, given, calls)))
    shown = [(call, _api_names(file, call)) for file, table, _ in found for call in table.calls]
    store = ExplanationStore(
        [[mask.text(each) for each in values_of_call(call)] for call, _ in shown],
        [[mask.text(each) for each in _values_of_caller(caller)] for caller in given.callers.values()],
    )
    cells: list[tuple[tuple[int, ...], ...]] = []
    states: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    names = [(file.path, name) for file in given.files for name in file.template.apis]
    for file, table, possible in found:
        progress(f"the explanations of {file.path}")
        explainer = CellExplainer(table, file.template.apis, store, possible, mask)
        cells += explainer.rows(len(cells))
        states.update(explainer.states)
        assumed.update(explainer.assumed)
    return ReportMatrix(
        tuple(
            ReportCall(
                f"{call.method} {call.path}".rstrip(),
                names.index(api),
                call.route,
                call.stage,
                tuple(call.values),
            )
            for call, api in shown
        ),
        tuple(cells),
        store.stored(),
        states,
        assumed,
        tuple(dict.fromkeys(note for _, table, _ in found for note in table.notes)),
    )


def _api_names(file: ReportFile, call: MatrixCall) -> tuple[str, str]:
    """The file and the name of the API of a call: the matrix does not name the only one."""
    return file.path, call.api or next(iter(file.template.apis))


def _values_of_caller(caller: Caller | Variants[Caller] | None) -> tuple[str, ...]:
    """The ARN of a caller, and what follows its account; nothing where it is not known which one it is."""
    arns = {each.principal.arn for each in values_of(caller)} if caller is not None else set()
    if len(arns) != 1:
        return ()
    arn = arns.pop()
    tail = arn.split(":", 5)[-1]
    return (arn, *((tail,) if tail != arn else ()))


def _possible(file: ReportFile, given: ReportInputs, calls: Sequence[str] | None) -> PossibleOutcomes:
    contexts = {name: each.context for name, each in given.contexts.items()}
    found: dict[tuple[str, str, str], frozenset[CellOutcome]] = {}
    for name, callers in given.unknown.items():
        table = matrix(file.template, {str(number): each for number, each in enumerate(callers)}, calls, contexts)
        for call, context, row in table.rows:
            found[name, call.name, context.name] = frozenset(cell.outcome for cell in row)
    return found
