"""The paths of an OpenAPI document as routes of an API file (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_names, unknown_text
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.built_nodes import object_at
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
    elif has_unknown_part(paths):
        routes[_unknown_in(paths)] = (paths.start, paths.end, object_at({}, paths))
    elif paths is not None and not isinstance(paths, JsonObject):
        wrong_type(definition.problems, paths, "paths", "an object of paths")
    elif isinstance(paths, JsonObject):
        reader = _RouteReader(definition, requirements, api_type, base_path)
        for path, item in paths.members.items():
            for key, at, route in reader.routes(path, item):
                if key in routes:
                    message = f"found the route {quoted(key)} twice"
                    definition.problems.report(at, message, "keep one of them", "GW-26")
                else:
                    routes[key] = (at.start, at.end, route)
    whole = paths if isinstance(paths, JsonObject) else root
    return JsonObject(routes, whole.start, whole.end)


class _RouteReader(NamedTuple):
    """Reads the routes of the paths of one document.

    A path or operation that is not known as a whole is a route whose method, or what it requires, is not known (SRC-9).
    """

    definition: Definition
    requirements: Requirements
    api_type: ApiType
    base_path: str

    def routes(self, path: str, member: Member) -> Iterator[tuple[str, Text, JsonObject]]:
        """The key, the place and the route of each operation of a path."""
        definition = self.definition
        if path.startswith("x-"):
            definition.ignore(f"the extension {quoted(path)}", member)
            return
        if not path.startswith("/") and not self._is_default(path):
            message = f"found the path {quoted(path)}, expected one that begins with a slash"
            definition.problems.report_name(member, message, f'write it as "/{path}"')
            return
        written = definition.references.resolved(member[2], "a path")
        if has_unknown_part(written):
            yield self._of_any_method(path, written)
            return
        item = definition.object_at(member[2], "a path", Place.PATH, _PATH_FIELDS)
        for name, (first, last, value) in item.node.members.items() if item is not None else ():
            if name in (*_METHODS, _TRACE, ANY_METHOD):
                yield from self._of_operation(path, Text(name, first, last), value)

    def _of_operation(self, path: str, name: Text, value: Node) -> Iterator[tuple[str, Text, JsonObject]]:
        definition, base_path = self.definition, self.base_path
        written = definition.references.resolved(value, "an operation")
        if name.value == _TRACE:
            definition.problems.report(
                name, "found the method TRACE", "API Gateway does not have it: remove it", "GW-5"
            )
        elif has_unknown_part(written) and self._is_default(path):
            yield self._of_any_method(path, written)
        elif has_unknown_part(written):
            route = self.requirements.unknown_route(written)
            yield f"{_method(name.value)} {_joined(base_path, path)}", name, route
        else:
            operation = definition.object_at(value, "an operation", Place.OPERATION, _OPERATION_FIELDS)
            if operation is not None:
                definition.has_integrations |= operation.has(INTEGRATION)
                key = _key(operation, name.value, path, self._is_default(path), base_path)
                yield key, name, self.requirements.route(operation, name)

    def _of_any_method(self, path: str, unknown: Text) -> tuple[str, Text, JsonObject]:
        key = f"{_unknown_in(unknown)} {_joined(self.base_path, path)}"
        return key, unknown, object_at({}, unknown)

    def _is_default(self, path: str) -> bool:
        return self.api_type is ApiType.HTTP and path in (_DEFAULT, f"/{_DEFAULT}")


def _unknown_in(text: Text) -> str:
    """The unknown values of a text alone: what is known of it says nothing about the object that it stands for."""
    return "".join(map(unknown_text, unknown_names(text.value)))


def _method(name: str) -> str:
    return "ANY" if name == ANY_METHOD else name.upper()


def _key(operation: Fields, name: str, path: str, is_default: bool, base_path: str) -> str:
    method = _method(name)
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
