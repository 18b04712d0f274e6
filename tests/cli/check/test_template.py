"""execpolicy check --api with a template: callers and VPC endpoints by logical id, several APIs, placeholders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy.loaders import kinds
from execpolicy.loaders.cloudformation.values.placeholders import endpoint_id, vpc_id
from tests.cli.conftest import ANN, Execute, Run, document, write
from tests.loaders.cloudformation.one_method import one_method
from tests.loaders.stub_kind import STUB, STUB_KIND

ENDPOINT = {"type": "REST", "endpoint": "PRIVATE", "stages": ["prod"], "routes": {"GET /stock": {}}}
POLICY = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}}
#: The placeholder id of the VPC endpoint with the logical id Endpoint.
VPCE = endpoint_id("Endpoint")


@pytest.fixture
def template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file template.json, with two APIs, callers and a VPC endpoint."""
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, STUB_KIND))
    return write(folder / "template.json", STUB)


@pytest.fixture
def orders(execute: Execute, template: str) -> Execute:
    """A call to GET /orders/42 of OrdersApi on the stage prod."""

    def run(*arguments: str) -> Run:
        chosen = ("--api", template, "--api-name", "OrdersApi", "--stage", "prod")
        return execute("check", *chosen, "GET", "/orders/42", *arguments)

    return run


def test_a_caller_by_logical_id(orders: Execute) -> None:
    run = orders("--as", "PartnerRole")
    assert run.code == 0
    assert run.out.startswith("ALLOW: ")
    assert "template.json:30:11: Allow Read applies" in run.out
    assert run.err == ""
    assert run.out.endswith(
        "\nnote          the account (123456789012), the region (us-east-1) and the id of the API (ordersapi) "
        "are placeholders: --account, --region and --api-id give the real one\n"
    )
    noted = orders("--as", "PartnerRole", "--region", "eu-west-1", "--api-id", "a1b2c3", "--format", "json")
    assert json.loads(noted.out)["notes"] == [
        "the account (123456789012) is a placeholder: --account gives the real one"
    ]


def test_a_caller_without_policies_is_denied(orders: Execute) -> None:
    run = orders("--as", "NobodyRole")
    assert (run.code, run.out.partition("\n")[0]) == (1, "DENY: 403 ACCESS_DENIED, at gate 5b (IAM)")


def test_policies_of_options_come_to_those_of_the_file(orders: Execute, folder: Path) -> None:
    write(folder / "more.json", document(Sid="More", Resource="*"))
    assert orders("--as", "NobodyRole", "--identity", "more.json").code == 0
    assert orders("--as", "PartnerRole", "--boundary", "denies.json").code == 1
    assert orders("--as", "PartnerRole", "--session", "denies.json").code == 1
    assert orders("--as", "PartnerRole", "--scp", "denies.json").code == 1
    run = orders("--as", "PartnerRole", "--tag", "team=red", "--unique-id", "AROAEXAMPLE", "--org-id", "o-a1b2c3d4e5")
    assert run.code == 0


def test_an_arn_stays_an_arn(orders: Execute) -> None:
    run = orders("--as", ANN, "--identity", "allows.json")
    assert run.code == 1
    assert run.out.endswith(
        "\nnote          the caller is of the account 111122223333, and the placeholder for the API's account is "
        "another one: --account says whether they are the same\n"
    )
    assert "the account (" not in orders("--as", "PartnerRole", "--account", "111122223333").out


def test_only_placeholders_that_the_answer_mentions_are_noted(execute: Execute, template: str) -> None:
    given = ("--account", "123456789012", "--region", "us-east-1", "--api-id", "ordersapi")
    chosen = ("--api", template, "--api-name", "OrdersApi", "--stage", "prod")
    assert "placeholder" not in execute("check", *chosen, *given, "GET", "/health").out


def test_a_url_gives_the_id_the_region_and_the_stage(execute: Execute, template: str) -> None:
    url = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/beta/orders/42"
    run = execute("check", url, "--api", template, "--api-name", "OrdersApi", "--account", "123456789012")
    assert (run.code, run.err) == (1, "")
    assert "GET /orders/42 · a1b2c3d4e5/beta" in run.out
    run = execute("check", url, "--api", template, "--api-name", "OrdersApi", "--api-id", "other")
    assert run.code == 2
    assert "is the host of the API a1b2c3d4e5, not of other" in run.err


