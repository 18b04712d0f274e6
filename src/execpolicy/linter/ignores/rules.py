"""Rules of the family IGN: ignores that ignore nothing."""

from __future__ import annotations

from typing import Final

from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity


def _example(comment: str, underlined: str = "", path: str = "{id}") -> RuleExample:
    """A policy in YAML with a comment at its Resource, which breaks EP-ARN-001 or not."""
    text = (
        "Version: '2012-10-17'\n"
        "Statement:\n"
        "  Effect: Allow\n"
        "  Principal: '*'\n"
        "  Action: execute-api:Invoke\n"
        f"  Resource: execute-api:/prod/GET/orders/{path}  {comment}\n"
    )
    return RuleExample(text, "resource", underlined)


_GOOD: Final = _example("# execpolicy: ignore[EP-ARN-001] a route is named {id} literally")

MALFORMED: Final = Rule(
    id="EP-IGN-001",
    name="malformed-ignore",
    severity=Severity.ERROR,
    title="A comment looks as if it ignored a rule, and does not.",
    why="A comment that is written in another way is a comment and nothing else: the finding that it is meant for is "
    "shown again, or comes back unnoticed.",
    fix="write # execpolicy: ignore[RULE] and the reason, at the end of the line or on the line above",
    bad=_example("# execpolicy ignore EP-ARN-001", "# execpolicy ignore EP-ARN-001"),
    good=_GOOD,
)
WITHOUT_REASON: Final = Rule(
    id="EP-IGN-002",
    name="ignore-without-reason",
    severity=Severity.ERROR,
    title="An ignore has no reason.",
    why="Nobody can check later whether the finding may still be ignored. An ignore without a reason ignores nothing.",
    fix="write the reason behind the bracket",
    bad=_example("# execpolicy: ignore[EP-ARN-001]", "# execpolicy: ignore[EP-ARN-001]"),
    good=_GOOD,
)
UNKNOWN_RULE: Final = Rule(
    id="EP-IGN-003",
    name="unknown-rule-in-ignore",
    severity=Severity.ERROR,
    title="An ignore names a rule that does not exist or cannot be ignored.",
    why="An ignore with a wrong name ignores nothing, not even the other rules that it names. A document that does "
    "not load is not checked, so that a rule about loading cannot be ignored. A family would hide later rules too.",
    fix="name each rule by its id or its name, as execpolicy explain --list shows them",
    bad=_example("# execpolicy: ignore[EP-ARN] a route is named {id} literally", "EP-ARN"),
    good=_GOOD,
)
EXPIRED: Final = Rule(
    id="EP-IGN-004",
    name="expired-ignore",
    severity=Severity.WARNING,
    title="The last day of an ignore is over.",
    why="What it ignored is shown again.",
    fix="mend what it ignored, or give a later day",
    bad=_example("# execpolicy: ignore[EP-ARN-001] until 2026-01-31: the route is replaced", "2026-01-31"),
    good=_example("# execpolicy: ignore[EP-ARN-001] until 9999-12-31: the route is replaced"),
)
UNUSED: Final = Rule(
    id="EP-IGN-005",
    name="unused-ignore",
    severity=Severity.WARNING,
    title="An ignore ignores nothing.",
    why="The fault was mended, or the ignore stands at the wrong place. It would hide a later finding that nobody has "
    "looked at. This rule is checked with --report-unused-ignores only.",
    fix="remove it",
    bad=_example("# execpolicy: ignore[EP-ARN-001] a route is named {id} literally", "EP-ARN-001", "*"),
    good=_GOOD,
)

#: The rules of ignores.
RULES: Final = (MALFORMED, WITHOUT_REASON, UNKNOWN_RULE, EXPIRED, UNUSED)
