"""Which instances an expression refers to, through the inputs and outputs of modules (SRC-4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.loaders.terraform.address import Key, ModuleStep, key_in, name_in, steps_of
from execpolicy.loaders.terraform.configuration import Configuration, references_in
from execpolicy.loaders.terraform.sections import Instance

#: How many references may lead to each other.
_MAX_CHAIN: Final = 60
#: References to the key of an instance: an index made of it is taken to be the key (A). Its value may be another key.
_KEYS: Final = ("each.key", "count.index")
_VALUE: Final = "each.value"
#: References to what is known when a plan is made.
_KNOWN: Final = ("path", "terraform", "self", "count")


class ExpressionScope(NamedTuple):
    """Where an expression stands: the module, the key of the instance, and the resource whose ``for_each`` gives it."""

    modules: tuple[ModuleStep, ...]
    key: Key = None
    resource: JsonObject | None = None


class Link(NamedTuple):
    """An instance to which an expression refers, and the attribute of it; empty if that is not known."""

    instance: Instance
    attribute: str


class Referred(NamedTuple):
    """What an expression refers to.

    Attributes:
        links: the instances of the file.
        hidden: references that lead to what the file does not show, such as ``local.api_id``.
    """

    links: tuple[Link, ...] = ()
    hidden: tuple[str, ...] = ()


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
        #: The keys of the instances of each call of a module, by the module that calls.
        self._keys: dict[tuple[tuple[ModuleStep, ...], str], set[Key]] = {}
        self._found: dict[tuple[str, tuple[ModuleStep, ...], Key, str], Referred] = {}
        self._running: set[tuple[str, tuple[ModuleStep, ...], Key, str]] = set()
        for each in instances:
            modules = each.address.modules
            self._named.setdefault((modules, each.address.name), {})[each.address.key] = each
            for at, step in enumerate(modules):
                self._keys.setdefault((modules[:at], step.name), set()).add(step.key)

    def of_expression(self, expression: Node | None, scope: ExpressionScope) -> Referred:
        """What an expression, or the expressions in a block, refer to."""
        texts = [each.value for each in references_in(expression)]
        has_key = any(text in _KEYS for text in texts) and not any(text.startswith(_VALUE) for text in texts)
        links: dict[tuple[str, str], Link] = {}
        hidden: dict[str, None] = {}
        for text in texts:
            found = self._of_text(text, scope, has_key=has_key)
            links.update({(link.instance.id, link.attribute): link for link in found.links})
            hidden.update(dict.fromkeys(found.hidden))
        return Referred(tuple(links.values()), tuple(hidden))

    def _of_text(self, text: str, scope: ExpressionScope, *, has_key: bool) -> Referred:
        steps = steps_of(text)
        if not steps or steps[0] in _KNOWN:
            return _NOTHING if steps else Referred(hidden=(text,))
        first = steps[0]
        if first == "each":
            return self._each(steps, scope)
        if first == "var":
            return self._input(steps, scope)
        if first == "module":
            return self._output(text, steps, scope, has_key=has_key)
        if first == "local":
            return Referred(hidden=(text,))
        return self._resource(text, steps, scope, has_key=has_key)

    def _each(self, steps: list[str | int], scope: ExpressionScope) -> Referred:
        """``each.value``: what ``for_each`` refers to, with the same key."""
        expression = member(scope.resource, "for_each_expression")
        if steps[1:2] != ["value"] or expression is None:
            return _NOTHING
        found = self._once("each", "", scope, expression, ExpressionScope(scope.modules, scope.key), has_key=True)
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
        found = self._once("var", name, scope._replace(key=None), expression, ExpressionScope(above, step.key, call))
        return _with_attribute(found, steps[2:])

    def _output(self, text: str, steps: list[str | int], scope: ExpressionScope, *, has_key: bool) -> Referred:
        """An output of a module; all of them if the reference does not say which."""
        name = str(steps[1]) if len(steps) > 1 else ""
        key, rest = key_in(steps[2:])
        keys = self._keys.get((scope.modules, name), {None})
        chosen = _chosen(keys, key, scope.key if has_key else None)
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
        links = tuple(link for each in found for link in each.links)
        hidden = tuple(one for each in found for one in each.hidden) if rest else ()
        return _with_attribute(Referred(links, hidden), rest[1:])

    def _resource(self, text: str, steps: list[str | int], scope: ExpressionScope, *, has_key: bool) -> Referred:
        name, rest = name_in(steps)
        if name is None:
            return _NOTHING if len(steps) == 1 else Referred(hidden=(text,))
        named = self._named.get((scope.modules, name), {})
        key, rest = key_in(rest)
        chosen = _chosen(named, key, scope.key if has_key else None)
        attribute = str(rest[0]) if rest and isinstance(rest[0], str) else ""
        if chosen is not None:
            return Referred((Link(named[chosen[0]], attribute),))
        if named:
            return Referred(tuple(Link(each, attribute) for each in named.values()))
        # A data source that is read already has known values.
        return _NOTHING if name.startswith("data.") else Referred(hidden=(text,))

    def _once(
        self,
        kind: str,
        name: str,
        user: ExpressionScope,
        expression: Node | None,
        scope: ExpressionScope,
        *,
        has_key: bool = False,
    ) -> Referred:
        """What an input, output or ``for_each`` refers to, evaluated once; one that refers to itself refers to nothing.

        Args:
            kind: which of them.
            name: its name.
            user: the scope of the expression that uses it.
            expression: what stands for it.
            scope: where that stands.
            has_key: whether a resource without a key in it means that with the same key.
        """
        key = (kind, user.modules, user.key, f"{name} {id(user.resource)}")
        if key in self._found:
            return self._found[key]
        if key in self._running or len(self._running) >= _MAX_CHAIN:
            return Referred(hidden=(f"{kind}.{name}",))
        self._running.add(key)
        found = self.of_expression(expression, scope)
        if has_key and scope.key is not None:
            same = tuple(link for link in found.links if link.instance.address.key == scope.key)
            found = found._replace(links=same or found.links)
        self._running.discard(key)
        self._found[key] = found
        return found


def _chosen(keys: Iterable[Key], key: Key, own: Key) -> tuple[Key] | None:
    """The key that a reference means: its own, else that of the instance that refers, else the only one."""
    known = {*keys}
    if key is not None:
        return (key,) if key in known else None
    if None in known:
        return (None,)
    if own is not None and own in known:
        return (own,)
    return (known.pop(),) if len(known) == 1 else None


def _with_attribute(found: Referred, steps: list[str | int]) -> Referred:
    """The same with the attribute that a reference to an object names, where the expression does not."""
    last = next((step for step in reversed(steps) if isinstance(step, str) and not step.startswith('"')), "")
    if not last:
        return found
    return found._replace(
        links=tuple(link if link.attribute else link._replace(attribute=last) for link in found.links)
    )
