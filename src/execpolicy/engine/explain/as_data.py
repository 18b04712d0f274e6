"""An explanation as plain data, by the schema ``docs/schemas/decision-1.json``.

It is written from the results of the evaluation: a trace of each statement and each clause would take longer to make.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.clause import Clause
from execpolicy.engine.explain.actual_values import actual_values
from execpolicy.engine.explain.clause_reason import clause_reason
from execpolicy.engine.explain.reasons import Reason
from execpolicy.engine.explain.resource_notes import ResourceNotes
from execpolicy.engine.explain.trace import LayerTrace, RequestTrace, deciding_effect
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.errors import Span
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.engine.full.statement_table import ClauseRef, StatementRow

    #: What the requests' values are, whether the clause holds, the reason and the note, as they are written.
    _ClauseResult = tuple[tuple[str, ...] | None, str, str, str | None]

SCHEMA_VERSION = 1
#: The constant part of the data is kept for policies of at most this many statements, whose data is made more often.
MAX_KEPT = 1_000

#: How results of statements and clauses are written.
_TRUTHS = {True: "yes", False: "no", None: "unknown"}
_DIFFERS = Reason.DIFFERS.value
_GRANTS = {grant: grant.name.lower() for grant in Grant}


def _span_record(span: Span) -> dict[str, int]:
    return dict(span._asdict())


def request_record(request: RequestTrace) -> dict[str, Any]:
    """The request."""
    return {**request._asdict(), "context": {key: list(values) for key, values in request.context}}


def layer_record(layer: LayerTrace, evaluation: Evaluation) -> dict[str, Any]:
    """A layer and all its statements."""
    return {
        "layer": layer.layer.value,
        "verdict": layer.verdict,
        "not_applicable": layer.not_applicable or None,
        "policies": []
        if layer.not_applicable
        else _LayerData(evaluation.layers[layer.layer], deciding_effect(evaluation.outcome)).policies(),
    }


class _LayerData:
    """The policies of a layer as plain data.

    Args:
        evaluated: the results of the layer.
        deciding: the effect that determines the outcome, if one does.
    """

    def __init__(self, evaluated: LayerEvaluation, deciding: str | None) -> None:
        self._evaluated = evaluated
        self._deciding = deciding
        self._view = evaluated.view
        self._notes = ResourceNotes(self._view)
        self._keeps_data = len(evaluated.table.rows) <= MAX_KEPT
        #: By the number of the clause, None before it is found.
        self._found: list[_ClauseResult | None] = [None] * len(evaluated.table.clauses)
        constant = evaluated.shared.once("clause results", self._of_constant_clauses)
        self._found[: len(constant)] = constant

    def _of_constant_clauses(self) -> list[_ClauseResult]:
        """The results of the clauses that are the same for any resource."""
        return [self._found_by_reason(clause, at) for at, clause in enumerate(self._evaluated.table.constant_clauses)]

    def policies(self) -> list[dict[str, Any]]:
        return [
            {"name": policy.name, "level": level, "statements": [self._statement(at) for at in range(start, end)]}
            for policy, level, start, end in self._evaluated.table.policies
        ]

    def _statement(self, at: int) -> dict[str, Any]:
        row: StatementRow = self._evaluated.table.rows[at]
        result, found, clauses = self._evaluated.results[at], self._found, []
        for ref, number in zip(row.clauses, row.clause_numbers, strict=True):
            actual, holds, reason, note = found[number] or self._result(ref.occurrence.clause, number)
            # A copy of what is constant takes half the time of a new dictionary.
            made = (ref.data or self._data_of_clause(ref)).copy()
            made["expected"] = [*ref.values]
            if actual is not None:
                made["actual"] = [*actual]
            made["holds"] = holds
            made["reason"] = reason
            made["note"] = note
            if made["span"] is not None:
                made["span"] = made["span"].copy()
            clauses.append(made)
        made = (row.data or self._data_of_statement(row)).copy()
        failed = result.failed
        made["applies"] = _TRUTHS[result.applies]
        made["determining"] = failed is None and row.effect == self._deciding
        made["grant"] = _GRANTS[result.grant]
        made["failed"] = failed
        made["clauses"] = clauses
        if made["span"] is not None:
            made["span"] = made["span"].copy()
        return made

    def _data_of_clause(self, ref: ClauseRef) -> dict[str, Any]:
        """What is the same of a clause for every request, with all keys in order."""
        place, span = ref.place_and_span
        data = {
            "element": ref.element,
            "operator": ref.operator or None,
            "key": ref.key or None,
            "expected": None,
            "actual": None,
            "holds": None,
            "reason": None,
            "note": None,
            "place": place,
            "span": None if span is None else _span_record(span),
        }
        if self._keeps_data:
            ref.data = data
        return data

    def _data_of_statement(self, row: StatementRow) -> dict[str, Any]:
        """What is the same of a statement for every request, with all keys in order."""
        span = row.span
        data = {
            "index": row.number,
            "sid": row.sid,
            "effect": row.effect,
            "applies": None,
            "determining": None,
            "grant": None,
            "place": row.place,
            "span": None if span is None else _span_record(span),
            "failed": None,
            "clauses": None,
        }
        if self._keeps_data:
            row.data = data
        return data

    def _result(self, clause: Clause, number: int) -> _ClauseResult:
        """The result of a clause that may have another one for each resource."""
        note = ""
        if isinstance(clause, ResourceClause) and self._evaluated.truths[number] is False:
            note = self._notes.difference(clause)
        found = ((self._view.resource,), "no", _DIFFERS, note) if note else self._found_by_reason(clause, number)
        self._found[number] = found
        return found

    def _found_by_reason(self, clause: Clause, number: int) -> _ClauseResult:
        truth = self._evaluated.truths[number]
        found = clause_reason(clause, self._view, truth)
        return actual_values(clause, self._view), _TRUTHS[truth], found.reason.value, found.note or None
