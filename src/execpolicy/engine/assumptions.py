"""The readings that AWS does not document, in a sentence each: what an outcome that rests on one is told to rest on."""

from __future__ import annotations

#: Rule id of status A in docs/semantics.md: what is assumed.
ASSUMPTIONS: dict[str, str] = {
    "CND-6": "an ARN operator over a text of fewer than six fields, or over a bare *, does not match",
    "CND-9": "an IPv4 address that is mapped into IPv6 is not in a range of IPv4",
    "CND-13": "a key of several values under an operator without ForAllValues or ForAnyValue does not match",
    "CND-14": "a positive operator over an empty list of values never matches, a negated one always does",
    "CND-15": "a value that is not of the operator's type does not match",
    "EVL-9": "an Allow for * does not name a federated user's session: its session policies must allow too",
    "POL-13": "NotAction and NotResource with an empty list match everything",
    "POL-14": "a variable before the fifth colon grants nothing, and stands for any text of its field in what denies",
    "PRN-1": "the principal * covers service principals",
    "PRN-6": "NotPrincipal spares a caller only when every ARN that stands for it is listed",
    "PRN-7": "the role's path, which the session's ARN does not tell, is /",
    "RES-2": "a wildcard in the first five fields, or an ARN cut short, grants by one reading and denies by any",
    "VAR-3": "a policy variable whose key has the empty text as its value has no value",
    "VAR-4": "a wildcard in the value or the default of a policy variable is literal text",
    "VAR-5": "a NotResource entry whose variable has no value: an Allow does not apply, in a Deny it matches nothing",
}
