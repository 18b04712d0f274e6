"""What an outcome hangs on: keys that were missing or unknown, and readings that AWS does not document.

All are found in one way: take what is in doubt as unknown and see whether the outcome is still known (KEY-5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from execpolicy.engine.clauses import Clause, ConditionClause, spelled
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.full.evaluation import Inquiry
from execpolicy.engine.full.statement_table import Evidence
from execpolicy.engine.layered_request import Verdicts
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.view import View
from execpolicy.errors import RequestError
from execpolicy.language.condition import Truth
from execpolicy.language.grant import Grant

#: Tells of a clause whether a doubt concerns it.
Concern = Callable[[Clause, View], bool]
#: Clauses by their numbers, and what each would come to.
Changed = dict[int, Truth]


def missing_keys(inquiry: Inquiry, verdicts: Verdicts) -> frozenset[str]:
    """The keys that were missing and mattered: absent ones of a known outcome, unknown ones of an indeterminate one."""
    if verdicts.outcome is Outcome.INDETERMINATE:
        names = _named(inquiry, lambda clause, view: clause.unknown(view))
        return frozenset(name for name in names if _decides(inquiry, _about_unknown(name)))
    absent = {
        key for each in inquiry.evidence.values() for key in each.sheet.asking if each.view.facts.values(key) == ()
    }
    return frozenset(spelled(key) for key in absent if _would_matter(inquiry, _without(key)))


def assumed(inquiry: Inquiry, verdicts: Verdicts) -> frozenset[str]:
    """The ids of the rules of status A on which a known outcome rests."""
    if verdicts.outcome is Outcome.INDETERMINATE:
        return frozenset()
    rules = _named(inquiry, lambda clause, view: clause.assumptions(view))
    return frozenset(rule for rule in rules if _rests_on(inquiry, rule))


def _rests_on(inquiry: Inquiry, rule: str) -> bool:
    if rule == "EVL-9":
        # The statement applies in either reading; how strongly it names the session is what is assumed.
        return inquiry.decide(naming=_naming_the_session).outcome is Outcome.INDETERMINATE
    return _would_matter(inquiry, _unknown_by(rule))


def _naming_the_session(statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
    """How strongly a statement names the caller if its ``*`` may name a federated user's session (EVL-9)."""
    sure, possible = statement.grant(view)
    who = statement.principal
    return sure, Grant.DIRECT if who is not None and "EVL-9" in who.assumptions(view) else possible


def refuse_unfit_values(inquiry: Inquiry) -> None:
    """Refuse a request whose outcome hangs on a value that its operator cannot read (CND-15).

    Raises RequestError, at the condition that reads it.
    """
    if not _decides(inquiry, _is_unfit):
        return
    for statement, occurrence, view in _occurrences(inquiry):
        clause = occurrence.clause
        if isinstance(clause, ConditionClause) and _is_unfit(clause, view):
            value = clause.condition.unfit(view.facts.values)[0]
            policy = statement.policy
            raise RequestError(
                f"the request says {clause.key} is {value!r}; {clause.operator} compares "
                f"{clause.condition.operator.fits}",
                source=policy.source,
                span=policy.span(occurrence),
                path=occurrence.path,
                advice=f"give {clause.key} a value of that type, or correct the operator in {policy.name}",
                rule="CND-15",
            )


def _occurrences(inquiry: Inquiry) -> Iterator[tuple[CompiledStatement, Occurrence, View]]:
    for part in inquiry.case.parts.values():
        for statement in part.policies.statements():
            for occurrence in statement.occurrences:
                yield statement, occurrence, part.view


def _named(inquiry: Inquiry, names: Callable[[Clause, View], Iterable[str]]) -> set[str]:
    return {
        name
        for evidence in inquiry.evidence.values()
        for clause in evidence.sheet.clauses
        for name in names(clause, evidence.view)
    }


def _about_unknown(name: str) -> Concern:
    return lambda clause, view: name in clause.unknown(view)


def _is_unfit(clause: Clause, view: View) -> bool:
    if not isinstance(clause, ConditionClause) or clause.condition.known_type:
        return False
    return bool(clause.condition.unfit(view.facts.values)) and clause.test(view) is None


def _without(key: str) -> Callable[[Evidence], Changed]:
    """What clauses come to if the values of a key are not known."""

    def changed(evidence: Evidence) -> Changed:
        asking = evidence.sheet.asking.get(key)
        if asking is None:
            return {}
        view = evidence.view.forgetting(key)
        return {number: evidence.sheet.clauses[number].test(view) for number in asking}

    return changed


def _unknown_by(rule: str) -> Callable[[Evidence], Changed]:
    """The clauses that rest on a rule, as unknown."""

    def changed(evidence: Evidence) -> Changed:
        view = evidence.view
        return {
            number: None for number, clause in enumerate(evidence.sheet.clauses) if rule in clause.assumptions(view)
        }

    return changed


def _would_matter(inquiry: Inquiry, changed: Callable[[Evidence], Changed]) -> bool:
    """Whether a known outcome would not be known if clauses came to something else."""
    retold = {layer: evidence.retold(changed(evidence)) for layer, evidence in inquiry.evidence.items()}
    return inquiry.decide(retold).outcome is Outcome.INDETERMINATE


def _decides(inquiry: Inquiry, concern: Concern) -> bool:
    """Whether an indeterminate outcome hangs on the clauses concerned, whatever the other unknown ones come to.

    The others are taken at their extremes, all Denies and all Allows applying or not: the combination is monotone.
    """
    others = {layer: list(_unknown_otherwise(evidence, concern)) for layer, evidence in inquiry.evidence.items()}

    def retold(denies: bool, allows: bool) -> dict[Layer, dict[int, Truth]]:
        return {
            layer: {at: denies if inquiry.evidence[layer].sheet.lines[at][0][2] == "Deny" else allows for at in places}
            for layer, places in others.items()
        }

    return any(
        inquiry.decide(retold(denies, allows)).outcome is Outcome.INDETERMINATE
        for denies, allows in product((True, False), repeat=2)
    )


def _unknown_otherwise(evidence: Evidence, concern: Concern) -> Iterator[int]:
    """The statements that are unknown by clauses that are not concerned."""
    view, truths, clauses = evidence.view, evidence.truths, evidence.sheet.clauses
    concerned = {number for number, truth in enumerate(truths) if truth is None and concern(clauses[number], view)}
    for at, (line, found) in enumerate(zip(evidence.sheet.lines, evidence.founds, strict=True)):
        if found[0] is None and concerned.isdisjoint(line[2]):
            yield at
