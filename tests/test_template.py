"""The public Template: several files, and parts that cannot be looked up."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from execpolicy import Api, Caller, ExecPolicyError, PolicySyntaxError, Template, UsageError
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.contents import TemplateContents
from execpolicy.template import NoSuchPartError
from tests.refused import refused

IAM = """
Parameters: {Stage: {Type: String}}
Resources:
  Clerk:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${Stage}-clerk"
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
  Ann:
    Type: AWS::IAM::User
    Properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"]
"""
API = """
schema: execpolicy/api/1
id: a1b2c3
type: REST
region: us-east-1
account: "123456789012"
stages: [prod]
routes: {GET /orders: {auth: AWS_IAM}}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    iam, api = tmp_path / "iam.yaml", tmp_path / "orders.api.yaml"
    iam.write_text(IAM, "utf-8")
    api.write_text(API, "utf-8")
    return iam, api


@pytest.mark.rule("SRC-8")
def test_the_callers_of_one_file_call_the_api_of_another(files: tuple[Path, Path]) -> None:
    template = Template.load(*files)
    assert (template.kind, list(template.apis), list(template.callers)) == (
        "cloudformation, execpolicy",
        ["api"],
        ["Clerk", "Ann"],
    )
    api = template.apis["api"]
    assert type(api) is Api
    assert api.invoke("GET", "/orders", caller=template.callers["Ann"]).status == 200
    assert api == Api.load(files[1])
    assert [(each.name, each.place) for each in template.unknowns] == [
        ("the parameter Stage", f"{files[0]}:7:17"),
    ]
    assert repr(template) == "<Template: cloudformation, execpolicy, APIs ['api'], callers ['Ann', 'Clerk']>"


def test_one_file(files: tuple[Path, Path]) -> None:
    template = Template.load(files[0], parameters={"Stage": "prod"}, account="111122223333")
    assert template.kind == "cloudformation"
    assert {name: caller.principal.arn for name, caller in template.callers.items()} == {
        "Clerk": "arn:aws:iam::111122223333:role/prod-clerk",
        "Ann": "arn:aws:iam::111122223333:user/Ann",
    }
    assert (template.unknowns, dict(template.policies), dict(template.vpc_endpoints)) == ((), {}, {})
    parsed = Template.parse(IAM, parameters={"Stage": "prod"}, account="111122223333")
    assert parsed == Template.parse(IAM.encode(), parameters={"Stage": "prod"}, account="111122223333")
    assert parsed != Template.parse(IAM, parameters={"Stage": "prod"}, account="999999999999")
    assert list(parsed.callers) == list(template.callers)


def test_a_part_that_is_not_there(files: tuple[Path, Path]) -> None:
    template = Template.load(files[0])
    said = refused(NoSuchPartError, lambda: template.callers["Clark"])
    assert (said.message, said.advice) == ('found no caller "Clark" in the template', 'did you mean "Clerk"?')
    said = refused(NoSuchPartError, lambda: template.apis["Orders"])
    assert (said.message, said.advice) == ('found no API "Orders" in the template', "the file describes none")
    with pytest.raises(KeyError):
        template.policies["Reads"]
    assert template.callers.get("Clark") is None
    assert ("Clark" in template.callers, "Clerk" in template.callers) == (False, True)
    assert refused(UsageError, lambda: template.callers[5]).message == (  # type: ignore[index]  # it is refused
        "the logical id of a caller is a text, found 5, an int"
    )


@pytest.mark.rule("SRC-10")
def test_a_caller_whose_name_is_not_known_is_found(files: tuple[Path, Path]) -> None:
    template = Template.load(files[0])
    clerk = template.callers["Clerk"]
    assert clerk == template.callers.get("Clerk") == template.callers.variants("Clerk").only("it")
    assert clerk.principal.arn == "arn:aws:iam::123456789012:role/<the parameter Stage>-clerk"


