"""The statements of a layer as a table: a row for each statement, and every distinct clause once, by its number.

Most clauses have the same result for all requests that differ only in the resource. A statement with one plain resource
clause, and otherwise such clauses, has one of two results, by whether the resource matches. Statements that differ only
in the resource are one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from execpolicy._base.characters import with_unknown_in_words
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.policy import Policy
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.compile import CompiledPolicy, CompiledStatement, Occurrence
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.arn import index_after_api
from execpolicy.language.context_keys import RESOURCE_KEYS

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.language.glob import Matcher

    #: Element, operator, key and values.
    _ClauseText: TypeAlias = tuple[str, str, str, tuple[str, ...]]


class ClauseRef:
    """A clause of a statement: as it is written, and its place in the policy.

    ``operator`` and ``key`` are empty for all but conditions. Explanations read these attributes for every statement;
    those of a named tuple take several times as long.
    """

    __slots__ = ("element", "key", "occurrence", "operator", "policy", "values")

    def __init__(self, text: _ClauseText, occurrence: Occurrence, policy: Policy) -> None:
        self.element, self.operator, self.key, self.values = text
        self.occurrence = occurrence
        self.policy = policy


class StatementRow:
    """A statement with its clauses, and their numbers; ``level`` is that of its policy."""

    __slots__ = ("clause_numbers", "clauses", "effect", "level", "number", "sid", "statement")

    def __init__(
        self,
        statement: CompiledStatement,
        level: int,
        clauses: tuple[ClauseRef, ...],
        clause_numbers: tuple[int, ...],
    ) -> None:
        self.number = statement.statement.number
        self.sid = statement.sid
        self.effect = statement.statement.effect
        self.clauses = clauses
        self.clause_numbers = clause_numbers
        self.statement = statement
        self.level = level


class PolicyRows(NamedTuple):
    """A policy, its level, and its rows from ``start`` to before ``end``."""

    policy: Policy
    level: int
    start: int
    end: int


class StatementGroup(NamedTuple):
    """Statements that differ only in the resource: the numbers of their clauses, -1 for the resource."""

    clause_numbers: tuple[int, ...]
    principal: PrincipalClause | None


class StatementTable:
    """The statements of a layer.

    Clauses are numbered in this order: those with the same result for any resource, the resource clauses that read
    nothing of a request but the text of its resource, and the others.
    """

    __slots__ = (
        *("clauses", "clauses_by_key", "constant_clauses", "group_of_row", "groups", "levels", "other_clauses"),
        *("policies", "resource_matchers", "rows", "ungrouped_rows", "_rows_by_clause"),
    )

    def __init__(self, levels: Iterable[Iterable[CompiledPolicy]]) -> None:
        statements: list[tuple[CompiledStatement, int]] = []
        self.policies: list[PolicyRows] = []
        self.levels = 0
        for level, policies in enumerate(levels):
            self.levels += 1
            for compiled in policies:
                start = len(statements)
                statements += [(statement, level) for statement in compiled.statements]
                self.policies.append(PolicyRows(compiled.policy, level, start, len(statements)))
        numbers = self._number_clauses(statement for statement, _ in statements)
        texts: dict[int, _ClauseText] = {}
        self.rows = [_row(statement, level, numbers, texts) for statement, level in statements]
        self._group()
        self._rows_by_clause: dict[int, list[int]] | None = None

    def _number_clauses(self, statements: Iterable[CompiledStatement]) -> dict[int, int]:
        """The number of each clause, by its identity."""
        distinct = {id(each.clause): each.clause for statement in statements for each in statement.occurrences}
        constant = [clause for clause in distinct.values() if _is_constant(clause)]
        matched = [(clause, match) for clause in distinct.values() if (match := _matcher(clause)) is not None]
        sorted_out = {id(clause) for clause in (*constant, *(clause for clause, _ in matched))}
        #: The clauses with the same result for any resource.
        self.constant_clauses = constant
        #: The matchers of the resource clauses that read only the text of the resource.
        self.resource_matchers = [match for _, match in matched]
        self.other_clauses = [clause for number, clause in distinct.items() if number not in sorted_out]
        #: All clauses, by their numbers.
        self.clauses: tuple[Clause, ...] = (*constant, *(clause for clause, _ in matched), *self.other_clauses)
        #: The numbers of the clauses that read a context key, by its lower-case name.
        self.clauses_by_key: dict[str, list[int]] = {}
        for number, clause in enumerate(self.clauses):
            for key in dict.fromkeys(clause.keys()):
                self.clauses_by_key.setdefault(key, []).append(number)
        return {id(clause): number for number, clause in enumerate(self.clauses)}

    def _group(self) -> None:
        numbers: dict[tuple[int, ...], int] = {}
        self.groups: list[StatementGroup] = []
        #: The rows in no group: more than one of their clauses depends on the resource, or on more than its text.
        self.ungrouped_rows: list[int] = []
        #: For each row the number of its resource clause, and its group; (0, -1) for a row in no group.
        self.group_of_row: list[tuple[int, int]] = []
        first = len(self.constant_clauses)
        last = first + len(self.resource_matchers)
        for at, row in enumerate(self.rows):
            varying = [number for number in row.clause_numbers if number >= first]
            if len(varying) != 1 or varying[0] >= last:
                self.ungrouped_rows.append(at)
                self.group_of_row.append((0, -1))
                continue
            clauses = tuple([-1 if number >= first else number for number in row.clause_numbers])
            group = numbers.setdefault(clauses, len(numbers))
            if group == len(self.groups):
                self.groups.append(StatementGroup(clauses, row.statement.principal))
            self.group_of_row.append((varying[0], group))

    @property
    def rows_by_clause(self) -> Mapping[int, Sequence[int]]:
        """The rows that have a clause, by the number of the clause; twice where a row has it twice."""
        found = self._rows_by_clause
        if found is None:
            found = {}
            for at, row in enumerate(self.rows):
                for number in row.clause_numbers:
                    found.setdefault(number, []).append(at)
            # Two threads may both make it: with equal results, and the last one stays.
            self._rows_by_clause = found
        return found


def _is_constant(clause: Clause) -> bool:
    """Whether the result is the same for any resource."""
    return not isinstance(clause, ResourceClause) and RESOURCE_KEYS.isdisjoint(clause.keys())


def _matcher(clause: Clause) -> Matcher | None:
    """The test of a resource clause that reads nothing but the text of the resource."""
    if (
        not isinstance(clause, ResourceClause)
        or clause.never_matches
        or any(entry.fixed is None for entry in clause.entries)
    ):
        return None
    short = [match for entry in clause.entries if entry.short for _, match in entry.fixed or ()]
    whole = [match for entry in clause.entries if not entry.short for _, match in entry.fixed or ()]
    negated = clause.negated
    if len(whole) == 1 and not short and not negated:
        return whole[0]

    def match(text: str) -> bool:
        if short:
            slash = index_after_api(text)
            if slash >= 0:
                path = text[slash:]
                for matches in short:
                    if matches(path):
                        return not negated
        for matches in whole:
            if matches(text):
                return not negated
        return negated

    return match


def _row(
    statement: CompiledStatement, level: int, numbers: dict[int, int], texts: dict[int, _ClauseText]
) -> StatementRow:
    clauses = []
    for occurrence in statement.occurrences:
        clause = occurrence.clause
        text = texts.get(id(clause))
        if text is None:
            about = ("", "")
            if isinstance(clause, ConditionClause):
                about = (str(clause.operator), clause.key)
            elif isinstance(clause, (EmptyConditionClause, UnknownPartClause)):
                about = (clause.operator, "")
            text = texts[id(clause)] = (clause.element, *about, tuple(map(with_unknown_in_words, clause.values)))
        clauses.append(ClauseRef(text, occurrence, statement.policy))
    clause_numbers = tuple([numbers[id(each.clause)] for each in statement.occurrences])
    return StatementRow(statement, level, tuple(clauses), clause_numbers)
