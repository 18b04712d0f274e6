"""A sound API file, and what can be wrong with one: each mistake is marked with ``«»``."""

from __future__ import annotations

from typing import NamedTuple

SOUND = """\
schema: execpolicy/api/1
title: Orders
id: a1b2c3
type: REST
region: eu-west-1
account: "111122223333"
endpoint: PRIVATE
stage: prod
stages:
  prod: {variables: {table: orders}, cache_needs_permission: true, cache_refusal: SUCCEED_WITH_RESPONSE_HEADER}
  test: {}
authorizers:
  tokens: {type: TOKEN, identity_sources: method.request.header.Auth, validation_expression: "a+", ttl: 60}
  asks: {type: REQUEST, identity_sources: [method.request.header.A, method.request.querystring.b]}
  pool:
    type: COGNITO_USER_POOLS
    user_pools: arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x
  jwt:
    type: JWT
    identity_sources: method.request.header.Authorization
    issuers:
    - url: https://a.example
      audiences: [b, c]
      claims: [{name: tenant, expected: d, required: true}]
routes:
  GET /orders/{id}: {authorizer: tokens, api_key_required: true}
  POST /orders: {auth: AWS_IAM}
  GET /pool: {auth: COGNITO_USER_POOLS, authorizer: pool, scopes: [e, f]}
  GET /: {}
resource_policy: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}}
api_keys:
- {value: secret, stages: [prod, test], enabled: false}
api_key_source: AUTHORIZER
domains:
  a.example: {mappings: {"": prod, next: test, far: {stage: beta, api_id: z9}}}
  b.example:
    id: id1
    associated_endpoints: [vpce-1]
    mappings: {v1: prod}
    policy: {Statement: {Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}
readings: {path: normalised, endpoint_identity: authorization_header}
"""

PUBLIC = """\
schema: execpolicy/api/1
id: d4e5f6
type: REST
region: eu-west-1
account: "111122223333"
stages:
  prod: {method_settings: {"*/*": {cached: false}, ~1pets/GET: {cached: true, cache_needs_permission: true}}}
disable_execute_api_endpoint: true
ip_address_type: ipv4
endpoint_access_mode: BASIC
gateway_responses:
  UNAUTHORIZED: {status: 403, message: Show your ticket}
  DEFAULT_5XX: {message: null}
routes:
  GET /pets: {}
domains:
  mtls.example:
    mappings: {"": prod}
    mutual_tls: true
  strict.example:
    mappings: {"": prod}
    endpoint_access_mode: STRICT
  ruled.example:
    routing_mode: ROUTING_RULE_ONLY
    routing_rules:
    - {priority: 20, stage: prod, headers: {X-Version: "b*", X-Pet: dog}, base_path: v1, strip_base_path: true}
    - {priority: 10, stage: beta, api_id: z9}
"""

HTTP = """\
schema: execpolicy/api/1
id: b2c3d4
type: HTTP
region: eu-west-1
account: "111122223333"
cors: true
authorizers:
  asks: {type: REQUEST, payload_format: "2.0", simple_responses: true, ttl: 5, identity_sources: $request.header.A}
routes:
  $default: {authorizer: asks}
  ANY /a: {}
"""

WEBSOCKET = """\
schema: execpolicy/api/1
id: c3d4e5
type: WEBSOCKET
region: cn-north-1
account: "111122223333"
stages: [live, next]
authorizers: {asks: {type: REQUEST, identity_sources: route.request.querystring.a}}
routes: {$connect: {authorizer: asks}, $default: {}, send news: {}}
"""


class Malformed(NamedTuple):
    """A file in which marks stand around what each message speaks of."""

    name: str
    text: str
    messages: tuple[str, ...]


def _bad(name: str, old: str, new: str, *messages: str, file: str = SOUND) -> Malformed:
    """A sound file with one piece replaced."""
    assert file.count(old) == 1, old
    return Malformed(name, file.replace(old, new), messages)


def _whole(name: str, old: str, message: str, file: str = SOUND) -> Malformed:
    """A sound file without one piece, which is told of the whole."""
    assert file.count(old) == 1, old
    return Malformed(name, f"«{file.replace(old, '').strip()}»", (message,))


_STRING = "expected a string"
READ = "{path: normalised, endpoint_identity: authorization_header}"
_TEXTS = "expected a string or a list of strings"

