"""AWS's answer to a call beside the simulated one, as lines and as plain data (LOG-6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from execpolicy._base.outline import OutlineLine
from execpolicy.loaders.compared_answer import ComparedAnswer
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine


def compared_lines(compared: ComparedAnswer, width: int | None) -> Iterator[StyledLine]:
    """Both answers in words, and what could explain a difference."""
    yield from wrapped(OutlineLine(0, "heading", compared.text), width)
    for text in compared.could_explain:
        yield from wrapped(OutlineLine(1, "advice", f"it could be {text}"), width)
    if compared.advice is not None:
        yield from wrapped(OutlineLine(1, "advice", compared.advice), width)


def compared_to_dict(compared: ComparedAnswer) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "verdict": compared.verdict.value,
        "text": compared.text,
        "could_explain": list(compared.could_explain),
        "advice": compared.advice,
    }
