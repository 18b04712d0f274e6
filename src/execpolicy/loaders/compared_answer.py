"""AWS's answer to a call beside the simulated one: whether they agree, and what could explain a difference (LOG-6).

The log of a call shows whether API Gateway refused it: by the gateway response, by the status of the authorization, by
the status of the integration, which only a call has that got through. A status alone does not: an integration can
answer 403 too.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.loaders.read_call import LoggedAnswer

#: Gateway responses to calls that were authorized: of validation and of integrations.
_AFTER_AUTHORIZATION: Final = frozenset(
    {"BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "REQUEST_TOO_LARGE"}
    | {"UNSUPPORTED_MEDIA_TYPE", "API_CONFIGURATION_ERROR"}
)
_DEPLOYED: Final = (
    "the deployed version: a policy of a REST API takes effect with the next deployment, and the file may be newer"
)
_POLICIES: Final = (
    "policies that are not given: those of the caller (--identity, --boundary, --session, --scp) and of the VPC "
    "endpoint (--vpc-endpoint)"
)
#: The same without the options of ``check`` and ``why``.
_POLICIES_ALONE: Final = "policies that are not given: those of the caller and of the VPC endpoint"
_LOG_WHO: Final = "log $context.error.responseType, $context.authorize.status and $context.integration.status"
_LOG_TYPE: Final = "log $context.error.responseType, the name of the gateway response"
_OUTPUT: Final = "the output of the Lambda authorizer for this call, or one that was cached"
#: The statuses of a call that an authorizer refuses.
_OF_AUTHORIZERS: Final = (401, 403)
#: What can explain that AWS refused a call which is allowed here, by AWS's gateway response.
_WHY_REFUSED: Final = {
    "ACCESS_DENIED": (_POLICIES, _OUTPUT, "condition keys that a log does not have, such as the caller's tags"),
    "UNAUTHORIZED": ("the token or the identity sources of the call, which a log does not have",),
    "MISSING_AUTHENTICATION_TOKEN": ("a signature that the call did not have", "a method that is not deployed yet"),
    "INVALID_SIGNATURE": ("a signature that was not valid: here it is taken as valid",),
    "EXPIRED_TOKEN": ("credentials that had expired: here the signature is taken as valid",),
    "INVALID_API_KEY": ("the API key of the call, which a log does not have",),
    "AUTHORIZER_FAILURE": ("an error of the Lambda authorizer",),
    "AUTHORIZER_CONFIGURATION_ERROR": ("an output of the Lambda authorizer that is not valid",),
    "THROTTLED": ("the rate of calls: give --limits throttled to check",),
    "QUOTA_EXCEEDED": ("the quota of the API key: give --limits quota_exceeded to check",),
    "WAF_FILTERED": ("AWS WAF, whose rules are not evaluated here",),
    "RESOURCE_NOT_FOUND": ("a route that is not deployed yet",),
}
#: What can explain that AWS let a call through which is refused here, by the gate that refuses it.
_WHY_ALLOWED: Final = {
    "IAM": (_POLICIES,),
    "resource policy": ("condition keys that the log does not have",),
    "VPC endpoint": ("another version of the policy of the VPC endpoint",),
    "authorizer": (_OUTPUT,),
    "token": ("the claims of the token",),
    "route": ("a route that the file does not have",),
    "signature": ("a signature that the log does not show",),
}


class Agreement(StrEnum):
    """Whether AWS and the simulation answer a call in the same way."""

    AGREES = "agrees"
    DIFFERS = "differs"
    #: The log does not show who answered, or the simulated answer is not known.
    UNKNOWN = "unknown"


class ComparedAnswer(NamedTuple):
    """How two answers to one call compare.

    Attributes:
        verdict: whether they agree.
        text: both answers, in words.
        could_explain: what could explain a difference.
        advice: which variables would show what the log does not show.
    """

    verdict: Agreement
    text: str
    could_explain: tuple[str, ...] = ()
    advice: str | None = None


def compare_answer(answer: LoggedAnswer, response: GatewayResponse, *, names_options: bool = True) -> ComparedAnswer:
    """Compare AWS's answer to a call with the simulated one.

    Args:
        answer: what the log says of AWS's answer.
        response: the simulated response to the same call.
        names_options: whether what could explain a difference names the options that give policies.
    """
    refused = was_refused(answer)
    both = f"{_answer_in_words(answer)}; these policies give {_in_words(response)}"
    if response.outcome is CallOutcome.INDETERMINATE:
        return ComparedAnswer(Agreement.UNKNOWN, f"{both}, so that it is not known whether they agree")
    if refused is None:
        why = "the log does not say whether API Gateway or the integration gave this status"
        return ComparedAnswer(Agreement.UNKNOWN, f"{both}; {why}", advice=_LOG_WHO)
    is_refused = response.outcome is CallOutcome.DENIED
    same = refused is is_refused and (not refused or _same_refusal(answer, response))
    if same:
        return ComparedAnswer(Agreement.AGREES, f"{both}: they agree")
    if same is None:
        why = "both refuse the call, and the log does not show whether for one reason"
        return ComparedAnswer(Agreement.UNKNOWN, f"{both}; {why}", advice=_LOG_TYPE)
    differ = "they refuse it for different reasons" if refused and is_refused else "they differ"
    explained = tuple(_explanations(answer, response, refused=refused))
    if not names_options:
        explained = tuple(_POLICIES_ALONE if each == _POLICIES else each for each in explained)
    return ComparedAnswer(Agreement.DIFFERS, f"{both}: {differ}", explained)


def was_refused(answer: LoggedAnswer) -> bool | None:
    """Whether API Gateway refused the call; None if the log does not say it."""
    if answer.response_type is not None:
        return None if answer.response_type.startswith("DEFAULT_") else answer.response_type not in _AFTER_AUTHORIZATION
    if answer.integration_status is not None:
        return False
    for status in (answer.authenticate_status, answer.authorize_status, answer.authorizer_status):
        if status is not None and status >= 400:
            return True
    if answer.authorizer_error is not None and answer.status in _OF_AUTHORIZERS:
        return True
    if answer.has_no_error or (answer.status is not None and answer.status < 400):
        return False
    return True if answer.message in ("Forbidden", "Unauthorized", "Not Found") else None


def _same_refusal(answer: LoggedAnswer, response: GatewayResponse) -> bool | None:
    """Whether two refusals are the same, by the gateway response, the status, the message; None if it is not known."""
    if answer.response_type is not None and response.response_type is not None:
        return answer.response_type == response.response_type
    of_steps = (answer.authenticate_status, answer.authorize_status, answer.authorizer_status)
    status = answer.status or next((each for each in of_steps if each is not None and each >= 400), None)
    if status is not None and status not in response.statuses:
        return False
    if answer.message is not None and response.message is not None:
        # The words of a message can differ between two refusals for one reason.
        return True if answer.message == response.message else None
    return None if status is None else True


def _explanations(answer: LoggedAnswer, response: GatewayResponse, *, refused: bool) -> Iterator[str]:
    gate = "" if response.refused_by is None else response.refused_by.gate
    if refused:
        yield from _WHY_REFUSED.get(answer.response_type or "", ())
    if gate:
        known = next((texts for name, texts in _WHY_ALLOWED.items() if gate.startswith(name)), ())
        yield from known
    yield _DEPLOYED


def _answer_in_words(answer: LoggedAnswer) -> str:
    """``AWS answered 403 ACCESS_DENIED``, as far as the text says it."""
    parts = (None if answer.status is None else str(answer.status), answer.response_type)
    said = " ".join(part for part in parts if part is not None)
    if said:
        return f"AWS answered {said}"
    for what, status in (("authentication", answer.authenticate_status), ("authorization", answer.authorize_status)):
        if status is not None:
            return f"AWS logged the status {status} of the {what}"
    if answer.has_no_error or answer.integration_status is not None:
        return "AWS let the call through"
    return "AWS answered with an error"


def _in_words(response: GatewayResponse) -> str:
    if response.outcome is CallOutcome.ALLOWED:
        return "a call that reaches its integration"
    if response.outcome is CallOutcome.INDETERMINATE:
        return "an answer that is not known"
    status = "a refusal" if response.status is None else str(response.status)
    named = "" if response.response_type is None else f" {response.response_type}"
    gate = "" if response.refused_by is None else f" at gate {response.refused_by.number} ({response.refused_by.gate})"
    return f"{status}{named}{gate}"
