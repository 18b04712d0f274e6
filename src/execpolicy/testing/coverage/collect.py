"""Cases, added one by one, and what they have shown of the policies so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.decision import Decision
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.case_file.model import DocumentCase
from execpolicy.testing.coverage.bound import Binding, policies_of
from execpolicy.testing.coverage.entry import Entry, Sides
from execpolicy.testing.coverage.model import PolicyReport, policy_order
from execpolicy.testing.coverage.observe import Sighting, sightings
from execpolicy.testing.coverage.outline import Clauses, outlined
from execpolicy.testing.coverage.report import CoverageReport
from execpolicy.testing.coverage.second_side import can_fail
from execpolicy.testing.coverage.tally import Example, order_of
from execpolicy.testing.run.result import CaseResult


class _Known(NamedTuple):
    """A policy that was met: its clauses, its entry, and the homes (see ``can_fail``) where it is known to be bound."""

    policy: Policy
    entry: Entry
    clauses: Clauses
    homes: set[str]


class StatementCoverage:
    """Which statements decided, and which clauses alone stopped a statement, in the cases that were added.

    A case counts whether or not it passed. The order in which cases are added, and which part of them was added to
    another coverage that is merged, change nothing.

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
        self._entries: dict[tuple[str, ...], Entry] = {}
        #: The texts that spans are of, by their digest.
        self._texts: dict[str, str] = {}
        self._cases = 0
        #: By the id of a policy, which is kept so that no other takes it.
        self._known: dict[int, _Known] = {}

    def add(self, result: CaseResult) -> None:
        """Count a case: its policies, and what its decisions show of them.

        Args:
            result: of an item of a case file, from ``run_item``. Of a sequence, each call counts as a case; documents
                count nothing.
        """
        self.add_policies(result.case)
        self._add(result, ())

    def _add(self, result: CaseResult, within: tuple[str, ...]) -> None:
        names = (*within, result.case.name)
        if result.calls:
            for call in result.calls:
                self._add(call, names)
        elif not isinstance(result.case, DocumentCase):
            self._count(result.decisions, Example(result.case.place, ": ".join(names)))

    def add_policies(self, *bindings: Binding) -> None:
        """Count policies as ones that ought to be covered, whether or not a case reaches them.

        Args:
            bindings: policies, or what binds them: callers, targets, APIs, items of case files. Those of results that
                are added need not be named.
        """
        for binding in bindings:
            for policy, home in policies_of(binding):
                known = self._remembered(policy)
                if home not in known.homes:
                    known.homes.add(home)
                    known.entry.bind(_sides(known.clauses, home))

    def add_decision(self, decision: Decision, *, name: str, place: str = "") -> None:
        """Count a decision that was made outside of case files, as a case of its own.

        Args:
            decision: from ``authorize``.
            name: what the report calls the case.
            place: where it stands, such as ``tests/test_orders.py:12``.
        """
        self.add_policies(decision.request.caller, decision.target)
        self._count((decision,), Example(place, name))

    def add_response(self, response: GatewayResponse, *, name: str, place: str = "") -> None:
        """Count the answer to a call that was made outside of case files, as a case of its own.

        Args:
            response: from ``Api.invoke``. It does not know of policies that no gate asked: name the API, and the
                caller, to ``add_policies``.
            name: what the report calls the case.
            place: where it stands.
        """
        self._count(
            (step.decision for step in response.steps if step.decision is not None),
            Example(place, name),
        )

    def _count(self, decisions: Iterable[Decision], example: Example) -> None:
        """One case, however many decisions it took."""
        self._cases += 1
        shown: dict[Entry, set[Sighting]] = {}
        for decision in decisions:
            for policy, found in sightings(decision):
                shown.setdefault(self._remembered(policy).entry, set()).update(found)
        order = order_of(example)
        for entry, found_of in shown.items():
            entry.count(found_of, example, order)

    def _remembered(self, policy: Policy) -> _Known:
        known = self._known.get(id(policy))
        if known is None:
            found = outlined(policy)
            key = found.outline.key(policy.name)
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = Entry(found.outline, _sides(found.clauses, ""))
                self._texts[found.outline.digest] = found.text
            entry.names.add(policy.name)
            entry.kinds.add(policy.kind.value)
            known = self._known[id(policy)] = _Known(policy, entry, found.clauses, set())
        return known

    def merge(self, other: StatementCoverage) -> None:
        """Add everything that another coverage has counted, such as that of another process."""
        self._cases += other._cases
        self._texts.update(other._texts)
        for key, entry in other._entries.items():
            ours = self._entries.get(key)
            if ours is None:
                ours = self._entries[key] = Entry(entry.outline, entry.sides)
            ours.merge(entry)

    def report(self) -> CoverageReport:
        """What the cases have shown so far."""
        return CoverageReport(sorted(self._reports(), key=policy_order), cases=self._cases)

    def _reports(self) -> Iterable[PolicyReport]:
        return (entry.report(self._texts[entry.outline.digest]) for entry in self._entries.values())

    def to_state(self) -> dict[str, Any]:
        """Everything that was counted, as plain JSON data, for another process to read with ``from_state``."""
        from execpolicy.testing.coverage.state import state_of

        return state_of(self._entries.values(), self._texts, self._cases)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> StatementCoverage:
        """What ``to_state`` wrote.

        Raises:
            UsageError: it comes from another version of this library.
        """
        from execpolicy.testing.coverage.state import entries_of

        coverage = cls()
        coverage._entries = {entry.outline.key(min(entry.names)): entry for entry in entries_of(state)}
        coverage._texts = dict(state["texts"])
        coverage._cases = state["cases"]
        return coverage

    def __reduce__(self) -> tuple[Any, ...]:
        return StatementCoverage.from_state, (self.to_state(),)


def _sides(statements: Clauses, home: str) -> Sides:
    return tuple(tuple(can_fail(clause, home) for clause in clauses) for clauses in statements)
