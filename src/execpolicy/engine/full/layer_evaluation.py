"""The results of one layer for one request: of every clause, and of every statement."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.shared_results import SharedResults
from execpolicy.engine.full.statement_result import StatementResult, statement_result
from execpolicy.engine.full.tally import Grants, LayerTally
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.engine.full.statement_table import StatementTable
    from execpolicy.engine.view import RequestOrView, SharedCache


class LayerEvaluation:
    """The results of one layer for one request.

    Args:
        table: the statements of the layer.
        subject: the request, or the View of the request for this layer.
        shared: the results that are the same for any resource.
        matched: the numbers of the plain resource clauses that hold.
    """

    __slots__ = ("changed", "matched", "may_apply", "results", "shared", "subject", "table", "truths")

    def __init__(
        self, table: StatementTable, subject: RequestOrView, shared: SharedResults, matched: list[int]
    ) -> None:
        self.table = table
        self.subject = subject
        self.shared = shared
        self.matched = matched
        #: The results of the clauses, by number.
        self.truths: list[Truth] = shared.constant + table.no_resources
        #: The results of the statements, by row.
        self.results: list[StatementResult] = shared.unmatched.results.copy()
        #: The rows of the statements that apply or may apply, in order: all others do not.
        self.may_apply: list[int] = []
        #: The rows that may have another result than those of requests whose resource matches nothing.
        self.changed: list[int] = []
        for number in matched:
            self.truths[number] = True
            for at in table.rows_by_clause[number]:
                group = table.group_of_row[at]
                if group >= 0:
                    self._set_result(at, shared.matched[group])
        if table.ungrouped_rows:
            self._evaluate_ungrouped()
        self.may_apply.sort()

    def _evaluate_ungrouped(self) -> None:
        """The clauses that read more than the text of the resource, and the statements that are in no group."""
        table, view = self.table, self.subject.view()
        self.truths += [clause.test(view) for clause in table.other_clauses]
        for at in table.ungrouped_rows:
            row = table.rows[at]
            truths = [self.truths[number] for number in row.clause_numbers]
            self._set_result(at, statement_result(truths, row.statement.principal, view))

    def _set_result(self, at: int, result: StatementResult) -> None:
        self.results[at] = result
        self.changed.append(at)
        if result.applies is not False:
            self.may_apply.append(at)

    @property
    def view(self) -> View:
        """The View of the request for this layer."""
        return self.subject.view()

    @property
    def applies(self) -> list[Truth]:
        """Whether each statement applies."""
        return [result.applies for result in self.results]

    def outcome(self) -> LayerOutcome:
        """The outcome of the layer: each level must allow, and any Deny counts (EVL-2, EVL-6, EVL-11)."""
        table, results = self.table, self.results
        denies: Truth = False
        grants = [Grant.NONE] * table.levels
        possible_grants = [*grants]
        for at in self.may_apply:
            row = table.rows[at]
            applies, grant, _, possible = results[at]
            if row.effect == "Deny":
                denies = True if applies or denies else None
            else:
                grants[row.level] = max(grants[row.level], grant)
                possible_grants[row.level] = max(possible_grants[row.level], possible)
        return LayerOutcome(denies, min(grants, default=Grant.NONE), min(possible_grants, default=Grant.NONE))

    def tally(
        self,
        applies: Sequence[Truth] | None = None,
        grants: Grants = CompiledStatement.grant,
        *,
        by_statement: bool = False,
    ) -> LayerTally:
        """Count the statements; ``applies`` and ``grants`` replace the layer's own results."""
        applies = self.applies if applies is None else applies
        return LayerTally(self.table.levels, self.table.rows, applies, self.view, grants, by_statement=by_statement)


def evaluate_layer(table: StatementTable, resource: str, cache: SharedCache, subject: RequestOrView) -> LayerEvaluation:
    """Evaluate every clause and every statement of a layer (EVL-11).

    Args:
        table: the statements of the layer.
        resource: the ARN of the request.
        cache: keeps the results that are the same for any resource.
        subject: the request, or the View of the request for this layer.
    """
    shared: Any = cache.results.get(table)
    if shared is None:
        shared = SharedResults(table, subject.view())
        cache.store(table, shared)
    return LayerEvaluation(table, subject, shared, table.resources.matched(resource))


def evaluate_statement(statement: CompiledStatement, view: View) -> StatementResult:
    """The result of one statement, evaluated by itself."""
    return statement_result([each.clause.test(view) for each in statement.occurrences], statement.principal, view)
