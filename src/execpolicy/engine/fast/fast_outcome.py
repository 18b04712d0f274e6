"""The outcome without an explanation: that of the full evaluation, or None where something is not known."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.caller import Target
from execpolicy.engine.fast.outcome_table import OUTCOMES, SAME_ACCOUNT, SAME_PARTITION, combined
from execpolicy.engine.fast.remaining_checks import DENY
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import CompiledPair, Request, RequestProfile, ResourceOwner
from execpolicy.language.arn import API_PREFIX
from execpolicy.language.context_keys import UNCATALOGUED_FLAG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from execpolicy.engine.combine import Table
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.fast.remaining_checks import LayerCode
    from execpolicy.engine.layered_request import LayeredRequest
    from execpolicy.engine.layers import Layer

#: The requests of a profile share their outcomes after this many: a context that is used once has nothing to share.
DECIDED_BEFORE_SHARED = 4


def fast_outcome(request: Request, target: Target) -> Outcome | None:
    """The outcome of a request that IAM decides; None where only the full evaluation can tell.

    The endpoint's policy is first, and final where it denies or does not allow (EVL-7). Then a Deny that applies is
    final, even if results of other layers are unknown (EVL-1).

    Raises RequestError: the context has a key that no policy and no service knows (KEY-1).
    """
    context, text, owner, profile, _, _ = request.parts
    of_target, of_owner, layer, outcomes = profile.shared
    if layer is not None and of_target is target and of_owner is owner and "/" in text and text.startswith(API_PREFIX):
        outcome = outcomes.get(profile.results.get(layer.by_text.get(text) or layer.find_match_set(text)))
        if outcome is not None:
            return outcome
    decided = profile.decided = profile.decided + 1
    of_target, of_owner, layers, state = profile.pair
    if of_target is not target or of_owner is not owner:
        if context.key_flags & UNCATALOGUED_FLAG:
            # The profile of a context with such keys is new, so that its pair with any target is checked.
            from execpolicy.engine.unrecognized_keys import refuse_unnamed_by

            refuse_unnamed_by(request, target)
        layers, state = _layers_and_state(profile, owner, target)
    if layers is None:
        return None
    if decided >= DECIDED_BEFORE_SHARED and not decided & (decided - 1):
        from execpolicy.engine.fast.shared_layers import share_outcomes  # only several decisions need it

        share_outcomes(request, target)  # it may not succeed: then it is tried again when the number has doubled
    for code_of, place in layers:
        code = code_of(text, profile, request)
        if code is None:
            return None
        if code < 0:
            return Outcome.EXPLICIT_DENY if code == DENY else Outcome.IMPLICIT_DENY
        state |= code << place
    return OUTCOMES.get(state) or combined(state)


def _layers_and_state(
    profile: RequestProfile, owner: ResourceOwner, target: Target
) -> tuple[tuple[tuple[LayerCode, int], ...] | None, int]:
    """What all requests of a profile for resources of one owner share; kept once every layer has its index."""
    caller = profile.caller
    principal = caller.principal
    of_caller, of_target = caller.layer_codes, target.layer_codes_for(principal)
    if of_caller.layers is None or of_target.layers is None or profile.principal is not principal:
        profile.pair = CompiledPair(target, owner, None, 0)
        return None, 0
    state = of_caller.state | of_target.state
    if principal.account == owner.account:
        state |= SAME_ACCOUNT
    if principal.partition == owner.partition or not principal.partition:
        state |= SAME_PARTITION
    layers = of_target.first + of_caller.layers + of_target.layers
    if of_caller.is_final and of_target.is_final:
        profile.pair = pair = CompiledPair(target, owner, layers, state)
        caller.keep_pair(pair)
    return layers, state


def fast_outcome_of_policies(
    request: Request, policies: Mapping[Layer, CompiledPolicies], table: Table
) -> Outcome | None:
    """As ``fast_outcome_of_layers``, for layers that all have the same view of a request, which need not be made."""
    _, text, _, profile, _, _ = request.parts
    answers = {}
    for layer, compiled in policies.items():
        answer = compiled.answer(text, profile, request)
        if answer is None:
            return None
        answers[layer] = answer
    return table(answers).outcome


def fast_outcome_of_layers(given: LayeredRequest) -> Outcome | None:
    """The outcome of a request with its layers and its table; None where only the full evaluation can tell."""
    answers = {}
    for layer, applied in given.layers.items():
        view = applied.view
        answer = applied.policies.answer(view.resource, view.cache(), view)
        if answer is None:
            return None
        answers[layer] = answer
    return given.table(answers).outcome
