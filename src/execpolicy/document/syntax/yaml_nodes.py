"""Builds nodes from the events of PyYAML.

Tags are refused, names in a mapping are unique, and aliases count as often as they are used. Only ``yaml_reader``
imports this module, where PyYAML is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax import json_faults
from execpolicy.document.syntax.json_strings import place_inside, unusable
from execpolicy.document.syntax.nodes import (
    MAX_FAULTS,
    MAX_STRING,
    MAX_VALUES,
    TOO_MANY,
    TOO_MANY_ADVICE,
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    StopReadingError,
    Text,
    describe,
)
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.syntax.yaml_scalars import FIRST_OF_A_NUMBER, WORDS, plain_scalar

#: The name that merges one mapping into another in YAML 1.1.
MERGE = "<<"

# Compiled by ``re`` when first used: few texts have an anchor or a tag.
_ANCHOR = r"&[0-9A-Za-z_-]+(?:\s|(?<=\s)#.*)*"
_AFTER_TAG = rf"(?:\s|(?<=\s)#.*)*(?:{_ANCHOR})?"
_TAG = r"!\S*"
# Faster than the constructor, which is a Python function.
_new = tuple.__new__


class _MeasuredNode(NamedTuple):
    """A node; the number of its values, itself included; the depth of its nesting."""

    node: Node
    values: int
    depth: int


class YamlNodes:
    """Builds the nodes of one text, with the anchors and faults so far."""

    def __init__(self, text: str, events: Iterator[Event], rules: SyntaxRules = STRICT) -> None:
        self.text = text
        self._rules = rules
        self.faults: list[Fault] = []
        self._events = events
        self._anchors: dict[str, _MeasuredNode | None] = {}  # None while the node of the anchor is being read
        self._values = 0
        self._end = 0  # of what was read last

    def document(self) -> Node:
        """The only document of the text.

        Raises:
            StopReadingError: the text cannot be read further.
        """
        next(self._events)  # the start of the text
        if not isinstance(next(self._events), DocumentStartEvent):
            raise StopReadingError(
                Fault("the document is empty, expected a mapping", 0, 0, advice="is this the right file?")
            )
        root = self._read(next(self._events), 0).node
        next(self._events)  # the end of the document
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            start, _ = _place(after)
            advice = "keep one document in a text: read several one by one"
            raise StopReadingError(Fault("found a second document", start, start + len("---"), advice=advice))
        return root

    def _report(self, fault: Fault) -> None:
        """Add a fault after which reading continues."""
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError(fault._replace(message=TOO_MANY, advice=TOO_MANY_ADVICE, rule="", related=None))

    def _read(self, event: Event, depth: int) -> _MeasuredNode:
        """The node that begins with an event; ``depth`` is how many mappings and lists are open."""
        assert isinstance(event, NodeEvent)
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        self._count(1, event)
        start, _ = _place(event)
        assert isinstance(event, (CollectionStartEvent, ScalarEvent))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
            match = re.compile(_ANCHOR).match(self.text, start)
            start = match.end() if match is not None else start
        if event.tag is not None and event.tag in self._rules.tags:
            read = self._tagged(event, event.tag, start, depth)
        else:
            self._refuse_tag(event)
            read = self._untagged(event, start, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = read
        return read

    def _untagged(self, event: CollectionStartEvent | ScalarEvent, start: int, depth: int) -> _MeasuredNode:
        if isinstance(event, CollectionStartEvent):
            return self._collection(event, start, depth)
        return _MeasuredNode(self._scalar(event, start), 1, 0)

    def _tagged(self, event: CollectionStartEvent | ScalarEvent, tag: str, start: int, depth: int) -> _MeasuredNode:
        """The object for which a value with a tag stands."""
        if depth == self._rules.max_depth:
            raise StopReadingError(json_faults.too_deep(start, depth))
        self._count(1, event)
        match = re.compile(_AFTER_TAG).match(self.text, start + len(tag))
        inner = self._untagged(event, match.end() if match is not None else start, depth + 1)
        members = {self._rules.tags[tag]: (start, start + len(tag), inner.node)}
        return _MeasuredNode(JsonObject(members, start, self._end), inner.values + 1, inner.depth + 1)

    def _count(self, values: int, event: NodeEvent) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            message = f"found more than {MAX_VALUES} values in one document, those of aliases counted each time"
            raise StopReadingError(Fault(message, *_place(event), advice="is this the right file?"))

    def _refuse_tag(self, event: CollectionStartEvent | ScalarEvent) -> None:
        if event.tag is None:
            return
        match = re.compile(_TAG).search(self.text, _place(event)[0])
        assert match is not None
        message = f"found the tag {quoted(match.group())}, expected a value without one"
        advice = "remove it; put text that could have another type in quotes"
        if self._rules.tags and not match.group().startswith("!!"):
            message = f"found the tag {quoted(match.group())}, which is no function"
            advice = did_you_mean(match.group(), self._rules.tags)
        self._report(Fault(message, *match.span(), advice=advice))

    def _alias(self, event: AliasEvent, depth: int) -> _MeasuredNode:
        start, end = _place(event)
        assert event.anchor is not None
        read = self._anchors.get(event.anchor)
        if read is None:
            where = "inside its own anchor" if event.anchor in self._anchors else "without an anchor before it"
            message = f"found the alias {quoted(self.text[start:end])} {where}"
            raise StopReadingError(Fault(message, start, end, advice="write the value in place of the alias"))
        self._count(read.values, event)
        if depth + read.depth > self._rules.max_depth:
            raise StopReadingError(json_faults.too_deep(start, self._rules.max_depth))
        self._end = end
        return read

    def _scalar(self, event: ScalarEvent, start: int) -> Node:
        _, end = _place(event)
        if event.style in ("|", ">"):
            end = start + len(
                self.text[start:end].rstrip()
            )  # the event of PyYAML ends at the next line that is not empty
        value = event.value
        text = _new(Text, (value, min(start, end), end))
        self._end = end
        if len(value) > MAX_STRING or "\0" in value or not value.isascii():
            problem = unusable(value)
            if problem is not None:
                message, first, last, advice = problem
                self._report(Fault(message, *place_inside(self.text, text, first, last), advice=advice))
        if event.style or event.tag is not None:  # no style is None to PyYAML, and empty to libyaml
            return text
        node, fault = plain_scalar(*text, is_yaml_1_1=self._rules.is_yaml_1_1)
        if fault is not None:
            self._report(fault)
        return node

    def _collection(self, event: CollectionStartEvent, start: int, depth: int) -> _MeasuredNode:
        if depth == self._rules.max_depth:
            raise StopReadingError(json_faults.too_deep(start, depth))
        is_list = isinstance(event, SequenceStartEvent)
        items: list[Node] = []
        members: dict[str, Member] = {}
        values, deepest = 1, 0
        while not isinstance(inner := next(self._events), (SequenceEndEvent, MappingEndEvent)):
            if not is_list:
                name = self._name(self._simple(inner) or self._read(inner, depth + 1).node, inner)
                inner = next(self._events)
            node = self._simple(inner)
            if node is None:
                read = self._read(inner, depth + 1)
                node = read.node
                values += read.values
                deepest = max(deepest, read.depth)
            else:
                values += 1
            if is_list:
                items.append(node)
            else:
                self._add(members, name, node)
        if event.flow_style:
            # Without brackets, the event of PyYAML ends where the next one begins.
            _, self._end = _place(inner)
        made = JsonArray(items, start, self._end) if is_list else JsonObject(members, start, self._end)
        return _MeasuredNode(made, values, deepest + 1)

    def _simple(self, event: Event) -> Node | None:
        """A scalar without an anchor and a tag, as most are: sooner than by ``_read``. None for anything else."""
        if type(event) is not ScalarEvent or event.anchor is not None or event.tag is not None:
            return None
        self._values += 1
        if self._values > MAX_VALUES:
            self._count(0, event)
        value = event.value
        start, end = event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]  # parsers set both
        if event.style or value in WORDS or value[0] in FIRST_OF_A_NUMBER or len(value) > MAX_STRING:
            return self._scalar(event, start)
        if not value.isascii() or "\0" in value:
            return self._scalar(event, start)
        self._end = end
        return _new(Text, (value, start, end))

    def _add(self, members: dict[str, Member], name: Text, value: Node) -> None:
        if name.value in members:
            self._report(json_faults.duplicate(name.value, members[name.value][0], name.start, name.end))
        else:
            members[name.value] = (name.start, name.end, value)

    def _name(self, node: Node, event: Event) -> Text:
        """The name of a member, at its own place."""
        start, end = _place(event)
        if type(node) is Text and node.value != MERGE and node.start == start:
            return node
        message = f"found {describe(node)} as a name, expected text"
        if isinstance(node, (JsonArray, JsonObject)):
            raise StopReadingError(Fault(message, node.start, node.end, advice="write the name as text, then a colon"))
        if self._rules.is_yaml_1_1 and isinstance(node, (JsonNumber, JsonBoolean)):
            return Text(self.text[start:end], start, end)
        if not isinstance(node, Text):
            self._report(Fault(message, start, end, advice="put it in quotes"))
        elif node.value == MERGE == self.text[start:end]:
            advice = "YAML 1.2 has no merging: write the members out"
            self._report(Fault(f"found {quoted(MERGE)} as a name", start, end, advice=advice))
        return Text(node.value if isinstance(node, Text) else node.text, start, end)


def _place(event: Event) -> tuple[int, int]:
    """The place of an event, with its anchor and tag."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return event.start_mark.index, event.end_mark.index
