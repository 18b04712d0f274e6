"""Annotations of GitHub: workflow commands that show a message at a line of a file."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: The name of the format, in which annotations follow the text for people.
GITHUB: Final = "github"
#: GitHub shows the beginning of longer messages only.
_LONGEST: Final = 4000


class AnnotationLevel(StrEnum):
    """How GitHub shows an annotation."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


def annotation(
    message: str,
    *,
    title: str,
    file: str = "",
    line: int = 0,
    column: int = 0,
    end_line: int = 0,
    end_column: int = 0,
    level: AnnotationLevel = AnnotationLevel.ERROR,
) -> str:
    r"""The workflow command of an annotation, without its end of line.

    Args:
        message: what is shown; a long one is cut.
        title: the line above it.
        file: the path from the root of the repository, with forward slashes; empty for none.
        line: the first line of the part of the file, counted from 1; 0 for none.
        column: its first column, counted from 1; 0 for none, as for a part of several lines.
        end_line: its last line, or 0.
        end_column: the column after its end, or 0.
        level: how it is shown.

    >>> annotation("found: 50%\nof it", title="a, b", file="c:d.yaml", line=3, column=5)
    '::error file=c%3Ad.yaml,line=3,col=5,title=a%2C b::found: 50%25%0Aof it'

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    numbers = {"line": line, "endLine": end_line, "col": column, "endColumn": end_column}
    properties = {"file": file, **{name: str(number or "") for name, number in numbers.items()}, "title": title}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    shown = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    return f"::{level} {given}::{_data(shown)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
