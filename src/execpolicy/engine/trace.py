"""What is known of a decision afterwards: every clause, statement, policy and layer against the request."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.reasons import Reason
from execpolicy.language.condition import Truth
from execpolicy.language.grant import Grant
from execpolicy.source import Source, Span


class RequestTrace(NamedTuple):
    """The request as it was put; ``context`` holds each key with its values.

    >>> RequestTrace("anonymous", "execute-api:Invoke", "arn:…", "111122223333", (), True).caller
    'anonymous'
    """

    caller: str
    action: str
    resource: str
    resource_account: str
    context: tuple[tuple[str, tuple[str, ...]], ...]
    complete: bool


class ClauseTrace(NamedTuple):
    """One clause against the request. ``actual`` is None where it is not known.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].statements[0].clauses[0].expected
    ('execute-api:Invoke',)
    """

    element: str
    operator: str
    key: str
    expected: tuple[str, ...]
    actual: tuple[str, ...] | None
    holds: Truth
    reason: Reason
    note: str
    place: str
    span: Span | None


class StatementTrace(NamedTuple):
    """One statement against the request. ``failed`` is the first clause that did not hold, or was not known to.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].statements[0].applies
    True
    """

    number: int
    sid: str | None
    effect: str
    applies: Truth
    determining: bool
    grant: Grant
    clauses: tuple[ClauseTrace, ...]
    failed: ClauseTrace | None
    place: str
    span: Span | None


class PolicyTrace(NamedTuple):
    """One policy; ``level`` counts the levels of an organization from its root, which is 0; ``source`` is its text.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    ...     kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].policies[0].name
    'reads'
    """

    name: str
    level: int
    source: Source | None
    statements: tuple[StatementTrace, ...]


class LayerTrace(NamedTuple):
    """One layer: what it says of the request, or why it has no say.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> decision.explain().layers[0].verdict
    'implicit_deny'
    """

    layer: Layer
    outcome: LayerOutcome | None
    not_applicable: str
    policies: tuple[PolicyTrace, ...]
    levels: int = 1

    @property
    def verdict(self) -> str:
        """``explicit_deny``, ``allow``, ``implicit_deny``, ``unknown`` or ``not_applicable``."""
        if self.outcome is None:
            return "not_applicable"
        if self.outcome.deny:
            return str(Outcome.EXPLICIT_DENY.value)
        if self.layer is Layer.RCP and self.outcome.deny is False:
            return str(Outcome.ALLOW.value)  # RCPs only deny (EVL-3)
        if self.outcome.deny is None or (self.outcome.grant is Grant.NONE and self.outcome.possible_grant):
            return "unknown"
        return str((Outcome.ALLOW if self.outcome.grant else Outcome.IMPLICIT_DENY).value)
