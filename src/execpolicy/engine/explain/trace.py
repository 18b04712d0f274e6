"""The trace of an evaluation: the result of every clause, statement, policy and layer.

Whether a statement applies, how it names the caller and which clause fails first is there from the start. Reasons,
places and the results of the other clauses are computed when they are first read.
"""

from __future__ import annotations

from execpolicy._base.frozen import LazyFrozen, keep_computed, unfrozen
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.unknown_value import unknown_names
from execpolicy.engine.explain.actual_values import actual_values
from execpolicy.engine.explain.clause_reason import clause_reason
from execpolicy.engine.explain.reasons import ClauseReason, Reason
from execpolicy.engine.full.statement_table import traced_row
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar

    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.engine.full.statement_table import ClauseRef, StatementRow
    from execpolicy.engine.view import RequestOrView
    from execpolicy.errors import Source, Span
    from execpolicy.language.truth import Truth


class RequestTrace(NamedTuple):
    """The request; ``context`` holds each key with its values.

    >>> RequestTrace("anonymous", "execute-api:Invoke", "arn:…", "111122223333", (), True).caller
    'anonymous'
    """

    caller: str
    action: str
    resource: str
    resource_account: str
    context: tuple[tuple[str, tuple[str, ...]], ...]
    complete: bool


class ClauseTrace(LazyFrozen):
    """The result of one clause for the request. ``actual`` is None where it is not known.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].statements[0].clauses[0].expected
    ('execute-api:Invoke',)
    """

    FIELDS = ("element", "operator", "key", "expected", "actual", "holds", "reason", "note", "place", "span")
    __slots__ = ("_clause_ref", "_subject", "element", "holds")
    element: str
    operator: str
    key: str
    expected: tuple[str, ...]
    actual: tuple[str, ...] | None
    holds: Truth
    reason: Reason
    note: str
    place: str
    span: Span | None
    _clause_ref: ClauseRef
    _subject: RequestOrView
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "actual": lambda trace: actual_values(trace._clause_ref.occurrence.clause, trace._subject.view()),
        "expected": lambda trace: trace._clause_ref.values,
        "key": lambda trace: trace._clause_ref.key,
        "operator": lambda trace: trace._clause_ref.operator,
        "reason": lambda trace: trace._find_reason().reason,
        "note": lambda trace: trace._find_reason().note,
        "place": lambda trace: trace._clause_ref.place_and_span[0],
        "span": lambda trace: trace._clause_ref.place_and_span[1],
    }

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """The names of the unknown values in the text of a clause that is not known (SRC-10)."""
        if self.holds is not None:
            return ()
        names = self._clause_ref.occurrence.clause.unknown(self._subject.view())
        return tuple(dict.fromkeys(value for name in names for value in unknown_names(name)))

    def _find_reason(self) -> ClauseReason:
        """Reason and note are found together."""
        found = clause_reason(self._clause_ref.occurrence.clause, self._subject.view(), self.holds)
        object.__setattr__(self, "reason", found.reason)
        object.__setattr__(self, "note", found.note)
        return found


_UnfrozenClauseTrace = unfrozen(ClauseTrace)


def _clause_trace(ref: ClauseRef, holds: Truth, subject: RequestOrView) -> ClauseTrace:
    trace = _UnfrozenClauseTrace()
    trace.element = ref.element
    trace.holds = holds
    trace._clause_ref = ref
    trace._subject = subject
    trace.__class__ = ClauseTrace
    return trace


def _clauses(trace: StatementTrace) -> tuple[ClauseTrace, ...]:
    """All clauses. The trace of the first one that failed exists already."""
    evaluated, failed = trace._evaluated, trace.failed
    truths = [evaluated.truths[number] for number in trace._row.clause_numbers]
    subject = evaluated.subject
    clauses = [_clause_trace(each, truth, subject) for each, truth in zip(trace._row.clauses, truths, strict=True)]
    if failed is not None:
        clauses[truths.index(failed.holds)] = failed
    return tuple(clauses)


class StatementTrace(LazyFrozen):
    """The result of one statement for the request. ``failed`` is the first clause that does not hold or is not known.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].statements[0].applies
    True
    """

    FIELDS = (
        *("number", "sid", "effect", "applies", "determining", "grant", "clauses", "failed"),
        *("place", "source", "span"),
    )
    __slots__ = ("_evaluated", "_row", "applies", "determining", "effect", "failed", "grant")
    number: int
    sid: str | None
    effect: str
    applies: Truth
    determining: bool
    grant: Grant
    clauses: tuple[ClauseTrace, ...]
    failed: ClauseTrace | None
    place: str
    source: Source | None
    span: Span | None
    _row: StatementRow
    _evaluated: LayerEvaluation
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "clauses": _clauses,
        "number": lambda trace: trace._row.number,
        "sid": lambda trace: trace._row.sid,
        "place": lambda trace: trace._row.place,
        "source": lambda trace: trace._row.statement.policy.source,
        "span": lambda trace: trace._row.span,
    }

    def unmet(self, most: int) -> tuple[ClauseTrace, ...]:
        """The first clauses that do not hold; where none fails, those that are not known."""
        failed = self.failed
        if failed is None:
            return ()
        return tuple([clause for clause in self.clauses if clause.holds is failed.holds][:most])


