"""A rule of the family ARN about entries that begin with the method, where the stage belongs."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.linter.arns.entries import patterns, resource_example
from execpolicy.linter.arns.pattern import METHODS, PatternField
from execpolicy.linter.arns.requests import show_no_match
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

MISSING_STAGE = Rule(
    id="EP-ARN-015",
    name="method-in-place-of-stage",
    severity=Severity.ERROR,
    title="An entry of Resource has a method where the stage belongs.",
    why="The ARN of a call has the stage between the API id and the method. Without it the method is read as the name "
    "of a stage, and the path as the method.",
    fix="write the stage before the method, or *",
    fix_safety=FixSafety.UNSAFE,
    bad=resource_example("execute-api:/GET/orders", "GET"),
    good=resource_example("execute-api:/*/GET/orders"),
    semantics=("GW-1",),
)


def _missing_stages(subject: PolicySubject) -> Iterator[CheckResult]:
    stages = {each.name for each in subject.api.stages} if subject.api is not None else set()
    for entry, pattern in patterns(subject):
        stage = pattern.stage
        if stage is None or stage.text.upper() not in METHODS or stage.text in stages:
            continue
        if pattern.api is not None and "*" in pattern.api.text:  # it takes in the stage too: */GET/* matches prod/GET/…
            continue
        # GET/GET/… can only be a stage of this name.
        if pattern.method is None or pattern.method.text.upper() not in METHODS:
            message = f"the stage of this entry is {stage.text}, {entry.consequence}"
            found = entry.result(message, stage)
            yield found._replace(fix=entry.fix(PatternField("", stage.start), "*/"))


#: One line for each rule.
CHECKS = (PolicyCheck(MISSING_STAGE, _missing_stages, show_no_match),)
