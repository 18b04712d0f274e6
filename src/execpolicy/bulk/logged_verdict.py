"""What a log says of AWS's verdict on a call, and which answers of AWS say nothing about policies (LOG-6, LOG-9)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from execpolicy.loaders.compared_answer import was_refused

if TYPE_CHECKING:
    from execpolicy.call import Call
    from execpolicy.loaders.read_call import LoggedAnswer

_TOO_MANY_REQUESTS: Final = 429
#: The statuses that an integration, too, answers with to refuse a call.
_REFUSING: Final = (401, 403)
#: Statuses from here on are of failures.
_FAILURE: Final = 500


class NotComparable(StrEnum):
    """Why AWS's answer to a call says nothing about policies.

    >>> NotComparable.WAF.value
    'AWS WAF refused the call'
    """

    NO_ANSWER = "the log does not have AWS's answer"
    NOT_SAID = "the log does not say whether policies refused the call"
    INTEGRATION = "the integration answered with 401 or 403"
    THROTTLING = "a rate or a quota refused the call"
    WAF = "AWS WAF refused the call"
    SIGNATURE = "the signature or the credentials were not valid"
    API_KEY = "the API key was not valid"
    AUTHORIZER = "the authorizer failed"


#: Gateway responses that no policy causes.
_OF_RESPONSE_TYPES: Final = {
    "THROTTLED": NotComparable.THROTTLING,
    "QUOTA_EXCEEDED": NotComparable.THROTTLING,
    "WAF_FILTERED": NotComparable.WAF,
    "INVALID_SIGNATURE": NotComparable.SIGNATURE,
    "EXPIRED_TOKEN": NotComparable.SIGNATURE,
    "INVALID_API_KEY": NotComparable.API_KEY,
    "AUTHORIZER_FAILURE": NotComparable.AUTHORIZER,
    "AUTHORIZER_CONFIGURATION_ERROR": NotComparable.AUTHORIZER,
}


def admitted_by_aws(call: Call) -> bool | None:
    """Whether API Gateway let a call through, as its log says; None if it does not, or if no policy decided (LOG-6).

    Args:
        call: the call.
    """
    refused = None if call.answer is None else was_refused(call.answer)
    if call.answer is None or refused is None:
        return None
    if not refused:
        return True
    return False if _why_not_of_policies(call.answer) is None else None


def comparable_verdict(call: Call) -> bool | NotComparable:
    """Whether API Gateway let a call through, for a comparison with a simulated answer; else why that is not known.

    A 401 or 403 of the integration does not count as a call that got through: a function or a service behind the API
    refused it.

    Args:
        call: the call.
    """
    answer = call.answer
    if answer is None:
        return NotComparable.NO_ANSWER
    refused = was_refused(answer)
    if refused is None:
        return NotComparable.THROTTLING if answer.status == _TOO_MANY_REQUESTS else NotComparable.NOT_SAID
    if not refused:
        return NotComparable.INTEGRATION if answer.status in _REFUSING else True
    return _why_not_of_policies(answer) or False


def _why_not_of_policies(answer: LoggedAnswer) -> NotComparable | None:
    """Why no policy caused a refusal; None if a policy did."""
    if answer.status == _TOO_MANY_REQUESTS:
        return NotComparable.THROTTLING
    if answer.response_type is not None:
        return _OF_RESPONSE_TYPES.get(answer.response_type)
    statuses = [each for each in (answer.authorize_status, answer.authorizer_status) if each is not None]
    if any(each >= _FAILURE for each in statuses):
        return NotComparable.AUTHORIZER
    if any(each in range(400, _FAILURE) for each in statuses) or answer.authorizer_error is not None:
        return None
    if answer.authenticate_status is not None and answer.authenticate_status >= 400:
        return NotComparable.SIGNATURE
    # WAF and API keys refuse with the message and the status of policies.
    return NotComparable.NOT_SAID
