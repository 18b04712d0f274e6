"""One sentence for each assumed reading of API Gateway's gates, which the explanation of a call prints."""

from __future__ import annotations

#: Rule id of status A in docs/semantics.md: what is assumed, where the result of a gate depends on it.
ASSUMPTIONS_OF_GATES: dict[str, str] = {
    "AUT-2": "such an output of a function is invalid, and a document without statements allows nothing",
    "AUT-4": "which values are a token, and that a call that is described without headers and query has one",
    "AUT-7": "a token without exp, or of the newer issuer type, is refused",
    "AUT-8": "a token without exp is refused",
    "AUT-9": "a claim that is present must have an expected value, a method without scopes accepts any valid token, "
    "and the resource policy must allow too",
    "AUT-10": "an output in the cache needs no permission to invoke the function",
    "GW-18": "with an authorizer, an endpoint's policy must allow both the caller who signed and an anonymous one",
    "GW-19": "a public custom domain leads to no private API, and a VPC endpoint to no WebSocket API",
    "GW-20": "a private domain without a policy denies",
    "GW-24": "a signature that the method does not require gives no permission to invalidate the cache",
    "GW-27": "CORS answers beside an OPTIONS route with an authorizer",
    "GW-30": "the host of a VPC endpoint is the API's own",
    "GW-33": "a public domain is of the API's type of endpoint",
}
