"""What calls need of an API: its routes by what finds them, and the beginnings of its ARNs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from execpolicy._base.frozen import lazy_attribute

if TYPE_CHECKING:
    from execpolicy.gateway.model.api_parts import ApiParts
    from execpolicy.gateway.model.authorizer import Authorizer
    from execpolicy.gateway.model.names import AuthType
    from execpolicy.gateway.model.route_table import RouteTable


class CallTables:
    """Tables that are computed with the first call that needs them. No reading of AWS's pages changes them.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> api.tables.arn_prefixes["prod"]
    'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/'
    """

    def __init__(self, parts: ApiParts) -> None:
        self._parts = parts

    @lazy_attribute
    def routes(self) -> RouteTable:
        """The routes with paths, by method and path."""
        from execpolicy.gateway.model.route_table import RouteTable

        return RouteTable(self._parts.type, self._parts.routes)

    @lazy_attribute
    def authorizers(self) -> dict[str, Authorizer]:
        """The authorizers by name."""
        return {each.name: each for each in reversed(self._parts.authorizers)}

    @lazy_attribute
    def auth_of_authorizers(self) -> dict[str, AuthType]:
        """The authorization type of a route that uses an authorizer, by the authorizer's name."""
        return {name: each.type.auth for name, each in self.authorizers.items()}

    @lazy_attribute
    def arn_prefixes(self) -> dict[str, str]:
        """The ARN of a call up to its method, by the name of the stage."""
        from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn

        parts = self._parts
        return {
            stage.name: str(
                ExecuteApiArn.build(
                    region=parts.region,
                    account=parts.account,
                    api_id=parts.id,
                    stage=stage.name,
                    method="GET",
                    path="/",
                )
            ).removesuffix("GET/")
            for stage in parts.stages
        }
