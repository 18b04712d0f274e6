"""Whether an item can notice a change at all: most cases never meet the statement that is changed."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.layer_evaluation import evaluate_statement
from execpolicy.engine.request import Request
from execpolicy.language.condition import Truth
from execpolicy.language.grant import Grant
from execpolicy.testing.case_file.model import Case, Item
from execpolicy.testing.mutation.versions import StatementVersions

#: What a statement says of a request: its effect, whether it applies, how strongly it names the caller.
_StatementResult = tuple[bool, Truth, tuple[Grant, Grant]]
_NOTHING: _StatementResult = (False, False, (Grant.NONE, Grant.NONE))


class KillCandidates:
    """Tells of the items that hold a document which of them a change may make fail."""

    def __init__(self) -> None:
        # What old statements say does not change from mutant to mutant.
        self._old_results: dict[tuple[int, int], _StatementResult] = {}

    def may_fail(self, item: Item, versions: Sequence[StatementVersions]) -> bool:
        """Whether an item may come out otherwise.

        A request that the statement says the same of, before and after, is decided alike, by the same statements.
        Where it is not known whether it applies, or a case looks at missing keys and assumptions, the result hangs on
        more; and a call meets policies in several guises.
        """
        if not isinstance(item, Case) or item.request is None:
            return True
        if item.expected.missing_keys is not None or item.expected.assumed is not None:
            return True
        request = item.request
        return any(_differ(self._old(each.old, request), _result_of(each.new, request)) for each in versions)

    def _old(self, statement: CompiledStatement, request: Request) -> _StatementResult:
        key = (id(statement), id(request))
        result = self._old_results.get(key)
        if result is None:
            result = self._old_results[key] = _result_of(statement, request)
        return result


def _differ(old: _StatementResult, new: _StatementResult) -> bool:
    return old != new or old[1] is None


def _result_of(statement: CompiledStatement | None, request: Request) -> _StatementResult:
    if statement is None:
        return _NOTHING
    view = request.view()
    applies = evaluate_statement(statement, view).applies
    return _NOTHING if applies is False else (statement.denies, applies, statement.grant(view))
