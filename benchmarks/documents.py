"""Measure documents: compiling, compared with Cedar's parser, and reading, compared with ``json.loads``."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec

from benchmarks.clock import Measure, in_turns, repeated
from benchmarks.engines.cedar import policies_of
from benchmarks.engines.contract import library, seconds
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACTION, CALLER, workload
from execpolicy import Caller, Policy, Request, authorize
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.engine.layers import Layer

COMPILE, PARSE = "compile, a statement", "read 6 KB"
FROM_POLICY, FROM_TEXT = "execpolicy, from a parsed policy", "execpolicy, from text"
CEDAR = "cedarpy, PolicySet.from_str"
LOADS, PLACES, POLICY = "json.loads", "JSON with places", "Policy.parse"


def measure_compiling(plan: Plan, report: Report) -> None:
    """Measure microseconds per statement with the index, which a Caller makes after its first requests."""
    for size in plan.compiled:
        work = workload(size, requests=1)
        text, resource = json.dumps(work.identity), work.requests[0].resource
        measures = {FROM_POLICY: _from_policy(text, resource, size), FROM_TEXT: _from_text(text, resource, size)}
        if find_spec("cedarpy") is not None:
            measures[CEDAR] = _from_str(library("cedarpy").PolicySet.from_str, policies_of(work), size)
        report.add(COMPILE, in_turns(measures, plan.part_rounds), size=size)


def _from_policy(text: str, resource: str, size: int) -> Measure:
    def measure() -> float:
        policy = Policy.parse(text, kind="identity")
        return seconds(lambda: _first(policy, resource)) / size * 1e6

    return measure


def _from_text(text: str, resource: str, size: int) -> Measure:
    return lambda: seconds(lambda: _first(Policy.parse(text, kind="identity"), resource)) / size * 1e6


def _from_str(read: Callable[[str], object], text: str, size: int) -> Measure:
    return lambda: seconds(lambda: read(text)) / size * 1e6


def _first(policy: Policy, resource: str) -> bool:
    """Make the index, and decide once."""
    caller = Caller(CALLER, identity=policy)
    assert caller.compiled()[Layer.IDENTITY].prepared is not None
    return authorize(Request(caller=caller, action=ACTION, resource=resource)).allowed


def measure_reading(plan: Plan, report: Report) -> None:
    """Read the same document in three ways: as plain JSON, as JSON with positions, and as a policy."""
    text = _document(6 * 1024)
    measures = {
        LOADS: repeated(lambda: json.loads(text)),
        PLACES: repeated(lambda: read_json(text)),
        POLICY: repeated(lambda: Policy.parse(text, kind="identity")),
    }
    report.add(PARSE, in_turns(measures, plan.part_rounds), note=f"{len(text)} characters, indented by two")


def _document(length: int) -> str:
    """Return an indented policy with about this number of characters."""
    statements = workload(100, requests=1).identity["Statement"]
    text = ""
    for count in range(1, len(statements)):
        text = json.dumps({"Version": "2012-10-17", "Statement": statements[:count]}, indent=2)
        if len(text) >= length:
            break
    return text
