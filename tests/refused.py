"""What an error says, all of it at once: so that a test holds message, place, advice and rule together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from execpolicy import ExecPolicyError


class Refusal(NamedTuple):
    """``at`` is ``name:line:column`` and ``underlined`` the text of the span; both are empty without a place."""

    message: str
    at: str = ""
    underlined: str = ""
    advice: str = ""
    rule: str = ""


def refused(kind: type[ExecPolicyError], make: Callable[[], object]) -> Refusal:
    """What is said when ``make`` is refused by an error of exactly this kind."""
    with pytest.raises(kind) as caught:
        make()
    error = caught.value
    assert type(error) is kind
    underlined = ""
    if error.span is not None:
        assert error.source is not None
        assert error.span.line == error.span.end_line, "the places of these tests lie on one line"
        underlined = error.source.line(error.span.line)[error.span.column - 1 : error.span.end_column - 1]
    return Refusal(error.message, error.diagnostic.place, underlined, error.advice, error.rule)
