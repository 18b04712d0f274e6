"""The access matrix: each cell has the answer of Api.invoke, and says what decides it."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    Call,
    Caller,
    CallOutcome,
    CellOutcome,
    Context,
    Matrix,
    Policy,
    RequestError,
    Route,
    Target,
    Template,
    UsageError,
    matrix,
)
from tests.examples import of_quick
from tests.untyped import untyped

ANN = "arn:aws:iam::111122223333:user/Ann"
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
STATEMENTS = (
    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
    {"Effect": "Allow", "Principal": {"AWS": ANN}, "Action": "*", "Resource": "execute-api:/prod/GET/*"},
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*/*/orders/2*"},
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*/POST/*", "Condition": OFFICE},
    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*", "Condition": OFFICE},
)
ROUTES = (
    Route("GET", "/orders/{id}"),
    Route("GET", "/orders/2"),
    Route("POST", "/orders", auth="AWS_IAM"),
    Route("ANY", "/{proxy+}", auth="AWS_IAM"),
    Route("GET", "/tokens", auth="CUSTOM", authorizer="tokens"),
)
IDENTITY = Policy.parse(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*", "Condition": OFFICE}],
    },
    kind="identity",
)
CALLERS = {"nobody": None, "Ann": ANN, "Bob": Caller("arn:aws:iam::111122223333:user/Bob", identity=IDENTITY)}
CALLS: tuple[Any, ...] = (
    "GET /orders/1",
    "GET /orders/2",
    "GET /orders/2/x",
    "POST /orders",
    "DELETE /a/b",
    {"method": "GET", "path": "/tokens", "headers": {"Authorization": "x"}, "authorizer_output": "Unauthorized"},
)
CONTEXTS: dict[str, Any] = {
    "none": None,
    "office": {"aws:SourceIp": "203.0.113.7"},
    "elsewhere": {"aws:SourceIp": "198.51.100.7"},
    "unknown": Context({}, complete=False),
}


def api_of(routes: Any, *statements: Any, **parts: Any) -> Api:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    tokens = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        resource_policy=Policy.parse(policy, kind="resource") if statements else None,
        **{"routes": routes, "authorizers": [tokens], **parts},
    )


def outcome_of(response: Any) -> str:
    """What a cell says of a response, by its explanation."""
    steps = [(each.gate, each.passed) for each in response.steps]
    if response.outcome is CallOutcome.DENIED and ("route", False) in steps:
        return "no route"
    return str(response.outcome)


@of_quick(100, long=2000)  # each example decides up to 36 calls
@given(
    st.lists(st.sampled_from(ROUTES), unique=True, min_size=1),
    st.lists(st.sampled_from(STATEMENTS), unique_by=str),
    st.lists(st.sampled_from(CALLS), unique_by=str, max_size=3),
)
def test_each_cell_is_the_answer_of_invoke(routes: list[Route], statements: list[Any], calls: list[Any]) -> None:
    api = api_of(routes, *statements)
    made = [
        each if isinstance(each, dict) else dict(zip(("method", "path"), each.split(), strict=True)) for each in calls
    ]
    found = matrix(api, CALLERS, calls, CONTEXTS)
    cells = iter(found.cells)
    for arguments in made:
        for context in CONTEXTS.values():
            for caller in CALLERS.values():
                response = api.invoke(**arguments, caller=caller, context=context)
                cell = next(cells)
                assert (cell.outcome, cell.statuses) == (outcome_of(response), response.statuses)
                assert str(cell.answer) == str(response)
                assert set(response.deciding_keys) <= set(cell.missing_keys)
    assert next(cells, None) is None


#: Policies of callers: with a pattern within a route, with a variable, with a condition on the caller, and a Deny.
_OF_CALLERS: tuple[Any, ...] = (
    {"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:a1b2c3/*"},
    {"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:*/prod/*/a/1*"},
    {"Effect": "Allow", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:*/prod/*/a/${aws:username}"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:username": "u1*"}}},
    {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:execute-api:*:*:*/*/POST/*", "Condition": OFFICE},
)
#: Callers whose names, kinds, accounts and paths the policies of the API may tell apart.
_PRINCIPALS = (
    *(f"arn:aws:iam::111122223333:user/u{number}" for number in (1, 2, 11)),
    ANN,
    "arn:aws:iam::111122223333:role/team/R",
    "arn:aws:sts::111122223333:assumed-role/R/s1",
    "arn:aws:sts::111122223333:assumed-role/R/s2",
    "arn:aws:iam::444455556666:user/u1",
    "arn:aws:iam::111122223333:root",
)
_NAMING = (
    {"Effect": "Deny", "Principal": {"AWS": ANN}, "Action": "*", "Resource": "execute-api:/*/*/a/2"},
    {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "*", "Resource": "execute-api:/*"},
    {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/R/s1"},
        "Action": "*",
        "Resource": "execute-api:/*",
    },
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
        "Resource": "execute-api:/*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
    },
)
_PATHS = ("/a/1", "/a/2", "/a/11", "/a/u1", "/a/u2", "/a/1/b", "/a/%31", "/none", "/")


@pytest.mark.rule("GW-25")
@of_quick(25, long=1000)  # each example decides about 300 calls twice
@given(
    st.lists(st.sampled_from((*STATEMENTS, *_NAMING)), unique_by=str, max_size=3),
    st.lists(st.tuples(st.sampled_from(_PRINCIPALS), st.sampled_from(_OF_CALLERS)), min_size=2, max_size=6),
    st.lists(st.tuples(st.sampled_from(("GET", "POST")), st.sampled_from(_PATHS)), unique=True, min_size=2, max_size=9),
)
def test_cells_of_one_class_have_the_answers_of_invoke(statements: Any, given_callers: Any, called: Any) -> None:
    routes = (Route("GET", "/a/{id}", auth="AWS_IAM"), Route("POST", "/a/{id}"), Route("GET", "/a/2", auth="AWS_IAM"))
    api = api_of((*routes, Route("GET", "/")), *statements)
    callers: dict[str, Any] = {"nobody": None}
    for number, (principal, statement) in enumerate(given_callers):
        policy = Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind="identity")
        is_root = principal.endswith(":root")
        callers[str(number)] = Caller(principal) if is_root else Caller(principal, identity=policy)
    contexts = {**CONTEXTS, "same": CONTEXTS["office"]}
    found = matrix(api, callers, [f"{method} {path}" for method, path in called], contexts)
    cells = iter(found.cells)
    for method, path in called:
        for context in contexts.values():
            for caller in callers.values():
                response = api.invoke(method, path, caller=caller, context=context)
                cell = next(cells)
                assert (cell.outcome, cell.statuses) == (outcome_of(response), response.statuses)


def _work(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> int:
    """How many calls a matrix simulates."""
    made: list[None] = []
    invoke = Api.invoke

    def counting(self: Api, *given: Any, **more: Any) -> Any:
        made.append(None)
        return invoke(self, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Api, "invoke", counting)
        matrix(*arguments)
    return len(made)


@pytest.mark.rule("GW-25")
def test_one_call_of_each_class_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = [Route("GET", "/a/{id}", auth="AWS_IAM"), Route("POST", "/a/{id}", auth="AWS_IAM")]
    api = api_of(routes, STATEMENTS[0], {**STATEMENTS[2], "Resource": "execute-api:/*/*/a/2*"})
    policies = [Policy.parse({"Version": "2012-10-17", "Statement": [each]}, kind="identity") for each in _OF_CALLERS]
    users = [f"arn:aws:iam::111122223333:user/u{number}" for number in range(20)]
    calls = [f"{method} /a/{number}" for method in ("GET", "POST") for number in range(30)]
    same = {each: Caller(each, identity=policies[0]) for each in users}
    # Two methods, and the paths that the Deny matches or not, of all callers, who have equal policies.
    assert _work(monkeypatch, api, same, calls) == 4
    # The policy of half of them tells more paths apart.
    other = {each: Caller(each, identity=policies[1 if number % 2 else 0]) for number, each in enumerate(users)}
    assert _work(monkeypatch, api, other, calls) == 4 + 6
    # A variable keeps each caller and each call by itself.
    joined = {each: Caller(each, identity=policies[2]) for each in users}
    assert _work(monkeypatch, api, joined, calls) == 20 * 60
    # A context that names a caller is refused for another one.
    with pytest.raises(RequestError, match="username"):
        matrix(api, same, calls, {"named": {"aws:username": "u1"}})


def test_what_decides_a_cell() -> None:
    api = api_of(ROUTES, STATEMENTS[1] | {"Sid": "Ann"}, STATEMENTS[4] | {"Sid": "Office"})
    found = matrix(api, CALLERS, ["GET /orders/1"], {"": {"aws:SourceIp": "203.0.113.7"}})
    cell = found.cell("nobody", "GET /orders/1")
    assert (cell.outcome, cell.statuses) == (CellOutcome.ALLOWED, (200,))
    assert [(each.sid, each.place) for each in cell.statements] == [("Office", "<policy>: Statement[1]")]
    absent = matrix(api, CALLERS, ["GET /orders/1"]).cell("nobody", "GET /orders/1")
    assert absent.missing_keys == ("aws:SourceIp",)
    assert absent.statements == ()


def test_the_default_calls_and_callers() -> None:
    found = matrix(api_of(ROUTES[:2]))
    assert [(each.name, each.route, each.values) for each in found.calls] == [
        ("GET /orders/1", "GET /orders/{id}", (("id", "1"),)),
        ("GET /orders/2", "GET /orders/2", ()),
    ]
    assert [each.name for each in found.callers] == ["anonymous"]
    assert found.notes == ()


def test_a_note_on_routes_whose_calls_have_no_token() -> None:
    assert matrix(api_of(ROUTES[4:])).notes == (
        "the calls to 1 route with an authorizer have no header and no token: give calls that have what the authorizer "
        "reads",
    )


def test_a_note_on_routes_that_no_call_reaches() -> None:
    verbs = [f"{verb} /a" for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")]
    found = matrix(api_of(["ANY /a", *verbs]))
    assert found.notes == ("no call was found that reaches ANY /a: other routes take them",)
    assert "ANY /a" not in [each.route for each in found.calls]


def test_an_authorizer_whose_output_nobody_gave() -> None:
    authorizer = Authorizer("tokens", type="REQUEST", identity_sources=(), ttl=0)
    api = api_of([Route("GET", "/t", authorizer="tokens")], authorizers=[authorizer])
    cell = matrix(api).cell("anonymous", "GET /t")
    assert (cell.outcome, cell.statuses, cell.answer) == (CellOutcome.INDETERMINATE, (), None)
    assert cell.reason == "GET /t uses the Lambda authorizer tokens, whose output was not given"
    assert (cell.statements, cell.missing_keys, cell.unknown_values) == ((), (), ())


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Shop:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        {openapi: "3.0.1", info: {title: shop}, paths: {/a: {get: {x-amazon-apigateway-auth: {type: AWS_IAM}}}}}
  Open:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody: {openapi: "3.0.1", info: {title: open}, paths: {/b: {get: {}}}}
  Partner:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      ManagedPolicyArns:
        - !If [IsProd, "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess", !Ref AWS::NoValue]
"""


