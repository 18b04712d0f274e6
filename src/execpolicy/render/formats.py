"""The output formats of a decision, a response of API Gateway, and a diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from execpolicy.render.styled_line import StyledLine


class PrintableResult(NamedTuple):
    """What a format reads of a result.

    Args:
        lines: gives the lines of the explanation, for a number of columns or None for no limit.
        data: gives the plain data, as ``to_dict()`` does.
    """

    lines: Callable[[int | None], Iterable[StyledLine]]
    data: Callable[[], Mapping[str, Any]]


#: Gives the output in one format, with its end of line, from a result, the number of columns (None for no limit), and
#: whether the output is coloured.
OutputFormat: TypeAlias = Callable[[PrintableResult, "int | None", bool], str]


def lines_to_text(lines: Iterable[StyledLine], colour: bool) -> str:
    """Lines as text, each with its end."""
    if not colour:
        return "".join(f"{line.text}\n" for line in lines)
    from execpolicy.render.colour import coloured

    return coloured(lines)


def _as_text(result: PrintableResult, width: int | None, colour: bool) -> str:
    return lines_to_text(result.lines(width), colour)


def _as_json(result: PrintableResult, _width: int | None, _colour: bool) -> str:
    from execpolicy.render.json import data_to_json

    return data_to_json(result.data())


#: The name of the format that is used if none is given.
DEFAULT_FORMAT = "text"
#: The formats, by the value of the option ``--format``.
FORMATS: dict[str, OutputFormat] = {DEFAULT_FORMAT: _as_text, "json": _as_json}
