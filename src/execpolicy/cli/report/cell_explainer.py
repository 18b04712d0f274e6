"""Explains the cells of a matrix for a report: of each class of calls two cells, and the others like them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from execpolicy._base.outline import LABEL_WIDTH, OutlineLine
from execpolicy.api import Api
from execpolicy.bulk.access_matrix import CellOutcome, Matrix, MatrixCall, MatrixCell
from execpolicy.cli.report.explanation_classes import ExplanationClasses
from execpolicy.cli.report.mask import Mask
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.decision import Decision
from execpolicy.engine.explain.trace import StatementTrace
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.render.outline import answer_excerpt, answer_marks
from execpolicy.render.report.explanations import CellExplanation, ExplainedGate, ExplainedLine, ExplanationStore
from execpolicy.render.report.model import CellState

#: The longest line of an excerpt.
_WIDTH: Final = 110
#: The states of callers whose policies are given.
_STATES: Final = {outcome: CellState(outcome.value) for outcome in CellOutcome}
#: The label of the lines that say what is assumed.
_ASSUMED: Final = "assumed"
_NO_ROUTE: Final = "the API has no route for this call, so nobody gets through"
_NOT_GIVEN: Final = "the policies of this caller are not given, and they decide"

#: For each caller whose policies are not given, and each call and context: the outcomes that its policies can give.
PossibleOutcomes = Mapping[tuple[str, str, str], frozenset[CellOutcome]]


def values_of_call(call: MatrixCall) -> tuple[str, ...]:
    """The path of a call, without its first slash too, and the path of its route if it is another one."""
    route = call.route.partition(" ")[2]
    return (call.path, call.path.removeprefix("/"), *((route,) if route not in ("", call.path) else ()))


class _ClassExplanation(NamedTuple):
    """The explanation of a class of cells.

    Attributes:
        number: its number.
        assumed: what it says is assumed.
        is_shared: whether two cells of the class have it, so that none of their own values stands in it by accident.
    """

    number: int
    assumed: tuple[str, ...]
    is_shared: bool = False


class CellExplainer:
    """Explains the cells of a matrix: of each class of calls of a caller at least two, and others like them.

    Args:
        table: the matrix.
        apis: its APIs.
        store: keeps the explanations.
        possible: the possible outcomes of callers whose policies are not given.
        mask: replaces what is masked.
    """

    def __init__(
        self,
        table: Matrix,
        apis: Mapping[str, Api],
        store: ExplanationStore,
        possible: PossibleOutcomes,
        mask: Mask,
    ) -> None:
        self._table, self._store, self._possible, self._mask = table, store, possible, mask
        self._classes = ExplanationClasses(table, apis)
        #: Whether the mask leaves the values of a call as they are.
        self._is_unmasked = [all(mask.text(each) == each for each in values_of_call(call)) for call in table.calls]
        self._explained: dict[Hashable, _ClassExplanation] = {}
        self._excerpts: dict[object, tuple[str, ...]] = {}
        #: How many cells have each state, and how many depend on what is assumed.
        self.states: Counter[str] = Counter()
        self.assumed: Counter[str] = Counter()

    def rows(self, first: int) -> Iterator[tuple[tuple[int, ...], ...]]:
        """The numbers of the explanations: for each call, for each context, for each caller.

        Args:
            first: the number of the first call among those of all files.
        """
        rows = self._table.rows
        callers = range(len(self._table.callers))
        for call, is_unmasked in enumerate(self._is_unmasked):
            classes = [self._classes.of(caller, call) if is_unmasked else None for caller in callers]
            found = []
            for context in range(len(self._table.contexts)):
                _, _, cells = next(rows)
                numbers = [
                    self._number(cell, first + call, caller, None if of_class is None else (caller, context, of_class))
                    for caller, (cell, of_class) in enumerate(zip(cells, classes, strict=True))
                ]
                found.append(tuple(numbers))
            yield tuple(found)

    def _number(self, cell: MatrixCell, call: int, caller: int, of_class: Hashable | None) -> int:
        """The number of the explanation of a cell.

        Args:
            cell: the cell.
            call: the number of its call among those of all files.
            caller: the number of its caller.
            of_class: its class; None for a cell by itself.
        """
        state = self._state(cell)
        self.states[state] += 1
        key = (state, cell.outcome, cell.statuses, of_class)
        known = None if of_class is None else self._explained.get(key)
        if known is None or not known.is_shared:
            explanation, assumed = self.explanation(cell)
            found = _ClassExplanation(self._store.add(call, caller, explanation), assumed)
            known = found._replace(is_shared=found == known)
            if of_class is not None:
                self._explained[key] = known
        if known.assumed:
            self.assumed.update(known.assumed)
        return known.number

    def explanation(self, cell: MatrixCell) -> tuple[CellExplanation, tuple[str, ...]]:
        """The explanation of one cell by itself, and what it says is assumed."""
        response = cell.answer
        assert not isinstance(response, Decision), "the matrix of an API has responses"
        state = self._state(cell)
        lines = () if response is None else tuple(response.explain().lines())
        explanation = CellExplanation(
            state.value,
            cell.outcome.value,
            cell.statuses,
            self._mask.text(_reason(cell, state)),
            () if response is None else _gates(response),
            tuple(self._lines(lines)) or (ExplainedLine(0, "indeterminate", self._mask.text(cell.reason)),),
        )
        return explanation, tuple(line.text for line in lines if line.label == _ASSUMED)

    def _state(self, cell: MatrixCell) -> CellState:
        possible = self._possible.get((cell.caller, cell.call, cell.context))
        return CellState.NOT_GIVEN if possible and possible - {cell.outcome} else _STATES[cell.outcome]

    def _lines(self, lines: Sequence[OutlineLine]) -> Iterator[ExplainedLine]:
        # Several gates may evaluate one statement: its text follows the last line that describes it.
        last = {(line.about.place, line.about.source): line for line in lines if isinstance(line.about, StatementTrace)}
        for line in lines:
            about = line.about
            excerpt: tuple[str, ...] = ()
            if isinstance(about, StatementTrace) and line is last[about.place, about.source]:
                excerpt = self._excerpt(about)
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
