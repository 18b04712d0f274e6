"""OpenAPI documents that cannot be read: each error, with its place marked by ``«»`` (SRC-1)."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from execpolicy import PolicySyntaxError
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents
from tests.document.marks import unmarked

HEAD = "openapi: 3.0.1\n"
GET = "paths: {/a: {get: {security: [{t: []}]}}}\n"
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"


def schemes(text: str) -> str:
    return f"components: {{securitySchemes: {{{text}}}}}\n"


def token(inner: str, outer: str = "name: A, in: header, ") -> str:
    return schemes(f"t: {{type: apiKey, {outer}x-amazon-apigateway-authorizer: {{{inner}}}}}")


class Broken(NamedTuple):
    """A document, what each of its errors says, and the advice of the first."""

    name: str
    text: str
    messages: tuple[str, ...]
    advice: str
    given: ReadOptions = ReadOptions(stage="prod")


def rest(name: str, text: str, message: str, advice: str) -> Broken:
    return Broken(name, text, (message,), advice, ReadOptions(stage="prod", type="REST"))


def http(name: str, text: str, message: str, advice: str) -> Broken:
    return Broken(name, text, (message,), advice, ReadOptions(type="HTTP"))


REFERENCES = (
    rest(
        "remote reference",
        HEAD + "paths: {/a: {$ref: «https://example.com/paths.yaml#/a»}}\n",
        'found a reference to "https://example.com/paths.yaml#/a", expected one into this document',
        "other documents are not read: write the whole definition into one file",
    ),
    rest(
        "reference to a file",
        HEAD + "paths: {/a: {$ref: «paths.yaml»}}\n",
        'found a reference to "paths.yaml", expected one into this document, which begins with #/',
        "other documents are not read: write the whole definition into one file",
    ),
    rest(
        "reference that leads nowhere",
        HEAD
        + "paths: {/a: {$ref: '#/components/pathItem/a'}}\ncomponents: {pathItems: {a: {}}}\n".replace(
            "'#/components/pathItem/a'", "«'#/components/pathItem/a'»"
        ),
        'found a reference to "#/components/pathItem/a", and the document has no "pathItem" there',
        'did you mean "pathItems"?',
    ),
    rest(
        "reference to itself",
        HEAD + "paths: {/a: «{$ref: '#/paths/~1a'}»}\n",
        'found the reference "#/paths/~1a", which leads back to itself',
        "write the definition in one of these places",
    ),
    rest(
        "cycle of references",
        HEAD
        + GET
        + schemes("t: «{$ref: '#/components/securitySchemes/u'}», u: {$ref: '#/components/securitySchemes/t'}"),
        'found the reference "#/components/securitySchemes/u", which leads back to itself',
        "write the definition in one of these places",
    ),
    rest(
        "reference with company",
        HEAD + "paths: {/a: {$ref: '#/components/pathItems/a', «get»: {}}}\ncomponents: {pathItems: {a: {}}}\n",
        'found "get" beside "$ref"',
        "write a path in one place",
    ),
    rest(
        "reference that is no text",
        HEAD + "paths: {/a: {$ref: «[b]»}}\n",
        "found a list as $ref, expected a string",
        "write a string",
    ),
)

VERSIONS = (
    rest(
        "old version",
        "swagger: «'1.2'»\npaths: {}\n",
        'found the version "1.2" of swagger, expected 2.0',
        "API Gateway",
    ),
    rest(
        "new version", "openapi: «4.0.0»\npaths: {}\n", 'found the version "4.0.0" of openapi, expected 3.0 or 3.1', ""
    ),
    rest("version of a wrong type", "openapi: «[3]»\npaths: {}\n", "found a list as openapi, expected a string", ""),
    http(
        "Swagger for an HTTP API",
        "swagger: «'2.0'»\npaths: {}\n",
        "found Swagger 2 for an HTTP API, which API Gateway imports from OpenAPI 3 only",
        "write it in OpenAPI 3, or give type=REST",
    ),
    Broken(
        "no sign of the type",
        "openapi: «3.0.1»\npaths: {/a: {get: {}}}\n",
        ("found nothing that only REST APIs or only HTTP APIs have",),
        "give type=REST or type=HTTP (--type)",
    ),
    Broken(
        "signs of both types",
        "openapi: «3.0.1»\npaths: {}\n"
        "x-amazon-apigateway-api-key-source: HEADER\nx-amazon-apigateway-cors: {maxAge: 1}\n",
        (
            'found "x-amazon-apigateway-api-key-source", which only REST APIs have, and "x-amazon-apigateway-cors", '
            "which only HTTP APIs have",
        ),
        "give type=REST or type=HTTP (--type)",
    ),
    Broken(
        "no stage",
        "openapi: «3.0.1»\nx-amazon-apigateway-api-key-source: HEADER\npaths: {/a: {get: {}}}\n",
        ("found no stage, which only an export names",),
        "give stage= (--stage), such as prod",
        ReadOptions(),
    ),
)

FORM = (
    rest("no paths", "«openapi: 3.0.1»\n", 'found a document without "paths"', 'add "paths"'),
    rest("paths of a wrong type", HEAD + "paths: «[/a]»\n", "found a list as paths, expected an object of paths", ""),
    rest("path of a wrong type", HEAD + "paths: {/a: «get»}\n", "found a string as a path, expected an object", ""),
    rest("operation of a wrong type", HEAD + "paths: {/a: {get: «5»}}\n", "found the number 5 as an operation", ""),
    rest(
        "security of a wrong type",
        HEAD + "paths: {/a: {get: {security: «{t: []}»}}}\n",
        "found an object as security, expected a list of requirements",
        "write a list of requirements",
    ),
    rest(
        "requirement of a wrong type",
        HEAD + "paths: {/a: {get: {security: [«t»]}}}\n",
        "found a string as a requirement, expected an object",
        "write an object",
    ),
    rest(
        "path without a slash",
        HEAD + "paths: {«orders»: {get: {}}}\n",
        'found the path "orders", expected one that begins with a slash',
        'write it as "/orders"',
    ),
    rest(
        "misspelled method",
        HEAD + "paths: {/a: {«GET»: {}}}\n",
        'found "GET", which is not a field of a path',
        'did you mean "get"?',
    ),
    rest(
        "unknown field of a path",
        HEAD + "paths: {/a: {«any»: {}}}\n",
        'found "any", which is not a field of a path',
        "use $ref, summary, description, parameters, servers, get, put, post, delete, options, head, patch, trace or "
        "x-amazon-apigateway-any-method",
    ),
    rest(
        "policy in a file of its own",
        HEAD + "paths: {}\nx-amazon-apigateway-policy: «policy.json»\n",
        "found a string as x-amazon-apigateway-policy, expected a policy document",
        "write a policy document",
    ),
    rest(
        "policy as text",
        HEAD + 'paths: {}\nx-amazon-apigateway-policy: «\'{"Version": "2012-10-17", "Statement": []}\'»\n',
        "found a string as x-amazon-apigateway-policy, expected a policy document",
        "write a policy document",
    ),
    rest(
        "misspelled security",
        HEAD + "paths: {/a: {get: {«securty»: []}}}\n",
        'found "securty", which is not a field of an operation',
        'did you mean "security"?',
    ),
    rest(
        "schemes of Swagger in OpenAPI 3",
        HEAD + "paths: {}\n«securityDefinitions»: {}\n",
        'found "securityDefinitions", which is not a field of an OpenAPI document',
        "use ",
    ),
    rest("TRACE", HEAD + "paths: {/a: {«trace»: {}}}\n", "found the method TRACE", "API Gateway does not have it"),
    rest(
        "path that ends in a slash",
        HEAD + "paths: {/a/: {«get»: {}}}\n",
        "a path begins with a slash and does not end in one, found '/a/'",
        "",
    ),
    http(
        "route twice",
        HEAD
        + "paths:\n  $default: {x-amazon-apigateway-any-method: {isDefaultRoute: true}}\n"
        + "  /$default: {«x-amazon-apigateway-any-method»: {isDefaultRoute: true}}\n",
        'found the route "$default" twice',
        "keep one of them",
    ),
    http(
        "no default route",
        HEAD + "paths: {/$default: {get: {isDefaultRoute: «true»}}}\n",
        'found the path "/$default" for a route that is not the default route',
        'write it as "x-amazon-apigateway-any-method" with "isDefaultRoute": true',
    ),
)

EXTENSIONS = (
    rest(
        "misspelled extension",
        HEAD + "paths: {/a: {get: {«x-amazon-apigateway-authoriser»: {}}}}\n",
        'found "x-amazon-apigateway-authoriser", which is no extension of API Gateway that is known here',
        'did you mean "x-amazon-apigateway-authorizer"?',
    ),
    rest(
        "policy of an operation",
        HEAD + "paths: {/a: {get: {«x-amazon-apigateway-policy»: {}}}}\n",
        'found "x-amazon-apigateway-policy" in a place in which API Gateway does not read it',
        "it belongs to the root of the document",
    ),
    rest(
        "policy of the information",
        HEAD + "paths: {}\ninfo: {«x-amazon-apigateway-policy»: {}}\n",
        'found "x-amazon-apigateway-policy" in a place in which API Gateway does not read it',
        "it belongs to the root of the document",
    ),
    rest(
        "policy of a wrong type",
        HEAD + "paths: {/a: {get: {}}}\nx-amazon-apigateway-policy: «[]»\n",
        "found an empty list as x-amazon-apigateway-policy, expected a policy document",
        "",
    ),
    rest(
        "policy with an account",
        HEAD
        + "paths: {/a: {get: {}}}\nx-amazon-apigateway-policy: {Statement: {Effect: Deny, Principal: '*', Action: '*',"
        + f" Resource: «{ARN}»}}}}\n",
        'found the region "eu-west-1", but the region of the API is not given',
        "give it with --region: the policy may name this API",
    )._replace(
        messages=(
            'found the region "eu-west-1", but the region of the API is not given',
            'found the account "111122223333", but the account of the API is not given',
            'found the API id "a1b2c3d4e5", but the API id of the API is not given',
        )
    ),
    http(
        "policy of an HTTP API",
        HEAD + "paths: {}\n«x-amazon-apigateway-policy»: {}\n",
        'found "x-amazon-apigateway-policy" in the definition of an HTTP API, which does not have it',
        "remove it",
    ),
    rest(
        "CORS of a REST API",
        HEAD + "paths: {}\n«x-amazon-apigateway-cors»: {maxAge: 1}\n",
        'found "x-amazon-apigateway-cors" in the definition of a REST API, which does not have it',
        "remove it",
    ),
    http("empty CORS", HEAD + "paths: {}\nx-amazon-apigateway-cors: «{}»\n", 'found "x-amazon-apigateway-cors" wi', ""),
    rest(
        "type of the endpoint",
        HEAD + "paths: {}\nx-amazon-apigateway-endpoint-configuration: {«types»: [PRIVATE]}\n",
        'found "types", which is not a field of x-amazon-apigateway-endpoint-configuration',
        "use ",
    ),
    rest(
        "two endpoint configurations",
        HEAD
        + "paths: {}\nx-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}\nservers:\n"
        + "  - {url: /, x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: «false»}}\n",
        'found another "x-amazon-apigateway-endpoint-configuration" than before',
        "keep one of them",
    ),
    rest(
        "unknown gateway response",
        HEAD + "paths: {/a: {get: {}}}\nx-amazon-apigateway-gateway-responses: {«DENIED»: {statusCode: 403}}\n",
        'found "DENIED" as a gateway response',
        "",
    ),
    rest(
        "key source",
        HEAD + "paths: {/a: {get: {}}}\nx-amazon-apigateway-api-key-source: «header»\n",
        'found "header" as x-amazon-apigateway-api-key-source, expected HEADER or AUTHORIZER',
        'did you mean "HEADER"?',
    ),
)

SCHEMES = (
    rest(
        "requirement without a scheme",
        HEAD + "paths: {/a: {get: {security: [{«tokens»: []}]}}}\n" + schemes("token: {type: http, scheme: bearer}"),
        'found the requirement "tokens", and the document has no such security scheme',
        'did you mean "token"?',
    ),
    rest(
        "requirement without any scheme",
        HEAD + "paths: {/a: {get: {security: [{«none»: []}]}}}\n",
        'found the requirement "none", and the document has no such security scheme',
        "add the security scheme",
    ),
    rest(
        "two authorizers",
        HEAD
        + "paths: {/a: {get: {security: [{t: []}, {«s»: []}]}}}\n"
        + schemes(
            "t: {type: apiKey, name: A, in: header, x-amazon-apigateway-authorizer: {type: token}},"
            " s: {type: apiKey, name: A, in: header, x-amazon-apigateway-authtype: awsSigv4}"
        ),
        "found a second authorization for one operation",
        "a method has one authorization: keep one of them",
    ),
    rest(
        "open and with an authorizer",
        HEAD
        + "paths: {/a: {get: {x-amazon-apigateway-auth: {type: NONE}, security: [{«t»: []}]}}}\n"
        + token("type: token"),
        "found a second authorization for one operation",
        "a method has one authorization: keep one of them",
    ),
    rest(
        "scopes of an API key",
        HEAD
        + "paths: {/a: {get: {security: [{t: «[read]»}]}}}\n"
        + schemes("t: {type: apiKey, name: x-api-key, in: header}"),
        'found scopes for "t", which is no authorizer',
        "write an empty list",
    ),
    rest(
        "API key by another name",
        HEAD + GET.replace("{t:", "{«t»:") + schemes("t: {type: apiKey, name: key, in: header}"),
        'found the requirement "t", whose security scheme has no extension of API Gateway',
        "give it an authorizer",
    ),
    rest(
        "scheme without an authorizer",
        HEAD + GET + schemes("t: {type: apiKey, name: A, in: header, «x-amazon-apigateway-authtype»: custom}"),
        'found "x-amazon-apigateway-authtype" without "x-amazon-apigateway-authorizer"',
        "API Gateway does not import such a scheme: add the authorizer",
    ),
    rest(
        "signature and authorizer",
        HEAD
        + GET
        + schemes(
            "t: {type: apiKey, name: A, in: header, x-amazon-apigateway-authtype: awsSigv4,"
            " «x-amazon-apigateway-authorizer»: {type: token}}"
        ),
        'found "x-amazon-apigateway-authorizer" in a scheme that requires a signature',
        "remove one of them",
    ),
    rest(
        "authorizer without identity source",
        HEAD
        + GET
        + schemes("t: {type: apiKey, name: Unused, in: header, x-amazon-apigateway-authorizer: «{type: request}»}"),
        "found an authorizer without an identity source",
        'give "identitySource", such as "method.request.header.Authorization"',
    ),
    rest(
        "token without a header",
        HEAD + GET + schemes("t: {type: oauth2, x-amazon-apigateway-authorizer: «{type: token}»}"),
        "found an authorizer without an identity source",
        'give the security scheme "in": "header" and "name"',
    ),
    rest(
        "token in the query string",
        HEAD + GET + token("type: token", "name: A, in: «query», "),
        'found "query" as the place of a token, expected a header',
        'write "in": "header"',
    ),
    rest(
        "two identity sources",
        HEAD + GET + token("type: token, identitySource: «method.request.header.B»"),
        "found another identity source than method.request.header.A, which the security scheme names",
        "remove one of them",
    ),
    rest(
        "unknown type of authorizer",
        HEAD + GET + token("type: «lambda»"),
        'found "lambda" as the type of an authorizer',
        "use token, request, cognito_user_pools or jwt",
    ),
    rest(
        "misspelled field of an authorizer",
        HEAD + GET + token("type: token, «identityValidationExpresion»: a+"),
        'found "identityValidationExpresion", which is not a field of x-amazon-apigateway-authorizer',
        'did you mean "identityValidationExpression"?',
    ),
    rest(
        "authorizer of an HTTP API",
        HEAD
        + GET
        + token('type: request, identitySource: method.request.header.A, «authorizerPayloadFormatVersion»: "2.0"'),
        'found "authorizerPayloadFormatVersion" in an authorizer of a REST API',
        "it is for HTTP APIs: remove it",
    ),
    http(
        "no payload format",
        HEAD
        + GET
        + schemes(
            "t: {type: apiKey, name: A, in: header, x-amazon-apigateway-authorizer: "
            "«{type: request, identitySource: $request.header.A}»}"
        ),
        'found x-amazon-apigateway-authorizer without "authorizerPayloadFormatVersion"',
        'add "authorizerPayloadFormatVersion"',
    ),
    http(
        "two requirements of an HTTP API",
        HEAD + "paths: {/a: {get: {security: «[{NONE: []}, {NONE: []}]»}}}\n",
        "found 2 requirements for a route of an HTTP API, which has one authorization",
        "keep one of them",
    ),
    http(
        "security at the root of an HTTP API",
        HEAD + "paths: {/a: {«get»: {}}}\nsecurity: [{t: []}]\n",
        'found an operation without "security", which the root of the document has (some.yaml:3:1)',
        'AWS\'s pages do not say whether it applies here: write "security" into the operation',
    ),
    rest(
        "authorization at the root",
        HEAD + "paths: {/a: {«get»: {}}}\nx-amazon-apigateway-auth: {type: AWS_IAM}\n",
        'found an operation without "x-amazon-apigateway-auth", which the root of the document has (some.yaml:3:1)',
        "AWS's pages do not say whether it applies here",
    ),
    rest(
        "unknown authorization",
        HEAD + "paths: {/a: {get: {x-amazon-apigateway-auth: {type: «CUSTOM»}}}}\n",
        'found "CUSTOM" as "x-amazon-apigateway-auth"',
        "use NONE or AWS_IAM",
    ),
    http(
        "plain scheme of an HTTP API",
        HEAD + GET.replace("{t:", "{«t»:") + schemes("t: {type: http, scheme: bearer}"),
        'found the requirement "t", whose security scheme has no extension of API Gateway',
        "give it an authorizer",
    ),
    http(
        "issuer that is no discovery document",
        HEAD
        + GET
        + schemes(
            "t: {type: openIdConnect, openIdConnectUrl: «https://login.example.com», x-amazon-apigateway-authorizer: "
            "{type: jwt, identitySource: $request.header.A, jwtConfiguration: {issuer: x, audience: [b]}}}"
        ).replace("issuer: x, ", ""),
        'found "https://login.example.com" as openIdConnectUrl, expected a URL that ends in /.well-known/openid-c',
        'write the whole URL, or give "issuer"',
    ),
    http(
        "no issuer",
        HEAD
        + GET
        + schemes(
            "t: {type: oauth2, x-amazon-apigateway-authorizer: "
            "{type: jwt, identitySource: $request.header.A, jwtConfiguration: «{audience: [b]}»}}"
        ),
        "found a JWT authorizer without an issuer",
        'give "issuer", or the scheme "openIdConnectUrl"',
    ),
)

BROKEN = (*REFERENCES, *VERSIONS, *FORM, *EXTENSIONS, *SCHEMES)


@pytest.mark.rule("SRC-1")
@pytest.mark.parametrize("broken", [pytest.param(each, id=each.name) for each in BROKEN])
def test_a_broken_document(broken: Broken) -> None:
    text, spans = unmarked(broken.text)
    with pytest.raises(PolicySyntaxError) as caught:
        parse_contents(text, broken.given, name="some.yaml")
    found = caught.value.errors
    assert [error.message[: len(message)] for error, message in zip(found, broken.messages, strict=False)] == [
        *broken.messages
    ], found
    assert len(found) == len(broken.messages), found
    assert [error.span for error in found] == spans * (len(found) if len(spans) == 1 else 1)
    assert found[0].advice.startswith(broken.advice) or broken.advice in found[0].advice, found[0].advice


def test_the_names_differ() -> None:
    names = [each.name for each in BROKEN]
    assert len({*names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9 ]+", name) for name in names)
