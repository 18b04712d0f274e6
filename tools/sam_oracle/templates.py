"""SAM templates that differ in what bears on authorization, drawn by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:authorize"
_POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Example"
_REST_AUTHORIZERS: dict[str, list[Json]] = {
    "Token": [
        {"FunctionArn": _FUNCTION},
        {"FunctionArn": _FUNCTION, "Identity": {"Header": "X-Token", "ValidationExpression": "Bearer .+"}},
        {"FunctionArn": _FUNCTION, "FunctionPayloadType": "TOKEN", "Identity": {"ReauthorizeEvery": 0}},
    ],
    "Request": [
        {"FunctionArn": _FUNCTION, "FunctionPayloadType": "REQUEST", "Identity": {"Headers": ["X-A", "X-B"]}},
        {
            "FunctionArn": _FUNCTION,
            "FunctionPayloadType": "REQUEST",
            "FunctionInvokeRole": "arn:aws:iam::123456789012:role/Invoke",
            "Identity": {"QueryStrings": ["q"], "StageVariables": ["s"], "Context": ["path"], "ReauthorizeEvery": 60},
        },
        {"FunctionArn": _FUNCTION, "FunctionPayloadType": "REQUEST", "Identity": {"ReauthorizeEvery": 0}},
    ],
    "Cognito": [
        {"UserPoolArn": _POOL},
        {"UserPoolArn": [_POOL], "AuthorizationScopes": ["orders/read"], "Identity": {"Header": "X-Id"}},
    ],
}
_HTTP_AUTHORIZERS: dict[str, list[Json]] = {
    "Jwt": [
        {
            "JwtConfiguration": {"issuer": "https://login.example.com/", "audience": ["orders"]},
            "IdentitySource": "$request.header.Authorization",
        },
        {
            "JwtConfiguration": {"Issuer": "https://login.example.com/", "Audience": ["orders", "shop"]},
            "IdentitySource": "$request.querystring.token",
            "AuthorizationScopes": ["orders/read"],
        },
    ],
    "Function": [
        {"FunctionArn": _FUNCTION, "AuthorizerPayloadFormatVersion": "2.0", "EnableSimpleResponses": True},
        {
            "FunctionArn": _FUNCTION,
            "AuthorizerPayloadFormatVersion": "1.0",
            "EnableFunctionDefaultPermissions": True,
            "Identity": {"Headers": ["X-A"], "QueryStrings": ["q"], "ReauthorizeEvery": 30},
        },
    ],
}
_POLICIES: Json = {
    "AwsAccountWhitelist": ["111122223333"],
    "AwsAccountBlacklist": ["444455556666"],
    "IpRangeWhitelist": ["192.0.2.0/24", "198.51.100.7"],
    "IpRangeBlacklist": ["203.0.113.0/24"],
    "SourceVpcWhitelist": ["vpc-0a", "vpce-0b"],
    "SourceVpcBlacklist": ["vpc-0c", "vpce-0d"],
    "IntrinsicVpcWhitelist": ["vpc-0e"],
    "IntrinsicVpceWhitelist": ["vpce-0f"],
    "IntrinsicVpcBlacklist": ["vpc-1a"],
    "IntrinsicVpceBlacklist": ["vpce-1b"],
    "CustomStatements": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    ],
}
_PATHS = ("/", "/orders", "/shop/", "/orders/{id}", "/{proxy+}", "/a/{b}/c.d")
_METHODS = ("get", "GET", "post", "any", "ANY", "options", "delete")


def _some(of: dict[str, list[Json]]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(choices) for name, choices in of.items()})


def _policy() -> st.SearchStrategy[Json]:
    lists = st.lists(st.sampled_from(sorted(_POLICIES)), min_size=1, max_size=3, unique=True)
    return lists.map(lambda names: {name: _POLICIES[name] for name in names})


_FLAG = st.booleans()


@st.composite
def _rest_auth(draw: st.DrawFn) -> Json:
    authorizers = draw(_some(_REST_AUTHORIZERS))
    auth: Json = {"Authorizers": authorizers} if authorizers else {}
    if draw(st.integers(0, 3)):
        auth["DefaultAuthorizer"] = draw(st.sampled_from([*authorizers, "AWS_IAM"]))
    auth |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "AddDefaultAuthorizerToCorsPreflight": _FLAG,
                "AddApiKeyRequiredToCorsPreflight": _FLAG,
                "ApiKeyRequired": _FLAG,
                "InvokeRole": st.sampled_from(["NONE", "CALLER_CREDENTIALS", "arn:aws:iam::123456789012:role/R"]),
                "ResourcePolicy": _policy(),
                "UsagePlan": st.fixed_dictionaries(
                    {"CreateUsagePlan": st.sampled_from(["PER_API", "SHARED", "NONE"])},
                    optional={"Description": st.just("of all shops")},
                ),
            },
        )
    )
    return auth


@st.composite
def _rest_event_auth(draw: st.DrawFn, api_auth: Json) -> Json:
    names = [*api_auth.get("Authorizers", {}), "AWS_IAM"]
    if "DefaultAuthorizer" in api_auth:
        names.append("NONE")
    auth: Json = {}
    if draw(_FLAG):
        auth["Authorizer"] = draw(st.sampled_from(names))
        if draw(_FLAG):
            auth["AuthorizationScopes"] = ["orders/write"]
    if draw(st.integers(0, 2)) == 0:
        auth["ApiKeyRequired"] = draw(_FLAG) or not api_auth.get("ApiKeyRequired")
    if draw(st.integers(0, 3)) == 0:
        auth["ResourcePolicy"] = draw(_policy())
    if draw(st.integers(0, 3)) == 0:
        auth["InvokeRole"] = draw(st.sampled_from(["NONE", "CALLER_CREDENTIALS"]))
    return auth


def _operation(security: list[Json] | None) -> Json:
    operation: Json = {"responses": {}, "x-amazon-apigateway-integration": {"type": "mock"}}
    return operation if security is None else {**operation, "security": security}


@st.composite
def _definition(draw: st.DrawFn, *, is_http: bool) -> Json:
    """A definition that the template has itself."""
    is_3 = is_http or draw(_FLAG)
    choices: list[list[Json] | None] = [None, [], [{"Own": []}]]
    security = st.sampled_from(choices)
    paths: Json = {}
    for path in draw(st.lists(st.sampled_from(["/orders", "/own/{id}", "/"]), min_size=1, max_size=2, unique=True)):
        methods = draw(st.lists(st.sampled_from(["get", "post", "options"]), min_size=1, max_size=2, unique=True))
        paths[path] = {method: _operation(draw(security)) for method in methods}
    own: Json = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}
    document: Json = {"info": {"title": "own", "version": "1"}, "paths": paths}
    if is_3:
        return {"openapi": "3.0.1", **document, "components": {"securitySchemes": {"Own": own}}}
    return {"swagger": "2.0", **document, "securityDefinitions": {"Own": own}}


def _domain() -> st.SearchStrategy[Json]:
    """A custom domain; a private one has a policy."""
    base = {"DomainName": "shop.example.com", "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/c"}
    private = {"EndpointConfiguration": "PRIVATE", "Policy": {"Statement": []}}
    paths = st.sampled_from([{}, {"BasePath": "v1"}, {"BasePath": ["v-1", "/next"], "NormalizeBasePath": False}])
    kinds = st.sampled_from([{}, {"EndpointConfiguration": "EDGE"}, private, {"BasePath": ["v-1", "next"]}])
    return st.builds(lambda path, kind: base | path | kind, paths, kinds)


@st.composite
def _rest_template(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(["implicit", "managed", "managed", "managed", "written", "merged"]))
    auth = draw(_rest_auth())
    properties: Json = draw(
        st.fixed_dictionaries(
            {"Auth": st.just(auth)},
            optional={
                "Cors": st.sampled_from(["'*'", {"AllowOrigin": "'https://a.example'", "AllowMethods": "'GET'"}]),
                "OpenApiVersion": st.sampled_from(["3.0.1", "2.0"]),
                "EndpointConfiguration": st.sampled_from([{"Type": "REGIONAL"}, {"Type": "EDGE"}, "REGIONAL"]),
                "GatewayResponses": st.just({"ACCESS_DENIED": {"StatusCode": 404, "ResponseTemplates": {"a/b": "{}"}}}),
            },
        )
    )
    template: Json = {"Globals": {"Api": properties}} if kind == "implicit" else {}
    resources: Json = {}
    if kind != "implicit":
        resources["Shop"] = draw(_rest_api(kind, dict(properties), template))
    events = draw(_rest_events(kind, auth, resources))
    made = _template(template, resources, events)
    if kind in ("implicit", "managed") and len(events) > 1 and draw(_FLAG):
        name, event = events.popitem()
        if "ResourcePolicy" not in event["Properties"].get("Auth", {}):
            flow = {"DefinitionUri": "s3://code/flow.json", "Events": {name: event}}
            made["Resources"]["Flow"] = {"Type": "AWS::Serverless::StateMachine", "Properties": flow}
    return made


@st.composite
def _rest_api(draw: st.DrawFn, kind: str, own: Json, template: Json) -> Json:
    """The API; one of its properties may move to the Globals of the template."""
    written = kind in ("written", "merged")
    if draw(st.integers(0, 2)) == 0 and not written:
        moved = draw(st.sampled_from(sorted(own)))
        template["Globals"] = {"Api": {moved: own.pop(moved)}}
    own |= draw(st.fixed_dictionaries({}, optional={"DisableExecuteApiEndpoint": _FLAG, "Domain": _domain()}))
    own["StageName"] = draw(st.sampled_from(["prod", "v1-2", {"Ref": "StageOfApi"}]))
    if written:
        own["DefinitionBody"] = draw(_definition(is_http=False))
    if kind == "merged":
        own["MergeDefinitions"] = True
    return {"Type": "AWS::Serverless::Api", "Properties": own}


@st.composite
def _rest_events(draw: st.DrawFn, kind: str, auth: Json, resources: Json) -> Json:
    events: Json = {}
    seen: set[tuple[str, str]] = set()
    for number in range(draw(st.integers(1, 4))):
        path, method = draw(st.sampled_from(_PATHS)), draw(st.sampled_from(_METHODS))
        if (path, method.lower()) in seen or (kind == "merged" and method.lower() == "any"):
            continue
        seen.add((path, method.lower()))
        event: Json = {"Path": path, "Method": method}
        event_auth = draw(_rest_event_auth(auth))
        if kind == "merged":
            event_auth.pop("ResourcePolicy", None)
        if kind == "written" and draw(_FLAG) and event_auth.keys() & {"Authorizer", "ResourcePolicy"}:
            event_auth["OverrideApiAuth"] = True
            event["Path"] = draw(st.sampled_from(sorted(resources["Shop"]["Properties"]["DefinitionBody"]["paths"])))
            event["Method"] = "get"
        if event_auth:
            event["Auth"] = event_auth
        if kind != "implicit":
            event["RestApiId"] = {"Ref": "Shop"}
        events[f"Event{number}"] = {"Type": "Api", "Properties": event}
    return events


@st.composite
def _http_template(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(["implicit", "managed", "managed", "written"]))
    authorizers = draw(_some(_HTTP_AUTHORIZERS))
    auth: Json = {"Authorizers": authorizers} if authorizers else {}
    if draw(_FLAG):
        auth["EnableIamAuthorizer"] = True
    names = [*authorizers, *(["AWS_IAM"] if auth.get("EnableIamAuthorizer") else [])]
    if draw(_FLAG) and names:
        auth["DefaultAuthorizer"] = draw(st.sampled_from(names))
    properties: Json = draw(
        st.fixed_dictionaries(
            {"Auth": st.just(auth)},
            optional={
                "CorsConfiguration": st.sampled_from([True, {"AllowOrigins": ["https://a.example"]}]),
                "FailOnWarnings": _FLAG,
            },
        )
    )
    template: Json = {"Globals": {"HttpApi": properties}} if kind == "implicit" else {}
    resources: Json = {}
    if kind != "implicit":
        own = properties | draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "DisableExecuteApiEndpoint": _FLAG,
                    "StageName": st.sampled_from(["prod", "$default"]),
                    "Domain": st.just(
                        {"DomainName": "shop.example.com", "CertificateArn": "arn:c", "BasePath": ["a/b", "c-d"]}
                    ),
                },
            )
        )
        if kind == "written":
            own["DefinitionBody"] = draw(_definition(is_http=True))
        resources["Shop"] = {"Type": "AWS::Serverless::HttpApi", "Properties": own}
    events: Json = {}
    seen: set[tuple[str, str]] = set()
    for number in range(draw(st.integers(1, 4))):
        path, method = draw(st.sampled_from(_PATHS)), draw(st.sampled_from(_METHODS))
        event: Json = {"Path": path, "Method": method} if draw(st.integers(0, 4)) else {}
        key = (event.get("Path", ""), event.get("Method", "").lower())
        if key in seen:
            continue
        seen.add(key)
        choices = [*names, *(["NONE"] if "DefaultAuthorizer" in auth else [])]
        if draw(_FLAG) and choices:
            event["Auth"] = {"Authorizer": draw(st.sampled_from(choices))}
            if draw(_FLAG):
                event["Auth"]["AuthorizationScopes"] = ["orders/write"]
        if kind != "implicit":
            event["ApiId"] = {"Ref": "Shop"}
        events[f"Event{number}"] = {"Type": "HttpApi", "Properties": event}
    return _template(template, resources, events)


@st.composite
def _websocket_template(draw: st.DrawFn) -> Json:
    auth = draw(
        st.sampled_from(
            [
                None,
                {"AuthType": "NONE"},
                {"AuthType": "AWS_IAM"},
                {"AuthType": "CUSTOM", "AuthArn": _FUNCTION, "IdentitySource": ["route.request.header.Auth"]},
                {"AuthType": "CUSTOM", "AuthArn": _FUNCTION, "Name": "gate", "InvokeRole": "arn:aws:iam::1:role/R"},
            ]
        )
    )
    routes: Json = {"$connect": {"FunctionArn": _FUNCTION}}
    if draw(_FLAG):
        routes["send"] = {"FunctionArn": _FUNCTION, "ApiKeyRequired": draw(_FLAG)}
    if draw(_FLAG):
        routes["$default"] = {"FunctionArn": _FUNCTION}
    properties: Json = {"RouteSelectionExpression": "$request.body.action", "Routes": routes}
    if auth is not None:
        properties["Auth"] = auth
    if draw(_FLAG):
        properties["StageName"] = "live"
    return _template({}, {"Chat": {"Type": "AWS::Serverless::WebSocketApi", "Properties": properties}}, {})


def _template(template: Json, resources: Json, events: Json) -> Json:
    function = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": "s3://code/zip", "Events": events}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        **template,
        "Parameters": {"StageOfApi": {"Type": "String", "Default": "live"}},
        "Resources": {**resources, "Orders": {"Type": "AWS::Serverless::Function", "Properties": function}},
    }


def templates() -> st.SearchStrategy[Json]:
    """REST, HTTP and WebSocket APIs: explicit, implicit, and with definitions of their own."""
    return st.one_of(_rest_template(), _rest_template(), _rest_template(), _http_template(), _http_template()) | (
        _websocket_template()
    )


def naming_implicit_apis() -> list[Json]:
    """Templates whose events name the implicit API: alone, by its text, and beside an event that names none."""
    found = []
    for kind, field, implicit in (("Api", "RestApiId", "ServerlessRestApi"), ("HttpApi", "ApiId", "ServerlessHttpApi")):
        named: list[list[Any]] = [[{"Ref": implicit}], [implicit], [{"Ref": implicit}, None]]
        for names in named:
            events = {
                f"Event{number}": {
                    "Type": kind,
                    "Properties": {"Path": f"/{number}", "Method": "get", **({field: name} if name else {})},
                }
                for number, name in enumerate(names)
            }
            function = {"Handler": "a.b", "Runtime": "python3.13", "CodeUri": "s3://code/zip", "Events": events}
            resources = {"Orders": {"Type": "AWS::Serverless::Function", "Properties": function}}
            found.append({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})
    return found
