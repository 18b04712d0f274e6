"""execpolicy why: what a pasted answer means, and whether policies deny the same call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import ANN, API, CLERK, PETS, Execute, Run, document, write

ROOT = Path(__file__).parents[3]
MASKED = PETS.replace("111122223333", "********3333")
HOME = ("--context", "aws:SourceIp=192.0.2.1")
ACCOUNT = ("--resource-account", "111122223333")


def told(policy_type: str = "", *, explicit: bool = False, user: str = ANN, resource: str = MASKED) -> str:
    """IAM's sentence."""
    sentence = f"User: {user} is not authorized to perform: execute-api:Invoke on resource: {resource}"
    if explicit:
        return f"{sentence} with an explicit deny{f' in a {policy_type}' if policy_type else ''}"
    return sentence + (f" because no {policy_type} allows the execute-api:Invoke action" if policy_type else "")


@pytest.fixture
def why(execute: Execute) -> Execute:
    def run(*arguments: str, stdin: bytes | None = None) -> Run:
        return execute("why", *arguments, stdin=stdin)

    return run


@pytest.fixture(scope="module")
def validate() -> Callable[[str], dict[str, Any]]:
    schema = json.loads((ROOT / "docs" / "schemas" / "why-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    def run(text: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(text)
        assert [error.message for error in validator.iter_errors(value)] == []
        return value

    return run


SHOWN = """\
The token of the user pool has expired
  refused by: authentication
  message: The incoming token has expired
  answer: REST API 401 UNAUTHORIZED

it shows
  - the method has a Cognito authorizer, and the token could be read

it does not show
  - whether a new token would have the right token_use and scopes

check next
  1. the claim exp of the token, and when the client refreshes it
  2. the clock of the machine that requests tokens

rules: AUT-7, MSG-3
"""

EXPIRED = '{"message":"The incoming token has expired"}'


@pytest.mark.rule("MSG-3")
def test_the_answer_as_argument_file_and_standard_input(why: Execute, folder: Path) -> None:
    (folder / "answer.txt").write_text(f"\ufeffHTTP/1.1 401 Unauthorized\r\n\r\n{EXPIRED}", "utf-8")
    expected = (0, SHOWN, "")
    assert why(EXPIRED) == expected
    assert why(*EXPIRED.split()) == expected
    assert why("--file", "answer.txt") == expected
    assert why("-", stdin=EXPIRED.encode()) == expected
    assert why("--file", "-", stdin=EXPIRED.encode()) == expected


def test_as_json(why: Execute, validate: Callable[[str], dict[str, Any]]) -> None:
    run = why(EXPIRED, "--format", "json")
    assert (run.code, run.err) == (0, "")
    value = validate(run.out)
    assert next(iter(value)) == "schema_version"
    assert (value["gates"], value["status"], value["policies"]) == (["authentication"], 401, None)


@pytest.mark.parametrize("text", ["Forbidden", "x-amzn-errortype: AccessDeniedException", "HTTP/2 403\n\nForbidden"])
def test_every_answer_follows_the_schema(why: Execute, validate: Callable[[str], dict[str, Any]], text: str) -> None:
    assert validate(why(text, "--format", "json").out)["gates"]


def test_quiet(why: Execute) -> None:
    assert why(EXPIRED, "--quiet") == (0, "", "")


def test_narrow_terminals(why: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    run = why(told("resource-based policy", user="anonymous"))
    assert run.code == 0
    lines = run.out.splitlines()
    lines.remove("  execpolicy check GET /pets --api FILE --stage prod")
    assert all(len(line) <= 50 or MASKED in line or "/prod/GET/pets" in line for line in lines)
    assert f"  resource:\n      {MASKED}\n" in run.out


def test_colours(why: Execute) -> None:
    run = why(EXPIRED, "--color", "always")
    assert run.out.startswith("\x1b[1;31mThe token of the user pool has expired\x1b[0m\n")


@pytest.mark.rule("MSG-3")
def test_what_is_not_understood_is_exit_code_2(why: Execute, folder: Path) -> None:
    (folder / "answer.txt").write_text('\n{"error": "no"}\n', "utf-8")
    advice = (
        "  paste the body with its message, or the whole response with its headers (curl -i). A response with another "
        "message comes from the integration behind the API, or from a customized gateway response\n"
    )
    assert why("the", "moon") == (
        2,
        "",
        'TEXT:1:1: found "the moon", expected a response of API Gateway\n  1 | the moon\n    | ^^^^^^^^\n' + advice,
    )
    assert why("--file", "answer.txt", "--format", "json") == (
        2,
        "",
        'answer.txt:2:1: found "{\\"error\\": \\"no\\"}", expected a response of API Gateway\n'
        '  2 | {"error": "no"}\n    | ^^^^^^^^^^^^^^^\n' + advice,
    )
    assert why("-", stdin=b"").err.startswith("<stdin>:1:1: found nothing, expected a response of API Gateway\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "found nothing to read, expected one response\n  give its text, - for standard input, or --file\n"),
        (
            ["Forbidden", "--file", "answer.txt"],
            "found both TEXT and --file, expected one response\n  give its text, - for standard input, or --file\n",
        ),
        (["--file", "none.txt"], '--file: cannot read "none.txt": No such file or directory\n  check the path\n'),
    ],
)
def test_there_is_one_answer(why: Execute, folder: Path, arguments: list[str], message: str) -> None:
    assert why(*arguments) == (2, "", f"execpolicy why: error: {message}")


def test_an_answer_that_is_no_text(why: Execute) -> None:
    run = why("-", stdin=b"\xff\xfe\xff")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("<stdin>")


def policies(run: Run) -> tuple[str, str]:
    assert (run.code, run.err) == (0, "")
    value = json.loads(run.out)["policies"]
    return value["verdict"], value["text"]


def allowed(not_given: str = "") -> tuple[str, str]:
    policies = f"policies that were not given ({not_given}), " if not_given else ""
    text = f"look for {policies}keys of the call that --context does not give, or another version of a policy"
    return "allowed", f"these policies allow the call: {text}"


def otherwise(by: str) -> tuple[str, str]:
    return "denied_otherwise", f"these policies deny the call, but by {by}, not as the message says"


AS_TOLD = ("reproduced", "these policies deny the call as the message says")
BY_SILENCE = (
    "reproduced",
    "these policies deny the call as the message says; no identity-based policy was given, and that alone is a denial",
)
UNKNOWN = (
    "indeterminate",
    "it is unknown whether these policies deny the call: to decide it, give --context aws:SourceIp=VALUE",
)

IDENTITY, OFFICE = "identity-based policy", ["--identity", "office.json"]
ALLOWS, DENIES = ["--identity", "allows.json"], ["--identity", "denies.json"]
SHUT = ["--resource", "shut.json"]


@pytest.mark.rule("MSG-1", "MSG-2")
@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (told(explicit=True), DENIES, AS_TOLD),
        (told("resource-based policy", explicit=True), [*ALLOWS, *SHUT], AS_TOLD),
        (told(IDENTITY), [*OFFICE, *HOME], AS_TOLD),
        (told(IDENTITY), ["--as", ANN], BY_SILENCE),
        (told("resource-based policy", user="anonymous"), ["--resource", "office-of-all.json", *HOME], AS_TOLD),
        (told(user="anonymous", explicit=True), SHUT, AS_TOLD),
        (told(IDENTITY), DENIES, otherwise("a Deny of the identity-based policy")),
        (told("service control policy", explicit=True), DENIES, otherwise("a Deny of the identity-based policy")),
        (told("permissions boundary"), [*OFFICE, *HOME], otherwise("a missing Allow of the identity-based policy")),
        (told(IDENTITY, explicit=True), [*DENIES, *SHUT], AS_TOLD),
        (
            told("service control policy", explicit=True),
            [*DENIES, "--boundary", "denies.json"],
            otherwise("a Deny of the identity-based policy and permissions boundary"),
        ),
        (told("service control policy"), ALLOWS, allowed("service control policy")),
        (told(IDENTITY), ALLOWS, allowed()),
        (told(IDENTITY), [*OFFICE, "--context", "aws:SourceIp=203.0.113.9"], allowed()),
        (told(IDENTITY), [*OFFICE, "--partial"], UNKNOWN),
    ],
)
def test_policies_that_may_have_denied(
    why: Execute, folder: Path, text: str, arguments: list[str], expected: tuple[str, str]
) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    write(folder / "office-of-all.json", document(Principal="*", Condition=condition))
    run = why(json.dumps({"Message": text}), *arguments, *ACCOUNT, "--format", "json")
    assert policies(run) == expected
    decision = json.loads(run.out)["policies"]["decision"]
    assert decision["request"]["resource"] == PETS
    shown = why(json.dumps({"Message": text}), *arguments, *ACCOUNT)
    assert shown.code == 0
    assert f"\n\n{expected[1]}\n\n" in shown.out


