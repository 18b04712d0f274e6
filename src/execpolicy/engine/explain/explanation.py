"""The explanation of a decision: as text, as data and for notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.frozen import LazyFrozen, unfrozen
from execpolicy._base.outline import Outlined, OutlineLine
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.assumptions import ASSUMPTIONS
from execpolicy.engine.explain.as_data import SCHEMA_VERSION, layer_record, request_record
from execpolicy.engine.explain.outline import layer_lines
from execpolicy.engine.explain.trace import LayerTrace, PolicyTrace, RequestTrace, StatementTrace
from execpolicy.engine.layers import Layer, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar

    from execpolicy.engine.full.evaluation import Evaluation


def _request(explanation: Explanation) -> RequestTrace:
    request = explanation._evaluation.request
    return RequestTrace(
        request.caller.principal.arn,
        request.action,
        request.resource,
        request.account,
        tuple(request.context.values.items()),
        request.context.complete,
    )


class Explanation(Outlined, LazyFrozen):
    """Why a request is allowed or denied: ``str()`` is the text for people, ``to_dict()`` the data for programs.

    ``layers`` has every statement that was evaluated, ``blocked_by`` the layers that deny or do not allow,
    ``missing_keys`` the context keys that affected the outcome, ``assumed`` the ids of undocumented rules.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().blocked_by
    (<Layer.IDENTITY: 'identity'>,)
    """

    FIELDS = ("assumed", "blocked_by", "layers", "message", "missing_keys", "outcome", "request")
    __slots__ = (*FIELDS, "_evaluation")
    outcome: Outcome
    message: str
    request: RequestTrace
    layers: tuple[LayerTrace, ...]
    blocked_by: tuple[Layer, ...]
    missing_keys: tuple[str, ...]
    assumed: tuple[str, ...]
    _evaluation: Evaluation
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "assumed": lambda explanation: tuple(sorted(explanation._evaluation.assumed)),
        "blocked_by": lambda explanation: explanation._evaluation.verdicts.worst.blocked_by,
        "message": lambda explanation: explanation._evaluation.message,
        "missing_keys": lambda explanation: tuple(sorted(explanation._evaluation.missing_keys)),
        "request": _request,
    }

    def statements(self) -> Iterator[tuple[Layer, PolicyTrace, StatementTrace]]:
        """Every statement with its layer and its policy, in order."""
        for layer in self.layers:
            for policy in layer.policies:
                for statement in policy.statements:
                    yield layer.layer, policy, statement

    def _outline(self) -> Iterator[OutlineLine]:
        yield OutlineLine(0, self.outcome.value, self._headline())
        yield OutlineLine(1, "fact", self.message)
        for layer in self.layers:
            yield from layer_lines(layer)
        if self.missing_keys:
            undecided = self.outcome is Outcome.INDETERMINATE
            label = "it depends on" if undecided else "missing context keys that affected the outcome"
            yield OutlineLine(0, "missing", f"{label}: {', '.join(self.missing_keys)}")
        for rule in self.assumed:
            yield OutlineLine(0, "assumed", f"assumed ({rule}): {ASSUMPTIONS[rule]}")

    def _headline(self) -> str:
        action = self.request.action
        if self.outcome is Outcome.ALLOW:
            return f"ALLOW: {self.request.caller} may {action}"
        if self.outcome is Outcome.INDETERMINATE:
            return "INDETERMINATE: unknown context keys decide the outcome"
        kinds = tuple(dict.fromkeys(layer.policy_type for layer in self.blocked_by))
        if self.outcome is Outcome.EXPLICIT_DENY:
            return f"DENY (explicit): a Deny applies in the {' and in the '.join(kinds)}"
        return f"DENY (implicit): no {' and no '.join(kinds)} allows {action}"

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain data, by the schema ``docs/schemas/decision-1.json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "outcome": self.outcome.value,
            "allowed": self.outcome is Outcome.ALLOW,
            "message": self.message,
            "request": request_record(self.request),
            "blocked_by": [layer.value for layer in self.blocked_by],
            "missing_keys": list(self.missing_keys),
            "assumed": [{"rule": rule, "reading": ASSUMPTIONS[rule]} for rule in self.assumed],
            "layers": [layer_record(layer) for layer in self.layers],
        }


_UnfrozenExplanation = unfrozen(Explanation)


def explanation(evaluation: Evaluation, layers: tuple[LayerTrace, ...]) -> Explanation:
    """An explanation from the traces of the layers; everything else is computed when it is first read."""
    made = _UnfrozenExplanation()
    made.outcome = evaluation.outcome
    made.layers = layers
    made._evaluation = evaluation
    made.__class__ = Explanation
    return made
