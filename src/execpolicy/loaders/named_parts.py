"""Parts of a file by their logical ids: the caller and the VPC endpoint that another file or a program names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.loaders.contents import TemplateContents, Variants

_Part = TypeVar("_Part")
#: Stands between the name of a file and the logical id of a part of it.
_MARK = "#"


class PartReference(NamedTuple):
    """A part of a file: ``template.yaml#OrdersApi``."""

    path: str
    name: str


def part_reference(text: str) -> PartReference | None:
    """The reference in a text; None if it has no ``#``.

    >>> part_reference("../template.yaml#OrdersApi")
    PartReference(path='../template.yaml', name='OrdersApi')
    """
    path, mark, name = text.rpartition(_MARK)
    return PartReference(path, name) if mark and path and name else None


def caller_named(contents: TemplateContents, name: str) -> Caller:
    """The caller with a logical id.

    Raises:
        UsageError: the file has no such caller, or the caller depends on what is not known.
    """
    return _found(contents.callers, name, "caller").only(name)


def vpc_endpoint_named(contents: TemplateContents, name: str) -> Policy:
    """The policy of the VPC endpoint with a logical id; errors are those of ``caller_named``."""
    return _found(contents.vpc_endpoints, name, "VPC endpoint").only(name)


def _found(parts: Mapping[str, Variants[_Part]], name: str, what: str) -> Variants[_Part]:
    if name not in parts:
        advice = did_you_mean(name, parts) if parts else f"the file has no {what}"
        raise UsageError(f"found the {what} {quoted(name)}, which the file does not have", advice=advice)
    return parts[name]
