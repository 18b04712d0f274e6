"""Pairs the documents of policies with what gives them: jsonencode, a heredoc, or a data source (SRC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
)
from execpolicy.document.syntax.written_places import WrittenPart
from execpolicy.errors import Source
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.terraform.address import ModuleStep
from execpolicy.loaders.terraform.identity_types import (
    DOCUMENT_ELEMENTS,
    DOCUMENT_JSON,
    DOCUMENT_PRINCIPALS,
    MAX_CHAIN,
    MERGED_AFTER,
    MERGED_BEFORE,
    POLICY_DOCUMENT,
)
from execpolicy.loaders.terraform.recognition import TERRAFORM_RULES
from execpolicy.loaders.terraform.sources.agreement import agrees
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBlock,
    HclBody,
    HclCall,
    HclExpression,
    HclMember,
    HclObject,
    HclReference,
    HclScalar,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.modules import Sources, WrittenBlock
from execpolicy.loaders.terraform.sources.pairing import Pairing

#: Replaces each character of an expression in a heredoc.
_INSERTED: Final = "\ufffc"


class WrittenExpression(NamedTuple):
    """An expression, the text of its file, and the path of its module."""

    expression: HclExpression
    source: Source
    modules: tuple[ModuleStep, ...]


class PolicyPairing:
    """Pairs the documents in the texts of a plan.

    Args:
        plan: the text of the plan.
        sources: the sources.
        parts: takes the places.
    """

    def __init__(self, plan: Source, sources: Sources, parts: list[WrittenPart]) -> None:
        self._plan = plan
        self._sources = sources
        self._parts = parts

    def text(self, node: Text, written: WrittenExpression) -> None:
        """Pair the document in a text with the expression that gives the text."""
        if node.value.lstrip().startswith("{"):
            root = read_json_in_text(Problems(self._plan), node, TERRAFORM_RULES)
            if isinstance(root, JsonObject) and root.start > node.start:
                self._document(root, written, 0)

    def _document(self, root: JsonObject, written: WrittenExpression, chain: int) -> None:
        match written.expression:
            case HclCall("jsonencode", (argument,)):
                Pairing(written.source, self._parts).value(root, argument, in_order=True)
            case HclText() as text:
                document = _document_in(text, written.source)
                if document is not None:
                    Pairing(written.source, self._parts).value(root, document, in_order=True)
            case HclReference(steps) if chain < MAX_CHAIN:
                self._referred(root, steps, written.modules, chain)

    def _referred(self, root: JsonObject, steps: tuple[str, ...], modules: tuple[ModuleStep, ...], chain: int) -> None:
        module = self._sources.module(modules)
        assert module is not None, "an expression stands in a module with sources, as the call of it does"
        match steps:
            case ("data", type_name, name, attribute) if type_name == POLICY_DOCUMENT and attribute in DOCUMENT_JSON:
                block = module.blocks.get(f"data.{POLICY_DOCUMENT}.{name}")
                if block is not None:
                    DataSourcePairing(block, self._parts).document(root)
            case ("local", name) if name in module.locals:
                source, found = module.locals[name]
                self._document(root, WrittenExpression(found.value, source, modules), chain + 1)
            case ("var", name) if modules:
                call = self._sources.call(modules)
                given = call.body.attributes.get(name) if call is not None else None
                if call is not None and given is not None:
                    self._document(root, WrittenExpression(given.value, call.source, modules[:-1]), chain + 1)


class DataSourcePairing(Pairing):
    """Pairs the document of a data source with its blocks.

    Args:
        written: the block of the data source.
        parts: takes the places.
    """

    def __init__(self, written: WrittenBlock, parts: list[WrittenPart]) -> None:
        super().__init__(written.source, parts)
        self._written = written

    def document(self, root: JsonObject) -> None:
        """Pair a document; statements only where all of them are written as blocks."""
        block, body = self._written.block, self._written.body
        self.add(root.start, root.end, block.start, block.head_end)
        member = root.members.get("Statement")
        is_made = not body.attributes.keys().isdisjoint((MERGED_BEFORE, MERGED_AFTER)) or bool(
            body.blocks_of("dynamic")
        )
        if member is None or is_made:
            return
        listed = member[2].items if isinstance(member[2], JsonArray) else [member[2]]
        statements = [each for each in listed if isinstance(each, JsonObject)]
        blocks = body.blocks_of("statement")
        if len(statements) == len(blocks) and all(map(_is_statement, statements, blocks)):
            for statement, each in zip(statements, blocks, strict=True):
                self.add(statement.start, statement.end, each.start, each.end)
                self._statement(statement, each.body)

    def _statement(self, statement: JsonObject, body: HclBody) -> None:
        for name, element in DOCUMENT_ELEMENTS.items():
            attribute, member = body.attributes.get(name), statement.members.get(element)
            if attribute is not None and member is not None:
                self.add(member[0], member[1], attribute.start, attribute.end)
                self.items(member[2], attribute.value)
        for name, element in DOCUMENT_PRINCIPALS.items():
            member = statement.members.get(element)
            if member is not None and not body.dynamic_blocks_of(name):
                self._principals(member, body.blocks_of(name))
        condition = statement.members.get("Condition")
        if condition is not None and not body.dynamic_blocks_of("condition"):
            self._conditions(condition, body.blocks_of("condition"))

    def _whole(self, member: Member, blocks: list[HclBlock]) -> None:
        if len(blocks) == 1:
            for start, end in (member[:2], (member[2].start, member[2].end)):
                self.add(start, end, blocks[0].start, blocks[0].end)

    def _principals(self, member: Member, blocks: list[HclBlock]) -> None:
        self._whole(member, blocks)
        for name, (start, end, value) in _members(member[2]).items():
            found = [block for block in blocks if block.body.text_in("type") == name]
            if len(found) == 1:
                self._named(start, end, found[0], "type")
                self._listed(value, found[0], "identifiers")

    def _conditions(self, member: Member, blocks: list[HclBlock]) -> None:
        self._whole(member, blocks)
        for operator, (start, end, keys) in _members(member[2]).items():
            tested = [block for block in blocks if block.body.text_in("test") == operator]
            if len(tested) == 1:
                self._named(start, end, tested[0], "test")
                self.add(keys.start, keys.end, tested[0].start, tested[0].end)
            for key, (first, last, values) in _members(keys).items():
                found = [block for block in tested if block.body.text_in("variable") == key]
                if len(found) == 1:
                    self._named(first, last, found[0], "variable")
                    self._listed(values, found[0], "values")

    def _named(self, start: int, end: int, block: HclBlock, name: str) -> None:
        value = block.body.attributes[name].value
        self.add(start, end, value.start, value.end)

    def _listed(self, node: Node, block: HclBlock, name: str) -> None:
        attribute = block.body.attributes.get(name)
        if attribute is not None:
            self.items(node, attribute.value)


def _members(node: Node) -> Mapping[str, Member]:
    return node.members if isinstance(node, JsonObject) else {}


def _is_statement(statement: JsonObject, block: HclBlock) -> bool:
    """Whether a block can give a statement, by its Sid and its effect."""
    for name, element, default in (("sid", "Sid", ""), ("effect", "Effect", "Allow")):
        node = statement.members.get(element, (0, 0, Text("")))[2]
        attribute = block.body.attributes.get(name)
        if attribute is not None and not agrees(node, attribute.value):
            return False
        if attribute is None and isinstance(node, Text) and node.value != default:
            return False
    return True


def _document_in(text: HclText, source: Source) -> HclExpression | None:
    """The document in a heredoc, as expressions; None if the text is not a heredoc or not JSON."""
    if text.body is None:
        return None
    start, end = text.body
    shown = source.text[start:end]
    for first, last in text.inserted:
        shown = shown[: first - start] + _INSERTED * (last - first) + shown[last - start :]
    root, faults = read_json(shown, TERRAFORM_RULES.max_depth)
    return None if root is None or faults else _as_written(root, start)


def _as_written(node: Node, start: int) -> HclExpression:
    first, last = node.start + start, node.end + start
    match node:
        case Text(value):
            return HclText(_parts(value), first, last)
        case JsonNumber(text) | JsonBoolean(text) | JsonNull(text):
            return HclScalar(text, first, last)
        case JsonArray(items):
            return HclTuple(tuple(_as_written(item, start) for item in items), first, last)
    members = {
        name: HclMember(begin + start, end + start, _as_written(value, start))
        for name, (begin, end, value) in node.members.items()
    }
    return HclObject(members, first, last)


def _parts(value: str) -> tuple[str | None, ...]:
    """The literal parts of a text, with None for each expression in it."""
    found: list[str | None] = []
    for number, part in enumerate(value.split(_INSERTED)):
        if number and (not found or found[-1] is not None):
            found.append(None)
        found.extend([part] if part else [])
    return tuple(found)
