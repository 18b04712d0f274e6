"""The result of one statement for a request."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth, kleene_all

if TYPE_CHECKING:
    from execpolicy.engine.principal_clause import PrincipalClause
    from execpolicy.engine.view import View


class StatementResult(NamedTuple):
    """Whether a statement applies, how strongly it names the caller, and which of its clauses failed first.

    ``possible_grant`` is how strongly a statement that applies or may apply possibly names the caller.
    """

    applies: Truth
    grant: Grant
    failed: int | None
    possible_grant: Grant


_NONE, _DIRECT = Grant.NONE, Grant.DIRECT


def statement_result(truths: Sequence[Truth], principal: PrincipalClause | None, view: View) -> StatementResult:
    """The result of a statement by the results of its clauses."""
    applies = kleene_all(truths)
    if applies is False:
        return StatementResult(False, _NONE, truths.index(False), _NONE)
    grant, possible = (_DIRECT, _DIRECT) if principal is None else principal.grant(view)
    if applies is None:
        return StatementResult(None, _NONE, truths.index(None), possible)
    return StatementResult(True, grant, None, possible)
