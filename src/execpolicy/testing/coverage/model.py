"""The data of a coverage report: policies, their statements and clauses, and the cases that cover each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.errors import Span
from execpolicy.testing.coverage.case_count import CaseCount
from execpolicy.testing.coverage.outline import ClauseOutline, StatementOutline


class StatementState(StrEnum):
    """The state of a statement.

    >>> StatementState.DECIDED.value
    'decided'
    """

    #: Covered: it decided a case.
    DECIDED = "decided"
    #: It applied, but its effect was never that of the decision.
    APPLIED = "applied"
    NEVER = "never"


class ClauseState(StrEnum):
    """The state of a clause: whether its statement applied, and whether this clause alone prevented it from applying.

    >>> ClauseState.HELD.value
    'held'
    """

    #: Covered, and its statement applied in another case.
    BOTH = "held_and_stopped"
    #: Not covered: no case would fail without it.
    HELD = "held"
    #: Covered, although its statement never applied.
    STOPPED = "stopped"
    NEVER = "never"
    #: True for every call to an API, and not counted.
    ALWAYS = "always_holds"


class ClauseReport(NamedTuple):
    """A clause. ``held`` counts the cases in which its statement applied, ``stopped`` those that it alone prevented."""

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
        """Its state."""
        if not self.can_fail:
            return ClauseState.ALWAYS
        if self.stopped.cases:
            return ClauseState.BOTH if self.held.cases else ClauseState.STOPPED
        return ClauseState.HELD if self.held.cases else ClauseState.NEVER


class StatementReport(NamedTuple):
    """A statement: the cases in which it applied, the cases that it decided, and its clauses."""

    outline: StatementOutline
    applied: CaseCount
    decided: CaseCount
    clauses: tuple[ClauseReport, ...]

    @property
    def label(self) -> str:
        """``Allow ReadOrders``, or ``Allow statement 0`` without a Sid."""
        return f"{self.outline.effect} {self.outline.sid or f'statement {self.outline.number}'}"

    @property
    def state(self) -> StatementState:
        """Its state."""
        if self.decided.cases:
            return StatementState.DECIDED
        return StatementState.APPLIED if self.applied.cases else StatementState.NEVER


class Share(NamedTuple):
    """A number of covered points, and the number of all."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """The percentage, rounded down to one decimal: less than everything is never 100. Without points it is 0.

        >>> Share(2999, 3000).percent
        99.9
        """
        return self.covered * 1000 // self.total / 10 if self.total else 0.0

    def plus(self, other: Share) -> Share:
        """The sum of both."""
        return Share(self.covered + other.covered, self.total + other.total)

    def __str__(self) -> str:
        return f"{self.covered}/{self.total}"


class PolicyReport(NamedTuple):
    """A policy. ``source`` is the name of its text, None for one given as Python objects.

    ``text`` is that text, or the JSON rendering of the objects.
    """

    name: str
    kinds: tuple[str, ...]
    source: str | None
    text: str
    statements: tuple[StatementReport, ...]

    @property
    def decided(self) -> Share:
        """The statements that decided a case, of all."""
        found = [statement.state is StatementState.DECIDED for statement in self.statements]
        return Share(sum(found), len(found))

    @property
    def stopped(self) -> Share:
        """The clauses that alone prevented their statement from applying, of all that can fail."""
        found = [clause.stopped.cases > 0 for each in self.statements for clause in each.clauses if clause.can_fail]
        return Share(sum(found), len(found))

    @property
    def points(self) -> Share:
        """The sum of both."""
        return self.decided.plus(self.stopped)


class CoverageData(Frozen):
    """The data of a coverage report. ``CoverageReport`` adds its formats.

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
        """The statements that decided a case, of all."""
        return Share(*_summed(policy.decided for policy in self.policies))

    @property
    def stopped(self) -> Share:
        """The clauses that alone prevented their statement from applying, of all that can fail."""
        return Share(*_summed(policy.stopped for policy in self.policies))

    @property
    def points(self) -> Share:
        """The sum of both, which the percentage is based on."""
        return self.decided.plus(self.stopped)

    @property
    def percent(self) -> float:
        """The percentage, rounded down to one decimal: only full coverage is 100. Without statements it is 0."""
        return self.points.percent

    def meets(self, threshold: float) -> bool:
        """Whether at least ``threshold`` percent is covered. Without statements, no threshold is met."""
        covered, total = self.points
        return total > 0 and covered * 100 >= threshold * total


def _summed(shares: Iterable[Share]) -> tuple[int, int]:
    listed = list(shares)
    return sum(share.covered for share in listed), sum(share.total for share in listed)


def policy_order(policy: PolicyReport) -> tuple[object, ...]:
    """The sort key of a policy: its file, then its place in the file. Policies without a text come last."""
    place = policy.statements[0].outline.span if policy.statements else Span(0, 0, 0, 0)
    return policy.source is None, policy.source or policy.name, place, policy.name, policy.text
