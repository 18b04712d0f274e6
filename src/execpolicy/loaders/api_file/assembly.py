"""An API put together part by part: what ``Api`` refuses is told at the place of the part that brought it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.document.syntax.nodes import Member, Node, Text
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.consistency import check_parts
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.stage import Stage

#: What an API cannot be without; each gives way to what the file says.
_LEAST: dict[str, Any] = {
    "id": "a",
    "type": ApiType.REST,
    "region": "us-east-1",
    "account": "000000000000",
    "stages": ("stage",),
}

#: What is added one by one, and what must be known of the rest before an item can be judged.
_LISTS: dict[str, tuple[str, ...]] = {
    "authorizers": (),
    "routes": (),
    "api_keys": ("stages",),
    "domains": ("stages", "endpoint"),
}


class Assembly:
    """The parts so far, all of which go together."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._parts = dict(_LEAST)
        self._lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
        self._refused: set[str] = set()  # the fields of which enough is said
        self._stage: str | None = None

    @property
    def api_type(self) -> ApiType:
        """What kind of API it is."""
        return ApiType(self._parts["type"])

    def add(self, fields: Fields, **part: Any) -> None:
        """Add the part that stands in the field of its name; None for one that is not there, or was refused already."""
        ((name, value),) = part.items()
        node = fields.value(name)
        if node is None:
            return
        if value is not None and self._fits(node, part):
            self._parts.update(part)
        else:
            self._refused.add(name)

    def add_stages(self, fields: Fields, stages: Iterable[Stage] | None, stage: str | None) -> None:
        """Add the stages, and the one that the file says calls go to; None for stages that were refused already."""
        told = tuple(stages or ())
        if told and self._fits(fields.value("stages") or fields.node, {"stages": told, "stage": told[0].name}):
            self._parts.update(stages=told, stage=told[0].name)
            self._stage = stage
        else:
            self._refused.add("stages")

    def append(self, name: str, node: Node, item: Any) -> bool:
        """Add an authorizer, a route, an API key or a domain; whether it goes with the rest.

        Args:
            name: the field that lists such items.
            node: what stands for the item.
            item: the item.
        """
        if self._refused.intersection(_LISTS[name]):
            return False
        authorizers = self._lists["authorizers"] if name == "routes" else []
        fits = self._fits(node, {"authorizers": authorizers, name: (item,)})
        if fits:
            self._lists[name].append(item)
        return fits

    def finished(self, stage: str | None) -> ApiDefinition:
        """The API.

        Raises:
            UsageError: it does not have the stage, or has several and nobody says which one calls go to.
        """
        parts = ApiParts(**{**self._parts, **self._lists, "stage": stage or self._stage})
        return ApiDefinition.of_checked_parts(parts)

    def _fits(self, node: Node, part: dict[str, Any]) -> bool:
        try:
            check_parts(ApiParts(**{**self._parts, **part}))
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return False
        return True


def name_node(name: str, member: Member) -> Text:
    """The name of a member as a node, to point at."""
    start, end, _ = member
    return Text(name, start, end)
