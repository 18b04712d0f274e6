"""Measures statement coverage: cases are added one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.decision import Decision
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.model import DocumentCase
from execpolicy.testing.coverage.can_fail import can_fail
from execpolicy.testing.coverage.case_count import Example, order_of
from execpolicy.testing.coverage.model import PolicyReport, policy_order
from execpolicy.testing.coverage.observe import Observation, observations
from execpolicy.testing.coverage.outline import StatementClauses, outline_policy
from execpolicy.testing.coverage.policy_counts import CanFail, PolicyCounts
from execpolicy.testing.coverage.policy_owners import PolicyOwner, policies_of
from execpolicy.testing.coverage.report import CoverageReport
from execpolicy.testing.run.result import CaseResult


class _KnownPolicy(NamedTuple):
    """A policy with its counts, its clauses, and the ARNs of the APIs that it is attached to (see ``can_fail``)."""

    policy: Policy
    counts: PolicyCounts
    clauses: StatementClauses
    api_arns: set[str]


class StatementCoverage:
    """Counts the cases that each statement decided, and those in which a clause alone prevented one from applying.

    A case counts whether or not it passed. The result does not depend on the order of the cases, nor on whether some
    of them were added to another coverage that was merged.

    >>> from execpolicy.testing import parse_cases, run_item
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Readers", "cases": [
    ...     {"name": "Ann reads", "expect": "allow",
    ...      "caller": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": [{"Version": "2012-10-17",
    ...         "Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:*"}}]},
    ...      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"}]}''')
    >>> coverage = StatementCoverage()
    >>> for item in file.items:
    ...     coverage.add(run_item(item))
    >>> coverage.report().percent
    100.0
    """

    def __init__(self) -> None:
        self._policies: dict[tuple[str, ...], PolicyCounts] = {}
        #: The texts of spans, by their digest.
        self._texts: dict[str, str] = {}
        self._cases = 0
        #: By the id of a policy, which is kept so that no other policy gets the same id.
        self._known: dict[int, _KnownPolicy] = {}

    def add(self, result: CaseResult) -> None:
        """Count a case: its policies, and what its decisions show of them.

        Args:
            result: the result of an item, from ``run_item``. Each call of a sequence counts as a case; documents and
                invariants do not count.
        """
        self.add_policies(result.case)
        self._add(result, ())

    def _add(self, result: CaseResult, within: tuple[str, ...]) -> None:
        names = (*within, result.case.name)
        if result.calls:
            for call in result.calls:
                self._add(call, names)
        elif not isinstance(result.case, (DocumentCase, InvariantCase)):
            self._count(result.decisions, Example(result.case.place, ": ".join(names)))

    def add_policies(self, *owners: PolicyOwner) -> None:
        """Count policies as ones to be covered, whether or not a case reaches them.

        Args:
            owners: policies, or what they are attached to: callers, targets, APIs, items of case files. Those of
                results that are added are counted already.
        """
        for owner in owners:
            for policy, api_arn in policies_of(owner):
                known = self._remembered(policy)
                if api_arn not in known.api_arns:
                    known.api_arns.add(api_arn)
                    known.counts.attach(_which_can_fail(known.clauses, api_arn))

    def add_decision(self, decision: Decision, *, name: str, place: str = "") -> None:
        """Count a decision that was made outside of case files as a case.

        Args:
            decision: from ``authorize``.
            name: the name of the case in the report.
            place: its place, such as ``tests/test_orders.py:12``.
        """
        self.add_policies(decision.request.caller, decision.target)
        self._count((decision,), Example(place, name))

    def add_response(self, response: GatewayResponse, *, name: str, place: str = "") -> None:
        """Count the response to a call that was made outside of case files as a case.

        Args:
            response: from ``Api.invoke``. It does not include policies that no gate evaluated: give the API and
                the caller to ``add_policies``.
            name: the name of the case in the report.
            place: its place.
        """
        self._count(
            (step.decision for step in response.steps if step.decision is not None),
            Example(place, name),
        )

    def _count(self, decisions: Iterable[Decision], example: Example) -> None:
        """Count a case with all of its decisions."""
        self._cases += 1
        shown: dict[PolicyCounts, set[Observation]] = {}
        for decision in decisions:
            for policy, found in observations(decision):
                shown.setdefault(self._remembered(policy).counts, set()).update(found)
        order = order_of(example)
        for counts, found_of in shown.items():
            counts.count(found_of, example, order)

    def _remembered(self, policy: Policy) -> _KnownPolicy:
        known = self._known.get(id(policy))
        if known is None:
            found = outline_policy(policy)
            key = found.outline.key(policy.name)
            counts = self._policies.get(key)
            if counts is None:
                counts = self._policies[key] = PolicyCounts(found.outline, _which_can_fail(found.clauses, ""))
                self._texts[found.outline.digest] = found.text
            counts.names.add(policy.name)
            counts.kinds.add(policy.kind.value)
            known = self._known[id(policy)] = _KnownPolicy(policy, counts, found.clauses, set())
        return known

    def merge(self, other: StatementCoverage) -> None:
        """Add the counts of another coverage, such as that of another process."""
        self._cases += other._cases
        self._texts.update(other._texts)
        for key, counts in other._policies.items():
            ours = self._policies.get(key)
            if ours is None:
                ours = self._policies[key] = PolicyCounts(counts.outline, counts.can_fail)
            ours.merge(counts)

    def report(self) -> CoverageReport:
        """The report on the cases that were added so far."""
        return CoverageReport(sorted(self._reports(), key=policy_order), cases=self._cases)

    def _reports(self) -> Iterable[PolicyReport]:
        return (counts.report(self._texts[counts.outline.digest]) for counts in self._policies.values())

    def to_state(self) -> dict[str, Any]:
        """All counts as plain JSON data, which another process reads with ``from_state``."""
        from execpolicy.testing.coverage.state import state_of

        return state_of(self._policies.values(), self._texts, self._cases)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> StatementCoverage:
        """The coverage from the data of ``to_state``.

        Raises:
            UsageError: the data come from another version of this library.
        """
        from execpolicy.testing.coverage.state import policies_of_state

        coverage = cls()
        coverage._policies = {counts.outline.key(min(counts.names)): counts for counts in policies_of_state(state)}
        coverage._texts = dict(state["texts"])
        coverage._cases = state["cases"]
        return coverage

    def __reduce__(self) -> tuple[Any, ...]:
        return StatementCoverage.from_state, (self.to_state(),)


def _which_can_fail(statements: StatementClauses, api_arn: str) -> CanFail:
    return tuple(tuple(can_fail(clause, api_arn) for clause in clauses) for clauses in statements)
