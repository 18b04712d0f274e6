"""The paths of an OpenAPI document as routes of an API file (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.fields import Fields, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import ANY_METHOD, INTEGRATION, Place
from execpolicy.loaders.openapi.requirements import Requirements
from execpolicy.loaders.openapi.scalars import is_false

#: The methods that API Gateway has; OpenAPI also has ``trace``.
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_TRACE = "trace"
_PATH_FIELDS = ("$ref", "summary", "description", "parameters", "servers", *_METHODS, _TRACE)
_OPERATION_FIELDS = (
    *("tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses"),
    *("callbacks", "deprecated", "security", "servers", "consumes", "produces", "schemes", "isDefaultRoute"),
)
_DEFAULT = "$default"
_IS_DEFAULT = "isDefaultRoute"


def read_routes(definition: Definition, requirements: Requirements, api_type: ApiType, base_path: str) -> JsonObject:
    """The routes by their keys, each with the place of its operation.

    Args:
        definition: the document.
        requirements: reads what an operation requires.
        api_type: the type of the API.
        base_path: what precedes every path.
    """
    routes: dict[str, Member] = {}
    root = definition.root
    member = root.members.get("paths")
    paths = definition.references.resolved(member[2], "paths") if member is not None else None
    if member is None:
        definition.problems.report(root, 'found a document without "paths"', 'add "paths"', "SRC-1")
    elif paths is not None and not isinstance(paths, JsonObject):
        wrong_type(definition.problems, paths, "paths", "an object of paths")
    elif isinstance(paths, JsonObject):
        for path, item in paths.members.items():
            for key, at, operation in _operations(definition, api_type, path, item, base_path):
                if key in routes:
                    message = f"found the route {quoted(key)} twice"
                    definition.problems.report(at, message, "keep one of them", "GW-26")
                else:
                    routes[key] = (at.start, at.end, requirements.route(operation, at))
    whole = paths if isinstance(paths, JsonObject) else root
    return JsonObject(routes, whole.start, whole.end)


def _operations(
    definition: Definition, api_type: ApiType, path: str, member: Member, base_path: str
) -> Iterator[tuple[str, Text, Fields]]:
    """The route key, the place and the fields of each operation of a path."""
    node = member[2]
    if path.startswith("x-"):
        definition.ignore(f"the extension {quoted(path)}", member)
        return
    is_default = api_type is ApiType.HTTP and path in (_DEFAULT, f"/{_DEFAULT}")
    if not path.startswith("/") and not is_default:
        message = f"found the path {quoted(path)}, expected one that begins with a slash"
        definition.problems.report_name(member, message, f'write it as "/{path}"')
        return
    item = definition.object_at(node, "a path", Place.PATH, _PATH_FIELDS)
    if item is None:
        return
    for name, (first, last, value) in item.node.members.items():
        if name not in (*_METHODS, _TRACE, ANY_METHOD):
            continue
        at = Text(name, first, last)
        operation = definition.object_at(value, "an operation", Place.OPERATION, _OPERATION_FIELDS)
        if name == _TRACE:
            definition.problems.report(at, "found the method TRACE", "API Gateway does not have it: remove it", "GW-5")
        elif operation is not None:
            definition.has_integrations |= operation.has(INTEGRATION)
            yield _key(operation, name, path, is_default, base_path), at, operation


def _key(operation: Fields, name: str, path: str, is_default: bool, base_path: str) -> str:
    method = "ANY" if name == ANY_METHOD else name.upper()
    if is_default:
        marked = operation.value(_IS_DEFAULT)
        if method == "ANY" and not is_false(marked) and (marked is not None or path == _DEFAULT):
            return _DEFAULT
        member = operation.node.members.get(_IS_DEFAULT)
        at: Node = member[2] if member is not None else operation.node
        message = f"found the path {quoted(path)} for a route that is not the default route"
        advice = f'write it as {quoted(ANY_METHOD)} with "{_IS_DEFAULT}": true'
        operation.problems.report(at, message, advice, "SRC-1")
    return f"{method} {_joined(base_path, path)}"


def _joined(base_path: str, path: str) -> str:
    return path if not base_path else base_path if path == "/" else f"{base_path}{path}"
