"""The engine confirms what z3 answers: its requests, and that no request of the alphabet differs where it has none."""

from __future__ import annotations

import json

import pytest

from execpolicy.engine.layers import Outcome
from tests.analysis.alphabet import ACTIONS, CALLERS, GIVEN, NETWORK_KEYS, OUTSIDE, RESOURCES, World, enumerated
from tests.analysis.brute_force import deciding, of_policies
from tests.analysis.smt_answers import FIRST, LINES, policies_of, request_of
from tools.smt_oracle.__main__ import COUNT


def test_the_fixture_says_which_z3_answered_how_often() -> None:
    assert json.loads(FIRST)["z3"]
    assert len(LINES) == COUNT
    results = [json.loads(line)[name]["result"] for line in LINES for name in ("newly_allowed", "newly_denied")]
    assert results.count("unknown") <= len(results) // 4
    assert results.count("sat") >= 30


@pytest.mark.parametrize("line", LINES)
def test_the_engine_confirms_what_z3_answers(line: str) -> None:
    case = json.loads(line)
    before, after = policies_of(case)
    for name, sides in (("newly_allowed", (before, after)), ("newly_denied", (after, before))):
        if case[name]["result"] == "sat":
            request = request_of(case[name]["request"])
            assert [deciding(each)(request) is Outcome.ALLOW for each in sides] == [False, True], case[name]
    world = World((*CALLERS[::2], OUTSIDE[0]), ACTIONS[:1], RESOURCES[::7], keys_of(line))
    found = of_policies(before, after, enumerated(world))
    assert not (found.newly_allowed and case["newly_allowed"]["result"] == "unsat"), found.newly_allowed[0]
    assert not (found.newly_denied and case["newly_denied"]["result"] == "unsat"), found.newly_denied[0]


def keys_of(line: str) -> list[str]:
    """The keys of the alphabet that a line names."""
    times = ["aws:CurrentTime"] if "aws:EpochTime" in line else []
    return [*times, *(key for key in (*GIVEN, *NETWORK_KEYS) if key in line)]
