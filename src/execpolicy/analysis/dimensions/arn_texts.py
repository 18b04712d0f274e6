"""The ARNs that resources of requests have, and what patterns and conditions of policies say about them."""

from __future__ import annotations

import string

from execpolicy.analysis.values.characters import DIGITS, NO_COLON, none_of, one_of
from execpolicy.analysis.values.text_pattern import (
    ANY_TEXT,
    TextPattern,
    either,
    field_pattern,
    glob_pattern,
    literal,
    repeated,
    sequence,
    single,
    without_case,
)
from execpolicy.engine.resource_entry import ResourceEntry
from execpolicy.language.arn import EVERY
from execpolicy.language.condition import ConditionTest

_NAME = one_of(string.ascii_lowercase + string.digits + "-")
_PARTITION = either([literal("aws"), sequence(literal("aws-"), repeated(_NAME, at_least=1))])
_ACCOUNT = single(DIGITS, 12)
_REST = repeated(none_of(""), at_least=1)
_COLON = literal(":")
_ARN = sequence(literal("arn:"), _PARTITION, _COLON)

#: The resources of requests to APIs. API Gateway always gives region and account; a request accepts any text after it.
EXECUTE_API_ARNS = sequence(_ARN, literal("execute-api:"), repeated(_NAME, at_least=1), _COLON, _ACCOUNT, _COLON, _REST)
#: The resources of requests to all services, among which those are.
ALL_RESOURCES = either(
    [
        sequence(
            _ARN,
            repeated(_NAME, at_least=1),
            _COLON,
            repeated(_NAME),
            _COLON,
            either([_ACCOUNT, literal(""), literal("aws")]),
            _COLON,
            _REST,
        ),
        literal(EVERY),
    ]
)

_FIELD = repeated(NO_COLON)
#: What is before the part of an ARN that a short form is matched against: it begins with the first slash (GW-7).
_BEFORE_SHORT_FORM = sequence(
    literal("arn:"), _FIELD, literal(":execute-api:"), _FIELD, _COLON, _FIELD, _COLON, repeated(none_of("/"))
)
_BEFORE_REGION = sequence(literal("arn:"), _FIELD, _COLON, _FIELD, _COLON)
#: What is before and after the field that a context key is the value of (KEY-3).
_AROUND_FIELD = {
    "aws:requestedregion": (_BEFORE_REGION, sequence(_COLON, ANY_TEXT)),
    "aws:resourceaccount": (sequence(_BEFORE_REGION, _FIELD, _COLON), sequence(_COLON, ANY_TEXT)),
}


def patterns_of_entry(entry: ResourceEntry) -> tuple[TextPattern, ...]:
    """The ARNs that an entry of Resource or NotResource matches, for an entry without variables and unknown values."""
    assert entry.fixed is not None, "the patterns of an entry with variables depend on the request"
    patterns = (glob_pattern(tokens) for tokens, _ in entry.fixed)
    return tuple(sequence(_BEFORE_SHORT_FORM, pattern) if entry.short else pattern for pattern in patterns)


def patterns_of_condition(condition: ConditionTest) -> tuple[TextPattern, ...] | None:
    """The ARNs whose region or account a condition on texts compares as equal; None for other conditions.

    An operator for ARNs matches no region and no account, which have no colons.
    """
    before, after = _AROUND_FIELD[condition.key]
    family = condition.operator.family
    if family in ("Null", "Arn"):
        return ()
    if family != "String":
        return None
    fold = condition.operator.fold
    found = []
    for tokens in condition.tokens:
        assert tokens is not None, "the values of the condition are the same for every request"
        if fold is not None:
            text = "".join(map(str, tokens))
            found += [] if ":" in text else [without_case(text, fold)]
        else:
            found.append(field_pattern(tokens))
    return tuple(sequence(before, pattern, after) for pattern in found)
