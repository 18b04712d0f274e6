"""Documents that do not load: each load error is a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError
from execpolicy.linter import load_elements, load_values
from execpolicy.linter.finding import Finding
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity

UNREADABLE = Rule(
    id="EP-DOC-001",
    name="document-does-not-load",
    severity=Severity.ERROR,
    title="A document does not load.",
    why="AWS refuses the document, or it says something that cannot be decided without a guess. Faults for which IAM "
    "Access Analyzer has an issue code have rules of their own.",
    fix="correct what the message names",
    bad=RuleExample(
        '{"Id": "a", "Id": "b", "Version": "2012-10-17", "Statement": '
        '{"Effect": "Allow", "Action": "*", "Resource": "*"}}',
        "identity",
        '"Id"',
    ),
    good=RuleExample(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}', "identity"
    ),
    semantics=("POL-3", "POL-11"),
)

#: The rules of documents that do not load.
RULES: Final = (UNREADABLE, *load_elements.RULES, *load_values.RULES)
_IDS: Final = frozenset(rule.id for rule in RULES)
_BY_CODE: Final = {rule.issue_code: rule for rule in RULES}


def load_findings(error: ExecPolicyError) -> Iterator[Finding]:
    """The findings of an error of loading, one for each problem."""
    errors = error.errors if isinstance(error, PolicySyntaxError) else (error.diagnostic,)
    for each in errors:
        yield _finding(each)


def is_of_loading(finding: Finding) -> bool:
    """Whether a finding is one of a document that does not load. Such findings are shown whichever rules are chosen."""
    return finding.rule.id in _IDS


def _finding(problem: Diagnostic) -> Finding:
    return Finding(
        _BY_CODE.get(problem.issue_code, UNREADABLE),
        problem.message,
        source=problem.source,
        span=problem.span,
        path=problem.path,
        help=problem.advice,
    )
