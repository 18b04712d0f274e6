"""The matrix of a report: the calls, and the explanation of each cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from execpolicy._base.outline import LABEL_WIDTH, OutlineLine
from execpolicy.bulk.access_matrix import CellOutcome, Matrix, MatrixCall, MatrixCell
from execpolicy.bulk.matrix import matrix
from execpolicy.cli.report.mask import Mask
from execpolicy.cli.report.read_apis import ReportFile, ReportInputs
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.render.outline import answer_excerpt, answer_marks
from execpolicy.render.report.explanations import (
    CellExplanation,
    ExplainedGate,
    ExplainedLine,
    ExplanationStore,
    StoredExplanations,
)
from execpolicy.render.report.model import CellState, ReportCall

#: The longest line of an excerpt.
_WIDTH = 110
#: The label of the lines that say what is assumed.
ASSUMED = "assumed"
_NO_ROUTE = "the API has no route for this call, so nobody gets through"
_NOT_GIVEN = "the policies of this caller are not given, and they decide"


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
        [[mask.text(each) for each in _values_of_call(call)] for call, _ in shown],
        [[mask.text(each) for each in _values_of_caller(caller)] for caller in given.callers.values()],
    )
    cells: list[tuple[tuple[int, ...], ...]] = []
    states: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    names = [(file.path, name) for file in given.files for name in file.template.apis]
    for file, table, possible in found:
        progress(f"the explanations of {file.path}")
        explained = _CellExplainer(store, possible, mask, states, assumed)
        for call in table.calls:
            cells.append(explained.row(table, call, len(cells)))
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


def _values_of_call(call: MatrixCall) -> tuple[str, ...]:
    route = call.route.partition(" ")[2]
    return (call.path, *((route,) if route not in ("", call.path) else ()))


def _values_of_caller(caller: Caller | Variants[Caller] | None) -> tuple[str, ...]:
    """The ARN of a caller, and what follows its account; nothing where it is not known which one it is."""
    arns = {each.principal.arn for each in values_of(caller)} if caller is not None else set()
    if len(arns) != 1:
        return ()
    arn = arns.pop()
    tail = arn.split(":", 5)[-1]
    return (arn, *((tail,) if tail != arn else ()))


#: For each caller whose policies are not given, and each call and context: the outcomes that its policies can give.
PossibleOutcomes = Mapping[tuple[str, str, str], frozenset[CellOutcome]]


def _possible(file: ReportFile, given: ReportInputs, calls: Sequence[str] | None) -> PossibleOutcomes:
    contexts = {name: each.context for name, each in given.contexts.items()}
    found: dict[tuple[str, str, str], frozenset[CellOutcome]] = {}
    for name, callers in given.unknown.items():
        table = matrix(file.template, {str(number): each for number, each in enumerate(callers)}, calls, contexts)
        for call, context, row in table.rows:
            found[name, call.name, context.name] = frozenset(cell.outcome for cell in row)
    return found


class _CellExplainer:
    """Explains the cells of a matrix.

    Args:
        store: keeps the explanations.
        possible: the possible outcomes of callers whose policies are not given.
        mask: replaces what is masked.
        states: counts the states.
        assumed: counts what is assumed.
    """

    def __init__(
        self,
        store: ExplanationStore,
        possible: PossibleOutcomes,
        mask: Mask,
        states: Counter[str],
        assumed: Counter[str],
    ) -> None:
        self._store, self._possible, self._mask = store, possible, mask
        self._states, self._assumed = states, assumed
        self._excerpts: dict[object, tuple[str, ...]] = {}

    def row(self, table: Matrix, call: MatrixCall, number: int) -> tuple[tuple[int, ...], ...]:
        """The numbers of the explanations of a call: for each context, for each caller."""
        found = []
        for context in table.contexts:
            ids = []
            for at, caller in enumerate(table.callers):
                explanation = self._explanation(table.cell(caller.name, call.name, context.name))
                self._states[explanation.state] += 1
                ids.append(self._store.add(number, at, explanation))
            found.append(tuple(ids))
        return tuple(found)

    def _explanation(self, cell: MatrixCell) -> CellExplanation:
        response = cell.answer
        assert not isinstance(response, Decision), "the matrix of an API has responses"
        state = self._state(cell)
        return CellExplanation(
            state.value,
            cell.outcome.value,
            cell.statuses,
            self._mask.text(_reason(cell, state)),
            () if response is None else _gates(response),
            tuple(self._lines(response, cell)),
        )

    def _state(self, cell: MatrixCell) -> CellState:
        possible = self._possible.get((cell.caller, cell.call, cell.context), frozenset())
        return CellState.NOT_GIVEN if possible - {cell.outcome} else CellState(cell.outcome.value)

    def _lines(self, response: GatewayResponse | None, cell: MatrixCell) -> Iterator[ExplainedLine]:
        if response is None:
            yield ExplainedLine(0, "indeterminate", self._mask.text(cell.reason))
            return
        lines = tuple(response.explain().lines())
        # Several gates may evaluate one statement: its text follows the last line that describes it.
        last = {(line.about.place, line.about.source): line for line in lines if isinstance(line.about, StatementTrace)}
        for line in lines:
            about = line.about
            excerpt: tuple[str, ...] = ()
            if isinstance(about, StatementTrace) and line is last[about.place, about.source]:
                excerpt = self._excerpt(about)
            if line.label == ASSUMED:
                self._assumed[line.text] += 1
            yield ExplainedLine(line.depth, line.style, self._mask.text(_labelled(line)), excerpt)

    def _excerpt(self, statement: StatementTrace) -> tuple[str, ...]:
        """The lines of a statement with the clauses that decide; many cells have the same."""
        key = (statement.source, statement.span, answer_marks(statement))
        found = self._excerpts.get(key)
        if found is None:
            found = tuple(self._mask.text(each.text) for each in answer_excerpt(statement, 0, _WIDTH))
            self._excerpts[key] = found
        return found


def _labelled(line: OutlineLine) -> str:
    """The text of a line, as ``str()`` of the explanation has it."""
    return f"{line.label:<{LABEL_WIDTH}}{line.text}" if line.label else line.text


def _gates(response: GatewayResponse) -> tuple[ExplainedGate, ...]:
    return tuple(ExplainedGate(step.number, step.gate, step.passed) for step in response.steps)


def _reason(cell: MatrixCell, state: CellState) -> str:
    """Why a call is neither allowed nor denied for certain."""
    if state is CellState.NOT_GIVEN:
        return _NOT_GIVEN
    if state is CellState.NO_ROUTE:
        return _NO_ROUTE
    if state is not CellState.INDETERMINATE:
        return ""
    if cell.reason:
        return cell.reason
    known = (*cell.missing_keys, *cell.unknown_values)
    return f"it depends on {listed(known, 'and')}, which is not known" if known else "it depends on what is not known"
