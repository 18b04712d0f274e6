"""A case against the engine, a document against the parser: what was expected, what was found, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.decision import Decision
from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.frozen import Frozen
from execpolicy.testing.model import ERROR, LOADS, Case, DocumentCase, DocumentError, Expectation


class CaseResult(Frozen):
    """What became of a case.

    Attributes:
        case: the case or document.
        passed: whether everything that it expects was found.
        expected: what it expects, a line for each thing that is looked at.
        found: what was found, line by line the same things.
        decision: of a case that was decided, or None.
        error: what was raised instead, or None.

    ``str()`` is for people: the place of the case, expectation, outcome, and the decision's explanation.
    """

    __slots__ = ("case", "decision", "error", "expected", "found", "passed")
    case: Case | DocumentCase
    passed: bool
    expected: tuple[str, ...]
    found: tuple[str, ...]
    decision: Decision | None
    error: ExecPolicyError | None

    def __init__(
        self,
        case: Case | DocumentCase,
        *,
        expected: Iterable[str],
        found: Iterable[str],
        passed: bool,
        decision: Decision | None = None,
        error: ExecPolicyError | None = None,
    ) -> None:
        self._set(
            case=case,
            passed=passed,
            expected=tuple(expected),
            found=tuple(found),
            decision=decision,
            error=error,
        )

    def __bool__(self) -> NoReturn:
        raise UsageError(
            "a CaseResult is neither true nor false",
            advice="ask result.passed: a case that failed would count as true",
        )

    def __str__(self) -> str:
        rules = f" [{', '.join(self.case.rules)}]" if self.case.rules else ""
        lines = [f"{self.case.place}: {self.case.name}{rules}: {'passed' if self.passed else 'failed'}"]
        lines.extend(_labelled("expected", self.expected))
        lines.extend(_labelled("found", self.found))
        if self.case.why:
            lines.append(f"  why:      {self.case.why}")
        if self.decision is not None:
            lines.extend(f"  {line}" for line in str(self.decision.explain()).splitlines())
        elif self.error is not None:
            lines.extend(f"  {line}" for line in str(self.error).splitlines())
        return "\n".join(lines)


def _labelled(label: str, entries: tuple[str, ...]) -> Iterable[str]:
    for number, entry in enumerate(entries):
        yield f"  {f'{label}:' if number == 0 else '':<9} {entry}"


def run_case(case: Case) -> CaseResult:
    """Decide the request of a case and compare.

    Args:
        case: from ``load_cases``.

    Returns:
        Whether it passed, with expectation, outcome and decision.
    """
    decision: Decision | None = None
    error = case.refusal
    if error is None:
        assert case.request is not None  # load_cases leaves no case without one of the two
        try:
            decision = authorize(case.request, case.target)
        except ExecPolicyError as raised:
            error = raised
    if error is not None:
        expected = f'error: "{case.expected.error}"' if case.expected.outcome == ERROR else case.expected.outcome
        passed = case.expected.outcome == ERROR and case.expected.error in error.message
        return CaseResult(case, expected=[expected], found=[f'error: "{error.message}"'], passed=passed, error=error)
    assert decision is not None
    compared = list(_compare(case.expected, decision))
    return CaseResult(
        case,
        expected=[expected for expected, _, _ in compared],
        found=[found for _, found, _ in compared],
        passed=all(met for _, _, met in compared),
        decision=decision,
    )


def _compare(expected: Expectation, decision: Decision) -> Iterable[tuple[str, str, bool]]:
    """What is expected, what is found and whether it will do: of the outcome, then of each set that is looked at."""
    outcome = decision.outcome.value
    met = outcome == expected.outcome or (expected.outcome == "deny" and outcome in ("explicit_deny", "implicit_deny"))
    wanted = f'error: "{expected.error}"' if expected.outcome == ERROR else expected.outcome
    yield wanted, outcome, met
    if expected.sids is not None:
        sids = {statement.sid for statement in decision.determining_statements if statement.sid}
        yield _compare_sets("sid", expected.sids, sids)
    if expected.layers is not None:
        layers = {layer.value for layer in decision.blocked_by}
        yield _compare_sets("layer", {layer.value for layer in expected.layers}, layers)
    if expected.missing_keys is not None:
        yield _compare_sets("missing_keys", expected.missing_keys, {key.lower() for key in decision.missing_keys})
    if expected.assumed is not None:
        yield _compare_sets("assumed", expected.assumed, decision.assumed)


def _compare_sets(name: str, expected: Iterable[str], found: Iterable[str]) -> tuple[str, str, bool]:
    wanted, there = sorted(expected), sorted(found)
    return f"{name}: {', '.join(wanted) or 'none'}", f"{name}: {', '.join(there) or 'none'}", wanted == there


def run_document(case: DocumentCase) -> CaseResult:
    """Parse the document of a case and compare.

    Args:
        case: from ``load_cases``.

    Returns:
        Whether it loads as it must, or has the errors that it must have, in their order and at their places.
    """
    expected = [_shown_error(error) for error in case.errors] if case.expect == ERROR else [LOADS]
    try:
        Policy.parse(case.document, kind=case.kind, name="document")
    except PolicySyntaxError as raised:
        met = len(raised.errors) == len(case.errors) and all(map(_is_meant, raised.errors, case.errors))
        found = [_shown_diagnostic(error) for error in raised.errors]
        return CaseResult(case, expected=expected, found=found, passed=case.expect == ERROR and met, error=raised)
    return CaseResult(case, expected=expected, found=[LOADS], passed=case.expect == LOADS)


def _is_meant(error: Diagnostic, expected: DocumentError) -> bool:
    place = (error.span.line, error.span.column) if error.span is not None else (None, None)
    right_path = not expected.path or expected.path == error.path
    return expected.message in error.message and place == (expected.line, expected.column) and right_path


def _shown_error(error: DocumentError) -> str:
    place = f"{error.line}:{error.column}: " if error.line is not None else ""
    path = f"{error.path}: " if error.path else ""
    return f"{place}{path}{error.message}"


def _shown_diagnostic(error: Diagnostic) -> str:
    place = f"{error.span.line}:{error.span.column}: " if error.span is not None else ""
    path = f"{error.path}: " if error.path else ""
    return f"{place}{path}{error.message}"
