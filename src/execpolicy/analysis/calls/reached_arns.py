"""The ARNs of the calls that lead to a stage of an API, by the hosts that they are made by (GW-28)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.calls.call_arns import call_arns
from execpolicy.analysis.calls.route_calls import before_stage, calls_of_api
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.limits import STEP_FUNCTIONS
from execpolicy.analysis.values.text_pattern import ANY_TEXT, either, literal, sequence
from execpolicy.gateway.model.names import ApiType

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.calls.call_hosts import HostCalls, StagePath
    from execpolicy.analysis.space import Space
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.gateway.model.api_definition import ApiDefinition


class ReachedArns(NamedTuple):
    """The ARNs of some calls: those of a region, and of none of the others.

    Attributes:
        region: the region.
        others: the others.
        has_all_paths: whether it has every call to a stage.
    """

    region: ArnRegion
    others: tuple[ArnRegion, ...] = ()
    has_all_paths: bool = False

    def values(self, space: Space) -> ValueSet:
        """The values of the resource in a space that was made for the regions."""
        found = space.values_of(self.region)
        for each in self.others:
            found = found & ~space.values_of(each)
        return found

    def has(self, arn: str) -> bool:
        """Whether an ARN is one of them."""
        return self.region.pattern.matches(arn) and not any(each.pattern.matches(arn) for each in self.others)


class ReachingCalls:
    """Calls that lead to the API, with the ARNs that they have in one version.

    Args:
        api: the version.
        version: its place among the versions.
        calls: the calls; each has a destination in this version.
    """

    def __init__(self, api: ApiDefinition, version: int, calls: Iterable[HostCalls]) -> None:
        self.version = version
        self._calls = [(each, _arns_of(api, each, version)) for each in calls]
        whole = [each.destination(version).stage for each, arns in self._calls if arns.has_all_paths]
        #: The stages all of whose ARNs the calls have.
        self.stages = tuple(dict.fromkeys(whole))
        in_part = [arns for each, arns in self._calls if each.destination(version).stage not in self.stages]
        self._own_host_only = all(each.host is None for each, _ in self._calls)
        self._arns = [*([ReachedArns(calls_of_api(api, self.stages))] if self.stages else []), *dict.fromkeys(in_part)]

    def __bool__(self) -> bool:
        return bool(self._calls)

    @property
    def regions(self) -> Iterator[ArnRegion]:
        """The regions that a space must tell apart."""
        of_own_host = () if self._own_host_only else (arns for each, arns in self._calls if each.host is None)
        for arns in (*self._arns, *of_own_host):
            yield from (arns.region, *arns.others)

    def values(self, space: Space) -> ValueSet:
        """The ARNs, as values of the resource in a space that was made for the regions."""
        full: ValueSet = space.everything[RESOURCE]
        found: ValueSet = full & ~full
        for each in self._arns:
            found = found | (full & each.values(space))
        return found

    @property
    def statements(self) -> tuple[CompiledStatement, ...]:
        """The statements that a space must tell apart."""
        return () if self._own_host_only else (STEP_FUNCTIONS,)

    def impossible(self, space: Space) -> list[Box]:
        """The calls that nobody can make: Step Functions uses no custom domains (GW-29)."""
        if self._own_host_only:
            return []
        values = self.values(space)
        for each, arns in self._calls:
            if each.host is None:
                values = values & ~arns.values(space)
        return not_by_step_functions(space, values)

    def by_arn(self, arn: str) -> Iterator[HostCalls]:
        """The calls that have an ARN."""
        return (each for each, arns in self._calls if arns.has(arn))


def not_by_step_functions(space: Space, values: ValueSet) -> list[Box]:
    """The calls with some ARNs that Step Functions makes as itself, in a space that was made for them."""
    box = space.box(STEP_FUNCTIONS)
    return [{**box, RESOURCE: values}] if box is not None and values else []


def _arns_of(api: ApiDefinition, calls: HostCalls, version: int) -> ReachedArns:
    before, destination = before_stage(api), calls.destination(version)
    if api.type is ApiType.WEBSOCKET:
        # Each base path leads to the whole stage: no path of a call begins like another base path.
        return ReachedArns(calls_of_api(api, [destination.stage]), has_all_paths=True)
    kept = destination.kept
    longer = (destination._replace(kept=kept + each[len(calls.base) :]) for each in calls.longer)
    others = tuple(_arns_below(before, each) for each in longer)
    return ReachedArns(_arns_below(before, destination), others, has_all_paths=not kept and not others)


def _arns_below(before: TextPattern, destination: StagePath) -> ArnRegion:
    """The ARNs of the calls to a stage whose path begins with the segments of a destination."""
    below = sequence(literal("/"), ANY_TEXT)
    stage, beginning = destination.stage, destination.beginning
    path = sequence(literal(beginning), either([literal(""), below])) if beginning else below
    return ArnRegion(f"calls to {beginning or '/'} on {stage}", call_arns(before, [stage], (), path))
