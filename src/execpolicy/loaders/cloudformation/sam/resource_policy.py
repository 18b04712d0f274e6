"""``ResourcePolicy`` of ``Auth``: the statements that the transform writes for the paths of an API (SRC-3)."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from execpolicy.document.syntax.fields import Problems, entry
from execpolicy.document.syntax.node_members import text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.sam.body import ApiBody, method_key
from execpolicy.loaders.cloudformation.sam.sam_resource import Value
from execpolicy.loaders.cloudformation.sam.template_nodes import copied, is_function, name_node, put

POLICY: Final = "x-amazon-apigateway-policy"
_CUSTOM: Final = "CustomStatements"
_ADDRESSES: Final = {"IpRangeWhitelist": "NotIpAddress", "IpRangeBlacklist": "IpAddress"}
_ACCOUNTS: Final = {"AwsAccountWhitelist": "Allow", "AwsAccountBlacklist": "Deny"}
#: The lists of networks of one Deny, by its operator: ids of both kinds, of VPCs, of VPC endpoints.
_NETWORKS: Final = {
    "StringEquals": ("SourceVpcBlacklist", "IntrinsicVpcBlacklist", "IntrinsicVpceBlacklist"),
    "StringNotEquals": ("SourceVpcWhitelist", "IntrinsicVpcWhitelist", "IntrinsicVpceWhitelist"),
}
_LISTS: Final = (*_ACCOUNTS, *_ADDRESSES, *(name for names in _NETWORKS.values() for name in names), _CUSTOM)
_VARIABLE: Final = re.compile(r"{[a-zA-Z0-9._-]+\+?}")


class PolicyStatements:
    """The statements that lists of ``ResourcePolicy`` give for one API.

    Args:
        problems: collects what is wrong.
        body: the definition of the API.
        resources: the logical ids of the resources of the template, whose references the transform does not read.
    """

    def __init__(self, problems: Problems, body: ApiBody, resources: Container[str]) -> None:
        self._problems = problems
        self._body = body
        self._resource_names = resources
        self._statements: JsonArray | None = None
        self._known: set[str] = set()

    def add_for_path(self, lists: Value, path: str, stage: Text, *, of_event: bool = False) -> None:
        """Add the statements of all lists for a path: for each of its methods, and a stage."""
        if not self.check(lists) or not isinstance(lists.value, JsonObject):
            return
        resources = self._resources(path, stage)
        for name, effect in _ACCOUNTS.items():
            self._add_accounts(lists, name, effect, resources)
        for name, operator in _ADDRESSES.items():
            entries = self._entries(lists.member(name), name)
            if entries:
                at = name_node(lists.value, name)
                self._add_for_everybody(operator, {"aws:SourceIp": list_at(entries, at)}, resources, at)
        for operator, names in _NETWORKS.items():
            self._add_networks(lists, names, operator, resources, of_event=of_event)

    def add_custom(self, lists: Value) -> None:
        """Add the statements that the template writes itself."""
        custom = lists.member(_CUSTOM).value
        if isinstance(custom, (JsonArray, JsonObject)):
            items: list[Node] = custom.items if isinstance(custom, JsonArray) else [custom]
            if items:
                self._add(items, custom)
        elif custom is not None:
            message = f"found {describe(custom)} as {_CUSTOM}, expected a list of statements"
            self._problems.report(custom, message, "write a list of statements")

    def check(self, lists: Value) -> bool:
        """Report unknown lists; whether there are lists."""
        return lists.value is not None and entry(self._problems, lists.value, "ResourcePolicy", _LISTS) is not None

    def _resources(self, path: str, stage: Text) -> list[str]:
        """The resources of the methods of a path; a variable of the path is a wildcard."""
        pattern = _VARIABLE.sub("*", path)
        return [f"execute-api:/{stage.value}/{_method(name)}{pattern}" for name in self._body.methods(path)]

    def _add_accounts(self, lists: Value, name: str, effect: str, resources: list[str]) -> None:
        found = lists.member(name)
        if isinstance(found.value, Text) and not is_function(found.written):
            message = f"found a string as {name}, expected a list of accounts"
            self._problems.report(found.value, message, "write a list")
            return
        entries = self._entries(found, name)
        if entries and isinstance(lists.value, JsonObject):
            at = name_node(lists.value, name)
            principal = object_at({"AWS": list_at(entries, at)}, at)
            self._add([_statement(effect, principal, resources, at)], at, always=True)

    def _add_networks(
        self, lists: Value, names: tuple[str, ...], operator: str, resources: list[str], *, of_event: bool
    ) -> None:
        mixed, vpcs, endpoints = names
        found: dict[str, list[Node]] = {"aws:SourceVpc": [], "aws:SourceVpce": []}
        for item in self._listed(lists.member(mixed), mixed):
            key = self._network_key(item, mixed, of_event=of_event)
            if key is not None and item.value is not None:
                found[key].append(item.value)
        for key, name in (("aws:SourceVpc", vpcs), ("aws:SourceVpce", endpoints)):
            found[key] += [item.value for item in self._listed(lists.member(name), name) if item.value is not None]
        if any(found.values()) and isinstance(lists.value, JsonObject):
            at = name_node(lists.value, next(name for name in names if name in lists.value.members))
            keys: dict[str, Node | None] = {key: list_at(ids, at) if ids else None for key, ids in found.items()}
            self._add_for_everybody(operator, keys, resources, at)

    def _add_for_everybody(self, operator: str, keys: dict[str, Node | None], resources: list[str], at: Text) -> None:
        everybody = text_at("*", at)
        condition = object_at({operator: object_at(keys, at)}, at)
        allow = _statement("Allow", everybody, resources, at)
        self._add([allow, _statement("Deny", everybody, resources, at, condition)], at)

    def _add(self, statements: list[Node], at: Node, *, always: bool = False) -> None:
        """Append statements; the transform adds an equal one once, unless it is about accounts."""
        if self._statements is None:
            self._statements = self._started(at)
        for statement in statements:
            plain = _plain(statement)
            if always or plain not in self._known:
                self._statements.items.append(statement)
                self._known.add(plain)

    def _started(self, at: Node) -> JsonArray:
        """The list of statements of the policy: of the one that the definition has, or of a new one."""
        written = self._body.document.members.get(POLICY)
        policy = copied(written[2]) if written is not None and isinstance(written[2], JsonObject) else None
        if policy is None:
            policy = JsonObject({}, at.start, at.end)
        put(policy, "Version", text_at("2012-10-17", at), at)
        found = policy.members.get("Statement")
        items = [] if found is None else found[2].items if isinstance(found[2], JsonArray) else [found[2]]
        self._known = {_plain(item) for item in items}
        statements = list_at(items, found[2] if found is not None else at)
        put(policy, "Statement", statements)
        put(self._body.document, POLICY, policy)
        return statements

    def _entries(self, found: Value, name: str) -> list[Node]:
        """The entries of a list; a function as a whole becomes one entry, which is then no value that IAM knows."""
        if isinstance(found.value, JsonArray) and is_function(found.written):
            message = f"found a list from a function as {name}: the transform makes it one entry, which IAM refuses"
            self._problems.report(found.value, message, "write the entries of the list here")
            return []
        return [item.value for item in found.items if item.value is not None]

    def _listed(self, found: Value, name: str) -> list[Value]:
        """The items of what has to be written as a list."""
        if found.written is not None and not isinstance(found.written, JsonArray):
            at = found.value if found.value is not None else found.written
            what = "a function" if is_function(found.written) else describe(found.written)
            self._problems.report(at, f"found {what} as {name}, expected a list", "write a list of ids")
            return []
        return found.items

    def _network_key(self, item: Value, name: str, *, of_event: bool) -> str | None:
        text = text_of(item.value)
        is_read = not is_function(item.written) or (not of_event and self._refers_to_a_parameter(item.written))
        if is_read and text is not None and text.startswith(("vpc-", "vpce-")):
            return "aws:SourceVpce" if text.startswith("vpce-") else "aws:SourceVpc"
        at = item.value if item.value is not None else item.written
        if at is not None:
            found = (
                "a function" if not is_read else describe(at) if text is None else quoted(with_unknown_in_words(text))
            )
            kind = name.removeprefix("SourceVpc")
            message = f'found {found} in {name}, expected an id that begins with "vpc-" or "vpce-"'
            other = f"IntrinsicVpc{kind} or IntrinsicVpce{kind}"
            self._problems.report(at, message, f"write the id, or use {other}; the transform drops other entries")
        return None

    def _refers_to_a_parameter(self, written: Node | None) -> bool:
        """Whether a function is a reference to a parameter, which the transform reads."""
        _, _, name = written.members.get("Ref", (0, 0, None)) if isinstance(written, JsonObject) else (0, 0, None)
        return isinstance(name, Text) and name.value not in self._resource_names


def _method(name: str) -> str:
    return "*" if method_key(name) == method_key("any") else name.upper()


def _statement(
    effect: str, principal: Node, resources: list[str], at: Text, condition: JsonObject | None = None
) -> JsonObject:
    return object_at(
        {
            "Effect": text_at(effect, at),
            "Action": text_at("execute-api:Invoke", at),
            "Resource": list_at([text_at(resource, at) for resource in resources], at),
            "Principal": principal,
            "Condition": condition,
        },
        at,
    )


def _plain(node: Node) -> str:
    """The content of a node, without places."""
    match node:
        case JsonArray(items):
            return f"[{','.join(map(_plain, items))}]"
        case JsonObject(found):
            return f"{{{','.join(f'{name!r}:{_plain(value)}' for name, (_, _, value) in sorted(found.items()))}}}"
        case Text(value):
            return repr(value)
        case _:
            return node.text
