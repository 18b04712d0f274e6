"""Which layers have to change so that a request is allowed, and the changes that each of them may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

from execpolicy.engine.layers import Layer, Outcome
from execpolicy.suggestions.allowing import allowing
from execpolicy.suggestions.candidate import Candidate, ChangeKind
from execpolicy.suggestions.excluding import excluding

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.engine.full.evaluation import Evaluation
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.suggestions.wanted import WantedRequest

    #: The changes of which one is needed.
    LayerChoices: TypeAlias = Sequence[Candidate]
    #: Gives the request as a layer sees it.
    WantedOf: TypeAlias = Callable[[LayerEvaluation], WantedRequest]

#: So many changes of statements and so many new statements are tried for each layer.
_MOST_OF_STATEMENTS: Final = 6
_MOST_NEW: Final = 4
#: So many combinations of changes are tried for each way to allow the request.
_MOST_COMBINATIONS: Final = 24
#: What the function of an authorizer returns is no text that could be changed.
_NOT_EDITED: Final = (Layer.AUTHORIZER,)


def combinations(evaluation: Evaluation, wanted_of: WantedOf) -> Iterator[tuple[Candidate, ...]]:
    """Sets of changes that may allow a request, those that take the first choices first.

    Args:
        evaluation: the evaluation that denies the request.
        wanted_of: gives the request as a layer sees it.
    """
    denied = [*_against_denies(evaluation, wanted_of)]
    for layers in _ways_to_allow(evaluation):
        allowed = [each for layer in layers for each in _for_layer(evaluation, layer, wanted_of)]
        yield from _products([*denied, *allowed])


def _ways_to_allow(evaluation: Evaluation) -> Iterator[tuple[Layer, ...]]:
    """The layers that have to allow, if no Deny applies. The resource policy may be enough instead (EVL-4, GW-17)."""
    without = evaluation.without_denies
    blocking = () if without.outcome is Outcome.ALLOW else without.blocked_by
    yield tuple(blocking)
    if blocking and Layer.RESOURCE in evaluation.layers and Layer.RESOURCE not in blocking:
        needed = [layer for layer in blocking if layer in (Layer.VPC_ENDPOINT, Layer.SCP)]
        yield (*needed, Layer.RESOURCE)


def _against_denies(evaluation: Evaluation, wanted_of: WantedOf) -> Iterator[LayerChoices]:
    for layer, evaluated in evaluation.layers.items():
        for row, result in zip(evaluated.table.rows, evaluated.results, strict=True):
            if row.statement.denies and result.applies is not False:
                wanted = wanted_of(evaluated)
                found = () if layer in _NOT_EDITED or result.applies is None else excluding(layer, row, wanted)
                yield _limited(found)


def _for_layer(evaluation: Evaluation, layer: Layer, wanted_of: WantedOf) -> Iterator[LayerChoices]:
    """The choices for each level of a layer that does not allow."""
    evaluated = evaluation.layers.get(layer)
    if evaluated is None or layer in _NOT_EDITED:
        yield ()
        return
    wanted = wanted_of(evaluated)
    allowing_levels = {
        row.level
        for row, result in zip(evaluated.table.rows, evaluated.results, strict=True)
        if result.applies is True and not row.statement.denies
    }
    levels = range(max(1, evaluated.table.levels))
    several = [level for level in levels if level not in allowing_levels]
    # A level with an Allow that names the caller too weakly needs another one.
    for level in several or levels:
        yield _limited(allowing(layer, evaluated, level, wanted))


def _limited(candidates: Iterable[Candidate]) -> LayerChoices:
    found = [*candidates]
    new = [each for each in found if each.kind is ChangeKind.NEW_STATEMENT]
    others = [each for each in found if each.kind is not ChangeKind.NEW_STATEMENT]
    # Where only the first few of each layer are combined, a new statement is among them.
    return [*others[:1], *new[:1], *others[1:_MOST_OF_STATEMENTS], *new[1:_MOST_NEW]]


def _products(choices: Sequence[LayerChoices]) -> Iterator[tuple[Candidate, ...]]:
    """One change of each, those with the first ones first."""
    if not choices or not all(choices):
        return
    most = 1
    while len(choices) > 1 and (most + 1) ** len(choices) <= _MOST_COMBINATIONS:
        most += 1
    shortened = [each[:most] if len(choices) > 1 else each for each in choices]
    numbers = product(*(range(len(each)) for each in shortened))
    for chosen in sorted(numbers, key=sum):
        yield tuple(each[at] for each, at in zip(shortened, chosen, strict=True))
