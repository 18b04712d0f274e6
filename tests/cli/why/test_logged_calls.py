"""execpolicy why with a log line or an event and an API: the call is simulated, AWS's answer compared (LOG-6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.check.test_api_call import API, CLAIMS, TOKEN
from tests.cli.conftest import ANN, Execute, Run, document, write

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


@pytest.mark.rule("LOG-7")
def test_the_lines_are_those_in_a_text_of_cloudwatch_logs(execute: Execute, why: Execute) -> None:
    alone = why(REFUSED)
    assert why(json.dumps({"events": [{"message": f"{REFUSED}\n"}]})).out == alone.out
    assert why(f"2026-11-30T10:00:00.123Z {REFUSED}").out == alone.out
    several = json.dumps({"events": [{"message": REFUSED}, {"message": DENIED}]})
    assert why(several).out == why(f"{REFUSED}\n{DENIED}").out
    assert execute("why", several).out == execute("why", f"{REFUSED}\n{DENIED}").out
    broken = execute("why", '{"awslogs":{"data":"xx"}}')
    assert (broken.code, broken.out) == (2, "")
    assert broken.err.startswith("TEXT:1:21: found data that cannot be decompressed")


def test_what_could_explain_a_difference(why: Execute) -> None:
    found = why(DENIED, "--identity", "allows.json")
    assert "  it could be policies that are not given: those of the caller" in found.out
    assert "  it could be the deployed version" in found.out


def test_a_call_that_lacks_something_is_explained_without_it(why: Execute) -> None:
    found = why(_line(path="/prod/tokens", status=401, message="Unauthorized"))
    assert found.code == 0
    assert "the call is not simulated: " in found.out
    assert "give headers=, or -H and --query: logs do not have them" in found.out


TOKENS = _line(path="/prod/tokens", status=403, error={"responseType": "ACCESS_DENIED"})


def test_what_a_log_does_not_say_is_given_by_options_as_in_check(folder: Path, why: Execute, execute: Execute) -> None:
    write(folder / "lets.json", {"principalId": "ann", "policyDocument": document(Resource="*")})
    write(folder / "mute.json", {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": []}})
    write(folder / "claims.json", CLAIMS)
    for text, arguments in (
        (TOKENS, (*TOKEN, "--authorizer-output", "mute.json")),
        (TOKENS, (*TOKEN, "--authorizer-output", "lets.json")),
        (TOKENS, ("-H", "Other: abc", "--query", "a=b")),
        (_line(path="/prod/pool", status=200), (*TOKEN, "--claims", "claims.json", "--at", "2026-11-30T10:00:00Z")),
        (_line(path="/prod/asks", status=401), ("--query", "shop=1", "--authorizer-output", "lets.json")),
        (_line(path="/prod/open", status=429), ("--limits", "throttled")),
    ):
        found = why(text, *arguments, "--format", "json")
        assert (found.code, found.err) == (0, ""), arguments
        logged = json.loads(found.out)
        logged = logged["logged"][0] if isinstance(logged["logged"], list) else logged["logged"]
        (folder / "log.txt").write_text(text, "utf-8")
        options = ("--request", "log.txt", "--api", "shop.api.json", "--format", "json", *arguments)
        assert logged["response"] == json.loads(execute("check", *options).out), arguments


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (TOKENS, ("-H", "no colon"), "--header:1:1: found 'no colon', expected the name of a header, a colon"),
        (TOKENS, ("--query", "x"), "--query:1:1: found 'x', expected NAME=VALUE"),
        (TOKENS, ("--claims", "none.json"), "none.json"),
        (TOKENS, ("--authorizer", "a.py:f", "--authorizer-output", "Unauthorized"), "both give the output"),
        ("Forbidden", ("-H", "A: b"), "found --header, and the text is no log line or event of a call"),
        (TOKENS, ("-H", "A: b", "--action", "execute-api:Invoke"), "found --header, and the text is no log line"),
    ],
)
def test_an_option_of_a_call_that_is_not_used_or_wrong_is_an_error(
    why: Execute, text: str, arguments: tuple[str, ...], expected: str
) -> None:
    found = why(text, *arguments)
    assert (found.code, found.out) == (2, "")
    assert expected in found.err


def test_an_option_of_a_call_needs_the_api(execute: Execute) -> None:
    found = execute("why", "Forbidden", "--limits", "throttled")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("execpolicy why: error: found --limits without --api\n")


@pytest.mark.rule("LOG-5")
def test_policies_of_the_callers_are_read_once(folder: Path, why: Execute, execute: Execute) -> None:
    allows = (folder / "allows.json").read_bytes()
    text = f"{DENIED}\n{DENIED}\n{DENIED}"
    wanted = why(text, "--identity", "allows.json").out
    assert wanted.count("they differ") == 3
    read = execute("why", text, "--api", "shop.api.json", "--identity", "-", stdin=allows)
    assert read.out == wanted.replace("allows.json", "<stdin>")
    (folder / "log.txt").write_text(text, "utf-8")
    for caller in ((), ("--as", ANN)):
        options = ("check", "--request", "log.txt", "--api", "shop.api.json", *caller, "--quiet")
        assert execute(*options, "--identity", "-", stdin=allows).code == 0
        assert execute(*options).code == 1


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