#: What the schema refuses as well.
OF_FORM = [
    Malformed("no mapping", "«- a»", ("found a list as an API file, expected an object",)),
    Malformed("nothing in it", "---«»", ("found null as an API file, expected an object",)),
    _whole("no schema", "schema: execpolicy/api/1\n", 'found an API file without "schema"'),
    _whole("no id", "id: a1b2c3\n", 'found an API file without "id"'),
    _whole("no type", "type: REST\n", 'found an API file without "type"'),
    _whole("no region", "region: eu-west-1\n", 'found an API file without "region"'),
    _whole("no account", 'account: "111122223333"\n', 'found an API file without "account"'),
    _whole("no routes", "routes:\n  $default: {authorizer: asks}\n  ANY /a: {}\n", 'without "routes"', HTTP),
    _whole("no stages", "stages: [live, next]\n", 'found an API file without "stages"', WEBSOCKET),
    _bad("another schema", "execpolicy/api/1", "«execpolicy/api/2»", "expected execpolicy/api/1"),
    _bad("an unknown field", "title:", "«tilte»: x\ntitle:", 'found "tilte", which is not a field of an API file'),
    _bad("a title that is a list", "title: Orders", "title: «[]»", f"found an empty list as title, {_STRING}"),
    _bad("an account that is a number", '"111122223333"', "«11112222333»", "found the number 11112222333 as account"),
    _bad("a short account", '"111122223333"', '«"1111"»', "an account has 12 digits, found '1111'"),
    _bad("an id that is none", "id: a1b2c3", "id: «a-1»", "an API id is letters and digits, found 'a-1'"),
    _bad("a region that is none", "eu-west-1\naccount", "«Ireland»\naccount", "a region is such as eu-west-1, found"),
    _bad("a type that is none", "type: REST", "type: «SOAP»", 'found "SOAP" as type, expected REST, HTTP or WEBSOCKET'),
    _bad(
        "a switch that is text",
        "disable_execute_api_endpoint: true",
        'disable_execute_api_endpoint: «"yes"»',
        "found a string as disable_execute_api_endpoint, expected true or false",
        file=PUBLIC,
    ),
    _bad("no gateway response", "UNAUTHORIZED:", "«UNAUTHORISED»:", 'found "UNAUTHORISED" as a gateway r', file=PUBLIC),
    _bad("no status", "status: 403", "status: «600»", "status is from 100 to 599, found 600", file=PUBLIC),
    _bad("a small status", "status: 403", "status: «99»", "expected a whole number from 100 on", file=PUBLIC),
    _bad("nothing set", "DEFAULT_5XX: {message: null}", "«DEFAULT_5XX»: {}", "DEFAULT_5XX sets nothing", file=PUBLIC),
    _bad("no object", "DEFAULT_5XX: {message: null}", "DEFAULT_5XX: «500»", "as a gateway response", file=PUBLIC),
    _bad(
        "a permission of a user pool",
        "type: COGNITO_USER_POOLS\n",
        "type: COGNITO_USER_POOLS\n    «invoke_permission»: false\n",
        'found "invoke_permission" in an authorizer of type COGNITO_USER_POOLS',
    ),
    _bad("another kind of addresses", "type: ipv4", "type: «IPv4»", "expected ipv4 or dualstack", file=PUBLIC),
    _bad("another routing mode", "mode: ROUTING_RULE_ONLY", "mode: «RULES»", "as routing_mode, exp", file=PUBLIC),
    _bad("no list of rules", "- {priority: 10, stage: beta, api_id: z9}", "- «x»", "as a routing rule", file=PUBLIC),
    _bad(
        "no priority", "{priority: 10, stage: beta, api_id: z9}", "«{stage: prod}»", 'without "priority"', file=PUBLIC
    ),
    _bad("a low priority", "priority: 10", "priority: «0»", "a whole number from 1 on", file=PUBLIC),
    _bad("a high priority", "priority: 10", "priority: «1000001»", "from 1 to 1,000,000, found 1000001", file=PUBLIC),
    _bad("three headers", '{X-Version: "b*", X-Pet: dog}', "«{a: a, b: b, c: c}»", "are at most two", file=PUBLIC),
    _bad("a header that is no text", "X-Pet: dog", "X-Pet: «1»", 'the header "X-Pet", expected a string', file=PUBLIC),
    _bad("no flag", "strip_base_path: true", "strip_base_path: «1»", "expected true or false", file=PUBLIC),
    _bad("another access mode", "mode: BASIC", "mode: «EASY»", "expected BASIC or STRICT", file=PUBLIC),
    _bad("another mode of a domain", "mode: STRICT", "mode: «EASY»", "expected BASIC or STRICT", file=PUBLIC),
    _bad("an endpoint that is none", "endpoint: PRIVATE", "endpoint: «LOCAL»", "expected EDGE, REGIONAL or PRIVATE"),
    _bad(
        "cors that is text", "cors: true", 'cors: «"true"»', "found a string as cors, expected true or false", file=HTTP
    ),
    _bad("no stage", "stages: [live, next]", "stages: «[]»", "found no stage", file=WEBSOCKET),
    _bad(
        "stages that are none",
        "[live, next]",
        "«7»",
        "found the number 7 as stages, expected a list of",
        file=WEBSOCKET,
    ),
    _bad("a stage twice", "[live, next]", "[live, «live»]", 'found "live" twice in stages', file=WEBSOCKET),
    _bad("a stage that is none", "[live, next]", "[live, «a/b»]", "a stage's name has up to 128", file=WEBSOCKET),
    _bad("a named stage that is none", "test: {}", "«te st»: {}", "a stage's name has up to 128 letters"),
    _bad("a stage without fields", "test: {}", "test: «[]»", "found an empty list as a stage, expected an object"),
    _bad(
        "an unknown field of a stage",
        "test: {}",
        "test: {«cache»: true}",
        'found "cache", which is not a field of a st',
    ),
    _bad("a variable that is a number", "table: orders", "table: «5»", 'found the number 5 as the variable "table"'),
    _bad("settings in a list", "test: {}", "test: {method_settings: «[]»}", "found an empty list as method_settings"),
    _bad(
        "settings of a method that is none",
        "test: {}",
        'test: {method_settings: {«"GET /orders"»: {cached: true}}}',
        "method settings are for the path of a resource and a method, or for * and *; found 'GET ' and 'orders'",
    ),
    _bad(
        "settings of all methods of a path",
        "test: {}",
        'test: {method_settings: {«"/pool/*"»: {cached: true}}}',
        "method settings are for the path of a resource and a method, or for * and *; found '/pool' and '*'",
    ),
    _bad(
        "settings that set nothing",
        "test: {}",
        "test: {method_settings: {«/pool/GET»: {}}}",
        "the settings of /pool/GET set nothing",
    ),
    _bad(
        "settings in a string",
        "test: {}",
        "test: {method_settings: {/pool/GET: «cached»}}",
        "found a string as the settings of a method, expected an object",
    ),
    _bad(
        "an unknown setting",
        "test: {}",
        "test: {method_settings: {/pool/GET: {«caching»: true}}}",
        'found "caching", which is not a field of the settings of a method',
    ),
    _bad(
        "a setting that is text",
        "test: {}",
        'test: {method_settings: {/pool/GET: {cached: «"yes"»}}}',
        "found a string as cached, expected true or false",
    ),
    _bad(
        "a refusal of a method",
        "test: {}",
        "test: {method_settings: {/pool/GET: {cache_refusal: «PASS»}}}",
        'found "PASS" as cache_refusal',
    ),
    _bad("a cache refusal", "SUCCEED_WITH_RESPONSE_HEADER", "«PASS»", 'found "PASS" as cache_refusal'),
    _bad(
        "authorizers in a list",
        "{asks: {type: REQUEST, identity_sources: route.request.querystring.a}}\nroutes: {$connect: {authorizer: asks}",
        "«[]»\nroutes: {$connect: {authorizer: «asks»}",
        "found an empty list as authorizers",
        'found the authorizer "asks", which',
        file=WEBSOCKET,
    ),
    _bad(
        "an authorizer that is text",
        "asks: {type: REQUEST, identity_sources: [method.request.header.A, method.request.querystring.b]}",
        "asks: «REQUEST»",
        "found a string as an authorizer, expected an object",
    ),
    _bad(
        "an authorizer without type",
        "{type: REQUEST, identity_sources: [method.request.header.A, method.request.querystring.b]}",
        "«{}»",
        'found an authorizer without "type"',
    ),
    _bad("an unknown type of authorizer", "type: TOKEN", "type: «LAMBDA»", 'found "LAMBDA" as type'),
    _bad(
        "an unknown field of an authorizer",
        "ttl: 60",
        "«tll»: 60",
        'found "tll", which is not a field of an authorizer',
    ),
    _bad("a ttl that is text", "ttl: 60", 'ttl: «"60"»', "found a string as ttl, expected a whole number from 0 on"),
    _bad("a ttl below nought", "ttl: 60", "ttl: «-1»", "found the number -1 as ttl, expected a whole number from 0"),
    _bad("a ttl too long", "ttl: 60", "ttl: «3601»", "ttl is a number of seconds from 0 to 3600, found 3601"),
    _bad(
        "no source of a token",
        "identity_sources: method.request.header.Auth, ",
        "",
        "tokens is a TOKEN authorizer: it has one identity source, a header",
    )._replace(
        text=SOUND.replace("identity_sources: method.request.header.Auth, ", "").replace("tokens: {", "«tokens»: {")
    ),
    _bad(
        "a field of another type",
        "user_pools: arn",
        "«ttl»: 5\n    user_pools: arn",
        'found "ttl" in an authorizer of type COGNITO_USER_POOLS, which does not have it',
    ),
    _bad(
        "a payload format that is a number",
        '"2.0"',
        "«2.0»",
        f"found the number 2.0 as payload_format, {_STRING}",
        file=HTTP,
    ),
    _bad("a payload format that is none", '"2.0"', '«"3.0"»', "expected 1.0 or 2.0", file=HTTP),
    _bad(
        "issuers by name",
        "issuers:\n    - url: https://a.example\n      audiences: [b, c]\n      claims: [{name: "
        "tenant, expected: d, required: true}]",
        "issuers: «{a: b}»",
        "found an object as issuers, expected a list",
    ),
    _bad(
        "an issuer that is text",
        "- url: https://a.example\n      audiences: [b, c]\n      claims: [{name: tenant, "
        "expected: d, required: true}]",
        "- «https://a.example»",
        "found a string as an issuer, expected an object",
    ),
    _bad(
        "an issuer without audiences",
        "url: https://a.example\n      audiences: [b, c]\n      claims: [{name: tenant, expected: d, required: true}]",
        "«url: https://a.example»",
        'found an issuer without "audiences"',
    ),
    _bad(
        "an issuer with a secret",
        "audiences: [b, c]",
        "audiences: [b, c]\n      «secret»: x",
        'found "secret", which is not a field of an issuer',
    ),
    _bad(
        "claims by name",
        "claims: [{name: tenant, expected: d, required: true}]",
        "claims: «{tenant: d}»",
        "found an object as claims, expected a list of claims",
    ),
    _bad(
        "a claim without name",
        "{name: tenant, expected: d, required: true}",
        "«{required: true}»",
        'found a claim without "name"',
    ),
    _bad(
        "a claim that is text", "{name: tenant, expected: d, required: true}", "«tenant»", "found a string as a claim"
    ),
    _bad(
        "routes in a list that are no keys",
        "routes: {$connect: {authorizer: asks}, $default: {}, send news: {}}",
        "routes: [a, «{b: {}}»]",
        "found a route that is no text in a list of routes",
        file=WEBSOCKET,
    ),
    _bad("a route that is text", "GET /: {}", "GET /: «NONE»", "found a string as a route, expected an object"),
    _bad("a route of nothing", "GET /: {}", "GET /:«»", "found null as a route, expected an object"),
    _bad(
        "an unknown field of a route", "{auth: AWS_IAM}", "{«authorization»: AWS_IAM}", 'found "authorization", which'
    ),
    _bad("an auth that is none", "{auth: AWS_IAM}", "{auth: «IAM»}", 'found "IAM" as auth, expected NONE, AWS_IAM'),
    _bad("a scope that is a number", "scopes: [e, f]", "scopes: [e, «5»]", f"found the number 5 as scopes, {_STRING}"),
    _bad("a scope twice", "scopes: [e, f]", "scopes: [e, «e»]", 'found "e" twice in scopes'),
    _bad("scopes by name", "scopes: [e, f]", "scopes: «{}»", f"found an object as scopes, {_TEXTS}"),
    _bad("a key that is perhaps required", "api_key_required: true", "api_key_required: «1»", "expected true or false"),
    _bad(
        "API keys by name",
        "\n- {value: secret, stages: [prod, test], enabled: false}",
        " «{}»",
        "found an object as api_keys, expected a list of API keys",
    ),
    _bad(
        "an API key that is text",
        "{value: secret, stages: [prod, test], enabled: false}",
        "«secret»",
        "found a string as an API key, expected an object",
    ),
    _bad(
        "an API key without stages",
        "{value: secret, stages: [prod, test], enabled: false}",
        "«{value: secret}»",
        'found an API key without "stages"',
    ),
    _bad("an unknown field of an API key", "enabled: false", "«disabled»: true", 'found "disabled", which is not a'),
    _bad("a source of keys", "AUTHORIZER\n", "«QUERY»\n", 'found "QUERY" as api_key_source, expected HEADER or AUTH'),
    _bad(
        "domains in a list",
        'domains:\n  a.example: {mappings: {"": prod, next: test, far: {stage: beta, api_id: '
        "z9}}}\n  b.example:\n    id: id1\n    associated_endpoints: [vpce-1]\n    mappings: {v1: prod}\n    policy: "
        '{Statement: {Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}',
        "domains: «[a.example]»",
        "found a list as domains, expected an object of domains by name",
    ),
    _bad(
        "a domain that is text",
        'a.example: {mappings: {"": prod, next: test, far: {stage: beta, api_id: z9}}}',
        "a.example: «prod»",
        "found a string as a domain, expected an object",
    ),
    _bad(
        "a domain without mappings",
        'a.example: {mappings: {"": prod, next: test, far: {stage: beta, api_id: z9}}}',
        "a.example: «{}»",
        'found a domain without "mappings"',
    ),
    _bad(
        "mappings in a list", "{v1: prod}", "«[v1]»", "found a list as mappings, expected an object of stages by base"
    ),
    _bad("a mapping that is a list", "{v1: prod}", "{v1: «[prod]»}", 'found a list as the mapping of "v1"'),
    _bad(
        "a mapping without api_id", "{stage: beta, api_id: z9}", "«{stage: beta}»", 'found a mapping without "api_id"'
    ),
    _bad("an unknown field of a mapping", "api_id: z9", "api_id: z9, «region»: x", 'found "region", which is not a'),
    _bad(
        "a policy of a public domain", "a.example: {", "a.example: {«policy»: x.json, ", 'found "policy" in a domain w'
    ),
    _bad("an endpoint twice", "[vpce-1]", "[vpce-1, «vpce-1»]", 'found "vpce-1" twice in associated_endpoints'),
    _bad(
        "a policy that is a list",
        'policy: {Statement: {Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}',
        "policy: «[]»",
        "found an empty list as policy, expected a policy document or the name of a file",
    ),
    _bad(
        "a policy in a string",
        'resource_policy: {Version: 2012-10-17, Statement: {Effect: Allow, Principal: "*", '
        'Action: "*", Resource: "*"}}',
        "resource_policy: «'{\"Statement\": []}'»",
        "found a string that holds a document as resource_policy, expected the document itself",
    ),
    _bad(
        "an unknown reading",
        "path: normalised",
        "«paths»: normalised",
        'found "paths", which is not a field of readings',
    ),
    _bad(
        "a reading of Cognito that no longer exists",
        READ,
        "{path: normalised, «cognito»: table_a}",
        'found "cognito", which no longer exists: according to AWS\'s page Table B applies to Cognito, so the resource '
        "policy must allow (GW-15)",
    ),
    _bad(
        "a reading of Lambda authorizers that no longer exists",
        READ,
        "{«lambda_authorizer»: table_b, path: normalised}",
        'found "lambda_authorizer", which no longer exists: according to AWS\'s page Table A applies to every Lambda '
        "authorizer (GW-14)",
    ),
    _bad(
        "an identity that is none",
        "authorization_header}",
        "«signature»}",
        'found "signature" as endpoint_identity, expected both or authorization_header',
    ),
    _bad(
        "a reading that is none", "normalised", "«decoded»", 'found "decoded" as path, expected as_sent or normalised'
    ),
    _bad("readings in a list", READ, "«[path]»", "found a list as readings, expected"),
]

