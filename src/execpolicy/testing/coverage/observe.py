"""What one decision shows of the statements that it asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from execpolicy.document.policy import Policy
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.gateway.flow.outcomes import only_denies

if TYPE_CHECKING:
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.decision import Decision
    from execpolicy.engine.layered_request import Case
    from execpolicy.engine.view import View
    from execpolicy.language.condition import Truth

#: What is shown of a statement: that it applied, that it decided, or the number of the clause that alone stopped it.
APPLIED, DECIDED = -1, -2

#: The number of a statement, and what is shown of it.
Sighting = tuple[int, int]


def sightings(decision: Decision) -> Iterator[tuple[Policy, list[Sighting]]]:
    """Everything that a decision shows, policy by policy, in all layers but the authorizer's answer."""
    case = decision._case
    effect = _deciding_effect(decision.outcome, case)
    for layer, part in case.parts.items():
        if layer is Layer.AUTHORIZER:
            continue
        view = part.view
        results: dict[int, Truth] = {}
        for level in part.policies.levels:
            for compiled in level:
                found: list[Sighting] = []
                for number, statement in enumerate(compiled.statements):
                    shown = _shown(statement, view, results)
                    if shown is None:
                        continue
                    found.append((number, shown))
                    if shown == APPLIED and statement.statement.effect == effect:
                        found.append((number, DECIDED))
                yield compiled.policy, found


def _deciding_effect(outcome: Outcome, case: Case) -> str | None:
    """The effect of the statements that decided; a look for explicit denies alone is passed without any Allow."""
    if outcome is Outcome.EXPLICIT_DENY:
        return "Deny"
    return "Allow" if outcome is Outcome.ALLOW and case.table is not only_denies else None


def _shown(statement: CompiledStatement, view: View, results: dict[int, Truth]) -> int | None:
    """APPLIED, or the number of the only clause that did not hold; None where several did not, or are not known."""
    failed = APPLIED
    for number, occurrence in enumerate(statement.occurrences):
        clause = occurrence.clause
        key = id(clause)  # equal clauses of a layer are one object
        if key in results:
            truth = results[key]
        else:
            truth = results[key] = clause.test(view)
        if truth:
            continue
        if truth is None or failed != APPLIED:
            return None
        failed = number
    return failed
