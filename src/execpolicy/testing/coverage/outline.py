"""The outline of a policy: its statements and clauses, with their places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable, ConditionClause, EmptyConditionClause
from execpolicy.engine.compile import CompiledStatement, Occurrence, compile_policy
from execpolicy.errors import Span


class ClauseOutline(NamedTuple):
    """A clause. ``operator`` and ``key`` are empty except for a condition."""

    element: str
    operator: str
    key: str
    place: str
    span: Span


class StatementOutline(NamedTuple):
    """A statement; ``number`` counts from 0."""

    number: int
    sid: str | None
    effect: str
    place: str
    span: Span
    clauses: tuple[ClauseOutline, ...]


class PolicyOutline(NamedTuple):
    """A policy.

    ``source`` is the name of its text. For a policy given as Python objects it is empty, and spans are those of its
    JSON text. ``digest`` distinguishes texts of the same name.
    """

    source: str
    digest: str
    statements: tuple[StatementOutline, ...]

    def key(self, name: str) -> tuple[str, ...]:
        """The identity of a policy: its text and its place in it, or its name if it has no text."""
        if not self.statements:
            return self.source, self.digest, name
        start = self.statements[0].span
        return self.source or name, self.digest, f"{start.line}:{start.column}", "" if self.source else "objects"


#: The clauses of each statement.
StatementClauses = tuple[tuple[Clause, ...], ...]


class OutlinedPolicy(NamedTuple):
    """An outline, the text that its spans refer to, and the clauses."""

    outline: PolicyOutline
    text: str
    clauses: StatementClauses


def outline_policy(policy: Policy) -> OutlinedPolicy:
    """The outline of a policy."""
    compiled = compile_policy(policy, ClauseTable())
    placed = compiled if policy.source is not None else compile_policy(as_json_policy(policy), ClauseTable())
    assert placed.policy.source is not None
    outline = PolicyOutline(
        "" if policy.source is None else policy.source.name,
        digest_of(placed.policy.source.text),
        tuple(_statements(compiled.statements, placed.statements)),
    )
    clauses = tuple(tuple(each.clause for each in statement.occurrences) for statement in compiled.statements)
    return OutlinedPolicy(outline, placed.policy.source.text, clauses)


def as_json_policy(policy: Policy) -> Policy:
    """The policy read from its own JSON text: the same statements and clauses, with places."""
    text = json.dumps(policy.to_document(), indent=2, ensure_ascii=False)
    return Policy.parse(text, kind=policy.kind, name=policy.name)


@lru_cache(maxsize=256)  # a case file has many policies
def digest_of(text: str) -> str:
    """A short digest of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _statements(
    named: tuple[CompiledStatement, ...], placed: tuple[CompiledStatement, ...]
) -> Iterator[StatementOutline]:
    """The statements with the places of ``named`` and the spans of ``placed``."""
    for statement, there in zip(named, placed, strict=True):
        model, span = statement.statement, there.span
        assert span is not None
        place = statement.policy.place(model, f"Statement[{model.number}]")
        pairs = zip(statement.occurrences, there.occurrences, strict=True)
        clauses = tuple(_clause(statement.policy, one, there.policy.span(other)) for one, other in pairs)
        yield StatementOutline(model.number, statement.sid, model.effect, place, span, clauses)


def _clause(policy: Policy, occurrence: Occurrence, span: Span | None) -> ClauseOutline:
    assert span is not None
    clause, place = occurrence.clause, policy.place(occurrence, occurrence.path)
    if isinstance(clause, ConditionClause):
        return ClauseOutline(clause.element, str(clause.operator), occurrence.key, place, span)
    operator = clause.operator if isinstance(clause, EmptyConditionClause) else ""
    return ClauseOutline(clause.element, operator, "", place, span)
