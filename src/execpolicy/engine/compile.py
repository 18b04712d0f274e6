"""From the model of a policy to clauses: the form in which policies are evaluated."""

from __future__ import annotations

from _thread import allocate_lock  # ``threading`` takes longer to load than this module
from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import NOWHERE
from execpolicy.engine.clauses import Clause, ClauseTable, PrincipalClause
from execpolicy.engine.fast.layer import Chains
from execpolicy.engine.view import View
from execpolicy.errors import Span
from execpolicy.language.condition import Truth, kleene_all
from execpolicy.language.grant import Grant
from execpolicy.language.principal import FEDERATED_USER

if TYPE_CHECKING:
    from execpolicy.engine.full.statement_table import Sheet
    from execpolicy.language.principal import Principal


class Occurrence(NamedTuple):
    """A clause at its place in a statement. ``path`` names it inside the document."""

    clause: Clause
    path: str
    start: int = NOWHERE
    end: int = NOWHERE


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
        return None if sid is None else sid.value

    @property
    def span(self) -> Span | None:
        return self.policy.span(self.statement)

    def test(self, view: View) -> Truth:
        """Whether the statement applies to a request."""
        return kleene_all(occurrence.clause.test(view) for occurrence in self.occurrences)

    def grant(self, view: View) -> tuple[Grant, Grant]:
        """How strongly an Allow that applies names the caller: surely, and possibly."""
        if self.principal is None:
            return Grant.DIRECT, Grant.DIRECT
        return self.principal.grant(view)


class CompiledPolicy(NamedTuple):
    """A policy and its statements, in document order."""

    policy: Policy
    statements: tuple[CompiledStatement, ...]


#: Held while the form that is explained is made.
_one_at_a_time = allocate_lock()


class CompiledPolicies:
    """The policies of one layer, in levels: each level must allow. Only organizations have more than one."""

    __slots__ = ("_chains", "_chains_of_federated", "_levels", "_sheet", "_table", "policies")

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable) -> None:
        self.policies: tuple[tuple[Policy, ...], ...] = tuple(tuple(level) for level in levels)
        self._table = table
        self._chains: Chains | None = None
        self._chains_of_federated: Chains | None = None
        self._levels: tuple[tuple[CompiledPolicy, ...], ...] | None = None
        self._sheet: Sheet | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _compile_again, (self.policies,)

    @property
    def chains(self) -> Chains:
        """The form in which they are decided fast, made when first asked for."""
        chains = self._chains
        if chains is None:
            # Two threads may both make one: they are equal, and the last one stays.
            self._chains = chains = Chains(self.policies, self._table)
        return chains

    def chains_for(self, caller: Principal) -> Chains:
        """The form for one caller: ``*`` names a federated user's session less strongly than other callers (EVL-9)."""
        if caller.kind != FEDERATED_USER or not self.chains.has_everybody:
            return self.chains
        chains = self._chains_of_federated
        if chains is None:
            self._chains_of_federated = chains = Chains(self.policies, self._table, asks_everybody=True)
        return chains

    @property
    def levels(self) -> tuple[tuple[CompiledPolicy, ...], ...]:
        """The form in which they are explained, made when first asked for."""
        levels = self._levels
        if levels is None:
            # Results of statements are kept by the identity of the statement: no second form may be made.
            with _one_at_a_time:
                levels = self._levels
                if levels is None:
                    self._levels = levels = tuple(
                        tuple(compile_policy(policy, self._table) for policy in level) for level in self.policies
                    )
        return levels

    @property
    def sheet(self) -> Sheet:
        """The same, as an explanation asks it: made when first asked for."""
        sheet = self._sheet
        if sheet is None:
            from execpolicy.engine.full.statement_table import Sheet

            self._sheet = sheet = Sheet(self.levels)
        return sheet

    def statements(self) -> Iterator[CompiledStatement]:
        """All statements, level by level, in document order."""
        return (statement for level in self.levels for policy in level for statement in policy.statements)


def _compile_again(levels: tuple[tuple[Policy, ...], ...]) -> CompiledPolicies:
    return CompiledPolicies(levels, ClauseTable())


def compile_policy(policy: Policy, table: ClauseTable) -> CompiledPolicy:
    """A policy as clauses; equal ones are taken from the table."""
    return CompiledPolicy(policy, tuple(compile_statement(policy, each, table) for each in policy.statements))


def compile_statement(policy: Policy, statement: Statement, table: ClauseTable) -> CompiledStatement:
    """The clauses of a statement in the order in which an explanation tells them: who, what, where, when."""
    path = f"Statement[{statement.number}]"
    occurrences: list[Occurrence] = []
    principal: PrincipalClause | None = None
    if statement.principal is not None:
        named = statement.principal
        who = table.principal(named, effect=statement.effect)
        principal = None if who.negated else who
        occurrences.append(Occurrence(who, f"{path}.{named.name}", named.start, named.end))
    action = table.action(statement.action)
    resource = table.resource(statement.resource, effect=statement.effect, kind=policy.kind, version=policy.version)
    for clause, element in ((action, statement.action), (resource, statement.resource)):
        occurrences.append(Occurrence(clause, f"{path}.{element.name}", element.start, element.end))
    occurrences.extend(
        Occurrence(
            table.condition(condition, version=policy.version),
            f"{path}.Condition.{condition.operator_text.value}.{condition.key.value}",
            condition.start,
            condition.end,
        )
        for condition in statement.conditions
    )
    return CompiledStatement(policy, statement, tuple(occurrences), principal)
