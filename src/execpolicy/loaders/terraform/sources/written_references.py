"""What an expression of the sources names, as far as it is plain (SRC-4).

A reference names an attribute, also through inputs and outputs of modules, ``each.value``, local values, and the
members of objects and lists that are written there. Any other expression may give another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.errors import Source
from execpolicy.loaders.terraform.address import Key, ModuleStep, ResourceAddress, key_in, name_in
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.identity_types import MAX_CHAIN
from execpolicy.loaders.terraform.sections import Instance
from execpolicy.loaders.terraform.shown_by_sources import NamedAttribute
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclExpression,
    HclObject,
    HclReference,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.modules import Sources, WrittenBlock
from execpolicy.loaders.terraform.sources.written_configuration import Doubt, NotShownError, WrittenConfiguration
from execpolicy.loaders.terraform.sources.written_steps import (
    Steps,
    keys_of_instance,
    only_inserted,
    steps_of_reference,
)

#: Names with which references begin that are to no resource.
_RESERVED: Final = ("count", "each", "ephemeral", "local", "module", "path", "self", "terraform", "var")


class ExpressionPlace(NamedTuple):
    """Where an expression stands.

    Attributes:
        modules: its module.
        source: the text of its file.
        written: its block; None for a local value.
        configured: the same block in the configuration.
        key: the key of the instance of the block.
    """

    modules: tuple[ModuleStep, ...]
    source: Source
    written: WrittenBlock | None = None
    configured: Node | None = None
    key: Key = None

    @property
    def keys(self) -> Mapping[str, Key]:
        """The values of the indexes that are the key of the instance."""
        return {} if self.written is None else keys_of_instance(self.written.body, self.key)


class FollowedExpression(NamedTuple):
    """Where following an expression ends.

    Attributes:
        expression: the last expression.
        place: where it stands.
        named: the attribute that it names; None for an expression that is no reference.
    """

    expression: HclExpression
    place: ExpressionPlace
    named: NamedAttribute | None = None


class WrittenReferences:
    """Follows the references in sources. Each block on the way has to be that of the configuration.

    Args:
        sources: the sources.
        configuration: the configuration in the plan.
        doubt: what an expression that is not plain may do.
    """

    def __init__(self, sources: Sources, configuration: Configuration, doubt: Doubt) -> None:
        self._written = WrittenConfiguration(sources, doubt)
        self._configuration = configuration

    def of_value(self, instance: Instance, expression: Node, rest: Steps = ()) -> FollowedExpression:
        """What the expression of an attribute names.

        Args:
            instance: the instance that has the attribute.
            expression: that of the configuration.
            rest: steps after it, such as the number of an item of a list.

        Raises:
            NotShownError: the sources do not show it.
        """
        address = instance.address
        written = self._written.block(address.modules, address.name)
        pairs = self._written.pairs(written, address.name, self._configuration.expressions(address))
        configured = self._configuration.resource(address)
        place = ExpressionPlace(address.modules, written.source, written, configured, address.key)
        found = pairs.get((expression.start, expression.end))
        if found is None:
            raise self._written.not_shown(written.source, written.block)
        return self._followed(found, place, rest, 0)

    def of_item(self, followed: FollowedExpression, item: HclExpression) -> FollowedExpression:
        """What an item of a list names to which references led.

        Raises:
            NotShownError: the sources do not show it.
        """
        return self._followed(item, followed.place, (), 0)

    def not_shown(self, followed: FollowedExpression) -> NotShownError:
        """The error for an expression that does not name what is wanted."""
        return self._written.not_shown(followed.place.source, followed.expression)

    def _followed(
        self, expression: HclExpression, place: ExpressionPlace, rest: Steps, chain: int
    ) -> FollowedExpression:
        """What steps after an expression lead to."""
        if chain < MAX_CHAIN:
            match expression, rest:
                case HclObject(members, is_whole=True), (str(name), *others) if name.removeprefix('"') in members:
                    value = members[name.removeprefix('"')].value
                    return self._followed(value, place, tuple(others), chain + 1)
                case HclTuple(items), (int(number), *others) if number < len(items):
                    return self._followed(items[number], place, tuple(others), chain + 1)
                case HclReference(), _:
                    return self._referred(expression, place, rest, chain + 1)
                case HclText(), ():
                    inserted = only_inserted(expression, place.source)
                    if inserted is not None:
                        return self._referred(inserted, place, (), chain + 1)
            if not rest:
                return FollowedExpression(expression, place)
        raise self._written.not_shown(place.source, expression)

    def _referred(self, reference: HclReference, place: ExpressionPlace, rest: Steps, chain: int) -> FollowedExpression:
        """What a reference leads to, with steps after it."""
        steps = steps_of_reference(reference, place.keys)
        if steps is None:
            raise self._written.not_shown(place.source, reference)
        match [*steps, *rest]:
            case ["var", str(name), *others] if place.modules:
                return self._input(name, place, tuple(others), chain)
            case ["module", str(name), *others]:
                key, after = key_in(others)
                if after and isinstance(after[0], str):
                    inside = (*place.modules, ModuleStep(name, key))
                    return self._output(after[0], inside, tuple(after[1:]), chain)
            case ["each", "value", *others] if place.written is not None and isinstance(place.key, str):
                return self._each(place, place.written, (f'"{place.key}', *others), chain)
            case ["local", str(name), *others]:
                source, given = self._written.local(place.modules, name)
                local = ExpressionPlace(place.modules, source)
                return self._followed(given.value, local, tuple(others), chain)
            case [str(first), *_] as every if first not in _RESERVED:
                typed, after = name_in(every)
                key, attribute = key_in(after)
                if typed is not None and len(attribute) == 1 and isinstance(attribute[0], str):
                    named = NamedAttribute(ResourceAddress(place.modules, typed, key), attribute[0])
                    return FollowedExpression(reference, place, named)
        raise self._written.not_shown(place.source, reference)

    def _each(self, place: ExpressionPlace, written: WrittenBlock, rest: Steps, chain: int) -> FollowedExpression:
        """What the value of ``for_each`` of a block with the key of its instance names."""
        given = written.body.attributes.get("for_each")
        if given is None:
            raise self._written.not_shown(written.source, written.block)
        self._written.check(written, given.value, member(place.configured, "for_each_expression"))
        return self._followed(given.value, place._replace(key=None), rest, chain)

    def _input(self, name: str, place: ExpressionPlace, rest: Steps, chain: int) -> FollowedExpression:
        """What the call of a module gives as an input."""
        above, step = place.modules[:-1], place.modules[-1]
        call = f"module.{step.name}"
        written = self._written.block(above, call)
        module = self._configuration.module(above)
        configured = module.calls.get(step.name) if module is not None else None
        expressions = member(configured, "expressions")
        self._written.pairs(written, call, expressions if isinstance(expressions, JsonObject) else None)
        given = written.body.attributes.get(name)
        if given is None:
            raise self._written.not_shown(written.source, written.block)
        return self._followed(
            given.value, ExpressionPlace(above, written.source, written, configured, step.key), rest, chain
        )

    def _output(self, name: str, inside: tuple[ModuleStep, ...], rest: Steps, chain: int) -> FollowedExpression:
        """What a module gives as an output."""
        output = f"output.{name}"
        written = self._written.block(inside, output)
        module = self._configuration.module(inside)
        expression = member(module.outputs.get(name) if module is not None else None, "expression")
        shown = None if expression is None else JsonObject({"value": (0, 0, expression)})
        self._written.pairs(written, output, shown)
        value = written.body.attributes.get("value")
        if value is None:
            raise self._written.not_shown(written.source, written.block)
        return self._followed(value.value, ExpressionPlace(inside, written.source, written), rest, chain)
