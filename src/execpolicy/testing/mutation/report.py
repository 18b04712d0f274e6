"""The mutation report: the mutants that items detect or do not detect, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen
from execpolicy.testing.mutation.case_file_text import case_file_document
from execpolicy.testing.mutation.missing_cases import MissingCase
from execpolicy.testing.mutation.mutant import Mutant

SCHEMA_VERSION = 1


class MutationReport(Frozen):
    """All mutants with their results, in the order of policies, statements and operators.

    Attributes:
        mutants: all of them.
        missing: cases that pass and would detect mutants that survived, each with those mutants.

    ``str()`` is ``text()``.
    """

    __slots__ = ("missing", "mutants")
    mutants: tuple[Mutant, ...]
    missing: tuple[MissingCase, ...]

    def __init__(self, mutants: Iterable[Mutant], *, missing: Iterable[MissingCase] = ()) -> None:
        self._set(mutants=tuple(mutants), missing=tuple(missing))

    @property
    def killed(self) -> tuple[Mutant, ...]:
        """The mutants that an item detected."""
        return self._of("killed")

    @property
    def survived(self) -> tuple[Mutant, ...]:
        """The mutants that no item detected, although a request can."""
        return self._of("survived")

    @property
    def equivalent(self) -> tuple[Mutant, ...]:
        """The mutants that are equivalent to the policy, which do not count."""
        return self._of("equivalent")

    def _of(self, fate: str) -> tuple[Mutant, ...]:
        return tuple(mutant for mutant in self.mutants if mutant.fate == fate)

    @property
    def score(self) -> float:
        """The share of killed mutants among those that are not equivalent, from 0 to 1; 1 if there are none."""
        killed, survived = len(self.killed), len(self.survived)
        return killed / (killed + survived) if killed + survived else 1.0

    @property
    def percent(self) -> float:
        """The score in percent, rounded down to one decimal: only a full score is 100."""
        killed, survived = len(self.killed), len(self.survived)
        return killed * 1000 // (killed + survived) / 10 if killed + survived else 100.0

    def text(self, *, diffs: bool = False) -> str:
        """The report for people: the score, and the mutants that survived by the case that would detect them.

        Args:
            diffs: whether to show the diff of each mutant that survived, and each equivalent mutant.
        """
        return "\n".join(self._lines(diffs=diffs)) + "\n"

    def _lines(self, *, diffs: bool) -> Iterator[str]:
        killed, survived, equivalent = len(self.killed), len(self.survived), len(self.equivalent)
        total = killed + survived
        aside = f"; {equivalent} equivalent, not counted" if equivalent else ""
        yield f"Mutation score: {self.percent:.1f}% ({killed} of {total} killed, {survived} survived{aside})"
        for policy, group in groupby(self.mutants, key=lambda mutant: mutant.policy):
            mutants = list(group)
            left = [mutant for mutant in mutants if mutant.fate == "survived"]
            if left:
                counted = sum(mutant.fate != "equivalent" for mutant in mutants)
                yield f"\n{printable(policy)}: {len(left)} of {counted} survived"
                yield from self._survivors(left, diffs=diffs)
        if equivalent and diffs:
            yield "\nEquivalent: these decide all requests as the policy does"
            for mutant in self.equivalent:
                yield printable(f"  {mutant.place}: {mutant.words}: {mutant.equivalent}")

    def _survivors(self, mutants: Iterable[Mutant], *, diffs: bool) -> Iterator[str]:
        """The mutants of a policy below the case that would detect them, or the advice on one."""
        cases = {id(mutant): missing.case.name for missing in self.missing for mutant in missing.detects}
        groups: dict[str, list[Mutant]] = {}
        for mutant in mutants:
            name = cases.get(id(mutant))
            groups.setdefault(mutant.advice if name is None else f"add the case {name}", []).append(mutant)
        # The case that would detect most of them is first.
        for advice, group in sorted(groups.items(), key=lambda found: -len(found[1])):
            yield "\n" + printable(f"  {advice}")
            for mutant in group:
                sid = f" ({mutant.sid})" if mutant.sid else ""
                yield printable(f"    {mutant.place}: Statement[{mutant.statement}]{sid}: {mutant.words}")
                if diffs:
                    yield from (f"      {line}" for line in mutant.diff.splitlines())

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, in the schema ``docs/schemas/mutation-1.json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "percent": self.percent,
            "killed": len(self.killed),
            "survived": len(self.survived),
            "equivalent": len(self.equivalent),
            "mutants": [mutant.to_dict() for mutant in self.mutants],
            "missing": self._missing_data(),
        }

    def _missing_data(self) -> dict[str, Any] | None:
        """The missing cases as a case file, and by name the numbers of the mutants that each would detect."""
        if not self.missing:
            return None
        document, numbers = case_file_document(self.missing), {id(each): n for n, each in enumerate(self.mutants)}
        found = zip(document["cases"], self.missing, strict=True)
        detects = {case["name"]: [numbers[id(each)] for each in missing.detects] for case, missing in found}
        return {"case_file": document, "detects": detects}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<MutationReport: {self.percent:.1f}% of {len(self.killed) + len(self.survived)}>"
