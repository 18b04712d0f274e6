"""The clauses of Action and Condition, and the table in which equal clauses are one object."""

from __future__ import annotations

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import (
    Condition,
    Element,
    EmptyCondition,
    PrincipalElement,
    UnknownElement,
)
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text
from execpolicy.engine.clause import Clause, assumptions_of_keys, spelled
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View
from execpolicy.errors import Source
from execpolicy.language.condition import ConditionTest
from execpolicy.language.context_keys import VIA_SERVICE
from execpolicy.language.glob import Matcher, matcher, tokens_of
from execpolicy.language.truth import Truth
from execpolicy.language.variables import TextWithVariables


class ActionClause(Clause):
    """Action or NotAction (ACT-1, ACT-3). No action implies another (ACT-2)."""

    __slots__ = ("matchers", "may_match", "negated", "never_matches")

    def __init__(self, element: Element, *, effect: str) -> None:
        self.element = element.name
        self.negated = element.negated
        self.values = tuple(text.value for text in element.values)
        #: An Allow with an empty NotAction does not apply (POL-13).
        self.never_matches = effect == "Allow" and self.negated and not self.values
        self.identity = (self.element, self.values, self.never_matches)
        known, unknown = without_unknown(self.values)
        self.matchers = tuple(matcher(tokens_of(value.lower())) for value in known)
        #: The names of the unknown values of each entry that has some, and whether the entry may match (SRC-10).
        self.may_match = tuple((unknown_names(value), _widest_matcher(value)) for value in unknown)

    def test(self, view: View) -> Truth:
        if self.never_matches:
            return False
        action = view.action
        matched: Truth = any(match(action) for match in self.matchers)
        if self.may_match and not matched and self.unknown(view):
            return None
        return matched is not self.negated

    def unknown(self, view: View) -> tuple[str, ...]:
        return tuple(
            unknown_text(name) for names, may_match in self.may_match if may_match(view.action) for name in names
        )

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ("POL-13",) if self.negated and not self.values else ()


class ConditionClause(Clause):
    """One operator over one key (CND)."""

    __slots__ = ("condition", "operator", "source")

    def __init__(
        self,
        condition: Condition,
        *,
        version: str,
        effect: str,
        of_rcp: bool = False,
        source: Source | None = None,
    ) -> None:
        self.element = "Condition"
        self.operator: OperatorName = condition.operator
        self.values = tuple(text.value for text in condition.values)
        self.condition = ConditionTest(condition, version=version, effect=effect, of_rcp=of_rcp)
        meaning = (version, effect, of_rcp, condition.numbers)
        #: The file whose unknown values it has.
        self.source = source if self.condition.unknown else None
        self.identity = (self.operator, self.condition.key, self.values, *meaning, self.source)

    @property
    def key(self) -> str:
        """The key as AWS spells it; in lower case where the catalogue does not have it.

        Statements that spell it differently have one clause; ``Occurrence.key`` is what a statement writes.
        """
        return spelled(self.condition.key)

    def keys(self) -> tuple[str, ...]:
        return (self.condition.key, *self.condition.variables)

    def keys_of_variables(self) -> tuple[str, ...]:
        return self.condition.variables

    def unknown(self, view: View) -> tuple[str, ...]:
        names = super().unknown(view)
        return (*names, *map(unknown_text, self.condition.unknown)) if self.condition.unknown else names

    def test(self, view: View) -> Truth:
        if self.condition.is_null and view.key_values.surely_present(self.condition.key):
            return self.condition.test_null(False)
        truth = self.condition.test(view.key_values.values)
        if truth is None and view.principal.name_in_template is not None:
            return self._test_partly_known(view)
        return truth

    def _test_partly_known(self, view: View) -> Truth:
        """Whether it holds for each name that a caller may have (SRC-10)."""
        from execpolicy.language.partly_known_condition import holds_for_each
        from execpolicy.language.unknown_caller import partly_known_value

        partly_known = partly_known_value(view.principal, self.condition.key)
        if partly_known is None or view.key_values.values(self.condition.key) is not None:
            return None
        if self.condition.is_null:
            return self.condition.test_null(False)
        in_template = view.principal.name_in_template
        same_file = in_template is not None and in_template.source == self.source
        return holds_for_each(self.condition, partly_known, view.key_values.values, same_file=same_file)

    def assumptions(self, view: View) -> tuple[str, ...]:
        values = view.key_values.values
        if view.principal.name_in_template is not None and values(self.condition.key) is None:
            values = self._with_stand_in(view).values
        rules = (*self.condition.assumptions(values), *assumptions_of_keys(self.keys(), view))
        taken_as_direct = not self.condition.is_null and view.key_values.is_taken_as_direct
        return (*rules, "KEY-9") if taken_as_direct and VIA_SERVICE in self.keys() else rules

    def _with_stand_in(self, view: View) -> View:
        """The same view, with one of the values that the name of the caller may give the key."""
        from execpolicy.language.unknown_caller import partly_known_value

        key = self.condition.key
        partly_known = partly_known_value(view.principal, key)
        return view if partly_known is None else view.with_values({key: (partly_known.with_stand_in(),)})


