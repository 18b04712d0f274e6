"""What a context can say of a request that the request says itself, or that no request says: what is to be checked.

Most contexts say nothing of the kind. That is known from the names of their keys, so that their requests need no check.
"""

from __future__ import annotations

from execpolicy.language.context_keys import ContextKey, ExecuteApi

TAG = "aws:principaltag/"
CLOCKS = ("aws:currenttime", "aws:epochtime")
ENDPOINT_KEYS = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")
#: The keys whose values follow from the resource: all others are the same for any resource (KEY-3).
OF_THE_RESOURCE = frozenset({"aws:requestedregion", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
#: The keys whose values follow from the caller, as far as the caller is told.
OF_THE_CALLER = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:userid",
        "aws:username",
    }
)

#: What a key tells, as bits: those of all keys of a context together say whether it is to be checked.
_SOURCE_IP, TELLS_OF_ENDPOINT, _CURRENT_TIME, _EPOCH_TIME = (1 << bit for bit in range(4))
_CLAIM, TELLS_OF_CALLER, FOREIGN = (1 << bit for bit in range(4, 7))
_BOTH_WAYS = _SOURCE_IP | TELLS_OF_ENDPOINT
TELLS_TIME = _CURRENT_TIME | _EPOCH_TIME
_BITS = {
    "aws:sourceip": _SOURCE_IP,
    **dict.fromkeys(ENDPOINT_KEYS, TELLS_OF_ENDPOINT),
    **dict(zip(CLOCKS, (_CURRENT_TIME, _EPOCH_TIME), strict=True)),
    **dict.fromkeys(OF_THE_RESOURCE | OF_THE_CALLER, _CLAIM),
}


def bits_of(key: str, record: ContextKey | None) -> int:
    """What a key tells, by its lower-case name and its record in the catalogue."""
    bits = _BITS.get(key, 0)
    if key.startswith(TAG) or (record is not None and record.execute_api is ExecuteApi.NEVER):
        bits |= _CLAIM
    if record is not None and record.execute_api is ExecuteApi.AWS_IAM:
        # Where nobody is authenticated, API Gateway has no value for it (GW-22).
        bits |= TELLS_OF_CALLER
    # Such a key is to be named by a policy, unless the action is of its service (KEY-1).
    return bits if record is not None else bits | FOREIGN


#: By the bits of all keys of a context: whether it may contradict the request, or itself (KEY-3, GW-19, GW-23).
TO_CHECK = tuple(
    bool(bits & (_CLAIM | FOREIGN)) or bits & _BOTH_WAYS == _BOTH_WAYS or bits & TELLS_TIME == TELLS_TIME
    for bits in range(2 * FOREIGN)
)
