"""A rule of the linter, as data: what it finds, why that matters, and how to mend it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from execpolicy.linter.severity import Severity

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


class FixSafety(StrEnum):
    """What the fix of a rule does to the decisions of a document."""

    #: The rule has no fix.
    NONE = "none"
    #: The fixed document decides every request as before.
    SAFE = "safe"
    #: It decides some requests in another way: as the rule takes the author to have meant.
    UNSAFE = "unsafe"


class RuleExample(NamedTuple):
    """A document that breaks a rule, or does not.

    Attributes:
        text: the document, JSON or YAML.
        kind: the kind of the policy, such as ``resource``; empty for an API file.
        underlined: what the finding underlines, as it is written; empty in an example without a finding.
    """

    text: str
    kind: PolicyKindName | Literal[""] = "resource"
    underlined: str = ""


class Rule(NamedTuple):
    """A rule.

    Attributes:
        id: stable, such as ``EP-ARN-004``: the family, and a number in it.
        name: a name that can be read, such as ``path-parameter-in-arn``.
        severity: of its findings.
        title: what it finds, in one sentence.
        why: why that matters.
        fix: how to mend it.
        fix_safety: of the edits that its findings offer.
        since: the version of execpolicy that has it first.
        semantics: the rules of docs/semantics.md that it follows from.
        issue_code: the issue code of IAM Access Analyzer for the same; empty if AWS does not find it.
        bad: a document that breaks it.
        good: the same document, mended.
    """

    id: str
    name: str
    severity: Severity
    title: str
    why: str
    fix: str
    bad: RuleExample
    good: RuleExample
    semantics: tuple[str, ...] = ()
    issue_code: str = ""
    fix_safety: FixSafety = FixSafety.NONE
    since: str = "0.1"

    @property
    def family(self) -> str:
        """The family in its id, such as ``ARN``."""
        return self.id.split("-")[1]

    @property
    def page(self) -> str:
        """The page of the rule, relative to the documentation."""
        return f"rules/{self.id}.md"
