"""Messages about a file name its own properties, not the fields of API files that they are translated to."""

from __future__ import annotations

import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.authorizer import FIELDS_OF_TYPE
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents
from execpolicy.loaders.names_in_file import OPENAPI_NAMES, TEMPLATE_NAMES

RESOURCES = """\
Resources:
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}
  Auth: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: !Ref Api, Type: {type},
    AuthorizerUri: f, IdentitySource: method.request.header.A{more}}}}}
"""
SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth:
        Authorizers:
          tokens: {FunctionArn: f, Identity: {ReauthorizeEvery: 9000}}
"""
OPENAPI = """\
openapi: 3.0.1
paths: {/a: {get: {security: [{tokens: []}], x-amazon-apigateway-integration: {type: mock}}}}
components:
  securitySchemes:
    tokens: {type: apiKey, name: A, in: header, x-amazon-apigateway-authtype: custom,
      x-amazon-apigateway-authorizer: {type: token, authorizerUri: f, authorizerResultTtlInSeconds: 9000}}
"""
SECONDS = "is a number of seconds from 0 to 3600, found 9000"


@pytest.mark.parametrize(
    ("text", "options", "message", "place"),
    [
        (
            RESOURCES.format(type="TOKEN", more=", AuthorizerResultTtlInSeconds: 9000"),
            ReadOptions(),
            f"AuthorizerResultTtlInSeconds {SECONDS}",
            (4, 94),
        ),
        (
            RESOURCES.format(type="TOKEN", more=", ProviderARNs: [a]"),
            ReadOptions(),
            'found "ProviderARNs" in an authorizer of type TOKEN, which does not have it',
            (4, 78),
        ),
        (SAM, ReadOptions(), f"ReauthorizeEvery {SECONDS}", (9, 65)),
        (
            OPENAPI,
            ReadOptions(type="REST", stage="prod"),
            f"authorizerResultTtlInSeconds {SECONDS}",
            (6, 101),
        ),
    ],
)
def test_a_message_has_the_name_that_is_written_there(
    text: str, options: ReadOptions, message: str, place: tuple[int, int]
) -> None:
    with pytest.raises(PolicySyntaxError) as refused:
        parse_contents(text, options, name="some.yaml")
    error = refused.value.errors[0]
    assert error.message == message
    assert error.span is not None
    assert (error.span.line, error.span.column) == place


def test_every_setting_of_an_authorizer_has_a_name() -> None:
    # Whether API Gateway may invoke the function is no setting of a file.
    fields = {name for names in FIELDS_OF_TYPE.values() for name in names} - {"invoke_permission"}
    assert fields <= OPENAPI_NAMES.keys()
    assert fields <= TEMPLATE_NAMES.keys()
