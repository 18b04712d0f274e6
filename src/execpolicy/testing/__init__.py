"""Tests of policies: case files, assertions, scenarios; coverage, mutation and strategies are packages of their own."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from execpolicy.testing.assertions import assert_allowed, assert_denied, assert_status
    from execpolicy.testing.call_model import CallCase, CallExpectation, Invocation, SequenceCase
    from execpolicy.testing.load import load_cases, parse_cases
    from execpolicy.testing.model import Case, CaseFile, DocumentCase, DocumentError, Expectation, Item
    from execpolicy.testing.result import CaseResult
    from execpolicy.testing.run import run_case, run_document
    from execpolicy.testing.run_calls import run_call, run_sequence
    from execpolicy.testing.run_items import run_item
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
    "CallCase": "call_model",
    "CallExpectation": "call_model",
    "Case": "model",
    "CaseFile": "model",
    "CaseResult": "result",
    "Checked": "scenario",
    "DocumentCase": "model",
    "DocumentError": "model",
    "Expectation": "model",
    "Invocation": "call_model",
    "Item": "model",
    "Scenario": "scenario",
    "SequenceCase": "call_model",
    "assert_allowed": "assertions",
    "assert_denied": "assertions",
    "assert_status": "assertions",
    "load_cases": "load",
    "parse_cases": "load",
    "run_call": "run_calls",
    "run_case": "run",
    "run_document": "run",
    "run_item": "run_items",
    "run_sequence": "run_calls",
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
