"""From a full evaluation to its explanation: every statement of every layer, with the first clause that failed."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.explain.explanation import Explanation, explanation
from execpolicy.engine.explain.trace import PolicyTrace, layer_trace, statement_traces
from execpolicy.engine.layers import Layer, Outcome

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation


_ALLOW, _EXPLICIT_DENY = Outcome.ALLOW, Outcome.EXPLICIT_DENY


def explain(evaluation: Evaluation) -> Explanation:
    """Trace every statement of every layer that was given (EVL-11)."""
    outcome = evaluation.outcome
    deciding = "Allow" if outcome is _ALLOW else "Deny" if outcome is _EXPLICIT_DENY else None
    layers = []
    for layer, evaluated in evaluation.layers.items():
        table = evaluated.table
        statements = statement_traces(evaluated, deciding)
        policies = []
        for policy, level, start, end in table.policies:
            policies.append(PolicyTrace(policy.name, level, policy.source, statements[start:end]))
        layers.append(layer_trace(layer, evaluation, tuple(policies), table.levels))
    not_applicable = evaluation.not_applicable
    if not_applicable:
        layers += [layer_trace(layer, evaluation, (), 1, reason) for layer, reason in not_applicable.items()]
        order = list(Layer)
        layers.sort(key=lambda trace: order.index(trace.layer))
    return explanation(evaluation, tuple(layers))
