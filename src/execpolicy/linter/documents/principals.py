"""Rules of the family DOC about principals that AWS refuses or that are wider than they look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import PrincipalEntry, Statement
from execpolicy.document.unknown_value import has_unknown
from execpolicy.linter.arns.requests import show_statement
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.fixes.edits import made
from execpolicy.linter.fixes.member_edits import without_text
from execpolicy.linter.loading.load_rule import CALLS, example
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_ACCOUNT: Final = "111122223333"
_KINDS: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME, PolicyKind.VPC_ENDPOINT)
#: The keys that say for whom a service calls.
SOURCES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def _example(principal: str, underlined: str = "", more: str = "") -> RuleExample:
    return example(f'"Principal": {principal}, {CALLS}{more}', underlined, "resource")


def named(subject: PolicySubject) -> tuple[tuple[Statement, PrincipalEntry, str], ...]:
    """The known principals of statements of a resource policy, with their paths."""
    return subject.once(_named)


def _named(subject: PolicySubject) -> tuple[tuple[Statement, PrincipalEntry, str], ...]:
    return tuple(_entries(subject))


def _entries(subject: PolicySubject) -> Iterator[tuple[Statement, PrincipalEntry, str]]:
    if subject.policy.kind in _KINDS:
        for each in subject.statements:
            statement = each.statement
            if statement.principal is not None:
                path = f"Statement[{statement.number}].{statement.principal.name}"
                for entry in statement.principal.entries:
                    if not has_unknown(entry.text.value):
                        yield statement, entry, path


FEDERATED = Rule(
    id="EP-DOC-060",
    name="federated-principal",
    severity=Severity.ERROR,
    title="A resource policy names an identity provider as principal.",
    why="AWS supports identity providers as principals in the trust policies of roles only, and refuses others.",
    fix="name the role that its users assume, or write a Condition on aws:FederatedProvider",
    bad=_example('{"Federated": "accounts.google.com"}', '"accounts.google.com"'),
    good=_example('{"AWS": "arn:aws:iam::111122223333:role/Orders"}'),
    semantics=("PRN-3",),
    issue_code="FEDERATED_PRINCIPAL_NOT_SUPPORTED",
)


def _federated(subject: PolicySubject) -> Iterator[CheckResult]:
    for _, entry, path in named(subject):
        if entry.type == "Federated":
            message = "an identity provider can be the principal of a role's trust policy only"
            yield subject.at(entry.text, message, path)


def _reference_rule(number: int, what: str, unique_id: str, code: str) -> Rule:
    return Rule(
        id=f"EP-DOC-{number:03}",
        name=f"{what}-by-unique-id",
        severity=Severity.WARNING,
        title=f"A resource policy names a {what} by its unique id.",
        why=f"AWS shows the unique id in place of the ARN once the {what} is deleted. Then the entry matches nobody: "
        f"not a new {what} of the old name either.",
        fix=f"write the ARN of the {what}, or remove the entry",
        bad=_example(f'{{"AWS": ["{_ACCOUNT}", "{unique_id}"]}}', f'"{unique_id}"'),
        good=_example(f'{{"AWS": "arn:aws:iam::111122223333:{what}/Orders"}}'),
        semantics=("PRN-5",),
        issue_code=code,
        fix_safety=FixSafety.UNSAFE,
    )


ROLE_ID = _reference_rule(61, "role", "AROAIOSFODNN7EXAMPLE1", "INVALID_ROLE_REFERENCE")
USER_ID = _reference_rule(62, "user", "AIDAIOSFODNN7EXAMPLE1", "INVALID_USER_REFERENCE")


def _by_id(subject: PolicySubject, prefix: str, what: str) -> Iterator[CheckResult]:
    for statement, entry, path in named(subject):
        if entry.type == "AWS" and entry.text.value.startswith(prefix):
            message = f"this is the unique id of a {what}: a policy shows it after the {what} was deleted"
            principals = subject.node(statement.number, path.rpartition(".")[2], entry.type)
            edit = without_text(subject.policy, principals, entry.text)
            yield subject.at(entry.text, message, path)._replace(fix=made(FixSafety.UNSAFE, edit))


def _roles_by_id(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _by_id(subject, "AROA", "role")


def _users_by_id(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _by_id(subject, "AIDA", "user")


SERVICE = Rule(
    id="EP-DOC-063",
    name="service-for-anybody",
    severity=Severity.SECURITY_WARNING,
    title="An Allow for a service does not say for whom the service calls.",
    why="Anybody who has an AWS account can let the service call the API.",
    fix="add a Condition on aws:SourceArn or aws:SourceAccount",
    bad=_example('{"Service": "states.amazonaws.com"}', '"states.amazonaws.com"'),
    good=_example(
        '{"Service": "states.amazonaws.com"}',
        more=', "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}',
    ),
    semantics=("GW-29",),
    issue_code="RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
)


def _services(subject: PolicySubject) -> Iterator[CheckResult]:
    for statement, entry, path in named(subject):
        if entry.type != "Service" or statement.effect != "Allow" or statement.unknown_parts:
            continue
        if not _names_source(statement):
            message = f"{entry.text.value} may call for every account, because no Condition names the source"
            yield subject.at(entry.text, message, path)._replace(about=statement.number)


def _names_source(statement: Statement) -> bool:
    return any(
        condition.key.value.lower() in SOURCES
        and condition.operator.base != "Null"
        and "Not" not in condition.operator.base
        for condition in statement.conditions
    )


#: One line for each rule.
CHECKS = (
    PolicyCheck(FEDERATED, _federated),
    PolicyCheck(ROLE_ID, _roles_by_id),
    PolicyCheck(USER_ID, _users_by_id),
    PolicyCheck(SERVICE, _services, show_statement),
)
