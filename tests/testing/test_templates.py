"""Case files and tests that name a template: its APIs, callers and VPC endpoints by logical id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from execpolicy import Api, PolicySyntaxError, RequestError, UsageError
from execpolicy.errors import ExecPolicyError
from execpolicy.loaders import kinds
from execpolicy.loaders.cloudformation.values.placeholders import endpoint_id
from execpolicy.testing import load_cases, run_item
from execpolicy.testing.scenario import Scenario
from tests.loaders.cloudformation.one_method import one_method
from tests.loaders.stub_kind import STUB, STUB_KIND
from tests.loaders.terraform.reading import rest_api, root_method, stage
from tests.loaders.terraform.written import plan_of
from tests.refused import refused

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/cases-1.json").read_text("utf-8"))
PRIVATE: dict[str, Any] = {
    "type": "REST",
    "endpoint": "PRIVATE",
    "stages": ["prod"],
    "routes": {"GET /stock": {}},
    "resource_policy": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}],
    },
}
CASES: dict[str, Any] = {
    "schema": "execpolicy/cases/1",
    "title": "Orders",
    "api": "../template.json#OrdersApi",
    "template": {"account": "123456789012"},
    "callers": {"partner": "../template.json#PartnerRole"},
    "cases": [
        {"name": "reads", "call": "GET /orders/7", "stage": "prod", "caller": "partner", "expect": 200},
        {"name": "beta", "call": "GET /orders/7", "stage": "beta", "caller": "partner", "expect": "allow"},
        {
            "name": "without policies",
            "call": "GET /orders/7",
            "stage": "prod",
            "caller": "../template.json#NobodyRole",
            "expect": 403,
        },
        {
            "name": "another API",
            "api": "stock",
            "call": "GET /stock",
            "vpc_endpoint": "../template.json#Endpoint",
            "expect": 403,
            "gate": "VPC endpoint",
            "sid": "Only",
        },
    ],
    "apis": {"stock": "../template.json#StockApi"},
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with template.json; case files are in its folder tests."""
    monkeypatch.setattr(kinds, "FILE_KINDS", (*kinds.FILE_KINDS, STUB_KIND))
    (tmp_path / "pyproject.toml").touch()
    # Such a word is in every file that is read as an API.
    template = {**STUB, "Apis": {**STUB["Apis"], "StockApi": PRIVATE}, "Kind": "AWS::Stub"}
    (tmp_path / "template.json").write_text(json.dumps(template, indent=2), "utf-8")
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cases_in(project: Path, **changed: Any) -> Path:
    path = project / "tests" / "orders.execpolicy.json"
    path.write_text(json.dumps({**CASES, **changed}, indent=2), "utf-8")
    return path


def said(project: Path, **changed: Any) -> list[str]:
    """What is said of a case file."""
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(cases_in(project, **changed))
    return [f"{one.place.rpartition('/')[2]}: {one.message}" for one in caught.value.errors]


def test_a_case_file_names_parts_of_a_template(project: Path) -> None:
    file = load_cases(cases_in(project))
    assert [run_item(item).passed for item in file.items] == [True] * 4
    (_, _, _, stock) = file.items
    Draft202012Validator(SCHEMA).validate(CASES)
    assert run_item(stock).passed


def test_what_the_template_does_not_say(project: Path) -> None:
    changed = {"account": "444455556666", "region": "eu-west-1", "parameters": {"Stage": "prod", "Count": 3}}
    file = load_cases(cases_in(project, template=changed))
    assert [run_item(item).passed for item in file.items] == [False, False, True, True]


@pytest.mark.parametrize(
    ("changed", "messages"),
    [
        (
            {"api": "../template.json"},
            [
                "orders.execpolicy.json:4:10: the file describes 3 APIs: OrdersApi, ShopApi and StockApi",
            ],
        ),
        (
            {"api": "../template.json#Orders"},
            ['orders.execpolicy.json:4:10: found the API "Orders", which the file does not have'],
        ),
        (
            {"callers": {"partner": "../template.json#Partner"}},
            ['orders.execpolicy.json:9:16: found the caller "Partner", which the file does not have'],
        ),
        (
            {"callers": {"partner": "../../template.json#PartnerRole"}},
            ["orders.execpolicy.json:9:16: found the file"],
        ),
        (
            {"template": {"acount": "1"}},
            ['orders.execpolicy.json:6:5: found "acount", which is not a field of a template'],
        ),
        (
            {"template": {"account": "1"}},
            ['orders.execpolicy.json:6:16: account= is wrong: an account has 12 digits, found "1"'],
        ),
        (
            {"template": {"parameters": {"Stage": ["a"]}}},
            ['orders.execpolicy.json:7:16: found a list as the parameter "Stage", expected a string or a number'],
        ),
        (
            {"template": []},
            ["orders.execpolicy.json:5:15: found an empty list as a template, expected an object"],
        ),
    ],
)
def test_what_is_wrong_is_reported_at_its_place(project: Path, changed: dict[str, Any], messages: list[str]) -> None:
    found = said(project, **changed)
    assert [one[: len(message)] for one, message in zip(found, messages, strict=False)] == messages


