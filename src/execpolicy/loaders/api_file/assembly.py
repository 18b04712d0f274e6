"""Builds an API part by part, so that a part that does not fit is reported at its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.document.syntax.nodes import Member, Node, Text
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.api_places import ApiPlaces
from execpolicy.gateway.model.consistency import check_parts
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.gateway.model.unknown_part import UnknownPart

#: Values of required parts until the file gives them.
_LEAST: dict[str, Any] = {
    "id": "a",
    "type": ApiType.REST,
    "region": "us-east-1",
    "account": "000000000000",
    "stages": ("stage",),
}

#: Parts that are lists, and the fields that must be valid before an item can be checked.
_LISTS: dict[str, tuple[str, ...]] = {
    "authorizers": (),
    "routes": (),
    "api_keys": ("stages",),
    "domains": ("stages", "endpoint"),
}


class Assembly:
    """The parts so far, which fit together."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._parts = dict(_LEAST)
        self._lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
        self._refused: set[str] = set()  # fields with an error that is reported already
        self._stage: str | None = None
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self.unknown_parts: tuple[UnknownPart, ...] = ()
        #: In words, what made the stages that the file does not have itself, by their names.
        self.made_stages: dict[str, str] = {}
        #: The places of what deploys the API, by its name.
        self.deployments: dict[str, tuple[int, int]] = {}

    @property
    def api_type(self) -> ApiType:
        """The type of the API."""
        return ApiType(self._parts["type"])

    @property
    def routes(self) -> list[Route]:
        """The routes so far."""
        return self._lists["routes"]

    def add(self, fields: Fields, **part: Any) -> None:
        """Add a part from the field with its name; None for one that is missing or was refused."""
        ((name, value),) = part.items()
        node = fields.value(name)
        if node is None:
            return
        if value is not None and self._fits(node, part):
            self._parts.update(part)
            self._places[name, ""] = node.start, node.end
        else:
            self._refused.add(name)

    def add_stages(self, fields: Fields, stages: Iterable[Stage] | None, stage: str | None) -> None:
        """Add the stages and the name of the one that is called; None for stages that were refused."""
        known = tuple(stages or ())
        if known and self._fits(fields.value("stages") or fields.node, {"stages": known, "stage": known[0].name}):
            self._parts.update(stages=known, stage=known[0].name)
            self._stage = stage
        else:
            self._refused.add("stages")

    def append(self, name: str, node: Node, item: Any) -> bool:
        """Add an authorizer, a route, an API key or a domain, and return whether it fits.

        Args:
            name: the field that lists such items.
            node: the item in the document.
            item: the item.
        """
        if self._refused.intersection(_LISTS[name]):
            return False
        # A route is checked with its own authorizer: with all of them, the work would grow with their product.
        known = self._lists["authorizers"] if name == "routes" else []
        authorizers = [each for each in known if each.name == item.authorizer]
        fits = self._fits(node, {"authorizers": authorizers, name: (item,)})
        if fits:
            self._lists[name].append(item)
            self._places[name, node.value if isinstance(node, Text) else ""] = node.start, node.end
        return fits

    def finished(self, stage: str | None, *, any_stage: bool = False) -> ApiDefinition:
        """The API.

        Args:
            stage: the name of the stage that is called; None for the one that the file names, or the only one.
            any_stage: take the first stage where this selects none.

        Raises:
            UsageError: it does not have the stage, or has several and none is selected.
        """
        first = next(each.name for each in self._parts["stages"] if isinstance(each, Stage))
        parts = ApiParts(**{**self._parts, **self._lists, "stage": first, "unknown_parts": self.unknown_parts})
        at = self._problems.written_at
        places = ApiPlaces(
            self._problems.source,
            {name: at(start, end) for name, (start, end) in self._places.items()},
            self.made_stages,
            {name: at(start, end) for name, (start, end) in self.deployments.items()},
        )
        api = ApiDefinition.of_checked_parts(parts, places)
        called = stage or self._stage
        if any_stage and called not in [each.name for each in api.stages]:
            return api
        return api.with_stage(called)

    def _fits(self, node: Node, part: dict[str, Any]) -> bool:
        try:
            check_parts(ApiParts(**{**self._parts, **part}))
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return False
        return True


def name_node(name: str, member: Member) -> Text:
    """The name of a member as a node with its place."""
    start, end, _ = member
    return Text(name, start, end)
