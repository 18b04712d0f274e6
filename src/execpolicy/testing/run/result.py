"""The result of a case: of a request, a document, a call or a sequence of calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen
from execpolicy.document.syntax.yaml_lines import item_lines
from execpolicy.engine.decision import Decision
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.case_file.model import Item
from execpolicy.testing.run.compare import ComparedLine

if TYPE_CHECKING:
    from execpolicy.analysis.proof import Proof


class CaseResult(Frozen):
    """The result of a case.

    Attributes:
        case: the case or document.
        passed: whether everything that the case expects was found.
        expected: what the case expects, one line for each comparison.
        found: what was found, in the same lines.
        decision: the decision of a request, or None.
        response: the response to a call, or None.
        calls: the results of the calls of a sequence.
        error: the error that was raised instead, or None.
        proof: the proof of an invariant, or None.
        counterexample: the entry of ``cases`` that contradicts an invariant, as plain data, or None. It passes.

    ``str()`` is text for people: the place of the case, what was expected and found, and the explanation.
    """

    __slots__ = (
        *("calls", "case", "counterexample", "decision", "error", "expected", "found", "passed", "proof", "response"),
    )
    case: Item
    passed: bool
    expected: tuple[str, ...]
    found: tuple[str, ...]
    decision: Decision | None
    response: GatewayResponse | None
    error: ExecPolicyError | None
    calls: tuple[CaseResult, ...]
    proof: Proof | None
    counterexample: Mapping[str, Any] | None

    def __init__(
        self,
        case: Item,
        *,
        expected: Iterable[str],
        found: Iterable[str],
        passed: bool,
        decision: Decision | None = None,
        response: GatewayResponse | None = None,
        error: ExecPolicyError | None = None,
        calls: Iterable[CaseResult] = (),
        proof: Proof | None = None,
        counterexample: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(
            case=case,
            passed=passed,
            expected=tuple(expected),
            found=tuple(found),
            decision=decision,
            response=response,
            error=error,
            calls=tuple(calls),
            proof=proof,
            counterexample=counterexample,
        )

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions: the decision of a request, or those of all gates of a call."""
        if self.decision is not None:
            return (self.decision,)
        if self.response is not None:
            return tuple(step.decision for step in self.response.steps if step.decision is not None)
        return tuple(decision for call in self.calls for decision in call.decisions)

    def __bool__(self) -> bool:
        raise UsageError(
            "a CaseResult is neither true nor false",
            advice="ask result.passed: a case that failed would count as true",
        )

    def __str__(self) -> str:
        rules = f" [{', '.join(self.case.rules)}]" if self.case.rules else ""
        about = f"{self.case.place}: {self.case.name}{rules}: {'passed' if self.passed else 'failed'}"
        lines = [printable(about)]
        if not self.calls:
            lines.extend(_labelled("expected", self.expected))
            lines.extend(_labelled("found", self.found))
        if self.case.why:
            lines.append("  why:      " + "\n".join(map(printable, self.case.why.split("\n"))))
        lines.extend(f"  {line}" for line in self._reasons().splitlines())
        lines.extend(f"  {line}" for line in self.counterexample_lines())
        return "\n".join(lines)

    def counterexample_lines(self) -> Iterator[str]:
        """The counterexample of an invariant as an item of the list ``cases`` in YAML; no lines if there is none."""
        return item_lines(self.counterexample) if self.counterexample is not None else iter(())

    def _reasons(self) -> str:
        """The explanation; for a sequence, the calls that failed in full and a line for each other call."""
        if self.decision is not None:
            return str(self.decision.explain())
        if self.response is not None:
            return str(self.response.explain())
        if self.error is not None:
            return str(self.error)
        return "\n".join(str(call) if not call.passed else str(call).partition("\n")[0] for call in self.calls)


def result_of(
    case: Item,
    compared: Iterable[ComparedLine],
    *,
    decision: Decision | None = None,
    response: GatewayResponse | None = None,
    error: ExecPolicyError | None = None,
) -> CaseResult:
    """The result of a case from the lines of its comparison."""
    all_compared = list(compared)
    return CaseResult(
        case,
        expected=[expected for expected, _, _ in all_compared],
        found=[found for _, found, _ in all_compared],
        passed=all(met for _, _, met in all_compared),
        decision=decision,
        response=response,
        error=error,
    )


def _labelled(label: str, entries: tuple[str, ...]) -> Iterable[str]:
    for number, entry in enumerate(entries):
        yield f"  {f'{label}:' if number == 0 else '':<9} {printable(entry)}"
