"""Tests of policies: files of cases, each a request and what must become of it, read and run."""

from execpolicy.testing.call_model import CallCase, CallExpectation, Invocation, SequenceCase
from execpolicy.testing.load import load_cases, parse_cases
from execpolicy.testing.model import Case, CaseFile, DocumentCase, DocumentError, Expectation
from execpolicy.testing.result import CaseResult
from execpolicy.testing.run import run_case, run_document
from execpolicy.testing.run_call import run_call, run_sequence

__all__ = [
    "CallCase",
    "CallExpectation",
    "Case",
    "CaseFile",
    "CaseResult",
    "DocumentCase",
    "DocumentError",
    "Expectation",
    "Invocation",
    "SequenceCase",
    "load_cases",
    "parse_cases",
    "run_call",
    "run_case",
    "run_document",
    "run_sequence",
]
