"""Tests of policies: case files, assertions and scenarios.

Written by ``make docs`` from ``tools/public_names.txt``: change that file.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.testing.assertions import assert_allowed, assert_denied, assert_status
    from execpolicy.testing.case_file.calls import CallCase, CallExpectation, Invocation, SequenceCase
    from execpolicy.testing.case_file.invariant_case import InvariantCase
    from execpolicy.testing.case_file.load import load_cases, parse_cases
    from execpolicy.testing.case_file.model import Case, CaseFile, DocumentCase, DocumentError, Expectation, Item
    from execpolicy.testing.checked import Checked
    from execpolicy.testing.run.calls import run_call, run_sequence
    from execpolicy.testing.run.invariants import run_invariant
    from execpolicy.testing.run.items import run_case, run_document, run_item
    from execpolicy.testing.run.result import CaseResult
    from execpolicy.testing.scenario import Scenario

__all__ = [
    "CallCase",
    "CallExpectation",
    "Case",
    "CaseFile",
    "CaseResult",
    "Checked",
    "DocumentCase",
    "DocumentError",
    "Expectation",
    "InvariantCase",
    "Invocation",
    "Item",
    "Scenario",
    "SequenceCase",
    "assert_allowed",
    "assert_denied",
    "assert_status",
    "load_cases",
    "parse_cases",
    "run_call",
    "run_case",
    "run_document",
    "run_invariant",
    "run_item",
    "run_sequence",
]

# Each module is imported when one of its names is first used (docs/adr/012).
_MODULES = {
    "CallCase": "execpolicy.testing.case_file.calls",
    "CallExpectation": "execpolicy.testing.case_file.calls",
    "Case": "execpolicy.testing.case_file.model",
    "CaseFile": "execpolicy.testing.case_file.model",
    "CaseResult": "execpolicy.testing.run.result",
    "Checked": "execpolicy.testing.checked",
    "DocumentCase": "execpolicy.testing.case_file.model",
    "DocumentError": "execpolicy.testing.case_file.model",
    "Expectation": "execpolicy.testing.case_file.model",
    "InvariantCase": "execpolicy.testing.case_file.invariant_case",
    "Invocation": "execpolicy.testing.case_file.calls",
    "Item": "execpolicy.testing.case_file.model",
    "Scenario": "execpolicy.testing.scenario",
    "SequenceCase": "execpolicy.testing.case_file.calls",
    "assert_allowed": "execpolicy.testing.assertions",
    "assert_denied": "execpolicy.testing.assertions",
    "assert_status": "execpolicy.testing.assertions",
    "load_cases": "execpolicy.testing.case_file.load",
    "parse_cases": "execpolicy.testing.case_file.load",
    "run_call": "execpolicy.testing.run.calls",
    "run_case": "execpolicy.testing.run.items",
    "run_document": "execpolicy.testing.run.items",
    "run_invariant": "execpolicy.testing.run.invariants",
    "run_item": "execpolicy.testing.run.items",
    "run_sequence": "execpolicy.testing.run.calls",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'execpolicy.testing' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
