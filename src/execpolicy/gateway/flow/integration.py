"""What the integration of a call receives, from the state of the call (GW-37)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.claims import check_claims
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.integration_request import IntegrationRequest
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

_HTTP = ApiType.HTTP
#: The claims that a Cognito authorizer passes as dates, and how it writes them.
_DATES = ("exp", "iat")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def integration_of(state: CallState) -> IntegrationRequest:
    """What the integration receives of a call that has passed all gates.

    Raises:
        UsageError: the call has no integration, or a part of what it receives is not known.
    """
    _check_is_known(state)
    output = state.output
    return IntegrationRequest(
        route=state.found_route,
        method=state.call.method,
        path=state.call.path,
        stage=state.stage.name,
        path_parameters=state.parameters,
        stage_variables=state.stage.variables,
        authorizer=_AUTHORIZERS[state.api.auth_of(state.found_route)](state),
        principal_id=None if output is None else output.principal_id,
    )


def _check_is_known(state: CallState) -> None:
    """Refuse a call of which a part is not known: a value in its place must not reach an integration."""
    route, api = state.found_route, state.api
    if route.key == "@connections":
        raise UsageError("API Gateway itself answers a call to a connection", rule="GW-37")
    if api.type is ApiType.WEBSOCKET and route.key != "$connect" and _function_answers_on_connect(state):
        raise UsageError(
            f"{route.key} receives what the authorizer of $connect returned, which is not given with a message",
            advice="read integration of the response to $connect",
            rule="GW-37",
        )
    found = next((part for part in api.unknown_parts if _concerns(part, state)), None)
    if found is not None:
        names = " and ".join(found.names)
        where = f" ({found.place})" if found.place else ""
        raise UsageError(
            f"what the integration receives depends on {names}{where}, which is not known",
            advice="give it a value where the file is read, such as parameters=…",
            rule="GW-37",
        )


def _function_answers_on_connect(state: CallState) -> bool:
    api = state.api
    return any(route.key == "$connect" and api.auth_of(route) is AuthType.CUSTOM for route in api.routes)


def _concerns(part: UnknownPart, state: CallState) -> bool:
    """Whether an unknown part is one of the stage, of the route or of its authorizer."""
    route = state.found_route
    return {
        Concern.STAGE_NAME: state.stage.name,
        Concern.STAGE: state.stage.name,
        Concern.AUTH: route.key,
        Concern.SCOPES: route.key,
        Concern.OUTPUT: route.key,
        Concern.AUTHORIZER: route.authorizer,
    }.get(part.concern) == part.key


def _nothing(_: CallState) -> dict[str, Any]:
    return {}


def _of_iam(state: CallState) -> dict[str, Any]:
    caller = state.arguments.caller
    return {"iam": _identity_of(caller)} if state.api.type is _HTTP and caller is not None else {}


def _identity_of(caller: Caller) -> dict[str, str]:
    principal = caller.principal
    found = {
        "accountId": principal.account,
        "userArn": principal.arn,
        "userId": principal.unique_id,
        "principalOrgId": principal.org_id,
    }
    return {name: value for name, value in found.items() if value}


def _of_function(state: CallState) -> dict[str, Any]:
    output = state.output
    context = {} if output is None else dict(output.context)
    if state.api.type is _HTTP:
        return {"lambda": context or None}
    texts = {name: _as_text(value) for name, value in context.items()}
    return texts if output is None or output.principal_id is None else {**texts, "principalId": output.principal_id}


def _of_cognito(state: CallState) -> dict[str, Any]:
    return {"claims": {name: _cognito_claim(name, value) for name, value in _claims(state).items()}}


def _cognito_claim(name: str, value: object) -> str:
    if name in _DATES and isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            at = datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError, ValueError):
            return _as_text(value)
        return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at:%d %H:%M:%S} UTC {at.year}"
    return ",".join(map(_as_text, value)) if isinstance(value, list) else _as_text(value)


def _of_token(state: CallState) -> dict[str, Any]:
    claims = _claims(state)
    texts = {name: _as_text(value) for name, value in claims.items()}
    if state.api.type is not _HTTP:
        return {"claims": texts}
    scopes = claims.get("scope", claims.get("scp"))
    held = scopes.split() if isinstance(scopes, str) else list(scopes) if isinstance(scopes, list) else []
    return {"jwt": {"claims": texts, "scopes": held if state.found_route.scopes else None}}


def _claims(state: CallState) -> Mapping[str, object]:
    return check_claims(state.arguments.claims)


def _as_text(value: object) -> str:
    """A value as text; the members of a list stand in brackets, with a space between."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{' '.join(map(_as_text, value))}]"
    return json.dumps(value, default=str)


_AUTHORIZERS = {
    AuthType.NONE: _nothing,
    AuthType.AWS_IAM: _of_iam,
    AuthType.CUSTOM: _of_function,
    AuthType.COGNITO_USER_POOLS: _of_cognito,
    AuthType.JWT: _of_token,
}
