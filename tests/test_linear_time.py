"""The time that a text takes grows with its length and no faster, whatever it holds and wherever it is given."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import settings

import execpolicy
import execpolicy.testing
from execpolicy import (
    Api,
    ApiKey,
    Authorizer,
    AuthorizerCache,
    AuthorizerOutput,
    Call,
    Caller,
    Claim,
    Context,
    CustomGatewayResponse,
    Domain,
    ExecPolicyError,
    ExecuteApiArn,
    Invariant,
    Issuer,
    Mapped,
    MethodSetting,
    Policy,
    PolicyKind,
    PolicySyntaxError,
    Principal,
    Readings,
    Request,
    RequestError,
    Route,
    RoutingRule,
    Source,
    Span,
    Stage,
    Template,
    UsageError,
    authorize,
    authorize_many,
    compare,
    event_for,
    lint,
    lint_file,
    prove,
    who,
)
from execpolicy.cli.lint.settings import parse_settings
from execpolicy.cli.test.keywords import parse_keywords
from execpolicy.diagnose.why import read_messages
from execpolicy.linter.baseline import parse_baseline
from execpolicy.linter.file_text import FileText
from execpolicy.linter.ignores.comments import comments_of
from execpolicy.linter.ignores.ignore_file import parse_ignore_file
from execpolicy.linter.recognition import recognize
from execpolicy.literals import PolicyKindName
from execpolicy.loaders.called_url import parse_url
from execpolicy.loaders.curl.command import parse_curl
from execpolicy.loaders.kinds import parse_api
from execpolicy.loaders.written_text import WrittenText
from execpolicy.testing import DocumentCase, Scenario, load_cases, parse_cases, run_document
from tests.examples import LONG
from tests.untyped import untyped

SHORT: Final = 20_000
#: In seconds. Less cannot be distinguished from the noise of the clock.
SOON: Final = 0.02
#: Twice the text may take this many times as long; up to the other, there is no doubt that it does not.
GROWTH: Final = 3
PLAINLY: Final = 2.2

#: What a text is made of: each is repeated until the text is long enough.
PIECES: Final = {
    "spaces": " ",
    "digits": "7",
    "quotes": '"',
    "single quotes": "'",
    "backslashes": "\\",
    "openings of variables": "${",
    "characters as variables": "${$}",
    "variables": "${aws:username}",
    "stars": "*",
    "question marks": "?*a",
    "opening parentheses": "(",
    "brackets": "[",
    "escapes of JSON": "\\u0041",
    "escaped line ends": "\\n",
    "escaped quotes": '\\"',
    "percent escapes": "%41",
    "slashes": "/a",
    "dots": "a.",
    "hyphens": "a-",
    "colons": "a:",
    "lines": "a: b\n",
    "one word": "a",
    "capitals": "A",
}

ACCOUNT = "111122223333"
ANN = f"arn:aws:iam::{ACCOUNT}:user/Ann"
PREFIX = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3"
METHOD = f"{PREFIX}/prod/GET/pets"
INVOKE = "execute-api:Invoke"


def allow(**more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": INVOKE, "Resource": f"{PREFIX}/*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


READS = Policy.parse(
    allow(
        Resource=[
            f"{PREFIX}/prod/GET/*/x/*",
            f"{PREFIX}/prod/GET/?*/y",
            f"{PREFIX}/prod/GET/${{aws:PrincipalTag/team}}*",
        ],
        Condition={
            "StringLike": {"aws:UserAgent": ["*a*b", "?*c", "${aws:PrincipalTag/team}"]},
            "ArnLike": {"aws:SourceArn": "arn:*:s3:::*a*"},
        },
    ),
    kind="identity",
)
TOKENS = Authorizer(
    "tokens",
    type="TOKEN",
    identity_sources=["method.request.header.Authorization"],
    validation_expression="^(Bearer )?[a-z.]+$",
)
CACHED = Authorizer(
    "cached", type="REQUEST", identity_sources=["method.request.header.A", "method.request.querystring.b"], ttl=60
)
POOL = Authorizer(
    "pool",
    type="COGNITO_USER_POOLS",
    identity_sources=["method.request.header.Authorization"],
    user_pools=[f"arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/eu-west-1_x"],
)


def api(**more: Any) -> Api:
    return Api(
        **{
            "id": "a1b2c3",
            "type": "REST",
            "region": "eu-west-1",
            "account": ACCOUNT,
            "stages": ["prod"],
            "routes": [
                Route("GET", "/tokens/{proxy+}", authorizer="tokens"),
                Route("GET", "/cached/{proxy+}", authorizer="cached"),
                Route("GET", "/iam/{proxy+}", auth="AWS_IAM"),
                Route("GET", "/pool/{proxy+}", authorizer="pool"),
                Route("GET", "/key", api_key_required=True),
                Route("GET", "/a/{b}"),
            ],
            "authorizers": [TOKENS, CACHED, POOL],
            "api_keys": [ApiKey("secret", ("prod",))],
            "resource_policy": Policy.parse(allow(Principal="*"), kind="resource"),
            **more,
        }
    )


API = api()
ANSWER = {"principalId": "a", "policyDocument": allow()}
CASES = """{"schema": "execpolicy/cases/1", "title": "T", "cases": [
    {"name": "n", "caller": "anonymous", "expect": "deny", "resource": "%s"}]}"""


def limited(pattern: str) -> dict[str, Any]:
    """A template with a parameter whose values match a pattern."""
    parts = template({"Ref": "P"})
    return {**parts, "Parameters": {"P": {"Type": "String", "AllowedPattern": pattern, "MaxLength": 9}}}


def template(value: object) -> dict[str, Any]:
    """A template with a parameter and a user, with a value as the user's name."""
    user = {"Type": "AWS::IAM::User", "Properties": {"UserName": value}}
    return {"Parameters": {"P": {"Type": "String"}}, "Resources": {"User": user}}


