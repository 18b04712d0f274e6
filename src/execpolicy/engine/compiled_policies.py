"""The policies of one layer, compiled once for all requests."""

from __future__ import annotations

from _thread import allocate_lock  # ``threading`` takes longer to load than this module
from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledPolicy, CompiledStatement, compile_policy
from execpolicy.engine.fast.prepared_layer import PreparedLayer
from execpolicy.language.grant import NAMED_OTHERWISE_BY_STAR

if TYPE_CHECKING:
    from execpolicy.engine.full.statement_table import StatementTable
    from execpolicy.language.principal import Principal

#: Held while the form for full evaluations is made.
_one_at_a_time = allocate_lock()


class CompiledPolicies:
    """The policies of one layer, by level: each level must allow. Only SCPs and RCPs have more than one level."""

    __slots__ = ("_levels", "_prepared", "_prepared_for_some", "_statement_table", "_table", "policies")

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable) -> None:
        self.policies: tuple[tuple[Policy, ...], ...] = tuple(tuple(level) for level in levels)
        self._table = table
        self._prepared: PreparedLayer | None = None
        self._prepared_for_some: PreparedLayer | None = None
        self._levels: tuple[tuple[CompiledPolicy, ...], ...] | None = None
        self._statement_table: StatementTable | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _compile_again, (self.policies,)

    @property
    def prepared(self) -> PreparedLayer:
        """The form for fast decisions, made when it is first needed."""
        prepared = self._prepared
        if prepared is None:
            # Two threads may both make one: they are equal, and the last one stays.
            self._prepared = prepared = PreparedLayer(self.policies, self._table)
        return prepared

    def prepared_for(self, caller: Principal) -> PreparedLayer:
        """The form for one caller: ``*`` names a few callers otherwise than all others (PRN-1, EVL-9)."""
        if caller.kind not in NAMED_OTHERWISE_BY_STAR or not self.prepared.has_everybody:
            return self.prepared
        prepared = self._prepared_for_some
        if prepared is None:
            self._prepared_for_some = prepared = PreparedLayer(self.policies, self._table, evaluates_everybody=True)
        return prepared

    @property
    def levels(self) -> tuple[tuple[CompiledPolicy, ...], ...]:
        """The form for full evaluations, made when it is first needed."""
        levels = self._levels
        if levels is None:
            # Clauses and statements are compared by identity: no second form may be made.
            with _one_at_a_time:
                levels = self._levels
                if levels is None:  # pragma: no branch: another thread may have made it while this one waited
                    self._levels = levels = tuple(
                        tuple(compile_policy(policy, self._table) for policy in level) for level in self.policies
                    )
        return levels

    @property
    def statement_table(self) -> StatementTable:
        """The same statements as a table, made when it is first needed."""
        table = self._statement_table
        if table is None:
            from execpolicy.engine.full.statement_table import StatementTable

            self._statement_table = table = StatementTable(self.levels)
        return table

    def statements(self) -> Iterator[CompiledStatement]:
        """All statements, level by level, in document order."""
        return (statement for level in self.levels for policy in level for statement in policy.statements)


def _compile_again(levels: tuple[tuple[Policy, ...], ...]) -> CompiledPolicies:
    return CompiledPolicies(levels, ClauseTable())
