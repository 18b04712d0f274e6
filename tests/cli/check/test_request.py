"""execpolicy check --request: the calls of a file, one answer for each, and the worst exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.check.test_api_call import API, SOCKET
from tests.cli.conftest import ANN, Execute, Run, document, write

ROOT = Path(__file__).parents[3]
HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NOTE = "execpolicy check: note: "

NOTE_ON_CURL = f"{NOTE}the version of curl is not known: User-Agent is taken as curl/8.5.0; curl -A gives another\n"

pytestmark = pytest.mark.rule("LOG-5")


@pytest.fixture
def call(execute: Execute, folder: Path) -> Execute:
    """``execpolicy check --request calls.log --api shop.api.json`` for the text of the file."""
    write(folder / "shop.api.json", API)
    write(folder / "socket.api.json", SOCKET)
    write(folder / "lets.json", {"principalId": "ann", "policyDocument": document(Sid="Lets", Resource="*")})

    def run(text: str, *arguments: str, api: str = "shop.api.json") -> Run:
        (folder / "calls.log").write_text(text, "utf-8")
        return execute("check", "--request", "calls.log", "--api", api, *arguments)

    return run


def _line(**fields: Any) -> str:
    return json.dumps({"httpMethod": "GET", "ip": "203.0.113.9", **fields})


OPEN = _line(path="/prod/open", status=200, userArn="-")
MISSING = _line(path="/prod/none", status=403, responseType="MISSING_AUTHENTICATION_TOKEN")
#: AWS refused a call that is allowed here.
DENIED = _line(path="/prod/open", status=403, responseType="ACCESS_DENIED")


@pytest.mark.parametrize(
    ("text", "arguments", "code", "headlines"),
    [
        (OPEN, (), 0, ["ALLOW: "]),
        (MISSING, (), 1, ["DENY: 403 MISSING_AUTHENTICATION_TOKEN"]),
        (f"{OPEN}\n{MISSING}\n{OPEN}", (), 1, ["ALLOW: ", "DENY: 403 MISSING_AUTHENTICATION_TOKEN", "ALLOW: "]),
        (f"https://{HOST}/prod/open", (), 0, ["ALLOW: "]),
        (f"curl https://{HOST}/prod/open -X PUT", (), 1, ["DENY: 403 MISSING_AUTHENTICATION_TOKEN"]),
        (_line(path="/prod/iam", userArn=ANN), (), 1, ["DENY: 403 ACCESS_DENIED"]),
        (_line(path="/prod/iam", userArn=ANN), ("--identity", "allows.json"), 0, ["ALLOW: "]),
        (_line(path="/prod/iam"), ("--as", ANN, "--identity", "allows.json"), 0, ["ALLOW: "]),
        (_line(path="/prod/iam", caller="AIDAEXAMPLE"), ("--as", ANN, "--identity", "allows.json"), 0, ["ALLOW: "]),
        (_line(path="/prod/tokens"), ("-H", "Authorization: x", "--authorizer-output", "lets.json"), 0, ["ALLOW: "]),
        (_line(path="/v1/open", domainName="shop.example"), (), 0, ["ALLOW: "]),
        (_line(path="/v1/open"), ("--domain", "shop.example"), 0, ["ALLOW: "]),
        (_line(resourcePath="/open"), ("--stage", "test"), 0, ["ALLOW: "]),
        ("203.0.113.9 GET /prod/open", ("--log-format", "$context.identity.sourceIp $context.httpMethod $context.path"),
         0, ["ALLOW: "]),
    ],
)  # fmt: skip
def test_each_call_gets_an_answer_and_the_worst_is_the_exit_code(
    call: Execute, text: str, arguments: tuple[str, ...], code: int, headlines: list[str]
) -> None:
    found = call(text, *arguments)
    assert (found.code, found.err) == (code, NOTE_ON_CURL if text.startswith("curl") else "")
    lines = [line for line in found.out.splitlines() if line.startswith(("ALLOW", "DENY", "INDETERMINATE"))]
    assert len(lines) == len(headlines)
    assert all(line.startswith(expected) for line, expected in zip(lines, headlines, strict=True))


def test_standard_input(execute: Execute, call: Execute) -> None:
    call(OPEN)
    found = execute("check", "--request", "-", "--api", "shop.api.json", "--quiet", stdin=OPEN.encode())
    assert found == Run(0, "", "")


def test_several_answers_have_their_places(call: Execute) -> None:
    found = call(f"{OPEN}\n\n{MISSING}")
    assert [line for line in found.out.splitlines() if line.startswith("calls.log:")] == ["calls.log:1", "calls.log:3"]


def test_a_wrong_option_for_all_calls_is_one_error_and_no_call_is_answered(call: Execute) -> None:
    found = call(f"{OPEN}\n{OPEN}", "-H", "no colon")
    assert (found.code, found.out) == (2, "")
    assert found.err.count("no colon") == call(OPEN, "-H", "no colon").err.count("no colon")


def test_a_wrong_line_is_an_error_at_its_place_and_the_others_are_answered(call: Execute) -> None:
    wrong = '{"httpMethod": "GET", "path": "/a"b"}'
    found = call(f"{OPEN}\n{wrong}\n{MISSING}")
    assert found.code == 2
    assert found.err.startswith(f'calls.log:2:35: found "b", expected "," or "}}"\n  2 | {wrong}\n')
    assert found.out.count("ALLOW") == found.out.count("DENY") == 1


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        (_line(path="/open"), "/open", 'found "/open", which begins neither with a stage of a1b2c3 nor'),
        (_line(path="/prod/open", stage="live"), "live", "the call has the stage live, and the API has prod, test"),
        (_line(path="/prod/open", apiId="zzz"), "zzz", "the call is one to the API zzz, and the file describes a1b2c3"),
        (_line(path="/a", domainName="b.example"), "b.ex", "b.example is not a domain name of the API a1b2c3"),
        (_line(path="/prod/open", ip="10.0.0.1"), "10.0", "aws:SourceIp is an address of the public internet"),
        (_line(path="/prod/iam"), "{", "the text does not say whether the call was signed"),
        (_line(path="/prod/tokens"), "{", "the text does not have the headers of the call"),
        (_line(path="/prod/open", userArn="arn:aws:iam::1:user/A"), "arn:", 'found "1", expected an account'),
    ],
)
def test_an_error_about_a_call_has_its_place_in_the_file(call: Execute, text: str, at: str, message: str) -> None:
    found = call(text, "--authorizer-output", "lets.json")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"calls.log:1:{text.index(at) + 1}: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--context", "aws:SourceIp=203.0.113.8"), "calls.log:1:30: --context gives aws:SourceIp, and the text has"),
        (("--log-format", "$context.pth x"), "--log-format:1:1: found $context.pth, which is no variable of access"),
        (("--as", "arn:aws:iam::111122223333:user/Bob"), "calls.log:1:78: the caller is given as arn:aws:iam::11112"),
    ],
)
def test_what_the_options_contradict(call: Execute, arguments: tuple[str, ...], message: str) -> None:
    found = call(_line(path="/prod/open", userArn=ANN), *arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--request", "POST", "--api", "a"),
            "--request takes a file with calls: give the method by -X POST",
        ),
        (("--request", "calls.log"), "--request requires --api"),
        (("GET", "/a", "--api", "shop.api.json", "--request", "calls.log"), "METHOD cannot be used with --request"),
        (("--curl", "curl x", "--api", "a", "--request", "calls.log"), "--curl cannot be used with --request"),
        (("--show-event", "--api", "a", "--request", "calls.log"), "--show-event cannot be used with --request"),
        (("GET", "/a", "--api", "a", "--log-format", "x"), "--log-format requires --request"),
    ],
)
def test_options_that_do_not_go_together(execute: Execute, arguments: tuple[str, ...], message: str) -> None:
    found = execute("check", *arguments)
    assert found.code == 2
    assert message in found.err


def test_a_har_file_is_filtered_by_the_hosts_of_the_api(call: Execute) -> None:
    urls = ["https://shop.example/v1/open", "https://cdn.example/x", f"https://{HOST}/test/open", "http://localhost/"]
    entries = [{"request": {"method": "GET", "url": url, "headers": []}, "response": {"status": 200}} for url in urls]
    found = call(json.dumps({"log": {"entries": entries}}))
    assert found.code == 0
    assert found.out.count("ALLOW") == 2
    assert f"{NOTE}entries to other hosts are left out: cdn.example (1), localhost (1)\n" in found.err


def test_json_has_every_answer_with_aws_s_own_beside_it(call: Execute) -> None:
    schema = json.loads((ROOT / "docs/schemas/responses-1.json").read_text("utf-8"))
    found = call(f"{OPEN}\n{DENIED}\n{_line(path='/prod/open')}", "--format", "json")
    data = json.loads(found.out)
    assert [*Draft202012Validator(schema).iter_errors(data)] == []
    assert [each["place"] for each in data["answers"]] == ["calls.log:1", "calls.log:2", "calls.log:3"]
    assert [each["logged"] and each["logged"]["verdict"] for each in data["answers"]] == ["agrees", "differs", None]
    assert json.loads(call(OPEN, "--format", "json").out)["outcome"] == "allowed"


@pytest.mark.rule("LOG-6")
def test_an_answer_that_differs_from_aws_s_own_is_shown(call: Execute) -> None:
    found = call(DENIED)
    assert "AWS answered 403 ACCESS_DENIED; these policies give a call that reaches its integration" in found.out
    assert "it could be policies that are not given" in found.out
    assert "AWS answered" not in call(OPEN).out


def test_a_template_takes_the_ids_that_a_call_names(execute: Execute, folder: Path) -> None:
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {
            "RestApiId": {"Ref": "Api"}, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET",
            "AuthorizationType": "NONE"}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {
            "RestApiId": {"Ref": "Api"}, "StageName": "prod"}, "DependsOn": "Method"},
    }  # fmt: skip
    write(folder / "t.json", {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    host = "zzz9.execute-api.eu-west-3.amazonaws.com"
    (folder / "c.log").write_text(
        _line(path="/prod/", apiId="zzz9", accountId="444455556666", domainName=host), "utf-8"
    )
    found = execute("check", "--request", "c.log", "--api", "t.json", "--format", "json")
    assert json.loads(found.out)["arn"] == "arn:aws:execute-api:eu-west-3:444455556666:zzz9/prod/GET/"


def test_a_call_to_a_websocket_api(call: Execute) -> None:
    line = json.dumps({"routeKey": "$connect", "eventType": "CONNECT", "stage": "live", "userArn": "-"})
    line = line.replace("{", '{"ip": "203.0.113.9", ')
    assert call(line, api="socket.api.json").out.startswith("DENY: 403 MISSING_AUTHENTICATION_TOKEN")


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize(
    ("fields", "other", "message"),
    [
        ({"apiId": "aaa1"}, {"apiId": "bbb2"}, "72: found a call to the API bbb2, and a call before it is to aaa1"),
        ({"apiId": "aaa1"}, {"domainName": "bbb2.execute-api.eu-west-1.amazonaws.com"},
         "77: found a call to the API bbb2"),
        ({"accountId": "111122223333"}, {"accountId": "444455556666"}, "76: found a call to the account 444455556666"),
    ],
)  # fmt: skip
def test_calls_to_two_apis_are_not_both_those_of_a_template(
    execute: Execute, folder: Path, fields: dict[str, str], other: dict[str, str], message: str
) -> None:
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {
            "RestApiId": {"Ref": "Api"}, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET",
            "AuthorizationType": "NONE"}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {
            "RestApiId": {"Ref": "Api"}, "StageName": "prod"}, "DependsOn": "Method"},
    }  # fmt: skip
    write(folder / "t.json", {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    (folder / "c.log").write_text("\n".join((_line(path="/prod/", **fields), _line(path="/prod/", **other))), "utf-8")
    found = execute("check", "--request", "c.log", "--api", "t.json")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"c.log:2:{message}")
    if "apiId" in other:
        named = execute("check", "--request", "c.log", "--api", "t.json", "--api-id", "aaa1")
        assert (named.code, named.out.count("ALLOW")) == (2, 1)
        assert "c.log:2:72: the call is one to the API bbb2, and the file describes aaa1" in named.err
    (folder / "c.log").write_text("\n".join((_line(path="/prod/", **fields), _line(path="/prod/"))), "utf-8")
    assert execute("check", "--request", "c.log", "--api", "t.json").code == 0


def test_calls_in_one_line_have_their_columns(call: Execute) -> None:
    entries = [{"request": {"method": "GET", "url": f"https://{HOST}/prod/open", "headers": []}}] * 2
    found = call(json.dumps({"log": {"entries": entries}}))
    assert [line for line in found.out.splitlines() if line.startswith("calls.log:")] == [
        "calls.log:1:22",
        "calls.log:1:140",
    ]