@pytest.mark.parametrize(
    ("arguments", "context"),
    [
        (["--vpc-endpoint", "Endpoint"], []),
        ([], ["--context", "aws:SourceVpce=Endpoint"]),
        ([], ["--context", f"aws:sourcevpce={VPCE}"]),
        (["--vpc-endpoint", "Endpoint"], ["--context", "aws:SourceVpce=Endpoint"]),
        (["--vpc-endpoint", "Endpoint"], ["--context", "aws:SourceVpce=vpce-0123456789abcdef0"]),
    ],
)
@pytest.mark.usefixtures("template")
def test_the_policy_of_a_vpc_endpoint(execute: Execute, folder: Path, arguments: list[str], context: list[str]) -> None:
    api: dict[str, Any] = {**ENDPOINT, "resource_policy": {**POLICY, "Version": "2012-10-17"}}
    write(folder / "private.json", {**STUB, "Apis": {"StockApi": api}})
    called = ["check", "--api", "private.json", "GET", "/stock", *arguments, *context]
    run = execute(*called)
    assert (run.code, run.out.partition("\n")[0]) == (1, "DENY: 403 ACCESS_DENIED, at gate 3 (VPC endpoint)")
    assert "Deny Only applies" in run.out


@pytest.fixture
def private(folder: Path, template: str) -> list[str]:
    """A call to GET /stock of a private API, whose file has the VPC endpoint Endpoint with a policy that denies it."""
    api: dict[str, Any] = {**ENDPOINT, "resource_policy": {**POLICY, "Version": "2012-10-17"}}
    write(folder / "private.json", {**STUB, "Apis": {"StockApi": api}})
    return ["check", "--api", "private.json", "GET", "/stock"]


@pytest.mark.parametrize("context", [[], ["--context", "aws:SourceVpce=vpce-0123456789abcdef0"]])
def test_a_call_may_come_through_an_endpoint_of_the_file_that_it_does_not_name(
    execute: Execute, private: list[str], folder: Path, context: list[str]
) -> None:
    run = execute(*private, *context)
    assert run.code == 3
    assert run.out.startswith(
        "INDETERMINATE: allowed or refused (200 or 403): it depends on the VPC endpoint of the call, which has no value"
    )
    assert "allowed or refused with 403 at gate 3 (VPC endpoint)" in run.out
    assert "decide with   --vpc-endpoint NAME" in run.out
    write(folder / "open.json", document(Principal="*", Resource="*"))
    assert execute(*private, *context, "--vpc-endpoint", "open.json").code == 0
    assert execute(*private, *context, "--vpc-endpoint", "shut.json").code == 1


