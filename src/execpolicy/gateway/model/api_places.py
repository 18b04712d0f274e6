"""The places of the parts of an API in the file that describes it, and what made the parts that it does not have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from execpolicy._base.records import NamedTuple
from execpolicy.errors import Source, Span


class ApiPlaces(NamedTuple):
    """Where a file has the parts of an API. They are no part of the API: equal APIs can have different places.

    Attributes:
        source: the text of the file.
        offsets: the start and the end of each part, by the field of the API file and the name in it, such as
            ``("routes", "GET /orders")``; the name is empty for a field with one value.
        made_stages: in words, what made the stages that the file does not have itself, by their names.
        deployments: the start and the end of each part of the file that deploys the API, by its name.
    """

    source: Source
    offsets: dict[tuple[str, str], tuple[int, int]]
    made_stages: Mapping[str, str] = MappingProxyType({})
    deployments: Mapping[str, tuple[int, int]] = MappingProxyType({})

    def span(self, field: str, name: str = "") -> Span | None:
        """The place of a part; None if the file does not write it itself."""
        start, end = self.offsets.get((field, name), (-1, -1))
        return None if start < 0 else self.source.span(start, end)
