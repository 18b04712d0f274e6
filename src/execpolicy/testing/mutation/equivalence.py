"""Proves that a changed policy is equivalent to the old one: it decides all requests in the same way.

It is, if it denies the same requests, and allows the same ones of the others, as strongly (EVL-4). So others must have
what the changed statement loses, and what it gains. The analysis of all requests decides that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.covering import Covering
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.side import base_view, names_other_service
from execpolicy.analysis.space import Space
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.compile import CompiledStatement
from execpolicy.testing.mutation.mutant import EquivalenceProof
from execpolicy.testing.mutation.versions import StatementVersions

#: The steps that the proof of one mutant may take. Where they are not enough, nothing is proven.
MAX_STEPS = 20_000


class EquivalenceProver:
    """Proves that changes of policies have no effect; the dimensions that many of them share are made once."""

    def __init__(self) -> None:
        self._builders = [
            DimensionBuilders(any_service=each, keeps=True, assumes_nothing=True) for each in (False, True)
        ]
        self._view = base_view(None)

    def prove(self, versions: Sequence[StatementVersions]) -> EquivalenceProof | None:
        """The proof that a change has no effect on any request; None if that is not certain.

        Args:
            versions: what the change does to each policy that was read from one document.
        """
        proofs = [self._proof(each) for each in versions]
        return proofs[0] if None not in proofs else None

    def _proof(self, versions: StatementVersions) -> EquivalenceProof | None:
        old, new, others = versions
        statements = [old, *([] if new is None else [new]), *others]
        builders = self._builders[any(map(names_other_service, statements))]
        budget = Budget(MAX_STEPS)
        try:
            space = Space(statements, self._view, builders, budget)
            # The statement itself is first: what it still contains needs no other statement.
            lost = _covers(space, budget, old, [*([] if new is None else [new]), *others])
            gained = (
                _Covers(set(), set()) if lost is None or new is None else _covers(space, budget, new, [old, *others])
            )
        except BudgetExceededError:
            return None
        if lost is None or gained is None:
            return None
        return _proof_of(old.statement.number, lost, gained, dropped=new is None)


def _covers(
    space: Space, budget: Budget, judged: CompiledStatement, others: Sequence[CompiledStatement]
) -> _Covers | None:
    """The statements that together have all requests of another one; None if that is not certain."""
    found = _Covers(set(), set())
    # NotPrincipal exempts no caller with a boundary (PRN-6).
    negated = any(each.principal is None and each.statement.principal is not None for each in (judged, *others))
    for has_boundary in (False, True) if negated else (False,):
        # Which requests exist depends on where the policy is attached: here any combination of values counts.
        covering = Covering(space, space.everything, (), judged.policy.kind, budget)
        boxes = tuple(space.boxes(judged, has_boundary=has_boundary))
        # What is denied need not be allowed.
        may_cover = (each for each in others if each.denies or not judged.denies)
        covers = [tuple(space.boxes(each, has_boundary=has_boundary)) for each in may_cover]
        if not covering.is_covered(boxes, (box for each in covers for box in each)):
            return None
        for each in covering.needed(boxes, [each for each in covers if each], last_first=True):
            statement = each[0].statement
            (found.holding if statement.denies is judged.denies else found.denying).add(statement.statement.number)
    return found


class _Covers(NamedTuple):
    """The numbers of statements that have the requests of another one, and of those that deny them."""

    holding: set[int]
    denying: set[int]

    def but(self, number: int) -> _Covers:
        """Those of other statements."""
        return _Covers(self.holding - {number}, self.denying)

    @property
    def is_empty(self) -> bool:
        return not (self.holding or self.denying)

    def __str__(self) -> str:
        named = ((("contained in", self.holding)), ("denied by", self.denying))
        return " or ".join(f"{how} {_statements(numbers)}" for how, numbers in named if numbers)


def _proof_of(number: int, lost: _Covers, gained: _Covers, *, dropped: bool) -> EquivalenceProof:
    """The proof, from the statements that have what the changed one loses and gains."""
    if lost.is_empty and gained.is_empty:
        return EquivalenceProof("never_applies", f"Statement[{number}] applies to no request")
    if dropped:
        return EquivalenceProof("contained", str(lost))
    changes = (("loses", lost.but(number)), ("gains", gained.but(number)))
    reasons = [f"what it {change} is {covers}" for change, covers in changes if not covers.is_empty]
    return (
        EquivalenceProof("contained", ", ".join(reasons))
        if reasons
        else EquivalenceProof("same_requests", "it applies to the same requests")
    )


def _statements(numbers: Iterable[int]) -> str:
    return listed([f"Statement[{number}]" for number in sorted(numbers)], "and")
