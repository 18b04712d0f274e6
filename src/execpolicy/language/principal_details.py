"""Details of a principal: its tags, its organization, and where a template names it (KEY-3, SRC-10)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy._base.records import NamedTuple
from execpolicy.arguments import as_builtin, encodable, mapping_or_none
from execpolicy.errors import RequestError, Source


class NameInTemplate(NamedTuple):
    """The name or the path of a user or role in a template, which holds unknown values (SRC-10).

    Attributes:
        source: the template.
        start, end: the offsets of the name, or of the path.
    """

    source: Source
    start: int
    end: int

    @property
    def place(self) -> str:
        """``file:line:column`` of the name."""
        span = self.source.span(self.start, self.end)
        return f"{self.source.name}:{span.line}:{span.column}"


def check_organization(org_id: str | None, paths: tuple[str, ...]) -> None:
    """Refuse paths of another organization than the given one, or of two organizations."""
    first = paths[0].partition("/")[0] if org_id is None else org_id
    for path in paths:
        found = path.partition("/")[0]
        if found != first:
            raise RequestError(
                f"the path {path} is in the organization {found}, the account is in {first}",
                advice="an account is in one organization, and its paths begin with the organization's id",
                rule="KEY-3",
            )


def checked_tags(tags: Mapping[str, str | None] | None) -> tuple[tuple[str, str | None], ...] | None:
    """The tags of a principal in the order of their names; None if they are not given."""
    if mapping_or_none(tags, "tags") is None:
        return None
    seen: dict[str, str] = {}
    assert tags is not None
    tags = {as_builtin(name): as_builtin(value) for name, value in as_builtin(tags).items()}
    for name, value in tags.items():
        if not isinstance(name, str) or not isinstance(value, (str, type(None))):
            raise RequestError(f"a principal tag is a text with a text value, found {name!r}: {value!r}", rule="KEY-3")
        encodable(name, "tags")
        encodable(value or "", f"the tag {name}")
        if name.lower() in seen:
            raise RequestError(
                f"the principal tags {seen[name.lower()]!r} and {name!r} differ only in case",
                advice="key names are case-insensitive: keep one of them",
                rule="CND-2",
            )
        seen[name.lower()] = name
    return tuple(sorted(tags.items()))
