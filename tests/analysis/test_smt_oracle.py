"""The analysis against the answers of z3, which ``make test-oracles`` writes: two ways to the same result.

z3 is asked about fewer requests: callers without a service, methods of APIs of one partition, printable ASCII. What it
finds there compare must find; what it proves there compare must not contradict by a request of that kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from execpolicy import Policy
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.witness import Witness
from execpolicy.engine.layers import Outcome
from tests.analysis.brute_force import deciding
from tests.analysis.smt_answers import LINES, policies_of, request_of

#: What the encoding takes for a resource, an action and a caller.
METHOD = re.compile(r"arn:aws:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+/[\w$-]+/[A-Z]+/[ -~]*")
ACTIONS = ("execute-api:invoke", "execute-api:invalidatecache", "execute-api:manageconnections")
MODELLED_KINDS = ("anonymous", "user", "root", "session")


def is_modelled(witness: Witness) -> bool:
    """Whether z3 was asked about such a request."""
    assert witness.request is not None
    principal = witness.request.caller.principal
    values = [value for each in witness.request.context.values.values() for value in each]
    known = principal.kind in MODELLED_KINDS and principal.partition in (None, "", "aws")
    texts = all(value.isascii() and value.isprintable() for value in values)
    exists = witness.request.action.lower() in ACTIONS
    return known and texts and exists and METHOD.fullmatch(witness.request.resource) is not None


@pytest.mark.parametrize("line", LINES)
def test_compare_agrees(line: str) -> None:
    case = json.loads(line)
    before, after = policies_of(case)
    compared = compare(before, after)
    is_unknown = compared.verdict is ComparisonVerdict.UNKNOWN
    check(case["newly_allowed"], compared.newly_allowed, (before, after), is_unknown=is_unknown)
    check(case["newly_denied"], compared.newly_denied, (after, before), is_unknown=is_unknown)


def check(
    answer: dict[str, Any], witnesses: Sequence[Witness], policies: tuple[Policy, Policy], *, is_unknown: bool
) -> None:
    """One direction: the engine confirms the request of z3, and compare has found one too."""
    if answer["result"] == "sat":
        request = request_of(answer["request"])
        assert [deciding(each)(request) is Outcome.ALLOW for each in policies] == [False, True], answer["request"]
        assert witnesses or is_unknown, answer["request"]
    elif answer["result"] == "unsat":
        assert not any(map(is_modelled, witnesses)), str(witnesses[0])