def test_several_values_name_all_that_they_depend_on() -> None:
    two: Variants[Caller] = Variants(
        (Caller("arn:aws:iam::111122223333:user/Ann"), Caller("arn:aws:iam::111122223333:user/Bob")),
        ("the parameter Stage", "the import Team"),
    )
    template = Template(TemplateContents("cloudformation", {}, callers={"Ann": two}))
    said = refused(UsageError, lambda: template.callers["Ann"])
    assert said.message == "the caller Ann depends on the parameter Stage and the import Team, which are not known"
    assert said.advice == 'give their values with parameters=, or give callers.variants("Ann") to Api.invoke'


TWO_VARIANTS = """
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Orders:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: orders, ProtocolType: HTTP}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Orders, StageName: live}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Orders
      RouteKey: GET /orders
      AuthorizationType: !If [IsProd, AWS_IAM, NONE]
"""


@pytest.mark.rule("SRC-9")
def test_an_api_that_depends_on_what_is_not_known_has_variants() -> None:
    api = Template.parse(TWO_VARIANTS).apis["Orders"]
    assert (api.has_variants, api.stage.name) == (True, "live")
    response = api.invoke("GET", "/orders")
    assert (response.outcome.value, response.statuses) == ("indeterminate", (200, 403))
    known = Template.parse(TWO_VARIANTS, parameters={"Stage": "prod"}).apis["Orders"]
    assert (known.has_variants, known.invoke("GET", "/orders").status) == (False, 403)


def test_of_several_stages_one_is_called(tmp_path: Path) -> None:
    two, one = tmp_path / "two.yaml", tmp_path / "one.api.yaml"
    beta = "  Beta: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Orders, StageName: beta}}\n"
    two.write_text(TWO_VARIANTS + beta, "utf-8")
    one.write_text(API, "utf-8")
    said = refused(UsageError, lambda: Template.load(two).apis["Orders"])
    assert said.message == "which stage is called? The API has live, beta; none is given"
    template = Template.load(two, one, stage="beta")
    assert {name: api.stage.name for name, api in template.apis.items()} == {"Orders": "beta", "api": "prod"}
    assert template != Template.load(two, one, stage="live")
    said = refused(UsageError, lambda: Template.load(two, stage="test").apis["Orders"])
    assert said.message == "which stage is called? The API has live, beta; there is no 'test'"


def test_two_files_with_one_logical_id_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(IAM, "utf-8")
    said = refused(UsageError, lambda: Template.load(*files, other))
    assert said.message == f"found Ann in {files[0]} and in {other}"
    assert said.advice == "read the files one by one, or give one of them another logical id"


def test_what_load_does_not_take(files: tuple[Path, Path], tmp_path: Path) -> None:
    said = refused(UsageError, Template.load)
    assert (said.message, said.advice) == (
        "load takes the paths of files, found none",
        'write Template.load("template.yaml")',
    )
    assert refused(UsageError, lambda: Template.load(files[0], account="1")).message == (
        'account= is wrong: an account has 12 digits, found "1"'
    )
    with pytest.raises(ExecPolicyError, match=r"missing\.yaml"):
        Template.load(tmp_path / "missing.yaml")
    assert refused(UsageError, lambda: Template.load(files[1], region="us-east-1")).message == (
        "found region= for a file of kind execpolicy, which does not use it"
    )
    assert refused(UsageError, lambda: Template({})).message == (  # type: ignore[arg-type]  # it is refused
        "contents is a TemplateContents, found a dict"
    )
    with pytest.raises(PolicySyntaxError) as caught:
        Template.parse({"Resources": {"Ann": {"Type": "AWS::IAM::User", "Properties": {"Name": "ann"}}}})
    assert caught.value.errors[0].place == "<template>:6:9"


def test_copies_are_equal(files: tuple[Path, Path]) -> None:
    template = Template.load(*files)
    for again in (pickle.loads(pickle.dumps(template)), copy.deepcopy(template)):
        assert again == template
    assert template != Template.load(files[0])
    with pytest.raises(AttributeError, match="Template is immutable"):
        template.kind = "sam"
