"""What an operation of an OpenAPI document requires of a call, as a route of an API file has it (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems, array_items, entry, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_names, unknown_text
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.loaders.built_nodes import flag_at, object_at, text_at
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.extensions import AUTH
from execpolicy.loaders.openapi.meant_name import meant
from execpolicy.loaders.openapi.schemes import Required, Schemes

#: The name of a requirement that tools write without a scheme for a method that is open.
_NONE = "NONE"
_SECURITY = "security"


class _Requirement(NamedTuple):
    """A scheme that an operation names: where the name stands, and the scopes."""

    scheme: str
    name: Text
    scopes: Node


class Requirements:
    """Reads what the operations of a document require.

    Args:
        definition: the document.
        schemes: its security schemes.
        api_type: the type of the API.
    """

    def __init__(self, definition: Definition, schemes: Schemes, api_type: ApiType) -> None:
        self._definition = definition
        self._problems: Problems = definition.problems
        self._schemes = schemes
        self._api_type = api_type
        root = definition.root.members
        self._of_root = root.get(_SECURITY)
        self._auth_of_root = root.get(AUTH)
        if self._of_root is not None and api_type is ApiType.REST:
            definition.ignore('"security" at the root, which the import of a REST API ignores', self._of_root)

    def route(self, operation: Fields, at: Node) -> JsonObject:
        """The route of an operation: its members ``auth``, ``authorizer``, ``scopes`` and ``api_key_required``.

        Args:
            operation: the fields of the operation.
            at: where the operation begins.
        """
        for node in map(operation.value, (_SECURITY, AUTH)):
            items = node.items if isinstance(node, JsonArray) else [node]
            unknown = next((each for each in items if has_unknown_part(each)), None)
            if unknown is not None:
                return self.unknown_route(unknown)
        members: dict[str, Node | None] = {"auth": self._auth(operation)}
        for requirement in self._requirements(operation, at):
            self._add(members, requirement)
        return object_at(members, operation.node)

    def unknown_route(self, unknown: Text) -> JsonObject:
        """The route of an operation of which it is not known what it requires (SRC-9)."""
        value = text_at("".join(map(unknown_text, unknown_names(unknown.value))), unknown)
        members: dict[str, Node | None] = dict.fromkeys(("auth", "authorizer", "scopes"), value)
        if self._api_type is ApiType.REST:
            members["api_key_required"] = value
        return object_at(members, unknown)

    def _auth(self, operation: Fields) -> Node | None:
        """The authorization type that the extension of the operation names."""
        node = operation.value(AUTH)
        fields = entry(self._problems, node, AUTH, ("type",)) if node is not None else None
        if fields is None or not fields.must("type"):
            return None
        kind = fields.value("type")
        if has_unknown_part(kind):
            return kind
        text = fields.text("type")
        if text is None or kind is None:
            return None
        known = (AuthType.NONE.value, AuthType.AWS_IAM.value)
        if text.upper() not in known:
            message = f"found {quoted(text)} as {quoted(AUTH)}"
            self._problems.report(kind, message, did_you_mean(text, known), "SRC-1")
            return None
        return text_at(text.upper(), kind)

    def _requirements(self, operation: Fields, at: Node) -> Iterator[_Requirement]:
        if not operation.has(_SECURITY):
            self._check_root(operation, at)
            return
        listed = operation.value(_SECURITY)
        count = 0
        for item in array_items(self._problems, listed, _SECURITY, "a list of requirements"):
            if not isinstance(item, JsonObject):
                wrong_type(self._problems, item, "a requirement", "an object")
                continue
            for scheme, (start, end, scopes) in item.members.items():
                count += 1
                yield _Requirement(scheme, Text(scheme, start, end), scopes)
        if count > 1 and self._api_type is ApiType.HTTP and listed is not None:
            message = f"found {count} requirements for a route of an HTTP API, which has one authorization"
            self._problems.report(listed, message, "keep one of them", "SRC-1")

    def _check_root(self, operation: Fields, at: Node) -> None:
        """Refuse an operation that may depend on what the root requires: AWS's pages do not say whether it does."""
        found: tuple[str, Member] | None = None
        if self._auth_of_root is not None and not operation.has(AUTH):
            found = (AUTH, self._auth_of_root)
        elif self._of_root is not None and self._api_type is ApiType.HTTP and not operation.has(AUTH):
            _, _, value = self._of_root
            if not isinstance(value, JsonArray) or value.items:
                found = (_SECURITY, self._of_root)
        if found is None:
            return
        name, (start, end, _) = found
        place = self._problems.place(Text(name, start, end))
        message = f"found an operation without {quoted(name)}, which the root of the document has ({place})"
        advice = f"AWS's pages do not say whether it applies here: write {quoted(name)} into the operation"
        self._problems.report(at, message, advice, "SRC-1")

    def _add(self, members: dict[str, Node | None], requirement: _Requirement) -> None:
        """Add a requirement to those of a route: a list of requirements means all of them."""
        scheme, name, scopes = requirement
        known = self._schemes.required
        if scheme not in known:
            if scheme != _NONE:
                message = f"found the requirement {quoted(scheme)}, and the document has no such security scheme"
                self._problems.report(name, message, meant(scheme, known, "add the security scheme"), "SRC-1")
            return
        match known[scheme]:
            case Required.SIGNATURE:
                self._set_auth(members, text_at(AuthType.AWS_IAM, name))
            case Required.AUTHORIZER:
                self._set_authorizer(members, name, scopes)
                return
            case Required.API_KEY:
                members["api_key_required"] = flag_at(True, name)
            case Required.NOT_KNOWN:
                self._not_known(scheme, name)
            case Required.NOTHING | Required.INVALID:
                return
        if isinstance(scopes, JsonArray) and scopes.items:
            message = f"found scopes for {quoted(scheme)}, which is no authorizer"
            self._problems.report(scopes, message, "write an empty list", "SRC-1")

    def _set_auth(self, members: dict[str, Node | None], auth: Text) -> None:
        found = members["auth"]
        if "authorizer" in members or (
            isinstance(found, Text) and not has_unknown_part(found) and found.value != auth.value
        ):
            self._two(auth)
        members["auth"] = auth

    def _set_authorizer(self, members: dict[str, Node | None], name: Text, scopes: Node) -> None:
        if "authorizer" in members or members["auth"] is not None:
            self._two(name)
            return
        members["authorizer"] = name
        if not isinstance(scopes, JsonArray) or scopes.items:
            members["scopes"] = scopes

    def _two(self, at: Node) -> None:
        message = "found a second authorization for one operation"
        self._problems.report(at, message, "a method has one authorization: keep one of them", "SRC-1")

    def _not_known(self, scheme: str, name: Text) -> None:
        message = f"found the requirement {quoted(scheme)}, whose security scheme has no extension of API Gateway"
        advice = 'give it an authorizer; an API key is {"type": "apiKey", "name": "x-api-key", "in": "header"}'
        self._problems.report(name, message, advice, "SRC-1")
