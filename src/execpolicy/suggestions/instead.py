"""What must change instead, where no edit of the given policies lets a call through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.suggestions.allowing import allow_documents
from execpolicy.suggestions.written_values import as_json

if TYPE_CHECKING:
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.suggestions.refused import RefusedRequest


def why_no_policy(response: GatewayResponse) -> str:
    """What refuses a call that no policy refuses."""
    step = response.refused_by
    if step is None:
        return "it is not known which gate refuses the call: an earlier one may"
    return f"no policy refuses the call: gate {step.number} ({step.gate}) does, because {step.detail}"


def instead_of_edits(refused: RefusedRequest) -> Iterator[str]:
    """What would let a request through that edits of the given policies do not."""
    evaluation = refused.decision.evaluation
    for layer, evaluated in evaluation.layers.items():
        for row, result in zip(evaluated.table.rows, evaluated.results, strict=True):
            if row.statement.denies and result.applies:
                yield _of_deny(layer, row.statement.policy.place(row.statement.statement), row.sid)
    without = evaluation.without_denies
    for layer in () if without.outcome is Outcome.ALLOW else without.blocked_by:
        yield from _of_layer(layer, evaluation.layers.get(layer), refused)


def _of_deny(layer: Layer, place: str, sid: str | None) -> str:
    name = f"the Deny {sid}" if sid else "the Deny"
    if layer is Layer.AUTHORIZER:
        return f"the Lambda authorizer must not return {name} that applies to the call"
    return f"{name} ({place}) must not apply to the call: the request has nothing by which it could be excluded from it"


def _of_layer(layer: Layer, evaluated: LayerEvaluation | None, refused: RefusedRequest) -> Iterator[str]:
    statement = as_json(next(allow_documents(layer.kind, refused.asked(evaluated))))
    if layer is Layer.AUTHORIZER:
        yield f"the Lambda authorizer must return a policy with this statement: {statement}"
    elif evaluated is None or not evaluated.table.policies:
        article = "an" if layer.policy_type[0] in "aeiou" else "a"
        of_caller = " of the caller" if layer.kind is PolicyKind.IDENTITY else ""
        needed = f"{article} {layer.policy_type} with this statement is needed: {statement}"
        yield f"no {layer.policy_type}{of_caller} is given: {needed}"
