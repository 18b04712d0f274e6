"""What an OpenAPI document says about an API, as the members of an API file (SRC-1)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import PolicySyntaxError
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonObject, Text, to_python
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.openapi.definition import is_openapi
from execpolicy.loaders.openapi.members import DefinedApi, api_members
from execpolicy.loaders.openapi.text_rules import OPENAPI_RULES

SCHEMES = """\
components:
  securitySchemes:
    t: {type: apiKey, name: X-Token, in: header, x-amazon-apigateway-authorizer: {type: token}}
    c:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [p], authorizerResultTtlInSeconds: 60}
    s: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
    k: {type: apiKey, name: X-API-Key, in: header}
    plain: {type: oauth2, flows: {}}
"""


def defined(text: str, api_type: str | None = "REST", **options: Any) -> DefinedApi:
    problems, root = read_any(text, "some.yaml", OPENAPI_RULES)
    assert isinstance(root, JsonObject)
    found = api_members(problems, root, api_type=api_type, **options)
    problems.check()
    return found


def members(text: str, api_type: str | None = "REST", **options: Any) -> Any:
    return to_python(defined(text, api_type, **options).members)


def route(operation: str, api_type: str = "REST", schemes: str = SCHEMES) -> Any:
    found = members(f"openapi: 3.0.1\npaths: {{/a: {{get: {operation}}}}}\n{schemes}", api_type)
    return found["routes"]["GET /a"]


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("{}", {}),
        ("{security: []}", {}),
        ("{security: [{}]}", {}),
        ("{security: [{NONE: []}]}", {}),
        ("{security: [{plain: []}]}", {}),
        ("{security: [{t: []}]}", {"authorizer": "t"}),
        ("{security: [{c: [a/read, a/write]}]}", {"authorizer": "c", "scopes": ["a/read", "a/write"]}),
        ("{security: [{s: []}]}", {"auth": "AWS_IAM"}),
        ("{security: [{k: []}]}", {"api_key_required": True}),
        # A list of requirements means all of them, and so do several in one object.
        ("{security: [{t: []}, {k: []}]}", {"authorizer": "t", "api_key_required": True}),
        ("{security: [{k: []}, {t: []}]}", {"authorizer": "t", "api_key_required": True}),
        ("{security: [{t: [], k: []}]}", {"authorizer": "t", "api_key_required": True}),
        ("{security: [{s: []}, {k: []}]}", {"auth": "AWS_IAM", "api_key_required": True}),
        ("{security: [{NONE: []}, {k: []}]}", {"api_key_required": True}),
        ("{security: [{plain: []}, {t: []}]}", {"authorizer": "t"}),
        ("{security: [{}, {t: []}]}", {"authorizer": "t"}),
        ("{x-amazon-apigateway-auth: {type: none}}", {"auth": "NONE"}),
        ("{x-amazon-apigateway-auth: {type: aws_iam}}", {"auth": "AWS_IAM"}),
        ("{x-amazon-apigateway-auth: {type: AWS_IAM}, security: [{s: []}]}", {"auth": "AWS_IAM"}),
        ("{x-amazon-apigateway-auth: {type: NONE}, security: [{k: []}]}", {"auth": "NONE", "api_key_required": True}),
    ],
)
def test_what_an_operation_requires(operation: str, expected: dict[str, object]) -> None:
    assert route(operation) == expected


@pytest.mark.rule("SRC-1")
def test_security_at_the_root_of_a_rest_api_is_ignored_and_listed() -> None:
    text = "openapi: 3.0.1\nsecurity: [{t: []}]\npaths: {/a: {get: {}, put: {security: [{t: []}]}}}\n" + SCHEMES
    found = defined(text)
    assert to_python(found.members.members["routes"][2]) == {"GET /a": {}, "PUT /a": {"authorizer": "t"}}
    what = '"security" at the root, which the import of a REST API ignores'
    assert [each.span.line for each in found.ignored if each.what == what] == [2]


@pytest.mark.rule("SRC-1")
def test_security_at_the_root_of_an_http_api_does_not_matter_where_each_operation_has_its_own() -> None:
    text = "openapi: 3.0.1\nsecurity: [{s: []}]\npaths: {/a: {get: {security: []}, put: {security: [{s: []}]}}}\n"
    schemes = "components: {securitySchemes: {s: {type: apiKey, x-amazon-apigateway-authtype: awsSigv4}}}"
    assert members(text + schemes, "HTTP")["routes"] == {"GET /a": {}, "PUT /a": {"auth": "AWS_IAM"}}
    assert members("openapi: 3.0.1\nsecurity: []\npaths: {/a: {get: {}}}\n", "HTTP")["routes"] == {"GET /a": {}}


@pytest.mark.rule("SRC-1")
def test_what_is_not_read_is_listed_once_each_with_its_place() -> None:
    text = (
        "openapi: 3.0.1\ntags: [{name: a, x-amazon-apigateway-tag-value: b}]\npaths:\n  /a:\n"
        "    get: {x-vendor: 1, x-amazon-apigateway-request-validator: all, security: [{plain: []}]}\n"
        "    put: {x-vendor: 2}\nwebhooks: {}\n"
    )
    found = [(each.what, each.span.line) for each in defined(text + SCHEMES).ignored]
    assert sorted(found) == [
        ('"authorizerResultTtlInSeconds" of an authorizer of type COGNITO_USER_POOLS', 16),
        ('"webhooks"', 7),
        ('the extension "x-amazon-apigateway-request-validator"', 5),
        ('the extension "x-amazon-apigateway-tag-value"', 2),
        ('the extension "x-vendor"', 5),
        ('the security scheme "plain" of type oauth2, which API Gateway does not enforce', 19),
    ]


@pytest.mark.rule("SRC-1")
def test_the_authorizers_of_a_rest_api() -> None:
    schemes = """\