def test_a_template_with_several_apis_and_a_caller_with_variants() -> None:
    found = matrix(Template.parse(TEMPLATE))
    assert [each.name for each in found.calls] == ["Shop: GET /a", "Open: GET /b"]
    assert [(cell.call, cell.caller, str(cell.outcome)) for cell in found.cells] == [
        ("Shop: GET /a", "anonymous", "denied"),
        ("Shop: GET /a", "Partner", "indeterminate"),
        ("Open: GET /b", "anonymous", "allowed"),
        ("Open: GET /b", "Partner", "allowed"),
    ]
    assert found.cell("Partner", "Shop: GET /a").unknown_values == (
        "the parameter Stage",
        "the condition IsProd",
    )
    known = matrix(Template.parse(TEMPLATE, parameters={"Stage": "prod"}))
    assert known.cell("Partner", "Shop: GET /a").outcome is CellOutcome.ALLOWED


def test_a_target() -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": {**STATEMENTS[1], "Sid": "Ann", "Resource": f"{arn}*"}}, kind="resource"
    )
    found = matrix(Target(resource=policy), {"Ann": ANN, "nobody": None}, [arn, arn.replace("GET", "PUT")])
    assert [(cell.caller, cell.outcome, cell.statuses) for cell in found.cells] == [
        ("Ann", "allowed", ()),
        ("nobody", "denied", ()),
        ("Ann", "denied", ()),
        ("nobody", "denied", ()),
    ]
    assert [each.sid for each in found.cell("Ann", arn).statements] == ["Ann"]


