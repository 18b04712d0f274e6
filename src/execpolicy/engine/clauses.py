"""The smallest parts of a statement that hold or do not: data first, with the function that tests a request.

A statement is a conjunction of clauses. Deciding and explaining read these same objects.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import TypeVar, cast

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Condition, Element, PrincipalElement
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.principal_name import read_principal_name
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.arn import SHORT_FORM, bounded, completed
from execpolicy.language.condition import ConditionTest, Truth, kleene_any, kleene_not
from execpolicy.language.context_keys import lookup as catalogued
from execpolicy.language.glob import Matcher, Tokens, matcher, tokens_of
from execpolicy.language.grant import Grant, exempted, grant_of, partly_listed
from execpolicy.language.variables import VERSION_WITH_VARIABLES, Template, Unresolved

#: Documents of the caller's side: an ARN cut short in them ends in wildcards (RES-2).
_COMPLETING_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})
#: The rules of status A that can decide whether a resource matches.
_ASSUMED_OF_RESOURCES = ("POL-13", "RES-2", "VAR-4", "VAR-5")
#: Documents in which a short form stands for an ARN (GW-7).
_SHORT_FORM_KINDS = frozenset({PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME})


class Clause(ABC):
    """One clause: ``element`` of the statement, the values as written, and ``test``.

    Two clauses with the same ``identity`` have the same meaning.
    """

    __slots__ = ("element", "identity", "values")
    element: str
    values: tuple[str, ...]
    identity: Hashable

    @abstractmethod
    def test(self, view: View) -> Truth:
        """Whether the clause holds for a request; None where that is not known."""

    def keys(self) -> tuple[str, ...]:
        """The lower-case names of the condition keys that the clause asks for."""
        return ()

    def absent(self, view: View) -> tuple[str, ...]:
        """The keys that it asks for and the request does not have, as AWS spells them."""
        return tuple(spelled(key) for key in self.keys() if view.facts.values(key) == ())

    def unknown(self, view: View) -> tuple[str, ...]:
        """What it asks for and nobody knows of the request: keys, as AWS spells them, and traits of the caller."""
        return tuple(spelled(key) for key in self.keys() if view.facts.values(key) is None)

    @abstractmethod
    def assumptions(self, view: View) -> tuple[str, ...]:
        """The ids of the rules of status A on which its result for a request rests."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clause) and type(other) is type(self) and other.identity == self.identity

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.identity))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.identity!r}"


class ActionClause(Clause):
    """Action or NotAction (ACT-1, ACT-3)."""

    __slots__ = ("matchers", "negated")

    def __init__(self, element: Element) -> None:
        self.element = element.name
        self.negated = element.negated
        self.values = tuple(text.value for text in element.values)
        self.identity = (self.element, self.values)
        self.matchers = tuple(matcher(tokens_of(value.lower())) for value in self.values)

    def test(self, view: View) -> bool:
        action = view.action
        return any(match(action) for match in self.matchers) is not self.negated

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ("POL-13",) if self.negated and not self.values else ()


