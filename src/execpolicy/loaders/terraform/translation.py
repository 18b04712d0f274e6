"""Resources of Terraform as the resources of CloudFormation that say the same (SRC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonNull, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.document.unknown_parts import is_unknown_text
from execpolicy.document.unknown_value import unknown_names
from execpolicy.loaders.built_nodes import list_at
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.terraform.attribute import DERIVED, NO_ATTRIBUTES, Attribute
from execpolicy.loaders.terraform.attribute_values import AttributeValue, InstanceAttributes, is_empty
from execpolicy.loaders.terraform.policy_documents import AFTER_APPLY, NamedDocument
from execpolicy.loaders.terraform.resource_links import Linked, ResourceLinks
from execpolicy.loaders.terraform.resource_types import READ

#: Properties that are lists of texts, of which a value that is not known may stand for the whole list.
_LISTS: Final = (
    *("AnyOf", "Audience", "AuthorizationScopes", "GroupNames", "IdentitySources", "ManagedPolicyArns", "PolicyArns"),
    *("ProviderARNs", "RoleNames", "Types", "UserNames", "Users"),
)
_OBJECTS: Final = (
    "Parameters",
    "ResponseParameters",
    "ResponseTemplates",
    "StageVariableOverrides",
    "StageVariables",
    "Variables",
)
#: Blocks that may be there or not: their members say nothing of that.
_WHOLE: Final = ("CorsConfiguration", "MutualTlsAuthentication", "Policies")
#: Gives the policy that an expression names.
DocumentOfExpression = Callable[[InstanceAttributes, "Node | None"], NamedDocument]


class Translation:
    """Translates the attributes of resources.

    Args:
        problems: collects what is wrong.
        findings: takes what is unknown and what is not read.
        links: finds the resources that attributes name.
        document_of: the policy of a data source that an expression names.
    """

    def __init__(
        self,
        problems: Problems,
        findings: Findings,
        links: ResourceLinks,
        document_of: DocumentOfExpression,
    ) -> None:
        self._problems = problems
        self._findings = findings
        self._links = links
        self._document_of = document_of
        #: The expressions of which it is reported that it is not known what they name.
        self._reported: set[tuple[int, int]] = set()

    def properties(self, attributes: InstanceAttributes) -> dict[str, Member]:
        """The properties of a resource, by their names in CloudFormation; unknown attributes are reported."""
        instance = attributes.instance
        known = READ[instance.type]
        members: dict[str, Member] = {}
        for name in attributes.names:
            value = attributes.value(name)
            if value is None:
                continue
            if name in known.read:
                self._add(members, attributes, name, known.read[name], value)
            elif name in known.ignored:
                if attributes.is_set(name):
                    self._findings.ignore(value.node, f"{name} of {instance.id}")
            elif name not in (*known.derived, *DERIVED) and attributes.is_set(name):
                self._report_name(value.place, name, instance.type, (*known.read, *known.ignored))
        return members

    def _add(
        self,
        members: dict[str, Member],
        attributes: InstanceAttributes,
        name: str,
        attribute: Attribute,
        value: AttributeValue,
    ) -> None:
        if attribute.to:
            node = self._translated(attributes, name, attribute, value)
            if node is not None:
                members[attribute.to] = (*value.place, node)

    def _translated(
        self, attributes: InstanceAttributes, name: str, attribute: Attribute, value: AttributeValue
    ) -> Node | None:
        path = f"{attributes.instance.id}.{name}"
        if attribute.inner is not None:
            return self._block(attributes, path, attribute, value)
        reason = ""
        if attribute.links and _has_unknown(value.node):
            node, _, reason = self._linked(attributes, path, attribute, value)
            if node is not None:
                if reason:
                    self.list_unknown(value.node, reason)
                return node
        if attribute.is_document and is_unknown_text(value.node):
            document, why = self._document_of(attributes, value.expression)
            if document is None:
                self.list_unknown(value.node, why or AFTER_APPLY)
            return document or value.node
        if attribute.is_needed and _has_unknown(value.node):
            message = f"found {path}, which is known only after apply, expected a value that is known"
            advice = "write its value into the configuration, or give the state after apply"
            self._problems.report(value.node, message, advice, "SRC-4")
            return None
        self.list_unknown(value.node, reason or AFTER_APPLY)
        return _shaped(attribute.to, value.node)

    def _linked(self, attributes: InstanceAttributes, path: str, attribute: Attribute, value: AttributeValue) -> Linked:
        """What an attribute names; that it is not known what a resource belongs to is reported."""
        is_list = attribute.to in _LISTS or isinstance(value.node, JsonArray)
        linked = self._links.of_attribute(attributes, attribute, value, is_list=is_list)
        if linked.node is None and attribute.is_owner:
            self._report_owner(path, attribute, linked, value.node if value.expression is None else value.expression)
        return linked

    def _report_owner(self, path: str, attribute: Attribute, linked: Linked, at: Node) -> None:
        """Report that it is not known what a resource belongs to, once for all its instances."""
        if (at.start, at.end) in self._reported:
            return
        self._reported.add((at.start, at.end))
        shown = listed(linked.targets, "or") if linked.targets else "nothing that the file shows"
        message = f"found {path}, which is known only after apply and refers to {shown}"
        advice = f"refer to one resource of the type {listed(attribute.links)}, or give the state after apply"
        self._problems.report(at, message, linked.reason or advice, "SRC-4")

    def _block(
        self, attributes: InstanceAttributes, path: str, attribute: Attribute, value: AttributeValue
    ) -> Node | None:
        """A block, which Terraform writes as a list also where it may be only one."""
        if is_unknown_text(value.node):
            name = path.removeprefix(f"{attributes.instance.id}.")
            self.list_unknown(value.node, attributes.why_hidden(name) or AFTER_APPLY)
            if attribute.to in _WHOLE:
                return value.node
            members = self._inner(attributes, path, attribute, JsonObject({}), value, whole=value.node)
            nodes: list[Node] = [JsonObject(members, value.node.start, value.node.end)]
        else:
            items = value.node.items if isinstance(value.node, JsonArray) else [value.node]
            nodes = [
                JsonObject(self._inner(attributes, f"{path}[{number}]", attribute, item, value), item.start, item.end)
                for number, item in enumerate(items)
                if self._is_object(item, path)
            ]
        if attribute.is_list:
            return JsonArray(nodes, value.node.start, value.node.end)
        if len(nodes) > 1:
            self._problems.report(value.node, f"found {len(nodes)} blocks as {path}, expected one", "keep one of them")
        return nodes[0] if nodes else None

    def _is_object(self, item: Node, path: str) -> bool:
        if isinstance(item, JsonObject):
            return True
        wrong_type(self._problems, item, path, "an object")
        return False

    def _inner(
        self,
        attributes: InstanceAttributes,
        path: str,
        attribute: Attribute,
        item: Node,
        value: AttributeValue,
        *,
        whole: Node | None = None,
    ) -> dict[str, Member]:
        """The members of a block; each of them is unknown where the whole is."""
        inner = attribute.inner or NO_ATTRIBUTES
        found: dict[str, Member] = {}
        written = item.members if isinstance(item, JsonObject) else {}
        given = dict.fromkeys(inner, (whole.start, whole.end, whole)) if whole is not None else written
        for name, (start, end, node) in given.items():
            if isinstance(node, JsonNull) or is_empty(node):
                continue
            if name not in inner:
                self._report_name((start, end), name, path, tuple(inner))
                continue
            expression = _inner_expression(value.expression, name)
            one = AttributeValue(node, (start, end), expression, is_unknown_text(node))
            made = self._translated_inner(attributes, f"{path}.{name}", inner[name], one)
            if inner[name].to and made is not None:
                found[inner[name].to] = (start, end, made)
        return found

    def _translated_inner(
        self, attributes: InstanceAttributes, path: str, attribute: Attribute, value: AttributeValue
    ) -> Node | None:
        if not attribute.to:
            if not value.is_unknown:
                self._findings.ignore(value.node, path)
            return None
        name = path.removeprefix(f"{attributes.instance.id}.")
        return self._translated(attributes, name, attribute, value)

    def _report_name(self, place: tuple[int, int], name: str, where: str, known: tuple[str, ...]) -> None:
        message = f"found {quoted(name)}, which is not a known attribute of {where}"
        self._problems.report_name((*place, Text("")), message, did_you_mean(name, known))

    def list_unknown(self, node: Node, reason: str = AFTER_APPLY) -> None:
        """List the unknown values in a node, with the reason why they are unknown."""
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Text):
                for name in unknown_names(each.value):
                    self._findings.unknown(name, reason, each)
            elif isinstance(each, JsonArray):
                waiting.extend(each.items)
            elif isinstance(each, JsonObject):
                waiting.extend(value for _, _, value in each.members.values())


def _shaped(to: str, node: Node) -> Node:
    """A value that is not known, where a list or an object is expected."""
    if is_unknown_text(node):
        if to in _LISTS:
            return list_at([node], node)
        if to in _OBJECTS:
            return JsonObject({}, node.start, node.end)
    return node


def _has_unknown(node: Node) -> bool:
    return any(is_unknown_text(each) for each in (node, *_items(node)))


def _items(node: Node) -> list[Node]:
    return node.items if isinstance(node, JsonArray) else []


def _inner_expression(expression: Node | None, name: str) -> Node | None:
    """The expression of an attribute of a block; of several blocks, all that stand for it."""
    blocks = expression.items if isinstance(expression, JsonArray) else [expression]
    found = [block.members[name][2] for block in blocks if isinstance(block, JsonObject) and name in block.members]
    if len(found) == 1:
        return found[0]
    at = expression if expression is not None else Text("")
    return JsonArray(found, at.start, at.end) if found else None
