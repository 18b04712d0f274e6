"""The gateway responses of an API as it sends them (MSG-4)."""

from __future__ import annotations

import re

from execpolicy.gateway.flow.lazy_text import LazyText, text_of
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.gateway_responses import OWN_TEXT, CustomGatewayResponse

_AWS_TEXT = re.compile(r"\$context\.error\.message(?:String)?(?!\w|\.\w)")
_VARIABLE = re.compile(r"\$\{?[A-Za-z]")


def as_sent(api: ApiDefinition, refusal: Refusal) -> Refusal:
    """A refusal with the status and the message that the API gives to its gateway response.

    A response that is not set has those of DEFAULT_4XX or DEFAULT_5XX. What is no gateway response is not changed.
    """
    own = own_response(api, refusal)
    return refusal if own is None else _replaced(refusal, own)


def own_response(api: ApiDefinition, refusal: Refusal) -> CustomGatewayResponse | None:
    """What the API itself sets of the response to a refusal; None if it is AWS's."""
    if refusal.response_type is None:
        return None
    default = "DEFAULT_5XX" if refusal.status >= 500 else "DEFAULT_4XX"
    for name in (refusal.response_type.value, default):
        for each in api.gateway_responses:
            if each.response_type == name:
                return each
    return None


def _replaced(refusal: Refusal, custom: CustomGatewayResponse) -> Refusal:
    status = refusal.status if custom.status is None else custom.status
    if custom.message == OWN_TEXT:
        return refusal._replace(status=status)
    template = custom.message
    if template is None or _VARIABLE.search(_AWS_TEXT.sub("", template)):
        return refusal._replace(status=status, message="", body_key="")
    if _AWS_TEXT.search(template) is None:
        return refusal._replace(status=status, message=template, body_key="message")
    if not text_of(refusal.body_key):
        return refusal._replace(status=status)
    return refusal._replace(status=status, message=(_filled, template, refusal.message), body_key="message")


def _filled(template: str, message: LazyText) -> str:
    """The message with AWS's own text in the place of its variable."""
    return _AWS_TEXT.sub(lambda _: text_of(message), template)
