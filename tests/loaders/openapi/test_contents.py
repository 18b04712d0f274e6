"""What an OpenAPI or Swagger file describes: id, region, stage and account from the file or from the user (SRC-1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy import Api, PolicySyntaxError
from execpolicy.gateway.model.names import EndpointType
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import load_contents, only_api, parse_contents
from tests.refused import refused

EXPORTS = Path(__file__).parents[1] / "three_apis"

EXPORT = """\
openapi: 3.0.1
servers:
  - url: https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}
    variables: {basePath: {default: prod}}
paths:
  /orders: {get: {x-amazon-apigateway-integration: {type: mock}}}
"""


def read(text: str, **options: str) -> TemplateContents:
    return parse_contents(text, ReadOptions(**options), name="some.yaml")  # type: ignore[arg-type]  # no parameters


def said(contents: TemplateContents) -> tuple[str, str, str, str]:
    (api,) = only_api(contents, ReadOptions()).values
    return api.id, api.region, api.account, api.stage.name


@pytest.mark.rule("SRC-1")
def test_an_export_names_the_id_the_region_and_the_stage() -> None:
    assert said(read(EXPORT, type="REST")) == ("a1b2c3d4e5", "eu-west-1", "123456789012", "prod")


@pytest.mark.rule("SRC-1")
def test_what_the_user_gives_precedes_what_an_export_names() -> None:
    given = read(EXPORT, type="REST", api_id="f6g7", region="us-west-2", account="111122223333", stage="test")
    assert said(given) == ("f6g7", "us-west-2", "111122223333", "test")


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("rest.export.json", ("a1b2c3d4e5", "eu-west-1", "111122223333", "prod")),
        ("rest.swagger.json", ("a1b2c3d4e5", "eu-west-1", "111122223333", "prod")),
        ("private.export.json", ("c3d4e5f6a7", "eu-west-1", "111122223333", "live")),
        ("private.swagger.json", ("c3d4e5f6a7", "eu-west-1", "111122223333", "live")),
        ("http.export.json", ("b2c3d4e5f6", "eu-west-1", "111122223333", "$default")),
    ],
)
def test_an_export_of_aws_needs_the_account_alone(file: str, expected: tuple[str, ...]) -> None:
    contents = load_contents(EXPORTS / file, ReadOptions(account="111122223333"))
    assert said(contents) == expected
    assert contents.kind == "openapi"


@pytest.mark.rule("SRC-1", "SRC-7")
def test_an_export_with_a_policy_asks_for_the_account() -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        load_contents(EXPORTS / "rest.export.json")
    assert {(error.message, error.advice) for error in caught.value.errors} == {
        (
            'found the account "111122223333", but the account of the API is not given',
            "give it with --account: the policy may name this API",
        )
    }
    assert [error.span.line for error in caught.value.errors if error.span] == [242]  # once, where it is needed first


@pytest.mark.rule("SRC-1")
def test_an_export_without_extensions_is_refused() -> None:
    text = EXPORT.replace("  /orders: {get: {x-amazon-apigateway-integration: {type: mock}}}", "  /orders: {get: {}}")
    assert text != EXPORT
    found = refused(PolicySyntaxError, lambda: read(text, type="REST"))
    assert (
        found.message == "found an export without the extensions of API Gateway, which does not say what a call needs"
    )
    assert (found.at, found.underlined) == ("some.yaml:1:10", "3.0.1")
    assert found.advice == """export it with them: --parameters '{"extensions": "apigateway,authorizers"}'"""


@pytest.mark.rule("SRC-1")
def test_an_export_with_authorizers_that_are_not_defined_is_refused() -> None:
    text = EXPORT + "components: {securitySchemes: {t: {type: apiKey, name: A, in: header, %s: custom}}}\n"
    found = refused(PolicySyntaxError, lambda: read(text % "x-amazon-apigateway-authtype", type="REST"))
    assert found.message == 'found "x-amazon-apigateway-authtype" without "x-amazon-apigateway-authorizer"'
    assert found.underlined == "x-amazon-apigateway-authtype"


@pytest.mark.rule("SRC-1", "SRC-5")
def test_what_the_definition_of_a_rest_api_does_not_say_is_listed() -> None:
    assert [each.name for each in read(EXPORT, type="REST").unknowns] == [
        "whether the API is private",
        "whether the API has a resource policy",
    ]
    plain = "openapi: 3.0.1\npaths: {/orders: {get: {}}}\n"
    assert [each.name for each in read(plain, type="REST", stage="prod").unknowns] == ["whether the API is private"]
    assert read(plain, type="HTTP").unknowns == ()
    private = plain + "x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-1]}\n"
    assert read(private, stage="prod").unknowns == ()


@pytest.mark.rule("SRC-1")
def test_servers_that_contradict_each_other_ask_for_what_is_meant() -> None:
    text = EXPORT.replace(
        "paths:\n", "  - url: https://f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com/test\npaths:\n", 1
    )
    with pytest.raises(PolicySyntaxError) as caught:
        read(text, type="REST")
    assert [(error.message, error.advice, error.span and error.span.line) for error in caught.value.errors] == [
        ('found servers with different values of api_id: "a1b2c3d4e5" and "f6g7h8i9j0"', "give api_id=", 5),
        ('found servers with different values of stage: "prod" and "test"', "give stage=", 5),
    ]
    assert said(read(text, type="REST", api_id="f6g7h8i9j0", stage="test"))[0::3] == ("f6g7h8i9j0", "test")


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    "url",
    [
        "https://orders.example.com/prod",
        "https://{id}.execute-api.eu-west-1.amazonaws.com/prod",
        "/prod",
        "https://a.b.execute-api.eu-west-1.amazonaws.com/prod",
        "https://execute-api.eu-west-1.amazonaws.com/prod",
    ],
)
def test_other_servers_say_nothing_about_the_api(url: str) -> None:
    text = f"openapi: 3.0.1\nservers: [{{url: '{url}'}}]\npaths: {{/orders: {{get: {{}}}}}}\n"
    assert said(read(text, type="REST", stage="test")) == ("api", "us-east-1", "123456789012", "test")


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("url", "stage"),
    [
        ("https://a1.execute-api.eu-west-1.amazonaws.com/prod", "prod"),
        ("https://A1.execute-api.eu-west-1.amazonaws.com/prod/", "prod"),
        ("//a1.execute-api.eu-west-1.amazonaws.com/prod", "prod"),
        ("https://a1-vpce-0a1b.execute-api.eu-west-1.vpce.amazonaws.com/prod", "prod"),
        ("https://a1.execute-api.eu-west-1.amazonaws.com/v1/orders", "given"),
    ],
)
def test_the_own_host_of_an_api_names_it(url: str, stage: str) -> None:
    text = EXPORT.replace("https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}", url)
    text = text.replace("    variables: {basePath: {default: prod}}\n", "")
    options = {} if stage == "prod" else {"stage": stage}
    assert said(read(text, type="REST", **options)) == ("a1", "eu-west-1", "123456789012", stage)


@pytest.mark.rule("SRC-1")
def test_the_variables_of_aws_have_the_values_of_the_import() -> None:
    text = """\