class ResourceEntry:
    """One value of Resource or NotResource: a pattern of the whole ARN, or of the part that a short form speaks of.

    ``strict`` has wildcards inside the first five fields stop at a colon; AWS does not say whether they do (RES-2).
    """

    __slots__ = ("_completing", "fixed", "short", "strict", "template", "text")

    def __init__(self, text: str, *, kind: PolicyKind, version: str, strict: bool) -> None:
        self.text = text
        self.strict = strict
        self.short = kind in _SHORT_FORM_KINDS and text.startswith(SHORT_FORM)
        self._completing = kind in _COMPLETING_KINDS
        body = text[len(SHORT_FORM) - 1 :] if self.short else text
        self.template = Template(body, variables=version == VERSION_WITH_VARIABLES, wildcards=True)
        #: The patterns with their matchers, where no request is needed to know them.
        self.fixed: tuple[tuple[Tokens, Matcher], ...] | None = None
        if self.template.tokens is not None:
            self.fixed = tuple(
                (pattern, matcher(pattern)) for pattern in self.patterns(self.template.tokens, strict=strict)
            )

    def patterns(self, tokens: Tokens, *, strict: bool) -> tuple[Tokens, ...]:
        """The patterns that the tokens may stand for once variables are filled: one where the entry would grant.

        Where it would deny, an ARN cut short is also taken as it stands.
        """
        if self.short:
            return (tokens,)
        whole = completed(tokens) if self._completing else tokens
        if strict:
            return (bounded(whole),)
        return (whole,) if whole == tokens else (whole, tokens)

    def subject(self, view: View) -> str | None:
        """The text of the request that the entry is matched against."""
        return view.arn.after_api if self.short else view.arn.text

    def test(self, view: View) -> Truth | Unresolved:
        """Whether the entry matches. Unresolved.MISSING: a variable has no value, so it matches no resource (VAR-3)."""
        fixed = self.fixed
        if fixed is None:
            tokens = self.template.resolve(view.facts.values)
            if isinstance(tokens, Unresolved):
                return None if tokens is Unresolved.UNKNOWN else tokens
            fixed = tuple((pattern, matcher(pattern)) for pattern in self.patterns(tokens, strict=self.strict))
        subject = self.subject(view)
        return subject is not None and any(match(subject) for _, match in fixed)

    def doubted(self, view: View, rule: str) -> Truth | Unresolved:
        """As ``test``, with what rests on an assumption taken as unknown."""
        result = self.test(view)
        tokens = self.template.resolve(view.facts.values, wildcards_in_values=rule == "VAR-4")
        subject = self.subject(view)
        if not isinstance(result, bool) or isinstance(tokens, Unresolved) or subject is None:
            return result
        strict = self.strict is not (rule == "RES-2")
        otherwise = any(matcher(pattern)(subject) for pattern in self.patterns(tokens, strict=strict))
        return result if otherwise is result else None


class ResourceClause(Clause):
    """Resource or NotResource (RES, ACT-3, VAR-3, VAR-5)."""

    __slots__ = ("entries", "grants", "negated", "takes_short_forms")

    def __init__(self, element: Element, *, effect: str, kind: PolicyKind, version: str) -> None:
        self.element = element.name
        self.negated = element.negated
        self.grants = effect == "Allow"
        self.takes_short_forms = kind in _SHORT_FORM_KINDS
        self.values = tuple(text.value for text in element.values)
        self.identity = (self.element, self.values, effect, kind, version)
        # What is in doubt neither widens an Allow nor narrows a Deny.
        strict = self.grants is not self.negated
        self.entries = tuple(ResourceEntry(each, kind=kind, version=version, strict=strict) for each in self.values)

    def keys(self) -> tuple[str, ...]:
        return tuple(name for entry in self.entries for name in entry.template.variables)

    def test(self, view: View, doubted: str = "") -> Truth:
        if doubted == "POL-13" and self.negated and not self.values:
            return None
        results = [entry.doubted(view, doubted) if doubted else entry.test(view) for entry in self.entries]
        if self.negated and Unresolved.MISSING in results:
            if self.grants and doubted != "VAR-5":
                return False  # VAR-5: what an Allow excludes is not known in full
            results = [None if doubted == "VAR-5" and each is Unresolved.MISSING else each for each in results]
        matched = kleene_any(False if isinstance(result, Unresolved) else result for result in results)
        return kleene_not(matched) if self.negated else matched

    def assumptions(self, view: View) -> tuple[str, ...]:
        if self.test(view) is None:
            return ()
        rules = tuple(rule for rule in _ASSUMED_OF_RESOURCES if self.test(view, rule) is None)
        return (*rules, *assumptions_of_keys(self.keys(), view))


