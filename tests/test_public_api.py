"""The public names: all there, all documented by an example, and cheap to import."""

from __future__ import annotations

import doctest
import enum
import subprocess
import sys

import pytest

import execpolicy

NAMES = {
    "Caller", "ClauseTrace", "Context", "Decision", "DeterminingStatement", "Diagnostic", "ExecPolicyError",
    "Explanation", "Grant", "Layer", "LayerTrace", "Outcome", "Policy", "PolicyKind", "PolicySyntaxError",
    "PolicyTrace", "Principal", "Reason", "Request", "RequestError", "RequestTrace", "Source", "Span",
    "StatementTrace", "Target", "Template", "UsageError", "authorize", "authorize_many",
    # API Gateway's own flow
    "Api", "ApiKey", "ApiType", "AuthType", "Authorizer", "AuthorizerCache", "AuthorizerOutput", "AuthorizerType",
    "CacheRefusal", "Call", "CallOutcome", "Claim", "CustomGatewayResponse", "Domain", "EndpointType", "ExecuteApiArn",
    "GatewayResponse", "IntegrationRequest", "Invariant", "Issuer",
    "KeySource", "Mapped", "MethodSetting", "Readings", "ResponseType", "Route", "RoutingRule",
    "SentResponse", "Stage", "Step", "event_for",
    "Finding", "Severity", "lint", "lint_file",
    # All requests at once
    "Access", "AccessGroup", "Comparison", "ComparisonVerdict", "Proof", "ProofVerdict", "StatementFinding",
    "UnusedKind", "Witness", "WitnessCall", "compare", "prove", "unused_statements", "who",
    # Many calls at once
    "CallChange", "CellOutcome", "Matrix", "MatrixCell", "NotReplayed", "Replay", "ReplayGroup", "UnknownCause",
    "Disagreement", "Narrowed", "NarrowedStatement", "NotComparable", "NotNarrowedError", "Score", "narrow",
    "authorize_columns", "matrix", "replay",
    "ChangeKind", "SuggestedChange", "Suggestion", "suggest",
}  # fmt: skip

#: What `import execpolicy` must not wait for: each costs more than the engine itself, or is needed by few.
SLOW = ["dataclasses", "dateutil", "difflib", "doctest", "inspect", "ipaddress", "json", "pyparsing", "rich", "html"]


def test_the_list_of_public_names() -> None:
    assert set(execpolicy.__all__) == NAMES
    assert len(execpolicy.__all__) == len(NAMES)
    assert [name for name in execpolicy.__all__ if getattr(execpolicy, name, None) is None] == []


def test_a_star_import_gives_the_public_names_and_no_others() -> None:
    found: dict[str, object] = {}
    exec("from execpolicy import *", found)
    assert set(found) - {"__builtins__"} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_public_name_is_documented_by_an_example(name: str) -> None:
    documented = getattr(execpolicy, name).__doc__ or ""
    assert documented.strip(), f"{name} has no docstring"
    assert doctest.DocTestParser().get_examples(documented), f"the docstring of {name} has no example"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_a_public_class_offers_is_documented(name: str) -> None:
    public = getattr(execpolicy, name)
    if not isinstance(public, type) or issubclass(public, enum.Enum):
        return
    silent = [
        member
        for member, value in vars(public).items()
        if not member.startswith("_")
        and (callable(value) or isinstance(value, (property, classmethod, staticmethod)))
        and not (getattr(value, "__doc__", None) or getattr(getattr(value, "__func__", None), "__doc__", None))
    ]
    assert silent == []


def loaded_slowly(code: str) -> str:
    """What a fresh interpreter prints as the slow modules that the code has loaded."""
    around = (
        f"import sys\nbefore = set(sys.modules)\n{code}\nprint(sorted({{*{SLOW!r}}} & (set(sys.modules) - before)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", around], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert found.stderr == ""
    return found.stdout


def test_importing_loads_nothing_slow() -> None:
    assert loaded_slowly("import execpolicy") == "[]\n"


def test_deciding_loads_nothing_slow() -> None:
    code = """
from execpolicy import Caller, Policy, Request, authorize
reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")
arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
caller = Caller("arn:aws:iam::111122223333:user/Ann", identity=reads)
assert authorize(Request(caller=caller, action="execute-api:Invoke", resource=arn)).allowed
"""
    assert loaded_slowly(code) == "[]\n"


def test_the_measure_of_slow_modules_sees_them() -> None:
    assert loaded_slowly("import json") == "['json']\n"
