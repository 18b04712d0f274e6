"""The note that a change of the resource policy takes effect with the next deployment."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, GatewayResponse, Policy, Principal, Route
from tests.gateway.small_api import small_api

ANN = "arn:aws:iam::111122223333:user/Ann"
STRANGER = "arn:aws:iam::444455556666:user/Bob"
NOTE = "a change of the resource policy takes effect when the API is deployed to the stage (GW-36)"
ROUTES = [Route("GET", "/open"), Route("GET", "/mine", auth="AWS_IAM")]
INVOKE = "execute-api:Invoke"


def statement(effect: str, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": INVOKE, "Resource": "*", **more}


def resource(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind="resource", name="resource")


def called(path: str, policy: Policy | None, who: str | None = None, effect: str = "", **more: Any) -> GatewayResponse:
    identity = []
    if effect:
        document = {"Version": "2012-10-17", "Statement": [statement(effect)]}
        identity.append(Policy.parse(document, kind="identity", name="identity"))
    caller = None if who is None else Caller(Principal.parse(who), identity=identity)
    return small_api(routes=ROUTES, resource_policy=policy, **more).invoke("GET", path, caller=caller)


NOBODY = resource(statement("Deny", Principal="*"))
OTHERS = resource(statement("Allow", Principal={"AWS": "arn:aws:iam::777788889999:user/Eve"}))
ALL = resource(statement("Allow", Principal="*"))


@pytest.mark.rule("GW-36")
@pytest.mark.parametrize(
    "response",
    [
        pytest.param(called("/open", NOBODY), id="a Deny for an open method"),
        pytest.param(called("/open", OTHERS), id="no Allow for an open method"),
        pytest.param(called("/mine", NOBODY, ANN, "Allow"), id="a Deny for a signer"),
        pytest.param(called("/mine", OTHERS, STRANGER, "Allow"), id="no Allow for another account"),
        pytest.param(called("/open", None, endpoint="PRIVATE"), id="a private API without a resource policy"),
    ],
)
def test_a_call_that_the_resource_policy_denies_has_the_note(response: GatewayResponse) -> None:
    assert response.status == 403
    assert response.notes == (NOTE,)


@pytest.mark.rule("GW-36")
@pytest.mark.parametrize(
    "response",
    [
        pytest.param(called("/open", ALL), id="an allowed call"),
        pytest.param(called("/mine", ALL, ANN, "Deny"), id="a Deny of the caller's own policies"),
        pytest.param(called("/mine", ALL, STRANGER), id="no Allow of the account of the caller"),
        pytest.param(called("/mine", None, ANN), id="no resource policy"),
        pytest.param(called("/mine", ALL), id="no signature"),
        pytest.param(called("/nothing", NOBODY), id="no route"),
    ],
)
def test_any_other_call_has_none(response: GatewayResponse) -> None:
    assert NOTE not in response.notes


@pytest.mark.rule("GW-36")
def test_the_note_is_the_same_in_every_form_of_a_response() -> None:
    response = called("/open", NOBODY)
    assert response.to_dict()["notes"] == [NOTE]
    assert response.with_notes(["more"]).notes == (NOTE, "more")
    assert str(response.explain()).endswith(NOTE)
