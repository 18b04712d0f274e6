"""Any item of a case file, run as its sort is run."""

from __future__ import annotations

from execpolicy.arguments import instance
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.model import Case, DocumentCase, Item
from execpolicy.testing.run.calls import run_call, run_sequence
from execpolicy.testing.run.requests import run_case, run_document
from execpolicy.testing.run.result import CaseResult


def run_item(item: Item) -> CaseResult:
    """Run one item of a case file: a request, a call, a sequence of calls, or a document.

    Args:
        item: from ``load_cases(path).items``.

    Returns:
        Whether it passed, with what was expected and what was found.

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
    return run_document(instance(item, DocumentCase, "an item of a case file"))