#: What a schema cannot know.
OF_MEANING = [
    _bad(
        "settings of a method that is not there",
        "test: {}",
        "test: {method_settings: {«/orders/GET»: {cached: true}}}",
        'found the settings of "/orders/GET", which is not a method of the API',
    ),
    _bad(
        "settings of a method twice",
        "test: {}",
        "test: {method_settings: {/pool/GET: {cached: true}, «~1pool/GET»: {cached: false}}}",
        "found the settings of /pool/GET twice",
    ),
    _bad(
        "settings of methods of an HTTP API",
        "cors: true\n",
        "cors: true\nstages: «{beta: {method_settings: {/a/ANY: {cached: true}}}}»\n",
        "method_settings are for REST APIs, b2c3d4 is HTTP",
        file=HTTP,
    ),
    _bad(
        "a stage that is not there", "stage: prod\n", "stage: «prd»\n", 'found the stage "prd", which the API does not'
    ),
    _bad(
        "a field of HTTP APIs",
        "asks: {type: REQUEST,",
        'asks: {type: REQUEST, «payload_format»: "1.0",',
        'found "payload_format" in an authorizer of a REST API',
    ),
    _bad(
        "simple responses of format 1.0",
        'asks: {type: REQUEST, payload_format: "2.0"',
        '«asks»: {type: REQUEST, payload_format: "1.0"',
        "simple responses require payload format 2.0",
        file=HTTP,
    ),
    _bad("an expression that is none", '"a+"', '"a("', "the validation expression of tokens is no regular")._replace(
        text=SOUND.replace('"a+"', '"a("').replace("tokens: {", "«tokens»: {")
    ),
    _bad("two sources of a token", "header.Auth,", "header.Auth,")._replace(
        text=SOUND.replace(
            "sources: method.request.header.Auth,", "sources: [method.request.header.A, method.request.header.B],"
        ).replace("tokens: {", "«tokens»: {"),
        messages=("tokens is a TOKEN authorizer: it has one identity source, a header",),
    ),
    _bad(
        "a source as HTTP APIs write it",
        "method.request.header.Auth,",
        "«$request.header.Auth»,",
        "found the identity source '$request.header.Auth' of tokens, expected method.request.header.NAME",
    ),
    _bad(
        "a token authorizer of an HTTP API",
        'type: REQUEST, payload_format: "2.0", simple_responses: true',
        "type: «TOKEN»",
        "asks is a TOKEN authorizer: only REST APIs have those",
        file=HTTP,
    ),
    _bad(
        "a resource policy of an HTTP API",
        "cors: true",
        "resource_policy: «{Statement: []}»",
        "only REST APIs have a resource policy, b2c3d4 is HTTP",
        file=HTTP,
    ),
    _bad(
        "a private HTTP API",
        "cors: true",
        "endpoint: «PRIVATE»",
        "only REST APIs are PRIVATE, b2c3d4 is HTTP",
        file=HTTP,
    ),
    _bad(
        "an authorizer that is not there",
        "authorizer: tokens",
        "authorizer: «token»",
        'found the authorizer "token", which "authorizers" does not have',
    ),
    _bad(
        "an authorizer where there is none",
        "authorizers: {asks: {type: REQUEST, identity_sources: "
        "route.request.querystring.a}}\nroutes: {$connect: {authorizer: asks}",
        "routes: {$connect: {authorizer: «asks»}",
        'found the authorizer "asks", which "authorizers" does not have',
        file=WEBSOCKET,
    ),
    _bad(
        "an authorizer of another kind",
        "GET /pool: {auth: COGNITO_USER_POOLS, authorizer: pool",
        "«GET /pool»: {auth: COGNITO_USER_POOLS, authorizer: tokens",
        "GET /pool requires COGNITO_USER_POOLS and needs",
    ),
    _bad(
        "no authorizer at all",
        "POST /orders: {auth: AWS_IAM}",
        "«POST /orders»: {auth: CUSTOM}",
        "POST /orders requires CUSTOM and needs an authorizer of that type",
    ),
    _bad(
        "an authorizer that is not asked",
        "POST /orders: {auth: AWS_IAM}",
        "«POST /orders»: {auth: AWS_IAM, authorizer: tokens}",
        "POST /orders has an authorizer and requires AWS_IAM",
    ),
    _bad("a route without method", "GET /: {}", "«/»: {}", 'found the route "/", expected a method and a path'),
    _bad("a route without path", "GET /: {}", "«GET»: {}", 'found the route "GET", expected a method and a path'),
    _bad("a route with two spaces", "GET /: {}", "«GET  /a»: {}", 'found the route "GET  /a", expected a method and'),
    _bad("a path with a space", "GET /: {}", "«GET /a b»: {}", 'found the route "GET /a b", expected a method and'),
    _bad("a default route of a REST API", "GET /: {}", "«$default»: {}", 'found the route "$default", expected a met'),
    _bad("a method in lower case", "GET /: {}", "«get /a»: {}", "a method is in upper case, found 'get'"),
    _bad(
        "an API key of another stage", "stages: [prod, test]", "stages: [prod, «tset»]", 'found the stage "tset", which'
    ),
    _bad(
        "a default stage of a WebSocket API",
        "stages: [live, next]",
        "stages: «[live, $default]»",
        "only HTTP APIs have the stage $default, c3d4e5 is WEBSOCKET",
        file=WEBSOCKET,
    ),
    _bad("a mapping to another stage", "{v1: prod}", "{v1: «beta»}", 'found the stage "beta", which the API does not'),
    _bad("a policy that is none", "Effect: Allow", "Effect: «allow»", 'found "allow" as Effect'),
    _bad(
        "a policy without principals",
        'Effect: Deny, Principal: "*", ',
        "Effect: Deny, ",
        "found a statement without Principal, which a domain name's policy must have",
    )._replace(
        text=SOUND.replace(
            '{Effect: Deny, Principal: "*", Action: "*", Resource: "*"}', '«{Effect: Deny, Action: "*", Resource: "*"}»'
        )
    ),
    _bad("a version that is a number", "Version: 2012-10-17", "Version: «2012»", "found the number 2012 as Version"),
    _bad(
        "a file that is not there",
        'policy: {Statement: {Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}',
        "policy: «none.json»",
        'cannot read "none.json": ',  # why it cannot is said otherwise on Windows
    ),
    _bad(
        "a private domain of a public API",
        "endpoint: PRIVATE",
        "endpoint: EDGE",
        "the private domain b.example leads to private APIs, a1b2c3 is EDGE",
    )._replace(text=SOUND.replace("endpoint: PRIVATE", "endpoint: EDGE").replace("b.example", "«b.example»")),
    _bad(
        "a pool of an HTTP API",
        'asks: {type: REQUEST, payload_format: "2.0", simple_responses: true, ttl: 5, identity_sources: '
        "$request.header.A}",
        "«asks»: {type: COGNITO_USER_POOLS, user_pools: arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x, "
        "identity_sources: $request.header.A}",
        "asks is COGNITO_USER_POOLS; HTTP APIs have no such authorizers",
        file=HTTP,
    ),
    _bad(
        "an issuer without https",
        "url: https://a.example",
        "url: «http://a.example»",
        "url of an issuer is an https URL without query, fragment or user, found 'http://a.example'",
    ),
    _bad(
        "an issuer with a query",
        "url: https://a.example",
        "url: «https://a.example?b=c»",
        "url of an issuer is an https URL without query, fragment or user, found 'https://a.example?b=c'",
    ),
    _bad(
        "no audience", "[b, c]", "«[]»", "audiences of an issuer are texts that are not empty, at least one, found []"
    ),
    _bad("a reserved claim", "name: tenant", "name: «aud»", "name is 'aud', a claim that API Gateway checks itself"),
    _bad(
        "an issuer twice",
        "    - url: https://a.example\n",
        "    - {url: https://a.example, audiences: d}\n    - url: https://a.example\n",
        "issuers of jwt has 'https://a.example' twice",
    )._replace(
        text=SOUND.replace("issuers:\n    - url", "issuers: «[{url: https://a.example, audiences: d}, {url").replace(
            "example\n      audiences: [b, c]\n      claims: [{name: tenant, expected: d, required: true}]",
            "example, audiences: [b, c]}]»",
        )
    ),
    _bad(
        "a JWT of a REST API in a query parameter",
        "identity_sources: method.request.header.Authorization",
        "identity_sources: method.request.querystring.a",
        "identity_sources of jwt is one header, for a JWT authorizer of a REST API; found method.request.querystring.a",
    )._replace(
        text=SOUND.replace(
            "identity_sources: method.request.header.Authorization", "identity_sources: method.request.querystring.a"
        ).replace("  jwt:", "  «jwt»:")
    ),
    _bad(
        "a JWT of a REST API nowhere",
        "    identity_sources: method.request.header.Authorization\n",
        "",
        "identity_sources of jwt is one header, for a JWT authorizer of a REST API; found none",
    )._replace(
        text=SOUND.replace("    identity_sources: method.request.header.Authorization\n", "").replace(
            "  jwt:", "  «jwt»:"
        )
    ),
    _bad(
        "a cache without a source",
        "ttl: 5, identity_sources: $request.header.A}",
        "ttl: «5»}",
        "ttl is 5, and asks has no identity source for the key of its cache",
        file=HTTP,
    ),
    _bad(
        "no user pool",
        "\n    user_pools: arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
        "",
        "pool is a Cognito authorizer: it needs a user pool",
    )._replace(
        text=SOUND.replace("\n    user_pools: arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x", "").replace(
            "  pool:", "  «pool»:"
        )
    ),
    _bad(
        "a key from an authorizer that is none",
        "GET /: {}",
        "«GET /»: {api_key_required: true}",
        "GET / needs an API key, which the API takes from Lambda authorizers, and requires NONE",
    ),
    _bad(
        "an API key of an HTTP API",
        "ANY /a: {}",
        "ANY /a: {«api_key_required»: true}",
        'found "api_key_required" in a route of an HTTP API, which has no API keys',
        file=HTTP,
    ),
    _bad(
        "an API key of a message",
        "send news: {}",
        "«send news»: {api_key_required: true}",
        "send news needs an API key: only $connect of a WebSocket API can require one",
        file=WEBSOCKET,
    ),
    _bad(
        "a base path of two segments of a private domain",
        "mappings: {v1: prod}",
        "mappings: «{v1/a: prod}»",
        "mappings of b.example has the base path 'v1/a', and a base path of a private domain has one segment",
    ),
    _bad(
        "additional claims of an HTTP API",
        "$default: {authorizer: asks}",
        "$default: {authorizer: asks}",
        'found "claims" in an issuer of an HTTP API, which checks no claims of its own',
        file=HTTP,
    )._replace(
        text=HTTP.replace(
            "authorizers:\n",
            "authorizers:\n  jwt: {type: JWT, identity_sources: $request.header.A, "
            "issuers: [{url: https://a.example, audiences: b, «claims»: [{name: c}]}]}\n",
        )
    ),
    _bad(
        "scopes of an open route",
        "GET /: {}",
        "«GET /»: {scopes: a}",
        "GET / has scopes and requires NONE: only tokens of Cognito and JWT authorizers have scopes",
    ),
    _bad(
        "authorization of a message",
        "send news: {}",
        "«send news»: {authorizer: asks}",
        "send news requires CUSTOM: only $connect of a WebSocket API can require authorization",
        file=WEBSOCKET,
    ),
    _bad(
        "a private domain without endpoints",
        "associated_endpoints: [vpce-1]",
        "associated_endpoints: «[]»",
        "associated_endpoints is empty, and b.example is private",
    ),
    _bad(
        "a private domain that tells no endpoints",
        "    associated_endpoints: [vpce-1]\n",
        "",
        'found a domain without "associated_endpoints"',
    )._replace(
        text=SOUND.replace("    associated_endpoints: [vpce-1]\n", "")
        .replace("    id: id1", "    «id: id1")
        .replace(
            '{Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}',
            '{Effect: Deny, Principal: "*", Action: "*", Resource: "*"}}»',
        )
    ),
    _bad(
        "a user pool that is no ARN",
        "user_pools: arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
        "user_pools: «https://cognito-idp.eu-west-1.amazonaws.com/x»",
        "user_pools of pool are ARNs of Cognito user pools, found 'https://cognito-idp.eu-west-1.amazonaws.com/x'",
    ),
    _bad(
        "an endpoint that is no id",
        "associated_endpoints: [vpce-1]",
        "associated_endpoints: «[vpc-1]»",
        "associated_endpoints of b.example are ids of VPC endpoints, found 'vpc-1'",
    ),
    _bad(
        "a base path twice",
        "mappings: {v1: prod}",
        "mappings: «{v1: prod, v1/: test}»",
        "mappings of b.example has the base path 'v1' twice",
    ),
    _bad(
        "a domain twice",
        "  b.example:\n",
        "  «A.EXAMPLE»: {mappings: {}}\n  b.example:\n",
        'found the domain "A.EXAMPLE" twice',
    ),
    _bad(
        "two path variables below one resource",
        "GET /: {}",
        "«POST /orders/{order}/items»: {}",
        "POST /orders/{order}/items has {order} where GET /orders/{id} has {id}",
    ),
    _bad(
        "two routes that differ in a placeholder's name",
        "ANY /a: {}",
        "ANY /{a}: {}\n  «ANY /{b}»: {}",
        "ANY /{b} has {b} where ANY /{a} has {a}",
        file=HTTP,
    ),
    _bad(
        "the stage of an HTTP API",
        "[live, next]",
        "«[live, $default]»",
        "only HTTP APIs have the stage $default, c3d4e5 is WEBSOCKET",
        file=WEBSOCKET,
    ),
    _bad(
        "a greedy placeholder in the middle",
        "GET /: {}",
        "«GET /{a+}/b»: {}",
        "a greedy placeholder is the last segment, found '/{a+}/b'",
    ),
    _bad(
        "an access mode with mutual TLS",
        "    mutual_tls: true\n",
        "    mutual_tls: «true»\n    endpoint_access_mode: BASIC\n",
        "mutual_tls of mtls.example is for domains without an endpoint access mode",
        file=PUBLIC,
    ),
    _bad(
        "an access mode of an HTTP API",
        "cors: true\n",
        "cors: true\nendpoint_access_mode: «STRICT»\n",
        "endpoint_access_mode of b2c3d4 is for REST APIs, b2c3d4 is HTTP",
        file=HTTP,
    ),
    _bad(
        "a routing rule to another stage",
        "stage: beta, api_id: z9",
        "stage: «beta»",
        'found the stage "beta", which the API does not have',
        file=PUBLIC,
    ),
    _bad(
        "a wildcard in the middle",
        '{X-Version: "b*", X-Pet: dog}',
        '«{X-Version: "b*a"}»',
        "headers has the value 'b*a' for X-Version: `*` is at its beginning, its end, or both",
        file=PUBLIC,
    ),
    _bad(
        "a condition on a restricted header",
        '{X-Version: "b*", X-Pet: dog}',
        "«{authorization: a}»",
        "headers has a condition on 'authorization', which AWS does not accept",
        file=PUBLIC,
    ),
    _bad(
        "a priority twice",
        "priority: 20, stage: prod",
        "priority: 10, stage: prod",
        "routing_rules of ruled.example has the priority 10 twice",
        file=PUBLIC,
    )._replace(
        text=PUBLIC.replace("priority: 20", "priority: 10")
        .replace("routing_rules:\n    - {", "routing_rules: «[{")
        .replace("true}\n    - {", "true}, {")
        .replace("z9}", "z9}]»")
    ),
    _bad(
        "rules without a mode",
        "    routing_mode: ROUTING_RULE_ONLY\n",
        '    mappings: {"": prod}\n',
        "routing_rules of ruled.example have no effect with the routing mode API_MAPPING_ONLY",
        file=PUBLIC,
    )._replace(
        text=PUBLIC.replace("    routing_mode: ROUTING_RULE_ONLY\n", '    mappings: {"": prod}\n')
        .replace("routing_rules:\n    - {", "routing_rules: «[{")
        .replace("true}\n    - {", "true}, {")
        .replace("z9}", "z9}]»")
    ),
]

#: What is no file of this format at all.
OF_YAML = [
    Malformed("nothing", "«»", ("the document is empty, expected a mapping",)),
    _bad(
        "a field twice", "title: Orders", "title: Orders\n«title»: more", 'found the name "title" twice in one object'
    ),
    _bad("an account without quotes", '"111122223333"', "«01234567890»", 'found "01234567890" without quotes'),
    _bad("a flag of an older YAML", "cors: true", "cors: «on»", 'found "on" without quotes, which is true', file=HTTP),
    _bad("a tag", "title: Orders", "title: «!Sub» Orders", 'found the tag "!Sub", expected a value without one'),
]
