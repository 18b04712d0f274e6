"""REST APIs of templates: properties, resources, methods (SRC-2)."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from execpolicy import Api
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import EndpointType, KeySource
from tests.loaders.cloudformation.apis.reading import (
    OPTIONS,
    REST,
    api_of,
    contents_of,
    ignored_in,
    problems_of,
    unknown_in,
)

ROOT = "!GetAtt Api.RootResourceId"


def resource(name: str, part: str, parent: str = ROOT, api: str = "!Ref Api") -> str:
    """A resource of a REST API."""
    properties = f"{{RestApiId: {api}, ParentId: {parent}, PathPart: {part}}}"
    return f"{name}: {{Type: AWS::ApiGateway::Resource, Properties: {properties}}}\n"


def method(name: str, resource_id: str = ROOT, **properties: str) -> str:
    """A method of a REST API, an open GET unless the properties say something else."""
    given = {"RestApiId": "!Ref Api", "ResourceId": resource_id, "HttpMethod": "GET", "AuthorizationType": "NONE"}
    written = ", ".join(f"{key}: {value}" for key, value in {**given, **properties}.items())
    return f"{name}: {{Type: AWS::ApiGateway::Method, Properties: {{{written}}}}}\n"


RESOURCES = resource("Orders", "orders") + resource("Order", '"{id}"', "!Ref Orders")


@pytest.mark.rule("SRC-2")
def test_the_path_of_a_method_is_that_of_its_resource() -> None:
    beside = RESOURCES + method("GetOrder", "!Ref Order") + method("AnyOrders", "!Ref Orders", HttpMethod="ANY")
    assert [route.key for route in api_of(REST, beside=beside).routes] == ["GET /", "GET /orders/{id}", "ANY /orders"]


@pytest.mark.rule("SRC-2")
def test_what_the_properties_of_an_api_say() -> None:
    properties = (
        "{Name: orders, SecurityPolicy: x, ApiKeySourceType: AUTHORIZER, DisableExecuteApiEndpoint: true, "
        "EndpointAccessMode: STRICT, EndpointConfiguration: {Types: [PRIVATE], IpAddressType: dualstack, "
        "VpcEndpointIds: [vpce-1]}}"
    )
    template = f"Resources:\n  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {properties}}}\n"
    stage = "Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod}}"
    api = api_of(template, beside=stage)
    assert (api.id, api.endpoint, api.api_key_source) == ("api", EndpointType.PRIVATE, KeySource.AUTHORIZER)
    assert (api.disable_execute_api_endpoint, api.endpoint_access_mode) == (True, "STRICT")
    assert (api.ip_address_type, api.region, api.account) == ("dualstack", "eu-west-1", "111122223333")
    assert ignored_in(template, beside=stage) == {
        "SecurityPolicy of the AWS::ApiGateway::RestApi Api": 2,
        "Name of the AWS::ApiGateway::RestApi Api": 2,
        "VpcEndpointIds of EndpointConfiguration of the AWS::ApiGateway::RestApi Api": 2,
    }


@pytest.mark.rule("SRC-2")
def test_an_api_without_an_endpoint_configuration_is_edge_optimised() -> None:
    template = REST.replace(", Properties: {EndpointConfiguration: {Types: [REGIONAL]}}", "")
    assert api_of(template).endpoint is EndpointType.EDGE


@pytest.mark.rule("SRC-2")
def test_requirements_of_a_method() -> None:
    beside = """
    Pool:
      Type: AWS::ApiGateway::Authorizer
      Properties:
        RestApiId: !Ref Api
        Type: COGNITO_USER_POOLS
        Name: pool
        IdentitySource: method.request.header.Authorization
        ProviderARNs: [arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE]
        AuthorizerResultTtlInSeconds: 300
    PostRoot:
      Type: AWS::ApiGateway::Method
      Properties:
        RestApiId: !Ref Api
        ResourceId: !GetAtt Api.RootResourceId
        HttpMethod: POST
        AuthorizationType: COGNITO_USER_POOLS
        AuthorizerId: !GetAtt Pool.AuthorizerId
        AuthorizationScopes: [orders/write]
        ApiKeyRequired: "true"
    """
    route = api_of(REST, beside=beside).routes[1]
    assert (route.auth, route.authorizer, route.scopes, route.api_key_required) == (
        "COGNITO_USER_POOLS",
        "Pool",
        ("orders/write",),
        True,
    )
    listed = ignored_in(REST, beside=beside)
    what = "AuthorizerResultTtlInSeconds of the AWS::ApiGateway::Authorizer Pool: it has no effect on an authorizer of"
    assert listed[f"{what} this type"] == 19


STATEMENT = '{Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: !Sub "execute-api:/${Stage}/*"}'
DOCUMENT = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", '
    '"Resource": "execute-api:/prod/*"}]}'
)
POLICIES = {
    "an object": f'{{Version: "2012-10-17", Statement: [{STATEMENT}]}}',
    "a text": f"'{DOCUMENT}'",
    "a text in double quotes": json.dumps(DOCUMENT),
}


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize("written", POLICIES.values(), ids=POLICIES)
def test_a_policy_keeps_its_places(written: str) -> None:
    template = REST.replace("EndpointConfiguration: {Types: [REGIONAL]}", f"Policy: {written}")
    policy = api_of("Parameters: {Stage: {Type: String, Default: prod}}\n" + template.lstrip()).resource_policy
    assert policy is not None
    assert policy.source is not None
    (statement,) = policy.statements
    (resource,) = statement.resource.values
    text = policy.source.text
    assert resource.value == "execute-api:/prod/*"
    assert "execute-api:/" in text[resource.start : resource.end]
    assert text[statement.start : statement.end].startswith("{")
    assert text[statement.start : statement.end].endswith("}")
    assert text[statement.end : statement.end + 2] == "]}"


@pytest.mark.rule("SRC-2")
def test_a_policy_that_a_function_makes_has_the_place_of_the_function() -> None:
    text = f"'{DOCUMENT}'"
    template = REST.replace("EndpointConfiguration: {Types: [REGIONAL]}", f"Policy: !Sub {text}")
    policy = api_of(template).resource_policy
    assert policy is not None
    assert policy.source is not None
    (statement,) = policy.statements
    assert text[1:-1] in policy.source.text[statement.start : statement.end]


@pytest.mark.rule("SRC-2")
def test_an_explanation_points_into_the_template() -> None:
    template = REST.replace("EndpointConfiguration: {Types: [REGIONAL]}", f"Policy: {POLICIES['an object']}")
    api = Api.from_definition(api_of("Parameters: {Stage: {Type: String, Default: prod}}\n" + template.lstrip()))
    explanation = api.invoke("GET", "/").explain()
    assert "template.yaml:3:" in str(explanation)


@pytest.mark.rule("SRC-2")
def test_an_api_of_another_stack_is_listed_and_its_parts_are_left_out() -> None:
    beside = """
    Other:
      Type: AWS::ApiGateway::Resource
      Properties: {RestApiId: !ImportValue Shared, ParentId: !ImportValue Root, PathPart: other}
    Foreign:
      Type: AWS::ApiGateway::Method
      Properties: {RestApiId: abcdef1234, ResourceId: x, HttpMethod: GET, AuthorizationType: NONE}
    """
    assert [route.key for route in api_of(REST, beside=beside).routes] == ["GET /"]
    found = unknown_in(REST, beside=beside)
    assert found["the API of Other"][1] == 13
    assert found["the API of Foreign"] == (
        'RestApiId is "abcdef1234", which is no resource of this template: read the template that has it',
        16,
    )


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (
            resource("A", "a", "root"),
            ("root", 'found "root" as ParentId, which is no resource of this template'),
        ),
        (
            resource("A", "a", "!ImportValue Root"),
            ("!ImportValue Root", "found <the import Root> as ParentId, which is no resource of this template"),
        ),
        (
            resource("A", "a", "!Ref Prod"),
            (
                "!Ref Prod",
                "found the AWS::ApiGateway::Stage Prod as ParentId, expected an AWS::ApiGateway::RestApi or "
                "AWS::ApiGateway::Resource",
            ),
        ),
        (
            resource("A", "a", api="Api"),
            ("Api", 'found "Api" as RestApiId, which is a text, expected a reference to an AWS::ApiGateway::RestApi'),
        ),
        (
            RESOURCES + resource("Again", "orders"),
            ("orders", 'found the path part "orders" twice under one parent'),
        ),
        (resource("A", "a/b"), ("a/b", 'found "a/b" as PathPart, expected one segment of a path')),
        (method("M"), ("GET", 'found the route "GET /" twice')),
        (
            "M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: x, HttpMethod: GET}}",
            (
                "{RestApiId: !Ref Api, ResourceId: x, HttpMethod: GET}",
                'found the AWS::ApiGateway::Method M without "AuthorizationType"',
            ),
        ),
        (
            method("M", "nowhere", HttpMethod="POST"),
            ("nowhere", 'found "nowhere" as ResourceId, which is no resource of this template'),
        ),
        (
            method("M", HttpMethod="POST", AuthorizationType="CUSTOM", AuthorizerId="abc123"),
            ("abc123", 'found "abc123" as AuthorizerId, which is no authorizer of this template'),
        ),
        (
            method("M", HttpMethod="POST", AuthorizationTyp="CUSTOM"),
            (
                "AuthorizationTyp",
                'found "AuthorizationTyp", which is not a property of the AWS::ApiGateway::Method M',
            ),
        ),
        (
            method("M", HttpMethod="POST", AuthorizationType="IAM"),
            ("IAM", 'found "IAM" as auth, expected NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT'),
        ),
        (
            method("M", HttpMethod="POST", ApiKeyRequired="[true]"),
            ("[true]", "found a list as ApiKeyRequired, expected true or false"),
        ),
        (method("M", HttpMethod="post"), ("post", "a method is in upper case, found 'post'")),
        (
            "Metod: {Type: AWS::ApiGateway::Metod, Properties: {}}",
            (
                "AWS::ApiGateway::Metod",
                'found "AWS::ApiGateway::Metod", which is not a known type of a resource of API Gateway',
            ),
        ),
    ],
)
def test_what_is_wrong_in_resources_and_methods(beside: str, expected: tuple[str, str]) -> None:
    assert problems_of(REST, beside=beside) == [expected]


@pytest.mark.rule("SRC-2")
def test_a_cycle_of_resources() -> None:
    beside = resource("A", "a", "!Ref B") + resource("B", "b", "!Ref A") + method("M", "!Ref A", HttpMethod="POST")
    assert ("!Ref A", "found a cycle of ParentId: A in B in A") in problems_of(REST, beside=beside)


@pytest.mark.rule("SRC-2")
def test_a_resource_of_another_api() -> None:
    beside = """
    Second: {Type: AWS::ApiGateway::RestApi, Properties: {Name: second}}
    Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Second, StageName: live}}
    """
    beside = dedent(beside) + resource("A", "a", api="!Ref Second")
    beside += resource("B", "b", "!GetAtt Second.RootResourceId", "!Ref Second") + method("M", "!Ref B")
    assert problems_of(REST, beside=beside) == [
        ("!GetAtt Api.RootResourceId", "found a parent of Api as ParentId of A, which belongs to Second"),
        ("!Ref B", "found a resource of Second as ResourceId of a method of Api"),
    ]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            "BodyS3Location: {Bucket: b, Key: k}",
            ("BodyS3Location", 'found "BodyS3Location" in the AWS::ApiGateway::RestApi Api: files in S3 are not read'),
        ),
        (
            "CloneFrom: abcdef",
            (
                "CloneFrom",
                'found "CloneFrom" in the AWS::ApiGateway::RestApi Api: the API that it copies is not in the template',
            ),
        ),
        (
            "EndpointConfiguration: {Types: [EDGE, REGIONAL]}",
            ("{Types: [EDGE, REGIONAL]}", "found 2 items as Types of an endpoint, expected one"),
        ),
        (
            "EndpointConfiguration: {Types: [PUBLIC]}",
            ("PUBLIC", 'found "PUBLIC" as endpoint, expected EDGE, REGIONAL or PRIVATE'),
        ),
        ("Mode: overwrite", ("Mode", 'found "Mode" in the AWS::ApiGateway::RestApi Api: it has no Body')),
        ("Polcy: {}", ("Polcy", 'found "Polcy", which is not a property of the AWS::ApiGateway::RestApi Api')),
        ("Policy: [1]", ("[1]", "found a list as Policy, expected a policy document")),
        (
            "Policy: {Statement: {Effect: Alow, Principal: '*', Action: '*', Resource: '*'}}",
            ("Alow", 'found "Alow" as Effect, expected "Allow" or "Deny"'),
        ),
        (
            """Policy: '{"Statement": ]}'""",
            ("]", 'found "]", expected a value; the object was opened at template.yaml:2:63'),
        ),
    ],
)
def test_what_is_wrong_in_an_api(properties: str, expected: tuple[str, str]) -> None:
    template = REST.replace("EndpointConfiguration: {Types: [REGIONAL]}", properties)
    assert problems_of(template) == [expected]


@pytest.mark.rule("SRC-2")
def test_types_without_effect_are_listed() -> None:
    beside = """
    Link: {Type: AWS::ApiGateway::VpcLink, Properties: {Name: l, TargetArns: [x]}}
    Certificate: {Type: AWS::ApiGateway::ClientCertificate, Properties: {}}
    """
    assert ignored_in(REST, beside=beside) == {
        "the AWS::ApiGateway::VpcLink Link": 11,
        "the AWS::ApiGateway::ClientCertificate Certificate": 12,
    }


@pytest.mark.rule("SRC-2")
def test_several_apis_of_one_template() -> None:
    beside = """
    Second: {Type: AWS::ApiGateway::RestApi, Properties: {Name: second}}
    Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Second, StageName: live}}
    """
    found = contents_of(REST, beside=beside).apis
    assert {name: api.values[0].stage.name for name, api in found.items()} == {"Api": "prod", "Second": "live"}
    assert api_of(REST, OPTIONS._replace(api_id="a1b2c3", name="Second"), beside=beside, name="Second").id == "a1b2c3"
    with pytest.raises(UsageError, match="found api_id= for a template with 2 APIs: Api and Second"):
        contents_of(REST, OPTIONS._replace(api_id="a1b2c3"), beside=beside)


def test_a_deep_chain_of_resources_is_refused_in_linear_time() -> None:
    parents = [ROOT, *(f"!Ref R{number}" for number in range(2000))]
    beside = "".join(resource(f"R{number}", "r", parent) for number, parent in enumerate(parents))
    found = problems_of(REST, beside=beside)
    assert ("!Ref R299", "found more than 300 levels of resources") in found


@pytest.mark.parametrize("place", ["!Ref Orders", ROOT])
@pytest.mark.rule("SRC-2")
def test_a_method_of_another_api_at_a_resource_of_the_template(place: str) -> None:
    beside = RESOURCES + method("GetOrders", place, RestApiId="!ImportValue Other", HttpMethod="POST")
    message = "found a resource of Api as ResourceId of a method of another API"
    assert problems_of(REST, beside=beside) == [(place, message)]


@pytest.mark.rule("SRC-2")
def test_properties_that_a_function_does_not_give() -> None:
    api = "  Api: {Type: AWS::ApiGateway::RestApi, Properties: !Ref P}\n"
    template = f"Parameters: {{P: {{Type: String}}}}\nResources:\n{api}"
    message = "found a function as Properties of Api whose value is no known object"
    assert problems_of(template) == [("!Ref P", message)]
