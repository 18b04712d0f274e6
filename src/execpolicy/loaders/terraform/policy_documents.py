"""Policies that the data source ``aws_iam_policy_document`` makes when the plan is applied (SRC-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_parts import has_unknown_part, is_unknown_text
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.terraform.attribute_values import AttributeValue, InstanceAttributes
from execpolicy.loaders.terraform.identity_types import (
    DOCUMENT_ELEMENTS,
    DOCUMENT_JSON,
    DOCUMENT_PRINCIPALS,
    MAX_CHAIN,
    MERGED_AFTER,
    MERGED_BEFORE,
    POLICY_DOCUMENT,
)
from execpolicy.loaders.terraform.references import ConfigurationReferences, Link
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.shown_by_sources import NamedDataSource, differs_from_plan

_ATTRIBUTES: Final = (*DOCUMENT_JSON, "")
_READ: Final = ("statement", MERGED_BEFORE, MERGED_AFTER, "version", "policy_id")
_DERIVED: Final = ("id", *DOCUMENT_JSON)
_UNUSED: Final = ("override_json", "source_json")
_CONDITION: Final = "condition"
#: Why a value is unknown.
AFTER_APPLY: Final = "it is known only after apply: give the state then"


class NamedDocument(NamedTuple):
    """The policy of a data source that an expression names.

    Attributes:
        document: the policy; None if it is not known.
        reason: why it is not known, if the expression refers to a data source.
    """

    document: Node | None
    reason: str = ""


UNNAMED: Final = NamedDocument(None)


class PolicyDataSources:
    """Makes the policies of data sources that are read when the plan is applied.

    Args:
        problems: collects what is wrong.
        references: follows the references of the plan.
        attributes_of: the attributes of an instance, by its address.
        named: the data source that is the value of an expression.
        list_unknown: lists the unknown values in a node, with the reason.
    """

    def __init__(
        self,
        problems: Problems,
        references: ConfigurationReferences,
        attributes_of: Mapping[str, InstanceAttributes],
        named: NamedDataSource,
        list_unknown: Callable[[Node, str], None],
    ) -> None:
        self._problems = problems
        self._references = references
        self._attributes_of = attributes_of
        self._named = named
        self._list_unknown = list_unknown
        self._made: dict[str, JsonObject | None] = {}
        self._running: list[str] = []

    def of_expression(
        self, attributes: InstanceAttributes, expression: Node | None, item: int | None = None
    ) -> NamedDocument:
        """The policy that an expression names.

        Args:
            attributes: those of the instance that has the value.
            expression: the expression in the configuration.
            item: the number of the item of a list that the expression gives; None for the whole.
        """
        found = self._references.of_expression(expression, attributes.scope)
        each_link = [*found.links, *(Link(each.instances[0], each.attribute) for each in found.any_of)]
        refers = any(map(_is_document, each_link))
        if expression is None or not (refers or found.hidden):
            return UNNAMED
        named = self._named(attributes.instance, expression, item)
        if isinstance(named, str):
            # What is hidden may be any text.
            return NamedDocument(None, named) if refers else UNNAMED
        instance = self._references.instance(named)
        if instance is None or not found.may_be(instance):
            return NamedDocument(None, differs_from_plan(attributes.instance.address.name))
        return NamedDocument(self._made_of(instance))

    def _made_of(self, instance: Instance) -> Node | None:
        """The policy of a data source; None if it is made of itself."""
        if instance.id not in self._made:
            if instance.id in self._running or len(self._running) == MAX_CHAIN:
                message = f"found {instance.id}, which is made of itself or of more than {MAX_CHAIN} others"
                self._problems.report(instance.name, message, "is this the right file?")
                return None
            self._running.append(instance.id)
            self._made[instance.id] = self._document(self._attributes_of[instance.id])
            self._running.pop()
        return self._made[instance.id]

    def _document(self, attributes: InstanceAttributes) -> JsonObject:
        instance = attributes.instance
        for name in attributes.names:
            value = attributes.value(name)
            if value is None or name in (*_READ, *_DERIVED):
                continue
            message = f"found {quoted(name)}, which is not a known attribute of {instance.type}"
            if name in _UNUSED:
                message = f"found {quoted(name)}, which newer versions of the provider do not read"
            self._problems.report_name((*value.place, value.node), message, did_you_mean(name, _READ))
        version = attributes.value("version")
        statements = _Statements()
        for document in self._documents(attributes, MERGED_BEFORE):
            statements.merge(document)
        for number, block in enumerate(_blocks(attributes.value("statement"))):
            statements.add(self._statement(block, f"statement {number + 1} of {instance.id}"))
        for document in self._documents(attributes, MERGED_AFTER):
            statements.merge(document, overrides=True)
        at = instance.name
        shown = version.node if version is not None and not statements.is_new else text_at(NEW_VERSION, at)
        members: dict[str, Member] = {"Version": (shown.start, shown.end, shown)}
        listed = list_at(statements.found, at)
        members["Statement"] = (at.start, at.end, statements.whole or listed)
        document = JsonObject(members, at.start, at.end)
        self._list_unknown(document, AFTER_APPLY)
        return document

    def _documents(self, attributes: InstanceAttributes, name: str) -> list[Node]:
        """The documents that are merged: known ones, those of other data sources, and unknown texts."""
        value = attributes.value(name)
        if value is None:
            return []
        is_list = isinstance(value.node, JsonArray)
        found: list[Node] = []
        for number, item in enumerate(value.node.items if isinstance(value.node, JsonArray) else [value.node]):
            if is_unknown_text(item):
                made = self.of_expression(attributes, value.expression, number) if is_list else UNNAMED
                if made.reason:
                    self._list_unknown(item, made.reason)
                found.append(made.document or item)
            elif isinstance(item, Text):
                read = read_json_in_text(self._problems, item)
                found.extend([read] if read is not None else [])
        return found

    def _statement(self, block: Node, what: str) -> Node:
        """A statement in the form of IAM."""
        if not isinstance(block, JsonObject):
            return block
        members: dict[str, Member] = {}
        for name, (start, end, node) in block.members.items():
            if _is_unset(node):
                continue
            made = self._element(name, node, what)
            if made is not None:
                members[made[0]] = (start, end, made[1])
            elif name not in DOCUMENT_ELEMENTS and name not in DOCUMENT_PRINCIPALS and name != _CONDITION:
                message = f"found {quoted(name)}, which is not a known attribute of {what}"
                self._problems.report_name(
                    block.members[name], message, did_you_mean(name, (*DOCUMENT_ELEMENTS, *DOCUMENT_PRINCIPALS))
                )
        if "Effect" not in members:
            allow = text_at("Allow", block)
            members["Effect"] = (allow.start, allow.end, allow)
        return JsonObject(members, block.start, block.end)

    def _element(self, name: str, node: Node, what: str) -> tuple[str, Node] | None:
        if name in DOCUMENT_ELEMENTS:
            return DOCUMENT_ELEMENTS[name], _with_variables(node)
        if name in DOCUMENT_PRINCIPALS:
            return DOCUMENT_PRINCIPALS[name], self._principals(node, what)
        if name == _CONDITION:
            return "Condition", self._conditions(node, what)
        return None

    def _principals(self, node: Node, what: str) -> Node:
        if not isinstance(node, JsonArray):
            return node
        members: dict[str, list[Node]] = {}
        for block in node.items:
            if has_unknown_part(block):
                return block
            type_, identifiers = member(block, "type"), member(block, "identifiers")
            if not isinstance(type_, Text) or identifiers is None:
                self._problems.report(block, f"found principals of {what} without type and identifiers", "add them")
                continue
            if has_unknown_part(type_):
                return type_
            found = [_with_variables(item) for item in _listed(identifiers)]
            if type_.value == "*" and [item.value for item in found if isinstance(item, Text)] == ["*"]:
                return text_at("*", block)
            members.setdefault(type_.value, []).extend(found)
        return object_at({name: list_at(items, node) for name, items in members.items()}, node)

    def _conditions(self, node: Node, what: str) -> Node:
        if not isinstance(node, JsonArray):
            return node
        operators: dict[str, dict[str, Member]] = {}
        for block in node.items:
            if has_unknown_part(block):
                return block
            test, variable = member(block, "test"), member(block, "variable")
            values = member(block, "values")
            if not isinstance(test, Text) or not isinstance(variable, Text) or values is None:
                message = f"found a condition of {what} without test, variable and values"
                self._problems.report(block, message, "add them")
                continue
            if has_unknown_part(test):
                return test
            keys = operators.setdefault(test.value, {})
            if variable.value in keys:
                message = f"found {test.value} of {quoted(variable.value)} twice in {what}"
                self._problems.report(variable, message, "write all values into one condition")
            made = list_at([_with_variables(item) for item in _listed(values)], values)
            keys.setdefault(variable.value, (variable.start, variable.end, made))
        members: dict[str, Member] = {
            name: (node.start, node.end, JsonObject(keys, node.start, node.end)) for name, keys in operators.items()
        }
        return JsonObject(members, node.start, node.end)


class _Statements:
    """Statements that are merged: one with the Sid of another one replaces it.

    Attributes:
        found: the statements.
        whole: what stands for all of them, if it is not known which of them are replaced.
        is_new: whether a document among them has the new version, which the whole then has.
    """

    def __init__(self) -> None:
        self.found: list[Node] = []
        self.whole: Text | None = None
        self.is_new = False
        self._sids: dict[str, int] = {}

    def add(self, statement: Node) -> None:
        """Add a statement, or replace one."""
        sid = member(statement, "Sid")
        if isinstance(sid, Text) and has_unknown_part(sid) and self._sids:
            self.whole = self.whole or sid
        if isinstance(sid, Text) and sid.value:
            at = self._sids.setdefault(sid.value, len(self.found))
            if at < len(self.found):
                self.found[at] = statement
                return
        self.found.append(statement)

    def merge(self, document: Node, *, overrides: bool = False) -> None:
        """Add the statements of a document; one that is not known may replace those that have a Sid."""
        if has_unknown_part(document):
            if overrides and self._sids:
                self.whole = self.whole or document
            self.found.append(document)
            return
        statements, version = member(document, "Statement"), member(document, "Version")
        self.is_new = self.is_new or (isinstance(version, Text) and version.value == NEW_VERSION)
        if has_unknown_part(statements):
            self.whole = self.whole or statements
        for each in _listed(statements) if statements is not None else ():
            self.add(each)


def _is_document(link: Link) -> bool:
    instance = link.instance
    return instance.is_data and instance.type == POLICY_DOCUMENT and link.attribute in _ATTRIBUTES


def _blocks(value: AttributeValue | None) -> list[Node]:
    if value is None:
        return []
    return value.node.items if isinstance(value.node, JsonArray) else [value.node]


def _listed(node: Node) -> list[Node]:
    return node.items if isinstance(node, JsonArray) else [node]


def _with_variables(node: Node) -> Node:
    """The node with ``${`` for ``&{``, by which Terraform writes the variables of policies."""
    if isinstance(node, JsonArray):
        return list_at([_with_variables(item) for item in node.items], node)
    return node._replace(value=node.value.replace("&{", "${")) if isinstance(node, Text) else node


def _is_unset(node: Node) -> bool:
    match node:
        case Text(value):
            return not value
        case JsonArray(items):
            return not items
        case JsonObject():
            return False
    return node[0] == "null"
