"""The rules that need a proof: they are not checked by default, and name the statements that cover."""

from __future__ import annotations

from execpolicy import Policy, lint
from execpolicy.linter.catalogue import DEFAULT, PROVEN, RULES
from execpolicy.linter.severity import Severity
from execpolicy.literals import PolicyKindName

READS = '{"Sid": "Reads", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}'
NO_SID = '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}'
IMPOSSIBLE = (
    '{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {'
    '"StringEquals": {"aws:PrincipalTag/team": "red"}, "StringLike": {"aws:PrincipalTag/team": "b*"}}}'
)


def policy(*statements: str, kind: PolicyKindName = "resource") -> Policy:
    return Policy.parse(f'{{"Version": "2012-10-17", "Statement": [{", ".join(statements)}]}}', kind=kind, name="p")


def proven(*statements: str, kind: PolicyKindName = "resource") -> list[tuple[str, str, int]]:
    """The rule, the message and the number of other places of each finding."""
    found = lint(policy(*statements, kind=kind), rules=PROVEN)
    return [(each.rule.id, each.message, len(each.related)) for each in found]


def test_the_proven_rules_are_not_checked_by_default() -> None:
    assert {rule for rule in RULES if rule.startswith("EP-RED-")} == PROVEN
    assert {*RULES} == DEFAULT | PROVEN
    assert [each.rule.id for each in lint(policy(READS, NO_SID))] == []


def test_findings_name_the_statements_by_sid_or_number() -> None:
    assert proven(READS, NO_SID) == [
        ("EP-RED-004", "this Allow can be left out: Statement[1] has its effect", 1),
        ("EP-RED-004", "this Allow can be left out: the statement Reads has its effect", 1),
    ]


def test_each_kind_of_dead_statement_says_why() -> None:
    denies = NO_SID.replace("Allow", "Deny")
    assert proven(NO_SID, IMPOSSIBLE) == [("EP-RED-001", "this Deny never applies: its elements exclude each other", 0)]
    assert proven(NO_SID, denies) == [
        ("EP-RED-001", "this Allow has no effect: every request that it applies to is denied", 1)
    ]
    assert proven(denies, kind="vpc_endpoint") == [
        ("EP-RED-001", "this Deny has no effect: the policy allows no request that it applies to", 0)
    ]


def test_a_redundant_statement_is_a_suggestion_and_a_dead_one_a_warning() -> None:
    assert (RULES["EP-RED-001"].severity, RULES["EP-RED-004"].severity) == (Severity.WARNING, Severity.SUGGESTION)
