"""Values stay as they are: immutable, equal by content, pickled and copied whole, shared between threads."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from execpolicy import (
    Caller,
    Context,
    Decision,
    DeterminingStatement,
    Explanation,
    Outcome,
    Policy,
    Principal,
    Request,
    Source,
    Target,
    authorize,
)
from execpolicy.engine import compile as compiling
from tests.engine.making import ANN, INVOKE, PETS, SESSION, a_request, allowing, decided, denying, policy, stated

TEXT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}]}'


def caller() -> Caller:
    who = Principal.parse(
        SESSION,
        role_path="/staff/",
        unique_id="AROAEXAMPLE",
        tags={"team": "blue"},
        org_id="o-1",
        org_paths=["o-1/r-1/"],
    )
    return Caller(
        who,
        identity=[Policy.parse(TEXT, kind="identity", name="identity.json"), policy(stated(Action="s3:*"))],
        boundary=allowing("boundary"),
        session=[allowing("session")],
        scps=[[allowing("scp")], [allowing("scp"), denying("scp", Action="s3:*")]],
    )


def target() -> Target:
    return Target(
        resource=allowing("resource", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        vpc_endpoint=allowing("vpc_endpoint"),
        rcps=[[denying("rcp", Action="s3:*")]],
    )


GIVEN = {"aws:SourceIp": "203.0.113.9", "custom:X": ["a", "b"]}


def request_() -> Request:
    return a_request(caller(), context=Context(GIVEN, complete=False, allow_unknown=["custom:X"]))


def values() -> list[Any]:
    decision = authorize(request_(), target())
    return [
        caller().principal,
        caller(),
        target(),
        request_(),
        request_().context,
        decision,
        decision.explain(),
        decision.determining_statements[0],
        caller().identity[0],
        caller().identity[1],
        Source("a", "b\nc"),
    ]


TYPES = [
    Principal, Caller, Target, Request, Context, Decision, Explanation, DeterminingStatement, Policy, Policy, Source,
]  # fmt: skip
PAIRS = list(zip(values(), values(), strict=True))
EACH = pytest.mark.parametrize(("value", "equal"), PAIRS, ids=[type(value).__name__ for value, _ in PAIRS])


def test_these_are_the_values() -> None:
    assert [type(value) for value, _ in PAIRS] == TYPES
    assert PAIRS[5][0].outcome is Outcome.ALLOW


@EACH
def test_values_are_equal_by_content(value: Any, equal: Any) -> None:
    assert value is not equal
    assert value == equal
    assert hash(value) == hash(equal)
    assert {value: 1}[equal] == 1
    assert value != "something else"


def test_values_of_different_content_differ() -> None:
    assert a_request(ANN) != a_request(ANN, context={"custom:x": 1})
    assert a_request(ANN) != a_request(ANN, resource=f"{PETS}/7")
    assert f"{PETS}/7" in repr(a_request(ANN, resource=f"{PETS}/7"))
    assert Caller(ANN) != Caller(SESSION)
    assert Caller(ANN, identity=allowing()) != Caller(ANN, identity=[allowing(), allowing()])
    assert Target() != Target(management_account=True)
    assert Principal.parse(ANN) != Principal.parse(ANN, tags={})
    assert Principal.parse(ANN, tags={"a": "1", "b": "2"}) == Principal.parse(ANN, tags={"b": "2", "a": "1"})


@EACH
def test_values_cannot_be_changed(value: Any, equal: Any) -> None:
    name = {Decision: "outcome"}.get(type(value)) or next(iter(value._fields()))
    before = getattr(value, name)
    message = f"{type(value).__name__} is immutable: {name} cannot be "
    with pytest.raises(AttributeError, match=message + "set"):
        setattr(value, name, "other")
    with pytest.raises(AttributeError, match=message + "deleted"):
        delattr(value, name)
    with pytest.raises(AttributeError):
        value.something_new = 1
    assert getattr(value, name) == before
    assert value == equal


@pytest.mark.rule("EVL-10")
def test_what_values_hold_cannot_be_changed_either() -> None:
    context: Any = Context({"custom:x": "1"}).values
    with pytest.raises(TypeError):
        context["custom:y"] = ("2",)
    tags: Any = Principal.parse(ANN, tags={"team": "blue"}).tags
    with pytest.raises(TypeError):
        tags["team"] = "red"
    for side in (caller(), target()):
        compiled: Any = side.compiled()
        with pytest.raises((TypeError, AttributeError)):
            compiled.clear()


def test_what_a_value_was_made_of_may_change() -> None:
    given: dict[str, Any] = {"custom:x": ["1"]}
    tags, policies = {"team": "blue"}, [allowing()]
    context, who = Context(given), Principal.parse(ANN, tags=tags)
    made = Caller(who, identity=policies)
    given["custom:x"].append("2")
    given["custom:y"] = "3"
    tags["team"] = "red"
    policies.append(denying())
    assert context == Context({"custom:x": "1"})
    assert made == Caller(Principal.parse(ANN, tags={"team": "blue"}), identity=allowing())


@EACH
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_values_survive_pickling(value: Any, equal: Any, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(value, protocol))
    assert type(again) is type(value)
    assert again == equal
    assert hash(again) == hash(equal)
    assert repr(again) == repr(equal)


@EACH
def test_values_survive_copying(value: Any, equal: Any) -> None:
    assert copy.copy(value) == equal
    assert copy.deepcopy(value) == equal


def test_what_was_pickled_decides_alike() -> None:
    again: Request = pickle.loads(pickle.dumps(request_()))
    decision = authorize(again, pickle.loads(pickle.dumps(target())))
    assert str(decision.explain()) == str(authorize(request_(), target()).explain())
    whole: Decision = pickle.loads(pickle.dumps(decision))
    assert whole.message == decision.message
    assert whole.determining_statements == decision.determining_statements
    assert str(whole.explain()) == str(decision.explain())
    assert whole.to_dict() == decision.to_dict()


def test_a_request_for_a_resource_without_account_survives_pickling() -> None:
    for one in (
        a_request("anonymous", resource="arn:aws:s3:::b"),
        a_request(resource="arn:aws:s3:::b", account="444455556666"),
    ):
        assert pickle.loads(pickle.dumps(one)) == one


def test_another_process_decides_alike() -> None:
    """A process that was not forked has nothing but what was pickled, and other hashes of texts."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = pool.submit(authorize, request_(), target()).result(timeout=60)
    here = authorize(request_(), target())
    assert there == here
    assert hash(there) == hash(here)
    assert there.to_dict() == here.to_dict()
    assert there.request.caller.identity[0].source == here.request.caller.identity[0].source


