"""The values of context keys with which a request that is not allowed would be allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.clause import spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.explain.condition_value import value_for
from execpolicy.engine.explain.nearest import by_distance, nearest_allows
from execpolicy.engine.fast.fast_outcome import fast_outcome, fast_outcome_of_layers
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.layered_request import in_context, request_in_context
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.language.context_keys import ENDPOINT_KEYS, OTHER_ENDPOINT_KEYS, TIME_KEYS

if TYPE_CHECKING:
    from execpolicy.engine.full.statement_table import ClauseRef
    from execpolicy.engine.view import SharedCache
    from execpolicy.language.truth import Truth

    #: Values of context keys, by the name of the key.
    Values = dict[str, str]

_OF_ENDPOINT = (*ENDPOINT_KEYS, *OTHER_ENDPOINT_KEYS)
_SOURCE_IP = ("aws:sourceip",)
#: This many contexts are tried, and this many Denies are taken out at once.
_MAX_CONTEXTS = 4
_MAX_DENIES = 8


class AllowingContext(NamedTuple):
    """Keys with the values that allow a request, and the keys of its context whose place they take.

    A key of ``replaced`` is given with another value, or cannot be given together with one of ``values``.
    """

    values: tuple[tuple[str, str], ...]
    replaced: tuple[tuple[str, tuple[str, ...]], ...]


def allowing_context(evaluation: Evaluation) -> AllowingContext | None:
    """A context with which a request would be allowed, confirmed by an evaluation; None if none is found."""
    return evaluation.once("allowing context", lambda: _allowing_context(evaluation))


def _allowing_context(evaluation: Evaluation) -> AllowingContext | None:
    def allows(context: Context) -> bool:
        return outcome_in(evaluation, context) is Outcome.ALLOW

    return confirmed(evaluation.request.context, proposed_values(evaluation), allows, evaluation.request.profile)


def outcome_in(evaluation: Evaluation, context: Context) -> Outcome:
    """The outcome of a request in another context.

    Raises RequestError: the context contradicts the request, or itself.
    """
    before = evaluation.layered_request
    if before.is_of_iam:
        request = request_in_context(before.request, context)
        return fast_outcome(request, before.target) or Evaluation(request, before.target).outcome
    given = in_context(before, context)
    return fast_outcome_of_layers(given) or Evaluation(given.request, given.target, given).outcome


def confirmed(
    context: Context,
    proposed: Iterable[Values],
    allows: Callable[[Context], bool],
    cache: SharedCache | None = None,
) -> AllowingContext | None:
    """The first proposal that ``allows`` confirms; a context that contradicts itself or the request is none.

    ``cache`` is that of the requests in this context: it keeps the contexts of proposals, which are the same for them.
    """
    for number, values in enumerate(proposed):
        if number == _MAX_CONTEXTS:
            break
        try:
            if allows(_cached(cache, context, values)):
                return AllowingContext(tuple(values.items()), tuple(_replaced(context, values)))
        except ExecPolicyError:
            continue
    return None


def proposed_values(evaluation: Evaluation) -> Iterator[Values]:
    """Values of keys that may change the outcome to an allow, by the conditions of the statements that decide it."""
    denied = _values_against_denies(evaluation)
    if denied is None:
        return
    allowing = list(_values_for_allows(evaluation))
    if denied:
        yield denied
    for values in allowing:
        both = _merged((denied, values))
        if both:
            yield both


def _values_against_denies(evaluation: Evaluation) -> Values | None:
    """Values with which no Deny applies that applies or may apply; None if there are no such values."""
    found: list[Values] = []
    for evaluated in evaluation.layers.values():
        for at in evaluated.may_apply:
            if evaluated.table.rows[at].effect != "Deny":
                continue
            applies = evaluated.results[at].applies
            # Those that make it apply, or that are not known.
            deciding = [ref for ref, truth in _clauses(evaluated, at) if truth is applies]
            values = next(_values(deciding, holds=False), None)
            if values is None or len(found) == _MAX_DENIES:
                return None
            found.append(values)
    return _merged(found)


def _values_for_allows(evaluation: Evaluation) -> Iterator[Values]:
    """Values with which statements allow that do not, in all layers that would have to; or in the resource policy."""
    blocking = evaluation.without_denies.blocked_by
    by_layer = [_values_for_layer(evaluation, layer) for layer in blocking]
    if by_layer and all(by_layer):
        for number in range(max(map(len, by_layer))):
            merged = _merged([values[min(number, len(values) - 1)] for values in by_layer])
            if merged:
                yield merged
    if blocking and Layer.RESOURCE not in blocking:
        yield from _values_for_layer(evaluation, Layer.RESOURCE)


def _values_for_layer(evaluation: Evaluation, layer: Layer) -> list[Values]:
    evaluated = evaluation.layers.get(layer)
    if evaluated is None or not by_distance(evaluated).others:
        return []  # no values of keys make another resource match
    return [values for at in nearest_allows(evaluated)[:_MAX_CONTEXTS] if (values := _satisfying(evaluated, at))]


def _satisfying(evaluated: LayerEvaluation, at: int) -> Values | None:
    """Values with which an Allow applies; None if more than conditions fail, or one has no value."""
    failing = [ref for ref, truth in _clauses(evaluated, at) if not truth]
    if any(not isinstance(ref.occurrence.clause, ConditionClause) for ref in failing):
        return None
    found = list(_values(failing, holds=True))
    return _merged(found) if len(found) == len(failing) else None


def _clauses(evaluated: LayerEvaluation, at: int) -> Iterator[tuple[ClauseRef, Truth]]:
    """The clauses of a statement, and whether each holds."""
    row = evaluated.table.rows[at]
    for ref, number in zip(row.clauses, row.clause_numbers, strict=True):
        yield ref, evaluated.truths[number]


def _values(clauses: Iterable[ClauseRef], *, holds: bool) -> Iterator[Values]:
    """A value of the key of each condition, with which it holds or does not hold."""
    for ref in clauses:
        clause = ref.occurrence.clause
        if isinstance(clause, ConditionClause):
            value = value_for(clause, holds=holds)
            key = spelled(clause.condition.key)
            # The option --context and its likes take KEY=VALUE.
            if value is not None and "=" not in key and (key + value).isprintable():
                yield {ref.key if key == clause.condition.key else key: value}


def _merged(found: Iterable[Values]) -> Values | None:
    """All the values together; None if two of them are of one key."""
    merged: Values = {}
    for values in found:
        for key, value in values.items():
            if merged.setdefault(key, value) != value:
                return None
    return merged


def _cached(cache: SharedCache | None, context: Context, values: Values) -> Context:
    if cache is None:
        return _with_values(context, values)
    key = ("allowing context", *values.items())
    found: Context | None = cache.results.get(key)
    if found is None:
        found = _with_values(context, values)
        cache.store(key, found)
    return found


def _with_values(context: Context, values: Values) -> Context:
    """A context with other values, without the keys that cannot be given together with them."""
    replaced = {key for key, _ in _replaced(context, values)}
    kept = {key: given for key, given in context.values.items() if key not in replaced}
    return Context({**kept, **values}, complete=context.complete, allow_unknown=context.allow_unknown)


def _replaced(context: Context, values: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys of a context that have another value, or that no request has together with one of the new keys."""
    new = {key.lower() for key in values}
    lost = set(new)
    for one, other in ((_OF_ENDPOINT, _SOURCE_IP), (_SOURCE_IP, _OF_ENDPOINT), (TIME_KEYS, TIME_KEYS)):
        if not new.isdisjoint(one):
            lost.update(other)
    for key, given in context.values.items():
        if key.lower() in lost:
            yield key, given