def test_calls_of_a_text_and_of_a_websocket_api() -> None:
    api = api_of(ROUTES)
    call = Call.parse("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/orders/1")
    assert [(each.name, each.stage) for each in matrix(api, calls=[call]).calls] == [("GET /prod/orders/1", "")]
    socket = Api(
        id="a1b2c3", type="WEBSOCKET", region="eu-west-1", account="111122223333", stages="prod", routes=["$connect"]
    )
    found = matrix(socket, calls=["$connect", "other"])
    assert [str(each.outcome) for each in found.cells] == ["allowed", "no route"]


def test_a_matrix_is_a_value() -> None:
    found = matrix(api_of(ROUTES[:2], *STATEMENTS), CALLERS)
    assert found == matrix(api_of(ROUTES[:2], *STATEMENTS), CALLERS)
    assert found != matrix(api_of(ROUTES[:2]), CALLERS)
    again = pickle.loads(pickle.dumps(found))
    assert list(again.cells) == list(found.cells)
    cell = next(iter(found.cells))
    copied = pickle.loads(pickle.dumps(cell))
    assert (copied, copied.missing_keys, copied.statements) == (cell, cell.missing_keys, cell.statements)
    assert repr(found) == "<Matrix: 3 callers, 2 calls: 3 allowed, 3 denied>"
    with pytest.raises(UsageError, match="a Matrix is neither true nor false"):
        bool(found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"callers": ANN}, "callers are a list of callers or a mapping of names to callers"),
        ({"callers": [ANN, ANN]}, f'two of the callers are "{ANN}"'),
        ({"callers": [1]}, "a caller is a Caller, a Principal or a text"),
        ({"callers": {1: ANN}}, "the name of a caller is a text"),
        ({"calls": "GET /a"}, "calls are a list of calls"),
        ({"calls": ["GET"]}, 'found the call "GET", expected a method and a path'),
        ({"calls": ["GET /a", "GET /a"]}, 'two of the calls are "GET /a"'),
        ({"calls": [1]}, "a call is a text, a Call or a mapping"),
        ({"calls": [{"path": "/a"}]}, "found a call without its method"),
        ({"calls": [{"method": "GET", "caller": ANN}]}, "found a call with caller"),
        ({"contexts": [{}]}, "contexts are a mapping of names to contexts"),
        ({"contexts": {}}, "contexts are empty"),
        ({"subject": 1}, "subject is an Api, a Template or a Target"),
        ({"subject": Target()}, "the calls of a Target are a list of ARNs"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, Any], message: str) -> None:
    given_arguments = {"subject": api_of(ROUTES), **arguments}
    with pytest.raises(UsageError, match=message.replace("[", "\\[")):
        untyped(matrix)(**given_arguments)


def test_a_call_that_is_not_valid_is_an_error() -> None:
    with pytest.raises(RequestError, match="the method"):
        matrix(api_of(ROUTES), calls=["GE:T /a"])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("Anne", "GET /orders/1"), 'the matrix has no caller "Anne"'),
        (("Ann", "GET /orders"), 'the matrix has no call "GET /orders"'),
        (("Ann", "GET /orders/1", "office"), 'the matrix has no context "office"'),
    ],
)
def test_a_cell_that_the_matrix_does_not_have(names: tuple[str, ...], message: str) -> None:
    found: Matrix = matrix(api_of(ROUTES[:1]), CALLERS)
    with pytest.raises(UsageError, match=message):
        found.cell(*names)
