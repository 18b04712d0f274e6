"""The parts of an API, each read and checked separately."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import (
    as_builtin,
    described,
    flag,
    instance,
    instance_or_none,
    instances,
    text,
    text_or_none,
)
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import UsageError
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.gateway_responses import CustomGatewayResponse
from execpolicy.gateway.model.names import (
    ApiType,
    AuthType,
    EndpointType,
    KeySource,
    endpoint_access_mode_or_none,
    ip_address_type_or_none,
    one_of,
)
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.route import Route, read_routes_given
from execpolicy.gateway.model.stage import DEFAULT_STAGE, ApiKey, Stage
from execpolicy.gateway.model.stage_selection import selected_stage
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

if TYPE_CHECKING:
    from execpolicy.literals import ApiTypeName, EndpointAccessMode, EndpointTypeName, IpAddressType, KeySourceName

_PRIVATE = EndpointType.PRIVATE
_ACCOUNT = re.compile("[0-9]{12}")
_REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
_API_ID = re.compile("[A-Za-z0-9]+")


class ApiParts(Frozen):
    """The parts of an API, each of the right type. ``check_parts`` says whether they can form one API.

    The arguments are those of ``Api``.

    Raises:
        UsageError: an argument is of the wrong type, or the API does not have the selected stage.

    >>> parts = ApiParts(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> parts.stage.name
    'prod'
    """

    __slots__ = (
        "account",
        "api_key_source",
        "api_keys",
        "authorizers",
        "cors",
        "disable_execute_api_endpoint",
        "domains",
        "endpoint",
        "endpoint_access_mode",
        "gateway_responses",
        "id",
        "ip_address_type",
        "readings",
        "region",
        "resource_policy",
        "routes",
        "stage",
        "stages",
        "type",
        "unknown_parts",
    )
    id: str
    type: ApiType
    region: str
    account: str
    endpoint: EndpointType
    routes: tuple[Route, ...]
    authorizers: tuple[Authorizer, ...]
    stages: tuple[Stage, ...]
    stage: Stage
    resource_policy: Policy | None
    api_keys: tuple[ApiKey, ...]
    api_key_source: KeySource
    domains: tuple[Domain, ...]
    cors: bool
    readings: Readings
    disable_execute_api_endpoint: bool
    gateway_responses: tuple[CustomGatewayResponse, ...]
    ip_address_type: IpAddressType | None
    endpoint_access_mode: EndpointAccessMode | None
    #: What the file of the API does not say, with what of the API it concerns (SRC-9).
    unknown_parts: tuple[UnknownPart, ...]

    def __init__(
        self,
        *,
        id: str,
        type: ApiType | ApiTypeName,
        region: str,
        account: str,
        endpoint: EndpointType | EndpointTypeName = EndpointType.REGIONAL,
        routes: str | Iterable[Route | str] = (),
        authorizers: Iterable[Authorizer] = (),
        stages: str | Iterable[Stage | str] | None = None,
        stage: str | None = None,
        resource_policy: Policy | None = None,
        api_keys: Iterable[ApiKey] = (),
        api_key_source: KeySource | KeySourceName = KeySource.HEADER,
        domains: Iterable[Domain] = (),
        cors: bool = False,
        readings: Readings = Readings(),  # noqa: B008 - immutable
        disable_execute_api_endpoint: bool = False,
        gateway_responses: Iterable[CustomGatewayResponse] = (),
        ip_address_type: IpAddressType | None = None,
        endpoint_access_mode: EndpointAccessMode | None = None,
        unknown_parts: Iterable[UnknownPart] = (),
    ) -> None:
        kind = one_of(ApiType, type, "an API's type")
        all_stages = _stages(stages, kind)
        self._set(
            id=_shaped(_API_ID, id, "an API id is letters and digits"),
            type=kind,
            region=_shaped(_REGION, region, "a region is such as eu-west-1"),
            account=_shaped(_ACCOUNT, account, "an account has 12 digits"),
            endpoint=one_of(EndpointType, endpoint, "an endpoint's type"),
            routes=read_routes_given(routes, kind),
            authorizers=instances(authorizers, Authorizer, "authorizers"),
            stages=all_stages,
            stage=selected_stage(all_stages, text_or_none(stage, "stage")),
            resource_policy=instance_or_none(resource_policy, Policy, "resource_policy"),
            api_keys=instances(api_keys, ApiKey, "api_keys"),
            api_key_source=one_of(KeySource, api_key_source, "api_key_source"),
            domains=instances(domains, Domain, "domains"),
            cors=flag(cors, "cors"),
            readings=instance(readings, Readings, "readings"),
            disable_execute_api_endpoint=flag(disable_execute_api_endpoint, "disable_execute_api_endpoint"),
            gateway_responses=instances(gateway_responses, CustomGatewayResponse, "gateway_responses"),
            ip_address_type=ip_address_type_or_none(ip_address_type, private=endpoint == _PRIVATE),
            endpoint_access_mode=endpoint_access_mode_or_none(endpoint_access_mode),
            unknown_parts=instances(unknown_parts, UnknownPart, "unknown_parts"),
        )
        self._complete()

    def _complete(self) -> None:
        """Check and add what a derived class needs; the parts are set."""

    @property
    def partition(self) -> str:
        """The partition that the region belongs to (GW-9)."""
        from execpolicy.gateway.arn.execute_api_arn import partition_of

        return partition_of(self.region)

    @property
    def is_private(self) -> bool:
        """Whether only calls through VPC endpoints reach it."""
        return self.endpoint is _PRIVATE

    @property
    def has_unknown_access(self) -> bool:
        """Whether it is not known of a part whom it lets in; messages and the settings of stages let in nobody."""
        return any(part.concern not in (Concern.MESSAGE, Concern.STAGE) for part in self.unknown_parts)

    def authorizer(self, name: str) -> Authorizer:
        """The authorizer with this name.

        Raises:
            UsageError: the API has none of that name.
        """
        name = as_builtin(name)
        for each in self.authorizers:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in self.authorizers) or "none"
        raise UsageError(f"found no authorizer {quoted(str(name))}", advice=f"the API has {names}")

    def auth_of(self, route: Route) -> AuthType:
        """The authorization type of a route: its own, else that of its authorizer, else NONE."""
        if route.auth is not None:
            return route.auth
        return AuthType.NONE if route.authorizer is None else self.authorizer(route.authorizer).type.auth


def _shaped(shape: re.Pattern[str], value: object, expected: str) -> str:
    found = as_builtin(value)
    if not isinstance(found, str):
        raise UsageError(f"{expected}, as text; found {described(found)}", advice="write it in quotes", rule="GW-1")
    if shape.fullmatch(found) is None:
        raise UsageError(f"{expected}, found {value!r}", rule="GW-1")
    return found


def _stages(given: object, kind: ApiType) -> tuple[Stage, ...]:
    if given is None and kind is ApiType.HTTP:
        return (Stage(DEFAULT_STAGE),)
    if given is None:
        given = ()
    several = isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))
    items: Iterable[object] = given if several else (given,)  # type: ignore[assignment]  # several says it is one
    stages = tuple(each if isinstance(each, Stage) else Stage(text(each, "a stage")) for each in items)
    if not stages:
        article = "an" if kind is ApiType.HTTP else "a"
        raise UsageError(
            f"{article} {kind} API has stages, found none", advice='name them: stages=["prod"]', rule="GW-6"
        )
    names = [each.name for each in stages]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"stages has {twice!r} twice", advice="keep one of them", rule="GW-6")
    return stages
