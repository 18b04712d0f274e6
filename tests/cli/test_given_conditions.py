"""The truth of conditions of a template, given by --condition, by a case file and by the library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy import Api, PolicySyntaxError, Template
from execpolicy.testing import Scenario, load_cases, run_item
from tests.cli.conftest import Execute, write

pytestmark = pytest.mark.rule("SRC-5")

#: An API whose method needs a signature if another stack exports "strict".
TEMPLATE = """\
Conditions:
  IsStrict: !Equals [!ImportValue Mode, strict]
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: api}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: !If [IsStrict, AWS_IAM, NONE]
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref Api, StageName: prod}
"""


@pytest.fixture(autouse=True)
def template(folder: Path) -> Path:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE, "utf-8")
    return path


@pytest.mark.parametrize(("given", "code"), [([], 3), (["IsStrict=true"], 1), (["IsStrict=false"], 0)])
def test_check(execute: Execute, given: list[str], code: int) -> None:
    options = [word for each in given for word in ("--condition", each)]
    assert execute("check", "GET", "/", "--api", "template.yaml", *options).code == code


def test_show_writes_the_api_for_one_truth(execute: Execute) -> None:
    run = execute("show", "template.yaml", "--format", "json", "--condition", "IsStrict=true")
    assert (run.code, json.loads(run.out)["routes"]) == (0, {"GET /": {"auth": "AWS_IAM"}})


def test_lint_reads_one_truth(execute: Execute) -> None:
    assert execute("lint", "template.yaml", "--condition", "IsStrict=true", "--exit-zero").code == 0
    run = execute("lint", "template.yaml", "--condition", "IsStict=true")
    advice = '  did you mean "IsStrict"?\n'
    place = "  1 | IsStict=true\n    | ^^^^^^^\n"
    assert run.err == f'--condition:1:1: the template has no condition "IsStict"\n{place}{advice}'


def test_why_gives_it_in_the_command(execute: Execute) -> None:
    text = (
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: execute-api:Invoke on resource: "
        "arn:aws:execute-api:us-east-1:********9012:api/prod/GET/"
    )
    options = ("--api", "template.yaml", "--account", "123456789012", "--condition", "IsStrict=true")
    run = execute("why", *options, "--format", "json", text)
    assert run.code == 0
    assert "--condition IsStrict=true" in " ".join(json.loads(run.out)["reproduce"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["IsStrict"],
            "--condition:1:1: found 'IsStrict', expected NAME=true or NAME=false\n"
            "  1 | IsStrict\n    | ^^^^^^^^\n  such as --condition IsProd=true\n",
        ),
        (
            ["IsStrict=yes"],
            "--condition:1:1: found 'IsStrict=yes', expected NAME=true or NAME=false\n"
            "  1 | IsStrict=yes\n    | ^^^^^^^^^^^^\n  such as --condition IsProd=true\n",
        ),
        (
            ["IsStrict=true", "IsStrict=false"],
            "execpolicy check: error: --condition gives IsStrict twice\n  give each condition once\n",
        ),
    ],
)
def test_what_is_no_truth(execute: Execute, given: list[str], message: str) -> None:
    options = [word for each in given for word in ("--condition", each)]
    run = execute("check", "GET", "/", "--api", "template.yaml", *options)
    assert (run.code, run.err) == (2, message)


def test_a_condition_is_of_a_template(execute: Execute) -> None:
    run = execute("why", "--condition", "IsStrict=true", '{"message": "Forbidden"}')
    assert (
        run.err
        == "execpolicy why: error: found --condition without --api\n  give the file of the API too: --api FILE\n"
    )


def test_the_library(template: Path) -> None:
    api = Api.load(template, conditions={"IsStrict": True})
    assert api.invoke("GET", "/").status == 403
    assert not Template.load(template, conditions={"IsStrict": False}).apis["Api"].has_variants
    assert Api.parse(TEMPLATE, conditions={"IsStrict": False}).invoke("GET", "/").allowed
    assert Template.parse(TEMPLATE, conditions={"IsStrict": True}).apis["Api"].invoke("GET", "/").status == 403
    Scenario().api(template, conditions={"IsStrict": True}).get("/").assert_status(403)


def test_a_case_file(folder: Path) -> None:
    cases = {
        "schema": "execpolicy/cases/1",
        "title": "Strict",
        "api": "template.yaml",
        "template": {"conditions": {"IsStrict": True}},
        "cases": [{"name": "unsigned", "call": "GET /", "expect": 403}],
    }
    path = write(folder / "strict.execpolicy.json", cases)
    assert [run_item(item).passed for item in load_cases(path).items] == [True]
    wrong = write(folder / "wrong.execpolicy.json", {**cases, "template": {"conditions": {"IsStrict": "true"}}})
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(wrong)
    first = caught.value.errors[0]
    assert (first.message, first.place.rpartition("/")[2]) == (
        'found a string as the condition "IsStrict", expected true or false',
        "wrong.execpolicy.json:7:19",
    )