def test_eight_threads_share_a_caller_and_a_target() -> None:
    bound, what = caller(), target()
    shared = a_request(bound, context={"aws:SourceIp": "203.0.113.9"})

    def decide(number: int) -> tuple[str, str, dict[str, Any]]:
        own = a_request(bound, resource=f"{PETS}/{number % 5}", context={"aws:SourceIp": f"203.0.113.{number % 5}"})
        decision = authorize(own, what)
        return decision.message, str(authorize(shared, what).explain()), decision.to_dict()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(decide, range(400)))
    alone = [decide(number) for number in range(5)]
    assert found == [alone[number % 5] for number in range(400)]


def test_threads_at_the_same_time_get_one_form_of_the_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are kept by the identity of a statement: a second form would have none of them."""
    made = compiling.compile_policy

    def slowly(*arguments: Any) -> Any:
        time.sleep(0.01)
        return made(*arguments)

    monkeypatch.setattr(compiling, "compile_policy", slowly)
    policies = next(iter(caller().compiled().values()))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: policies.levels, range(8)))
    assert {id(each) for each in found} == {id(policies.levels)}


def test_values_show_what_they_are() -> None:
    assert repr(allowing()) == "<Policy identity: identity, 1 statement>"
    assert repr(Context({"custom:X": 1})) == "Context({'custom:X': ('1',)}, complete=True)"
    assert repr(decided()).startswith(f"<Decision implicit_deny: User: {ANN} is not authorized to perform: {INVOKE}")
    assert "name='Ann'" in repr(Principal.parse(ANN))
    assert repr(Caller(ANN)).startswith("Caller(")
