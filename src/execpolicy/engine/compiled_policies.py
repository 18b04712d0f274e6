"""The policies of one layer, compiled once for all requests."""

from __future__ import annotations

from _thread import allocate_lock  # ``threading`` takes longer to load than this module
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledPolicy, CompiledStatement, compile_policy
from execpolicy.engine.fast.unindexed_layer import UnindexedLayer
from execpolicy.language.grant import NAMED_OTHERWISE_BY_STAR

if TYPE_CHECKING:
    from execpolicy.engine.fast.prepared_layer import PreparedLayer
    from execpolicy.engine.fast.remaining_checks import LayerCode
    from execpolicy.engine.full.statement_table import StatementTable
    from execpolicy.engine.view import RequestOrView, SharedCache
    from execpolicy.language.grant import Grant
    from execpolicy.language.principal import Principal

#: The number of requests that a layer decides before it gets an index (docs/adr/035).
REQUESTS_WITHOUT_INDEX = 4
#: The number of sets of policies that are kept for one policy, the first of them.
MAX_SETS = 64
#: Held while the form for full evaluations is made.
_one_at_a_time = allocate_lock()


class CompiledPolicies:
    """The policies of one layer, by level: each level must allow. Only SCPs and RCPs have more than one level."""

    __slots__ = (
        *("_levels", "_prepared", "_prepared_for_some", "_requests", "_statement_table", "_table", "_unindexed"),
        "policies",
    )

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable) -> None:
        self.policies: tuple[tuple[Policy, ...], ...] = tuple(tuple(level) for level in levels)
        self._table = table
        #: The number of requests that were decided without an index. Two threads may count one request for two.
        self._requests = 0
        self._unindexed: UnindexedLayer | None = None
        self._prepared: PreparedLayer | None = None
        self._prepared_for_some: PreparedLayer | None = None
        self._levels: tuple[tuple[CompiledPolicy, ...], ...] | None = None
        self._statement_table: StatementTable | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _compile_again, (self.policies,)

    @property
    def is_indexed(self) -> bool:
        """Whether requests are decided by the index: the first few are decided without one."""
        return self._requests >= REQUESTS_WITHOUT_INDEX

    def code_for(self, caller: Principal | None) -> LayerCode:
        """The function that gives the code of the layer: for one caller, or for any that ``*`` names directly."""
        if not self.is_indexed:
            return self.code
        return (self.prepared if caller is None else self.prepared_for(caller)).code

    def code(self, text: str, cache: SharedCache, subject: RequestOrView) -> int | None:
        """The code of the layer, as ``PreparedLayer.code`` gives it, for any caller."""
        return self._layer(cache.principal).code(text, cache, subject)

    def answer(self, text: str, cache: SharedCache, subject: RequestOrView) -> tuple[bool, Grant] | None:
        """The answer of the layer, as ``PreparedLayer.answer`` gives it, for any caller."""
        return self._layer(cache.principal).answer(text, cache, subject)

    def _layer(self, caller: Principal) -> PreparedLayer | UnindexedLayer:
        """The form that decides the next request of a caller."""
        prepared = self._prepared
        if prepared is not None and not prepared.has_everybody and self._requests >= REQUESTS_WITHOUT_INDEX:
            return prepared
        if self._requests >= REQUESTS_WITHOUT_INDEX:
            return self.prepared_for(caller)
        self._requests += 1
        unindexed = self._unindexed
        if unindexed is None:
            self._unindexed = unindexed = UnindexedLayer(self.policies, self._table)
        return unindexed

    @property
    def prepared(self) -> PreparedLayer:
        """The form with an index, made when it is first needed."""
        prepared = self._prepared
        if prepared is None:
            from execpolicy.engine.fast.prepared_layer import PreparedLayer

            # Two threads may both make one: they are equal, and the last one stays.
            self._prepared = prepared = PreparedLayer(self.policies, self._table)
            self._unindexed = None
        return prepared

    def prepared_for(self, caller: Principal) -> PreparedLayer:
        """The form for one caller: ``*`` names a few callers otherwise than all others (PRN-1, EVL-9)."""
        if caller.kind not in NAMED_OTHERWISE_BY_STAR or not self.prepared.has_everybody:
            return self.prepared
        prepared = self._prepared_for_some
        if prepared is None:
            from execpolicy.engine.fast.prepared_layer import PreparedLayer

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


def compiled_policies(levels: Sequence[Sequence[Policy]]) -> CompiledPolicies:
    """The policies of a layer, compiled once for all callers and targets that have the same ones.

    They are kept with the first of the policies, and go with it.
    """
    first = next(chain.from_iterable(levels), None)
    if first is None:
        return CompiledPolicies(levels, ClauseTable())
    kept = first.compiled_sets
    if len(levels) == 1 and len(levels[0]) == 1:
        key: tuple[tuple[int, ...], ...] = ((id(first),),)
    else:
        key = tuple([tuple(map(id, level)) for level in levels])
    found = kept.get(key)
    if found is None:
        if len(kept) >= MAX_SETS:
            kept.clear()
        # What is kept holds its policies, so that no other policy has their identities.
        found = kept[key] = CompiledPolicies(levels, ClauseTable())
    return found