openapi: 3.0.1
paths: {/orders: {get: {}}}
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement:
    - Effect: Deny
      Principal: "*"
      Action: execute-api:Invoke
      Resource: arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:%s/*
      Condition: {StringNotEquals: {"aws:PrincipalTag/team": "${aws:PrincipalTag/unit}"}}
"""
    (api,) = only_api(read(text % "*", stage="prod", region="cn-north-1"), ReadOptions()).values
    response = Api.from_definition(api).invoke("GET", "/orders")
    assert response.arn == "arn:aws-cn:execute-api:cn-north-1:123456789012:api/prod/GET/orders"
    assert response.status == 403
    found = refused(PolicySyntaxError, lambda: read(text % "a1b2c3", stage="prod"))
    assert found.message == 'found the API id "a1b2c3", but the API id of the API is not given'
    assert found.underlined == "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:a1b2c3/*"


@pytest.mark.rule("SRC-1")
def test_an_own_host_that_names_a_vpc_endpoint_is_that_of_a_private_api() -> None:
    text = EXPORT.replace("a1b2c3d4e5.execute-api", "a1b2c3d4e5-vpce-0a1b2c3d.execute-api")
    contents = read(text, type="REST")
    (api,) = only_api(contents, ReadOptions()).values
    assert api.endpoint is EndpointType.PRIVATE
    assert [each.name for each in contents.unknowns] == ["whether the API has a resource policy"]


POLICY = """\
openapi: 3.0.1
paths: {/orders: {get: {}}}
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement: {Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*", Condition: %s}
"""
OFFICE = "{IpAddress: {aws:SourceIp: 203.0.113.0/24}}"
ENDPOINT = "{StringEquals: {aws:SourceVpce: vpce-0a1b2c3d}}"
ASSUMED = "an API is public whose OpenAPI file does not say the type of its endpoint"


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("condition", "context", "allowed", "as_private"),
    [
        (OFFICE, {"aws:SourceIp": "203.0.113.9"}, True, "403"),
        (OFFICE, {"aws:SourceIp": "198.51.100.9"}, False, ""),
        (ENDPOINT, {"aws:SourceIp": "203.0.113.9"}, False, "200 or 403"),
        (ENDPOINT, {"aws:SourceVpce": "vpce-0a1b2c3d"}, False, "200"),
        (ENDPOINT, {"aws:SourceVpce": "vpce-0000aaaa"}, False, ""),
        ("{StringLike: {aws:UserAgent: 'curl/*'}}", {"aws:UserAgent": "curl/8"}, True, ""),
    ],
)
def test_an_answer_says_that_a_private_api_has_another_outcome(
    condition: str, context: dict[str, str], allowed: bool, as_private: str
) -> None:
    api = Api.parse(POLICY % condition, stage="prod")
    response = api.invoke("GET", "/orders", context=context)
    assert response.allowed is allowed
    note = (
        f"if the API is private, the response would be {as_private}; this is that of a public one: "
        "the file does not say the type of its endpoint (SRC-1)"
    )
    assert (note in response.notes) is bool(as_private)
    assert (ASSUMED in str(response.explain())) is bool(as_private)
    assert ("SRC-1" in response.assumed) is bool(as_private)
    private = POLICY % condition + "x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-0a1b2c3d]}\n"
    other = Api.parse(private, stage="prod").invoke("GET", "/orders", context=context)
    assert (other.outcome is not response.outcome) is bool(as_private)
    assert "SRC-1" not in other.assumed


@pytest.mark.rule("SRC-1")
def test_no_private_api_is_without_a_resource_policy() -> None:
    api = Api.parse("openapi: 3.0.1\npaths: {/orders: {get: {}}}\n", stage="prod", type="REST")
    response = api.invoke("GET", "/orders", context={"aws:SourceIp": "203.0.113.9"})
    assert (response.status, response.assumed) == (200, frozenset())
    assert not any("private" in note for note in response.notes)


def test_an_api_of_an_openapi_file_is_called() -> None:
    api = Api.load(EXPORTS / "rest.export.json", account="111122223333")
    response = api.invoke("GET", "/health", context={"aws:SourceIp": "198.51.100.9"})
    assert response.status == 403
    assert response.refused_by is not None
    assert "rest.export.json:243:8" in str(response.explain())


def test_what_is_no_object_is_no_openapi_document() -> None:
    found = refused(PolicySyntaxError, lambda: parse_contents("[]", name="some.json", kind="openapi"))
    assert found.message == "found an empty list as an OpenAPI document, expected an object"
    missing = refused(PolicySyntaxError, lambda: parse_contents("{}", name="some.json", kind="openapi"))
    assert missing.message == 'found a document without "openapi" and "swagger"'
    assert missing.advice == 'give its version, such as "openapi": "3.0.1"'
