"""Rules of the family DOC about the size of a document (POL-10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import to_python
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.documents.document_text import json_text_of
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject


class _Quota(NamedTuple):
    """The maximum size of a document of a kind: the number, the unit, and whether white space counts."""

    number: int
    what: str
    unit: str = "characters"
    counts_space: bool = True


_QUOTAS: Final = {
    PolicyKind.IDENTITY: _Quota(6_144, "a managed policy (the inline policies of a role: 10,240)", counts_space=False),
    PolicyKind.BOUNDARY: _Quota(6_144, "a managed policy", counts_space=False),
    PolicyKind.SESSION: _Quota(2_048, "a session policy"),
    PolicyKind.RESOURCE: _Quota(8_192, "the resource policy of an API", "bytes"),
    PolicyKind.VPC_ENDPOINT: _Quota(20_480, "a VPC endpoint policy"),
    PolicyKind.SCP: _Quota(10_240, "a service control policy"),
    PolicyKind.RCP: _Quota(5_120, "a resource control policy"),
}
_EXAMPLES: Final = {
    PolicyKind.IDENTITY: '"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"',
    PolicyKind.RESOURCE: '"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": '
    '"execute-api:/*"',
    PolicyKind.SCP: '"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"',
    PolicyKind.RCP: '"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"',
}


def _example(kind: PolicyKind, length: int) -> RuleExample:
    sid = "a" * length
    statement = f'{{"Sid": "{sid}", {_EXAMPLES[kind]}}}'
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {statement}}}', kind.value, "{" if length > 1 else "")


def _rule(number: int, kind: PolicyKind, code: str, severity: Severity) -> Rule:
    name = kind.value
    return Rule(
        id=f"EP-DOC-{number:03}",
        name=f"size-of-{name}-policy",
        severity=severity,
        title=f"A policy of the kind {name}, or of a kind like it, is longer than its quota.",
        why="AWS refuses the document if the account has no higher quota.",
        fix="merge statements, write wildcards in place of lists, or split the policy",
        bad=_example(kind, _QUOTAS[kind].number),
        good=_example(kind, 1),
        semantics=("POL-10",),
        issue_code=code,
    )


_WARNING, _ERROR = Severity.WARNING, Severity.ERROR
IDENTITY = _rule(45, PolicyKind.IDENTITY, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", _WARNING)
RESOURCE = _rule(46, PolicyKind.RESOURCE, "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", _WARNING)
SCP = _rule(47, PolicyKind.SCP, "POLICY_SIZE_EXCEEDS_SCP_QUOTA", _ERROR)
RCP = _rule(48, PolicyKind.RCP, "POLICY_SIZE_EXCEEDS_RCP_QUOTA", _ERROR)


def _size(policy: Policy, quota: _Quota) -> int:
    """The size of a document as AWS counts it.

    Of a document that is not a JSON text of its own, such as one in a template, the shortest JSON text counts.
    """
    text = json_text_of(policy)
    if text is None:
        text = json.dumps(to_python(policy.root), ensure_ascii=False, separators=(",", ":"))
    if not quota.counts_space:
        text = "".join(text.split())
    return len(text.encode("utf-8")) if quota.unit == "bytes" else len(text)


def over_quota(policy: Policy) -> str | None:
    """What a document has and what its quota allows, in words, if it is longer than its quota (POL-10); else None.

    It is also None where parts of the document are not known.
    """
    quota = _QUOTAS.get(policy.kind)
    size = 0 if quota is None else _size(policy, quota)
    if quota is None or size <= quota.number or policy.unknown_values:
        return None
    space = "" if quota.counts_space else " without white space"
    return f"the document has {size:,} {quota.unit}{space}; {quota.what} has at most {quota.number:,}"


def _too_long(*kinds: PolicyKind) -> PolicyCheck:
    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        message = over_quota(subject.policy) if subject.policy.kind in kinds else None
        if message is not None:
            yield subject.at_start(message)

    return PolicyCheck(_RULE_OF[kinds[0]], find)


_RULE_OF: Final = {
    PolicyKind.IDENTITY: IDENTITY,
    PolicyKind.RESOURCE: RESOURCE,
    PolicyKind.SCP: SCP,
    PolicyKind.RCP: RCP,
}

#: One line for each rule.
CHECKS = (
    _too_long(PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION),
    _too_long(PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT),
    _too_long(PolicyKind.SCP),
    _too_long(PolicyKind.RCP),
)
