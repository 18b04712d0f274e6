"""execpolicy diff --within: the requests that are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Execute, document, write


@pytest.fixture
def versions(folder: Path) -> None:
    """A policy that allows GET, and one that allows every method."""
    write(folder / "old.json", document(Principal="*", Resource="execute-api:/prod/GET/*"))
    write(folder / "new.json", document(Principal="*", Resource="execute-api:/*"))


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("within", "verdict", "code"),
    [
        ("GET /pets", "LAXER", 1),  # in another stage than prod
        ("GET /pets on prod", "EQUAL", 0),
        ("POST /pets on prod", "LAXER", 1),
        ("arn:aws:execute-api:*:*:*/prod/GET/*", "LAXER", 1),  # its * crosses "/": DELETE of /x/prod/GET/y matches
        ("arn:aws:execute-api:*:*:*/prod/P*", "LAXER", 1),
        ("on prod from 198.51.100.0/24", "LAXER", 1),
        ("when aws:SourceVpce = vpce-1", "LAXER", 1),
    ],
)
def test_only_the_requests_within_are_compared(execute: Execute, within: str, verdict: str, code: int) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", within)
    assert (run.code, run.err) == (code, "")
    assert run.out.split(" ", 1)[0] == verdict


@pytest.mark.usefixtures("versions")
def test_a_text_that_names_no_requests_is_an_error_at_its_place(execute: Execute) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", "GET pets")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        '--within:1:5: found "pets", expected a comma or a path\n'
        "  1 | GET pets\n"
        "    |     ^^^^\n"
        "  write for example GET /orders/*\n"
    )


@pytest.mark.usefixtures("versions")
def test_a_limit_that_cannot_be_read_is_an_error_at_its_place(execute: Execute) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", "from 300.1")
    assert run.code == 2
    assert run.err.startswith('--within:1:6: found "300.1", expected a range of addresses\n')


@pytest.mark.usefixtures("versions")
def test_an_empty_limit_is_an_error_at_its_place(execute: Execute) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", "")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("--within:1:1: found the end, expected a method, a path, anything or $connect\n")


def api_file(*stages: str, auth: str = "NONE", id: str = "a1b2c3") -> dict[str, object]:
    return {
        "schema": "execpolicy/api/1",
        "id": id,
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": list(stages),
        "routes": {"GET /orders": {"auth": auth}},
    }


@pytest.mark.rule("ANA-5")
@pytest.mark.parametrize(
    "within",
    ["GET /orders on prd", "on prd", "arn:aws:execute-api:eu-west-1:111122223333:zzzzzz/*", "arn:aws:s3:::orders/*"],
)
def test_a_limit_that_has_no_call_to_the_api_is_an_error(execute: Execute, folder: Path, within: str) -> None:
    write(folder / "old.json", api_file("prod", "dev"))
    write(folder / "new.json", api_file("prod", "dev", auth="AWS_IAM"))
    run = execute("diff", "old.json", "new.json", "--within", within)
    assert (run.code, run.out) == (2, "")
    carets = "^" * len(within)
    assert run.err == (
        f"--within:1:1: no call to a1b2c3 is one of these\n  1 | {within}\n    | {carets}\n"
        "  name a stage that it has (prod or dev), or a pattern of its ARNs\n"
    )
    for known in ("GET /orders on prod", "arn:aws:execute-api:*:*:a1b2c3/dev/*"):
        assert execute("diff", "old.json", "new.json", "--within", known).code == 1
    assert execute("diff", "old.json", "new.json", "--within", "GET /nowhere on prod").code == 0


TWO_APIS = """
Resources:
  Shop: {Type: AWS::ApiGateway::RestApi, Properties: {Name: shop}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      {RestApiId: !Ref Shop, ResourceId: !GetAtt Shop.RootResourceId, HttpMethod: GET, AuthorizationType: NONE}
  Deployed: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Shop, StageName: prod}}
  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: other}}
  GetOther:
    Type: AWS::ApiGateway::Method
    Properties:
      {RestApiId: !Ref Other, ResourceId: !GetAtt Other.RootResourceId, HttpMethod: GET, AuthorizationType: %s}
  DeployedOther: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Other, StageName: live}}
"""


@pytest.mark.rule("ANA-5")
def test_one_of_several_apis_has_the_stage_of_a_limit(execute: Execute, folder: Path) -> None:
    for name, auth in (("old.yaml", "NONE"), ("new.yaml", "AWS_IAM")):
        (folder / name).write_text(TWO_APIS % auth, "utf-8")
    run = execute("diff", "old.yaml", "new.yaml", "--within", "on prod", "--verbose")
    assert (run.code, run.err) == (0, "")
    assert "no call to Other is one of those of --within" in run.out
    assert execute("diff", "old.yaml", "new.yaml", "--within", "on live").code == 1
    neither = execute("diff", "old.yaml", "new.yaml", "--within", "on prd")
    assert neither.code == 2
    assert neither.err.startswith("--within:1:1: no call to ")
