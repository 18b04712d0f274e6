"""Chooses the builder of each dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.bounded_cache import store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.action import ActionBuilder
from execpolicy.analysis.dimensions.caller import PARTITIONS, CallerBuilder
from execpolicy.analysis.dimensions.dimension import NotComparableError
from execpolicy.analysis.dimensions.given_callers import GivenCallersBuilder
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.analysis.dimensions.names import ACTION, CALLER, NETWORK, RESOURCE
from execpolicy.analysis.dimensions.network import NetworkBuilder
from execpolicy.analysis.dimensions.resource import ResourceBuilder
from execpolicy.analysis.dimensions.resource_examples import SOME_API, KnownApi

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.dimension import Dimension, DimensionBuilder
    from execpolicy.engine.clause import Clause
    from execpolicy.language.principal import Principal


class BuiltDimension(NamedTuple):
    """A dimension, and why it does not divide its values by some clauses."""

    dimension: Dimension
    refused: tuple[NotComparableError, ...]


class DimensionBuilders:
    """Makes the builders of an analysis.

    Args:
        callers: the callers that there are; None for every caller.
        accounts: accounts whose callers are distinguished, such as that of the API.
        api: the API whose calls are the best examples.
        any_service: whether requests to other services than execute-api are meant, too.
        keeps: whether dimensions are kept, for analyses that have most clauses in common.
        assumes_nothing: whether resources are not divided by what a misplaced variable is assumed to mean (POL-14), and
            every account may be in any partition (PRN-8).
    """

    def __init__(
        self,
        *,
        callers: Sequence[Principal] | None = None,
        accounts: Iterable[str] = (),
        api: KnownApi = SOME_API,
        any_service: bool = False,
        keeps: bool = False,
        assumes_nothing: bool = False,
    ) -> None:
        self._callers = callers
        #: The callers that are given.
        self.callers = () if callers is None else tuple(callers)
        self._accounts = tuple(accounts)
        self._api = api
        self.any_service = any_service
        self._assumes_nothing = assumes_nothing
        #: Principals of accounts may be in other partitions than those that policies name.
        self._partitions = PARTITIONS if assumes_nothing else ()
        self._kept: dict[tuple[str, frozenset[Clause]], BuiltDimension] | None = {} if keeps else None

    def built(self, name: str, clauses: Sequence[Clause], budget: Budget) -> BuiltDimension:
        """The dimension of a name, made for clauses.

        Raises BudgetExceededError: it has too many values.
        """
        if self._kept is None:
            return self._made(name, clauses, budget)
        key = name, frozenset(clauses)
        found = self._kept.get(key)
        return found or store(self._kept, key, self._made(name, clauses, budget))

    def _made(self, name: str, clauses: Iterable[Clause], budget: Budget) -> BuiltDimension:
        builder, refused = self.builder(name, clauses), []
        for clause in clauses:
            try:
                builder.add(clause)
            except NotComparableError as error:
                refused.append(error)
        return BuiltDimension(builder.build(budget), tuple(refused))

    def builder(self, name: str, clauses: Iterable[Clause]) -> DimensionBuilder:
        """The builder of a dimension, by its name.

        Args:
            name: the name.
            clauses: all clauses that test the dimension; they are not added.
        """
        if name == ACTION:
            return ActionBuilder(any_service=self.any_service)
        if name == RESOURCE:
            return ResourceBuilder(api=self._api, any_service=self.any_service, assumes_nothing=self._assumes_nothing)
        if name == NETWORK:
            return NetworkBuilder()
        if name == CALLER:
            return (
                CallerBuilder(accounts=self._accounts, partitions=self._partitions)
                if self._callers is None
                else GivenCallersBuilder(self._callers)
            )
        return builder_for_key(name, clauses)
