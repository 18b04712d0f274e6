"""Deciding without an account of it: the same outcome as the explaining run, or none where something is not known."""

from __future__ import annotations

from execpolicy.engine.caller import Target
from execpolicy.engine.case import Case
from execpolicy.engine.chain import DENY
from execpolicy.engine.layers import Outcome
from execpolicy.engine.plan import SAME_ACCOUNT, SAME_PARTITION, settled
from execpolicy.engine.request import Request


def outcome_of(request: Request, target: Target) -> Outcome | None:
    """The outcome of a request that IAM decides; None where only the explaining run can tell.

    A Deny that applies is final, whatever the other layers do not know (EVL-1).
    """
    sender = request.sender
    caller = sender.caller
    principal = caller.principal
    mine, theirs = caller._plan or caller.make_plan(), target._plan or target.make_plan()
    if mine.layers is None or theirs.layers is None or sender.principal is not principal:
        return None
    state = mine.state | theirs.state
    site = request.site
    if principal.account == site.account:
        state |= SAME_ACCOUNT
    if principal.partition == site.partition or not principal.partition:
        state |= SAME_PARTITION
    text = request.resource
    for layers in (mine.layers, theirs.layers):
        for code_of, place in layers:
            code = code_of(text, sender, request)
            if code is None:
                return None
            if code == DENY:
                return Outcome.EXPLICIT_DENY
            state |= code << place
    return settled(state)


def outcome_of_case(case: Case) -> Outcome | None:
    """The outcome of a case, whatever its layers and its table; None where only the explaining run can tell."""
    answers = {}
    for layer, part in case.parts.items():
        view = part.view
        answer = part.policies.chains.answer(view.arn.text, view.setting(), view)
        if answer is None:
            return None
        answers[layer] = answer
    return case.table(answers).outcome
