"""What the reference of the site reads in the source besides docstrings: examples, and comments on attributes."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EXAMPLE = re.compile(r"^(?P<indent> *)>>> .*(?:\n(?P=indent) *\S.*)*", re.MULTILINE)


def with_blocks(docstring: str) -> str:
    """The docstring with each example of doctest as a block: as plain Markdown, its brackets would be links."""

    def block(example: re.Match[str]) -> str:
        indent = example["indent"]
        return f"{indent}```pycon\n{example.group()}\n{indent}```"

    return _EXAMPLE.sub(block, docstring)


def comment_above(lines: Sequence[str], number: int) -> str:
    """The text of the ``#:`` comments right above a line, which is counted from 1.

    >>> comment_above(["", "  #: One", "  #: sentence.", "  name: str"], 4)
    'One sentence.'
    """
    found: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.lstrip().startswith("#:"):
            break
        found.append(line.lstrip().removeprefix("#:").strip())
    return " ".join(reversed(found))
