"""The rules of the family RED about statements that can be left out. Each finding is proven over all requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.wording import listed
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.proofs.found import head_of, name_of, related_statement, unused
from execpolicy.linter.proofs.removals import statement_removal
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

if TYPE_CHECKING:
    from execpolicy.analysis.unused import StatementFinding

_RESOURCE: Final = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5"


def _example(stage: str, second: str, underlined: str = "") -> RuleExample:
    """Two statements: an Allow of GET in a stage, and another one of the stage prod."""

    def statement(effect: str, resource: str) -> str:
        return (
            f'{{"Effect": "{effect}", "Principal": "*", "Action": "execute-api:Invoke", '
            f'"Resource": "{_RESOURCE}/{resource}"}}'
        )

    both = f"{statement('Allow', f'{stage}/GET/*')},\n {statement(second, 'prod/*')}"
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": [{both}]}}', "resource", underlined)


DEAD = Rule(
    id="EP-RED-001",
    name="dead-statement",
    severity=Severity.WARNING,
    title="A statement has no effect on any request.",
    why="No request fulfils all of its elements, or a Deny refuses all that it allows, or it denies what its policy "
    "does not allow, where the policy must allow. It reads as if it did something. The proof holds for all requests.",
    fix="remove the statement, or correct what keeps it from having an effect",
    bad=_example("prod", "Deny", '"Allow"'),
    good=_example("beta", "Deny"),
    semantics=("EVL-1",),
)
REDUNDANT = Rule(
    id="EP-RED-004",
    name="redundant-statement",
    severity=Severity.SUGGESTION,
    title="Other statements together have the effect of a statement.",
    why="The policy decides every request in the same way without it, and who narrows the others later may overlook "
    "it. The proof holds for all requests. An Allow that names the caller more strongly than the others is needed.",
    fix="remove the statement, or narrow the others to what it leaves",
    bad=_example("prod", "Allow", '"Allow"'),
    good=_example("beta", "Allow"),
    semantics=("EVL-1", "EVL-4"),
    fix_safety=FixSafety.SAFE,
    issue_code="REDUNDANT_STATEMENT",
)


def _dead(subject: PolicySubject) -> Iterator[CheckResult]:
    impossible = {each.part.statement.number for each in subject.once(unused).parts if each.kind == "impossible"}
    for found in subject.once(unused).statements:
        if found.statement.number in impossible:
            continue  # EP-RED-007 says which condition it is
        why = {
            "contradictory": "never applies: its elements exclude each other",
            "unreachable": "has no effect: every request that it applies to is denied",
            "no_effect": "has no effect: the policy allows no request that it applies to",
        }.get(found.kind)
        if why is not None:
            yield _at(subject, found, f"this {found.statement.effect} {why}", "a Deny that applies")


def _redundant(subject: PolicySubject) -> Iterator[CheckResult]:
    for found in subject.once(unused).statements:
        if found.kind == "redundant":
            names = [name_of(each) for each in found.covered_by]
            others = f"{listed(names, 'and')} {'have' if len(names) > 1 else 'has'} its effect"
            message = f"this {found.statement.effect} can be left out: {others}"
            yield _at(subject, found, message, "a statement that covers it")._replace(
                fix=None if subject.has_variants else statement_removal(subject, found.statement)
            )


def _at(subject: PolicySubject, found: StatementFinding, message: str, label: str) -> CheckResult:
    """A finding about a statement, which underlines its Sid or its Effect."""
    path = f"Statement[{found.statement.number}]"
    related = tuple(each for cover in found.covered_by for each in related_statement(subject, cover, label))
    text = head_of(subject, found.statement)
    if text is None:
        return CheckResult(message, subject.policy.source, found.span, path, related=related)
    return subject.at(text, message, path)._replace(related=related)


#: One line for each rule.
CHECKS = (PolicyCheck(DEAD, _dead), PolicyCheck(REDUNDANT, _redundant))
