"""An API as its owner configures it: routes, authorizers, stages, keys, domains and the resource policy."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from execpolicy.arguments import (
    described,
    flag,
    instance,
    instance_or_none,
    instances,
    mapping_or_none,
    own,
    text,
    text_or_none,
)
from execpolicy.document.policy import Policy
from execpolicy.document.wording import quoted
from execpolicy.engine.caller import Caller, Target
from execpolicy.errors import UsageError
from execpolicy.frozen import Frozen
from execpolicy.gateway.api_consistency import check_api
from execpolicy.gateway.authorizer import Authorizer
from execpolicy.gateway.domain import Domain
from execpolicy.gateway.names import ApiType, AuthType, EndpointType, KeySource, one_of
from execpolicy.gateway.readings import Readings
from execpolicy.gateway.route import Route
from execpolicy.gateway.stage import DEFAULT_STAGE, ApiKey, Stage
from execpolicy.language.context import Context
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from execpolicy.gateway.cache import AuthorizerCache
    from execpolicy.gateway.flow import Given
    from execpolicy.gateway.identity_sources import Call
    from execpolicy.gateway.response import GatewayResponse
    from execpolicy.gateway.route_table import RouteTable

_PRIVATE = EndpointType.PRIVATE
_ACCOUNT = re.compile("[0-9]{12}")
_REGION = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
_API_ID = re.compile("[A-Za-z0-9]+")


class Api(Frozen):
    """An API. ``invoke`` says what becomes of a call.

    Args:
        id: the API id.
        type: REST, HTTP or WEBSOCKET.
        region: such as ``eu-west-1``; the partition follows from it (GW-9).
        account: the 12 digits of the account that owns it.
        endpoint: EDGE, REGIONAL or PRIVATE.
        routes: its routes; routes of a WebSocket API have a key and no path.
        authorizers: its authorizers, which routes call by name.
        stages: its stages, or their names; an HTTP API has ``$default`` unless told, the others must name theirs.
            ``stage`` is the one that calls go to: the only one, unless told.
        resource_policy: its resource policy (REST APIs only), of kind ``resource``.
        api_keys, api_key_source: its API keys, and where it looks for one.
        domains: the custom domain names that lead to it.
        cors: whether an HTTP API answers preflight requests itself (GW-27).
        readings: how to read AWS's pages where they disagree.

    Raises:
        UsageError: an argument is of the wrong type, or AWS takes no API with these parts.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> api.invoke("GET", "/orders").status
    200
    """

    __slots__ = (
        "_before_calls",
        "_route_table",
        "_target",
        "account",
        "api_key_source",
        "api_keys",
        "authorizers",
        "cors",
        "domains",
        "endpoint",
        "id",
        "readings",
        "region",
        "resource_policy",
        "routes",
        "stage",
        "stages",
        "type",
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
    _target: Target
    #: The ARN of a call up to its method, by stage, and the routes by what finds them: each is made when first needed.
    _before_calls: dict[str, str]
    _route_table: RouteTable | None

    def __init__(
        self,
        *,
        id: str,
        type: ApiType | str,
        region: str,
        account: str,
        endpoint: EndpointType | str = EndpointType.REGIONAL,
        routes: Iterable[Route] = (),
        authorizers: Iterable[Authorizer] = (),
        stages: str | Iterable[Stage | str] | None = None,
        stage: str | None = None,
        resource_policy: Policy | None = None,
        api_keys: Iterable[ApiKey] = (),
        api_key_source: KeySource | str = KeySource.HEADER,
        domains: Iterable[Domain] = (),
        cors: bool = False,
        readings: Readings = Readings(),  # noqa: B008 - immutable
    ) -> None:
        kind = one_of(ApiType, type, "an API's type")
        all_stages = _stages(stages, kind)
        self._set(
            id=_shaped(_API_ID, id, "an API id is letters and digits"),
            type=kind,
            region=_shaped(_REGION, region, "a region is such as eu-west-1"),
            account=_shaped(_ACCOUNT, account, "an account has 12 digits"),
            endpoint=one_of(EndpointType, endpoint, "an endpoint's type"),
            routes=instances(routes, Route, "routes"),
            authorizers=instances(authorizers, Authorizer, "authorizers"),
            stages=all_stages,
            stage=_stage(all_stages, text_or_none(stage, "stage")),
            resource_policy=instance_or_none(resource_policy, Policy, "resource_policy"),
            api_keys=instances(api_keys, ApiKey, "api_keys"),
            api_key_source=one_of(KeySource, api_key_source, "api_key_source"),
            domains=instances(domains, Domain, "domains"),
            cors=flag(cors, "cors"),
            readings=instance(readings, Readings, "readings"),
        )
        check_api(self)
        self._set(_target=Target(resource=resource_policy), _before_calls={}, _route_table=None)

    def __getstate__(self) -> dict[str, object]:
        return {**{name: getattr(self, name) for name in self._fields()}, "stage": self.stage.name}

    def __setstate__(self, state: dict[str, object]) -> None:
        Api.__init__(self, **state)  # type: ignore[arg-type]  # the state is what __init__ took

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        stage: str | None = None,
        parameters: Mapping[str, str] | None = None,
        allow_outside: bool = False,
    ) -> Api:
        """Read an API from a file of execpolicy's own format, ``*.api.json`` or ``*.api.yaml`` (docs/api-files.md).

        Args:
            path: the file.
            stage: the stage that calls go to, where the API has several.
            parameters: values for the parameters of a template; files of this format have none.
            allow_outside: whether the file may name policies that lie outside of its project: the nearest folder
                above it that holds ``.git`` or ``pyproject.toml``, else its own.

        Raises:
            ExecPolicyError: the file cannot be read, or says what no API can be, with the place.
            UsageError: ``path`` is no path, or the API does not have that stage.
        """
        from execpolicy.gateway.api_document import load_api

        if mapping_or_none(parameters, "parameters"):
            raise UsageError("files of this format have no parameters", advice="leave parameters out")
        return load_api(path, stage=stage, allow_outside=flag(allow_outside, "allow_outside"))

    def invoke(
        self,
        method: str,
        path: str = "",
        *,
        caller: Caller | Principal | str | None = None,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        context: Context | Mapping[str, Any] | None = None,
        vpc_endpoint_policy: Policy | None = None,
        domain_name: str | None = None,
        authorizer_output: Any = None,
        claims: Mapping[str, object] | None = None,
        cache: AuthorizerCache | None = None,
        at: object = None,
        signature: str = "valid",
    ) -> GatewayResponse:
        """Say what becomes of a call.

        Args:
            method: the verb; of a WebSocket API the route key (``$connect``), or the verb of a call to
                ``/@connections/…``.
            path: the path behind the stage as it is sent, without a query; with ``domain_name``, behind the host.
            caller: who signed the call, with the policies that bind them; None for a call without a signature.
            headers: the headers, names in any case; a list of texts where one was sent several times.
            query: the query parameters.
            context: condition keys, such as ``aws:SourceIp`` or ``aws:SourceVpce``.
            vpc_endpoint_policy: the policy of the endpoint that the call came through; None is AWS's own, which lets
                everything pass.
            domain_name: the host, where it is a custom domain.
            authorizer_output: what the route's Lambda authorizer returns: a mapping, JSON text, an exception, an
                AuthorizerOutput, or the handler itself, which is then called with the event (and None as context).
            claims: the verified claims of the token that the call brings; headers or query, if given, must hold the
                token itself where the authorizer looks for it.
            cache: the authorizer cache to use and fill.
            at: the time, as ``datetime``, ISO 8601 text or epoch seconds.
            signature: ``valid``, ``invalid``, or ``expired`` for one made with temporary credentials that have expired.

        Returns:
            The answer: status, gateway response, message, and every gate.

        Raises:
            RequestError: the call cannot be made, or lacks what its route asks for (an authorizer's answer).
            UsageError: an argument is of the wrong type, or does not go with this API.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

        >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
        >>> response = api.invoke("GET", "/orders")
        >>> response.status, response.message
        (403, 'Missing Authentication Token')
        """
        arrived, invoke = _gateway()
        call, given = arrived(
            self,
            method,
            path,
            caller=caller,
            headers=headers,
            query=query,
            context=context,
            vpc_endpoint_policy=vpc_endpoint_policy,
            domain_name=domain_name,
            authorizer_output=authorizer_output,
            claims=claims,
            cache=cache,
            at=at,
            signature=signature,
        )
        return invoke(self, call, given)

    @property
    def partition(self) -> str:
        """The partition that the region belongs to (GW-9)."""
        from execpolicy.gateway.execute_api_arn import partition_of

        return partition_of(self.region)

    @property
    def is_private(self) -> bool:
        """Whether it is reached through VPC endpoints alone."""
        return self.endpoint is _PRIVATE

    @property
    def target(self) -> Target:
        """The resource policy, compiled once."""
        return self._target

    def _make_route_table(self) -> RouteTable:
        """Make and keep: the routes, ready to be found."""
        from execpolicy.gateway.route_table import RouteTable

        table = RouteTable(self.type, self.routes)
        self._set(_route_table=table)
        return table

    def authorizer(self, name: str) -> Authorizer:
        """The authorizer of that name; every name that a route uses is there.

        Raises:
            UsageError: the API has none of that name.
        """
        name = own(name)
        for each in self.authorizers:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in self.authorizers) or "none"
        raise UsageError(f"found no authorizer {quoted(str(name))}", advice=f"the API has {names}")

    def auth_of(self, route: Route) -> AuthType:
        """What a route asks for: what it says, else what its authorizer is for, else nothing."""
        if route.auth is not None:
            return route.auth
        return AuthType.NONE if route.authorizer is None else self.authorizer(route.authorizer).type.auth

    def with_readings(self, readings: Readings) -> Api:
        """The same API by other readings of AWS's pages."""
        other = object.__new__(Api)
        kept = {name: getattr(self, name) for name in self.__slots__}
        other._set(**{**kept, "readings": instance(readings, Readings, "readings")})
        return other


@cache
def _gateway() -> tuple[Callable[..., tuple[Call, Given]], Callable[[Api, Call, Given], GatewayResponse]]:
    """What reads a call and what sends it through the gates; both know APIs, so they are loaded after this module."""
    from execpolicy.gateway.arrival import arrived
    from execpolicy.gateway.invoke import invoke

    return arrived, invoke


def _shaped(shape: re.Pattern[str], value: object, expected: str) -> str:
    found = own(value)
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


def _stage(stages: tuple[Stage, ...], name: str | None) -> Stage:
    known = ", ".join(each.name for each in stages)
    if name is None and len(stages) == 1:
        return stages[0]
    for each in stages:
        if each.name == name:
            return each
    found = "none is told" if name is None else f"there is no {name!r}"
    raise UsageError(f"which stage do calls go to? The API has {known or 'none'}, {found}", advice="give stage=…")
