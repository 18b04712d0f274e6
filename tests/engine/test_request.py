"""One request: its parts, and what is refused of them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from execpolicy import Caller, Context, Principal, Request, RequestError, Target, UsageError, authorize, authorize_many
from execpolicy.engine.request import request_of
from execpolicy.language.key_values import KeyValues
from tests.engine.making import ACCOUNT, ANN, BUCKET, INVOKE, OTHER, PETS, SERVICE, STRANGER, a_request, allowing
from tests.refused import Refusal, refused


@pytest.mark.rule("KEY-3")
def test_a_request_holds_what_it_was_given() -> None:
    request = a_request(ANN, context={"aws:SourceIp": "203.0.113.9"})
    assert request.caller == Caller(ANN)
    assert (request.action, request.resource, request.arn.text) == (INVOKE, PETS, PETS)
    assert request.context == Context({"aws:SourceIp": "203.0.113.9"})
    assert request.account == ACCOUNT


@pytest.mark.rule("KEY-3")
def test_strings_and_mappings_are_read() -> None:
    as_objects = Request(
        caller=Principal.parse(ANN),
        action=INVOKE,
        resource=PETS,
        context=Context({"custom:x": "1"}),
        resource_account=ACCOUNT,
    )
    assert a_request(ANN, context={"custom:x": 1}) == as_objects


@pytest.mark.rule("EVL-5")
@pytest.mark.parametrize(
    ("caller", "resource", "given", "account"),
    [
        (ANN, PETS, None, ACCOUNT),
        (ANN, PETS, ACCOUNT, ACCOUNT),
        (ANN, BUCKET, OTHER, OTHER),
        (SERVICE, BUCKET, None, ""),
        ("anonymous", BUCKET, None, ""),
    ],
)
def test_the_account_of_the_resource(caller: str, resource: str, given: str | None, account: str) -> None:
    assert a_request(caller, resource=resource, account=given).account == account


@pytest.mark.rule("EVL-5")
@pytest.mark.parametrize(
    ("resource", "given", "refusal"),
    [
        (
            BUCKET,
            None,
            Refusal(
                f"the account of {BUCKET} is not known, and whether the caller needs a grant on both sides depends on "
                "it",
                advice="give resource_account",
                rule="EVL-5",
            ),
        ),
        (
            PETS,
            OTHER,
            Refusal(
                f"the resource's ARN says account {ACCOUNT}, resource_account says {OTHER}",
                advice="leave resource_account out: it is for ARNs that name no account",
                rule="EVL-5",
            ),
        ),
        (BUCKET, "12", Refusal("resource_account is an account of 12 digits, found '12'", rule="EVL-5")),
        (
            BUCKET,
            111122223333,
            Refusal("resource_account is an account of 12 digits, found 111122223333", rule="EVL-5"),
        ),
    ],
)
def test_an_account_that_is_unknown_or_contradicts_is_refused(resource: str, given: Any, refusal: Refusal) -> None:
    assert refused(RequestError, lambda: a_request(resource=resource, account=given)) == refusal


@pytest.mark.rule("ACT-1")
@pytest.mark.parametrize(
    "action", ["", "Invoke", "execute-api:", "execute-api:*", "execute-api:Inv?ke", "a:b:c", "a:b "]
)
def test_an_action_is_one_action(action: str) -> None:
    assert refused(RequestError, lambda: a_request(action=action)) == Refusal(
        f"found {action!r}, expected the name of one action as service:Name",
        "<action>:1:1",
        action,
        "such as execute-api:Invoke; a request has no wildcards",
        "ACT-1",
    )


@pytest.mark.rule("EVL-10")
@pytest.mark.parametrize(("part", "value"), [("action", None), ("action", b"a:b"), ("resource", 5)])
def test_action_and_resource_are_texts(part: str, value: Any) -> None:
    wrong: dict[str, Any] = {part: value}
    assert refused(RequestError, lambda: a_request(**wrong)) == Refusal(
        f"the {part} of a request is a text, found {type(value).__name__}"
    )


@pytest.mark.rule("GW-1")
def test_the_resource_is_an_arn() -> None:
    refusal = refused(RequestError, lambda: a_request(resource="arn:aws:execute-api:eu-west-1:1:a/b"))
    assert (refusal.at, refusal.underlined) == ("<resource>:1:31", "1")


@pytest.mark.rule("KEY-3")
def test_a_context_that_contradicts_the_caller_is_refused() -> None:
    assert refused(RequestError, lambda: a_request(ANN, context={"aws:username": "Bob"})).message == (
        "the context says aws:username is Bob, the request itself says Ann"
    )


@pytest.mark.rule("EVL-10")
@pytest.mark.parametrize(
    "wrong", [(PETS, Target()), (None, Target()), (a_request(), None), (a_request(), allowing("resource"))]
)
def test_authorize_takes_a_request_and_a_target(wrong: tuple[Any, Any]) -> None:
    culprit = wrong[0] if not isinstance(wrong[0], Request) else wrong[1]
    assert refused(UsageError, lambda: authorize(*wrong)) == Refusal(
        f"authorize takes a Request and a Target, found {type(culprit).__name__}",
        advice="write authorize(Request(caller=…, action=…, resource=…), Target(resource=…))",
    )


@pytest.mark.rule("GW-19", "GW-22")
@pytest.mark.parametrize("visibility", [(True, None), (True, False), (False, False), (True, True), (False, True)])
def test_a_request_can_be_seen_as_a_service_sees_it(visibility: tuple[bool, bool | None]) -> None:
    values = {"aws:SourceVpce": "vpce-1", "aws:UserAgent": "curl"}
    context = Context(values)
    first = a_request(ANN, context=context)
    seen = first.as_seen_by(visibility)
    authenticated, private = visibility
    expected = KeyValues(
        first.caller.principal, INVOKE, first.arn, ACCOUNT, context, authenticated=authenticated, private=private
    )
    keys = ("aws:sourcevpce", "aws:sourceip", "aws:username", "aws:useragent", "aws:resourceaccount", "custom:x")
    again = pickle.loads(pickle.dumps(seen))
    for request in (seen, a_request(ANN, context=context).as_seen_by(visibility), again):
        assert [request.values(key) for key in keys] == [expected.values(key) for key in keys]
        assert request == first
    assert first.values("aws:sourcevpce") == ("vpce-1",)
    assert a_request(ANN, context=context).profile is first.profile
    assert a_request(ANN, context=context).as_seen_by(visibility).profile is seen.profile


def test_what_a_request_computes_is_computed_once() -> None:
    request = a_request(ANN, context={"custom:x": "1"})
    assert request.key_values() is request.key_values()
    assert request.view() is request.view()
    assert request.view().key_values is request.key_values()
    assert request.view().arn is request.arn


@pytest.mark.rule("ACT-1")
def test_actions_and_apis_are_checked_however_often_others_passed() -> None:
    context = Context()
    for _ in range(2):
        assert a_request(context=context).action == INVOKE
        long = f"s3:{'A' * 500}"
        assert a_request(action=long, context=context).action == long
        for wrong in ("s3:*", ["s3:Get"], None):
            given: Any = wrong
            with pytest.raises(RequestError):
                a_request(action=given, context=context)
        far = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:{'a' * 500}/prod/GET/pets"
        assert a_request(resource=far, context=context).account == ACCOUNT


@pytest.mark.rule("KEY-3")
def test_one_context_can_be_shared_by_many_callers() -> None:
    context = Context({"aws:UserAgent": "curl"})
    callers = [Caller(ANN, identity=allowing()), Caller(ANN), Caller("anonymous")]
    for _ in range(2):
        found = [authorize(a_request(caller, context=context)).allowed for caller in callers]
        assert found == [True, False, False]


#: An ARN whose owner has no path after it.
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"


@pytest.mark.parametrize("resource", [PETS, PETS.replace(":a1b2c3/", ":zzz/"), f"{PETS}/\u00e4", QUEUE])
def test_one_of_many_requests_is_made_as_any_other(resource: str) -> None:
    context, other = Context({"aws:UserAgent": "curl"}), Context({"aws:UserAgent": "curl"})
    ann, eve = Caller(ANN), Caller(STRANGER)
    for action in (INVOKE, INVOKE, "s3:GetObject"):
        for caller in (ann, ann, eve):
            made = request_of(caller, action, resource, context)
            assert made == Request(caller=caller, action=action, resource=resource, context=other)
            assert made.account == Request(caller=caller, action=action, resource=resource, context=other).account


def test_many_requests_are_decided_in_their_order() -> None:
    bound = Caller(ANN, identity=allowing())
    decisions = authorize_many(iter([a_request(bound), a_request(ANN), a_request(bound)]))
    assert [decision.allowed for decision in decisions] == [True, False, True]
    assert decisions == [authorize(decision.request) for decision in decisions]
    assert authorize_many([a_request(ANN)], Target(resource=allowing("resource")))[0].allowed


@pytest.mark.rule("EVL-10")
@pytest.mark.parametrize("wrong", [5, None])
def test_many_requests_are_a_list(wrong: Any) -> None:
    with pytest.raises(UsageError, match=f"found {type(wrong).__name__}"):
        authorize_many(wrong)
