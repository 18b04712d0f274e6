"""Documents that do not load: each load error is a finding."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError
from execpolicy.linter.finding import Finding
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity

UNREADABLE = Rule(
    id="EP-DOC-001",
    name="document-does-not-load",
    severity=Severity.ERROR,
    title="A document does not load.",
    why="AWS refuses the document, or it says something that cannot be decided without a guess.",
    fix="correct what the message names",
    bad=RuleExample(
        '{"Version": "2012-10-17", "Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}', "identity"
    ),
    good=RuleExample(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', "identity"
    ),
    semantics=("POL-1", "POL-11"),
)


def load_findings(error: ExecPolicyError) -> Iterator[Finding]:
    """The findings of an error of loading, one for each problem."""
    errors = error.errors if isinstance(error, PolicySyntaxError) else (error.diagnostic,)
    for each in errors:
        yield _finding(each)


def _finding(problem: Diagnostic) -> Finding:
    return Finding(
        UNREADABLE, problem.message, source=problem.source, span=problem.span, path=problem.path, help=problem.advice
    )
