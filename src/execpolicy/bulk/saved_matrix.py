"""A matrix that was saved as JSON, and how another one differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.access_matrix import CellOutcome, CellResult, Matrix
from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonNumber, Text
from execpolicy.document.syntax.wording import quoted

if TYPE_CHECKING:
    from execpolicy.document.syntax.nodes import Node

SCHEMA_VERSION: Final = 1
_FIELDS: Final = ("schema_version", "callers", "calls", "contexts", "cells", "counts", "notes")
_CELL_FIELDS: Final = (
    *("caller", "call", "context", "outcome", "statuses", "statements", "missing_keys", "unknown_values", "reason"),
)


class CellNames(NamedTuple):
    """The caller, the call and the context of a cell, by their names."""

    caller: str
    call: str
    context: str


class CellDifference(NamedTuple):
    """A cell that differs; None where one of the matrices has no such cell."""

    names: CellNames
    expected: CellResult | None
    found: CellResult | None


def parse_saved_matrix(text: str, name: str) -> Mapping[CellNames, CellResult]:
    """Read a matrix as ``execpolicy matrix --format json`` wrote it (docs/schemas/matrix-1.json).

    Args:
        text: the text.
        name: its name for messages.

    Raises:
        PolicySyntaxError: it is no such text; ``errors`` has all errors, each with its place.
    """
    problems, root = read_any(text, name)
    fields = entry(problems, root, "a matrix", _FIELDS)
    found: dict[CellNames, CellResult] = {}
    if fields is not None and fields.must("schema_version", "cells"):
        version = fields.value("schema_version")
        if not isinstance(version, JsonNumber) or version.text != str(SCHEMA_VERSION):
            message = f"found another schema_version, expected {SCHEMA_VERSION}"
            problems.report(version or root, message, "write the file again with execpolicy matrix --format json")
        for node in fields.items("cells", "a list of cells"):
            _read_cell(problems, node, found)
    problems.check()
    return found


def _read_cell(problems: Problems, node: Node, found: dict[CellNames, CellResult]) -> None:
    fields = entry(problems, node, "a cell", _CELL_FIELDS)
    if fields is None or not fields.must("caller", "call", "context", "outcome", "statuses"):
        return
    texts = [_plain(fields, name) for name in ("caller", "call", "context")]
    outcome = fields.choice("outcome", [each.value for each in CellOutcome])
    statuses = tuple(_statuses(problems, fields))
    if None in texts or outcome is None:
        return
    names = CellNames(*(text or "" for text in texts))
    if names in found:
        problems.report(node, f"found the cell of {quoted(names.caller)} and {quoted(names.call)} twice", "remove one")
    found[names] = (CellOutcome(outcome), statuses)


def _plain(fields: Fields, name: str) -> str | None:
    """A text that may be empty."""
    value = fields.value(name)
    if isinstance(value, Text):
        return value.value
    if value is not None:
        fields.wrong(value, name, "a string")
    return None


def _statuses(problems: Problems, fields: Fields) -> Iterator[int]:
    for node in fields.items("statuses", "a list of statuses"):
        if isinstance(node, JsonNumber) and node.text.isdigit():
            yield int(node.text)
        else:
            problems.report(node, "found a status that is no number", "write a status such as 403")


def differences(matrix: Matrix, saved: Mapping[CellNames, CellResult]) -> tuple[CellDifference, ...]:
    """The cells that differ in outcome or statuses, or that only one of the two has: those of the new one first."""
    now = {CellNames(cell.caller, cell.call, cell.context): (cell.outcome, cell.statuses) for cell in matrix.cells}
    differing = (CellDifference(names, saved.get(names), result) for names, result in now.items())
    gone = (CellDifference(names, result, None) for names, result in saved.items() if names not in now)
    return (*(each for each in differing if each.expected != each.found), *gone)
