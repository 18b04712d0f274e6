"""The places of the parts of an API in the file that describes it, and what made the parts that it does not have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.written_places import WrittenPlace
from execpolicy.errors import Source


class ApiPlaces(NamedTuple):
    """Where a file has the parts of an API. They are no part of the API: equal APIs can have different places.

    Attributes:
        source: the text of the file.
        parts: where each part is written, by the field of the API file and the name in it, such as
            ``("routes", "GET /orders")``; the name is empty for a field with one value. That is in the file, or in one
            that it was made from.
        made_stages: in words, what made the stages that the file does not have itself, by their names.
        deployments: where each part is written that deploys the API, by its name.
    """

    source: Source
    parts: Mapping[tuple[str, str], WrittenPlace]
    made_stages: Mapping[str, str] = MappingProxyType({})
    deployments: Mapping[str, WrittenPlace] = MappingProxyType({})

    def find(self, field: str, name: str = "") -> WrittenPlace | None:
        """Where a part is written; None if the file does not write it itself."""
        found = self.parts.get((field, name))
        return None if found is None or found.start < 0 else found
