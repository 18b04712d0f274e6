"""The decision on a request. Everything but the outcome is computed when it is first read, by modules loaded then."""

from __future__ import annotations

from execpolicy._base.frozen import Frozen, LazyFrozen, is_computed, keep_computed, unfrozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.caller import Target
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.request import Request
from execpolicy.errors import Span, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar, TypeAlias

    from execpolicy.engine.combine import Table
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.explain.explanation import Explanation
    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.layered_request import LayeredRequest

    #: A request with its layers; or the policies of a service and its table, from which they are made.
    _GivenLayers: TypeAlias = LayeredRequest | tuple[Mapping[Layer, CompiledPolicies], Table]


class DeterminingStatement(Frozen):
    """A statement that applied and had the deciding effect. ``index`` counts from 0.

    ``place`` is ``file:line:column``, or ``name: Statement[0]`` of a policy that was given as Python objects; ``span``
    is the same as numbers, and None for such a policy.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.determining_statements[0].policy
    'reads'
    >>> decision.determining_statements[0].place
    'reads: Statement[0]'
    """

    __slots__ = ("index", "layer", "place", "policy", "sid", "span")
    layer: Layer
    policy: str
    index: int
    sid: str | None
    span: Span | None
    place: str

    def __init__(
        self, layer: Layer, policy: str, index: int, sid: str | None, span: Span | None, *, place: str = ""
    ) -> None:
        where = f"{policy}: Statement[{index}]" if span is None else f"{policy}:{span.line}:{span.column}"
        self._set(layer=layer, policy=policy, index=index, sid=sid, span=span, place=place or where)


