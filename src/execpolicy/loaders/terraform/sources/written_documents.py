"""The data source that an expression of the sources names without changing its document (SRC-4).

A reference to the document names it, also through inputs and outputs of modules, ``each.value``, and the members of
objects and lists that are written there. Any other expression may give another text.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.loaders.terraform.address import Key, ModuleStep, ResourceAddress, key_in, name_in
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.document_references import GIVE_DOCUMENT
from execpolicy.loaders.terraform.identity_types import DOCUMENT_JSON, MAX_CHAIN
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBlock,
    HclExpression,
    HclObject,
    HclReference,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl
from execpolicy.loaders.terraform.sources.modules import Sources, WrittenBlock
from execpolicy.loaders.terraform.sources.written_configuration import (
    Doubt,
    NotShownError,
    Pairs,
    WrittenConfiguration,
    line_of,
)

_MAY_CHANGE: Final = "an expression may change the document"
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_TEXT: Final = re.compile(r'"[^"\\$%]*"')
#: Indexes that are the key of the instance for which an expression stands.
_OWN_KEY: Final = ("count.index", "each.key")
#: A step of a reference: a name, a number, or a key, which begins with a quote.
_Steps = tuple["str | int", ...]


class _ExpressionPlace(NamedTuple):
    """Where an expression stands: its module, its block, and the key of the instance of that."""

    modules: tuple[ModuleStep, ...]
    written: WrittenBlock
    key: Key = None


class WrittenDocuments:
    """The expressions that give policies in the sources.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
    """

    def __init__(self, sources: Sources, configuration: Configuration) -> None:
        self._written = WrittenConfiguration(sources, Doubt(_MAY_CHANGE, GIVE_DOCUMENT))
        self._configuration = configuration

    def named_data_source(self, instance: Instance, expression: Node, item: int | None) -> ResourceAddress | str:
        """The data source that is the value of an expression, or why it is not known.

        Args:
            instance: the instance that has the value.
            expression: that of the configuration; a list of those of several blocks, each of which may give the value.
            item: the number of the item in a list that the expression gives; None for the whole.
        """
        address = instance.address
        rest: _Steps = () if item is None else (item,)
        try:
            written = self._written.block(address.modules, address.name)
            pairs = self._written.pairs(written, address.name, self._configuration.expressions(address))
            place = _ExpressionPlace(address.modules, written, address.key)
            each = expression.items if isinstance(expression, JsonArray) else [expression]
            found = {self._named(_written(pairs, node, written), place, rest, 0) for node in each}
        except NotShownError as error:
            return error.reason
        return found.pop() if len(found) == 1 else f"several blocks of {address.name} give documents: {GIVE_DOCUMENT}"

    def _named(self, expression: HclExpression, place: _ExpressionPlace, rest: _Steps, chain: int) -> ResourceAddress:
        """The data source that steps after an expression lead to."""
        if chain < MAX_CHAIN:
            match expression, rest:
                case HclObject(members, is_whole=True), (str(name), *others) if name.removeprefix('"') in members:
                    value = members[name.removeprefix('"')].value
                    return self._named(value, place, tuple(others), chain + 1)
                case HclTuple(items), (int(number), *others) if number < len(items):
                    return self._named(items[number], place, tuple(others), chain + 1)
                case HclReference(), _:
                    return self._followed(expression, place, rest, chain + 1)
                case HclText(), ():
                    inserted = _only_inserted(expression, place.written.source)
                    if inserted is not None:
                        return self._followed(inserted, place, (), chain + 1)
        raise _not_shown(place.written, expression)

    def _followed(self, reference: HclReference, place: _ExpressionPlace, rest: _Steps, chain: int) -> ResourceAddress:
        """The data source that a reference leads to, with steps after it."""
        steps = _steps(reference, place.key)
        if steps is None:
            raise _not_shown(place.written, reference)
        match [*steps, *rest]:
            case ["data", *_] as all_steps:
                name, after = name_in(all_steps)
                key, attribute = key_in(after)
                if name is not None and len(attribute) == 1 and attribute[0] in DOCUMENT_JSON:
                    return ResourceAddress(place.modules, name, key)
            case ["var", str(name), *others] if place.modules:
                return self._input(name, place, tuple(others), chain)
            case ["module", str(name), *others]:
                key, after = key_in(others)
                if after and isinstance(after[0], str):
                    inside = (*place.modules, ModuleStep(name, key))
                    return self._output(after[0], inside, tuple(after[1:]), chain)
            case ["each", "value", *others] if isinstance(place.key, str):
                given = place.written.body.attributes.get("for_each")
                if given is not None:
                    return self._named(given.value, place._replace(key=None), (f'"{place.key}', *others), chain)
        raise _not_shown(place.written, reference)

    def _input(self, name: str, place: _ExpressionPlace, rest: _Steps, chain: int) -> ResourceAddress:
        """The data source that the call of a module gives as an input."""
        above, step = place.modules[:-1], place.modules[-1]
        call = f"module.{step.name}"
        written = self._written.block(above, call)
        module = self._configuration.module(above)
        expressions = member(module.calls.get(step.name) if module is not None else None, "expressions")
        self._written.pairs(written, call, expressions if isinstance(expressions, JsonObject) else None)
        given = written.body.attributes.get(name)
        if given is None:
            raise _not_shown(written, written.block)
        return self._named(given.value, _ExpressionPlace(above, written, step.key), rest, chain)

    def _output(self, name: str, inside: tuple[ModuleStep, ...], rest: _Steps, chain: int) -> ResourceAddress:
        """The data source that a module gives as an output."""
        output = f"output.{name}"
        written = self._written.block(inside, output)
        module = self._configuration.module(inside)
        expression = member(module.outputs.get(name) if module is not None else None, "expression")
        shown = None if expression is None else JsonObject({"value": (0, 0, expression)})
        self._written.pairs(written, output, shown)
        value = written.body.attributes.get("value")
        if value is None:
            raise _not_shown(written, written.block)
        return self._named(value.value, _ExpressionPlace(inside, written), rest, chain)


def _written(pairs: Pairs, expression: Node, written: WrittenBlock) -> HclExpression:
    found = pairs.get((expression.start, expression.end))
    if found is None:
        raise _not_shown(written, written.block)
    return found


def _not_shown(written: WrittenBlock, part: HclBlock | HclExpression) -> NotShownError:
    return NotShownError(f"{_MAY_CHANGE} ({line_of(written, part)}): {GIVE_DOCUMENT}")


def _steps(reference: HclReference, own: Key) -> list[str | int] | None:
    """The steps of a reference with its indexes; None if the value of one of them is not known."""
    found: list[str | int] = []
    indexes = [*reference.indexes]
    for number, step in enumerate((*reference.steps, ""), 0):
        while indexes and indexes[0][0] == number:
            key = _key(indexes.pop(0)[1], own)
            if key is None:
                return None
            found.append(f'"{key}' if isinstance(key, str) else key)
        found.extend([step] if step else [])
    return found


def _key(index: str, own: Key) -> Key:
    """The value of an index; None for an expression that is not evaluated."""
    if _NUMBER.fullmatch(index):
        return int(index)
    if _TEXT.fullmatch(index):
        return str(json.loads(index))
    return own if index in _OWN_KEY else None


def _only_inserted(text: HclText, source: Source) -> HclReference | None:
    """The reference that is inserted into a string which has nothing else; its value is that of the string."""
    if text.parts != (None,) or text.body is not None or len(text.inserted) != 1:
        return None
    start, end = text.inserted[0]
    shown = source.text[start + 2 : end - 1]
    try:
        body = read_hcl(Source(source.name, f"value = {shown}\n"))
    except PolicySyntaxError:
        return None
    value = body.attributes["value"].value if body.attributes.keys() == {"value"} and not body.blocks else None
    return value._replace(start=start, end=end) if isinstance(value, HclReference) else None
