"""Callers and VPC endpoints of a template that depend on conditions of unknown truth, with its API (SRC-9)."""

from __future__ import annotations

import copy
import pickle
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import (
    Api,
    AuthorizerCache,
    Caller,
    ExecPolicyError,
    GatewayResponse,
    Policy,
    Request,
    Template,
    UsageError,
    authorize,
)
from execpolicy.errors import Source
from execpolicy.gateway.model.variants import MAX_WORLDS, FileReadings, Origin, Variants, values_of, worlds
from execpolicy.template import NoSuchPartError
from tests.loaders.cloudformation.one_method import one_method

pytestmark = pytest.mark.rule("SRC-9")

PARAMETERS = {"P": ("a", "b"), "Q": ("a", "b", "c")}
CONDITIONS = ("C0", "C1", "C2")
ARN = {"Fn::Sub": "arn:aws:execute-api:*:*:${Api}/*"}


def statement(effect: str, *, principal: bool = False, **more: Any) -> dict[str, Any]:
    named = {"Principal": "*"} if principal else {}
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": ARN, **named, **more}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def chosen(condition: str, yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": [condition, yes, no]}


NOTHING = {"Ref": "AWS::NoValue"}
TRUST = document()
API = {
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
    **one_method("AWS_IAM"),
}


def role(*statements: Any, **more: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "p", "PolicyDocument": document(*statements)}] if statements else []
    properties = {"AssumeRolePolicyDocument": TRUST, "Policies": policies}
    return {"Type": "AWS::IAM::Role", "Properties": properties, **more}


def template(resources: dict[str, Any], conditions: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "Parameters": {name: {"Type": "String", "AllowedValues": [*values]} for name, values in PARAMETERS.items()},
        "Conditions": conditions or {"C0": {"Fn::Equals": [{"Ref": "P"}, "a"]}},
        "Resources": {**API, **resources},
    }


def invoke(read: Template, **more: Any) -> GatewayResponse:
    return read.apis["Api"].invoke("GET", "/", caller=read.callers.variants("Role"), **more)


_EQUALS = st.sampled_from(
    [{"Fn::Equals": [{"Ref": name}, value]} for name, all_ in PARAMETERS.items() for value in all_]
)
_CONDITION = st.recursive(
    _EQUALS,
    lambda inner: (
        st.builds(lambda one: {"Fn::Not": [one]}, inner)
        | st.builds(lambda which, one, two: {which: [one, two]}, st.sampled_from(["Fn::And", "Fn::Or"]), inner, inner)
    ),
    max_leaves=3,
)
_NAME = st.sampled_from(CONDITIONS)


