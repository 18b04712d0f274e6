"""The combinations of values that no request has, as boxes: an analysis takes them out like explicit denies (ANA-2).

A box limits each dimension by itself. So these say whether requests carry keys, and not that the values of two keys
agree, such as those of aws:CalledVia and aws:CalledViaFirst: what they leave may have combinations that no request has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.carried_values import EXECUTE_API_ACTION, OTHER_ACTIONS, CarriedValues
from execpolicy.analysis.dimensions.caller import CallerDimension
from execpolicy.analysis.dimensions.caller_fields import usual_callers
from execpolicy.analysis.dimensions.dimension import ValueExample
from execpolicy.analysis.dimensions.given_callers import GivenCallers
from execpolicy.analysis.dimensions.names import ACTION, CALLER, NETWORK, RESOURCE, TIME
from execpolicy.analysis.dimensions.network import KEYS_OF_NETWORKS
from execpolicy.analysis.organizations import ORG_ID_OF_PATHS
from execpolicy.analysis.request_groups import RequestGroups
from execpolicy.analysis.resource_fields import KEYS_OF_ARNS
from execpolicy.engine.request import DEFAULT_VISIBILITY
from execpolicy.language.context_keys import DOUBTFUL_KEYS
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.dimensions.dimension import Dimension
    from execpolicy.analysis.request_groups import GroupProduct
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.request import Visibility

#: Dimensions that are no context key of their own.
_NO_KEYS = (ACTION, RESOURCE, CALLER, NETWORK, TIME, *KEYS_OF_ARNS)


def impossible_boxes(
    dimensions: Mapping[str, Dimension],
    *,
    visibility: Visibility = DEFAULT_VISIBILITY,
    execute_api: ValueSet | None = None,
    only_execute_api: bool = False,
    apis: ValueSet | None = None,
) -> list[Box]:
    """The combinations of values that no request has.

    Args:
        dimensions: the dimensions, by name.
        visibility: how the service sees the requests: whether it authenticates callers, and whether it can be reached
            only through VPC endpoints.
        execute_api: the actions of execute-api, if the dimension of actions tells them apart from all others. Without
            it a combination must be impossible for any action.
        only_execute_api: whether all requests that are meant are for actions of execute-api.
        apis: the resources of execute-api, if the dimension of resources tells them apart from all others.

    Returns:
        Boxes without any possible request: keys that a caller cannot have or must have (KEY-4), that the service
        withholds (GW-19, GW-22, GW-23), or that follow from the caller (KEY-3).
    """
    groups = _divided(dimensions, visibility, execute_api, only_execute_api=only_execute_api)
    boxes: list[Box] = [groups.box(each) for each in groups.groups.impossible()]
    if execute_api is not None and apis is not None:
        boxes.extend(_of_services(dimensions, execute_api, apis))
    for name, dimension in dimensions.items():
        if name not in _NO_KEYS:
            boxes.extend(_of_key(name, dimension, groups))
    for paths, org_id in ORG_ID_OF_PATHS.items():
        if paths in dimensions and org_id in dimensions and dimensions[org_id].absent:
            present = dimensions[paths].full & ~dimensions[paths].absent
            boxes.append({paths: present, org_id: dimensions[org_id].absent})
    return boxes


def _of_services(dimensions: Mapping[str, Dimension], execute_api: ValueSet, apis: ValueSet) -> Iterator[Box]:
    """The actions of execute-api on other resources (RES-6), and those of other services on its resources."""
    others = dimensions[RESOURCE].full & ~apis
    if others:
        yield {ACTION: execute_api, RESOURCE: others}
        yield {ACTION: dimensions[ACTION].full & ~execute_api, RESOURCE: apis}


def _of_key(key: str, dimension: Dimension, divided: DividedRequests) -> Iterator[Box]:
    """The values of a key that groups of requests cannot have."""
    for carried, products in divided.groups.carried(key):
        excluded = _excluded(key, dimension, carried)
        if excluded:
            for each in products:
                yield {**divided.box(each), key: excluded}


def _excluded(key: str, dimension: Dimension, carried: CarriedValues) -> ValueSet:
    """The values of a dimension that are not among those that requests may carry."""
    present: ValueSet = dimension.full & ~dimension.absent
    excluded: ValueSet = dimension.full & ~dimension.full
    if key in DOUBTFUL_KEYS:
        either = dimension.containing(ValueExample(keys={key: FALSE_OR_ABSENT}))
        present = present & ~either
        excluded = excluded if carried.may_be_either else either
    if not carried.may_be_absent:
        excluded = excluded | dimension.absent
    if carried.values == ():
        excluded = excluded | present
    elif carried.values is not None:
        excluded = excluded | (present & ~dimension.containing(ValueExample(keys={key: carried.values})))
    return excluded


class DividedRequests(NamedTuple):
    """Groups of requests, with the values of each of three dimensions; None for a dimension that is not divided."""

    groups: RequestGroups
    callers: tuple[ValueSet, ...] | None
    ways: tuple[ValueSet, ...] | None
    actions: tuple[ValueSet, ...] | None

    def box(self, chosen: GroupProduct) -> dict[str, ValueSet]:
        """The box of several groups: a dimension of which they have all values does not limit it."""
        box: dict[str, ValueSet] = {}
        for name, values, indexes in zip(_DIVIDED, (self.callers, self.ways, self.actions), chosen, strict=True):
            if values is not None and len(indexes) < len(values):
                first, *others = sorted(indexes)
                box[name] = values[first]
                for index in others:
                    box[name] = box[name] | values[index]
        return box


_DIVIDED = (CALLER, NETWORK, ACTION)
#: By visibility, and whether callers, networks and actions are divided: these groups do not depend on any policy.
_usual_groups: dict[tuple[object, ...], RequestGroups] = {}


def _divided(
    dimensions: Mapping[str, Dimension],
    visibility: Visibility,
    execute_api: ValueSet | None,
    *,
    only_execute_api: bool,
) -> DividedRequests:
    """The groups of requests that the dimensions distinguish."""
    callers = dimensions.get(CALLER)
    values: tuple[ValueSet, ...] | None = None
    if isinstance(callers, (CallerDimension, GivenCallers)):
        values = tuple(each.values for each in callers.alike_to_context_keys())
    ways = tuple(KEYS_OF_NETWORKS) if NETWORK in dimensions else None
    by_way = [tuple(KEYS_OF_NETWORKS)] if ways is None else [(way,) for way in ways]
    actions: tuple[ValueSet, ...] | None = None
    by_action: list[tuple[str, ...]] = [
        (EXECUTE_API_ACTION,) if only_execute_api else (EXECUTE_API_ACTION, *OTHER_ACTIONS)
    ]
    if execute_api is not None and not only_execute_api:
        actions = (execute_api, dimensions[ACTION].full & ~execute_api)
        by_action = [(EXECUTE_API_ACTION,), OTHER_ACTIONS]
    if isinstance(callers, GivenCallers):
        groups = RequestGroups([[each] for each in callers.callers], by_way, by_action, visibility)
    else:
        by_caller = [usual_callers()] if values is None else [(each,) for each in usual_callers()]
        shape = (visibility, values is None, ways is None, tuple(by_action))
        groups = _usual_groups.get(shape) or RequestGroups(by_caller, by_way, by_action, visibility)
        _usual_groups[shape] = groups
    return DividedRequests(groups, values, ways, actions)
