"""Plain calls: their outcome and their status are those of the gates, which are run when more is read."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Caller,
    Context,
    CustomGatewayResponse,
    Domain,
    ExecPolicyError,
    GatewayResponse,
    Policy,
    RequestError,
    Route,
)
from execpolicy.gateway.flow import plain_call
from execpolicy.gateway.flow.arguments import read_arguments
from execpolicy.gateway.flow.invoke import invoke
from execpolicy.gateway.flow.plain_call import plain_response
from execpolicy.gateway.model.domain import Mapped
from execpolicy.gateway.model.readings import Readings
from execpolicy.literals import PolicyKindName

ANN = "arn:aws:iam::111122223333:user/Ann"
BOB = "arn:aws:iam::444455556666:user/Bob"
PREFIX = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


def policy(kind: PolicyKindName, *statements: dict[str, Any]) -> Policy:
    given = [{"Effect": "Allow", "Action": "execute-api:Invoke", **statement} for statement in statements]
    return Policy.parse({"Version": "2012-10-17", "Statement": given}, kind=kind, name=kind)


READS = policy("identity", {"Resource": f"{PREFIX}/prod/GET/*"})
DEEP = policy(
    "identity",
    {"Resource": "*", "Condition": {"NumericLessThan": {"shop:Depth": "3"}}},
    {"Effect": "Deny", "Resource": f"{PREFIX}/*/*/secret"},
)
OPEN = policy("resource", {"Principal": "*", "Resource": "execute-api:/*"})
HOME = policy(
    "resource",
    {"Principal": {"AWS": "444455556666"}, "Resource": "execute-api:/*"},
    {
        "Effect": "Deny",
        "Principal": "*",
        "Resource": "execute-api:/*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    },
)
ROUTES = (
    Route("GET", "/"),
    Route("ANY", "/{proxy+}", auth="AWS_IAM"),
    Route("GET", "/open/{id}"),
    Route("POST", "/open/{id}", api_key_required=True),
    Route("GET", "/pets/{id}", auth="AWS_IAM"),
    Route("PUT", "/pets/{id}", auth="AWS_IAM", api_key_required=True),
)
CALLERS = (
    None,
    ANN,
    Caller(ANN),
    Caller(ANN, identity=READS),
    Caller(ANN, identity=[READS, DEEP]),
    Caller(BOB, identity=READS),
    Caller("anonymous"),
    Caller("lambda.amazonaws.com"),
)
SIGNERS = CALLERS[2:6]
CONTEXTS: tuple[Any, ...] = (
    None,
    {},
    Context(),
    Context({"aws:SourceIp": "203.0.113.9"}),
    Context({"aws:SourceIp": "2001:db8::1"}),
    Context({"aws:SourceIp": "198.51.100.1", "aws:UserAgent": "curl"}),
    Context({"aws:SourceVpce": "vpce-1"}),
    Context({"aws:CurrentTime": "2026-01-01T00:00:00Z"}),
    Context({"aws:PrincipalArn": ANN}),
    Context({"shop:Depth": "shallow"}, allow_unknown="shop:Depth"),
    Context({"shop:Depth": "1"}),
    Context(complete=False),
)
PLAIN_CONTEXTS = CONTEXTS[2:6]
PATHS = (
    "/",
    "/open/7",
    "/open/7/",
    "/pets/7",
    "/pets//7",
    "/pets/a%2Fb",
    "/secret",
    "/@connections/1",
    "/pets?a=1",
    "no",
)


#: What is special of an API, mostly nothing.
SPECIAL: list[dict[str, Any]] = [
    *[{}] * 9,
    {"endpoint": "PRIVATE"},
    {"endpoint_access_mode": "STRICT"},
    {"gateway_responses": [CustomGatewayResponse("ACCESS_DENIED", status=418)]},
    {"ip_address_type": "ipv4"},
    {"ip_address_type": "dualstack"},
    {"disable_execute_api_endpoint": True},
    {"readings": Readings(path="normalised")},
    {"domains": [Domain("api.example.com", [Mapped("", "prod")])]},
]


@st.composite
def apis(draw: st.DrawFn) -> Api:
    parts: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
    if draw(st.integers(0, 4)) == 0:
        routes = [Route(each.method, each.path, auth=each.auth) for each in ROUTES]
        return Api(type="HTTP", cors=draw(st.booleans()), routes=routes, **parts)
    attached = draw(st.sampled_from([None, None, OPEN, HOME]))
    special = draw(st.sampled_from(SPECIAL))
    api = Api(type="REST", stages=["prod"], routes=ROUTES, resource_policy=attached, **parts, **special)
    return api if draw(st.booleans()) else api.each(lambda each: each.with_endpoint_not_said())


def at_gates(api: Api, method: str, path: str, **more: Any) -> GatewayResponse | str:
    """The response that the gates give, or the error."""
    names = ("headers", "query", "vpc_endpoint_policy", "domain_name", "authorizer_output", "claims", "cache", "at")
    given: dict[str, Any] = dict.fromkeys((*names, "client_certificate", "signature_regions"))
    try:
        return invoke(
            api, *read_arguments(api, method, path, **{**given, "signature": "valid", "limits": "within", **more})
        )
    except ExecPolicyError as error:
        return error.message


def at_once(api: Api, method: str, path: str, caller: Any, context: Any) -> GatewayResponse | str | None:
    """The response to a plain call, or the error; None for any other call."""
    try:
        return plain_response(api, method, path, caller, context)
    except RequestError as error:
        return error.message


@pytest.mark.rule("GW-12", "GW-13", "GW-25")
@given(
    apis(),
    st.sampled_from([*["GET"] * 6, "PUT", "POST", "OPTIONS", "get", "*"]),
    st.sampled_from([*PATHS, *["/open/7", "/pets/7", "/pets/7", "/secret"] * 5]),
    st.sampled_from(CALLERS) | st.sampled_from(SIGNERS),
    st.sampled_from(CONTEXTS) | st.sampled_from(PLAIN_CONTEXTS),
)
def test_a_plain_call_has_the_response_of_the_gates(
    api: Api, method: str, path: str, caller: Any, context: Any
) -> None:
    expected = at_gates(api, method, path, caller=caller, context=context)
    for _ in range(2):
        plain = at_once(api, method, path, caller, context)
        event("not plain" if plain is None else "an error" if isinstance(plain, str) else plain.outcome.value)
        if isinstance(plain, str):
            assert plain == expected
        elif plain is not None:
            assert isinstance(expected, GatewayResponse)
            assert (plain.outcome, plain.status) == (expected.outcome, expected.status)
            assert plain == expected
            assert plain.to_dict() == expected.to_dict()
    if isinstance(expected, GatewayResponse):
        assert api.invoke(method, path, caller=caller, context=context) == expected


PATHS_WITH_ROUTES = (*["/open/7", "/pets/7", "/secret"] * 3, "/", "no")
#: What no gate reads, and what one does.
UNREAD = ("Accept", "accept-language", "Content-Type", "Connection", "X-Forwarded-For", "X-Forwarded-Proto", "max-age")
VALUES = st.sampled_from(["a", "", "max-age=0", "AWS4-HMAC-SHA256 Credential=x", "198.51.100.9"]) | st.text(max_size=5)
SENT = st.none() | st.dictionaries(st.sampled_from(UNREAD) | st.from_regex("[A-Za-z-]{1,12}", fullmatch=True), VALUES)


@pytest.mark.rule("GW-12", "GW-13", "GW-25")
@given(
    apis(),
    st.sampled_from([(method, path) for method in ("GET", "GET", "PUT", "POST") for path in PATHS_WITH_ROUTES]),
    st.sampled_from([None, *SIGNERS]),
    st.sampled_from(PLAIN_CONTEXTS),
    st.tuples(SENT, SENT),
)
def test_what_no_gate_reads_changes_nothing(
    api: Api, called: tuple[str, str], caller: Any, context: Any, sent: tuple[Any, Any]
) -> None:
    headers, query = sent
    given_arguments = {"caller": caller, "context": context, "headers": headers, "query": query}
    expected = at_gates(api, *called, **given_arguments)
    if not isinstance(expected, GatewayResponse):
        return
    found = api.invoke(*called, **given_arguments)
    event(f"{found.outcome.value}, {'plain' if all(map(is_unread, sent)) else 'at the gates'}")
    assert (found.outcome, found.status) == (expected.outcome, expected.status)
    assert found == expected
    assert found.to_dict() == expected.to_dict()


def is_unread(sent: dict[str, str] | None) -> bool:
    return sent is None or plain_call.is_unread(sent)


def test_every_header_that_a_gate_reads_is_known() -> None:
    folder = Path(plain_call.__file__).parents[1]
    modules = [*(folder / "flow").glob("*.py"), *(folder / "authorizers").glob("*.py")]
    texts = [module.read_text("utf-8") for module in modules]
    read = {name.lower() for text in texts for name in re.findall(r"\.header\(\"([^\"]+)\"\)", text)}
    assert len(read) >= 12
    assert {name for name in read if not name.startswith(plain_call.BEGINNINGS)} <= plain_call.READ_HEADERS
    assert [name for name in ("x-forwarded-for", "accept") if not plain_call.is_unread({name: "x"})] == []
    assert not any(plain_call.is_unread({name: "x"}) for name in (*read, "User-Agent", "X-Amz-Signature"))


@pytest.mark.parametrize(
    "sent", [{"Accept": ["a", "b"]}, {"Accept": "\u00e9"}, {"Cache-Control": "max-age=0"}, [], {1: ""}]
)
def test_headers_of_other_types_pass_the_gates(sent: Any) -> None:
    assert not plain_call.is_unread(sent)


def test_headers_are_those_that_were_given() -> None:
    headers, context = {"Accept": "*/*"}, Context()
    response = API.invoke("GET", "/open/7", context=context, headers=headers, query={"a": "1"})
    headers["Host"] = "example.com"
    assert response == API.invoke("GET", "/open/7", context=context, headers={"Accept": "*/*"}, query={"a": "1"})
    assert response != API.invoke("GET", "/open/7", context=context, headers=headers)


API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages=["prod", "test"],
    stage="prod",
    routes=ROUTES,
)


def test_the_gates_are_run_when_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def counted(*given: Any) -> GatewayResponse:
        ran.append("gates")
        return invoke(*given)

    monkeypatch.setattr(plain_call, "invoke", counted)
    caller, context = Caller(ANN, identity=READS), Context()
    allowed = API.invoke("GET", "/pets/7", caller=caller, context=context)
    denied = API.invoke("DELETE", "/pets/7", caller=caller, context=context)
    opened = API.invoke("GET", "/open/7", context=context)
    assert [each.allowed for each in (allowed, denied, opened)] == [True, False, True]
    assert [each.status for each in (allowed, denied, opened)] == [200, 403, 200]
    assert ran == []
    assert allowed.arn == f"{PREFIX}/prod/GET/pets/7"
    assert [step.gate for step in allowed.steps] == ["route", "signature", "IAM"]
    assert ran == ["gates"]
    assert denied.message.endswith("because no identity-based policy allows the execute-api:Invoke action")
    assert pickle.loads(pickle.dumps(opened)) == opened
    assert len(ran) == 3
    with pytest.raises(AttributeError, match="no attribute 'verdict'"):
        _ = allowed.verdict  # type: ignore[attr-defined]  # there is none


def test_another_stage_has_plain_calls_of_its_own() -> None:
    context = Context()
    caller = Caller(ANN, identity=READS)
    for api, expected in ((API, 200), (API.with_stage("test"), 403), (API, 200)):
        response = api.invoke("GET", "/pets/7", caller=caller, context=context)
        assert (response.status, response.arn.split("/")[1]) == (expected, api.stage.name)
