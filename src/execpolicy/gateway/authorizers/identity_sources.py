"""Identity sources: what an authorizer reads of a call, and when a call is a 401 before any function runs (AUT-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.cache import Key, ttl_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import DEFAULT_STAGE, Stage
from execpolicy.gateway.model.validation_expression.expression import read_expression

#: What a header or a query parameter was sent with: a text, or several in their order.
Values: TypeAlias = "str | Sequence[str]"

#: Headers, or a query, that are not given: the empty mapping that is given says that none are sent.
NOT_GIVEN: Mapping[str, Any] = MappingProxyType({})

#: How each kind of API writes a source: prefix, and where it reads. The first is the one that advice shows.
_NOTATIONS: dict[ApiType, dict[str, str]] = {
    ApiType.REST: {
        "method.request.header.": "header",
        "method.request.querystring.": "query",
        "method.request.multivalueheader.": "header",
        "method.request.multivaluequerystring.": "query",
        "stageVariables.": "stage",
        "context.": "context",
    },
    ApiType.HTTP: {
        "$request.header.": "header",
        "$request.querystring.": "query",
        "$stageVariables.": "stage",
        "$context.": "context",
    },
    ApiType.WEBSOCKET: {
        "route.request.header.": "header",
        "route.request.querystring.": "query",
        "stageVariables.": "stage",
        "context.": "context",
    },
}

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
_CONDITION_KEYS = {
    "identity.sourceIp": ("aws:SourceIp", "aws:VpcSourceIp"),
    "identity.userAgent": ("aws:UserAgent",),
    "identity.vpcId": ("aws:SourceVpc",),
    "identity.vpceId": ("aws:SourceVpce",),
}

_DNS_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


class Call(NamedTuple):
    """One call as it reaches a stage.

    ``headers`` and ``query`` hold a text, or a list of texts where one name was sent several times. ``context`` holds
    context variables by their dotted names (``identity.sourceIp``); condition keys that mean the same
    (``aws:SourceIp``) are understood too. ``always`` names the context variables that every such call has, told or not;
    of the others one that is not told is absent, or not known unless the context is ``complete`` (KEY-4).
    """

    method: str
    path: str
    headers: Mapping[str, Values] = NOT_GIVEN
    query: Mapping[str, Values] = NOT_GIVEN
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
        return tuple(value.strip() for values in sent for value in all_of(values))

    def parameter(self, name: str) -> tuple[str, ...]:
        """All values of a query parameter in order; their names have case."""
        return all_of(self.query.get(name, ()))

    def variable(self, name: str) -> Any:
        """A context variable; None for one that was not told."""
        if name in self.context:
            return self.context[name]
        keys = {each.lower() for each in _CONDITION_KEYS.get(name, ())}
        return next((value for key, value in self.context.items() if key.lower() in keys), None)


class Sources(NamedTuple):
    """What an authorizer's identity sources hold for one call, in their order.

    ``values`` has None for a source that the call lacks, ``missing`` names those and the empty ones, ``unknown`` the
    context variables that are not given and that the call has or may have. ``refusal`` says why the call is a 401
    before any function or cache is asked, or is None; ``doubt`` why it may be one, and ``keys`` are the condition
    keys that would tell. ``key`` is what an answer is cached by; None where a source lacks its value.
    """

    values: tuple[str | None, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    refusal: str | None
    key: Key | None
    doubt: str | None = None
    keys: tuple[str, ...] = ()


def read_sources(authorizer: Authorizer, api_type: ApiType, call: Call) -> Sources:
    """What the identity sources of an authorizer hold for a call, and whether that is enough to go on (AUT-4).

    Args:
        authorizer: the authorizer, of any type.
        api_type: the kind of API that it belongs to.
        call: the call; ``described`` gives it the context variables that follow from API and route.

    Raises:
        UsageError: a source is not written as this kind of API writes it, or this kind has no such authorizer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html

    >>> tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    >>> read_sources(tokens, ApiType.REST, Call("GET", "/", {"authorization": "letmein"})).values
    ('letmein',)
    >>> read_sources(tokens, ApiType.REST, Call("GET", "/")).refusal
    'the authorizer tokens reads method.request.header.Authorization, which the call does not have or has empty'
    """
    if authorizer.type is AuthorizerType.TOKEN and api_type is not ApiType.REST:
        raise UsageError(f"{authorizer.name} is a TOKEN authorizer: only REST APIs have those", rule="AUT-1")
    values: list[str | None] = []
    missing: list[str] = []
    unknown: list[str] = []
    doubtful: dict[str, tuple[str, ...]] = {}
    key: list[tuple[str, ...]] = []
    for source in authorizer.identity_sources:
        where, name = _place(authorizer, api_type, source)
        found = _found(call, where, name)
        values.append(_shown(found, source, api_type) if found else None)
        key.append(found)
        if any(found):
            continue
        if where != "context" or (call.complete and name not in call.always):
            missing.append(source)
            continue
        unknown.append(source)
        if name not in call.always:
            doubtful[source] = _CONDITION_KEYS.get(name, ())
    refusal = _refusal(authorizer, api_type, values, missing)
    sources = Sources(
        tuple(values), tuple(missing), tuple(unknown), refusal, None if missing or unknown else tuple(key)
    )
    if refusal is None and doubtful and _required(authorizer, api_type):
        doubt = f"the authorizer {authorizer.name} reads {', '.join(doubtful)}, which is not known to be in the call"
        return sources._replace(doubt=doubt, keys=tuple(name for names in doubtful.values() for name in names))
    return sources


def values_at(authorizer: Authorizer, api_type: ApiType, call: Call, source: str) -> tuple[str, ...]:
    """All values of a call at one identity source, in order.

    Raises:
        UsageError: the source is not written as this kind of API writes it.
    """
    where, name = _place(authorizer, api_type, source)
    return _found(call, where, name)


def described(call: Call, api: ApiDefinition, stage: Stage, route: Route) -> Call:
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


def all_of(values: Values) -> tuple[str, ...]:
    """The values of a header or query parameter as a tuple."""
    return (values,) if isinstance(values, str) else tuple(values)


def _place(authorizer: Authorizer, api_type: ApiType, source: str) -> tuple[str, str]:
    notations = _NOTATIONS[api_type]
    for prefix, where in notations.items():
        name = source.removeprefix(prefix)
        if name != source and name and "," not in name:
            if where != "header" and authorizer.type is AuthorizerType.TOKEN:
                break
            return where, name
    shown = " or ".join(f"{prefix}NAME" for prefix in notations)
    if authorizer.type is AuthorizerType.TOKEN:
        shown = "method.request.header.NAME"
    raise UsageError(
        f"found the identity source {source!r} of {authorizer.name}, expected {shown}",
        advice=_advice(api_type, source),
        rule="AUT-4",
    )


def _advice(api_type: ApiType, source: str) -> str:
    if "," in source:
        return "give each source as an item of its own"
    if ".path." in source:
        return "a path parameter is no identity source"
    for other, notations in _NOTATIONS.items():
        if other is not api_type and any(source.startswith(prefix) for prefix in notations):
            return f"that is how {other} APIs write it, this is a {api_type} API"
    return "names stand behind the prefix as they are"


def _found(call: Call, where: str, name: str) -> tuple[str, ...]:
    if where == "header":
        return call.header(name)
    if where == "query":
        return call.parameter(name)
    value = call.stage_variables.get(name) if where == "stage" else call.variable(name)
    return () if value is None else (str(value),)


def _shown(found: tuple[str, ...], source: str, api_type: ApiType) -> str:
    """What the function gets to see: REST and WebSocket APIs take the last value where they take one."""
    if api_type is ApiType.HTTP or ".multivalue" in source:
        return ",".join(found)
    return found[-1]


def _refusal(authorizer: Authorizer, api_type: ApiType, values: list[str | None], missing: list[str]) -> str | None:
    if missing and _required(authorizer, api_type):
        return f"the authorizer {authorizer.name} reads {', '.join(missing)}, which the call does not have or has empty"
    expression = authorizer.validation_expression
    if authorizer.type is not AuthorizerType.TOKEN or expression is None:
        return None
    # The token itself stays out of the message: it is a secret.
    if not read_expression(expression).matches(values[0] or ""):
        return f"the token does not match {expression!r} of the authorizer {authorizer.name}: the whole token has to"
    return None


def _required(authorizer: Authorizer, api_type: ApiType) -> bool:
    """Only a REST API's REQUEST authorizer without a cache is called whatever is missing."""
    if authorizer.type is AuthorizerType.REQUEST and api_type is ApiType.REST:
        return ttl_of(authorizer, api_type) > 0
    return True