def _maybe(condition: str | None, resource: dict[str, Any]) -> dict[str, Any]:
    return resource if condition is None else {**resource, "Condition": condition}


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Templates whose API, role, boundary and VPC endpoint depend on the same conditions."""
    conditions = {name: draw(_CONDITION) for name in CONDITIONS}
    allow, deny = statement("Allow"), statement("Deny")
    of_role = [chosen(draw(_NAME), allow, NOTHING), chosen(draw(_NAME), deny, NOTHING)]
    kept = [each for each in of_role if draw(st.booleans())]
    caller = role(*kept)
    if draw(st.booleans()):
        boundary = chosen(draw(_NAME), {"Ref": "Limit"}, NOTHING)
        caller["Properties"]["PermissionsBoundary"] = boundary
    service = {"ServiceName": "com.amazonaws.us-east-1.execute-api"}
    shut = document(statement("Allow", principal=True), chosen(draw(_NAME), {**deny, "Principal": "*"}, NOTHING))
    resources = {
        "Role": _maybe(draw(st.none() | _NAME), caller),
        "Limit": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document(draw(st.sampled_from(of_role)), allow)},
        },
        "Endpoint": _maybe(
            draw(st.none() | _NAME),
            {"Type": "AWS::EC2::VPCEndpoint", "Properties": {**service, "PolicyDocument": shut}},
        ),
    }
    get: dict[str, Any] = copy.deepcopy(API["Get"])
    get["Properties"]["AuthorizationType"] = chosen(draw(_NAME), "AWS_IAM", draw(st.sampled_from(["AWS_IAM", "NONE"])))
    written = template({**resources, "Get": get}, conditions)
    private = draw(st.booleans())
    if private or draw(st.booleans()):
        opens = statement("Allow", principal=True)
        policy = document(chosen(draw(_NAME), opens, {**opens, "Effect": "Deny"}))
        endpoint = {"EndpointConfiguration": {"Types": ["PRIVATE"]}} if private else {}
        api = {"Name": "api", "Policy": policy, **endpoint}
        written["Resources"]["Api"] = {"Type": "AWS::ApiGateway::RestApi", "Properties": api}
    return written


@settings(max_examples=50)
@given(templates())
def test_the_answer_is_that_of_every_value(written: dict[str, Any]) -> None:
    """The second way: the same template with each value of its parameters. What does not exist calls nothing."""
    read = Template.parse(written)
    private = "EndpointConfiguration" in written["Resources"]["Api"]["Properties"]
    context = {"aws:SourceVpce": "vpce-0123456789abcdef0"} if private else {}
    outcomes = set[str]()
    statuses = set[int]()
    for values in product(*PARAMETERS.values()):
        known = Template.parse(written, parameters=dict(zip(PARAMETERS, values, strict=True)))
        if "Role" not in known.callers or (private and "Endpoint" not in known.vpc_endpoints):
            outcomes.add("missing")
            continue
        endpoint = known.vpc_endpoints["Endpoint"] if private else None
        caller = known.callers["Role"]
        response = known.apis["Api"].invoke("GET", "/", caller=caller, context=context, vpc_endpoint_policy=endpoint)
        outcomes.add(response.outcome.value)
        statuses.update(response.statuses)
    if "Role" not in read.callers or (private and "Endpoint" not in read.vpc_endpoints):
        assert outcomes == {"missing"}
        return
    through = read.vpc_endpoints.variants("Endpoint") if private else None
    if outcomes == {"missing"}:
        with pytest.raises(UsageError, match="of the call and its API never exist together"):
            invoke(read, context=context, vpc_endpoint_policy=through)
        return
    found = invoke(read, context=context, vpc_endpoint_policy=through)
    as_refused = {"denied" if each == "missing" else each for each in outcomes}
    assert found.outcome.value == (as_refused.pop() if len(as_refused) == 1 else "indeterminate")
    assert {*found.statuses} - {403} == statuses - {403}
    assert bool(found.unknown_values) is (found.status is None)


def test_the_same_assumption_on_both_sides() -> None:
    """Only where the method needs a signature does the role have no policy: no other combination exists."""
    get = copy.deepcopy(API["Get"])
    get["Properties"]["AuthorizationType"] = chosen("C0", "AWS_IAM", "NONE")
    read = Template.parse(template({"Get": get, "Role": role(chosen("C0", statement("Allow"), statement("Deny")))}))
    assert read.apis["Api"].has_variants
    assert len(read.callers.variants("Role").values) == 2
    response = invoke(read)
    assert (response.outcome, response.unknown_values) == ("allowed", ())
    assert response.notes == (
        "the answer is the same for every value of the parameter P and the condition C0, which is not known (SRC-9)",
    )


def test_the_answer_names_the_condition() -> None:
    read = Template.parse(template({"Role": role(chosen("C0", statement("Allow"), NOTHING))}))
    response = invoke(read)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    assert [each.name for each in response.unknown_values] == ["the parameter P", "the condition C0"]
    assert response.steps[-1].detail == (
        "it depends on the parameter P and the condition C0, which have no values: "
        "allowed or refused with 403 at gate 5b (IAM)"
    )
    for truth, outcome in ((True, "allowed"), (False, "denied")):
        known = Template.parse(
            template({"Role": role(chosen("C0", statement("Allow"), NOTHING))}), conditions={"C0": truth}
        )
        assert known.apis["Api"].invoke("GET", "/", caller=known.callers["Role"]).outcome == outcome


def test_a_caller_that_may_not_exist() -> None:
    read = Template.parse(template({"Role": role(statement("Allow"), Condition="C0")}))
    response = invoke(read)
    assert (response.outcome, response.status, response.statuses) == ("indeterminate", None, (200, 403))
    assert response.steps[-1].detail == (
        "it depends on the parameter P and the condition C0, which have no values: allowed or the caller does not exist"
    )
    denied = Template.parse(template({"Role": role(Condition="C0")}))
    response = invoke(denied)
    assert (response.outcome, response.status, response.unknown_values) == ("denied", 403, ())
    assert response.notes[-1] == (
        "where the caller exists, the answer is the same for every value of the parameter P and the condition C0, "
        "which is not known (SRC-9)"
    )


def test_a_caller_that_exists_where_the_api_does() -> None:
    resources = {name: {**each, "Condition": "C0"} for name, each in API.items()}
    read = Template.parse(template({**resources, "Role": role(statement("Allow"), Condition="C0")}))
    response = invoke(read)
    assert (response.outcome, response.notes) == ("allowed", ())
    apart = template({**resources, "Role": role(statement("Allow"), Condition="C1")})
    apart["Conditions"]["C1"] = {"Fn::Not": [{"Condition": "C0"}]}
    with pytest.raises(UsageError) as error:
        invoke(Template.parse(apart))
    assert (error.value.message, error.value.advice) == (
        "the caller of the call and its API never exist together",
        "give a caller or a VPC endpoint that exists where the API does",
    )


def test_a_look_up_says_how_to_decide_it() -> None:
    service = {"ServiceName": "com.amazonaws.us-east-1.execute-api"}
    resources = {
        "Role": role(Condition="C0"),
        "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": service, "Condition": "C0"},
        "Limit": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document(chosen("C0", statement("Deny"), statement("Allow")))},
        },
    }
    read = Template.parse(template(resources))
    advice = "give its value with parameters=, or the truth of C0 with conditions="
    for parts, name, what in (
        (read.callers, "Role", "the caller Role"),
        (read.vpc_endpoints, "Endpoint", "the VPC endpoint Endpoint"),
    ):
        with pytest.raises(UsageError) as error:
            parts[name]
        attribute = "callers" if name == "Role" else "vpc_endpoints"
        assert error.value.message == f"{what} depends on the parameter P, which is not known"
        assert error.value.advice == f'{advice}, or give {attribute}.variants("{name}") to Api.invoke'
    with pytest.raises(UsageError) as error:
        read.policies["Limit"]
    assert error.value.advice == advice
    assert (
        len(Template.parse(template({"Limit": {**resources["Limit"], "Condition": "C0"}})).policies["Limit"].statements)
        == 1
    )
    with pytest.raises(NoSuchPartError, match='found no caller "Rol" in the template'):
        read.callers.variants("Rol")


def test_a_part_of_another_file_is_combined_with_every_value() -> None:
    get = copy.deepcopy(API["Get"])
    get["Properties"]["AuthorizationType"] = chosen("C0", "AWS_IAM", "NONE")
    here = template({"Get": get})
    other = template({"Role": role(chosen("C0", statement("Allow"), statement("Deny")))})
    api, caller = Template.parse(here).apis["Api"], Template.parse(other).callers.variants("Role")
    response = api.invoke("GET", "/", caller=caller)
    assert response.outcome == "indeterminate"


def test_a_cache_has_the_outputs_of_one_reading() -> None:
    read = Template.parse(template({"Role": role(chosen("C0", statement("Allow"), NOTHING))}))
    cache = AuthorizerCache()
    assert invoke(read, cache=cache).outcome == "indeterminate"
    assert len(cache) == 0


def test_an_api_with_readings_survives_copies() -> None:
    read = Template.parse(template({"Role": role(statement("Allow"), Condition="C0")}))
    api, caller = read.apis["Api"], read.callers.variants("Role")
    for made in (copy.copy(api), pickle.loads(pickle.dumps(api)), Api.from_definition(api), api.with_stage("prod")):
        assert made == api
        assert made.invoke("GET", "/", caller=caller).outcome == "indeterminate"
    assert pickle.loads(pickle.dumps(caller)) == caller


def test_a_request_has_a_known_caller() -> None:
    read = Template.parse(template({"Role": role(chosen("C0", statement("Allow"), NOTHING))}))
    arn = "arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/"
    given: Any = read.callers.variants("Role")
    with pytest.raises(ExecPolicyError):
        authorize(Request(caller=given, action="execute-api:Invoke", resource=arn))


_NUMBERS = st.lists(st.none() | st.integers(0, 2), min_size=4, max_size=4)


def of_readings(name: str, numbers: list[int | None]) -> Variants[int]:
    """A part of a file with four readings."""
    readings = FileReadings(Source(name, ""), ((), (), (), ()))
    return Variants((0, 1, 2), ("x",), origin=Origin(readings, tuple(numbers)))


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), _NUMBERS), min_size=1, max_size=3), st.booleans())
def test_worlds_are_the_readings_of_each_file_with_each_other(parts: list[tuple[str, Any]], distinct: bool) -> None:
    """The second way: every choice of one reading for each file."""
    expected = {
        values
        for chosen_readings in product(range(4), repeat=2)
        for reading_of in [dict(zip("ab", chosen_readings, strict=True))]
        for values in [tuple(numbers[reading_of[name]] for name, numbers in parts)]
        if values[0] is not None
    }
    found = worlds([of_readings(*part) for part in parts], distinct=distinct)
    assert {world.values for world in found} == expected
    if distinct:
        assert len(found) == len(expected)
    else:
        assert {world.number for world in found} == {at for at, number in enumerate(parts[0][1]) if number is not None}


def test_too_many_combinations_are_refused() -> None:
    part = Variants(tuple(range(20)))
    with pytest.raises(UsageError) as error:
        worlds([part, part])
    assert error.value.message == "the call has 400 combinations of values that are not known, expected at most 256"
    assert len(worlds([part, Variants((1, 2))])) == 40 < MAX_WORLDS


def test_the_values_of_a_part() -> None:
    policy = Policy.parse(document({"Effect": "Allow", "Action": "*", "Resource": "*"}), kind="identity")
    assert values_of(policy) == (policy,)
    several: Policy | Variants[Policy] = Variants((policy, policy))
    assert values_of(several) == (policy, policy)
    nothing: Caller | None = None
    assert values_of(nothing) == ()
    assert list(Variants((1, 2)).when(0)) == []


def test_where_a_value_holds() -> None:
    read = Template.parse(template({"Role": role(chosen("C0", statement("Allow"), NOTHING))}))
    found = read.callers.variants("Role")
    assert [list(found.when(number)) for number in (0, 1)] == [[("C0", True)], [("C0", False)]]


def test_conditions_that_always_agree_are_named_once() -> None:
    written = template(
        {"Role": role(chosen("C0", statement("Allow"), chosen("C1", NOTHING, chosen("C2", NOTHING, NOTHING))))}
    )
    conditions = written["Conditions"]
    conditions["C1"] = {"Fn::Not": [{"Condition": "C0"}]}
    conditions["C2"] = {"Fn::Equals": [{"Ref": "Q"}, "c"]}
    found = Template.parse(written).callers.variants("Role")
    assert (found.depends_on, found.conditions) == (("the parameter P",), ("C0",))


def test_a_condition_that_says_nothing_of_a_value_is_left_out() -> None:
    written = template({"Role": role(chosen("C0", NOTHING, chosen("C1", statement("Allow"), NOTHING)))})
    written["Conditions"]["C1"] = {"Fn::Equals": [{"Ref": "Q"}, "c"]}
    found = Template.parse(written).callers.variants("Role")
    assert found.conditions == ("C0", "C1")
    assert [dict(found.when(number)) for number in range(len(found.values))] == [{}, {"C0": False, "C1": True}]


def test_a_caller_of_which_nothing_is_known_cannot_call() -> None:
    api = Template.parse(template({})).apis["Api"]
    with pytest.raises(UsageError, match="the caller depends on the parameter P, which is not known"):
        api.invoke("GET", "/", caller=Variants((), ("the parameter P",)))
