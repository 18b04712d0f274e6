"""Requests in groups that carry the same context keys: by caller, by how they reach the service, and by action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.carried_values import CarriedValues, RequestKind, carried_values, is_possible

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.engine.request import Visibility
    from execpolicy.language.principal import Principal

    #: The numbers of callers, of ways to reach the service, and of actions.
    Group: TypeAlias = tuple[int, int, int]
    #: Several groups: all combinations of these callers, ways and actions.
    GroupProduct: TypeAlias = tuple[frozenset[int], frozenset[int], frozenset[int]]


class RequestGroups:
    """Groups of requests, each given by what its requests may have: callers, ways to reach the service, and actions.

    Args:
        callers: for each group of callers, examples of them.
        ways: for each group of ways, those of the dimension of networks.
        actions: for each group of actions, examples of them.
        visibility: how the service sees the requests.
    """

    def __init__(
        self,
        callers: Sequence[Sequence[Principal]],
        ways: Sequence[Sequence[int]],
        actions: Sequence[Sequence[str]],
        visibility: Visibility,
    ) -> None:
        self.sizes = (len(callers), len(ways), len(actions))
        self._kinds: dict[Group, tuple[RequestKind, ...]] = {}
        self._impossible: set[Group] = set()
        for group in product(*map(range, self.sizes)):
            caller, way, action = group
            every = (RequestKind(*each, visibility) for each in product(callers[caller], actions[action], ways[way]))
            kinds = tuple(kind for kind in every if is_possible(kind))
            if kinds:
                self._kinds[caller, way, action] = kinds
            else:
                self._impossible.add((caller, way, action))
        self._carried: dict[str, tuple[tuple[CarriedValues, tuple[GroupProduct, ...]], ...]] = {}

    def impossible(self) -> Iterator[GroupProduct]:
        """The groups that have no request."""
        return self._products(self._impossible)

    def carried(self, key: str) -> Iterable[tuple[CarriedValues, tuple[GroupProduct, ...]]]:
        """The values of a key, by its lower-case name, that requests may carry, with the groups that may carry them.

        The groups may be among those that have no request.
        """
        found = self._carried.get(key)
        if found is None:
            by_values: dict[CarriedValues, set[Group]] = {}
            for group, kinds in self._kinds.items():
                by_values.setdefault(_carried_by_any(key, kinds), set()).add(group)
            found = tuple((values, tuple(self._products(groups))) for values, groups in by_values.items())
            self._carried[key] = found
        return found

    def _products(self, groups: set[Group]) -> Iterator[GroupProduct]:
        """Few products that have all of these groups, and no other group that has requests."""
        callers_of: dict[tuple[int, int], set[int]] = {}
        for caller, way, action in sorted(groups | self._impossible):
            if any((way, action) == (each_way, each_action) for _, each_way, each_action in groups):
                callers_of.setdefault((way, action), set()).add(caller)
        ways_of: dict[tuple[frozenset[int], int], set[int]] = {}
        for (way, action), callers in callers_of.items():
            ways_of.setdefault((frozenset(callers), action), set()).add(way)
        actions_of: dict[tuple[frozenset[int], frozenset[int]], set[int]] = {}
        for (alike, action), ways in ways_of.items():
            actions_of.setdefault((alike, frozenset(ways)), set()).add(action)
        for (alike, ways_alike), actions in actions_of.items():
            yield alike, ways_alike, frozenset(actions)


def _carried_by_any(key: str, kinds: Iterable[RequestKind]) -> CarriedValues:
    first, *others = kinds
    found = carried_values(key, first)
    for kind in others:
        found = found.or_these(carried_values(key, kind))
    return found