class PrincipalClause(Clause):
    """Principal or NotPrincipal (PRN)."""

    __slots__ = ("grants", "names", "negated")

    def __init__(self, element: PrincipalElement, *, effect: str) -> None:
        self.element = element.name
        self.grants = effect == "Allow"
        self.negated = element.negated
        self.values = tuple(entry.text.value for entry in element.entries)
        self.identity = (self.element, tuple((entry.type, entry.text.value) for entry in element.entries), effect)
        self.names = tuple(read_principal_name(entry.type, entry.text.value) for entry in element.entries)

    @property
    def is_everybody(self) -> bool:
        """Whether it names every caller, each as strongly as can be."""
        return not self.negated and any(name.kind == "any" for name in self.names)

    def test(self, view: View) -> Truth:
        if self.negated:
            return True if view.has_boundary else kleene_not(exempted(self.names, view.principal))
        sure, possible = self.grant(view)
        return True if sure else None if possible else False

    def unknown(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        kinds_named = {name.kind for name in self.names}
        traits = []
        if caller.kind == kinds.ROLE and kinds.SESSION in kinds_named:
            traits.append("the caller's session name")
        if caller.is_iam and caller.canonical_user is None and "canonical" in kinds_named:
            traits.append("the caller's canonical user id")
        return tuple(traits)

    def assumptions(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        if self.negated:
            return () if view.has_boundary else self._assumptions_of_list(view)
        named = max((grant_of(name, caller)[0] for name in self.names if name.kind != "any"), default=Grant.NONE)
        if named is Grant.DIRECT or all(name.kind != "any" for name in self.names):
            return ()
        if caller.kind == kinds.SERVICE:
            return ("PRN-1",)
        return ("EVL-9",) if caller.kind == kinds.FEDERATED_USER and self.grants else ()

    def _assumptions_of_list(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        rules = ["PRN-6"] if partly_listed(self.names, caller) else []
        if caller.kind == kinds.SESSION and caller.path is None:
            roles = [name.name for name in self.names if name.kind == kinds.ROLE and name.account == caller.account]
            rules.extend(["PRN-7"] if caller.name in roles else [])
        return tuple(rules)

    def grant(self, view: View) -> tuple[Grant, Grant]:
        """How strongly the statement names the caller, surely and possibly: its strongest entry counts."""
        grants = [grant_of(name, view.principal) for name in self.names]
        return (
            max((sure for sure, _ in grants), default=Grant.NONE),
            max((possible for _, possible in grants), default=Grant.NONE),
        )


class ConditionClause(Clause):
    """One operator over one key (CND)."""

    __slots__ = ("condition", "key", "operator")

    def __init__(self, condition: Condition, *, version: str) -> None:
        self.element = "Condition"
        self.operator: OperatorName = condition.operator
        self.key = condition.key.value
        self.values = tuple(text.value for text in condition.values)
        self.condition = ConditionTest(condition, version=version)
        self.identity = (self.operator, self.key.lower(), self.values, version)

    def keys(self) -> tuple[str, ...]:
        return (self.condition.key, *self.condition.variables)

    def test(self, view: View) -> Truth:
        if self.condition.is_null and view.facts.surely_there(self.condition.key):
            return self.condition.test_null(False)
        return self.condition.test(view.facts.values)

    def assumptions(self, view: View) -> tuple[str, ...]:
        return (*self.condition.assumptions(view.facts.values), *assumptions_of_keys(self.keys(), view))


def spelled(key: str) -> str:
    """A key as AWS spells it, where the catalogue has it."""
    record = catalogued(key)
    if record is None:
        return key
    _, slash, tag = key.partition("/")
    return record.name + tag if slash and record.name.endswith("/") else record.name


def assumptions_of_keys(keys: tuple[str, ...], view: View) -> tuple[str, ...]:
    """The ids of the rules of status A on which the values of keys rest."""
    caller = view.principal
    untold_path = caller.kind == kinds.SESSION and caller.path is None
    if untold_path and "aws:principalarn" in keys and view.facts.context.get("aws:principalarn") is None:
        return ("PRN-7",)
    return ()


C = TypeVar("C", bound=Clause)


class ClauseTable:
    """Makes equal clauses one object, so that a set of policies holds each meaning once."""

    def __init__(self) -> None:
        self._clauses: dict[Clause, Clause] = {}

    def shared(self, clause: C) -> C:
        return cast("C", self._clauses.setdefault(clause, clause))

    def __len__(self) -> int:
        return len(self._clauses)