components:
  securitySchemes:
    tokens:
      type: apiKey
      name: X-Token
      in: header
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: arn
        authorizerCredentials: role
        identitySource: method.request.header.x-token
        identityValidationExpression: "^x-[a-z]+"
        authorizerResultTtlInSeconds: "60"
    request:
      type: apiKey
      name: Unused
      in: header
      x-amazon-apigateway-authorizer:
        type: REQUEST
        identitySource: "method.request.header.A, method.request.querystring.b"
        identityValidationExpression: ignored
        enableSimpleResponses: false
    not_cached:
      {type: apiKey, name: Unused, in: header,
       x-amazon-apigateway-authorizer: {type: request, authorizerResultTtlInSeconds: 0}}
    partners:
      type: oauth2
      x-amazon-apigateway-authorizer:
        type: jwt
        identitySource: method.request.header.Authorization
        jwtConfiguration:
          defaultAlgorithms: [RS256]
          issuers:
            - issuer: https://login.partner.example/
              audiences: [orders]
              additionalClaims:
                - {claimName: tenant, format: SINGLE_STRING, expectedValues: [north], required: true}
"""
    found = members(f"openapi: 3.0.1\npaths: {{}}\n{schemes}")
    assert found["authorizers"] == {
        "tokens": {
            "type": "TOKEN",
            "function_arn": "arn",
            "identity_sources": "method.request.header.x-token",
            "validation_expression": "^x-[a-z]+",
            "ttl": 60,
        },
        "request": {
            "type": "REQUEST",
            "identity_sources": ["method.request.header.A", "method.request.querystring.b"],
        },
        "not_cached": {"type": "REQUEST", "ttl": 0},
        "partners": {
            "type": "JWT",
            "identity_sources": ["method.request.header.Authorization"],
            "issuers": [
                {
                    "url": "https://login.partner.example/",
                    "audiences": ["orders"],
                    "claims": [{"name": "tenant", "expected": ["north"], "required": True}],
                }
            ],
        },
    }


@pytest.mark.rule("SRC-1")
def test_an_issuer_that_a_discovery_document_names_is_listed_as_not_known_for_sure() -> None:
    text = (
        "openapi: 3.0.1\npaths: {}\ncomponents:\n  securitySchemes:\n    login:\n      type: openIdConnect\n"
        "      openIdConnectUrl: https://login.example.com/eu/.well-known/openid-configuration\n"
        "      x-amazon-apigateway-authorizer: {type: jwt, identitySource: $request.header.A, jwtConfiguration: {%s}}\n"
    )
    found = defined(text % "audience: [a]", "HTTP")
    issuers = to_python(found.members.members["authorizers"][2])["login"]["issuers"]  # type: ignore[index]  # a dict
    assert issuers == [{"url": "https://login.example.com/eu", "audiences": ["a"]}]
    (unknown,) = found.unknowns
    assert unknown.name == "whether the issuer https://login.example.com/eu ends in a slash"
    assert (unknown.span.line, unknown.span.column) == (7, 25)
    given = defined(text % "audience: [a], issuer: https://login.example.com/eu/", "HTTP")
    assert given.unknowns == ()


@pytest.mark.rule("SRC-1", "MSG-4")
def test_gateway_responses_with_a_status_or_a_message() -> None:
    text = r"""
