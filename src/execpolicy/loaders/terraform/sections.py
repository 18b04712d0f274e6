"""The parts of the JSON form of a plan or a state (SRC-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.terraform.address import ResourceAddress, address_of
from execpolicy.loaders.terraform.resource_types import is_read

_VERSION: Final = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})")
#: The versions of the format that are read: those before Terraform 1.1 have the number 0.
_MAJOR: Final = ("0", "1")
_SHOW: Final = "run terraform show -json FILE, and give its output"


class Instance(NamedTuple):
    """An instance of a resource or a data source.

    Attributes:
        id: its address.
        name: the same with its place.
        address: the parts of the address.
        type: such as ``aws_iam_role``.
        is_data: whether it is a data source.
        values: its attributes.
        node: the whole as it is written.
    """

    id: str
    name: Text
    address: ResourceAddress
    type: str
    is_data: bool
    values: JsonObject
    node: JsonObject


class PlannedChange(NamedTuple):
    """A planned change of an instance: the actions, what it was, and what of it is known only after the change."""

    instance: Instance
    actions: tuple[str, ...]
    before: JsonObject | None
    after_unknown: Node | None


class TerraformFile(NamedTuple):
    """A plan or a state.

    Attributes:
        problems: collects what is wrong in the file.
        document: the whole.
        is_plan: whether it is a plan.
        version: that of its format, major and minor.
        instances: the instances after the plan, or those of the state, by address.
        changes: the changes of the plan, by address.
        configuration: the configuration of a plan; None without one.
        variables: the values of the variables of the root module.
    """

    problems: Problems
    document: JsonObject
    is_plan: bool
    version: tuple[int, int]
    instances: Mapping[str, Instance]
    changes: Mapping[str, PlannedChange]
    configuration: JsonObject | None = None
    variables: JsonObject = JsonObject({})


def read_file(problems: Problems, document: Node) -> TerraformFile:
    """The parts of a plan, after it, or of a state.

    Raises:
        PolicySyntaxError: the document is no plan or state that is read.
    """
    root = _checked_root(problems, document)
    is_plan = "planned_values" in root.members or "resource_changes" in root.members
    if is_plan and "planned_values" not in root.members:
        problems.report(root, 'found a plan without "planned_values"', _SHOW)
    values = member(root, "planned_values" if is_plan else "values")
    if values is None and not is_plan:
        problems.report(root, "found a state without values: it has no resources", "apply the configuration first")
    instances = _instances_of(problems, values, "planned_values" if is_plan else "values")
    changes = _changes(problems, root) if is_plan else {}
    _refuse_unfinished(problems, root, changes)
    problems.check()
    variables = member(root, "variables")
    configuration = member(root, "configuration")
    return TerraformFile(
        problems,
        root,
        is_plan,
        _version_of(root),
        instances,
        changes,
        configuration if isinstance(configuration, JsonObject) else None,
        variables if isinstance(variables, JsonObject) else JsonObject({}),
    )


def read_before(problems: Problems, document: Node) -> TerraformFile:
    """What a plan starts from: its prior state.

    Raises:
        PolicySyntaxError: as ``read_file``; also for a state.
    """
    root = _checked_root(problems, document)
    if "planned_values" not in root.members:
        problems.report(root, "found a state, which has no changes", "give a plan: terraform plan -out, terraform show")
    problems.check()
    prior = member(root, "prior_state")
    values = member(prior, "values")
    instances = _instances_of(problems, values, "values") if values is not None else {}
    problems.check()
    return TerraformFile(problems, root, False, _version_of(root), instances, {})


def _checked_root(problems: Problems, document: Node) -> JsonObject:
    if not isinstance(document, JsonObject):
        wrong_type(problems, document, "a plan or a state", "an object")
        problems.check()
        raise AssertionError("what is no object is reported")
    if "lineage" in document.members and "format_version" not in document.members:
        problems.report(document, "found the file of a state as Terraform stores it", f"its form changes: {_SHOW}")
        problems.check()
    version = member(document, "format_version")
    match = _VERSION.fullmatch(version.value) if isinstance(version, Text) else None
    if match is None or match[1] not in _MAJOR:
        found = (
            quoted(version.value) if isinstance(version, Text) else "nothing" if version is None else describe(version)
        )
        message = f"found {found} as format_version, expected 1 and a minor version, such as 1.2"
        problems.report(version or document, message, _SHOW)
        problems.check()
    return document


def _version_of(root: JsonObject) -> tuple[int, int]:
    major, minor = (text_in(root, "format_version") or "").split(".")
    return int(major), int(minor)


def _refuse_unfinished(problems: Problems, root: JsonObject, changes: Mapping[str, PlannedChange]) -> None:
    """Report a plan that failed, and resources that bear on authorization of which it does not say what they become."""
    errored = root.members.get("errored")
    if errored is not None and isinstance(errored[2], JsonBoolean) and errored[2].text == "true":
        problems.report_name(errored, "found a plan that ended with an error", "correct the configuration, plan again")
    for node in _items(problems, member(root, "deferred_changes"), "deferred_changes"):
        deferred = member(node, "resource_change")
        if is_read(text_in(deferred, "type") or ""):
            message = f"found {text_in(deferred, 'address') or 'a resource'}, whose change is deferred to a later plan"
            problems.report(node, message, "apply this plan, and read the next one")
    for change in changes.values():
        if "forget" in change.actions and is_read(change.instance.type):
            message = f"found {change.instance.id}, which Terraform forgets: it stays in AWS as it is"
            problems.report(change.instance.name, message, "remove it, or keep it in the configuration")


def _items(problems: Problems, node: Node | None, name: str) -> list[Node]:
    if node is None or isinstance(node, JsonArray):
        return node.items if node is not None else []
    wrong_type(problems, node, name, "a list")
    return []


def _instances_of(problems: Problems, values: Node | None, name: str) -> dict[str, Instance]:
    """The instances of all modules, by address."""
    if values is None:
        return {}
    if not isinstance(values, JsonObject):
        wrong_type(problems, values, name, "an object")
        return {}
    found: dict[str, Instance] = {}
    for module in _modules(problems, member(values, "root_module")):
        for node in _items(problems, member(module, "resources"), "resources"):
            instance = _instance(problems, node, "values")
            if instance is None:
                continue
            if instance.id in found:
                problems.report(instance.name, f"found {quoted(instance.id)} twice", f"is this the right file? {_SHOW}")
            found.setdefault(instance.id, instance)
    return found


def _modules(problems: Problems, root: Node | None) -> Iterator[JsonObject]:
    waiting = [root] if root is not None else []
    while waiting:
        module = waiting.pop()
        if not isinstance(module, JsonObject):
            wrong_type(problems, module, "a module", "an object")
            continue
        yield module
        waiting.extend(reversed(_items(problems, member(module, "child_modules"), "child_modules")))


def _instance(problems: Problems, node: Node, values_name: str) -> Instance | None:
    if not isinstance(node, JsonObject):
        wrong_type(problems, node, "a resource", "an object")
        return None
    address, type_ = member(node, "address"), member(node, "type")
    for name, value in (("address", address), ("type", type_)):
        if value is None:
            problems.report(node, f'found a resource without "{name}"', _SHOW)
        elif not isinstance(value, Text):
            wrong_type(problems, value, name, "a string")
    if not (isinstance(address, Text) and isinstance(type_, Text)):
        return None
    parsed = address_of(address.value)
    if parsed is None:
        problems.report(address, f"found {quoted(address.value)}, which is no address of a resource", _SHOW)
        return None
    values = member(node, values_name)
    if values is not None and not isinstance(values, JsonObject):
        wrong_type(problems, values, values_name, "an object")
        return None
    is_data = text_in(node, "mode") == "data"
    empty = JsonObject({}, node.start, node.end)
    return Instance(address.value, address, parsed, type_.value, is_data, values or empty, node)


def _changes(problems: Problems, root: JsonObject) -> dict[str, PlannedChange]:
    found: dict[str, PlannedChange] = {}
    for node in _items(problems, member(root, "resource_changes"), "resource_changes"):
        if member(node, "deposed") is not None:
            continue  # what is left of a replacement that failed is removed
        instance = _instance(problems, node, "no_values")
        change = member(node, "change")
        if instance is None:
            continue
        if not isinstance(change, JsonObject):
            problems.report(node, f'found a change of {instance.id} without "change"', _SHOW)
            continue
        actions = _items(problems, member(change, "actions"), "actions")
        before, after = member(change, "before"), member(change, "after")
        found[instance.id] = PlannedChange(
            instance._replace(values=after if isinstance(after, JsonObject) else instance.values),
            tuple(action.value for action in actions if isinstance(action, Text)),
            before if isinstance(before, JsonObject) else None,
            member(change, "after_unknown"),
        )
    return found
