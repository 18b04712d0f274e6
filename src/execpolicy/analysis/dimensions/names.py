"""The names of the dimensions, and which of them a context key belongs to."""

from __future__ import annotations

from execpolicy.language.context_keys import TIME_KEYS, VIA_SERVICE

ACTION, RESOURCE, CALLER = "action", "resource", "caller"
#: How the call reaches the service: from the internet, through a VPC endpoint, or from a service for its caller.
NETWORK = "network"
#: The one time of a request, which aws:CurrentTime and aws:EpochTime give.
TIME = "time"

_OF_THE_CALLER = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:userid",
    "aws:username",
)
_OF_THE_RESOURCE = ("aws:requestedregion", "aws:resourceaccount")

_DIMENSION_OF_KEY = {
    **dict.fromkeys(_OF_THE_CALLER, CALLER),
    **dict.fromkeys(_OF_THE_RESOURCE, RESOURCE),
    **dict.fromkeys(TIME_KEYS, TIME),
    VIA_SERVICE: NETWORK,
}


def dimension_of_key(key: str) -> str:
    """The name of the dimension of a context key, by its lower-case name: mostly the key's own.

    >>> dimension_of_key("aws:epochtime"), dimension_of_key("aws:sourcevpce")
    ('time', 'aws:sourcevpce')
    """
    return _DIMENSION_OF_KEY.get(key, key)
