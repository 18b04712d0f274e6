"""A policy with everything that cases have shown of it."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.testing.coverage.model import ClauseReport, PolicyReport, StatementReport
from execpolicy.testing.coverage.observe import APPLIED, DECIDED, Sighting
from execpolicy.testing.coverage.outline import PolicyOutline
from execpolicy.testing.coverage.tally import NOBODY, Count, Example, Order, Tally

#: Which clauses of each statement can fail.
Sides = tuple[tuple[bool, ...], ...]


class Entry:
    """One policy of a coverage. ``sides`` are told by what binds it; until then they are those of a policy anywhere."""

    __slots__ = ("bound", "counts", "kinds", "names", "outline", "sides")

    def __init__(
        self,
        outline: PolicyOutline,
        sides: Sides,
        *,
        names: Iterable[str] = (),
        kinds: Iterable[str] = (),
        bound: bool = False,
    ) -> None:
        self.outline = outline
        self.sides = sides
        self.names = set(names)
        self.kinds = set(kinds)
        self.bound = bound
        self.counts: dict[Sighting, Count] = {}

    def bind(self, sides: Sides) -> None:
        """A clause that can fail anywhere where the policy is bound can fail."""
        self.sides = _either(self.sides, sides) if self.bound else sides
        self.bound = True

    def count(self, shown: Iterable[Sighting], case: Example, order: Order) -> None:
        """One case more, and all that it has shown."""
        counts = self.counts
        for sighting in shown:
            count = counts.get(sighting)
            if count is None:
                counts[sighting] = Count(case)
            else:
                count.add(1, case, order)

    def tally(self, number: int, what: int) -> Tally:
        """The cases that have shown a thing of a statement."""
        count = self.counts.get((number, what))
        return NOBODY if count is None else count.tally()

    def merge(self, other: Entry) -> None:
        """Add what another coverage knows of the same policy."""
        self.names |= other.names
        self.kinds |= other.kinds
        if other.bound:
            self.bind(other.sides)
        elif not self.bound:
            self.sides = _either(self.sides, other.sides)
        for sighting, theirs in other.counts.items():
            ours = self.counts.get(sighting)
            if ours is None:
                self.counts[sighting] = Count(theirs.first, theirs.cases)
            else:
                ours.add(theirs.cases, theirs.first, theirs.order)

    def report(self, text: str) -> PolicyReport:
        """What is known of the policy; ``text`` is that of its outline."""
        statements = []
        for statement, sides in zip(self.outline.statements, self.sides, strict=True):
            applied = self.tally(statement.number, APPLIED)
            clauses = []
            for number, (clause, side) in enumerate(zip(statement.clauses, sides, strict=True)):
                stopped = self.tally(statement.number, number)
                clauses.append(ClauseReport(clause, side or stopped.cases > 0, applied, stopped))
            decided = self.tally(statement.number, DECIDED)
            statements.append(StatementReport(statement, applied, decided, tuple(clauses)))
        return PolicyReport(
            min(self.names), tuple(sorted(self.kinds)), self.outline.source or None, text, tuple(statements)
        )


def _either(ours: Sides, theirs: Sides) -> Sides:
    return tuple(
        tuple(mine or other for mine, other in zip(some, others, strict=True))
        for some, others in zip(ours, theirs, strict=True)
    )