def deciding_effect(outcome: Outcome) -> str | None:
    """The effect of the statements that determine an outcome; None where the absence of an Allow does, or nothing."""
    return "Allow" if outcome is Outcome.ALLOW else "Deny" if outcome is Outcome.EXPLICIT_DENY else None


_UnfrozenStatementTrace = unfrozen(StatementTrace)


def statement_traces(
    evaluated: LayerEvaluation, deciding: str | None, start: int, end: int
) -> tuple[StatementTrace, ...]:
    """Statements of a layer, by their rows; one that applies and has the deciding effect determines the outcome."""
    table, subject, traces = evaluated.table, evaluated.subject, []
    traced = evaluated.shared.unmatched.traced(table.rows)[start:end]
    for at in evaluated.changed:
        if start <= at < end:
            traced[at - start] = traced_row(table.rows[at], evaluated.results[at])
    for row, ref, applies, grant in traced:
        trace = _UnfrozenStatementTrace()
        trace.applies = applies
        trace.effect = row.effect
        trace.grant = grant
        if ref is None:
            trace.failed = None
            trace.determining = row.effect == deciding
        else:
            # As in _clause_trace: a call for each statement takes a tenth of all the time.
            clause = _UnfrozenClauseTrace()
            clause.element = ref.element
            clause.holds = applies
            clause._clause_ref = ref
            clause._subject = subject
            clause.__class__ = ClauseTrace
            trace.failed = clause
            trace.determining = False
        trace._row = row
        trace._evaluated = evaluated
        trace.__class__ = StatementTrace
        traces.append(trace)
    return tuple(traces)


class PolicyTrace(NamedTuple):
    """One policy; ``level`` counts the levels of an organization from its root, which is 0; ``source`` is its text.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].name
    'reads'
    """

    name: str
    level: int
    source: Source | None
    statements: tuple[StatementTrace, ...]


class LayerTrace(LazyFrozen):
    """The result of one layer for the request, or why it does not apply.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].verdict
    'implicit_deny'
    """

    FIELDS = ("layer", "outcome", "not_applicable", "policies", "levels")
    __slots__ = ("_evaluation", "layer", "levels", "not_applicable")
    layer: Layer
    outcome: LayerOutcome | None
    not_applicable: str
    policies: tuple[PolicyTrace, ...]
    levels: int
    _evaluation: Evaluation
    COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "outcome": lambda trace: None if trace.not_applicable else trace._evaluation.verdicts.layers[trace.layer],
        "policies": lambda trace: _policy_traces(trace._evaluation, trace.layer),
    }

    @property
    def verdict(self) -> str:
        """``explicit_deny``, ``allow``, ``implicit_deny``, ``unknown`` or ``not_applicable``."""
        if self.outcome is None:
            return "not_applicable"
        if self.outcome.deny:
            return str(Outcome.EXPLICIT_DENY.value)
        if self.layer is Layer.RCP and self.outcome.deny is False:
            return str(Outcome.ALLOW.value)  # RCPs only deny (EVL-3)
        if self.outcome.deny is None or (self.outcome.grant is Grant.NONE and self.outcome.possible_grant):
            return "unknown"
        return str((Outcome.ALLOW if self.outcome.grant else Outcome.IMPLICIT_DENY).value)


def _policy_traces(evaluation: Evaluation, layer: Layer) -> tuple[PolicyTrace, ...]:
    evaluated = evaluation.layers.get(layer)
    if evaluated is None:
        return ()
    deciding = deciding_effect(evaluation.outcome)
    policies = []
    for policy, level, start, end in evaluated.table.policies:
        policies.append(
            PolicyTrace(policy.name, level, policy.source, statement_traces(evaluated, deciding, start, end))
        )
    return tuple(policies)


_UnfrozenLayerTrace = unfrozen(LayerTrace)


def layer_trace(layer: Layer, evaluation: Evaluation, levels: int, not_applicable: str = "") -> LayerTrace:
    """A layer; its outcome and its statements are those of the evaluation."""
    trace = _UnfrozenLayerTrace()
    trace.layer = layer
    trace.levels = levels
    trace.not_applicable = not_applicable
    trace._evaluation = evaluation
    keep_computed(trace, {})
    trace.__class__ = LayerTrace
    return trace


def layer_traces(evaluation: Evaluation) -> tuple[LayerTrace, ...]:
    """Every layer that was given, in order."""
    traces = [layer_trace(layer, evaluation, each.table.levels) for layer, each in evaluation.layers.items()]
    not_applicable = evaluation.not_applicable
    if not_applicable:
        traces += [layer_trace(layer, evaluation, 1, reason) for layer, reason in not_applicable.items()]
        order = list(Layer)
        traces.sort(key=lambda trace: order.index(trace.layer))
    return tuple(traces)
