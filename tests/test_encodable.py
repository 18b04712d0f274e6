"""Half a surrogate pair, or a byte that is not UTF-8, is refused in every text of a request or a call (POL-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from execpolicy import (
    Api,
    Authorizer,
    Call,
    Caller,
    Context,
    ExecuteApiArn,
    Invariant,
    Policy,
    PolicySyntaxError,
    Principal,
    Request,
    RequestError,
    Route,
    event_for,
)
from execpolicy.diagnose.why import read_message
from execpolicy.gateway.authorizers.claims import check_http_jwt
from execpolicy.testing import parse_cases
from tests.refused import Refusal, refused

ANN: Final = "arn:aws:iam::111122223333:user/Ann"
PREFIX: Final = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"
ADVICE: Final = "give text that UTF-8 can hold; write another byte of a path percent-encoded, such as %E9"
ANSWER: Final = {
    "principalId": "a",
    "policyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
}


def api(**more: Any) -> Api:
    given: dict[str, Any] = {
        "type": "REST",
        "stages": ["prod"],
        "routes": [
            Route("GET", "/open/{proxy+}"),
            Route("GET", "/signed/{proxy+}", auth="AWS_IAM"),
            Route("GET", "/tokens/{proxy+}", authorizer="tokens"),
        ],
        "authorizers": [
            Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"], ttl=0)
        ],
        **more,
    }
    return Api(id="a1b2c3", region="eu-west-1", account="111122223333", **given)


def invoked(path: str = "/tokens/a", **more: Any) -> None:
    given: dict[str, Any] = {"headers": {"Authorization": "a"}, "authorizer_output": ANSWER, **more}
    api().invoke("GET", path, **given)


def socket(key: str) -> None:
    api(type="WEBSOCKET", routes=[Route("$default")], authorizers=[]).invoke(key)


def jwt(claims: dict[str, object]) -> None:
    http = Authorizer(
        "jwt", type="COGNITO_USER_POOLS", user_pools=["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x"]
    )
    check_http_jwt(http, (), claims, None)


def requested(**more: Any) -> None:
    Request(**{"caller": ANN, "action": "execute-api:Invoke", "resource": f"{PREFIX}pets", **more})


#: Every text of a request or a call, with what an error calls it.
PLACES: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "the path of an open method": ("path", lambda text: invoked(f"/open/{text}")),
    "the path of a signed method": ("path", lambda text: invoked(f"/signed/{text}", caller=ANN)),
    "the path of a method with a function": ("path", lambda text: invoked(f"/tokens/{text}")),
    "a path that is not found": ("path", lambda text: invoked(f"/{text}")),
    "a path of an event": ("path", lambda text: event_for(api(), "GET", f"/tokens/{text}")),
    "a method": ("method", lambda text: api().invoke(text, "/")),
    "a route key": ("route key", socket),
    "the name of a header": ("a name in headers", lambda text: invoked(headers={text: "a"})),
    "a header": ("each of headers", lambda text: invoked(headers={"Authorization": text})),
    "one of several headers": ("each of headers", lambda text: invoked(headers={"Authorization": ["a", text]})),
    "a header of an event": ("each of headers", lambda text: event_for(api(), "GET", "/tokens/a", headers={"a": text})),
    "the name of a parameter": ("a name in query", lambda text: invoked(query={text: "a"})),
    "a parameter": ("each of query", lambda text: invoked(query={"a": text})),
    "a host": ("domain_name", lambda text: invoked(domain_name=text)),
    "a caller of a call": ("principal", lambda text: invoked("/signed/a", caller=text)),
    "the name of a claim": ("claims", lambda text: jwt({text: "a"})),
    "a claim": ("claim scope", lambda text: jwt({"scope": text})),
    "one of the texts of a claim": ("claim aud", lambda text: jwt({"aud": ["a", text]})),
    "a context of a call": ("context aws:UserAgent", lambda text: invoked(context={"aws:UserAgent": text})),
    "the name of a key": ("context", lambda text: Context({text: "a"})),
    "a value": ("context aws:UserAgent", lambda text: Context({"aws:UserAgent": text})),
    "one of several values": ("context aws:UserAgent", lambda text: Context({"aws:UserAgent": ["a", text]})),
    "the name of a tag": ("tags", lambda text: Principal.parse(ANN, tags={text: "a"})),
    "a tag": ("tag team", lambda text: Principal.parse(ANN, tags={"team": text})),
    "a principal": ("principal", Principal.parse),
    "a user": ("principal", lambda text: Principal.parse(f"arn:aws:iam::111122223333:user/{text}")),
    "a service": ("name of a service", Principal.service),
    "an id": ("unique_id", lambda text: Principal.parse(ANN, unique_id=text)),
    "an organization": ("org_id", lambda text: Principal.parse(ANN, org_id=text)),
    "a path of an organization": ("each of org_paths", lambda text: Principal.parse(ANN, org_paths=[text])),
    "who made a session": (
        "federated_by",
        lambda text: Principal.parse("arn:aws:sts::111122223333:federated-user/a", federated_by=text),
    ),
    "a caller": ("principal", Caller),
    "an action": ("action", lambda text: requested(action=text)),
    "a resource": ("resource", lambda text: requested(resource=f"{PREFIX}{text}")),
    "an ARN": ("an ARN", lambda text: ExecuteApiArn.parse(f"{PREFIX}{text}")),
    "what describes a call": ("a call", lambda text: Call.parse(f"https://a.example/{text}")),
    "the format of a log": ("log_format", lambda text: Call.parse("GET", log_format=f"$context.httpMethod {text}")),
    "an invariant": ("an invariant", lambda text: Invariant.parse(f"nobody may call /{text}")),
    "a part of an ARN": ("region", lambda text: ExecuteApiArn.build(region=text, account="1")),
    "a route": ("a route's path", lambda text: Route("GET", f"/{text}")),
    "a pasted answer": ("a response", lambda text: read_message(f"Forbidden {text}")),
}


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("place", PLACES)
def test_a_text_that_utf8_cannot_hold_is_refused_wherever_it_stands(place: str) -> None:
    name, make = PLACES[place]
    with pytest.raises(RequestError) as caught:
        make("é\udce9")
    error = caught.value
    assert error.message.startswith("found the byte 0xe9, which is not UTF-8, in ")
    assert (error.advice, error.rule) == (ADVICE, "POL-11")
    assert error.source is not None
    assert error.span is not None
    assert error.source.text[error.span.column - 1 : error.span.end_column - 1] == "\udce9"
    if name:
        assert error.source.name == f"<{name}>"
    str(error).encode()
    with pytest.raises(RequestError, match=r"found half a surrogate pair, U\+D83D, in "):
        make("a\ud83d")


@pytest.mark.rule("POL-11")
def test_the_place_of_a_byte_in_a_path() -> None:
    assert refused(RequestError, lambda: invoked("/open/a\udce9b")) == Refusal(
        "found the byte 0xe9, which is not UTF-8, in the path", "<path>:1:8", "\udce9", ADVICE, "POL-11"
    )


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("text", ["é", "😀", "%E9", "\ufffd", "\x7f"])
def test_other_text_is_taken(text: str) -> None:
    assert api().invoke("GET", f"/open/{text}", headers={"a": text}, context={"aws:UserAgent": text}).status == 200
    requested(resource=f"{PREFIX}{text}")
    assert Principal.parse(ANN, tags={text: text}).tags == {text: text}


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    "read",
    [
        lambda: Policy.parse('{"Id": "\ud800"}', kind="identity"),
        lambda: Policy.parse({"Id": "\ud800", "Statement": []}, kind="identity"),
        lambda: Policy.parse(b'{"Id": "\xe9"}', kind="identity"),
        lambda: parse_cases('{"title": "\ud800"}'),
        lambda: parse_cases("title: \udce9"),
    ],
)
def test_documents_are_refused_as_documents(read: Callable[[], object]) -> None:
    with pytest.raises(PolicySyntaxError):
        read()


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("claims", [{"a": ["\ud800"]}, {"a": "\ud800"}, {"\ud800": "a"}])
def test_claims_are_checked_on_a_route_that_does_not_read_them(claims: dict[str, object]) -> None:
    api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
              routes=[Route("GET", "/a", auth="AWS_IAM")])  # fmt: skip
    with pytest.raises(RequestError, match="half a surrogate pair"):
        api.invoke("GET", "/a", claims=claims)
