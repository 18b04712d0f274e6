"""Subclasses of str, dict and list are read as what they are made from, whatever they have made of the methods."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    AuthorizerOutput,
    Call,
    Caller,
    Context,
    ExecPolicyError,
    ExecuteApiArn,
    Invariant,
    Outcome,
    Policy,
    Principal,
    Request,
    Route,
    authorize,
    event_for,
)
from execpolicy.arguments import as_builtin, items
from execpolicy.diagnose.why import read_message
from execpolicy.gateway.authorizers.claims import check_cognito
from execpolicy.testing import parse_cases

ANN = "arn:aws:iam::111122223333:user/Ann"
PREFIX = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"


class Called(Exception):  # noqa: N818  # it is no error: it says that a method was called
    """A method of a hostile class was called."""


def _refuse(*_: object, **__: object) -> Any:
    raise Called


def hostile(base: type, *kept: str) -> Any:
    """A class whose own methods all raise."""
    keep = {"__new__", "__init__", "__init_subclass__", "__class__", "__getattribute__", "__del__", "__doc__", *kept}
    methods = {name: _refuse for name in dir(base) if name not in keep and callable(getattr(base, name))}
    return type(f"Hostile{base.__name__}", (base,), methods)


Str, Dict, List, Tuple = hostile(str, "__hash__", "__eq__"), hostile(dict), hostile(list), hostile(tuple)


def nested(value: object) -> Any:
    """A value of plain classes, made of hostile ones throughout."""
    match value:
        case str():
            return Str(value)
        case dict():
            return Dict({nested(name): nested(each) for name, each in value.items()})
        case list():
            return List(map(nested, value))
        case tuple():
            return Tuple(map(nested, value))
        case _:
            return value


DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Reads",
            "Effect": "Allow",
            "Action": ["execute-api:Invoke"],
            "Resource": ("arn:aws:execute-api:*:*:a1b2c3/*",),
            "Condition": {"StringEquals": {"aws:UserAgent": ["curl"]}},
        }
    ],
}
FORMAT = "$context.httpMethod $context.path"
ANSWER = {"principalId": "ann", "policyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}
CLAIMS = {
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/p",
    "aud": ["app"],
    "exp": 20,
    "token_use": "access",
    "scope": "a b",
}
POOL = Authorizer(
    "pool", type="COGNITO_USER_POOLS", user_pools=["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/p"]
)
API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages=["prod"],
    routes=[Route("GET", "/pets/{id}", authorizer="tokens")],
    authorizers=[Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])],
)


def decision(make: Callable[[Any], Any]) -> object:
    identity = Policy.parse(make(DOCUMENT), kind="identity", name=make("reads"))
    caller = Caller(Principal.parse(make(ANN), tags=make({"team": "red"})), identity=identity)
    context = Context(make({"aws:UserAgent": ["curl"], "aws:SourceIp": "203.0.113.9"}))
    request = Request(caller=caller, action=make("execute-api:Invoke"), resource=make(f"{PREFIX}pets"), context=context)
    decided = authorize(request)
    return decided.outcome, decided.message, str(decided.explain()), dict(context.values), caller.principal.tags


def response(make: Callable[[Any], Any]) -> object:
    answered = API.invoke(
        make("GET"),
        make("/pets/7"),
        headers=make({"Authorization": ["token"]}),
        query=make({"a": "b"}),
        context=make({"aws:UserAgent": "curl"}),
        authorizer_output=make(ANSWER),
    )
    return answered.status, str(answered.explain())


READS: dict[str, Callable[[Callable[[Any], Any]], object]] = {
    "a decision": decision,
    "a call": response,
    "an event": lambda make: event_for(API, make("GET"), make("/pets/7"), headers=make({"Authorization": "token"})),
    "an answer": lambda make: AuthorizerOutput.parse(make({**ANSWER, "context": {"a": "b"}})),
    "an answer as text": lambda make: AuthorizerOutput.parse(make('{"principalId": "a"}')).failure,
    "an error of a function": lambda make: AuthorizerOutput.parse(make({"errorMessage": "Unauthorized"})).failure,
    "claims": lambda make: check_cognito(POOL, ["a"], make(CLAIMS), 10),
    "a document as text": lambda make: Policy.parse(make('{"Statement": []}'), kind="identity").statements,
    "an invariant": lambda make: Invariant.parse(make("nobody may call /pets")),
    "a call as text": lambda make: Call.parse(make('{"httpMethod": "GET", "path": "/a"}')).path,
    "a call and its format": lambda make: Call.parse(make("GET /a"), log_format=make(FORMAT)).path,
    "the calls of a host": lambda make: Call.parse_all(make("https://a.example/b"), host=make("a.example"))[0].path,
    "an ARN": lambda make: ExecuteApiArn.parse(make(f"{PREFIX}pets")),
    "a pasted answer": lambda make: read_message(make('{"message": "Forbidden"}')).gates,
    "a service": lambda make: Principal.service(make("states.amazonaws.com")),
    "an organization": lambda make: Principal.parse(ANN, org_id=make("o-1"), org_paths=make(["o-1/r-1/"])),
}


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("name", READS)
def test_hostile_classes_are_read_by_the_methods_of_their_bases(name: str) -> None:
    read = READS[name]
    assert read(nested) == read(lambda value: value)


@pytest.mark.rule("POL-11")
def test_a_dict_cannot_say_one_thing_and_hold_another() -> None:
    class Liar(dict[str, Any]):
        def items(self) -> Any:
            return {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}.items()

        def get(self, key: str, default: Any = None) -> Any:
            return "203.0.113.9"

    denies = Liar({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    caller = Caller(ANN, identity=Policy.parse(denies, kind="identity"))
    decided = authorize(Request(caller=caller, action="execute-api:Invoke", resource=f"{PREFIX}pets"))
    assert decided.outcome is Outcome.EXPLICIT_DENY
    assert Context(Liar({"aws:UserAgent": "a"})).values == {"aws:UserAgent": ("a",)}


@pytest.mark.rule("POL-11")
def test_a_text_cannot_be_another_one_when_it_is_compared() -> None:
    class Chameleon(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return hash("execute-api:Invoke")

    with pytest.raises(ExecPolicyError, match="expected the name of one action"):
        Request(caller=ANN, action=Chameleon("*"), resource=f"{PREFIX}pets")
    assert Principal.parse(Chameleon(ANN)).name == "Ann"
    assert Principal.parse(Chameleon(ANN)).kind == "user"
    assert Context({Chameleon("aws:UserAgent"): Chameleon("a")}).get("aws:UserAgent") == ("a",)


@pytest.mark.rule("POL-11")
def test_numbers_are_read_by_the_methods_of_their_bases() -> None:
    number, exact = hostile(int), hostile(Decimal)
    condition = {"NumericEquals": {"aws:MultiFactorAuthAge": [number(5), exact("1.5")]}}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    policy = Policy.parse({"Statement": statement}, kind="identity")
    assert [value.value for value in policy.statements[0].conditions[0].values] == ["5", "1.5"]


def test_values_of_pythons_own_classes_stay_as_they_are() -> None:
    for value in ("a", {"a": 1}, ["a"], ("a",), 5, None, b"a"):
        assert as_builtin(value) is value
    assert (as_builtin(Tuple(("a",))), as_builtin(List(["a"]))) == (("a",), ["a"])
    assert list(items(iter("ab"))) == ["a", "b"]


def test_a_case_file_as_a_hostile_text() -> None:
    with pytest.raises(ExecPolicyError):
        parse_cases(Str("{}"))