def test_the_two_reports_stand_one_below_the_other(why: Execute, folder: Path) -> None:
    run = why(told(explicit=True, resource=PETS), "--identity", "denies.json")
    assert (run.code, run.err) == (0, "")
    assert "rules: MSG-1, GW-13, GW-19, EVL-1\n\nthese policies deny the call as the message says\n\n" in run.out
    assert "denies.json:3:16: Deny NoPets applies" in run.out


def test_a_cross_account_denial_is_reproduced_by_what_is_missing(why: Execute, folder: Path) -> None:
    foreign = CLERK.replace("111122223333", "444455556666")
    run = why(told("resource-based policy", user=foreign), "--identity", "allows.json", *ACCOUNT, "--format", "json")
    assert policies(run) == (
        "reproduced",
        "these policies deny the call as the message says; no resource-based policy was given, and that alone is a "
        "denial",
    )


def test_what_is_given_goes_before_what_the_message_says(why: Execute, folder: Path) -> None:
    run = why(
        told(explicit=True), "--identity", "allows.json", "--as", CLERK, "--on", f"{API}/prod/POST/pets",
        "--action", "execute-api:InvalidateCache", "--format", "json",
    )  # fmt: skip
    request = json.loads(run.out)["policies"]["decision"]["request"]
    assert request["caller"] == CLERK
    assert request["resource"] == f"{API}/prod/POST/pets"
    assert request["action"] == "execute-api:InvalidateCache"


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (told(user=CLERK.replace("111122223333", "444455556666")), ["--identity", "allows.json"],
         "the message masks the account of the API: ********3333\n"
         "  give --resource-account with all 12 digits, or --on"),
        (told(), ["--identity", "allows.json", "--resource-account", "111122224444"],
         "--resource-account is '111122224444', the account in the message ends in 3333\n"
         "  give the account that owns the API"),
        (told(resource=""), ["--identity", "allows.json"], "the message names no resource\n  give --on"),
        (told(user="arn:aws:iam::*****:user/Ann", resource=PETS), ["--identity", "allows.json"],
         "the message's caller is 'arn:aws:iam::*****:user/Ann': found a wildcard in a principal, where only \"*\" "
         "alone is allowed\n  give --as"),
        ("Missing Authentication Token", ["--resource", "open.json"],
         "this message does not come from a policy of the caller or the API, so policies cannot reproduce it\n"
         "  omit the options for policies, or simulate the call: execpolicy check --api FILE METHOD PATH"),
        ("User is not authorized to access this resource", ["--resource", "open.json"],
         "this message does not come from a policy of the caller or the API, so policies cannot reproduce it\n"
         "  omit the options for policies, or simulate the call: execpolicy check --api FILE METHOD PATH"),
        (told(), ["--identity", "none.json", *ACCOUNT],
         '--identity: cannot read "none.json": No such file or directory\n  check the path'),
        (told(), ["--tag", "x", *ACCOUNT], "--tag: found 'x', expected KEY=VALUE\n  a tag without a value is KEY="),
    ],
)  # fmt: skip
def test_what_is_missing_to_run_policies(
    why: Execute, folder: Path, text: str, arguments: list[str], message: str
) -> None:
    assert why(text, *arguments) == (2, "", f"execpolicy why: error: {message}\n")


