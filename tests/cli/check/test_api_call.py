"""execpolicy check --api: what each option brings into a call, the exit codes, and what is said of unusable input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.conftest import ANN, Execute, document, write

ROOT = Path(__file__).parents[3]
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"

API: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod", "test"],
    "stage": "prod",
    "authorizers": {
        "tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"},
        "asks": {"type": "REQUEST", "identity_sources": "method.request.querystring.shop"},
        "pool": {
            "type": "COGNITO_USER_POOLS",
            "identity_sources": "method.request.header.Authorization",
            "user_pools": POOL,
        },
    },
    "routes": {
        "GET /open": {},
        "GET /iam": {"auth": "AWS_IAM"},
        "GET /tokens": {"authorizer": "tokens"},
        "GET /asks": {"authorizer": "asks"},
        "GET /pool": {"authorizer": "pool"},
        "GET /keys": {"api_key_required": True},
    },
    "api_keys": [{"value": "a-key", "stages": ["test"]}],
    "domains": {"shop.example": {"mappings": {"v1": "test"}}},
}
SOCKET: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "c3d4e5",
    "type": "WEBSOCKET",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["live"],
    "routes": {"$connect": {"auth": "AWS_IAM"}},
}
TOKEN = ("--header", "Authorization: Bearer abc")
CLAIMS = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE", "token_use": "id", "exp": 2000000000}


#: What is said of a file that holds no answer of an authorizer.
ANSWER_IN_A_FILE = (
    '  give the JSON that the function returns, Unauthorized alone, or {"errorMessage": "…"} for another error'
)


@pytest.fixture
def call(execute: Execute, folder: Path) -> Execute:
    """``execpolicy check`` of a call to the API in shop.api.json, unless told otherwise."""
    write(folder / "shop.api.json", API)
    write(folder / "socket.api.json", SOCKET)
    write(folder / "lets.json", {"principalId": "ann", "policyDocument": document(Sid="Lets", Resource="*")})
    write(folder / "mute.json", {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": []}})
    write(folder / "claims.json", CLAIMS)

    def run(*arguments: str, api: str = "shop.api.json", stdin: bytes | None = None) -> Any:
        return execute("check", *arguments, "--api", api, stdin=stdin)

    return run


def with_policy(folder: Path, policy: Mapping[str, Any], **changes: Any) -> str:
    """An API with a resource policy."""
    return write(folder / "guarded.api.json", {**API, "resource_policy": policy, **changes})


@pytest.mark.parametrize(
    ("arguments", "code", "headline"),
    [
        (["GET", "/open"], 0, "ALLOW: the call reaches its integration\n"),
        (["GET", "/none"], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 2 (route)\n"),
        (["GET", "/iam"], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)\n"),
        (["GET", "/iam", "--as", ANN], 1, "DENY: 403 ACCESS_DENIED, at gate 5b (IAM)\n"),
        (["GET", "/iam", "--as", ANN, "--identity", "allows.json"], 0, "ALLOW: "),
        (["GET", "/tokens"], 1, "DENY: 401 UNAUTHORIZED, at gate 5c (identity source)\n"),
        (["GET", "/tokens", *TOKEN, "--authorizer-output", "lets.json"], 0, "ALLOW: "),
        (
            ["GET", "/tokens", *TOKEN, "--authorizer-output", "mute.json"],
            1,
            "DENY: 403 ACCESS_DENIED, at gate 5c (authorizer)\n",
        ),
        (["GET", "/asks"], 1, "DENY: 401 UNAUTHORIZED, at gate 5c (identity source)\n"),
        (["GET", "/asks", "--query", "shop=a=b", "--authorizer-output", "lets.json"], 0, "ALLOW: "),
        (["GET", "/pool", *TOKEN], 1, "DENY: 401 UNAUTHORIZED, at gate 5d (token)\n"),
        (["GET", "/pool", *TOKEN, "--claims", "claims.json", "--at", "1900000000"], 0, "ALLOW: "),
        (["GET", "/pool", *TOKEN, "--claims", "claims.json", "--at", "2033-05-18T03:33:21Z"], 1, "DENY: 401 "),
        (
            ["GET", "/pool", *TOKEN, "--claims", "claims.json"],
            3,
            "INDETERMINATE: allowed or refused (200 or 401): aws:CurrentTime is not known\n",
        ),
        (["GET", "/keys", "--header", "X-API-Key: a-key"], 1, "DENY: 403 INVALID_API_KEY, at gate 7 (API key)\n"),
        (["GET", "/keys", "--header", "x-api-key:a-key", "--stage", "test"], 0, "ALLOW: "),
        (["GET", "/v1/keys", "--header", "x-api-key: a-key", "--domain", "shop.example"], 0, "ALLOW: "),
    ],
)
def test_what_an_option_brings_into_the_call(call: Execute, arguments: list[str], code: int, headline: str) -> None:
    run = call(*arguments)
    assert (run.code, run.err) == (code, "")
    assert run.out.startswith(headline)


def test_a_websocket_api_is_called_by_a_route_key(call: Execute) -> None:
    assert call("$connect", api="socket.api.json").code == 1
    run = call("$connect", "--as", ANN, "--identity", "allows.json", api="socket.api.json")
    assert run.code == 1
    assert "  $connect · c3d4e5/live · user/Ann\n" in run.out
    allows = ["--resource-account", "111122223333"]
    assert call("$connect", *allows, api="socket.api.json").code == 2


@pytest.mark.rule("GW-19")
def test_the_policy_of_the_endpoint_has_a_say(call: Execute, folder: Path) -> None:
    api = with_policy(folder, document(Principal="*", Resource="execute-api:/*"), endpoint="PRIVATE", domains={})
    assert call("GET", "/open", api=api).code == 0
    assert call("GET", "/open", "--vpc-endpoint", "open.json", api=api).code == 0
    run = call("GET", "/open", "--vpc-endpoint", "shut.json", api=api)
    assert run.code == 1
    assert "shut.json:3:16: Deny Nobody applies" in run.out


@pytest.mark.rule("GW-17")
def test_a_function_that_says_nothing_leaves_it_to_the_resource_policy(call: Execute, folder: Path) -> None:
    api = with_policy(folder, document(Sid="Everybody", Principal="*", Resource="execute-api:/*"))
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "mute.json", api=api)
    assert run.code == 0
    assert "and either is enough (GW-17)" in " ".join(run.out.split())


def test_a_statement_is_shown_once_with_its_own_lines(call: Execute, folder: Path) -> None:
    api = with_policy(folder, document(Sid="Everybody", Principal="*", Resource="execute-api:/*"))
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "mute.json", api=api)
    assert run.out.count("Allow Everybody applies") == 1
    assert run.out.count('"Resource": "execute-api:/*"') == 1
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "mute.json", "--all", api=api)
    assert run.out.count("Allow Everybody applies") == 2
    assert run.out.count('"Sid": "Everybody"') == 1
    assert run.out.index('"Sid": "Everybody"') > run.out.rindex("Allow Everybody applies")


def test_an_authorizer_that_throws(call: Execute, folder: Path) -> None:
    for text in ("Unauthorized", "Unauthorized\n", "Unauthorized\r\n", "\ufeffUnauthorized\n"):
        (folder / "thrown.txt").write_bytes(text.encode())
        run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "thrown.txt")
        assert (run.code, run.out.splitlines()[0]) == (1, "DENY: 401 UNAUTHORIZED, at gate 5c (authorizer)")
        assert 'AWS answers   401 {"message": "Unauthorized"}\n' in run.out
    thrown = b'{"errorMessage": "no such customer", "errorType": "Error"}'
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "-", stdin=thrown)
    assert (run.code, run.out.splitlines()[0]) == (1, "DENY: 500 AUTHORIZER_FAILURE, at gate 5c (authorizer)")
    assert 'AWS answers   500 {"message": null}\n' in run.out


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    "text", ["null", "[]", '"Unauthorized"', "5", "{}\n", '{"principalId": 5, "policyDocument": {}}']
)
def test_an_answer_that_a_function_can_return_and_api_gateway_cannot_use(call: Execute, text: str) -> None:
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "-", stdin=text.encode())
    assert (run.code, run.out.splitlines()[0]) == (
        1,
        "DENY: 500 AUTHORIZER_CONFIGURATION_ERROR, at gate 5c (authorizer)",
    )


@pytest.mark.rule("AUT-2", "AUT-3")
@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("empty.json", "", ["empty.json:1:1: the document is empty, expected a JSON object", "  1 | ", "    | ^"]),
        (
            "comma.json",
            '{\n  "principalId": "ann",\n}\n',
            [
                'comma.json:2:23: found a comma before the closing "}"',
                '  2 |   "principalId": "ann",',
                "    |                       ^",
                "  remove the comma",
            ],
        ),
        (
            "authorizer.py",
            "def handler(event, context):\n    return {}\n",
            [
                'authorizer.py:1:1: found "def", expected a value',
                "  1 | def handler(event, context):",
                "    | ^^^",
                ANSWER_IN_A_FILE,
            ],
        ),
        (
            "twice.txt",
            "Unauthorized\n\n",
            [
                'twice.txt:1:1: found "Unauthorized", expected a value',
                "  1 | Unauthorized",
                "    | ^^^^^^^^^^^^",
                ANSWER_IN_A_FILE,
            ],
        ),
        (
            "message.txt",
            "no such customer",
            [
                'message.txt:1:1: found "no", expected a value',
                "  1 | no such customer",
                "    | ^^",
                ANSWER_IN_A_FILE,
            ],
        ),
    ],
)
def test_a_file_that_holds_no_answer_is_unusable(
    call: Execute, folder: Path, name: str, text: str, lines: list[str]
) -> None:
    (folder / name).write_text(text, "utf-8")
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", name)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[: len(lines)] == lines


def test_an_answer_has_its_places_in_its_file(call: Execute) -> None:
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "lets.json")
    assert "lets.json:5:18: Allow Lets applies" in run.out
    assert '"Resource": "*"' in run.out


def test_a_header_given_twice_has_both_values(call: Execute, folder: Path) -> None:
    api = with_policy(
        folder,
        document(Principal="*", Resource="execute-api:/*", Condition={"StringEquals": {"aws:UserAgent": "one"}}),
    )
    assert call("GET", "/open", "--header", "User-Agent: one", "--header", "user-agent: two", api=api).code == 0
    assert call("GET", "/open", "--header", "User-Agent: two", "--header", "user-agent: one", api=api).code == 1


def test_an_api_from_standard_input(call: Execute, folder: Path) -> None:
    assert call("GET", "/open", api="-", stdin=(folder / "shop.api.json").read_bytes()).code == 0
    text = (
        b"schema: execpolicy/api/1\nid: a\ntype: HTTP\nregion: eu-west-1\naccount: '111122223333'\nroutes: {GET /a: {}}"
    )
    assert call("GET", "/a", api="-", stdin=text).code == 0


def test_what_is_not_known_comes_with_the_option_that_tells_it(call: Execute, folder: Path) -> None:
    run = call("GET", "/pool", *TOKEN, "--claims", "claims.json")
    assert "\n\ndecide with   --at TIME\n" in run.out
    everything = call("GET", "/pool", *TOKEN, "--claims", "claims.json", "--all")
    assert everything.out.splitlines()[-2:] == ["", "to decide it, give --at TIME"]
    conditions = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "StringEquals": {"aws:UserAgent": "x"}}
    api = with_policy(folder, document(Principal="*", Resource="execute-api:/*", Condition=conditions))
    run = call("GET", "/tokens", *TOKEN, "--partial", "--authorizer-output", "mute.json", api=api)
    assert run.code == 3
    assert "decide with   --context aws:SourceIp=VALUE --context aws:UserAgent=VALUE\n" in run.out
    assert "allowed with  --context aws:SourceIp=192.0.2.1 --context aws:UserAgent=x\n" in run.out


@pytest.mark.rule("GW-25")
def test_a_call_that_is_refused_with_any_status_is_denied(call: Execute, folder: Path) -> None:
    """The resource policy may refuse it, and the token is missing."""
    at_home = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    deny = document(Effect="Deny", Principal="*", Resource="execute-api:/*", Condition=at_home)
    api = with_policy(folder, deny)
    run = call("GET", "/tokens", "--header", "Accept: text/html", api=api)
    assert run.code == 1
    assert run.out.splitlines()[0] == "DENY: 401 or 403: aws:SourceIp is not known"
    assert "decide with   --context aws:SourceIp=VALUE\n" in run.out
    told = json.loads(call("GET", "/tokens", "--header", "Accept: text/html", "--format", "json", api=api).out)
    assert (told["outcome"], told["status"], told["statuses"]) == ("denied", None, [401, 403])
    run = call("GET", "/tokens", *TOKEN, "--authorizer-output", "lets.json", api=api)
    assert run.code == 3
    assert run.out.startswith("INDETERMINATE: allowed or refused (200 or 403): aws:SourceIp is ")


def test_an_endpoint_that_is_not_told_comes_with_the_option_that_tells_it(call: Execute, folder: Path) -> None:
    domain = {
        "mappings": {"(none)": "prod"},
        "id": "abcd12",
        "associated_endpoints": ["vpce-1"],
        "policy": document(Principal="*", Resource="*"),
    }
    open_to_all = document(Principal="*", Resource="execute-api:/*")
    api = with_policy(folder, open_to_all, endpoint="PRIVATE", domains={"orders.example.com": domain})
    run = call("GET", "/open", "--domain", "orders.example.com", api=api)
    assert (run.code, run.err) == (3, "")
    assert "decide with   --context aws:SourceVpce=VALUE\n" in run.out


def test_quiet_writes_nothing(call: Execute) -> None:
    assert call("GET", "/open", "--quiet", "--claims", "claims.json") == (0, "", "")
    assert call("GET", "/iam", "--quiet", "--format", "json") == (1, "", "")


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["GET", "/open", "--claims", "claims.json"], "--claims was not used: no gate that the call reached needs it"),
        (
            ["GET", "/pool", *TOKEN, "--authorizer-output", "mute.json"],
            "--authorizer-output was not used: no gate that the call reached",
        ),
        (["get", "/open"], "the method get is taken as GET: methods are case-sensitive"),
        (["GET", "/{id}"], "PATH has a `{`, which is that character in a call: give the path as it is sent"),
    ],
)
def test_a_likely_slip_is_noted(call: Execute, arguments: list[str], note: str) -> None:
    run = call(*arguments)
    assert run.code in (0, 1)
    assert run.err.startswith(f"execpolicy check: note: {note}")
    assert run.err.count("\n") == 1


@pytest.mark.rule("KEY-1")
def test_a_key_that_the_function_names_is_accepted(call: Execute, folder: Path) -> None:
    asks = {"StringEquals": {"aws:NewestKey": "x", "okta:sub": "y"}}
    policy = document(Resource="*", Condition=asks)
    answer = write(folder / "asks.json", {"principalId": "ann", "policyDocument": policy})
    given = ["GET", "/tokens", *TOKEN, "--authorizer-output", answer, "--context", "aws:NewestKey=x"]
    assert call(*given).code == 2
    run = call(*given, "--context", "okta:sub=y", "--allow-unknown-key", "aws:NewestKey")
    assert run.err == ""
    run = call(*given, "--context", "saml:sbu=y", "--allow-unknown-key", "aws:NewestKey")
    found = '--context:1:1: found "saml:sbu", which no policy names and which is no key of execute-api'
    assert (run.code, run.err.splitlines()[0]) == (2, found)
    assert run.err.splitlines()[-1] == "  leave it out, or accept it with --allow-unknown-key saml:sbu"


@pytest.fixture(scope="module")
def validate() -> Callable[[Mapping[str, Any]], None]:
    response, decision = (
        json.loads((ROOT / "docs" / "schemas" / f"{name}-1.json").read_text("utf-8"))
        for name in ("response", "decision")
    )
    Draft202012Validator.check_schema(response)
    registry: Registry[Any] = Registry().with_resource(decision["$id"], Resource.from_contents(decision))
    validator = Draft202012Validator(response, registry=registry)

    def run(value: Mapping[str, Any]) -> None:
        assert [error.message for error in validator.iter_errors(value)] == []

    return run


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["GET", "/open"], 0),
        (["GET", "/none"], 1),
        (["GET", "/iam", "--as", ANN], 1),
        (["GET", "/tokens", *TOKEN, "--authorizer-output", "mute.json"], 1),
        (["GET", "/tokens", *TOKEN, "--authorizer-output", "claims.json"], 1),
        (["GET", "/pool", *TOKEN, "--claims", "claims.json"], 3),
        (["GET", "/keys"], 1),
    ],
)
def test_json_is_as_the_schema_says(
    call: Execute, validate: Callable[[Mapping[str, Any]], None], arguments: list[str], code: int
) -> None:
    run = call(*arguments, "--format", "json")
    assert run.code == code
    response = json.loads(run.out)
    validate(response)
    assert run.out.isascii()
    assert response["schema_version"] == 1
    assert response["allowed"] is (code == 0)
    assert (response["status"] is None) is (code == 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["GET", "/open"], "METHOD requires --api"),
        (["--stage", "prod"], "--stage requires --api"),
        (["--header", "a: b"], "--header requires --api"),
        (["--query", "a=b"], "--query requires --api"),
        (["--domain", "a.example"], "--domain requires --api"),
        (["--claims", "x"], "--claims requires --api"),
        (["--authorizer-output", "x"], "--authorizer-output requires --api"),
        (["--api", "x"], "the following arguments are required with --api: METHOD, PATH"),
        (
            ["--api", "x", "--as", ANN, "--identity", "a.json", "GET", "/open"],
            "the following arguments are required with --api: METHOD, PATH; they come before options that take several",
        ),
        (["GET", "/", "--api", "x", "--on", "y"], "--on cannot be used with --api: METHOD and PATH give the resource"),
        (
            ["GET", "/", "--api", "x", "--action", "y"],
            "--action cannot be used with --api: the call determines the action",
        ),
        (
            ["GET", "/", "--api", "x", "--resource", "y"],
            "--resource cannot be used with --api: the file of the API has the resource policy",
        ),
        (["GET", "/", "--api", "x", "--rcp", "y"], "--rcp cannot be used with --api: RCPs do not apply to execute-api"),
        (["GET", "/", "--api", "x", "--rcps-cover-execute-api"], "--rcps-cover-execute-api cannot be used with --api"),
        (["GET", "/", "--api", "x", "--identity", "y"], "--identity requires --as: without it the call is not signed"),
        (["GET", "/", "--api", "x", "--management-account"], "--management-account requires --as"),
        (["GET", "/", "--api", "x", "--role-path", "/y/"], "--role-path requires --as"),
    ],
)
def test_what_does_not_go_together(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("check", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("usage: execpolicy check ")
    assert run.err.splitlines()[-1].startswith(f"execpolicy check: error: {message}")


@pytest.mark.parametrize(
    ("arguments", "first", "advice"),
    [
        (["GET"], "execpolicy check: error: found a METHOD without a PATH", "give the path after the stage too"),
        (["GET", "open"], "PATH:1:1: found 'open', expected a path, which begins with", "give the path alone"),
        (["GET", "/open?a=b"], "PATH:1:1: found '/open?a=b', expected a path", "leave the query string out"),
        (["ANY", "/open"], "METHOD:1:1: found 'ANY', expected the method that is sent", "name the one method"),
        (
            ["GET", "/open", "--stage", "prd"],
            "execpolicy check: error: which stage is called? The API has prod, test; there is no 'prd'",
            'did you mean "prod"?',
        ),
        (
            ["GET", "/open", "--domain", "a.example"],
            "--domain:1:1: a.example is not a domain name of the API a1b2c3",
            "its custom domains: shop.example",
        ),
        (
            ["GET", "/open", "--header", "Authorization"],
            "--header:1:1: found 'Authorization', expected the name of a header, a colon and its value",
            "such as --header 'Authorization: Bearer abc'",
        ),
        (
            ["GET", "/open", "--header", "a b: c"],
            "--header:1:1: found 'a b: c', expected the name of a header",
            "such as",
        ),
        (
            ["GET", "/open", "--query", "a"],
            "--query:1:1: found 'a', expected NAME=VALUE",
            "a parameter without a value",
        ),
        (
            ["GET", "/tokens", *TOKEN],
            "execpolicy check: error: GET /tokens uses the Lambda authorizer tokens, whose output was not given",
            "give --authorizer auth.py:handler to run the function, or --authorizer-output FILE: the JSON that it",
        ),
        (
            ["GET", "/open", "--claims", "none.json"],
            'execpolicy check: error: --claims: cannot read "none.json"',
            "check",
        ),
        (
            ["GET", "/open", "--authorizer-output", "."],
            'execpolicy check: error: --authorizer-output: cannot read "."',
            "name a file in it",
        ),
        (
            ["GET", "/open", "--vpc-endpoint", "open.json"],
            "execpolicy check: error: a1b2c3 is REGIONAL: VPC endpoint policies do not apply to it",
            "",
        ),
        (["GET", "/open", "--as", "Ann"], '--as:1:1: found "Ann", expected an AWS principal', ""),
        (
            ["GET", "/open", "--context", "SourceIp=1"],
            '--context:1:1: found "SourceIp", expected a condition key',
            "did",
        ),
    ],
)
def test_a_call_that_cannot_be(call: Execute, arguments: list[str], first: str, advice: str) -> None:
    run = call(*arguments)
    assert (run.code, run.out) == (2, "")
    lines = run.err.splitlines()
    assert lines[0].startswith(first)
    assert lines[-1].startswith(f"  {advice}" if advice else "")


@pytest.mark.parametrize(
    ("text", "first", "advice"),
    [
        ("[1]", "claims.json:1:1: found a list, expected an object of claims by name", "give the claims of the token"),
        ('"eyJhb"', "claims.json:1:1: found a string, expected an object of claims by name", "give the claims"),
        ("eyJhbGci", 'claims.json:1:1: found "eyJhbGci", expected a value', ""),
        (
            '{"iss": "a", "iss": "b"}',
            'claims.json:1:14: found the name "iss" twice in one object',
            "remove one of them",
        ),
    ],
)
def test_claims_that_are_none(call: Execute, folder: Path, text: str, first: str, advice: str) -> None:
    (folder / "claims.json").write_text(text, "utf-8")
    run = call("GET", "/pool", *TOKEN, "--claims", "claims.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(first)
    assert run.err.splitlines()[-1].startswith(f"  {advice}")


def test_a_number_among_claims_is_taken_as_it_is(call: Execute, folder: Path) -> None:
    write(folder / "claims.json", {**CLAIMS, "exp": 1800000000.5})
    assert call("GET", "/pool", *TOKEN, "--claims", "claims.json", "--at", "1800000000").code == 0
    assert call("GET", "/pool", *TOKEN, "--claims", "claims.json", "--at", "1800000001").code == 1


def test_all_that_is_wrong_is_told(call: Execute, folder: Path) -> None:
    (folder / "bad.api.json").write_text('{"schema": "execpolicy/api/1", "typ": "REST"}', "utf-8")
    run = call("GET", "/open", "--header", "a", "--query", "b", "--claims", "none.json", api="bad.api.json")
    assert (run.code, run.out) == (2, "")
    first_lines = [line for line in run.err.splitlines() if not line.startswith(" ")]
    assert [line.split(": ")[0] for line in first_lines] == [
        *["bad.api.json:1:1"] * 5,
        "bad.api.json:1:32",
        "--header:1:1",
        "--query:1:1",
        "execpolicy check",
    ]


def test_the_example_shows_the_trap(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = ("check", "GET", "/orders/17", "--api", "examples/gateway/orders.api.yaml", *TOKEN, "--authorizer-output")
    assert execute(*example, "examples/gateway/answers/reads-order-9.json").code == 0
    assert execute(*example, "examples/gateway/answers/denies-everything.json").code == 1
