"""Rules of the family DOC about documents that do not load: principals, actions, operators and variables."""

from __future__ import annotations

from typing import Final

from execpolicy.linter.loading.load_rule import CALLS, SOUND, LoadRule, example
from execpolicy.linter.rule import RuleExample


def _principal(principal: str, underlined: str = "", element: str = "Principal") -> RuleExample:
    return example(f'"{element}": {principal}, {CALLS}', underlined, "resource")


def _action(action: str, underlined: str = "") -> RuleExample:
    return example(f'"Effect": "Allow", "Action": "{action}", "Resource": "*"', underlined)


def _condition(condition: str, underlined: str = "") -> RuleExample:
    return example(f'{SOUND}, "Condition": {{{condition}}}', underlined)


def _variable(variable: str, underlined: str = "") -> RuleExample:
    where = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET"
    action = '"Effect": "Allow", "Action": "execute-api:Invoke"'
    return example(f'{action}, "Resource": "{where}/{variable}"', underlined)


_USER = '{"AWS": "arn:aws:iam::111122223333:user/Ann"}'

_FAULTS: Final = (
    LoadRule(
        20,
        "principal-without-type",
        "INVALID_PRINCIPAL_FORMAT",
        "A Principal is a text other than *.",
        "AWS refuses the document: a principal stands under its type.",
        'write {"AWS": …}, {"Service": …} or {"Federated": …}',
        ("PRN-1",),
        _principal('"111122223333"', '"111122223333"'),
        _principal('{"AWS": "111122223333"}'),
        has_fix=True,
    ),
    LoadRule(
        21,
        "unknown-type-of-principal",
        "INVALID_PRINCIPAL_KEY",
        "A Principal has a key that is no type of principal.",
        "AWS refuses the document. The types are AWS, Service, Federated and CanonicalUser, in this case.",
        "write the type of the principal",
        ("PRN-1",),
        _principal('{"Aws": "111122223333"}', '"Aws"'),
        _principal('{"AWS": "111122223333"}'),
        has_fix=True,
    ),
    LoadRule(
        22,
        "wildcard-in-principal",
        "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
        "The name of a principal contains a wildcard.",
        "AWS refuses the document: only * alone is a principal.",
        'write "*", and a Condition of ArnLike on aws:PrincipalArn',
        ("PRN-1",),
        _principal('{"AWS": "arn:aws:iam::111122223333:user/*"}', "*"),
        _principal(_USER),
    ),
    LoadRule(
        23,
        "invalid-service-principal",
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        "A service principal is not the name of a service.",
        "AWS refuses the document: the name is in lower case, and ends in amazonaws.com.",
        "write the name as in states.amazonaws.com",
        ("PRN-3",),
        _principal('{"Service": "States.AmazonAWS.com"}', "States.AmazonAWS.com"),
        example(
            f'"Principal": {{"Service": "states.amazonaws.com"}}, {CALLS}, '
            '"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}',
            kind="resource",
        ),
        has_fix=True,
    ),
    LoadRule(
        24,
        "allow-with-not-principal",
        "ALLOW_WITH_NOT_PRINCIPAL",
        "An Allow has NotPrincipal.",
        "It allows everyone else, also callers without credentials.",
        "name the allowed principals in Principal",
        ("POL-8", "PRN-6"),
        _principal(_USER, '"NotPrincipal"', "NotPrincipal"),
        _principal(_USER),
    ),
    LoadRule(
        25,
        "variable-in-principal-or-action",
        "VARIABLE_UNSUPPORTED_IN_ELEMENT",
        "The name of a principal, or an action, contains a policy variable.",
        "Variables have values in Resource and in conditions only. AWS refuses them in principals and actions.",
        "write the name; for principals, a Condition on aws:PrincipalArn can have the variable",
        ("VAR-1", "PRN-3"),
        _principal('{"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}', "${aws:username}"),
        _principal(_USER),
    ),
    LoadRule(
        26,
        "action-without-service",
        "INVALID_ACTION",
        "An action is not a service and a name.",
        "AWS refuses the document: an action is a service, a colon and a name, without spaces.",
        "write it with its service, as in execute-api:Invoke",
        ("ACT-1", "POL-14"),
        _action("Invoke", '"Invoke"'),
        _action("execute-api:Invoke"),
        has_fix=True,
    ),
    LoadRule(
        27,
        "wildcard-in-service-of-action",
        "WILDCARD_IN_SERVICE_NAME",
        "The service of an action contains a wildcard.",
        "IAM refuses the document: wildcards stand after the colon.",
        "write the service, as in execute-api:*",
        ("ACT-1",),
        _action("execute-*:Invoke", '"execute-*:Invoke"'),
        _action("execute-api:Inv*"),
        has_fix=True,
    ),
    LoadRule(
        28,
        "unknown-condition-operator",
        "INVALID_CONDITION_OPERATOR",
        "A Condition has an operator that does not exist.",
        "AWS refuses the document. The case of the letters counts.",
        "correct the name of the operator",
        ("CND-5",),
        _condition('"StringEqual": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}', '"StringEqual"'),
        _condition('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}'),
        has_fix=True,
    ),
    LoadRule(
        29,
        "null-with-if-exists",
        "NULL_WITH_IF_EXISTS",
        "Null has the ending IfExists.",
        "AWS refuses the document: Null tests whether a key exists.",
        "write Null",
        ("CND-4", "CND-5"),
        _condition('"NullIfExists": {"aws:PrincipalOrgID": "true"}', '"NullIfExists"'),
        _condition('"Null": {"aws:PrincipalOrgID": "false"}'),
        has_fix=True,
    ),
    LoadRule(
        30,
        "variable-without-closing-brace",
        "MISSING_BRACE_IN_VARIABLE",
        "A policy variable is not closed.",
        "AWS refuses the document.",
        "close the variable, or write ${$}{ for the text ${",
        ("VAR-2",),
        _variable("${aws:username", "${aws:username"),
        _variable("${aws:username}"),
        has_fix=True,
    ),
    LoadRule(
        31,
        "default-without-quotes",
        "MISSING_QUOTE_IN_VARIABLE",
        "The default of a policy variable is not in single quotes.",
        "AWS refuses the document.",
        "write the default in single quotes, as in ${aws:username, 'nobody'}",
        ("VAR-2",),
        _variable("${aws:username, 'nobody}", ", 'nobody"),
        _variable("${aws:username, 'nobody'}"),
        has_fix=True,
    ),
    LoadRule(
        32,
        "variable-without-key",
        "EMPTY_VARIABLE",
        "A policy variable names no key.",
        "AWS refuses the document.",
        "name a key, as in ${aws:username}",
        ("VAR-2",),
        _variable("${}", "${}"),
        _variable("${aws:username}"),
    ),
    LoadRule(
        33,
        "space-in-variable",
        "UNSUPPORTED_SPACE_IN_VARIABLE",
        "The name of a policy variable contains a space.",
        "AWS refuses the document. Only the key of a tag can have a space, after its slash.",
        "remove the space",
        ("VAR-2",),
        _variable("${aws:user name}", " "),
        _variable("${aws:username}"),
        has_fix=True,
    ),
)
#: One rule for each fault.
RULES: Final = tuple(fault.rule() for fault in _FAULTS)
