"""The requests that an Allow of a resource policy applies to, by how strongly it names the caller.

The strength decides which policies of the caller must allow as well (EVL-4). An Allow that names a user is needed
beside one that names the user's account, although both apply to the same requests.
"""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection
from execpolicy.analysis.dimensions.dimension import changed_view
from execpolicy.analysis.dimensions.names import CALLER
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.space import Space
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.principal_clause import PrincipalClause


class GrantedRequests:
    """The requests of Allows by how strongly these name the caller, found once for each Principal."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._possible: dict[Clause, Mapping[Grant, ValueSet]] = {}
        self._certain: dict[tuple[Clause, Grant], ValueSet] = {}

    def by_grant(self, allow: StatementBox) -> Mapping[Grant, Box]:
        """The requests of an Allow, by how strongly it may name the caller; the strongest where that is not known."""
        clause = allow.statement.principal
        if clause is None or clause in self._space.undivided:
            return {Grant.DIRECT: allow.box}
        found = self._possible.get(clause)
        if found is None:
            self._possible[clause] = found = self._callers_by_grant(clause)
        boxes = {grant: intersection(allow.box, {CALLER: values}) for grant, values in found.items()}
        return {grant: box for grant, box in boxes.items() if box is not None}

    def granting(self, allow: StatementBox, grant: Grant, judged: StatementBox) -> Box | None:
        """The requests of an Allow whose callers it surely names as strongly as given; None if there are none.

        Args:
            allow: the Allow.
            grant: how strongly another Allow names the callers.
            judged: that one. An Allow with the same Principal names each caller as strongly.
        """
        clause = allow.statement.principal
        if clause is None or clause == judged.statement.principal:
            return allow.box
        if clause in self._space.undivided:
            return allow.box if grant <= Grant.ACCOUNT else None
        values = self._certain.get((clause, grant))
        if values is None:
            self._certain[clause, grant] = values = self._callers_granted(clause, grant)
        return intersection(allow.box, {CALLER: values})

    def _callers_by_grant(self, clause: PrincipalClause) -> Mapping[Grant, ValueSet]:
        found: dict[Grant, ValueSet] = {}
        for part in self._space.dimensions[CALLER].parts(clause):
            possible = clause.grant(changed_view(self._space.base, part.example))[1]
            found[possible] = found[possible] | part.values if possible in found else part.values
        return found

    def _callers_granted(self, clause: PrincipalClause, grant: Grant) -> ValueSet:
        dimension = self._space.dimensions[CALLER]
        values: ValueSet = dimension.full & ~dimension.full
        for part in dimension.parts(clause):
            if clause.grant(changed_view(self._space.base, part.example))[0] >= grant:
                values = values | part.values
        return values
