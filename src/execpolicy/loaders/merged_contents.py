"""What several files describe, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from execpolicy.errors import UsageError
from execpolicy.loaders.contents import TemplateContents

_T = TypeVar("_T")
#: The parts of a file that have logical ids.
_PARTS = ("apis", "callers", "policies", "vpc_endpoints")


def merged_contents(files: Sequence[tuple[str, TemplateContents]]) -> TemplateContents:
    """What several files describe, as one.

    Args:
        files: the name of each file, with its contents.

    Raises:
        UsageError: two files have the same logical id.
    """
    if len(files) == 1:
        return files[0][1]
    _refuse_equal_ids(files)
    read = [contents for _, contents in files]
    return TemplateContents(
        kind=", ".join(dict.fromkeys(contents.kind for contents in read)),
        apis=_joined([contents.apis for contents in read]),
        callers=_joined([contents.callers for contents in read]),
        policies=_joined([contents.policies for contents in read]),
        vpc_endpoints=_joined([contents.vpc_endpoints for contents in read]),
        unknowns=tuple(unknown for contents in read for unknown in contents.unknowns),
        ignored=tuple(ignored for contents in read for ignored in contents.ignored),
        stages=_joined([contents.stages for contents in read]),
    )


def _joined(parts: Sequence[Mapping[str, _T]]) -> dict[str, _T]:
    return {name: value for each in parts for name, value in each.items()}


def _refuse_equal_ids(files: Sequence[tuple[str, TemplateContents]]) -> None:
    found: dict[str, str] = {}
    for name, contents in files:
        ids = {logical_id for part in _PARTS for logical_id in getattr(contents, part)}
        for logical_id in sorted(ids):
            if logical_id in found:
                raise UsageError(
                    f"found {logical_id} in {found[logical_id]} and in {name}",
                    advice="read the files one by one, or give one of them another logical id",
                )
            found[logical_id] = name
