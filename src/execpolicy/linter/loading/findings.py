"""Documents that do not load: each load error is a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.errors import Diagnostic, ExecPolicyError, PolicySyntaxError
from execpolicy.linter.finding import Edit, Finding
from execpolicy.linter.fixes.edits import corrected, made
from execpolicy.linter.loading import elements as load_elements
from execpolicy.linter.loading import values as load_values
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity


def _example(field: str, underlined: str = "") -> RuleExample:
    """An API file with a field of this name."""
    text = f"""schema: execpolicy/api/1
id: a1b2c3d4e5
type: HTTP
region: eu-west-1
account: "111122223333"
{field}: [prod]
routes:
  GET /orders: {{auth: AWS_IAM}}
"""
    return RuleExample(text, "", underlined)


UNREADABLE = Rule(
    id="EP-DOC-001",
    name="document-does-not-load",
    severity=Severity.ERROR,
    title="A document does not load.",
    why="AWS refuses the document, or it says something that cannot be decided without a guess. Faults for which IAM "
    "Access Analyzer has an issue code have rules of their own.",
    fix="correct what the message names",
    bad=_example("stagess", "stagess"),
    good=_example("stages"),
    semantics=("POL-3", "POL-11"),
    fix_safety=FixSafety.UNSAFE,
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
    source, span, correction = problem.source, problem.span, problem.correction
    edits: tuple[Edit, ...] = ()
    if source is not None and span is not None and correction is not None:
        edits = corrected(source, span, correction)
    return Finding(
        _BY_CODE.get(problem.issue_code, UNREADABLE),
        problem.message,
        source=problem.source,
        span=problem.span,
        path=problem.path,
        help=problem.advice,
        fix=made(FixSafety.UNSAFE, *edits),
    )
