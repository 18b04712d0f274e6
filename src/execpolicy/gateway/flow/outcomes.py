"""API Gateway's tables: how an authorizer and a resource policy combine (GW-16).

Table A is here for Lambda authorizers. In Table B a valid Cognito token is an Allow of one side, so that the result is
that of the resource policy alone. For callers with AWS_IAM the engine decides as both tables do (GW-13).
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from execpolicy.engine.combine import Answers, Table, Verdict, explicit_deny, implicit_deny
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant


class PolicyResult(StrEnum):
    """The result of the policies of one layer for a call."""

    ALLOW = "allow"
    NEITHER = "neither"
    DENY = "deny"


_ALLOW = PolicyResult.ALLOW
_NEITHER = PolicyResult.NEITHER
_DENY = PolicyResult.DENY

#: One Allow is enough: of the authorizer (first) or of the resource policy (second). An authorizer's policy without a
#: matching statement therefore does not deny what the resource policy allows (GW-17).
TABLE_A: dict[tuple[PolicyResult, PolicyResult], Outcome] = {
    (_ALLOW, _ALLOW): Outcome.ALLOW,
    (_ALLOW, _NEITHER): Outcome.ALLOW,
    (_ALLOW, _DENY): Outcome.EXPLICIT_DENY,
    (_NEITHER, _ALLOW): Outcome.ALLOW,
    (_NEITHER, _NEITHER): Outcome.IMPLICIT_DENY,
    (_NEITHER, _DENY): Outcome.EXPLICIT_DENY,
    (_DENY, _ALLOW): Outcome.EXPLICIT_DENY,
    (_DENY, _NEITHER): Outcome.EXPLICIT_DENY,
    (_DENY, _DENY): Outcome.EXPLICIT_DENY,
}


def by_table_a(answers: Answers) -> Verdict:
    """The table for the policy of a Lambda authorizer and the resource policy."""
    outcome = TABLE_A[result_of_layer(answers, Layer.AUTHORIZER), result_of_layer(answers, Layer.RESOURCE)]
    if outcome is Outcome.IMPLICIT_DENY:
        # Either Allow is enough; the one that is missing is the authorizer's.
        return implicit_deny({Layer.AUTHORIZER})
    return explicit_deny(answers) or Verdict(outcome, ())


def alone(layer: Layer) -> Table:
    """The table for a single layer, which must allow."""
    return _ALONE[layer]


def only_denies(answers: Answers) -> Verdict:
    """The table of the first evaluation, in which only explicit denies count (GW-14)."""
    return explicit_deny(answers) or Verdict(Outcome.ALLOW, ())


def result_of_layer(answers: Answers, layer: Layer) -> PolicyResult:
    """The result of one layer; NEITHER if it has no policies."""
    denies, grant = answers.get(layer, (False, Grant.NONE))
    return _DENY if denies else _ALLOW if grant else _NEITHER


def _alone(answers: Answers, layer: Layer) -> Verdict:
    if answers.get(layer) in _PLAIN_ALLOWS and len(answers) == 1:
        return _ALLOWED
    denied = explicit_deny(answers)
    if denied is not None:
        return denied
    return _ALLOWED if result_of_layer(answers, layer) is _ALLOW else implicit_deny({layer})


_ALLOWED = Verdict(Outcome.ALLOW, ())
#: The answers of a layer that allows.
_PLAIN_ALLOWS = tuple((False, grant) for grant in Grant if grant)
_ALONE: dict[Layer, Table] = {layer: partial(_alone, layer=layer) for layer in Layer}