@pytest.mark.parametrize(
    "called",
    [
        [f"https://stockapi-{VPCE}.execute-api.us-east-1.amazonaws.com/prod/stock"],
        [
            f"https://{VPCE}-aaaa.execute-api.us-east-1.vpce.amazonaws.com/prod/stock",
            "--header",
            "x-apigw-api-id: stockapi",
        ],
        ["GET", "/prod/stock", "--domain", f"stockapi-{VPCE}.execute-api.us-east-1.amazonaws.com"],
    ],
)
@pytest.mark.usefixtures("private")
def test_a_host_names_the_endpoint_whose_policy_applies(execute: Execute, called: list[str]) -> None:
    run = execute("check", *called, "--api", "private.json")
    assert (run.code, run.out.partition("\n")[0]) == (1, "DENY: 403 ACCESS_DENIED, at gate 3 (VPC endpoint)")
    assert "Deny Only applies" in run.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--vpc-endpoint", "allows.json", "--context", "aws:SourceVpce=Endpoint"],
            "--context:1:16: --vpc-endpoint is allows.json, and aws:SourceVpce is the endpoint Endpoint\n"
            "  1 | aws:SourceVpce=Endpoint\n"
            "    |                ^^^^^^^^\n"
            "  a call comes through one endpoint: leave one of them out\n",
        ),
        (
            ["--vpc-endpoint", "allows.json", "--domain", f"stockapi-{VPCE}.execute-api.us-east-1.amazonaws.com"],
            "execpolicy check: error: --vpc-endpoint is allows.json, and the host names the endpoint Endpoint\n"
            "  a call comes through one endpoint: leave one of them out\n",
        ),
        (
            ["--vpc-endpoint", "Endpoint", "--context", "aws:SourceVpc=Vpc"],
            '--context:1:15: found "Vpc" as aws:SourceVpc, expected the id of a VPC\n'
            "  1 | aws:SourceVpc=Vpc\n"
            "    |               ^^^\n"
            f"  a VPC Vpc of the template has the id {vpc_id('Vpc')} there\n",
        ),
        (
            ["--context", "aws:SourceVpce=Endpont"],
            '--context:1:16: found "Endpont" as aws:SourceVpce, which is no VPC endpoint of the file\n'
            "  1 | aws:SourceVpce=Endpont\n"
            "    |                ^^^^^^^\n"
            '  did you mean "Endpoint"?; or give the id of an endpoint, such as vpce-0123456789abcdef0\n',
        ),
    ],
)
def test_endpoints_that_contradict_each_other_are_refused(
    execute: Execute, private: list[str], arguments: list[str], message: str
) -> None:
    run = execute(*private, *arguments)
    assert (run.code, run.out, run.err) == (2, "", message)


