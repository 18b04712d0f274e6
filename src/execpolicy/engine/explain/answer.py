"""The part of an explanation that answers why: the statements that decide, and those that nearly would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.explain.nearest import nearest_allows
from execpolicy.engine.explain.trace import LayerTrace, PolicyTrace, StatementTrace
from execpolicy.engine.layers import Layer, Outcome

if TYPE_CHECKING:
    from execpolicy.engine.full.evaluation import Evaluation

#: An answer has at most this many statements that decide, and this many that nearly allow.
MAX_DECIDING = 3
MAX_NEAREST = 2
#: The layers of the caller's own policies, which are shown first.
CALLERS_OWN = (Layer.IDENTITY, Layer.AUTHORIZER)


class FoundStatement(NamedTuple):
    """A statement with its policy and its layer."""

    layer: Layer
    policy: PolicyTrace
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


def answer(evaluation: Evaluation, layers: Iterable[LayerTrace]) -> Answer:
    """The statements that an answer shows.

    Args:
        evaluation: the evaluation of the request.
        layers: its traces.
    """
    outcome = evaluation.outcome
    by_layer = {layer.layer: list(_statements(layer)) for layer in layers}
    found = [each for statements in by_layer.values() for each in statements]
    deciding: list[FoundStatement] = []
    nearest: list[FoundStatement] = []
    otherwise: list[FoundStatement] = []
    if outcome is Outcome.ALLOW:
        if not evaluation.needs_no_allow:
            deciding = _one_of_each_layer(each for each in found if each.statement.determining)
    elif outcome is Outcome.INDETERMINATE:
        deciding = _undecided(evaluation, found)
    else:
        deciding = [each for each in found if each.statement.determining]
        allows = [each for each in found if each.statement.applies and each.statement.effect == "Allow"]
        if outcome is Outcome.IMPLICIT_DENY or evaluation.without_denies.outcome is Outcome.ALLOW:
            otherwise = _one_of_each_layer(allows)
        if outcome is Outcome.IMPLICIT_DENY:
            nearest = _nearest(evaluation, by_layer)
    shown = (tuple(deciding[:MAX_DECIDING]), tuple(nearest), tuple(otherwise[:MAX_DECIDING]))
    return Answer(*shown, _others(found, shown))


def _statements(layer: LayerTrace) -> Iterator[FoundStatement]:
    for policy in layer.policies:
        for statement in policy.statements:
            yield FoundStatement(layer.layer, policy, statement)


def _one_of_each_layer(found: Iterable[FoundStatement]) -> list[FoundStatement]:
    """The first statement of each layer; the caller's own policies come first."""
    first: dict[Layer, FoundStatement] = {}
    for each in found:
        first.setdefault(each.layer, each)
    return sorted(first.values(), key=lambda each: each.layer not in CALLERS_OWN)


def _undecided(evaluation: Evaluation, found: Iterable[FoundStatement]) -> list[FoundStatement]:
    """The statements that may apply: first those in which something decides that is not known."""
    keys = {key.lower() for key in evaluation.missing_keys}

    def is_open(each: FoundStatement) -> bool:
        return any(trace.holds is None and trace.key.lower() in keys for trace in each.statement.clauses)

    return sorted((each for each in found if each.statement.applies is None), key=lambda each: not is_open(each))


def _nearest(evaluation: Evaluation, by_layer: dict[Layer, list[FoundStatement]]) -> list[FoundStatement]:
    """Of each layer that blocks, the Allow statements that are the nearest to the request."""
    layers = list(evaluation.verdicts.worst.blocked_by)
    # Within an account, a resource policy that names the caller is enough by itself (EVL-4).
    if Layer.RESOURCE in evaluation.layers and Layer.RESOURCE not in layers:
        layers.append(Layer.RESOURCE)
    nearest: list[FoundStatement] = []
    for layer in layers:
        if layer in evaluation.layers and not (layer is Layer.RESOURCE and nearest):
            rows = nearest_allows(evaluation.layers[layer])
            nearest += [by_layer[layer][at] for at in rows[: MAX_NEAREST if len(layers) == 1 else 1]]
    return nearest[:MAX_DECIDING]


def _others(found: Iterable[FoundStatement], shown: Iterable[Iterable[FoundStatement]]) -> tuple[int, int, int]:
    """How many statements that are not shown apply, may apply, and do not apply."""
    listed = {id(each.statement) for statements in shown for each in statements}
    truths = [each.statement.applies for each in found if id(each.statement) not in listed]
    return truths.count(True), truths.count(None), truths.count(False)