openapi: 3.0.1
paths: {}
x-amazon-apigateway-gateway-responses:
  ACCESS_DENIED: {statusCode: 404, responseTemplates: {application/json: '{"message":$context.error.messageString}'}}
  UNAUTHORIZED: {statusCode: "403", responseTemplates: {application/json: '{"message":"$context.error.message"}'}}
  THROTTLED: {responseTemplates: {application/json: '{"message": "Slow down"}', text/xml: <x/>}}
  EXPIRED_TOKEN: {statusCode: 401, responseTemplates: {application/json: '{"error": "old"}'}}
  INVALID_API_KEY: {statusCode: 403, responseTemplates: {application/json: "#set($a = 1) no JSON"}}
  QUOTA_EXCEEDED: {statusCode: 403, responseTemplates: {application/json: "no JSON"}}
  DEFAULT_4XX: {responseParameters: {gatewayresponse.header.Access-Control-Allow-Origin: "'*'"}}
"""
    assert members(text)["gateway_responses"] == {
        "ACCESS_DENIED": {"status": 404},
        "UNAUTHORIZED": {"status": 403},
        "THROTTLED": {"message": "Slow down"},
        "EXPIRED_TOKEN": {"status": 401, "message": None},
        "INVALID_API_KEY": {"status": 403, "message": "#set($a = 1) no JSON"},
        "QUOTA_EXCEEDED": {"status": 403, "message": None},
    }


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("head", "base_path", "expected"),
    [
        ("swagger: '2.0'\nbasePath: /v1/shop\n", "ignore", ["GET /", "GET /a"]),
        ("swagger: '2.0'\nbasePath: /v1/shop\n", "prepend", ["GET /v1/shop", "GET /v1/shop/a"]),
        ("swagger: '2.0'\nbasePath: /v1/shop\n", "split", ["GET /shop", "GET /shop/a"]),
        ("swagger: '2.0'\nbasePath: /v1\n", "split", ["GET /", "GET /a"]),
        ("openapi: 3.0.1\nservers: [{url: 'https://a.example/v1/'}]\n", "prepend", ["GET /v1", "GET /v1/a"]),
        (
            "openapi: 3.0.1\nservers: [{url: 'https://a.example/x', variables: {basePath: {default: v1}}}]\n",
            "prepend",
            ["GET /v1", "GET /v1/a"],
        ),
        ("openapi: 3.0.1\n", "prepend", ["GET /", "GET /a"]),
    ],
)
def test_the_base_path(head: str, base_path: str, expected: list[str]) -> None:
    assert [*members(head + "paths: {/: {get: {}}, /a: {get: {}}}\n", base_path=base_path)["routes"]] == expected


@pytest.mark.rule("SRC-1")
def test_the_default_route_of_an_http_api() -> None:
    text = "openapi: 3.0.1\npaths: {%s: {x-amazon-apigateway-any-method: {isDefaultRoute: true}}}\n"
    assert members(text % "$default", None)["routes"] == {"$default": {}}
    assert members(text % "/$default", None)["routes"] == {"$default": {}}


@pytest.mark.rule("SRC-1")
def test_the_endpoint_configuration() -> None:
    text = "openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-endpoint-access-mode: STRICT\nservers:\n"
    server = "  - {url: /, x-amazon-apigateway-endpoint-configuration: {%s}}\n"
    private = members(text + server % "vpcEndpointIds: [vpce-1], disableExecuteApiEndpoint: 'true'")
    assert private["endpoint"] == "PRIVATE"
    assert private["disable_execute_api_endpoint"] is True
    assert private["endpoint_access_mode"] == "STRICT"
    assert "endpoint" not in members(text + server % "vpcEndpointIds: []")
    http = members("openapi: 3.0.1\npaths: {}\nservers:\n" + server % "ipAddressType: dualstack", None)
    assert (http["type"], http["ip_address_type"]) == ("HTTP", "dualstack")


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("swagger: '2.0'\npaths: {}", "REST"),
        ("openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-policy: {}", "REST"),
        ("openapi: 3.1.0\npaths: {}\nx-amazon-apigateway-importexport-version: '1.0'", "HTTP"),
        (
            "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {payloadFormatVersion: '2.0'}}}}",
            "HTTP",
        ),
        ("openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {payloadFormatVersion: 2.0}}}}", "HTTP"),
        ("openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {passthroughBehavior: x}}}}", "REST"),
        (
            "openapi: 3.0.1\nx-amazon-apigateway-policy: {}\n"
            "paths: {/a: {get: {x-amazon-apigateway-integration: {payloadFormatVersion: '1.0'}}}}",
            "REST",
        ),
    ],
)
def test_the_type_follows_from_what_only_one_type_has(text: str, expected: str) -> None:
    assert members(text, None)["type"] == expected


def test_what_is_an_openapi_document() -> None:
    assert is_openapi(read_any("openapi: 9", "a.yaml")[1])
    assert is_openapi(read_any('{"swagger": null}', "a.json")[1])
    assert not is_openapi(read_any("[openapi]", "a.yaml")[1])
    assert not is_openapi(read_any("schema: execpolicy/api/1", "a.yaml")[1])


@pytest.mark.rule("SRC-5")
def test_unknown_values_of_a_template_pass_through() -> None:
    problems, root = read_any(
        "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-auth: {type: UNKNOWN}}}}\n"
        "x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: UNKNOWN}\n"
        "x-amazon-apigateway-api-key-source: UNKNOWN\n"
        "components: {securitySchemes: {t: {type: apiKey, name: UNKNOWN, in: header, x-amazon-apigateway-authorizer:"
        " {type: token, authorizerResultTtlInSeconds: UNKNOWN}}}}",
        "some.yaml",
    )
    value = unknown_text("the parameter P")
    tree = _with_unknown(root, value)
    found = api_members(problems, tree, api_type="REST")
    assert problems.count == 0
    assert to_python(found.members) == {
        "type": "REST",
        "routes": {"GET /a": {"auth": value}},
        "authorizers": {
            "t": {"type": "TOKEN", "identity_sources": f"method.request.header.{value}", "ttl": value},
        },
        "api_key_source": value,
        "disable_execute_api_endpoint": value,
    }


def _with_unknown(node: Any, value: str) -> Any:
    if isinstance(node, Text):
        return node._replace(value=value) if node.value == "UNKNOWN" else node
    if isinstance(node, JsonObject):
        members = {
            name: (start, end, _with_unknown(inner, value)) for name, (start, end, inner) in node.members.items()
        }
        return node._replace(members=members)
    return node


def test_references_are_followed_once_for_each_use() -> None:
    text = (
        "openapi: 3.0.1\npaths: {/a: {$ref: '#/components/pathItems/x'}, /b: {$ref: '#/components/pathItems/x%7E1y'}}\n"
        "components: {pathItems: {x: {get: {}}, x/y: {$ref: '#/components/pathItems/x'}}}\n"
    )
    assert members(text)["routes"] == {"GET /a": {}, "GET /b": {}}


def test_references_that_add_too_much_are_refused_in_bounded_time() -> None:
    big = ", ".join(f"'{number}': {{description: x}}" for number in range(100, 600))
    paths = ", ".join(f"/p{number}: {{$ref: '#/components/pathItems/x'}}" for number in range(200))
    text = f"openapi: 3.0.1\npaths: {{{paths}}}\ncomponents: {{pathItems: {{x: {{get: {{responses: {{{big}}}}}}}}}}}\n"
    with pytest.raises(PolicySyntaxError) as caught:
        members(text)
    assert [error.message for error in caught.value.errors] == [
        "found references that add more than 100000 values to the document"
    ]
    assert caught.value.span is not None
    assert caught.value.span.line == 2
