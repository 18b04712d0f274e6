"""A call as it arrives at a stage: method, path, headers, query and context variables (AUT-1, KEY-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import DEFAULT_STAGE, Stage

#: What a header or a query parameter was sent with: a text, or several in their order.
SentValues: TypeAlias = "str | Sequence[str]"


#: Headers, or a query, that are not given: the empty mapping that is given says that none are sent.
NOT_GIVEN: Mapping[str, Any] = MappingProxyType({})


#: Context variables that API Gateway fills for every call: not told means not known, never absent (KEY-4).
_ALWAYS = frozenset(
    {
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "extendedRequestId",
        "httpMethod",
        "identity.sourceIp",
        "path",
        "protocol",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "resourceId",
        "resourcePath",
        "routeKey",
        "stage",
    }
)


#: Context variables that API Gateway fills for every call to a private API, too.
_ALWAYS_PRIVATE = _ALWAYS | {"identity.vpcId", "identity.vpceId"}


#: Context variables that are condition keys by another name.
CONDITION_KEYS = {
    "identity.sourceIp": ("aws:SourceIp", "aws:VpcSourceIp"),
    "identity.userAgent": ("aws:UserAgent",),
    "identity.vpcId": ("aws:SourceVpc",),
    "identity.vpceId": ("aws:SourceVpce",),
}


_DNS_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


class IncomingCall(NamedTuple):
    """One call as it reaches a stage.

    ``headers`` and ``query`` hold a text, or a list of texts where one name was sent several times. ``context`` holds
    context variables by their dotted names (``identity.sourceIp``); condition keys that mean the same
    (``aws:SourceIp``) are understood too. ``always`` names the context variables that every such call has, told or not;
    of the others one that is not told is absent, or not known unless the context is ``complete`` (KEY-4).
    """

    method: str
    path: str
    headers: Mapping[str, SentValues] = NOT_GIVEN
    query: Mapping[str, SentValues] = NOT_GIVEN
    stage_variables: Mapping[str, str] = NOT_GIVEN
    context: Mapping[str, Any] = NOT_GIVEN
    complete: bool = True
    always: frozenset[str] = _ALWAYS

    @property
    def tells_what_is_sent(self) -> bool:
        """Whether headers or query are given; a call without both may be sent with any."""
        return self.headers is not NOT_GIVEN or self.query is not NOT_GIVEN

    def header(self, name: str) -> tuple[str, ...]:
        """All values of a header in the order in which they were sent; header names have no case."""
        wanted = name.lower()
        sent = (values for each, values in self.headers.items() if each.lower() == wanted)
        return tuple(value.strip() for values in sent for value in all_values(values))

    def parameter(self, name: str) -> tuple[str, ...]:
        """All values of a query parameter in order; their names have case."""
        return all_values(self.query.get(name, ()))

    def variable(self, name: str) -> Any:
        """A context variable; None for one that was not told."""
        if name in self.context:
            return self.context[name]
        keys = {each.lower() for each in CONDITION_KEYS.get(name, ())}
        return next((value for key, value in self.context.items() if key.lower() in keys), None)


def with_api_context(call: IncomingCall, api: ApiDefinition, stage: Stage, route: Route) -> IncomingCall:
    """The call with the stage's variables and the context variables that follow from API, stage and route.

    What the call's own context tells goes first, such as the host that it used. Unless that is told, the call is taken
    to come by the API's own host, whose paths begin with the stage unless that is ``$default``.
    """
    prefix = "" if stage.name == DEFAULT_STAGE else f"/{stage.name}"
    suffix = _DNS_SUFFIXES.get(api.partition, "amazonaws.com")
    follows: dict[str, Any] = {
        "accountId": api.account,
        "apiId": api.id,
        "domainName": f"{api.id}.execute-api.{api.region}.{suffix}",
        "domainPrefix": api.id,
        "stage": stage.name,
    }
    if api.type is ApiType.WEBSOCKET:
        follows.update(routeKey=route.key, eventType="CONNECT", messageDirection="IN")
    else:
        follows.update(httpMethod=call.method, path=prefix + call.path, protocol="HTTP/1.1", resourcePath=route.path)
    if api.type is ApiType.HTTP:
        follows["routeKey"] = route.key
    agent = call.header("User-Agent")
    if agent:
        follows["identity.userAgent"] = agent[-1]
    return call._replace(
        stage_variables={**stage.variables, **call.stage_variables},
        context={**follows, **call.context},
        always=_ALWAYS_PRIVATE if api.is_private else _ALWAYS,
    )


def all_values(values: SentValues) -> tuple[str, ...]:
    """The values of a header or query parameter as a tuple."""
    return (values,) if isinstance(values, str) else tuple(values)
