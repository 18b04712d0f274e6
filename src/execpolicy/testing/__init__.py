"""Tests of policies: case files, assertions, scenarios; coverage, mutation and strategies are packages of their own."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from execpolicy.testing.assertions import assert_allowed, assert_denied, assert_status
    from execpolicy.testing.case_file.calls import CallCase, CallExpectation, Invocation, SequenceCase
    from execpolicy.testing.case_file.load import load_cases, parse_cases
    from execpolicy.testing.case_file.model import Case, CaseFile, DocumentCase, DocumentError, Expectation, Item
    from execpolicy.testing.run.calls import run_call, run_sequence
    from execpolicy.testing.run.items import run_item
    from execpolicy.testing.run.requests import run_case, run_document
    from execpolicy.testing.run.result import CaseResult
    from execpolicy.testing.scenario import Checked, Scenario

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
    "run_item",
    "run_sequence",
]

# Loaded when first asked for: the pytest plugin is imported in every project that has it installed.
_MODULES = {
    "CallCase": "case_file.calls",
    "CallExpectation": "case_file.calls",
    "Case": "case_file.model",
    "CaseFile": "case_file.model",
    "CaseResult": "run.result",
    "Checked": "scenario",
    "DocumentCase": "case_file.model",
    "DocumentError": "case_file.model",
    "Expectation": "case_file.model",
    "Invocation": "case_file.calls",
    "Item": "case_file.model",
    "Scenario": "scenario",
    "SequenceCase": "case_file.calls",
    "assert_allowed": "assertions",
    "assert_denied": "assertions",
    "assert_status": "assertions",
    "load_cases": "case_file.load",
    "parse_cases": "case_file.load",
    "run_call": "run.calls",
    "run_case": "run.requests",
    "run_document": "run.requests",
    "run_item": "run.items",
    "run_sequence": "run.calls",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'execpolicy.testing' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"execpolicy.testing.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
