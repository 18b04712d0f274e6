"""From the model of a policy to clauses: statements ready to be evaluated."""

from __future__ import annotations

from execpolicy._base.characters import with_unknown_in_words
from execpolicy._base.records import NamedTuple
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Statement, UnknownElement
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import NOWHERE
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.view import View
from execpolicy.errors import Span
from execpolicy.language.grant import Grant


class Occurrence(NamedTuple):
    """A clause at its place in a statement.

    ``path`` names it inside the document; ``key`` is that of a condition as this statement writes it.
    """

    clause: Clause
    path: str
    start: int = NOWHERE
    end: int = NOWHERE
    key: str = ""


class CompiledStatement(NamedTuple):
    """A statement as a conjunction of clauses."""

    policy: Policy
    statement: Statement
    occurrences: tuple[Occurrence, ...]
    principal: PrincipalClause | None

    @property
    def denies(self) -> bool:
        return self.statement.effect == "Deny"

    @property
    def sid(self) -> str | None:
        sid = self.statement.sid
        return None if sid is None else with_unknown_in_words(sid.value)

    @property
    def span(self) -> Span | None:
        return self.policy.span(self.statement)

    @property
    def place(self) -> str:
        """Its place as text."""
        return self.policy.place(self.statement, f"Statement[{self.statement.number}]")

    def grant(self, view: View) -> tuple[Grant, Grant]:
        """How strongly an Allow that applies names the caller: surely, and possibly."""
        if self.principal is None:
            return Grant.DIRECT, Grant.DIRECT
        return self.principal.grant(view)


class CompiledPolicy(NamedTuple):
    """A policy and its statements, in document order."""

    policy: Policy
    statements: tuple[CompiledStatement, ...]


def compile_policy(policy: Policy, table: ClauseTable) -> CompiledPolicy:
    """A policy as clauses; equal ones are taken from the table."""
    return CompiledPolicy(policy, tuple(compile_statement(policy, each, table) for each in policy.statements))


def compile_statement(policy: Policy, statement: Statement, table: ClauseTable) -> CompiledStatement:
    """The clauses of a statement in the order of an explanation: principal, action, resource, conditions."""
    path = f"Statement[{statement.number}]"
    occurrences: list[Occurrence] = []
    principal: PrincipalClause | None = None
    if statement.principal is not None:
        named = statement.principal
        who = table.principal(named, effect=statement.effect, source=policy.source)
        principal = None if who.negated else who
        occurrences.append(Occurrence(who, f"{path}.{named.name}", named.start, named.end))
    action = table.action(statement.action, effect=statement.effect)
    resource = table.resource(statement.resource, effect=statement.effect, kind=policy.kind, version=policy.version)
    for clause, element in ((action, statement.action), (resource, statement.resource)):
        occurrences.append(Occurrence(clause, f"{path}.{element.name}", element.start, element.end))
    occurrences.extend(
        Occurrence(
            table.condition(
                condition,
                version=policy.version,
                effect=statement.effect,
                of_rcp=policy.kind is PolicyKind.RCP,
                source=policy.source,
            ),
            f"{path}.Condition.{condition.operator_text.value}.{condition.key.value}",
            condition.start,
            condition.end,
            condition.key.value,
        )
        for condition in statement.conditions
    )
    occurrences.extend(
        Occurrence(
            table.empty_condition(empty, effect=statement.effect),
            f"{path}.Condition" + ("" if empty.operator_text is None else f".{empty.operator_text.value}"),
            empty.start,
            empty.end,
        )
        for empty in statement.empty_conditions
    )
    occurrences.extend(
        Occurrence(table.unknown_part(part), _path_of_unknown(path, part), part.start, part.end)
        for part in statement.unknown_parts
    )
    return CompiledStatement(policy, statement, tuple(occurrences), principal)


def _path_of_unknown(path: str, part: UnknownElement) -> str:
    if part.element == "Statement":
        return path
    return f"{path}.{part.element}" + (f".{part.operator}" if part.operator else "")
