"""Whether every request of a statement is one of other statements, so that it can be left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection
from execpolicy.analysis.granted_requests import GrantedRequests
from execpolicy.analysis.search import search
from execpolicy.document.kinds import PolicyKind

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.space import Space
    from execpolicy.language.grant import Grant

    #: A statement with all of its requests.
    StatementBoxes: TypeAlias = Sequence[StatementBox]


class Covering:
    """Compares statements of policies of one kind.

    Args:
        space: the space of all of them.
        within: the requests that count; None if there are none.
        excluded: requests that do not count.
        kind: the kind of the policies. An Allow of a resource policy covers another one only if it names the caller as
            strongly (EVL-4).
        budget: counts the steps.
    """

    def __init__(
        self, space: Space, within: Box | None, excluded: Sequence[Box], kind: PolicyKind, budget: Budget
    ) -> None:
        self._granted = GrantedRequests(space)
        self._within = within
        self._excluded = excluded
        self._names_callers = kind is PolicyKind.RESOURCE
        self._budget = budget

    def has_only(self, judged: StatementBox, others: Iterable[StatementBox]) -> bool:
        """Whether every request of a statement is one of others, however strongly they name the caller.

        Raises BudgetExceededError: the steps are not enough.
        """
        return self._finds_nothing(judged.box, [], [each.box for each in others])

    def is_covered(
        self, judged: StatementBoxes, covers: Iterable[StatementBox], needed: Sequence[Sequence[Box]] = ()
    ) -> bool:
        """Whether every request of a statement is one of others, and granted as strongly if both are Allows.

        Args:
            judged: the statement.
            covers: the others. One that denies covers an Allow: what it denies need not be allowed.
            needed: of each group of boxes, a request that counts is in one.

        Raises BudgetExceededError: the steps are not enough.
        """
        others = tuple(covers)
        return all(self._is_covered(each, others, needed) for each in judged)

    def _is_covered(
        self, judged: StatementBox, covers: Sequence[StatementBox], needed: Sequence[Sequence[Box]]
    ) -> bool:
        if not self._names_callers or judged.statement.denies:
            return self._finds_nothing(judged.box, needed, [each.box for each in covers])
        return all(
            self._finds_nothing(box, needed, self._granting(grant, judged, covers))
            for grant, box in self._granted.by_grant(judged).items()
        )

    def _granting(self, grant: Grant, judged: StatementBox, covers: Iterable[StatementBox]) -> list[Box]:
        """The requests that others deny, or grant as strongly."""
        boxes = (each.box if each.statement.denies else self._granted.granting(each, grant, judged) for each in covers)
        return [box for box in boxes if box is not None]

    def _finds_nothing(self, among: Box, needed: Sequence[Sequence[Box]], excluded: Iterable[Box]) -> bool:
        start = None if self._within is None else intersection(self._within, among)
        if start is None:
            return True
        found = search(start, needed, [*excluded, *self._excluded], self._budget)
        return next(found, None) is None

    def needed(
        self,
        judged: StatementBoxes,
        covers: Sequence[StatementBoxes],
        allows: Sequence[Sequence[Box]] = (),
        *,
        last_first: bool = False,
    ) -> list[StatementBoxes]:
        """Those of the covering statements without which something of the statement is left.

        The first that can be left out is left out first, or with ``last_first`` the last.

        Raises BudgetExceededError: the steps are not enough.
        """
        left = list(covers)
        for each in reversed(covers) if last_first else covers:
            fewer = [cover for cover in left if cover is not each]
            if self.is_covered(judged, [box for cover in fewer for box in cover], allows):
                left = fewer
        return left
