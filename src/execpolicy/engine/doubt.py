"""What an outcome hangs on: keys that were missing or unknown, and readings that AWS does not document.

All are found in one way: take what is in doubt as unknown and see whether the outcome is still known (KEY-5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from execpolicy.engine.case import Case, Verdicts
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.layers import Outcome
from execpolicy.engine.view import View
from execpolicy.errors import RequestError
from execpolicy.language.condition import Truth

#: Tells of an occurrence whether a doubt concerns it.
Concern = Callable[[Occurrence, View], bool]


def missing_keys(case: Case, verdicts: Verdicts) -> frozenset[str]:
    """The keys that were missing and mattered: absent ones of a known outcome, unknown ones of an indeterminate one."""
    if verdicts.outcome is Outcome.INDETERMINATE:
        names = _named(case, lambda occurrence, view: occurrence.clause.unknown(view))
        return frozenset(name for name in names if _decides(case, _about_unknown(name)))
    names = _named(case, lambda occurrence, view: occurrence.clause.absent(view))
    return frozenset(name for name in names if case.forgetting(name.lower()).decide().outcome is Outcome.INDETERMINATE)


def assumed(case: Case, verdicts: Verdicts) -> frozenset[str]:
    """The ids of the rules of status A on which a known outcome rests."""
    if verdicts.outcome is Outcome.INDETERMINATE:
        return frozenset()
    rules = _named(case, lambda occurrence, view: occurrence.clause.assumptions(view))
    return frozenset(rule for rule in rules if _would_matter(case, _about_rule(rule)))


def refuse_unfit_values(case: Case) -> None:
    """Refuse a request whose outcome hangs on a value that its operator cannot read (CND-15).

    Raises RequestError, at the condition that reads it.
    """
    if not _decides(case, _is_unfit):
        return
    for statement, occurrence, view in _occurrences(case):
        clause = occurrence.clause
        if isinstance(clause, ConditionClause) and _is_unfit(occurrence, view):
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


def _occurrences(case: Case) -> Iterator[tuple[CompiledStatement, Occurrence, View]]:
    for part in case.parts.values():
        for statement in part.policies.statements():
            for occurrence in statement.occurrences:
                yield statement, occurrence, part.view


def _named(case: Case, names: Callable[[Occurrence, View], Iterable[str]]) -> set[str]:
    return {name for _, occurrence, view in _occurrences(case) for name in names(occurrence, view)}


def _about_unknown(name: str) -> Concern:
    return lambda occurrence, view: name in occurrence.clause.unknown(view)


def _about_rule(rule: str) -> Concern:
    return lambda occurrence, view: rule in occurrence.clause.assumptions(view)


def _is_unfit(occurrence: Occurrence, view: View) -> bool:
    clause = occurrence.clause
    if not isinstance(clause, ConditionClause) or clause.condition.known_type:
        return False
    return bool(clause.condition.unfit(view.facts.values)) and clause.test(view) is None


def _would_matter(case: Case, concern: Concern) -> bool:
    """Whether a known outcome would not be known if the clauses concerned were not."""
    return case.decide(lambda statement, view: statement.test(view, concern)).outcome is Outcome.INDETERMINATE


def _decides(case: Case, concern: Concern) -> bool:
    """Whether an indeterminate outcome hangs on the clauses concerned, whatever the other unknown ones come to.

    The others are taken at their extremes, all Denies and all Allows applying or not: the combination is monotone.
    """

    def judge_with(denies: bool, allows: bool) -> Callable[[CompiledStatement, View], Truth]:
        def judge(statement: CompiledStatement, view: View) -> Truth:
            truth = statement.test(view)
            if truth is not None or any(
                concern(occurrence, view) and occurrence.clause.test(view) is None
                for occurrence in statement.occurrences
            ):
                return truth
            return denies if statement.denies else allows

        return judge

    return any(
        case.decide(judge_with(denies, allows)).outcome is Outcome.INDETERMINATE
        for denies, allows in product((True, False), repeat=2)
    )
