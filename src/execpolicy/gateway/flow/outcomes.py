"""API Gateway's own tables: how an authorizer and a resource policy combine (GW-16)."""

from __future__ import annotations

from enum import Enum
from functools import partial

from execpolicy.engine.combine import Answers, Table, Verdict, explicit_deny, implicit_deny
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant


class Vote(Enum):
    """What one side says of a call."""

    ALLOW = "allow"
    SILENT = "neither"
    DENY = "deny"


Rows = dict[tuple[Vote, Vote], Outcome]

_ALLOW, _SILENT, _DENY = Vote

#: Caller and API in one account. Columns: the authorizer or the caller's policies; the resource policy.
TABLE_A: Rows = {
    (_ALLOW, _ALLOW): Outcome.ALLOW,
    (_ALLOW, _SILENT): Outcome.ALLOW,
    (_ALLOW, _DENY): Outcome.EXPLICIT_DENY,
    (_SILENT, _ALLOW): Outcome.ALLOW,
    (_SILENT, _SILENT): Outcome.IMPLICIT_DENY,
    (_SILENT, _DENY): Outcome.EXPLICIT_DENY,
    (_DENY, _ALLOW): Outcome.EXPLICIT_DENY,
    (_DENY, _SILENT): Outcome.EXPLICIT_DENY,
    (_DENY, _DENY): Outcome.EXPLICIT_DENY,
}

#: The caller belongs to another account.
TABLE_B: Rows = {
    (_ALLOW, _ALLOW): Outcome.ALLOW,
    (_ALLOW, _SILENT): Outcome.IMPLICIT_DENY,
    (_ALLOW, _DENY): Outcome.EXPLICIT_DENY,
    (_SILENT, _ALLOW): Outcome.IMPLICIT_DENY,
    (_SILENT, _SILENT): Outcome.IMPLICIT_DENY,
    (_SILENT, _DENY): Outcome.EXPLICIT_DENY,
    (_DENY, _ALLOW): Outcome.EXPLICIT_DENY,
    (_DENY, _SILENT): Outcome.EXPLICIT_DENY,
    (_DENY, _DENY): Outcome.EXPLICIT_DENY,
}


def both(rows: Rows, first: Layer) -> Table:
    """The table by which a layer and the resource policy combine."""
    return partial(_look_up, rows=rows, first=first)


def alone(layer: Layer) -> Table:
    """The table of a layer that has to allow by itself."""
    return partial(_alone, layer=layer)


def only_denies(answers: Answers) -> Verdict:
    """The table of a first look, which asks for explicit denies and for nothing else (GW-14)."""
    return explicit_deny(answers) or Verdict(Outcome.ALLOW, ())


def vote(answers: Answers, layer: Layer) -> Vote:
    """What one layer says; one that is not attached is silent."""
    denies, grant = answers.get(layer, (False, Grant.NONE))
    return _DENY if denies else _ALLOW if grant else _SILENT


def _look_up(answers: Answers, rows: Rows, first: Layer) -> Verdict:
    outcome = rows[vote(answers, first), vote(answers, Layer.RESOURCE)]
    if outcome is not Outcome.IMPLICIT_DENY:
        return explicit_deny(answers) or Verdict(outcome, ())
    silent = {layer for layer in (first, Layer.RESOURCE) if vote(answers, layer) is _SILENT}
    # Where either side is enough, the call lacks the first one's Allow.
    return implicit_deny({first} if rows is TABLE_A else silent)


def _alone(answers: Answers, layer: Layer) -> Verdict:
    denied = explicit_deny(answers)
    if denied is not None:
        return denied
    return Verdict(Outcome.ALLOW, ()) if vote(answers, layer) is _ALLOW else implicit_deny({layer})
