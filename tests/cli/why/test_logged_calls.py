"""execpolicy why with a log line or an event and an API: the call is simulated, AWS's answer compared (LOG-6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.check.test_api_call import API
from tests.cli.conftest import ANN, Execute, Run, write

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"

pytestmark = pytest.mark.rule("LOG-6")


@pytest.fixture
def why(execute: Execute, folder: Path) -> Execute:
    """``execpolicy why TEXT --api shop.api.json``."""
    write(folder / "shop.api.json", API)

    def run(text: str, *arguments: str) -> Run:
        return execute("why", text, "--api", "shop.api.json", *arguments)

    return run


def _line(**fields: Any) -> str:
    return json.dumps({"httpMethod": "GET", "ip": "203.0.113.9", **fields})


REFUSED = _line(path="/prod/iam", userArn="-", status=403, error={"responseType": "MISSING_AUTHENTICATION_TOKEN"})
DENIED = _line(path="/prod/iam", userArn=ANN, status=403, error={"responseType": "ACCESS_DENIED"})
THROUGH = _line(path="/prod/open", status=200)


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (REFUSED, (), "AWS answered 403 MISSING_AUTHENTICATION_TOKEN; these policies give 403 "
         "MISSING_AUTHENTICATION_TOKEN at gate 5b (signature): they agree"),
        (DENIED, (),
         "AWS answered 403 ACCESS_DENIED; these policies give 403 ACCESS_DENIED at gate 5b (IAM): they agree"),
        (DENIED, ("--identity", "allows.json"),
         "AWS answered 403 ACCESS_DENIED; these policies give a call that reaches its integration: they differ"),
        (THROUGH, (), "AWS answered 200; these policies give a call that reaches its integration: they agree"),
        ("203.0.113.9 GET /prod/open 200",
         ("--log-format", "$context.identity.sourceIp $context.httpMethod $context.path $context.status"),
         "AWS answered 200; these policies give a call that reaches its integration: they agree"),
        (json.dumps({"httpMethod": "GET", "path": "/iam", "headers": {},
                     "requestContext": {"stage": "prod", "path": "/prod/iam",
                                        "identity": {"userArn": None, "sourceIp": "192.0.2.1"}}}), (),
         "AWS let the call through; these policies give 403 MISSING_AUTHENTICATION_TOKEN at gate 5b (signature): they "
         "differ"),
    ],
)  # fmt: skip
def test_the_call_is_simulated_and_both_answers_compared(
    why: Execute, text: str, arguments: tuple[str, ...], expected: str
) -> None:
    found = why(text, *arguments)
    assert (found.code, found.err) == (0, "")
    assert expected in found.out


def test_what_could_explain_a_difference(why: Execute) -> None:
    found = why(DENIED, "--identity", "allows.json")
    assert "  it could be policies that are not given: those of the caller" in found.out
    assert "  it could be the deployed version" in found.out


def test_a_call_that_lacks_something_is_explained_without_it(why: Execute) -> None:
    found = why(_line(path="/prod/tokens", status=401, message="Unauthorized"))
    assert found.code == 0
    assert "the call is not simulated: " in found.out
    assert "execpolicy check --request simulates it with more options: -H, --authorizer-output" in found.out


def test_several_lines_have_their_comparisons(why: Execute) -> None:
    found = why(f"{REFUSED}\n{DENIED}")
    assert found.out.count("they agree") == 2
    assert "call 1 of 2" in found.out


def test_the_comparison_in_json(why: Execute) -> None:
    schemas = {name: json.loads((SCHEMAS / name).read_text("utf-8")) for name in ("why-1.json", "why-several-1.json")}
    registry: Registry[Any] = Registry().with_resources(
        (each["$id"], Resource.from_contents(each)) for each in schemas.values()
    )
    one = json.loads(why(REFUSED, "--format", "json").out)
    assert one["logged"]["verdict"] == "agrees"
    Draft202012Validator(schemas["why-1.json"], registry=registry).validate(one)
    through = json.loads(why(THROUGH, "--format", "json").out)
    assert through["answers"] == []
    assert [each["verdict"] for each in through["logged"]] == ["agrees"]
    Draft202012Validator(schemas["why-several-1.json"], registry=registry).validate(through)
    lacking = json.loads(why(_line(path="/prod/tokens", status=401, message="Unauthorized"), "--format", "json").out)
    assert (lacking["logged"]["verdict"], lacking["logged"]["response"]) == ("unknown", None)


def test_a_format_needs_the_api_and_a_line_of_it(execute: Execute, why: Execute) -> None:
    found = execute("why", "Forbidden", "--log-format", "$context.status")
    assert (found.code, found.err) == (
        2,
        "execpolicy why: error: found --log-format without --api\n  give the file of the API too: --api FILE\n",
    )
    found = why("GET", "--log-format", "$context.httpMethod $context.status")
    assert found.code == 2
    assert found.err.startswith('TEXT:1:1: found "GET", expected the value of $context.httpMethod')


def test_options_of_a_request_decide_the_message_as_before(why: Execute) -> None:
    message = f"User: {ANN} is not authorized to perform: execute-api:Invoke on resource: " + (
        "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/iam with an explicit deny"
    )
    found = why(_line(path="/prod/iam", userArn=ANN, status=403, message=message), "--resource", "shut.json")
    assert "these policies deny the call" in found.out
    assert "they agree" not in found.out


def test_each_line_has_the_meaning_of_its_own_response(why: Execute) -> None:
    found = why(f"{THROUGH}\n{REFUSED}")
    assert found.code == 0
    first, second = found.out.split("call 2 of 2")
    assert first.startswith("call 1 of 2\nAWS answered 200;")
    assert "answer: REST API 403 MISSING_AUTHENTICATION_TOKEN" in second
    data = json.loads(why(f"{THROUGH}\n{REFUSED}", "--format", "json").out)
    assert [each["logged"]["verdict"] for each in data["answers"]] == ["agrees"]
    assert [each["verdict"] for each in data["logged"]] == ["agrees"]


def test_a_line_that_is_no_call_is_shown_beside_the_others(why: Execute) -> None:
    found = why(f"{REFUSED}\nnothing\n{THROUGH}")
    assert found.code == 0
    assert 'call 3 of 3\nthe call is not simulated: TEXT:2:1: found "nothing", expected a URL' in found.out


def test_a_log_of_too_many_lines_is_refused(why: Execute) -> None:
    found = why("\n".join([THROUGH] * 101))
    assert found.code == 2
    assert "found 101 calls with AWS's answer, expected at most 100" in found.err
