"""Finds the items that can fail because of a change: most cases do not depend on the changed statement."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.layer_evaluation import evaluate_statement
from execpolicy.engine.request import Request
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth
from execpolicy.testing.case_file.model import Case, Item
from execpolicy.testing.mutation.versions import StatementVersions

#: The result of a statement for a request: its effect, whether it applies, how strongly it names the caller.
_EffectOnRequest = tuple[bool, Truth, tuple[Grant, Grant]]
_NOTHING: _EffectOnRequest = (False, False, (Grant.NONE, Grant.NONE))


class KillCandidates:
    """Decides which items of a document a change can make fail."""

    def __init__(self) -> None:
        # The results of old statements are the same for all mutants.
        self._old_results: dict[tuple[int, int], _EffectOnRequest] = {}

    def may_fail(self, item: Item, versions: Sequence[StatementVersions]) -> bool:
        """Whether the result of an item can change.

        The decision of a request is the same if the result of the statement is the same before and after the change,
        unless that result is unknown or the case expects missing keys or assumed rules. Calls are always candidates:
        they evaluate policies several times.
        """
        if not isinstance(item, Case) or item.request is None:
            return True
        if item.expected.missing_keys is not None or item.expected.assumed is not None:
            return True
        request = item.request
        return any(_differ(self._old(each.old, request), _result_of(each.new, request)) for each in versions)

    def _old(self, statement: CompiledStatement, request: Request) -> _EffectOnRequest:
        key = (id(statement), id(request))
        result = self._old_results.get(key)
        if result is None:
            result = self._old_results[key] = _result_of(statement, request)
        return result


def _differ(old: _EffectOnRequest, new: _EffectOnRequest) -> bool:
    return old != new or old[1] is None


def _result_of(statement: CompiledStatement | None, request: Request) -> _EffectOnRequest:
    if statement is None:
        return _NOTHING
    view = request.view()
    applies = evaluate_statement(statement, view).applies
    return _NOTHING if applies is False else (statement.denies, applies, statement.grant(view))
