"""The organizations of paths: the context has paths of one organization only (KEY-3)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.text_pattern import either, glob_pattern, literal
from execpolicy.language.glob import ANY

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.language.condition import ConditionTest

#: The keys whose paths have to be of the organization of the caller, or of the resource.
KEYS_OF_PATHS = ("aws:principalorgpaths", "aws:resourceorgpaths")
#: The organizations that are distinguished. That others do not come together with them is not used then.
_MAX_ORGANIZATIONS = 16


def organizations_in(conditions: Iterable[ConditionTest]) -> list[str]:
    """The organizations that conditions name."""
    found: dict[str, None] = {}
    for condition in conditions:
        for tokens in condition.tokens:
            first = tokens[0] if tokens else ""
            if isinstance(first, str) and "/" in first:
                found[first.partition("/")[0]] = None
    return list(found)[:_MAX_ORGANIZATIONS]


def usual_path(organization: str) -> str:
    """A path of an organization, as paths are."""
    return f"{organization}/r-ab12/ou-ab12-11111111/"


def paths_of(organization: str) -> TextPattern:
    """All paths of an organization.

    >>> [paths_of("o-1").matches(text) for text in ("o-1/r-1/", "o-1", "o-10/r-1/")]
    [True, True, False]
    """
    return either([literal(organization), glob_pattern((f"{organization}/", ANY))])