class EmptyConditionClause(Clause):
    """A Condition object without operators, or an operator without keys: it limits an Allow to nothing (POL-13)."""

    __slots__ = ("holds", "operator")

    def __init__(self, operator: str, *, effect: str) -> None:
        self.element = "Condition"
        #: Empty for a Condition object without operators.
        self.operator = operator
        self.values = ()
        self.holds = effect == "Deny"
        self.identity = (operator, effect)

    def test(self, view: View) -> bool:
        return self.holds

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ("POL-13",)


class UnknownPartClause(Clause):
    """A part of a statement of which it is not known whether it holds (SRC-10)."""

    __slots__ = ("names", "operator")

    def __init__(self, part: UnknownElement) -> None:
        self.element = part.element
        #: That of a condition whose key is not known; else empty.
        self.operator = part.operator
        self.values = (part.text.value,)
        self.names = part.names
        self.identity = (self.element, self.operator, self.values, self.names)

    def test(self, view: View) -> None:
        return None

    def unknown(self, view: View) -> tuple[str, ...]:
        return tuple(map(unknown_text, self.names))

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ()


def without_unknown(values: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values without unknown values in them, and those with."""
    if not any(map(has_unknown, values)):
        return values, ()
    return (
        tuple(value for value in values if not has_unknown(value)),
        tuple(value for value in values if has_unknown(value)),
    )


def _widest_matcher(action: str) -> Matcher:
    """Whether some unknown values make an action match."""
    tokens = TextWithVariables(action, variables=False, wildcards=True).widest_tokens()
    return matcher(token.lower() if isinstance(token, str) else token for token in tokens)


class ClauseTable:
    """Shares one object for equal clauses of a set of policies.

    A clause that exists already is found by its text, and not made again.
    """

    def __init__(self) -> None:
        self._actions: dict[object, ActionClause] = {}
        self._resources: dict[object, ResourceClause] = {}
        self._principals: dict[object, PrincipalClause] = {}
        self._conditions: dict[object, ConditionClause] = {}
        self._empty_conditions: dict[object, EmptyConditionClause] = {}
        self._unknown_parts: dict[object, UnknownPartClause] = {}

    def action(self, element: Element, *, effect: str) -> ActionClause:
        """The clause of Action or NotAction. The effect counts for an empty list only (POL-13)."""
        key: tuple[str, ...] = (element.name, *[text.value for text in element.values])
        key = key if element.values else (element.name, "", effect)
        found = self._actions.get(key)
        # Two threads that create the same clause both use the one stored first.
        return found or self._actions.setdefault(key, ActionClause(element, effect=effect))

    def resource(self, element: Element, *, effect: str, kind: PolicyKind, version: str) -> ResourceClause:
        """The clause of Resource or NotResource."""
        key = (element.name, effect, kind, version, *[text.value for text in element.values])
        found = self._resources.get(key)
        return found or self._resources.setdefault(
            key, ResourceClause(element, effect=effect, kind=kind, version=version)
        )

    def principal(self, element: PrincipalElement, *, effect: str, source: Source | None = None) -> PrincipalClause:
        """The clause of Principal or NotPrincipal; unknown values of two files are no equal ones (SRC-10)."""
        texts = [(entry.type, entry.text.value) for entry in element.entries]
        key: tuple[object, ...] = (element.name, effect, *texts)
        if any(has_unknown(text) for _, text in texts):
            key = (*key, source)
        found = self._principals.get(key)
        return found or self._principals.setdefault(key, PrincipalClause(element, effect=effect, source=source))

    def condition(
        self,
        condition: Condition,
        *,
        version: str,
        effect: str,
        of_rcp: bool = False,
        source: Source | None = None,
    ) -> ConditionClause:
        """The clause of one operator over one key; as for ``principal``."""
        values = [text.value for text in condition.values]
        meaning = (version, effect, of_rcp, condition.numbers)
        key: tuple[object, ...] = (condition.operator, condition.key.value.lower(), *meaning, *values)
        if any(map(has_unknown, values)):
            key = (*key, source)
        found = self._conditions.get(key)
        return found or self._conditions.setdefault(
            key, ConditionClause(condition, version=version, effect=effect, of_rcp=of_rcp, source=source)
        )

    def empty_condition(self, condition: EmptyCondition, *, effect: str) -> EmptyConditionClause:
        """The clause of a Condition object without operators, or of an operator without keys."""
        operator = "" if condition.operator_text is None else condition.operator_text.value
        key = (operator, effect)
        found = self._empty_conditions.get(key)
        return found or self._empty_conditions.setdefault(key, EmptyConditionClause(operator, effect=effect))

    def unknown_part(self, part: UnknownElement) -> UnknownPartClause:
        """The clause of a part that is not known."""
        key = (part.element, part.operator, part.text.value, part.names)
        found = self._unknown_parts.get(key)
        return found or self._unknown_parts.setdefault(key, UnknownPartClause(part))

    def __len__(self) -> int:
        tables = (self._actions, self._resources, self._principals, self._conditions, self._empty_conditions)
        return sum([len(table) for table in (*tables, self._unknown_parts)])
