"""Runs the items of a case file and compares the results with what they expect."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.arguments import instance
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.decision import Decision
from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.item import ERROR
from execpolicy.testing.case_file.model import LOADS, Case, DocumentCase, DocumentError, Expectation, Item
from execpolicy.testing.run.calls import run_call, run_sequence
from execpolicy.testing.run.compare import ComparedLine, DecisionFacts, compare_error, compare_sets
from execpolicy.testing.run.invariants import run_invariant
from execpolicy.testing.run.result import CaseResult, result_of


def run_item(item: Item) -> CaseResult:
    """Run one item of a case file: a request, a call, a sequence of calls, a document or an invariant.

    Args:
        item: from ``load_cases(path).items``.

    Returns:
        The result: whether the item passed, what was expected and what was found.

    >>> from execpolicy.testing import parse_cases, run_item
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Nobody comes in", "cases": [
    ...     {"name": "no policy", "caller": "anonymous", "expect": "implicit_deny",
    ...      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"}]}''')
    >>> [run_item(item).passed for item in file.items]
    [True]
    """
    if isinstance(item, Case):
        return run_case(item)
    if isinstance(item, CallCase):
        return run_call(item)
    if isinstance(item, SequenceCase):
        return run_sequence(item)
    if isinstance(item, InvariantCase):
        return run_invariant(item)
    return run_document(instance(item, DocumentCase, "an item of a case file"))


def run_case(case: Case) -> CaseResult:
    """Decide the request of a case and compare the decision with what the case expects.

    Args:
        case: from ``load_cases``.

    Returns:
        The result: whether the case passed, what was expected and found, and the decision.
    """
    instance(case, Case, "case")
    decision: Decision | None = None
    error = case.refusal
    if error is None:
        if case.request is None:
            raise UsageError("the case has neither a request nor a refusal, and tests nothing")
        try:
            decision = authorize(case.request, case.target)
        except ExecPolicyError as raised:
            error = raised
    if error is not None:
        return result_of(case, [compare_error(case.expected, _wanted(case.expected), error)], error=error)
    assert decision is not None
    return result_of(case, _compare(case.expected, decision), decision=decision)


def _wanted(expected: Expectation) -> str:
    return f'error: "{expected.error}"' if expected.outcome == ERROR else expected.outcome


def _compare(expected: Expectation, decision: Decision) -> Iterable[ComparedLine]:
    """The lines of the comparison: the outcome, then each set that the case expects."""
    outcome = decision.outcome.value
    met = outcome == expected.outcome or (expected.outcome == "deny" and outcome in ("explicit_deny", "implicit_deny"))
    yield _wanted(expected), outcome, met
    # The facts take longer than the decision, and most cases expect none.
    if any(each is not None for each in (expected.sids, expected.layers, expected.missing_keys, expected.assumed)):
        yield from compare_sets(expected, DecisionFacts.of([decision]))


def run_document(case: DocumentCase) -> CaseResult:
    """Parse the document of a case and compare the errors with what the case expects.

    Args:
        case: from ``load_cases``.

    Returns:
        The result: whether the document is valid as expected, or has the expected errors in order, with their places.
    """
    instance(case, DocumentCase, "case")
    expected = [_shown_error(error) for error in case.errors] if case.expect == ERROR else [LOADS]
    try:
        Policy.parse(case.document, kind=case.kind, name="document")
    except PolicySyntaxError as raised:
        met = len(raised.errors) == len(case.errors) and all(map(_matches, raised.errors, case.errors))
        found = [_shown_diagnostic(error) for error in raised.errors]
        return CaseResult(case, expected=expected, found=found, passed=case.expect == ERROR and met, error=raised)
    return CaseResult(case, expected=expected, found=[LOADS], passed=case.expect == LOADS)


def _matches(error: Diagnostic, expected: DocumentError) -> bool:
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
