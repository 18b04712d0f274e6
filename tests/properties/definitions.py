"""The definitions of KEY-5 and EVL-9, each evaluated by itself: every statement again for every key and every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from execpolicy.document.principal_name import PrincipalName
from execpolicy.engine.clause import Clause, spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.combine import combine
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.layered_request import LayeredRequest
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant, grant_of
from execpolicy.language.request_details import ContextValues
from execpolicy.language.truth import Truth
from tests.model.evaluator import LISTED

#: The keys of an anonymous caller, as IAM's page gives them.
OF_ANONYMOUS: dict[str, ContextValues] = {
    "aws:principalaccount": ("anonymous",),
    "aws:principaltype": ("Anonymous",),
    "aws:userid": ("anonymous",),
}

#: Gives the result of a clause, and whether a statement applies.
OfClause = Callable[[Clause, View], Truth]
OfStatement = Callable[[CompiledStatement, View], Truth]
OfGrant = Callable[[CompiledStatement, View], tuple[Grant, Grant]]


def all_of(truths: list[Truth]) -> Truth:
    return False if False in truths else None if None in truths else True


def conjunction(of_clause: OfClause) -> OfStatement:
    """A statement applies if all its clauses hold."""
    return lambda statement, view: all_of([of_clause(each.clause, view) for each in statement.occurrences])


applies = conjunction(lambda clause, view: clause.test(view))


def outcome_of(
    request: LayeredRequest, of_statement: OfStatement = applies, grants: OfGrant = CompiledStatement.grant
) -> Outcome:
    """The outcome of a request, statement by statement and level by level (EVL-1, EVL-2, EVL-6)."""
    return combine(layer_outcomes(request, of_statement, grants), request.table).outcome


def possible_of(
    request: LayeredRequest, of_statement: OfStatement = applies, grants: OfGrant = CompiledStatement.grant
) -> set[Outcome]:
    """The outcomes at worst and at best."""
    return {*combine(layer_outcomes(request, of_statement, grants), request.table).possible}


def layer_outcomes(
    request: LayeredRequest, of_statement: OfStatement = applies, grants: OfGrant = CompiledStatement.grant
) -> dict[Layer, LayerOutcome]:
    """What each layer says."""
    found = {}
    for layer, (policies, view) in request.layers.items():
        denies: list[Truth] = [False]
        sure, possible = [], []
        for level in policies.levels:
            allows = [(Grant.NONE, Grant.NONE)]
            for statement in (statement for policy in level for statement in policy.statements):
                truth = of_statement(statement, view)
                if statement.denies:
                    denies.append(truth)
                elif truth is not False:
                    grant, most = grants(statement, view)
                    allows.append((grant if truth else Grant.NONE, most))
            sure.append(max(grant for grant, _ in allows))
            possible.append(max(grant for _, grant in allows))
        deny = True if True in denies else None if None in denies else False
        found[layer] = LayerOutcome(deny, min(sure, default=Grant.NONE), min(possible, default=Grant.NONE))
    return found


def named_layers(request: LayeredRequest) -> set[Layer]:
    """The layers that AWS's message may name: the first that blocks, for each answer that a layer may give (MSG-1)."""
    answers = {
        layer: [
            (denies, grant)
            for denies in ((False, True) if found.deny is None else (found.deny,))
            for grant in Grant
            if found.grant <= grant <= found.possible_grant
        ]
        for layer, found in layer_outcomes(request).items()
    }
    verdicts = (request.table(dict(zip(answers, chosen, strict=True))) for chosen in product(*answers.values()))
    return {verdict.blocked_by[0] for verdict in verdicts if verdict.blocked_by}


def missing_keys(request: LayeredRequest) -> set[str]:
    """The missing keys that affect the outcome."""
    clauses = list(clauses_of(request))
    if outcome_of(request) is Outcome.INDETERMINATE:
        unknown = {name for clause, view in clauses for name in clause.unknown(view)}
        return {name for name in unknown if decides(request, depends_on(name))}
    absent = {key for clause, view in clauses for key in sorted(clause.keys()) if view.key_values.values(key) == ()}

    def without(key: str) -> OfStatement:
        return conjunction(lambda clause, view: clause.test(view.with_unknown(key)))

    return {spelled(key) for key in absent if outcome_of(request, without(key)) is Outcome.INDETERMINATE}


