"""AWS's answer beside the simulated one: agreement, difference, and what is not known (LOG-6)."""

from __future__ import annotations

import pytest

from execpolicy import Api, Context, GatewayResponse, Policy, Route
from execpolicy.loaders.compared_answer import Agreement, compare_answer
from execpolicy.loaders.read_call import LoggedAnswer

pytestmark = pytest.mark.rule("LOG-6")

_OFFICE = Policy.parse(
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
                   "Condition": {"StringEquals": {"aws:Referer": "a"}}}},
    kind="resource",
)  # fmt: skip
REST = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
           routes=[Route("GET", "/open"), Route("GET", "/iam", auth="AWS_IAM")])  # fmt: skip
ALLOWED = REST.invoke("GET", "/open")
REFUSED = REST.invoke("GET", "/iam")
HTTP_REFUSED = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account="111122223333",
                   routes=[Route("GET", "/iam", auth="AWS_IAM")]).invoke("GET", "/iam")  # fmt: skip
OPEN = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
           routes=[Route("GET", "/open")], resource_policy=_OFFICE)  # fmt: skip


def _unknown() -> GatewayResponse:
    return OPEN.invoke("GET", "/open", context=Context({}, complete=False))


@pytest.mark.parametrize(
    ("answer", "response", "verdict"),
    [
        (LoggedAnswer(200), ALLOWED, Agreement.AGREES),
        (LoggedAnswer(404, has_no_error=True), ALLOWED, Agreement.AGREES),
        (LoggedAnswer(403, integration_status=403), ALLOWED, Agreement.AGREES),
        (LoggedAnswer(400, "BAD_REQUEST_BODY"), ALLOWED, Agreement.AGREES),
        (LoggedAnswer(has_no_error=True), ALLOWED, Agreement.AGREES),
        (LoggedAnswer(403, "ACCESS_DENIED"), ALLOWED, Agreement.DIFFERS),
        (LoggedAnswer(403, authorize_status=403), ALLOWED, Agreement.DIFFERS),
        (LoggedAnswer(401, message="Unauthorized"), ALLOWED, Agreement.DIFFERS),
        (LoggedAnswer(403), ALLOWED, Agreement.UNKNOWN),
        (LoggedAnswer(403, "DEFAULT_4XX"), ALLOWED, Agreement.UNKNOWN),
        (LoggedAnswer(403, "MISSING_AUTHENTICATION_TOKEN"), REFUSED, Agreement.AGREES),
        (LoggedAnswer(418, "MISSING_AUTHENTICATION_TOKEN"), REFUSED, Agreement.AGREES),
        (LoggedAnswer(403, authenticate_status=403), REFUSED, Agreement.AGREES),
        (LoggedAnswer(403, "ACCESS_DENIED"), REFUSED, Agreement.DIFFERS),
        (LoggedAnswer(401, authenticate_status=401), REFUSED, Agreement.DIFFERS),
        (LoggedAnswer(200), REFUSED, Agreement.DIFFERS),
        (LoggedAnswer(403, message="Forbidden"), HTTP_REFUSED, Agreement.AGREES),
        (LoggedAnswer(403), REFUSED, Agreement.UNKNOWN),
        (LoggedAnswer(authenticate_status=403, message="Missing Authentication Token"), REFUSED, Agreement.AGREES),
        # "Forbidden" is the message of another gate.
        (LoggedAnswer(message="Forbidden"), REFUSED, Agreement.UNKNOWN),
        (LoggedAnswer(403, message="Forbidden"), REFUSED, Agreement.UNKNOWN),
        (LoggedAnswer(403, authorize_status=403, message="Forbidden"), REFUSED, Agreement.UNKNOWN),
        (LoggedAnswer(message="Forbidden"), HTTP_REFUSED, Agreement.AGREES),
        (LoggedAnswer(200), _unknown(), Agreement.UNKNOWN),
    ],
)
def test_whether_two_answers_agree(answer: LoggedAnswer, response: GatewayResponse, verdict: Agreement) -> None:
    found = compare_answer(answer, response)
    assert found.verdict is verdict
    assert bool(found.could_explain) is (verdict is Agreement.DIFFERS)
    is_for_the_log = verdict is Agreement.UNKNOWN and response.outcome != "indeterminate"
    assert (found.advice is not None and found.advice.startswith("log $context.")) is is_for_the_log


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (LoggedAnswer(403, "ACCESS_DENIED"), "AWS answered 403 ACCESS_DENIED; these policies give a call that reaches"),
        (LoggedAnswer(authorize_status=403), "AWS logged the status 403 of the authorization; these policies give"),
        (
            LoggedAnswer(has_no_error=True),
            "AWS let the call through; these policies give a call that reaches its integ",
        ),
        (LoggedAnswer(message="x"), "AWS answered with an error; these policies give"),
    ],
)
def test_both_answers_are_in_words(answer: LoggedAnswer, text: str) -> None:
    assert compare_answer(answer, ALLOWED).text.startswith(text)


@pytest.mark.parametrize(
    ("response_type", "explanation"),
    [
        ("ACCESS_DENIED", "policies that are not given"),
        ("WAF_FILTERED", "AWS WAF"),
        ("THROTTLED", "--limits throttled"),
        ("INVALID_SIGNATURE", "a signature that was not valid"),
        ("UNAUTHORIZED", "the token or the identity sources"),
        ("RESOURCE_NOT_FOUND", "a route that is not deployed yet"),
    ],
)
def test_what_could_explain_a_refusal_by_aws(response_type: str, explanation: str) -> None:
    found = compare_answer(LoggedAnswer(403, response_type), ALLOWED)
    assert any(explanation in text for text in found.could_explain)
    assert found.could_explain[-1].startswith("the deployed version")
