"""What must change instead, where no edit of the given policies lets a call through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.suggestions.allowing import allow_documents
from execpolicy.suggestions.excluding import excluding
from execpolicy.suggestions.written_values import as_json

if TYPE_CHECKING:
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.engine.full.statement_table import StatementRow
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.suggestions.refused import RefusedRequest
    from execpolicy.suggestions.wanted import WantedRequest

#: Where nothing more is known.
NOTHING_FOUND: Final = "no change of one element or condition for each layer, and no new statement, is enough"


def why_no_policy(response: GatewayResponse) -> str:
    """What refuses a call that no policy refuses."""
    return f"no policy refuses the call: {_refusing_gate(response)}"


def why_not_enough(answer: Decision | GatewayResponse) -> str:
    """What refuses a call that passes the policies with a change; empty where policies refuse it."""
    if isinstance(answer, Decision) or answer.decision is not None:
        return ""
    return f"with a change of the policies the call is not allowed either: {_refusing_gate(answer)}"


def _refusing_gate(response: GatewayResponse) -> str:
    step = response.refused_by
    if step is None:
        return "it depends on what is not known, such as the answer of a Lambda authorizer"
    return f"gate {step.number} ({step.gate}) refuses it: {step.detail}"


def instead_of_edits(refused: RefusedRequest) -> Iterator[str]:
    """What would let a request through that edits of the given policies do not."""
    evaluation = refused.decision.evaluation
    caller, owner = evaluation.request.caller.principal, evaluation.request.parts[2]
    if caller.is_iam and caller.partition != owner.partition:
        yield (
            f"the caller is of the partition {caller.partition} and the resource of {owner.partition}: "
            "no policy grants access across partitions (PRN-8)"
        )
    for layer, evaluated in evaluation.layers.items():
        for row, result in zip(evaluated.table.rows, evaluated.results, strict=True):
            if row.statement.denies and result.applies and not _can_exclude(layer, row, refused.wanted(evaluated)):
                yield _of_deny(layer, row.statement.policy.place(row.statement.statement), row.sid)
    without = evaluation.without_denies
    for layer in () if without.outcome is Outcome.ALLOW else without.blocked_by:
        yield from _of_layer(layer, evaluation.layers.get(layer), refused)


def _can_exclude(layer: Layer, row: StatementRow, wanted: WantedRequest) -> bool:
    """Whether there is a change with which a Deny does not apply."""
    return layer is not Layer.AUTHORIZER and next(excluding(layer, row, wanted), None) is not None


def _of_deny(layer: Layer, place: str, sid: str | None) -> str:
    name = f"the Deny {sid}" if sid else "the Deny"
    if layer is Layer.AUTHORIZER:
        return f"the Lambda authorizer must not return {name} that applies to the call"
    return f"{name} ({place}) must not apply to the call: the request has nothing by which it could be excluded from it"


def _of_layer(layer: Layer, evaluated: LayerEvaluation | None, refused: RefusedRequest) -> Iterator[str]:
    statement = as_json(next(allow_documents(layer.kind, refused.wanted(evaluated))))
    if layer is Layer.AUTHORIZER:
        yield f"the Lambda authorizer must return a policy with this statement: {statement}"
    elif evaluated is None or not evaluated.table.policies:
        article = "an" if layer.policy_type[0] in "aeiou" else "a"
        of_caller = " of the caller" if layer.kind is PolicyKind.IDENTITY else ""
        needed = f"{article} {layer.policy_type} with this statement is needed: {statement}"
        yield f"no {layer.policy_type}{of_caller} is given: {needed}"
