"""Templates as people write them: their answers, and explanations that point at the lines of SAM (SRC-3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from execpolicy import Api, Caller, Policy
from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import load_contents, parse_contents

FOLDER = Path(__file__).parents[3] / "fixtures" / "sam" / "templates"
_ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}}
_PARTNER = Caller("arn:aws:iam::123456789012:role/Partner", identity=[Policy.parse(_ALL, kind="identity")])
_INSIDE = {"context": {"aws:SourceIp": "192.0.2.1"}}
_OUTSIDE = {"context": {"aws:SourceIp": "203.0.113.1"}}
_PREFLIGHT = {"headers": {"Origin": "https://shop.example.com", "Access-Control-Request-Method": "GET"}}


class Answer(NamedTuple):
    """A call and its answer; ``line`` is that of the statement that the explanation shows first."""

    file: str
    stage: str | None
    call: str
    given: dict[str, Any]
    status: int
    line: str = ""


ANSWERS = (
    # The default authorizer of Globals, which the preflight methods of Cors do not get.
    Answer("todo.yaml", "Prod", "GET /items", {}, 401),
    Answer("todo.yaml", "Prod", "OPTIONS /items", {}, 200),
    Answer("todo.yaml", "Prod", "GET /health", {}, 200),
    # The second stage that SAM makes has the same methods.
    Answer("todo.yaml", "Stage", "GET /items", {}, 401),
    # Statements of an event are for the stage "Stage" where StageName is a function: nobody reaches prod.
    Answer("offices.yaml", "prod", "POST /rooms", _INSIDE, 403, "offices.yaml:25:17"),
    Answer("offices.yaml", "Stage", "POST /rooms", _INSIDE, 200, "offices.yaml:25:17"),
    Answer("offices.yaml", "Stage", "POST /rooms", _OUTSIDE, 403, "offices.yaml:25:17"),
    Answer("warehouse.yaml", "v1", "GET /ping", _OUTSIDE, 403, "warehouse.yaml:13:11"),
    Answer("warehouse.yaml", "v1", "GET /ping", {"context": {"aws:SourceIp": "198.51.100.7"}}, 200),
    Answer("warehouse.yaml", "v1", "GET /boxes/7", {"context": {"aws:SourceIp": "198.51.100.7"}}, 403),
    # The default route has the default authorizer, and catches preflight requests.
    Answer("shop.yaml", None, "GET /elsewhere", {}, 401),
    Answer("shop.yaml", None, "OPTIONS /elsewhere", _PREFLIGHT, 401),
    Answer("shop.yaml", None, "GET /status", {}, 200),
    Answer("chat.yaml", None, "$connect ", {}, 403),
    Answer("chat.yaml", None, "$connect ", {"caller": _PARTNER}, 200),
    # The definition is a file beside the template; its events add nothing.
    Answer("books.yaml", "prod", "POST /books", {}, 403),
    Answer("books.yaml", "prod", "POST /books", {"caller": _PARTNER}, 200),
)


@pytest.mark.rule("SRC-3")
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: f"{each.file}-{each.stage}-{each.call}-{each.status}")
def test_a_call_gets_its_answer(answer: Answer) -> None:
    method, _, path = answer.call.partition(" ")
    response = Api.load(FOLDER / answer.file, stage=answer.stage).invoke(method, path, **answer.given)
    assert response.status == answer.status
    assert answer.line in str(response.explain())


def read(text: str) -> TemplateContents:
    return parse_contents(text, ReadOptions(), name="template.yaml")


def test_the_role_of_a_function_is_a_caller_with_its_inline_policies() -> None:
    contents = load_contents(FOLDER / "todo.yaml", ReadOptions())
    (caller,) = contents.callers["ItemsRole"].values
    api = Api.load(FOLDER / "todo.yaml", stage="Prod")
    assert [policy.to_document()["Statement"] for policy in caller.identity]
    assert api.invoke("GET", "/health", caller=caller).status == 200


def test_what_cannot_bear_on_authorization_is_listed() -> None:
    listed = {each.what for each in load_contents(FOLDER / "todo.yaml", ReadOptions()).ignored}
    assert "the event Nightly of the type Schedule" in listed
    assert "the managed policy AWSLambdaVPCAccessExecutionRole of Items" in listed
    listed = {each.what for each in load_contents(FOLDER / "books.yaml", ReadOptions()).ignored}
    assert "the event Lend of Lend, because BooksApi has a DefinitionBody" in listed


def test_a_definition_outside_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / ".git").mkdir()
    (tmp_path / "api.yaml").write_text("openapi: 3.0.1\npaths: {}\n", "utf-8")
    template = tmp_path / "app" / "template.yaml"
    template.write_text(
        (FOLDER / "books.yaml").read_text("utf-8").replace("books.openapi.yaml", "../api.yaml"), "utf-8"
    )
    with pytest.raises(PolicySyntaxError, match="outside of the project") as caught:
        load_contents(template, ReadOptions())
    assert caught.value.errors[0].place.endswith("template.yaml:8:22")


@pytest.mark.rule("SRC-3")
def test_globals_are_merged_by_member_and_lists_are_joined() -> None:
    contents = read(
        """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Api:
    Auth:
      Authorizers: {Key: {FunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f"}}
      DefaultAuthorizer: Key
      ResourcePolicy: {IpRangeWhitelist: [192.0.2.0/24]}
Resources:
  One:
    Type: AWS::Serverless::Api
    Properties:
      StageName: a
      OpenApiVersion: 3.0.1
      Auth: {DefaultAuthorizer: AWS_IAM, ResourcePolicy: {IpRangeWhitelist: [198.51.100.0/24]}}
  Two: {Type: AWS::Serverless::Api, IgnoreGlobals: [Auth], Properties: {StageName: a, OpenApiVersion: 3.0.1}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        One: {Type: Api, Properties: {RestApiId: !Ref One, Path: /a, Method: get}}
        Two: {Type: Api, Properties: {RestApiId: !Ref Two, Path: /a, Method: get}}
"""
    )
    (one,), (two,) = contents.apis["One"].values, contents.apis["Two"].values
    assert [one.auth_of(route) for route in one.routes] == ["AWS_IAM"]
    assert one.resource_policy is not None
    document = one.resource_policy.to_document()
    assert document["Statement"][1]["Condition"] == {
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}
    }
    assert [two.auth_of(route) for route in two.routes] == ["NONE"]
    assert two.resource_policy is None
