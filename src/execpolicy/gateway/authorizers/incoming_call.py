"""A call as it arrives at a stage: method, path, headers, query and context variables (AUT-1, KEY-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from execpolicy.arguments import as_builtin, mapping_or_none, text
from execpolicy.errors import UsageError
from execpolicy.gateway.arn.execute_api_arn import dns_suffix
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import DEFAULT_STAGE, Stage

#: The value of a header or a query parameter, or several values in their order.
SentValues: TypeAlias = "str | Sequence[str]"


#: Headers or query parameters that are not given. An empty mapping that is given means that none are sent.
NOT_GIVEN: Mapping[str, Any] = MappingProxyType({})


#: Context variables that API Gateway sets for every call: if one is not given, it is unknown, never absent (KEY-4).
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


#: Context variables that API Gateway sets for every call to a private API.
_ALWAYS_PRIVATE = _ALWAYS | {"identity.vpcId", "identity.vpceId"}


#: Context variables with the same value as a condition key.
CONDITION_KEYS = {
    "identity.sourceIp": ("aws:SourceIp", "aws:VpcSourceIp"),
    "identity.userAgent": ("aws:UserAgent",),
    "identity.vpcId": ("aws:SourceVpc",),
    "identity.vpceId": ("aws:SourceVpce",),
}


def values_by_lower_name(headers: Mapping[str, SentValues]) -> dict[str, tuple[str, ...]]:
    """All values of each header in the order in which they were sent, by its name in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for name, values in headers.items():
        sent = tuple([value.strip() for value in (values if type(values) is tuple else all_values(values))])
        lower = name.lower()
        found[lower] = (*found[lower], *sent) if lower in found else sent
    return found


class SentHeaders(dict[str, SentValues]):
    """Headers as they were sent; ``by_name`` has the values by lower-case name, which most gates look up."""

    __slots__ = ("by_name",)

    def __init__(self, sent: Mapping[str, SentValues]) -> None:
        super().__init__(sent)
        self.by_name = values_by_lower_name(sent)


class IncomingCall(NamedTuple):
    """A call as it arrives at a stage.

    ``headers`` and ``query`` hold a text, or a list of texts if one name was sent several times. ``context`` holds
    context variables by their dotted names (``identity.sourceIp``), or condition keys with the same meaning
    (``aws:SourceIp``). ``always`` names the context variables that every such call has, even if they are not given. Any
    other variable that is not given is absent if the context is ``complete``, else unknown (KEY-4).
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
    def knows_what_is_sent(self) -> bool:
        """Whether headers or query parameters are given; otherwise any may have been sent."""
        return self.headers is not NOT_GIVEN or self.query is not NOT_GIVEN

    def header(self, name: str) -> tuple[str, ...]:
        """All values of a header in the order in which they were sent; header names are case-insensitive."""
        headers = self.headers
        by_name = headers.by_name if type(headers) is SentHeaders else values_by_lower_name(headers)
        return by_name.get(name.lower(), ())

    def hosts(self) -> list[str]:
        """The hosts that the header Host names, without their ports."""
        return [sent.partition(":")[0] for sent in self.header("host")]

    def parameter(self, name: str) -> tuple[str, ...]:
        """All values of a query parameter in order; names are case-sensitive."""
        return all_values(self.query.get(name, ()))

    def variable(self, name: str) -> Any:
        """A context variable; None if it is not given."""
        if name in self.context:
            return self.context[name]
        keys = {each.lower() for each in CONDITION_KEYS.get(name, ())}
        return next((value for key, value in self.context.items() if key.lower() in keys), None)


def with_api_context(call: IncomingCall, api: ApiDefinition, stage: Stage, route: Route) -> IncomingCall:
    """The call with the stage's variables and the context variables that follow from API, stage and route.

    Variables in the context of the call take precedence, such as the host that it used. By default the call uses the
    API's own host, whose paths begin with the name of the stage unless that is ``$default``.
    """
    prefix = "" if stage.name == DEFAULT_STAGE else f"/{stage.name}"
    follows: dict[str, Any] = {
        "accountId": api.account,
        "apiId": api.id,
        "domainName": f"{api.id}.execute-api.{api.region}.{dns_suffix(api.partition)}",
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


def read_sent_values(given: Mapping[str, SentValues] | None, name: str) -> dict[str, SentValues]:
    """Headers or query parameters, each name with all its values.

    Raises:
        UsageError: a value is neither a text nor a list of texts.
        RequestError: UTF-8 cannot encode a text.
    """
    sent: dict[str, SentValues] = {}
    pairs = given if type(given) is dict else mapping_or_none(given, name) or {}
    for key, values in pairs.items():
        if type(values) is str and type(key) is str and values.isascii() and key.isascii():
            sent[key] = (values,)
            continue
        several = (values,) if isinstance(values, str) else as_builtin(values)
        if not isinstance(several, (list, tuple)):
            raise UsageError(f"each of {name} is a text or a list of texts, found {type(values).__name__}")
        sent[text(key, f"a name in {name}")] = tuple(text(each, f"each of {name}") for each in several)
    return sent
