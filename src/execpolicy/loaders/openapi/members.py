"""An OpenAPI document as the members of an API file: what a definition says, also one in a template (SRC-1)."""

from __future__ import annotations

from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.contents import Ignored, Unknown
from execpolicy.loaders.openapi.api_type import type_of
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import ACCESS_MODE, CORS, KEY_SOURCE, POLICY, RESPONSES, Place
from execpolicy.loaders.openapi.requirements import Requirements
from execpolicy.loaders.openapi.root_members import cors_node, endpoint_members, gateway_responses_node
from execpolicy.loaders.openapi.routes import read_routes
from execpolicy.loaders.openapi.schemes import read_schemes
from execpolicy.loaders.openapi.servers import Server, read_servers

#: How an import uses the base path of a definition: not at all, before every path, or without its first part.
IGNORE, PREPEND, SPLIT = BASE_PATHS = ("ignore", "prepend", "split")

_ROOT: Final = ("info", "paths", "security", "tags", "externalDocs")
_OPENAPI_FIELDS: Final = ("openapi", *_ROOT, "servers", "components", "webhooks", "jsonSchemaDialect")
_SWAGGER_FIELDS: Final = (
    *("swagger", *_ROOT, "host", "basePath", "schemes", "consumes", "produces", "definitions", "parameters"),
    *("responses", "securityDefinitions"),
)


#: Extensions of the root that one type of API has.
_OF_REST: Final = (POLICY, KEY_SOURCE, RESPONSES, ACCESS_MODE)
_OF_HTTP: Final = (CORS,)


class DefinedApi(NamedTuple):
    """What an OpenAPI document says about an API.

    Attributes:
        members: members of an API file, each value with its place in the document: ``type``, ``routes``,
            ``authorizers``, and where the document has them ``resource_policy``, ``endpoint``, ``api_key_source``,
            ``cors``, ``gateway_responses``, ``disable_execute_api_endpoint``, ``ip_address_type`` and
            ``endpoint_access_mode``. It has no ``id``, ``region``, ``account`` and ``stages``.
        servers: what the servers say, such as the API id and the stage in an export.
        ignored: what is not read, because it cannot bear on authorization.
        unknowns: what the document does not say.
        has_integrations: whether an operation says what it leads to, as every method of a deployed API does.
    """

    members: JsonObject
    servers: tuple[Server, ...]
    ignored: tuple[Ignored, ...]
    unknowns: tuple[Unknown, ...] = ()
    has_integrations: bool = False


def api_members(
    problems: Problems, body: JsonObject, *, api_type: ApiType | str | None = None, base_path: str = IGNORE
) -> DefinedApi:
    """Read an OpenAPI document, the content of a file or the ``Body`` of an API in a template.

    Problems are collected and not raised. After an error the members are those that could be read: the caller
    raises the problems with ``Problems.check`` before it makes an API of them.

    Args:
        problems: collects everything that is wrong, each with its place.
        body: the document. Its texts may hold unknown values (``document/unknown_value.py``), and its nodes may be made
            by a loader.
        api_type: the type of the API, where it is known from elsewhere; None to find it in the document.
        base_path: how the import uses the base path, one of ``BASE_PATHS``.
    """
    definition = Definition(problems, body)
    known = _SWAGGER_FIELDS if definition.is_swagger else _OPENAPI_FIELDS
    root = definition.object_at(body, "an OpenAPI document", Place.ROOT, known)
    found = type_of(definition, ApiType(api_type) if api_type is not None else None)
    servers = read_servers(definition)
    if root is None or found is None:
        return DefinedApi(object_at({}, body), servers, definition.ignored)
    schemes = read_schemes(definition, found)
    requirements = Requirements(definition, schemes, found)
    prefix = _prefix(servers, base_path)
    members: dict[str, Node | None] = {
        "type": text_at(found, body),
        "routes": read_routes(definition, requirements, found, prefix),
        "authorizers": JsonObject(schemes.authorizers, body.start, body.end) if schemes.authorizers else None,
        "resource_policy": root.value(POLICY),
        "api_key_source": root.value(KEY_SOURCE),
        "endpoint_access_mode": root.value(ACCESS_MODE),
        "cors": cors_node(root),
        "gateway_responses": gateway_responses_node(definition, root),
        **endpoint_members([root, *(server.fields for server in servers)]),
    }
    _refuse_other_type(root, found)
    if root.has("webhooks"):
        definition.ignore(quoted("webhooks"), root.node.members["webhooks"])
    definition.check_other_places(_path_items(body))
    tree = object_at(members, body)
    return DefinedApi(tree, servers, definition.ignored, definition.unknowns, definition.has_integrations)


def _prefix(servers: tuple[Server, ...], base_path: str) -> str:
    """What precedes every path of the document."""
    written = next((server.base_path for server in servers), "")
    if base_path == PREPEND:
        return written
    if base_path == SPLIT:
        _, _, rest = written[1:].partition("/")
        return f"/{rest}" if rest else ""
    return ""


def _refuse_other_type(root: Fields, api_type: ApiType) -> None:
    """Report extensions of the root that APIs of this type do not have: an import ignores them."""
    other = _OF_HTTP if api_type is ApiType.REST else _OF_REST
    article = "a REST" if api_type is ApiType.REST else "an HTTP"
    root.refuse(other, f"the definition of {article} API, which does not have it", "remove it")


def _path_items(body: JsonObject) -> Node | None:
    """Path items that the paths may refer to; the others are not used."""
    _, _, components = body.members.get("components", (0, 0, None))
    return components.members.get("pathItems", (0, 0, None))[2] if isinstance(components, JsonObject) else None
