"""The part of an explanation that answers why: the statements that decide, and those that nearly would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.explain.nearest import nearest_allows
from execpolicy.engine.explain.trace import StatementTrace, deciding_effect, statement_traces
from execpolicy.engine.layers import Layer, Outcome

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation

#: An answer has at most this many statements that decide, and this many that nearly allow.
MAX_DECIDING = 3
MAX_NEAREST = 2
#: The layers of the caller's own policies, which are shown first.
CALLERS_OWN = (Layer.IDENTITY, Layer.AUTHORIZER)


class FoundStatement(NamedTuple):
    """A statement with its layer, and the level of its policy."""

    layer: Layer
    level: int
    statement: StatementTrace


class Answer(NamedTuple):
    """The statements that an answer shows, and how many others there are.

    Attributes:
        deciding: the statements that determine the outcome, or may determine it.
        nearest: of an implicit deny, the Allow statements that match the most.
        otherwise: of an explicit deny, the Allow statements that apply, if the request were allowed without the Denies;
            of an implicit deny, the Allow statements that apply and are not enough.
        others: how many more statements apply, may apply, and do not apply.
    """

    deciding: tuple[FoundStatement, ...]
    nearest: tuple[FoundStatement, ...]
    otherwise: tuple[FoundStatement, ...]
    others: tuple[int, int, int]


#: A statement by its layer and its row.
_Found = tuple[Layer, int]


def answer(evaluation: Evaluation) -> Answer:
    """The statements that an answer shows. Only these are traced."""
    outcome = evaluation.outcome
    deciding: list[_Found] = []
    nearest: list[_Found] = []
    otherwise: list[_Found] = []
    if outcome is Outcome.ALLOW:
        if not evaluation.needs_no_allow:
            deciding = _one_of_each_layer(_applying(evaluation, "Allow"))
    elif outcome is Outcome.INDETERMINATE:
        deciding = _undecided(evaluation)
    elif outcome is Outcome.EXPLICIT_DENY:
        deciding = list(_applying(evaluation, "Deny"))
        if evaluation.without_denies.outcome is Outcome.ALLOW:
            otherwise = _one_of_each_layer(_applying(evaluation, "Allow"))
    else:
        otherwise = _one_of_each_layer(_applying(evaluation, "Allow"))
        nearest = _nearest(evaluation)
    shown = (deciding[:MAX_DECIDING], nearest, otherwise[:MAX_DECIDING])
    decides, near, other = (tuple(_traced(evaluation, each) for each in found) for found in shown)
    return Answer(decides, near, other, _others(evaluation, [each for found in shown for each in found]))


def _traced(evaluation: Evaluation, found: _Found) -> FoundStatement:
    layer, at = found
    evaluated = evaluation.layers[layer]
    (statement,) = statement_traces(evaluated, deciding_effect(evaluation.outcome), at, at + 1)
    return FoundStatement(layer, evaluated.table.rows[at].level, statement)


def _applying(evaluation: Evaluation, effect: str) -> Iterator[_Found]:
    """The statements of an effect that surely apply, in order."""
    for layer, evaluated in evaluation.layers.items():
        for at in evaluated.may_apply:
            if evaluated.results[at].applies and evaluated.table.rows[at].effect == effect:
                yield layer, at


def _one_of_each_layer(found: Iterable[_Found]) -> list[_Found]:
    """The first statement of each layer; the caller's own policies come first."""
    first: dict[Layer, int] = {}
    for layer, at in found:
        first.setdefault(layer, at)
    return sorted(first.items(), key=lambda each: each[0] not in CALLERS_OWN)


def _undecided(evaluation: Evaluation) -> list[_Found]:
    """The statements that may apply: first those in which something decides that is not known."""
    keys = {key.lower() for key in evaluation.missing_keys}

    def is_open(evaluated: LayerEvaluation, at: int) -> bool:
        row = evaluated.table.rows[at]
        return any(
            evaluated.truths[number] is None and clause.key.lower() in keys
            for clause, number in zip(row.clauses, row.clause_numbers, strict=True)
        )

    found = [
        (not is_open(evaluated, at), layer, at)
        for layer, evaluated in evaluation.layers.items()
        for at in evaluated.may_apply
        if evaluated.results[at].applies is None
    ]
    return [(layer, at) for _, layer, at in sorted(found, key=lambda each: each[0])]


def _nearest(evaluation: Evaluation) -> list[_Found]:
    """Of each layer that blocks, the Allow statements that are the nearest to the request."""
    layers = list(evaluation.verdicts.worst.blocked_by)
    # Within an account, a resource policy that names the caller is enough by itself (EVL-4).
    if Layer.RESOURCE in evaluation.layers and Layer.RESOURCE not in layers:
        layers.append(Layer.RESOURCE)
    nearest: list[_Found] = []
    for layer in layers:
        if layer in evaluation.layers and not (layer is Layer.RESOURCE and nearest):
            rows = nearest_allows(evaluation.layers[layer])
            nearest += [(layer, at) for at in rows[: MAX_NEAREST if len(layers) == 1 else 1]]
    return nearest[:MAX_DECIDING]


def _others(evaluation: Evaluation, shown: Iterable[_Found]) -> tuple[int, int, int]:
    """How many statements that are not shown apply, may apply, and do not apply."""
    listed = [evaluation.layers[layer].results[at].applies for layer, at in shown]
    layers = evaluation.layers.values()
    may_apply = [each.results[at].applies for each in layers for at in each.may_apply]
    statements = sum(len(each.results) for each in layers)
    counts = {True: may_apply.count(True), None: may_apply.count(None), False: statements - len(may_apply)}
    apply, may, do_not = (count - listed.count(truth) for truth, count in counts.items())
    return apply, may, do_not
