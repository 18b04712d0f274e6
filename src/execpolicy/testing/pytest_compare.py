"""The explanation that pytest shows of a failed comparison of decisions, responses or outcomes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

from execpolicy.document.syntax.wording import cut
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.checked import Checked
from execpolicy.testing.result_view import ResultView

#: Packages of the frames between a test and this module when an assertion fails.
_MACHINERY = {"_pytest", "pluggy", "execpolicy"}
#: The prefix of variables in assertions that pytest rewrites.
_PART = "@py_assert"


def compared(op: str, left: object, right: object) -> list[str] | None:
    """The lines that explain a comparison; None if there are none."""
    results = [side for side in (left, right) if isinstance(side, (Decision, GatewayResponse, Checked))]
    head = f"{_brief(left)} {op} {_brief(right)}"
    if len(results) == 2:
        return [head, *_both(left, right)]
    if results:
        return [head, *_advice(results[0]), "", *_explained(results[0])]
    decision = _decided(left, right)
    return None if decision is None else [f"{_shown(left)} {op} {_shown(right)}", "", *_explained(decision)]


def _shown(side: object) -> str:
    return f"Outcome.{side.name}" if isinstance(side, Outcome) else repr(side)


def _advice(result: object) -> list[str]:
    part = "response.status" if isinstance(result, GatewayResponse) else "decision.outcome"
    return [f"a {type(result).__name__} is equal only to another one: compare {part}"]


def _both(left: object, right: object) -> Iterator[str]:
    if isinstance(left, Decision) and isinstance(right, Decision):
        if left.outcome is not right.outcome:
            yield f"outcome: {left.outcome.value} and {right.outcome.value}"
        for name in ("caller", "action", "resource", "context", "account"):
            ours, theirs = getattr(left.request, name), getattr(right.request, name)
            if ours != theirs:
                yield f"{name}: {_part_text(ours)} and {_part_text(theirs)}"
        if left.target != right.target:
            yield "the policies on the resource's side differ"
    for name, side in (("left", left), ("right", right)):
        yield ""
        yield f"{name}:"
        yield from (f"  {line}".rstrip() for line in _explained(side))


def _part_text(part: object) -> str:
    return f"{part.principal.arn}, with its policies" if isinstance(part, Caller) else repr(part)


def _brief(side: object) -> str:
    """A short text for a side. Objects of other libraries can have any representation, or fail to give one."""
    if isinstance(side, (Decision, GatewayResponse, Checked)):
        return cut(repr(side))
    import reprlib

    return reprlib.repr(side)


def _explained(result: object) -> list[str]:
    text = result.explain() if isinstance(result, Checked) else ResultView.of(result).text
    return text.rstrip("\n").split("\n")


def _decided(left: object, right: object) -> Decision | None:
    """The decision whose outcome a test compares: pytest passes only the outcome.

    It is a part of the compared expression or a variable of the test. If there are several candidates, the result is
    None.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _MACHINERY:
        frame = frame.f_back
    if frame is None:
        return None
    decisions = [(name, value) for name, value in frame.f_locals.items() if isinstance(value, Decision)]
    parts = [value for name, value in decisions if name.startswith(_PART) and value.outcome in (left, right)]
    candidates = parts or [value for _, value in decisions if value.outcome is left]
    return candidates[0] if len({id(value) for value in candidates}) == 1 else None
