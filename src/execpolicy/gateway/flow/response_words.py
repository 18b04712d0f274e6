"""What is said of a response in sentences about a call."""

from __future__ import annotations

from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.step import listed_keys


def statuses_of(response: GatewayResponse) -> str:
    """The status of a response, or all that are possible: ``401 or 403``."""
    return listed(map(str, response.statuses))


def depends_on(response: GatewayResponse) -> str:
    """The condition keys, else the unknown values, that decide which response a call gets, as a list in words."""
    return listed_keys(sorted(response.deciding_keys) or [value.name for value in response.unknown_values])
