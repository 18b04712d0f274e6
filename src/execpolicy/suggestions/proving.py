"""Writes the changes of policies, and proves that they open nothing but what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from os.path import realpath
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.analysis.comparison import Comparison, ComparisonVerdict, Difference
from execpolicy.analysis.outside import compare_outside
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_statement
from execpolicy.suggestions.opened_words import opened_words
from execpolicy.suggestions.suggestion import SuggestedChange
from execpolicy.suggestions.written_change import NotWritten, WrittenPolicy, written

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.suggestions.candidate import Candidate


class ProvenChange(NamedTuple):
    """A policy with changes that are proven to open nothing else."""

    changes: tuple[SuggestedChange, ...]
    before: Policy
    written: WrittenPolicy
    outside: Comparison


class NotProven(NamedTuple):
    """Why changes are not suggested."""

    reason: str


class Prover:
    """Writes and proves changes, each set of changes of one policy once.

    Args:
        policies: all policies that are given.
        budget: the steps of each proof; None for the default.
    """

    def __init__(self, policies: Iterable[Policy], budget: int | None) -> None:
        self._uses = Counter(map(_place_of, dict.fromkeys(policies)))
        self._budget = budget
        self._written: dict[tuple[int, ...], WrittenPolicy | NotWritten] = {}
        self._proven: dict[tuple[int, ...], ProvenChange | NotProven] = {}
        #: Keeps the candidates, whose identities are the keys.
        self._kept: list[Sequence[Candidate]] = []

    def written(self, candidates: Sequence[Candidate]) -> WrittenPolicy | NotWritten:
        """The policy of some candidates with their changes."""
        key = tuple(map(id, candidates))
        if key not in self._written:
            self._kept.append(candidates)
            self._written[key] = self._write(candidates)
        return self._written[key]

    def _write(self, candidates: Sequence[Candidate]) -> WrittenPolicy | NotWritten:
        policy = candidates[0].policy
        if policy.source is not None and self._uses[_place_of(policy)] > 1:
            reason = f"{policy.name} is given for several policies, and a change would change all of them"
            return NotWritten(reason, can_be_by_hand=False)
        return written(policy, [each.change for each in candidates])

    def proven(self, candidates: Sequence[Candidate]) -> ProvenChange | NotProven:
        """The changes of some candidates of one policy with their proof."""
        key = tuple(map(id, candidates))
        if key not in self._proven:
            self._proven[key] = self._prove(candidates)
        return self._proven[key]

    def _prove(self, candidates: Sequence[Candidate]) -> ProvenChange | NotProven:
        found = self.written(candidates)
        if isinstance(found, NotWritten):
            return NotProven(found.reason)
        policy = candidates[0].policy
        changes = tuple(_described(each, found.policy) for each in candidates)
        outside = compare_outside([each.statement for each in changes], policy, found.policy, budget=self._budget)
        if outside.verdict is not ComparisonVerdict.EQUAL:
            what = " and ".join(each.what for each in candidates)
            return NotProven(f"{what} ({policy.name}) is not suggested: {', '.join(outside.unknown)}")
        return ProvenChange(changes, policy, found, outside)


def _place_of(policy: Policy) -> tuple[str, int, int]:
    """Where a document stands: its file, whichever path leads there, and its place in it."""
    root = policy.root
    return (realpath(policy.name if policy.source is None else policy.source.name), root.start, root.end)


def _described(candidate: Candidate, after: Policy) -> SuggestedChange:
    """A candidate with the requests that it opens, as a statement and in words."""
    policy = after if candidate.opened is None else candidate.policy
    opened = after.statements[-1] if candidate.opened is None else candidate.opened
    sid = None if candidate.opened is None or candidate.opened.sid is None else candidate.opened.sid.value
    words = opened_words(opened, policy.kind, policy.name)
    statement = compile_statement(policy, opened, ClauseTable())
    return SuggestedChange(
        candidate.kind, candidate.layer, candidate.policy, candidate.number, sid, candidate.what, words, statement
    )


#: The comparison of several policies, each of which is equal outside of what its changes open.
EQUAL_OUTSIDE = Comparison(Difference(), Difference(), ())