#: How texts that describe calls begin.
CALL_TEXTS: Final = (
    "curl https://a.example/ -d ",
    "https://a.example/",
    '{"httpMethod": "GET", "path": "/a", "x": "',
    '{"httpMethod": "GET", "path": "/',
    '{"',
    '<request id="',
    "<r><ip>",
    "203.0.113.9 - - [",
    "203.0.113.9,-,-,",
    '{"httpMethod": "GET", "headers": {"a": "',
    '{"type": "TOKEN", "methodArn": "',
    '{"version": "2.0", "rawQueryString": "',
    '{"log": {"entries": [{"request": {"method": "GET", "url": "https://',
)
LOG_FORMATS: Final = (
    "$context.error.message",
    "$context.error.message $context.authorizer.error $context.status",
    "$context.path a $context.identity.userArn a $context.stage",
    '$context.identity.userAgent"$context.requestTime"$context.error.message',
)


def shown(make: Callable[[], Any]) -> None:
    """Make something, and show all of it: a result is explained, an error printed."""
    try:
        made = make()
    except ExecPolicyError as error:
        made = error
    repr(made), str(made)
    if hasattr(made, "explain"):
        explained = made.explain()
        str(explained)
        if not isinstance(explained, str):
            str(explained.full())
    if hasattr(made, "to_dict"):
        made.to_dict()


def ignore_of(**fields: str) -> str:
    entry = {"rule": "EP-ARN-001", "file": "a.json", "reason": "a", **fields}
    return json.dumps({"schema": "execpolicy/ignores/1", "ignores": [entry]})


def linted(kind: PolicyKindName, **more: Any) -> None:
    shown(lambda: [finding.to_dict() for finding in lint(Policy.parse(json.dumps(allow(**more)), kind=kind))])


def request(**more: Any) -> Request:
    return Request(**{"caller": Caller(ANN, identity=READS), "action": INVOKE, "resource": METHOD, **more})


def decided(**more: Any) -> None:
    shown(lambda: authorize(request(**more)))


def invoked(path: str, **more: Any) -> None:
    given: dict[str, Any] = {"headers": {"Authorization": "a"}, "authorizer_output": ANSWER, **more}
    shown(lambda: API.invoke("GET", path, **given))


def policies(kind: str, make: Callable[[str], object]) -> Callable[[str], None]:
    return lambda text: shown(lambda: Policy.parse(make(text), kind=kind))  # type: ignore[arg-type]  # also bad ones


#: Every way in for a text, by the public name that takes it; the same name has several where a text has several places.
#: What is analysed over all requests.
READS_ALL = Policy.parse(allow(Principal="*"), kind="resource")
ANALYSED = api(routes=[Route("GET", "/a", auth="AWS_IAM")])

