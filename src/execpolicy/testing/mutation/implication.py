"""Decides whether one clause implies another.

True is proven for all requests; False means that there is no proof. With the order false, unknown, true, a clause
implies another if its value is never greater.
"""

from __future__ import annotations

from execpolicy.document.principal_name import ANYONE, ANYONE_UNDER_AWS, PrincipalName
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.resource_entry import ResourceEntry
from execpolicy.language.glob import ANY, Tokens, normalised, tokens_of
from execpolicy.language.grant import NAMES_OF_EVERYBODY, UNIQUE_ID
from execpolicy.testing.mutation.condition_implication import implies_condition
from execpolicy.testing.mutation.globs import contains, disjoint

#: Every resource of a request is an ARN.
_ARN = tokens_of("arn:*:*:*:*:*")
#: Principals that belong to an account.
_OF_ACCOUNT = ("user", "role", "session", "federated-user")


def always(clause: Clause) -> bool:
    """Whether a clause is true for every request. For principals use ``implies``, which compares their names."""
    if isinstance(clause, (ActionClause, ResourceClause)):
        if clause.negated:
            return not (clause.values or clause.never_matches)
        return _names_everything(clause)
    return _constant(clause) is True


def never(clause: Clause) -> bool:
    """Whether a clause is false for every request."""
    if isinstance(clause, (ActionClause, ResourceClause)):
        if clause.negated:
            return clause.never_matches or _names_everything(clause)
        return not clause.values if isinstance(clause, ActionClause) else all(map(_no_resource, clause.entries))
    if isinstance(clause, PrincipalClause):
        return not (clause.negated or clause.names)
    return _constant(clause) is False


def _names_everything(clause: ActionClause | ResourceClause) -> bool:
    if isinstance(clause, ActionClause):
        return any(map(_all_actions, clause.values))
    return any(map(_all_resources, clause.entries))


def implies(one: Clause, other: Clause, *, strength: bool, version: str) -> bool:
    """Whether one clause implies another one of the document.

    Args:
        one: a clause.
        other: a clause of a statement with the same effect.
        strength: whether a principal must also be named at least as strongly.
        version: the version of the policy language of the document.
    """
    if one == other or always(other) or never(one):
        return True
    if never(other):
        return False
    match one, other:
        case ActionClause(), ActionClause():
            return _implies_action(one, other)
        case ResourceClause(), ResourceClause():
            return _implies_resource(one, other)
        case PrincipalClause(), PrincipalClause():
            return _implies_principal(one, other, strength=strength)
        case ConditionClause(), ConditionClause():
            return implies_condition(one, other, version)
        case _:
            return False


def _all_actions(value: str) -> bool:
    return normalised(tokens_of(value)) == (ANY,)


def _all_resources(entry: ResourceEntry) -> bool:
    return not (entry.short or entry.misplaced) and any(normalised(tokens) == (ANY,) for tokens in _patterns(entry))


def _no_resource(entry: ResourceEntry) -> bool:
    return bool(entry.fixed) and not entry.short and all(disjoint(_ARN, tokens) for tokens in _patterns(entry))


def _constant(clause: Clause) -> bool | None:
    """The constant value of Null with a set operator (CND-12), or of an empty condition (POL-13); None otherwise."""
    if isinstance(clause, EmptyConditionClause):
        return clause.holds
    if not isinstance(clause, ConditionClause) or clause.operator.base != "Null" or not clause.operator.quantifier:
        return None
    return clause.operator.quantifier == "ForAllValues"


def _implies_action(one: ActionClause, other: ActionClause) -> bool:
    mine = [tokens_of(value.lower()) for value in one.values]
    theirs = [tokens_of(value.lower()) for value in other.values]
    if one.negated and other.negated:
        return all(any(contains(outer, inner) for outer in mine) for inner in theirs)
    if one.negated:
        return False
    if other.negated:
        return all(disjoint(each, excluded) for each in mine for excluded in theirs)
    return all(any(contains(outer, inner) for outer in theirs) for inner in mine)


def _implies_resource(one: ResourceClause, other: ResourceClause) -> bool:
    if one.negated is not other.negated:
        return False
    if one.negated:
        # An Allow with NotResource does not apply if a variable has no value (VAR-5).
        fixed = all(entry.fixed is not None for entry in (*one.entries, *other.entries))
        return fixed and all(any(_contains(outer, inner) for outer in one.entries) for inner in other.entries)
    return all(any(_contains(outer, inner) for outer in other.entries) for inner in one.entries)


def _contains(outer: ResourceEntry, inner: ResourceEntry) -> bool:
    """Whether an entry matches everything that another one matches."""
    if outer.text == inner.text or _all_resources(outer):
        return True
    if outer.fixed is None or inner.fixed is None or outer.short is not inner.short:
        return False  # with an unknown variable, any resource is unknown
    if outer.misplaced or inner.misplaced:
        return False  # the value of such a variable is assumed (POL-14)
    return all(any(contains(wide, narrow) for wide in _patterns(outer)) for narrow in _patterns(inner))


def _patterns(entry: ResourceEntry) -> list[Tokens]:
    return [tokens for tokens, _ in entry.fixed or ()]


def _implies_principal(one: PrincipalClause, other: PrincipalClause, *, strength: bool) -> bool:
    if one.negated is not other.negated:
        return False
    if one.negated:
        # The longer the list, the more principals it excludes (PRN-6).
        return set(other.names) <= set(one.names)
    return all(any(_names_no_more(name, wider, strength=strength) for wider in other.names) for name in one.names)


def _names_no_more(name: PrincipalName, wider: PrincipalName, *, strength: bool) -> bool:
    """Whether a name includes only callers of another; with ``strength``, at most as strongly (EVL-4)."""
    if name == wider:
        return True
    if wider.kind in NAMES_OF_EVERYBODY:
        if wider.kind == ANYONE_UNDER_AWS and name.kind in (ANYONE, "service"):
            return False  # it may not name services (PRN-1)
        return name.kind != "federated-user" or not strength  # the session's own name is stronger (EVL-9)
    if wider.kind == UNIQUE_ID:
        return wider == name._replace(session="") and not strength
    if wider.partition not in ("", name.partition) or wider.account != name.account:
        return False
    if wider.kind == "account":
        return name.kind == "account" or (name.kind in _OF_ACCOUNT and not strength)
    if wider.kind != "role" or name.kind not in ("role", "session") or wider.name != name.name:
        return False
    return name.kind == "role" or not strength  # the path of a role has no effect here (PRN-4)
