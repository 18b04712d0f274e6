"""Rules of the family DOC about documents that do not load: their text, their elements and their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from execpolicy.linter.loading.load_rule import ALLOW, CALLS, SOUND, LoadRule, example
from execpolicy.linter.rule import RuleExample

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

_GOOD = example(SOUND)
_GOOD_RESOURCE = example(f'"Principal": "*", {CALLS}', kind="resource")
_GOOD_RCP = example(
    '"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", '
    '"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}',
    kind="rcp",
)


def _rcp(effect: str, principal: str, action: str, underlined: str) -> RuleExample:
    return example(f'"Effect": {effect}, "Principal": {principal}, {action}, "Resource": "*"', underlined, "rcp")


def _incomplete(statement: str, kind: PolicyKindName = "identity") -> RuleExample:
    """A document of one statement, all of which is underlined: what it lacks stands nowhere."""
    return example(statement, f"{{{statement}}}", kind)


_FAULTS: Final = (
    LoadRule(
        2,
        "text-is-not-json",
        "JSON_SYNTAX_ERROR",
        "A text is not JSON.",
        "AWS refuses it, and nothing of it is read.",
        "correct it at the place",
        ("POL-1", "POL-11"),
        RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{SOUND}}},}}', "identity", ","),
        _GOOD,
        has_fix=True,
    ),
    LoadRule(
        3,
        "value-of-wrong-type",
        "DATA_TYPE_MISMATCH",
        "An element has a value of another JSON type than the grammar has.",
        "AWS refuses the document. A guess at what is meant could allow what it denies.",
        "write the type that the message names",
        ("POL-1", "POL-2", "POL-9"),
        example(f'"Sid": 5, {SOUND}', "5"),
        _GOOD,
        has_fix=True,
    ),
    LoadRule(
        4,
        "condition-key-twice",
        "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
        "An operator has one condition key twice, in different case.",
        "The case of a key does not matter, so it is not clear which values count.",
        "put the values of both in one list",
        ("POL-3", "CND-2"),
        example(
            f'{SOUND}, "Condition": {{"StringEquals": {{"aws:SourceVpc": "vpc-1", "aws:sourceVpc": "vpc-2"}}}}',
            '"aws:sourceVpc"',
        ),
        example(f'{SOUND}, "Condition": {{"StringEquals": {{"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}}}'),
    ),
    LoadRule(
        5,
        "unknown-element",
        "INVALID_POLICY_ELEMENT",
        "A document has an element that the grammar does not have.",
        "AWS refuses the document. Often the name is misspelled, or in lower case.",
        "correct the name, or remove the element",
        ("POL-1",),
        example(f'{ALLOW}, "resource": "*"', '"resource"'),
        _GOOD,
        has_fix=True,
    ),
    LoadRule(
        6,
        "invalid-effect",
        "INVALID_EFFECT",
        "An Effect is neither Allow nor Deny.",
        "AWS refuses the document. The case of the letters counts.",
        "write Allow or Deny",
        ("POL-5",),
        example('"Effect": "allow", "Action": "execute-api:Invoke", "Resource": "*"', '"allow"'),
        _GOOD,
        has_fix=True,
    ),
    LoadRule(
        7,
        "missing-effect",
        "MISSING_EFFECT",
        "A statement has no Effect.",
        "AWS refuses the document: there is no default.",
        "add Effect",
        ("POL-5",),
        _incomplete('"Action": "execute-api:Invoke", "Resource": "*"'),
        _GOOD,
    ),
    LoadRule(
        8,
        "invalid-version",
        "INVALID_VERSION",
        "A Version is not one of the two versions of the policy language.",
        "Version is not the date of the document: AWS refuses other dates.",
        'write "2012-10-17"',
        ("POL-4",),
        RuleExample(f'{{"Version": "2026-01-31", "Statement": {{{SOUND}}}}}', "identity", '"2026-01-31"'),
        _GOOD,
        has_fix=True,
    ),
    LoadRule(
        9,
        "missing-statement",
        "MISSING_STATEMENT",
        "A document has no Statement.",
        "AWS refuses the document.",
        "add Statement",
        ("POL-1",),
        RuleExample('{"Version": "2012-10-17"}', "identity", '{"Version": "2012-10-17"}'),
        _GOOD,
    ),
    LoadRule(
        10,
        "missing-action",
        "MISSING_ACTION",
        "A statement has neither Action nor NotAction.",
        "AWS refuses the document.",
        "add Action",
        ("POL-7",),
        _incomplete('"Effect": "Allow", "Resource": "*"'),
        _GOOD,
    ),
    LoadRule(
        11,
        "missing-resource",
        "MISSING_RESOURCE",
        "A statement has neither Resource nor NotResource.",
        "AWS refuses the document, or its meaning depends on the service.",
        "add Resource",
        ("POL-7",),
        _incomplete(ALLOW),
        _GOOD,
    ),
    LoadRule(
        12,
        "two-elements-that-exclude-each-other",
        "UNSUPPORTED_ELEMENT_COMBINATION",
        "A statement has an element and its negation.",
        "AWS refuses the document: a statement has one of Action and NotAction, and so on.",
        "split the statement in two, or remove one of the elements",
        ("POL-7",),
        example(f'{SOUND}, "NotAction": "s3:*"', '"NotAction"'),
        _GOOD,
    ),
    LoadRule(
        13,
        "missing-principal",
        "MISSING_PRINCIPAL",
        "A statement of a resource policy has no Principal.",
        "AWS refuses the document: without it nobody is named.",
        "add Principal",
        ("POL-8",),
        _incomplete(CALLS, "resource"),
        _GOOD_RESOURCE,
    ),
    LoadRule(
        14,
        "principal-where-none-can-be",
        "UNSUPPORTED_PRINCIPAL",
        "A document has a Principal, and its kind has none.",
        "AWS refuses the document: it applies to the identity that it is attached to.",
        "remove Principal, or give the kind that the document has",
        ("POL-8",),
        example(f'"Principal": "*", {SOUND}', '"Principal"'),
        _GOOD,
    ),
    LoadRule(
        15,
        "principal-in-scp",
        "SCP_SYNTAX_ERROR_PRINCIPAL",
        "A service control policy has a Principal.",
        "AWS refuses the document: it applies to every principal of its accounts.",
        "remove Principal, and write a Condition on aws:PrincipalArn",
        ("POL-8",),
        example(f'"Principal": "*", {SOUND}', '"Principal"', "scp"),
        example(SOUND, kind="scp"),
    ),
    LoadRule(
        16,
        "named-principal-in-rcp",
        "RCP_SYNTAX_ERROR_PRINCIPAL",
        "The Principal of a resource control policy is not the text *.",
        "AWS refuses the document.",
        'write "Principal": "*", and a Condition on aws:PrincipalArn',
        ("POL-8",),
        _rcp('"Deny"', '{"AWS": "111122223333"}', '"Action": "s3:*"', '"111122223333"'),
        _GOOD_RCP,
    ),
    LoadRule(
        17,
        "allow-in-rcp",
        "RCP_SYNTAX_ERROR_ALLOW",
        "A resource control policy has an Allow.",
        "AWS refuses the document: such a policy only denies.",
        "write Deny",
        ("POL-8",),
        _rcp('"Allow"', '"*"', '"Action": "s3:*"', '"Allow"'),
        _GOOD_RCP,
    ),
    LoadRule(
        18,
        "not-action-in-rcp",
        "RCP_SYNTAX_ERROR_NOTACTION",
        "A resource control policy has NotAction.",
        "AWS refuses the document.",
        "list the actions in Action",
        ("POL-8",),
        _rcp('"Deny"', '"*"', '"NotAction": "s3:*"', '"NotAction"'),
        _GOOD_RCP,
    ),
    LoadRule(
        19,
        "every-action-in-rcp",
        "RCP_SYNTAX_ERROR_ACTION",
        "An action of a resource control policy is only *.",
        "AWS refuses the document: an action of such a policy names its service.",
        "write the service, as in s3:*",
        ("POL-8",),
        _rcp('"Deny"', '"*"', '"Action": "*"', '"*"'),
        _GOOD_RCP,
    ),
)
#: One rule for each fault.
RULES: Final = tuple(fault.rule() for fault in _FAULTS)
