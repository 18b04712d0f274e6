"""Which instances an expression refers to, through the inputs and outputs of modules (SRC-4).

The configuration lists what an expression refers to, not what it does with it: ``api[count.index]`` and
``api[1 - count.index]`` look the same, and so do all values that ``for_each`` may give. A reference without a literal
key may name any of several instances.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.loaders.terraform.address import Key, ModuleStep, ResourceAddress, key_in, name_in, steps_of
from execpolicy.loaders.terraform.configuration import Configuration, references_in
from execpolicy.loaders.terraform.sections import Instance

#: How many references may lead to each other.
_MAX_CHAIN: Final = 60
#: References to what is known when a plan is made.
_KNOWN: Final = ("path", "terraform", "self", "count")


class ExpressionScope(NamedTuple):
    """Where an expression stands: the module, and the resource or call whose ``for_each`` gives ``each.value``."""

    modules: tuple[ModuleStep, ...]
    resource: JsonObject | None = None


class Link(NamedTuple):
    """An instance to which an expression refers, and the attribute of it; empty if that is not known."""

    instance: Instance
    attribute: str


class AnyOf(NamedTuple):
    """The instances of a resource, any of which an expression may name, and the attribute, as that of a link."""

    instances: tuple[Instance, ...]
    attribute: str


class Referred(NamedTuple):
    """What an expression refers to.

    Attributes:
        links: the instances of the file.
        any_of: resources of the file with several instances.
        hidden: references that lead to what the file does not show, such as ``local.api_id``.
    """

    links: tuple[Link, ...] = ()
    any_of: tuple[AnyOf, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether the expression refers to one instance, and to nothing else."""
        return not (self.any_of or self.hidden) and len({link.instance.id for link in self.links}) == 1

    def may_be(self, instance: Instance) -> bool:
        """Whether the expression may name an instance, as far as its references tell."""
        modules, name, _ = instance.address
        if self.hidden or any(link.instance.id == instance.id for link in self.links):
            return True
        return any((modules, name) == each.instances[0].address[:2] for each in self.any_of)


_NOTHING: Final = Referred()


