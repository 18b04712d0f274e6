"""What one decision shows of the statements that it asked."""

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

#: What is shown of a statement: that it applied, that it decided, or the number of the clause that alone stopped it.
APPLIED, DECIDED = -1, -2

#: The number of a statement, and what is shown of it.
Observation = tuple[int, int]


def observations(decision: Decision) -> Iterator[tuple[Policy, list[Observation]]]:
    """Everything that a decision shows, policy by policy, in all layers but the authorizer's answer."""
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
                if shown == APPLIED and evaluated.table.rows[row].title.effect == effect:
                    found.append((number, DECIDED))
            yield policy, found


def _deciding_effect(outcome: Outcome, evaluation: Evaluation) -> str | None:
    """The effect of the statements that decided; a look for explicit denies alone is passed without any Allow."""
    if outcome is Outcome.EXPLICIT_DENY:
        return "Deny"
    return "Allow" if outcome is Outcome.ALLOW and evaluation.layered_request.table is not only_denies else None


def _shown(evaluated: LayerEvaluation, row: int) -> int | None:
    """APPLIED, or the number of the only clause that did not hold; None where several did not, or are not known."""
    if evaluated.results[row].applies:
        return APPLIED
    truths = [evaluated.truths[number] for number in evaluated.table.rows[row].clause_numbers]
    return None if None in truths or truths.count(False) > 1 else truths.index(False)