def test_the_policies_of_a_template_see_the_id_that_a_call_gives_its_endpoint(execute: Execute, folder: Path) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/*",
                "Condition": {"StringEquals": {"aws:SourceVpce": {"Ref": "Closed"}}},
            },
        ],
    }
    service = {"ServiceName": "com.amazonaws.us-east-1.execute-api", "VpcId": "vpc-0123456789abcdef0"}
    resources = {
        "Closed": {"Type": "AWS::EC2::VPCEndpoint", "Properties": service},
        "Open": {"Type": "AWS::EC2::VPCEndpoint", "Properties": service},
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Policy": policy, "EndpointConfiguration": {"Types": ["PRIVATE"]}},
        },
        **one_method("NONE"),
    }
    write(folder / "private.json", {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    called = ["check", "--api", "private.json"]
    real = "vpce-0aaaabbbbccccdddd"
    for name, code in (("Closed", 1), ("Open", 0)):
        given = ["--vpc-endpoint", name]
        assert execute(*called, "GET", "/", *given).code == code
        assert execute(*called, "GET", "/", *given, "--context", f"aws:SourceVpce={real}").code == code
        url = f"https://api-{real}.execute-api.us-east-1.amazonaws.com/prod/"
        run = execute("check", url, "--api", "private.json", *given)
        assert (run.code, "the id of the VPC endpoint" in run.out) == (code, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--as", "PartnerRol"],
            'execpolicy check: error: found "PartnerRol" as --as, which is no caller of the file\n'
            '  give an ARN, or a logical id: did you mean "PartnerRole"?\n',
        ),
        (
            ["--as", "PartnerRole", "--role-path", "/x/"],
            "execpolicy check: error: --role-path cannot be used with --as PartnerRole, which the file describes\n"
            "  leave it out\n",
        ),
        (
            ["--vpc-endpoint", "Endpont"],
            'execpolicy check: error: found "Endpont" as --vpc-endpoint, which is no VPC endpoint of the file\n'
            '  did you mean "Endpoint"?; or name a file with its policy\n',
        ),
        (
            ["--api-id", "a-b"],
            'execpolicy check: error: --api-id is wrong: an API id is letters and digits, found "a-b"\n',
        ),
        (
            ["--kind", "sma"],
            'execpolicy check: error: found "sma" as --kind, which is no kind of file\n',
        ),
    ],
)
def test_unusable_input(orders: Execute, arguments: list[str], message: str) -> None:
    run = orders(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)


def test_one_of_several_apis_has_to_be_named(execute: Execute, template: str) -> None:
    run = execute("check", "--api", template, "GET", "/orders/42")
    assert (run.code, run.err) == (
        2,
        "execpolicy check: error: the file describes 2 APIs: OrdersApi and ShopApi\n"
        "  give --api-name with one of them\n",
    )
    run = execute("check", "--api", template, "--api-name", "OrdersApi", "GET", "/orders/42")
    assert (run.code, run.err) == (
        2,
        "execpolicy check: error: which stage is called? The API has prod, beta; none is given\n  give --stage NAME\n",
    )


@pytest.mark.parametrize("verb", ["check", "why"])
@pytest.mark.parametrize(
    "option",
    [
        *("--api-name A", "--parameter A=b", "--parameters a.json", "--account 1", "--region a", "--api-id a"),
        *("--type REST", "--kind sam"),
    ],
)
def test_options_about_the_file_need_the_file(execute: Execute, verb: str, option: str) -> None:
    called = ["check", "--as", ANN, "--on", "arn:aws:execute-api:a:1:a/a/GET/a"] if verb == "check" else ["why", "403"]
    run = execute(*called, *option.split())
    assert run.code == 2
    assert option.partition(" ")[0] in run.err
    assert "requires --api" in run.err or "without --api" in run.err


@pytest.mark.parametrize("option", ["--account=111122223333", "--parameter=Stage=prod", "--type=HTTP", "--api-name=A"])
@pytest.mark.usefixtures("folder")
def test_what_an_api_file_does_not_use_is_refused(execute: Execute, folder: Path, option: str) -> None:
    api = {"schema": "execpolicy/api/1", "id": "a1", "type": "HTTP", "region": "eu-west-1", "account": "111122223333"}
    write(folder / "a.api.json", {**api, "routes": {"GET /a": {}}})
    run = execute("check", "--api", "a.api.json", "GET", "/a", option)
    name = option.split("=", maxsplit=1)[0]
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"execpolicy check: error: found {name}")
    assert "for a file of kind execpolicy, which does not use it\n  leave it out: such a file uses --stage\n" in run.err


def test_why_reads_templates_too(execute: Execute, template: str) -> None:
    called = ("why", '{"message":"Forbidden"}', "--api", template, "--api-name", "OrdersApi", "--stage", "prod")
    assert execute(*called).code == 0
    run = execute("why", '{"message":"Forbidden"}', "--api", template)
    assert (run.code, run.out) == (2, "")
    assert "the file describes 2 APIs: OrdersApi and ShopApi" in run.err


def test_json_has_no_notes(orders: Execute) -> None:
    run = orders("--as", "PartnerRole", "--format", "json")
    assert json.loads(run.out)["outcome"] == "allowed"


@pytest.mark.rule("SRC-10")
def test_a_parameter_without_a_value_is_asked_for(execute: Execute, folder: Path) -> None:
    (folder / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Parameters: {Office: {Type: String}}\n"
        "Resources:\n"
        "  Shop:\n"
        "    Type: AWS::Serverless::Api\n"
        "    Properties:\n"
        "      StageName: prod\n"
        "      DefinitionBody: {swagger: '2.0', info: {title: a, version: a}, paths: {/a: {get: {}}}}\n"
        "      Auth: {ResourcePolicy: {IpRangeBlacklist: [!Ref Office]}}\n",
        "utf-8",
    )
    call = ("check", "GET", "/a", "--api", "template.yaml", "--stage", "prod")
    run = execute(*call, "--partial")
    assert (run.code, run.err) == (3, "")
    place = "template.yaml:9:50"
    assert run.out.splitlines()[0] == (
        "INDETERMINATE: allowed or refused (200 or 403): aws:SourceIp is not known; it depends on the parameter "
        f"Office, which has no value ({place})"
    )
    assert "\ndecide with   --context aws:SourceIp=VALUE --parameter Office=VALUE\n" in run.out
    data = json.loads(execute(*call, "--partial", "--format", "json").out)
    assert data["unknown_values"] == [{"name": "the parameter Office", "place": place}]
    assert data["deciding_keys"] == ["aws:SourceIp"]
    given = ("--parameter", "Office=203.0.113.0/24", "--context", "aws:SourceIp=203.0.113.9")
    assert execute(*call, *given).code == 1
