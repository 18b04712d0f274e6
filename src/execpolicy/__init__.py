"""Decide whether a call to an Amazon API Gateway API is allowed, and explain why: the public names.

Written by ``make docs`` from ``tools/public_names.txt``: change that file.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.access import Access, AccessGroup
    from execpolicy.analysis.compare import compare
    from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
    from execpolicy.analysis.invariants.invariant import Invariant
    from execpolicy.analysis.proof import Proof, ProofVerdict
    from execpolicy.analysis.prove import prove
    from execpolicy.analysis.unused import StatementFinding, UnusedKind, unused_statements
    from execpolicy.analysis.who import who
    from execpolicy.analysis.witness import Witness, WitnessCall
    from execpolicy.api import Api
    from execpolicy.bulk.access_matrix import CellOutcome, Matrix, MatrixCell
    from execpolicy.bulk.columns import authorize_columns
    from execpolicy.bulk.logged_verdict import NotComparable
    from execpolicy.bulk.matrix import matrix
    from execpolicy.bulk.narrow import NotNarrowedError, narrow
    from execpolicy.bulk.narrowed import Narrowed, NarrowedStatement
    from execpolicy.bulk.replay import replay
    from execpolicy.bulk.replay_result import CallChange, NotReplayed, Replay, ReplayGroup
    from execpolicy.bulk.replay_score import Disagreement, Score
    from execpolicy.bulk.unknown_cause import UnknownCause
    from execpolicy.call import Call
    from execpolicy.document.kinds import PolicyKind
    from execpolicy.document.policy import Policy
    from execpolicy.engine.authorize import authorize, authorize_many
    from execpolicy.engine.caller import Caller, Target
    from execpolicy.engine.decision import Decision, DeterminingStatement
    from execpolicy.engine.explain.explanation import Explanation
    from execpolicy.engine.explain.reasons import Reason
    from execpolicy.engine.explain.trace import ClauseTrace, LayerTrace, PolicyTrace, RequestTrace, StatementTrace
    from execpolicy.engine.layers import Layer, Outcome
    from execpolicy.engine.request import Request
    from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, RequestError, Source, Span, UsageError
    from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
    from execpolicy.gateway.authorizers.cache import AuthorizerCache
    from execpolicy.gateway.authorizers.output import AuthorizerOutput
    from execpolicy.gateway.flow.authorizer_event import event_for
    from execpolicy.gateway.flow.integration_request import IntegrationRequest
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.flow.sent_response import SentResponse
    from execpolicy.gateway.flow.step import CallOutcome, Step
    from execpolicy.gateway.model.authorizer import Authorizer, Claim, Issuer
    from execpolicy.gateway.model.domain import Domain, Mapped
    from execpolicy.gateway.model.gateway_responses import CustomGatewayResponse
    from execpolicy.gateway.model.method_settings import MethodSetting
    from execpolicy.gateway.model.names import (
        ApiType,
        AuthorizerType,
        AuthType,
        CacheRefusal,
        EndpointType,
        KeySource,
        ResponseType,
    )
    from execpolicy.gateway.model.readings import Readings
    from execpolicy.gateway.model.route import Route
    from execpolicy.gateway.model.routing_rule import RoutingRule
    from execpolicy.gateway.model.stage import ApiKey, Stage
    from execpolicy.language.context import Context
    from execpolicy.language.grant import Grant
    from execpolicy.language.principal import Principal
    from execpolicy.linter.finding import Finding
    from execpolicy.linter.run import lint, lint_file
    from execpolicy.linter.severity import Severity
    from execpolicy.suggestions.candidate import ChangeKind
    from execpolicy.suggestions.suggest import suggest
    from execpolicy.suggestions.suggestion import SuggestedChange, Suggestion
    from execpolicy.template import Template

__all__ = [
    "Access",
    "AccessGroup",
    "Api",
    "ApiKey",
    "ApiType",
    "AuthType",
    "Authorizer",
    "AuthorizerCache",
    "AuthorizerOutput",
    "AuthorizerType",
    "CacheRefusal",
    "Call",
    "CallChange",
    "CallOutcome",
    "Caller",
    "CellOutcome",
    "ChangeKind",
    "Claim",
    "ClauseTrace",
    "Comparison",
    "ComparisonVerdict",
    "Context",
    "CustomGatewayResponse",
    "Decision",
    "DeterminingStatement",
    "Diagnostic",
    "Disagreement",
    "Domain",
    "EndpointType",
    "ExecPolicyError",
    "ExecuteApiArn",
    "Explanation",
    "Finding",
    "GatewayResponse",
    "Grant",
    "IntegrationRequest",
    "Invariant",
    "Issuer",
    "KeySource",
    "Layer",
    "LayerTrace",
    "Mapped",
    "Matrix",
    "MatrixCell",
    "MethodSetting",
    "Narrowed",
    "NarrowedStatement",
    "NotComparable",
    "NotNarrowedError",
    "NotReplayed",
    "Outcome",
    "Policy",
    "PolicyKind",
    "PolicySyntaxError",
    "PolicyTrace",
    "Principal",
    "Proof",
    "ProofVerdict",
    "Readings",
    "Reason",
    "Replay",
    "ReplayGroup",
    "Request",
    "RequestError",
    "RequestTrace",
    "ResponseType",
    "Route",
    "RoutingRule",
    "Score",
    "SentResponse",
    "Severity",
    "Source",
    "Span",
    "Stage",
    "StatementFinding",
    "StatementTrace",
    "Step",
    "SuggestedChange",
    "Suggestion",
    "Target",
    "Template",
    "UnknownCause",
    "UnusedKind",
    "UsageError",
    "Witness",
    "WitnessCall",
    "authorize",
    "authorize_columns",
    "authorize_many",
    "compare",
    "event_for",
    "lint",
    "lint_file",
    "matrix",
    "narrow",
    "prove",
    "replay",
    "suggest",
    "unused_statements",
    "who",
]
__version__ = "0.1.0"

# Each module is imported when one of its names is first used (docs/adr/012).
_MODULES = {
    "Access": "execpolicy.analysis.access",
    "AccessGroup": "execpolicy.analysis.access",
    "Api": "execpolicy.api",
    "ApiKey": "execpolicy.gateway.model.stage",
    "ApiType": "execpolicy.gateway.model.names",
    "AuthType": "execpolicy.gateway.model.names",
    "Authorizer": "execpolicy.gateway.model.authorizer",
    "AuthorizerCache": "execpolicy.gateway.authorizers.cache",
    "AuthorizerOutput": "execpolicy.gateway.authorizers.output",
    "AuthorizerType": "execpolicy.gateway.model.names",
    "CacheRefusal": "execpolicy.gateway.model.names",
    "Call": "execpolicy.call",
    "CallChange": "execpolicy.bulk.replay_result",
    "CallOutcome": "execpolicy.gateway.flow.step",
    "Caller": "execpolicy.engine.caller",
    "CellOutcome": "execpolicy.bulk.access_matrix",
    "ChangeKind": "execpolicy.suggestions.candidate",
    "Claim": "execpolicy.gateway.model.authorizer",
    "ClauseTrace": "execpolicy.engine.explain.trace",
    "Comparison": "execpolicy.analysis.comparison",
    "ComparisonVerdict": "execpolicy.analysis.comparison",
    "Context": "execpolicy.language.context",
    "CustomGatewayResponse": "execpolicy.gateway.model.gateway_responses",
    "Decision": "execpolicy.engine.decision",
    "DeterminingStatement": "execpolicy.engine.decision",
    "Diagnostic": "execpolicy.errors",
    "Disagreement": "execpolicy.bulk.replay_score",
    "Domain": "execpolicy.gateway.model.domain",
    "EndpointType": "execpolicy.gateway.model.names",
    "ExecPolicyError": "execpolicy.errors",
    "ExecuteApiArn": "execpolicy.gateway.arn.execute_api_arn",
    "Explanation": "execpolicy.engine.explain.explanation",
    "Finding": "execpolicy.linter.finding",
    "GatewayResponse": "execpolicy.gateway.flow.response",
    "Grant": "execpolicy.language.grant",
    "IntegrationRequest": "execpolicy.gateway.flow.integration_request",
    "Invariant": "execpolicy.analysis.invariants.invariant",
    "Issuer": "execpolicy.gateway.model.authorizer",
    "KeySource": "execpolicy.gateway.model.names",
    "Layer": "execpolicy.engine.layers",
    "LayerTrace": "execpolicy.engine.explain.trace",
    "Mapped": "execpolicy.gateway.model.domain",
    "Matrix": "execpolicy.bulk.access_matrix",
    "MatrixCell": "execpolicy.bulk.access_matrix",
    "MethodSetting": "execpolicy.gateway.model.method_settings",
    "Narrowed": "execpolicy.bulk.narrowed",
    "NarrowedStatement": "execpolicy.bulk.narrowed",
    "NotComparable": "execpolicy.bulk.logged_verdict",
    "NotNarrowedError": "execpolicy.bulk.narrow",
    "NotReplayed": "execpolicy.bulk.replay_result",
    "Outcome": "execpolicy.engine.layers",
    "Policy": "execpolicy.document.policy",
    "PolicyKind": "execpolicy.document.kinds",
    "PolicySyntaxError": "execpolicy.errors",
    "PolicyTrace": "execpolicy.engine.explain.trace",
    "Principal": "execpolicy.language.principal",
    "Proof": "execpolicy.analysis.proof",
    "ProofVerdict": "execpolicy.analysis.proof",
    "Readings": "execpolicy.gateway.model.readings",
    "Reason": "execpolicy.engine.explain.reasons",
    "Replay": "execpolicy.bulk.replay_result",
    "ReplayGroup": "execpolicy.bulk.replay_result",
    "Request": "execpolicy.engine.request",
    "RequestError": "execpolicy.errors",
    "RequestTrace": "execpolicy.engine.explain.trace",
    "ResponseType": "execpolicy.gateway.model.names",
    "Route": "execpolicy.gateway.model.route",
    "RoutingRule": "execpolicy.gateway.model.routing_rule",
    "Score": "execpolicy.bulk.replay_score",
    "SentResponse": "execpolicy.gateway.flow.sent_response",
    "Severity": "execpolicy.linter.severity",
    "Source": "execpolicy.errors",
    "Span": "execpolicy.errors",
    "Stage": "execpolicy.gateway.model.stage",
    "StatementFinding": "execpolicy.analysis.unused",
    "StatementTrace": "execpolicy.engine.explain.trace",
    "Step": "execpolicy.gateway.flow.step",
    "SuggestedChange": "execpolicy.suggestions.suggestion",
    "Suggestion": "execpolicy.suggestions.suggestion",
    "Target": "execpolicy.engine.caller",
    "Template": "execpolicy.template",
    "UnknownCause": "execpolicy.bulk.unknown_cause",
    "UnusedKind": "execpolicy.analysis.unused",
    "UsageError": "execpolicy.errors",
    "Witness": "execpolicy.analysis.witness",
    "WitnessCall": "execpolicy.analysis.witness",
    "authorize": "execpolicy.engine.authorize",
    "authorize_columns": "execpolicy.bulk.columns",
    "authorize_many": "execpolicy.engine.authorize",
    "compare": "execpolicy.analysis.compare",
    "event_for": "execpolicy.gateway.flow.authorizer_event",
    "lint": "execpolicy.linter.run",
    "lint_file": "execpolicy.linter.run",
    "matrix": "execpolicy.bulk.matrix",
    "narrow": "execpolicy.bulk.narrow",
    "prove": "execpolicy.analysis.prove",
    "replay": "execpolicy.bulk.replay",
    "suggest": "execpolicy.suggestions.suggest",
    "unused_statements": "execpolicy.analysis.unused",
    "who": "execpolicy.analysis.who",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'execpolicy' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
