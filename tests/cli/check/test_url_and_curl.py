"""execpolicy check of a URL and of a curl command: what they give, and what contradicts them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.check.test_api_call import API, SOCKET
from tests.cli.conftest import ANN, Execute, Run, document, write

HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
URL = f"https://{HOST}/prod"
ACCOUNT = ("--resource-account", "111122223333")
SIGN = "--aws-sigv4 aws:amz:eu-west-1:execute-api -u a:b"
NOTE = "execpolicy check: note: "

pytestmark = pytest.mark.rule("SRC-6")


@pytest.fixture
def call(execute: Execute, folder: Path) -> Execute:
    """``execpolicy check --api shop.api.json``."""
    write(folder / "shop.api.json", API)
    write(folder / "socket.api.json", SOCKET)
    write(folder / "lets.json", {"principalId": "ann", "policyDocument": document(Sid="Lets", Resource="*")})

    def run(*arguments: str, api: str = "shop.api.json", stdin: bytes | None = None) -> Run:
        return execute("check", *arguments, "--api", api, stdin=stdin)

    return run


@pytest.mark.parametrize(
    ("arguments", "code", "headline", "arn"),
    [
        ([f"{URL}/open"], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        (["GET", f"{URL}/open"], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        ([f"{URL}/open", "-X", "GET"], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        ([f"{URL}/open", "-X", "PUT"], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN", ""),
        ([f"{URL}/open", "-d", "{}"], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN", ""),
        ([f"{URL}/open", "-X", "GET", "-d", "{}"], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        (["/open"], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        (["/open", "-X", "DELETE"], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN", ""),
        ([f"{URL}/iam", "--as", ANN, "--identity", "allows.json"], 0, "ALLOW: ", "a1b2c3/prod/GET/iam"),
        (["--as", ANN, "--identity", "allows.json", f"{URL}/iam"], 0, "ALLOW: ", "a1b2c3/prod/GET/iam"),
        ([f"{URL}/tokens", "-H", "Authorization: x", "--authorizer-output", "lets.json"], 0, "ALLOW: ", "GET/tokens"),
        ([f"{URL}/asks?shop=a", "--authorizer-output", "lets.json"], 0, "ALLOW: ", "a1b2c3/prod/GET/asks"),
        ([f"{URL}/asks", "--query", "shop=a", "--authorizer-output", "lets.json"], 0, "ALLOW: ", "GET/asks"),
        ([f"{URL}/asks?x=1"], 1, "DENY: 401 UNAUTHORIZED", ""),
        ([f"{URL}/keys", "-H", "x-api-key: a-key"], 1, "DENY: 403 INVALID_API_KEY", "a1b2c3/prod/GET/keys"),
        ([f"https://{HOST}/test/keys", "-H", "x-api-key: a-key"], 0, "ALLOW: ", "a1b2c3/test/GET/keys"),
        (["https://shop.example/v1/keys", "-H", "x-api-key: a-key"], 0, "ALLOW: ", "a1b2c3/test/GET/keys"),
        ([f"{URL}/open", "--stage", "prod", "--domain", HOST], 0, "ALLOW: ", "a1b2c3/prod/GET/open"),
        ([f"https://{HOST}/other/open"], 1, "DENY: 403", ""),
    ],
)
def test_what_a_url_gives(call: Execute, arguments: list[str], code: int, headline: str, arn: str) -> None:
    run = call(*arguments)
    assert (run.code, run.err) == (code, "")
    assert run.out.startswith(headline)
    assert arn in call(*arguments, "--all").out


@pytest.mark.parametrize(
    ("command", "more", "code", "headline"),
    [
        (f"curl {URL}/open", [], 0, "ALLOW: "),
        (f"curl -X PUT {URL}/open", [], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN"),
        (f"curl {URL}/tokens -H 'Authorization: x'", ["--authorizer-output", "lets.json"], 0, "ALLOW: "),
        (f"curl {URL}/tokens", ["-H", "Authorization: x", "--authorizer-output", "lets.json"], 0, "ALLOW: "),
        (f"curl {URL}/tokens", ["--authorizer-output", "lets.json"], 1, "DENY: 401 UNAUTHORIZED"),
        (f"curl -G {URL}/asks -d shop=a", ["--authorizer-output", "lets.json"], 0, "ALLOW: "),
        (f"curl {SIGN} {URL}/iam", ["--as", ANN, "--identity", "allows.json"], 0, "ALLOW: "),
        (f"curl {URL}/iam", [], 1, "DENY: 403 MISSING_AUTHENTICATION_TOKEN"),
        ("curl https://shop.example/v1/keys -H 'x-api-key: a-key'", [], 0, "ALLOW: "),
    ],
)
def test_what_a_curl_command_gives(call: Execute, command: str, more: list[str], code: int, headline: str) -> None:
    run = call("--curl", command, *more)
    assert run.code == code
    assert run.out.startswith(headline)
    assert all(line.startswith(NOTE) for line in run.err.splitlines())
    again = call("--curl", "-", *more, stdin=command.encode() + b"\n")
    assert again == run


def test_a_curl_command_over_several_lines_from_standard_input(call: Execute) -> None:
    text = f"curl -X GET \\\n  -H 'x-api-key: a-key' \\\n  -s 'https://{HOST}/test/keys' | jq .\n"
    run = call("--curl", "-", stdin=text.encode())
    assert run.code == 0
    assert f"{NOTE}-s of the curl command does not change whether the call is allowed\n" in run.err
    assert f"{NOTE}'| jq .\\n' is not read: it gets the output of curl\n" in run.err


def test_quiet_writes_no_notes(call: Execute) -> None:
    assert call("--curl", f"curl -s {URL}/open", "--quiet") == (0, "", "")


@pytest.mark.rule("GW-32")
def test_headers_that_a_routing_rule_needs(call: Execute, folder: Path) -> None:
    rule = {"priority": 1, "headers": {"x-beta": "yes"}, "stage": "prod"}
    domain = {"mappings": {"": "test"}, "routing_mode": "ROUTING_RULE_THEN_API_MAPPING", "routing_rules": [rule]}
    api = write(folder / "rules.api.json", {**API, "domains": {"shop.example": domain}})
    url = "https://shop.example/open"
    run = call(url, api=api)
    assert (run.code, run.err.splitlines()[-1]) == (
        2,
        "  give the headers of the call, such as -H 'Accept: */*', or the whole curl command",
    )
    assert call(url, "-H", "x-beta: yes", "--stage", "prod", api=api).code == 0
    assert call("--curl", f"curl {url}", "--stage", "test", api=api).code == 0
    run = call("--curl", f"curl {url} -H 'x-beta: yes'", "--stage", "test", api=api)
    assert run.err.startswith("--curl:1:26: the URL leads to the stage prod, and --stage is test")


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    ("arguments", "first", "place", "advice"),
    [
        (
            [f"https://{HOST}/test/open", "--stage", "prod"],
            "URL:1:51: the URL leads to the stage test, and --stage is prod",
            "/test/open",
            "leave --stage out",
        ),
        (
            [f"https://{HOST}/open", "--stage", "prod"],
            "URL:1:51: the URL leads to no stage, and --stage is prod: `/open` names no stage of a1b2c3",
            "/open",
            "leave --stage out, or write that stage into the URL",
        ),
        (
            [f"https://{HOST}", "--stage", "prod"],
            "URL:1:9: the URL leads to no stage, and --stage is prod",
            HOST,
            "leave --stage out",
        ),
        (
            ["https://shop.example/v1/open", "--stage", "prod"],
            "URL:1:21: the URL leads to the stage test, and --stage is prod",
            "/v1/open",
            "leave --stage out",
        ),
        (
            [f"{URL}/open", "--domain", "shop.example"],
            f"URL:1:9: the host of the URL is {HOST}, and --domain is shop.example",
            HOST,
            "leave --domain out",
        ),
        (
            ["https://b.execute-api.eu-west-1.amazonaws.com/prod/open", "--stage", "prod"],
            "URL:1:9: b.execute-api.eu-west-1.amazonaws.com is the host of the API b, not of a1b2c3",
            "b.execute-api.eu-west-1.amazonaws.com",
            "call that API",
        ),
        (
            ["https://other.example/v1"],
            "URL:1:9: other.example is not a domain name of the API a1b2c3",
            "other.example",
            "its custom domains: shop.example",
        ),
        ([f"wss://{HOST}/prod"], "URL:1:7: wss calls a WebSocket API, and a1b2c3 is of type REST", HOST, "write https"),
        (["http://shop.example/v1"], 'URL:1:1: found "http", expected https', "http", "API Gateway takes calls by"),
        (
            ["--curl", f"curl -X 'A B' {URL}/open"],
            "--curl:1:10: found 'A B', expected the method that is sent",
            "A B",
            "name the one method of the call",
        ),
        (
            ["--curl", f"curl {URL}/open --hedaer x"],
            "--curl:1:67: found --hedaer",
            "--hedaer",
            "did you mean --header?",
        ),
    ],
)
def test_a_contradiction_has_its_place(
    call: Execute, arguments: list[str], first: str, place: str, advice: str
) -> None:
    run = call(*arguments)
    assert (run.code, run.out) == (2, "")
    message, line, under, last = run.err.splitlines()
    assert message.startswith(first)
    start = under.index("^")
    assert line[start:][: under.count("^")] == place
    assert last.startswith(f"  {advice}")


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (["GET", f"{URL}/open", "-X", "PUT"], "METHOD is GET, and -X says PUT", "give the method once"),
        (
            [f"{URL}/asks?shop=a", "--query", "shop=b"],
            "the query of the URL has shop, and --query gives it too",
            "give",
        ),
        (
            ["--curl", f"curl {URL}/asks?shop=a", "--query", "shop=b"],
            "the curl command has shop, and --query",
            "give it",
        ),
        (["--curl", f"curl {URL}/open -H 'A: b'", "-H", "a: c"], "the curl command has a, and --header", "give it in"),
        (
            ["--curl", f"curl {SIGN} {URL}/iam"],
            "--aws-sigv4 signs the call, and --as does not say who",
            "give --as ARN",
        ),
        (
            [f"{URL}/iam?X-Amz-Signature=a"],
            "the query parameter X-Amz-Signature signs the call, and --as does not say who calls",
            "give --as ARN",
        ),
        (
            ["--curl", f"curl -E a.pem {URL}/open", "--client-certificate", "absent"],
            "the curl command has a client certificate (--cert), and --client-certificate is absent",
            "leave --client-certificate out",
        ),
        (
            ["--curl", f"curl {URL}/open", "--client-certificate", "valid"],
            "the curl command has no client certificate (--cert), and --client-certificate is valid",
            "leave --client-certificate out",
        ),
        (["--curl", "-"], "--curl: cannot read standard input: it is closed", "name a file"),
    ],
)
def test_what_options_contradict(
    call: Execute, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str, advice: str
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    run = call(*arguments)
    assert (run.code, run.out) == (2, "")
    first, last = run.err.splitlines()
    assert first.startswith(f"execpolicy check: error: {message}")
    assert last.startswith(f"  {advice}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--curl", "curl a", "GET", "/open"], "METHOD cannot be used with --curl: the command gives the call"),
        (["--curl", "curl a", "-X", "GET"], "-X cannot be used with --curl"),
        (["--curl", "curl a", "-d", "x"], "--data cannot be used with --curl"),
        (["--curl", "curl a", "--on", "x"], "--on cannot be used with --curl"),
        ([f"{URL}/open", "--on", "x"], "--on cannot be used with a URL: both name what is called"),
        ([f"{URL}/open", "/open"], "PATH cannot be used with a URL, which has the path"),
        ([f"{URL}/open", f"{URL}/iam"], "found two URLs, expected one call"),
        (["GET", "--on", f"{URL}/open"], "METHOD cannot be used with --on: give the method of the URL by -X"),
        ([f"{URL}/open", "-X", "GET", "-X", "GET"], "-X is given twice: give it once"),
    ],
)
def test_a_call_that_is_described_twice(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("check", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[-1].startswith(f"execpolicy check: error: {message}")


def test_a_method_in_lower_case_is_noted(call: Execute) -> None:
    for arguments in ([f"{URL}/open", "-X", "get"], ["--curl", f"curl -A me -X get {URL}/open"]):
        run = call(*arguments)
        assert (run.code, run.err) == (0, f"{NOTE}the method get is taken as GET: methods are case-sensitive\n")


def test_dot_segments_are_noted(call: Execute) -> None:
    run = call(f"{URL}/a/../open")
    assert (run.code, run.err) == (0, f"{NOTE}clients send the path /prod/open for /prod/a/../open\n")


def test_a_command_that_does_not_sign_is_noted_where_a_caller_is_given(call: Execute) -> None:
    run = call("--curl", f"curl -A me {URL}/iam", "--as", ANN, "--identity", "allows.json")
    assert (run.code, run.err) == (
        0,
        f"{NOTE}nothing in the curl command signs the call; it is checked as if --as had signed it\n",
    )


@pytest.mark.parametrize("arguments", [["--curl", f"curl -A me wss://{HOST.replace('a1b2c3', 'c3d4e5')}/live"], []])
def test_a_url_of_a_websocket_api_opens_a_connection(call: Execute, arguments: list[str]) -> None:
    url = f"wss://{HOST.replace('a1b2c3', 'c3d4e5')}/live"
    run = call(*(arguments or [url]), "--as", ANN, "--identity", "allows.json", api="socket.api.json")
    assert run.code == 1
    assert "c3d4e5/live/$connect" in run.out


@pytest.mark.rule("GW-19")
def test_the_host_of_an_endpoint(call: Execute, folder: Path) -> None:
    through = document(
        Principal="*", Resource="execute-api:/*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-0a"}}
    )
    private = {**API, "resource_policy": through, "endpoint": "PRIVATE", "domains": {}}
    api = write(folder / "private.api.json", private)
    of_api = "https://a1b2c3-vpce-0a.execute-api.eu-west-1.amazonaws.com/prod/open"
    of_endpoint = "https://vpce-0a-bcd.execute-api.eu-west-1.vpce.amazonaws.com/prod/open"
    assert call(of_api, api=api).code == 0
    assert call(of_endpoint, "-H", f"Host: {HOST}", api=api).code == 0
    assert call("--curl", f"curl {of_endpoint} -H 'x-apigw-api-id: a1b2c3'", api=api).code == 0
    assert call("--curl", f"curl {of_endpoint}", api=api).code == 1
    run = call(of_api, "--context", "aws:SourceVpce=vpce-1", api=api)
    assert run.code == 2
    assert run.err.startswith(
        "URL:1:9: a1b2c3-vpce-0a.execute-api.eu-west-1.amazonaws.com names the VPC endpoint vpce-0a"
    )


def agent_policy(folder: Path, condition: Mapping[str, Any]) -> str:
    return write(folder / "agent.json", document(Condition=condition))


@pytest.mark.parametrize(
    ("arguments", "code", "resource"),
    [
        ([f"{URL}/pets"], 0, "a1b2c3/prod/GET/pets"),
        ([f"{URL}/pets", "-X", "put"], 0, "a1b2c3/prod/PUT/pets"),
        (["--on", f"{URL}/pets", "-d", "x"], 0, "a1b2c3/prod/POST/pets"),
        ([URL], 0, "a1b2c3/prod/GET/"),
        ([f"{URL}/pets?x=1", "--stage", "prod"], 0, "a1b2c3/prod/GET/pets"),
        ([f"https://{HOST}/pets", "--stage", "$default"], 0, "a1b2c3/$default/GET/pets"),
        (["https://A1B2C3.execute-api.eu-west-1.amazonaws.com/prod/pets"], 0, "a1b2c3/prod/GET/pets"),
        ([f"wss://{HOST}/live"], 0, "a1b2c3/live/$connect"),
        (["--curl", f"curl {SIGN} {URL}/pets"], 0, "a1b2c3/prod/GET/pets"),
    ],
)
def test_a_url_without_an_api(execute: Execute, folder: Path, arguments: list[str], code: int, resource: str) -> None:
    run = execute("check", *arguments, "--as", ANN, "--identity", "allows.json", *ACCOUNT, "--all")
    assert run.code == code
    assert f"arn:aws:execute-api:eu-west-1:111122223333:{resource}" in run.out
    assert f"{NOTE}without --api no route, authorizer or API key is considered" in run.err
    assert ("is taken as the stage" in run.err) is ("--stage" not in arguments)


@pytest.mark.rule("KEY-6")
def test_headers_that_are_condition_keys_without_an_api(execute: Execute, folder: Path) -> None:
    policy = agent_policy(folder, {"StringLike": {"aws:UserAgent": "curl/*"}, "Null": {"aws:Referer": "true"}})
    given = ("--as", ANN, "--identity", policy, *ACCOUNT)
    assert execute("check", "--curl", f"curl {URL}/pets", *given).code == 0
    assert execute("check", "--curl", f"curl -A me {URL}/pets", *given).code == 1
    assert execute("check", "--curl", f"curl -e https://a {URL}/pets", *given).code == 1
    assert execute("check", f"{URL}/pets", *given).code == 1
    assert execute("check", f"{URL}/pets", "-H", "user-agent: curl/7", *given).code == 0
    assert execute("check", f"{URL}/pets", "--context", "aws:UserAgent=curl/7", *given).code == 0


@pytest.mark.rule("GW-19")
def test_an_endpoint_in_the_host_without_an_api(execute: Execute, folder: Path) -> None:
    policy = write(folder / "vpce.json", document(Condition={"StringEquals": {"aws:SourceVpce": "vpce-0a"}}))
    url = "https://a1b2c3-vpce-0a.execute-api.eu-west-1.amazonaws.com/prod/pets"
    given = ("--as", ANN, "--identity", policy, *ACCOUNT)
    assert execute("check", url, *given).code == 0
    run = execute("check", url, *given, "--context", "aws:SourceVpce=vpce-1")
    assert run.code == 2
    assert "names the VPC endpoint vpce-0a, and the context has vpce-1 for aws:SourceVpce" in run.err


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        ([f"{URL}/pets"], "execpolicy check: error: the account that owns the API is not known", "give --resource-acc"),
        (
            ["https://shop.example/v1", *ACCOUNT],
            "URL:1:9: found shop.example, a custom domain: which API and stage it leads to is not known",
            "give the file of the API with --api, or the ARN of the call with --on",
        ),
        (
            ["https://vpce-0a-b.execute-api.eu-west-1.vpce.amazonaws.com/prod/x", *ACCOUNT],
            "URL:1:9: found vpce-0a-b.execute-api.eu-west-1.vpce.amazonaws.com, the host of a VPC endpoint",
            "give the file of the API",
        ),
        ([f"https://{HOST}", *ACCOUNT], "URL:1:9: found a URL without a stage", "write the stage into the URL"),
        ([f"https://{HOST}/", *ACCOUNT], "URL:1:51: found a URL without a stage", "write the stage into the URL"),
        (
            [f"{URL}/x", "--stage", "test", *ACCOUNT],
            "URL:1:51: the URL has the stage prod, and --stage is test",
            "leave --stage out",
        ),
        ([f"https://{HOST}/a~b/x", *ACCOUNT], "URL:1:51: found 'a~b', expected a stage", "the ARN of a call reads"),
        (
            ["https://a1.execute-api.europe.amazonaws.com/prod/x", *ACCOUNT],
            "URL:1:9: found 'europe', expected a region",
            "the ARN of a call reads",
        ),
        (["--curl", f"curl {URL}/x -Q", *ACCOUNT], "--curl:1:65: found -Q, which is not an option", "remove it"),
        (["--on", "https://shop", *ACCOUNT], '--on:1:9: found "shop", expected the host name of an API', "such as"),
    ],
)
def test_a_url_that_needs_more_without_an_api(
    execute: Execute, folder: Path, arguments: list[str], message: str, advice: str
) -> None:
    run = execute("check", *arguments, "--as", ANN, "--identity", "allows.json")
    assert (run.code, run.out) == (2, "")
    lines = run.err.splitlines()
    assert lines[0].startswith(message)
    assert lines[-1].startswith(f"  {advice}")
    assert len([line for line in lines if not line.startswith(" ")]) == 1


@pytest.mark.parametrize("arguments", [[f"{URL}/pets"], ["--curl", f"curl {URL}/pets"]])
def test_a_caller_is_required_without_an_api(execute: Execute, arguments: list[str]) -> None:
    run = execute("check", *arguments, *ACCOUNT)
    assert run.code == 2
    assert run.err.splitlines()[-1] == "execpolicy check: error: the following arguments are required: --as"
    run = execute("check", *arguments, *ACCOUNT, "--as", ANN, "--claims", "x")
    assert run.err.splitlines()[-1] == "execpolicy check: error: --claims requires --api"
