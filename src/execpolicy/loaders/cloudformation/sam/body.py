"""The OpenAPI definition of an API while the transform adds methods and their security (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.node_members import member, members
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.sam.template_nodes import copied, is_true, put

ANY_METHOD: Final = "x-amazon-apigateway-any-method"
INTEGRATION: Final = "x-amazon-apigateway-integration"
#: Members of a path that are no methods.
NO_METHODS: Final = ("summary", "description", "parameters")


def method_key(method: str) -> str:
    """The name of a method in a definition: in lower case, and one of its own for ANY."""
    return ANY_METHOD if method.lower() == "any" else method.lower()


class ApiBody:
    """A definition to which methods are added. The definition in the template is not changed.

    Args:
        document: the definition as the template has it, or an empty one.
        is_managed: whether SAM writes the definition: the template has none.
    """

    def __init__(self, document: JsonObject, *, is_managed: bool) -> None:
        self.document = copied(document)
        self.is_managed = is_managed
        self._paths = JsonObject({}, document.start, document.end)
        for path, (start, end, item) in _object(member(document, "paths"), document).members.items():
            self._paths.members[path] = (start, end, _copied_path(item))
        put(self.document, "paths", self._paths)

    @property
    def paths(self) -> list[str]:
        return [*self._paths.members]

    def methods(self, path: str) -> list[str]:
        """The members of a path, in the order of the definition."""
        return [name for name, _ in members(member(self._paths, path))]

    def operations(self, path: str) -> Iterator[tuple[str, JsonObject]]:
        """The methods of a path that have an integration: their names in lower case, and their definitions."""
        for name, operation in members(member(self._paths, path)):
            if name not in NO_METHODS and isinstance(operation, JsonObject) and _has_integration(operation):
                yield method_key(name), operation

    def operation(self, path: str, method: str) -> JsonObject | None:
        """The definition of a method, by its key; None if it has no integration."""
        found = member(self._paths, path, method)
        return found if isinstance(found, JsonObject) and _has_integration(found) else None

    def add_path(self, path: Text, method: str, at: Node) -> None:
        """Add a method without a definition, unless the path has it."""
        if path.value not in self._paths.members:
            put(self._paths, path.value, JsonObject({}, path.start, path.end), path)
        item = member(self._paths, path.value)
        if isinstance(item, JsonObject) and method not in item.members:
            put(item, method, JsonObject({}, at.start, at.end), at)

    def add_operation(self, path: Text, method: str, integration: JsonObject, at: Node) -> JsonObject:
        """Add a method with an integration; other members of its definition stay."""
        self.add_path(path, method, at)
        item = member(self._paths, path.value)
        assert isinstance(item, JsonObject), "a path is an object"
        found = item.members[method][2]
        operation = copied(found) if isinstance(found, JsonObject) else JsonObject({}, at.start, at.end)
        put(operation, INTEGRATION, integration, at)
        if "responses" not in operation.members:
            put(operation, "responses", JsonObject({}, at.start, at.end), at)
        put(item, method, operation, at)
        return operation

    def add_schemes(self, field: tuple[str, ...], schemes: JsonObject) -> None:
        """Add security schemes under a member of the document, such as ``securityDefinitions``; they replace others."""
        target = self.document
        for name in field:
            inner = copied(_object(member(target, name), schemes))
            put(target, name, inner)
            target = inner
        target.members.update(schemes.members)


def security_of(operation: JsonObject) -> list[JsonObject]:
    """The security requirements of a method."""
    found = member(operation, "security")
    return [item for item in found.items if isinstance(item, JsonObject)] if isinstance(found, JsonArray) else []


def set_security(operation: JsonObject, requirements: list[JsonObject], at: Node) -> None:
    """Replace the security requirements of a method."""
    put(operation, "security", list_at(requirements, at), at)


def requirement(scheme: Text, scopes: Node | None = None) -> JsonObject:
    """A security requirement: a scheme by its name, and its scopes."""
    return object_at(
        {scheme.value: scopes if scopes is not None else list_at([], scheme)}, scheme, {scheme.value: scheme}
    )


def named_requirement(name: str, at: Node) -> JsonObject:
    """A security requirement without scopes, at the place of a node."""
    return requirement(text_at(name, at))


def _has_integration(operation: JsonObject) -> bool:
    return is_true(member(operation, INTEGRATION), None)


def _object(node: Node | None, at: Node) -> JsonObject:
    return node if isinstance(node, JsonObject) else JsonObject({}, at.start, at.end)


def _copied_path(item: Node) -> Node:
    if not isinstance(item, JsonObject):
        return item
    made = copied(item)
    for name, (start, end, value) in item.members.items():
        made.members[name] = (start, end, copied(value) if isinstance(value, JsonObject) else value)
    return made
