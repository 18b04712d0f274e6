"""A policy with the counts of the cases that cover it."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.testing.coverage.case_count import NO_CASES, CaseCount, CaseCounter, CaseOrder, Example
from execpolicy.testing.coverage.model import ClauseReport, PolicyReport, StatementReport
from execpolicy.testing.coverage.observe import APPLIED, DECIDED, Observation
from execpolicy.testing.coverage.outline import PolicyOutline

#: Which clauses of each statement can fail.
CanFail = tuple[tuple[bool, ...], ...]


class PolicyCounts:
    """A policy with the counts of the cases that cover its statements and clauses.

    ``can_fail`` depends on what the policy is attached to; until that is known, it is that of a policy for any API.
    """

    __slots__ = ("attached", "can_fail", "counts", "kinds", "names", "outline")

    def __init__(
        self,
        outline: PolicyOutline,
        can_fail: CanFail,
        *,
        names: Iterable[str] = (),
        kinds: Iterable[str] = (),
        attached: bool = False,
    ) -> None:
        self.outline = outline
        self.can_fail = can_fail
        self.names = set(names)
        self.kinds = set(kinds)
        self.attached = attached
        self.counts: dict[Observation, CaseCounter] = {}

    def attach(self, can_fail: CanFail) -> None:
        """Attach the policy. A clause can fail if it can fail at one of the places that the policy is attached to."""
        self.can_fail = _either(self.can_fail, can_fail) if self.attached else can_fail
        self.attached = True

    def count(self, shown: Iterable[Observation], case: Example, order: CaseOrder) -> None:
        """Count a case with all of its observations."""
        counts = self.counts
        for observation in shown:
            count = counts.get(observation)
            if count is None:
                counts[observation] = CaseCounter(case)
            else:
                count.add(1, case, order)

    def case_count(self, number: int, what: int) -> CaseCount:
        """The cases with one observation of a statement."""
        count = self.counts.get((number, what))
        return NO_CASES if count is None else count.total()

    def merge(self, other: PolicyCounts) -> None:
        """Add the counts of the same policy in another coverage."""
        self.names |= other.names
        self.kinds |= other.kinds
        if other.attached:
            self.attach(other.can_fail)
        elif not self.attached:
            self.can_fail = _either(self.can_fail, other.can_fail)
        for observation, theirs in other.counts.items():
            ours = self.counts.get(observation)
            if ours is None:
                self.counts[observation] = CaseCounter(theirs.first, theirs.cases)
            else:
                ours.add(theirs.cases, theirs.first, theirs.order)

    def report(self, text: str) -> PolicyReport:
        """The report of the policy; ``text`` is the text of its outline."""
        statements = []
        for statement, can_fail in zip(self.outline.statements, self.can_fail, strict=True):
            applied = self.case_count(statement.number, APPLIED)
            clauses = []
            for number, (clause, fails) in enumerate(zip(statement.clauses, can_fail, strict=True)):
                stopped = self.case_count(statement.number, number)
                clauses.append(ClauseReport(clause, fails or stopped.cases > 0, applied, stopped))
            decided = self.case_count(statement.number, DECIDED)
            statements.append(StatementReport(statement, applied, decided, tuple(clauses)))
        return PolicyReport(
            min(self.names), tuple(sorted(self.kinds)), self.outline.source or None, text, tuple(statements)
        )


def _either(ours: CanFail, theirs: CanFail) -> CanFail:
    return tuple(
        tuple(mine or other for mine, other in zip(some, others, strict=True))
        for some, others in zip(ours, theirs, strict=True)
    )
