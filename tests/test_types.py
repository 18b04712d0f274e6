"""The package as a type checker sees it: a program of a user passes, and each wrong use in a list is refused."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from execpolicy import ApiType, AuthorizerType, AuthType, CacheRefusal, EndpointType, KeySource, PolicyKind, literals
from execpolicy.gateway.flow.arguments import CLIENT_CERTIFICATES, LIMITS, SIGNATURES
from execpolicy.gateway.model.names import ENDPOINT_ACCESS_MODES, IP_ADDRESS_TYPES
from execpolicy.gateway.model.readings import READINGS
from execpolicy.gateway.model.routing_rule import ROUTING_MODES
from execpolicy.language.principal import PRINCIPAL_KINDS
from execpolicy.loaders.kinds import FILE_KINDS

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "tests" / "typed" / "program.py"
POLICIES = ("examples/foundation/identity.json", "examples/foundation/resource.json")
#: Where `make test-oracles` installs it.
PYRIGHT = shutil.which("pyright", path=ROOT / "build" / ".pyright" / "node_modules" / ".bin") or shutil.which("pyright")

#: Each statement is refused, and so is what stands around it accepted.
WRONG_USES = """\
from execpolicy import Api, Authorizer, Domain, Policy, Principal, Readings, Route, Stage, Template, lint_file
from execpolicy.testing import Scenario, assert_denied

api = Api(id="a1", type="HTTP", region="eu-west-1", account="111122223333", routes="GET /a", stages="live")
Policy.load("policy.json", kind="iam")
Policy.parse("{}", kind="Identity")
Api.load("api.yaml", kind="swagger")
Api.parse("{}", type="WEBSOCKET")
Template.load("template.yaml", kind="cdk")
lint_file("policy.json", kind="iam")
Api(id="a1", type="SOAP", region="eu-west-1", account="111122223333")
Api(id="a1", type="REST", region="eu-west-1", account="111122223333", endpoint="GLOBAL")
Api(id="a1", type="REST", region="eu-west-1", account="111122223333", api_key_source="QUERY")
Route("GET", "/a", auth="IAM")
Authorizer("a", type="LAMBDA")
Authorizer("a", type="REQUEST", payload_format="3.0")
Stage("live", cache_refusal="IGNORE")
Domain("a.example", routing_mode="RULES")
Domain("a.example", endpoint_access_mode="LAX")
Domain("a.example", ip_address_type="ipv6")
Readings(path="raw")
Principal("group")
api.invoke("GET", "/a", signature="bad")
api.invoke("GET", "/a", client_certificate="expired")
api.invoke("GET", "/a", limits="over")
api.invoke("GET", "/a", stage=1)
Scenario().acting_as("anonymous", signature="bad")
Scenario().with_limits("over")
assert_denied(api.invoke("GET", "/a"), "explict")
"""
ACCEPTED_LINES = 4  # the imports and the API that the others call

#: Code after a use of a result as a truth value is checked too: it is refused when it runs.
AFTER_BOOL = """\
from execpolicy import Comparison, Decision, GatewayResponse, Proof

def after(decision: Decision, response: GatewayResponse, change: Comparison, proof: Proof) -> None:
    if decision:
        len(1)
    if response and change and proof:
        len(2)
    len(3)
"""


@pytest.mark.parametrize(
    ("literal", "values"),
    [
        (literals.PolicyKindName, PolicyKind),
        (literals.FileKindName, [kind.name for kind in FILE_KINDS]),
        (literals.ApiTypeName, ApiType),
        (literals.EndpointTypeName, EndpointType),
        (literals.AuthTypeName, AuthType),
        (literals.AuthorizerTypeName, AuthorizerType),
        (literals.KeySourceName, KeySource),
        (literals.CacheRefusalName, CacheRefusal),
        (literals.IpAddressType, IP_ADDRESS_TYPES),
        (literals.EndpointAccessMode, ENDPOINT_ACCESS_MODES),
        (literals.RoutingMode, ROUTING_MODES),
        (literals.PathReading, READINGS["path"]),
        (literals.EndpointIdentityReading, READINGS["endpoint_identity"]),
        (literals.Signature, SIGNATURES),
        (literals.ClientCertificate, CLIENT_CERTIFICATES),
        (literals.CallLimits, LIMITS),
        (literals.PrincipalKindName, PRINCIPAL_KINDS),
    ],
)
def test_a_literal_has_the_texts_that_are_accepted(literal: object, values: Iterable[str]) -> None:
    assert sorted(get_args(literal)) == sorted(str(value) for value in values)


def test_the_program_runs() -> None:
    command = [sys.executable, str(PROGRAM), *POLICIES]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert run.stdout.splitlines() == [
        "explicit_deny resource: OnlyThroughTheShopEndpoint at examples/foundation/resource.json:4:5",
        "403 The security token included in the request is expired by signature",
        "[]",
        "stricter ['examples/foundation/resource.json:16:5']",
    ]
    assert (run.stderr, run.returncode) == ("", 1)
    assert 60 <= len(PROGRAM.read_text("utf-8").splitlines()) <= 90


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files for a type checker."""
    folder = tmp_path_factory.mktemp("typed")
    for name, text in (("program", PROGRAM.read_text("utf-8")), ("wrong", WRONG_USES), ("after_bool", AFTER_BOOL)):
        (folder / f"{name}.py").write_text(text, "utf-8")
    return folder


def check(errors: dict[str, set[int]]) -> None:
    """Check the lines with errors, by file."""
    wrong = range(ACCEPTED_LINES + 1, WRONG_USES.count("\n") + 1)
    assert errors == {"wrong.py": {*wrong}, "after_bool.py": {5, 7, 8}}


def test_mypy(files: Path) -> None:
    flags = ("--strict", "--warn-unreachable", "--no-error-summary", "--hide-error-context", "--no-pretty")
    command = [sys.executable, "-m", "mypy", *flags, "program.py", "wrong.py", "after_bool.py"]
    run = subprocess.run(command, cwd=files, capture_output=True, encoding="utf-8", timeout=300, check=False)
    found: dict[str, set[int]] = {}
    for name, line in re.findall(r"^(\S+?):(\d+): error: ", run.stdout, re.MULTILINE):
        found.setdefault(name, set()).add(int(line))
    assert run.stderr == ""
    check(found)


@pytest.mark.skipif(PYRIGHT is None, reason="pyright is not installed: make test-oracles installs it")
def test_pyright(files: Path) -> None:
    assert PYRIGHT is not None
    settings = {"typeCheckingMode": "strict", "include": ["*.py"], "reportUnusedExpression": False}
    (files / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [PYRIGHT, "--outputjson", "--pythonpath", sys.executable]
    run = subprocess.run(command, cwd=files, capture_output=True, encoding="utf-8", timeout=300, check=False)
    found: dict[str, set[int]] = {}
    for each in json.loads(run.stdout)["generalDiagnostics"]:
        found.setdefault(Path(each["file"]).name, set()).add(each["range"]["start"]["line"] + 1)
    check(found)