class Decision(LazyFrozen):
    """The decision on one request.

    ``outcome`` is one of four, ``allowed`` says whether it is an allow. ``str()`` is one line, with the statement that
    determines the outcome and its place; ``explain()`` is the explanation. A decision has no truth value:
    ``if decision:`` raises UsageError, because a denial would count as true.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.allowed, decision.outcome.value
    (False, 'implicit_deny')
    >>> print(decision)
    DENY (implicit): no identity-based policy allows execute-api:Invoke
    """

    __slots__ = ("outcome", "request", "target")
    #: The outcome.
    outcome: Outcome
    #: The request that was decided.
    request: Request
    #: The policies of the resource's side.
    target: Target

    #: The full evaluation of the request, made when it is first read.
    evaluation: Evaluation
    #: All statements that apply and have the deciding effect, of every layer; none for an implicit deny.
    determining_statements: tuple[DeterminingStatement, ...]
    FIELDS = ("outcome", "request", "target")
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "evaluation": lambda decision: decision._evaluate(),
        "determining_statements": lambda decision: decision._determining(),
        #: The request with its layers, or the policies and the table of a service, where they need not be those of IAM.
        "_given": lambda decision: None,
    }
    _given: _GivenLayers | None

    def __init__(self, evaluation: Evaluation) -> None:
        self._set(outcome=evaluation.outcome, request=evaluation.request, target=evaluation.target)
        self._set(evaluation=evaluation, _given=evaluation.layered_request)

    def _evaluate(self) -> Evaluation:
        # Imported in this form, it takes half the time once the module is loaded.
        import execpolicy.engine.full.evaluation

        return execpolicy.engine.full.evaluation.Evaluation(self.request, self.target, self._layered(), self.outcome)

    def _layered(self) -> LayeredRequest | None:
        """The request with its layers, where they need not be those of IAM."""
        given = self._given
        if type(given) is tuple:
            from execpolicy.engine.layered_request import request_of_policies

            given = request_of_policies(self.request, self.target, *given)
            self._set(_given=given)
        found: Any = given
        return found  # type: ignore[no-any-return]

    @property
    def allowed(self) -> bool:
        """Whether the outcome is an allow; an indeterminate outcome is not."""
        return self.outcome is Outcome.ALLOW

    @property
    def possible(self) -> frozenset[Outcome]:
        """The outcomes that are possible: one, unless it is indeterminate."""
        return self.evaluation.verdicts.possible

    @property
    def blocked_by(self) -> frozenset[Layer]:
        """The layers that deny, or that do not allow and would have to; of an indeterminate outcome, those that may."""
        from execpolicy._base.ordered import OrderedSet

        return OrderedSet(self.evaluation.verdicts.worst.blocked_by)

    def _determining(self) -> tuple[DeterminingStatement, ...]:
        effect = {Outcome.ALLOW: "Allow", Outcome.EXPLICIT_DENY: "Deny"}.get(self.outcome)
        return tuple(
            DeterminingStatement(layer, row.statement.policy.name, row.number, row.sid, row.span, place=row.place)
            for layer, evaluated in self.evaluation.layers.items()
            for at in evaluated.may_apply
            if evaluated.results[at].applies and (row := evaluated.table.rows[at]).effect == effect
        )

    @property
    def missing_keys(self) -> frozenset[str]:
        """The context keys that the request does not have and that affect the outcome (KEY-5)."""
        return self.evaluation.missing_keys

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """The values that are not known and on which an indeterminate outcome depends (SRC-10).

        Each is named in words, such as ``the parameter VpcEndpointId``. They stand in the texts of policies that were
        read from a template.
        """
        return self.evaluation.unknown_values

    @property
    def assumed(self) -> frozenset[str]:
        """The ids of the rules that AWS does not document and that the outcome depends on."""
        return self.evaluation.assumed

    @property
    def message(self) -> str:
        """The outcome in AWS's words; control characters are written as escapes.

        A denial names no type of policy where it depends on keys that are not known which type AWS names.
        """
        return self.evaluation.message

    @property
    def has_known_message(self) -> bool:
        """Whether the message of a denial names the policy type that AWS names, whatever is not known (MSG-1)."""
        if not is_computed(self, "evaluation"):
            # Only a Deny is decided by the fast path where other layers are not known.
            if self.outcome is not Outcome.EXPLICIT_DENY or self._given is not None:
                return True
            from execpolicy.engine.fast.fast_outcome import fast_outcome_of_layers
            from execpolicy.engine.layered_request import layered_request

            if fast_outcome_of_layers(layered_request(self.request, self.target)) is not None:
                return True
        return self.evaluation.verdicts.named is not None

    def explain(self) -> Explanation:
        """Why: every statement of every layer, with the first clause that failed and its place.

        >>> from execpolicy import Request, authorize
        >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
        ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
        >>> print(str(decision.explain()).splitlines()[0])
        DENY (implicit): no identity-based policy allows execute-api:Invoke
        """
        import execpolicy.engine.explain.explanation

        return execpolicy.engine.explain.explanation.explain(self.evaluation)

    def to_dict(self) -> dict[str, Any]:
        """The decision and its explanation as plain data, by the schema ``docs/schemas/decision-1.json``."""
        return self.explain().to_dict()

    def _repr_html_(self) -> str:
        return self.explain().html()

    def __bool__(self) -> bool:
        raise UsageError(
            "a Decision is neither true nor false",
            advice="use decision.allowed: a decision that is a denial would count as true",
        )

    def __str__(self) -> str:
        import execpolicy.engine.explain.one_line

        determining = [(each.sid, each.place) for each in self.determining_statements]
        return execpolicy.engine.explain.one_line.one_line(self.evaluation, determining)

    def _identity(self) -> tuple[Any, ...]:
        return self.outcome, self.request, self.target

    def _shown(self) -> str:
        return f"<Decision {self.outcome.value}: {self.message}>"

    def __reduce__(self) -> tuple[Any, ...]:
        given = self._layered()
        if given is None:
            return decision_of, (self.outcome, self.request, self.target)
        return decision_of_layers, (self.outcome, given)


_UnfrozenDecision = unfrozen(Decision)


def decision_of(outcome: Outcome, request: Request, target: Target) -> Decision:
    """A decision of which only the outcome is known; everything else is computed when it is first read."""
    decision = _UnfrozenDecision()
    decision.outcome = outcome
    decision.request = request
    decision.target = target
    decision.__class__ = Decision
    return decision


def decision_of_layers(outcome: Outcome, given: LayeredRequest) -> Decision:
    """The same for a request with its layers, which need not be those of IAM."""
    return _decision_of_given(outcome, given.request, given.target, given)


def decision_of_policies(
    outcome: Outcome, request: Request, target: Target, policies: Mapping[Layer, CompiledPolicies], table: Table
) -> Decision:
    """The same for a request and the policies of a service, whose layers are made when they are first read."""
    return _decision_of_given(outcome, request, target, (policies, table))


def _decision_of_given(outcome: Outcome, request: Request, target: Target, given: _GivenLayers) -> Decision:
    decision = _UnfrozenDecision()
    decision.outcome = outcome
    decision.request = request
    decision.target = target
    keep_computed(decision, {"_given": given})
    decision.__class__ = Decision
    return decision