@pytest.mark.parametrize(
    ("template", "message", "excerpt"),
    [
        (
            {"parameters": {"Stag": "prod"}},
            'orders.execpolicy.json:7:7: the template has no parameter "Stag"',
            '      "Stag": "prod"\n    |       ^^^^^^',
        ),
        (
            {"parameters": {"Stage": "test"}},
            'orders.execpolicy.json:7:16: the parameter Stage has the value "test", expected "prod" or "beta"',
            '      "Stage": "test"\n    |                ^^^^^^',
        ),
        (
            {"conditions": {"IsProt": True}},
            'orders.execpolicy.json:7:7: the template has no condition "IsProt"',
            '      "IsProt": true\n    |       ^^^^^^^^',
        ),
    ],
)
def test_a_wrong_value_for_a_template_is_shown_where_the_case_file_gives_it(
    project: Path, template: dict[str, Any], message: str, excerpt: str
) -> None:
    stages = {"Type": "String", "AllowedValues": ["prod", "beta"]}
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", "Target": "arn:aws:lambda:x"}}
    parts = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Stage": stages},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {"Api": api},
    }
    (project / "http.json").write_text(json.dumps(parts), "utf-8")
    cases = [{"name": "a call", "call": "GET /", "expect": 200}, {"name": "another", "call": "GET /a", "expect": 200}]
    changed = {"api": "../http.json", "apis": {}, "callers": {}, "template": template, "cases": cases}
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(cases_in(project, **changed))
    assert len(caught.value.errors) == 1
    (error,) = caught.value.errors
    assert f"{error.place.rpartition('/')[2]}: {error.message}" == message
    assert excerpt in str(error)


def test_what_no_file_uses_is_reported(project: Path) -> None:
    api = {"schema": "execpolicy/api/1", "id": "a1", "type": "HTTP", "region": "eu-west-1", "account": "111122223333"}
    (project / "a.api.json").write_text(json.dumps({**api, "routes": {"GET /a": {}}}), "utf-8")
    changed: dict[str, Any] = {
        "api": "../a.api.json",
        "apis": {},
        "callers": {},
        "cases": [{"name": "a", "call": "GET /a", "expect": 200}],
    }
    assert said(project, **changed) == [
        'orders.execpolicy.json:5:3: found "account" in "template", that no file of this case file uses'
    ]
    assert load_cases(cases_in(project, **changed, template={})).items


def test_a_file_that_is_no_template_is_not_shown(project: Path) -> None:
    (project / "secret.json").write_text('{"password": "x"}', "utf-8")
    (message, *_) = said(project, callers={"partner": "../secret.json#PartnerRole"})
    assert "secret.json is not an API file: nothing in it looks like one" in message
    assert "password" not in message


def test_a_scenario_names_parts_of_a_template(project: Path) -> None:
    orders = Scenario(project / "tests", project).api("template.json#OrdersApi", "prod", account="123456789012")
    orders.acting_as("template.json#PartnerRole").get("/orders/7").assert_allowed()
    orders.acting_as("template.json#NobodyRole").get("/orders/7").assert_denied()
    stock = Scenario(project).api("template.json", name="StockApi").policies(vpc_endpoint="template.json#Endpoint")
    stock.get("/stock").assert_denied(by="Only")


