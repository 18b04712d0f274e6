"""Tell whether a call to an Amazon API Gateway API gets through, and why: the public names, all else may change."""

from __future__ import annotations

from execpolicy.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

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
    from execpolicy.gateway.api import Api
    from execpolicy.gateway.authorizer import Authorizer, Claim, Issuer
    from execpolicy.gateway.authorizer_event import event_for
    from execpolicy.gateway.authorizer_output import AuthorizerOutput
    from execpolicy.gateway.cache import AuthorizerCache
    from execpolicy.gateway.domain import Domain, Mapped
    from execpolicy.gateway.execute_api_arn import ExecuteApiArn
    from execpolicy.gateway.names import (
        ApiType,
        AuthorizerType,
        AuthType,
        CacheRefusal,
        EndpointType,
        KeySource,
        ResponseType,
    )
    from execpolicy.gateway.readings import Readings
    from execpolicy.gateway.response import CallOutcome, GatewayResponse, Step
    from execpolicy.gateway.route import Route
    from execpolicy.gateway.stage import ApiKey, Stage
    from execpolicy.language.context import Context
    from execpolicy.language.grant import Grant
    from execpolicy.language.principal import Principal
    from execpolicy.source import Source, Span

__all__ = [
    "Api",
    "ApiKey",
    "ApiType",
    "AuthType",
    "Authorizer",
    "AuthorizerCache",
    "AuthorizerOutput",
    "AuthorizerType",
    "CacheRefusal",
    "CallOutcome",
    "Caller",
    "Claim",
    "ClauseTrace",
    "Context",
    "Decision",
    "DeterminingStatement",
    "Diagnostic",
    "Domain",
    "EndpointType",
    "ExecPolicyError",
    "ExecuteApiArn",
    "Explanation",
    "GatewayResponse",
    "Grant",
    "Issuer",
    "KeySource",
    "Layer",
    "LayerTrace",
    "Mapped",
    "Outcome",
    "Policy",
    "PolicyKind",
    "PolicySyntaxError",
    "PolicyTrace",
    "Principal",
    "Readings",
    "Reason",
    "Request",
    "RequestError",
    "RequestTrace",
    "ResponseType",
    "Route",
    "Source",
    "Span",
    "Stage",
    "StatementTrace",
    "Step",
    "Target",
    "UsageError",
    "authorize",
    "authorize_many",
    "event_for",
]

# Each is loaded when first asked for: the pytest plugin is imported by projects that use nothing of this.
_LATER = {
    "Api": "gateway.api",
    "ApiKey": "gateway.stage",
    "ApiType": "gateway.names",
    "AuthType": "gateway.names",
    "Authorizer": "gateway.authorizer",
    "AuthorizerCache": "gateway.cache",
    "AuthorizerOutput": "gateway.authorizer_output",
    "AuthorizerType": "gateway.names",
    "CacheRefusal": "gateway.names",
    "CallOutcome": "gateway.response",
    "Caller": "engine.caller",
    "Claim": "gateway.authorizer",
    "ClauseTrace": "engine.trace",
    "Context": "language.context",
    "Decision": "engine.decision",
    "DeterminingStatement": "engine.decision",
    "Diagnostic": "errors",
    "Domain": "gateway.domain",
    "EndpointType": "gateway.names",
    "ExecPolicyError": "errors",
    "ExecuteApiArn": "gateway.execute_api_arn",
    "Explanation": "engine.explanation",
    "GatewayResponse": "gateway.response",
    "Grant": "language.grant",
    "Issuer": "gateway.authorizer",
    "KeySource": "gateway.names",
    "Layer": "engine.layers",
    "LayerTrace": "engine.trace",
    "Mapped": "gateway.domain",
    "Outcome": "engine.layers",
    "Policy": "document.policy",
    "PolicyKind": "document.kinds",
    "PolicySyntaxError": "errors",
    "PolicyTrace": "engine.trace",
    "Principal": "language.principal",
    "Readings": "gateway.readings",
    "Reason": "engine.reasons",
    "Request": "engine.request",
    "RequestError": "errors",
    "RequestTrace": "engine.trace",
    "ResponseType": "gateway.names",
    "Route": "gateway.route",
    "Source": "source",
    "Span": "source",
    "Stage": "gateway.stage",
    "StatementTrace": "engine.trace",
    "Step": "gateway.response",
    "Target": "engine.caller",
    "UsageError": "errors",
    "authorize": "engine.authorize",
    "authorize_many": "engine.authorize",
    "event_for": "gateway.authorizer_event",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'execpolicy' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"execpolicy.{_LATER[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
