"""What requests of one profile share, found once for all of them.

They share caller, action and context. A layer whose policies say nothing of paths has one code for all paths. Where at
most one layer distinguishes paths, as mostly that of the identity policies, it alone is left to evaluate.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.fast.outcome_table import OUTCOMES, combined
from execpolicy.engine.fast.remaining_checks import DENY
from execpolicy.engine.layers import Outcome
from execpolicy.language.arn import API_PREFIX
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from execpolicy.engine.caller import Target
    from execpolicy.engine.fast.prepared_layer import PreparedLayer
    from execpolicy.engine.fast.remaining_checks import LayerCode
    from execpolicy.engine.request import Request


def share_outcomes(request: Request, target: Target) -> None:
    """Keep what the requests of the profile share for paths of the APIs of the owner, if one such request is given.

    Nothing is kept before every layer has its index, and where more than one layer distinguishes paths.
    """
    _, text, owner, profile, _, _ = request.parts
    of_target, of_owner, layers, state = profile.pair
    # The codes of this request are those of other paths only if its resource is one.
    is_path = "/" in text and text.startswith(API_PREFIX)
    if not is_path or not layers or of_target is not target or of_owner is not owner:
        return
    prepared = _prepared_layers(request, target, layers)
    if prepared is None:
        return
    left, place_of_left = next((each for each in prepared if each[0].distinguishes_paths), prepared[0])
    is_denied = False
    for layer, place in prepared:
        if layer is not left:
            code = layer.code(text, profile, request)
            if code is None or layer.distinguishes_paths or layer.match_set(text) not in profile.results:
                return
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
    profile.shared = (target, owner, left, outcomes)


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
