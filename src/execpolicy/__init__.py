"""Tell whether a call to an Amazon API Gateway API gets through, and why: the public names, all else may change."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.api import Api
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
    from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, RequestError, UsageError
    from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
    from execpolicy.gateway.authorizers.cache import AuthorizerCache
    from execpolicy.gateway.authorizers.event import event_for
    from execpolicy.gateway.authorizers.output import AuthorizerOutput
    from execpolicy.gateway.flow.response import CallOutcome, GatewayResponse, Step
    from execpolicy.gateway.model.authorizer import Authorizer, Claim, Issuer
    from execpolicy.gateway.model.domain import Domain, Mapped
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
    from execpolicy.gateway.model.stage import ApiKey, Stage
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
    "Api": "api",
    "ApiKey": "gateway.model.stage",
    "ApiType": "gateway.model.names",
    "AuthType": "gateway.model.names",
    "Authorizer": "gateway.model.authorizer",
    "AuthorizerCache": "gateway.authorizers.cache",
    "AuthorizerOutput": "gateway.authorizers.output",
    "AuthorizerType": "gateway.model.names",
    "CacheRefusal": "gateway.model.names",
    "CallOutcome": "gateway.flow.response",
    "Caller": "engine.caller",
    "Claim": "gateway.model.authorizer",
    "ClauseTrace": "engine.explain.trace",
    "Context": "language.context",
    "Decision": "engine.decision",
    "DeterminingStatement": "engine.decision",
    "Diagnostic": "errors",
    "Domain": "gateway.model.domain",
    "EndpointType": "gateway.model.names",
    "ExecPolicyError": "errors",
    "ExecuteApiArn": "gateway.arn.execute_api_arn",
    "Explanation": "engine.explain.explanation",
    "GatewayResponse": "gateway.flow.response",
    "Grant": "language.grant",
    "Issuer": "gateway.model.authorizer",
    "KeySource": "gateway.model.names",
    "Layer": "engine.layers",
    "LayerTrace": "engine.explain.trace",
    "Mapped": "gateway.model.domain",
    "Outcome": "engine.layers",
    "Policy": "document.policy",
    "PolicyKind": "document.kinds",
    "PolicySyntaxError": "errors",
    "PolicyTrace": "engine.explain.trace",
    "Principal": "language.principal",
    "Readings": "gateway.model.readings",
    "Reason": "engine.explain.reasons",
    "Request": "engine.request",
    "RequestError": "errors",
    "RequestTrace": "engine.explain.trace",
    "ResponseType": "gateway.model.names",
    "Route": "gateway.model.route",
    "Source": "source",
    "Span": "source",
    "Stage": "gateway.model.stage",
    "StatementTrace": "engine.explain.trace",
    "Step": "gateway.flow.response",
    "Target": "engine.caller",
    "UsageError": "errors",
    "authorize": "engine.authorize",
    "authorize_many": "engine.authorize",
    "event_for": "gateway.authorizers.event",
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
