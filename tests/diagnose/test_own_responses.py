"""Texts that a REST API sets in gateway responses of its own."""

from __future__ import annotations

import json

import pytest

from execpolicy import CustomGatewayResponse, RequestError, Route
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.why import CalledApi, read_message
from execpolicy.gateway.model.api_definition import ApiDefinition
from tests.diagnose.messages import ANN, sentence

OWN = "$context.error.messageString"


def read(message: str, *responses: CustomGatewayResponse) -> Diagnosis:
    api = ApiDefinition(
        id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        routes=[Route("GET", "/pets/{id}", auth="AWS_IAM", api_key_required=True)], gateway_responses=responses,
    )  # fmt: skip
    return read_message(json.dumps({"message": message}), api=CalledApi(api, "a.api.yaml"))


@pytest.mark.rule("MSG-4")
def test_a_text_of_its_own_names_the_gateway_response() -> None:
    response = CustomGatewayResponse("INVALID_API_KEY", status=400, message="Who are you?")
    meaning = read("Who are you?", response)
    assert (meaning.gate, meaning.response_type, meaning.status) == (Gate.API_KEY, "INVALID_API_KEY", 400)
    assert (meaning.message, meaning.rule) == ("Who are you?", "MSG-4")
    kept = read("Who are you?", response._replace(status=None))
    assert kept.status == 403
    for text in ("Who are you", "Who are you? Bob"):
        with pytest.raises(RequestError):
            read(text, response)
    with pytest.raises(RequestError):
        read_message('{"message":"Who are you?"}')


@pytest.mark.rule("MSG-4")
@pytest.mark.parametrize(("before", "after"), [("No: ", ""), ("", " (orders)"), ("<", ">")])
def test_words_around_the_text_of_aws(before: str, after: str) -> None:
    response = CustomGatewayResponse("DEFAULT_4XX", message=f"{before}{OWN}{after}")
    denied = read(f"{before}{sentence(' with an explicit deny')}{after}", response)
    assert (denied.principal, denied.explicit, denied.unread) == (ANN, True, "")
    assert read(f"{before}Forbidden{after}", response).message == "Forbidden"
    with pytest.raises(RequestError):
        read(f"{before}{after}", response)


@pytest.mark.rule("MSG-4")
def test_one_text_of_several_gateway_responses() -> None:
    for responses in (
        [CustomGatewayResponse("ACCESS_DENIED", message="No"), CustomGatewayResponse("THROTTLED", 403, message="No")],
        [CustomGatewayResponse("DEFAULT_4XX", 403, message="No"), CustomGatewayResponse("ACCESS_DENIED", message="x")],
        [CustomGatewayResponse("DEFAULT_5XX", 403, message="No")],
    ):
        meaning = read("No", *responses)
        names = " or ".join(each.response_type for each in responses if each.message == "No")
        assert meaning.summary == f"A text that the API sets itself, for the gateway response {names}"
        assert (meaning.status, meaning.response_type) == (403, "")
        assert meaning.leaves_open[0].startswith("which gateway response it is: ")
        kinds = meaning.leaves_open[0].partition(": ")[2]
        assert ("ACCESS_DENIED" in kinds) is (len(responses) == 2 and responses[1].message == "No")
        assert ("INTEGRATION_TIMEOUT" in kinds) is (len(responses) == 1)