ENTRIES: Final[dict[str, dict[str, Callable[[str], object]]]] = {
    "Template": {
        "the text of YAML": lambda text: shown(lambda: Template.parse(f"Resources:\n{text}")),
        "the text of JSON": lambda text: shown(lambda: Template.parse('{"Resources":' + text)),
        "a value": lambda text: shown(lambda: Template.parse(template({"Ref": text}))),
        "a text with variables": lambda text: shown(lambda: Template.parse(template({"Fn::Sub": text}))),
        "a name of the user": lambda text: shown(lambda: Template.parse(template(text), kind="cloudformation")),
        "a parameter": lambda text: shown(lambda: Template.parse(template("a"), parameters={"P": text})),
        "a limited parameter": lambda text: shown(lambda: Template.parse(limited("(a*)*b"), parameters={"P": text})),
        "the pattern of a parameter": lambda text: shown(lambda: Template.parse(limited(text), parameters={"P": "a"})),
        "the name of a parameter": lambda text: shown(lambda: Template.parse(template("a"), parameters={text: "a"})),
        "the account": lambda text: shown(lambda: Template.parse(template("a"), account=text)),
        "the region": lambda text: shown(lambda: Template.parse(template("a"), region=text)),
        "a path": lambda text: shown(lambda: Template.load(text)),
    },
    "lint": {
        "a resource": lambda text: linted("identity", Resource=text),
        "a short form": lambda text: linted("resource", Principal="*", Resource=f"execute-api:/{text}"),
        "a path": lambda text: linted("identity", Resource=f"{PREFIX}/prod/GET/{text}"),
        "an action": lambda text: linted("identity", Action=f"execute-api:{text}"),
        "a condition value": lambda text: linted("identity", Condition={"StringEquals": {"aws:SourceVpce": text}}),
        "a condition key": lambda text: linted("identity", Condition={"StringEquals": {f"aws:{text}": "a"}}),
        "a rule": lambda text: shown(lambda: lint(READS, rules=[text])),
    },
    "lint_file": {"a path": lambda text: shown(lambda: lint_file(text))},
    "Api": {
        "id": lambda text: shown(lambda: api(id=text)),
        "type": lambda text: shown(lambda: api(type=text)),
        "region": lambda text: shown(lambda: api(region=text)),
        "a long region": lambda text: shown(lambda: api(region=f"eu-{text}")),
        "account": lambda text: shown(lambda: api(account=text)),
        "endpoint": lambda text: shown(lambda: api(endpoint=text)),
        "stage": lambda text: shown(lambda: api(stages=[text])),
        "stage of its own": lambda text: shown(lambda: api(stage=text)),
        "the method of a call": lambda text: shown(lambda: API.invoke(text, "/")),
        "the path of an open call": lambda text: invoked(f"/a/{text}"),
        "the path of a call that is not found": invoked,
        "the path of a call with a token": lambda text: invoked(f"/tokens/{text}"),
        "the path of a signed call": lambda text: invoked(f"/iam/{text}", caller=Caller(ANN, identity=READS)),
        "a token": lambda text: invoked("/tokens/a", headers={"Authorization": text}),
        "a token's end": lambda text: invoked("/tokens/a", headers={"Authorization": f"Bearer {text}"}),
        "a header": lambda text: invoked("/cached/a", headers={"A": text}, query={"b": text}),
        "the name of a header": lambda text: invoked("/cached/a", headers={text: "a"}),
        "an API key": lambda text: invoked("/key", headers={"x-api-key": text}),
        "a claim": lambda text: invoked("/pool/a", claims={"iss": text, "aud": text, "exp": 1, "token_use": text}),
        "the name of a claim": lambda text: invoked("/pool/a", claims={text: text}),
        "a context value": lambda text: invoked("/cached/a", context={"aws:UserAgent": text}),
        "a domain name": lambda text: invoked("/a/b", domain_name=text),
        "a domain name of API Gateway": lambda text: invoked("/a/b", domain_name=f"{text}.execute-api.a.b"),
        "a domain name of an endpoint": lambda text: invoked("/a/b", domain_name=f"vpce-{text}.execute-api.a.b"),
        "the answer of a function": lambda text: invoked("/tokens/a", authorizer_output=text),
        "the time": lambda text: invoked("/pool/a", claims={"exp": 1}, at=text),
        "the signature": lambda text: invoked("/iam/a", caller=ANN, signature=text),
        "the caller": lambda text: invoked("/iam/a", caller=text),
        "the name of an authorizer": lambda text: shown(lambda: API.authorizer(text)),
        "a file": lambda text: shown(lambda: parse_api(text, name="a.yaml")),
        "a file of JSON": lambda text: shown(lambda: parse_api("{" + text, name="a.json")),
        "a path of a file": lambda text: shown(lambda: Api.load(text)),
    },
    "ApiKey": {"value": lambda text: shown(lambda: ApiKey(text, (text,)))},
    "Authorizer": {
        "name": lambda text: shown(lambda: Authorizer(text, type="TOKEN")),
        "type": lambda text: shown(lambda: Authorizer("a", type=untyped(text))),
        "identity source": lambda text: shown(
            lambda: api(
                authorizers=[
                    Authorizer("tokens", type="TOKEN", identity_sources=[f"method.request.header.{text}"]),
                    CACHED,
                    POOL,
                ]
            )
        ),
        "validation expression": lambda text: shown(
            lambda: Authorizer(
                "a", type="TOKEN", identity_sources=["method.request.header.A"], validation_expression=text
            )
        ),
        "user pool": lambda text: shown(lambda: Authorizer("a", type="COGNITO_USER_POOLS", user_pools=[text])),
    },
    "AuthorizerCache": {
        "key": lambda text: AuthorizerCache().lookup(API, TOKENS, ((text,),), 0.0),
    },
    "AuthorizerOutput": {
        "answer": lambda text: shown(lambda: AuthorizerOutput.parse(text)),
        "broken answer": lambda text: shown(lambda: AuthorizerOutput.parse("{" + text)),
        "principal": lambda text: shown(lambda: AuthorizerOutput.parse({**ANSWER, "principalId": text})),
        "resource": lambda text: shown(
            lambda: AuthorizerOutput.parse({**ANSWER, "policyDocument": allow(Resource=text)})
        ),
    },
    "Call": {
        **{
            f"text after {before!r}": lambda text, before=before: shown(lambda: Call.parse(before + text))  # type: ignore[misc]  # bound
            for before in ("", *CALL_TEXTS)
        },
        "log_format": lambda text: shown(lambda: Call.parse("GET", log_format=f"$context.httpMethod {text}")),
        "name of a variable": lambda text: shown(lambda: Call.parse("GET", log_format=f"$context.{text}")),
        **{
            f"line of {form}": lambda text, form=form: shown(lambda: Call.parse(text, log_format=form))  # type: ignore[misc]  # bound
            for form in LOG_FORMATS
        },
        "lines": lambda text: shown(
            lambda: Call.parse_all("\n".join(["https://a.example/" + text[:50]] * (len(text) // 70)))
        ),
        "fields": lambda text: shown(lambda: Call.parse("{" + f'"{text[:20]!a}": 1, ' * (len(text) // 30) + '"a": 1}')),
    },
    "Caller": {"principal": lambda text: shown(lambda: Caller(text))},
    "Claim": {"name": lambda text: shown(lambda: Claim(text, (text,)))},
    "Context": {
        "key": lambda text: shown(lambda: Context({text: "a"})),
        **{
            f"value of {key}": lambda text, key=key: shown(lambda: Context({key: text}))  # type: ignore[misc]  # bound
            for key in (
                "aws:SourceIp",
                "aws:CurrentTime",
                "aws:EpochTime",
                "aws:SecureTransport",
                "aws:SourceArn",
                "aws:MultiFactorAuthAge",
                "aws:UserAgent",
            )
        },
        "address of version 6": lambda text: shown(lambda: Context({"aws:SourceIp": f"::{text}"})),
        "fraction of a second": lambda text: shown(lambda: Context({"aws:CurrentTime": f"2026-01-01T00:00:00.{text}"})),
    },
    "CustomGatewayResponse": {
        "response_type": lambda text: shown(lambda: CustomGatewayResponse(text, 403)),
        "message": lambda text: shown(
            lambda: api(gateway_responses=[CustomGatewayResponse("DEFAULT_4XX", message=text)]).invoke("GET", "/x")
        ),
    },
    "Domain": {"name": lambda text: shown(lambda: api(domains=[Domain(text, (Mapped(text, "prod"),), id=text)]))},
    "ExecPolicyError": {"message": lambda text: str(ExecPolicyError(text, source=Source(text, text), advice=text))},
    "ExecuteApiArn": {
        "text": lambda text: shown(lambda: ExecuteApiArn.parse(text)),
        "path": lambda text: shown(lambda: ExecuteApiArn.parse(f"{PREFIX}/prod/GET/{text}")),
        "connection": lambda text: shown(lambda: ExecuteApiArn.parse(f"{PREFIX}/prod/GET/@connections/{text}")),
        "domain": lambda text: shown(
            lambda: ExecuteApiArn.parse(f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:/domainnames/{text}+a")
        ),
        "region": lambda text: shown(lambda: ExecuteApiArn.build(region=f"eu{text}", account=ACCOUNT)),
        "short form": lambda text: shown(lambda: ExecuteApiArn.parse(METHOD).expand(text)),
        "short form of a path": lambda text: shown(
            lambda: ExecuteApiArn.parse(METHOD).expand(f"execute-api:/prod/GET/{text}")
        ),
    },
    "Invariant": {
        "text": lambda text: shown(lambda: Invariant.parse(text)),
        "path": lambda text: shown(lambda: Invariant.parse(f"nobody may call GET /{text}")),
        "path in Python": lambda text: shown(lambda: Invariant("none", calls=f"GET, POST /{text}")),
        "calls": lambda text: shown(lambda: Invariant.parse(", ".join(f"GET /{part}" for part in text[::20]))),
        "callers": lambda text: shown(lambda: Invariant.parse(f"only {text} may call /a")),
        "caller": lambda text: shown(lambda: Invariant("none", callers=f"role/{text}")),
        "value": lambda text: shown(lambda: Invariant.parse(f'nobody may call /a when aws:userid = "{text}"')),
        "values": lambda text: shown(lambda: Invariant("none", when=f"aws:userid in ({', '.join(text[::20])})")),
        "key": lambda text: shown(lambda: Invariant("none", when=f"aws:PrincipalTag/{text} is absent")),
        "source": lambda text: shown(lambda: Invariant("none", sources=text)),
        "stage": lambda text: shown(lambda: Invariant("none", stages=text)),
    },
    "compare": {
        "within": lambda text: shown(lambda: compare(READS_ALL, READS_ALL, within=text[::40])),
        "path": lambda text: shown(lambda: compare(READS_ALL, READS_ALL, within=f"GET /{text[::40]}")),
        "pattern": lambda text: shown(lambda: compare(READS_ALL, READS_ALL, within=f"{PREFIX}/{text[::40]}")),
    },
    "prove": {
        "sentence": lambda text: shown(lambda: prove(text, ANALYSED)),
        "path": lambda text: shown(lambda: prove(f"nobody may call GET /{text[::40]}", ANALYSED)),
        "caller": lambda text: shown(lambda: prove(f"only role/{text} may call /a", ANALYSED)),
    },
    "who": {
        "method": lambda text: shown(lambda: who(ANALYSED, text, "/a")),
        "path": lambda text: shown(lambda: who(ANALYSED, "GET", f"/{text[::40]}")),
        "stage": lambda text: shown(lambda: who(ANALYSED, "GET", "/a", stage=text)),
    },
    "Issuer": {"url": lambda text: shown(lambda: Issuer(text, (text,)))},
    "Mapped": {"path": lambda text: shown(lambda: Mapped(text, text, text))},
    "MethodSetting": {
        "path": lambda text: shown(lambda: MethodSetting(f"/{text}", "GET", True)),
        "method": lambda text: shown(lambda: MethodSetting("/", text, True)),
    },
    "Policy": {
        "document": policies("identity", lambda text: text),
        "document of bytes": policies("identity", str.encode),
        "before a document": policies("identity", lambda text: f'{text}{{"Statement": []}}'),
        "before a document with escapes": policies(
            "identity", lambda text: f'{text}{{"Id": "\\\\n", "Statement": []}}'
        ),
        "after a document": policies("identity", lambda text: f'{{"Statement": []}}{text}'),
        "begun": policies("identity", lambda text: "{" + text),
        "string that is not closed": policies("identity", lambda text: '{"' + text),
        "document in a string": policies("identity", lambda text: f'"{text}"'),
        "escaped document": policies("identity", lambda text: f'{{\\"Id\\": {text}'),
        "document in an output": policies("identity", lambda text: json.dumps({"PolicyDocument": text})),
        "escaped document in an output": policies("identity", lambda text: f'{{"id": "a", "policy": "{text}"}}'),
        "percent-encoded document": policies("identity", lambda text: f"%7B%22Id%22:%22{text}"),
        "inside of an object": policies("identity", lambda text: '{"Statement": ' + text),
        "action": policies("identity", lambda text: allow(Action=text)),
        "actions": policies("identity", lambda text: allow(Action=[f"{text}:{text}"])),
        "resource": policies("identity", lambda text: allow(Resource=text)),
        "resource of an API": policies("identity", lambda text: allow(Resource=f"{PREFIX}/{text}")),
        "short form": policies("resource", lambda text: allow(Principal="*", Resource=f"execute-api:/{text}")),
        "effect": policies("identity", lambda text: allow(Effect=text)),
        "element": policies("identity", lambda text: allow(**{text: text})),
        "sid": policies("identity", lambda text: allow(Sid=text)),
        "version": policies("identity", lambda text: {**allow(), "Version": text}),
        "operator": policies("identity", lambda text: allow(Condition={text: {"aws:username": "a"}})),
        "key": policies("identity", lambda text: allow(Condition={"StringEquals": {text: "a"}})),
        "string": policies("identity", lambda text: allow(Condition={"StringLike": {"aws:username": text}})),
        "default": policies(
            "identity", lambda text: allow(Condition={"StringLike": {"aws:username": f"${{aws:userid, '{text}'}}"}})
        ),
        "end of a variable": policies("identity", lambda text: allow(Resource=f"{PREFIX}/${{aws:userid {text}}}")),
        "arn": policies("identity", lambda text: allow(Condition={"ArnLike": {"aws:SourceArn": text}})),
        "number": policies("identity", lambda text: allow(Condition={"NumericEquals": {"aws:a": text}})),
        "date": policies("identity", lambda text: allow(Condition={"DateEquals": {"aws:CurrentTime": text}})),
        "address": policies("identity", lambda text: allow(Condition={"IpAddress": {"aws:SourceIp": text}})),
        "binary": policies("identity", lambda text: allow(Condition={"BinaryEquals": {"aws:a": text}})),
        "principal": policies("resource", lambda text: allow(Principal=text)),
        "principal of AWS": policies("resource", lambda text: allow(Principal={"AWS": text})),
        "principal that is a user": policies(
            "resource", lambda text: allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/{text}"})
        ),
        "principal that is a service": policies("resource", lambda text: allow(Principal={"Service": text})),
        "principal that is a provider": policies("resource", lambda text: allow(Principal={"Federated": text})),
        "principal with an id": policies("resource", lambda text: allow(Principal={"CanonicalUser": text})),
        "kind of principal": policies("resource", lambda text: allow(Principal={text: text})),
        "kind": lambda text: shown(lambda: Policy.parse("{}", kind=untyped(text))),
        "path of a file": lambda text: shown(lambda: Policy.load(text, kind="identity")),
    },
    "PolicyKind": {"name": lambda text: shown(lambda: PolicyKind.parse(text))},
    "PolicySyntaxError": {
        "message": lambda text: str(PolicySyntaxError([ExecPolicyError(text, source=Source(text, text)).diagnostic]))
    },
    "Principal": {
        "text": lambda text: shown(lambda: Principal.parse(text)),
        "user": lambda text: shown(lambda: Principal.parse(f"arn:aws:iam::{ACCOUNT}:user/{text}")),
        "session": lambda text: shown(
            lambda: Principal.parse(f"arn:aws:sts::{ACCOUNT}:assumed-role/{text}/{text}", role_path=f"/{text}/")
        ),
        "service": lambda text: shown(lambda: Principal.service(text)),
        "tags": lambda text: shown(lambda: Principal.parse(ANN, tags={text: text})),
        "organization": lambda text: shown(lambda: Principal.parse(ANN, org_id=text, org_paths=[text])),
        "unique id": lambda text: shown(lambda: Principal.parse(ANN, unique_id=text)),
        "provider": lambda text: shown(
            lambda: Principal.parse(f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b", federated_by=text)
        ),
        "canonical user": lambda text: shown(lambda: Principal.parse(ANN, canonical_user=text)),
    },
    "Readings": {"names": lambda text: shown(lambda: Readings(untyped(text), untyped(text)))},
    "Request": {
        "caller": lambda text: decided(caller=text),
        "action": lambda text: decided(action=text),
        "name of an action": lambda text: decided(action=f"execute-api:{text}"),
        "resource": lambda text: decided(resource=text),
        "resource of an API": lambda text: decided(resource=f"{PREFIX}/prod/GET/{text}"),
        "resource of another service": lambda text: decided(resource=f"arn:aws:s3:::{text}", resource_account=ACCOUNT),
        "account": lambda text: decided(resource_account=text),
        "value": lambda text: decided(context={"aws:UserAgent": text, "aws:SourceArn": f"arn:aws:s3:::{text}"}),
        "tag": lambda text: decided(
            caller=Caller(Principal.parse(ANN, tags={"team": text}), identity=READS), context={"aws:UserAgent": text}
        ),
    },
    "RequestError": {"message": lambda text: str(RequestError(text, path=text, advice=text))},
    "Route": {
        "method": lambda text: shown(lambda: Route(text, "/")),
        "path": lambda text: shown(lambda: Route("GET", text)),
        "placeholder": lambda text: shown(lambda: Route("GET", "/{" + text)),
        "segments": lambda text: shown(lambda: Route("GET", f"/{text}/{{a}}/{text}")),
        "auth": lambda text: shown(lambda: Route("GET", "/", auth=untyped(text))),
        "scopes": lambda text: shown(lambda: Route("GET", "/", authorizer=text, scopes=[text])),
        "key": lambda text: shown(lambda: Route(f"GET {text}")),
    },
    "Source": {
        "text": lambda text: Source(text, text).excerpt(Source("a", text).span(len(text) // 2, len(text))),
    },
    "RoutingRule": {
        "stage": lambda text: shown(lambda: RoutingRule(1, text, base_path=text, api_id=text)),
        "headers": lambda text: shown(lambda: RoutingRule(1, "prod", headers={text: text})),
        "a call": lambda text: shown(
            lambda: api(
                domains=[
                    Domain(
                        "a.example",
                        routing_mode="ROUTING_RULE_ONLY",
                        routing_rules=[RoutingRule(1, "prod", {"X": "*b*"}, "a")],
                    )
                ]
            ).invoke("GET", "/a", domain_name="a.example", headers={"X": text})
        ),
    },
    "Stage": {"name": lambda text: shown(lambda: Stage(text, variables={text: text}))},
    "UsageError": {"message": lambda text: str(UsageError(text, advice=text))},
    "authorize": {"resource": lambda text: decided(resource=f"{PREFIX}/{text}")},
    "authorize_many": {
        "resources": lambda text: shown(lambda: authorize_many([request(resource=f"{PREFIX}/prod/GET/{text}")] * 2))
    },
    "event_for": {
        "path": lambda text: shown(lambda: event_for(API, "GET", f"/tokens/{text}", headers={"Authorization": "a"})),
        "token": lambda text: shown(lambda: event_for(API, "GET", "/tokens/a", headers={"Authorization": text})),
        "parameters": lambda text: shown(
            lambda: event_for(API, "GET", "/cached/a", headers={"a": text}, query={"b": text, text: text})
        ),
        "time": lambda text: shown(
            lambda: event_for(
                API, "GET", "/tokens/a", headers={"Authorization": "a"}, context={"aws:CurrentTime": text}
            )
        ),
    },
}

OF_TESTING: Final[dict[str, dict[str, Callable[[str], object]]]] = {
    "DocumentCase": {
        "document": lambda text: shown(
            lambda: run_document(
                DocumentCase(
                    kind=PolicyKind.IDENTITY,
                    document=text,
                    expect="valid",
                    name="a",
                    rules=(),
                    page="",
                    why="",
                    source=Source("a", "a"),
                    span=Span(1, 1, 1, 2),
                )
            )
        )
    },
    "Scenario": {
        "caller": lambda text: shown(lambda: Scenario().acting_as(text)),
        "policy": lambda text: shown(lambda: Scenario().acting_as(ANN).policies(identity=text)),
        "path": lambda text: shown(lambda: Scenario().api(API).get(f"/a/{text}")),
        "resource": lambda text: shown(lambda: Scenario().acting_as(ANN).request(f"{PREFIX}/prod/GET/{text}")),
        "file of an API": lambda text: shown(lambda: Scenario().api(text)),
    },
    "parse_cases": {
        "file": lambda text: shown(lambda: parse_cases(text)),
        "YAML": lambda text: shown(lambda: parse_cases(text, name="a.yaml")),
        "string of YAML": lambda text: shown(lambda: parse_cases(f'a: "{text}"', name="a.yaml")),
        "scalar of YAML": lambda text: shown(lambda: parse_cases(f"a: {text}", name="a.yaml")),
        "anchor of YAML": lambda text: shown(lambda: parse_cases(f"a: &{text}", name="a.yaml")),
        "tag of YAML": lambda text: shown(lambda: parse_cases(f"a: !{text} b", name="a.yaml")),
        "JSON": lambda text: shown(lambda: parse_cases("{" + text, name="a.json")),
        "name": lambda text: shown(lambda: parse_cases(CASES % METHOD, name=text)),
        "resource": lambda text: shown(lambda: parse_cases(CASES % f"{PREFIX}/prod/GET/{text}")),
    },
    "load_cases": {"path": lambda text: shown(lambda: load_cases(text))},
}

#: Other ways in: what people type and paste at the command line.
OF_THE_COMMAND_LINE: Final[dict[str, dict[str, Callable[[str], object]]]] = {
    "-k": {
        "expression": lambda text: shown(lambda: parse_keywords(text)),
        "words": lambda text: shown(lambda: parse_keywords(f"a {text} b")),
        "phrase": lambda text: shown(lambda: parse_keywords(f"'a{text}")),
        "chain": lambda text: shown(lambda: parse_keywords(" or not ".join(text[::40]))),
    },
    "files of a folder": {
        before or "text": lambda text, before=before: recognize(FileText(before + text, "a.yaml"))  # type: ignore[misc]  # bound
        for before in ("", "{", "Statement", "Statement:\n- ", '{"Statement": [', "Resources:\n  A: ", "a: [\\u")
    },
    "ignores": {
        "a comment": lambda text: comments_of(Source("a.yaml", f"a: b # {text}")),
        "comments": lambda text: comments_of(Source("a.yaml", f"# execpolicy: ignore[{text}".replace("a", "\n# "))),
        **{
            f"a comment after {before!r}": lambda text, before=before: comments_of(  # type: ignore[misc]  # bound
                Source("a.yaml", f"a: b # execpolicy: {before}{text}")
            )
            for before in ("", "ignore[", "ignore[EP-ARN-001] ", "ignore[EP-ARN-001] until ")
        },
        "a file": lambda text: shown(lambda: parse_ignore_file(text, "a.yaml")),
        "a rule": lambda text: shown(lambda: parse_ignore_file(ignore_of(rule=text), "a.json")),
        "the name of a file": lambda text: shown(lambda: parse_ignore_file(ignore_of(file=text), "a.json")),
        "a day": lambda text: shown(lambda: parse_ignore_file(ignore_of(until=text), "a.json")),
    },
    "baseline": {"a file": lambda text: shown(lambda: parse_baseline(text, "a.json"))},
    "settings": {
        before or "a file": lambda text, before=before: shown(  # type: ignore[misc]  # bound
            lambda: parse_settings(before + text, "pyproject.toml")
        )
        for before in ("", "a = ", "a = '", 'a = """', "[tool.execpolicy.lint]\n", "[tool.execpolicy.lint]\nselect = '")
    },
    "--curl": {
        before or "command": lambda text, before=before: shown(  # type: ignore[misc]  # bound
            lambda: parse_curl(before + text)
        )
        for before in (
            "",
            "curl ",
            "curl https://a.b -H ",
            "curl https://a.b -H '",
            "curl https://a.b -d $'",
            "curl -G -d ",
        )
    },
    "URL": {
        before or "text": lambda text, before=before: shown(  # type: ignore[misc]  # bound
            lambda: parse_url(WrittenText.whole(before + text, "URL"))
        )
        for before in ("", "https://", "https://a.b/", "https://a.b/?", "https://a.b:")
    },
    "why": {
        before or "text": lambda text, before=before: shown(  # type: ignore[misc]  # bound
            lambda: read_messages(before + text)
        )
        for before in (
            "",
            "status",
            "status code",
            "HTTP/1.1",
            "HTTP/1.1 403\n",
            "HTTP/1.1 403 Forbidden\nx-amzn-errortype",
            '{"message"',
            '{"message": "',
            "{'message': '",
            'x-amzn-errortype"',
            '{"__type": "',
            "www-authenticate",
            'www-authenticate: Bearer error="',
            "'",
            "Forbidden 403 Authorization header (hashed",
            "Missing Authentication Token Authorization=",
            "User: ",
            "User: a is not authorized to perform: ",
            "User: a is not authorized to perform: execute-api:Invoke on resource: ",
            "User: a is not authorized to perform: execute-api:Invoke because no ",
            "User is not authorized to access this resource because no ",
            "API Key",
            "API Stage ",
            "Starting authorizer Execution failed due to configuration error: ",
            "Authorization header: '",
            "Access denied. Reason: ",
            "No method found matching route ",
            "An error occurred (AccessDenied) when calling the GetRestApis operation: ",
            "Access to fetch at 'https://a' from origin 'https://b' has been blocked by CORS policy: ",
            "Cross-Origin Request Blocked: ",
            "https://",
            "Host: ",
            "203.0.113.9 - - [",
            "203.0.113.9 ",
            "> GET /",
            "User: arn:aws:iam::111122223333:user/\n",
            "User: a is not authorized to perform: execute-api:Invoke on resource: arn:\n",
            "User: a is not authorized to perform: execute-api:Invoke on resource: a because ",
            "User: a is not authorized to perform: execute-api:Invoke on resource: a with an explicit deny in a ",
            "User is not authorized to access this resource ",
            '{"error": {"message": "',
            '{"a": ',
            "Forbidden\n",
            '{"message": "Forbidden"}\n',
            "(a1) ",
        )
    },
}

#: Public names to which nobody gives a text that somebody else may have written.
WITHOUT_TEXT: Final = {
    # Results, which are made here
    "ClauseTrace", "Decision", "DeterminingStatement", "Explanation", "GatewayResponse", "LayerTrace", "PolicyTrace",
    "RequestTrace", "StatementTrace", "Step", "Span", "CaseResult", "Checked", "IntegrationRequest", "SentResponse",
    # Of policies, whose texts were read before
    "Target",
    # Enumerations, whose members are found by name
    "ApiType", "AuthType", "AuthorizerType", "CacheRefusal", "CallOutcome", "EndpointType", "Grant", "KeySource",
    "Layer", "Outcome", "Reason", "ResponseType", "Severity",
    # Made by lint
    "Finding",
    # Records of what errors and case files say, which are taken as they are
    "Diagnostic", "Case", "CaseFile", "CallCase", "CallExpectation", "DocumentError", "Expectation", "Invocation",
    "InvariantCase", "Item", "SequenceCase",
    # Assertions and runs of what was made
    "assert_allowed", "assert_denied", "assert_status", "run_call", "run_case", "run_document",
    "run_invariant", "run_item", "run_sequence",
    # What only an analysis of all requests makes, and the function that takes a policy.
    "Access", "AccessGroup", "Comparison", "ComparisonVerdict", "Proof", "ProofVerdict", "StatementFinding",
    "UnusedKind", "Witness", "WitnessCall", "unused_statements",
    # What decides many calls of APIs and policies that were read before; lines of logs are those of Call.
    "CallChange", "CellOutcome", "Matrix", "MatrixCell", "NotReplayed", "Replay", "ReplayGroup", "UnknownCause",
    "Disagreement", "Narrowed", "NarrowedStatement", "NotComparable", "NotNarrowedError", "Score", "narrow",
    "authorize_columns", "matrix", "replay",
    # What changes policies that were read before, for a decision that was made before
    "ChangeKind", "SuggestedChange", "Suggestion", "suggest",
}  # fmt: skip

WAYS_IN: Final = ENTRIES | OF_TESTING | OF_THE_COMMAND_LINE


def test_every_public_name_that_takes_a_text_is_measured() -> None:
    public = {*execpolicy.__all__, *execpolicy.testing.__all__}
    assert public == {*ENTRIES, *OF_TESTING, *WITHOUT_TEXT}
    assert not WITHOUT_TEXT & {*ENTRIES, *OF_TESTING}


def seconds(take: Callable[[str], object], piece: str, length: int) -> float:
    """The processor time for one text of a length."""
    text = (piece * (length // len(piece) + 1))[:length]
    # What other tests left behind is not searched for garbage meanwhile.
    gc.disable()
    try:
        start = time.process_time()
        take(text)
        return time.process_time() - start
    finally:
        gc.enable()


def grows_too_fast(take: Callable[[str], object], piece: str) -> str:
    """The least of five times for a text, and for twice as much of it, where that takes too long; else nothing.

    No two texts are the same: what was kept of one helps with no other. Times that are plainly good end it earlier.
    """
    short, long = float("inf"), float("inf")
    for number in range(5):
        long = min(long, seconds(take, piece, 2 * SHORT - number))
        if long <= SOON:
            return ""
        short = min(short, seconds(take, piece, SHORT - number))
        if long <= PLAINLY * short:
            return ""
    return "" if long <= GROWTH * short else f"{short:.3f} s for {SHORT} characters, {long:.3f} s for twice as many"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name, places in WAYS_IN.items() for place in places], ids=str
)
def test_time_grows_with_the_length_of_a_text(name: str, place: str) -> None:
    take = WAYS_IN[name][place]
    take("a")
    # The quick profile tries a third of the pieces, other ones at the next place; the long one tries all.
    step = 1 if settings().max_examples >= LONG else 3
    pieces = [*PIECES.items()][[*WAYS_IN[name]].index(place) % step :: step]
    found = {kind: grows_too_fast(take, piece) for kind, piece in pieces}
    assert {kind: times for kind, times in found.items() if times} == {}
