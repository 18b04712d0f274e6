"""The network as a dimension: how a call reaches the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.names import NETWORK, dimension_of_key
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.context import Context
from execpolicy.language.context_keys import CALLED_VIA_KEYS, ENDPOINT_KEYS, VIA_KEYS, VIA_SERVICE
from execpolicy.language.principal import Principal
from execpolicy.language.request_details import RequestDetails

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget

#: The values, each one bit: directly from the internet or from a service as itself; through a VPC endpoint; from a
#: service with the credentials of its caller, a forward access session (KEY-3).
DIRECT, ENDPOINT, FORWARDED = 1, 2, 4

#: The context keys that say so. The endpoint is an example: where clauses test it, its own dimension has its values.
KEYS_OF_NETWORKS: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    DIRECT: {},
    ENDPOINT: {"aws:sourcevpce": ("vpce-0a1b2c3d4e5f60718",)},
    FORWARDED: {VIA_SERVICE: ("true",)},
}
_SHOWING = (*ENDPOINT_KEYS, *CALLED_VIA_KEYS, *VIA_KEYS)
_ACTION = "execute-api:Invoke"
_RESOURCE = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"


def network_of(details: RequestDetails) -> int:
    """How a request reaches the service, by its context."""
    if details.is_forwarded:
        return FORWARDED
    return ENDPOINT if details.through_endpoint else DIRECT


class NetworkDimension(Dimension):
    """The three ways in which a call reaches a service. Each set is the bits of its values."""

    __slots__ = ()
    full: int
    absent: int

    def __init__(self) -> None:
        self.name = NETWORK
        self.full = DIRECT | ENDPOINT | FORWARDED
        self.absent = 0

    def parts(self, clause: Clause) -> Iterator[UniformSet]:
        """A condition on aws:ViaAWSService tells apart what a service forwards and what it does not."""
        yield UniformSet(DIRECT | ENDPOINT, _example(DIRECT))
        yield UniformSet(FORWARDED, _example(FORWARDED))

    def containing(self, example: ValueExample) -> int:
        """The way that context keys show: those of endpoints, aws:CalledVia, and aws:ViaAWSService."""
        context = Context({key: list(example.keys.get(key, ())) for key in _SHOWING})
        return network_of(RequestDetails(Principal.anonymous(), _ACTION, _RESOURCE, "", context))

    def examples(self, values: Any) -> Iterator[ValueExample]:
        """An example of each way: direct calls, which need no context key, are the first."""
        yield from (_example(way) for way in KEYS_OF_NETWORKS if way & values)


def _example(way: int) -> ValueExample:
    return ValueExample(keys=KEYS_OF_NETWORKS[way])


class NetworkBuilder(DimensionBuilder):
    """Makes the dimension of networks, which is the same for all clauses."""

    __slots__ = ()

    def __init__(self) -> None:
        self.name = NETWORK

    def add(self, clause: Clause) -> None:
        """Take note of a condition on aws:ViaAWSService.

        Raises NotComparableError: a value has a variable.
        """
        if not isinstance(clause, ConditionClause) or dimension_of_key(clause.condition.key) != NETWORK:
            raise NotComparableError(clause, "it does not test how a call reaches the service")
        if clause.condition.variables:
            raise NotComparableError(clause, f"a value of the condition on {clause.key} depends on other keys")

    def build(self, budget: Budget) -> NetworkDimension:
        """The dimension."""
        budget.take("dividing the networks of calls")
        return NetworkDimension()
