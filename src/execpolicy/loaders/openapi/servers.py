"""What the host or the servers of an OpenAPI document say: base path, API id, region and stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, array_items
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.built_nodes import text_at
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import Place

_SERVER_FIELDS = ("url", "description", "variables")
_BASE_PATH = "basePath"
#: The own host of an API, which exports name; that of a private API may name a VPC endpoint.
_HOST = re.compile(
    r"(?P<id>[a-z0-9]+)(?P<endpoint>-vpce-[0-9a-f]+)?\.execute-api\.(?P<region>[a-z0-9-]+)\.[a-z0-9.-]+", re.IGNORECASE
)
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?P<host>[^/?#]*)(?P<path>/[^?#]*)?")
_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Server(NamedTuple):
    """A server of a document.

    Attributes:
        fields: what the document has there.
        base_path: what precedes the paths of the document, such as ``/v1``; empty if there is nothing.
        api_id, region, stage: of the API, if the server is its own host; None otherwise.
        vpc_endpoint: the host, if it names a VPC endpoint, as that of a private API can; None otherwise.
    """

    fields: Fields
    base_path: str
    api_id: Text | None = None
    region: Text | None = None
    stage: Text | None = None
    vpc_endpoint: Text | None = None


def read_servers(definition: Definition) -> tuple[Server, ...]:
    """The servers, in the order of the document."""
    if definition.is_swagger:
        return tuple(_swagger_server(definition))
    root = definition.root.members
    _, _, listed = root.get("servers", (0, 0, None))
    return tuple(
        _server(fields)
        for node in array_items(definition.problems, listed, "servers", "a list of servers")
        if (fields := definition.object_at(node, "a server", Place.SERVER, _SERVER_FIELDS)) is not None
    )


def _swagger_server(definition: Definition) -> Iterator[Server]:
    fields = Fields(definition.problems, definition.root, "the document", definition.root.members)
    host, base_path = fields.text("host"), fields.text(_BASE_PATH)
    at = fields.value("host") or fields.value(_BASE_PATH)
    if at is not None and not has_unknown((host or "") + (base_path or "")):
        yield _named(fields, host or "", base_path or "", at)


def _server(fields: Fields) -> Server:
    variables = dict(_variables(fields))
    node, url = fields.value("url"), fields.text("url")
    if node is None or url is None or has_unknown(url):
        return Server(fields, _base_path(variables.get(_BASE_PATH, "")))
    found = _URL.fullmatch(_VARIABLE.sub(lambda match: variables.get(match[1], match[0]), url))
    host, path = (found["host"], found["path"] or "") if found is not None else ("", url)
    server = _named(fields, host, path, node)
    named = variables.get(_BASE_PATH)
    return server if named is None else server._replace(base_path=_base_path(named))


def _variables(fields: Fields) -> Iterator[tuple[str, str]]:
    """The values of the variables of a server: their defaults."""
    for name, (_, _, variable) in fields.members("variables", "an object of variables by name"):
        if isinstance(variable, JsonObject) and "default" in variable.members:
            _, _, value = variable.members["default"]
            if isinstance(value, Text) and not has_unknown(value.value):
                yield name, value.value


def _named(fields: Fields, host: str, path: str, at: Node) -> Server:
    found, base_path = _HOST.fullmatch(host), _base_path(path)
    if found is None:
        return Server(fields, base_path)
    stage = base_path[1:]
    return Server(
        fields,
        base_path,
        text_at(found["id"].lower(), at),
        text_at(found["region"].lower(), at),
        text_at(stage, at) if stage and "/" not in stage else None,
        text_at(host, at) if found["endpoint"] else None,
    )


def _base_path(path: str) -> str:
    """A base path that begins with a slash and does not end in one; empty for the root."""
    inner = path.strip("/")
    return f"/{inner}" if inner else ""
