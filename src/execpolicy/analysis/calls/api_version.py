"""An API prepared for an analysis of all calls, and the space of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.called_functions import differs_in_functions_only, without_stage_variables
from execpolicy.analysis.calls.credentials import HAS_TOKEN, TOKEN, dimensions_of, reads_token
from execpolicy.analysis.calls.route_access import ApiAccess, region
from execpolicy.analysis.calls.route_calls import arn_before_stage, calls_of_api, calls_of_routes
from execpolicy.analysis.calls.token_kinds import impossible_tokens
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.dimensions.resource_examples import KnownApi
from execpolicy.analysis.limits import ANONYMOUS_CALLER
from execpolicy.analysis.side import base_view
from execpolicy.analysis.space import Space
from execpolicy.engine.layers import Layer
from execpolicy.gateway.flow.call_arn import CONNECTIONS
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_table import ANY
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.arn_region import ArnRegion
    from execpolicy.analysis.dimensions.moved_arns import MovedArns
    from execpolicy.engine.caller import Caller
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.route import Route


#: What is taken for granted where the versions that are compared do not differ in CORS (GW-27).
NO_PREFLIGHTS = "calls are no preflight requests that an HTTP API answers by its CORS configuration"
#: What is taken for granted of calls (ANA-4).
ASSUMPTIONS = (
    "the policies of callers in the account of the API allow the call, without a boundary and SCPs",
    "calls are made by the API's own host or by a public custom domain that is described",
    "a call has a client certificate where a custom domain requires one",
    "the literal text of a route is sent without percent-encoding",
    "a Lambda authorizer may answer anything; the same function with equal definitions answers equally",
    "tokens are valid, and a call has an API key where one is required",
    NO_PREFLIGHTS,
    "calls have no X-HTTP-Method-Override, no Host of another name and no request to invalidate a cache",
    "calls have a header that a routing rule reads at most once",
    "the ARN of a call has at most 1,600 bytes, and no limit of rates or quotas is reached",
    "a VPC endpoint has its default policy",
    "a message of a WebSocket API gets through if its connection did: no message is authorized",
)


class ApiVersion:
    """An API with its routes and what its calls need, prepared for a space.

    Args:
        api: the API.
        callers: all callers that there are, besides anonymous ones; None if there may be any.
        moved: the ARNs that are divided, if they are those of another version.
    """

    def __init__(
        self, api: ApiDefinition, callers: Sequence[Caller] | None = None, *, moved: MovedArns | None = None
    ) -> None:
        self.api = api
        self.callers = callers
        self.access = ApiAccess(api, api.target.compiled().get(Layer.RESOURCE), callers, moved=moved)
        self.routes = calls_of_routes(api)
        if moved is not None:
            self.routes = tuple(
                each._replace(matching=moved.region(each.matching), better=tuple(map(moved.region, each.better)))
                for each in self.routes
            )

    def no_route(self, space: Space) -> Box | None:
        """The calls that reach no route."""
        values = space.everything[RESOURCE]
        for each in self.routes:
            values = values & ~space.values_of(each.matching)
        return {RESOURCE: values} if values else None

    def with_unread_tokens(self, space: Space) -> Iterator[Box]:
        """The calls of anonymous callers that present a token which nothing reads: they present none (INV-3).

        The space tells anonymous callers apart.
        """
        anonymous = space.box(ANONYMOUS_CALLER)
        regions = [region(each, space) for each in self.routes if not reads_token(self.api, each.route)]
        for reached in (*regions, self.no_route(space)):
            box = None if anonymous is None or reached is None else intersection(anonymous, reached)
            if box is not None:
                yield {**box, TOKEN: HAS_TOKEN}


def space_of(
    versions: Sequence[ApiVersion],
    budget: Budget,
    statements: Iterable[CompiledStatement] = (),
    regions: Iterable[ArnRegion] = (),
    *,
    within: ArnRegion | None = None,
) -> Space:
    """The space of the calls that versions of an API tell apart, and other statements and regions besides.

    Args:
        versions: the versions. The first one has the account and the callers.
        budget: counts the steps.
        statements: the other statements.
        regions: the other regions.
        within: all calls that are meant; by default those to every stage of the versions.
    """
    api = versions[0].api
    of_routes = (calls.matching for each in versions for calls in each.routes)
    stages = all_stages([each.api for each in versions])
    space = Space(
        chain(chain.from_iterable(each.access.statements() for each in versions), statements),
        base_view(None),
        DimensionBuilders(callers=_principals(versions[0].callers), accounts=[api.account], api=_known(api, stages)),
        budget,
        regions=chain(of_routes, regions),
        within=calls_of_api(api, stages) if within is None else within,
        visibility=(True, api.is_private),
        anonymous=versions[0].access.anonymous,
        more={name: full for each in versions for name, full in dimensions_of(each.api).items()},
    )
    if len(versions) > 1:
        # A call presents one token to all versions. Of one version, it is any good one.
        space.impossible.extend(impossible_tokens([each.api for each in versions]))
    return space


def all_stages(apis: Sequence[ApiDefinition]) -> list[str]:
    """The names of the stages of versions of an API, those that all of them have first."""
    names = [[stage.name for stage in api.stages] for api in apis]
    shared = [name for name in names[0] if all(name in each for each in names)]
    return [*dict.fromkeys((*shared, *chain.from_iterable(names)))]


def not_compared(api: ApiDefinition) -> Iterator[str]:
    """Why nothing is known of an API (ANA-1, ANA-4)."""
    # Which function is called decides no call.
    variants = getattr(api, "variants", (api,))
    for condition in () if differs_in_functions_only(variants) else getattr(api, "depends_on", ()):
        yield f"the API depends on {condition}, whose truth is not known"
    for part in api.unknown_parts:
        yield f"a part of the API is not known: {part.in_words}"
    yield from without_stage_variables(api)
    if api.disable_execute_api_endpoint and api.is_private and api.domains:
        yield "the API's own host is disabled, and calls by private custom domains are not analysed"
    if api.readings.path != "as_sent":
        yield "paths are not compared in the reading in which the ARN has them normalised"


def _known(api: ApiDefinition, stages: Iterable[str]) -> KnownApi:
    """The API with its routes, of which examples are made: each placeholder has a short value."""
    arn = arn_before_stage(api).removesuffix("/")
    routes = [(_method(route), _path(route)) for route in api.routes if route.path.startswith("/")]
    if api.type is ApiType.WEBSOCKET:
        routes = [(method, f"/{CONNECTIONS}/{_EXAMPLE}") for method in ("GET", "POST", "DELETE")]
    return KnownApi(arn, tuple(stages), tuple(routes))


def _method(route: Route) -> str:
    return "GET" if route.method == ANY else route.method


def _path(route: Route) -> str:
    """A path that calls of a route have."""
    return "/".join(_EXAMPLE if part.startswith("{") else part for part in route.path.split("/"))


#: The value of a placeholder in examples.
_EXAMPLE = "1"


def _principals(callers: Sequence[Caller] | None) -> list[Principal] | None:
    """The principals of the callers that there are: those that are given, and the anonymous one."""
    return None if callers is None else [Principal.anonymous(), *(each.principal for each in callers)]


def assumptions_of(callers: Sequence[Caller] | None) -> tuple[str, ...]:
    """What is taken for granted where callers are given, or where there may be any."""
    if callers is None:
        return ASSUMPTIONS
    return ("the given callers, and anonymous ones, are all that there are", *ASSUMPTIONS[1:])
