"""execpolicy check --authorizer and --show-event: the function of a call, and the event that it gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, event_for
from tests.cli.conftest import Execute, write

TOKEN = ("--header", "Authorization: Bearer abc")
API: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod", "test"],
    "stage": "prod",
    "authorizers": {"tokens": {"type": "REQUEST", "identity_sources": "method.request.header.Authorization"}},
    "routes": {"GET /open": {}, "GET /orders/{id}": {"authorizer": "tokens"}},
    "domains": {"shop.example": {"mappings": {"v1": "test"}}},
}
AUTH = """
def handler(event, context):
    print("for", event["path"])
    token = event["headers"]["Authorization"]
    if token == "Bearer none":
        raise Exception("Unauthorized")
    if token == "Bearer bug":
        return event["nothing"]
    if token == "Bearer set":
        return {1}
    effect = "Allow" if token == "Bearer abc" else "Deny"
    statement = {"Sid": "Own", "Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""


HEADLINES = {
    "abc": "ALLOW: the call reaches its integration",
    "other": "DENY: 403 ACCESS_DENIED, ",
    "none": "DENY: 401 UNAUTHORIZED, ",
    "bug": "DENY: 500 AUTHORIZER_FAILURE, ",
}


@pytest.fixture
def call(execute: Execute, folder: Path) -> Execute:
    write(folder / "shop.api.json", API)
    (folder / "auth.py").write_text(AUTH, "utf-8")

    def run(*arguments: str, path: str = "/orders/7", token: str = "abc") -> Any:
        header = ("--header", f"Authorization: Bearer {token}") if token else ()
        return execute("check", "GET", path, "--api", "shop.api.json", *header, *arguments)

    return run


@pytest.mark.rule("AUT-11")
@pytest.mark.parametrize(
    ("token", "code", "shown"),
    [
        ("abc", 0, "auth.py:handler:6:7: Allow Own applies"),
        ("other", 1, "auth.py:handler:6:7: Deny Own applies"),
        ("none", 1, "the function failed with Unauthorized"),
        ("bug", 1, "the function failed with"),
    ],
)
@pytest.mark.parametrize("name", ["auth.py:handler", "auth:handler"])
def test_the_function_runs_on_the_event_of_the_call(
    call: Execute, token: str, code: int, shown: str, name: str
) -> None:
    run = call("--authorizer", name, token=token)
    assert run.code == code
    assert run.out.startswith(HEADLINES[token])
    assert shown.replace("auth.py:handler", name) in run.out
    assert run.err.startswith(f"{name}| for /orders/7\n")
    assert ("KeyError: 'nothing'" in run.err) is (token == "bug")


def test_a_route_without_an_authorizer_runs_nothing(call: Execute) -> None:
    run = call("--authorizer", "auth.py:handler", path="/open")
    assert run.code == 0
    assert run.err == "execpolicy check: note: --authorizer was not used: no gate that the call reached needs it\n"


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (
            ["--authorizer", "auth.py"],
            '--authorizer:1:1: found "auth.py" as the handler, expected auth.py:handler or package.module:handler',
            "add the name of the function: auth.py:handler",
        ),
        (
            ["--authorizer", "aut.py:handler"],
            '--authorizer:1:1: the file "aut.py" of the handler does not exist',
            "write auth.py:handler or package.module:handler",
        ),
        (
            ["--authorizer", "auth.py:handel"],
            'execpolicy check: error: auth.py:handel: "auth.py" has no "handel"',
            'did you mean "handler"?',
        ),
        (
            ["--authorizer", "aut:handler"],
            'execpolicy check: error: aut:handler: "aut" cannot be imported: ModuleNotFoundError: No module',
            "it is imported by ",
        ),
        (
            ["--authorizer", "auth.py:handler", "--header", "Authorization: Bearer set"],
            "execpolicy check: error: auth.py:handler: it returned what is not JSON: Object of type set",
            "return dictionaries, lists",
        ),
    ],
)
def test_a_function_that_cannot_be_used(call: Execute, arguments: list[str], message: str, advice: str) -> None:
    run = call(*arguments, token="" if "--header" in arguments else "abc")
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert f"\n  {advice}" in run.err
    assert "execpolicy/" not in run.err, "no lines of this package"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--authorizer", "a:b", "--authorizer-output", "a.json"], "both give the output of the function: give one"),
        (["--show-event", "--quiet"], "--show-event writes the event: it cannot be used with --quiet"),
        (["--authorizer", "a:b", "--authorizer", "a:b"], "--authorizer is given twice: give it once"),
    ],
)
def test_options_that_exclude_each_other(call: Execute, arguments: list[str], message: str) -> None:
    run = call(*arguments)
    assert run.code == 2
    assert message in run.err


