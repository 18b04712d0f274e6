"""The results of one layer for one request: of every clause, and of every statement."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.tally import Grants, LayerTally
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth, kleene_all

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.engine.full.statement_table import StatementGroup, StatementTable
    from execpolicy.engine.principal_clause import PrincipalClause
    from execpolicy.engine.view import RequestOrView, SharedCache

_GRANTED = Grant.DIRECT


class StatementResult(NamedTuple):
    """Whether a statement applies, how strongly it names the caller, and which of its clauses failed first."""

    applies: Truth
    grant: Grant
    failed: int | None


#: A placeholder for the result of a statement that is in no group.
_NO_RESULT = StatementResult(None, Grant.NONE, None)


class LayerEvaluation:
    """The results of one layer: ``truths`` by the number of the clause, ``results`` by row of the table.

    ``subject`` is the request, or the View of the request for this layer.
    """

    __slots__ = ("results", "subject", "table", "truths")

    def __init__(
        self, table: StatementTable, subject: RequestOrView, truths: list[Truth], results: list[StatementResult]
    ) -> None:
        self.table = table
        self.subject = subject
        self.truths = truths
        self.results = results

    @property
    def view(self) -> View:
        """The View of the request for this layer."""
        return self.subject.view()

    @property
    def applies(self) -> list[Truth]:
        """Whether each statement applies."""
        return [result.applies for result in self.results]

    def outcome(self) -> LayerOutcome:
        """The outcome of the layer."""
        return self.tally().outcome()

    def tally(
        self,
        applies: Sequence[Truth] | None = None,
        grants: Grants = CompiledStatement.grant,
        *,
        by_statement: bool = False,
    ) -> LayerTally:
        """Count the statements; ``applies`` and ``grants`` replace the layer's own results."""
        statements = [(row.statement, row.level) for row in self.table.rows]
        applies = self.applies if applies is None else applies
        return LayerTally(self.table.levels, statements, applies, self.view, grants, by_statement=by_statement)


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
        shared = _results_for_any_resource(table, subject.view())
        cache.store(table, shared)
    constant, without_match, with_match = shared
    truths = constant + [match(resource) for match in table.resource_matchers]
    if table.other_clauses:
        view = subject.view()
        truths += [clause.test(view) for clause in table.other_clauses]
    results = [(with_match if truths[number] else without_match)[group] for number, group in table.group_of_row]
    for at in table.ungrouped_rows:
        row = table.rows[at]
        results[at] = _result(
            [truths[number] for number in row.clause_numbers], row.statement.principal, subject.view()
        )
    return LayerEvaluation(table, subject, truths, results)


def evaluate_statement(statement: CompiledStatement, view: View) -> StatementResult:
    """The result of one statement, evaluated by itself."""
    return _result([each.clause.test(view) for each in statement.occurrences], statement.principal, view)


def _results_for_any_resource(
    table: StatementTable, view: View
) -> tuple[list[Truth], list[StatementResult], list[StatementResult]]:
    """The constant clauses, and the result of each group where its resource does not match, and where it does."""
    constant = [clause.test(view) for clause in table.constant_clauses]
    without_match, with_match = (
        [*[_result_of_group(group, constant, resource, view) for group in table.groups], _NO_RESULT]
        for resource in (False, True)
    )
    return constant, without_match, with_match


def _result_of_group(group: StatementGroup, truths: Sequence[Truth], resource: Truth, view: View) -> StatementResult:
    clauses = [resource if number < 0 else truths[number] for number in group.clause_numbers]
    return _result(clauses, group.principal, view)


def _result(truths: Sequence[Truth], principal: PrincipalClause | None, view: View) -> StatementResult:
    """The result of a statement by the results of its clauses."""
    applies = kleene_all(truths)
    if not applies:
        return StatementResult(applies, Grant.NONE, truths.index(applies))
    return StatementResult(True, _GRANTED if principal is None else principal.grant(view)[0], None)
