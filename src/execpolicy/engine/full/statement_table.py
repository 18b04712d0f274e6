"""The statements of a layer as a table: a row for each statement, and every distinct clause once, by its number.

Most clauses have the same result for all requests that differ only in the resource. A statement with one plain resource
clause, and otherwise such clauses, has one of two results, by whether the resource matches. Statements that differ only
in the resource are one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.characters import with_unknown_in_words
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.policy import Policy
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.compile import CompiledPolicy, CompiledStatement, Occurrence
from execpolicy.engine.full.statement_result import StatementResult, statement_result
from execpolicy.engine.full.tried_resources import TriedResources
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.glob import normalised
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from execpolicy.engine.full.doubtful_resources import DoubtfulResources
    from execpolicy.engine.view import View
    from execpolicy.errors import Span
    from execpolicy.language.truth import Truth

    #: Element, operator and values.
    _ClauseText: TypeAlias = tuple[str, str, tuple[str, ...]]
    #: A statement, its first clause that does not hold, whether it applies, and how strongly it names the caller.
    TracedRow: TypeAlias = tuple["StatementRow", "ClauseRef | None", Truth, Grant]


class ClauseRef:
    """A clause of a statement: as it is written, and its place in the policy.

    ``operator`` and ``key`` are empty for all but conditions. Explanations read these attributes for every statement;
    those of a named tuple take several times as long.
    """

    __slots__ = ("_place_and_span", "data", "element", "key", "occurrence", "operator", "policy", "values")

    def __init__(self, text: _ClauseText, occurrence: Occurrence, policy: Policy) -> None:
        self.element, self.operator, self.values = text
        self.key = occurrence.key
        self.occurrence = occurrence
        self.policy = policy
        self._place_and_span: tuple[str, Span | None] | None = None
        #: What is the same of it in the plain data of all explanations, kept by ``explain/as_data.py``.
        self.data: dict[str, Any] | None = None

    @property
    def place_and_span(self) -> tuple[str, Span | None]:
        """Its place as text, and its span in the text of the policy; found when they are first read."""
        found = self._place_and_span
        if found is None:
            place = self.policy.place(self.occurrence, self.occurrence.path)
            self._place_and_span = found = place, self.policy.span(self.occurrence)
        return found


class StatementRow:
    """A statement with its clauses, and their numbers; ``level`` is that of its policy."""

    __slots__ = (
        "_place",
        "_span",
        "clause_numbers",
        "clauses",
        "data",
        "effect",
        "level",
        "number",
        "sid",
        "statement",
    )

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
        self._place = ""
        self._span: Span | None = None
        #: As the ``data`` of a clause.
        self.data: dict[str, Any] | None = None

    @property
    def place(self) -> str:
        """Its place as text, written when it is first read."""
        if not self._place:
            self._place = self.statement.place
        return self._place

    @property
    def span(self) -> Span | None:
        """Its place in the text of the policy, found when it is first read."""
        if self._span is None and self.statement.policy.source is not None:
            self._span = self.statement.span
        return self._span


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

    def result(self, truths: Sequence[Truth], resource: bool, view: View) -> StatementResult:
        """The result of its statements, by the results of the constant clauses and of the resource."""
        clauses = [resource if number < 0 else truths[number] for number in self.clause_numbers]
        return statement_result(clauses, self.principal, view)


def traced_row(row: StatementRow, result: StatementResult) -> TracedRow:
    """What the trace of a statement shows of its result."""
    failed = result.failed
    return row, None if failed is None else row.clauses[failed], result.applies, result.grant


class UnmatchedRows:
    """The results of the rows of a table where their resources do not match.

    The result of a row in no group has no meaning.
    """

    __slots__ = ("_traced", "results")

    def __init__(self, results: list[StatementResult]) -> None:
        self.results = results
        self._traced: list[TracedRow] | None = None

    def traced(self, rows: Sequence[StatementRow]) -> list[TracedRow]:
        """What traces show of these results, made when it is first needed."""
        traced = self._traced
        if traced is None:
            # Two threads may both make one: with equal content, and the last one stays.
            self._traced = traced = list(map(traced_row, rows, self.results))
        return traced


#: The number of results of constant clauses for which a table keeps the results of its rows.
MAX_UNMATCHED = 16
#: A placeholder for the result of a statement that is in no group.
_NO_RESULT = StatementResult(None, Grant.NONE, None, Grant.NONE)


class StatementTable:
    """The statements of a layer.

    Clauses are numbered in this order: those with the same result for any resource, the resource clauses that read
    nothing of a request but the text of its resource, and the others.
    """

    __slots__ = (
        *("clauses", "clauses_by_key", "constant_clauses", "group_of_row", "groups", "levels"),
        *("no_resources", "other_clauses", "plain_resources", "policies", "principals", "rows", "rows_by_clause"),
        *("resources", "ungrouped_rows"),
        *("_allows_by_group", "_doubtful_resources", "_heads", "_unmatched"),
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
        #: The rows that have a clause, by the number of the clause; twice where a row has it twice.
        self.rows_by_clause: dict[int, list[int]] = {}
        for at, row in enumerate(self.rows):
            for number in row.clause_numbers:
                self.rows_by_clause.setdefault(number, []).append(at)
        self._group()
        self._unmatched: dict[tuple[Truth, ...], UnmatchedRows] = {}
        # Two threads may both make one of these: with equal results, and the last one stays.
        self._doubtful_resources: DoubtfulResources | None = None
        self._allows_by_group: list[list[int]] | None = None
        self._heads: list[str | None] | None = None

    def _number_clauses(self, statements: Iterable[CompiledStatement]) -> dict[int, int]:
        """The number of each clause, by its identity."""
        distinct = {id(each.clause): each.clause for statement in statements for each in statement.occurrences}
        constant = [clause for clause in distinct.values() if _is_constant(clause)]
        plain = [clause for clause in distinct.values() if isinstance(clause, ResourceClause) and _reads_text(clause)]
        sorted_out = {id(clause) for clause in (*constant, *plain)}
        #: The clauses with the same result for any resource.
        self.constant_clauses = constant
        #: The resource clauses that read only the text of the resource.
        self.plain_resources = plain
        #: Their results where none of them holds.
        self.no_resources: list[Truth] = [False] * len(plain)
        self.other_clauses = [clause for number, clause in distinct.items() if number not in sorted_out]
        #: All clauses, by their numbers.
        self.clauses: tuple[Clause, ...] = (*constant, *plain, *self.other_clauses)
        #: The clauses that name callers.
        self.principals = [each for each in constant if isinstance(each, PrincipalClause) and not each.negated]
        self.resources = TriedResources(plain, len(constant))
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
        #: The group of each row; -1 for a row in no group.
        self.group_of_row: list[int] = []
        first = len(self.constant_clauses)
        last = first + len(self.plain_resources)
        for at, row in enumerate(self.rows):
            varying = [number for number in row.clause_numbers if number >= first]
            if len(varying) != 1 or varying[0] >= last:
                self.ungrouped_rows.append(at)
                self.group_of_row.append(-1)
                continue
            clauses = tuple([-1 if number >= first else number for number in row.clause_numbers])
            group = numbers.setdefault(clauses, len(numbers))
            if group == len(self.groups):
                self.groups.append(StatementGroup(clauses, row.statement.principal))
            self.group_of_row.append(group)

    def unmatched(self, constant: tuple[Truth, ...], view: View) -> UnmatchedRows:
        """The result of each row where its resource does not match, by the results of the constant clauses."""
        found = self._unmatched.get(constant)
        if found is None:
            of_groups = [group.result(constant, False, view) for group in self.groups]
            found = UnmatchedRows([of_groups[group] if group >= 0 else _NO_RESULT for group in self.group_of_row])
            if len(self._unmatched) >= MAX_UNMATCHED:
                self._unmatched.clear()
            self._unmatched[constant] = found
        return found

    @property
    def doubtful_resources(self) -> DoubtfulResources:
        """The plain resource clauses whose result may depend on an assumed rule, made when they are first needed."""
        found = self._doubtful_resources
        if found is None:
            from execpolicy.engine.full.doubtful_resources import DoubtfulResources

            self._doubtful_resources = found = DoubtfulResources(self.plain_resources, len(self.constant_clauses))
        return found

    @property
    def allows_by_group(self) -> list[list[int]]:
        """The rows of the Allow statements of each group."""
        found = self._allows_by_group
        if found is None:
            found = [[] for _ in self.groups]
            for at, group in enumerate(self.group_of_row):
                if group >= 0 and self.rows[at].effect == "Allow":
                    found[group].append(at)
            self._allows_by_group = found
        return found

    @property
    def heads(self) -> list[str | None]:
        """The text with which every ARN begins that the resource of a row matches.

        None for a row in no group, and where the resource has several patterns, or one of a short form.
        """
        heads = self._heads
        if heads is None:
            heads = [None] * len(self.rows)
            for number, clause in enumerate(self.plain_resources, len(self.constant_clauses)):
                head = _head(clause)
                for at in self.rows_by_clause[number]:
                    heads[at] = head if self.group_of_row[at] >= 0 else None
            self._heads = heads
        return heads


def _is_constant(clause: Clause) -> bool:
    """Whether the result is the same for any resource."""
    return not isinstance(clause, ResourceClause) and RESOURCE_KEYS.isdisjoint(clause.keys())


def _reads_text(clause: ResourceClause) -> bool:
    """Whether a resource clause reads nothing but the text of the resource."""
    return not clause.never_matches and all(entry.fixed is not None for entry in clause.entries)


def _head(clause: ResourceClause) -> str | None:
    """The literal text that the only entry of a plain resource clause begins with."""
    if clause.negated or len(clause.entries) != 1 or clause.entries[0].short or not clause.entries[0].fixed:
        return None
    tokens = normalised(clause.entries[0].fixed[0][0])
    return tokens[0] if tokens and isinstance(tokens[0], str) else ""


def _row(
    statement: CompiledStatement, level: int, numbers: dict[int, int], texts: dict[int, _ClauseText]
) -> StatementRow:
    clauses = []
    for occurrence in statement.occurrences:
        clause = occurrence.clause
        text = texts.get(id(clause))
        if text is None:
            operator = ""
            if isinstance(clause, (ConditionClause, EmptyConditionClause, UnknownPartClause)):
                operator = str(clause.operator)
            text = texts[id(clause)] = (clause.element, operator, tuple(map(with_unknown_in_words, clause.values)))
        clauses.append(ClauseRef(text, occurrence, statement.policy))
    clause_numbers = tuple([numbers[id(each.clause)] for each in statement.occurrences])
    return StatementRow(statement, level, tuple(clauses), clause_numbers)