def depends_on(name: str) -> OfClause:
    """Whether a key, or a trait of the caller, is unknown to a clause."""
    return lambda clause, view: name in clause.unknown(view)


def is_unreadable(clause: Clause, view: View) -> bool:
    """Whether a value of the request is not of the operator's type, so that the result is unknown (CND-15)."""
    if not isinstance(clause, ConditionClause) or clause.test(view) is not None:
        return False
    return not clause.condition.known_type and bool(clause.condition.unfit(view.key_values.values))


def is_refused(request: LayeredRequest) -> bool:
    """Whether the outcome depends on a value of the request that its operator cannot read (CND-15)."""
    if outcome_of(request) is not Outcome.INDETERMINATE:
        return False
    return decides(request, is_unreadable)


def decides(request: LayeredRequest, concerned: OfClause) -> bool:
    """Whether an indeterminate outcome depends on the unknown clauses concerned, for some results of the other ones.

    Every combination of what the others can be is tried: whether a statement applies, and how strongly it grants.
    """
    views = [(statement, view) for policies, view in request.layers.values() for statement in policies.statements()]
    free: list[tuple[tuple[int, int, str], tuple[Any, ...]]] = []
    for statement, view in views:
        clauses = [each.clause for each in statement.occurrences]
        if applies(statement, view) is None and not any(
            each.test(view) is None and concerned(each, view) for each in clauses
        ):
            free.append(((id(statement), id(view), "applies"), (False, True)))
        sure, possible = statement.grant(view)
        named = statement.principal is None or concerned(statement.principal, view)
        if sure and sure is not possible and not named and not statement.denies:
            free.append(((id(statement), id(view), "grant"), (sure, possible)))
    keys = [key for key, _ in free]

    def outcome_with(values: tuple[Any, ...]) -> Outcome:
        chosen = dict(zip(keys, values, strict=True))

        def of_statement(statement: CompiledStatement, view: View) -> Truth:
            truth: Truth = chosen.get((id(statement), id(view), "applies"), applies(statement, view))
            return truth

        def grants(statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
            sure, possible = statement.grant(view)
            if not sure:
                return possible, possible
            fixed = chosen.get((id(statement), id(view), "grant"))
            return (sure, possible) if fixed is None else (fixed, fixed)

        return outcome_of(request, of_statement, grants)

    return any(outcome_with(values) is Outcome.INDETERMINATE for values in product(*[values for _, values in free]))


def assumed(request: LayeredRequest) -> set[str]:
    """The rules of status A on which a known outcome rests, or that a request is denied, by a Deny or without one."""
    possible = possible_of(request)
    if len(possible) == 2 and Outcome.ALLOW in possible:
        return set()
    rules = {rule for clause, view in clauses_of(request) for rule in clause.assumptions(view)}

    def unless(rule: str) -> OfStatement:
        return conjunction(lambda clause, view: None if rule in clause.assumptions(view) else clause.test(view))

    resting = {rule for rule in rules if possible_of(request, unless(rule)) - possible}
    for rule in ("KEY-1", "KEY-6", "GW-22 anonymous", "GW-22 list"):
        if possible_of(request, with_either_keys(request, rule)) - possible:
            resting.add(rule.partition(" ")[0])
    for rule in ("EVL-4", "EVL-9", "PRN-1", "PRN-2", "PRN-4", "PRN-5"):
        if possible_of(request, named_by_either(rule), grants_by_either(rule)) - possible:
            resting.add(rule)
    callers = [view.principal for _, view in request.layers.values()]
    if any(caller.acts_as_root and caller.account != request.request.account for caller in callers):
        silent = {Layer.IDENTITY: LayerOutcome(False, Grant.NONE, Grant.DIRECT)}
        if combine({**layer_outcomes(request), **silent}, request.table).possible - possible:
            resting.add("EVL-8")
    return resting


def keys_otherwise(rule: str, layer: Layer, view: View, key: str) -> ContextValues:
    """The values of a key by the other reading of which requests have it (KEY-1, KEY-6, GW-22)."""
    kind, values = view.principal.kind, view.key_values.values(key)
    if rule == "KEY-6":
        return None if key == "aws:useragent" and values == () else values
    if not view.key_values.is_execute_api:
        return values
    if rule == "KEY-1":
        return () if key == "aws:sourcearn" and kind != "service" else values
    if rule == "GW-22 anonymous":
        return OF_ANONYMOUS.get(key, values) if kind == "anonymous" else values
    return () if layer is Layer.RESOURCE and not key.startswith(LISTED) else values


def with_either_keys(request: LayeredRequest, rule: str) -> OfStatement:
    """Whether a statement applies, not known of the clauses that have another result by the other values of keys."""
    layers = {id(each): layer for layer, (policies, _) in request.layers.items() for each in policies.statements()}

    def of_statement(statement: CompiledStatement, view: View) -> Truth:
        def of_clause(clause: Clause, view: View) -> Truth:
            others = {key: keys_otherwise(rule, layers[id(statement)], view, key) for key in sorted(clause.keys())}
            changed = {key: other for key, other in others.items() if other is not view.key_values.values(key)}
            found = clause.test(view)
            return found if not changed or clause.test(view.with_values(changed)) is found else None

        return conjunction(of_clause)(statement, view)

    return of_statement


def otherwise(statement: CompiledStatement, view: View, rule: str) -> Grant:
    """How strongly a statement names the caller by the other reading of a rule, from the texts of the names."""
    grant = statement.grant(view)[0]
    who, caller = statement.principal, view.principal
    if who is None:
        return grant
    if rule == "EVL-9":
        return Grant.DIRECT if "*" in who.values and caller.kind == "federated-user" else grant
    if rule == "PRN-1":
        documented = statement.denies and who.names[:1] == (PrincipalName("any"),)
        rests = caller.kind == "service" and "*" in who.values and caller.name not in who.values and not documented
        return grant if not rests else Grant.NONE if grant else Grant.DIRECT
    if rule == "PRN-2":
        return Grant.DIRECT if caller.canonical_user in who.values else grant
    if rule == "PRN-5":
        names = [name for name in who.names if not name.name.startswith(("AIDA", "AROA"))]
        others = [grant_of(name, caller, denies=statement.denies)[0] for name in names]
        return max(others, default=Grant.NONE)
    if rule == "PRN-4":
        role = f"arn:{caller.partition}:iam::{caller.account}:role/"
        for text in who.values:
            if caller.kind in ("session", "federated-user") and text.lower() == caller.arn.lower():
                grant = Grant.DIRECT
            same = text.startswith(role) and text.rpartition("/")[2].lower() == caller.name.lower()
            if caller.kind in ("session", "role") and same:
                grant = max(grant, Grant.ROLE)
        return grant
    keys = [each.clause for each in statement.occurrences if isinstance(each.clause, ConditionClause)]
    names_role = any(
        each.key.lower() == "aws:principalarn"
        and not each.operator.quantifier
        and each.operator.base.startswith(("StringEquals", "StringLike", "ArnEquals", "ArnLike"))
        and each.test(view)
        for each in keys
    )
    is_session = caller.kind in ("session", "role")
    return Grant.ROLE if is_session and names_role and grant is Grant.ACCOUNT else grant


def grants_by_either(rule: str) -> OfGrant:
    def grants(statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
        sure, possible = statement.grant(view)
        other = otherwise(statement, view, rule)
        return min(sure, other), max(possible, other)

    return grants


def named_by_either(rule: str) -> OfStatement:
    """Whether a statement applies, not known if only one of the readings names the caller."""

    def of_statement(statement: CompiledStatement, view: View) -> Truth:
        if bool(statement.grant(view)[0]) is bool(otherwise(statement, view, rule)):
            return applies(statement, view)
        others = [each.clause.test(view) for each in statement.occurrences if each.clause is not statement.principal]
        return False if all_of(others) is False else None

    return of_statement


def clauses_of(request: LayeredRequest) -> Iterator[tuple[Clause, View]]:
    for policies, view in request.layers.values():
        for statement in policies.statements():
            for each in statement.occurrences:
                yield each.clause, view