def test_a_tag_is_given_once(why: Execute) -> None:
    run = why(told(), *ACCOUNT, "--tag", "a=1", "--tag", "a=2")
    assert (
        run.err == "execpolicy why: error: --tag: found 'a' a second time\n  a principal has one value for each tag\n"
    )
    run = why(told(), *ACCOUNT, "--tag", "a=1", "--tag", "b=", "--format", "json")
    assert run.code == 0


@pytest.mark.rule("KEY-1")
def test_a_key_that_no_policy_names_has_its_place(why: Execute) -> None:
    run = why(told(), *ACCOUNT, *HOME, "--context", "s3:prefix=x")
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines() == [
        '--context:1:1: found "s3:prefix", which no policy names and which is no key of execute-api',
        "  1 | s3:prefix=x",
        "    | ^^^^^^^^^",
        "  leave it out, or accept it with --allow-unknown-key s3:prefix",
    ]
    assert why(told(), *ACCOUNT, *HOME, "--context", "s3:prefix=x", "--allow-unknown-key", "s3:prefix").code == 0
    assert why(told(), *ACCOUNT, "--action", "a b", "--context", "s3:prefix=x").err.startswith("--action:1:1: found ")


def test_mistakes_have_their_places(why: Execute, folder: Path) -> None:
    (folder / "bad.json").write_text('{"Statement": {"Effect": "Alow", "Action": "a:b", "Resource": "*"}}', "utf-8")
    run = why(told(), *ACCOUNT, "--identity", "bad.json", "--context", "aws:SourceIp=x", "--boundary", "none.json")
    assert (run.code, run.out) == (2, "")
    first_lines = [line for line in run.err.splitlines() if not line.startswith(" ")]
    assert [line.partition(" ")[0] for line in first_lines] == ["bad.json:1:26:", "execpolicy", "--context:1:14:"]
    wrong = why(told(), "--on", "GET /pets", "--identity", "allows.json")
    assert wrong.err.startswith("--on:1:1: found ")
    who = why(told(), "--as", "Ann", *ACCOUNT)
    assert who.err.startswith("--as:1:1: found ")


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("text", "resource_account"),
    [
        ("User: arn:aws:iam::111122223333:user/Ann is not authorized to perform: s3:GetObject on resource: "
         "arn:aws:s3:::orders/1 because no identity-based policy allows the s3:GetObject action", "111122223333"),
    ],
)  # fmt: skip
def test_other_services_than_api_gateway(why: Execute, folder: Path, text: str, resource_account: str) -> None:
    run = why(text, "--identity", "allows.json", "--resource-account", resource_account, "--format", "json")
    assert policies(run)[0] == "reproduced"


def test_standard_input_is_for_one(why: Execute) -> None:
    run = why("-", "--identity", "-", stdin=told(resource=PETS).encode())
    assert run == (
        2,
        "",
        "execpolicy why: error: --identity: standard input is already read by TEXT\n  name a file for one of them\n",
    )


def test_help(execute: Execute) -> None:
    text = " ".join(execute("why", "--help").out.split())
    assert text.startswith("usage: execpolicy why TEXT|- [--file FILE]")
    assert "Exit code: 0 understood, 2 not understood or unusable input, 4 internal error." in text


def test_the_verb_is_loaded_when_it_is_used() -> None:
    code = "import sys, execpolicy.cli.main as m; print(sorted(n for n in sys.modules if 'gateway' in n or 'why' in n))"
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=variables, timeout=30, check=True
    )
    assert run.stdout == "[]\n"
