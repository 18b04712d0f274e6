"""Deciding without an account of it: the same outcome as the explaining run, or none where something is not known."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.caller import Target
from execpolicy.engine.fast.chain import DENY
from execpolicy.engine.fast.outcome_table import SAME_ACCOUNT, SAME_PARTITION, settled
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Meeting, Request, Sender, Site
from execpolicy.language.context_keys import UNCATALOGUED_FLAG

if TYPE_CHECKING:
    from execpolicy.engine.layered_request import LayeredRequest


def outcome_of(request: Request, target: Target) -> Outcome | None:
    """The outcome of a request that IAM decides; None where only the explaining run can tell.

    A Deny that applies is final, whatever the other layers do not know (EVL-1).

    Raises RequestError: the context has a key that means nothing to anybody (KEY-1).
    """
    context, text, site, sender, _, _ = request.parts
    at, of, layers, state = sender.met
    if at is not target or of is not site:
        if context.key_flags & UNCATALOGUED_FLAG:
            # The sender of a context with such keys is new, so that it meets no target without being asked.
            from execpolicy.engine.unrecognized_keys import refuse_unnamed_by

            refuse_unnamed_by(request, target)
        sender.met = met = _meeting(sender, site, target)
        _, _, layers, state = met
    if layers is None:
        return None
    for code_of, place in layers:
        code = code_of(text, sender, request)
        if code is None:
            return None
        if code == DENY:
            return Outcome.EXPLICIT_DENY
        state |= code << place
    return settled(state)


def _meeting(sender: Sender, site: Site, target: Target) -> Meeting:
    """What is the same for all requests of a sender for resources of one site."""
    caller = sender.caller
    principal = caller.principal
    mine, theirs = caller._plan, target.plan_for(principal)
    if mine.layers is None or theirs.layers is None or sender.principal is not principal:
        return Meeting(target, site, None, 0)
    state = mine.state | theirs.state
    if principal.account == site.account:
        state |= SAME_ACCOUNT
    if principal.partition == site.partition or not principal.partition:
        state |= SAME_PARTITION
    met = Meeting(target, site, mine.layers + theirs.layers, state)
    caller.remember(met)
    return met


def outcome_of_layers(given: LayeredRequest) -> Outcome | None:
    """The outcome of a request with its layers and its table; None where only the full evaluation can tell."""
    answers = {}
    for layer, applied in given.layers.items():
        view = applied.view
        answer = applied.policies.chains_for(view.principal).answer(view.resource, view.setting(), view)
        if answer is None:
            return None
        answers[layer] = answer
    return given.table(answers).outcome
