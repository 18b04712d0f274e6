"""Tell whether a call to an Amazon API Gateway API gets through, and why: the public names, all else may change."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
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
    from execpolicy.gateway.response import GatewayResponse, Step
    from execpolicy.gateway.route import Route
    from execpolicy.gateway.stage import ApiKey, Stage

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

# Loaded when first asked for: whoever decides requests alone does not pay for them.
_GATEWAY = {
    "Api": "api",
    "ApiKey": "stage",
    "ApiType": "names",
    "AuthType": "names",
    "Authorizer": "authorizer",
    "AuthorizerCache": "cache",
    "AuthorizerOutput": "authorizer_output",
    "AuthorizerType": "names",
    "CacheRefusal": "names",
    "Claim": "authorizer",
    "Domain": "domain",
    "EndpointType": "names",
    "ExecuteApiArn": "execute_api_arn",
    "GatewayResponse": "response",
    "Issuer": "authorizer",
    "KeySource": "names",
    "Mapped": "domain",
    "Readings": "readings",
    "ResponseType": "names",
    "Route": "route",
    "Stage": "stage",
    "Step": "response",
    "event_for": "authorizer_event",
}


def __getattr__(name: str) -> Any:
    if name not in _GATEWAY:
        raise AttributeError(f"module 'execpolicy' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"execpolicy.gateway.{_GATEWAY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
