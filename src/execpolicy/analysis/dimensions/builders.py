"""Chooses the builder of each dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.action import ActionBuilder
from execpolicy.analysis.dimensions.caller import CallerBuilder
from execpolicy.analysis.dimensions.given_callers import GivenCallersBuilder
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.analysis.dimensions.names import ACTION, CALLER, NETWORK, RESOURCE
from execpolicy.analysis.dimensions.network import NetworkBuilder
from execpolicy.analysis.dimensions.resource import ResourceBuilder
from execpolicy.analysis.dimensions.resource_examples import SOME_API, KnownApi

if TYPE_CHECKING:
    from execpolicy.analysis.dimensions.dimension import DimensionBuilder
    from execpolicy.engine.clause import Clause
    from execpolicy.language.principal import Principal


class DimensionBuilders:
    """Makes the builders of an analysis.

    Args:
        callers: the callers that there are; None for every caller.
        accounts: accounts whose callers are distinguished, such as that of the API.
        api: the API whose calls are the best examples.
        any_service: whether requests to other services than execute-api are meant, too.
    """

    def __init__(
        self,
        *,
        callers: Sequence[Principal] | None = None,
        accounts: Iterable[str] = (),
        api: KnownApi = SOME_API,
        any_service: bool = False,
    ) -> None:
        self._callers = callers
        self._accounts = tuple(accounts)
        self._api = api
        self.any_service = any_service

    def builder(self, name: str, clauses: Iterable[Clause]) -> DimensionBuilder:
        """The builder of a dimension, by its name.

        Args:
            name: the name.
            clauses: all clauses that test the dimension; they are not added.
        """
        if name == ACTION:
            return ActionBuilder(any_service=self.any_service)
        if name == RESOURCE:
            return ResourceBuilder(api=self._api, any_service=self.any_service)
        if name == NETWORK:
            return NetworkBuilder()
        if name == CALLER:
            return (
                CallerBuilder(accounts=self._accounts) if self._callers is None else GivenCallersBuilder(self._callers)
            )
        return builder_for_key(name, clauses)
