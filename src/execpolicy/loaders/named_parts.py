"""Parts of a file by their logical ids: the caller and the VPC endpoint that another file or a program names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.contents import TemplateContents

_Part = TypeVar("_Part")
#: Stands between the name of a file and the logical id of a part of it.
MARK = "#"


class PartReference(NamedTuple):
    """A part of a file: ``template.yaml#OrdersApi``."""

    path: str
    name: str


def part_reference(text: str) -> PartReference | None:
    """The reference in a text; None if it has no ``#``.

    >>> part_reference("../template.yaml#OrdersApi")
    PartReference(path='../template.yaml', name='OrdersApi')
    """
    path, mark, name = text.rpartition(MARK)
    return PartReference(path, name) if mark and path and name else None


def caller_named(contents: TemplateContents, name: str) -> Caller | Variants[Caller]:
    """The caller with a logical id; with variants if it depends on conditions of unknown truth (SRC-9).

    Raises:
        UsageError: the file has no such caller.
    """
    return part_in(contents.callers, name, "caller")


def all_callers(contents: TemplateContents, *, otherwise: str = "so that there may be any caller") -> dict[str, Caller]:
    """Every caller by its logical id, where they are meant to be all that there are (ANA-3).

    Args:
        contents: what the file has.
        otherwise: which callers there are without the file, for the advice of an error.

    Raises:
        UsageError: the file has no callers, or one depends on what is not known.
    """
    if not contents.callers:
        raise UsageError(
            "the file describes no callers: users, or roles with their policies",
            advice=f"leave it out, {otherwise}, or name a file that has some",
        )
    return {name: each.only(f"the caller {quoted(name)}") for name, each in contents.callers.items()}


def vpc_endpoint_named(contents: TemplateContents, name: str) -> Policy | Variants[Policy]:
    """The policy of the VPC endpoint with a logical id, as ``caller_named``."""
    return part_in(contents.vpc_endpoints, name, "VPC endpoint")


def part_in(parts: Mapping[str, Variants[_Part]], name: str, what: str) -> _Part | Variants[_Part]:
    """A part by its logical id, as ``caller_named``; ``what`` is what messages call such a part."""
    if name not in parts:
        advice = did_you_mean(name, parts) if parts else f"the file has no {what}"
        raise UsageError(f"found the {what} {quoted(name)}, which the file does not have", advice=advice)
    return parts[name].value_or_variants()
