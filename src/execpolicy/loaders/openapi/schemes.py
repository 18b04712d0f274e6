"""The security schemes of an OpenAPI document, and what each requires of a call (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.openapi.authorizers import authorizer_node
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import AUTH_TYPE, AUTHORIZER, Place

_SIGNATURE = "awssigv4"
_KEY_HEADER = "x-api-key"
_SCHEME_FIELDS = (
    *("type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"),
    *("flow", "authorizationUrl", "tokenUrl", "scopes"),  # Swagger 2
)
_COMPONENT_FIELDS = (
    *("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links"),
    *("callbacks", "pathItems"),
)


class Required(Enum):
    """What a security scheme requires of a call."""

    AUTHORIZER = auto()
    SIGNATURE = auto()
    API_KEY = auto()
    #: API Gateway ignores the scheme.
    NOTHING = auto()
    #: AWS's pages do not say it.
    NOT_KNOWN = auto()
    #: The scheme has an error, which is reported.
    INVALID = auto()


class Schemes(NamedTuple):
    """What each security scheme requires, by name; and the members ``authorizers`` of an API file."""

    required: dict[str, Required]
    authorizers: dict[str, Member]


def read_schemes(definition: Definition, api_type: ApiType) -> Schemes:
    """The security schemes of a document."""
    found = Schemes({}, {})
    for name, member in _schemes(definition):
        start, end, node = member
        scheme = definition.object_at(node, "a security scheme", Place.SCHEME, _SCHEME_FIELDS)
        required = Required.INVALID if scheme is None else _required(definition, scheme, name, member, api_type)
        found.required[name] = required
        if scheme is not None and required is Required.AUTHORIZER:
            authorizer = authorizer_node(definition, scheme, api_type)
            if authorizer is not None:
                found.authorizers[name] = (start, end, authorizer)
            else:
                found.required[name] = Required.INVALID
    return found


def _schemes(definition: Definition) -> Iterator[tuple[str, Member]]:
    """The security schemes by name, from where this version of OpenAPI has them."""
    root = definition.root.members
    if definition.is_swagger:
        yield from _members(definition, root.get("securityDefinitions"), "securityDefinitions")
        return
    components = root.get("components")
    if components is not None:
        fields = definition.object_at(components[2], "components", Place.COMPONENTS, _COMPONENT_FIELDS)
        if fields is not None:
            yield from _members(definition, fields.node.members.get("securitySchemes"), "securitySchemes")


def _members(definition: Definition, member: Member | None, what: str) -> Iterator[tuple[str, Member]]:
    node = definition.references.resolved(member[2], what) if member is not None else None
    if isinstance(node, JsonObject):
        yield from ((name, each) for name, each in node.members.items() if not name.startswith("x-"))
    elif node is not None:
        wrong_type(definition.problems, node, what, "an object of security schemes by name")


def _required(definition: Definition, scheme: Fields, name: str, member: Member, api_type: ApiType) -> Required:
    before = definition.problems.count
    scheme.must("type")
    kind = scheme.text("type")
    if scheme.has(AUTH_TYPE):
        scheme.text(AUTH_TYPE)
    if definition.problems.count > before:
        return Required.INVALID
    if scheme.has(AUTH_TYPE) or scheme.has(AUTHORIZER):
        return _of_extensions(definition, scheme)
    # What remains is known to OpenAPI alone: API keys, and schemes that an import to a REST API ignores.
    if kind == "apiKey":
        is_key = _is(scheme.value("name"), _KEY_HEADER) and _is(scheme.value("in"), "header")
        return Required.API_KEY if is_key else Required.NOT_KNOWN
    if api_type is not ApiType.REST:
        return Required.NOT_KNOWN
    definition.ignore(f"the security scheme {quoted(name)} of type {kind}, which API Gateway does not enforce", member)
    return Required.NOTHING


def _of_extensions(definition: Definition, scheme: Fields) -> Required:
    """What a scheme requires by its extensions: an authorizer or a signature."""
    auth_type = scheme.value(AUTH_TYPE)
    signed, has_authorizer = _is(auth_type, _SIGNATURE), scheme.has(AUTHORIZER)
    if has_authorizer and not signed:
        return Required.AUTHORIZER
    if signed and not has_authorizer:
        return Required.SIGNATURE
    if signed:
        message = f"found {quoted(AUTHORIZER)} in a scheme that requires a signature"
        definition.problems.report_name(scheme.node.members[AUTHORIZER], message, "remove one of them")
    elif has_unknown_part(auth_type):
        message = f"found {quoted(AUTH_TYPE)} with a value that is not known"
        definition.problems.report_name(scheme.node.members[AUTH_TYPE], message, "write it out")
    else:
        message = f"found {quoted(AUTH_TYPE)} without {quoted(AUTHORIZER)}"
        advice = f"API Gateway does not import such a scheme: add the authorizer, or remove {quoted(AUTH_TYPE)}"
        definition.problems.report_name(scheme.node.members[AUTH_TYPE], message, advice)
    return Required.INVALID


def _is(node: Node | None, value: str) -> bool:
    return isinstance(node, Text) and node.value.lower() == value
