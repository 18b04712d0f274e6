"""What a caller hands to a public name: taken as it is documented, or refused by an error of this library."""

from __future__ import annotations

import enum
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

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
    Layer,
    Mapped,
    MethodSetting,
    Policy,
    PolicyKind,
    Principal,
    Readings,
    Request,
    Route,
    RoutingRule,
    Source,
    Span,
    Stage,
    Target,
    Template,
    UsageError,
    authorize,
    authorize_columns,
    authorize_many,
    compare,
    event_for,
    lint,
    lint_file,
    matrix,
    narrow,
    prove,
    replay,
    suggest,
    unused_statements,
    who,
)
from execpolicy.testing import (
    CallCase,
    CallExpectation,
    Case,
    CaseFile,
    Checked,
    DocumentCase,
    DocumentError,
    Expectation,
    InvariantCase,
    Invocation,
    Scenario,
    SequenceCase,
    assert_allowed,
    assert_denied,
    assert_status,
    load_cases,
    parse_cases,
    run_call,
    run_case,
    run_document,
    run_invariant,
    run_item,
    run_sequence,
)
from tests.refused import refused

USER = "arn:aws:iam::111122223333:user/Ann"
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
ALLOW = {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}
CONNECTION: dict[str, Any] = {"id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "account": "111122223333"}

_TOKENS = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
_REST = Api(**{**CONNECTION, "type": "REST"}, stages="prod", routes=[Route("GET", "/a", authorizer="tokens")],
            authorizers=[_TOKENS])  # fmt: skip
_LOG = Path(__file__).parents[1] / "examples" / "gateway" / "access.log"
_OPEN = Api(**CONNECTION, routes=[Route("GET", "/a")])
_REQUEST = Request(caller=USER, action="execute-api:Invoke", resource=ARN)
_DECISION, _RESPONSE = authorize(_REQUEST), _OPEN.invoke("GET", "/a")
_ABOUT: dict[str, Any] = {"name": "n", "source": Source("f", "x"), "span": Span(1, 1, 1, 1)}
_CALL_CASE = CallCase(api=_OPEN, call=Invocation("GET", "/a"), expected=CallExpectation(status=200), **_ABOUT)

#: What makes the values of a public name, or is it, with arguments that are right.
CALLS: dict[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "Api": (Api, {**CONNECTION, "endpoint": "REGIONAL", "routes": [], "authorizers": [], "stages": ["a"], "stage": "a",
                  "resource_policy": None, "api_keys": [], "api_key_source": "HEADER", "domains": [], "cors": False,
                  "readings": Readings(), "disable_execute_api_endpoint": False, "gateway_responses": [],
                  "ip_address_type": None, "endpoint_access_mode": None}),
    "Api.invoke": (_OPEN.invoke, {"method": "GET", "path": "/a", "caller": None, "headers": {}, "query": {},
                                  "context": {}, "vpc_endpoint_policy": None, "domain_name": None,
                                  "claims": {}, "cache": None, "at": 0, "signature": "valid",
                                  "client_certificate": None, "limits": "within", "signature_regions": None}),
    "Api.with_readings": (_OPEN.with_readings, {"readings": Readings()}),
    "ApiKey": (ApiKey, {"value": "k", "stages": ["prod"], "enabled": True}),
    "Authorizer": (Authorizer, {"name": "a", "type": "REQUEST", "identity_sources": [], "validation_expression": None,
                                "ttl": 0, "payload_format": "1.0", "simple_responses": False, "issuers": [],
                                "user_pools": [], "invoke_permission": True}),
    "AuthorizerCache": (AuthorizerCache, {"size": 5}),
    "AuthorizerOutput": (AuthorizerOutput, {"failure": None, "policy": None, "is_authorized": True,
                                            "principal_id": "a", "context": {}, "usage_identifier_key": None,
                                            "problems": ()}),
    "AuthorizerOutput.parse": (AuthorizerOutput.parse, {"value": {}, "api_type": "HTTP", "payload_format": "2.0",
                                                        "simple_responses": True}),
    "Call.parse": (Call.parse, {"text": "GET /a", "log_format": "$context.httpMethod $context.path"}),
    "Call.parse_all": (Call.parse_all, {"text": "https://a.example/b", "log_format": None, "host": "a.example"}),
    "Caller": (Caller, {"principal": USER, "identity": [], "boundary": None, "session": [], "scps": []}),
    "Claim": (Claim, {"name": "tier", "expected": ["gold"], "required": True}),
    "Context": (Context, {"values": {}, "complete": True}),
    "Domain": (Domain, {"name": "a.example", "mappings": [], "id": "x", "policy": None,
                        "associated_endpoints": ["vpce-1"], "routing_mode": "ROUTING_RULE_ONLY",
                        "routing_rules": []}),
    "ExecuteApiArn.parse": (ExecuteApiArn.parse, {"text": ARN}),
    "ExecuteApiArn.build": (ExecuteApiArn.build, {"region": "eu-west-1", "account": "111122223333", "api_id": "a1b2c3",
                                                  "stage": "prod", "method": "GET", "path": "/", "partition": "aws"}),
    "Invariant": (Invariant, {"kind": "none", "callers": None, "callers_except": ["role/A"], "calls": "GET /a",
                              "stages": ["prod"], "sources": ["vpce-1"], "when": ["aws:userid = a"],
                              "unless_sources": [], "unless_when": []}),
    "Invariant of callers": (Invariant, {"kind": "every", "callers": ["role/A"], "callers_except": ()}),
    "Invariant.includes": (Invariant("none", calls="/a").includes, {"request": _REQUEST}),
    "Invariant.parse": (Invariant.parse, {"text": "nobody may call anything"}),
    "Issuer": (Issuer, {"url": "https://id.example", "audiences": ["a"], "claims": []}),
    "CustomGatewayResponse": (CustomGatewayResponse, {"response_type": "UNAUTHORIZED", "status": 403, "message": "m"}),
    "Mapped": (Mapped, {"path": "a", "stage": "prod", "api_id": None}),
    "MethodSetting": (MethodSetting, {"path": "/a", "method": "GET", "cached": True, "cache_needs_permission": True,
                                      "cache_refusal": "FAIL_WITH_403"}),
    "Policy.parse": (Policy.parse, {"document": ALLOW, "kind": "identity", "name": "p"}),
    "PolicyKind.parse": (PolicyKind.parse, {"kind": "identity"}),
    "Principal": (Principal, {"kind": "user", "partition": "aws", "account": "111122223333", "name": "Ann",
                              "path": "/", "session_name": None, "federated_by": None, "unique_id": "AIDA1",
                              "tags": {}, "org_id": "o-1", "org_paths": ["o-1/r-1/"], "management_account": False,
                              "canonical_user": None}),
    "Principal.parse": (Principal.parse, {"text": "arn:aws:sts::111122223333:assumed-role/R/s", "role_path": "/",
                                          "unique_id": "AROA1", "tags": {}, "org_id": "o-1", "org_paths": [],
                                          "federated_by": None, "management_account": False, "canonical_user": "c"}),
    "Principal.service": (Principal.service, {"name": "states.amazonaws.com"}),
    "Readings": (Readings, {"path": "as_sent", "endpoint_identity": "both"}),
    "Request": (Request, {"caller": USER, "action": "execute-api:Invoke", "resource": ARN, "context": {},
                          "resource_account": None}),
    "Route": (Route, {"method": "GET", "path": "/a", "auth": "NONE", "authorizer": None, "scopes": [],
                      "api_key_required": False}),
    "Source": (Source, {"name": "f", "text": "x", "offsets": [0, 1]}),
    "Span": (Span, {"line": 1, "column": 1, "end_line": 1, "end_column": 2}),
    "RoutingRule": (RoutingRule, {"priority": 1, "stage": "prod", "headers": {"a": "b"}, "base_path": "v1",
                                  "strip_base_path": False, "api_id": None}),
    "Stage": (Stage, {"name": "prod", "variables": {}, "cache_needs_permission": False,
                      "cache_refusal": "FAIL_WITH_403", "method_settings": []}),
    "Target": (Target, {"resource": None, "rcps": [], "vpc_endpoint": None, "management_account": False,
                        "rcps_cover_execute_api": False}),
    "authorize": (authorize, {"request": _REQUEST, "target": Target()}),
    "authorize_many": (authorize_many, {"requests": [], "target": Target()}),
    "event_for": (event_for, {"api": _REST, "method": "GET", "path": "/a", "headers": {"Authorization": "x"},
                              "query": {}, "stage": "prod", "context": {}, "version": None}),
    "CallCase": (CallCase, {"api": _OPEN, "call": _CALL_CASE.call, "expected": _CALL_CASE.expected, "refusal": None,
                            **_ABOUT, "rules": ["GW-1"], "page": "", "why": ""}),
    "CallExpectation": (CallExpectation, {"status": 403, "statuses": [403], "response_type": "", "message": "m",
                                          "gate": "IAM", "sids": ["a"], "layers": ["scp"], "missing_keys": ["aws:x"],
                                          "assumed": ["KEY-1"], "explains": ["a"], "notes": ["n"], "error": ""}),
    "CallExpectation of an outcome": (CallExpectation, {"outcome": "deny"}),
    "Case": (Case, {"request": _REQUEST, "target": Target(), "expected": Expectation("allow"), "refusal": None,
                    **_ABOUT}),
    "CaseFile": (CaseFile, {"title": "t", "items": [], "source": Source("f", "")}),
    "Checked": (Checked, {"name": "n", "result": _DECISION}),
    "DocumentCase": (DocumentCase, {"kind": "identity", "document": ALLOW, "expect": "loads", "errors": (), **_ABOUT}),
    "DocumentError": (DocumentError, {"message": "m", "line": 1, "column": 1, "path": ""}),
    "Expectation": (Expectation, {"outcome": "deny", "sids": ["a"], "layers": [Layer.SCP], "missing_keys": [],
                                  "assumed": [], "error": ""}),
    "InvariantCase": (InvariantCase, {"invariant": Invariant("none"), "subject": _OPEN, "budget": 9,
                                      "subject_fields": {"api": "a"}, **_ABOUT}),
    "Invocation": (Invocation, {"method": "GET", "path": "/a", "caller": None, "signature": "valid", "headers": {},
                                "query": {}, "context": Context(), "vpc_endpoint": None, "domain": None,
                                "authorizer_output": None, "authorizer_raises": None, "claims": {}, "at": 0,
                                "client_certificate": None, "limits": "within", "signature_regions": []}),
    "Scenario": (Scenario, {"name": "n", "place": "p"}),
    "SequenceCase": (SequenceCase, {"calls": (_CALL_CASE,), **_ABOUT}),
    "assert_allowed": (assert_allowed, {"result": _RESPONSE, "by": None}),
    "assert_denied": (assert_denied, {"result": _DECISION, "kind": None, "by": None}),
    "assert_status": (assert_status, {"response": _RESPONSE, "status": 200}),
    "parse_cases": (parse_cases, {"name": "f", "text": '{"schema": "execpolicy/cases/1", "title": "t", "documents": [{'
                                  '"name": "n", "kind": "identity", "document": {"Statement": []}, "expect": "loads"}]'
                                  '}'}),
    "run_call": (run_call, {"case": _CALL_CASE, "cache": None}),
    "run_case": (run_case, {"case": Case(request=_REQUEST, target=Target(), expected=Expectation("deny"), **_ABOUT)}),
    "run_document": (run_document, {"case": DocumentCase(kind=PolicyKind.IDENTITY, document=ALLOW, expect="loads",
                                                         **_ABOUT)}),
    "run_invariant": (run_invariant, {"case": InvariantCase(invariant=Invariant("none"), subject=_OPEN, **_ABOUT)}),
    "run_item": (run_item, {"item": _CALL_CASE}),
    "run_sequence": (run_sequence, {"case": SequenceCase(calls=(_CALL_CASE,), **_ABOUT)}),
}  # fmt: skip

#: What reads a file: a path that is right stands for no file here.
CALLS["Template.parse"] = (
    Template.parse,
    {"document": {"Resources": {}}, "kind": None, "stage": None, "parameters": None, "account": None, "region": None},
)
_POLICY = Policy.parse({"Statement": {**ALLOW["Statement"], "Principal": "*"}}, kind="resource")
CALLS["compare"] = (compare, {"before": _POLICY, "after": _POLICY, "within": None, "budget": None})
CALLS["compare of pairs"] = (compare, {"before": (Caller(USER), Target()), "after": (Caller(USER), Target())})
CALLS["compare of APIs"] = (compare, {"before": _OPEN, "after": _OPEN, "budget": 1000})
CALLS["prove"] = (
    prove,
    {"invariant": "nobody may call anything", "subject": _OPEN, "callers": [Caller(USER)], "budget": None},
)
CALLS["who"] = (who, {"subject": _OPEN, "method": "GET", "path": "/a", "stage": None, "callers": None, "budget": None})
CALLS["matrix"] = (matrix, {"subject": _OPEN, "callers": None, "calls": None, "contexts": None})
CALLS["authorize_columns"] = (
    authorize_columns,
    {"caller": USER, "action": "execute-api:Invoke", "resources": [ARN], "contexts": None, "target": Target()},
)
CALLS["replay"] = (
    replay,
    {
        "logs": _LOG,
        "before": _OPEN,
        "after": _OPEN,
        "callers": None,
        "log_format": None,
        "raw_values": False,
        "score": False,
    },
)
_HEALTH = Api(**{**CONNECTION, "type": "REST", "stages": ["prod"], "routes": ["GET /health"]})
CALLS["narrow"] = (
    narrow,
    {"logs": _LOG, "policy": _POLICY, "api": _HEALTH, "callers": None, "log_format": None, "sources": False},
)
CALLS["suggest"] = (suggest, {"answer": _DECISION, "budget": None})
CALLS["unused_statements"] = (unused_statements, {"subject": _POLICY, "budget": None})
CALLS["lint"] = (lint, {"subject": Policy.parse(ALLOW, kind="identity"), "rules": None})

LOADERS: dict[str, Callable[..., object]] = {
    "Api.load": Api.load,
    "Policy.load": lambda path: Policy.load(path, kind="identity"),
    "load_cases": load_cases,
    "Scenario.api": Scenario().api,
    "Template.load": Template.load,
    "lint_file": lint_file,
}

#: Public names that make no value of what a caller hands in.
ONLY_RESULTS = {
    # What only this library makes, in authorize, explain and invoke.
    "CaseResult", "ClauseTrace", "Decision", "DeterminingStatement", "Explanation", "GatewayResponse", "LayerTrace",
    "PolicyTrace", "RequestTrace", "StatementTrace", "Step", "Finding", "IntegrationRequest", "SentResponse",
    # What only compare, prove, who, suggest and unused_statements make.
    "SuggestedChange", "Suggestion",
    "Access", "AccessGroup", "Comparison", "Proof", "StatementFinding", "Witness", "WitnessCall",
    # What only matrix and replay make.
    "CallChange", "Matrix", "MatrixCell", "Replay", "ReplayGroup",
    "Disagreement", "Narrowed", "NarrowedStatement", "NotNarrowedError", "Score",
    # Errors and what they hold.
    "Diagnostic", "ExecPolicyError", "PolicySyntaxError", "RequestError", "UsageError",
    # The union of the four sorts of cases.
    "Item",
}  # fmt: skip

WRONG: dict[str, object] = {
    "int": 5,
    "zero": 0,
    "float": 0.5,
    "bytes": b"abc",
    "None": None,
    "text": "abc",
    "empty text": "",
    "texts": ["abc"],
    "numbers": [5],
    "empty list": [],
    "list of None": [None],
    "list of mappings": [{}],
    "lists": [["abc"]],
    "mapping": {},
    "mapping of numbers": {5: 5},
    "mapping of lists": {"abc": [{}]},
    "True": True,
    "object": object(),
    "class": dict,
    "function": len,
}


def public_names() -> set[str]:
    return {*execpolicy.__all__, *execpolicy.testing.__all__}


def test_every_public_name_is_called_here() -> None:
    called = {name.partition(".")[0].partition(" ")[0] for name in (*CALLS, *LOADERS)}
    enums = {
        name
        for name in execpolicy.__all__
        if isinstance(getattr(execpolicy, name), type) and issubclass(getattr(execpolicy, name), enum.Enum)
    }
    assert called | ONLY_RESULTS | enums == public_names()
    assert not called & ONLY_RESULTS


@pytest.mark.parametrize("name", CALLS)
def test_the_right_arguments_are_taken(name: str) -> None:
    make, right = CALLS[name]
    make(**right)


@pytest.mark.parametrize(
    ("name", "parameter"), [(name, parameter) for name, (_, right) in CALLS.items() for parameter in right]
)
def test_any_argument_is_taken_or_refused(name: str, parameter: str) -> None:
    """Refused by an error of this library: no other one comes out, neither here nor when the value is shown."""
    make, right = CALLS[name]
    other: dict[str, str] = {}
    for label, value in WRONG.items():
        try:
            repr(make(**{**right, parameter: value}))
        except ExecPolicyError:
            continue
        except Exception as error:  # noqa: BLE001 - that no other error comes out is what is tested
            if not (isinstance(error, AssertionError) and name.startswith("assert_")):
                other[label] = repr(error)
    assert other == {}


TEXTS = [
    (lambda value: Issuer("https://id.example", value).audiences, "books-web"),
    (lambda value: Claim("tier", value).expected, "gold"),
    (lambda value: ApiKey("k", value).stages, "prod"),
    (lambda value: Route("GET", "/a", scopes=value).scopes, "read"),
    (lambda value: Authorizer("a", type="REQUEST", identity_sources=value).identity_sources, "method.request.header.A"),
    (
        lambda value: Authorizer("a", type="COGNITO_USER_POOLS", user_pools=value).user_pools,
        "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
    ),
    (lambda value: Domain("a", [], "x", None, value).associated_endpoints, "vpce-1"),
    (lambda value: Principal.parse(USER, org_paths=value).org_paths, "o-1/r-1/"),
    (lambda value: tuple(stage.name for stage in Api(**CONNECTION, stages=value).stages), "prod"),
]


@pytest.mark.parametrize(("read", "one"), TEXTS)
def test_one_text_is_a_list_of_one(read: Callable[[Any], tuple[str, ...]], one: str) -> None:
    assert read(one) == read([one]) == read((one,)) == read({one}) == read(iter([one])) == (one,)


@pytest.mark.parametrize(("read", "one"), TEXTS)
@pytest.mark.parametrize("value", [b"abc", 5, {}, {"a": "b"}, [5], [None], [["a"]]])
def test_nothing_else_is_a_list_of_texts(read: Callable[[Any], object], one: str, value: object) -> None:
    with pytest.raises(UsageError, match=r"text|stage"):
        read(value)


@pytest.mark.parametrize(
    "made",
    [
        Claim("tier", "gold", required=True),
        Issuer("https://id.example", "a", [Claim("tier")]),
        ApiKey("k", "prod"),
        Mapped("a", "prod"),
        MethodSetting("/a", "GET", cached=True),
        CustomGatewayResponse("UNAUTHORIZED", 403, "m"),
        Domain("a.example", [Mapped("", "prod")]),
        Readings(path="normalised"),
        Span(1, 2, 3, 4),
        Expectation("allow", "Reads", "scp", "aws:SourceIp", "KEY-1", "e"),
        CallExpectation(403, 403, "", "", "m", "IAM", "Reads", Layer.SCP, "aws:SourceIp", "KEY-1", "a", "b", "c"),
        DocumentError("m", 1, 2, "Statement[0]"),
        Invocation("GET", "/a", None, "valid", {}, {}, Context(), None, "a.example", None, "m", {}, 0),
    ],
    ids=lambda made: type(made).__name__,
)
def test_a_record_is_checked_however_it_is_made(made: Any) -> None:
    kind = type(made)
    assert kind._make(made) == made == kind(*made) == made._replace() == pickle.loads(pickle.dumps(made)) == tuple(made)
    assert type(kind._make(made)) is type(made._replace()) is type(pickle.loads(pickle.dumps(made))) is kind
    assert repr(made).startswith(f"{kind.__name__}(")
    for field in made._fields:
        with pytest.raises(UsageError):
            made._replace(**{field: object()})
        with pytest.raises(UsageError):
            kind._make([object() if name == field else value for name, value in zip(made._fields, made, strict=True)])


#: Takes wrong arguments without a word of the type checker.
_EXPECTED: Callable[..., CallExpectation] = CallExpectation
_RECORD: Callable[..., Invocation] = Invocation
_MADE: Callable[..., CallCase] = CallCase
_DECIDED: Callable[..., Expectation] = Expectation
_CASE: Callable[..., Case] = Case


def test_one_of_several_is_a_set_of_one() -> None:
    one = CallExpectation(403, 403, sids="Reads", layers="scp", missing_keys="aws:SourceIp", explains="a", notes="b")
    assert one == CallExpectation(
        403, [403], sids=["Reads"], layers=[Layer.SCP], missing_keys={"AWS:SourceIp"}, explains=["a"], notes=("b",)
    )
    assert one.layers == Expectation("deny", layers=Layer.SCP).layers == frozenset({Layer.SCP})
    assert (
        one.missing_keys == Expectation("deny", missing_keys="AWS:sourceIP").missing_keys == frozenset({"aws:sourceip"})
    )
    assert (one.explains, one.notes, one.statuses) == (("a",), ("b",), frozenset({403}))


@pytest.mark.rule("GW-26")
def test_a_text_of_an_expectation_is_looked_for_as_a_whole() -> None:
    def passes(**more: Any) -> bool:
        expected = CallExpectation(status=404, **more)
        return run_call(CallCase(api=_OPEN, call=Invocation("GET", "/b"), expected=expected, **_ABOUT)).passed

    assert not passes(explains="signed no")
    assert not passes(notes="signed no")
    assert passes(explains="404")
    assert passes(explains=["404", "/b"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (CallExpectation, "a CallExpectation has a status or an outcome, found neither"),
        (lambda: _EXPECTED(explains="a"), "a CallExpectation has a status or an outcome, found neither"),
        (lambda: _EXPECTED(403, outcome="allow"), "a CallExpectation has a status or an outcome, found both"),
        (lambda: _EXPECTED(outcome="denied"),
         "outcome is allow, deny, explicit_deny, implicit_deny, indeterminate, error or no_route, found 'denied'"),
        (lambda: _EXPECTED(99), "status is a status from 100 to 599, found 99"),
        (lambda: _EXPECTED(True), "status is a status from 100 to 599, found True"),
        (lambda: _EXPECTED(403, "403"), "statuses is a status or a list of statuses, found a str"),
        (lambda: _EXPECTED(403, [403, "500"]), "each of statuses is a status from 100 to 599, found '500'"),
        (lambda: _EXPECTED(403, layers="scps"), "each of layers is a Layer, found 'scps'"),
        (lambda: _EXPECTED(403, layers=5), "layers is a Layer or a list of Layer, found 5, an int"),
        (lambda: _DECIDED("no_route"),
         "outcome is allow, deny, explicit_deny, implicit_deny, indeterminate or error, found 'no_route'"),
        (lambda: _DECIDED("allow", sids=[5]), "each of sids is a text, found 5, an int"),
        (lambda: DocumentError("m", 0), "line is a whole number from 1, found 0"),
        (lambda: DocumentError("m", 1, True), "column is a whole number from 1, found True"),
        (lambda: _RECORD("GET", at=True), "at is a date as text or a number of seconds, found True, a bool"),
        (
            lambda: _RECORD("GET", authorizer_output={}),
            "authorizer_output is a text, a NodeInSource or a LocalHandler, found a dict",
        ),
        (lambda: _RECORD("GET", context={}), "context is a Context, found a dict"),
        (lambda: _MADE(api=5, call=None, expected=_CALL_CASE.expected, **_ABOUT), "api is an Api, found 5, an int"),
        (lambda: _CASE(request=_OPEN, target=Target(), expected=Expectation("deny"), **_ABOUT),
         "request is a Request, found an Api"),
    ],
)  # fmt: skip
def test_what_expects_nothing_that_can_be(make: Callable[[], object], message: str) -> None:
    assert refused(UsageError, make).message == message


@pytest.mark.rule("AUT-8", "AUT-9")
@pytest.mark.parametrize(
    ("audiences", "aud", "passes"),
    [
        ("books-web", "books-web", True),
        ("books-web", "books", False),
        ("abc", "xyz", False),
        (["books-web", "shop"], "shop", True),
    ],
)
def test_an_audience_is_no_part_of_another(audiences: Any, aud: str, passes: bool) -> None:
    claims = {"iss": "https://id.example", "aud": aud, "exp": 20, "tier": "gold"}
    issuer = Issuer("https://id.example", audiences=audiences)
    http = Authorizer("jwt", type="JWT", identity_sources="$request.header.Authorization", issuers=[issuer])
    rest = Authorizer("jwt", type="JWT", identity_sources="method.request.header.Authorization", issuers=[issuer])
    for kind, authorizer in (("HTTP", http), ("REST", rest)):
        api = Api(**{**CONNECTION, "type": kind}, stages="prod", routes=[Route("GET", "/a", authorizer="jwt")],
                  authorizers=[authorizer])  # fmt: skip
        answer = api.invoke("GET", "/a", claims=claims, at=10, headers={"Authorization": "Bearer x"})
        assert answer.status == (200 if passes else 401)


@pytest.mark.rule("AUT-9")
@pytest.mark.parametrize(("tier", "passes"), [("gold", True), ("go", False), ("g", False)])
def test_an_expected_value_is_no_part_of_another(tier: str, passes: bool) -> None:
    issuer = Issuer("https://id.example", "a", [Claim("tier", expected="gold", required=True)])
    jwt = Authorizer("jwt", type="JWT", identity_sources="method.request.header.Authorization", issuers=[issuer])
    api = Api(**{**CONNECTION, "type": "REST"}, stages="prod", routes=[Route("GET", "/a", authorizer="jwt")],
              authorizers=[jwt])  # fmt: skip
    claims = {"iss": "https://id.example", "aud": "a", "exp": 20, "tier": tier}
    answer = api.invoke("GET", "/a", claims=claims, at=10, headers={"Authorization": "Bearer x"})
    assert answer.status == (200 if passes else 401)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (Api, {**CONNECTION, "routes": [7]}, "each of routes is a Route, found 7, an int"),
        (Api, {**CONNECTION, "routes": Route("GET", "/b")}, "routes is a list of Route, found a Route"),
        (Api, {**CONNECTION, "readings": {}}, "readings is a Readings, found a dict"),
        (Api, {**CONNECTION, "resource_policy": {}}, "resource_policy is a Policy, found a dict"),
        (Api, {**CONNECTION, "stages": b"prod"}, "a stage is a text, found a bytes"),
        (Api, {**CONNECTION, "authorizers": [5]}, "each of authorizers is an Authorizer, found 5, an int"),
        (Domain, {"name": "a", "mappings": {}}, "mappings is a list of Mapped, found a dict"),
        (Domain, {"name": "a", "mappings": ["x"]}, "each of mappings is a Mapped, found a str"),
        (Issuer, {"url": "https://a", "audiences": "a", "claims": ["t"]}, "each of claims is a Claim, found a str"),
        (Authorizer, {"name": "a", "type": "JWT", "issuers": {}}, "issuers is a list of Issuer, found a dict"),
        (Stage, {"name": "a", "variables": {"a": 5}}, "variables['a'] is a text, found 5, an int"),
        (Request, {"caller": USER, "action": "a:b", "resource": ARN, "context": []},
         "a context is a mapping of keys to values, found list"),
        (Source, {"name": "f", "text": 5}, "a source has a name and a text, found str and int"),
        (Source, {"name": "f", "text": "", "offsets": "ab"}, "offsets is a list of whole numbers, found str"),
        (Span, {"line": "1", "column": 1, "end_line": 1, "end_column": 1},
         "a span has four whole numbers, found ('1', 1, 1, 1)"),
        (authorize_many, {"requests": {}}, "authorize_many takes a list of requests, found dict"),
        (authorize_many, {"requests": [], "target": 5}, "authorize_many takes a Target, found int"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused(make: Callable[..., object], arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        make(**arguments)
    assert caught.value.message == message


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("wrong", [5, None, b"a.json", {}, ["a.json"], True, len], ids=repr)
def test_what_is_no_path_is_no_file(load: str, wrong: Any) -> None:
    with pytest.raises(UsageError, match="path"):
        LOADERS[load](wrong)


@pytest.mark.parametrize("load", LOADERS)
def test_a_path_may_be_a_path_object(load: str, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", str(tmp_path / "none.json")):
        with pytest.raises(ExecPolicyError) as caught:
            LOADERS[load](path)
        assert not isinstance(caught.value, UsageError)


@pytest.mark.parametrize("name", sorted(execpolicy.__all__))
def test_an_enumeration_refuses_other_values_as_python_does(name: str) -> None:
    kind = getattr(execpolicy, name)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        for wrong in WRONG.values():
            if not isinstance(wrong, int | float | Mapping | list):
                with pytest.raises(ValueError, match="is not a valid"):
                    kind(wrong)


@pytest.mark.rule("AUT-8", "AUT-9", "AUT-7")
@pytest.mark.parametrize(
    "at", [float("nan"), float("inf"), float("-inf"), [5], ["2026-01-01"], (), b"2026-01-01", True]
)
def test_a_time_is_one_finite_number_or_date(at: Any) -> None:
    """No comparison with a number that is none holds, so that a token would never expire."""
    with pytest.raises(ExecPolicyError):
        _OPEN.invoke("GET", "/a", at=at)


@pytest.mark.rule("PRN-3")
@pytest.mark.parametrize(
    "kind", ["assumed-role", "User", "account", "", "any", "saml-provider", "oidc-provider", 5, None]
)
def test_a_principal_is_of_a_kind_that_there_is(kind: Any) -> None:
    with pytest.raises(UsageError) as caught:
        Principal(kind)
    assert caught.value.message == (
        f"the kind of a principal is user, root, session, role, federated-user, service or anonymous, found {kind!r}"
    )
    assert "assumed-role/Role/name is session" in caught.value.advice


def test_what_would_test_nothing_is_refused() -> None:
    """The reader of case files makes such cases on its way to an error; none of them may pass."""
    runs: list[Callable[[], object]] = [
        lambda: run_sequence(SequenceCase(calls=(), **_ABOUT)),
        lambda: run_case(Case(request=None, target=Target(), expected=Expectation("deny"), **_ABOUT)),
        lambda: run_call(CallCase(api=_OPEN, call=None, expected=_CALL_CASE.expected, **_ABOUT)),
        lambda: run_call(CallCase(api=None, call=_CALL_CASE.call, expected=_CALL_CASE.expected, **_ABOUT)),
    ]
    for run in runs:
        with pytest.raises(UsageError, match="tests nothing"):
            run()
