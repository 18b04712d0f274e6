"""The conditions of a template: three-valued until what they depend on is assumed (SRC-5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, to_python
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.errors import Source, UsageError
from execpolicy.loaders.cloudformation.values.choices import Choices
from execpolicy.loaders.cloudformation.values.parameters import Parameter
from execpolicy.loaders.cloudformation.values.pseudo_parameters import PLACED_PSEUDO
from execpolicy.loaders.cloudformation.values.scalars import scalar_text, whole_unknown

CONDITION_FUNCTIONS: Final = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Condition")
#: Conditions that refer to each other more deeply are not evaluated.
_MAX_NESTING: Final = 150
_DEPENDS: Final = "a condition depends on it"
_REASONS: Final = {
    "the account": "a condition depends on it: give it with --account",
    "the region": "a condition depends on it: give it with --region",
    "the partition": "a condition depends on it: give the region with --region",
    "the URL suffix": "a condition depends on it: give the region with --region",
}
_PLACED: Final = {name: pseudo for pseudo, name in PLACED_PSEUDO.items()}


def check_given_conditions(section: JsonObject, given: Iterable[str]) -> None:
    """Check that a template has the conditions that the user gives.

    Raises:
        UsageError: it does not have one of them.
    """
    for name in given:
        if name not in section.members:
            advice = did_you_mean(name, section.members) if section.members else "it has no conditions: leave it out"
            source = Source("<conditions>", name)
            message = f"the template has no condition {quoted(name)}"
            raise UsageError(message, source=source, span=source.span(0, len(name)), advice=advice)


class Conditions:
    """The conditions of a template under the assumptions of one reading.

    Args:
        problems: collects cycles, and conditions that do not exist.
        section: the section Conditions.
        choices: the assumptions.
        resolve: the value of an operand, unknown where it is a placeholder otherwise.
        parameters: for the values that they allow.
        listed: takes each unknown value that a condition depends on: its name, the reason, and a node that uses it.
    """

    def __init__(
        self,
        problems: Problems,
        section: JsonObject,
        choices: Choices,
        resolve: Callable[[Node], Node | None],
        parameters: Mapping[str, Parameter],
        *,
        listed: Callable[[str, str, Node], None],
    ) -> None:
        self._problems = problems
        self._section = section
        self._choices = choices
        self._resolve = resolve
        self._parameters = {each.unknown_name: each for each in parameters.values()}
        self._listed = listed
        #: The conditions that were evaluated so far, with their truth.
        self.known: dict[str, bool] = {}
        #: The conditions that depend on an assumption that is still to be made.
        self._waiting: set[str] = set()
        self._running: list[str] = []
        self._nesting = 0
        #: Makes the assumption that the evaluation needs first; None if it needs none.
        self._open: Callable[[], None] | None = None

    def holds(self, condition: Node) -> bool:
        """Whether a condition, or a condition by its name, is true; what it depends on is assumed if it must be."""
        while True:
            self._open = None
            self._waiting.clear()
            truth = self._truth(condition)
            if truth is not None:
                return truth
            assert self._open is not None, "without a value there is something to assume"
            self._open()

    def _truth(self, node: Node) -> bool | None:
        if self._nesting == _MAX_NESTING:
            message = f"found more than {_MAX_NESTING} levels of conditions that refer to each other"
            self._problems.report(node, message, "write them in fewer steps")
            return False
        self._nesting += 1
        truth = self._truth_of(node)
        self._nesting -= 1
        return truth

    def _truth_of(self, node: Node) -> bool | None:
        match node:
            case Text(name):
                return self._named(name, node)
            case JsonObject({"Condition": (_, _, Text(name) as at)}):
                return self._named(name, at)
            case JsonObject({"Fn::Equals": (_, _, JsonArray([first, second]))}):
                return self._equal(first, second)
            case JsonObject({"Fn::Not": (_, _, JsonArray([inner]))}):
                truth = self._truth(inner)
                return None if truth is None else not truth
            case JsonObject({"Fn::And": (_, _, JsonArray(parts))}):
                return self._all(parts, True)
            case JsonObject({"Fn::Or": (_, _, JsonArray(parts))}):
                return self._all(parts, False)
        return False  # it is reported once for the whole template

    def _all(self, parts: list[Node], neutral: bool) -> bool | None:
        """And, if true is neutral; else Or."""
        found: bool | None = neutral
        for part in parts:
            truth = self._truth(part)
            if truth is (not neutral):
                return truth
            found = None if truth is None else found
        return found

    def _named(self, name: str, at: Node) -> bool | None:
        if name in self.known:
            return self.known[name]
        if name in self._waiting:
            return None
        member = self._section.members.get(name)
        if member is None:
            return False  # it is reported once for the whole template
        if name in self._running:
            return False  # the cycle is reported once for the whole template
        self._running.append(name)
        truth = self._truth(member[2])
        self._running.pop()
        if truth is not None:
            self.known[name] = truth
        else:
            self._waiting.add(name)
        return truth

    def _equal(self, first: Node, second: Node) -> bool | None:
        left, right = self._operand(first), self._operand(second)
        if left == right:
            return True
        if not has_unknown(left) and not has_unknown(right):
            return False
        if has_unknown(left) and not has_unknown(right):
            left, right = right, left
        name = whole_unknown(right)
        if name is not None and not has_unknown(left):
            return self._compared(name, left, first)
        words = sorted(quoted(with_unknown_in_words(text), len(text) + 1) for text in (left, right))
        statement = f"whether {words[0]} equals {words[1]}"
        self._listed(statement, "it depends on what is not known", first)
        return self._free(statement)

    def _compared(self, name: str, value: str, at: Node) -> bool | None:
        """Whether an unknown value equals a known one."""
        choices, parameter = self._choices, self._parameters.get(name)
        self._listed(name, parameter.reason if parameter is not None else _REASONS.get(name, _DEPENDS), at)
        if name in _PLACED:
            choices.compared.setdefault(name, set()).add(value)
            return choices.deployment.value(_PLACED[name]) == value
        allowed = parameter.allowed if parameter is not None else ()
        truth = choices.decided(name, value, allowed)
        if truth is None and self._open is None:
            self._open = lambda: choices.decide(name, value, allowed)
        return truth

    def _free(self, statement: str) -> bool | None:
        choices = self._choices
        truth = choices.free(statement)
        if truth is None and self._open is None:
            self._open = lambda: choices.decide_free(statement)
        return truth

    def _operand(self, node: Node) -> str:
        value = self._resolve(node)
        text = scalar_text(value)
        return text if text is not None else json.dumps(to_python(value) if value is not None else None)
