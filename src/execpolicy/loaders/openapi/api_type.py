"""Whether an OpenAPI document describes a REST or an HTTP API, by what only one of them has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.openapi.definition import SWAGGER, Definition
from execpolicy.loaders.openapi.extensions import (
    ACCESS_MODE,
    AUTHORIZER,
    CORS,
    ENDPOINT,
    INTEGRATION,
    KEY_SOURCE,
    POLICY,
    PREFIX,
    RESPONSES,
    VERSION,
)

#: Extensions of one type of API, wherever they stand.
_OF_TYPE = {
    **dict.fromkeys((POLICY, KEY_SOURCE, RESPONSES, ACCESS_MODE), ApiType.REST),
    PREFIX + "request-validators": ApiType.REST,
    PREFIX + "request-validator": ApiType.REST,
    PREFIX + "security-policy": ApiType.REST,
    CORS: ApiType.HTTP,
    VERSION: ApiType.HTTP,
}
#: Members of extensions that only one type of API has.
_MEMBERS = {
    INTEGRATION: {
        "passthroughBehavior": ApiType.REST,
        "integrationSubtype": ApiType.HTTP,
    },
    ENDPOINT: {"vpcEndpointIds": ApiType.REST, "ipAddressType": ApiType.HTTP},
    AUTHORIZER: {
        "authorizerPayloadFormatVersion": ApiType.HTTP,
        "identityValidationExpression": ApiType.REST,
        "providerARNs": ApiType.REST,
    },
}
#: The beginnings of identity sources.
_SOURCES = {"method.request.": ApiType.REST, "$request.": ApiType.HTTP}
_PAYLOAD = "payloadFormatVersion"
_DEFAULTS = ("$default", "/$default")
_ADVICE = "give type=REST or type=HTTP (--type)"


class _Sign(NamedTuple):
    """Something that only one type of API has, as messages name it."""

    api_type: ApiType
    name: str


def type_of(definition: Definition, given: ApiType | None) -> ApiType | None:
    """The type of the API; None if it is not known, which is reported.

    Args:
        definition: the document.
        given: the type, where it is known from elsewhere. The document is then not examined.
    """
    version = definition.root.members.get(SWAGGER)
    if version is not None and given is ApiType.HTTP:
        message = "found Swagger 2 for an HTTP API, which API Gateway imports from OpenAPI 3 only"
        definition.problems.report(version[2], message, "write it in OpenAPI 3, or give type=REST", "SRC-1")
        return None
    if given is not None:
        return given
    if version is not None:
        return ApiType.REST
    signs: dict[ApiType, _Sign] = {}
    for sign in _signs(definition.root):
        signs.setdefault(sign.api_type, sign)
    if len(signs) == 1:
        return next(iter(signs))
    rest, http = signs.get(ApiType.REST), signs.get(ApiType.HTTP)
    if rest is not None and http is not None:
        found = f"{quoted(rest.name)}, which only REST APIs have, and {quoted(http.name)}, which only HTTP APIs have"
    else:
        found = "nothing that only REST APIs or only HTTP APIs have"
    member = definition.root.members.get("openapi")
    definition.problems.report(member[2] if member else definition.root, f"found {found}", _ADVICE, "SRC-1")
    return None


def _signs(root: JsonObject) -> Iterator[_Sign]:
    """What tells the type of the API, in the order of the document."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, JsonArray):
            waiting.extend(reversed(node.items))
        elif isinstance(node, JsonObject):
            for name, (_, _, value) in node.members.items():
                yield from _signs_of_member(name, value)
            waiting.extend(value for _, _, value in reversed(node.members.values()))


def _signs_of_member(name: str, value: Node) -> Iterator[_Sign]:
    if name in _OF_TYPE:
        yield _Sign(_OF_TYPE[name], name)
    if name in _DEFAULTS and isinstance(value, JsonObject):
        yield _Sign(ApiType.HTTP, name)
    if name not in _MEMBERS or not isinstance(value, JsonObject):
        return
    for inner, api_type in _MEMBERS[name].items():
        if inner in value.members:
            yield _Sign(api_type, inner)
    if name == AUTHORIZER:
        yield from _signs_of_authorizer(value)
    if name == INTEGRATION:
        # People also write the version 1.0 into definitions of REST APIs, which ignore it.
        _, _, version = value.members.get(_PAYLOAD, (0, 0, None))
        if isinstance(version, (Text, JsonNumber)) and version[0] == "2.0":
            yield _Sign(ApiType.HTTP, _PAYLOAD)


def _signs_of_authorizer(authorizer: JsonObject) -> Iterator[_Sign]:
    _, _, source = authorizer.members.get("identitySource", (0, 0, None))
    if isinstance(source, Text):
        for beginning, api_type in _SOURCES.items():
            if source.value.startswith(beginning):
                yield _Sign(api_type, source.value)
    _, _, simple = authorizer.members.get("enableSimpleResponses", (0, 0, None))
    if isinstance(simple, JsonBoolean) and simple.text == "true":
        yield _Sign(ApiType.HTTP, "enableSimpleResponses")
    _, _, kind = authorizer.members.get("type", (0, 0, None))
    if isinstance(kind, Text) and kind.value.lower() in ("token", "cognito_user_pools"):
        yield _Sign(ApiType.REST, kind.value)
    # An export of a REST API may say that it has no simple responses, and a REST API has JWT authorizers too.
