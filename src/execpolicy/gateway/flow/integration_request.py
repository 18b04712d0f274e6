"""What the integration of a call receives: route, parameters, and what the authorizer says of the caller (GW-37)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from execpolicy._base.frozen import Frozen
from execpolicy.gateway.model.route import Route


class IntegrationRequest(Frozen):
    """A call that has passed all gates, as its integration receives it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html

    >>> from execpolicy import Api
    >>> api = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account="111122223333", routes="GET /orders/{id}")
    >>> request = api.invoke("GET", "/orders/17").integration
    >>> request.route.key, dict(request.path_parameters), request.stage
    ('GET /orders/{id}', {'id': '17'}, '$default')
    """

    __slots__ = (
        "_authorizer",
        "_path_parameters",
        "_stage_variables",
        "method",
        "path",
        "principal_id",
        "route",
        "stage",
    )
    #: The route that the call matches.
    route: Route
    #: The method, after ``X-HTTP-Method-Override``.
    method: str
    #: The path after the stage, without the base path of a custom domain.
    path: str
    #: The name of the stage.
    stage: str
    #: What a Lambda authorizer returned as ``principalId``; None for any other authorization.
    principal_id: str | None
    _path_parameters: dict[str, str]
    _stage_variables: dict[str, str]
    _authorizer: dict[str, Any]

    def __init__(
        self,
        *,
        route: Route,
        method: str,
        path: str,
        stage: str,
        path_parameters: Mapping[str, str],
        stage_variables: Mapping[str, str],
        authorizer: Mapping[str, Any],
        principal_id: str | None = None,
    ) -> None:
        self._set(
            route=route,
            method=method,
            path=path,
            stage=stage,
            principal_id=principal_id,
            _path_parameters=dict(path_parameters),
            _stage_variables=dict(stage_variables),
            _authorizer=dict(authorizer),
        )

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The values of the parameters of the path, by name."""
        return MappingProxyType(self._path_parameters)

    @property
    def stage_variables(self) -> Mapping[str, str]:
        """The variables of the stage."""
        return MappingProxyType(self._stage_variables)

    @property
    def authorizer(self) -> Mapping[str, Any]:
        """``requestContext.authorizer`` of the event of a Lambda proxy integration, with payload 2.0 of an HTTP API.

        A REST or WebSocket API passes the ``context`` of a Lambda authorizer as texts beside ``principalId``, and the
        claims of a token under ``claims``; an HTTP API has one of ``lambda``, ``jwt`` and ``iam``. Empty for a route
        without authorization, and for ``AWS_IAM`` of a REST or WebSocket API.
        """
        return MappingProxyType(self._authorizer)

    def to_dict(self) -> dict[str, Any]:
        """The request as plain data, with the names of the event of a Lambda proxy integration where it has them."""
        return {
            "routeKey": self.route.key,
            "httpMethod": self.method,
            "path": self.path,
            "stage": self.stage,
            "pathParameters": self._path_parameters,
            "stageVariables": self._stage_variables,
            "authorizer": self._authorizer,
            "principalId": self.principal_id,
        }

    def _identity(self) -> tuple[Any, ...]:
        # The values of a context may be lists and mappings, which are not hashable.
        return json.dumps(self.to_dict(), sort_keys=True, default=repr), self.route

    def _shown(self) -> str:
        return f"IntegrationRequest({self.to_dict()!r})"
