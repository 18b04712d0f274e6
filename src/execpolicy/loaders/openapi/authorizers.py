"""The authorizer of a security scheme, as a member ``authorizers`` of an API file has it."""

from __future__ import annotations

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import AUTHORIZER
from execpolicy.loaders.openapi.issuers import issuers_node
from execpolicy.loaders.openapi.scalars import flag_node, is_false, known_text, number_node, text_node

#: The fields of the extension; the role that calls the function does not bear on authorization.
FIELDS = (
    *("type", "authorizerUri", "authorizerCredentials", "authorizerPayloadFormatVersion", "enableSimpleResponses"),
    *("identitySource", "jwtConfiguration", "identityValidationExpression", "authorizerResultTtlInSeconds"),
    "providerARNs",
)
_TYPES = {each.value.lower(): each for each in AuthorizerType}
#: Types that read one header, which the scheme names.
_OF_ONE_HEADER = (AuthorizerType.TOKEN, AuthorizerType.COGNITO_USER_POOLS)
#: The name of a scheme whose authorizer reads something else than one header or parameter.
_UNUSED = "Unused"


def authorizer_node(definition: Definition, scheme: Fields, api_type: ApiType) -> JsonObject | None:
    """The authorizer; None if it is invalid, which is reported.

    Args:
        definition: the document.
        scheme: the security scheme, which has the extension.
        api_type: the type of the API.
    """
    node = scheme.value(AUTHORIZER)
    assert node is not None
    node = definition.references.resolved(node, "an authorizer")
    fields = entry(definition.problems, node, AUTHORIZER, FIELDS) if node is not None else None
    if fields is None or not fields.must("type"):
        return None
    before = definition.problems.count
    kind = _type(fields)
    if kind is None:
        return None
    made = object_at(
        {
            "type": text_at(kind, fields.node.members["type"][2]),
            "function_arn": _function_uri(fields, kind),
            "identity_sources": _identity_sources(scheme, fields, kind, api_type),
            "validation_expression": _used(definition, fields, "identityValidationExpression", kind),
            "ttl": number_node(_used(definition, fields, "authorizerResultTtlInSeconds", kind)),
            "payload_format": _payload_format(fields, kind, api_type),
            "simple_responses": _simple_responses(definition, fields, api_type),
            "user_pools": fields.value("providerARNs"),
            "issuers": issuers_node(definition, scheme, fields, api_type),
        },
        fields.node,
    )
    return made if definition.problems.count == before else None


def _type(fields: Fields) -> AuthorizerType | None:
    text = fields.text("type")
    if text is None:
        return None
    if text.lower() not in _TYPES:
        node = fields.node.members["type"][2]
        message = f"found {quoted(text)} as the type of an authorizer"
        fields.problems.report(node, message, did_you_mean(text, _TYPES), "SRC-1")
        return None
    return _TYPES[text.lower()]


def _function_uri(fields: Fields, kind: AuthorizerType) -> Node | None:
    """The URI by which a Lambda authorizer invokes its function; an empty one says nothing."""
    if kind not in (AuthorizerType.TOKEN, AuthorizerType.REQUEST):
        return None
    uri = fields.value("authorizerUri")
    return None if isinstance(uri, Text) and not uri.value else uri


def _used(definition: Definition, fields: Fields, name: str, kind: AuthorizerType) -> Node | None:
    """A field, unless it has no effect on an authorizer of this type."""
    expression = name == "identityValidationExpression"
    without = AuthorizerType.REQUEST if expression else AuthorizerType.COGNITO_USER_POOLS
    if fields.has(name) and kind is without:
        definition.ignore(f"{quoted(name)} of an authorizer of type {kind}", fields.node.members[name])
        return None
    return fields.value(name)


def _payload_format(fields: Fields, kind: AuthorizerType, api_type: ApiType) -> Node | None:
    name = "authorizerPayloadFormatVersion"
    if api_type is not ApiType.HTTP:
        fields.refuse((name,), f"an authorizer of a {api_type} API", "it is for HTTP APIs: remove it")
        return None
    if kind is AuthorizerType.REQUEST:
        fields.must(name)
    return text_node(fields.value(name))


def _simple_responses(definition: Definition, fields: Fields, api_type: ApiType) -> Node | None:
    node = flag_node(fields.value("enableSimpleResponses"))
    if api_type is not ApiType.HTTP and is_false(node):
        definition.ignore('"enableSimpleResponses" of a REST API', fields.node.members["enableSimpleResponses"])
        return None
    return node


def _identity_sources(scheme: Fields, fields: Fields, kind: AuthorizerType, api_type: ApiType) -> Node | None:
    """The identity sources: those of the extension, or the header that the scheme names."""
    given = fields.value("identitySource")
    if kind in _OF_ONE_HEADER:
        header = _header(scheme, fields, given)
        if header is None or given is None or has_unknown_part(given) or has_unknown_part(header):
            return given if given is not None else header
        if not isinstance(given, Text) or given.value.lower() != header.value.lower():
            message = f"found another identity source than {header.value}, which the security scheme names"
            fields.problems.report(given, message, "remove one of them", "SRC-1")
        return given
    if given is None:
        return _missing(scheme, fields, kind, api_type)
    if not isinstance(given, Text):
        if isinstance(given, JsonArray) and api_type is ApiType.HTTP:  # as SAM writes it
            return given
        if isinstance(given, JsonArray):
            fields.problems.report(given, "found a list as identitySource", "write one text, with commas", "SRC-1")
            return None
        fields.text("identitySource")
        return None
    sources = [part.strip() for part in given.value.split(",")]
    return list_at([text_at(source, given) for source in sources if source], given)


def _header(scheme: Fields, fields: Fields, given: Node | None) -> Text | None:
    """The header that a scheme of type apiKey names, as an identity source."""
    name, where = scheme.value("name"), known_text(scheme, "in")
    if where is not None and where != "header":
        message = f"found {quoted(where)} as the place of a token, expected a header"
        fields.problems.report(scheme.node.members["in"][2], message, 'write "in": "header"', "SRC-1")
        return None
    if isinstance(name, Text) and name.value and where is not None:
        return text_at(f"method.request.header.{name.value}", name)
    if given is None:
        message = "found an authorizer without an identity source"
        fields.problems.report(fields.node, message, 'give the security scheme "in": "header" and "name"', "SRC-1")
    return None


def _missing(scheme: Fields, fields: Fields, kind: AuthorizerType, api_type: ApiType) -> Node | None:
    """An authorizer without identity sources: REQUEST authorizers that are not cached have none."""
    name = scheme.value("name")
    one = isinstance(name, Text) and name.value.lower() != _UNUSED.lower()
    ttl = number_node(fields.value("authorizerResultTtlInSeconds"))
    cached = api_type is ApiType.REST and ttl is None
    if kind is AuthorizerType.JWT or one or cached:
        example = "$request.header." if api_type is ApiType.HTTP else "method.request.header."
        message = "found an authorizer without an identity source"
        advice = f'give "identitySource", such as "{example}Authorization"'
        fields.problems.report(fields.node, message, advice, "SRC-1")
    return None
