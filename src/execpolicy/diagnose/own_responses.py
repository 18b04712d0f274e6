"""Messages that a REST API sets in gateway responses of its own (MSG-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy.diagnose.detailed_messages import FoundMessage
from execpolicy.diagnose.known_messages import KNOWN_MESSAGES, LOG, KnownMessage
from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.model.gateway_responses import OWN_TEXT, CustomGatewayResponse
from execpolicy.gateway.model.names import ApiType

NAMES_BY_RESPONSE_TYPE: dict[str, str] = {
    "ACCESS_DENIED": "access denied",
    "API_CONFIGURATION_ERROR": "internal error REST",
    "AUTHORIZER_CONFIGURATION_ERROR": "authorizer broken",
    "AUTHORIZER_FAILURE": "authorizer failed",
    "BAD_REQUEST_BODY": "validation",
    "BAD_REQUEST_PARAMETERS": "validation",
    "EXPIRED_TOKEN": "expired credentials",
    "INTEGRATION_FAILURE": "internal error REST",
    "INTEGRATION_TIMEOUT": "integration slow",
    "INVALID_API_KEY": "API key",
    "INVALID_SIGNATURE": "signature",
    "MISSING_AUTHENTICATION_TOKEN": "missing token",
    "QUOTA_EXCEEDED": "quota",
    "REQUEST_TOO_LARGE": "validation",
    "RESOURCE_NOT_FOUND": "resource not found",
    "THROTTLED": "limits",
    "UNAUTHORIZED": "unauthorized REST",
    "UNSUPPORTED_MEDIA_TYPE": "validation",
    "WAF_FILTERED": "WAF",
}

_DEFAULTS = {"DEFAULT_4XX": 4, "DEFAULT_5XX": 5}


def unwrapped(messages: Iterable[str | None], responses: Sequence[CustomGatewayResponse]) -> Iterator[str]:
    """AWS's own texts in messages to which gateway responses add words.

    >>> list(unwrapped(["No: Forbidden"], [CustomGatewayResponse("DEFAULT_4XX", message=f"No: {OWN_TEXT}")]))
    ['Forbidden']
    """
    for response in responses:
        before, variable, after = (response.message or "").partition(OWN_TEXT)
        if variable and (before or after):
            for message in messages:
                text = (message or "").removeprefix(before).removesuffix(after)
                if message == f"{before}{text}{after}" and text:
                    yield text


def find_own_response(
    messages: Iterable[str | None], responses: Sequence[CustomGatewayResponse]
) -> FoundMessage | None:
    """The meaning of the first message that is the text of a gateway response; None if there is none.

    Args:
        messages: the messages of a response.
        responses: the gateway responses that the API sets.
    """
    for message in messages:
        same = [response for response in responses if message and response.message == message]
        kinds = [kind for response in same for kind in _kinds(response, responses)]
        if kinds:
            return FoundMessage(message or "", _meaning(same, kinds))
    return None


def _kinds(response: CustomGatewayResponse, responses: Sequence[CustomGatewayResponse]) -> list[str]:
    """The gateway responses that are sent with the text of one: a default is used for those that are not set."""
    if response.response_type not in _DEFAULTS:
        return [response.response_type]
    taken = {each.response_type for each in responses}
    hundreds = _DEFAULTS[response.response_type]
    return [
        kind
        for kind, name in NAMES_BY_RESPONSE_TYPE.items()
        if kind not in taken and (KNOWN_MESSAGES[name].status or 0) // 100 == hundreds
    ]


def _meaning(same: list[CustomGatewayResponse], kinds: list[str]) -> KnownMessage:
    status = next((response.status for response in same if response.status is not None), None)
    known = [KNOWN_MESSAGES[NAMES_BY_RESPONSE_TYPE[kind]] for kind in kinds]
    if len(kinds) == 1:
        return known[0]._replace(
            status=status or known[0].status, response_type=kinds[0], rules=("MSG-4", *known[0].rules)
        )
    names = listed(response.response_type for response in same)
    return KnownMessage(
        f"A text that the API sets itself, for the gateway response {names}",
        tuple(dict.fromkeys(gate for meaning in known for gate in meaning.gates)),
        ("the response comes from API Gateway: the text is that of a gateway response of the API",),
        ("the header x-amzn-errortype, which names the exception", LOG),
        ("MSG-4", "MSG-3"),
        (f"which gateway response it is: {listed(kinds)}",),
        status,
        api_type=ApiType.REST,
    )
