"""One sentence for each assumed reading of API Gateway's gates, which the explanation of a call prints."""

from __future__ import annotations

#: Rule id of status A in docs/semantics.md: what is assumed, where the result of a gate depends on it.
ASSUMPTIONS_OF_GATES: dict[str, str] = {
    "AUT-2": "such an output of a function is invalid, and a document without statements allows nothing",
    "AUT-4": "which values are a token, that a call that is described without headers and query has one, and that a "
    "validation expression matches the whole token",
    "AUT-7": "a token without exp, of the newer issuer type, or of whose aud an expression matches a part, is refused",
    "AUT-8": "a token without exp is refused",
    "AUT-9": "a claim that is present must have an expected value, a method without scopes accepts any valid token, "
    "and the resource policy must allow too",
    "AUT-10": "an output in the cache needs no permission to invoke the function",
    "GW-4": "the path is read as it is sent",
    "GW-5": "the ARN has the method that the header X-HTTP-Method-Override names",
    "GW-14": "the document of a function sees an anonymous caller",
    "GW-18": "with an authorizer, an endpoint's policy must allow both the caller who signed and an anonymous one",
    "GW-19": "a public custom domain leads to no private API, and a VPC endpoint to no WebSocket API",
    "GW-20": "a private domain without a policy denies, and the policies for a domain see execute-api:viaDomainArn",
    "GW-24": "a signature that the method does not require gives no permission to invalidate the cache; the settings "
    "of the method that is called precede those of ANY; nothing is requested of a method that is not cached",
    "GW-27": "CORS answers beside an OPTIONS route with an authorizer",
    "GW-28": "the host that a call connects to decides, not another one that its header Host names; the ARN has the "
    "rest of the path",
    "GW-30": "the host of a VPC endpoint is the API's own",
    "GW-32": "of a header that was sent several times one value must match",
    "GW-33": "a public domain is of the API's type of endpoint, of domain and API the stricter mode counts, and case "
    "and port of the hosts do not matter",
    "SRC-1": "an API is public whose OpenAPI file does not say the type of its endpoint",
}
