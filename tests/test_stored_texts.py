"""What public calls keep of a text is a plain ``str``, so that no comparison calls a method of the caller's class."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

import pytest

from execpolicy import Api, ApiKey, Authorizer, Claim, ExecuteApiArn, Issuer, Route, UsageError, event_for
from tests.test_arguments import CALLS, CONNECTION
from tests.untyped import untyped

NOW = 10
#: What holds no texts, or holds them in code.
_LEAVES = (type, types.ModuleType, types.FunctionType, types.MethodType, int, float, bytes, Enum, type(None))


class Equal(str):
    """A text that claims to be equal to every other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


def claiming(value: Any) -> Any:
    """The same value with ``Equal`` for every text in it."""
    match value:
        case Enum():
            return value
        case str():
            return Equal(value)
        case list() | tuple():
            return type(value)(map(claiming, value)) if type(value) in (list, tuple) else value
        case dict():
            return {claiming(name): claiming(each) for name, each in value.items()}
        case _:
            return value


def parts(value: object) -> Iterator[tuple[str, object]]:
    """What a value holds, each with its name in it."""
    if isinstance(value, Mapping):
        yield from ((f".keys[{number}]", name) for number, name in enumerate(value))
        yield from ((f"[{number}]", each) for number, each in enumerate(value.values()))
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((f"[{number}]", each) for number, each in enumerate(value))
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, slot):
                yield f".{slot}", getattr(value, slot)
    yield from ((f".{name}", each) for name, each in getattr(value, "__dict__", {}).items())


def foreign_texts(value: object, place: str, seen: dict[int, object]) -> Iterator[str]:
    """The places of texts that are of a class made from str; an enumeration of this library is none."""
    if isinstance(value, _LEAVES) or id(value) in seen:
        return
    if isinstance(value, str):
        if type(value) is not str:
            yield place
        return
    seen[id(value)] = value
    for name, part in parts(value):
        yield from foreign_texts(part, place + name, seen)


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("name", CALLS)
def test_every_text_that_is_kept_is_a_plain_str(name: str) -> None:
    make, right = CALLS[name]
    arguments = dict(right)
    if name == "DocumentCase":
        arguments["document"] = '{"Statement": []}'  # a mapping is kept as it is, and read when the case runs
    made = make(**{parameter: claiming(value) for parameter, value in arguments.items()})
    assert list(foreign_texts(made, name, {})) == []


def test_a_foreign_text_is_found_wherever_it_is_kept() -> None:
    assert list(foreign_texts({"a": [Equal("b")]}, "it", {})) == ["it[0][0]"]
    assert list(foreign_texts({Equal("a"): types.SimpleNamespace(b=("c", Equal("d")))}, "it", {})) == [
        "it.keys[0]",
        "it[0].b[1]",
    ]


def _rest(**parts: Any) -> Api:
    return Api(**{**CONNECTION, "type": "REST", "stages": ["prod"], **parts})


@pytest.mark.rule("AUT-6")
@pytest.mark.parametrize(("sent", "status"), [("k" * 30, 200), ("zzz", 403)])
def test_an_api_key_is_compared_as_text(sent: str, status: int) -> None:
    api = _rest(routes=[Route("GET", "/a", api_key_required=True)], api_keys=[ApiKey(Equal("k" * 30), stages="prod")])
    assert api.invoke("GET", "/a", headers={"x-api-key": sent}).status == status
    assert api.invoke("GET", "/a", headers={"x-api-key": Equal(sent)}).status == status


@pytest.mark.rule("AUT-9")
@pytest.mark.parametrize(("kind", "header"), [("REST", "method"), ("HTTP", "$")])
@pytest.mark.parametrize(("issuer", "status"), [("https://id", 200), ("https://evil", 401)])
def test_an_issuer_is_compared_as_text(kind: str, header: str, issuer: str, status: int) -> None:
    source = f"{header}.request.header.Authorization".replace("$.", "$")
    tokens = Authorizer("t", type="JWT", identity_sources=source, issuers=[Issuer(Equal("https://id"), audiences="b")])
    api = Api(**{**CONNECTION, "type": kind}, stages=["prod"], routes=[Route("GET", "/a", authorizer="t")],
              authorizers=[tokens])  # fmt: skip
    claims = {"iss": issuer, "aud": "b", "exp": 20}
    assert api.invoke("GET", "/a", headers={"Authorization": "x"}, claims=claims, at=NOW).status == status


@pytest.mark.rule("GW-18")
def test_a_signature_is_compared_as_text() -> None:
    api = _rest(routes=[Route("GET", "/a", auth="AWS_IAM")])
    caller = "arn:aws:iam::111122223333:root"

    def status(signature: Any) -> int | None:
        return api.invoke("GET", "/a", caller=caller, signature=signature).status

    assert (status(Equal("invalid")), status("invalid")) == (403, 403)
    assert status(Equal("valid")) == status("valid")
    with pytest.raises(UsageError, match="signature is valid, invalid, expired, found 'forged'"):
        status(Equal("forged"))


def _refused(make: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as caught:
        make()
    return caught.value.message


@pytest.mark.rule("AUT-9")
def test_a_reserved_claim_is_found_as_text() -> None:
    class Different(Equal):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            return False

    assert _refused(lambda: Claim(Different("iss"))) == "name is 'iss', a claim that API Gateway checks itself"
    assert Claim(Different("tier")) == Claim("tier")


def test_a_word_among_several_is_compared_as_text() -> None:
    api = _rest(
        routes=[Route("GET", "/a", authorizer="t")],
        authorizers=[Authorizer("t", type="TOKEN", identity_sources="method.request.header.A")],
    )
    header = {"A": "x"}
    for make in (
        lambda: Authorizer("a", type="REQUEST", payload_format=untyped(Equal("3.0"))),
        lambda: Api(**{**CONNECTION, "type": Equal("SOAP")}),
        lambda: Api(**CONNECTION, stage=Equal("none")),
        lambda: api.authorizer(Equal("none")),
        lambda: event_for(api, "GET", "/a", headers=header, stage=Equal("none")),
        lambda: event_for(api, "GET", "/a", headers=header, version=Equal("3.0")),
    ):
        _refused(make)


def test_an_arn_is_built_from_the_texts_that_were_checked() -> None:
    class Formatted(Equal):
        __slots__ = ()
        __hash__ = str.__hash__

        def __format__(self, spec: str) -> str:
            return "other"

    arn = ExecuteApiArn.build(
        region=Formatted("eu-west-1"),
        account=Formatted("111122223333"),
        api_id="a1",
        stage="s",
        method="GET",
        path=Formatted("/"),
    )
    assert str(arn) == "arn:aws:execute-api:eu-west-1:111122223333:a1/s/GET/"
    assert arn.expand(Formatted("execute-api:/s/*")).pattern == "arn:aws:execute-api:eu-west-1:111122223333:a1/s/*"
