"""Everything that is shown is the same in every process, whatever the hashes of its texts and objects are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from execpolicy._base.ordered import OrderedSet

CONFORMANCE = Path(__file__).parents[1] / "conformance"

SHOWING = """
import json, pickle, sys
from execpolicy import Layer, authorize
from execpolicy.testing import load_cases, run_call, run_case, run_document, run_sequence
from execpolicy.testing.case_file.model import Case, DocumentCase
from execpolicy.testing.case_file.calls import CallCase

def show(decision):
    told = (decision.blocked_by, decision.possible, decision.missing_keys, decision.assumed)
    print(repr(decision), *map(repr, told), *map(list, told), repr(pickle.loads(pickle.dumps(told))))
    print(repr(decision.determining_statements), decision.message)
    explanation = decision.explain()
    print(explanation, repr(explanation), explanation.html(), json.dumps(decision.to_dict()))

for name in sys.argv[1:]:
    file = load_cases(name)
    for item in file.items:
        if isinstance(item, Case):
            result = run_case(item)
            if item.request is not None:
                print(repr(item.request), repr(item.target), repr(item.expected))
                try:
                    show(authorize(item.request, item.target))
                except Exception as error:
                    print(repr(error), error)
        elif isinstance(item, CallCase):
            result = run_call(item)
            if result.response is not None:
                response = result.response
                print(response, repr(response), json.dumps(response.to_dict()), response._repr_html_())
        else:
            result = run_document(item) if isinstance(item, DocumentCase) else run_sequence(item)
        print(repr(item), result, repr(result))
"""

FILES = (
    "unknown-keys",
    "organizations",
    "gateway-scenarios",
    "gateway-cache",
    "documents-grammar",
)


def shown(seed: str, script: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.rule("EVL-11")
@pytest.mark.parametrize("name", FILES)
def test_every_output_is_the_same_for_any_hash_seed(name: str) -> None:
    file = str(CONFORMANCE / f"{name}.json")
    first, *others = (shown(seed, SHOWING, file).splitlines() for seed in ("0", "1", "42"))
    assert len(first) > 100
    for other in others:
        assert [pair for pair in zip(first, other, strict=True) if pair[0] != pair[1]][:1] == []


KEYS_OF_A_CALL = """
import pickle
from execpolicy import Api, Context, Policy, Route

asks = {name: {key: value} for name, key, value in (
    ("IpAddress", "aws:SourceIp", "192.0.2.0/24"), ("StringEquals", "aws:UserAgent", "curl"),
    ("StringLike", "aws:referer", "x"))}
statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", "Condition": asks}
policy = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="resource")
api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    routes=[Route("GET", "/orders")], resource_policy=policy)
keys = api.invoke("GET", "/orders", context=Context(complete=False)).deciding_keys
print(repr(keys), list(keys), repr(pickle.loads(pickle.dumps(keys))))
"""


@pytest.mark.rule("GW-25")
def test_the_keys_of_a_call_are_in_one_order_for_any_hash_seed() -> None:
    found = {shown(seed, KEYS_OF_A_CALL) for seed in ("0", "1", "42")}
    names = ["aws:SourceIp", "aws:UserAgent", "aws:referer"]
    as_set = f"frozenset({{{', '.join(map(repr, names))}}})"
    assert found == {f"{as_set} {names} {as_set}\n"}


def test_a_set_keeps_the_order_of_its_members() -> None:
    found = OrderedSet(["b", "a", "c", "a"])
    assert (list(found), repr(found)) == (["b", "a", "c"], "frozenset({'b', 'a', 'c'})")
    assert (repr(OrderedSet()), len(found), "c" in found) == ("frozenset()", 3, True)
    assert found == frozenset("abc")
    assert hash(found) == hash(frozenset("abc"))
    assert {"a"} <= found