@pytest.mark.parametrize("option", [("--authorizer", "a:b"), ("--show-event",)])
def test_options_of_a_call_require_an_api(check: Execute, folder: Path, option: tuple[str, ...]) -> None:
    run = check(*option)
    assert run.code == 2
    assert f"{option[0]} requires --api" in run.err


def test_the_advice_for_a_call_without_an_output_names_both_options(call: Execute) -> None:
    run = call()
    assert run.code == 2
    assert "give --authorizer auth.py:handler to run the function, or --authorizer-output FILE" in run.err


# The event


@pytest.mark.rule("AUT-1")
def test_the_event_is_that_of_event_for(call: Execute, folder: Path) -> None:
    run = call("--show-event", "--query", "page=2", "--context", "aws:SourceIp=203.0.113.9")
    assert (run.code, run.err) == (0, "")
    headers, query, context = {"Authorization": "Bearer abc"}, {"page": "2"}, {"aws:SourceIp": "203.0.113.9"}
    api = Api.load(folder / "shop.api.json")
    assert json.loads(run.out) == event_for(api, "GET", "/orders/7", headers=headers, query=query, context=context)


def test_the_event_of_a_call_by_a_custom_domain(call: Execute) -> None:
    event = json.loads(call("--show-event", "--domain", "shop.example", path="/v1/orders/7").out)
    assert event["methodArn"] == "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/test/GET/orders/7"
    assert event["requestContext"]["domainName"] == "shop.example"


def test_the_function_is_not_run_for_its_event(call: Execute, folder: Path) -> None:
    (folder / "auth.py").write_text("open('ran', 'w').close()", "utf-8")
    run = call("--show-event", "--authorizer", "auth.py:handler")
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out)["path"] == "/orders/7"
    assert not (folder / "ran").exists()


@pytest.mark.parametrize(
    ("path", "token", "message"),
    [
        ("/open", "abc", "the call is answered without it: 5a. no authorization: the method is open"),
        ("/orders/7", "", "the call is refused before it: 5c. identity source: the authorizer tokens reads"),
        ("/none", "abc", "the call is refused before it: 2. route: "),
    ],
)
def test_a_call_without_an_event(call: Execute, path: str, token: str, message: str) -> None:
    run = call("--show-event", path=path, token=token)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"execpolicy check: error: --show-event: no Lambda authorizer is called; {message}")


def test_other_errors_come_first(call: Execute) -> None:
    run = call("--show-event", "--context", "aws:SourcIp=203.0.113.9")
    assert (run.code, run.out) == (2, "")
    assert "did you mean aws:SourceIp" in run.err


@pytest.mark.rule("KEY-1")
def test_a_key_that_only_the_policy_of_the_function_names(call: Execute, folder: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:prefix": "ann"}},
    }
    answer = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    (folder / "auth.py").write_text(f"def handler(event, context): return {answer!r}", "utf-8")
    assert call("--authorizer", "auth.py:handler", "--context", "s3:prefix=ann").code == 0
    assert call("--authorizer", "auth.py:handler", "--context", "s3:delimiter=ann").code == 2
