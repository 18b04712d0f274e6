"""One sentence for each assumed reading, which the explanation of an outcome that depends on it prints."""

from __future__ import annotations

#: Rule id of status A in docs/semantics.md: what is assumed.
ASSUMPTIONS: dict[str, str] = {
    "CND-6": "an ARN operator does not match a text with fewer than six fields, or a bare *",
    "CND-7": "four digits are a year, and not seconds since 1970",
    "CND-8": "a number may have a sign and an exponent, and no leading zeros",
    "CND-9": "an IPv4 address written as IPv6 (IPv4-mapped) is not in an IPv4 range; an IPv6 address without a prefix "
    "grants as one address, and denies as its /32",
    "CND-10": "the case of true and false is not significant",
    "CND-13": "without ForAllValues or ForAnyValue, a condition on a key with several values never holds in an Allow, "
    "and holds in a Deny if it holds for one value",
    "CND-14": "a positive operator never matches an empty list of values, a negated one always does",
    "CND-15": "a value that is not of the operator's type does not match",
    "CND-17": "a date without a time is its first instant or all of it: it grants if both readings match, and denies "
    "if one does",
    "CND-18": "where case does not count, a condition grants by the letters A to Z alone, and denies by all "
    "letters that Unicode takes as one",
    "EVL-4": "an Allow for an account with a condition on the role's ARN delegates to the account's own policies",
    "EVL-8": "a root user, or its federated session, counts as allowed by its own account across accounts",
    "EVL-9": "an Allow for * does not name a federated user's session: its session policies must allow too",
    "GW-22": "a caller who has not signed has no keys of AWS_IAM; keys that API Gateway does not list, such as "
    "aws:ResourceAccount, are present in the resource policy as elsewhere",
    "KEY-1": "a call of any caller may have aws:SourceArn",
    "KEY-6": "aws:UserAgent is absent if it was not sent",
    "KEY-7": "aws:MultiFactorAuthPresent without MFA, and aws:ViaAWSMCPService without an MCP service, may be false or "
    "absent: the reading that denies is used",
    "KEY-9": "a call is a direct one if the context does not say that a service makes it for the caller",
    "POL-9": "a number that is compared as a text has the text that the document writes",
    "POL-13": "an Allow with an empty Condition, NotAction or NotResource, or with an operator without keys, does not "
    "apply, and a Deny with one applies as if it excluded nothing",
    "POL-14": "a variable before the fifth colon grants nothing, and matches any text in its field where it denies",
    "PRN-1": '"*" names services, and {"AWS": "*"} names them where it denies, not where it allows',
    "PRN-2": "a canonical user id delegates to its account",
    "PRN-4": "the case of role and session names is significant",
    "PRN-5": "a unique id names as strongly as the ARN of its user, role or session",
    "PRN-6": "NotPrincipal exempts a caller only if every ARN that identifies the caller is listed",
    "PRN-7": "the path of a session's role is / if it is not given",
    "RES-1": "in the last field of an ARN, wildcards match colons",
    "RES-2": "a wildcard in the first five fields, or a shortened ARN, grants by one reading only and denies by any",
    "RES-7": "the case of a resource is significant",
    "VAR-1": "policy variables are supported in resource control policies",
    "VAR-2": "the spaces around the comma before a default are optional; a key with several values has none for a "
    "policy variable",
    "VAR-3": "the empty text as the value of a policy variable is read both ways, as a value and as none: the reading "
    "that denies is used",
    "VAR-4": "a wildcard that a variable puts in is literal text where it grants, and a wildcard where it denies",
    "VAR-5": "if a variable in a NotResource entry has no value, an Allow does not apply, and a Deny ignores the entry",
}
