"""What a report tells: policies, their statements and clauses, and what the cases have shown of each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.errors import Span
from execpolicy.testing.coverage.case_count import CaseCount
from execpolicy.testing.coverage.outline import ClauseOutline, StatementOutline


class StatementState(StrEnum):
    """What cases have shown of a statement.

    >>> StatementState.DECIDED.value
    'decided'
    """

    #: It is covered.
    DECIDED = "decided"
    #: It applied, but its effect was never that of the decision.
    APPLIED = "applied"
    NEVER = "never"


class ClauseState(StrEnum):
    """What cases have shown of a clause: whether its statement applied, and whether it alone stopped it.

    >>> ClauseState.HELD.value
    'held'
    """

    #: It is covered, and so is its statement's applying.
    BOTH = "held_and_stopped"
    #: It is not covered: no case would notice if it were dropped.
    HELD = "held"
    #: It is covered, though its statement never applied.
    STOPPED = "stopped"
    NEVER = "never"
    #: It holds for every call to an API, and is not counted.
    ALWAYS = "always_holds"


class ClauseReport(NamedTuple):
    """A clause. ``held`` tells of the cases in which its statement applied, ``stopped`` of those it alone stopped."""

    outline: ClauseOutline
    can_fail: bool
    held: CaseCount
    stopped: CaseCount

    @property
    def label(self) -> str:
        """``Action``, or the operator and key of a condition."""
        outline = self.outline
        return f"{outline.operator} {outline.key}" if outline.operator else outline.element

    @property
    def state(self) -> ClauseState:
        """What cases have shown of it."""
        if not self.can_fail:
            return ClauseState.ALWAYS
        if self.stopped.cases:
            return ClauseState.BOTH if self.held.cases else ClauseState.STOPPED
        return ClauseState.HELD if self.held.cases else ClauseState.NEVER


class StatementReport(NamedTuple):
    """A statement: the cases in which it applied, those that it decided, and its clauses."""

    outline: StatementOutline
    applied: CaseCount
    decided: CaseCount
    clauses: tuple[ClauseReport, ...]

    @property
    def label(self) -> str:
        """``Allow ReadOrders``, or ``Allow statement 0`` where it has no Sid."""
        return f"{self.outline.effect} {self.outline.sid or f'statement {self.outline.number}'}"

    @property
    def state(self) -> StatementState:
        """What cases have shown of it."""
        if self.decided.cases:
            return StatementState.DECIDED
        return StatementState.APPLIED if self.applied.cases else StatementState.NEVER


class Share(NamedTuple):
    """So many of so many."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """From 0 to 100, cut to one decimal: less than everything never shows as 100. Of nothing it is 0.

        >>> Share(2999, 3000).percent
        99.9
        """
        return self.covered * 1000 // self.total / 10 if self.total else 0.0

    def plus(self, other: Share) -> Share:
        """Both together."""
        return Share(self.covered + other.covered, self.total + other.total)

    def __str__(self) -> str:
        return f"{self.covered}/{self.total}"


class PolicyReport(NamedTuple):
    """A policy. ``source`` is what its text is called, None for one given as Python objects.

    ``text`` is that text, or the JSON rendering of the objects.
    """

    name: str
    kinds: tuple[str, ...]
    source: str | None
    text: str
    statements: tuple[StatementReport, ...]

    @property
    def decided(self) -> Share:
        """Statements that decided, of all."""
        found = [statement.state is StatementState.DECIDED for statement in self.statements]
        return Share(sum(found), len(found))

    @property
    def stopped(self) -> Share:
        """Clauses that alone stopped their statement, of all that can fail."""
        found = [clause.stopped.cases > 0 for each in self.statements for clause in each.clauses if clause.can_fail]
        return Share(sum(found), len(found))

    @property
    def points(self) -> Share:
        """Both together."""
        return self.decided.plus(self.stopped)


class CoverageData(Frozen):
    """What cases have shown of policies. ``CoverageReport`` adds the forms of the report.

    Attributes:
        policies: every policy, in the order of the files.
        cases: how many cases were counted.
    """

    __slots__ = ("cases", "policies")
    policies: tuple[PolicyReport, ...]
    cases: int

    def __init__(self, policies: Iterable[PolicyReport], *, cases: int) -> None:
        self._set(policies=tuple(policies), cases=cases)

    @property
    def statements(self) -> tuple[StatementReport, ...]:
        """Every statement of every policy."""
        return tuple(statement for policy in self.policies for statement in policy.statements)

    @property
    def decided(self) -> Share:
        """Statements that decided a case, of all."""
        return Share(*_summed(policy.decided for policy in self.policies))

    @property
    def stopped(self) -> Share:
        """Clauses that alone stopped their statement, of all that can fail."""
        return Share(*_summed(policy.stopped for policy in self.policies))

    @property
    def points(self) -> Share:
        """Both together: what the percentage is of."""
        return self.decided.plus(self.stopped)

    @property
    def percent(self) -> float:
        """From 0 to 100, cut to one decimal: only what is covered in full shows as 100. Without statements it is 0."""
        return self.points.percent

    def meets(self, threshold: float) -> bool:
        """Whether at least ``threshold`` percent is covered. Where there are no statements, no threshold is met."""
        covered, total = self.points
        return total > 0 and covered * 100 >= threshold * total


def _summed(shares: Iterable[Share]) -> tuple[int, int]:
    listed = list(shares)
    return sum(share.covered for share in listed), sum(share.total for share in listed)


def policy_order(policy: PolicyReport) -> tuple[object, ...]:
    """Files by name, policies as they stand in them; those without a text come last."""
    place = policy.statements[0].outline.span if policy.statements else Span(0, 0, 0, 0)
    return policy.source is None, policy.source or policy.name, place, policy.name, policy.text