class ConfigurationReferences:
    """Follows the references of a plan.

    Args:
        configuration: the configuration of the plan.
        instances: its instances.
    """

    def __init__(self, configuration: Configuration, instances: Iterable[Instance]) -> None:
        self._configuration = configuration
        self._named: dict[tuple[tuple[ModuleStep, ...], str], dict[Key, Instance]] = {}
        self._listed: dict[tuple[tuple[ModuleStep, ...], str], tuple[Instance, ...]] = {}
        #: The keys of the instances of each call of a module, by the module that calls.
        self._keys: dict[tuple[tuple[ModuleStep, ...], str], set[Key]] = {}
        self._found: dict[tuple[str, tuple[ModuleStep, ...], str], Referred] = {}
        self._running: set[tuple[str, tuple[ModuleStep, ...], str]] = set()
        for each in instances:
            modules = each.address.modules
            self._named.setdefault((modules, each.address.name), {})[each.address.key] = each
            for at, step in enumerate(modules):
                self._keys.setdefault((modules[:at], step.name), set()).add(step.key)

    def instance(self, address: ResourceAddress) -> Instance | None:
        """The instance with an address; None without one."""
        return self._named.get((address.modules, address.name), {}).get(address.key)

    def of_expression(self, expression: Node | None, scope: ExpressionScope) -> Referred:
        """What an expression, or the expressions in a block, refer to."""
        return _together(self._of_text(each.value, scope) for each in references_in(expression))

    def _of_text(self, text: str, scope: ExpressionScope) -> Referred:
        steps = steps_of(text)
        if not steps or steps[0] in _KNOWN:
            return _NOTHING if steps else Referred(hidden=(text,))
        first = steps[0]
        if first == "each":
            return self._each(steps, scope)
        if first == "var":
            return self._input(steps, scope)
        if first == "module":
            return self._output(text, steps, scope)
        if first == "local":
            return Referred(hidden=(text,))
        return self._resource(text, steps, scope)

    def _each(self, steps: list[str | int], scope: ExpressionScope) -> Referred:
        """``each.value``: all that ``for_each`` refers to."""
        expression = member(scope.resource, "for_each_expression")
        if steps[1:2] != ["value"] or expression is None:
            return _NOTHING
        found = self._once("each", "", scope, expression, ExpressionScope(scope.modules))
        return _with_attribute(found, steps[2:])

    def _input(self, steps: list[str | int], scope: ExpressionScope) -> Referred:
        """An input of a module: what the call of the module gives. Inputs of the root module are known."""
        if not scope.modules or len(steps) < 2:
            return _NOTHING
        above, step = scope.modules[:-1], scope.modules[-1]
        module = self._configuration.module(above)
        call = module.calls.get(step.name) if module is not None else None
        name = str(steps[1])
        expression = member(member(call, "expressions"), name)
        if call is None or expression is None:
            return _NOTHING
        found = self._once("var", name, scope, expression, ExpressionScope(above, call))
        return _with_attribute(found, steps[2:])

    def _output(self, text: str, steps: list[str | int], scope: ExpressionScope) -> Referred:
        """An output of a module; all of them if the reference does not say which."""
        name = str(steps[1]) if len(steps) > 1 else ""
        key, rest = key_in(steps[2:])
        keys = self._keys.get((scope.modules, name), {None})
        chosen = _chosen(keys, key)
        if chosen is None:
            return Referred(hidden=(text,))
        inside = (*scope.modules, ModuleStep(name, chosen[0]))
        module = self._configuration.module(inside)
        outputs = module.outputs if module is not None else {}
        wanted = [str(rest[0])] if rest else [*outputs]
        found = [
            self._once(
                "output", each, ExpressionScope(inside), member(outputs[each], "expression"), ExpressionScope(inside)
            )
            for each in wanted
            if each in outputs
        ]
        if not found:
            return Referred(hidden=(text,))
        together = _together(found)
        return _with_attribute(together if rest else together._replace(hidden=()), rest[1:])

    def _resource(self, text: str, steps: list[str | int], scope: ExpressionScope) -> Referred:
        name, rest = name_in(steps)
        if name is None:
            return _NOTHING if len(steps) == 1 else Referred(hidden=(text,))
        named = self._named.get((scope.modules, name), {})
        key, rest = key_in(rest)
        chosen = _chosen(named, key)
        attribute = str(rest[0]) if rest and isinstance(rest[0], str) else ""
        if chosen is not None:
            return Referred((Link(named[chosen[0]], attribute),))
        if named:
            return Referred(any_of=(AnyOf(self._instances(scope.modules, name), attribute),))
        # A data source that is read already has known values.
        return _NOTHING if name.startswith("data.") else Referred(hidden=(text,))

    def _instances(self, modules: tuple[ModuleStep, ...], name: str) -> tuple[Instance, ...]:
        """The instances of a resource, listed once."""
        key = (modules, name)
        if key not in self._listed:
            self._listed[key] = (*self._named[key].values(),)
        return self._listed[key]

    def _once(
        self,
        kind: str,
        name: str,
        user: ExpressionScope,
        expression: Node | None,
        scope: ExpressionScope,
    ) -> Referred:
        """What an input, output or ``for_each`` refers to, evaluated once; one that refers to itself refers to nothing.

        Args:
            kind: which of them.
            name: its name.
            user: the scope of the expression that uses it.
            expression: what stands for it.
            scope: where that stands.
        """
        key = (kind, user.modules, f"{name} {id(user.resource)}")
        if key in self._found:
            return self._found[key]
        if key in self._running or len(self._running) >= _MAX_CHAIN:
            return Referred(hidden=(f"{kind}.{name}",))
        self._running.add(key)
        found = self.of_expression(expression, scope)
        self._running.discard(key)
        self._found[key] = found
        return found


def _chosen(keys: Iterable[Key], key: Key) -> tuple[Key] | None:
    """The key that a reference means: that in it, else the only one. None if it may be one of several."""
    known = {*keys}
    if key is not None:
        return (key,) if key in known else None
    if None in known:
        return (None,)
    return (known.pop(),) if len(known) == 1 else None


def _together(found: Iterable[Referred]) -> Referred:
    """What several expressions refer to, each once."""
    links: dict[tuple[str, str], Link] = {}
    any_of: dict[tuple[str, str], AnyOf] = {}
    hidden: dict[str, None] = {}
    for each in found:
        links.update({(link.instance.id, link.attribute): link for link in each.links})
        any_of.update({(one.instances[0].id, one.attribute): one for one in each.any_of})
        hidden.update(dict.fromkeys(each.hidden))
    return Referred(tuple(links.values()), tuple(any_of.values()), tuple(hidden))


def _with_attribute(found: Referred, steps: list[str | int]) -> Referred:
    """The same with the attribute that a reference to an object names, where the expression does not."""
    last = next((step for step in reversed(steps) if isinstance(step, str) and not step.startswith('"')), "")
    if not last:
        return found
    return found._replace(
        links=tuple(link if link.attribute else link._replace(attribute=last) for link in found.links),
        any_of=tuple(each if each.attribute else each._replace(attribute=last) for each in found.any_of),
    )
