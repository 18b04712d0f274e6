"""An API put together part by part: what ``Api`` refuses is told at the place of the part that brought it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy.document.fields import Fields, Problems
from execpolicy.document.model import Text
from execpolicy.document.nodes import Member, Node
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.api import Api
from execpolicy.gateway.authorizer import Authorizer
from execpolicy.gateway.names import ApiType
from execpolicy.gateway.route import Route
from execpolicy.gateway.stage import Stage

#: What an API cannot be without; each gives way to what the file says.
_LEAST: dict[str, Any] = {
    "id": "a",
    "type": ApiType.REST,
    "region": "us-east-1",
    "account": "000000000000",
    "stages": ("stage",),
}


class Assembly:
    """The parts so far, all of which go together."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._parts = dict(_LEAST)
        self._authorizers: list[Authorizer] = []
        self._routes: list[Route] = []
        self._stage: str | None = None

    @property
    def api_type(self) -> ApiType:
        """What kind of API it is."""
        return ApiType(self._parts["type"])

    def add(self, fields: Fields, **part: Any) -> None:
        """Add the part that stands in the field of its name; None for one that is not there, or was refused already."""
        ((name, value),) = part.items()
        node = fields.value(name)
        if value is not None and node is not None and self._fits(node, part):
            self._parts.update(part)

    def add_stages(self, fields: Fields, stages: Iterable[Stage], stage: str | None) -> None:
        """Add the stages, and the one that the file says calls go to."""
        told = tuple(stages)
        if self._fits(fields.value("stages") or fields.node, {"stages": told, "stage": told[0].name}):
            self._parts.update(stages=told, stage=told[0].name)
            self._stage = stage

    def add_authorizer(self, node: Node, authorizer: Authorizer) -> bool:
        """Add an authorizer; whether it goes with the rest."""
        fits = self._fits(node, {"authorizers": (*self._authorizers, authorizer)})
        if fits:
            self._authorizers.append(authorizer)
        return fits

    def add_route(self, node: Node, route: Route) -> None:
        """Add a route."""
        if self._fits(node, {"authorizers": self._authorizers, "routes": (route,)}):
            self._routes.append(route)

    def finished(self, stage: str | None) -> Api:
        """The API.

        Raises:
            UsageError: it does not have the stage, or has several and nobody says which one calls go to.
        """
        parts = {**self._parts, "stage": stage or self._stage}
        return Api(**parts, authorizers=self._authorizers, routes=self._routes)

    def _fits(self, node: Node, part: dict[str, Any]) -> bool:
        try:
            # Policies are compiled with the whole API, once.
            parts = {name: value for name, value in self._parts.items() if name != "resource_policy"}
            Api(**{**parts, **part})
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return False
        return True


def name_node(name: str, member: Member) -> Text:
    """The name of a member as a node, to point at."""
    start, end, _ = member
    return Text(name, start, end)


def blamed(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The field that an error of a constructor begins with, or the whole."""
    return fields.value(error.message.partition(" ")[0]) or whole