def _template_with_an_endpoint(project: Path) -> None:
    """private.json: a private API that denies calls through its VPC endpoint."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    deny = {**allow, "Effect": "Deny", "Condition": {"StringEquals": {"aws:SourceVpce": {"Ref": "Endpoint"}}}}
    resources: dict[str, Any] = {
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"ServiceName": "com.amazonaws.us-east-1.execute-api"},
        },
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "EndpointConfiguration": {"Types": ["PRIVATE"]},
                "Policy": {"Version": "2012-10-17", "Statement": [allow, deny]},
            },
        },
        **one_method("NONE"),
    }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    (project / "private.json").write_text(json.dumps(template, indent=2), "utf-8")


def test_another_id_of_an_endpoint_than_its_template_has_is_refused(project: Path) -> None:
    _template_with_an_endpoint(project)
    call = {"name": "through it", "call": "GET /", "vpc_endpoint": "../private.json#Endpoint", "expect": 403}
    of_file: dict[str, Any] = {"api": "../private.json#Api", "apis": {}, "callers": {}, "template": {}}
    file = load_cases(cases_in(project, **of_file, cases=[call]))
    assert [run_item(item).passed for item in file.items] == [True]
    other = {**call, "context": {"aws:SourceVpce": "vpce-0aaaabbbbccccdddd"}, "expect": 200}
    assert said(project, **of_file, cases=[other]) == [
        "orders.execpolicy.json:14:28: found vpce-0aaaabbbbccccdddd as aws:SourceVpce, and the template has "
        f"{endpoint_id('Endpoint')} as the id of Endpoint"
    ]
    scenario = Scenario(project).api("private.json").policies(vpc_endpoint="private.json#Endpoint")
    scenario.get("/").assert_denied()
    error = refused(RequestError, lambda: scenario.with_context({"aws:SourceVpce": "vpce-1"}).get("/"))
    assert error.message == (
        f"found vpce-1 as aws:SourceVpce, and the template has {endpoint_id('Endpoint')} as the id of Endpoint"
    )
    assert (error.advice, error.rule) == ("leave it out: the call has that id", "SRC-7")


def test_what_a_scenario_refuses(project: Path) -> None:
    scenario = Scenario(project)
    assert refused(UsageError, lambda: scenario.api("template.json")).message.startswith("the file describes 3 APIs")
    said_of = refused(UsageError, lambda: scenario.api("template.json#OrdersApi", name="ShopApi"))
    assert said_of.message == "template.json#OrdersApi names the API, and name= is given too"
    said_of = refused(UsageError, lambda: scenario.acting_as("template.json#Nobody"))
    assert said_of.message == 'found the caller "Nobody", which the file does not have'
    assert said_of.advice == 'did you mean "NobodyRole"?'
    said_of = refused(UsageError, lambda: scenario.acting_as("template.json#NobodyRole", role_path="/x/"))
    assert said_of.message == "role_path cannot be given with a Caller"
    said_of = refused(ExecPolicyError, lambda: scenario.acting_as("none.json#NobodyRole"))
    assert said_of.message.startswith('cannot find the file "none.json"')
    api = Api.load("template.json", name="ShopApi")
    said_of = refused(UsageError, lambda: scenario.api(api, account="123456789012"))
    assert said_of.message == "account= is for files, and an Api is given"


def _plan_with_a_hidden_block(project: Path) -> dict[str, Any]:
    """plan.json and its sources in infra: whether dynamic makes a block stands in the sources. The fields of cases."""
    (project / "plan.json").write_text(json.dumps(plan_of([rest_api(), root_method(), stage()])), "utf-8")
    (project / "infra").mkdir()
    source = 'resource "aws_api_gateway_rest_api" "orders" {\n  name = "orders"\n}\n'
    (project / "infra" / "api.tf").write_text(source, "utf-8")
    cases = [{"name": "anybody", "call": "GET /", "expect": 200}]
    return {"api": "../plan.json", "apis": {}, "callers": {}, "cases": cases}


@pytest.mark.rule("SRC-4")
def test_a_case_file_names_the_sources_of_a_plan(project: Path) -> None:
    of_file = _plan_with_a_hidden_block(project)
    for template, passed in (({}, False), ({"terraform_source": "../infra"}, True)):
        Draft202012Validator(SCHEMA).validate({**CASES, **of_file, "template": template})
        (item,) = load_cases(cases_in(project, **of_file, template=template)).items
        assert run_item(item).passed is passed


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({"terraform_source": 5}, "6:25: found the number 5 as terraform_source, expected a string"),
        ({"terraform_source": "../other"}, '6:25: found "../other" as terraform_source, which is no folder'),
        ({"terraform_source": "../plan.json"}, '6:25: found "../plan.json" as terraform_source, which is no folder'),
        ({"terraform_source": "../tests"}, '4:10: found no sources of Terraform in the folder "{project}/tests"'),
        ({"terraform_source": "../../.."}, '6:25: found the file "../../..", which lies outside of the project'),
    ],
)
def test_a_wrong_folder_of_sources_is_reported(project: Path, template: dict[str, Any], message: str) -> None:
    of_file = _plan_with_a_hidden_block(project)
    (found,) = said(project, **of_file, template=template)
    assert found.startswith(f"orders.execpolicy.json:{message.format(project=project)}")


def test_sources_that_no_file_uses_are_reported(project: Path) -> None:
    of_file = _plan_with_a_hidden_block(project)
    api = {"schema": "execpolicy/api/1", "id": "a1", "type": "HTTP", "region": "eu-west-1", "account": "111122223333"}
    (project / "a.api.json").write_text(json.dumps({**api, "routes": {"GET /": {}}}), "utf-8")
    changed = {"api": "../a.api.json", "template": {"terraform_source": "../infra"}}
    assert said(project, **{**of_file, **changed}) == [
        'orders.execpolicy.json:5:3: found "terraform_source" in "template", that no file of this case file uses'
    ]


def test_a_scenario_names_the_sources_of_a_plan(project: Path) -> None:
    _plan_with_a_hidden_block(project)
    scenario = Scenario(project / "tests", project)
    scenario.api("plan.json", terraform_source="infra").get("/").assert_allowed()
    with pytest.raises(AssertionError, match="endpoint_configuration"):
        scenario.api("plan.json").get("/").assert_allowed()
    error = refused(ExecPolicyError, lambda: scenario.api("plan.json", terraform_source="none"))
    assert error.message.startswith('cannot find the folder "none": there is no ')
