"""Tell whether a call to an Amazon API Gateway API gets through, and why: the public names, all else may change."""

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize, authorize_many
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.decision import Decision, DeterminingStatement
from execpolicy.engine.explanation import Explanation
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.reasons import Reason
from execpolicy.engine.request import Request
from execpolicy.engine.trace import ClauseTrace, LayerTrace, PolicyTrace, RequestTrace, StatementTrace
from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, RequestError, UsageError
from execpolicy.language.context import Context
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal
from execpolicy.source import Source, Span

__all__ = [
    "Caller",
    "ClauseTrace",
    "Context",
    "Decision",
    "DeterminingStatement",
    "Diagnostic",
    "ExecPolicyError",
    "Explanation",
    "Grant",
    "Layer",
    "LayerTrace",
    "Outcome",
    "Policy",
    "PolicyKind",
    "PolicySyntaxError",
    "PolicyTrace",
    "Principal",
    "Reason",
    "Request",
    "RequestError",
    "RequestTrace",
    "Source",
    "Span",
    "StatementTrace",
    "Target",
    "UsageError",
    "authorize",
    "authorize_many",
]
