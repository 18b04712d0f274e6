"""What a call costs, in counted work: nobody is told what nobody asks for, and nothing is built twice."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import waiting
from benchmarks.counted import calls_of
from benchmarks.gateway import INVOKE as INVOKED
from benchmarks.gateway import calls
from execpolicy import (
    Api,
    Caller,
    Context,
    GatewayResponse,
    Policy,
    Request,
    RequestError,
    Route,
    Step,
    authorize,
)
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.flow import other_readings, refusals
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.literals import PolicyKindName
from tests.refused import refused

ANN = "arn:aws:iam::111122223333:user/Ann"
PREFIX = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
INVOKE = "execute-api:Invoke"


def policy(kind: PolicyKindName, *statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=kind)


READS = policy("identity", {"Effect": "Allow", "Action": INVOKE, "Resource": f"{PREFIX}/prod/GET/*"})
HOME = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
FROM_HOME = policy(
    "resource",
    {"Effect": "Deny", "Principal": "*", "Action": INVOKE, "Resource": "execute-api:/*", "Condition": HOME},
)
ONLY_SLASHED = {"Effect": "Allow", "Principal": "*", "Action": INVOKE, "Resource": "execute-api:/prod/GET/a//b"}
ROUTES = [Route("ANY", "/{proxy+}", auth="AWS_IAM"), Route("GET", "/open")]


def an_api(**more: Any) -> Api:
    given: dict[str, Any] = {"type": "REST", "stages": ["prod"], "routes": ROUTES, "resource_policy": FROM_HOME, **more}
    return Api(id="a1b2c3", region="eu-west-1", account="111122223333", **given)


def counting(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """The calls of a function that are made from here on."""
    calls: list[Any] = []
    function = getattr(owner, name)

    def counted(*args: Any, **more: Any) -> Any:
        calls.append(args)
        return function(*args, **more)

    monkeypatch.setattr(owner, name, counted)
    return calls


def test_no_call_is_explained_unless_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    explained, worded = counting(monkeypatch, Evaluation, "__init__"), counting(monkeypatch, refusals, "masked")
    api, caller = an_api(), Caller(ANN, identity=READS)
    at_home, abroad = Context({"aws:SourceIp": "203.0.113.9"}), Context({"aws:SourceIp": "198.51.100.1"})
    statuses = [api.invoke("GET", "/pets", caller=caller, context=context).status for context in (at_home, abroad)]
    statuses += [api.invoke("PUT", "/pets", caller=caller, context=at_home).status]
    statuses += [api.invoke("GET", "/open", context=context).status for context in (at_home, abroad)]
    assert statuses == [200, 403, 403, 403, 403]
    assert explained == worded == []
    denied = api.invoke("GET", "/pets", caller=caller, context=abroad)
    assert denied.message.endswith("with an explicit deny in a resource-based policy")
    assert len(worded) == 1


def test_a_plain_call_makes_few_calls_of_functions() -> None:
    invoke = calls()[INVOKED]
    for _ in range(20):
        invoke()
    # 55 in Python 3.11, where authorize alone makes 26; other versions make a few more or less. The gates are run when
    # somebody reads what they say.
    assert calls_of([invoke] * 20) <= 60


@pytest.mark.parametrize(
    ("name", "most"), [(waiting.OPEN, 32), (waiting.NEW, 500), (waiting.KNOWN, 220), (waiting.CACHED, 210)]
)
def test_a_call_with_an_authorizer_makes_few_calls_of_functions(name: str, most: int) -> None:
    invoke = waiting.calls()[name]
    for _ in range(20):
        invoke()
    assert calls_of([invoke] * 20) <= most


def test_a_caller_for_known_policies_makes_few_calls_of_functions() -> None:
    make = waiting.new_caller()
    make()
    assert calls_of([make] * 20) <= 60


def test_an_api_builds_the_beginning_of_its_arns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built = counting(monkeypatch, ExecuteApiArn, "parse")
    api, caller = an_api(), Caller(ANN, identity=READS)
    assert {api.invoke("GET", f"/pets/{number}", caller=caller).arn for number in range(20)} == {
        f"{PREFIX}/prod/GET/pets/{number}" for number in range(20)
    }
    assert len(built) == 1


def test_policies_are_compiled_once_for_an_api_and_a_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    api, caller = an_api(), Caller(ANN, identity=READS)
    compiled = counting(monkeypatch, CompiledPolicies, "__init__")
    for number in range(20):
        api.invoke("GET", f"/pets/{number}", caller=caller)
    assert compiled == []


@pytest.mark.rule("GW-2", "GW-4")
@given(st.sampled_from(["GET", "POST", "PATCH"]), st.text("ab/%?@\n", max_size=12).map(lambda text: f"/{text}"))
@pytest.mark.parametrize("path", ["", "/@connections", "/@connections/"])
def test_the_arn_of_a_call_is_the_one_that_is_built_of_its_parts(path: str, method: str, rest: str) -> None:
    api, sent = an_api(), f"{path}{rest}".replace("?", "")
    parts: dict[str, Any] = {"region": "eu-west-1", "account": "111122223333", "api_id": "a1b2c3", "stage": "prod"}
    if sent == "/@connections/" and method in ("GET", "POST"):
        told = [
            refused(RequestError, make)
            for make in (
                lambda: ExecuteApiArn.build(**parts, method=method, path=sent),
                lambda: arn_of_call(api, api.stage, method, sent),
            )
        ]
        assert told[0] == told[1]
    else:
        assert arn_of_call(api, api.stage, method, sent) == str(ExecuteApiArn.build(**parts, method=method, path=sent))


@pytest.mark.rule("GW-13")
def test_a_call_is_decided_as_its_request_is() -> None:
    api, caller = an_api(), Caller(ANN, identity=READS)
    for path in ("/pets", "/pets/1"):
        for method in ("GET", "PUT"):
            for address in ("203.0.113.9", "198.51.100.1"):
                context = Context({"aws:SourceIp": address})
                request = Request(
                    caller=caller, action=INVOKE, resource=f"{PREFIX}/prod/{method}{path}", context=context
                )
                expected = authorize(request, api.target)
                response = api.invoke(method, path, caller=caller, context=context)
                decision = response.steps[-1].decision
                assert decision is not None
                assert decision.outcome is expected.outcome
                assert decision.to_dict() == expected.to_dict()


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("moments", [[], ["2026-01-01", "2026-01-02"]])
def test_a_context_without_one_time_tells_none(moments: list[str]) -> None:
    context = Context({"aws:CurrentTime": moments, "aws:SourceIp": "203.0.113.9"})
    response = an_api(resource_policy=None).invoke("GET", "/open", context=context)
    assert response.status == 200


def test_a_response_is_a_value() -> None:
    api = an_api()
    denied, again = (api.invoke("PUT", "/pets", caller=Caller(ANN)) for _ in range(2))
    assert denied == again
    assert hash(denied) == hash(again)
    copied = pickle.loads(pickle.dumps(denied))
    assert copied == denied
    assert (copied.message, copied.steps, str(copied.explain())) == (
        denied.message,
        denied.steps,
        str(denied.explain()),
    )
    assert repr(copied) == repr(denied)
    assert all(type(step) is Step and isinstance(step.detail, str) for step in denied.steps)
    told = GatewayResponse(
        status=403, response_type=None, message="no", body_key="message", arn="", steps=denied.steps, notes=("a",)
    )
    assert (told.message, told.steps, told.with_notes(["b"]).notes) == ("no", denied.steps, ("a", "b"))
    for name in ("status", "message", "steps", "anything"):
        with pytest.raises(AttributeError, match="GatewayResponse is immutable"):
            setattr(told, name, 200)
        with pytest.raises(AttributeError, match="GatewayResponse is immutable"):
            delattr(told, name)


def test_other_readings_are_found_when_a_response_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch, other_readings, "_response_of")
    api = an_api(routes=[Route("GET", "/a/{proxy+}")], resource_policy=policy("resource", ONLY_SLASHED))
    response = api.invoke("GET", "/a//b", context=Context({"aws:SourceIp": "203.0.113.9"}))
    assert (response.allowed, response.status, str(response.outcome), runs) == (True, 200, "allowed", [])
    copied = response.with_notes(["more"])
    assert runs == []
    assert copied.notes == (
        "by the reading path=normalised the response would be 403; this is path=as_sent",
        "more",
    )
    assert response.assumed == copied.assumed == frozenset({"GW-4"})
    assert len(runs) == 1
    assert pickle.loads(pickle.dumps(response)) == response
