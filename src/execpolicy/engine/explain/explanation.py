"""The explanation of a decision: as text, as data and for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from execpolicy._base.frozen import LazyFrozen, keep_computed, unfrozen
from execpolicy._base.outline import Outline, Outlined, OutlineLine
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.assumptions import ASSUMPTIONS
from execpolicy.engine.explain.answer import Answer, answer
from execpolicy.engine.explain.answer_outline import AnswerWords, answer_lines, headline
from execpolicy.engine.explain.as_data import SCHEMA_VERSION, layer_record, request_record
from execpolicy.engine.explain.outline import layer_lines
from execpolicy.engine.explain.trace import LayerTrace, PolicyTrace, RequestTrace, StatementTrace, layer_traces
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
    """Why a request is allowed or denied: ``str()`` is the answer for people, ``to_dict()`` the data for programs.

    The answer has the verdict, the statements that decide, and a context that would allow the request, where an
    evaluation confirms that there is one. ``full()`` has every statement.

    ``layers`` has every statement that was evaluated, ``blocked_by`` the layers that deny or do not allow,
    ``missing_keys`` the context keys that affected the outcome, ``assumed`` the ids of undocumented rules,
    ``unknown_values`` the values in texts of policies that are not known and that decide.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().blocked_by
    (<Layer.IDENTITY: 'identity'>,)
    """

    FIELDS = ("assumed", "blocked_by", "layers", "message", "missing_keys", "outcome", "request", "unknown_values")
    __slots__ = ("_evaluation", "outcome")
    outcome: Outcome
    message: str
    request: RequestTrace
    layers: tuple[LayerTrace, ...]
    blocked_by: tuple[Layer, ...]
    missing_keys: tuple[str, ...]
    unknown_values: tuple[str, ...]
    assumed: tuple[str, ...]
    _answer: Answer
    _evaluation: Evaluation
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "_answer": lambda explanation: answer(explanation._evaluation),
        "assumed": lambda explanation: tuple(sorted(explanation._evaluation.assumed)),
        "blocked_by": lambda explanation: explanation._evaluation.verdicts.worst.blocked_by,
        "layers": lambda explanation: layer_traces(explanation._evaluation),
        "message": lambda explanation: explanation._evaluation.message,
        "missing_keys": lambda explanation: tuple(sorted(explanation._evaluation.missing_keys)),
        "request": _request,
        "unknown_values": lambda explanation: explanation._evaluation.unknown_values,
    }

    def statements(self) -> Iterator[tuple[Layer, PolicyTrace, StatementTrace]]:
        """Every statement with its layer and its policy, in order."""
        # Written by functions in C: to yield each statement takes as long as to make its trace.
        return chain.from_iterable(
            zip(repeat(layer.layer), repeat(policy), policy.statements)
            for layer in self.layers
            for policy in layer.policies
        )

    def with_words(self, words: AnswerWords) -> Outlined:
        """The answer; ``words`` names what the reader can do."""
        return Outline(lambda: answer_lines(self._evaluation, self._answer, words))

    def full(self) -> Outlined:
        """The explanation with every statement of every layer: ``str()`` is its text, ``html()`` its HTML.

        >>> from execpolicy import Request, authorize
        >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
        ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
        >>> print(str(decision.explain().full()).splitlines()[-1].strip())
        no policy is attached
        """
        return Outline(self._full_outline)

    def _outline(self) -> Iterator[OutlineLine]:
        return answer_lines(self._evaluation, self._answer)

    def _full_outline(self) -> Iterator[OutlineLine]:
        yield OutlineLine(0, self.outcome.value, headline(self._evaluation))
        yield OutlineLine(1, "fact", self.message)
        for layer in self.layers:
            yield from layer_lines(layer)
        if self.missing_keys:
            undecided = self.outcome is Outcome.INDETERMINATE
            label = "not known, and decides" if undecided else "missing context keys that affected the outcome"
            yield OutlineLine(0, "missing", f"{label}: {', '.join(self.missing_keys)}")
        if self.unknown_values:
            yield OutlineLine(0, "missing", f"without a value, and decides: {', '.join(self.unknown_values)}")
        for rule in self.assumed:
            yield OutlineLine(0, "assumed", f"assumed ({rule}): {ASSUMPTIONS[rule]}")

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
            "unknown_values": list(self.unknown_values),
            "assumed": [{"rule": rule, "reading": ASSUMPTIONS[rule]} for rule in self.assumed],
            "layers": [layer_record(layer, self._evaluation) for layer in self.layers],
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_evaluation": self._evaluation}


_UnfrozenExplanation = unfrozen(Explanation)


def explain(evaluation: Evaluation) -> Explanation:
    """The explanation of an evaluation (EVL-11); everything but the outcome is computed when it is first read."""
    made = _UnfrozenExplanation()
    made.outcome = evaluation.outcome
    made._evaluation = evaluation
    keep_computed(made, {})
    made.__class__ = Explanation
    return made
