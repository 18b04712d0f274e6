"""What requests of one profile share, found once for all of them.

They share caller, action and context. A layer whose policies say nothing of paths has one code for all paths. Where at
most one layer distinguishes paths, as mostly that of the identity policies, it alone is left to evaluate.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.fast.outcome_table import OUTCOMES, combined
from execpolicy.engine.fast.prepared_layer import API_PREFIX
from execpolicy.engine.fast.remaining_checks import DENY
from execpolicy.engine.layers import Outcome
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from execpolicy.engine.caller import Target
    from execpolicy.engine.fast.prepared_layer import MatchSet, PreparedLayer
    from execpolicy.engine.fast.remaining_checks import LayerCode
    from execpolicy.engine.request import Request, ResourceOwner


__all__ = ["API_PREFIX", "SharedLayers", "shared_layers"]


class SharedLayers:
    """The layers for all requests of one profile for paths of the APIs of one owner.

    ``match_set`` is that of the layer that distinguishes paths, and ``outcomes`` has the outcome for each of its codes.
    ``owner`` is None where requests share less than that.
    """

    __slots__ = ("match_set", "outcomes", "owner")

    def __init__(
        self, owner: ResourceOwner | None, match_set: Callable[[str], MatchSet | None], outcomes: dict[object, Outcome]
    ) -> None:
        self.owner = owner
        self.match_set = match_set
        self.outcomes = outcomes


_NOTHING_SHARED = SharedLayers(None, lambda _: None, {})


def shared_layers(request: Request, target: Target) -> SharedLayers | None:
    """What requests of the profile share with a request for a path; None before every layer has its index."""
    _, text, owner, profile, _, _ = request.parts
    of_target, of_owner, layers, state = profile.pair
    if not layers or of_target is not target or of_owner is not owner:
        return None
    prepared = _prepared_layers(request, target, layers)
    if prepared is None:
        return _NOTHING_SHARED
    left, place_of_left = next((each for each in prepared if each[0].distinguishes_paths), prepared[0])
    is_denied = False
    for layer, place in prepared:
        if layer is not left:
            code = layer.code(text, profile, request)
            if code is None or layer.distinguishes_paths or layer.match_set(text) not in profile.results:
                return _NOTHING_SHARED
            if code == DENY:
                is_denied = True
            else:
                state |= code << place
    outcomes: dict[object, Outcome] = {DENY: Outcome.EXPLICIT_DENY}
    for grant in Grant:
        combination = state | grant << place_of_left
        outcomes[grant] = OUTCOMES.get(combination) or combined(combination)
    if is_denied:
        outcomes = dict.fromkeys(outcomes, Outcome.EXPLICIT_DENY)
    return SharedLayers(owner, left.match_set, outcomes)


def _prepared_layers(
    request: Request, target: Target, layers: Sequence[tuple[LayerCode, int]]
) -> list[tuple[PreparedLayer, int]] | None:
    """The layers with their places; None if one is that of an endpoint, which may end the evaluation (EVL-7)."""
    caller = request.caller
    compiled = (*caller.compiled().values(), *target.compiled().values())
    by_code: dict[LayerCode, PreparedLayer] = {
        each.code: each for each in (policies.prepared_for(caller.principal) for policies in compiled)
    }
    if any(code_of not in by_code for code_of, _ in layers):
        return None
    return [(by_code[code_of], place) for code_of, place in layers]
