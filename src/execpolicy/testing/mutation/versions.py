"""Compiles a statement before and after a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledStatement, compile_statement


class StatementVersions(NamedTuple):
    """A statement before and after a change, with the others of its policy; ``new`` is None if it is dropped."""

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
        """The compiled form of a statement of a policy, or of a part of one."""
        return compile_statement(policy, statement, self._table)

    def versions(self, mutants: Sequence[Policy], number: int) -> list[StatementVersions]:
        """The versions of a statement in each policy.

        Args:
            mutants: the changed policies, in the same order.
            number: the number of the statement that was changed or dropped.
        """
        found: list[StatementVersions] = []
        for statements, mutant in zip(self._statements, mutants, strict=True):
            kept = len(mutant.statements) == len(statements)
            new = self.statement(mutant, mutant.statements[number]) if kept else None
            others = tuple(each for each in statements if each.statement.number != number)
            found.append(StatementVersions(statements[number], new, others))
        return found
