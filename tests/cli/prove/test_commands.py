"""The command under a witness decides its call again, with the same answer."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CLERK, Execute, document, write

FUNCTION = {"type": "REQUEST", "identity_sources": ["method.request.header.X-Token"]}
READS_QUERY = {"type": "REQUEST", "identity_sources": ["method.request.querystring.q"]}
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ab1"
API: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "api_keys": [{"value": "key-for-tests-of-the-shop-1", "stages": ["prod"]}],
    "authorizers": {
        "asks": FUNCTION,
        "reads": READS_QUERY,
        "pool": {
            "type": "COGNITO_USER_POOLS",
            "identity_sources": ["method.request.header.Auth"],
            "user_pools": [POOL],
        },
    },
    "routes": {
        "GET /open": {},
        "GET /signed/{id}": {"auth": "AWS_IAM"},
        "GET /asked": {"auth": "CUSTOM", "authorizer": "asks"},
        "GET /queried": {"auth": "CUSTOM", "authorizer": "reads"},
        "GET /users": {"auth": "COGNITO_USER_POOLS", "authorizer": "pool", "scopes": ["shop/read"]},
        "GET /keyed": {"api_key_required": True},
    },
    "resource_policy": document(
        Sid="Office",
        Principal="*",
        Resource="execute-api:/*",
        Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    ),
}


def again(execute: Execute, text: str) -> int:
    """The exit code of the command in an output."""
    (line,) = (line.strip() for line in text.splitlines() if "execpolicy check" in line)
    words = shlex.split(line)
    given = None
    if words[0] == "echo":
        given, words = words[1].encode(), words[words.index("|") + 1 :]
    assert words[0] == "execpolicy"
    return execute(*words[1:], "-q", stdin=given).code


@pytest.mark.parametrize("path", ["/open", "/signed/*", "/asked", "/queried", "/users", "/keyed"])
def test_a_call_that_gets_through_does_again(execute: Execute, folder: Path, path: str) -> None:
    write(folder / "shop.json", API)
    run = execute("prove", f"nobody may call {path}", "--api", "shop.json")
    assert run.out.startswith("REFUTED")
    assert again(execute, run.out) == 0


@pytest.mark.parametrize(
    "invariant",
    [
        "anybody may call GET /open",
        "anybody may call /other",
        "anybody may call /users",
    ],
)
def test_a_call_that_is_refused_is_refused_again(execute: Execute, folder: Path, invariant: str) -> None:
    write(folder / "shop.json", API)
    run = execute("prove", invariant, "--api", "shop.json")
    assert run.out.startswith("REFUTED")
    assert again(execute, run.out) == 1


def test_a_request_that_an_identity_policy_allows(execute: Execute, folder: Path) -> None:
    write(folder / "less.json", document(Resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a"))
    run = execute("diff", "less.json", "allows.json", "--kind", "identity")
    assert run.out.startswith("LAXER")
    assert again(execute, run.out) == 0


@pytest.mark.parametrize("kind", ["scp", "boundary", "session", "vpc_endpoint"])
def test_no_command_for_kinds_of_policies_that_do_not_allow_alone(execute: Execute, folder: Path, kind: str) -> None:
    principal = {"Principal": "*"} if kind == "vpc_endpoint" else {}
    write(folder / "all.json", document(Resource="*", **principal))
    write(folder / "none.json", document("Deny", Resource="*", **principal))
    run = execute("diff", "none.json", "all.json", "--kind", kind)
    assert (run.code, run.out.split()[0]) == (1, "LAXER")
    assert "execpolicy check" not in run.out


def test_no_command_for_a_signer_that_a_resource_policy_names(execute: Execute, folder: Path) -> None:
    write(folder / "clerk.json", document(Principal={"AWS": CLERK}, Resource="execute-api:/*"))
    run = execute("prove", "nobody may call /**", "--resource", "clerk.json")
    assert run.out.startswith("REFUTED")
    assert "execpolicy check" not in run.out
