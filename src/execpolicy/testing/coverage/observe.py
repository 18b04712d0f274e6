"""Which statements and clauses one decision covers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from execpolicy.document.policy import Policy
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.gateway.flow.outcomes import only_denies

if TYPE_CHECKING:
    from execpolicy.engine.decision import Decision
    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation

#: What a decision shows of a statement: it applied, it decided, or the number of the clause that alone was false.
APPLIED, DECIDED = -1, -2

#: The number of a statement, and what the decision shows of it.
Observation = tuple[int, int]


def observations(decision: Decision) -> Iterator[tuple[Policy, list[Observation]]]:
    """What a decision shows of each policy, in all layers but that of the authorizer."""
    evaluation = decision.evaluation
    effect = _deciding_effect(decision.outcome, evaluation)
    for layer, evaluated in evaluation.layers.items():
        if layer is Layer.AUTHORIZER:
            continue
        for policy, _, start, end in evaluated.table.policies:
            found: list[Observation] = []
            for number, row in enumerate(range(start, end)):
                shown = _shown(evaluated, row)
                if shown is None:
                    continue
                found.append((number, shown))
                if shown == APPLIED and evaluated.table.rows[row].effect == effect:
                    found.append((number, DECIDED))
            yield policy, found


def _deciding_effect(outcome: Outcome, evaluation: Evaluation) -> str | None:
    """The effect of the statements that decided. A check for explicit denies only needs no Allow."""
    if outcome is Outcome.EXPLICIT_DENY:
        return "Deny"
    return "Allow" if outcome is Outcome.ALLOW and evaluation.layered_request.table is not only_denies else None


def _shown(evaluated: LayerEvaluation, row: int) -> int | None:
    """APPLIED, or the number of the only false clause; None if several are false, or one is unknown."""
    if evaluated.results[row].applies:
        return APPLIED
    truths = [evaluated.truths[number] for number in evaluated.table.rows[row].clause_numbers]
    return None if None in truths or truths.count(False) > 1 else truths.index(False)
