"""From a full evaluation to its explanation: every statement of every layer, with the first clause that failed."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.explain.explanation import Explanation, explanation
from execpolicy.engine.explain.trace import layer_trace
from execpolicy.engine.layers import Layer

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation


def explain(evaluation: Evaluation) -> Explanation:
    """Trace every statement of every layer that was given (EVL-11)."""
    layers = [layer_trace(layer, evaluation, each.table.levels) for layer, each in evaluation.layers.items()]
    not_applicable = evaluation.not_applicable
    if not_applicable:
        layers += [layer_trace(layer, evaluation, 1, reason) for layer, reason in not_applicable.items()]
        order = list(Layer)
        layers.sort(key=lambda trace: order.index(trace.layer))
    return explanation(evaluation, tuple(layers))
