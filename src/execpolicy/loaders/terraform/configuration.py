"""The configuration in a plan: which expressions stand for the attributes of resources (SRC-4)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.loaders.terraform.address import ModuleStep, ResourceAddress
from execpolicy.loaders.terraform.module_tree import ModuleTree

#: A module that is called, and an instance of it.
_MODULE: Final = re.compile(r"module\.[^.\[]+")
_MODULE_INSTANCE: Final = re.compile(r'module\.[^.\[]+\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


class ConfiguredModule:
    """A module as it is written: its resources by type and name, its calls of other modules, and its outputs."""

    def __init__(self, node: Node) -> None:
        resources = member(node, "resources")
        self.resources = {
            text_in(each, "address") or "": each
            for each in (resources.items if isinstance(resources, JsonArray) else ())
            if isinstance(each, JsonObject)
        }
        self.calls = _objects(member(node, "module_calls"))
        self.outputs = _objects(member(node, "outputs"))


class Configuration:
    """The configuration of a plan.

    Args:
        node: the member ``configuration`` of the plan.
    """

    def __init__(self, node: JsonObject) -> None:
        self._node = node
        self._modules = ModuleTree(_module(member(node, "root_module")), _called)

    def module(self, steps: tuple[ModuleStep, ...]) -> ConfiguredModule | None:
        """The module that calls lead to; None if the configuration does not have it."""
        return self._modules.find(steps)

    def resource(self, address: ResourceAddress) -> JsonObject | None:
        """A resource as it is written; None if the configuration does not have it."""
        module = self.module(address.modules)
        return module.resources.get(address.name) if module is not None else None

    def expressions(self, address: ResourceAddress) -> JsonObject | None:
        """The expressions of the attributes of a resource; None if the configuration does not have the resource."""
        resource = self.resource(address)
        if resource is None:
            return None
        found = member(resource, "expressions")
        return found if isinstance(found, JsonObject) else JsonObject({}, resource.start, resource.end)

    def provider_region(self, address: ResourceAddress) -> tuple[Node | None, tuple[ModuleStep, ...]]:
        """The expression of the region of the provider of a resource, and the module in which it stands."""
        resource = self.resource(address)
        key = text_in(resource, "provider_config_key") if resource is not None else None
        provider = member(member(self._node, "provider_config"), key) if key is not None else None
        expression = member(member(provider, "expressions"), "region")
        names = (text_in(provider, "module_address") or "").split(".")[1::2] if isinstance(provider, JsonObject) else []
        return expression, tuple(map(ModuleStep, names))


def _module(node: Node | None) -> ConfiguredModule | None:
    return ConfiguredModule(node) if node is not None else None


def _called(caller: ConfiguredModule, name: str) -> ConfiguredModule | None:
    return _module(member(caller.calls.get(name), "module"))


def constant_of(expression: Node | None) -> Node | None:
    """The value of an expression without references."""
    return member(expression, "constant_value")


def references_in(expression: Node | None) -> list[Text]:
    """What the expressions in a node refer to, each with its longest form only.

    >>> refs = JsonArray([Text("aws_iam_role.a.arn"), Text("aws_iam_role.a"), Text("var.b")])
    >>> [each.value for each in references_in(JsonObject({"references": (0, 0, refs)}))]
    ['aws_iam_role.a.arn', 'var.b']
    """
    found: list[Text] = []
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        written = member(node, "references")
        if isinstance(written, JsonArray):
            found.extend(_longest([each for each in written.items if isinstance(each, Text)]))
        elif isinstance(node, JsonArray):
            waiting.extend(reversed(node.items))
        elif isinstance(node, JsonObject) and "constant_value" not in node.members:
            waiting.extend(reversed([value for _, _, value in node.members.values()]))
    return found


def _longest(references: list[Text]) -> list[Text]:
    """The references without the shorter forms that follow each: ``a.b[0].c`` is followed by ``a.b[0]`` and ``a.b``.

    >>> [each.value for each in _longest([Text("a.b[0].c"), Text("a.b[0]"), Text("a.b"), Text("a.b")])]
    ['a.b[0].c', 'a.b']
    """
    found: list[Text] = []
    first = before = ""
    for each in references:
        if not _is_shorter(each.value, before, first):
            found.append(each)
            first = each.value
        before = each.value
    return found


def _is_shorter(reference: str, before: str, first: str) -> bool:
    """Whether a reference is a shorter form of the one before it, and not another one.

    The forms of an output of an instance of a module end with this: the module alone after it is another reference.

    >>> _is_shorter("module.a", 'module.a["x"]', 'module.a["x"]'), _is_shorter("module.a", 'module.a["x"]', "")
    (True, False)
    """
    if _MODULE.fullmatch(reference) is None or before.startswith(f"{reference}."):
        return before.startswith((f"{reference}.", f"{reference}["))
    is_instance = before.startswith(f"{reference}[") and _MODULE_INSTANCE.fullmatch(before) is not None
    return is_instance and before == first


def _objects(node: Node | None) -> dict[str, JsonObject]:
    members = node.members if isinstance(node, JsonObject) else {}
    return {name: value for name, (_, _, value) in members.items() if isinstance(value, JsonObject)}
