"""The clauses of Action, Principal and Condition, and the table in which equal clauses are one object."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Condition, Element, EmptyCondition, PrincipalElement, UnknownElement
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.principal_name import PrincipalName, read_principal_name
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text
from execpolicy.engine.clause import Clause, assumptions_of_keys
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.condition import ConditionTest
from execpolicy.language.context_keys import VIA_SERVICE
from execpolicy.language.glob import Matcher, matcher, tokens_of
from execpolicy.language.grant import (
    NAMES_OF_EVERYBODY,
    UNIQUE_ID,
    Grant,
    exempted,
    grant_of,
    grant_otherwise,
    lists_by_id,
    partly_listed,
    role_path_decides,
    unique_id_is_unknown,
)
from execpolicy.language.principal import Principal
from execpolicy.language.role_path import has_unknown_path
from execpolicy.language.truth import Truth, kleene_not
from execpolicy.language.unknown_principal import possible_names
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


class PrincipalClause(Clause):
    """Principal or NotPrincipal (PRN)."""

    __slots__ = ("grants", "names", "negated", "unknown_entries")

    def __init__(self, element: PrincipalElement, *, effect: str) -> None:
        self.element = element.name
        self.grants = effect == "Allow"
        self.negated = element.negated
        self.values = tuple(entry.text.value for entry in element.entries)
        self.identity = (self.element, tuple((entry.type, entry.text.value) for entry in element.entries), effect)
        #: The entries with unknown values (SRC-10), and the names of the others.
        self.unknown_entries = tuple(entry for entry in element.entries if has_unknown(entry.text.value))
        known = (entry for entry in element.entries if not has_unknown(entry.text.value))
        self.names = tuple(read_principal_name(entry.type, entry.text.value) for entry in known)

    @property
    def is_everybody(self) -> bool:
        """Whether it names every caller but services, which it may not name (PRN-1).

        It names all of them directly except a federated user's session (EVL-9).
        """
        return not self.negated and any(name.kind in NAMES_OF_EVERYBODY for name in self.names)

    def test(self, view: View) -> Truth:
        if self.negated:
            return True if view.has_boundary else kleene_not(self._exempted(view.principal))
        sure, possible = self.grant(view)
        return True if sure else None if possible else False

    def _exempted(self, caller: Principal) -> Truth:
        """Whether the list of NotPrincipal exempts a caller."""
        surely = exempted(self.names, caller)
        if not self.unknown_entries or surely:
            return surely
        return None if exempted((*self.names, *self._possible_names(caller)), caller) is not False else False

    def _possible_names(self, caller: Principal) -> Iterator[PrincipalName]:
        """The names of a caller that entries with unknown values may be."""
        for entry in self.unknown_entries:
            yield from possible_names(entry, caller)

    def unknown(self, view: View) -> tuple[str, ...]:
        return (*self._unknown_traits(view), *self._unknown_names(view.principal))

    def _unknown_names(self, caller: Principal) -> Iterator[str]:
        for entry in self.unknown_entries:
            if possible_names(entry, caller):
                yield from map(unknown_text, unknown_names(entry.text.value))

    def _unknown_traits(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        kinds_named = {name.kind for name in self.names}
        traits = []
        if caller.kind == kinds.ROLE and any(name.session for name in self.names):
            traits.append("the caller's session name")
        if caller.is_iam and caller.canonical_user is None and "canonical" in kinds_named:
            traits.append("the caller's canonical user id")
        if unique_id_is_unknown(self.names, caller):
            traits.append("the caller's unique id")
        if self.negated and role_path_decides(self.names, caller) and not lists_by_id(self.names, caller):
            traits.append("the path of the caller's role")
        return tuple(traits)

    def assumptions(self, view: View) -> tuple[str, ...]:
        # Those of a list of Principal depend on how strongly it names the caller: full/assumed_grants.py finds them.
        return self._assumptions_of_list(view) if self.negated and not view.has_boundary else ()

    def _assumptions_of_list(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        rules = ["PRN-1"] if caller.kind == kinds.SERVICE and self._exempts_only_with_everybody(caller) else []
        rules += ["PRN-6"] if partly_listed(self.names, caller) else []
        without_ids = [name for name in self.names if name.kind != UNIQUE_ID]
        if exempted(self.names, caller) is not exempted(without_ids, caller):
            rules.append("PRN-5")
        if caller.kind == kinds.SESSION and caller.path is None and not has_unknown_path(caller):
            roles = [name.name for name in self.names if name.kind == kinds.ROLE and name.account == caller.account]
            rules.extend(["PRN-7"] if caller.name in roles and not lists_by_id(self.names, caller) else [])
        return tuple(rules)

    def _exempts_only_with_everybody(self, caller: Principal) -> bool:
        """Whether a list of NotPrincipal has an entry for everybody, and does not name the caller besides."""
        others = [name for name in self.names if name.kind not in NAMES_OF_EVERYBODY]
        return len(others) < len(self.names) and not exempted(others, caller)

    def grant_otherwise(self, view: View, rule: str) -> Grant:
        """How strongly the statement surely names the caller by the other reading of an assumed rule of names."""
        denies = not self.grants
        others = (grant_otherwise(name, view.principal, rule, denies=denies) for name in self.names)
        return max(others, default=Grant.NONE)

    def grant(self, view: View) -> tuple[Grant, Grant]:
        """How strongly the statement names the caller, surely and possibly: by its strongest entry."""
        caller, denies = view.principal, not self.grants
        grants = [grant_of(name, caller, denies=denies) for name in self.names]
        surely = max((sure for sure, _ in grants), default=Grant.NONE)
        if self.unknown_entries:
            grants += [grant_of(name, caller, denies=denies) for name in self._possible_names(caller)]
        return surely, max((possible for _, possible in grants), default=Grant.NONE)


class ConditionClause(Clause):
    """One operator over one key (CND)."""

    __slots__ = ("condition", "key", "operator")

    def __init__(self, condition: Condition, *, version: str, effect: str, of_rcp: bool = False) -> None:
        self.element = "Condition"
        self.operator: OperatorName = condition.operator
        self.key = condition.key.value
        self.values = tuple(text.value for text in condition.values)
        self.condition = ConditionTest(condition, version=version, effect=effect, of_rcp=of_rcp)
        meaning = (version, effect, of_rcp, condition.numbers)
        self.identity = (self.operator, self.key.lower(), self.values, *meaning)

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
        return self.condition.test(view.key_values.values)

    def assumptions(self, view: View) -> tuple[str, ...]:
        rules = (*self.condition.assumptions(view.key_values.values), *assumptions_of_keys(self.keys(), view))
        taken_as_direct = not self.condition.is_null and view.key_values.is_taken_as_direct
        return (*rules, "KEY-9") if taken_as_direct and VIA_SERVICE in self.keys() else rules


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

    def principal(self, element: PrincipalElement, *, effect: str) -> PrincipalClause:
        """The clause of Principal or NotPrincipal."""
        key = (element.name, effect, *[(entry.type, entry.text.value) for entry in element.entries])
        found = self._principals.get(key)
        return found or self._principals.setdefault(key, PrincipalClause(element, effect=effect))

    def condition(self, condition: Condition, *, version: str, effect: str, of_rcp: bool = False) -> ConditionClause:
        """The clause of one operator over one key."""
        values = [text.value for text in condition.values]
        meaning = (version, effect, of_rcp, condition.numbers)
        key = (condition.operator, condition.key.value.lower(), *meaning, *values)
        found = self._conditions.get(key)
        return found or self._conditions.setdefault(
            key, ConditionClause(condition, version=version, effect=effect, of_rcp=of_rcp)
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
