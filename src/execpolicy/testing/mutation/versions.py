"""A statement before and after a change, compiled, among the other statements of its policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledStatement, compile_statement


class StatementVersions(NamedTuple):
    """What a change does to one policy: ``new`` is None where it drops the statement."""

    old: CompiledStatement
    new: CompiledStatement | None
    others: tuple[CompiledStatement, ...]


class StatementCompiler:
    """Compiles the statements of policies that were read from one document, each once."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._table = ClauseTable()
        self._statements = [
            [self.statement(policy, statement) for statement in policy.statements] for policy in policies
        ]

    def statement(self, policy: Policy, statement: Statement) -> CompiledStatement:
        """A statement of a policy, or one made of it."""
        return compile_statement(policy, statement, self._table)

    def versions(self, mutants: Sequence[Policy], number: int) -> list[StatementVersions]:
        """What became of a statement in each policy.

        Args:
            mutants: for each policy, what was made of it.
            number: the number of the statement that was changed or dropped.
        """
        found: list[StatementVersions] = []
        for statements, mutant in zip(self._statements, mutants, strict=True):
            kept = len(mutant.statements) == len(statements)
            new = self.statement(mutant, mutant.statements[number]) if kept else None
            others = tuple(each for each in statements if each.statement.number != number)
            found.append(StatementVersions(statements[number], new, others))
        return found
